"""Which figures a campaign must reach: one TOML file a standard, beside this page."""

from typing import Any

from greencover.standards._read import available, load, schema
from greencover.standards._target import Standard, Target
from greencover.standards._words import CONDITIONS, Condition

__all__ = ["CONDITIONS", "Condition", "Standard", "Target", "available", "load", "schema"]


def __getattr__(name: str) -> Any:
    # Called so before every indicator had its record.
    if name == "INDICATORS":
        from greencover.indicators.registry import indicators

        return indicators()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

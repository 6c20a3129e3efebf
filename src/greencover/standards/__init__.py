"""Which figures a campaign must reach: one TOML file a standard, beside this page."""

from greencover.standards._read import available, load, schema
from greencover.standards._target import Standard, Target
from greencover.standards._words import CONDITIONS, INDICATORS, Condition, Indicator

__all__ = [
    "CONDITIONS",
    "INDICATORS",
    "Condition",
    "Indicator",
    "Standard",
    "Target",
    "available",
    "load",
    "schema",
]

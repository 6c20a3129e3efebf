"""The record of each indicator: definition, unit, numerator, denominator, inputs and source."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Definition:
    """What an indicator is, and where that was seen.

    Attributes
    ----------
    key
        Key of the indicator.
    definition, definition_zh
        In one sentence.
    unit
        Unit of the figure.
    numerator, denominator
        What is divided by what.
    inputs
        Layers, rasters and tables that it needs.
    source
        Where the definition was seen.
    verified
        False where any part of it is remembered and was not seen in a source.
    notes
        What to keep in mind beside the figure.
    """

    key: str
    definition: str
    definition_zh: str
    unit: str
    numerator: str
    denominator: str
    inputs: tuple[str, ...]
    source: str
    verified: bool
    notes: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        def shown(value: object) -> str:
            if isinstance(value, tuple):
                return "<br>".join(escape(str(one)) for one in value)
            return escape(str(value))

        rows = "".join(
            f"<tr><th>{field.name}</th><td>{shown(getattr(self, field.name))}</td></tr>"
            for field in fields(self)
        )
        return f"<table>{rows}</table>"


@cache
def definitions() -> dict[str, Definition]:
    """Return every record by the key of its indicator."""
    text = files("greencover.indicators").joinpath("definitions.toml").read_text("utf-8")
    records: dict[str, dict[str, Any]] = tomllib.loads(text)
    for entry in records.values():
        entry |= {name: tuple(entry.get(name, ())) for name in ("inputs", "notes")}
    return {key: Definition(key=key, **entry) for key, entry in records.items()}


def definition(key: str) -> Definition:
    """Return the record of one indicator.

    Raises
    ------
    KeyError
        There is no such indicator; the closest key is named.

    Examples
    --------
    >>> definition("forest_coverage").denominator[:19]
    'observed land area;'
    """
    known = definitions()
    if key not in known:
        close = difflib.get_close_matches(key, known, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise KeyError(f"there is no indicator {key!r}{hint}; there are {', '.join(known)}")
    return known[key]

"""Text that a spreadsheet would take for a formula, and run."""

from __future__ import annotations

import math

import pandas as pd

_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def as_text(value: object) -> object:
    """Return a cell of which a spreadsheet makes no formula: an apostrophe before such text.

    Examples
    --------
    >>> as_text("=1+1"), as_text("-5.5"), as_text("-"), as_text("370102")
    ("'=1+1", '-5.5', '-', '370102')
    """
    if not isinstance(value, str) or not value.startswith(_BEGINNINGS) or len(value) == 1:
        return value
    try:
        number = math.isfinite(float(value))
    except ValueError:
        number = False
    return value if number else f"'{value}"


def without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose headings and cells hold no formulas."""
    plain = table.rename(columns=as_text)
    for number, kind in enumerate(plain.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            plain.isetitem(number, plain.iloc[:, number].map(as_text).array)
    return plain

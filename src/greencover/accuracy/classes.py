"""One name for each class, however two tables spell it; and what in a matrix is no class."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from greencover.cover.headings import code_in
from greencover.ground.errors import AccuracyError
from greencover.words import Listed

#: Reference class of points that were drawn and not visited.
UNVISITED = "unvisited"
# fmt: off
_UNVISITED = frozenset((
    "unvisited", "not visited", "not reached", "unknown", "no data", "nodata", "n/a", "na", "<na>",
    "nan", "null", "?", "-", "--", "–", "—", "——", "/",
    "未到", "未到达", "未调查", "未核查", "未核实", "未知",
))
_TOTALS = frozenset((
    "total", "totals", "grand total", "row total", "column total", "sum", "sums", "all", "σ",
    "total_ha", "合计", "总计", "小计", "总和", "总数", "共计",
))
# fmt: on
# A whole number, as a spreadsheet may write it; codes with leading zeros are other codes.
_WHOLE = re.compile(r"([+-]?(?:0|[1-9]\d*))\.0*")


def key_of(label: Any) -> str:
    """What a class is known by: 1, 1.0 and "1" are one code, "Tree" and " tree" one class.

    The heading of a table of class areas stands for its code.

    Examples
    --------
    >>> key_of(10.0) == key_of("10") == key_of(" １０")
    True
    >>> key_of("01") == key_of(1), key_of("tree_10_ha") == key_of(10)
    (False, True)
    """
    text = " ".join(unicodedata.normalize("NFKC", str(label)).split()).casefold()
    whole, code = _WHOLE.fullmatch(text), code_in(text)
    return whole[1] if whole else text if code is None else str(code)


def is_blank(label: Any) -> bool:
    """Whether a cell or a heading says nothing."""
    return bool(pd.api.types.is_scalar(label) and pd.isna(label)) or not str(label).strip()


def is_unvisited(label: Any) -> bool:
    """Whether a reference says that nobody looked."""
    return is_blank(label) or key_of(label) in _UNVISITED


def is_total(label: Any) -> bool:
    """Whether a heading is that of sums."""
    return key_of(label) in _TOTALS


def spellings(*tables: Iterable[Hashable]) -> dict[str, Any]:
    """The label that stands for each key: a number where one is given, else the first spelling.

    Raises
    ------
    AccuracyError
        Labels differ in leading zeros alone, which one table may have lost and the other not.
    """
    found: dict[str, Any] = {}
    for labels in tables:
        for label in labels:
            key = key_of(label)
            if key not in found or (isinstance(found[key], str) and not isinstance(label, str)):
                found[key] = _plain(label)
    bare: dict[str, str] = {}
    for key in found:
        other = bare.setdefault(key.lstrip("0") if key.isdecimal() else key, key)
        if other != key:
            raise AccuracyError("accuracy.leading_zeros", label=key, other=other)
    return found


def _plain(label: Any) -> Any:
    if isinstance(label, np.generic):
        label = label.item()
    return int(label) if isinstance(label, float) and label.is_integer() else label


def without_totals(table: pd.DataFrame, known: Iterable[Hashable] = ()) -> pd.DataFrame:
    """Counts without the row and the column of sums that error matrices are printed with.

    Parameters
    ----------
    table
        Counts.
    known
        Labels that are classes, whatever they are called.

    Raises
    ------
    AccuracyError
        A total is not the sum of the others, or a column that is no map class holds sums.
    """
    classes = {key_of(label) for label in known}
    for axis in (0, 1):
        labels = table.axes[axis]
        total = np.array([is_total(v) and key_of(v) not in classes for v in labels])
        if total.any():
            # A corner that was left empty is no reason to doubt the sums.
            parts, sums = (
                table.loc[~total] if axis == 0 else table.loc[:, ~total],
                table.loc[total] if axis == 0 else table.loc[:, total],
            )
            across = [not is_total(v) for v in table.axes[1 - axis]]
            found = parts.sum(axis=axis).to_numpy(dtype=float)[across]
            given = sums.to_numpy(dtype=float) if axis == 0 else sums.to_numpy(dtype=float).T
            if not (given[:, across] == found).all():
                raise AccuracyError("accuracy.total_wrong", label=labels[total][0])
            table = parts
    _refuse_unnamed_sums(table, classes)
    return table


def _refuse_unnamed_sums(table: pd.DataFrame, classes: set[str]) -> None:
    """Sums under another heading would be taken for a class of their own."""
    rows = {key_of(label) for label in table.index}
    counts = table.to_numpy(dtype=float)
    for place, label in enumerate(table.columns):
        if key_of(label) in rows | classes or len(table.columns) < 3:
            continue
        others = np.delete(counts, place, axis=1).sum(axis=1)
        if (counts[:, place] == others).all() and (others > 0.0).sum() > 1:
            raise AccuracyError("accuracy.sums_unnamed", label=label)


def unify(labels: Iterable[Hashable], names: dict[str, Any]) -> list[Any]:
    """Labels as they are spelled elsewhere.

    Raises
    ------
    AccuracyError
        A label is blank, or two of them name one class.
    """
    given = list(labels)
    if any(isinstance(label, tuple) for label in given):
        raise AccuracyError("accuracy.headings_nested")
    if any(is_blank(label) for label in given):
        raise AccuracyError("accuracy.class_unnamed", known=Listed.every(given))
    keys = [key_of(label) for label in given]
    if len(set(keys)) < len(keys):
        raise AccuracyError("accuracy.class_twice")
    return [names.get(key, _plain(label)) for key, label in zip(keys, given, strict=True)]

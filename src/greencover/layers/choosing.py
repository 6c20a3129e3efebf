"""Rows of a layer or table that a condition in SQL chooses, the same for every format.

A condition is what stands after WHERE: ``fclass IN ('park', 'garden') AND access IS NULL``. It is
asked of the decoded table and not of the file, whose text may be in another encoding and whose
driver may compare in a way of its own.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from greencover.ground.data_files import closest
from greencover.ground.errors import LayerError
from greencover.ground.notes import Note
from greencover.layers.tables import as_text
from greencover.words import Listed

if TYPE_CHECKING:
    from collections.abc import Collection

Frame = TypeVar("Frame", bound=pd.DataFrame)

_WORDS = {
    "and", "or", "not", "in", "is", "null", "like", "ilike", "glob", "between", "escape",
    "case", "when", "then", "else", "end", "cast", "as", "text", "integer", "real", "numeric",
    "collate", "nocase", "binary", "true", "false"
}  # fmt: skip
_FUNCTIONS = {
    "like", "glob", "lower", "upper", "trim", "ltrim", "rtrim", "length", "substr", "substring",
    "instr", "replace", "abs", "round", "coalesce", "ifnull", "nullif", "iif"
}  # fmt: skip
# Numbers in text that a number gives back digit by digit.
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?")
# Text in quotes, a name in quotes, a plain word with what follows it, or a comment.
_PARTS = re.compile(
    r"""'(?:[^']|'')*'|"(?P<quoted>(?:[^"]|"")*)"|`(?P<ticked>[^`]*)`|\[(?P<boxed>[^\]]*)\]"""
    r"""|(?<![\w.])(?P<word>[^\W\d][\w$]*)(?P<call>\s*\()?|(?P<remark>--|/\*)"""
)
_LONGEST, _DEEPEST = 10_000, 200
_SHOWN = 8


def chosen_rows(frame: Frame, condition: str | None, where: str) -> Frame:
    """Return the rows that fulfil a condition, in their order and counted anew.

    Parameters
    ----------
    frame
        A layer or table.
    condition
        What stands after WHERE in SQL; None: every row. Columns may stand in double quotes, text
        stands in single ones; capitals count in ``=`` and do not in ``LIKE`` and ``ILIKE``. A blank
        is a missing value: it ``IS NULL``, and fulfils neither a comparison nor its opposite.
    where
        How messages call the layer.

    Raises
    ------
    LayerError
        The condition cannot be understood, names a column that is not there, or leaves no row.

    Examples
    --------
    >>> parks = pd.DataFrame({"name": ["A", "B", "C"], "access": ["private", "yes", None]})
    >>> chosen_rows(parks, "access IS NULL OR access <> 'private'", "layer of parks")["name"]
    0    B
    1    C
    Name: name, dtype: str
    """
    if condition is None:
        return frame
    columns = _plain_columns(frame)
    named = _named_columns(condition, columns, frame, where)
    try:
        rows = _fulfilling(_spelled(condition), frame, columns)
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise LayerError(
            "layers.choice_wrong",
            where=where,
            condition=condition,
            reason=str(error),
            example=_example(frame, columns),
            columns=Listed.of(columns, limit=20),
        ) from error
    if not len(rows):
        raise LayerError(
            "layers.choice_empty",
            where=where,
            condition=condition,
            rows=len(frame),
            values=Listed.every(
                (_values(frame, column) for column in named or columns[:3]), last="between"
            ),
        )
    return frame.iloc[rows].reset_index(drop=True)


def _plain_columns(frame: pd.DataFrame) -> list[str]:
    """Columns that a condition can name: of names that differ by case the first."""
    geometry = getattr(frame, "_geometry_column_name", None)
    own = [str(column) for column in frame.columns if column != geometry and str(column)]
    return list({column.casefold(): column for column in reversed(own)}.values())[::-1]


def _named_columns(
    condition: str, columns: list[str], frame: pd.DataFrame, where: str
) -> list[str]:
    """Columns that a condition names, each of which is there."""
    known = {column.casefold(): column for column in columns}
    named: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for name, is_call in _names(condition):
        key = name.casefold()
        if key in known and not is_call:
            named[known[key]] = None
        elif key not in _WORDS and not (is_call and key in _FUNCTIONS):
            unknown[name] = None
    if unknown:
        close = [near for name in unknown if (near := closest(name, columns))]
        raise LayerError(
            "layers.choice_unknown",
            where=where,
            condition=condition,
            names=Listed.every(map(repr, unknown)),
            close=Note("layers.meant", name=close[0]) if close else "",
            columns=Listed.of(columns, limit=20),
            example=_example(frame, columns),
        )
    return list(named)


def _names(condition: str) -> Iterator[tuple[str, bool]]:
    """Names in a condition, and whether each is called like a function."""
    for part in _PARTS.finditer(condition):
        if part["remark"]:
            yield part["remark"], False
        name = part["quoted"] or part["ticked"] or part["boxed"] or part["word"]
        if name:
            yield name.replace('""', '"'), part["call"] is not None


def _spelled(condition: str) -> str:
    """ILIKE as SQLite has it, whose LIKE knows no capitals."""

    def plain(part: re.Match[str]) -> str:
        word = part["word"]
        return f"LIKE{part['call'] or ''}" if word and word.upper() == "ILIKE" else part[0]

    return _PARTS.sub(plain, condition)


def _fulfilling(condition: str, frame: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """Positions of the rows that fulfil a condition."""
    values = [_values_of(frame[column]) for column in columns]
    kinds = ["NUMERIC" if all(map(_is_number, given)) else "TEXT" for given in values]
    pairs = zip(columns, kinds, strict=True)
    listed = ", ".join(f"{_quoted(column)} {kind}" for column, kind in pairs)
    table = sqlite3.connect(":memory:")
    try:
        table.execute(f"CREATE TABLE layer (row_ INTEGER PRIMARY KEY{', ' * bool(kinds)}{listed})")
        marks = ", ".join("?" * (len(columns) + 1))
        rows = zip(range(len(frame)), *values, strict=True)
        table.executemany(f"INSERT INTO layer VALUES ({marks})", rows)
        table.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, _DEEPEST)
        table.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, _LONGEST)
        table.set_authorizer(_only_asking())
        # On a line of its own, so that nothing in it can reach the bracket.
        found = table.execute(
            f"SELECT row_ FROM layer WHERE (\n{condition}\n) ORDER BY row_"
        ).fetchall()
    finally:
        table.close()
    return np.array([row for (row,) in found], dtype=np.int64)


def _only_asking() -> Any:
    """Allow one question of the table and plain functions, and nothing else."""
    selects = 0

    def allow(action: int, _: str | None, function: str | None, *__: Any) -> int:
        nonlocal selects
        selects += action == sqlite3.SQLITE_SELECT
        fine = (
            action == sqlite3.SQLITE_READ
            or (action == sqlite3.SQLITE_SELECT and selects == 1)
            or (action == sqlite3.SQLITE_FUNCTION and function in _FUNCTIONS)
        )
        return sqlite3.SQLITE_OK if fine else sqlite3.SQLITE_DENY

    return allow


def _values_of(column: pd.Series[Any]) -> list[Any]:
    absent = column.isna().to_numpy()
    values = column.astype(object).to_numpy()
    return [None if gone else _plain(one) for one, gone in zip(values, absent, strict=True)]


def _is_number(value: Any) -> bool:
    """Whether a value is a number or blank, or text that a number can stand for."""
    if isinstance(value, str):
        return _PLAIN_NUMBER.fullmatch(value) is not None
    return True


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return str(value)


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _example(frame: pd.DataFrame, columns: Collection[str]) -> str:
    """A condition that holds for a row of the table."""
    for column in columns:
        given = as_text(frame[column])
        given = given[given != ""]
        if len(given) and not pd.api.types.is_numeric_dtype(frame[column].dtype):
            value = str(given.iloc[0]).replace("'", "''")
            return f"{_named(column)} = '{value}'"
    return f"{_named(next(iter(columns), 'name'))} IS NOT NULL"


def _named(column: str) -> str:
    plain = column.isidentifier() and column.casefold() not in _WORDS
    return column if plain else _quoted(column)


def _values(frame: pd.DataFrame, column: str) -> Note:
    """Which values a column has, the most frequent first."""
    counts = as_text(frame[column]).value_counts()
    shown = [repr(value) if value else Note("layers.nothing") for value in counts.index[:50]]
    return Note("layers.values_of", column=column, values=Listed.of(shown, limit=_SHOWN))

"""Residents from a table of their own, brought to units by code or by name."""

from __future__ import annotations

import difflib
import unicodedata
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from greencover.ground.errors import LayerError, MissingExtraError
from greencover.ground.notes import Note, tell
from greencover.ground.places import exists
from greencover.layers.archives import check_archive
from greencover.layers.formats.delimited import read_text_table
from greencover.layers.tables import as_text, check_population, require_columns
from greencover.words import Listed

if TYPE_CHECKING:
    from collections.abc import Sequence

_EXCEL = (".xlsx", ".xlsm")
# Titles and remarks stand above the heading of many tables.
_HEADING_WITHIN = 20
_SUFFIXES = ("街道办事处", "民族乡", "街道", "地区", "镇", "乡", "村委会", "社区", "村", "区")


def read_people(
    path: str | Path,
    units: pd.DataFrame,
    *,
    population: str,
    code: str | None = None,
    name: str | None = None,
    sheet: str | None = None,
    where: str = "units",
) -> pd.Series[float]:
    """Read residents from a CSV or Excel table, one figure for every unit.

    Parameters
    ----------
    path, sheet
        The table; the sheet is the first where none is named.
    units
        Units with ``code`` and ``name``.
    population
        Column of residents.
    code, name
        Column with the units' codes, or with their names: one of the two.
    where
        How messages call the units' layer.

    Returns
    -------
    Series
        Residents, indexed like ``units``.

    Raises
    ------
    LayerError
        The table cannot be read, lacks a unit (near names are suggested) or has it twice, or a
        figure is no number.
    MissingExtraError
        The table is an Excel file, and the package that reads it is not installed.

    Warns
    -----
    GreencoverWarning
        Rows of the table belong to no unit; they are left out.
    """
    key = code or name
    if key is None:
        raise LayerError("layers.table_without_key", path=path)
    table_name = Note("layers.sheet" if sheet else "layers.table", path=str(path), sheet=sheet)
    table = _table(path, [key, population], sheet, table_name)
    own = _keys(units["code" if code else "name"])
    theirs = _keys(table[key])
    table, theirs = table[theirs != ""], theirs[theirs != ""]
    _check_matches(own, theirs, key, where, table_name)
    rows = table.set_index(pd.Index(theirs)).loc[own.tolist()]
    named = pd.DataFrame(
        {"name": units["name"].to_numpy(), population: rows[population].to_numpy()},
        index=units.index,
    )
    return check_population(named, population, table_name, unit="name")


def suggestions(name: str, among: Sequence[str]) -> list[str]:
    """Return the names that a name is probably meant to be, the likeliest first.

    Examples
    --------
    >>> suggestions("西林", ["东草乡", "西林镇"]), suggestions("西林乡", ["西林镇", "东林镇"])
    (['西林镇'], ['西林镇'])
    """
    stem = _stem(name)
    same = [one for one in among if _stem(one) == stem]
    return same or difflib.get_close_matches(name, among, n=2, cutoff=0.6)


def _check_matches(
    own: pd.Series, theirs: pd.Series, key: str, where: str, table_name: str
) -> None:
    twice = sorted(set(theirs[theirs.duplicated()]) & set(own))
    if twice:
        raise LayerError("layers.key_twice", where=table_name, keys=Listed.of(twice), column=key)
    shared = sorted(set(own[own.duplicated()]))
    if shared:
        raise LayerError("layers.name_shared", where=where, names=Listed.of(shared))
    absent = own[~own.isin(theirs)]
    spare = [one for one in dict.fromkeys(theirs) if one not in set(own)]
    if len(absent):
        shown = [
            Note("layers.perhaps", unit=unit, near=Listed.of(near, last="or"))
            if (near := suggestions(unit, spare))
            else unit
            for unit in absent
        ]
        raise LayerError(
            "layers.units_without_row",
            table=table_name,
            shown=Listed.of(shown),
            where=where,
            column=key,
            units=len(absent),
        )
    if spare:
        tell(
            "layers.rows_left_out",
            table=table_name,
            rows=len(spare),
            where=where,
            keys=Listed.of(spare),
            stacklevel=3,
        )


def read_table(path: str | Path, where: str) -> pd.DataFrame:
    """Read a CSV or Excel table whose first row holds the headings.

    Raises
    ------
    LayerError
        The table cannot be read.
    MissingExtraError
        The table is an Excel file, and the package that reads it is not installed.
    """
    raw = _raw(path, None, where)
    table = raw.iloc[1:].reset_index(drop=True)
    return table.set_axis([_plain(value) for value in raw.iloc[0]], axis=1)


def _table(path: str | Path, wanted: list[str], sheet: str | None, where: str) -> pd.DataFrame:
    return _below_heading(_raw(path, sheet, where), wanted, where)


def _raw(path: str | Path, sheet: str | None, where: str) -> pd.DataFrame:
    path = Path(path)
    if not exists(path):
        raise LayerError("layers.table_absent", where=where)
    suffix = path.suffix.lower()
    if suffix == ".xls":
        raise LayerError("layers.old_excel", where=where)
    if suffix in _EXCEL:
        raw = _sheet(path, sheet, where)
    elif suffix in (".csv", ".tsv", ".txt"):
        raw = _with_heading_as_row(read_text_table(path, where))
    else:
        raise LayerError("layers.no_table_format", where=where)
    return raw


def _sheet(path: Path, sheet: str | None, where: str) -> pd.DataFrame:
    if not zipfile.is_zipfile(path):
        raise LayerError("layers.excel_damaged", where=where)
    check_archive(path)
    try:
        import openpyxl
    except ImportError as error:
        raise MissingExtraError("layers.excel_needs_extra", where=where) from error
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        # The package raises whatever its parsers do on a damaged file.
        raise LayerError("layers.excel_damaged", where=where) from error
    try:
        if sheet is not None and sheet not in book.sheetnames:
            sheets = Listed.of(book.sheetnames, limit=20)
            raise LayerError("layers.sheet_absent", path=path, sheet=sheet, sheets=sheets)
        page = book[sheet] if sheet is not None else book.worksheets[0]
        rows = [list(row) for row in page.iter_rows(values_only=True)]
    except LayerError:
        raise
    except Exception as error:
        raise LayerError("layers.excel_damaged", where=where) from error
    finally:
        book.close()
    return pd.DataFrame(rows, dtype=object)


def _with_heading_as_row(table: pd.DataFrame) -> pd.DataFrame:
    heading = pd.DataFrame([list(table.columns)])
    table.columns = heading.columns
    return pd.concat([heading, table], ignore_index=True)


def _below_heading(raw: pd.DataFrame, wanted: list[str], where: str) -> pd.DataFrame:
    """Find the row that holds the wanted headings and return what is below it."""
    headings: list[Any] = []
    for number in range(min(len(raw), _HEADING_WITHIN)):
        row = [_plain(value) for value in raw.iloc[number]]
        if set(map(_plain, wanted)) <= set(row):
            twice = [one for one in wanted if row.count(_plain(one)) > 1]
            if twice:
                raise LayerError("layers.column_twice", where=where, columns=repr(twice[0]))
            table = raw.iloc[number + 1 :].reset_index(drop=True)
            table.columns = pd.Index(row)
            return table[[_plain(one) for one in wanted]].set_axis(wanted, axis=1)
        if len(set(row) - {""}) > len(set(headings) - {""}):
            headings = row
    require_columns(
        pd.DataFrame(columns=[one for one in dict.fromkeys(headings) if one]), wanted, where
    )
    raise LayerError(
        "layers.headings_apart", where=where, columns=Listed.of(wanted), within=_HEADING_WITHIN
    )


def _keys(values: pd.Series) -> pd.Series[str]:
    return as_text(values).map(_plain)


def _plain(value: object) -> str:
    if value is None or value != value:
        return ""
    return "".join(unicodedata.normalize("NFKC", str(value)).split())


def _stem(name: str) -> str:
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name[: -len(suffix)]
    return name

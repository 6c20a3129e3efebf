"""Tables of offices: CSV and Excel, their heading below titles and remarks."""

from __future__ import annotations

import unicodedata
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from greencover.ground.errors import LayerError, MissingExtraError
from greencover.ground.places import exists, neither_file_nor_folder
from greencover.layers.archives import check_archive
from greencover.layers.choosing import chosen_rows
from greencover.layers.formats.delimited import read_text_table
from greencover.layers.tables import require_columns
from greencover.words import Listed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_EXCEL, _TEXT = (".xlsx", ".xlsm"), (".csv", ".tsv", ".txt")
_OLD_EXCEL = ".xls"
# Titles and remarks stand above the heading of many tables.
_HEADING_WITHIN = 20


def read_table(
    path: str | Path,
    wanted: list[str],
    *,
    where: str,
    sheet: str | None = None,
    welcome: Sequence[str] = (),
    chosen: str | None = None,
) -> pd.DataFrame:
    """Read columns of a CSV or Excel table whose heading may stand below titles and remarks.

    Parameters
    ----------
    path, sheet
        The table; the sheet is the first where none is named.
    wanted
        Headings of the columns, which must all be there.
    where
        How messages call the table.
    welcome
        Headings of columns that are taken along where they are there.
    chosen
        Which rows are meant, by any column of the table, its heading without blanks; see
        :func:`greencover.layers.choosing.chosen_rows`.

    Returns
    -------
    pandas.DataFrame
        The columns by these headings, values as they stand in the table.

    Raises
    ------
    LayerError
        The table is absent, damaged or of an unknown format, or lacks a column or has it twice.
    MissingExtraError
        Excel tables need a package that is not installed.
    """
    table, taken = _below_heading(_raw(path, sheet, where), wanted, welcome, where)
    table = chosen_rows(table, chosen, where)
    return table[[plain(one) for one in taken]].set_axis(taken, axis=1)


def headings_of(path: str | Path, among: Collection[str]) -> list[str]:
    """Headings of a table: of the first row that holds one of these words, in small letters."""
    raw = _raw(path, None, str(path))
    for number in range(min(len(raw), _HEADING_WITHIN)):
        row = [plain(value) for value in raw.iloc[number]]
        if any(one.lower() in among for one in row):
            return row
    return []


def is_table(path: str | Path) -> bool:
    """Whether a file is a table of an office by its ending, and no layer."""
    return Path(path).suffix.lower() in (*_EXCEL, *_TEXT, _OLD_EXCEL)


def _raw(path: str | Path, sheet: str | None, where: str) -> pd.DataFrame:
    path = Path(path)
    if not exists(path):
        raise LayerError("layers.table_absent", where=where)
    if other := neither_file_nor_folder(path):
        raise LayerError("layers.no_file", path=other)
    suffix = path.suffix.lower()
    if suffix == _OLD_EXCEL:
        raise LayerError("layers.old_excel", where=where)
    if suffix in _EXCEL:
        return _sheet(path, sheet, where)
    if suffix in _TEXT:
        return _with_heading_as_row(read_text_table(path, where))
    raise LayerError("layers.no_table_format", where=where)


def _sheet(path: Path, sheet: str | None, where: str) -> pd.DataFrame:
    if not zipfile.is_zipfile(path):
        raise LayerError("layers.excel_damaged", where=where)
    check_archive(path)
    try:
        import openpyxl
    except ImportError as error:
        raise MissingExtraError("layers.excel_needs_extra", where=where, extra="excel") from error
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


def _below_heading(
    raw: pd.DataFrame, wanted: list[str], welcome: Sequence[str], where: str
) -> tuple[pd.DataFrame, list[str]]:
    """Find the row that holds the wanted headings; return what is below it, and what is taken."""
    headings: list[Any] = []
    for number in range(min(len(raw), _HEADING_WITHIN)):
        row = [plain(value) for value in raw.iloc[number]]
        if set(map(plain, wanted)) <= set(row):
            taken = [*wanted, *(one for one in welcome if plain(one) in row)]
            twice = [one for one in taken if row.count(plain(one)) > 1]
            if twice:
                raise LayerError("layers.column_twice", where=where, columns=repr(twice[0]))
            table = raw.iloc[number + 1 :].reset_index(drop=True)
            table.columns = pd.Index(row)
            return table, taken
        if len(set(row) - {""}) > len(set(headings) - {""}):
            headings = row
    require_columns(
        pd.DataFrame(columns=[one for one in dict.fromkeys(headings) if one]), wanted, where
    )
    raise LayerError(
        "layers.headings_apart", where=where, columns=Listed.of(wanted), within=_HEADING_WITHIN
    )


def plain(value: object) -> str:
    """A cell as text without blanks, and with the plain form of wide characters."""
    if value is None or value != value:
        return ""
    return "".join(unicodedata.normalize("NFKC", str(value)).split())

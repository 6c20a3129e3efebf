"""Tables of results saved as they are: layers for a GIS, and tables for a spreadsheet."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from greencover.ground.errors import OutputError
from greencover.ground.formulas import without_formulas
from greencover.ground.writing import replacing
from greencover.words import Listed

_DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".json": "GeoJSON", ".fgb": "FlatGeobuf"}
#: Endings of the files that a table can be saved to.
SUFFIXES = (".csv", ".xlsx", ".parquet", ".geoparquet", *_DRIVERS)
# Names that GDAL keeps for the identifiers of rows and for the geometry.
_RESERVED = ("fid", "geom")
_NOT_PLAIN = (list, dict, tuple, set, np.ndarray, pd.Timedelta, pd.Interval)
_MOST_TEXT = 32_767


def save(table: pd.DataFrame, path: str | Path, *, layer: str | None = None) -> Path:
    """Save a table of results whole or not at all, in the format that its file name ends in.

    Parameters
    ----------
    table
        Any table that greencover returns, with geometry or without. An index with names, or with
        labels of its own, becomes columns.
    path
        ``.gpkg``, ``.geojson``, ``.fgb``, ``.parquet`` (GeoParquet where there is geometry),
        ``.csv`` or ``.xlsx``. The last two leave geometry out; codes in text stay text there, and
        text that a spreadsheet would take for a formula does nothing. GeoJSON is in longitude and
        latitude. Where a table has several geometries, all but GeoParquet keep the active one.
    layer
        Name of the layer or sheet; that of the file when left out.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    OutputError
        The ending is unknown, a layer is asked for without geometry, or the file cannot be
        written.

    Examples
    --------
    >>> import tempfile
    >>> areas = pd.DataFrame({"tree_10_ha": [6.0]}, index=pd.Index(["0123"], name="code"))
    >>> print(save(areas, tempfile.mkdtemp() + "/areas.csv").read_text("utf-8-sig").strip())
    "code","tree_10_ha"
    "0123",6.0
    """
    path = Path(path)
    suffix = check_suffix(path)
    if suffix in _DRIVERS and suffix != ".gpkg" and not _is_mapped(table):
        raise OutputError("ground.no_geometry_to_save", path=path)
    whole = with_index(table)
    name = layer or path.stem
    with replacing(path) as draft:
        if suffix in (".parquet", ".geoparquet"):
            _parquet(whole, draft)
        elif suffix == ".csv":
            without_formulas(plain_table(whole)).to_csv(
                draft, index=False, encoding="utf-8-sig", quoting=2, lineterminator="\n"
            )
        elif suffix == ".xlsx":
            write_sheets({name: whole}, draft)
        else:
            add_layer(whole, draft, name, driver=_DRIVERS[suffix])
    return path


def check_suffix(path: str | Path) -> str:
    """Return the ending of a file that a table can be saved to, in small letters.

    Raises
    ------
    OutputError
        There is no such format.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        known = Listed.every(SUFFIXES)
        raise OutputError("ground.suffix", path=path, suffix=suffix or "none", known=known)
    return suffix


def add_layer(
    table: pd.DataFrame, path: str | Path, layer: str, *, driver: str = "GPKG", mode: str = "w"
) -> None:
    """Write a table, with its active geometry where it has one, as a layer of a file."""
    import pyogrio

    fields = _for_fields(table)
    if driver == "GeoJSON" and fields.crs is not None:
        fields = fields.to_crs("EPSG:4326")
    # An index of FlatGeobuf puts the rows into another order.
    options = {"SPATIAL_INDEX": "NO"} if driver == "FlatGeobuf" else {}
    pyogrio.write_dataframe(
        fields, path, layer=layer, driver=driver, append=mode == "a", layer_options=options
    )


def write_sheets(tables: Mapping[str, pd.DataFrame], path: str | Path) -> None:
    """Write tables as the sheets of one workbook, text as text and without formulas."""
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with workbook(path, options) as book:
        heading = book.add_format({"bold": True, "bottom": 1})
        text = book.add_format({"num_format": "@"})
        for name, table in tables.items():
            plain = plain_table(with_index(table))
            kept = "".join(" " if c in r"[]:*?/\\" else c for c in name)[:31]
            sheet = book.add_worksheet(kept)
            sheet.freeze_panes(1, 0)
            for place, column in enumerate(plain.columns):
                sheet.write_string(0, place, str(column), heading)
                sheet.set_column(place, place, min(max(len(str(column)) + 2, 10), 40))
                for row, value in enumerate(plain[column].tolist(), start=1):
                    _cell(sheet, row, place, value, text)


@contextmanager
def workbook(path: str | Path, options: Mapping[str, Any] | None = None) -> Iterator[Any]:
    """Yield a workbook to fill, which is written once it is whole.

    A disk that is full in the midst of an archive would be told of by the archive as well.
    """
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {**(options or {}), "in_memory": True}) as book:
        yield book
    Path(path).write_bytes(content.getvalue())


def with_index(table: pd.DataFrame) -> pd.DataFrame:
    """A table whose index, where it says something, stands in columns of its own, first."""
    named = [name for name in table.index.names if name is not None]
    if not named and isinstance(table.index, pd.RangeIndex):
        return table
    if not named and table.index.nlevels == 1 and table.index.equals(pd.RangeIndex(len(table))):
        return table
    taken = set(map(str, table.columns))
    frame = table.copy(deep=False)
    names = []
    for number, name in enumerate(frame.index.names):
        new = str(name) if name is not None else "zone" if number == 0 else f"zone_{number}"
        while new in taken:
            new = f"{new}_index"
        taken.add(new)
        names.append(new)
    frame.index = frame.index.set_names(names)
    return frame.reset_index()


def plain_table(table: pd.DataFrame) -> pd.DataFrame:
    """A table without geometry, its values plain."""
    shapes = table.columns[table.dtypes == "geometry"]
    plain = pd.DataFrame(table.drop(columns=shapes))
    for column in plain.columns:
        plain[column] = _plain_values(plain[column])
    return plain


def _parquet(table: pd.DataFrame, path: Path) -> None:
    plain = table.copy(deep=False)
    # Notes and rules of results are no metadata that Parquet could hold.
    plain.attrs = {}
    for column in plain.select_dtypes(object).columns:
        if not plain[column].map(lambda one: isinstance(one, str) or one is None).all():
            plain[column] = _plain_values(plain[column])
    if not isinstance(table, gpd.GeoDataFrame):
        plain = pd.DataFrame(plain)
    plain.to_parquet(path, index=False)


def _for_fields(table: pd.DataFrame) -> Any:
    """A table as a layer's fields: one geometry, names apart but for case, plain values."""
    plain = plain_table(table)
    taken, names = set(_RESERVED), {}
    for column in plain.columns:
        name = str(column)
        while name.lower() in taken:
            name = f"{name}_zones"
        taken.add(name.lower())
        names[column] = name
    plain = plain.rename(columns=names)
    if not isinstance(table, gpd.GeoDataFrame) or not _is_mapped(table):
        return plain
    return gpd.GeoDataFrame(plain, geometry=table.geometry.array, crs=table.crs).rename_geometry(
        "geom"
    )


def _plain_values(values: pd.Series[Any]) -> pd.Series[Any]:
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    if values.dtype.kind == "m" or values.map(lambda one: isinstance(one, _NOT_PLAIN)).any():
        return values.map(lambda one: None if one is None else str(one))
    if values.dtype == object:
        kinds = {type(one) for one in values if one is not None and one == one}
        if len(kinds) > 1 or any(not issubclass(one, str | bool | int | float) for one in kinds):
            return values.map(lambda one: None if one is None or one != one else str(one))
    return values


def _is_mapped(table: pd.DataFrame) -> bool:
    """Whether a table has a geometry that stands for its rows."""
    return isinstance(table, gpd.GeoDataFrame) and table.active_geometry_name is not None


def _cell(sheet: Any, row: int, column: int, value: Any, text: Any) -> None:
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float) and abs(value) < 1e15:
        if math.isfinite(value):
            sheet.write_number(row, column, value)
    else:
        shown = "".join(c for c in str(value) if c.isprintable() or c == "\n")[:_MOST_TEXT]
        sheet.write_string(row, column, shown, text)

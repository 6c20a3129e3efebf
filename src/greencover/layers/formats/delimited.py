"""Tables of text with geometry: a WKT column, or a column each for x and y."""

from __future__ import annotations

import io
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from pyproj.exceptions import ProjError
from shapely.errors import ShapelyError

from greencover.ground.errors import CrsError, LayerError
from greencover.layers.archives import LARGEST_TEXT, content_of
from greencover.layers.columns import aliases, refuse_twice
from greencover.layers.encoding import detect
from greencover.layers.formats._registry import Format, layer_format
from greencover.layers.wording import rows_of
from greencover.words import Listed

_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_EWKT = re.compile(r"SRID\s*=\s*(\d+)\s*;", re.IGNORECASE)
_WKT = re.compile(r"[A-Za-z0-9\s(),.+-]*")
_CURVES = ("CIRCULARSTRING", "COMPOUNDCURVE", "CURVEPOLYGON", "MULTICURVE", "MULTISURFACE")
# Collections in collections end far before this.
_DEEPEST = 32


@layer_format
class Delimited(Format):
    """CSV and TSV with a column of WKT, or a column each for x and y."""

    suffixes: tuple[str, ...] = (".csv", ".tsv", ".txt")
    in_archives: tuple[str, ...] = (".csv",)

    def read(self, source: str, layer: str | None, where: str) -> pd.DataFrame:  # noqa: ARG002
        """Read every row."""
        return read_delimited(source, where)


def read_text_table(path: str | Path, where: str) -> pd.DataFrame:
    """Read a CSV or TSV file as text, whatever its encoding and its separator.

    Raises
    ------
    LayerError
        The file is no table, or its text is in no known encoding.
    """
    text = _decoded(content_of(path, where, largest=LARGEST_TEXT), where)
    first = text.split("\n", 1)[0]
    separator = max(",\t;，", key=first.count)
    try:
        # The reader for any separator: the fast one splits Chinese commas wrongly.
        table = pd.read_csv(
            io.StringIO(text),
            sep=separator,
            header=None,
            dtype=str,
            keep_default_na=False,
            engine="c" if separator.isascii() else "python",
            skipinitialspace=True,
        )
    except pd.errors.EmptyDataError as error:
        raise LayerError("layers.table_empty", where=where) from error
    except (pd.errors.ParserError, ValueError) as error:
        reason = str(error).strip().splitlines()[0].rpartition("error: ")[2].rstrip(".")
        raise LayerError("layers.table_uneven", where=where, reason=reason) from error
    heading = [str(title).strip() for title in table.iloc[0]]
    return table.iloc[1:].reset_index(drop=True).set_axis(heading, axis=1)


def read_delimited(path: str | Path, where: str) -> gpd.GeoDataFrame | pd.DataFrame:
    """Read a table and make geometry of its WKT or its x and y; without these it stays a table."""
    table = read_text_table(path, where)
    refuse_twice(table, where)
    lower = {column.lower(): column for column in table.columns}
    known = aliases()["table"]
    shape = next((lower[name] for name in known["geometry"] if name in lower), None)
    if shape is not None:
        shapes, crs = _from_wkt(table[shape], where)
        table = table.drop(columns=shape)
    else:
        xs = [lower[name] for name in known["x"] if name in lower]
        ys = [lower[name] for name in known["y"] if name in lower]
        if not xs or not ys:
            return table
        if len(xs) > 1 or len(ys) > 1:
            raise LayerError(
                "layers.coordinates_several", where=where, columns=Listed.of([*xs, *ys])
            )
        x, y = _numbers(table[xs[0]], where), _numbers(table[ys[0]], where)
        shapes, crs = np.asarray(shapely.points(x, y)), None
    plain = table.apply(_as_numbers)
    return gpd.GeoDataFrame(plain, geometry=shapes, crs=crs)


def _decoded(content: bytes, where: str) -> str:
    marks = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    marked = next((name for mark, name in marks.items() if content.startswith(mark)), None)
    encoding = marked or detect([content]) or ("utf-8" if content.isascii() else "")
    if not encoding or (encoding != "utf-16" and b"\0" in content):
        raise LayerError("layers.text_in_no_encoding", where=where)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise LayerError("layers.text_damaged", where=where, byte=error.start) from error


def _from_wkt(texts: pd.Series[str], where: str) -> tuple[np.ndarray, str | None]:
    codes = {found.group(1) for text in texts if (found := _EWKT.match(text))}
    if len(codes) > 1:
        raise LayerError("layers.systems_mixed", where=where, codes=Listed.of(sorted(codes)))
    crs = f"EPSG:{codes.pop()}" if codes else None
    if crs is not None and not _is_known(crs):
        raise CrsError("layers.srid_unknown", where=where, code=crs)
    bare = [_EWKT.sub("", text).strip() for text in texts]
    deep = np.array([_depth(text) > _DEEPEST for text in bare])
    if deep.any():
        raise LayerError("layers.nested_too_deeply", where=where, rows=rows_of(deep))
    if any(text.upper().startswith(_CURVES) for text in bare):
        return _with_curves(bare, where), crs
    shapes = np.empty(len(bare), dtype=object)
    broken = np.zeros(len(bare), dtype=bool)
    for row, text in enumerate(bare):
        try:
            shapes[row] = shapely.from_wkt(text) if text else None
        except (ShapelyError, ValueError):
            broken[row] = True
    if broken.any():
        raise LayerError("layers.wkt_broken", where=where, rows=rows_of(broken))
    return shapes, crs


def _is_known(crs: str) -> bool:
    try:
        pyproj.CRS.from_user_input(crs)
    except ProjError:
        return False
    return True


def _depth(text: str) -> int:
    """How deeply brackets nest; who reads geometry goes down into each."""
    signs = np.frombuffer(text.encode(), dtype=np.uint8)
    steps = np.where(signs == ord("("), 1, np.where(signs == ord(")"), -1, 0))
    return int(np.cumsum(steps).max(initial=0))


def _with_curves(texts: list[str], where: str) -> np.ndarray:
    """Read WKT by GDAL, to which curves are bent lines; the rest is read by a library without them.

    GDAL gets a table of WKT and nothing else, since it would open other content as something else.
    """
    import pyogrio

    wrong = np.array([_WKT.fullmatch(text) is None for text in texts])
    if wrong.any():
        raise LayerError("layers.wkt_broken", where=where, rows=rows_of(wrong))
    with TemporaryDirectory() as folder:
        table = Path(folder) / "curves.csv"
        lines = [f'{row},"{text}"' for row, text in enumerate(texts)]
        table.write_text("\n".join(["row,WKT", *lines]), encoding="ascii", newline="\n")
        return np.asarray(pyogrio.read_dataframe(table).geometry.to_numpy())


def _numbers(values: pd.Series[str], where: str) -> np.ndarray:
    numbers = pd.to_numeric(values.str.strip(), errors="coerce").to_numpy(dtype=float)
    wrong = ~np.isfinite(numbers)
    if wrong.any():
        raise LayerError(
            "layers.coordinate_no_number",
            where=where,
            column=str(values.name),
            rows=rows_of(wrong),
        )
    return numbers


def _as_numbers(values: pd.Series[str]) -> pd.Series:
    """Turn a column into numbers where each of its texts can be had back from its number.

    Codes such as 001, 1.10 and 1E4, and whole numbers that no float holds, stay text; who wants an
    amount reads it from text as well.
    """
    texts = values.str.strip()
    given = texts[texts != ""]
    if not len(given) or not given.map(_PLAIN_NUMBER.fullmatch).notna().all():
        return values
    numbers = pd.to_numeric(texts, errors="coerce")
    exact = all(
        text in (repr(number), str(int(number)) if number.is_integer() else "")
        for text, number in zip(given, map(float, given), strict=True)
    )
    return numbers if exact else values

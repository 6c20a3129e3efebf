"""Open a file of any format as a frame, nothing checked but that it can be read."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import (
    CRSError,
    DataLayerError,
    DataSourceError,
    FeatureError,
    FieldError,
    GeometryError,
)
from pyproj.exceptions import ProjError
from shapely.errors import ShapelyError

from greencover.ground.errors import CrsError, LayerError
from greencover.layers.archives import content_of, layer_inside
from greencover.layers.attributes import bytewise, in_words, is_cut_short, table_encoding
from greencover.layers.delimited import read_delimited
from greencover.layers.geometry import MOST_VERTICES
from greencover.layers.sources import gdal_name, is_remote
from greencover.words import Listed

_UNREADABLE = (
    *(DataSourceError, DataLayerError, FieldError, FeatureError, GeometryError, CRSError),
    *(ShapelyError, OSError),
)
_DAMAGED_METADATA = (ValueError, TypeError, AttributeError, LookupError, OSError)
_TABLES = (".csv", ".tsv", ".txt")
_PARQUET = (".parquet", ".geoparquet")
# Formats that write down how many rows they have.
_COUNTED = (".gpkg", ".fgb", ".dbf", ".gdb")
_LARGEST_PARQUET = 1_000_000_000


def resolve(path: str | Path, layer: str | None, kind: str) -> tuple[str, str | None]:
    """Return what to open: the file inside an archive, and the layer's name where it has one.

    Parameters
    ----------
    path, layer
        As given.
    kind
        "polygon", "line" or "any": tells which of the layers of a GPX file is meant.
    """
    suffix = Path(path).suffix.lower()
    if is_remote(path):
        if suffix in (".zip", *_TABLES, *_PARQUET):
            raise LayerError("layers.format_not_read_remotely", path=path)
        source = str(gdal_name(path))
        return source, _only(_layers(source, path), path, layer)
    if suffix == ".zip" and not str(path).startswith("/vsi"):
        inside = layer_inside(Path(path), layer)
        if Path(inside).suffix.lower() in (*_TABLES, *_PARQUET):
            return inside, None
        names = _layers(inside, path)
        return inside, layer if layer in names else _only(names, path, None)
    if suffix in _TABLES or suffix in _PARQUET:
        return str(path), None
    if not str(path).startswith("/vsi"):
        path = _shapefile_of(Path(path), layer)
    names = _layers(path, path)
    if suffix == ".gpx" and layer is None:
        names = _filled_gpx_layers(path, names, kind)
    return str(path), _only(names, path, layer)


def read_raw(source: str, layer: str | None, where: str) -> gpd.GeoDataFrame:
    """Read every row of a layer with its own columns.

    Raises
    ------
    LayerError
        The file is damaged, no map layer, or empty.
    """
    suffix = Path(source).suffix.lower()
    if suffix in _TABLES:
        frame = read_delimited(source, where)
    elif suffix in _PARQUET:
        frame = _parquet(source, where)
    else:
        frame = _by_gdal(source, layer, where)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise LayerError("layers.no_map_layer", where=where)
    _check_names(frame, where)
    if frame.empty:
        raise LayerError("layers.empty", where=where)
    return frame


def _check_names(frame: pd.DataFrame, where: str) -> None:
    twice = frame.columns[frame.columns.duplicated()].unique()
    if len(twice):
        raise LayerError("layers.column_twice", where=where, columns=Listed.of(map(repr, twice)))


def _shapefile_of(path: Path, layer: str | None) -> Path:
    """Return the .shp file where a folder of Shapefiles, or another part of one, was named."""
    shape = path / f"{layer}.shp" if path.is_dir() else path.with_suffix(".shp")
    other_part = path.suffix.lower() in (".dbf", ".shx", ".prj", ".cpg")
    return shape if (path.is_dir() or other_part) and shape.is_file() else path


def _layers(source: str | Path, given: str | Path) -> list[str]:
    try:
        with warnings.catch_warnings(), _without_gfs(source):
            # The encoding of its text is told from the bytes later on.
            warnings.filterwarnings("ignore", message="Cannot find iconv encoding")
            return [str(name) for name, _ in pyogrio.list_layers(source)]
    except (*_UNREADABLE, UnicodeDecodeError) as error:
        raise LayerError("layers.cannot_be_opened", path=given) from error


@contextmanager
def _without_gfs(source: str | Path) -> Iterator[None]:
    """Take away the file of column types that GDAL leaves beside a GML file without schema."""
    types = Path(source).with_suffix(".gfs")
    there = types.exists()
    try:
        yield
    finally:
        if not there:
            types.unlink(missing_ok=True)


def _only(names: list[str], path: str | Path, layer: str | None) -> str:
    if not names:
        raise LayerError("layers.no_layers", path=path)
    if layer is None:
        if len(names) > 1:
            raise LayerError("layers.several_layers", path=path, layers=Listed.every(names))
        return names[0]
    if layer not in names:
        raise LayerError("layers.layer_absent", path=path, layer=layer, layers=Listed.every(names))
    return layer


def _filled_gpx_layers(path: str | Path, names: list[str], kind: str) -> list[str]:
    """Return the layers of a GPX file that hold something; it always lists all five."""
    lines = ("tracks", "routes")
    wanted = [name for name in names if name in lines] if kind == "line" else names
    filled = [
        name
        for name in wanted
        if pyogrio.read_info(path, layer=name, force_feature_count=True)["features"] > 0
    ]
    if kind == "any" and len(filled) > 1:
        filled = [name for name in filled if not name.endswith("_points")]
    return filled or names


def _parquet(source: str, where: str) -> gpd.GeoDataFrame:
    from pyarrow import ArrowException

    zipped = str(source).startswith("/vsi")
    content = io.BytesIO(content_of(source, where, largest=_LARGEST_PARQUET)) if zipped else source
    try:
        return gpd.read_parquet(content)
    except (ArrowException, ShapelyError, ProjError, *_DAMAGED_METADATA) as error:
        if "Missing geo metadata" in str(error):
            raise LayerError("layers.no_map_layer", where=where) from error
        raise LayerError("layers.geoparquet_damaged", where=where) from error


def _check_count(source: str, layer: str | None, where: str) -> None:
    """Refuse a number of rows that only damage can have written, before room is made for them."""
    if Path(source).suffix.lower() not in _COUNTED:
        return
    count = pyogrio.read_info(source, layer=layer)["features"]
    if count > MOST_VERTICES:
        raise LayerError("layers.rows_too_many", where=where, count=count, most=MOST_VERTICES)


def _by_gdal(source: str, layer: str | None, where: str) -> pd.DataFrame:
    encoding = table_encoding(source, where)
    try:
        with (
            warnings.catch_warnings(),
            _without_gfs(source),
            bytewise(source, encoding) as readable,
        ):
            # Measures play no part here, so their loss is no news.
            warnings.filterwarnings("ignore", message="Measured")
            _check_count(readable, layer, where)
            frame = pyogrio.read_dataframe(
                readable,
                layer=layer,
                force_2d=True,
                encoding="ISO-8859-1" if encoding else None,
            )
    except UnicodeDecodeError as error:
        raise LayerError("layers.text_not_as_declared", where=where) from error
    except UnboundLocalError as error:
        # What pyogrio 0.13 makes of a system that GDAL cannot write down again.
        raise CrsError("layers.system_unreadable", where=where) from error
    except _UNREADABLE as error:
        raise LayerError("layers.damaged", where=where) from error
    except ValueError as error:
        raise LayerError("layers.value_impossible", where=where, reason=str(error)) from error
    if is_cut_short(source, len(frame)):
        raise LayerError("layers.cut_short", where=where)
    _check_names(frame, where)
    try:
        return in_words(frame, encoding) if encoding else frame
    except UnicodeDecodeError as error:
        raise LayerError(
            "layers.text_not_in_encoding", where=where, encoding=encoding.title if encoding else ""
        ) from error

"""Open a file of any format as a frame, nothing checked but that it can be read."""

from __future__ import annotations

import warnings
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

from greencover.errors import CrsError, GreencoverWarning, LayerError
from greencover.zones.archives import layer_inside, member_bytes, split_member
from greencover.zones.delimited import read_delimited
from greencover.zones.encoding import TITLES, TextEncoding, decode, of_dbf
from greencover.zones.sources import gdal_name, is_remote

_UNREADABLE = (
    *(DataSourceError, DataLayerError, FieldError, FeatureError, GeometryError, CRSError),
    *(ShapelyError, OSError),
)
_DAMAGED_METADATA = (ValueError, TypeError, AttributeError, LookupError, OSError)
_TABLES = (".csv", ".tsv", ".txt")
_PARQUET = (".parquet", ".geoparquet")


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
            raise LayerError(
                f"The layer file {path} is of a format that is not read from another machine: "
                "download it and give the local path."
            )
        source = str(gdal_name(path))
        return source, _only(_layers(source, path), path, layer)
    if suffix == ".zip" and not str(path).startswith("/vsi"):
        inside = layer_inside(Path(path), layer)
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
        raise LayerError(f"The {where} is a table without geometry: choose a map layer.")
    if frame.empty:
        raise LayerError(f"The {where} is empty: it has no rows to report on.")
    return frame


def _shapefile_of(path: Path, layer: str | None) -> Path:
    """Return the .shp file where a folder of Shapefiles, or another part of one, was named."""
    shape = path / f"{layer}.shp" if path.is_dir() else path.with_suffix(".shp")
    other_part = path.suffix.lower() in (".dbf", ".shx", ".prj", ".cpg")
    return shape if (path.is_dir() or other_part) and shape.is_file() else path


def _layers(source: str | Path, given: str | Path) -> list[str]:
    try:
        return [str(name) for name, _ in pyogrio.list_layers(source)]
    except (*_UNREADABLE, UnicodeDecodeError) as error:
        raise LayerError(
            f"The layer file {given} cannot be opened: check that it is complete and is a format "
            "such as GeoPackage, Shapefile or GeoJSON."
        ) from error


def _only(names: list[str], path: str | Path, layer: str | None) -> str:
    if not names:
        raise LayerError(f"The layer file {path} has no layers: export it again.")
    if layer is None:
        if len(names) > 1:
            raise LayerError(
                f"The layer file {path} has several layers: choose one of {', '.join(names)}."
            )
        return names[0]
    if layer not in names:
        raise LayerError(
            f"The layer file {path} has no layer {layer!r}: its layers are {', '.join(names)}."
        )
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

    try:
        return gpd.read_parquet(source)
    except (ArrowException, ShapelyError, ProjError, *_DAMAGED_METADATA) as error:
        if "Missing geo metadata" in str(error):
            raise LayerError(
                f"The {where} is a table without geometry: choose a map layer."
            ) from error
        raise LayerError(
            f"The {where} cannot be read as GeoParquet: the file is damaged or incomplete; copy or "
            "export it again."
        ) from error


def _by_gdal(source: str, layer: str | None, where: str) -> pd.DataFrame:
    encoding = _shapefile_encoding(source, where)
    try:
        with warnings.catch_warnings():
            # Measures play no part here, so their loss is no news.
            warnings.filterwarnings("ignore", message="Measured")
            frame = pyogrio.read_dataframe(
                source,
                layer=layer,
                force_2d=True,
                encoding="ISO-8859-1" if encoding else None,
            )
    except UnicodeDecodeError as error:
        raise LayerError(
            f"The {where} has text that is not in the encoding it declares: "
            "export it again as UTF-8."
        ) from error
    except UnboundLocalError as error:
        # What pyogrio 0.13 makes of a system that GDAL cannot write down again.
        raise CrsError(
            f"The {where} names a coordinate reference system that cannot be read: correct its "
            ".prj file, or delete it and declare the system with crs =."
        ) from error
    except _UNREADABLE as error:
        raise LayerError(
            f"The {where} cannot be read to its end: the file is damaged or incomplete; "
            "copy or export it again."
        ) from error
    try:
        return _in_words(frame, encoding) if encoding else frame
    except UnicodeDecodeError as error:
        raise LayerError(
            f"The {where} has text that is not {encoding.title if encoding else ''} all through: "
            "the table is damaged; copy or export it again."
        ) from error


def _shapefile_encoding(source: str, where: str) -> TextEncoding | None:
    """Return the encoding of a Shapefile's table, and tell people when it was found by its bytes.

    None for other formats, and for tables that hold nothing but ASCII.
    """
    if not source.lower().endswith(".shp"):
        return None
    table, cpg = _beside(source, ".dbf"), _beside(source, ".cpg")
    if table is None:
        return None
    encoding = of_dbf(table, cpg)
    found = TITLES.get(encoding.name)
    if encoding.declared == encoding.name or (found is None and encoding.declared is None):
        return encoding if found is not None else None
    said = (
        "does not say which encoding its text is in"
        if encoding.declared is None
        else f"says that its text is in {encoding.declared.upper()}, which it is not"
    )
    warnings.warn(
        f"The {where} {said}; it was read as {encoding.title}, by its bytes: check the names.",
        GreencoverWarning,
        stacklevel=5,
    )
    return encoding


def _beside(source: str, suffix: str) -> bytes | None:
    """Return the content of a file that accompanies a Shapefile, inside an archive or out of it."""
    name = source[:-4] + suffix
    zipped = split_member(name)
    if zipped is not None:
        return member_bytes(*zipped)
    if source.startswith("/vsi"):
        return None
    for path in (Path(name), Path(source[:-4] + suffix.upper())):
        if path.is_file():
            return path.read_bytes()
    return None


def _in_words(frame: pd.DataFrame, encoding: TextEncoding) -> pd.DataFrame:
    """Decode what was read byte by byte."""

    def words(value: object) -> object:
        if isinstance(value, str) and not value.isascii():
            return decode(value.encode("latin-1"), encoding.name)
        return value

    geometry = getattr(frame, "_geometry_column_name", None)
    for column in frame.columns:
        values = frame[column]
        if column != geometry and (values.dtype == object or pd.api.types.is_string_dtype(values)):
            frame[column] = pd.Series(
                [words(value) for value in values], index=frame.index, dtype=values.dtype
            )
    return frame.rename(columns={column: words(column) for column in frame.columns})

"""Open a vector layer and hand it on checked."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FieldError, GeometryError
from shapely.errors import ShapelyError

from greencover.errors import LayerError
from greencover.zones.geometry import check_crs, check_geometry
from greencover.zones.tables import require_columns
from greencover.zones.wording import layer_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from greencover.zones.geometry import GeometryKind

_LOCAL_ARCHIVES = re.compile(r"^/vsi(zip|tar|gzip|7z|rar|mem)/(?!.*/vsi)")


def is_remote(path: str | Path) -> bool:
    """Whether a path points to another machine; such layers are never read unasked.

    Examples
    --------
    >>> is_remote("https://example.org/cover.tif"), is_remote("/vsicurl/http://example.org/a.tif")
    (True, True)
    >>> is_remote("../data/county.gpkg"), is_remote("/vsizip/county.zip/county.shp")
    (False, False)
    """
    text = str(path)
    return bool(
        re.match(r"^[A-Za-z][A-Za-z0-9+.-]+:/{1,2}[^/\\]", text)
        or (text.startswith("/vsi") and not _LOCAL_ARCHIVES.match(text))
    )


def read_layer(
    path: str | Path,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    geometry: GeometryKind = "any",
) -> gpd.GeoDataFrame:
    """Read a vector layer and check everything that an area or a length depends on.

    Parameters
    ----------
    path
        File that GDAL reads: GeoPackage, Shapefile, GeoJSON and others.
    layer
        Name of the layer; may be left out when the file has only one.
    columns
        Own column name by the name it shall have, such as ``{"code": "XZQDM"}``. The own columns
        stay; one that already has the wanted name but another meaning becomes ``..._original``.
    geometry
        What the rows must be: "polygon", "line" or "any".

    Returns
    -------
    GeoDataFrame
        Indexed from 0 in the order of the file, Z and M dropped, invalid polygons repaired.

    Raises
    ------
    LayerError
        File, layer, column or geometry is missing or unfit; the message names it.
    CrsError
        The layer does not say where on Earth it lies.

    Warns
    -----
    GreencoverWarning
        Polygons were repaired.
    """
    if is_remote(path):
        raise LayerError(
            f"The layer file {path} is on another machine: download it and give the local path."
        )
    layer = _existing_layer(path, layer)
    where = layer_name(path, layer)
    frame = _read(path, layer, where)
    require_columns(frame, list((columns or {}).values()), where)
    frame = _with_canonical_columns(frame, columns or {})
    check_crs(frame, where)
    return check_geometry(frame, where, geometry=geometry)


def _existing_layer(path: str | Path, layer: str | None) -> str:
    if not str(path).startswith("/vsi") and not Path(path).exists():
        raise LayerError(f"The layer file {path} does not exist: check the path.")
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
    except (DataSourceError, DataLayerError) as error:
        raise LayerError(
            f"The layer file {path} cannot be opened: check that it is complete and is a format "
            "such as GeoPackage, Shapefile or GeoJSON."
        ) from error
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


def _read(path: str | Path, layer: str, where: str) -> gpd.GeoDataFrame:
    try:
        with warnings.catch_warnings():
            # Measures play no part here, so their loss is no news.
            warnings.filterwarnings("ignore", message="Measured")
            frame = pyogrio.read_dataframe(path, layer=layer, force_2d=True)
    except UnicodeDecodeError as error:
        raise LayerError(
            f"The {where} has text that is not in the encoding it declares: "
            "export it again as UTF-8."
        ) from error
    except (DataSourceError, DataLayerError, FieldError, GeometryError, ShapelyError) as error:
        raise LayerError(
            f"The {where} cannot be read to its end: the file is damaged or incomplete; "
            "copy or export it again."
        ) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise LayerError(f"The {where} is a table without geometry: choose a map layer.")
    if frame.empty:
        raise LayerError(f"The {where} is empty: it has no rows to report on.")
    return frame


def _with_canonical_columns(
    frame: gpd.GeoDataFrame, columns: Mapping[str, str]
) -> gpd.GeoDataFrame:
    picked = {name: frame[own] for name, own in columns.items()}
    displaced = {
        name: f"{name}_original"
        for name, own in columns.items()
        if name != own and name in frame.columns
    }
    return frame.rename(columns=displaced).assign(**picked)

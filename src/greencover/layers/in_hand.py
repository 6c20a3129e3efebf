"""Zones as people hold them: a frame, a file, GeoJSON, or shapes of shapely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import Any, TypeAlias, overload

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from greencover.ground.errors import CrsError, KindError
from greencover.layers.reading import read_layer

#: What is taken where zones are asked for; GeoJSON as a dict and what has its interface, too.
ZonesInHand: TypeAlias = (
    gpd.GeoDataFrame | gpd.GeoSeries | str | PathLike[str] | BaseGeometry | Sequence[Any]
)
# RFC 7946: GeoJSON is in longitude and latitude on WGS 84, unless it says otherwise.
_GEOJSON = "OGC:CRS84"


@overload
def zones_of(given: gpd.GeoDataFrame, *, crs: Any = ...) -> gpd.GeoDataFrame: ...
@overload
def zones_of(given: Any, *, crs: Any = ...) -> gpd.GeoDataFrame | gpd.GeoSeries: ...
def zones_of(given: Any, *, crs: Any = None) -> gpd.GeoDataFrame | gpd.GeoSeries:
    """Return zones as a frame, whatever they are held in.

    Parameters
    ----------
    given
        A GeoDataFrame or GeoSeries; the path of a layer, read by :func:`greencover.read_layer`;
        what has a ``__geo_interface__``, or GeoJSON as a dict; one shape of shapely; or several of
        these shapes, whose index stays where they have one.
    crs
        Coordinate reference system, where what is given names none; a frame that has one keeps it,
        and must be in the same.

    Raises
    ------
    KindError
        It is no such thing.
    CrsError
        Shapes come without a system, or the system given is another than that of the frame.
    LayerError
        The file cannot be read.

    Examples
    --------
    >>> zones_of([shapely.box(0, 0, 1, 1)], crs="EPSG:4547").area.tolist()
    [1.0]
    """
    if isinstance(given, gpd.GeoDataFrame | gpd.GeoSeries):
        return _in_system(given, crs)
    if isinstance(given, str | PathLike):
        return read_layer(str(given), geometry="polygon", crs=crs)
    if isinstance(given, BaseGeometry):
        return _of_shapes([given], None, crs)
    json = getattr(given, "__geo_interface__", given)
    if isinstance(json, Mapping) and isinstance(json.get("type"), str):
        return _of_geojson(json, crs)
    if isinstance(given, Iterable) and not isinstance(given, Mapping | bytes):
        shapes = [_shape(one) for one in given]
        own = getattr(given, "crs", None)
        index = given.index if isinstance(given, pd.Series) else None
        return _of_shapes(shapes, index, crs if own is None else own)
    raise KindError("layers.no_zones", given=type(given).__name__)


def frame_of(given: Any, *, crs: Any = None) -> gpd.GeoDataFrame:
    """Return zones with a table to put figures into; see :func:`zones_of`."""
    zones = zones_of(given, crs=crs)
    return zones if isinstance(zones, gpd.GeoDataFrame) else gpd.GeoDataFrame(geometry=zones)


def _in_system(
    zones: gpd.GeoDataFrame | gpd.GeoSeries, crs: Any
) -> gpd.GeoDataFrame | gpd.GeoSeries:
    if crs is None or (zones.crs is not None and zones.crs == crs):
        return zones
    if zones.crs is None:
        return zones.set_crs(crs)
    raise CrsError("layers.system_twice", own=zones.crs.name, crs=str(crs))


def _of_geojson(json: Mapping[str, Any], crs: Any) -> gpd.GeoDataFrame:
    own = json.get("crs")
    if crs is None:
        named = own.get("properties", {}).get("name") if isinstance(own, Mapping) else None
        crs = named or _GEOJSON
    if json["type"] in ("FeatureCollection", "Feature"):
        features = json.get("features", [json])
        return gpd.GeoDataFrame.from_features(features, crs=crs)
    return _of_shapes([_shape(json)], None, crs)


def _of_shapes(shapes: list[Any], index: Any, crs: Any) -> gpd.GeoDataFrame:
    if crs is None:
        raise CrsError("layers.shapes_without_system")
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return gpd.GeoDataFrame(geometry=gpd.GeoSeries(array, index=index, crs=crs))


def _shape(one: Any) -> BaseGeometry | None:
    if one is None or isinstance(one, BaseGeometry):
        return one
    json = getattr(one, "__geo_interface__", one)
    if isinstance(json, Mapping) and isinstance(json.get("geometry", json), Mapping):
        return shapely.geometry.shape(json.get("geometry", json))
    raise KindError("layers.no_shape", given=type(one).__name__)

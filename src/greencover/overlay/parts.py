"""The ground of one layer that lies in each unit of another, and ground within a distance."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import AzimuthalEquidistantConversion

from greencover.ground.datums import moved_to
from greencover.ground.following import followed
from greencover.ground.geodesy import geographic_of, require_crs
from greencover.ground.notes import Note
from greencover.layers import check_geometry
from greencover.overlay import ground_area_ha

# Sides are followed by points at most this far apart when a layer is reprojected.
_FOLLOW_M = 100.0
_METRES_PER_DEGREE = 111_000.0
# A circle of 4 x 32 corners lacks 0.04 % of its area.
_QUARTER_CORNERS = 32


def pieces_within(
    units: gpd.GeoDataFrame, layer: gpd.GeoDataFrame, where: str
) -> tuple[npt.NDArray[np.int64], gpd.GeoSeries]:
    """Cut polygons by units; ground where polygons of the layer overlap appears once.

    Returns
    -------
    unit, pieces
        Row number of the unit of each piece, and the pieces in the units' system.
    """
    crs = require_crs(units.crs, Note("layers.called.units"))
    units = check_geometry(units, Note("layers.called.units"), geometry="polygon")
    require_crs(layer.crs, where)
    layer = check_geometry(layer, where, geometry="polygon")
    shapes = followed_to(layer.geometry, crs)
    ground = shapely.get_parts(shapely.disjoint_subset_union_all(shapes.to_numpy()))
    outlines = units.geometry.to_numpy()
    unit, piece = shapely.STRtree(ground).query(outlines, predicate="intersects")
    inside = shapely.intersection(outlines[unit], ground[piece])
    parts, owner = shapely.get_parts(inside, return_index=True)
    # Where a polygon only touches a unit, the intersection is a point or a line.
    surface = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (
        shapely.area(parts) > 0.0
    )
    return unit[owner[surface]], gpd.GeoSeries(parts[surface], crs=crs)


def ground_within_ha(
    units: gpd.GeoDataFrame, layer: gpd.GeoDataFrame, where: str
) -> pd.Series[float]:
    """Hectares of a layer inside each unit, on the ellipsoid."""
    unit, pieces = pieces_within(units, layer, where)
    ha = np.bincount(unit, weights=ground_area_ha(pieces).to_numpy(), minlength=len(units))
    return pd.Series(ha, index=units.index)


def followed_to(shapes: gpd.GeoSeries, crs: pyproj.CRS | None) -> gpd.GeoSeries:
    """Reproject lines and outlines so that what was straight stays where it was."""
    own = require_crs(shapes.crs)
    if own.equals(crs):
        return shapes
    step = _FOLLOW_M / (_METRES_PER_DEGREE if own.is_geographic else 1.0)
    dense = gpd.GeoSeries(followed(shapes.to_numpy(), step), index=shapes.index, crs=own)
    return moved_to(dense, crs)


def local_metres(shapes: gpd.GeoSeries) -> pyproj.CRS:
    """Plane of true distances from the middle of a layer.

    Other distances are right to 1 in 100,000 within 50 km of the middle, to 4 in 10,000 within
    300 km.
    """
    geographic = geographic_of(require_crs(shapes.crs, Note("layers.called.any")))
    west, south, east, north = shapes.to_crs(geographic).total_bounds
    middle = AzimuthalEquidistantConversion((south + north) / 2.0, (west + east) / 2.0)
    return ProjectedCRS(middle, geodetic_crs=geographic)


def reached(
    shapes: gpd.GeoSeries, distance_m: float | npt.ArrayLike, plane: pyproj.CRS
) -> gpd.GeoDataFrame:
    """Ground within a straight line's distance of shapes, as a layer in a plane of metres."""
    near = shapely.buffer(
        followed_to(shapes, plane).to_numpy(), np.asarray(distance_m), quad_segs=_QUARTER_CORNERS
    )
    return gpd.GeoDataFrame(geometry=near, crs=plane)

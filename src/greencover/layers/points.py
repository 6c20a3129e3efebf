"""Which unit a point lies in, and which points lie in none."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from greencover.ground.datums import moved_to
from greencover.ground.errors import LayerError
from greencover.ground.geodesy import require_crs
from greencover.ground.notes import Note, tell
from greencover.layers.wording import rows_of

Ints = npt.NDArray[np.int64]


def require_places(points: gpd.GeoDataFrame, where: str) -> npt.NDArray[np.object_]:
    """Return the geometry of a layer of points, each with coordinates.

    Raises
    ------
    CrsError
        The layer has no coordinate reference system.
    LayerError
        Rows are no points, or points without coordinates.
    """
    require_crs(points.crs, where)
    shapes = np.asarray(points.geometry.to_numpy(), dtype=object)
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    wrong = ~absent & (shapely.get_type_id(shapes) != shapely.GeometryType.POINT)
    if wrong.any():
        raise LayerError("layers.no_points", where=where, rows=rows_of(wrong))
    xy = shapely.get_coordinates(shapes[~absent])
    absent[~absent] = ~np.isfinite(xy).all(axis=1)
    if absent.any():
        raise LayerError("layers.points_without_place", where=where, rows=rows_of(absent))
    return shapes


def points_in_units(
    points: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    where: str,
    weights: npt.NDArray[Any] | None = None,
) -> tuple[Ints, Ints]:
    """Pair units with the points in them, as rows of either layer.

    A point on the border of units goes to the first of them in the order of the layer, so that
    totals close; inside units that overlap it counts in each.

    Parameters
    ----------
    points, units
        Layers.
    where
        How messages call the points.
    weights
        What each point stands for, such as residents.

    Warns
    -----
    GreencoverWarning
        Points lie in no unit; their number and what they stand for is told.

    Examples
    --------
    >>> boxes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    >>> units = gpd.GeoDataFrame(geometry=boxes, crs=3857)
    >>> points = gpd.GeoDataFrame(geometry=gpd.points_from_xy([1, 1.5], [0.5, 0.5]), crs=3857)
    >>> unit, point = points_in_units(points, units, "layer of trees")
    >>> unit.tolist(), point.tolist()
    ([0, 1], [0, 1])
    """
    require_places(points, where)
    require_crs(units.crs, Note("layers.called.units"))
    shapes = moved_to(points.geometry, units.crs).to_numpy()
    outlines = units.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    unit, point = tree.query(outlines, predicate="contains")
    inside = np.zeros(len(shapes), dtype=bool)
    inside[point] = True
    touching, touched = tree.query(outlines, predicate="intersects")
    free = ~inside[touched]
    touching, touched = touching[free], touched[free]
    order = np.lexsort((touching, touched))
    border, first = np.unique(touched[order], return_index=True)
    inside[border] = True
    out = ~inside
    if out.any():
        told = np.ones(len(shapes)) if weights is None else weights
        tell(
            "layers.points_outside" if weights is None else "layers.points_outside_of",
            where=where,
            count=int(out.sum()),
            all=len(shapes),
            outside=float(told[out].sum()),
            whole=float(told.sum()),
            stacklevel=3,
        )
    unit = np.concatenate([unit, touching[order][first]])
    point = np.concatenate([point, border])
    order = np.lexsort((point, unit))
    return unit[order], point[order]

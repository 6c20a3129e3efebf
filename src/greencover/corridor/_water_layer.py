"""Banks of a layer of waters: each once, however the water is cut up or drawn."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from greencover.corridor._by_row import names_of
from greencover.corridor._chains import JOIN_M, METRES_PER_DEGREE
from greencover.ground.geodesy import require_crs, unit_in_metres

#: Column of lines that lie in a water drawn as a polygon.
INSIDE = "_inside_polygon"


def outlines_of(waters: gpd.GeoDataFrame, column: str, *, islands: bool) -> gpd.GeoDataFrame:
    """Rings of the polygons with the land on their right.

    A water that is cut up is put together, and where one water adjoins another there is no bank.
    """
    if waters.empty:
        return waters
    waters = waters.assign(**{column: names_of(waters, column)})
    whole = waters.dissolve(column, sort=False, as_index=False, aggfunc="first")
    whole = whole.set_geometry(gpd.GeoSeries(_shared_out(whole.geometry), crs=waters.crs))
    whole = whole[~whole.geometry.is_empty].explode(ignore_index=True)
    whole = whole[whole.geometry.geom_type == "Polygon"].reset_index(drop=True)
    shapes = shapely.orient_polygons(whole.geometry.to_numpy(), exterior_cw=False)
    rings, owner = shapely.get_rings(shapes, return_index=True)
    if not islands:
        outer = np.diff(owner, prepend=-1) != 0
        rings, owner = rings[outer], owner[outer]
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    lines = np.asarray(shapely.linestrings(corners, indices=ring))
    lines, owner = _without_cuts(lines, owner, shapes, _unit(waters, JOIN_M))
    table = whole.iloc[owner].reset_index(drop=True)
    return table.set_geometry(gpd.GeoSeries(lines, crs=waters.crs))


def lines_apart(lines: gpd.GeoDataFrame, polygons: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Lines cut where they enter a polygon; ``INSIDE`` says which parts lie in one."""
    shapes, ground = lines.geometry.to_numpy(), polygons.geometry.to_numpy()
    row, other = shapely.STRtree(ground).query(shapes, predicate="intersects")
    parts, owner, inside = [], [], []
    for i, line in enumerate(shapes):
        near = ground[other[row == i]] if (row == i).any() else ()
        apart, within = line, None
        if len(near):
            water = shapely.union_all(near)
            apart, within = shapely.difference(line, water), shapely.intersection(line, water)
        for part, held in ((apart, False), (within, True)):
            if part is not None and shapely.length(part) > 0.0:
                parts.append(_directed(part, line))
                owner.append(i)
                inside.append(held)
    table = lines.iloc[owner].reset_index(drop=True)
    geometry = gpd.GeoSeries(parts, crs=lines.crs)
    return table.set_geometry(geometry).assign(**{INSIDE: np.array(inside, dtype=bool)})


def _shared_out(waters: gpd.GeoSeries) -> npt.NDArray[Any]:
    """Polygons without the ground that an earlier one holds."""
    shapes = np.asarray(waters.to_numpy()).copy()
    later, earlier = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    later, earlier = later[earlier < later], earlier[earlier < later]
    shared = shapely.relate_pattern(shapes[later], shapes[earlier], "T********")
    for i in np.unique(later[shared]):
        others = shapes[earlier[shared & (later == i)]]
        shapes[i] = shapely.difference(shapes[i], shapely.union_all(others))
    return shapes


def _without_cuts(
    lines: npt.NDArray[Any], owner: npt.NDArray[np.int64], shapes: npt.NDArray[Any], reach: float
) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Rings without the stretches along which their polygon adjoins another."""
    line, other = shapely.STRtree(shapes).query(lines, predicate="dwithin", distance=reach)
    apart = owner[line] != other
    line, other = line[apart], other[apart]
    kept: list[Any] = []
    whose: list[int] = []
    for i, ring in enumerate(lines):
        others = shapes[other[line == i]] if (line == i).any() else ()
        left = [ring]
        if len(others):
            bank = shapely.difference(ring, shapely.buffer(shapely.union_all(others), reach))
            left = list(shapely.get_parts(_directed(bank, ring)))
        kept += left
        whose += [int(owner[i])] * len(left)
    out = np.empty(len(kept), dtype=object)
    out[:] = kept
    return out, np.array(whose, dtype=np.int64)


def _directed(parts: Any, line: Any) -> Any:
    """Lines that a set operation left of another, each in the direction of that."""
    pieces = list(shapely.get_parts(shapely.line_merge(parts, directed=True)))
    pieces = [piece for piece in pieces if piece.geom_type == "LineString"]
    for n, piece in enumerate(pieces):
        points = shapely.points(piece.coords[:2])
        middle = shapely.line_interpolate_point(shapely.LineString(points), 0.5, normalized=True)
        at = shapely.line_locate_point(line, [points[0], middle])
        if at[1] < at[0] and piece.coords[0] != line.coords[0]:
            pieces[n] = piece.reverse()
    return pieces[0] if len(pieces) == 1 else shapely.MultiLineString(pieces)


def _unit(frame: gpd.GeoDataFrame, metres: float) -> float:
    """A length in the units of a layer."""
    crs = require_crs(frame.crs)
    return metres / (METRES_PER_DEGREE if crs.is_geographic else unit_in_metres(crs))

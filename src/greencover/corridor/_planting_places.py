"""Where the trees of a gap are to stand: the places that its number of trees is counted from.

In the rows along the belt, at the spacing, and where the ground of the gap may be planted. What is
to be checked on site has no places before that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from greencover.corridor._planting_trees import trees_along
from greencover.ground.geodesy import Ellipsoid, metres_per_degree, require_crs

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Half of the share of a side over which the direction of its row is taken.
_ABOUT = 0.05


@dataclass(frozen=True)
class Row:
    """A row of trees of a gap.

    Attributes
    ----------
    metres
        Length of each side of the gap on which the row may stand.
    out_m
        How far the row stands from the middle of the belt, away from the road.
    """

    metres: Floats
    out_m: float


def places_along(metres: float, spacing_m: float, starts: bool, ends: bool) -> Floats:
    """Distances at which the trees stand that ``trees_along`` counts.

    ``starts`` and ``ends`` say at which ends of the stretch a tree stands already.

    Examples
    --------
    >>> places_along(30.0, 10.0, True, False).tolist()
    [10.0, 20.0, 30.0]
    """
    standing = np.array([int(starts) + int(ends)])
    count = int(trees_along(np.array([metres]), spacing_m, standing)[0])
    spaces = int(np.ceil(metres / spacing_m - 1e-9)) if metres >= spacing_m else 0
    if count == 1 and spaces + 1 - int(standing[0]) != 1:
        return np.array([metres / 2.0])
    return metres * (np.arange(count) + int(starts)) / max(spaces, 1)


def row_distances(
    belt_m: float, rows: int, row_spacing_m: float, fitting: int, limit_m: float
) -> list[float]:
    """How far each row stands from the middle of the belt, away from the road.

    Rows stand in the middle of the belt; where cropland lets fewer of them pass, these stand in the
    middle of the width that is permitted beside the road, and the others behind them.
    """
    held, width = (rows, belt_m) if fitting >= rows else (fitting, min(limit_m, belt_m))
    first = max((width - (held - 1) * row_spacing_m) / 2.0, 0.0)
    return [first + row * row_spacing_m - belt_m / 2.0 for row in range(int(rows))]


def places_of(
    sides: gpd.GeoDataFrame,
    rows: Sequence[Row],
    spacing_m: float,
    ends: tuple[bool, bool],
    sites: npt.NDArray[np.object_],
) -> shapely.MultiPoint:
    """Places of the trees of one gap, row after row.

    Parameters
    ----------
    sides
        Station sides of the gap, along the road, whose lines run along the middle of its belt.
    rows
        The rows, the nearest to the road first.
    spacing_m
        Distance between trees in a row.
    ends
        At which ends of the gap a tree stands already.
    sites
        Places known to be vacant: each takes the place of the nearest tree of a row.
    """
    lines = np.asarray(sides.geometry.to_numpy())
    corner = shapely.get_coordinates(lines[:1])[0]
    scale = np.hstack(metres_per_degree(corner[1:], Ellipsoid.of(require_crs(sides.crs))))
    flat = np.asarray(shapely.transform(lines, lambda at: (at - corner) * scale))
    outward = 1.0 if sides["side"].iloc[0] == "left" else -1.0
    planned = [_along(flat, row, outward, spacing_m, ends) for row in rows]
    points = np.concatenate([np.zeros((0, 2)), *planned]) / scale + corner
    if len(sites):
        known = shapely.get_coordinates(sites)
        points = np.concatenate([known, _without_nearest(points, known, scale)])
    return shapely.MultiPoint(points)


def _along(
    lines: npt.NDArray[np.object_],
    row: Row,
    outward: float,
    spacing_m: float,
    ends: tuple[bool, bool],
) -> Floats:
    """Metres east and north of the trees of a row."""
    some = np.flatnonzero(row.metres > 0.0)
    if not len(some):
        return np.zeros((0, 2))
    reach = np.cumsum(row.metres[some])
    at = places_along(float(reach[-1]), spacing_m, *ends)
    side = np.minimum(np.searchsorted(reach, at - 1e-6), len(some) - 1)
    share = np.clip(1.0 - (reach[side] - at) / row.metres[some][side], 0.0, 1.0)
    own = lines[some[side]]
    here, before, after = (
        shapely.get_coordinates(
            shapely.line_interpolate_point(own, np.clip(share + step, 0.0, 1.0), normalized=True)
        )
        for step in (0.0, -_ABOUT, _ABOUT)
    )
    ahead = after - before
    length = np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)
    left = np.column_stack([-ahead[:, 1], ahead[:, 0]]) / length[:, None]
    return np.asarray(here + outward * row.out_m * left)


def _without_nearest(points: Floats, known: Floats, scale: Floats) -> Floats:
    """The points without one for each of the known ones, the nearest that is left."""
    left = np.ones(len(points), dtype=bool)
    for one in known:
        if not left.any():
            break
        apart = np.hypot(*((points - one) * scale).T)
        left[np.argmin(np.where(left, apart, np.inf))] = False
    return points[left]

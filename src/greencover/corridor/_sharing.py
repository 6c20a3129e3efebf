"""Claims of belts to ground shared out between them, and roads taken away from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from greencover.corridor._overlaps import losses, overlapping
from greencover.ground.geodesy import Ellipsoid, metres_per_degree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# A carriageway that meets the road at more than this runs across it, else alongside.
_ACROSS_DEG = 30.0
_CRUMB_M2 = 1e-6
_SLIVER_M2 = 1e-8
_SEARCH_CELL_M = 40.0
# Corners closer than this become one: three claims meet in a point, and not in a tangle that the
# rounding of degrees would fold. The coarser ones are for what the first leaves folded.
_GRIDS_M = (1e-8, 1e-7, 1e-5)


@dataclass(frozen=True)
class Shared:
    """Ground of belts after it was shared out.

    Attributes
    ----------
    whole
        Which belts keep all their ground.
    cut, cut_claim
        What is left of the others in degrees, maybe nothing, and which they are.
    free
        Square metres that each belt keeps.
    covered, across
        By ``cut_claim``: square metres under other roads, and under those that run across.
    """

    whole: Bools
    cut: npt.NDArray[Any]
    cut_claim: Ints
    free: Floats
    covered: Floats
    across: Floats


@dataclass(frozen=True)
class Claims:
    """Belts, then carriageways, with what decides between them.

    Attributes
    ----------
    corners
        In degrees, shape (n, 4, 2), counter-clockwise.
    belts
        Number of belts.
    chain, side, low, high
        Chain, side, and the distances along the chain between which each claim lies.
    near, reach
        Depths of the edges of the belts.
    """

    corners: Floats
    belts: int
    chain: Ints
    side: Ints
    low: Floats
    high: Floats
    near: Floats
    reach: Floats

    def shared_out(self, ellipsoid: Ellipsoid) -> Shared:
        """Share out ground that is claimed twice."""
        origin = self.corners[0, 0]
        latitude = (self.corners[:, 0, 1].min() + self.corners[:, 0, 1].max()) / 2.0
        east, north = metres_per_degree(np.array([latitude]), ellipsoid)
        scale = np.array([east[0], north[0]])
        xy = np.empty_like(self.corners)
        for axis in range(2):
            xy[..., axis] = (self.corners[..., axis] - origin[axis]) * scale[axis]
        area = _area(xy)
        solid = area > _CRUMB_M2
        pairs = overlapping(
            xy, self.belts, solid, self.chain, self.side, self.low, self.high, _SEARCH_CELL_M
        )
        loser, winner, lost, count = losses(xy, self.belts, self.near, self.reach, pairs)
        shapes = _polygons(lost, count)
        real = shapely.area(shapes) > _SLIVER_M2
        loser, winner, shapes = loser[real], winner[real], _clean(shapes[real])
        free, whole = area[: self.belts].copy(), solid[: self.belts].copy()
        if not len(loser):
            nothing = np.zeros(0)
            none = np.zeros(0, dtype=np.int64)
            return Shared(whole, np.zeros(0, dtype=object), none, free, nothing, nothing)
        # Other belts and the own road first: what another road covers is then the belt's ground.
        by_other = (winner >= self.belts) & (self.chain[winner] != self.chain[loser])
        order = np.lexsort((winner, by_other, loser))
        loser, winner, by_other = loser[order], winner[order], by_other[order]
        shapes = shapes[order]
        claim, place = np.unique(loser, return_inverse=True)
        cutting = _Cutting(
            quads=xy[claim],
            shapes=shapes,
            place=place,
            by_other=by_other,
            crosses=self._crosses(xy, loser, winner),
        )
        degrees = cutting.cut_out(lambda metres: origin + metres / scale)
        free[claim] = cutting.area
        whole[claim] = False
        return Shared(whole, degrees, claim, free, cutting.covered, cutting.across)

    def _crosses(self, xy: Floats, one: Ints, other: Ints) -> Bools:
        """Whether two claims lie at an angle to each other."""
        a, b = _along(xy[one]), _along(xy[other])
        cosine = np.abs((a * b).sum(axis=1))
        return np.asarray(cosine < np.cos(np.radians(_ACROSS_DEG)))


class _Cutting:
    """Lost ground taken away from belts, one loss of each belt at a time.

    Attributes
    ----------
    area, covered, across
        What is left of each belt, what of it a road covered, and what of that runs across.
    """

    def __init__(
        self,
        *,
        quads: Floats,
        shapes: npt.NDArray[Any],
        place: Ints,
        by_other: Bools,
        crosses: Bools,
    ) -> None:
        self._quads, self._shapes, self._place = quads, shapes, place
        self._by_other, self._crosses = by_other, crosses
        size = np.bincount(place)
        self._turn = np.arange(len(place)) - (np.cumsum(size) - size)[place]
        self._kept = np.empty(len(quads), dtype=object)
        self.area, self.covered, self.across = (np.zeros(len(quads)) for _ in range(3))

    def cut_out(self, to_degrees: Callable[[Floats], Floats]) -> npt.NDArray[Any]:
        """Return what is left of each belt in degrees.

        Belts must go on touching where they were shared out, so those are cut on a fine grid;
        roads are cut out as they are, which is faster, and again on a grid where the rounding of
        degrees folds what is left.
        """
        shared = np.bincount(self._place, weights=~self._by_other) > 0
        self._take_away(~shared, None)
        self._take_away(shared, _GRIDS_M[0])
        degrees = np.asarray(shapely.transform(self._kept, to_degrees))
        for grid in _GRIDS_M:
            folded = ~shapely.is_valid(degrees)
            if not folded.any():
                break
            self._take_away(folded, grid)
            degrees[folded] = shapely.transform(self._kept[folded], to_degrees)
        return degrees

    def _take_away(self, chosen: Bools, grid: float | None) -> None:
        which = np.flatnonzero(chosen)
        if not len(which):
            return
        kept = np.empty(len(chosen), dtype=object)
        kept[which] = shapely.remove_repeated_points(shapely.polygons(self._quads[which]))
        area = np.zeros(len(chosen))
        area[which] = shapely.area(kept[which])
        self.covered[which] = self.across[which] = 0.0
        mine = chosen[self._place]
        for number in range(int(self._turn[mine].max()) + 1):
            now = np.flatnonzero(mine & (self._turn == number))
            at = self._place[now]
            kept[at] = _polygonal(shapely.difference(kept[at], self._shapes[now], grid_size=grid))
            left = shapely.area(kept[at])
            taken = np.where(self._by_other[now], area[at] - left, 0.0)
            self.covered[at] += taken
            self.across[at] += np.where(self._crosses[now], taken, 0.0)
            area[at] = left
        self._kept[which], self.area[which] = _without_crumbs(kept[which])


def _along(quads: Floats) -> Floats:
    """Unit vector along the longer of the two edges that follow the road."""
    near, far = quads[:, 1] - quads[:, 0], quads[:, 2] - quads[:, 3]
    longer = (near**2).sum(axis=1) >= (far**2).sum(axis=1)
    edge = np.where(longer[:, None], near, far)
    return np.asarray(edge / np.maximum(np.hypot(edge[:, 0], edge[:, 1]), 1e-12)[:, None])


def _area(quads: Floats) -> Floats:
    """Area of quadrilaterals, counter-clockwise."""
    x, y = quads[..., 0], quads[..., 1]
    ax, ay = x[:, 2] - x[:, 0], y[:, 2] - y[:, 0]
    bx, by = x[:, 3] - x[:, 1], y[:, 3] - y[:, 1]
    return np.asarray((ax * by - ay * bx) / 2.0)


def _polygons(corners: Floats, count: Ints) -> npt.NDArray[Any]:
    """Polygons of the first ``count`` corners of each row."""
    used = np.arange(corners.shape[1]) < count[:, None]
    owner = np.repeat(np.arange(len(count)), count)
    rings = shapely.linearrings(corners[used], indices=owner)
    return np.asarray(shapely.polygons(rings))


def _clean(shapes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Mend slivers that rounding has folded; all lost ground is convex."""
    folded = ~shapely.is_valid(shapes)
    if folded.any():
        shapes = shapes.copy()
        shapes[folded] = shapely.convex_hull(shapes[folded])
    return shapes


def _without_crumbs(shapes: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], Floats]:
    """Polygonal parts larger than rounding, and their area."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    area = shapely.area(parts)
    large = area > _CRUMB_M2
    parts, owner, area = parts[large], owner[large], area[large]
    out = np.full(len(shapes), shapely.Polygon(), dtype=object)
    single = np.bincount(owner, minlength=len(shapes)) == 1
    out[owner[single[owner]]] = parts[single[owner]]
    several = ~single[owner]
    if several.any():
        shapely.multipolygons(parts[several], indices=owner[several], out=out)
    left = np.asarray(np.bincount(owner, weights=area, minlength=len(shapes)), dtype=np.float64)
    return out, left


def _polygonal(shapes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Leave out the lines and points to which ground may shrink."""
    mixed = np.flatnonzero(~np.isin(shapely.get_type_id(shapes), (3, 6)))
    if len(mixed):
        parts, owner = shapely.get_parts(shapes[mixed], return_index=True)
        ground = shapely.get_type_id(parts) == 3
        shapes[mixed] = shapely.MultiPolygon()
        shapely.multipolygons(parts[ground], indices=mixed[owner[ground]], out=shapes)
    return shapes

"""Strips beside a road: stations of equal chainage, a strip to the left and one to the right.

Along a chain stand rays, one at each vertex and at each station border. A ray is a place on the
road and the direction in which a belt leaves it: square to the road on a straight, along the
bisector at a bend, so that neighbours share their border and leave no hole. Between two rays lies a
quadrilateral from the edge of the carriageway to the edge of the belt. On the inside of a bend
tighter than the belt two rays meet before the belt ends; the strip ends where they meet.

Everything is measured in metres on the ellipsoid, in the plane that touches it at the ray.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from greencover.geodesy import Ellipsoid, metres_per_degree
from greencover.indicators._chains import Chain, east_north

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Sharper than this the outside of a bend is rounded by a fan of rays instead of one long mitre.
_SHARPEST_MITRE_DEG = 60.0
_FAN_STEP_DEG = 30.0
# Strips that share less than this of themselves touch; the rest is rounding.
_SLIVER_SHARE = 1e-9
SIDES = ("left", "right")


@dataclass(frozen=True)
class StationSides:
    """Strips of one chain; station sides run left first, each by growing chainage.

    Attributes
    ----------
    side
        0 left, 1 right, seen along growing chainage.
    from_m, to_m
        Chainage of the station's borders.
    piece
        Row (position) of the road layer under the station.
    quads, quad_station
        Polygons in longitude and latitude, and the station side that each belongs to.
    middle
        Line along the middle of the strip, in longitude and latitude.
    """

    side: Ints
    from_m: Floats
    to_m: Floats
    piece: Ints
    quads: npt.NDArray[Any]
    quad_station: Ints
    middle: npt.NDArray[Any]


def station_sides(
    chain: Chain,
    *,
    step_m: float,
    offset_m: Floats,
    belt_m: Floats,
    breaks_m: Floats,
    ellipsoid: Ellipsoid,
) -> StationSides:
    """Cut a chain into stations and lay a strip on either side of each.

    Parameters
    ----------
    chain
        The chain.
    step_m
        Length of a station; the last one may be shorter.
    offset_m, belt_m
        From the centreline to the inner edge of the belt, and its width, for each row of the road
        layer.
    breaks_m
        Chainages at which a station must end, such as the ends of a bridge.
    ellipsoid
        Ellipsoid of the coordinates.
    """
    borders = _borders(chain.length_m, step_m, breaks_m)
    rays = _Rays.along(chain, borders, ellipsoid)
    count = len(borders) - 1
    station = np.clip(np.searchsorted(borders, rays.between_m, side="right") - 1, 0, count - 1)
    segment = np.clip(
        np.searchsorted(chain.chainage, (borders[:-1] + borders[1:]) / 2.0, side="right") - 1,
        0,
        len(chain.piece) - 1,
    )
    piece = chain.piece[segment]
    offset, belt = offset_m[piece][station], belt_m[piece][station]
    quads, owners, middles = [], [], []
    for side, sign in enumerate((1.0, -1.0)):
        shapes, holds = _quads(rays, sign, offset, belt, ellipsoid)
        shapes = _without_overlaps(shapes)
        left = shapely.area(shapes) > 0.0
        quads.append(shapes[left])
        owners.append(station[holds][left] + side * count)
        middles.append(_middles(rays, sign, offset + belt / 2.0, station, ellipsoid))
    return StationSides(
        side=np.repeat([0, 1], count),
        from_m=np.tile(borders[:-1], 2),
        to_m=np.tile(borders[1:], 2),
        piece=np.tile(piece, 2),
        quads=np.concatenate(quads),
        quad_station=np.concatenate(owners),
        middle=np.concatenate(middles),
    )


def _borders(length_m: float, step_m: float, breaks_m: Floats) -> Floats:
    """Chainages of the station borders; a remainder below a tenth of a step joins its neighbour."""
    fixed = np.unique(np.concatenate([[0.0, length_m], breaks_m]))
    fixed = fixed[(fixed >= 0.0) & (fixed <= length_m)]
    # Breaks closer than a millimetre are the same place written twice.
    fixed = fixed[np.diff(fixed, prepend=-1.0) > 1e-3]
    fixed[-1] = length_m
    regular = np.arange(0.0, length_m, step_m)
    place = np.searchsorted(fixed, regular)
    gap = np.minimum(
        np.abs(regular - fixed[np.clip(place, 0, len(fixed) - 1)]),
        np.abs(regular - fixed[np.clip(place - 1, 0, len(fixed) - 1)]),
    )
    return np.sort(np.concatenate([fixed, regular[gap > 0.1 * step_m]]))


@dataclass(frozen=True)
class _Rays:
    """Rays along a chain: foot, direction to the left for one metre of depth, and chainage.

    ``left`` and ``right`` differ at sharp bends, where the outer side has a fan and the inner side
    the bisector; rays are paired, so both have the same number.
    """

    foot: Floats
    chainage: Floats
    left: Floats
    right: Floats

    @property
    def between_m(self) -> Floats:
        """Chainage half way between consecutive rays; inside a fan, that of the bend."""
        return (self.chainage[:-1] + self.chainage[1:]) / 2.0

    @classmethod
    def along(cls, chain: Chain, borders: Floats, ellipsoid: Ellipsoid) -> _Rays:
        vectors, _, _ = east_north(chain.lonlat, ellipsoid)
        unit = vectors / np.hypot(vectors[:, 0], vectors[:, 1])[:, None]
        normal = np.column_stack([-unit[:, 1], unit[:, 0]])
        inner = borders[(borders > 0.0) & (borders < chain.length_m)]
        at_vertex = np.isin(inner, chain.chainage)
        inner = inner[~at_vertex]
        segment = np.searchsorted(chain.chainage, inner, side="right") - 1

        # Each vertex has one ray, or several where the bend is sharp.
        before = np.vstack([normal[:1], normal])
        after = np.vstack([normal, normal[-1:]])
        closed = len(chain.lonlat) > 3 and np.array_equal(chain.lonlat[0], chain.lonlat[-1])
        if closed:
            before[0], after[-1] = normal[-1], normal[0]
        turn = np.degrees(
            np.arctan2(
                before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0],
                (before * after).sum(axis=1),
            )
        )
        sharp = np.abs(turn) > _SHARPEST_MITRE_DEG
        copies = np.where(sharp, 1 + np.ceil(np.abs(turn) / _FAN_STEP_DEG), 1).astype(np.int64)
        owner = np.repeat(np.arange(len(turn)), copies)
        share = (np.arange(len(owner)) - (np.cumsum(copies) - copies)[owner]) / np.maximum(
            copies[owner] - 1, 1
        )
        angle = np.radians(turn[owner] * share)
        start = before[owner]
        fan = np.column_stack(
            [
                start[:, 0] * np.cos(angle) - start[:, 1] * np.sin(angle),
                start[:, 0] * np.sin(angle) + start[:, 1] * np.cos(angle),
            ]
        )
        half = np.radians(turn[owner] / 2.0)
        bisector = (
            np.column_stack(
                [
                    start[:, 0] * np.cos(half) - start[:, 1] * np.sin(half),
                    start[:, 0] * np.sin(half) + start[:, 1] * np.cos(half),
                ]
            )
            / np.maximum(np.cos(half), 0.05)[:, None]
        )
        # The chain bends left where turn > 0: its left is then the inside.
        left = np.where((sharp[owner] & (turn[owner] < 0.0))[:, None], fan, bisector)
        right = np.where((sharp[owner] & (turn[owner] > 0.0))[:, None], fan, bisector)

        chainage = np.concatenate([chain.chainage[owner], inner])
        order = np.argsort(chainage, kind="stable")
        return cls(
            foot=np.vstack([chain.lonlat[owner], chain.at(inner)])[order],
            chainage=chainage[order],
            left=np.vstack([left, normal[segment]])[order],
            right=np.vstack([right, normal[segment]])[order],
        )

    def direction(self, sign: float) -> Floats:
        """Metres east and north for one metre of depth, to the left (+1) or right (-1)."""
        return self.left if sign > 0.0 else -self.right

    def points(self, which: slice, depth: Floats, sign: float, ellipsoid: Ellipsoid) -> Floats:
        """Points of rays at a depth in metres."""
        foot = self.foot[which]
        east, north = metres_per_degree(foot[:, 1], ellipsoid)
        step = self.direction(sign)[which] * depth[:, None]
        return np.column_stack([foot[:, 0] + step[:, 0] / east, foot[:, 1] + step[:, 1] / north])


_FIRST, _SECOND = slice(None, -1), slice(1, None)


def _quads(
    rays: _Rays, sign: float, offset: Floats, belt: Floats, ellipsoid: Ellipsoid
) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
    """Polygons between consecutive rays, and which pairs of rays have one."""
    vectors, _, _ = east_north(rays.foot, ellipsoid)
    base = np.hypot(vectors[:, 0], vectors[:, 1])
    direction = rays.direction(sign)
    with np.errstate(invalid="ignore", divide="ignore"):
        along = vectors / base[:, None]
        closing = ((direction[:-1] - direction[1:]) * along).sum(axis=1)
        meet = np.where((base > 0.0) & (closing > 0.0), base / closing, np.inf)
    outer = np.minimum(offset + belt, meet)
    in_fan = (base == 0.0) & (np.abs(direction[:-1] - direction[1:]).sum(axis=1) > 0.0)
    holds = ((base > 0.0) | in_fan) & (outer > offset)
    near_first = rays.points(_FIRST, offset, sign, ellipsoid)
    near_second = rays.points(_SECOND, offset, sign, ellipsoid)
    far_first = rays.points(_FIRST, outer, sign, ellipsoid)
    far_second = rays.points(_SECOND, outer, sign, ellipsoid)
    # Where two rays meet, or a fan starts at the centreline, the quadrilateral is a triangle.
    met = meet < offset + belt
    far_first[met] = far_second[met] = (far_first[met] + far_second[met]) / 2.0
    corners = np.stack([near_first, near_second, far_second, far_first, near_first], axis=1)[holds]
    shapes = shapely.polygons(corners)
    return shapely.remove_repeated_points(shapes), holds


def _middles(
    rays: _Rays,
    sign: float,
    depth: Floats,
    station: Ints,
    ellipsoid: Ellipsoid,
) -> npt.NDArray[Any]:
    """One line a station along the middle of its strip."""
    first = rays.points(_FIRST, depth, sign, ellipsoid)
    second = rays.points(_SECOND, depth, sign, ellipsoid)
    points = np.stack([first, second], axis=1).reshape(-1, 2)
    return np.asarray(shapely.linestrings(points, indices=np.repeat(station, 2)))


def _without_overlaps(quads: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Cut from each strip the ground of earlier ones, where a road turns back upon itself."""
    tree = shapely.STRtree(quads)
    one, other = tree.query(quads)
    later = one > other
    one, other = one[later], other[later]
    shared = shapely.area(shapely.intersection(quads[one], quads[other]))
    overlap = shared > _SLIVER_SHARE * shapely.area(quads[one])
    if not overlap.any():
        return quads
    cut = quads.copy()
    one, other = one[overlap], other[overlap]
    for late in np.unique(one):
        rest = shapely.difference(quads[late], shapely.union_all(quads[other[one == late]]))
        parts = shapely.get_parts(rest)
        cut[late] = shapely.multipolygons(parts[shapely.area(parts) > 0.0])
    return cut

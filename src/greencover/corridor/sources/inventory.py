"""Trees of an inventory as evidence: what stands beside each roadside, tree by tree.

A side is greened by the share of its strip under crowns, or by spacing: where no stretch without a
living tree is longer than trees may stand apart. Both are judged, one of them decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from greencover.corridor.evidence import Along, Judged, Located
from greencover.corridor.sources._crown_union import shaded_m2
from greencover.corridor.sources.beside import Places, Roadsides
from greencover.corridor.sources.stretches import Stretches, free_of
from greencover.ground.geodesy import metres_per_degree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

BY_SPACING, BY_CROWNS = "spacing", "crowns"
_SAME_PLACE_M = 1e-6


@dataclass(frozen=True)
class Inventory:
    """Living trees beside the roads, and where the inventory looked.

    Attributes
    ----------
    roadsides
        The roads.
    places, lonlat, crown_m
        Living trees: where they stand beside the roads, in degrees, and the diameters of their
        crowns, NaN where not known.
    surveyed
        Where the inventory looked.
    spacing_m
        How far apart trees may stand.
    decides
        ``"spacing"`` or ``"crowns"``.
    rank
        How good the source is.
    """

    roadsides: Roadsides
    places: Places
    lonlat: Floats
    crown_m: Floats
    surveyed: Stretches
    spacing_m: float
    decides: str
    rank: float
    key: str = "trees"

    @cached_property
    def bare(self) -> Stretches:
        """Stretches without a living tree that are longer than trees may stand apart.

        A tree between two of them, or a row shorter than its crowns, keeps the ground under them.
        """
        standing = self.places.taken(self.places.in_reach)
        count = self.roadsides.reported
        every = np.arange(2 * count)
        length = self.roadsides.length_m(every // 2)
        closed = self.roadsides.network.closed[:count][every // 2]
        bare = free_of(standing.roadside, standing.at_m, self.spacing_m, (every, length), closed)
        crown = np.nan_to_num(self.crown_m[self.places.in_reach])
        return bare.clear_of(standing.roadside, standing.at_m, crown)

    @property
    def breaks(self) -> tuple[Ints, Floats]:
        """Chain and distance of the places at which stations have to end."""
        several = [self.surveyed.breaks]
        if self.decides == BY_SPACING:
            several.append(self.bare.breaks)
        return tuple(np.concatenate(parts) for parts in zip(*several, strict=True))  # type: ignore[return-value]

    def judge(self, strips: Located, threshold: Floats | float) -> Judged:
        """Greened wherever trees show it; a gap only where the inventory looked."""
        along = strips.along
        middle = (along.from_m + along.to_m) / 2.0
        looked = self.surveyed.holds(along.roadside, middle)
        share = self._crown_share(strips)
        crowned = np.asarray(share >= threshold - 1e-9)
        by_crowns = Judged(looked | crowned, crowned)
        by_spacing = self._by_spacing(strips, looked, middle)
        unknown = np.isnan(share).all() if len(share) else True
        chosen = by_spacing if self.decides == BY_SPACING else by_crowns
        told: dict[str, Any] = {"by_spacing": by_spacing}
        if not unknown:
            told["by_crowns"] = by_crowns
        return Judged(
            chosen.surveyed,
            chosen.greened,
            measures={"crown_share": share},
            ways=told,
        )

    def _by_spacing(self, strips: Located, looked: Bools, middle: Floats) -> Judged:
        """Sides with trees near enough on either hand.

        Only ground that can be planted counts: where a row ends at the mouth of a road, the rest up
        to there is a gap only if it is longer than the spacing itself.
        """
        along = strips.along
        bare = self.bare.holds(along.roadside, middle)
        treed = ~bare & self._any_tree[along.roadside]
        open_ = bare & ~strips.shut
        follows = np.zeros(len(bare), dtype=bool)
        follows[1:] = (along.roadside[1:] == along.roadside[:-1]) & (
            np.abs(along.from_m[1:] - along.to_m[:-1]) < _SAME_PLACE_M
        )
        new = ~follows
        new[1:] |= (open_[1:] != open_[:-1]) | (looked[1:] != looked[:-1])
        run = np.cumsum(new) - 1
        metres = (along.to_m - along.from_m) * (1.0 - strips.belts.covered_share)
        length = np.bincount(run, weights=metres)

        def beside(which: Bools) -> Bools:
            """Whether a side next to the run of each is one of these."""
            before = np.append(False, which[:-1]) & follows
            after = np.append(which[1:] & follows[1:], False)
            return np.asarray(np.bincount(run, weights=(before | after) & open_)[run] > 0)

        short = open_ & looked & (length <= self.spacing_m + 1e-2)[run] & beside(treed)
        # On a ring a stretch goes on across the place where it starts.
        at_the_seam = self._at_the_seam(along) & open_
        short &= np.bincount(run, weights=at_the_seam)[run] == 0
        # What lies beyond the border of a survey may hold the next tree.
        in_doubt = short & beside(open_ & ~looked)
        greened = treed | (short & ~in_doubt)
        return Judged((greened | looked) & ~in_doubt, greened)

    def _at_the_seam(self, along: Along) -> Bools:
        """Sides at the place where a ring starts and ends."""
        chain = along.roadside // 2
        end = self.roadsides.length_m(chain) - _SAME_PLACE_M
        closed = self.roadsides.network.closed[chain]
        return np.asarray(closed & ((along.from_m < _SAME_PLACE_M) | (along.to_m > end)))

    @cached_property
    def _any_tree(self) -> Bools:
        """Whether each roadside has a living tree."""
        some = np.zeros(2 * self.roadsides.reported, dtype=bool)
        some[self.places.roadside[self.places.in_reach]] = True
        return some

    def _crown_share(self, strips: Located) -> Floats:
        """Share of each side's ground under crowns of its own trees, NaN if none is known."""
        along, belts = strips.along, strips.belts
        share = np.full(len(along.roadside), np.nan)
        radius = self.crown_m / 2.0
        known = np.isfinite(radius)
        if not known.any():
            return share
        share[:] = 0.0
        used = np.zeros(2 * self.roadsides.reported, dtype=bool)
        used[self.places.roadside[known]] = True
        mine = np.zeros_like(used)
        mine[along.roadside] = True
        tree = np.flatnonzero(known & mine[self.places.roadside])
        owner = belts.polygon_owner
        ground = np.flatnonzero(used[along.roadside[owner]])
        if not len(tree) or not len(ground):
            return share
        whole = len(belts.corners)
        polygons, cut = ground[ground < whole], ground[ground >= whole]
        around, edges, count = _outlines(belts.corners[polygons], belts.cut[cut - whole])
        near, polygon = self._near(strips, tree, ground, around)
        origin = around[:, :2]
        scale = np.column_stack(metres_per_degree(around[:, 1], self.roadsides.ellipsoid))
        of_edge = np.repeat(np.arange(len(ground)), count)
        metres = (edges - np.tile(origin[of_edge], 2)) * np.tile(scale[of_edge], 2)
        circles = np.column_stack(
            [(self.lonlat[near] - origin[polygon]) * scale[polygon], radius[near]]
        )
        first = np.concatenate([[0], np.cumsum(np.bincount(polygon, minlength=len(ground)))])
        area, shaded = shaded_m2(
            np.ascontiguousarray(metres),
            np.concatenate([[0], np.cumsum(count)]).astype(np.int64),
            np.ascontiguousarray(circles),
            first.astype(np.int64),
        )
        size = len(share)
        under = np.bincount(owner[ground], weights=shaded, minlength=size)
        all_ = np.bincount(owner[ground], weights=area, minlength=size)
        return np.asarray(np.where(all_ > 0.0, under / np.where(all_ > 0.0, all_, 1.0), share))

    def _near(self, strips: Located, tree: Ints, ground: Ints, boxes: Floats) -> tuple[Ints, Ints]:
        """Trees and numbers of their own roadside's polygons whose boxes meet, by polygon.

        A crown reaches around a corner to ground that is as far along the road as twice its depth.
        """
        along, places = strips.along, self.places
        side = strips.quad_side[ground]
        order = np.lexsort((along.from_m[side], along.roadside[side]))
        from_m, roadside = along.from_m[side[order]], along.roadside[side[order]]
        longest = float((along.to_m - along.from_m).max(initial=0.0))
        radius = self.crown_m[tree] / 2.0
        depth = float((self.roadsides.offset_m + self.roadsides.belt_m).max(initial=0.0))
        reach = radius + 2.0 * (depth + radius)
        at, of = places.at_m[tree], places.roadside[tree]
        apart = float(max(along.to_m.max(), at.max())) + float(reach.max()) + longest + 1.0
        starts = roadside * apart + from_m
        first = np.searchsorted(starts, of * apart + np.maximum(at - reach - longest, 0.0))
        last = np.searchsorted(starts, of * apart + at + reach, side="right")
        count = np.maximum(last - first, 0)
        which = np.repeat(np.arange(len(tree)), count)
        turn = np.arange(len(which)) - (np.cumsum(count) - count)[which]
        polygon = order[first[which] + turn]
        east, north = metres_per_degree(self.lonlat[tree, 1], self.roadsides.ellipsoid)
        half = np.column_stack([radius / east, radius / north])
        low, high = self.lonlat[tree] - half, self.lonlat[tree] + half
        meets = (
            (low[which, 0] < boxes[polygon, 2])
            & (high[which, 0] > boxes[polygon, 0])
            & (low[which, 1] < boxes[polygon, 3])
            & (high[which, 1] > boxes[polygon, 1])
        )
        near, polygon = tree[which[meets]], polygon[meets]
        order = np.argsort(polygon, kind="stable")
        return near[order], polygon[order]


def _outlines(quads: Floats, cut: npt.NDArray[Any]) -> tuple[Floats, Floats, Ints]:
    """Boxes of quadrilaterals and then of polygons, their edges, and how many edges each has."""
    starts = quads.reshape(-1, 2)
    ends = np.roll(quads, -1, axis=1).reshape(-1, 2)
    boxes = np.concatenate([quads.min(axis=1), quads.max(axis=1)], axis=1)
    count = np.full(len(quads), 4, dtype=np.int64)
    if not len(cut):
        return boxes, np.hstack([starts, ends]), count
    parts, of_part = shapely.get_parts(shapely.orient_polygons(cut), return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    inner = np.flatnonzero(ring[:-1] == ring[1:])
    edges = np.hstack([points[inner], points[inner + 1]])
    more = np.bincount(of_part[of_ring[ring[inner]]], minlength=len(cut))
    return (
        np.vstack([boxes, shapely.bounds(cut)]),
        np.vstack([np.hstack([starts, ends]), edges]),
        np.concatenate([count, more]).astype(np.int64),
    )

"""Which side of which road a place lies beside, at what chainage and how far from the road.

A place belongs to one road only: to that whose carriageway's edge is nearest, within its reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely

from greencover.corridor._stations import Network
from greencover.ground.geodesy import Ellipsoid, metres_per_degree

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

LEFT, RIGHT = 0, 1
# A road's end and the last tree of its row are drawn by different hands.
_PAST_END_M = 1.0


@dataclass(frozen=True)
class Places:
    """Places beside roads.

    Attributes
    ----------
    row
        Which of the places asked about each is; those that lie beside no road are left out.
    roadside
        Number of the roadside: twice the number of the chain, one more on its right.
    at_m
        Distance from the start of the chain.
    from_edge_m
        Distance from the edge of the carriageway, below 0 on it.
    belt_m
        Width of the belt there.
    least_m
        Width of a row of trees that is enough to green the belt.
    """

    row: Ints
    roadside: Ints
    at_m: Floats
    from_edge_m: Floats
    belt_m: Floats
    least_m: Floats

    def taken(self, which: Any) -> Places:
        """Some of the places."""
        return Places(**{name: value[which] for name, value in vars(self).items()})

    @property
    def in_reach(self) -> Bools:
        """Whether each lies no further out than the belt; others only reach into it."""
        return self.from_edge_m <= self.belt_m + 1e-6


@dataclass(frozen=True)
class Roadsides:
    """Roads that places may lie beside.

    Attributes
    ----------
    network
        The chains that are reported on, then those of other roads.
    ellipsoid
        What the coordinates stand on.
    offset_m, belt_m, least_m
        From the centreline to the belt, its width, and that of a row that greens it, by vertex of
        the network.
    bears
        Whether anything can stand beside the road there: not beside tunnels and bridges.
    reported
        How many of the chains are reported on.
    """

    network: Network
    ellipsoid: Ellipsoid
    offset_m: Floats
    belt_m: Floats
    least_m: Floats
    bears: Bools
    reported: int

    @cached_property
    def segments(self) -> Ints:
        """First vertex of every segment."""
        chain = self.network.chain
        return np.flatnonzero(chain[:-1] == chain[1:]).astype(np.int64)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        one = self.segments
        ends = np.stack([self.network.lonlat[one], self.network.lonlat[one + 1]], axis=1)
        return shapely.STRtree(np.asarray(shapely.linestrings(ends)))

    def beside_others(self, network: Network, offset_m: Floats, bears: Bools) -> Roadsides:
        """The same with roads that are not reported on; their figures by row of the layer.

        Their belts are as wide as the widest here, since nobody says how wide they are.
        """
        piece = network.piece
        widest = np.full(len(piece), self.belt_m.max(initial=0.0))
        both = Network(
            chains=[*self.network.chains, *network.chains],
            first=np.concatenate([self.network.first, network.first[1:] + self.network.first[-1]]),
            lonlat=np.vstack([self.network.lonlat, network.lonlat]),
            distance=np.concatenate([self.network.distance, network.distance]),
            piece=np.concatenate([self.network.piece, piece]),
            closed=np.concatenate([self.network.closed, network.closed]),
        )
        return Roadsides(
            both,
            self.ellipsoid,
            np.concatenate([self.offset_m, offset_m[piece]]),
            np.concatenate([self.belt_m, widest]),
            np.concatenate([self.least_m, widest]),
            np.concatenate([self.bears, bears[piece]]),
            self.reported,
        )

    def length_m(self, chain: Ints) -> Floats:
        """Length of chains."""
        return np.asarray(self.network.length_m[chain], dtype=np.float64)

    def beside(self, lonlat: Floats, further_m: Floats | float = 0.0) -> Places:
        """Find the roadside of each place.

        Parameters
        ----------
        lonlat
            Places in degrees, shape (n, 2).
        further_m
            How far beyond the belt a place may lie, such as the radius of a crown.
        """
        further = np.broadcast_to(np.asarray(further_m, dtype=np.float64), len(lonlat))
        place, segment = self._near(lonlat, further)
        network = self.network
        east, north = metres_per_degree(lonlat[place, 1], self.ellipsoid)
        scale = np.column_stack([east, north])
        one = (network.lonlat[segment] - lonlat[place]) * scale
        way = (network.lonlat[segment + 1] - network.lonlat[segment]) * scale
        square = np.maximum((way**2).sum(axis=1), 1e-18)
        share = -(one * way).sum(axis=1) / square
        foot = one + np.clip(share, 0.0, 1.0)[:, None] * way
        away = np.hypot(foot[:, 0], foot[:, 1])
        edge = away - self.offset_m[segment]
        near = (edge <= self.belt_m[segment] + further[place] + 1e-6) & self.bears[segment]
        near &= ~self._past_the_end(segment, share, np.sqrt(square))
        right = way[:, 0] * one[:, 1] - way[:, 1] * one[:, 0] > 0.0
        # The first of the nearest; ends that segments share lie beside the earlier one.
        order = np.lexsort((segment, np.round(edge, 6), place))
        order = order[near[order]]
        first = np.ones(len(order), dtype=bool)
        first[1:] = place[order][1:] != place[order][:-1]
        chosen = order[first]
        segment, share = segment[chosen], np.clip(share[chosen], 0.0, 1.0)
        start, end = network.distance[segment], network.distance[segment + 1]
        chain = network.chain[segment]
        found = Places(
            row=place[chosen],
            roadside=2 * chain + np.where(right[chosen], RIGHT, LEFT),
            at_m=start + share * (end - start),
            from_edge_m=edge[chosen],
            belt_m=self.belt_m[segment],
            least_m=self.least_m[segment],
        )
        return found.taken(chain < self.reported)

    def _near(self, lonlat: Floats, further: Floats) -> tuple[Ints, Ints]:
        """Places, and first vertices of the segments that may be in reach of them."""
        reach = float((self.offset_m + self.belt_m).max(initial=0.0)) + further
        east, north = metres_per_degree(lonlat[:, 1], self.ellipsoid)
        degrees = reach / np.minimum(east, north)
        place, segment = self._tree.query(
            shapely.points(lonlat), predicate="dwithin", distance=degrees
        )
        return place.astype(np.int64), self.segments[segment]

    def _past_the_end(self, segment: Ints, share: Floats, length: Floats) -> Bools:
        """Whether a place lies beyond the end of a road that does not go on."""
        network = self.network
        chain = network.chain[segment]
        open_ = ~network.closed[chain]
        begins = open_ & (segment == network.first[chain])
        ends = open_ & (segment + 2 == network.first[chain + 1])
        before = begins & (-share * length > _PAST_END_M)
        after = ends & ((share - 1.0) * length > _PAST_END_M)
        return np.asarray(before | after)

    def middle_lines(self) -> tuple[npt.NDArray[Any], Ints, Floats, Floats]:
        """Line along the middle of the belt of each segment and side, left sides first.

        Returns
        -------
        lines, roadside, from_m, to_m
            Of one segment each; bends leave them apart or let them cross.
        """
        network = self.network
        segment = self.segments[network.chain[self.segments] < self.reported]
        one, two = network.lonlat[segment], network.lonlat[segment + 1]
        east, north = metres_per_degree((one[:, 1] + two[:, 1]) / 2.0, self.ellipsoid)
        scale = np.column_stack([east, north])
        way = (two - one) * scale
        length = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)[:, None]
        normal = np.column_stack([-way[:, 1], way[:, 0]]) / length
        depth = (self.offset_m + self.belt_m / 2.0)[segment][:, None]
        step = normal * depth / scale
        pairs = [np.stack([one + sign * step, two + sign * step], axis=1) for sign in (1.0, -1.0)]
        chain = network.chain[segment]
        return (
            np.asarray(shapely.linestrings(np.concatenate(pairs))),
            np.concatenate([2 * chain + LEFT, 2 * chain + RIGHT]),
            np.tile(network.distance[segment], 2),
            np.tile(network.distance[segment + 1], 2),
        )

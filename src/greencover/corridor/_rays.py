"""Rays that stand on a road, and the trapezoids between them.

A ray is a place on the road and the direction in which a belt leaves it: square to the road on a
straight, along the bisector at a bend, so that neighbours share their border and leave no hole; a
sharp bend has a fan of rays on its outside. Directions are metres east and north for one metre of
depth, depth being measured square to the road. Between two rays lies a trapezoid from the near to
the far depth; where the rays meet before the far depth it is a triangle that ends there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from greencover.corridor._stations import Network
from greencover.ground.geodesy import Ellipsoid, metres_per_degree
from greencover.overlay.compiled import FLAG, FLOAT, INT, compiled, filled, given

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# Sharper than this the outside of a bend is rounded by a fan of rays instead of one long mitre.
_SHARPEST_MITRE_DEG = 60.0
_FAN_STEP_DEG = 30.0
# A station border this near to a vertex stands on it.
_SAME_PLACE_M = 1e-3
_LEAST_COSINE = 0.01


@dataclass(frozen=True)
class Rays:
    """Rays by chain and growing distance.

    Attributes
    ----------
    foot
        Place on the road, degrees.
    left, right
        Direction to the left, and against the direction to the right, for one metre of depth.
    distance
        Metres from the start of the chain.
    chain
        Number of the chain.
    holder
        What the ground between this ray and the next belongs to: a station, or a segment by its
        first vertex; -1 at the end of a chain.
    east, north
        Metres of a degree at the foot.
    """

    foot: Floats
    left: Floats
    right: Floats
    distance: Floats
    chain: Ints
    holder: Ints
    east: Floats
    north: Floats

    @property
    def arrays(self) -> tuple[Floats, Floats, Floats, Floats, Ints]:
        """Foot, left, right, metres of a degree east and north, and holder."""
        scale = np.column_stack([self.east, self.north])
        return self.foot, self.left, self.right, scale, self.holder

    @classmethod
    def at_stations(
        cls, network: Network, ellipsoid: Ellipsoid, first: Ints, from_m: Floats
    ) -> Rays:
        """Rays at all vertices and station borders; ``first`` and ``from_m`` as of stations."""
        return cls._stand(network, ellipsoid, first, from_m, by_segment=False)

    @classmethod
    def at_vertices(cls, network: Network, ellipsoid: Ellipsoid) -> Rays:
        """Rays at vertices only."""
        first = np.arange(len(network.chains) + 1)
        return cls._stand(network, ellipsoid, first, np.zeros(len(first) - 1), by_segment=True)

    @classmethod
    def _stand(
        cls,
        network: Network,
        ellipsoid: Ellipsoid,
        first: Ints,
        from_m: Floats,
        *,
        by_segment: bool,
    ) -> Rays:
        lonlat = network.lonlat
        delta = np.diff(lonlat, axis=0, append=lonlat[-1:])
        east, north = metres_per_degree(lonlat[:, 1] + delta[:, 1] / 2.0, ellipsoid)
        vector = np.column_stack([delta[:, 0] * east, delta[:, 1] * north])
        length = np.hypot(vector[:, 0], vector[:, 1])
        unit = vector / np.where(length > 0.0, length, 1.0)[:, None]
        normal = np.column_stack([-unit[:, 1], unit[:, 0]])
        turn = np.zeros(len(normal))
        _turns(network.first, normal, network.closed, turn)
        sharp = np.abs(turn) > np.radians(_SHARPEST_MITRE_DEG)
        # An even number of sectors, so that a station border at the bend halves the fan.
        sectors = 2 * np.ceil(np.abs(turn) / np.radians(2.0 * _FAN_STEP_DEG)).astype(np.int64)
        sectors[~sharp] = 0
        most = len(lonlat) + int(sectors.sum()) + len(from_m)
        foot, left, right = np.empty((3, most, 2))
        distance = np.empty(most)
        chain, holder = np.empty((2, most), dtype=np.int64)
        count = _stand_rays(
            network.first,
            lonlat,
            network.distance,
            normal,
            network.closed,
            turn,
            sectors,
            first.astype(np.int64),
            from_m,
            by_segment,
            foot,
            left,
            right,
            distance,
            chain,
            holder,
        )
        foot, left, right, distance = (made[:count] for made in (foot, left, right, distance))
        chain, holder = chain[:count], holder[:count]
        east, north = metres_per_degree(foot[:, 1], ellipsoid)
        return cls(foot, left, right, distance, chain, holder, east, north)


@compiled(given(INT), given(FLOAT, 2), given(FLAG), filled(FLOAT))
def _turns(first: Ints, normal: Floats, closed: Bools, turn: Floats) -> None:
    """Angle in radians by which the road turns left at each vertex."""
    for c in range(len(first) - 1):
        a, b = first[c], first[c + 1]
        for i in range(a, b):
            before, after = i - 1, i
            if i == a or i == b - 1:
                if not closed[c]:
                    continue
                before, after = b - 2, a
            cross = normal[before, 0] * normal[after, 1] - normal[before, 1] * normal[after, 0]
            dot = normal[before, 0] * normal[after, 0] + normal[before, 1] * normal[after, 1]
            turn[i] = np.arctan2(cross, dot)


@compiled(
    *(given(INT), given(FLOAT, 2), given(FLOAT), given(FLOAT, 2), given(FLAG), given(FLOAT)),
    *(given(INT), given(INT), given(FLOAT), FLAG),
    *(*(filled(FLOAT, 2),) * 3, filled(FLOAT), filled(INT), filled(INT)),
)
def _stand_rays(
    first: Ints,
    lonlat: Floats,
    distance: Floats,
    normal: Floats,
    closed: Bools,
    turn: Floats,
    sectors: Ints,
    station_first: Ints,
    from_m: Floats,
    by_segment: bool,
    foot: Floats,
    left: Floats,
    right: Floats,
    where: Floats,
    chain: Ints,
    holder: Ints,
) -> int:
    """Write the rays; return how many there are."""
    r = 0
    for c in range(len(first) - 1):
        a, b = first[c], first[c + 1]
        station = station_first[c]
        last_station = station_first[c + 1] - 1
        for i in range(a, b):
            while station < last_station and from_m[station + 1] < distance[i] - _SAME_PLACE_M:
                station += 1
                share = (from_m[station] - distance[i - 1]) / (distance[i] - distance[i - 1])
                for axis in range(2):
                    foot[r, axis] = lonlat[i - 1, axis] + share * (
                        lonlat[i, axis] - lonlat[i - 1, axis]
                    )
                    left[r, axis] = normal[i - 1, axis]
                    right[r, axis] = normal[i - 1, axis]
                where[r] = from_m[station]
                chain[r] = c
                holder[r] = i - 1 if by_segment else station
                r += 1
            begins = (
                station < last_station and abs(from_m[station + 1] - distance[i]) <= _SAME_PLACE_M
            )
            low, high = 0, sectors[i]
            # The two ends of a loop each take half of the fan between them.
            if i == a and closed[c]:
                low = high // 2
            if i == b - 1 and closed[c]:
                high = high // 2
            before = i - 1
            if i == a:
                before = b - 2 if closed[c] else i
            half = turn[i] / 2.0
            scale = 1.0 / max(np.cos(half), _LEAST_COSINE)
            bx = (normal[before, 0] * np.cos(half) - normal[before, 1] * np.sin(half)) * scale
            by = (normal[before, 0] * np.sin(half) + normal[before, 1] * np.cos(half)) * scale
            for k in range(low, high + 1):
                fx, fy = bx, by
                if sectors[i] > 0:
                    angle = turn[i] * k / sectors[i]
                    fx = normal[before, 0] * np.cos(angle) - normal[before, 1] * np.sin(angle)
                    fy = normal[before, 0] * np.sin(angle) + normal[before, 1] * np.cos(angle)
                if begins and k == sectors[i] // 2:
                    station += 1
                foot[r, 0], foot[r, 1] = lonlat[i, 0], lonlat[i, 1]
                # The chain bends left where turn > 0: its left is then the inside.
                left[r, 0], left[r, 1] = (fx, fy) if turn[i] < 0.0 else (bx, by)
                right[r, 0], right[r, 1] = (fx, fy) if turn[i] > 0.0 else (bx, by)
                where[r] = distance[i]
                chain[r] = c
                holder[r] = station
                if by_segment:
                    holder[r] = i if (k * 2 >= sectors[i] and i < b - 1) else i - 1
                r += 1
        holder[r - 1] = -1
    return r

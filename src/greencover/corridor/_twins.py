"""Roads whose carriageways are drawn as two lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from greencover.corridor._chains import Chain

_APART_M = 60.0
_METRES_PER_DEGREE = 111_320.0
_LEAST_LENGTH_M = 200.0
_BESIDE_SHARE = 0.5
# The longest chains of a road tell; hundreds of short ones would cost a pair each.
_MOST_CHAINS = 12


def roads_drawn_twice(chains: list[Chain]) -> list[Any]:
    """Names of roads of which most of one chain runs beside another chain of the same road."""
    by_road: dict[Any, list[Chain]] = {}
    for chain in chains:
        if chain.length_m >= _LEAST_LENGTH_M:
            by_road.setdefault(chain.road, []).append(chain)
    found = []
    for road, all_chains in by_road.items():
        several = all_chains[:_MOST_CHAINS]
        if len(several) > 1 and any(
            _runs_beside(one, other) for one in several for other in several if one is not other
        ):
            found.append(road)
    return found


def _runs_beside(one: Chain, other: Chain) -> bool:
    along = np.linspace(0.0, one.length_m, 21)[1:-1]
    scale = np.array([np.cos(np.radians(one.lonlat[0, 1])), 1.0]) * _METRES_PER_DEGREE
    line = shapely.LineString(other.lonlat * scale)
    distance = shapely.distance(line, shapely.points(one.at(along) * scale))
    return bool((distance < _APART_M).mean() >= _BESIDE_SHARE)

"""Dual carriageways: roads drawn as two lines, and the sides of these that face the median.

A side faces the median where another line of the same road runs beside it there. Legs of one chain
that turns back on itself, as on a mountain, are no dual carriageway; those of a ring are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from greencover.corridor._chains import JOIN_M, METRES_PER_DEGREE, Chain
from greencover.corridor._once import along
from greencover.ground.notes import Note
from greencover.words import Listed

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: What ``dual`` may be: whether the sides that face a median are roadsides.
ONE_ROAD, TWO_ROADS = "one road", "two roads"


@dataclass(frozen=True)
class Inner:
    """Stretches of sides that face a median, none overlapping another of its side.

    Attributes
    ----------
    chain, side
        Number of the chain, and 0 for its left side or 1 for its right one.
    low, high
        Distances from the start of the chain.
    """

    chain: Ints
    side: Ints
    low: Floats
    high: Floats

    @property
    def ends(self) -> tuple[Ints, Floats]:
        """Chain and distance of the places where stretches begin and end."""
        return np.tile(self.chain, 2), np.concatenate([self.low, self.high])

    def holds(self, chain: Ints, side: Ints, at: Floats) -> npt.NDArray[np.bool_]:
        """Whether places of sides lie on any of the stretches."""
        found = np.zeros(len(chain), dtype=bool)
        if not len(self.chain):
            return found
        span = float(max(self.high.max(), at.max(initial=0.0))) + 1.0
        order = np.argsort((2 * self.chain + self.side) * span + self.low)
        begins = ((2 * self.chain + self.side) * span + self.low)[order]
        place = (2 * chain + side) * span + at
        last = np.searchsorted(begins, place, side="right") - 1
        known = last >= 0
        stretch = order[last[known]]
        lane = (2 * self.chain + self.side)[stretch] == (2 * chain + side)[known]
        found[known] = lane & (at[known] <= self.high[stretch])
        return found

    def km_of(self, chains: Iterable[int]) -> float:
        """Kilometres of sides of some chains that face a median."""
        length = (self.high - self.low)[np.isin(self.chain, list(chains))]
        return float(length.sum()) / 1000.0


def inner_sides(chains: list[Chain], rules: Mapping[str, Any]) -> Inner:
    """Find the stretches of sides that face another line of their road."""
    names = np.empty(len(chains), dtype=object)
    names[:] = [chain.road for chain in chains]
    road, _ = pd.factorize(names)
    several = np.bincount(road)[road] > 1
    may = [i for i, chain in enumerate(chains) if several[i] or chain.is_loop]
    if not may:
        return _stretches([])
    lane, runs = _facing([chains[i] for i in may], road[may], rules)
    shapes = np.array([shapely.LineString(chain.lonlat) for chain in chains], dtype=object)
    found = []
    for part in np.split(np.arange(len(lane)), np.flatnonzero(np.diff(lane)) + 1):
        if not len(part):
            continue
        number, side = may[int(lane[part[0]]) // 2], int(lane[part[0]]) % 2
        chain = chains[number]
        others = [i for i in may if i != number and road[i] == road[number]]
        joined = _closed(runs[part], chain, shapes[others], float(rules["dual_apart_m"]))
        length = [high - low for low, high in joined]
        if chain.is_loop and joined[0][0] <= 0.0 and joined[-1][1] >= chain.length_m:
            # One stretch lies across the place where the ring starts.
            length[0] = length[-1] = sum(length[at] for at in {0, len(length) - 1})
        found += [
            (number, side, low, high)
            for (low, high), metres in zip(joined, length, strict=True)
            if metres >= float(rules["dual_least_m"])
        ]
    return _stretches(found)


def dual_notes(chains: list[Chain], inner: Inner, dual: str) -> list[Note]:
    """Which roads are drawn as two lines, for how long, and how they count."""
    roads = dict.fromkeys(chains[i].road for i in inner.chain.tolist() if i < len(chains))
    if not roads:
        return []
    km = inner.km_of(range(len(chains)))
    code = "corridor.dual_one_road" if dual == ONE_ROAD else "corridor.dual_two_roads"
    return [Note(code, roads=Listed.of(roads, last="comma"), km=km / 2.0, sides=km)]


def _stretches(found: list[tuple[int, int, float, float]]) -> Inner:
    chain, side = (np.array([one[i] for one in found], dtype=np.int64) for i in (0, 1))
    low, high = (np.array([one[i] for one in found], dtype=np.float64) for i in (2, 3))
    return Inner(chain, side, low, high)


def _facing(chains: list[Chain], road: Ints, rules: Mapping[str, Any]) -> tuple[Ints, Floats]:
    """Stretches of sides that have another line of the road beside them.

    Returns
    -------
    lane, runs
        Twice the number of the chain, one more on its right; and between which distances. In order.
    """
    apart = float(rules["dual_apart_m"])
    sizes = [len(chain.lonlat) for chain in chains]
    of = np.repeat(np.arange(len(chains)), sizes)
    start = np.flatnonzero(of[:-1] == of[1:])
    xy = np.vstack([chain.lonlat for chain in chains])
    scale = np.array([np.cos(np.radians(float(np.median(xy[:, 1])))), 1.0]) * METRES_PER_DEGREE
    flat = (xy - xy[0]) * scale
    one, two, chain = flat[start], flat[start + 1], of[start]
    distance = np.concatenate([chain.distance for chain in chains])
    begins, step = distance[start], distance[start + 1] - distance[start]
    length = np.hypot(*(two - one).T)
    heading = (two - one) / np.where(length > 0.0, length, 1.0)[:, None]
    lines = np.asarray(shapely.linestrings(np.stack([one, two], axis=1)))
    here, there = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=apart)
    ring = np.array([each.is_loop for each in chains])
    may = (road[chain[here]] == road[chain[there]]) & (here != there)
    may &= (chain[here] != chain[there]) | ring[chain[here]]
    cosine = (heading[here] * heading[there]).sum(axis=1)
    may &= np.abs(cosine) >= np.cos(np.radians(float(rules["dual_turn_deg"])))
    here, there, cosine = here[may], there[may], cosine[may]
    lanes, found = [], []
    # To the left of the other line, which lies to the right of a line that goes the same way.
    for bounds, left in (((0.0, apart), cosine < 0.0), ((-apart, 0.0), cosine > 0.0)):
        low, high = along(one, heading, length, here, there, bounds)
        real = (high - low) * length[here] > 1e-6
        seg, ends = here[real], np.column_stack([low[real], high[real]])
        lanes.append(2 * chain[seg] + np.where(left[real], 0, 1))
        found.append(begins[seg, None] + ends * step[seg, None])
    lane, runs = np.concatenate(lanes), np.concatenate(found)
    order = np.lexsort((runs[:, 0], lane))
    return lane[order], runs[order]


def _closed(
    runs: Floats, chain: Chain, others: npt.NDArray[Any], apart: float
) -> list[tuple[float, float]]:
    """Stretches put together across what is shorter than lines are apart: bends and openings.

    So are those at an end of the chain that lies on another line, where the carriageways part.
    """
    joined: list[tuple[float, float]] = []
    for low, high in runs.tolist():
        if joined and low <= joined[-1][1] + apart:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    first, last = joined[0], joined[-1]
    if chain.is_loop:
        near = first[0] + chain.length_m - last[1] <= apart
        opens = closes = near
    else:
        meets = [_meets(chain.lonlat[end], others) for end in (0, -1)]
        opens = meets[0] and first[0] <= apart
        closes = meets[1] and chain.length_m - last[1] <= apart
    if opens:
        joined[0] = (0.0, joined[0][1])
    if closes:
        joined[-1] = (joined[-1][0], chain.length_m)
    return joined


def _meets(place: Floats, lines: npt.NDArray[Any]) -> bool:
    reach = JOIN_M / METRES_PER_DEGREE
    return bool(shapely.dwithin(lines, shapely.Point(place), reach).any())

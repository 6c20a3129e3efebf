"""Pieces of lines that lie on each other, so that the same ground is one roadside.

A stretch lies on another where it runs along it, in either direction, within the width of a
drawing. It counts for the road of the higher grade, of equals for the longer piece of one road and
the road drawn first. Stretches of the same road are taken out; those of another stay as places of
that road, whose chainage runs on, and are marked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Segments that are asked about together, and the cosine of half a right angle, a little less wide.
_AT_ONCE = 8
_MOST_PAIRS = 1_000_000
_STRAIGHT_COSINE = float(np.cos(np.radians(44.9)))
_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class SameRoad:
    """Limits by which two drawings are one road; ``rules.toml`` has them with their reasons.

    Attributes
    ----------
    apart_m, least_m
        How near to each other lines are one road, and for how long at least.
    share
        Of a piece that is shorter, the share that must lie on another.
    line_apart_m, line_least_m
        The same where it is one line.
    turn_deg
        Angle up to which lines may be one road.
    """

    apart_m: float
    least_m: float
    share: float
    line_apart_m: float
    line_least_m: float
    turn_deg: float

    @classmethod
    def by(cls, rules: Mapping[str, float]) -> SameRoad:
        """The limits of settled rules."""
        return cls(
            rules["same_road_m"],
            rules["same_road_least_m"],
            rules["same_road_share"],
            rules["same_line_m"],
            rules["same_line_least_m"],
            rules["same_road_turn_deg"],
        )


@dataclass(frozen=True)
class Stretches:
    """Stretches of pieces that lie on others.

    Attributes
    ----------
    piece
        The piece that each lies on.
    low, high
        Shares of the lengths of its segments, as numbers of vertices: 2.5 is the middle of the
        third segment.
    own
        Whether the other belongs to the same road.
    """

    piece: Ints
    low: Floats
    high: Floats
    own: npt.NDArray[np.bool_]


def lying_on_others(pieces: list[Floats], road: Ints, rank: Ints, same: SameRoad) -> Stretches:
    """Find the stretches of pieces that lie on others of a better claim, or on themselves.

    Parameters
    ----------
    pieces
        Vertices in degrees.
    road
        Number of the road of each piece.
    rank
        Claim of each piece to the ground; the lowest is the best.
    same
        By which two drawings are one road.
    """
    sizes = np.array([len(piece) for piece in pieces])
    xy = np.vstack(pieces)
    of_vertex = np.repeat(np.arange(len(pieces)), sizes)
    start = np.flatnonzero(of_vertex[:-1] == of_vertex[1:])
    piece = of_vertex[start]
    first = np.cumsum(sizes) - sizes
    latitude = np.radians(float(np.median(xy[:, 1])))
    flat = (xy - xy[0]) * np.array([np.cos(latitude), 1.0]) * _METRES_PER_DEGREE
    one, two = flat[start], flat[start + 1]
    length = np.hypot(*(two - one).T)
    heading = (two - one) / np.where(length > 0.0, length, 1.0)[:, None]
    loser, winner = _pairs(one, two, heading, piece, rank[piece], same)
    found: list[Stretches] = []
    for reach, least in (
        (same.apart_m, same.least_m),
        (same.line_apart_m, same.line_least_m),
    ):
        low, high = along(one, heading, length, loser, winner, (-reach, reach))
        real = (high - low) * length[loser] > 1e-6
        at, on = loser[real], winner[real]
        place = (start - first[piece])[at]
        for own in (True, False):
            mine = (road[piece[at]] == road[piece[on]]) == own
            found.append(
                _merged(
                    piece[at][mine],
                    place[mine] + low[real][mine],
                    place[mine] + high[real][mine],
                    (length, start, first),
                    (least, same),
                    own=own,
                )
            )
    return Stretches(
        *(np.concatenate([getattr(one, name) for one in found]) for name in vars(found[0]))
    )


def _pairs(
    one: Floats, two: Floats, heading: Floats, piece: Ints, rank: Ints, same: SameRoad
) -> tuple[Ints, Ints]:
    """Segments that may run along others of a better claim; of one piece along earlier ones.

    Runs of segments are asked for first, then the segments of those that are near each other.
    """
    place = np.arange(len(piece)) - np.searchsorted(piece, piece)
    first = np.flatnonzero(place % _AT_ONCE == 0)
    size = np.diff(first, append=len(piece))
    margin = max(same.apart_m, same.line_apart_m) / 2.0
    low, high = np.minimum(one, two) - margin, np.maximum(one, two) + margin
    corners = np.minimum.reduceat(low, first), np.maximum.reduceat(high, first)
    boxes = np.asarray(shapely.box(*corners[0].T, *corners[1].T))
    lose, win = shapely.STRtree(boxes).query(boxes)
    of, straight_on = piece[first], _straight_on(heading, first, size)
    may = (of[lose] != of[win]) | (win <= lose)
    may &= (rank[first[lose]] > rank[first[win]]) | (of[lose] == of[win])
    for back, straight in enumerate(straight_on):
        may &= ~((lose - win == back) & (of[lose] == of[win]) & straight[lose])
    lose, win = lose[may], win[may]
    found = [np.zeros((2, 0), dtype=np.int64)]
    for part in np.array_split(np.arange(len(lose)), len(lose) * _AT_ONCE**2 // _MOST_PAIRS + 1):
        loser, winner = _all_of(first, size, lose[part], win[part])
        near = (piece[loser] != piece[winner]) | (winner < loser)
        for axis in range(2):
            near &= low[loser, axis] <= high[winner, axis]
            near &= low[winner, axis] <= high[loser, axis]
        found.append(np.stack([loser[near], winner[near]]))
    loser, winner = np.concatenate(found, axis=1)
    cosine = np.abs((heading[loser] * heading[winner]).sum(axis=1))
    along = cosine >= float(np.cos(np.radians(same.turn_deg)))
    return loser[along], winner[along]


def _all_of(first: Ints, size: Ints, one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Every segment of one run beside every segment of the other."""
    count = size[one] * size[other]
    pair = np.repeat(np.arange(len(one)), count)
    turn = np.arange(len(pair)) - (np.cumsum(count) - count)[pair]
    across = size[other][pair]
    return first[one][pair] + turn // across, first[other][pair] + turn % across


def _straight_on(
    heading: Floats, first: Ints, size: Ints
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Whether each run of segments, and each with the run before it, never turns back.

    Where all segments head within 45 degrees of one direction, each begins ahead of those before
    it, and none lies beside another.
    """
    run = np.repeat(np.arange(len(first)), size)
    way = np.add.reduceat(heading, first)
    both = way.copy()
    both[1:] += way[:-1]

    def least(towards: Floats, of: Ints) -> Floats:
        cosine = (heading * towards[of]).sum(axis=1)
        return np.asarray(np.minimum.reduceat(cosine, first) / np.hypot(*towards[of[first]].T))

    with np.errstate(divide="ignore", invalid="ignore"):
        alone = least(way, run) > _STRAIGHT_COSINE
        with_last = least(both, run) > _STRAIGHT_COSINE
        # The run before, held to the direction of both.
        following = np.minimum(run + 1, len(first) - 1)
        with_next = least(both, following) > _STRAIGHT_COSINE
    with_last[1:] &= with_next[:-1]
    return alone, with_last


def along(
    one: Floats,
    heading: Floats,
    length: Floats,
    loser: Ints,
    winner: Ints,
    reach: tuple[float, float],
) -> tuple[Floats, Floats]:
    """Shares of a segment between which it runs beside another, so far to the left of it."""
    foot, way = one[loser] - one[winner], heading[loser] * length[loser][:, None]
    ahead = heading[winner]
    across = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    low, high = np.zeros(len(loser)), np.ones(len(loser))
    bounds = ((ahead, np.zeros(len(loser)), length[winner]), (across, *reach))
    for axis, least, most in bounds:
        at, rate = (foot * axis).sum(axis=1), (way * axis).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = np.stack([(least - at) / rate, (most - at) / rate])
        still = np.abs(rate) < 1e-9
        within = (at >= least) & (at <= most)
        ends[:, still] = np.where(within[still], [[-np.inf], [np.inf]], [[2.0], [-1.0]])
        low, high = np.maximum(low, ends.min(axis=0)), np.minimum(high, ends.max(axis=0))
        high[still & ~within] = low[still & ~within]
    return low, np.maximum(low, high)


def _merged(
    piece: Ints,
    low: Floats,
    high: Floats,
    measure: tuple[Floats, Ints, Ints],
    limits: tuple[float, SameRoad],
    *,
    own: bool,
) -> Stretches:
    """Stretches that touch put together, those that are too short left out."""
    (length, start, first), (least, same) = measure, limits
    metres = np.zeros(int(start[-1]) + 2)
    metres[start + 1] = length
    run = np.cumsum(metres)

    def metres_at(of: Ints, at: Floats) -> Floats:
        whole = np.minimum(np.floor(at).astype(np.int64), len(run) - 1 - first[of])
        here = first[of] + whole
        ahead = np.minimum(here + 1, len(run) - 1)
        return np.asarray(run[here] + (at - whole) * (run[ahead] - run[here]))

    order = np.lexsort((low, piece))
    piece, low, high = piece[order], low[order], high[order]
    kept: list[tuple[int, float, float, float, float]] = []
    from_m, to_m = metres_at(piece, low), metres_at(piece, high)
    rows = zip(
        piece.tolist(), low.tolist(), high.tolist(), from_m.tolist(), to_m.tolist(), strict=True
    )
    for of, a, b, a_m, b_m in rows:
        if kept and kept[-1][0] == of and a_m <= kept[-1][4] + same.apart_m:
            if b_m > kept[-1][4]:
                kept[-1] = (of, kept[-1][1], b, kept[-1][3], b_m)
        else:
            kept.append((of, a, b, a_m, b_m))
    last = np.append(first[1:], len(run)) - 1
    whole = same.share * (run[last] - run[first])
    enough = np.minimum(least, whole).tolist()
    kept = [one for one in kept if one[4] - one[3] >= enough[one[0]]]
    return Stretches(
        np.array([one[0] for one in kept], dtype=np.int64),
        np.array([one[1] for one in kept], dtype=np.float64),
        np.array([one[2] for one in kept], dtype=np.float64),
        np.full(len(kept), own),
    )


def cut_up(line: Floats, stretches: list[tuple[float, float, bool]]) -> list[tuple[Floats, bool]]:
    """Parts of a line that stay, and whether each lies on another road; the road's own are gone."""
    bounds = sorted({0.0, float(len(line) - 1), *(v for a, b, _ in stretches for v in (a, b))})
    parts: list[tuple[Floats, bool]] = []
    last: Any = None
    for a, b in pairwise(bounds):
        middle = (a + b) / 2.0
        over = [own for low, high, own in stretches if low < middle < high]
        if any(over):
            last = None
            continue
        points = _between(line, a, b)
        if last is not None and last == bool(over):
            parts[-1] = (np.vstack([parts[-1][0], points[1:]]), bool(over))
        else:
            parts.append((points, bool(over)))
        last = bool(over)
    return parts


def _between(line: Floats, a: float, b: float) -> Floats:
    """Vertices of a line between two places."""
    inner = np.arange(int(np.floor(a)) + 1, int(np.ceil(b)))
    places = np.concatenate([[a], inner, [b]])
    numbers = np.arange(len(line))
    return np.column_stack([np.interp(places, numbers, line[:, axis]) for axis in (0, 1)])

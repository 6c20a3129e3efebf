"""Pieces of road joined to chains along which chainage runs.

A chain is a run of pieces of one road, end to end; where more than two ends meet, the two that go
straightest on belong to one chain and the others start chains of their own. A chain is directed the
way its calibrated pieces, or else most of its length, was digitised.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from greencover.corridor._once import SameRoad, cut_up, lying_on_others
from greencover.ground.following import followed
from greencover.ground.geodesy import Ellipsoid, geographic_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Ends closer than this are one place.
JOIN_M = 0.1
# A road goes straight on where it turns by less than this; more is a side road or a ramp.
_STRAIGHT_ON_DEG = 60.0
# Vertices closer than this, a tenth of a millimetre, are one.
_SAME_VERTEX_DEG = 1e-9
# A straight line of the layer's own system is followed in longitude and latitude by points at
# most this far apart.
FOLLOW_M = 500.0
METRES_PER_DEGREE = 111_320.0
# Pieces shorter than this are slips of the hand; their neighbours are joined all the same.
_LEAST_M = JOIN_M / 2.0
# Chainages on site and lengths of a map differ by this much.
_CHAINAGE_M = 20.0


@dataclass(frozen=True)
class Chain:
    """One continuous stretch of a road.

    Attributes
    ----------
    road
        The road's name.
    number
        Number of the chain within the road, from 0, the longest first.
    lonlat
        Vertices, shape (n, 2), degrees.
    distance
        Metres from the start of the chain at each vertex, on the ellipsoid.
    piece
        Row (position) of the road layer that each of the n - 1 segments comes from.
    start_m
        Chainage at the start: 0, or what the calibration says.
    calibrated
        Whether a piece of the chain states its chainage.
    apart_m, falls
        How far the furthest of the stated chainages is from their middle, and whether they fall in
        the direction in which the road was drawn.
    """

    road: Any
    number: int
    lonlat: Floats
    distance: Floats
    piece: Ints
    start_m: float = 0.0
    calibrated: bool = False
    apart_m: float = 0.0
    falls: bool = False

    @property
    def length_m(self) -> float:
        """Length of the chain."""
        return float(self.distance[-1])

    @property
    def in_doubt(self) -> bool:
        """Whether the stated chainages are further apart than sites and maps differ."""
        return self.apart_m > max(_CHAINAGE_M, 0.01 * self.length_m)

    @property
    def is_loop(self) -> bool:
        """Whether the chain ends where it starts."""
        return len(self.lonlat) > 3 and bool(np.array_equal(self.lonlat[0], self.lonlat[-1]))

    def at(self, distance: Floats) -> Floats:
        """Points at distances from the start, shape (n, 2)."""
        return np.column_stack(
            [np.interp(distance, self.distance, self.lonlat[:, axis]) for axis in (0, 1)]
        )


def chains_of(
    lines: gpd.GeoDataFrame,
    road: npt.NDArray[Any],
    crs: pyproj.CRS,
    *,
    start_km: Floats | None = None,
    join_m: float = JOIN_M,
    claim: Ints | None = None,
    same: SameRoad | None = None,
    again: dict[Any, float] | None = None,
) -> list[Chain]:
    """Join the pieces of each road.

    Parameters
    ----------
    lines
        Lines; MultiLineStrings are taken apart, repeated pieces of a road are counted once.
    road
        The road that each row belongs to.
    crs
        System of the lines.
    start_km
        Chainage in km at the first point of each row, NaN where not known.
    join_m
        Ends closer than this are one place.
    claim
        Claim of each row to ground that several are drawn on, the lowest the best; None: nobody
        asks. Segments that lie on another road are given the number of their row and as many more
        as there are rows.
    same
        By which two drawings are one road; needed with ``claim``.
    again
        Filled with the metres by road that were drawn again and taken out.

    Returns
    -------
    list of Chain
        In the order in which the roads first occur.
    """
    geographic = geographic_of(crs)
    ellipsoid = Ellipsoid.of(geographic)
    parts, row = shapely.get_parts(lines.geometry.to_numpy(), return_index=True)
    pieces = _lonlat(parts, crs, geographic)
    geod = pyproj.Geod(a=ellipsoid.a, es=ellipsoid.e2)
    lengths = _lengths(pieces, geod)
    # Only the first part of a row starts where the row starts.
    first_part = np.diff(row, prepend=-1) != 0
    stated = np.full(len(row), np.nan)
    if start_km is not None:
        stated = np.where(first_part, 1000.0 * start_km[row], np.nan)
    name_of = road[row]
    if claim is not None and same is not None:
        cut = _once(pieces, lengths, name_of, claim[row], same)
        if cut is not None:
            drawn = [float(steps.sum()) for steps in lengths]
            pieces, source, begins, over = cut
            lengths = _lengths(pieces, geod)
            left = np.bincount(source, [s.sum() for s in lengths], minlength=len(drawn))
            for place in np.flatnonzero(np.array(drawn) - left > _LEAST_M).tolist():
                if again is not None:
                    lost = drawn[place] - float(left[place])
                    again[name_of[place]] = again.get(name_of[place], 0.0) + lost
            stated, name_of = np.where(begins, stated[source], np.nan), name_of[source]
            row = row[source] + np.where(over, len(lines), 0)
    members: dict[Any, list[int]] = {}
    for i, name in enumerate(name_of.tolist()):
        members.setdefault(name, []).append(i)
    chains: list[Chain] = []
    for name, owned in members.items():
        kept = [i for i in owned if lengths[i].sum() > _LEAST_M]
        kept = [kept[i] for i in _distinct([pieces[i] for i in kept])]
        if not kept:
            continue
        built = []
        for run in _runs([pieces[i] for i in kept], join_m):
            walk = [(kept[position], forward) for position, forward in run]
            walk, falls = _directed(walk, lengths, stated)
            built.append(_chain(name, walk, pieces, lengths, stated, row, falls=falls))
        built.sort(key=lambda chain: -chain.length_m)
        chains += [replace(chain, number=n) for n, chain in enumerate(built)]
    return chains


def _lonlat(parts: npt.NDArray[Any], crs: pyproj.CRS, geographic: pyproj.CRS) -> list[Floats]:
    """Vertices of each line in longitude and latitude, without repeated ones."""
    if not crs.equals(geographic, ignore_axis_order=True):
        unit = crs.axis_info[0].unit_conversion_factor
        parts = followed(parts, FOLLOW_M / unit)
        transformer = pyproj.Transformer.from_crs(crs, geographic, always_xy=True)
        parts = shapely.transform(parts, lambda at: np.column_stack(transformer.transform(*at.T)))
    parts = shapely.remove_repeated_points(parts, tolerance=_SAME_VERTEX_DEG)
    xy, owner = shapely.get_coordinates(parts, return_index=True)
    return np.split(xy, np.flatnonzero(np.diff(owner)) + 1)


def _lengths(pieces: list[Floats], geod: pyproj.Geod) -> list[Floats]:
    """Length of every segment of every piece on the ellipsoid."""
    xy = np.vstack(pieces)
    _, _, step = geod.inv(xy[:-1, 0], xy[:-1, 1], xy[1:, 0], xy[1:, 1])
    ends = np.cumsum([len(p) for p in pieces])
    return [step[end - len(p) : end - 1] for p, end in zip(pieces, ends, strict=True)]


def _once(
    pieces: list[Floats],
    lengths: list[Floats],
    road: npt.NDArray[Any],
    claim: Ints,
    same: SameRoad,
) -> tuple[list[Floats], Ints, npt.NDArray[np.bool_], npt.NDArray[np.bool_]] | None:
    """Cut pieces where they lie on others; None where none does.

    Returns
    -------
    pieces, source, begins, over
        The parts that stay, the piece that each is of, whether it starts where that does, and
        whether it lies on another road.
    """
    number, _ = pd.factorize(road)
    length = np.array([steps.sum() for steps in lengths])
    order = np.lexsort((np.arange(len(pieces)), -length, number, claim))
    rank = np.empty(len(pieces), dtype=np.int64)
    rank[order] = np.arange(len(pieces))
    found = lying_on_others(pieces, number, rank, same)
    if not len(found.piece):
        return None
    cuts: dict[int, list[tuple[float, float, bool]]] = {}
    for i, low, high, own in zip(
        found.piece.tolist(),
        found.low.tolist(),
        found.high.tolist(),
        found.own.tolist(),
        strict=True,
    ):
        cuts.setdefault(i, []).append((low, high, own))
    parts: list[tuple[Floats, int, bool, bool]] = []
    for i, piece in enumerate(pieces):
        for part, over in cut_up(piece, cuts[i]) if i in cuts else [(piece, False)]:
            parts.append((part, i, bool(np.array_equal(part[0], piece[0])), over))
    return (
        [part for part, _, _, _ in parts],
        np.array([i for _, i, _, _ in parts], dtype=np.int64),
        np.array([begins for _, _, begins, _ in parts], dtype=bool),
        np.array([over for _, _, _, over in parts], dtype=bool),
    )


def _distinct(pieces: list[Floats]) -> list[int]:
    """Positions of pieces that have a length and are not drawn twice, in either direction."""
    seen: set[bytes] = set()
    kept = []
    for i, line in enumerate(pieces):
        if len(line) < 2 or (len(line) == 2 and np.array_equal(line[0], line[1])):
            continue
        key = min(line.tobytes(), np.ascontiguousarray(line[::-1]).tobytes())
        if key not in seen:
            seen.add(key)
            kept.append(i)
    return kept


def _runs(pieces: list[Floats], join_m: float) -> list[list[tuple[int, bool]]]:
    """Group pieces into runs: (piece, whether it is walked in its own direction)."""
    if len(pieces) == 1:
        return [[(0, True)]]
    onward = _onward(pieces, _nodes(pieces, join_m))
    used = [False] * len(pieces)

    def walk(piece: int, end: int) -> list[tuple[int, bool]]:
        run = []
        while not used[piece]:
            used[piece] = True
            run.append((piece, end == 0))
            following = onward.get((piece, 1 - end))
            if following is None:
                break
            piece, end = following
        return run

    loose = [(i, e) for i in range(len(pieces)) for e in (0, 1) if (i, e) not in onward]
    runs = [walk(piece, end) for piece, end in loose if not used[piece]]
    runs += [walk(piece, 0) for piece in range(len(pieces)) if not used[piece]]
    return runs


def _nodes(pieces: list[Floats], join_m: float) -> list[list[tuple[int, int]]]:
    """Ends of pieces, (piece, 0 for its start or 1), that are one place."""
    ends = np.array([end for p in pieces for end in (p[0], p[-1])])
    reach = join_m / METRES_PER_DEGREE
    scale = np.array([np.cos(np.radians(ends[0, 1])), 1.0])
    points = shapely.points(ends * scale)
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=reach)
    leader = np.arange(len(ends))
    for a, b in zip(one.tolist(), other.tolist(), strict=True):
        while leader[a] != a:
            a = leader[a]
        while leader[b] != b:
            b = leader[b]
        leader[max(a, b)] = min(a, b)
    places: dict[int, list[tuple[int, int]]] = {}
    for i in range(len(ends)):
        top = i
        while leader[top] != top:
            top = int(leader[top])
        places.setdefault(top, []).append((i // 2, i % 2))
    return list(places.values())


def _onward(
    pieces: list[Floats], nodes: list[list[tuple[int, int]]]
) -> dict[tuple[int, int], tuple[int, int]]:
    """The end that each end continues into, where the road goes on."""
    onward = {}
    for ends in nodes:
        if len(ends) == 2:
            onward[ends[0]], onward[ends[1]] = ends[1], ends[0]
            continue
        leaving = np.array([_leaving(pieces[p], end) for p, end in ends])
        bend = 180.0 - np.degrees(np.arccos(np.clip(leaving @ leaving.T, -1.0, 1.0)))
        pairs = [(bend[i, j], i, j) for i in range(len(ends)) for j in range(i)]
        taken: set[int] = set()
        for angle, i, j in sorted(pairs):
            if angle < _STRAIGHT_ON_DEG and not {i, j} & taken:
                taken |= {i, j}
                onward[ends[i]], onward[ends[j]] = ends[j], ends[i]
    return onward


def _leaving(line: Floats, end: int) -> Floats:
    """Direction in which a piece leaves one of its ends."""
    step = line[1] - line[0] if end == 0 else line[-2] - line[-1]
    step = step * np.array([np.cos(np.radians(line[0, 1])), 1.0])
    return np.asarray(step / np.hypot(*step))


def _directed(
    walk: list[tuple[int, bool]], lengths: list[Floats], stated: Floats
) -> tuple[list[tuple[int, bool]], bool]:
    """Direct a run as its chainage grows, or else the way most of its length was drawn.

    Returns
    -------
    walk, falls
        The run, and whether its stated chainage falls in the direction of drawing.
    """
    votes = [(i, forward) for i, forward in walk if not np.isnan(stated[i])]
    balance = sum(lengths[i].sum() * (1.0 if forward else -1.0) for i, forward in votes or walk)
    back = [(i, not forward) for i, forward in reversed(walk)]
    drawn, other = (walk, back) if balance >= 0.0 else (back, walk)
    if len(votes) > 1:
        here, there = (_spread(_starts(way, lengths, stated)) for way in (drawn, other))
        if there + _CHAINAGE_M < here:
            return other, True
    return drawn, False


def _starts(walk: list[tuple[int, bool]], lengths: list[Floats], stated: Floats) -> list[float]:
    """Chainage at the start of a run by each piece that states one at its first point."""
    starts, before = [], 0.0
    for i, forward in walk:
        after = before + float(lengths[i].sum())
        if not np.isnan(stated[i]):
            starts.append(float(stated[i]) - (before if forward else after))
        before = after
    return starts


def _middle_one(starts: list[float]) -> float:
    """The stated chainage in the middle, the first of two; 0 where none is stated."""
    middle = np.median(starts) if starts else 0.0
    return min(starts, key=lambda start: round(abs(start - middle), 6), default=0.0)


def _spread(starts: list[float]) -> float:
    """How far the furthest of several starts is from their middle."""
    return float(np.abs(np.array(starts) - np.median(starts)).max()) if starts else 0.0


def _chain(
    name: Any,
    walk: list[tuple[int, bool]],
    pieces: list[Floats],
    lengths: list[Floats],
    stated: Floats,
    row: Ints,
    *,
    falls: bool,
) -> Chain:
    """Put the pieces of a directed run one behind the other."""
    points: list[Floats] = []
    steps: list[Floats] = []
    source: list[Ints] = []
    for i, forward in walk:
        line, step = pieces[i], lengths[i]
        if not forward:
            line, step = line[::-1], step[::-1]
        points.append(line if not points else line[1:])
        steps.append(step)
        source.append(np.full(len(step), row[i]))
    starts = _starts(walk, lengths, stated)
    lonlat = np.vstack(points)
    if len(lonlat) > 3 and _meets(lonlat[0], lonlat[-1]):
        lonlat[-1] = lonlat[0]
    step, piece = np.concatenate(steps), np.concatenate(source)
    if not starts and np.array_equal(lonlat[0], lonlat[-1]):
        # A ring has no end: it starts in the north, wherever its drawing was begun.
        first = int(np.lexsort((lonlat[:-1, 0], -lonlat[:-1, 1]))[0])
        ring = np.roll(lonlat[:-1], -first, axis=0)
        lonlat = np.vstack([ring, ring[:1]])
        step, piece = np.roll(step, -first), np.roll(piece, -first)
    return Chain(
        road=name,
        number=0,
        lonlat=lonlat,
        distance=np.concatenate([[0.0], np.cumsum(step)]),
        piece=piece,
        start_m=_middle_one(starts),
        calibrated=bool(starts),
        apart_m=_spread(starts),
        falls=falls,
    )


def _meets(one: Floats, other: Floats) -> bool:
    return bool(np.abs(one - other).max() < JOIN_M / METRES_PER_DEGREE)

"""Convex ground that is claimed twice: found, and shared out.

Ground goes to the claim that reaches it at the least depth, square to its road: the line between
two claims is the bisector of their roads. That rule is the same from either end of a road, and
leaves neither overlap nor hole.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from greencover.overlay.compiled import FLAG, FLOAT, INT, compiled, filled, given

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# Claims that reach into each other by less than this touch.
_TOUCH_M = 1e-8
_MOST_CORNERS = 16


def overlapping(
    xy: Floats,
    belts: int,
    solid: Bools,
    chain: Ints,
    side: Ints,
    low: Floats,
    high: Floats,
    cell: float,
) -> Ints:
    """Pairs of claims that share ground.

    Parameters
    ----------
    xy
        Corners in metres, shape (n, 4, 2), counter-clockwise: belts, then carriageways.
    belts
        Number of belts.
    solid
        Claims that have ground; others are passed over.
    chain, side
        Chain and side of each claim.
    low, high
        Distances along the chain between which each claim lies.
    cell
        Size of the cells of the search grid in metres.

    Returns
    -------
    numpy.ndarray
        Shape (m, 2): a belt, and a later belt of the same chain and side or a carriageway.
    """
    box = np.empty((len(xy), 4))
    _enclose(xy, box)
    places = np.floor(box / cell).astype(np.int64)
    for axis in range(2):
        places[:, axis::2] -= places[:, axis].min()
    rows = int(places[:, 3].max()) + 1
    # Every claim with ground in every cell that its box meets, as one number, sorted by cell.
    across, along = (places[:, 2:] - places[:, :2] + 1).T
    entries = np.empty(int((across * along)[solid].sum()), dtype=np.int64)
    _enter(places, solid, rows, entries)
    entries.sort()
    # Room for most networks, so that the search is made once.
    pairs, found = np.empty((len(xy), 2), dtype=np.int64), 0
    while True:
        found = _near(belts, rows, chain, side, low, high, box, places, entries, pairs)
        if found <= len(pairs):
            break
        pairs = np.empty((found, 2), dtype=np.int64)
    pairs = pairs[:found]
    apart = np.zeros(found, dtype=bool)
    _part(xy, pairs, apart)
    return pairs[~apart]


@compiled(given(FLOAT, 3), filled(FLOAT, 2))
def _enclose(xy: Floats, box: Floats) -> None:
    """Write the box of each claim: least x and y, then greatest."""
    for i in range(len(xy)):
        for axis in range(2):
            box[i, axis] = box[i, axis + 2] = xy[i, 0, axis]
            for corner in range(1, 4):
                box[i, axis] = min(box[i, axis], xy[i, corner, axis])
                box[i, axis + 2] = max(box[i, axis + 2], xy[i, corner, axis])


@compiled(given(FLOAT, 3), given(INT, 2), filled(FLAG))
def _part(xy: Floats, pairs: Ints, apart: Bools) -> None:
    """Mark pairs of convex polygons between which an edge of either lies."""
    for p in range(len(pairs)):
        for turn in range(2):
            one, other = xy[pairs[p, turn]], xy[pairs[p, 1 - turn]]
            for i in range(4):
                to = (i + 1) % 4
                ex, ey = one[to, 0] - one[i, 0], one[to, 1] - one[i, 1]
                length = np.hypot(ex, ey)
                deepest = -np.inf
                for corner in range(4):
                    # Counter-clockwise: the inside is to the left of the edge.
                    from_x, from_y = other[corner, 0] - one[i, 0], other[corner, 1] - one[i, 1]
                    deepest = max(deepest, ex * from_y - ey * from_x)
                if length >= _TOUCH_M and deepest <= _TOUCH_M * length:
                    apart[p] = True


@compiled(given(INT, 2), given(FLAG), INT, filled(INT))
def _enter(places: Ints, solid: Bools, rows: int, entries: Ints) -> None:
    """Write the cells of claims, each as the number of the cell, then that of the claim."""
    n = 0
    for i in range(len(places)):
        if solid[i]:
            for column in range(places[i, 0], places[i, 2] + 1):
                for row in range(places[i, 1], places[i, 3] + 1):
                    entries[n] = (column * rows + row) * len(places) + i
                    n += 1


@compiled(
    *(INT, INT, given(INT), given(INT), given(FLOAT), given(FLOAT)),
    *(given(FLOAT, 2), given(INT, 2), given(INT), filled(INT, 2)),
)
def _near(
    belts: int,
    rows: int,
    chain: Ints,
    side: Ints,
    low: Floats,
    high: Floats,
    box: Floats,
    places: Ints,
    entries: Ints,
    pairs: Ints,
) -> int:
    """Write as many pairs whose boxes meet as there is room for; return how many there are."""
    found = 0
    claims = len(places)
    start = 0
    while start < len(entries):
        cell = entries[start] // claims
        end = start + 1
        while end < len(entries) and entries[end] < (cell + 1) * claims:
            end += 1
        first = cell * claims
        for a in range(start, end):
            i = entries[a] - first
            # Claims of a cell stand in their order, belts before carriageways.
            if i >= belts:
                break
            for b in range(a + 1, end):
                j = entries[b] - first
                if chain[i] == chain[j]:
                    if j < belts and side[i] != side[j]:
                        continue
                    # Neighbours share a ray and lie on either side of it.
                    if low[j] <= high[i] + 1e-6 and low[i] <= high[j] + 1e-6:
                        continue
                elif j < belts:
                    continue
                if (
                    box[i, 0] >= box[j, 2]
                    or box[j, 0] >= box[i, 2]
                    or box[i, 1] >= box[j, 3]
                    or box[j, 1] >= box[i, 3]
                ):
                    continue
                # Of the cells that both lie in, the one with the corner of their common box.
                column, row = max(places[i, 0], places[j, 0]), max(places[i, 1], places[j, 1])
                if column * rows + row != cell:
                    continue
                if found < len(pairs):
                    pairs[found, 0] = i
                    pairs[found, 1] = j
                found += 1
        start = end
    return found


def losses(
    xy: Floats, belts: int, near: Floats, reach: Floats, pairs: Ints
) -> tuple[Ints, Ints, Floats, Ints]:
    """What each claim of each pair loses to the other.

    A belt loses all common ground to a carriageway, and to another belt what that one reaches at
    less depth; of equals the later one loses.

    Returns
    -------
    loser, winner, corners, count
        The claims, and the ground lost, a convex polygon of ``count`` corners.
    """
    i, j = pairs.T
    shape, count = _shared(xy[i], xy[j])
    common = count >= 3
    i, j, shape, count = i[common], j[common], shape[common], count[common]
    by_road = j >= belts
    deeper = np.zeros(shape.shape[:2])
    both = np.flatnonzero(~by_road)
    for sign, claim in ((1.0, i[both]), (-1.0, j[both])):
        deeper[both] += sign * _depth(xy[claim], near[claim], reach[claim], shape[both])
    real = np.arange(_MOST_CORNERS) < count[:, None]
    alike = ~by_road & ~(real & (np.abs(deeper) > 1e-7)).any(axis=1)
    # Ground that one of two loses whole; then what j loses, where i is shallower; then the rest.
    whole, shared_out = by_road | alike, ~(by_road | alike)
    found = [(np.where(by_road, i, j)[whole], np.where(by_road, j, i)[whole])]
    corners, counts = [shape[whole]], [count[whole]]
    for loser, winner, value in ((j, i, deeper), (i, j, -deeper)):
        part, size = _clipped(shape[shared_out], count[shared_out], value[shared_out])
        left = size >= 3
        found.append((loser[shared_out][left], winner[shared_out][left]))
        corners.append(part[left])
        counts.append(size[left])
    losers, winners = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return losers, winners, np.concatenate(corners), np.concatenate(counts)


def _depth(quad: Floats, near: Floats, reach: Floats, places: Floats) -> Floats:
    """Depth at which the belts of quadrilaterals reach places; it is linear in x and y."""
    a, b, c, d = np.moveaxis(quad, 1, 0)
    one, two = b - a, c - d
    from_near = (np.hypot(one[:, 0], one[:, 1]) >= np.hypot(two[:, 0], two[:, 1]))[:, None]
    (px, py), (ox, oy) = np.where(from_near, one, two).T, np.where(from_near, a, d).T
    qx, qy = np.where(from_near, d, a).T
    at = np.where(from_near[:, 0], near, reach)
    to = np.where(from_near[:, 0], reach, near)
    rate = (to - at) / (px * (qy - oy) - py * (qx - ox))
    sx, sy = -py * rate, px * rate
    first = at + sx * (a[:, 0] - ox) + sy * (a[:, 1] - oy)
    x, y = np.moveaxis(places - a[:, None], 2, 0)
    return np.asarray(first[:, None] + sx[:, None] * x + sy[:, None] * y)


def _shared(one: Floats, other: Floats) -> tuple[Floats, Ints]:
    """Common ground of the two convex quadrilaterals of each pair, and its number of corners."""
    shape = np.zeros((len(one), _MOST_CORNERS, 2))
    shape[:, :4] = one
    count = np.full(len(one), 4)
    for i in range(4):
        corner = other[:, i, None]
        ex, ey = np.moveaxis(other[:, (i + 1) % 4, None] - corner, 2, 0)
        x, y = np.moveaxis(shape - corner, 2, 0)
        value = np.where(np.hypot(ex, ey) < _TOUCH_M, -1.0, -(ex * y - ey * x))
        shape, count = _clipped(shape, count, value)
        count[count < 3] = 0
    return shape, count


def _clipped(shape: Floats, count: Ints, value: Floats) -> tuple[Floats, Ints]:
    """Parts of convex polygons where a linear function, given at their corners, is <= 0."""
    out, left = np.zeros_like(shape), np.empty_like(count)
    _clip(shape, count, value, out, left)
    return out, left


@compiled(given(FLOAT, 3), given(INT), given(FLOAT, 2), filled(FLOAT, 3), filled(INT))
def _clip(shape: Floats, count: Ints, value: Floats, out: Floats, left: Ints) -> None:
    for p in range(len(count)):
        n = 0
        for i in range(count[p]):
            j = i + 1 if i + 1 < count[p] else 0
            here, there = value[p, i], value[p, j]
            if here <= 0.0:
                for axis in range(2):
                    out[p, n, axis] = shape[p, i, axis]
                n += 1
            if (here < 0.0 < there) or (there < 0.0 < here):
                share = here / (here - there)
                for axis in range(2):
                    from_here = shape[p, j, axis] - shape[p, i, axis]
                    out[p, n, axis] = shape[p, i, axis] + share * from_here
                n += 1
        left[p] = n

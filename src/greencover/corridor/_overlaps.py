"""Convex ground that is claimed twice: found, and shared out.

Ground goes to the claim that reaches it at the least depth, square to its road: the line between
two claims is the bisector of their roads. That rule is the same from either end of a road, and
leaves neither overlap nor hole.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from greencover.overlay.compiled import inner

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Claims that reach into each other by less than this touch.
_TOUCH_M = 1e-8
_MOST_CORNERS = 16


@inner
def _apart(one: Floats, other: Floats) -> bool:
    """Whether an edge of the first convex polygon separates it from the second."""
    n = len(one)
    for i in range(n):
        ex = one[(i + 1) % n, 0] - one[i, 0]
        ey = one[(i + 1) % n, 1] - one[i, 1]
        length = np.hypot(ex, ey)
        if length < _TOUCH_M:
            continue
        deepest = -np.inf
        for j in range(len(other)):
            # Counter-clockwise: the inside is to the left of the edge.
            depth = ex * (other[j, 1] - one[i, 1]) - ey * (other[j, 0] - one[i, 0])
            deepest = max(deepest, depth)
        if deepest <= _TOUCH_M * length:
            return True
    return False


@inner
def _bucket(ix: int, iy: int, mask: int) -> int:
    return ((ix * 73856093) ^ (iy * 19349663)) & mask


@njit(nogil=True, cache=True)
def overlapping(
    xy: Floats,
    belts: int,
    solid: npt.NDArray[np.bool_],
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
    n = len(xy)
    box = np.empty((n, 4))
    entries = 0
    for i in range(n):
        for axis in range(2):
            one, two, three, four = xy[i, 0, axis], xy[i, 1, axis], xy[i, 2, axis], xy[i, 3, axis]
            box[i, axis] = min(one, two, three, four)
            box[i, 2 + axis] = max(one, two, three, four)
        across = int(np.floor(box[i, 2] / cell) - np.floor(box[i, 0] / cell)) + 1
        along = int(np.floor(box[i, 3] / cell) - np.floor(box[i, 1] / cell)) + 1
        entries += across * along
    size = 1
    while size < entries:
        size *= 2
    mask = size - 1
    start = np.zeros(size + 1, dtype=np.int64)
    listed = np.empty(entries, dtype=np.int64)
    cursor = start
    for fill in range(2):
        for i in range(n):
            for ix in range(int(np.floor(box[i, 0] / cell)), int(np.floor(box[i, 2] / cell)) + 1):
                for iy in range(
                    int(np.floor(box[i, 1] / cell)), int(np.floor(box[i, 3] / cell)) + 1
                ):
                    b = _bucket(ix, iy, mask)
                    if fill == 0:
                        start[b + 1] += 1
                    else:
                        listed[cursor[b]] = i
                        cursor[b] += 1
        if fill == 0:
            for b in range(size):
                start[b + 1] += start[b]
            cursor = start[:size].copy()
    pairs = np.empty((1024, 2), dtype=np.int64)
    found = 0
    for i in range(belts):
        if not solid[i]:
            continue
        for ix in range(int(np.floor(box[i, 0] / cell)), int(np.floor(box[i, 2] / cell)) + 1):
            for iy in range(int(np.floor(box[i, 1] / cell)), int(np.floor(box[i, 3] / cell)) + 1):
                b = _bucket(ix, iy, mask)
                for e in range(start[b], start[b + 1]):
                    j = listed[e]
                    if j <= i or not solid[j]:
                        continue
                    if (
                        box[i, 0] >= box[j, 2]
                        or box[j, 0] >= box[i, 2]
                        or box[i, 1] >= box[j, 3]
                        or box[j, 1] >= box[i, 3]
                    ):
                        continue
                    if chain[i] == chain[j]:
                        if j < belts and side[i] != side[j]:
                            continue
                        # Neighbours share a ray and lie on either side of it.
                        if low[j] <= high[i] + 1e-6 and low[i] <= high[j] + 1e-6:
                            continue
                    elif j < belts:
                        continue
                    # Of the cells that both lie in, the one with the corner of their common box.
                    if ix != int(np.floor(max(box[i, 0], box[j, 0]) / cell)):
                        continue
                    if iy != int(np.floor(max(box[i, 1], box[j, 1]) / cell)):
                        continue
                    if _apart(xy[i], xy[j]) or _apart(xy[j], xy[i]):
                        continue
                    if found == len(pairs):
                        more = np.empty((2 * found, 2), dtype=np.int64)
                        for k in range(found):
                            more[k, 0], more[k, 1] = pairs[k, 0], pairs[k, 1]
                        pairs = more
                    pairs[found, 0] = i
                    pairs[found, 1] = j
                    found += 1
    return pairs[:found]


@inner
def _plane(quad: Floats, near: float, reach: float) -> tuple[float, float, float]:
    """Depth as a linear function of x and y: value at the first corner, and its slopes."""
    a, b, c, d = quad[0], quad[1], quad[2], quad[3]
    if np.hypot(b[0] - a[0], b[1] - a[1]) >= np.hypot(c[0] - d[0], c[1] - d[1]):
        px, py, at, to = b[0] - a[0], b[1] - a[1], near, reach
        ox, oy, qx, qy = a[0], a[1], d[0], d[1]
    else:
        px, py, at, to = c[0] - d[0], c[1] - d[1], reach, near
        ox, oy, qx, qy = d[0], d[1], a[0], a[1]
    whole = px * (qy - oy) - py * (qx - ox)
    rate = (to - at) / whole
    sx, sy = -py * rate, px * rate
    return at + sx * (a[0] - ox) + sy * (a[1] - oy), sx, sy


@inner
def _clip(shape: Floats, count: int, value: Floats, out: Floats) -> int:
    """Keep the part of a convex polygon where a linear function, given at its corners, is <= 0."""
    n = 0
    for i in range(count):
        j = (i + 1) % count
        if value[i] <= 0.0:
            out[n, 0], out[n, 1] = shape[i, 0], shape[i, 1]
            n += 1
        if (value[i] < 0.0 < value[j]) or (value[j] < 0.0 < value[i]):
            share = value[i] / (value[i] - value[j])
            out[n, 0] = shape[i, 0] + share * (shape[j, 0] - shape[i, 0])
            out[n, 1] = shape[i, 1] + share * (shape[j, 1] - shape[i, 1])
            n += 1
    return n


@inner
def _copy(shape: Floats, count: int, out: Floats) -> None:
    for i in range(count):
        out[i, 0], out[i, 1] = shape[i, 0], shape[i, 1]


@inner
def _shared(one: Floats, other: Floats, shape: Floats, spare: Floats, value: Floats) -> int:
    """Write the common ground of two convex polygons into ``shape``; return its corners."""
    n = len(one)
    _copy(one, n, shape)
    for i in range(len(other)):
        k = (i + 1) % len(other)
        ex, ey = other[k, 0] - other[i, 0], other[k, 1] - other[i, 1]
        if np.hypot(ex, ey) < _TOUCH_M:
            continue
        for j in range(n):
            value[j] = -(ex * (shape[j, 1] - other[i, 1]) - ey * (shape[j, 0] - other[i, 0]))
        m = _clip(shape, n, value, spare)
        _copy(spare, m, shape)
        n = m
        if n < 3:
            return 0
    return n


@njit(nogil=True, cache=True)
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
    most = 2 * len(pairs)
    loser = np.empty(most, dtype=np.int64)
    winner = np.empty(most, dtype=np.int64)
    corners = np.empty((most, _MOST_CORNERS, 2))
    count = np.empty(most, dtype=np.int64)
    shape = np.empty((_MOST_CORNERS, 2))
    spare = np.empty((_MOST_CORNERS, 2))
    value = np.empty(_MOST_CORNERS)
    n = 0
    for p in range(len(pairs)):
        i, j = pairs[p, 0], pairs[p, 1]
        k = _shared(xy[i], xy[j], shape, spare, value)
        if k < 3:
            continue
        if j >= belts:
            loser[n], winner[n], count[n] = i, j, k
            _copy(shape, k, corners[n])
            n += 1
            continue
        at_i, xi, yi = _plane(xy[i], near[i], reach[i])
        at_j, xj, yj = _plane(xy[j], near[j], reach[j])
        alike = True
        for c in range(k):
            x, y = shape[c, 0], shape[c, 1]
            value[c] = (at_i + xi * (x - xy[i, 0, 0]) + yi * (y - xy[i, 0, 1])) - (
                at_j + xj * (x - xy[j, 0, 0]) + yj * (y - xy[j, 0, 1])
            )
            if abs(value[c]) > 1e-7:
                alike = False
        if alike:
            loser[n], winner[n], count[n] = j, i, k
            _copy(shape, k, corners[n])
            n += 1
            continue
        for turn in range(2):
            # First what j loses, where i is shallower; then the rest, which i loses.
            m = _clip(shape, k, value, spare)
            if m >= 3:
                loser[n] = j if turn == 0 else i
                winner[n] = i if turn == 0 else j
                count[n] = m
                _copy(spare, m, corners[n])
                n += 1
            for c in range(k):
                value[c] = -value[c]
    return loser[:n], winner[:n], corners[:n], count[:n]

"""Rings of vertices as directed edges, compiled."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@njit(nogil=True, cache=True)
def to_reverse(xy: Floats, start: Ints, is_shell: Flags) -> Flags:
    """Whether each ring runs against the rule: shells counter-clockwise, holes clockwise."""
    reverse = np.zeros(len(start) - 1, dtype=np.bool_)
    for ring in range(len(start) - 1):
        first, last = start[ring], start[ring + 1]
        area = 0.0
        if last > first:
            x = xy[first, 0]
            for i in range(first, last - 1):
                area += (xy[i, 0] + xy[i + 1, 0] - 2.0 * x) * (xy[i + 1, 1] - xy[i, 1])
        reverse[ring] = (area > 0.0) != is_shell[ring]
    return reverse


@njit(nogil=True, cache=True)
def directed(xy: Floats, start: Ints, reverse: Flags) -> tuple[Floats, Floats, Floats, Floats]:
    """Ends of all edges, in the order of the vertices."""
    rings = len(start) - 1
    count = 0
    for ring in range(rings):
        count += max(start[ring + 1] - start[ring] - 1, 0)
    x0, y0 = np.empty(count), np.empty(count)
    x1, y1 = np.empty(count), np.empty(count)
    edge = 0
    for ring in range(rings):
        for i in range(start[ring], start[ring + 1] - 1):
            a, b = (i + 1, i) if reverse[ring] else (i, i + 1)
            x0[edge], y0[edge] = xy[a, 0], xy[a, 1]
            x1[edge], y1[edge] = xy[b, 0], xy[b, 1]
            edge += 1
    return x0, y0, x1, y1


@njit(nogil=True, cache=True)
def through(
    x0: Floats,
    y0: Floats,
    x1: Floats,
    y1: Floats,
    zone: Ints,
    chosen: Flags,
    a: float,
    b: float,
    c: float,
    d: float,
    e: float,
    f: float,
) -> tuple[Floats, Floats, Floats, Floats, Ints]:
    """Map the edges of the chosen zones by an affine matrix, without those that become level.

    A level edge adds nothing to an integral over dy.
    """
    count = 0
    for i in range(len(x0)):
        if chosen[zone[i]] and d * x0[i] + e * y0[i] != d * x1[i] + e * y1[i]:
            count += 1
    mx0, my0 = np.empty(count), np.empty(count)
    mx1, my1 = np.empty(count), np.empty(count)
    mzone = np.empty(count, dtype=np.int64)
    k = 0
    for i in range(len(x0)):
        if not chosen[zone[i]]:
            continue
        if d * x0[i] + e * y0[i] == d * x1[i] + e * y1[i]:
            continue
        mx0[k], my0[k] = a * x0[i] + b * y0[i] + c, d * x0[i] + e * y0[i] + f
        mx1[k], my1[k] = a * x1[i] + b * y1[i] + c, d * x1[i] + e * y1[i] + f
        mzone[k] = zone[i]
        k += 1
    return mx0, my0, mx1, my1, mzone


@njit(nogil=True, cache=True)
def boxes(x0: Floats, y0: Floats, x1: Floats, y1: Floats, zone: Ints, zone_count: int) -> Floats:
    """Least x, least y, greatest x, greatest y of each zone; inverted where it has no edge."""
    box = np.full((4, zone_count), np.inf)
    box[2:] *= -1.0
    for e in range(len(x0)):
        z = zone[e]
        box[0, z] = min(box[0, z], x0[e], x1[e])
        box[1, z] = min(box[1, z], y0[e], y1[e])
        box[2, z] = max(box[2, z], x0[e], x1[e])
        box[3, z] = max(box[3, z], y0[e], y1[e])
    return box

"""Which edges reach which rows, and which part of a tile holds ground of a zone; compiled."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Rows; less than this is rounding of the edges' ends.
_NO_HEIGHT = 1e-11


@njit(nogil=True, cache=True)
def edges_by_band(y0: Floats, y1: Floats, band_rows: int, bands: int) -> tuple[Ints, Ints]:
    """List, for each band of rows, the edges that reach it (count, prefix sum, fill)."""
    start = np.zeros(bands + 1, dtype=np.int64)
    for fill in range(2):
        if fill == 1:
            for band in range(bands):
                start[band + 1] += start[band]
            listed = np.empty(start[bands], dtype=np.int64)
            cursor = start[:bands].copy()
        for e in range(len(y0)):
            top, bottom = min(y0[e], y1[e]), max(y0[e], y1[e])
            if top == bottom or bottom <= 0.0 or top >= band_rows * bands:
                continue
            first = int(max(top, 0.0) // band_rows)
            final = min(int(np.ceil(bottom / band_rows)), bands)
            for band in range(first, final):
                if fill == 0:
                    start[band + 1] += 1
                else:
                    listed[cursor[band]] = e
                    cursor[band] += 1
    return start, listed


@njit(nogil=True, cache=True)
def touched_window(
    top: int,
    bottom: int,
    left: int,
    right: int,
    x0: Floats,
    y0: Floats,
    x1: Floats,
    y1: Floats,
    zone: Ints,
    chosen: Ints,
    box: Floats,
) -> tuple[int, int, int, int]:
    """Smallest part of a tile that holds all ground of the zones: top, bottom, left, right.

    An empty window (top = bottom) means that no zone reaches the tile, though its bounding box may.
    """
    row_low, row_high = bottom, top
    column_low, column_high = right, left
    last = -1
    # Where no outline crosses the tile, the zone covers whole rows of it or none: the signed
    # heights of the edges to its right add up to the height that is covered.
    covered = 0.0
    crosses = False
    n = len(chosen)
    for i in range(n + 1):
        z = zone[chosen[i]] if i < n else -2
        if z != last:
            if last >= 0 and (crosses or abs(covered) > _NO_HEIGHT):
                row_low = min(row_low, max(top, int(np.floor(box[1, last]))))
                row_high = max(row_high, min(bottom, int(np.ceil(box[3, last]))))
                column_low = min(column_low, max(left, int(np.floor(box[0, last]))))
                column_high = max(column_high, min(right, int(np.ceil(box[2, last]))))
            last = z
            covered = 0.0
            crosses = False
        if i == n:
            break
        if box[2, z] <= left or box[0, z] >= right:
            continue
        e = chosen[i]
        ya, xa, yb, xb = y0[e], x0[e], y1[e], x1[e]
        low, high = min(ya, yb), max(ya, yb)
        if low >= bottom or high <= top:
            continue
        per_row = (xb - xa) / (yb - ya)
        x_low = xa + (max(low, top) - ya) * per_row
        x_high = xa + (min(high, bottom) - ya) * per_row
        if max(x_low, x_high) > left and min(x_low, x_high) < right:
            crosses = True
        if min(x_low, x_high) >= right:
            height = min(high, bottom) - max(low, top)
            covered += height if yb > ya else -height
    if row_high <= row_low or column_high <= column_low:
        return top, top, left, left
    return row_low, row_high, column_low, column_high

"""Which edges reach which rows, and which part of a tile holds ground of a zone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from greencover.overlay._columns import list_by_band
from greencover.overlay._edges import EdgeTable
from greencover.overlay.compiled import FLOAT, INT, compiled, filled, given

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Rows; less than this is rounding of the edges' ends.
_NO_HEIGHT = 1e-11


def edges_by_band(edges: EdgeTable, band_rows: int, bands: int) -> tuple[Ints, Ints]:
    """List, for each band of rows, the edges that reach it, and where each band's list starts."""
    start = np.zeros(bands + 1, dtype=np.int64)
    rows = (edges.y0, edges.y1, band_rows, bands)
    list_by_band(*rows, False, start[1:], start)
    np.cumsum(start, out=start)
    listed = np.empty(start[-1], dtype=np.int64)
    list_by_band(*rows, True, start[:-1].copy(), listed)
    return start, listed


@compiled(
    *(INT, INT, INT, INT, given(FLOAT), given(FLOAT), given(FLOAT), given(FLOAT)),
    *(given(INT), given(INT), given(FLOAT, 2), filled(INT)),
)
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
    window: Ints,
) -> None:
    """Find the smallest part of a tile that holds all ground of zones: top, bottom, left, right.

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
        row_low, row_high = top, top
    window[0], window[1], window[2], window[3] = row_low, row_high, column_low, column_high

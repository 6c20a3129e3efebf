"""The contour integral over one tile, compiled.

For a class k let F_k(x) be the number of cells of k in a row to the left of x, linear inside a
cell. By Green's theorem the area of k inside a polygon is the integral of F_k dy along the
outline. Every edge is cut at rows and columns, where F_k is linear, so the midpoint rule is exact;
the interior of a polygon is never visited.

Inside a row the measure dy is weighted by 1 + slope u + bend (u² - 1/12), u in [-1/2, 1/2]: on a
longitude/latitude grid this is the change of ground area across the row, on a projected grid both
are zero.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

CHECKPOINT = 64
UNOBSERVED = 255
# Rows; less than this is rounding of the edges' ends.
_NO_HEIGHT = 1e-11

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


@njit(nogil=True, cache=True, inline="always")
def _measure(t: float, slope: float, bend: float) -> float:
    u = t - 0.5
    return u + 0.5 * slope * u * u + bend * u * (u * u / 3.0 - 1.0 / 12.0)


@njit(nogil=True, cache=True)
def _running_counts(
    cells: npt.NDArray[np.uint8], class_of: Bytes, classes: int, needed: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int32]:
    """Cells of each class left of every 64th column, and in the whole row, for needed rows."""
    rows, columns = cells.shape
    chunks = (columns + CHECKPOINT - 1) // CHECKPOINT
    counts = np.zeros((rows, chunks + 1, classes), dtype=np.int32)
    for row in range(rows):
        if not needed[row]:
            continue
        for chunk in range(chunks):
            first = chunk * CHECKPOINT
            last = min(first + CHECKPOINT, columns)
            for k in range(classes):
                counts[row, chunk + 1, k] = counts[row, chunk, k]
            code = cells[row, first]
            differs = np.uint8(0)
            for column in range(first, last):
                differs |= cells[row, column] ^ code
            if differs == 0:
                k = class_of[code]
                if k != UNOBSERVED:
                    counts[row, chunk + 1, k] += last - first
            else:
                for column in range(first, last):
                    k = class_of[cells[row, column]]
                    if k != UNOBSERVED:
                        counts[row, chunk + 1, k] += 1
    return counts


@njit(nogil=True, cache=True, inline="always")
def _add_counts_before(
    row: int,
    column: int,
    cells: npt.NDArray[np.uint8],
    class_of: Bytes,
    counts: npt.NDArray[np.int32],
    amount: float,
    sums: Floats,
) -> None:
    """Add ``amount`` for every cell of the row left of ``column``, by class."""
    chunk = column // CHECKPOINT
    if column == cells.shape[1]:
        chunk = counts.shape[1] - 1
    for k in range(counts.shape[2]):
        sums[k] += counts[row, chunk, k] * amount
    first = chunk * CHECKPOINT
    if column <= first:
        return
    k = class_of[cells[row, first]]
    if k != UNOBSERVED and counts[row, chunk + 1, k] - counts[row, chunk, k] == CHECKPOINT:
        sums[k] += (column - first) * amount
        return
    for before in range(first, column):
        k = class_of[cells[row, before]]
        if k != UNOBSERVED:
            sums[k] += amount


@njit(nogil=True, cache=True)
def _integrate_in_row(
    row: int,
    t0: float,
    x0: float,
    t1: float,
    x1: float,
    cells: npt.NDArray[np.uint8],
    class_of: Bytes,
    counts: npt.NDArray[np.int32],
    weight: float,
    slope: float,
    bend: float,
    sums: Floats,
) -> None:
    """Integrate F_k over the piece of an edge inside one row; ``weight`` carries the direction."""
    columns = cells.shape[1]
    if x0 <= x1:
        x, t, x_end, t_end = x0, t0, x1, t1
    else:
        x, t, x_end, t_end = x1, t1, x0, t0
        weight = -weight
    if x_end <= 0.0:
        return
    if x < 0.0:
        t += (t_end - t) * (-x / (x_end - x))
        x = 0.0
    measure = _measure(t, slope, bend)
    remaining = _measure(t_end, slope, bend) - measure
    column = int(x) if x < columns else columns
    _add_counts_before(row, column, cells, class_of, counts, weight * remaining, sums)
    per_x = (t_end - t) / (x_end - x) if x_end > x else 0.0
    while column < columns:
        if x_end > column + 1:
            x_next = column + 1.0
            t_next = t + (x_next - x) * per_x
        else:
            x_next, t_next = x_end, t_end
        measure_next = _measure(t_next, slope, bend)
        step = measure_next - measure
        remaining -= step
        k = class_of[cells[row, column]]
        if k != UNOBSERVED:
            dt = t_next - t
            gradient = slope + bend * (t + t_next - 1.0)
            skew = (x_next - x) * gradient * dt * dt / 12.0
            sums[k] += weight * (((x + x_next) * 0.5 - column) * step + skew)
            if x_next < x_end:
                sums[k] += weight * remaining
        if x_next >= x_end:
            return
        x, t, measure = x_next, t_next, measure_next
        column += 1


@njit(nogil=True, cache=True)
def integrate_tile(
    cells: npt.NDArray[np.uint8],
    class_of: Bytes,
    classes: int,
    row_offset: int,
    column_offset: int,
    x0: Floats,
    y0: Floats,
    x1: Floats,
    y1: Floats,
    zone: Ints,
    chosen: Ints,
    box: Floats,
    weight: Floats,
    slope: Floats,
    bend: Floats,
) -> tuple[Ints, Floats]:
    """Weighted cells of each class, for each zone that the chosen edges belong to.

    Parameters
    ----------
    cells, class_of, classes
        The tile's codes, the class number of each code (255: not counted), the number of classes.
    row_offset, column_offset
        Where the tile lies in the raster.
    x0, y0, x1, y1, zone
        The edge table in columns and rows of the raster, ordered by zone.
    chosen
        Edges that reach the rows of the tile, in the table's order.
    box
        Least x, least y, greatest x, greatest y of each zone.
    weight, slope, bend
        Ground of a cell and its change across the row, for the rows of the tile.

    Returns
    -------
    zones, sums
        Numbers of the zones, and their weighted cells by class.
    """
    rows, columns = cells.shape
    right = column_offset + columns
    needed = np.zeros(rows, dtype=np.bool_)
    zones = np.empty(len(chosen), dtype=np.int64)
    found = 0
    last = -1
    for e in chosen:
        z = zone[e]
        if box[2, z] <= column_offset or box[0, z] >= right:
            continue
        if max(x0[e], x1[e]) <= column_offset:
            continue
        if z != last:
            zones[found] = z
            found += 1
            last = z
        top = max(min(y0[e], y1[e]) - row_offset, 0.0)
        bottom = min(max(y0[e], y1[e]) - row_offset, float(rows))
        row = int(top)
        while row < bottom:
            needed[row] = True
            row += 1
    zones = zones[:found].copy()
    sums = np.zeros((found, classes))
    if found == 0:
        return zones, sums

    counts = _running_counts(cells, class_of, classes, needed)
    last = -1
    local = -1
    for e in chosen:
        z = zone[e]
        if box[2, z] <= column_offset or box[0, z] >= right:
            continue
        if max(x0[e], x1[e]) <= column_offset:
            continue
        if z != last:
            local += 1
            last = z
        if y0[e] < y1[e]:
            x_top, y_top, x_bottom, y_bottom, direction = x0[e], y0[e], x1[e], y1[e], 1.0
        else:
            x_top, y_top, x_bottom, y_bottom, direction = x1[e], y1[e], x0[e], y0[e], -1.0
        x_top -= column_offset
        x_bottom -= column_offset
        y_top -= row_offset
        y_bottom -= row_offset
        if y_bottom <= 0.0 or y_top >= rows or y_top == y_bottom:
            continue
        per_row = (x_bottom - x_top) / (y_bottom - y_top)
        row = max(int(y_top), 0) if y_top > 0.0 else 0
        y, x = y_top, x_top
        if y_top < 0.0:
            y, x = 0.0, x_top - y_top * per_row
        while row < rows:
            if y_bottom > row + 1:
                y_next = row + 1.0
                x_next = x_top + (y_next - y_top) * per_row
            else:
                y_next, x_next = y_bottom, x_bottom
            _integrate_in_row(
                row,
                y - row,
                x,
                y_next - row,
                x_next,
                cells,
                class_of,
                counts,
                weight[row] * direction,
                slope[row],
                bend[row],
                sums[local],
            )
            if y_next >= y_bottom:
                break
            y, x = y_next, x_next
            row += 1
    return zones, sums


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

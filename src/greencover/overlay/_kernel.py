"""The contour integral over one tile, compiled.

For a class k let F_k(x) be the number of cells of k in a row to the left of x, linear inside a
cell. By Green's theorem the area of k inside a polygon is the integral of F_k dy along the
outline; with the running sum of a value for F it is the sum of the value. Every edge is cut at
rows and columns, where F_k is linear, so the midpoint rule is exact; the interior of a polygon is
never visited.

Inside a row the measure dy is weighted by 1 + slope u + bend (u² - 1/12), u in [-1/2, 1/2]: on a
longitude/latitude grid this is the change of ground area across the row, on a projected grid both
are zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from greencover.overlay._cells import CHECKPOINT, add_cell, add_range, running_totals

_CALLS = {"_cells.py": "b8f20abda5418f62"}
# Columns; zones up to this wide are counted from their own left, without running totals.
_NARROW = 96

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


@njit(nogil=True, cache=True, inline="always")
def _measure(t: float, slope: float, bend: float) -> float:
    u = t - 0.5
    return u + 0.5 * slope * u * u + bend * u * (u * u / 3.0 - 1.0 / 12.0)


@njit(nogil=True, cache=True)
def _own_left(left: float, right: float, column_offset: int, columns: int) -> int:
    """First column to count from for a narrow zone, or -1 for a wide one.

    An outline is closed in every row, so the integral does not depend on where counting starts.
    """
    # One column of slack: an edge may be rounded past the zone's box.
    first = max(int(np.floor(left)) - 1 - column_offset, 0)
    last = min(int(np.ceil(right)) + 1 - column_offset, columns)
    return first if last - first <= _NARROW else -1


@njit(nogil=True, cache=True, inline="always")
def _add_before(
    row: int,
    origin: int,
    column: int,
    cells: npt.NDArray[Any],
    table: npt.NDArray[Any],
    totals: npt.NDArray[Any],
    amount: float,
    sums: Floats,
) -> None:
    """Add ``amount`` for every cell of the row left of ``column``."""
    if origin >= 0:
        add_range(cells, row, origin, column, table, amount, sums)
        return
    # From the nearer checkpoint: up from the one before, or down from the one after.
    chunk = (column + CHECKPOINT // 2) // CHECKPOINT
    if chunk * CHECKPOINT > cells.shape[1] or column == cells.shape[1]:
        chunk = totals.shape[1] - 1
    for k in range(totals.shape[2]):
        sums[k] += totals[row, chunk, k] * amount
    at = min(chunk * CHECKPOINT, cells.shape[1])
    if at <= column:
        add_range(cells, row, at, column, table, amount, sums)
    else:
        add_range(cells, row, column, at, table, -amount, sums)


@njit(nogil=True, cache=True)
def _integrate_in_row(
    row: int,
    origin: int,
    t0: float,
    x0: float,
    t1: float,
    x1: float,
    cells: npt.NDArray[Any],
    table: npt.NDArray[Any],
    totals: npt.NDArray[Any],
    weight: float,
    slope: float,
    bend: float,
    sums: Floats,
) -> None:
    """Integrate F over the piece of an edge inside one row; ``weight`` carries the direction."""
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
    _add_before(row, origin, column, cells, table, totals, weight * remaining, sums)
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
        dt = t_next - t
        gradient = slope + bend * (t + t_next - 1.0)
        skew = (x_next - x) * gradient * dt * dt / 12.0
        amount = ((x + x_next) * 0.5 - column) * step + skew
        if x_next < x_end:
            amount += remaining
        add_cell(cells, row, column, table, weight * amount, sums)
        if x_next >= x_end:
            return
        x, t, measure = x_next, t_next, measure_next
        column += 1


@njit(nogil=True, cache=True)
def integrate_tile(
    cells: npt.NDArray[Any],
    table: npt.NDArray[Any],
    width: int,
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
    """Totals of the tile's cells inside each zone that the chosen edges belong to.

    Parameters
    ----------
    cells
        The tile: bytes are codes, floats are values (not a number: unobserved).
    table
        For codes the class number of each (255: not counted); for values the cells per unit of
        ground in each row of the tile.
    width
        Number of totals: of classes, or ``VALUE_TOTALS``.
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
        Numbers of the zones, and their totals.
    """
    rows, columns = cells.shape
    right = column_offset + columns
    needed = np.zeros(rows, dtype=np.bool_)
    zones = np.empty(len(chosen), dtype=np.int64)
    found = 0
    last = -1
    origin = -1
    wide = False
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
            origin = _own_left(box[0, z], box[2, z], column_offset, columns)
        if origin >= 0:
            continue
        wide = True
        top = max(min(y0[e], y1[e]) - row_offset, 0.0)
        bottom = min(max(y0[e], y1[e]) - row_offset, float(rows))
        row = int(top)
        while row < bottom:
            needed[row] = True
            row += 1
    zones = zones[:found].copy()
    sums = np.zeros((found, width))
    if found == 0:
        return zones, sums

    if wide:
        totals = running_totals(cells, table, width, needed)
    else:
        totals = running_totals(cells[:0], table, width, needed[:0])
    last = -1
    local = -1
    own = sums[0]
    for e in chosen:
        z = zone[e]
        if box[2, z] <= column_offset or box[0, z] >= right:
            continue
        if max(x0[e], x1[e]) <= column_offset:
            continue
        if z != last:
            local += 1
            own = sums[local]
            last = z
            origin = _own_left(box[0, z], box[2, z], column_offset, columns)
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
        row = int(y_top) if y_top > 0.0 else 0
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
                origin,
                y - row,
                x,
                y_next - row,
                x_next,
                cells,
                table,
                totals,
                weight[row] * direction,
                slope[row],
                bend[row],
                own,
            )
            if y_next >= y_bottom:
                break
            y, x = y_next, x_next
            row += 1
    return zones, sums

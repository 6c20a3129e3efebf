"""What the cells of a row add up to, compiled; for codes and for values.

The walk along outlines (``_kernel.py``) asks three things of a row: running totals at every 64th
column, the total of a range of columns, and the amount of one cell. For bytes these are counts of
each class; for floats the sum of values, the observed ground and the number of observed cells.
Which of the two is meant follows from the type of the cells.

Numba keeps compiled code by the file of the caller: after a change here, touch ``_kernel.py``.
"""

# An overload is chosen by the type of one argument but must name them all, without annotations.
# ruff: noqa: ARG001
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit, types
from numba.extending import overload

CHECKPOINT = 64
UNOBSERVED = 255
# Totals of a value: sum of value x ground, ground, cells.
VALUE_TOTALS = 3

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]


@njit(nogil=True, cache=True)
def count_codes(
    cells: Bytes, class_of: Bytes, classes: int, needed: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int32]:
    """Cells of each class left of every 64th column, and in the whole row, for needed rows."""
    rows, columns = cells.shape
    chunks = (columns + CHECKPOINT - 1) // CHECKPOINT
    counts = np.empty((rows, chunks + 1, classes), dtype=np.int32)
    running = np.zeros(classes, dtype=np.int32)
    # Four tallies taken in turn: equal neighbours would otherwise wait for each other.
    tally = np.zeros((4, 256), dtype=np.int32)
    one, two, three, four = tally[0], tally[1], tally[2], tally[3]
    for row in range(rows):
        if not needed[row]:
            continue
        running[:] = 0
        counts[row, 0, :] = 0
        for chunk in range(chunks):
            first = chunk * CHECKPOINT
            if first + CHECKPOINT <= columns:
                block = cells[row, first : first + CHECKPOINT]
                code = block[0]
                differs = np.uint8(0)
                for i in range(CHECKPOINT):
                    differs |= block[i] ^ code
                if differs == 0:
                    k = class_of[code]
                    if k != UNOBSERVED:
                        running[k] += CHECKPOINT
                else:
                    for i in range(CHECKPOINT // 4):
                        one[class_of[block[4 * i]]] += 1
                        two[class_of[block[4 * i + 1]]] += 1
                        three[class_of[block[4 * i + 2]]] += 1
                        four[class_of[block[4 * i + 3]]] += 1
                    for k in range(classes):
                        running[k] += one[k] + two[k] + three[k] + four[k]
                        one[k] = 0
                        two[k] = 0
                        three[k] = 0
                        four[k] = 0
            else:
                for column in range(first, columns):
                    k = class_of[cells[row, column]]
                    if k != UNOBSERVED:
                        running[k] += 1
            for k in range(classes):
                counts[row, chunk + 1, k] = running[k]
    return counts


@njit(nogil=True, cache=True)
def sum_values(
    cells: Floats, per_ground: Floats, totals: int, needed: npt.NDArray[np.bool_]
) -> Floats:
    """Totals of the observed values left of every 64th column, for needed rows."""
    rows, columns = cells.shape
    chunks = (columns + CHECKPOINT - 1) // CHECKPOINT
    sums = np.empty((rows, chunks + 1, totals))
    for row in range(rows):
        if not needed[row]:
            continue
        value, seen = 0.0, 0.0
        sums[row, 0, :] = 0.0
        for chunk in range(chunks):
            first = chunk * CHECKPOINT
            for column in range(first, min(first + CHECKPOINT, columns)):
                cell = cells[row, column]
                if not np.isnan(cell):
                    value += cell
                    seen += 1.0
            sums[row, chunk + 1, 0] = value
            sums[row, chunk + 1, 1] = seen
            sums[row, chunk + 1, 2] = seen * per_ground[row]
    return sums


def running_totals(cells: Any, table: Any, totals: int, needed: Any) -> Any:
    """Totals left of every 64th column; compiled by the type of the cells."""
    raise NotImplementedError


def add_range(
    cells: Any, row: int, first: int, last: int, table: Any, amount: float, sums: Floats
) -> None:
    """Add ``amount`` for every cell of the row from ``first`` up to ``last``."""
    raise NotImplementedError


def add_cell(cells: Any, row: int, column: int, table: Any, amount: float, sums: Floats) -> None:
    """Add ``amount`` for one cell."""
    raise NotImplementedError


def _holds_codes(cells: Any) -> bool:
    return bool(cells.dtype == types.uint8)


@overload(running_totals)
def _running_totals(cells, table, totals, needed):
    if _holds_codes(cells):
        return lambda cells, table, totals, needed: count_codes(cells, table, totals, needed)
    return lambda cells, table, totals, needed: sum_values(cells, table, totals, needed)


@overload(add_range)
def _add_range(cells, row, first, last, table, amount, sums):
    if _holds_codes(cells):

        def of_codes(cells, row, first, last, table, amount, sums):
            column = first
            while column < last:
                code = cells[row, column]
                start = column
                column += 1
                while column < last and cells[row, column] == code:
                    column += 1
                k = table[code]
                if k != UNOBSERVED:
                    sums[k] += (column - start) * amount

        return of_codes

    def of_values(cells, row, first, last, table, amount, sums):
        value, seen = 0.0, 0.0
        for column in range(first, last):
            cell = cells[row, column]
            if not np.isnan(cell):
                value += cell
                seen += 1.0
        sums[0] += value * amount
        sums[1] += seen * amount
        sums[2] += seen * amount * table[row]

    return of_values


@overload(add_cell)
def _add_cell(cells, row, column, table, amount, sums):
    if _holds_codes(cells):

        def of_codes(cells, row, column, table, amount, sums):
            k = table[cells[row, column]]
            if k != UNOBSERVED:
                sums[k] += amount

        return of_codes

    def of_values(cells, row, column, table, amount, sums):
        cell = cells[row, column]
        if not np.isnan(cell):
            sums[0] += cell * amount
            sums[1] += amount
            sums[2] += amount * table[row]

    return of_values

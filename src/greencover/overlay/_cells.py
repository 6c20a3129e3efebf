"""What the cells of a row add up to, compiled; for codes and for values.

The walk along outlines (``_kernel.py``) asks three things of a row: running totals at every 128th
column, the total of a range of columns, and the amount of one cell. For bytes these are counts of
each class; for floats the sum of values, the observed ground and the number of observed cells.
Which of the two is meant follows from the type of the cells.

Compiled code is kept by the text of the caller's file alone, so a file whose compiled functions
call those of another carries that other's digest (``_CALLS``): a change there then changes it too.
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

from greencover.overlay._lanes import EVERY_LANE, LANES, count_lanes, equal_lanes, first_lane

_CALLS = {"_lanes.py": "3a45e6838d9ce3f9"}
CHECKPOINT = 2 * LANES
UNOBSERVED = 255
# Fewer cells than this are told apart faster one by one.
_FEW = 5
# Counting so many codes costs as much as seeing first which of them occur.
_MANY = 24
# Totals of a value: sum of value x ground, ground, cells.
VALUE_TOTALS = 3

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]


@njit(nogil=True, cache=True)
def _codes_to_look_for(
    cells: Bytes, class_of: Bytes, needed: npt.NDArray[np.bool_]
) -> tuple[Bytes, int]:
    """Codes that have to be counted, and the class of all others.

    The class that most codes have is left to the rest. Of a long legend only those codes are looked
    for that occur.
    """
    codes_of = np.zeros(256, dtype=np.int64)
    for code in range(256):
        codes_of[class_of[code]] += 1
    rest = int(np.argmax(codes_of))
    wanted = class_of != rest
    if wanted.sum() > _MANY:
        occurs = np.zeros(256, dtype=np.bool_)
        for row in range(len(cells)):
            if needed[row]:
                for code in cells[row]:
                    occurs[code] = True
        wanted &= occurs
    return np.flatnonzero(wanted).astype(np.uint8), rest


@njit(nogil=True, cache=True)
def count_codes(
    cells: Bytes, class_of: Bytes, classes: int, needed: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int32]:
    """Cells of each class left of every 128th column, and in the whole row, for needed rows."""
    rows, columns = cells.shape
    chunks = (columns + CHECKPOINT - 1) // CHECKPOINT
    counts = np.empty((rows, chunks + 1, classes), dtype=np.int32)
    codes, rest = _codes_to_look_for(cells, class_of, needed)
    class_of_code = class_of[codes]
    running = np.zeros(256, dtype=np.int32)
    for row in range(rows):
        if not needed[row]:
            continue
        running[:] = 0
        counts[row, 0, :] = 0
        for chunk in range(chunks):
            first = chunk * CHECKPOINT
            if first + CHECKPOINT <= columns:
                left = CHECKPOINT
                for i in range(len(codes)):
                    found = count_lanes(equal_lanes(cells, row, first, codes[i]))
                    found += count_lanes(equal_lanes(cells, row, first + LANES, codes[i]))
                    running[class_of_code[i]] += found
                    left -= found
                running[rest] += left
            else:
                for column in range(first, columns):
                    running[class_of[cells[row, column]]] += 1
            for k in range(classes):
                counts[row, chunk + 1, k] = running[k]
    return counts


@njit(nogil=True, cache=True)
def sum_values(
    cells: Floats, per_ground: Floats, totals: int, needed: npt.NDArray[np.bool_]
) -> Floats:
    """Totals of the observed values left of every 128th column, for needed rows."""
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
    """Totals left of every 128th column; compiled by the type of the cells."""
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
            while last - column > _FEW and column + LANES <= cells.shape[1]:
                span = min(last - column, LANES)
                left = np.uint64(EVERY_LANE) >> np.uint64(LANES - span)
                while left:
                    code = cells[row, column + first_lane(left)]
                    found = equal_lanes(cells, row, column, code) & left
                    left ^= found
                    k = table[code]
                    if k != UNOBSERVED:
                        sums[k] += count_lanes(found) * amount
                column += span
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

"""The contour integral over one tile, compiled.

For a class k let F_k(x) be the number of cells of k in a row to the left of x, linear inside a
cell. By Green's theorem the area of k inside a polygon is the integral of F_k dy along the
outline; with the running sum of a value for F it is the sum of the value. Every edge is cut at
rows and columns, where F_k is linear, so the midpoint rule is exact; the interior of a polygon is
never visited.

Inside a row the measure dy is weighted by 1 + slope u + bend (u² - 1/12), u in [-1/2, 1/2]: on a
longitude/latitude grid this is the change of ground area across the row, on a projected grid both
are zero.

The walk along outlines asks three things of a row: running totals at every 128th column, the total
of a range of columns, and the amount of one cell. Bytes are codes, whose totals are counts of each
class; floats are values, whose totals are sum, observed ground and observed cells.
"""

# An overload and an intrinsic are given types; Numba calls their arguments by these names.
# ruff: noqa: ARG001

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, overload

from greencover.overlay.compiled import (
    BYTE,
    COUNT,
    FLAG,
    FLOAT,
    INT,
    PLAIN,
    compiled,
    filled,
    given,
    inner,
)

LANES = 64
CHECKPOINT = 2 * LANES
UNOBSERVED = 255
# Totals of a value: sum of value x ground, ground, cells.
VALUE_TOTALS = 3
_EVERY_LANE = 0xFFFF_FFFF_FFFF_FFFF
# Fewer cells than this are told apart faster one by one.
_FEW = 5
# Counting so many codes costs as much as seeing first which of them occur.
_MANY = 24
# Columns; zones up to this wide are counted from their own left, without running totals.
_NARROW = 96

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


# ---- sixty-four bytes compared at once, by whatever wide registers the processor has ----


def _equal_plain(cells: Bytes, row: int, column: int, code: int) -> Any:
    """Bit i set where the byte at ``column`` + i of a row is ``code``; 64 bytes from there on."""
    found = np.packbits(cells[row, column : column + LANES] == code, bitorder="little")
    return np.uint64(int.from_bytes(found.tobytes(), "little"))


def _count_plain(lanes: Any) -> int:
    """Number of bits set."""
    return int(lanes).bit_count()


def _first_plain(lanes: Any) -> int:
    """Place of the lowest bit set; one must be."""
    return (int(lanes) & -int(lanes)).bit_length() - 1


equal_lanes: Any = _equal_plain
count_lanes: Any = _count_plain
first_lane: Any = _first_plain
if not PLAIN:
    _BYTES = ir.VectorType(ir.IntType(8), LANES)

    @intrinsic  # type: ignore[untyped-decorator]
    def _equal_wide(typingctx: Any, cells: Any, row: Any, column: Any, code: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array, *place, code = arguments
            kind = signature.args[0]
            first = cgutils.get_item_pointer(
                context, builder, kind, context.make_array(kind)(context, builder, array), place
            )
            block = builder.load(builder.bitcast(first, _BYTES.as_pointer()), align=1)
            lane = builder.insert_element(
                ir.Constant(_BYTES, ir.Undefined), code, ir.Constant(ir.IntType(32), 0)
            )
            everywhere = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
            wanted = builder.shuffle_vector(lane, ir.Constant(_BYTES, ir.Undefined), everywhere)
            return builder.bitcast(builder.icmp_unsigned("==", block, wanted), ir.IntType(LANES))

        return types.uint64(cells, types.intp, types.intp, types.uint8), generate

    @intrinsic  # type: ignore[untyped-decorator]
    def _count_wide(typingctx: Any, lanes: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.ctpop(arguments[0])

        return types.int64(types.uint64), generate

    @intrinsic  # type: ignore[untyped-decorator]
    def _first_wide(typingctx: Any, lanes: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

        return types.int64(types.uint64), generate

    equal_lanes, count_lanes, first_lane = _equal_wide, _count_wide, _first_wide


# ---- what the cells of a row add up to ----


@compiled(given(BYTE, 2), given(FLAG), filled(FLAG))
def _note_codes(cells: Bytes, needed: Flags, occurs: Flags) -> None:
    """Note which codes occur in the needed rows."""
    for row in range(cells.shape[0]):
        if needed[row]:
            for column in range(cells.shape[1]):
                occurs[cells[row, column]] = True


@compiled(
    given(BYTE, 2), given(BYTE), given(BYTE), INT, given(FLAG), filled(COUNT), filled(COUNT, 3)
)
def _count_codes(
    cells: Bytes,
    class_of: Bytes,
    codes: Bytes,
    rest: int,
    needed: Flags,
    running: npt.NDArray[np.int32],
    counts: npt.NDArray[np.int32],
) -> None:
    """Count the cells of each class left of every 128th column, and in the whole row.

    Codes that are not looked for are of the class ``rest``.
    """
    rows, columns = cells.shape
    chunks, classes = counts.shape[1] - 1, counts.shape[2]
    for row in range(rows):
        if not needed[row]:
            continue
        for k in range(len(running)):
            running[k] = 0
        for k in range(classes):
            counts[row, 0, k] = 0
        for chunk in range(chunks):
            first = chunk * CHECKPOINT
            if first + CHECKPOINT <= columns:
                left = CHECKPOINT
                for i in range(len(codes)):
                    found = count_lanes(equal_lanes(cells, row, first, codes[i]))
                    found += count_lanes(equal_lanes(cells, row, first + LANES, codes[i]))
                    running[class_of[codes[i]]] += found
                    left -= found
                running[rest] += left
            else:
                for column in range(first, columns):
                    running[class_of[cells[row, column]]] += 1
            for k in range(classes):
                counts[row, chunk + 1, k] = running[k]


@compiled(given(FLOAT, 2), given(FLOAT), given(FLAG), filled(FLOAT, 3))
def _sum_values(cells: Floats, per_ground: Floats, needed: Flags, sums: Floats) -> None:
    """Sum the observed values left of every 128th column, for needed rows."""
    rows, columns = cells.shape
    for row in range(rows):
        if not needed[row]:
            continue
        value, seen = 0.0, 0.0
        for k in range(VALUE_TOTALS):
            sums[row, 0, k] = 0.0
        for chunk in range(sums.shape[1] - 1):
            first = chunk * CHECKPOINT
            for column in range(first, min(first + CHECKPOINT, columns)):
                cell = cells[row, column]
                if not np.isnan(cell):
                    value += cell
                    seen += 1.0
            sums[row, chunk + 1, 0] = value
            sums[row, chunk + 1, 1] = seen
            sums[row, chunk + 1, 2] = seen * per_ground[row]


def _range_of_codes(
    cells: Bytes,
    row: int,
    first: int,
    last: int,
    table: Bytes,
    amount: float,
    sums: Floats,
    zone: int,
) -> None:
    column = first
    while last - column > _FEW and column + LANES <= cells.shape[1]:
        span = min(last - column, LANES)
        left = np.uint64(_EVERY_LANE) >> np.uint64(LANES - span)
        while left:
            code = cells[row, column + first_lane(left)]
            found = equal_lanes(cells, row, column, code) & left
            left ^= found
            k = table[code]
            if k != UNOBSERVED:
                sums[zone, k] += count_lanes(found) * amount
        column += span
    while column < last:
        code = cells[row, column]
        start = column
        column += 1
        while column < last and cells[row, column] == code:
            column += 1
        k = table[code]
        if k != UNOBSERVED:
            sums[zone, k] += (column - start) * amount


def _range_of_values(
    cells: Floats,
    row: int,
    first: int,
    last: int,
    table: Floats,
    amount: float,
    sums: Floats,
    zone: int,
) -> None:
    value, seen = 0.0, 0.0
    for column in range(first, last):
        cell = cells[row, column]
        if not np.isnan(cell):
            value += cell
            seen += 1.0
    sums[zone, 0] += value * amount
    sums[zone, 1] += seen * amount
    sums[zone, 2] += seen * amount * table[row]


def _cell_of_codes(
    cells: Bytes, row: int, column: int, table: Bytes, amount: float, sums: Floats, zone: int
) -> None:
    k = table[cells[row, column]]
    if k != UNOBSERVED:
        sums[zone, k] += amount


def _cell_of_values(
    cells: Floats, row: int, column: int, table: Floats, amount: float, sums: Floats, zone: int
) -> None:
    cell = cells[row, column]
    if not np.isnan(cell):
        sums[zone, 0] += cell * amount
        sums[zone, 1] += amount
        sums[zone, 2] += amount * table[row]


def _add_range(
    cells: Any,
    row: int,
    first: int,
    last: int,
    table: Any,
    amount: float,
    sums: Floats,
    zone: int,
) -> None:
    """Add ``amount`` for every cell of the row from ``first`` up to ``last``."""
    add = _range_of_codes if cells.dtype == np.uint8 else _range_of_values
    add(cells, row, first, last, table, amount, sums, zone)


def _add_cell(
    cells: Any, row: int, column: int, table: Any, amount: float, sums: Floats, zone: int
) -> None:
    """Add ``amount`` for one cell."""
    add = _cell_of_codes if cells.dtype == np.uint8 else _cell_of_values
    add(cells, row, column, table, amount, sums, zone)


if not PLAIN:

    @overload(_add_range, strict=False)  # type: ignore[untyped-decorator]
    def _range_by_type(
        cells: Any, row: Any, first: Any, last: Any, table: Any, amount: Any, sums: Any, zone: Any
    ) -> Any:
        return _range_of_codes if cells.dtype == types.uint8 else _range_of_values

    @overload(_add_cell, strict=False)  # type: ignore[untyped-decorator]
    def _cell_by_type(
        cells: Any, row: Any, column: Any, table: Any, amount: Any, sums: Any, zone: Any
    ) -> Any:
        return _cell_of_codes if cells.dtype == types.uint8 else _cell_of_values


# ---- the walk along outlines ----


@inner
def _measure(t: float, slope: float, bend: float) -> float:
    u = t - 0.5
    return u + 0.5 * slope * u * u + bend * u * (u * u / 3.0 - 1.0 / 12.0)


@inner
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
    zone: int,
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
    amount = weight * remaining
    first, last = origin, column
    if origin < 0:
        # From the nearer checkpoint: up from the one before, or down from the one after.
        chunk = (column + CHECKPOINT // 2) // CHECKPOINT
        if chunk * CHECKPOINT > columns or column == columns:
            chunk = totals.shape[1] - 1
        for k in range(totals.shape[2]):
            sums[zone, k] += totals[row, chunk, k] * amount
        first = min(chunk * CHECKPOINT, columns)
        if first > column:
            first, last, amount = column, first, -amount
    _add_range(cells, row, first, last, table, amount, sums, zone)
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
        _add_cell(cells, row, column, table, weight * amount, sums, zone)
        if x_next >= x_end:
            return
        x, t, measure = x_next, t_next, measure_next
        column += 1


@compiled(
    *(INT, INT, INT, INT),
    *(given(FLOAT), given(FLOAT), given(FLOAT), given(FLOAT), given(INT), given(INT)),
    *(given(FLOAT, 2), filled(INT), filled(INT), filled(FLAG)),
)
def _meet(
    rows: int,
    columns: int,
    row_offset: int,
    column_offset: int,
    x0: Floats,
    y0: Floats,
    x1: Floats,
    y1: Floats,
    zone: Ints,
    chosen: Ints,
    box: Floats,
    zones: Ints,
    origins: Ints,
    needed: Flags,
) -> int:
    """List the zones that reach the tile, and note the rows whose running totals they need.

    An outline is closed in every row, so the integral does not depend on where counting starts: a
    narrow zone is counted from its own left, a wide one (origin -1) from running totals.
    """
    right = column_offset + columns
    found = 0
    last = -1
    for i in range(len(chosen)):
        e = chosen[i]
        z = zone[e]
        if box[2, z] <= column_offset or box[0, z] >= right:
            continue
        if max(x0[e], x1[e]) <= column_offset:
            continue
        if z != last:
            # One column of slack: an edge may be rounded past the zone's box.
            first = max(int(np.floor(box[0, z])) - 1 - column_offset, 0)
            width = min(int(np.ceil(box[2, z])) + 1 - column_offset, columns) - first
            zones[found] = z
            origins[found] = first if width <= _NARROW else -1
            found += 1
            last = z
        if origins[found - 1] >= 0:
            continue
        top = max(min(y0[e], y1[e]) - row_offset, 0.0)
        bottom = min(max(y0[e], y1[e]) - row_offset, float(rows))
        row = int(top)
        while row < bottom:
            needed[row] = True
            row += 1
    return found


def _walk(
    cells: npt.NDArray[Any],
    table: npt.NDArray[Any],
    totals: npt.NDArray[Any],
    row_offset: int,
    column_offset: int,
    x0: Floats,
    y0: Floats,
    x1: Floats,
    y1: Floats,
    zone: Ints,
    chosen: Ints,
    zones: Ints,
    origins: Ints,
    weight: Floats,
    slope: Floats,
    bend: Floats,
    sums: Floats,
) -> None:
    """Add the integrals along the chosen edges to the sums of the zones listed."""
    rows = cells.shape[0]
    local = 0
    for i in range(len(chosen)):
        e = chosen[i]
        # Both lists are in the order of the zones; those that are not listed do not reach the tile.
        while local < len(zones) and zones[local] < zone[e]:
            local += 1
        if local == len(zones):
            return
        if zones[local] != zone[e] or max(x0[e], x1[e]) <= column_offset:
            continue
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
                origins[local],
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
                sums,
                local,
            )
            if y_next >= y_bottom:
                break
            y, x = y_next, x_next
            row += 1


_EDGES = (given(FLOAT),) * 4 + (given(INT),) * 4
_ROWS = (given(FLOAT),) * 3
_walk_over_codes = compiled(
    given(BYTE, 2), given(BYTE), given(COUNT, 3), INT, INT, *_EDGES, *_ROWS, filled(FLOAT, 2)
)(_walk)
_walk_over_values = compiled(
    given(FLOAT, 2), given(FLOAT), given(FLOAT, 3), INT, INT, *_EDGES, *_ROWS, filled(FLOAT, 2)
)(_walk)


def integrate_tile(
    cells: npt.NDArray[Any],
    table: npt.NDArray[Any],
    width: int,
    offset: tuple[int, int],
    edges: tuple[Floats, Floats, Floats, Floats, Ints],
    chosen: Ints,
    box: Floats,
    ground: tuple[Floats, Floats, Floats],
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
    offset
        Row and column of the raster where the tile begins.
    edges
        The edge table (x0, y0, x1, y1, zone) in columns and rows of the raster, ordered by zone.
    chosen
        Edges that reach the rows of the tile, in the table's order.
    box
        Least x, least y, greatest x, greatest y of each zone.
    ground
        Ground of a cell, and slope and bend of its change across the row, for the tile's rows.

    Returns
    -------
    zones, sums
        Numbers of the zones, and their totals.
    """
    # A reader may hand on a window of a larger array; the compiled loops want rows without gaps.
    cells = np.ascontiguousarray(cells)
    rows, columns = cells.shape
    zones, origins = np.empty(len(chosen), dtype=np.int64), np.empty(len(chosen), dtype=np.int64)
    needed = np.zeros(rows, dtype=np.bool_)
    found = _meet(rows, columns, *offset, *edges, chosen, box, zones, origins, needed)
    zones, origins = zones[:found].copy(), origins[:found]
    sums = np.zeros((found, width))
    if not found:
        return zones, sums
    chunks = -(-columns // CHECKPOINT) if needed.any() else 0
    shape = (rows if chunks else 0, chunks + 1, width)
    if cells.dtype == np.uint8:
        counts = np.empty(shape, dtype=np.int32)
        if chunks:
            codes, rest = _codes_to_look_for(cells, table, needed)
            running = np.zeros(256, dtype=np.int32)
            _count_codes(cells, table, codes, rest, needed, running, counts)
        _walk_over_codes(
            cells, table, counts, *offset, *edges, chosen, zones, origins, *ground, sums
        )
    else:
        running_sums = np.empty(shape)
        if chunks:
            _sum_values(cells, table, needed, running_sums)
        _walk_over_values(
            cells, table, running_sums, *offset, *edges, chosen, zones, origins, *ground, sums
        )
    return zones, sums


def _codes_to_look_for(cells: Bytes, class_of: Bytes, needed: Flags) -> tuple[Bytes, int]:
    """Codes that have to be counted, and the class of all others.

    The class that most codes have is left to the rest. Of a long legend only those codes are looked
    for that occur.
    """
    rest = int(np.argmax(np.bincount(class_of, minlength=256)))
    wanted = class_of != rest
    if wanted.sum() > _MANY:
        occurs = np.zeros(256, dtype=np.bool_)
        _note_codes(cells, needed, occurs)
        wanted &= occurs
    return np.flatnonzero(wanted).astype(np.uint8), rest

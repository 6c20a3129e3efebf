"""A raster in tiles, read and integrated on threads.

Tiles are independent: each gives a partial sum for the zones it meets. Partial sums are added in
the order of the tiles whatever thread finishes first, so a result is the same to the last bit on
any number of threads. Memory is a few tiles per thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import numpy as np
import numpy.typing as npt

from greencover.ground.errors import RasterError
from greencover.ground.run import Run
from greencover.ground.threads import in_order, workers
from greencover.overlay._edges import EdgeTable
from greencover.overlay._finished import tallied
from greencover.overlay._kernel import integrate_tile
from greencover.overlay._readers import Reader, Window
from greencover.overlay._row_ground import RowGround
from greencover.overlay._windows import edges_by_band, touched_window
from greencover.rasters import Cells, bounded_cache

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Cells of a tile: with a byte a cell, its running counts and two threads this stays below 100 MB.
TILE_CELLS = 4 * 1024 * 1024
# A province in cells of a hand's width.
_MOST_CELLS = 1e13
# A tile of values holds eight bytes a cell, a tile of codes one.
VALUE_TILE_CELLS = TILE_CELLS // 4


@dataclass(frozen=True)
class Tile(Window):
    """A window to read, and the edges that reach its rows."""

    edges: Ints


def integrate(
    tile: Tile,
    source: Cells,
    dataset: Any,
    edges: EdgeTable,
    box: Floats,
    reader: Reader,
    ground: RowGround,
) -> tuple[Ints, Floats]:
    """Read one tile; return the zones that it meets and their totals."""
    weight, slope, bend = ground.rows(tile.top, tile.bottom)
    cells, table = reader.read(source, dataset, tile, weight)
    return integrate_tile(
        cells,
        table,
        reader.width,
        (tile.top, tile.left),
        edges.columns,
        tile.edges,
        box,
        (weight, slope, bend),
    )


def totals_on_threads(
    source: Cells,
    edges: EdgeTable,
    reader: Reader,
    ground: RowGround,
    run: Run,
) -> Floats:
    """Totals of a raster inside each zone, on threads; see ``Engine``."""
    box = edges.boxes()
    tiles = list(touched_tiles(source, edges, box, run.tile_cells or TILE_CELLS))
    # Opened here: a thread that opens a file waits for the interpreter as long as for ten tiles.
    idle: SimpleQueue[Any] = SimpleQueue()
    with (
        bounded_cache(),
        ExitStack() as stack,
        tallied(run.resume, source, edges, reader, ground, tiles) as tally,
    ):
        for _ in range(workers(run.threads, len(tiles) - tally.done)):
            idle.put(stack.enter_context(source.reading()))

        def work(tile: Tile) -> tuple[Ints, Floats]:
            dataset = idle.get()
            try:
                return integrate(tile, source, dataset, edges, box, reader, ground)
            finally:
                idle.put(dataset)

        if tally.done:
            run.report(tally.done, len(tiles))
        # Closed before the handles are, so that no thread is left reading through one.
        with closing(in_order(work, tiles[tally.done :], run.threads)) as results:
            for zones, sums in results:
                tally.add(zones, sums)
                run.report(tally.done, len(tiles))
    return tally.total


def touched_tiles(source: Cells, edges: EdgeTable, box: Floats, tile_cells: int) -> Iterator[Tile]:
    """Tiles that hold ground of a zone, cut to the part that does."""
    _check_extent(source, box)
    tile_rows, tile_columns = tile_shape(source, tile_cells)
    bands = -(-source.height // tile_rows)
    start, listed = edges_by_band(edges, tile_rows, bands)
    window = np.empty(4, dtype=np.int64)
    for band in range(bands):
        chosen = listed[start[band] : start[band + 1]]
        if chosen.size == 0:
            continue
        band_top = band * tile_rows
        band_bottom = min(band_top + tile_rows, source.height)
        for left in range(0, source.width, tile_columns):
            touched_window(
                band_top,
                band_bottom,
                left,
                min(left + tile_columns, source.width),
                *edges.columns,
                chosen,
                box,
                window,
            )
            top, bottom, first, last = (int(side) for side in window)
            if bottom > top:
                yield Tile(top, bottom, first, last, chosen)


def _check_extent(source: Cells, box: Floats) -> None:
    """Refuse ground of more cells than can be read, before room is made for a list of tiles."""
    if not box.size or not np.isfinite(box).any():
        return
    # Clipped before they are whole numbers: a corner may lie at infinity.
    sides = (source.width, source.height)
    start = np.clip(np.nanmin(box[:2], axis=1), 0, sides).astype(np.int64)
    end = np.clip(np.nanmax(box[2:], axis=1), 0, sides).astype(np.int64)
    columns, rows = (int(side) for side in np.maximum(end - start, 0))
    if columns * rows > _MOST_CELLS:
        raise RasterError("rasters.cells_too_many", path=source.path, columns=columns, rows=rows)


def tile_shape(source: Cells, tile_cells: int) -> tuple[int, int]:
    """Rows and columns of a tile: whole blocks, as wide as may be, since outlines to the right of
    a tile are visited again for each tile."""
    block_rows = min(source.block_rows, source.height)
    block_columns = min(source.block_columns, source.width)
    if tile_cells < block_rows * block_columns:
        columns = min(block_columns, tile_cells)
        return max(tile_cells // columns, 1), columns
    most = tile_cells // block_rows // block_columns * block_columns
    # As many tiles as it takes, all about as wide.
    even = -(-source.width // -(-source.width // most))
    columns = min(-(-even // block_columns) * block_columns, source.width)
    rows = max(tile_cells // columns // block_rows, 1) * block_rows
    return min(rows, source.height), columns

"""A raster in tiles, read and integrated on threads.

Tiles are independent: each gives a partial sum for the zones it meets. Partial sums are added in
the order of the tiles whatever thread finishes first, so a result is the same to the last bit on
any number of threads. Memory is a few tiles per thread.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from threading import local
from typing import Any

import numpy as np
import numpy.typing as npt

from greencover.errors import RasterError
from greencover.geodesy import Ellipsoid, band_area_m2, density_m2_per_deg2
from greencover.overlay import _kernel
from greencover.overlay._edges import EdgeTable
from greencover.rasters import RasterSource, bounded_cache

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Cells of a tile: with a byte a cell, its running counts and two threads this stays below 100 MB.
TILE_CELLS = 8 * 1024 * 1024
_MOST_CLASSES = 250


@dataclass(frozen=True)
class RowGround:
    """Ground of a cell in each row of a raster, and how it changes across the row."""

    weight: Floats
    slope: Floats
    bend: Floats

    @classmethod
    def even(cls, rows: int, weight: float) -> RowGround:
        """Every cell counts the same."""
        zeros = np.zeros(rows)
        return cls(np.full(rows, weight), zeros, zeros)

    @classmethod
    def ellipsoidal(cls, source: RasterSource) -> RowGround:
        """Square metres of the cells of a longitude/latitude grid."""
        ellipsoid = Ellipsoid.of(source.crs)
        step = source.transform.e
        width = abs(source.transform.a)
        top = source.transform.f + step * np.arange(source.height)
        bottom = top + step
        south, north = np.minimum(top, bottom), np.maximum(top, bottom)
        weight = band_area_m2(south, north, width, ellipsoid)
        per_cell = abs(step) * width / weight
        at_top = density_m2_per_deg2(top, ellipsoid) * per_cell
        at_middle = density_m2_per_deg2((top + bottom) / 2.0, ellipsoid) * per_cell
        at_bottom = density_m2_per_deg2(bottom, ellipsoid) * per_cell
        return cls(weight, at_bottom - at_top, 2.0 * (at_top + at_bottom) - 4.0 * at_middle)

    def rows(self, first: int, last: int) -> tuple[Floats, Floats, Floats]:
        """Weight, slope and bend of the rows from ``first`` up to ``last``."""
        return self.weight[first:last], self.slope[first:last], self.bend[first:last]


@dataclass(frozen=True)
class Recoding:
    """Class number of each raster code; the number after the last class collects unknown codes."""

    codes: tuple[int, ...]
    unobserved: frozenset[float]

    def __post_init__(self) -> None:
        if len(self.codes) > _MOST_CLASSES:
            raise RasterError(
                f"A legend of {len(self.codes)} codes is more than the overlay holds "
                f"({_MOST_CLASSES}): merge classes first."
            )

    @property
    def classes(self) -> int:
        """Number of classes, the one for unknown codes included."""
        return len(self.codes) + 1

    def of_bytes(self) -> npt.NDArray[np.uint8]:
        """Class number of each of the 256 byte values."""
        table = np.full(256, len(self.codes), dtype=np.uint8)
        for number, code in enumerate(self.codes):
            if 0 <= code < 256:
                table[code] = number
        for value in self.unobserved:
            if 0 <= value < 256 and value == int(value):
                table[int(value)] = _kernel.UNOBSERVED
        return table

    def of_cells(self, cells: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
        """Class number of each cell of any type of number."""
        order = np.argsort(self.codes)
        known = np.asarray(self.codes, dtype=np.float64)[order]
        place = np.clip(np.searchsorted(known, cells), 0, len(known) - 1)
        numbers = np.where(known[place] == cells, order[place], len(self.codes)).astype(np.uint8)
        missing = np.isin(cells, list(self.unobserved))
        if cells.dtype.kind == "f":
            missing |= np.isnan(cells)
        numbers[missing] = _kernel.UNOBSERVED
        return numbers


@dataclass(frozen=True)
class _Tile:
    top: int
    bottom: int
    left: int
    right: int
    edges: Ints


def weighted_counts(
    source: RasterSource,
    edges: EdgeTable,
    recoding: Recoding,
    ground: RowGround,
    *,
    threads: int | None = None,
    tile_cells: int = TILE_CELLS,
    progress: Callable[[int, int], None] | None = None,
) -> Floats:
    """Weighted cells of each class inside each zone.

    Parameters
    ----------
    source, recoding, ground
        The raster, what its codes mean, and what its cells weigh.
    edges
        Zones in columns and rows of the raster.
    threads
        Default: the cores this process may use.
    tile_cells
        Cells of a tile; memory grows with it, results do not depend on it.
    progress
        Called with the tiles done and the tiles in all.

    Returns
    -------
    numpy.ndarray
        Shape (zones, classes + 1), the last column for codes that the recoding lacks. Positive
        for outlines that run counter-clockwise on the raster as stored.
    """
    box = edges.boxes()
    tiles = list(_touched_tiles(source, edges, box, tile_cells))
    total = np.zeros((edges.zone_count, recoding.classes))
    table, identity = recoding.of_bytes(), np.arange(256, dtype=np.uint8)
    handles = local()

    with bounded_cache(), ExitStack() as stack:

        def integrate(tile: _Tile) -> tuple[Ints, Floats]:
            if not hasattr(handles, "dataset"):
                handles.dataset = stack.enter_context(source.reading())
            cells, observed = source.read(
                handles.dataset,
                tile.top,
                tile.left,
                tile.bottom - tile.top,
                tile.right - tile.left,
            )
            class_of = table
            if cells.dtype != np.uint8 or observed is not None:
                cells, class_of = recoding.of_cells(cells), identity
            if observed is not None:
                cells[~observed] = _kernel.UNOBSERVED
            zones: Ints
            sums: Floats
            zones, sums = _kernel.integrate_tile(
                cells,
                class_of,
                recoding.classes,
                tile.top,
                tile.left,
                edges.x0,
                edges.y0,
                edges.x1,
                edges.y1,
                edges.zone,
                tile.edges,
                box,
                *ground.rows(tile.top, tile.bottom),
            )
            return zones, sums

        for done, (zones, sums) in enumerate(_in_order(integrate, tiles, threads), start=1):
            total[zones] += sums
            if progress is not None:
                progress(done, len(tiles))
    return total


def _touched_tiles(
    source: RasterSource, edges: EdgeTable, box: Floats, tile_cells: int
) -> Iterator[_Tile]:
    """Tiles that hold ground of a zone, cut to the part that does."""
    tile_rows, tile_columns = _tile_shape(source, tile_cells)
    bands = -(-source.height // tile_rows)
    start, listed = _kernel.edges_by_band(edges.y0, edges.y1, tile_rows, bands)
    for band in range(bands):
        chosen = listed[start[band] : start[band + 1]]
        if chosen.size == 0:
            continue
        band_top = band * tile_rows
        band_bottom = min(band_top + tile_rows, source.height)
        for left in range(0, source.width, tile_columns):
            top, bottom, first, last = _kernel.touched_window(
                band_top,
                band_bottom,
                left,
                min(left + tile_columns, source.width),
                edges.x0,
                edges.y0,
                edges.x1,
                edges.y1,
                edges.zone,
                chosen,
                box,
            )
            if bottom > top:
                yield _Tile(top, bottom, first, last, chosen)


def _tile_shape(source: RasterSource, tile_cells: int) -> tuple[int, int]:
    """Rows and columns of a tile: whole blocks, as wide as may be, since outlines to the right of
    a tile are visited again for each tile."""
    block_rows = min(source.block_rows, source.height)
    block_columns = min(source.block_columns, source.width)
    if tile_cells < block_rows * block_columns:
        columns = min(block_columns, tile_cells)
        return max(tile_cells // columns, 1), columns
    columns = min(tile_cells // block_rows // block_columns * block_columns, source.width)
    rows = max(tile_cells // columns // block_rows, 1) * block_rows
    return min(rows, source.height), columns


def _available_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _in_order(
    work: Callable[[_Tile], tuple[Ints, Floats]], tiles: list[_Tile], threads: int | None
) -> Iterator[tuple[Ints, Floats]]:
    """Results in the order of the tiles, with at most two tiles a thread under way."""
    threads = min(threads or _available_cores(), len(tiles))
    if threads <= 1:
        yield from map(work, tiles)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[tuple[Ints, Floats]]] = deque()
        try:
            for tile in tiles:
                waiting.append(pool.submit(work, tile))
                if len(waiting) > 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

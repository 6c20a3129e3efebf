"""The same figures from several libraries: area of each class in each zone.

Each contender takes a raster and layers, and returns, for each layer, the cells of each class by
zone (rows) and code (columns).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import rasterio
import shapely
from rasterio import features
from rasterio.windows import Window

from benchmarks.scenes import CELL, CODES

Layers = dict[str, gpd.GeoDataFrame]
Tables = dict[str, npt.NDArray[np.float64]]
CONTENDERS: dict[str, Callable[[Path, Layers], Tables]] = {}
_STRIP_ROWS = 1024


def contender(name: str) -> Callable[[Callable[[Path, Layers], Tables]], None]:
    """Enter a function under a name."""

    def enter(function: Callable[[Path, Layers], Tables]) -> None:
        CONTENDERS[name] = function

    return enter


def _cover(raster: Path):
    import greencover as gc

    legend = gc.Legend.from_codes({int(code): ("bare", str(code)) for code in CODES})
    return gc.LandCover.open(raster, legend=legend)


@contender("greencover")
def _greencover(raster: Path, layers: Layers) -> Tables:
    import greencover as gc

    areas = gc.class_areas(layers, _cover(raster))
    return {name: table.to_numpy()[:, :-1] * 1e4 / CELL**2 for name, table in areas.items()}


@contender("greencover, 1 thread")
def _greencover_alone(raster: Path, layers: Layers) -> Tables:
    import greencover as gc

    areas = gc.class_areas(layers, _cover(raster), threads=1)
    return {name: table.to_numpy()[:, :-1] * 1e4 / CELL**2 for name, table in areas.items()}


@contender("decoding alone, 1 thread")
def _decode_alone(raster: Path, layers: Layers) -> Tables:
    return _decode(raster, layers, threads=1)


@contender("decoding alone")
def _decode_on_threads(raster: Path, layers: Layers) -> Tables:
    return _decode(raster, layers, threads=None)


def _decode(raster: Path, layers: Layers, threads: int | None) -> Tables:
    """Read every cell in the tiles that the engine reads, and do nothing with them."""
    from contextlib import ExitStack
    from queue import SimpleQueue

    from greencover.ground.threads import in_order, workers
    from greencover.overlay._tiles import TILE_CELLS, tile_shape
    from greencover.rasters import FileCells, bounded_cache

    source = FileCells.open(raster)
    rows, columns = tile_shape(source, TILE_CELLS)
    corners = [
        (top, left)
        for top in range(0, source.height, rows)
        for left in range(0, source.width, columns)
    ]
    idle: SimpleQueue = SimpleQueue()
    with bounded_cache(), ExitStack() as stack:
        for _ in range(workers(threads, len(corners))):
            idle.put(stack.enter_context(source.reading()))

        def read(corner: tuple[int, int]) -> int:
            top, left = corner
            dataset = idle.get()
            height, width = min(rows, source.height - top), min(columns, source.width - left)
            size = source.read(dataset, top, left, height, width)[0].size
            idle.put(dataset)
            return size

        read_cells = sum(in_order(read, corners, threads))
    assert read_cells == source.width * source.height
    return {name: np.zeros((len(zones), len(CODES))) for name, zones in layers.items()}


@contender("exactextract")
def _exactextract(raster: Path, layers: Layers) -> Tables:
    from exactextract import exact_extract

    tables = {}
    for name, zones in layers.items():
        frame = exact_extract(str(raster), zones, ["count", "unique", "frac"], output="pandas")
        table = np.zeros((len(zones), len(CODES)))
        columns = zip(frame["count"], frame["unique"], frame["frac"], strict=True)
        for row, (count, codes, parts) in enumerate(columns):
            table[row, np.searchsorted(CODES, codes)] = parts * count
        tables[name] = table
    return tables


@contender("rasterstats")
def _rasterstats(raster: Path, layers: Layers) -> Tables:
    from rasterstats import zonal_stats

    tables = {}
    for name, zones in layers.items():
        table = np.zeros((len(zones), len(CODES)))
        for row, found in enumerate(zonal_stats(zones, str(raster), categorical=True)):
            for code, count in found.items():
                table[row, np.searchsorted(CODES, code)] = count
        tables[name] = table
    return tables


@contender("rasterise + bincount")
def _bincount(raster: Path, layers: Layers) -> Tables:
    """Burn zone numbers strip by strip and count pairs; a cell has one zone, the last one drawn."""
    tables = {}
    number = np.zeros(256, dtype=np.int64)
    number[CODES] = np.arange(len(CODES))
    with rasterio.open(raster) as dataset:
        for name, zones in layers.items():
            width = len(CODES)
            counts = np.zeros((len(zones) + 1) * width, dtype=np.int64)
            tree = zones.sindex
            for top in range(0, dataset.height, _STRIP_ROWS):
                rows = min(_STRIP_ROWS, dataset.height - top)
                window = Window(0, top, dataset.width, rows)
                box = rasterio.windows.bounds(window, dataset.transform)
                near = np.sort(tree.query(shapely.box(*box)))
                if not near.size:
                    continue
                shapes = zip(zones.geometry.array[near], near + 1, strict=True)
                burnt = features.rasterize(
                    shapes,
                    out_shape=(rows, dataset.width),
                    transform=dataset.window_transform(window),
                    dtype="int32",
                )
                codes = dataset.read(1, window=window)
                counts += np.bincount(
                    (burnt.astype(np.int64) * width + number[codes]).ravel(),
                    minlength=len(counts),
                )
            tables[name] = counts.reshape(-1, width)[1:].astype(float)
    return tables


@contender("xarray-spatial crosstab")
def _crosstab(raster: Path, layers: Layers) -> Tables:
    """Burn zone numbers into a whole raster, then cross it with the codes."""
    import xarray
    from xrspatial import zonal_crosstab

    tables = {}
    with rasterio.open(raster) as dataset:
        cells = dataset.read(1)
        for name, zones in layers.items():
            burnt = features.rasterize(
                zip(zones.geometry.array, range(1, len(zones) + 1), strict=True),
                out_shape=cells.shape,
                transform=dataset.transform,
                dtype="int32",
            )
            frame = zonal_crosstab(
                xarray.DataArray(burnt, dims=("y", "x")), xarray.DataArray(cells, dims=("y", "x"))
            ).set_index("zone")
            table = np.zeros((len(zones) + 1, len(CODES)))
            for code in frame.columns:
                if int(code) in CODES:
                    table[frame.index, np.searchsorted(CODES, int(code))] = frame[code]
            tables[name] = table[1:]
    return tables

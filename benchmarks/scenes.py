"""Rasters and zones to measure on, made from a seed.

The raster looks like a land-cover product: patches of all sizes with ragged borders. The zones
look like a county's: townships and villages that share borders, and strips along winding roads.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import rasterio
import shapely
from affine import Affine
from rasterio.windows import Window

CRS = "EPSG:32650"
CELL = 10.0
WEST, NORTH = 400_000.0, 3_600_000.0
CODES = np.array([10, 20, 30, 40, 50, 60, 80, 90], dtype=np.uint8)
# Shares of the classes, as in a hilly county: mostly trees and crops.
_BREAKS = np.array([0.42, 0.48, 0.58, 0.80, 0.88, 0.92, 0.97])
_PERIODS = (1500, 300, 60, 12)
_AMPLITUDES = (1.0, 0.7, 0.4, 0.2)
_NOISE = 0.03
STRIP_M, STEP_M, OFFSET_M = 10.0, 10.0, 6.0


def raster(folder: Path, size: int, *, seed: int = 1) -> Path:
    """Categorical raster of ``size`` x ``size`` cells, tiled, DEFLATE; made once."""
    path = folder / f"cover_{size}.tif"
    if path.exists():
        return path
    random = np.random.default_rng(seed)
    fields = [random.normal(size=(size // p + 3, size // p + 3)) for p in _PERIODS]
    quantiles = np.quantile(_field_rows(fields, 0, min(size, 4000), size), _BREAKS)
    partial = path.with_suffix(".partial.tif")
    with rasterio.open(
        partial,
        "w",
        driver="GTiff",
        width=size,
        height=size,
        count=1,
        dtype="uint8",
        crs=CRS,
        transform=Affine(CELL, 0.0, WEST, 0.0, -CELL, NORTH),
        nodata=0,
        tiled=True,
        blockxsize=512,
        blockysize=512,
        compress="deflate",
        num_threads=2,
    ) as dataset:
        for top in range(0, size, 512):
            rows = min(512, size - top)
            field = _field_rows(fields, top, rows, size)
            field += random.normal(scale=_NOISE, size=field.shape).astype(np.float32)
            cells = CODES[np.searchsorted(quantiles, field)]
            dataset.write(cells, 1, window=Window(0, top, size, rows))
    return partial.replace(path)


def _field_rows(
    fields: list[npt.NDArray[np.float64]], top: int, rows: int, size: int
) -> npt.NDArray[np.float32]:
    """Sum of coarse random grids, interpolated along both axes."""
    total = np.zeros((rows, size), dtype=np.float32)
    for grid, period, amplitude in zip(fields, _PERIODS, _AMPLITUDES, strict=True):
        y = np.arange(top, top + rows) / period
        x = np.arange(size) / period
        j = y.astype(int)
        across = grid[j] + (y - j)[:, None] * (grid[j + 1] - grid[j])
        i = x.astype(int)
        share = (x - i).astype(np.float32)
        low = across.astype(np.float32)[:, i]
        total += amplitude * (low + share * (across.astype(np.float32)[:, i + 1] - low))
    return total


def extent(size: int) -> tuple[float, float, float, float]:
    """West, south, east, north of the raster."""
    return WEST, NORTH - size * CELL, WEST + size * CELL, NORTH


def districts(size: int, count: int, *, seed: int, step_m: float) -> gpd.GeoDataFrame:
    """Zones that share ragged borders, with a vertex about every ``step_m`` metres."""
    random = np.random.default_rng(seed)
    west, south, east, north = extent(size)
    points = shapely.MultiPoint(random.uniform([west, south], [east, north], (count, 2)))
    frame = shapely.box(west, south, east, north)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame))
    cells = shapely.segmentize(shapely.intersection(cells, frame), step_m)
    waves = random.uniform(0.0, 2.0 * np.pi, (6, 2))
    lengths = step_m * np.array([3.0, 5.0, 9.0, 17.0, 33.0, 65.0])

    def bend(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Move all vertices by one smooth field, so that neighbours keep their common border."""
        moved = xy.copy()
        for (a, b), length in zip(waves, lengths, strict=True):
            phase = 2.0 * np.pi / length
            moved[:, 0] += 0.06 * length * np.sin(phase * xy[:, 1] + a)
            moved[:, 1] += 0.06 * length * np.sin(phase * xy[:, 0] + b)
        return moved

    zones = shapely.intersection(shapely.make_valid(shapely.transform(cells, bend)), frame)
    keep = np.isin(shapely.get_type_id(zones), (3, 6)) & ~shapely.is_empty(zones)
    return gpd.GeoDataFrame(geometry=zones[keep], crs=CRS)


def townships(size: int) -> gpd.GeoDataFrame:
    """About 50 townships on 10,000 x 10,000 cells, and as many on any size."""
    return districts(size, 50, seed=2, step_m=60.0 * size / 10_000)


def villages(size: int) -> gpd.GeoDataFrame:
    """About 2,000 villages."""
    return districts(size, 2000, seed=3, step_m=60.0 * size / 10_000)


def strips(size: int, count: int = 100_000) -> gpd.GeoDataFrame:
    """Quads of 10 m along winding roads, one to either side of each station."""
    random = np.random.default_rng(4)
    west, south, east, north = extent(size)
    roads = 40
    stations = count // (2 * roads)
    quads = np.empty((roads, 2, stations, 4, 2))
    for road in range(roads):
        turns = np.cumsum(random.normal(scale=0.03, size=stations + 1))
        heading = random.uniform(0, 2 * np.pi) + 0.6 * np.sin(turns)
        steps = STEP_M * np.column_stack([np.cos(heading), np.sin(heading)])
        line = random.uniform([west, south], [east, north]) + np.cumsum(steps, axis=0)
        # Roads that leave the county come in again on the other side.
        normal = np.column_stack([-np.sin(heading), np.cos(heading)])
        for side, sign in enumerate((1.0, -1.0)):
            inner = line + sign * OFFSET_M * normal
            outer = line + sign * (OFFSET_M + STRIP_M) * normal
            quads[road, side] = np.stack([inner[:-1], inner[1:], outer[1:], outer[:-1]], axis=1)
    flat = quads.reshape(-1, 4, 2)
    low, span = np.array([west, south]), np.array([east - west, north - south])
    turn = np.floor((flat.mean(axis=1) - low) / span)
    flat = flat - (turn * span)[:, None, :]
    return gpd.GeoDataFrame(geometry=shapely.polygons(flat), crs=CRS)


def squares(size: int, cells: int = 50) -> gpd.GeoDataFrame:
    """Every square of 50 x 50 cells, off the grid by a third of a cell."""
    west, _, _, north = extent(size)
    number = np.arange(size // cells - 1)
    column, row = (axis.ravel() for axis in np.meshgrid(number, number))
    left = west + (column * cells + 1.0 / 3.0) * CELL
    top = north - (row * cells + 1.0 / 3.0) * CELL
    side = cells * CELL
    return gpd.GeoDataFrame(geometry=shapely.box(left, top - side, left + side, top), crs=CRS)


SCENES: dict[str, Any] = {"townships": townships, "villages": villages, "strips": strips}

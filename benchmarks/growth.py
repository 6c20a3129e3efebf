"""How the time grows when the raster, the zones, or their edges double."""

from __future__ import annotations

import time
from pathlib import Path

import geopandas as gpd
import shapely

import greencover as gc
from benchmarks import scenes
from benchmarks.contenders import CODES
from benchmarks.report import table

_SIZE = 10_000


def growth(folder: Path) -> str:
    """Times of doubled jobs beside the plain ones, as a Markdown table."""
    legend = gc.Legend.from_codes({int(code): ("bare", str(code)) for code in CODES})
    cover = gc.LandCover.open(scenes.raster(folder, _SIZE), legend=legend)
    wide = gc.LandCover.open(scenes.raster(folder, 14_142), legend=legend)
    villages = scenes.districts(_SIZE, 2000, seed=3, step_m=60.0)
    half = villages.iloc[::2]
    finer = shapely.segmentize(villages.geometry.array, 30.0)
    dense = gpd.GeoDataFrame(geometry=finer, crs=villages.crs)
    grown = scenes.districts(14_142, 2000, seed=3, step_m=60.0)
    strips = scenes.strips(_SIZE, 100_000)
    rows = []
    plain = seconds(villages, cover)
    for what, zones, on in (
        ("2,000 villages, 100 million cells", villages, cover),
        ("half of the villages", half, cover),
        ("the same villages, twice the vertices", dense, cover),
        ("2,000 villages on twice the cells", grown, wide),
    ):
        rows.append(_row(what, zones, seconds(zones, on), plain))
    one = seconds(strips, cover)
    rows.append(_row("100,000 strips", strips, one, one))
    for count in (200_000, 400_000, 1_000_000):
        many = scenes.strips(_SIZE, count)
        rows.append(_row(f"{count:,} strips", many, seconds(many, cover), one))
    return table(["", "zones", "edges", "seconds", "CPU seconds", "times the plain job's"], rows)


def _row(
    what: str, zones: gpd.GeoDataFrame, took: tuple[float, float], plain: tuple[float, float]
) -> list[str]:
    edges = int(zones.count_coordinates().sum()) - len(zones)
    return [what, f"{len(zones):,}", f"{edges:,}", *_figures(took), f"{took[1] / plain[1]:.2f}"]


def _figures(took: tuple[float, float]) -> list[str]:
    return [f"{value:.2f}" for value in took]


def seconds(zones: gpd.GeoDataFrame, cover: gc.LandCover, repeats: int = 3) -> tuple[float, float]:
    """Least wall time and least CPU time of some runs."""
    wall, cpu = float("inf"), float("inf")
    for _ in range(repeats):
        start, cpu_start = time.perf_counter(), time.process_time()
        gc.class_areas(zones, cover)
        wall = min(wall, time.perf_counter() - start)
        cpu = min(cpu, time.process_time() - cpu_start)
    return wall, cpu

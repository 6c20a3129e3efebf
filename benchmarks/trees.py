"""What an inventory of trees adds to the roadside greening of a large network, in seconds.

    python -m benchmarks.trees [trees] [km of road]

Roads wind as those of ``benchmarks.corridor``; along both sides of them stand trees at even
distances, one in twenty missing.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

import greencover as gc
from benchmarks.corridor import network, raster

_METRES = np.array([97_500.0, 110_800.0])
_OFFSET_M = 9.0


def standing(roads: gpd.GeoDataFrame, count: int) -> gpd.GeoDataFrame:
    """Trees beside roads, 9 m from the centreline, on both sides."""
    places = []
    each = count // (2 * len(roads)) + 1
    for line in roads.geometry:
        plane = shapely.transform(line, lambda xy: xy * _METRES)
        at = np.linspace(0.0, plane.length, each)
        ahead = shapely.get_coordinates(shapely.line_interpolate_point(plane, at + 0.5))
        behind = shapely.get_coordinates(shapely.line_interpolate_point(plane, at - 0.5))
        way = ahead - behind
        way /= np.maximum(np.hypot(*way.T), 1e-9)[:, None]
        across = np.column_stack([-way[:, 1], way[:, 0]]) * _OFFSET_M
        places += [(ahead + behind) / 2 + across, (ahead + behind) / 2 - across]
    xy = np.vstack(places)[:count] / _METRES
    rng = np.random.default_rng(0)
    return gpd.GeoDataFrame(
        {"status": np.where(rng.random(len(xy)) < 0.05, "vacant", "alive")},
        geometry=shapely.points(xy),
        crs=roads.crs,
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    km = float(sys.argv[2]) if len(sys.argv) > 2 else 1_000.0
    with tempfile.TemporaryDirectory() as folder:
        cover = gc.LandCover.open(raster(Path(folder)), legend="worldcover")
        roads = network(120)
        length = roads.geometry.map(lambda line: line.length * _METRES.mean() / 1000.0)
        roads = roads[length.cumsum() <= km].reset_index(drop=True)
        trees = standing(roads, count)
        area = shapely.box(*roads.total_bounds).buffer(0.01)
        surveyed = gpd.GeoDataFrame(geometry=[area], crs=roads.crs)
        given = {"trees": trees, "status": "status", "surveyed": surveyed}
        ways = {
            "without trees": {},
            "by crowns": {**given, "crown_m": 6.0},
            "by spacing": {**given, "spacing_m": 30.0},
        }
        # Compiled code is loaded before the clock runs.
        for more in ways.values():
            gc.roadside_greening(roads.iloc[:1], cover, **more)
        for name, more in ways.items():
            best = []
            for _ in range(3):
                wall, cpu = time.perf_counter(), time.process_time()
                road = gc.roadside_greening(roads, cover, **more)
                best.append((time.process_time() - cpu, time.perf_counter() - wall))
            cpu, wall = min(best)
            strips = len(road.sides)
            print(f"{name}: {cpu:.1f} s of one core, {wall:.1f} s, {strips:,} strips")
    print(f"{len(trees):,} trees, {float(length[: len(roads)].sum()):,.0f} km of road")


if __name__ == "__main__":
    main()

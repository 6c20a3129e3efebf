"""Strips per second and memory of the roadside greening of a large synthetic network.

    python benchmarks/corridor.py [roads] [strips at once]

Roads are some 64 km long and wind, and every 5 km another one crosses them; the raster has
8,000 x 8,000 cells of 10 m.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin

import greencover as gc

WEST, NORTH, SIZE = 114.0, 28.0, 8000


def raster(folder: Path) -> Path:
    rng = np.random.default_rng(0)
    blocks = rng.choice([10, 20, 30, 40, 50], size=(SIZE // 8, SIZE // 8)).astype(np.uint8)
    path = folder / "cover.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=SIZE, height=SIZE, count=1, dtype="uint8",
        crs="EPSG:4326", transform=from_origin(WEST, NORTH, 1 / 12000, 1 / 12000),
        tiled=True, blockxsize=512, blockysize=512, compress="deflate",
    ) as file:  # fmt: skip
        file.write(np.kron(blocks, np.ones((8, 8), dtype=np.uint8)), 1)
    return path


def network(roads: int) -> gpd.GeoDataFrame:
    x = np.linspace(WEST + 0.02, WEST + 0.64, 1500)
    step = 0.6 / roads
    y = 0.25 * step * np.sin(200.0 * x)
    lines = [
        shapely.LineString(np.column_stack([x, NORTH - 0.63 + i * step + y])) for i in range(roads)
    ]
    # Every 5 km a road across them all.
    lines += [
        shapely.LineString([(at, NORTH - 0.64), (at + 0.004, NORTH - 0.02)])
        for at in np.arange(WEST + 0.03, WEST + 0.63, 0.05)
    ]
    return gpd.GeoDataFrame(
        {"name": [f"R{i}" for i in range(len(lines))], "grade": "county"}, geometry=lines, crs=4326
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 120
    at_once = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        cover = gc.LandCover.open(raster(Path(folder)), legend="worldcover")
        roads = network(count)
        # Compiled code is loaded before the clock runs.
        gc.roadside_greening(roads.iloc[:2], cover)
        wall, cpu = time.perf_counter(), time.process_time()
        strips = km = 0.0
        for part in gc.roadside_greening_in_groups(roads, cover, strips_at_once=at_once):
            strips += len(part.sides)
            km += part.rates["side_km"].sum() / 2.0
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"{strips:,.0f} strips of {km:,.0f} km in {wall:.1f} s: {strips / wall:,.0f} a second")
    print(f"{strips / cpu:,.0f} for a second of one core, at most {peak:,.0f} MB")


if __name__ == "__main__":
    main()

"""Figures of random scenes, to be computed twice: by compiled code and by the same code as Python.

Run as a program, it writes them to the file given.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).parents[1]))

import greencover as gc
from corridor_scenes import GRASS, TREE, Scene
from strategies import CODES, blobs, cover_of, write_raster, zones_of

SCENES = 60


def figures(folder: Path) -> list[npt.NDArray[np.float64]]:
    """Tables of all scenes."""
    return [table for seed in range(SCENES) for table in of_scene(folder, seed)] + strips(folder)


def of_scene(folder: Path, seed: int) -> list[npt.NDArray[np.float64]]:
    """Zones narrow and wide, of classes in patches or mixed, of a long legend, and of values."""
    random = np.random.default_rng(seed)
    rows, columns = int(random.integers(1, 25)), int(random.integers(1, 330))
    long = seed % 5 == 0
    codes: tuple[int, ...] = tuple(range(40, 75)) if long else CODES
    shape = (rows, columns)
    few = random.choice(np.array(codes, dtype=np.uint8), (rows, -(-columns // 9)))
    cells = np.repeat(few, 9, axis=1)[:, :columns]
    if seed % 2:
        cells = random.choice(np.array(codes, dtype=np.uint8), shape)
    cells[random.random(shape) < 0.05] = 255
    path = write_raster(folder / f"{seed}.tif", cells, nodata=255)
    cover = cover_of(path, *codes)
    sizes = (15.0, 150.0, 2500.0)
    zones = zones_of(
        *(z for n, size in enumerate(sizes) for z in blobs(seed + n, 4, cover.bounds, size=size))
    )
    if seed % 3 == 0:
        zones = zones.to_crs("EPSG:4326")
    values = write_raster(folder / f"{seed}-values.tif", random.normal(size=shape))
    options: dict[str, Any] = {"tile_cells": int(random.choice([50, 900, 10**6]))}
    found = [
        gc.class_areas(zones, cover, **options),
        gc.zonal_sums(zones, values, kind="density", **options),
    ]
    if not long:
        patches = cover.with_minimum_patch(["bare"], mu=0.6, counts_as="grass")
        found.append(gc.class_areas(zones, patches, **options))
    return [table.to_numpy() for table in found]


def strips(folder: Path) -> list[npt.NDArray[np.float64]]:
    """A road that bends back upon itself."""
    scene = Scene(folder)
    cover = scene.cover(lambda x, y: np.where((x // 7 + y // 5) % 2 == 0, TREE, GRASS), half=300.0)
    road = scene.line((-200, 0), (0, 30), (40, 0), (0, -20), (-150, -25))
    found = gc.roadside_greening(
        scene.roads(road), cover, grade=None, offset_m=3.0, belt_m=20.0, threshold=0.5
    )
    return [found.rates.select_dtypes("number").to_numpy(dtype=float)]


if __name__ == "__main__":
    where = Path(sys.argv[1])
    np.savez(where, *figures(where.parent))

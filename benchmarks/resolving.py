"""What rates of roadside greening are worth on cells of several sizes, against rows that are known.

A network of winding roads is lined with rows of trees of one width at stations that are known;
woods lie behind the belts. The ground is drawn finely and mapped by the most frequent class in
cells of 1 to 30 m, the grid anywhere and all trees moved by a position error. The range of the
rate is held against the truth. Run ``python -m benchmarks.resolving``.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from affine import Affine
from rasterio.features import rasterize
from shapely.ops import substring

import greencover as gc
from greencover.cover import Legend
from greencover.cover.land_cover import LandCover
from greencover.rasters import ArrayCells

CRS = "EPSG:32651"
EAST, NORTH = 500_000.0, 3_400_000.0
SIZE_M = 1_500.0
OFFSET_M, BELT_M, STEP_M = 6.0, 10.0, 10.0
TREE, GRASS = 10, 30
CELLS_M = (1.0, 2.0, 5.0, 10.0, 30.0)
ERRORS_M = (0.0, 0.5, 1.0)


@dataclass(frozen=True)
class Ground:
    """A network, the trees beside it in fine cells, and which part of its sides is greened."""

    roads: gpd.GeoDataFrame
    trees: npt.NDArray[np.bool_]
    fine_m: float
    truth_pct: float
    row_m: float

    def cover(self, cell_m: float, error_m: float, seed: int) -> LandCover:
        """The ground mapped by the most frequent class, the trees moved, the grid anywhere."""
        rng = np.random.default_rng(seed)
        moved = np.rint(rng.normal(0.0, error_m, 2) / self.fine_m).astype(int)
        trees = np.roll(self.trees, tuple(moved), axis=(0, 1))
        side = round(cell_m / self.fine_m)
        first = rng.integers(0, side, 2)
        count = (np.array(trees.shape) - first) // side
        low, high = first, first + count * side
        blocks = trees[low[0] : high[0], low[1] : high[1]]
        share = blocks.reshape(count[0], side, count[1], side).mean((1, 3))
        corner = Affine.translation(EAST + low[1] * self.fine_m, NORTH - low[0] * self.fine_m)
        cells = ArrayCells.of(
            np.where(share >= 0.5, TREE, GRASS).astype("uint8"),
            transform=corner @ Affine.scale(cell_m, -cell_m),
            crs=CRS,
            name="cover",
        )
        return LandCover(sources=(cells,), legend=Legend.load("worldcover"))


def ground(
    row_m: float, lined_share: float, *, seed: int, fine_m: float = 0.5, roads: int = 8
) -> Ground:
    """Winding roads across a square, a share of their stations lined, in stretches."""
    rng = np.random.default_rng(seed)
    lines = [_road(rng, number, roads) for number in range(roads)]
    rows, lined, stations = [], 0, 0
    for line in lines:
        count = max(round(line.length / STEP_M), 1)
        step = line.length / count
        for sign in (1.0, -1.0):
            at = 0
            while at < count:
                end = min(at + int(rng.integers(2, 16)), count)
                if rng.random() < lined_share:
                    lined += end - at
                    part = substring(line, at * step, end * step)
                    middle = part.offset_curve(sign * (OFFSET_M + row_m / 2.0))
                    rows.append(middle.buffer(row_m / 2.0, cap_style="flat"))
                at = end
            stations += count
    count = round(SIZE_M / fine_m)
    grid = Affine(fine_m, 0, EAST, 0, -fine_m, NORTH)

    def drawn(shapes: list[shapely.Geometry]) -> npt.NDArray[np.bool_]:
        burnt = rasterize(shapes, (count, count), transform=grid, dtype="uint8") if shapes else 0
        return np.asarray(burnt, dtype=bool) | np.zeros((count, count), dtype=bool)

    # Woods keep out of the belts, so that it is known what is lined.
    belts = [line.buffer(OFFSET_M + max(BELT_M, row_m)) for line in lines]
    places = rng.uniform(0.0, SIZE_M, (40, 2))
    radii = rng.uniform(20.0, 90.0, 40)
    woods = [
        shapely.Point(EAST + x, NORTH - y).buffer(radius)
        for (x, y), radius in zip(places.tolist(), radii.tolist(), strict=True)
    ]
    trees = drawn(rows) | (drawn(woods) & ~drawn(belts))
    names = {"name": [f"R{number}" for number in range(roads)]}
    frame = gpd.GeoDataFrame(names, geometry=lines, crs=CRS)
    return Ground(frame, trees, fine_m, 100.0 * lined / stations, row_m)


def _road(rng: np.random.Generator, number: int, roads: int) -> shapely.LineString:
    """A winding road through a lane of its own."""
    lane = SIZE_M / roads
    x = np.arange(60.0, SIZE_M - 60.0, 30.0)
    sway = rng.uniform(0.1, 0.2) * lane * np.sin(x / rng.uniform(100, 300) + rng.uniform(0, 6))
    y = (number + 0.5) * lane + sway + rng.uniform(-0.1, 0.1) * (x - SIZE_M / 2) * lane / SIZE_M
    return shapely.LineString(np.column_stack([EAST + x, NORTH - y]))


def judged(
    scene: Ground, cell_m: float, *, error_m: float = 0.0, narrowest_m: float = 6.0, seed: int = 1
) -> gc.RoadsideGreening:
    """Roadside greening of one ground on one map."""
    return gc.roadside_greening(
        scene.roads,
        scene.cover(cell_m, error_m, seed),
        grade=None,
        offset_m=OFFSET_M,
        belt_m=BELT_M,
        step_m=STEP_M,
        row_width_m=narrowest_m,
        position_error_m=error_m,
    )


def validate(scenes: int, narrowest_m: float) -> pd.DataFrame:
    """One row a scene: cells, error of position, truth, and the range found."""
    rows = []
    for seed in range(scenes):
        cell = CELLS_M[seed % len(CELLS_M)]
        error = ERRORS_M[seed // len(CELLS_M) % len(ERRORS_M)]
        rng = np.random.default_rng(1000 + seed)
        row_m, share = rng.uniform(narrowest_m, 15.0), rng.uniform(0.1, 0.98)
        scene = ground(row_m, share, seed=seed, fine_m=0.5 if cell < 5.0 else 1.0)
        road = judged(scene, cell, error_m=error, narrowest_m=narrowest_m, seed=seed)
        found = road.rates_by().iloc[0]
        rows.append(
            {
                "cell_m": cell,
                "error_m": error,
                "row_m": row_m,
                "truth_pct": scene.truth_pct,
                "map_pct": found["greening_pct"],
                "low_pct": found["low_pct"],
                "high_pct": found["high_pct"],
            }
        )
    table = pd.DataFrame(rows)
    truth = table["truth_pct"]
    # A station is some metres: where rows end inside bends, a truth is known to half a point.
    table["held"] = truth.between(table["low_pct"] - 0.5, table["high_pct"] + 0.5)
    table["width"] = table["high_pct"] - table["low_pct"]
    table["off"] = (table["map_pct"] - truth).abs()
    return table


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """By cell size: how often the range holds the truth, its width, and how far the map is off."""
    return table.groupby("cell_m").agg(
        scenes=("held", "size"),
        held=("held", "sum"),
        width=("width", "mean"),
        map_off=("off", "mean"),
        worst_off=("off", "max"),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=200)
    parser.add_argument("--narrowest", type=float, action="append")
    given = parser.parse_args()
    for narrowest in given.narrowest or [3.0, 6.0]:
        found = validate(given.scenes, narrowest)
        print(f"rows of {narrowest:g} to 15 m; held {found['held'].mean():.1%}")
        print(summary(found).round(1).to_string())
        print(found[~found["held"]].round(1).to_string(), flush=True)

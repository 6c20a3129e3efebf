"""A city whose every street tree is known: covers of three grids and an inventory from one truth.

Sixteen streets of 1,200 m make blocks of 150 m. Every 8 m along both sides of a street is a site,
2 m behind the kerb. Three of five block faces are planted, with one site in twelve vacant; one in
twenty is planted by half; the others have a tree at one site in a hundred. Courtyards have groups
of trees that no street has a claim to.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from affine import Affine

import greencover as gc
from greencover.rasters import ArrayCells

CRS, WEST, NORTH, SIZE = "EPSG:4547", 500_000.0, 3_001_200.0, 1200
OFFSET, BELT, EDGE, STEP = 4.0, 6.0, 2.0, 8.0
TREE, BUILT = 10, 50
LEGEND = gc.Legend.from_codes({TREE: ("tree", "Trees"), BUILT: ("built", "Built")})
STREETS = np.arange(75, SIZE, 150)


@dataclass(frozen=True)
class City:
    """Streets, what stands at every site, and the ground under crowns by metre."""

    streets: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    canopy: np.ndarray

    def cover(self, cell: int) -> gc.LandCover:
        """Land cover on cells of so many metres, each of the class of most of its ground."""
        count = SIZE // cell
        share = self.canopy.reshape(count, cell, count, cell).mean(axis=(1, 3))
        codes = np.where(share >= 0.5, TREE, BUILT).astype("uint8")
        placed = Affine(cell, 0, WEST, 0, -cell, NORTH)
        cells = ArrayCells.of(codes, transform=placed, crs=CRS, name=f"{cell} m")
        return gc.LandCover.open(cells, legend=LEGEND)


def built(seed: int = 4) -> City:
    """Build the city; the same for the same seed."""
    rng = np.random.default_rng(seed)
    lines, names, places, crowns, living = [], [], [], [], []
    for way in ("E", "N"):
        for number, across in enumerate(STREETS):
            ends = np.array([(0.0, across), (float(SIZE), across)])
            lines.append(shapely.LineString((ends if way == "E" else ends[:, ::-1]) + _CORNER))
            names.append(f"{way}{number}")
            for side in (-1.0, 1.0):
                for start in (0.0, *STREETS[:-1].astype(float), float(STREETS[-1])):
                    _face(rng, way, across, side, start, places, crowns, living)
    xy = np.array(places)
    state = np.where(living, "alive", "vacant").astype(object)
    sites = gpd.GeoDataFrame(
        {"state": state, "crown": crowns}, geometry=shapely.points(xy + _CORNER), crs=CRS
    )
    streets = gpd.GeoDataFrame({"name": names}, geometry=lines, crs=CRS)
    yards = rng.uniform(0, SIZE, (900, 2))
    yards = yards[_from_street(yards) > 25.0]
    alive = np.array(living)
    discs = np.vstack(
        [
            np.column_stack([xy[alive], np.array(crowns)[alive] / 2]),
            np.column_stack([yards, rng.uniform(3, 9, len(yards))]),
        ]
    )
    return City(streets, sites, _under(discs))


_CORNER = np.array([WEST, NORTH - SIZE])


def _face(rng, way, across, side, start, places, crowns, living) -> None:
    """Sites of one side of a street between two crossings, 12 m of which stay open at each."""
    end = float(SIZE) if start == STREETS[-1] else start + (75.0 if start == 0.0 else 150.0)
    filled = rng.choice([0.92, 0.5, 0.01], p=[0.6, 0.05, 0.35])
    for at in np.arange(start + 12.0, end - 12.0, STEP):
        place = (at, across + side * (OFFSET + EDGE))
        places.append(place if way == "E" else place[::-1])
        crowns.append(float(rng.uniform(6.0, 11.0)))
        living.append(bool(rng.random() < filled))


def _from_street(xy: np.ndarray) -> np.ndarray:
    return np.abs(xy[:, :, None] - STREETS).min(axis=(1, 2))


def _under(discs: np.ndarray) -> np.ndarray:
    """Cells of a metre whose middle lies under a crown, north first."""
    canopy = np.zeros((SIZE, SIZE), dtype=bool)
    for x, y, radius in discs:
        low, high = (np.clip(int(v), 0, SIZE) for v in (x - radius - 1, x + radius + 2))
        down, up = (np.clip(int(v), 0, SIZE) for v in (y - radius - 1, y + radius + 2))
        gx, gy = np.meshgrid(np.arange(low, high) + 0.5, np.arange(down, up) + 0.5)
        canopy[down:up, low:high] |= (gx - x) ** 2 + (gy - y) ** 2 <= radius**2
    return canopy[::-1]

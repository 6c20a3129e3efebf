"""Which source finds the vacant sites of a city whose every street tree is known.

Covers of three grids and an inventory are made from one truth. Sixteen streets of 1,200 m make
blocks of 150 m. Every 8 m along both sides of a street is a site, 2 m behind the kerb. Three of
five block faces are planted, with one site in twelve vacant; one in twenty is planted by half; the
others have a tree at one site in a hundred. Courtyards have groups of trees that no street has a
claim to. Run ``python -m benchmarks.tree_city`` for the table in docs/corridors.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from affine import Affine

import greencover as gc
from greencover.rasters import ArrayCells

SPACING_M = 15.0
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

    def with_errors(self, seed: int = 5) -> gpd.GeoDataFrame:
        """The inventory with places 1 m off in either axis and one tree in twenty left out."""
        rng = np.random.default_rng(seed)
        kept = (self.sites["state"] != "alive") | (rng.random(len(self.sites)) > 0.05)
        xy = shapely.get_coordinates(self.sites.geometry) + rng.normal(0, 1, (len(self.sites), 2))
        return self.sites.set_geometry(gpd.points_from_xy(*xy.T, crs=CRS))[kept]


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


def judged(city: City) -> Iterator[tuple[str, gc.RoadsideGreening]]:
    """Greening by each source: the name of the source, and the result."""
    extent = gpd.GeoDataFrame(
        geometry=[shapely.box(WEST, NORTH - SIZE, WEST + SIZE, NORTH)], crs=CRS
    )
    rules = {"grade": None, "offset_m": OFFSET, "belt_m": BELT}
    inventory = {"trees": city.sites, "status": "state", "crown_m": "crown", "surveyed": extent}
    given = {
        "cover of 30 m": (30, {}),
        "cover of 10 m": (10, {}),
        "cover of 1 m": (1, {}),
        "inventory, crowns": (30, inventory),
        "inventory, spacing": (30, {**inventory, "spacing_m": SPACING_M}),
        "inventory with errors": (
            30,
            {**inventory, "spacing_m": SPACING_M, "trees": city.with_errors()},
        ),
    }
    for name, (cell, more) in given.items():
        yield name, gc.roadside_greening(city.streets, city.cover(cell), **rules, **more)


def called_gap(road: gc.RoadsideGreening, places: pd.DataFrame) -> float:
    """Share of places on sides called a gap; one between two sides must have gaps on both."""
    on = []
    sides = dict(tuple(road.sides.groupby(["road", "side"])))
    for key, part in places.groupby(["road", "side"]):
        of = sides[key]
        at = part["at_m"].to_numpy()[:, None]
        touches = (of["from_m"].to_numpy() <= at + 0.01) & (of["to_m"].to_numpy() >= at - 0.01)
        gap = of["status"].isin(["gap", "not seen"]).to_numpy()
        on.append((touches & ~gap).sum(axis=1) == 0)
    return float(np.concatenate(on).mean())


def treeless(road: gc.RoadsideGreening, alive: pd.DataFrame) -> float:
    """Share of the length called a gap that has no tree within it."""
    gaps = road.sides[road.sides["status"].isin(["gap", "not seen"])]
    empty = 0.0
    for (name, side), part in gaps.groupby(["road", "side"]):
        at = np.sort(alive.loc[(alive["road"] == name) & (alive["side"] == side), "at_m"])
        first = np.searchsorted(at, part["from_m"] + 0.01)
        last = np.searchsorted(at, part["to_m"] - 0.01)
        empty += part.loc[first == last, "length_m"].sum()
    return float(empty / gaps["length_m"].sum())


def table(city: City) -> pd.DataFrame:
    """What each source calls a gap, held against what stands there, in percent."""
    results = dict(judged(city))
    standing = results["inventory, crowns"].trees
    alive, vacant = (standing[standing["condition"] == one] for one in ("alive", "vacant"))
    rows = {}
    for name, road in results.items():
        trees, sites = called_gap(road, alive), called_gap(road, vacant)
        rates = road.rates_by().iloc[0]
        rows[name] = {
            "trees on gaps": 100.0 * trees,
            "vacant sites on gaps": 100.0 * sites,
            "lift": sites / trees if trees else np.inf,
            "gap length without a tree": 100.0 * treeless(road, alive),
            "greened": rates["greening_pct"],
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def main() -> None:
    """Print the table."""
    found = table(built())
    print("| judged by | " + " | ".join(found.columns) + " |")
    print("|" + "---|" * (len(found.columns) + 1))
    for name, row in found.iterrows():
        lift = "no tree on a gap" if np.isinf(row["lift"]) else f"{row['lift']:.2f}"
        cells = [lift if key == "lift" else f"{value:.1f} %" for key, value in row.items()]
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()

"""Residents from a grid that leaves ground without a value: figures a head carry bounds."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

import greencover as gc
from small_county import EAST, NORTH, SIZE, SOUTH, WEST, SmallCounty, write_raster

GRID = '\n[layers.townships.population_grid]\npath = "people.tif"\nkind = "count"\n'
SHARED = """
[layers.villages]
path = "villages.gpkg"
code = "code"
name = "name"
population_shared = true
"""
BUILT = 50


def assessed(folder, people: np.ndarray, *, outline: bool = False) -> pd.DataFrame:
    county = SmallCounty().without_roads()
    county.replace('population = "residents"\n', "")
    county.text += GRID
    if outline:
        county.text += '\n[layers.county]\npath = "outline.gpkg"\n'
    campaign = county.write(folder)
    gpd.GeoDataFrame(geometry=[shapely.box(WEST, SOUTH, EAST, NORTH)], crs=4326).to_file(
        folder / "outline.gpkg"
    )
    write_raster(folder / "people.tif", people)
    with rasterio.open(folder / "people.tif", "r+") as file:
        file.nodata = -1.0
    table = gc.assess(campaign).table
    return table[table["indicator"] == "park_green_per_capita"].set_index("unit")


@pytest.mark.parametrize("outline", [False, True])
def test_unseen_ground_may_be_empty_or_as_full_as_the_densest(tmp_path, outline):
    """Two residents a cell in the west; one in the east, a quarter of which is not seen."""
    people = np.full((SIZE, SIZE), 2.0)
    people[:, SIZE // 2 :] = 1.0
    people[:, -5:] = -1.0
    rows = assessed(tmp_path, people, outline=outline)
    park_m2 = rows.loc["T1", "numerator"] * 10_000.0
    west, east, hidden = 2.0 * 800, 1.0 * 600, 2.0 * 200
    county = rows[rows["level"] == "county"].iloc[0]
    assert county["denominator"] == pytest.approx(west + east, rel=1e-4)
    assert county["high"] == pytest.approx(park_m2 / (west + east), rel=1e-3)
    assert county["low"] == pytest.approx(park_m2 / (west + east + hidden), rel=1e-3)
    # The west is seen wholly, and has no bounds to carry.
    assert np.isnan(rows.loc["T1", "low"])


def test_residents_of_a_county_are_not_known_where_a_townships_are_not(tmp_path):
    people = np.full((SIZE, SIZE), 2.0)
    people[:, SIZE // 2 :] = -1.0
    rows = assessed(tmp_path, people)
    county = rows[rows["level"] == "county"].iloc[0]
    assert np.isnan(county["value"])
    assert county["verdict"] in ("no data", "no target")
    assert rows.loc["T1", "denominator"] == pytest.approx(1600.0, rel=1e-4)


def test_residents_shared_out_to_villages_carry_what_was_not_seen(tmp_path):
    """The north of the west township holds half its houses, and ground that may hold more.

    Of 160 cells of houses 80 stand there, beside 40 cells that were not seen: it has 80 of 160 up
    to 120 of 200 shares of the 1,000 residents.
    """
    county = SmallCounty().without_roads()
    county.codes[:, :4] = BUILT
    county.codes[:20, 4:6] = 0
    county.text += SHARED
    campaign = county.write(tmp_path)
    middle = (SOUTH + NORTH) / 2
    halves = [
        shapely.box(WEST, low, (WEST + EAST) / 2, high)
        for low, high in ((middle, NORTH), (SOUTH, middle))
    ]
    villages = gpd.GeoDataFrame({"code": ["N", "S"], "name": ["n", "s"]}, geometry=halves, crs=4326)
    villages.to_file(tmp_path / "villages.gpkg")
    table = gc.assess(campaign).table
    rows = table[table["indicator"].eq("green_cover_per_capita") & table["level"].eq("village")]
    north, south = rows.set_index("unit").loc[["N", "S"]].to_dict("records")
    cell_m2 = north["numerator"] * 10_000.0 / (20 * 20 - 80 - 40)
    assert north["denominator"] == pytest.approx(500.0, rel=1e-4)
    assert north["low"] == pytest.approx(280 * cell_m2 / 600.0, rel=1e-3)
    assert north["high"] == pytest.approx(320 * cell_m2 / 500.0, rel=1e-3)
    # Were all of it houses, the south would have 80 of 200 shares.
    assert south["low"] == pytest.approx(south["value"], rel=1e-4)
    assert south["high"] == pytest.approx(320 * cell_m2 / 400.0, rel=1e-3)

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


def assessed(folder, people: np.ndarray, *, outline: bool = False) -> pd.DataFrame:
    county = SmallCounty()
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

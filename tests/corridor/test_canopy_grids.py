"""Townships by one cover, roadsides by another on a grid of its own; NDVI shows any green."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine

import greencover as gc
from greencover.ground.errors import CampaignError, LegendError
from greencover.rasters import ArrayCells
from small_county import SmallCounty, write_raster

CRS = 32650
WEST, NORTH = 500_000.0, 3_400_000.0
ROAD = shapely.LineString([(WEST + 100, NORTH - 200), (WEST + 500, NORTH - 200)])
ROADS = gpd.GeoDataFrame({"name": ["a"]}, geometry=[ROAD], crs=CRS)
RULES = {"grade": None, "offset_m": 0.0, "belt_m": 10.0, "threshold": 0.5, "step_m": 50}


def coarse():
    """Cells of 10 m, on which nothing grows."""
    grid = Affine(10, 0, WEST - 3, 0, -10, NORTH + 3)
    return gc.LandCover.from_array(
        np.full((50, 70), 60, "uint8"), transform=grid, crs=CRS, legend="worldcover"
    )


def fine(kind):
    """Cells of 2 m in another zone: green from the road's middle on, north of it."""
    x = WEST + 2 * np.arange(300) + 1
    y = NORTH - 2 * np.arange(200) - 1
    green = (x[None, :] > WEST + 300) & (y[:, None] > NORTH - 200)
    grid = Affine(2, 0, WEST, 0, -2, NORTH)
    if kind == "height":
        cells = ArrayCells.of(green * 9.0, transform=grid, crs=CRS, name="chm")
        return gc.LandCover.from_height(cells, min_height_m=3)
    cells = ArrayCells.of(green * 0.7, transform=grid, crs=CRS, name="ndvi")
    return gc.LandCover.from_ndvi(cells, min_ndvi=0.4)


@pytest.mark.parametrize("kind", ["height", "ndvi"])
def test_a_canopy_on_another_grid_decides_what_it_saw(kind):
    covers = ("tree", "shrub") if kind == "height" else ("tree", "shrub", "grass")
    road = gc.roadside_greening(ROADS, coarse(), canopy=fine(kind), covers=covers, **RULES)

    lengths = road.sides.groupby(["side", "status"])["length_m"].sum().round(1)
    assert lengths.to_dict() == {
        ("left", "gap"): pytest.approx(200, abs=0.5),
        ("left", "greened"): pytest.approx(200, abs=0.5),
        ("right", "gap"): pytest.approx(400, abs=0.5),
    }
    assert set(road.sides["evidence"]) == {"canopy"}
    said = [note for note in road.notes if "NDVI" in note]
    assert bool(said) == (kind == "ndvi")


def test_a_canopy_that_shows_nothing_of_what_counts_is_refused_and_the_remedy_works():
    with pytest.raises(LegendError, match="none of it is what counts") as told:
        gc.roadside_greening(ROADS, coarse(), canopy=fine("ndvi"), **RULES)
    proposed = str(told.value).partition("covers=[")[2].partition("]")[0]
    covers = [one.strip(" '") for one in proposed.split(",")]
    gc.roadside_greening(ROADS, coarse(), canopy=fine("ndvi"), covers=covers, **RULES)


NDVI = """
[roadside]
variant = "any green"

[canopy]
path = "ndvi.tif"
kind = "ndvi"
min_ndvi = 0.4
"""


def ndvi_county(folder, text=NDVI):
    county = SmallCounty()
    county.text += text
    path = county.write(folder)
    fine = np.zeros((160, 160), "float32")
    fine[:, 80:] = 0.6
    write_raster(folder / "ndvi.tif", fine, cell=2.5e-5)
    return path


def test_one_campaign_judges_townships_and_roadsides_by_covers_of_different_grids(tmp_path):
    """Forest stands in the west by the cover, green along the road in the east by the NDVI."""
    assessed = gc.assess(ndvi_county(tmp_path))

    table = assessed.table.query("indicator == 'forest_coverage' and level == 'township'")
    figures = table.drop_duplicates("unit").set_index("unit")["value"]
    assert sorted(figures) == pytest.approx([0.0, 100.0])
    sides = assessed.roadside.sides
    green = sides["status"].eq("greened") * sides["length_m"]
    share = green.groupby(sides["unit"]).sum() / sides.groupby("unit")["length_m"].sum()
    assert share["T1"] < 0.05 < 0.95 < share["T2"]
    assert set(sides["evidence"]) == {"canopy"}
    assert any("NDVI" in note for note in assessed.notes)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('variant = "any green"', 'variant = "woody"', 'write variant = "any green"'),
        ("min_ndvi = 0.4", "", "needs min_ndvi"),
        ('kind = "ndvi"', 'kind = "height"', "needs min_ndvi"),
        ("min_ndvi = 0.4", "min_ndvi = 4.0", "between"),
    ],
)
def test_ndvi_that_is_not_said_rightly_is_refused(tmp_path, old, new, rule):
    path = ndvi_county(tmp_path, NDVI.replace(old, new))
    with pytest.raises(CampaignError, match=rule):
        gc.Campaign.read(path)

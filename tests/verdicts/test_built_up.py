"""Green a resident of the town and of its built-up area, side by side."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

import greencover as gc
from greencover.verdicts.residents import residents_and_parks
from small_county import EAST, MIDDLE_X, NORTH, SOUTH, WEST, SmallCounty, townships

# The published town: 29,754 residents, 3,868 of them in the built-up area; 9.3 and 29.1 m² a head.
TOWN, BUILT_UP = 29_754, 3_868
TARGETS = """
[[target]]
indicator = "park_green_per_capita"
level = "township"
value = 11
scope = "built-up area"

[[target]]
indicator = "park_green_per_capita"
level = "township"
value = 11
"""


def strip(ha: float, west: float) -> shapely.Polygon:
    """A north-south strip of the west township of so many hectares."""
    whole = shapely.box(WEST, SOUTH, MIDDLE_X, NORTH)
    every = gc.ground_area_ha(gpd.GeoDataFrame(geometry=[whole], crs=4326)).iloc[0]
    wide = (MIDDLE_X - WEST) * ha / every
    return shapely.box(west, SOUTH, west + wide, NORTH)


def published(tmp_path, population: str = 'population = "people"\n') -> gc.Assessment:
    county = SmallCounty()
    inside = 1e-4 * BUILT_UP * 29.1
    outside = 1e-4 * TOWN * 9.3 - inside
    scale = 8.0 / (inside + outside)
    # The ground is smaller than the town's: residents are scaled with the parks.
    county.townships["residents"] = [round(TOWN * scale), 2000.0]
    one = strip(inside * scale, WEST)
    middle = one.bounds[2]
    other = strip(outside * scale, middle)
    county.parks = gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=[one, other], crs=4326)
    town = gpd.GeoDataFrame({"people": [round(BUILT_UP * scale)]}, geometry=[one], crs=4326)
    town.to_file(tmp_path / "town.gpkg")
    county.replace('standard = "national-forest-city-2012"\n', "")
    county.text += f'\n[layers.built_up]\npath = "town.gpkg"\n{population}{TARGETS}'
    return gc.assess(county.write(tmp_path))


def test_both_figures_stand_side_by_side_with_their_green(tmp_path):
    table = published(tmp_path).table
    rows = table[(table["unit"] == "T1") & (table["indicator"] == "park_green_per_capita")]
    rows = rows.set_index("scope")
    assert rows["value"].to_dict() == {
        "built-up area": pytest.approx(29.1, rel=1e-3),
        "": pytest.approx(9.3, rel=1e-3),
    }
    assert rows["verdict"].to_dict() == {"built-up area": "met", "": "not met"}
    assert rows.loc["built-up area", "denominator"] < rows.loc["", "denominator"]
    assert rows.loc["", "numerator"] == pytest.approx(8.0, rel=1e-4)
    assert set(rows["per"]) == {"persons"}


def test_green_cover_of_the_built_up_area_is_over_its_own_residents(tmp_path):
    table = published(tmp_path).table
    rows = table[(table["unit"] == "T1") & (table["indicator"] == "green_cover_per_capita")]
    rows = rows.set_index("scope")
    # All of the west township is trees, and the built-up area as large as its park.
    park = table[(table["unit"] == "T1") & (table["indicator"] == "park_green_per_capita")]
    park = park.set_index("scope").loc["built-up area"]
    assert rows.loc["built-up area", "value"] == pytest.approx(park["value"], rel=1e-6)


def test_residents_of_the_town_never_stand_for_those_of_its_built_up_area(tmp_path):
    assessment = published(tmp_path, population="")
    table = assessment.table[assessment.table["unit_of_measure"] == "m²/person"]
    assert not table["scope"].eq("built-up area").any()
    (said,) = [note for note in assessment.unjudged if "park_green_per_capita" in note]
    assert "[layers.built_up]" in said


def test_residents_of_an_outline_that_two_units_share_are_split_and_add_up():
    both = shapely.box(WEST, SOUTH, EAST, NORTH)
    ground = gpd.GeoDataFrame({"population": [900.0]}, geometry=[both], crs=4326)
    found = residents_and_parks(townships(), ground, None, None)["population"]
    assert found.tolist() == pytest.approx([450.0, 450.0], rel=1e-9)

"""The reports of a township as a campaign: each of their numbers is entered, computed or named.

92 % forest, clustered villages at 30 % with 10 ha, county roads at 100 %, two roads with 200 mu and
460 street trees, completions of 105, 120 and 100 %, 28 villages, 16 villages and 2 committees,
29,754 residents, 3,868 of them in the built-up area, green area, coverage and green per resident.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from rasterio.transform import from_origin

import greencover as gc
from small_county import CELL, GRASS, TREE

WEST, NORTH, SIZE = 118.0, 30.0, 120
BUILT = 50

CAMPAIGN = """
title = "青山镇绿化攻坚"
year = 2023
standard = "township-campaign"

[cover]
path = "cover.tif"
legend = "worldcover"

[layers.townships]
path = "town.gpkg"
layer = "townships"
code = "code"
name = "name"
population = "residents"

[layers.villages]
path = "town.gpkg"
layer = "villages"
code = "code"
name = "name"
settlement = "kind"

[layers.roads]
path = "town.gpkg"
layer = "roads"
name = "road"
grade = "grade"

[layers.built_up]
path = "town.gpkg"
layer = "built_up"
population = "residents"

[layers.parks]
path = "town.gpkg"
layer = "parks"

[tables.plantings]
path = "plantings.csv"
unit = "亩"

[[task]]
task = "廊道绿化"
planned = 190.476
done = 200
unit = "亩"
township = "青山镇"
responsible = "张某"

[[task]]
task = "村庄绿化"
planned = 8.3333
done = 10
unit = "公顷"
township = "青山镇"
responsible = "李某"

[[task]]
task = "行道树"
planned = 460
done = 460
unit = "株"
township = "青山镇"
responsible = "张某"

[[task]]
task = "绿化村庄"
planned = 28
done = 28
unit = "处"
township = "青山镇"

[[target]]
indicator = "task_completion"
level = "township"
value = 100

[[reported]]
unit = "青山镇"
level = "township"
indicator = "forest_coverage"
value = 92
measure = "%"
date = "2023-12-31"
document = "township report"
"""

# The report gives one sum for both roads, and no chainage.
PLANTINGS = "road,township,trees,area\n,青山镇,460,200\n"


def ground(left: float, top: float, right: float, bottom: float) -> shapely.Polygon:
    x, y = WEST + CELL * np.array([left, right]), NORTH - CELL * np.array([bottom, top])
    return shapely.box(x[0], y[0], x[1], y[1])


def write(folder: Path) -> Path:
    import rasterio

    codes = np.full((SIZE, SIZE), TREE, dtype="uint8")
    # 18 villages and committees of 10 x 5 cells, three of ten columns under trees.
    places = [(6 + 13 * (n % 9), 6 + 12 * (n // 9)) for n in range(18)]
    for left, top in places:
        codes[top : top + 5, left + 3 : left + 10] = BUILT
    codes[100:108, 60:80] = GRASS
    with rasterio.open(
        folder / "cover.tif", "w", driver="GTiff", width=SIZE, height=SIZE, count=1,
        dtype="uint8", crs="EPSG:4326", transform=from_origin(WEST, NORTH, CELL, CELL),
    ) as raster:  # fmt: skip
        raster.write(codes, 1)
    layers = {
        "townships": gpd.GeoDataFrame(
            {"code": ["T"], "name": ["青山镇"], "residents": [29_754]},
            geometry=[ground(0, 0, SIZE, SIZE)],
        ),
        "villages": gpd.GeoDataFrame(
            {
                "code": [f"V{n:02}" for n in range(18)],
                "name": [f"{n}村" if n < 16 else f"{n}居委会" for n in range(18)],
                "kind": "集中居住型",
            },
            geometry=[ground(left, top, left + 10, top + 5) for left, top in places],
        ),
        "roads": gpd.GeoDataFrame(
            {"road": ["大石路", "柿汉路"], "grade": "县道"},
            geometry=[
                shapely.LineString(
                    [
                        ground(0, row, 1, row + 1).centroid,
                        ground(SIZE - 1, row, SIZE, row + 1).centroid,
                    ]
                )
                for row in (50, 80)
            ],
        ),
        "built_up": gpd.GeoDataFrame({"residents": [3_868]}, geometry=[ground(60, 100, 80, 112)]),
        "parks": gpd.GeoDataFrame(geometry=[ground(60, 100, 70, 108), ground(90, 100, 95, 104)]),
    }
    for name, frame in layers.items():
        frame.set_crs(4326).to_file(folder / "town.gpkg", layer=name, driver="GPKG")
    (folder / "plantings.csv").write_text(PLANTINGS, encoding="utf-8")
    path = folder / "campaign.toml"
    path.write_text(CAMPAIGN, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    return gc.Campaign.read(write(tmp_path_factory.mktemp("town")))


@pytest.fixture(scope="module")
def assessment(campaign):
    return gc.assess(campaign)


def figures(assessment, indicator, level):
    table = assessment.table
    return table[(table["indicator"] == indicator) & (table["level"] == level)]


def test_forest_of_92_percent_is_computed_judged_and_held_against_the_report(assessment):
    row = figures(assessment, "forest_coverage", "township").iloc[0]
    assert row["value"] > 92
    assert (row["target"], row["verdict"]) == (92, "met")
    assert assessment.reported["reported"].tolist() == [92]


def test_villages_at_30_percent_are_judged_and_their_10_ha_are_a_task(assessment):
    rows = figures(assessment, "village_greening", "village")
    assert len(rows) == 18
    assert rows["value"].to_numpy() == pytest.approx(np.full(18, 30.0), rel=1e-6)
    assert set(rows["verdict"]) == {"met"}
    table = assessment.completion.query("by == 'task'").set_index("task")
    assert table.loc["村庄绿化", ["done", "unit"]].tolist() == [10, "ha"]


def test_county_roads_at_100_percent_are_computed(assessment):
    rows = figures(assessment, "roadside_greening_rate", "township")
    graded = rows[rows["target"] == 100].iloc[0]
    assert graded["value"] == pytest.approx(100.0)
    # A map that shows all of it proves no 100 %.
    assert graded["verdict"] == "uncertain"
    assert set(figures(assessment, "roadside_greening_rate", "road")["unit"]) == {
        "大石路",
        "柿汉路",
    }


def test_200_mu_and_460_trees_are_a_claim_of_the_township(assessment):
    claim = assessment.claims.iloc[0]
    assert (claim["area_mu"], claim["trees"]) == (200, 460)
    assert (claim["counts_for"], claim["status"]) == ("township", "no place")
    # Which road has how much of it was not reported and cannot be computed.
    assert any("names no road" in str(note) for note in assessment.notes)


def test_completions_are_105_120_and_100_percent(assessment):
    table = assessment.completion.query("by == 'task'").set_index("task")
    assert table["completion_pct"].round(1).to_dict() == {
        "廊道绿化": 105.0, "村庄绿化": 120.0, "行道树": 100.0, "绿化村庄": 100.0,
    }  # fmt: skip
    judged = figures(assessment, "task_completion", "township").set_index("measure")
    assert set(judged["verdict"]) == {"met"}
    assert judged.loc["places", ["numerator", "denominator"]].tolist() == [28, 28]
    by_person = assessment.completion.query("by == 'responsible'")
    assert by_person["name"].tolist() == ["张某", "李某", "张某"]


def test_16_villages_and_2_committees_are_rows_of_the_layer(assessment):
    names = assessment.layers["villages"]["name"]
    assert (names.str.endswith("村").sum(), names.str.endswith("居委会").sum()) == (16, 2)


def test_green_per_resident_of_town_and_built_up_area_stand_side_by_side(assessment):
    rows = figures(assessment, "park_green_per_capita", "township").set_index("scope")
    assert rows.loc["", "denominator"] == 29_754
    assert rows.loc["built-up area", "denominator"] == 3_868
    parks, inside = (
        gc.ground_area_ha(gpd.GeoDataFrame(geometry=shapes, crs=4326)).sum() * 1e4
        for shapes in (
            [ground(60, 100, 70, 108), ground(90, 100, 95, 104)],
            [ground(60, 100, 70, 108)],
        )
    )
    assert rows.loc["", "value"] == pytest.approx(parks / 29_754, rel=1e-6)
    assert rows.loc["built-up area", "value"] == pytest.approx(inside / 3_868, rel=1e-6)


def test_green_area_and_coverage_are_computed(assessment):
    row = figures(assessment, "green_coverage", "township").iloc[0]
    green = 1.0 - 18 * 35 / SIZE**2
    assert row["value"] == pytest.approx(100 * green, rel=1e-4)
    assert row["numerator"] == pytest.approx(row["denominator"] * green, rel=1e-4)

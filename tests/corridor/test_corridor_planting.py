"""From gaps to a planting list, with figures by construction."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

import greencover as gc
from corridor_scenes import BUILT, CROP, GRASS, TREE, Scene, everywhere
from greencover.corridor.planting import cropland_limits
from greencover.ground.errors import ArgumentError, LayerError

RULES = {"offset_m": 5.0, "belt_m": 10.0, "threshold": 0.5}


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path)


def paint(x, y):
    """North: 400 m of trees, 300 m of cropland, 300 m of grass; south: buildings, then trees."""
    north = np.where(x < -100, TREE, np.where(x < 200, CROP, GRASS))
    return np.where(y > 0, north, np.where(x < -400, BUILT, TREE))


def planted(scene, grade="国道", **options):
    roads = scene.roads(scene.line((-500, 0), (500, 0)), grade=grade)
    road = gc.roadside_greening(roads, scene.cover(paint), **RULES)
    return gc.planting_list(road, **options).sort_values("gap_id").reset_index(drop=True)


def test_lengths_by_what_may_be_planted(scene):
    table = planted(scene)
    left, right = table.iloc[0], table.iloc[1]
    assert (left["side"], right["side"]) == ("left", "right")
    assert left["length_m"] == pytest.approx(600, abs=0.01)
    assert left["cropland_m"] == pytest.approx(300, abs=0.1)
    assert left["plantable_m"] == pytest.approx(300, abs=0.1)
    assert right["not_plantable_m"] == pytest.approx(100, abs=0.1)
    assert right["plantable_m"] + right["cropland_m"] == pytest.approx(0, abs=0.1)
    assert left["crop_pct"] == pytest.approx(50, abs=0.05)
    assert left["belt_ha"] == pytest.approx(0.6, rel=1e-4)
    assert left["belt_mu"] == pytest.approx(9.0, rel=1e-4)


@pytest.mark.parametrize(("grade", "limit"), [("国道", 5.0), ("县道", 3.0), ("乡道", 3.0)])
def test_belts_over_cropland_are_held_to_the_limit_of_the_grade(scene, grade, limit):
    left = planted(scene, grade).iloc[0]
    assert left["limit_m"] == limit
    assert left["plant_ha"] == pytest.approx(0.3 + 0.3 * limit / 10.0, rel=1e-3)
    assert left["plant_mu"] == pytest.approx(15 * left["plant_ha"])
    assert not cropland_limits()["verified"]
    assert "24" in cropland_limits()["source"]


def test_trees_by_spacing_and_rows(scene):
    # 300 m of grass in three rows; over cropland 3 m hold two rows 2 m apart.
    left = planted(scene, "县道", spacing_m=4.0, rows=3, row_spacing_m=2.0).iloc[0]
    assert left["trees"] == pytest.approx((300 * 3 + 300 * 2) / 4.0, abs=2)
    single = planted(scene, "县道", spacing_m=4.0, rows=1).iloc[0]
    assert single["trees"] == pytest.approx(150, abs=1)
    assert planted(scene).iloc[1]["trees"] == 0


def test_belts_are_the_ground_of_the_gaps(scene):
    table = planted(scene)
    sx, sy = scene.scale
    m2 = shapely.area(table["belt"].to_numpy()) * sx * sy
    np.testing.assert_allclose(m2, table["belt_ha"] * 1e4, rtol=1e-3)
    assert table["belt"].iloc[0].geom_type == "Polygon"
    north = shapely.bounds(table["belt"].iloc[0])[1]
    assert (north - scene.north) * sy == pytest.approx(5.0, abs=0.01)


def test_villages_settlements_and_priority(scene):
    villages = gpd.GeoDataFrame(
        {"name": ["西村", "东村"]},
        geometry=[scene.box(-600, -600, 0, 600), scene.box(0, -600, 600, 600)],
        crs=scene.crs,
    )
    houses = gpd.GeoDataFrame(geometry=[scene.box(-480, -120, -450, -110)], crs=scene.crs)
    table = planted(scene, villages=villages, settlements=houses)
    assert table["village"].tolist() == ["东村", "西村"]
    assert table["settlement_m"].iloc[1] == pytest.approx(100, abs=0.5)
    assert sorted(table["priority"]) == [1, 2]
    assert table["priority_points"].between(0, 100).all()
    roads = scene.roads(
        scene.line((-500, 0), (500, 0)), scene.line((-500, 300), (500, 300)),
        grade=["村道", "国道"],
    )  # fmt: skip
    road = gc.roadside_greening(roads, scene.cover(everywhere(GRASS)), **RULES)
    assert gc.planting_list(road)["road"].tolist() == ["R1", "R1", "R0", "R0"]


def test_short_gaps_can_be_left_out(scene):
    table = planted(scene, least_length_m=200.0)
    assert table["gap_id"].tolist() == [1]
    assert len(planted(scene, least_length_m=1e5)) == 0


def test_rules_travel_with_the_list(scene):
    rules = planted(scene, spacing_m=2.5).attrs["rules"]
    assert rules["spacing_m"] == 2.5
    assert rules["cropland"]["verified"] is False
    assert rules["belt_m"] == 10.0


def test_mistakes_are_named(scene):
    with pytest.raises(ArgumentError, match=r"spacing_m is 0"):
        planted(scene, spacing_m=0)
    roads = scene.roads(scene.line((-500, 0), (500, 0)))
    road = gc.roadside_greening(roads, scene.cover(paint), **RULES)
    bare = gc.RoadsideGreening(road.sides, road.parameters, road.notes)
    with pytest.raises(LayerError, match="holds no covers"):
        gc.planting_list(bare)


def test_waters_have_planting_lists_too(scene):
    river = gpd.GeoDataFrame(
        {"name": ["W"]}, geometry=[scene.line((-500, 0), (500, 0))], crs=scene.crs
    )
    bank = gc.waterside_greening(river, scene.cover(everywhere(GRASS)), width_m=10.0)
    table = gc.planting_list(bank)
    assert table["water"].tolist() == ["W", "W"]
    assert set(table["limit_m"]) == {3.0}


def test_facing_belts_are_planted_once(scene):
    # Belts from 4.25 to 14.25 m beside roads 20 m apart share 8.5 m of their 10 m.
    roads = scene.roads(scene.line((-400, 0), (400, 0)), scene.line((-400, 20), (400, 20)))
    road = gc.roadside_greening(roads, scene.cover(everywhere(GRASS)))
    table = gc.planting_list(road)
    assert table["length_m"].sum() == pytest.approx(3200, abs=0.1)
    assert table["belt_ha"].sum() == pytest.approx(3.2 - 0.68, abs=2e-3)
    assert table["plant_ha"].sum() == pytest.approx(2.52, abs=2e-3)
    sx, sy = scene.scale
    union = shapely.union_all(table["belt"].to_numpy())
    assert union.area * sx * sy / 1e4 == pytest.approx(2.52, abs=2e-3)
    assert shapely.area(table["belt"].to_numpy()).sum() == pytest.approx(union.area, rel=1e-9)
    # Two rows at 3 m: 533 trees a belt, of the second that faces another 15 %.
    assert table["trees"].sum() == pytest.approx(2 * 800 / 3 * 3.15, abs=4)
    assert road.rates_by()["belt_ha"].item() == pytest.approx(2.52, abs=2e-3)
    assert road.rates_by("road")["belt_ha"].sum() == pytest.approx(2.52, abs=2e-3)
    assert road.gaps["strip_ha"].sum() == pytest.approx(2.52, abs=2e-3)
    assert table["belt_m"].to_numpy() == pytest.approx(np.full(4, 10.0), rel=1e-3)

"""From gaps to a planting list, with figures by construction."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import greencover as gc
from corridor_scenes import BUILT, CROP, GRASS, TREE, Scene, everywhere
from greencover.corridor.planting import cropland_limits
from greencover.ground.errors import ArgumentError, LayerError

REEDS = 90
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
    return gc.planting_list(road, **options).sort_values("side").reset_index(drop=True)


def test_lengths_by_what_may_be_planted(scene):
    table = planted(scene)
    left, right = table.iloc[0], table.iloc[1]
    assert (left["side"], right["side"]) == ("left", "right")
    assert left["length_m"] == pytest.approx(600, abs=0.01)
    assert left["cropland_m"] == pytest.approx(300, abs=0.1)
    assert left["plantable_m"] == pytest.approx(300, abs=0.1)
    # Buildings beside a road: pits and verges that no map shows.
    assert right["to_check_m"] == pytest.approx(100, abs=0.1)
    assert right["check_ha"] == pytest.approx(0.1, rel=1e-3)
    assert right["not_plantable_m"] == pytest.approx(0, abs=0.1)
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


@pytest.mark.parametrize(
    ("trees_until", "trees_from", "step", "needed"),
    [
        # 600 m between two greened ends: 59 trees stand 10 m apart between those at the ends.
        (200, 800, 10, 59),
        # One end is open, and has a tree of its own.
        (200, 1000, 10, 80),
        (0, 800, 10, 80),
        # Both are open.
        (0, 1000, 10, 101),
        (200, 800, 7, 85),
        # No more than a spacing: one tree all the same, since the belt is bare.
        (490, 510, 25, 1),
    ],
)
def test_trees_are_counted_from_the_ends_of_a_gap(scene, trees_until, trees_from, step, needed):
    def cover(x, _):
        return np.where((x < trees_until - 500) | (x > trees_from - 500), TREE, GRASS)

    roads = scene.roads(scene.line((-500, 0), (500, 0)))
    road = gc.roadside_greening(roads, scene.cover(cover), **RULES)
    table = gc.planting_list(road, spacing_m=step, rows=1)
    assert table["trees"].tolist() == [needed, needed]


def metres_of(scene, places):
    """Places in metres east and north of the middle of the scene, along the road."""
    sx, sy = scene.scale
    at = (shapely.get_coordinates(places) - [scene.east, scene.north]) * [sx, sy]
    return at[np.lexsort((at[:, 0], at[:, 1].round(3)))]


@pytest.mark.parametrize(
    ("trees_until", "trees_from", "step", "expected"),
    [
        (200, 800, 10, np.arange(210, 800, 10)),
        (200, 1000, 10, np.arange(210, 1001, 10)),
        (0, 800, 10, np.arange(0, 800, 10)),
        (0, 1000, 10, np.arange(0, 1001, 10)),
        (200, 800, 7, 200 + 600 / 86 * np.arange(1, 86)),
        (490, 510, 25, [500]),
    ],
)
def test_each_tree_has_a_place_in_the_middle_of_the_belt(
    scene, trees_until, trees_from, step, expected
):
    def cover(x, _):
        return np.where((x < trees_until - 500) | (x > trees_from - 500), TREE, GRASS)

    roads = scene.roads(scene.line((-500, 0), (500, 0)))
    road = gc.roadside_greening(roads, scene.cover(cover), **RULES)
    table = gc.planting_list(road, spacing_m=step, rows=1).set_index("side")
    for side, north in (("left", 10.0), ("right", -10.0)):
        at = metres_of(scene, table.loc[side, "places"])
        assert len(at) == table.loc[side, "trees"]
        np.testing.assert_allclose(at[:, 0], np.asarray(expected) - 500.0, atol=0.02)
        np.testing.assert_allclose(at[:, 1], north, atol=0.01)


def test_places_stand_in_rows_and_on_ground_that_takes_them(scene):
    """300 m of cropland, which lets two rows pass beside the road, and 300 m of grass for three."""
    table = planted(scene, "县道", spacing_m=4.0, rows=3, row_spacing_m=2.0)
    left = table.iloc[0]
    at = metres_of(scene, left["places"])
    assert len(at) == left["trees"]
    rows, count = np.unique(at[:, 1].round(2), return_counts=True)
    # In the middle of the 3 m that are permitted from the belt's inner edge on, 5 m from the line.
    np.testing.assert_allclose(rows, [5.5, 7.5, 9.5], atol=0.01)
    assert count.tolist() == [150, 150, 75]
    assert at[at[:, 1] > 9, 0].min() > 199
    # Buildings are looked at first.
    assert table.iloc[1]["trees"] == shapely.get_num_geometries(table.iloc[1]["places"]) == 0


def test_vacant_sites_are_places_and_take_those_of_their_neighbours(scene):
    roads = scene.roads(scene.line((-500, 0), (500, 0)))
    known = [shapely.Point(scene.line((x, 8), (x, 9)).coords[0]) for x in (-303, 12)]
    sites = gpd.GeoDataFrame(geometry=known, crs=scene.crs)
    road = gc.roadside_greening(
        roads, scene.cover(everywhere(GRASS)), planting_sites=sites, **RULES
    )
    left = gc.planting_list(road, spacing_m=10.0, rows=1).set_index("side").loc["left"]
    at = metres_of(scene, left["places"])
    assert len(at) == left["trees"] == 101
    np.testing.assert_allclose(at[:2], [[-303, 8], [12, 8]], atol=0.02)
    apart = np.abs(np.arange(-500, 501, 10)[:, None] - at[2:, 0]).min(axis=1)
    assert np.flatnonzero(apart > 1).tolist() == [20, 51]


def test_a_gap_across_a_border_has_one_tree_there(scene):
    units = gpd.GeoDataFrame(
        {"code": ["w", "e"]},
        geometry=[scene.box(-600, -600, 0, 600), scene.box(0, -600, 600, 600)],
        crs=scene.crs,
    )
    roads = scene.roads(scene.line((-500, 0), (500, 0)))
    road = gc.roadside_greening(roads, scene.cover(everywhere(GRASS)), units=units, **RULES)
    table = gc.planting_list(road, spacing_m=10.0, rows=1)
    assert len(table) == 4
    assert table["trees"].sum() == 2 * 101


def test_lawn_in_settlements_is_to_be_checked(scene):
    town = gpd.GeoDataFrame(geometry=[scene.box(-200, -50, 100, 50)], crs=scene.crs)
    roads = scene.roads(scene.line((-500, 0), (500, 0)))
    road = gc.roadside_greening(roads, scene.cover(everywhere(GRASS)), **RULES)
    table = gc.planting_list(road, settlements=town, spacing_m=10.0, rows=1)
    assert table["to_check_m"].tolist() == pytest.approx([300, 300], abs=0.1)
    assert table["plantable_m"].tolist() == pytest.approx([700, 700], abs=0.1)
    assert table["trees"].tolist() == [71, 71]
    assert table["trees_to_check"].tolist() == [31, 31]
    assert table["settlement_m"].max() < 20
    far = gc.planting_list(road, settlements=town.set_geometry(town.centroid))
    assert far["to_check_m"].max() == 0


def test_trees_of_the_map_that_a_visit_did_not_find_are_to_be_checked(scene):
    roads = scene.roads(scene.line((-500, 0), (500, 0)))
    found = pd.DataFrame(
        {"road": "R0", "side": "left", "from_m": [100.0], "to_m": [200.0], "found": "gap"}
    )
    road = gc.roadside_greening(roads, scene.cover(everywhere(TREE)), field_checks=found, **RULES)
    table = gc.planting_list(road, spacing_m=10.0, rows=1)
    assert table[["side", "length_m", "trees", "trees_to_check"]].round(2).values.tolist() == [
        ["left", 100.0, 0, 9]
    ]
    assert table["to_check_m"].item() == pytest.approx(100, abs=0.1)
    assert table["woody_m"].item() == pytest.approx(0, abs=0.1)
    needed = gc.belts_needed(road.sides, 100, by="road").loc["R0"]
    assert needed["to_check_km"] == pytest.approx(0.1, abs=1e-3)
    assert needed["other_gap_km"] == pytest.approx(0, abs=1e-9)


def test_what_cannot_be_planted_comes_last(scene):
    """National roads along reeds, buildings and grass, and a village road along grass."""
    at = (-450, -150, 150, 450)
    roads = scene.roads(
        *(scene.line((-500, y), (500, y)) for y in at), grade=["国道", "国道", "国道", "村道"]
    )
    ground = (REEDS, BUILT, GRASS, GRASS)

    def cover(_, y):
        return np.select([np.abs(y - one) < 150 for one in at[:3]], ground[:3], ground[3])

    road = gc.roadside_greening(roads, scene.cover(cover), **RULES)
    table = gc.planting_list(road)
    points = table.groupby("road")["priority_points"].first()
    assert table["road"].tolist() == [one for one in ("R2", "R1", "R3", "R0") for _ in "lr"]
    assert points["R1"] == pytest.approx(points["R2"] / 2, rel=1e-4)
    assert points["R0"] == 0.0
    trees = table.groupby("road")[["trees", "trees_to_check"]].sum().to_dict("index")
    assert trees["R0"] == {"trees": 0, "trees_to_check": 0}
    assert trees["R1"] == {"trees": 0, "trees_to_check": trees["R2"]["trees"]}


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
    assert table["gap_id"].tolist() == ["R0-L-K0+400"]
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
    # Two rows at 3 m: 267 spaces and a tree more in 800 m; of the fourth belt 120 m are left.
    assert sorted(table["trees"]) == [2 * 41, *[2 * 268] * 3]
    assert road.rates_by()["belt_ha"].item() == pytest.approx(2.52, abs=2e-3)
    assert road.rates_by("road")["belt_ha"].sum() == pytest.approx(2.52, abs=2e-3)
    assert road.gaps["strip_ha"].sum() == pytest.approx(2.52, abs=2e-3)
    assert table["belt_m"].to_numpy() == pytest.approx(np.full(4, 10.0), rel=1e-3)

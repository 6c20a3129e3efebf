"""Roadsides and banks confined to a territory, and shared out by whose ground the strip is."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

import greencover as gc
from corridor_scenes import GRASS, TREE, Scene, everywhere, trees_where

RULES = {"offset_m": 5.0, "belt_m": 10.0, "threshold": 0.5}
KM = ["side_km", "greened_km", "gap_km", "excluded_km"]


@pytest.fixture
def scene(tmp_path):
    # In metres of a plane, where lengths by hand are lengths on the ground to the scale of the map.
    return Scene(tmp_path, crs="EPSG:32650", east=500_000.0, north=3_000_000.0)


def polygons(scene, **boxes):
    shapes = [scene.box(*corners) for corners in boxes.values()]
    return gpd.GeoDataFrame({"code": list(boxes)}, geometry=shapes, crs=scene.crs)


HALVES = {"W": (-600, -600, 0, 600), "E": (0, -600, 600, 600)}


def by_unit(road):
    return road.rates_by("unit").set_index("unit")


def test_what_lies_outside_is_left_out_and_said(scene):
    cover = scene.cover(trees_where(lambda x, _: x > 103.7))
    within = polygons(scene, C=(-300, -600, 103.7, 600))
    roads = scene.roads(scene.line((-500, 0), (500, 0)), scene.line((400, -90), (400, 90)))
    road = gc.roadside_greening(roads, cover, within=within, step_m=9.0, **RULES)
    row = road.rates_by().iloc[0]
    # The map scale is 0.9996 on the central meridian.
    assert row["side_km"] == pytest.approx(2 * 0.4037 / 0.9996, abs=1e-5)
    assert row["greened_km"] < 0.01
    assert road.sides["from_m"].min() == pytest.approx(200 / 0.9996, abs=1e-2)
    (note,) = [note for note in road.notes if note.code == "corridor.outside_roads"]
    assert note.values["lines"] == 2
    # Both sides of the western end; beyond the eastern border all is greened.
    assert note.values["gaps"] == 2
    assert note.values["km"] == pytest.approx((2 * 0.5963 + 0.36) / 0.9996, abs=1e-4)
    assert set(road.gaps["road"]) == {"R0"}
    assert road.sides["to_m"].max() == pytest.approx(603.7 / 0.9996, abs=1e-2)


def test_a_road_on_a_border_gives_each_bank_to_its_side(scene):
    cover = scene.cover(trees_where(lambda x, _: x < 0))
    road = gc.roadside_greening(
        scene.roads(scene.line((0, -400), (0, 400))), cover, units=polygons(scene, **HALVES),
        **RULES,
    )  # fmt: skip
    table = by_unit(road)
    assert table["greening_pct"].to_dict() == {"W": 100.0, "E": 0.0}
    np.testing.assert_allclose(table["side_km"], 0.8 / 0.9996, atol=1e-5)


def test_a_road_that_weaves_over_a_border_is_no_crowd_of_stations(scene):
    y = np.linspace(-400, 400, 801)
    weaving = scene.curve(1.0 * np.sin(y / 5.0), y)
    roads, cover = scene.roads(weaving), scene.cover(everywhere(GRASS))
    plain = gc.roadside_greening(roads, cover, **RULES)
    road = gc.roadside_greening(roads, cover, units=polygons(scene, **HALVES), **RULES)
    assert len(road.sides) == len(plain.sides)
    assert len(road.gaps) == 2
    assert set(zip(road.gaps["side"], road.gaps["unit"], strict=True)) == {
        ("left", "W"), ("right", "E"),
    }  # fmt: skip


def test_splitting_judges_a_station_once_and_keeps_chainage(scene):
    x = np.linspace(-480, 480, 60)
    roads = scene.roads(scene.curve(x, 90 * np.sin(x / 60.0)), scene.line((-310, -400), (330, 400)))
    cover = scene.cover(trees_where(lambda x, y: (x // 37 + y // 23) % 2 == 0))
    whole = gc.roadside_greening(roads, cover, bridge_gap_m=30.0, **RULES)
    road = gc.roadside_greening(
        roads, cover, units=polygons(scene, **HALVES), bridge_gap_m=30.0, **RULES
    )
    parts, all_ = by_unit(road), whole.rates_by().iloc[0]
    for column in [*KM, "belt_ha", "green_ha"]:
        assert parts[column].sum() == pytest.approx(all_[column], rel=1e-12)
    for column in ("either_side_pct", "both_sides_pct"):
        assert road.rates_by()[column].item() == pytest.approx(all_[column], rel=1e-12)
    # A part is a cut of a station: its borders are those of the whole, or the border of a unit.
    ends = {round(v, 6) for v in whole.sides["from_m"]} | {round(v, 6) for v in whole.sides["to_m"]}
    new = {round(v, 6) for v in road.sides["from_m"]} - ends
    assert 0 < len(new) <= 4
    assert len(road.cover_ha) == len(road.sides)
    assert road.cover_ha.to_numpy().sum() == pytest.approx(whole.cover_ha.to_numpy().sum())


def test_two_counties_that_share_roads_sum_to_one_campaign_of_both(scene):
    angle = np.linspace(0, 2 * np.pi, 90)
    roads = scene.roads(
        scene.line((-480, 3), (480, -5)),
        scene.curve(300 * np.cos(angle), 220 * np.sin(angle)),
        scene.line((2, -500), (-3, 500)),
        grade=["county", "village", "national"],
    )
    cover = scene.cover(trees_where(lambda x, y: (x // 41 + y // 29) % 2 == 0))
    both = polygons(scene, **HALVES)
    one = gc.roadside_greening(roads, cover, within=both, **RULES)
    west, east = (
        gc.roadside_greening(roads, cover, within=both[both["code"] == code], **RULES)
        for code in ("W", "E")
    )
    for column in KM:
        sums = (
            west.rates_by("grade")
            .set_index("grade")[column]
            .add(east.rates_by("grade").set_index("grade")[column], fill_value=0.0)
        )
        want = one.rates_by("grade").set_index("grade")[column]
        np.testing.assert_allclose(sums[want.index], want, rtol=1e-9, atol=1e-9)


def test_ground_of_no_township_is_a_row_of_its_own(scene):
    units = polygons(scene, W=(-600, -600, -100, 600), E=(150, -600, 600, 600))
    within = polygons(scene, C=(-600, -600, 300, 600))
    roads, cover = scene.roads(scene.line((-500, 0), (500, 0))), scene.cover(everywhere(GRASS))
    road = gc.roadside_greening(roads, cover, units=units, within=within, **RULES)
    table = by_unit(road)["side_km"] * 0.9996
    assert table.to_dict() == pytest.approx({"W": 0.8, "": 0.5, "E": 0.3}, abs=1e-5)


def test_belts_of_gaps_stay_in_the_territory(scene):
    within = polygons(scene, C=(-300, -600, 103.7, 600))
    roads, cover = scene.roads(scene.line((-500, -40), (500, 60))), scene.cover(everywhere(GRASS))
    road = gc.roadside_greening(roads, cover, within=within, **RULES)
    found = gc.planting_list(road)
    ground = shapely.union_all(found["belt"].to_crs(scene.crs).to_numpy())
    assert shapely.difference(ground, within.geometry.item()).area < 1e-3
    assert ground.area / 1e4 == pytest.approx(found["belt_ha"].sum(), rel=2e-3)


def test_banks_are_confined_as_roads_are(scene):
    within = polygons(scene, C=(-600, -600, 33, 600))
    lake = gpd.GeoDataFrame({"name": ["L"]}, geometry=[scene.box(-200, -100, 200, 100)],
                            crs=scene.crs)  # fmt: skip
    bank = gc.waterside_greening(lake, scene.cover(everywhere(GRASS)), within=within, **{
        "belt_m": 10.0, "threshold": 0.5,
    })  # fmt: skip
    assert bank.rates["side_km"].item() * 0.9996 == pytest.approx(2 * 0.233 + 0.2, abs=2e-4)
    assert [n.code for n in bank.notes] == ["corridor.outside_banks"]


def test_nothing_inside_is_nothing_and_not_a_fall(scene):
    within = polygons(scene, C=(-600, 300, 0, 600))
    roads, cover = scene.roads(scene.line((-500, 0), (500, 0))), scene.cover(everywhere(TREE))
    road = gc.roadside_greening(roads, cover, units=within, within=within, **RULES)
    assert len(road.sides) == 0
    assert np.isnan(road.rates_by()["greening_pct"].item())
    assert len(road.gaps) == 0
    assert len(road.runs) == 0
    assert len(road.rates) == 0


def test_groups_give_what_one_table_gives(scene):
    lines = [scene.line((-500, y), (500, -y)) for y in np.linspace(-300, 300, 7)]
    cover, within = scene.cover(everywhere(GRASS)), polygons(scene, C=HALVES["W"])
    whole = gc.roadside_greening(scene.roads(*lines), cover, within=within, **RULES)
    parts = list(
        gc.roadside_greening_in_groups(
            scene.roads(*lines), cover, within=within, strips_at_once=300, **RULES
        )
    )
    assert len(parts) > 2
    total = sum(part.rates_by()["side_km"].item() for part in parts)
    assert total == pytest.approx(whole.rates_by()["side_km"].item(), rel=1e-12)


def border_lines(scene):
    """A road on the border, one that weaves a metre over it, and one that crosses it."""
    y = np.linspace(-400, 400, 801)
    return {
        "on the border": scene.line((0, -400), (0, 400)),
        "weaving": scene.curve(np.sin(y / 5.0), y),
        "crossing": scene.line((-480, 130), (470, 90)),
    }


@pytest.mark.parametrize("which", ["on the border", "weaving", "crossing"])
@pytest.mark.parametrize("of", ["roads", "banks"])
def test_counties_beside_a_border_line_sum_to_one_campaign_of_both(scene, which, of):
    cover = scene.cover(trees_where(lambda x, y: (x // 41 + y // 29) % 2 == 0))
    lines, both = scene.roads(border_lines(scene)[which]), polygons(scene, **HALVES)

    def counted(within):
        if of == "banks":
            return gc.waterside_greening(
                lines, cover, within=within, width_m=10.0, belt_m=10.0, threshold=0.5
            )
        return gc.roadside_greening(lines, cover, within=within, **RULES)

    one = counted(both).rates_by().iloc[0]
    parts = [counted(both[both["code"] == code]) for code in ("W", "E")]
    for column in KM:
        total = sum(part.rates_by()[column].item() for part in parts)
        assert total == pytest.approx(one[column], abs=1e-6)
    if which != "crossing":
        # Drawn northwards: the left bank is the western county's, from end to end.
        for part, side in zip(parts, ("left", "right"), strict=True):
            assert set(part.sides["side"]) == {side}
            assert part.rates_by()["side_km"].item() == pytest.approx(one["side_km"] / 2)


@pytest.mark.parametrize("of", ["roads", "banks"])
def test_rows_of_townships_and_of_grades_sum_to_the_county_to_the_metre(scene, of):
    units = polygons(scene, W=(-600, -600, -100, 600), E=(150, -600, 600, 600))
    within = polygons(scene, C=(-590, -600, 300, 600))
    angle = np.linspace(0, 2 * np.pi, 90)
    lines = scene.roads(
        scene.line((-480, 3), (480, -5)),
        scene.curve(300 * np.cos(angle), 220 * np.sin(angle)),
        scene.line((-100, -500), (-100, 500)),
        grade=["county", "village", "national"],
    )
    cover = scene.cover(trees_where(lambda x, y: (x // 41 + y // 29) % 2 == 0))
    given = {"units": units, "within": within}
    if of == "banks":
        found = gc.waterside_greening(
            lines, cover, width_m=10.0, belt_m=10.0, threshold=0.5, **given
        )
    else:
        found = gc.roadside_greening(lines, cover, **RULES, **given)
    county = found.rates_by().iloc[0]
    assert "" in set(found.sides["unit"])
    for rows in (("unit",), ("grade",), (found.of,), ("unit", "grade")):
        for column in KM:
            assert found.rates_by(*rows)[column].sum() == pytest.approx(county[column], abs=1e-6)

"""Roadside greening against scenes with an exact answer."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

import greencover as gc
from corridor_scenes import BUILT, GRASS, TREE, WATER, Scene, everywhere, totals, trees_where
from greencover.ground.errors import CrsError, LayerError, NoOverlapError
from paths import SAMPLE

RULES = {"offset_m": 5.0, "belt_m": 10.0, "threshold": 0.5}
UTM = {"crs": "EPSG:32650", "east": 480_000.0, "north": 3_050_000.0}
GAUSS_KRUGER = {"crs": "EPSG:4547", "east": 560_000.0, "north": 3_050_000.0}
FAR_NORTH = {"crs": "EPSG:4326", "east": 25.0, "north": 60.0}


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path)


def hedge_scene(scene):
    """A kilometre of road, eastward, with a hedge along its first 37 % on the left."""
    road = scene.roads(scene.line((-500, 0), (500, 0)))
    return road, scene.cover(trees_where(lambda x, y: (y > 0) & (x < -130)))


@pytest.mark.parametrize("place", [{}, UTM, GAUSS_KRUGER, FAR_NORTH])
def test_hedge_on_one_side_gives_the_same_rate_in_every_system(tmp_path, place):
    roads, cover = hedge_scene(Scene(tmp_path, **place))
    road = gc.roadside_greening(roads, cover, **RULES)
    by_side = road.rates_by("side").set_index("side")
    assert by_side.loc["left", "greening_pct"] == pytest.approx(37.0, abs=1e-6)
    assert by_side.loc["right", "greening_pct"] == 0.0
    assert road.rates["greening_pct"].item() == pytest.approx(18.5, abs=1e-6)
    geographic = roads.to_crs(4326).geometry.iloc[0]
    exact = pyproj.Geod(ellps="WGS84").geometry_length(geographic)
    assert road.rates["side_km"].item() == pytest.approx(2e-3 * exact, rel=1e-8)


def test_gaps_of_the_hedge_scene_have_chainage_side_and_cover(scene):
    road = gc.roadside_greening(*hedge_scene(scene), **RULES)
    gaps = road.gaps.set_index("side")
    assert list(gaps.index) == ["left", "right"]
    assert gaps.loc["left", "from_m"] == pytest.approx(370.0, abs=0.01)
    assert gaps.loc["left", "to_m"] == pytest.approx(1000.0, abs=0.01)
    assert gaps.loc["left", "chainage"] == "K0+370–K1+000"
    assert gaps.loc["right", "chainage"] == "K0+000–K1+000"
    assert set(gaps["cover_now"]) == {"grass"}
    assert gaps.loc["left", "length_m"] == pytest.approx(630.0, abs=0.01)
    assert gaps.loc["left"].geometry.length > 0.0


def test_right_angle_bend_keeps_both_sides_whole(scene):
    line = scene.line((-300, 0), (0, 0), (0, 300))
    cover = scene.cover(trees_where(lambda x, y: (x < 0) & (y > 0)))
    road = gc.roadside_greening(scene.roads(line), cover, **RULES)
    found = totals(road)
    assert found == {
        ("left", "greened"): pytest.approx(600, abs=0.02),
        ("right", "gap"): pytest.approx(600, abs=0.02),
    }
    # Inside, the belt turns about a point: it loses a square; outside it gains a quarter ring.
    ha = road.sides.groupby("side")["strip_ha"].sum() * 1e4
    assert ha["left"] == pytest.approx(2 * 300 * 10 - (15**2 - 5**2), rel=1e-3)
    fan = 4 * (15**2 - 5**2) * np.sin(np.radians(22.5)) / 2
    assert ha["right"] == pytest.approx(2 * 300 * 10 + fan, rel=1e-3)


def test_circle_is_green_inside_and_bare_outside(scene):
    angle = np.linspace(0.0, 2 * np.pi, 181)
    circle = scene.curve(200 * np.cos(angle), 200 * np.sin(angle))
    cover = scene.cover(trees_where(lambda x, y: np.hypot(x, y) < 200))
    road = gc.roadside_greening(scene.roads(circle), cover, **RULES)
    by_side = road.rates_by("side").set_index("side")
    assert by_side.loc["left", "greening_pct"] == 100.0
    assert by_side.loc["right", "greening_pct"] == 0.0
    ha = road.sides.groupby("side")["strip_ha"].sum() * 1e4
    assert ha["left"] == pytest.approx(np.pi * (195**2 - 185**2), rel=1e-3)
    assert ha["right"] == pytest.approx(np.pi * (215**2 - 205**2), rel=1e-3)


def test_reversing_a_line_swaps_the_sides_and_changes_nothing_else(scene):
    rng = np.random.default_rng(3)
    x = np.linspace(-480, 480, 41)
    y = 60 * np.sin(x / 35.0) + rng.normal(0, 8, x.size)
    line = scene.curve(x, y)
    cover = scene.cover(trees_where(lambda x, y: (x // 37 + y // 23) % 2 == 0))
    ahead = gc.roadside_greening(scene.roads(line), cover, **RULES).sides
    back = gc.roadside_greening(scene.roads(line.reverse()), cover, **RULES).sides
    length = ahead["to_m"].max()
    for side, other in (("left", "right"), ("right", "left")):
        one = ahead[ahead["side"] == side].sort_values("from_m")
        two = back[back["side"] == other].sort_values("from_m", ascending=False)
        assert list(one["status"]) == list(two["status"])
        np.testing.assert_allclose(one["from_m"], length - two["to_m"], atol=1e-6)
        np.testing.assert_allclose(one["tree_share"], two["tree_share"], atol=1e-6)
        np.testing.assert_allclose(one["strip_ha"], two["strip_ha"], rtol=1e-6, atol=1e-12)


def test_splitting_a_line_changes_no_total(scene):
    x = np.linspace(-480, 480, 33)
    line = scene.curve(x, 50 * np.sin(x / 40.0))
    cover = scene.cover(trees_where(lambda x, y: (x // 37 + y // 23) % 2 == 0))
    whole = gc.roadside_greening(scene.roads(line), cover, **RULES)
    points = list(line.coords)
    halves = scene.roads(
        shapely.LineString(points[:14]), shapely.LineString(points[13:]), name=["R0", "R0"]
    )
    split = gc.roadside_greening(halves, cover, **RULES)
    np.testing.assert_allclose(split.sides["from_m"], whole.sides["from_m"], atol=1e-6)
    assert list(split.sides["status"]) == list(whole.sides["status"])
    reversed_half = halves.copy()
    reversed_half.loc[0, "geometry"] = halves.geometry[0].reverse()
    again = gc.roadside_greening(reversed_half, cover, **RULES)
    assert totals(again) == pytest.approx(totals(whole))


def test_bridge_and_tunnel_leave_the_denominator_by_attribute(scene):
    lines = [scene.line((a, 0), (b, 0)) for a, b in ((-500, -300), (-300, -260), (-260, 500))]
    roads = scene.roads(*lines, name="R0", bridge=["no", "yes", ""], tunnel=["", None, ""])
    road = gc.roadside_greening(
        roads, scene.cover(everywhere(TREE)), bridge="bridge", tunnel="tunnel", **RULES
    )
    excluded = road.sides[road.sides["status"] == "excluded"]
    assert set(excluded["reason"]) == {"bridge"}
    assert excluded["length_m"].sum() == pytest.approx(80.0, abs=0.01)
    assert excluded["from_m"].min() == pytest.approx(200.0, abs=0.01)
    row = road.rates.iloc[0]
    assert row["greening_pct"] == 100.0
    assert row["greening_all_pct"] == pytest.approx(96.0, abs=1e-3)
    tunnel = roads.assign(tunnel=["", "building_passage", ""], bridge="no")
    road = gc.roadside_greening(
        tunnel, scene.cover(everywhere(TREE)), bridge="bridge", tunnel="tunnel", **RULES
    )
    assert set(road.sides["reason"]) == {"", "tunnel"}


def test_water_beside_the_road_is_no_gap(scene):
    cover = scene.cover(lambda x, y: np.where(x > 100, WATER, np.where(y > 0, TREE, GRASS)))
    road = gc.roadside_greening(scene.roads(scene.line((-500, 0), (500, 0))), cover, **RULES)
    row = road.rates.iloc[0]
    assert row["excluded_km"] == pytest.approx(0.8, abs=1e-4)
    assert row["greening_pct"] == pytest.approx(50.0, abs=1e-6)
    assert set(road.sides["reason"]) == {"", "water"}


def test_ground_outside_the_raster_is_unobserved(scene):
    road = gc.roadside_greening(
        scene.roads(scene.line((-500, 0), (500, 0))),
        scene.cover(everywhere(TREE), half=300.0),
        **RULES,
    )
    row = road.rates.iloc[0]
    assert row["unobserved_km"] == pytest.approx(0.8, abs=1e-4)
    assert row["unobserved_pct"] == pytest.approx(40.0, abs=1e-3)
    assert row["greening_pct"] == 100.0
    assert row["greening_all_pct"] == pytest.approx(60.0, abs=1e-3)


def test_townships_share_the_county_without_rest(scene):
    x = np.linspace(-480, 480, 50)
    roads = scene.roads(scene.curve(x, 90 * np.sin(x / 60.0)), scene.line((-100, -400), (130, 400)))
    units = gpd.GeoDataFrame(
        {"code": ["W", "E"]},
        geometry=[scene.box(-600, -600, 7, 600), scene.box(7, -600, 600, 600)],
        crs=scene.crs,
    )
    cover = scene.cover(trees_where(lambda x, y: (x // 37 + y // 23) % 2 == 0))
    cut = gc.roadside_greening(roads, cover, units=units, **RULES)
    parts = cut.rates_by("unit")
    assert sorted(parts["unit"]) == ["E", "W"]
    whole = cut.rates_by().iloc[0]
    for column in ("side_km", "greened_km", "gap_km", "excluded_km"):
        assert parts[column].sum() == pytest.approx(whole[column], rel=1e-12)
    uncut = gc.roadside_greening(roads, cover, **RULES)
    assert uncut.rates_by()["side_km"].item() == pytest.approx(whole["side_km"], rel=1e-12)
    # The border lies at x = 7, a station must end there.
    west = cut.sides[(cut.sides["unit"] == "W") & (cut.sides["road"] == "R0")]
    ends = shapely.get_coordinates(west.geometry.to_numpy())[:, 0]
    assert ends.max() < scene.east + (7 + 16) / scene.scale[0]


def test_a_road_on_a_border_is_counted_once(scene):
    units = gpd.GeoDataFrame(
        {"code": ["N", "S"]},
        geometry=[scene.box(-600, 0, 600, 600), scene.box(-600, -600, 600, 0)],
        crs=scene.crs,
    )
    road = gc.roadside_greening(
        scene.roads(scene.line((-500, 0), (500, 0))),
        scene.cover(everywhere(TREE)),
        units=units,
        **RULES,
    )
    parts = road.rates_by("unit")
    assert parts["side_km"].sum() == pytest.approx(2.0, abs=1e-4)
    assert set(parts["unit"]) <= {"N", "S"}


def test_duplicates_and_points_are_not_counted_twice(scene):
    line = scene.line((-500, 0), (500, 0))
    dot = shapely.LineString([line.coords[0], line.coords[0]])
    roads = scene.roads(line, line.reverse(), dot, name=["R0", "R0", "R0"])
    road = gc.roadside_greening(roads, scene.cover(everywhere(TREE)), **RULES)
    assert road.rates["side_km"].item() == pytest.approx(2.0, abs=1e-4)
    assert any("drawn twice" in note for note in road.notes)


def test_columns(scene):
    road = gc.roadside_greening(*hedge_scene(scene), **RULES)
    assert {
        "road", "chain", "grade", "side", "from_m", "to_m", "length_m", "tree_share",
        "unobserved_share", "status", "reason", "cover_now", "strip_ha", "geometry",
    } <= set(road.sides.columns)  # fmt: skip
    assert {
        "road", "grade", "side_km", "greened_km", "gap_km", "excluded_km", "unobserved_km",
        "greenable_km", "greening_pct", "greening_all_pct", "unobserved_pct",
    } <= set(road.rates.columns)  # fmt: skip
    assert {
        "gap_id", "road", "grade", "side", "from_m", "to_m", "chainage", "length_m", "cover_now",
        "tree_share", "strip_ha", "geometry",
    } <= set(road.gaps.columns)  # fmt: skip
    assert road.parameters["step_m"] == 10.0
    assert road.sides.crs.is_geographic
    assert set(road.sides["side"]) == {"left", "right"}


def test_widths_by_column_by_grade_and_by_default(scene):
    roads = scene.roads(
        scene.line((-500, 0), (500, 0)),
        scene.line((-500, 200), (500, 200)),
        grade=["国道", "village"],
        half=[8.0, 3.0],
    )
    cover = scene.cover(everywhere(TREE))
    by_column = gc.roadside_greening(roads, cover, offset_m="half", belt_m=10.0)
    by_grade = gc.roadside_greening(
        roads, cover, offset_m={"national": 8.0, "village": 3.0}, belt_m=10.0
    )
    assert totals(by_column) == totals(by_grade)
    middles = by_column.sides.groupby("road").geometry.apply(lambda g: g.iloc[0].coords[0][1])
    assert (middles["R0"] - scene.north) * scene.scale[1] == pytest.approx(13.0, abs=0.01)
    default = gc.roadside_greening(roads, cover)
    assert default.parameters["belt_m"]["national"] == 10.0
    assert any("default" in note for note in default.notes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"road": "ref"}, "lacks|no column"),
        ({"offset_m": -1.0}, "offset_m is missing or negative in row 1"),
        ({"belt_m": 0.0}, "belt_m is 0"),
        ({"step_m": 0.0}, "step_m is 0"),
        ({"threshold": 30.0}, "threshold is 30: it is the share"),
        ({"offset_m": "half"}, "road layer has no column 'half'"),
        ({"mouth_m": "wide"}, "mouth_m is 'wide', which is no number"),
    ],
)
def test_mistakes_are_named(scene, change, message):
    roads, cover = hedge_scene(scene)
    with pytest.raises(LayerError, match=message):
        gc.roadside_greening(roads, cover, **{**RULES, **change})


def test_unknown_grade_missing_crs_and_no_overlap(scene):
    roads, cover = hedge_scene(scene)
    with pytest.raises(LayerError, match=r"'avenue'.*nobody declared"):
        gc.roadside_greening(roads.assign(grade="avenue"), cover)
    with pytest.raises(CrsError, match="no coordinate reference system"):
        gc.roadside_greening(roads.set_crs(None, allow_override=True), cover, **RULES)
    with pytest.raises(LayerError, match="empty"):
        gc.roadside_greening(roads.iloc[:0], cover, **RULES)
    away = roads.set_geometry(roads.geometry.translate(5.0))
    with pytest.raises(NoOverlapError):
        gc.roadside_greening(away, cover, **RULES)
    assert BUILT != GRASS


def test_sample_county_meets_what_was_planted():
    truth = json.loads((SAMPLE / "truth.json").read_text("utf-8"))["roads"]
    cover = gc.LandCover.open(SAMPLE / "cover_2023.tif", legend="worldcover", year=2023)
    roads = gpd.read_file(SAMPLE / "county.gpkg", layer="roads")
    known = {name: entry for name, entry in truth.items() if entry["sides_known"]}
    roads["half"] = roads["width_m"] / 2.0
    road = gc.roadside_greening(
        roads[roads["road"].isin(known)],
        cover,
        road="road",
        offset_m="half",
        belt_m=10.0,
        threshold=0.3,
        bridge="bridge",
        tunnel="tunnel",
    )
    assert len(known) >= 4
    for name, entry in known.items():
        for side in ("left", "right"):
            expected = entry["years"]["2023"][side]
            rows = road.sides[(road.sides["road"] == name) & (road.sides["side"] == side)]
            status = rows.groupby("status")["length_m"].sum()
            slack = expected["length_tolerance_m"]
            assert status.get("greened", 0.0) == pytest.approx(
                expected["greened_length_m"], abs=slack
            ), (name, side)
            middle = (rows["from_m"] + rows["to_m"]) / 2000.0
            # A station well inside a greened interval is greened, well inside a gap it is a gap.
            for low, high in expected["greened_km"]:
                inside = (middle > low + 0.03) & (middle < high - 0.03)
                judged = rows[inside & rows["status"].isin(["greened", "gap"])]
                wrong = judged.loc[judged["status"] == "gap", "length_m"].sum()
                assert wrong <= 25.0 * (1 + len(entry["other_roads_at_km"])), (name, side, low)
            for gap in expected["gaps"]:
                inside = (middle > gap["from_km"] + 0.03) & (middle < gap["to_km"] - 0.03)
                assert not (rows["status"][inside] == "greened").any(), (name, side, gap)


@pytest.mark.parametrize("place", [{}, UTM, GAUSS_KRUGER, FAR_NORTH])
def test_inside_of_a_hairpin_is_green_in_every_system(tmp_path, place):
    scene = Scene(tmp_path, **place)
    angle = np.linspace(-np.pi / 2, np.pi / 2, 25)
    x = np.concatenate([[-400], 40 * np.cos(angle), [-400]])
    y = np.concatenate([[-40], 40 * np.sin(angle), [40]])

    def between(x, y):
        return np.where(x < 0, np.abs(y) < 40, np.hypot(x, y) < 40)

    road = gc.roadside_greening(
        scene.roads(scene.curve(x, y)), scene.cover(trees_where(between)), **RULES
    )
    by_side = road.rates_by("side").set_index("side")
    assert by_side.loc["left", "greening_pct"] == 100.0
    assert by_side.loc["right", "greening_pct"] == 0.0
    assert road.rates["side_km"].item() * 500 == pytest.approx(800 + 40 * np.pi, rel=1e-3)


def test_a_spiral_is_green_on_its_inner_side(scene):
    angle = np.linspace(np.pi, 6 * np.pi, 500)
    pitch = 60.0
    radius = pitch * angle / (2 * np.pi)

    def inner(x, y):
        turns = np.hypot(x, y) / pitch - (np.arctan2(y, x) % (2 * np.pi)) / (2 * np.pi)
        return turns % 1.0 > 0.5

    road = gc.roadside_greening(
        scene.roads(scene.curve(radius * np.cos(angle), radius * np.sin(angle))),
        scene.cover(trees_where(inner)),
        **RULES,
    )
    by_side = road.rates_by("side").set_index("side")
    # It winds outward counter-clockwise: the inner side is on the left.
    assert by_side.loc["left", "greening_pct"] == 100.0
    assert by_side.loc["right", "greening_pct"] == 0.0


def test_a_bridge_over_water_is_a_bridge(scene):
    lines = [scene.line((a, 0), (b, 0)) for a, b in ((-500, -60), (-60, 60), (60, 500))]
    roads = scene.roads(*lines, name="R0", bridge=["", "yes", ""])
    cover = scene.cover(lambda x, y: np.where(np.abs(x) < 50, WATER, np.where(y > 0, TREE, GRASS)))
    road = gc.roadside_greening(roads, cover, bridge="bridge", **RULES)
    assert road.sides.groupby("reason")["length_m"].sum().round(1).to_dict() == {
        "": 1760.0, "bridge": 240.0,
    }  # fmt: skip
    assert road.rates["greening_pct"].item() == pytest.approx(50.0, abs=1e-6)


def test_rates_of_roads_in_townships(scene):
    roads = scene.roads(scene.line((-400, -50), (400, -50)), scene.line((-400, 150), (100, 150)))
    units = gpd.GeoDataFrame(
        {"code": ["W", "E"]},
        geometry=[scene.box(-600, -600, 0, 600), scene.box(0, -600, 600, 600)],
        crs=scene.crs,
    )
    cover = scene.cover(trees_where(lambda x, _: x < 0))
    road = gc.roadside_greening(roads, cover, units=units, **RULES)
    table = road.rates_by("road", "unit").set_index(["road", "unit"])
    assert table["side_km"].round(3).to_dict() == {
        ("R0", "W"): 0.8, ("R0", "E"): 0.8, ("R1", "W"): 0.8, ("R1", "E"): 0.2,
    }  # fmt: skip
    assert table["greening_pct"].to_dict() == {
        ("R0", "W"): 100.0, ("R0", "E"): 0.0, ("R1", "W"): 100.0, ("R1", "E"): 0.0,
    }  # fmt: skip

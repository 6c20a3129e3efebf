"""Ground of the strips: nobody's twice, nothing left out, the same from either end."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import greencover as gc
from corridor_scenes import GRASS, TREE, Scene, everywhere, totals
from greencover.corridor._stations import Network, Stations
from greencover.corridor._strip_areas import strip_areas
from greencover.corridor.roadside import lay_strips

OFFSET, BELT = 5.0, 10.0
RULES = {"offset_m": OFFSET, "belt_m": BELT, "threshold": 0.5}


def ground(scene, *lines, **rules):
    """Polygons of the strips in metres, with road and side."""
    strips = lay_strips(scene.roads(*lines, name="R0"), grade=None, **{**RULES, **rules})
    sx, sy = scene.scale
    shapes = shapely.transform(
        strips.quads.to_numpy(), lambda p: (p - [scene.east, scene.north]) * [sx, sy]
    )
    sides = strips.sides.iloc[strips.belts.polygon_owner].reset_index(drop=True)
    return gpd.GeoDataFrame(sides.drop(columns="geometry"), geometry=shapes)


def assert_no_overlap(found):
    for _, part in found.groupby(["chain", "side"]):
        shapes = part.geometry.to_numpy()
        total = shapely.area(shapes).sum()
        # A coordinate in degrees is rounded to 2e-9 m, which a small figure feels.
        assert shapely.area(shapely.union_all(shapes)) == pytest.approx(total, rel=1e-9, abs=2e-7)


def spiral():
    angle = np.linspace(0.0, 6 * np.pi, 300)
    radius = 10.0 + 4.0 * angle
    return radius * np.cos(angle), radius * np.sin(angle)


def hairpin(gap):
    angle = np.linspace(-np.pi / 2, np.pi / 2, 13)
    x = np.concatenate([[-200], gap / 2 * np.cos(angle), [-200]])
    y = np.concatenate([[-gap / 2], gap / 2 * np.sin(angle), [gap / 2]])
    return x, y


SHAPES = {
    "right angle": (np.array([-100.0, 0, 0]), np.array([0.0, 0, 100])),
    "sharp": (np.array([-100.0, 0, -90]), np.array([0.0, 0, 25])),
    "there and back": (np.array([-100.0, 0, -100]), np.array([0.0, 0, 0])),
    "spiral": spiral(),
    "hairpin, legs 24 m apart": hairpin(24.0),
    "hairpin, legs 12 m apart": hairpin(12.0),
    "zigzag": (np.arange(20) * 7.0, np.tile([0.0, 9.0], 10)),
    "eight": (
        60 * np.sin(np.linspace(0, 2 * np.pi, 60)),
        40 * np.sin(2 * np.linspace(0, 2 * np.pi, 60)),
    ),
    "tight circle": (
        8 * np.cos(np.linspace(0, 2 * np.pi, 25)),
        8 * np.sin(np.linspace(0, 2 * np.pi, 25)),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_strips_of_one_side_never_overlap(tmp_path, shape):
    scene = Scene(tmp_path)
    assert_no_overlap(ground(scene, scene.curve(*SHAPES[shape])))


@pytest.mark.parametrize("shape", SHAPES)
def test_ground_is_the_same_from_either_end(tmp_path, shape):
    scene = Scene(tmp_path)
    line = scene.curve(*SHAPES[shape])
    ahead, back = ground(scene, line), ground(scene, line.reverse())
    length = ahead["to_m"].max()
    swap = {"left": "right", "right": "left"}
    one = ahead.assign(at=ahead["from_m"].round(3), m2=ahead.area)
    two = back.assign(
        at=(length - back["to_m"]).round(3), side=back["side"].map(swap), m2=back.area
    )
    if shape == "there and back":
        # Both passes claim the same ground: which of them gets it is open, how much is not.
        assert one["m2"].sum() == pytest.approx(two["m2"].sum(), rel=1e-6)
        return
    merged = one.groupby(["side", "at"])["m2"].sum().to_frame("ahead")
    merged["back"] = two.groupby(["side", "at"])["m2"].sum()
    np.testing.assert_allclose(merged["ahead"], merged["back"].fillna(0.0), rtol=1e-5, atol=1e-3)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.floats(2.0, 60.0), st.floats(-175.0, 175.0)), min_size=1, max_size=14),
    st.floats(0.0, 8.0),
    st.floats(2.0, 25.0),
)
def test_strips_of_any_polyline_never_overlap(tmp_path_factory, legs, offset, belt):
    scene = Scene(tmp_path_factory.getbasetemp())
    length = np.array([leg for leg, _ in legs])
    heading = np.radians(np.cumsum([turn for _, turn in legs]))
    x = np.concatenate([[0.0], np.cumsum(length * np.cos(heading))])
    y = np.concatenate([[0.0], np.cumsum(length * np.sin(heading))])
    assert_no_overlap(ground(scene, scene.curve(x, y), offset_m=offset, belt_m=belt))


def test_a_wide_belt_inside_a_circle_fills_it(tmp_path):
    scene = Scene(tmp_path)
    angle = np.linspace(0.0, 2 * np.pi, 73)
    found = ground(scene, scene.curve(20 * np.cos(angle), 20 * np.sin(angle)), belt_m=40.0)
    inside = found[found["side"] == "left"].area.sum()
    ring = 72 * 15.0**2 * np.sin(2 * np.pi / 72) / 2
    assert inside == pytest.approx(ring, rel=2e-3)


def test_hairpin_legs_share_the_ground_between_them(tmp_path):
    scene = Scene(tmp_path)
    found = ground(scene, scene.curve(*hairpin(24.0)))
    # Between the legs lie 24 m, of which 2 x 5 m are carriageway.
    left = found[found["side"] == "left"]
    long = left[(left["from_m"] > 20) & (left["to_m"] < 180)]
    per_metre = long.area.sum() / long.drop_duplicates("from_m")["length_m"].sum()
    assert per_metre == pytest.approx(7.0, rel=1e-3)


def test_the_own_carriageway_is_nobodys_belt(tmp_path):
    scene = Scene(tmp_path)
    found = ground(scene, scene.curve(*hairpin(12.0)))
    left = found[(found["side"] == "left") & (found["from_m"] > 20) & (found["to_m"] < 180)]
    per_metre = left.area.sum() / left.drop_duplicates("from_m")["length_m"].sum()
    assert per_metre == pytest.approx(1.0, rel=1e-3)


def test_a_crossing_road_makes_a_junction_mouth_and_takes_its_ground(tmp_path):
    scene = Scene(tmp_path)
    roads = scene.roads(
        scene.line((-300, 0), (300, 0)),
        scene.line((3, -300), (3, 300)),
        scene.line((-95, 0), (-95, 90)),
    )
    road = gc.roadside_greening(roads, scene.cover(everywhere(TREE)), **RULES)
    mouths = road.sides[road.sides["status"] == "excluded"]
    assert set(mouths["reason"]) == {"junction"}
    # Carriageways are 10 m wide: -2 to 8 covers most of the station from 0 to 10 of the first road
    # on both sides, and -100 to -90 all of one station on its left side only.
    main = mouths[mouths["road"] == "R0"].groupby("side")["length_m"].sum()
    assert main.to_dict() == {
        "left": pytest.approx(20.0, abs=0.01),
        "right": pytest.approx(10.0, abs=0.01),
    }
    ha = road.sides[(road.sides["road"] == "R0") & (road.sides["side"] == "right")][
        "strip_ha"
    ].sum()
    assert ha * 1e4 == pytest.approx(600 * 10 - 10 * 10, rel=1e-3)
    assert road.deductions.set_index("reason").loc["junction", "side_km"] == pytest.approx(
        mouths["length_m"].sum() / 1000
    )


def test_two_lines_of_one_road_leave_the_median_out(tmp_path):
    scene = Scene(tmp_path)
    roads = scene.roads(
        scene.line((-300, 0), (300, 0)), scene.line((300, 12), (-300, 12)), name="G1"
    )
    cover = scene.cover(everywhere(TREE))
    road = gc.roadside_greening(roads, cover, dual="two roads", **RULES)
    by = road.sides.groupby(["chain", "side", "status"])["length_m"].sum()
    # 12 m between the centrelines: 5 + 5 m are carriageway, and 8 of 10 m of the belt are covered.
    assert by.to_dict() == {
        (0, "left", "excluded"): pytest.approx(600, abs=0.01),
        (0, "right", "greened"): pytest.approx(600, abs=0.01),
        (1, "left", "excluded"): pytest.approx(600, abs=0.01),
        (1, "right", "greened"): pytest.approx(600, abs=0.01),
    }
    assert set(road.sides.loc[road.sides["status"] == "excluded", "reason"]) == {
        "other carriageway"
    }
    assert any("two lines" in note for note in road.notes)


def test_a_tunnel_below_takes_no_ground(tmp_path):
    scene = Scene(tmp_path)
    roads = scene.roads(
        scene.line((-300, 0), (300, 0)), scene.line((0, -300), (0, 300)), tunnel=["no", "yes"]
    )
    road = gc.roadside_greening(roads, scene.cover(everywhere(TREE)), tunnel="tunnel", **RULES)
    assert (road.sides.loc[road.sides["road"] == "R0", "status"] == "greened").all()


def test_other_roads_cover_ground_without_being_reported(tmp_path):
    scene = Scene(tmp_path)
    road = gc.roadside_greening(
        scene.roads(scene.line((-300, 0), (300, 0))),
        scene.cover(everywhere(TREE)),
        other_roads=scene.roads(scene.line((3, -300), (3, 300)), name="lane"),
        **RULES,
    )
    assert set(road.sides["road"]) == {"R0"}
    assert totals(road)["left", "excluded"] == pytest.approx(10.0, abs=0.01)


def test_stations_are_equal_between_breaks(tmp_path):
    scene = Scene(tmp_path)
    strips = lay_strips(scene.roads(scene.line((0, 0), (104, 0))), grade=None, **RULES)
    left = strips.sides[strips.sides["side"] == "left"]
    np.testing.assert_allclose(left["length_m"], 10.4, rtol=1e-6)
    assert left["to_m"].iloc[:-1].tolist() == pytest.approx(left["from_m"].iloc[1:].tolist())


def test_stations_end_at_breaks():
    from greencover.corridor._chains import Chain

    chain = Chain("R", 0, np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([0.0, 100.0]), np.array([0]))
    cut = Stations.cut(
        Network.of([chain]), 10.0, (np.array([0, 0, 0]), np.array([33.0, 33.0005, 97]))
    )
    assert {0.0, 33.0, 97.0} <= set(cut.from_m.tolist())
    assert cut.to_m[-1] == 100.0
    assert (cut.to_m - cut.from_m).sum() == pytest.approx(100.0)
    assert len(cut) == 3 + 6 + 1


UTM = {"crs": "EPSG:32650", "east": 480_000.0, "north": 3_050_000.0}


@pytest.mark.parametrize("place", [{}, UTM])
def test_areas_of_strips_meet_their_polygons(tmp_path, place):
    scene = Scene(tmp_path, **place)
    strips = lay_strips(scene.roads(scene.curve(*spiral())), grade=None, **RULES)
    cover = scene.cover(lambda x, y: np.where((x // 7 + y // 5) % 2 == 0, TREE, GRASS))
    fast = strip_areas(strips.belts, cover)
    np.testing.assert_allclose(fast, gc.class_areas(strips.quads, cover).to_numpy(), atol=1e-9)
    np.testing.assert_allclose(fast.sum(), gc.ground_area_ha(strips.quads).sum(), rtol=1e-9)


def test_areas_of_strips_over_tiles_that_overlap(tmp_path):
    scene = Scene(tmp_path)
    strips = lay_strips(scene.roads(scene.line((-400, 0), (400, 7))), grade=None, **RULES)
    paths = [
        scene.cover(everywhere(TREE), half=200.0).paths[0],
        scene.cover(everywhere(GRASS), half=500.0).paths[0],
    ]
    cover = gc.LandCover.open(paths, legend="worldcover")
    fast = strip_areas(strips.belts, cover)
    np.testing.assert_allclose(fast, gc.class_areas(strips.quads, cover).to_numpy(), atol=1e-9)
    road = gc.roadside_greening(scene.roads(scene.line((-400, 0), (400, 7))), cover, **RULES)
    assert road.rates["greening_pct"].item() == pytest.approx(50.0, abs=1.5)


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.floats(8.0, 60.0), st.floats(-140.0, 140.0)), min_size=2, max_size=10))
def test_any_polyline_gives_the_same_ground_from_either_end(tmp_path_factory, legs):
    scene = Scene(tmp_path_factory.getbasetemp())
    length = np.array([leg for leg, _ in legs])
    heading = np.radians(np.cumsum([turn for _, turn in legs]))
    x = np.concatenate([[0.0], np.cumsum(length * np.cos(heading))])
    y = np.concatenate([[0.0], np.cumsum(length * np.sin(heading))])
    line = scene.curve(x, y)
    ahead, back = ground(scene, line), ground(scene, line.reverse())
    for side, other in (("left", "right"), ("right", "left")):
        one, two = ahead[ahead["side"] == side], back[back["side"] == other]
        assert one.area.sum() == pytest.approx(two.area.sum(), rel=1e-5, abs=1e-2)

"""Roadsides judged by trees, rows, canopy and field checks, in scenes whose lengths are known."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from affine import Affine

import greencover as gc
from corridor_scenes import GRASS, TREE, Scene, everywhere, totals, trees_where
from greencover.corridor import checked_accuracy
from greencover.corridor.roadside import roadside_greening_in_groups
from greencover.corridor.sources._crown_union import shaded_m2
from greencover.ground.errors import AccuracyError
from greencover.rasters import ArrayCells

# County roads: the belt runs from 4.25 to 14.25 m beside the centreline.
OFFSET, BELT = 4.25, 10.0


@pytest.fixture
def scene(tmp_path) -> Scene:
    return Scene(tmp_path)


def points(scene: Scene, places, **columns) -> gpd.GeoDataFrame:
    at = [shapely.Point(scene.line(place, (0, 0)).coords[0]) for place in places]
    return gpd.GeoDataFrame(columns, index=range(len(at)), geometry=at, crs=scene.crs)


def row(step: float, *, missing: int = 0, length: float = 600.0, y: float = 6.0):
    """Trees from half a step on; some are missing in the middle."""
    x = np.arange(step / 2, length, step)
    middle = len(x) // 2
    return [(at, y) for at in np.delete(x, slice(middle, middle + missing))]


def area(scene: Scene, *box: float) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[scene.box(*box)], crs=scene.crs)


def lengths(road: gc.RoadsideGreening, side: str) -> dict[str, float]:
    return {status: m for (one, status), m in totals(road).items() if one == side}


@pytest.mark.parametrize(
    ("step", "missing", "spacing", "gap"),
    [
        (6, 0, 15, 0),
        (6, 1, 15, 0),
        (6, 2, 15, 18),
        (10, 0, 15, 0),
        (10, 1, 15, 20),
        (10, 2, 15, 30),
        (20, 0, 15, 580),
        (20, 1, 25, 40),
        (20, 2, 25, 60),
    ],
)
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4547"])
def test_a_gap_is_a_stretch_longer_than_the_spacing(tmp_path, step, missing, spacing, gap, crs):
    east, north = (114.8, 27.5) if crs == "EPSG:4326" else (500_000.0, 3_000_000.0)
    scene = Scene(tmp_path, crs, east, north)
    trees = points(scene, row(step, missing=missing))
    road = gc.roadside_greening(
        scene.roads(scene.line((0, 0), (600, 0))),
        scene.cover(everywhere(GRASS)),
        trees=trees,
        spacing_m=spacing,
        surveyed=area(scene, -50, 0, 650, 100),
    )
    # On the ground: a metre of the projected system is up to 0.0004 longer or shorter.
    found = lengths(road, "left")
    assert found.get("gap", 0.0) == pytest.approx(gap, rel=1e-3)
    assert sum(found.values()) == pytest.approx(600, rel=1e-3)
    assert set(road.sides.loc[road.sides["side"] == "left", "evidence"]) == {"trees"}


@pytest.mark.parametrize(
    ("places", "crown", "green"),
    [
        ([300], 6, [(297, 303)]),
        ([300], None, []),
        # Two crowns of a row of 2 m, and a row that is longer than its crowns.
        ([300, 302], 6, [(298, 304)]),
        ([300, 310], 6, [(300, 310)]),
        # The crown of a tree at the end of a row does not lengthen it.
        ([100, 110, 300], 8, [(100, 110), (296, 304)]),
        # Crowns that close over a stretch leave no gap.
        ([300, 316], 20, [(290, 326)]),
    ],
)
def test_a_lone_tree_keeps_the_ground_under_its_crown(scene, places, crown, green):
    road = gc.roadside_greening(
        scene.roads(scene.line((0, 0), (600, 0))),
        scene.cover(everywhere(GRASS)),
        trees=points(scene, [(at, 6) for at in places]),
        crown_m=crown,
        spacing_m=15,
        surveyed=area(scene, -50, 0, 650, 100),
    )
    runs = road.runs[(road.runs["side"] == "left") & (road.runs["status"] == "greened")]
    assert [(run.from_m, run.to_m) for run in runs.itertuples()] == [
        pytest.approx(one, abs=0.01) for one in green
    ]


def test_trees_tell_where_none_were_surveyed_too(scene):
    """Without an extent a row greens what it lines, and the land cover judges the rest."""
    road = gc.roadside_greening(
        scene.roads(scene.line((0, 0), (600, 0))),
        scene.cover(trees_where(lambda x, _: x > 500)),
        trees=points(scene, row(10, length=300)),
        spacing_m=15,
        step_m=5,
    )
    left = road.sides[road.sides["side"] == "left"]
    by = left.groupby(["evidence", "status"])["length_m"].sum().to_dict()
    # The last tree stands at 295 m.
    assert by == pytest.approx(
        {("trees", "greened"): 295, ("cover", "gap"): 205, ("cover", "greened"): 100}, abs=0.01
    )


def test_absence_counts_only_where_somebody_looked(scene):
    """Surveyed are the left side from 100 to 400 m; it has no tree, and none of it is seen."""
    road = gc.roadside_greening(
        scene.roads(scene.line((0, 0), (600, 0))),
        scene.cover(everywhere(TREE)),
        trees=points(scene, [(50, -7)]),
        spacing_m=15,
        surveyed=area(scene, 100, 0, 400, 50),
    )
    assert lengths(road, "left") == pytest.approx({"greened": 300, "gap": 300}, abs=0.01)
    assert lengths(road, "right") == pytest.approx({"greened": 600}, abs=0.01)
    told = road.disagreements
    assert told[["side", "from_m", "to_m", "by_cover", "by_trees"]].round(2).values.tolist() == [
        ["left", 100.0, 400.0, "greened", "gap"]
    ]


@pytest.mark.parametrize("side", ["左", "left", None])
def test_roads_are_surveyed_by_name_and_chainage(scene, side):
    extent = pd.DataFrame({"road": ["R0"], "from_km": ["K0+100"], "to_km": [0.4], "side": [side]})
    road = gc.roadside_greening(
        scene.roads(scene.line((0, 0), (600, 0))),
        scene.cover(everywhere(TREE)),
        trees=points(scene, [(550, 7)]),
        spacing_m=15,
        surveyed=extent,
    )
    other = {"greened": 600} if side else {"greened": 300, "gap": 300}
    assert lengths(road, "left") == pytest.approx({"greened": 300, "gap": 300}, abs=0.01)
    assert lengths(road, "right") == pytest.approx(other, abs=0.01)


def test_what_lies_beyond_the_survey_may_hold_the_next_tree(scene):
    """The last tree stands at 295 m, the survey ends 12 m behind it: shorter than the spacing."""
    road = gc.roadside_greening(
        scene.roads(scene.line((0, 0), (600, 0))),
        scene.cover(everywhere(GRASS)),
        trees=points(scene, row(10, length=300)),
        spacing_m=15,
        surveyed=area(scene, -10, 0, 307, 50),
    )
    left = road.sides[(road.sides["side"] == "left") & (road.sides["evidence"] == "trees")]
    assert left["length_m"].sum() == pytest.approx(295, abs=0.01)
    assert set(left["status"]) == {"greened"}


def test_crowns_are_counted_once_and_only_inside_the_belt(scene):
    """Crowns over the kerb, two that overlap, and one of a dead tree."""
    trees = points(
        scene,
        [(5, 4.25), (25, 9), (26, 9), (45, 9), (65, 9)],
        crown=[4.0, 6.0, 6.0, 6.0, 0.0],
        state=["alive", "alive", "Alive", "dead", "alive"],
    )
    road = gc.roadside_greening(
        scene.roads(scene.line((0, 0), (100, 0))),
        scene.cover(everywhere(GRASS)),
        trees=trees,
        crown_m="crown",
        status="state",
        surveyed=area(scene, -10, 0, 110, 50),
        threshold=0.3,
    )
    left = road.sides[road.sides["side"] == "left"]
    both = shapely.union_all([shapely.Point(x, 9).buffer(3, quad_segs=512) for x in (25, 26)])
    shares = {0: 2 * np.pi / 100, 20: both.area / 100, 40: 0.0, 60: 0.0}
    found = {metres: left["crown_share"].iloc[metres // 10] for metres in shares}
    assert found == pytest.approx(shares, abs=2e-4)
    assert left["status"].tolist()[2] == "greened"
    assert (left["status"] == "gap").sum() == 9
    assert road.trees["condition"].value_counts().to_dict() == {"alive": 4, "dead": 1}


def test_a_tree_belongs_to_the_nearest_road_once(scene):
    """Two roads 24 m apart; the trees stand 5 m from the second, inside the belt of the first."""
    roads = scene.roads(scene.line((0, 0), (600, 0)), scene.line((0, 19), (600, 19)))
    road = gc.roadside_greening(
        roads,
        scene.cover(everywhere(GRASS), half=900),
        trees=points(scene, row(10, y=13.0)),
        crown_m=8.0,
        spacing_m=15,
        surveyed=area(scene, -50, -100, 650, 120),
    )
    by = road.sides.groupby(["road", "side", "status"])["length_m"].sum().to_dict()
    assert by[("R1", "right", "greened")] == pytest.approx(600, abs=0.01)
    assert by[("R0", "left", "gap")] == pytest.approx(600, abs=0.01)
    assert set(road.trees["road"]) == {"R1"}
    assert len(road.trees) == 60
    # Their crowns reach over the belt of the first road, and are not its own.
    assert road.sides.loc[road.sides["road"] == "R0", "crown_share"].max() == 0.0


def test_trees_of_roads_that_are_not_reported_on_are_theirs(scene):
    others = scene.roads(scene.line((0, 19), (600, 19)))
    road = gc.roadside_greening(
        scene.roads(scene.line((0, 0), (600, 0))),
        scene.cover(everywhere(GRASS)),
        other_roads=others,
        trees=points(scene, row(10, y=13.0)),
        spacing_m=15,
        surveyed=area(scene, -50, -100, 650, 120),
    )
    assert lengths(road, "left").keys() == {"gap"}
    assert len(road.trees) == 0


@pytest.mark.parametrize("step_m", [10, 2])
def test_a_row_may_end_at_a_junction(scene, step_m):
    """Trees up to 6 m from the mouth of a road that is 8.5 m wide: no gap, though 25 m apart."""
    west, east = np.arange(5, 290, 10.0), np.arange(310, 600, 10.0)
    x = np.concatenate([west, [289.0], east])
    roads = scene.roads(scene.line((0, 0), (600, 0)), scene.line((300, 0), (300, 400)))
    road = gc.roadside_greening(
        roads,
        scene.cover(everywhere(GRASS)),
        trees=points(scene, [(at, 6.0) for at in x]),
        spacing_m=15,
        step_m=step_m,
        surveyed=area(scene, -50, 0, 650, 16),
    )
    main = road.sides[(road.sides["road"] == "R0") & (road.sides["side"] == "left")]
    assert set(main.loc[main["status"] != "excluded", "status"]) == {"greened"}
    reasons = {"junction"} if step_m == 2 else set()
    assert set(main.loc[main["status"] == "excluded", "reason"]) == reasons


@pytest.mark.parametrize(("missing", "until"), [(1, 275), (2, 265)])
def test_trees_missing_before_a_junction_leave_a_gap_up_to_its_mouth(scene, missing, until):
    """The mouth is 8.5 m wide; behind it the row begins again, where it may."""
    x = np.concatenate([np.arange(5, 290, 10.0)[:-missing], np.arange(306, 600, 10.0)])
    roads = scene.roads(scene.line((0, 0), (600, 0)), scene.line((300, 0), (300, 400)))
    road = gc.roadside_greening(
        roads,
        scene.cover(everywhere(GRASS)),
        trees=points(scene, [(at, 6.0) for at in x]),
        spacing_m=15,
        step_m=0.5,
        surveyed=area(scene, -50, 0, 650, 16),
    )
    main = road.sides[(road.sides["road"] == "R0") & (road.sides["side"] == "left")]
    gap = main[main["status"] == "gap"]
    assert gap["from_m"].min() == pytest.approx(until, abs=0.01)
    assert gap["length_m"].sum() == pytest.approx(295.75 - until, abs=0.5)


def test_a_block_between_two_mouths_without_a_tree_is_a_gap(scene):
    """12 m between two roads are shorter than the spacing, but nothing stands there at all."""
    x = np.concatenate([np.arange(5, 285, 10.0), np.arange(325, 600, 10.0)])
    roads = scene.roads(
        scene.line((0, 0), (600, 0)),
        scene.line((290, 0), (290, 400)),
        scene.line((310, 0), (310, 400)),
    )
    road = gc.roadside_greening(
        roads,
        scene.cover(everywhere(GRASS)),
        trees=points(scene, [(at, 6.0) for at in x]),
        step_m=2,
        spacing_m=15,
        surveyed=area(scene, -50, 0, 650, 16),
    )
    main = road.sides[(road.sides["road"] == "R0") & (road.sides["side"] == "left")]
    gap = main[main["status"] == "gap"]
    assert gap["from_m"].min() > 290
    assert gap["to_m"].max() < 310
    assert gap["length_m"].sum() > 5


def test_rows_follow_bends(scene):
    """A quarter of a circle: trees 10 m apart along the centreline, one missing, or two."""
    radius, step = 200.0, np.radians(1.0)
    angle = np.arange(0, np.pi / 2 + step / 2, step)
    line = scene.curve(radius * np.sin(angle), radius * (1 - np.cos(angle)))
    length = 2 * radius * np.sin(step / 2) * (len(angle) - 1)
    for side, depth, missing in (("left", -7.0, [12]), ("right", 7.0, [12, 13])):
        turned = np.delete(np.arange(5, length, 10.0), missing) / length * np.pi / 2
        reach = radius + depth
        places = zip(reach * np.sin(turned), radius - reach * np.cos(turned), strict=True)
        road = gc.roadside_greening(
            scene.roads(line),
            scene.cover(everywhere(GRASS)),
            trees=points(scene, list(places)),
            spacing_m=15,
            surveyed=area(scene, -100, -100, 400, 400),
        )
        gap = 10 * (1 + len(missing))
        assert lengths(road, side).get("gap") == pytest.approx(gap, abs=0.1)
        other = {"left": "right", "right": "left"}[side]
        assert lengths(road, other).keys() == {"gap"}


def test_a_ring_has_no_ends(scene):
    """Trees 10 m apart all the way round, two missing where the ring starts and ends."""
    count, radius = 60, 100.0
    angle = np.linspace(0, 2 * np.pi, 181)
    ring = scene.curve(radius * np.sin(angle), radius * np.cos(angle))
    place = np.delete((np.arange(count) + 0.5) / count * 2 * np.pi, [0, count - 1])
    trees = points(scene, zip(93 * np.sin(place), 93 * np.cos(place), strict=True))
    road = gc.roadside_greening(
        scene.roads(ring),
        scene.cover(everywhere(GRASS)),
        trees=trees,
        spacing_m=25,
        surveyed=area(scene, -200, -200, 200, 200),
    )
    inside = road.sides.groupby(["side", "status"])["length_m"].sum().unstack(fill_value=0.0)
    around = 2 * 180 * radius * np.sin(np.pi / 180)
    assert inside["gap"].min() == pytest.approx(3 * around / count, abs=0.2)
    assert inside["gap"].max() == pytest.approx(around, abs=0.2)


def test_field_checks_overrule(scene):
    """Of a road that an inventory calls bare, three stations were visited."""
    roads = scene.roads(scene.line((0, 0), (600, 0)))
    cover = scene.cover(everywhere(GRASS))
    given = {
        "trees": points(scene, [(550, 7)]),
        "spacing_m": 15,
        "surveyed": area(scene, -50, 0, 650, 50),
    }
    before = gc.roadside_greening(roads, cover, **given)
    checks = before.sides[(before.sides["side"] == "left")].iloc[[3, 10, 20]]
    checks = checks.assign(found=["greened", "不可绿化", "not reached"])
    for form in (checks, checks[["found", "geometry"]]):
        road = gc.roadside_greening(roads, cover, field_checks=form, **given)
        field = road.sides[road.sides["evidence"] == "field"]
        assert field["status"].tolist() == ["greened", "excluded"]
        assert field["reason"].tolist() == ["", "found on site"]
        assert field["length_m"].sum() == pytest.approx(checks["length_m"].iloc[:2].sum())
        assert road.disagreements["by_field"].tolist() == ["greened", "excluded"]


def test_a_form_drawn_before_checks_is_taken_after_them(scene):
    """Trees along the first 300 m of the left side alone; of what is drawn one is otherwise."""
    roads = scene.roads(scene.line((0, 0), (600, 0)))
    given = {
        "trees": points(scene, [(x, 7) for x in range(5, 300, 10)]),
        "spacing_m": 15,
        "surveyed": area(scene, -50, -50, 650, 50),
    }
    cover = scene.cover(everywhere(GRASS))
    before = gc.roadside_greening(roads, cover, **given)
    form = gc.field_sample(before, 40)
    found = form["status"].to_numpy(dtype=object)
    found[np.flatnonzero(found == "gap")[:3]] = ["greened", "excluded", "not reached"]
    found[np.flatnonzero(found == "greened")[0]] = "gap"
    filled = form.assign(found=found)

    after = gc.roadside_greening(roads, cover, field_checks=filled, **given)
    changed = after.sides["status"].to_numpy() != before.sides["status"].to_numpy()
    assert changed.sum() == 3
    assert after.sides["unchecked_status"].tolist() == before.sides["status"].tolist()
    pd.testing.assert_frame_equal(
        gc.checked_greening(after, filled), gc.checked_greening(before, filled)
    )
    # Checks that made the status do not prove it right.
    right = checked_accuracy(after, filled)
    pd.testing.assert_frame_equal(right, checked_accuracy(before, filled))
    assert right["users"].max() < 1.0

    pd.testing.assert_frame_equal(gc.field_sample(after, 40), form)
    again = gc.field_sample(after, 40, seed="another")
    told = gc.checked_greening(after, again.assign(found=again["status"])).attrs["notes"]
    assert any("seed another" in note for note in told)


@pytest.mark.parametrize("bend", [0, 40])
def test_checks_of_any_stretch_leave_the_frame_as_it_was(scene, bend):
    """Checks end within stations, at borders of townships, and over several stations."""
    lines = [scene.line((0, 0), (203, bend), (600, 0)), scene.line((300, -200), (320, 200))]
    roads = scene.roads(*lines)
    units = gpd.GeoDataFrame(
        {"code": ["W", "E"]},
        geometry=[scene.box(-50, -300, 347, 300), scene.box(347, -300, 700, 300)],
        crs=scene.crs,
    )
    given = {
        "trees": points(scene, [(x, 14 + bend) for x in range(5, 300, 10)]),
        "spacing_m": 15,
        "surveyed": area(scene, -50, -50, 500, 50),
        "units": units,
        "within": units,
        "mouth_m": 12,
    }
    cover = scene.cover(trees_where(lambda x, y: (y > 0) & (x > 400)))
    before = gc.roadside_greening(roads, cover, **given)
    form = gc.field_sample(before, 60)
    name = roads["name"].iloc[0]
    own = pd.DataFrame(
        {"road": name, "chain": 0, "side": ["left", "left", "right", "right"],
         "from_m": [104.0, 420.0, 33.3, 340.0], "to_m": [113.0, 491.7, 36.6, 360.0],
         "found": ["greened", "gap", "excluded", "greened"]}
    )  # fmt: skip
    parts = before.sides[before.sides["length_m"] < 9.0].assign(found="greened")
    for checks in (own, pd.DataFrame(parts), form.assign(found="gap")):
        after = gc.roadside_greening(roads, cover, field_checks=checks, **given)
        again = gc.field_sample(after, 60)
        pd.testing.assert_frame_equal(
            *(pd.DataFrame(f.drop(columns="geometry")) for f in (again, form))
        )
        assert again.geometry.geom_equals_exact(form.geometry, 1e-9).all()
        filled = form.assign(found=form["status"])
        pd.testing.assert_frame_equal(
            gc.checked_greening(after, filled), gc.checked_greening(before, filled)
        )
        assert after.sides["length_m"].sum() == pytest.approx(before.sides["length_m"].sum())
        field = after.sides[after.sides["evidence"] == "field"]
        told = (checks["to_m"] - checks["from_m"]).sum()
        assert field["length_m"].sum() == pytest.approx(told, abs=0.2)
        assert after.cover_ha.to_numpy().sum() == pytest.approx(before.cover_ha.to_numpy().sum())


def test_a_form_of_sides_that_an_inventory_changed_since_is_refused(scene):
    roads = scene.roads(scene.line((0, 0), (600, 0)))
    cover = scene.cover(everywhere(GRASS))
    given = {"spacing_m": 15, "surveyed": area(scene, -50, -50, 650, 50)}
    tree = points(scene, [(300, 7)])
    before = gc.roadside_greening(roads, cover, trees=tree, **given)
    filled = gc.field_sample(before, 40).assign(found="gap")
    trees = points(scene, [(x, 7) for x in range(5, 300, 10)])
    after = gc.roadside_greening(roads, cover, trees=trees, field_checks=filled, **given)
    with pytest.raises(AccuracyError, match="other station sides"):
        gc.checked_greening(after, filled)


def test_rows_that_were_drawn_green_their_length(scene):
    drawn = gpd.GeoDataFrame(
        {"width": [4.0, 1.0], "apart": [6.0, 20.0]},
        geometry=[scene.line((100, 8), (220, 8)), scene.line((300, 8), (400, 8))],
        crs=scene.crs,
    )
    roads = scene.roads(scene.line((0, 0), (600, 0)))
    cover = scene.cover(everywhere(GRASS))
    # A belt of 10 m is greened from 0.2 of its width on.
    for rule in ({"tree_row_width_m": "width"}, {"tree_row_spacing_m": "apart", "spacing_m": 15}):
        road = gc.roadside_greening(roads, cover, tree_rows=drawn, **rule)
        left = road.sides[road.sides["side"] == "left"]
        by = left.groupby(["evidence", "status"])["length_m"].sum().to_dict()
        assert by == pytest.approx(
            {("rows", "greened"): 120, ("rows", "gap"): 100, ("cover", "gap"): 380}, abs=0.01
        )
    road = gc.roadside_greening(roads, cover, tree_rows=drawn)
    assert lengths(road, "left")["greened"] == pytest.approx(220, abs=0.01)


def test_a_canopy_goes_before_the_cover_and_after_trees(scene):
    """Heights over the first 300 m; they show trees of 8 m from 100 to 200 m."""
    sx, sy = scene.scale
    x, y = np.meshgrid(np.arange(300) + 0.5, np.arange(100)[::-1] - 49.5)
    heights = np.where((x > 100) & (x < 200) & (y > 0), 8.0, 0.0).astype("float32")
    corner = Affine(1 / sx, 0, scene.east, 0, -1 / sy, scene.north + 50 / sy)
    cells = ArrayCells.of(heights, transform=corner, crs=scene.crs, name="chm.tif")
    road = gc.roadside_greening(
        scene.roads(scene.line((0, 0), (600, 0))),
        scene.cover(everywhere(TREE)),
        canopy=gc.LandCover.from_height(cells, min_height_m=3),
        trees=points(scene, row(10, length=50)),
        spacing_m=15,
        step_m=5,
    )
    left = road.sides[road.sides["side"] == "left"]
    by = left.groupby(["evidence", "status"])["length_m"].sum().to_dict()
    assert by == pytest.approx(
        {
            ("trees", "greened"): 45,
            ("canopy", "gap"): 155,
            ("canopy", "greened"): 100,
            ("cover", "greened"): 300,
        },
        abs=0.1,
    )


def test_a_source_that_is_too_old_ranks_last(scene):
    given = {
        "trees": points(scene, row(10)),
        "spacing_m": 15,
        "dates": {"trees": "2012-06"},
        "authors": {"trees": "Bureau"},
        "as_of": 2024,
    }
    roads, cover = scene.roads(scene.line((0, 0), (600, 0))), scene.cover(everywhere(GRASS))
    fresh = gc.roadside_greening(roads, cover, **given)
    assert lengths(fresh, "left").keys() == {"greened"}
    old = gc.roadside_greening(roads, cover, max_age_years=10, **given)
    assert lengths(old, "left").keys() == {"gap"}
    assert set(old.sides["by_trees"]) == {"greened", ""}
    told = [note for note in old.notes if note.code == "corridor.source_old"]
    assert [round(note.values["years"], 1) for note in told] == [11.6]
    assert old.parameters["sources"]["trees"] == {
        "rank": -6.0, "date": "2012-06", "author": "Bureau",
    }  # fmt: skip


def test_both_rules_are_judged_and_the_kinder_is_said(scene):
    """Crowns of 4 m every 10 m shade an eighth of the belt: greened by spacing alone."""
    given = {
        "trees": points(scene, row(10)),
        "crown_m": 4,
        "surveyed": area(scene, -50, 0, 650, 50),
    }
    roads, cover = scene.roads(scene.line((0, 0), (600, 0))), scene.cover(everywhere(GRASS))
    by_spacing = gc.roadside_greening(roads, cover, spacing_m=15, **given)
    by_crowns = gc.roadside_greening(roads, cover, **given)
    for road in (by_spacing, by_crowns):
        left = road.sides[road.sides["side"] == "left"]
        assert set(left["by_spacing"]) == {"greened"}
        assert set(left["by_crowns"]) == {"gap"}
    assert set(lengths(by_spacing, "left")) == {"greened"}
    assert set(lengths(by_crowns, "left")) == {"gap"}
    codes = [{note.code for note in road.notes} for road in (by_spacing, by_crowns)]
    assert "corridor.trees_judged_kinder" in codes[0]
    assert "corridor.trees_judged" in codes[1]


def test_crowns_from_trunks_say_where_they_come_from(scene):
    trees = points(scene, [(5, 9), (25, 9)], dbh=[20, 40], kind=["Quercus robur", "国槐"])
    road = gc.roadside_greening(
        scene.roads(scene.line((0, 0), (100, 0))),
        scene.cover(everywhere(GRASS)),
        trees=trees,
        dbh_cm="dbh",
        species="kind",
    )
    assert road.trees["crown_m"].tolist() == pytest.approx([5.1, 10.2])
    told = [note.values for note in road.notes if note.code == "corridor.crowns_from_trunks"]
    assert [(one["trees"], one["confidence"]) for one in told] == [(1, "B"), (1, "C")]


def test_planting_sites_stand_beside_their_roads(scene):
    sites = gpd.GeoDataFrame(
        geometry=[scene.box(100, 5, 102, 7), *points(scene, [(50, -6), (50, -60)]).geometry],
        crs=scene.crs,
    )
    road = gc.roadside_greening(
        scene.roads(scene.line((0, 0), (600, 0))),
        scene.cover(everywhere(GRASS)),
        planting_sites=sites,
    )
    assert road.trees[["side", "condition"]].values.tolist() == [
        ["left", "vacant"], ["right", "vacant"],
    ]  # fmt: skip
    assert road.trees["at_m"].tolist() == pytest.approx([101, 50], abs=0.01)


def test_groups_of_roads_change_nothing(scene):
    roads = scene.roads(*[scene.line((0, 40 * i), (600, 40 * i)) for i in range(4)])
    cover = scene.cover(everywhere(GRASS), half=900)
    rng = np.random.default_rng(3)
    trees = points(scene, rng.uniform((0, -20), (600, 140), (400, 2)), crown=5.0)
    given = {"trees": trees, "crown_m": "crown", "surveyed": area(scene, 0, 0, 600, 90)}
    whole = gc.roadside_greening(roads, cover, **given)
    parts = list(roadside_greening_in_groups(roads, cover, strips_at_once=1, **given))
    assert len(parts) == 4
    together = pd.concat([part.sides for part in parts], ignore_index=True)
    for column in ("road", "from_m", "status", "evidence", "by_trees", "crown_share"):
        pd.testing.assert_series_equal(together[column], whole.sides[column])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"crown_m": 500.0}, "corridor.no_diameter"),
        ({"status": "state"}, "corridor.condition_unknown"),
        ({"surveyed": pd.DataFrame({"road": ["R9"]})}, "corridor.surveyed_road"),
        ({"surveyed": pd.DataFrame({"road": ["R0"], "side": ["up"]})}, "corridor.surveyed_side"),
        (
            {"surveyed": pd.DataFrame({"road": ["R0"], "source": ["moss"]})},
            "corridor.surveyed_source",
        ),
        ({"trees": None, "surveyed": pd.DataFrame({"road": ["R0"]})}, "corridor.surveyed_nothing"),
        ({"dates": {"trees": "May"}}, "corridor.no_date"),
        (
            {"field_checks": pd.DataFrame({"road": ["R9"], "chain": 0, "side": "left",
                                           "from_m": 0, "to_m": 9, "found": "gap"})},
            "corridor.check_elsewhere",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_code(scene, given, code):
    trees = points(scene, [(5, 9)], state=["leaning"])
    with pytest.raises(gc.GreencoverError) as error:
        gc.roadside_greening(
            scene.roads(scene.line((0, 0), (100, 0))),
            scene.cover(everywhere(GRASS)),
            **{"trees": trees, **given},
        )
    assert error.value.code == code


def test_ground_under_crowns_is_that_of_their_union():
    """Against shapely, with circles of 2,048 corners: whole quadrilaterals, holes, parts."""
    rng = np.random.default_rng(5)
    edges, circles, first_edge, first_circle, expected, whole = [], [], [0], [0], [], []
    for number in range(60):
        square = shapely.affinity.rotate(shapely.box(0, 0, 10, 10), rng.uniform(0, 90))
        if number % 3 == 1:
            square = square.difference(shapely.box(3, 3, 5, 6))
        if number % 3 == 2:
            square = square.difference(shapely.box(-20, 4, 20, 6))
        count = int(rng.integers(0, 8))
        crowns = np.column_stack([rng.uniform(-3, 13, (count, 2)), rng.uniform(0.5, 5, count)])
        if count > 3:
            crowns[1] = crowns[0]
        for ring in shapely.get_rings(shapely.get_parts(shapely.orient_polygons(square))):
            xy = shapely.get_coordinates(ring)
            edges.append(np.hstack([xy[:-1], xy[1:]]))
        first_edge.append(sum(len(one) for one in edges))
        circles.append(crowns)
        first_circle.append(first_circle[-1] + count)
        discs = [shapely.Point(x, y).buffer(r, quad_segs=512) for x, y, r in crowns]
        expected.append(shapely.union_all(discs).intersection(square).area if count else 0.0)
        whole.append(square.area)
    area_m2, shaded = shaded_m2(
        np.vstack(edges), np.array(first_edge), np.vstack(circles), np.array(first_circle)
    )
    np.testing.assert_allclose(area_m2, whole, rtol=1e-12)
    np.testing.assert_allclose(shaded, expected, atol=2e-4)

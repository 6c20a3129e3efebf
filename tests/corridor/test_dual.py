"""Dual carriageways: the road counts once, its median is a class of its own."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

import greencover as gc
from corridor_scenes import GRASS, Scene, everywhere, trees_where
from greencover.corridor.rules import defaults
from greencover.ground.errors import LayerError

RULES = {"offset_m": 4.0, "belt_m": 5.0, "threshold": 0.5}
KM = ["road_km", "side_km", "median_km"]

UPPER, LOWER = ((-400, 10), (400, 10)), ((-400, -10), (400, -10))
TAPER = np.hypot(30, 10)
#: Lines and names of a road; kilometres of the road, of its sides and along its median by hand.
DRAWN = {
    "two lines 20 m apart": ([UPPER, LOWER], "AA", (0.8, 1.6, 1.6)),
    "drawn against each other": ([UPPER, LOWER[::-1]], "AA", (0.8, 1.6, 1.6)),
    "in pieces": (
        [UPPER, ((-400, -10), (-37, -10)), ((400, -10), (-37, -10))], "AAA", (0.8, 1.6, 1.6),
    ),
    "joined at the ends": (
        [UPPER, LOWER, (UPPER[0], LOWER[0]), (UPPER[1], LOWER[1])], "AAAA", (0.82, 1.64, 1.64),
    ),
    "parting from one point and meeting in one": (
        [((-430, 0), *UPPER, (430, 0)), ((-430, 0), *LOWER, (430, 0))], "AA",
        tuple(x * (0.8 + 2 * TAPER / 1e3) for x in (1, 2, 2)),
    ),
    "partly dual": (
        [((-800, 0), (-430, 0)), ((-430, 0), *UPPER), ((-430, 0), *LOWER)], "AAA",
        (0.37 + 0.8 + TAPER / 1e3, 2 * (0.37 + 0.8 + TAPER / 1e3), 2 * (0.8 + TAPER / 1e3)),
    ),
    "one line longer than the other": (
        [UPPER, ((-100, -10), (400, -10))], "AA", (0.3 + 0.5, 0.6 + 1.0, 1.0),
    ),
    "of two names": ([UPPER, LOWER], "AB", (1.6, 3.2, 0.0)),
    "further apart": ([((-400, 30), (400, 30)), ((-400, -30), (400, -30))], "AA", (1.6, 3.2, 0.0)),
    "side by side for 150 m only": (
        [((-400, 10), (-100, 10)), ((-250, -10), (400, -10))], "AA", (0.95, 1.9, 0.0),
    ),
    "crossing": ([((-400, 0), (400, 0)), ((0, -400), (0, 400))], "AA", (1.6, 3.2, 0.0)),
    "legs of a hairpin": ([(*UPPER, *LOWER[::-1])], "A", (1.62, 3.24, 0.0)),
}  # fmt: skip


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path)


def counted(scene, lines, names, **options):
    roads = scene.roads(*(scene.line(*line) for line in lines), name=list(names))
    cover = scene.cover(everywhere(GRASS), half=850.0, cell=10.0)
    return gc.roadside_greening(roads, cover, **RULES, **options)


@pytest.mark.parametrize("what", DRAWN)
def test_lengths_by_hand(scene, what):
    lines, names, km = DRAWN[what]
    row = counted(scene, lines, names).rates_by().iloc[0]
    np.testing.assert_allclose(row[KM].to_numpy(dtype=float), km, atol=5e-4)
    assert row["all_km"] == row["side_km"]
    parts = row[["greened_km", "gap_km", "excluded_km", "unobserved_km", "not_seen_km"]].sum()
    assert parts == pytest.approx(row["side_km"])


def test_as_two_roads_the_median_is_roadside_and_the_road_as_long(scene):
    road = counted(scene, [UPPER, LOWER], "AA", dual="two roads")
    row = road.rates_by().iloc[0]
    np.testing.assert_allclose(row[KM].to_numpy(dtype=float), (0.8, 3.2, 0.0), atol=5e-4)
    assert row["gap_km"] == pytest.approx(3.2, abs=5e-4)
    (note,) = [note for note in road.notes if note.code == "corridor.dual_two_roads"]
    assert note.values["km"] == pytest.approx(0.8, abs=5e-4)


def test_trees_of_the_median_green_no_roadside(scene):
    """Trees stand between the lines and along the upper outer side, not along the lower."""
    roads = scene.roads(scene.line(*UPPER), scene.line(*LOWER), name="A")
    cover = scene.cover(trees_where(lambda _, y: y > -6))
    road = gc.roadside_greening(roads, cover, **RULES)
    row = road.rates.iloc[0]
    assert row["greening_pct"] == pytest.approx(50.0, abs=0.1)
    assert row["greening_all_pct"] == pytest.approx(50.0, abs=0.1)
    # One of the two lines has its outer side greened.
    assert row["either_side_pct"] == pytest.approx(50.0, abs=0.1)
    assert set(road.sides["status"]) == {"greened", "gap", "median"}
    assert set(road.sides.loc[road.sides["median"], "status"]) == {"median"}
    assert len(road.gaps) == 1
    assert "median" not in set(road.deductions["reason"])
    assert road.deductions["side_pct"].iloc[-1] == 0.0
    as_two = gc.roadside_greening(roads, cover, dual="two roads", **RULES).rates.iloc[0]
    assert as_two["greening_pct"] == pytest.approx(75.0, abs=0.1)


def test_a_field_check_asks_for_no_median(scene):
    road = counted(scene, [UPPER, LOWER], "AA")
    sample = gc.field_sample(road, 40, seed="s")
    assert set(sample["status"]) <= {"greened", "gap", "not seen"}


def test_over_a_border_rows_sum_to_the_whole(scene):
    """The border crosses both lines at x = 100; each line's own bank counts where it lies."""
    units = gpd.GeoDataFrame(
        {"code": ["W", "E"]},
        geometry=[scene.box(-900, -600, 100, 600), scene.box(100, -600, 900, 600)],
        crs=scene.crs,
    )
    road = counted(scene, [UPPER, LOWER], "AA", units=units, within=units)
    table = road.rates_by("unit").set_index("unit")[KM]
    np.testing.assert_allclose(table.loc["W"], (0.5, 1.0, 1.0), atol=5e-4)
    np.testing.assert_allclose(table.loc["E"], (0.3, 0.6, 0.6), atol=5e-4)
    np.testing.assert_allclose(table.sum(), road.rates_by()[KM].iloc[0], atol=1e-9)


def test_a_border_along_the_median_gives_each_unit_its_line(scene):
    units = gpd.GeoDataFrame(
        {"code": ["N", "S"]},
        geometry=[scene.box(-900, 0, 900, 600), scene.box(-900, -600, 900, 0)],
        crs=scene.crs,
    )
    table = counted(scene, [UPPER, LOWER], "AA", units=units).rates_by("unit")
    np.testing.assert_allclose(table[KM], [(0.4, 0.8, 0.8)] * 2, atol=5e-4)


@pytest.mark.parametrize("turn", [0.0, 37.0, 90.0, 215.0])
def test_direction_on_the_ground_has_no_say(scene, turn):
    lines = [shapely.affinity.rotate(shapely.LineString(line), turn, origin=(0, 0)).coords
             for line in (UPPER, LOWER)]  # fmt: skip
    row = counted(scene, lines, "AA").rates_by().iloc[0]
    np.testing.assert_allclose(row[KM].to_numpy(dtype=float), (0.8, 1.6, 1.6), atol=5e-4)


def test_a_bend_leaves_the_median_whole(scene):
    angle = np.linspace(0.0, np.pi / 2, 12)
    lines = [np.column_stack([r * np.cos(angle), r * np.sin(angle)]) for r in (390.0, 410.0)]
    row = counted(scene, lines, "AA").rates_by().iloc[0]
    chords = 11 * 2 * 800.0 * np.sin(np.pi / 44) / 1e3
    # The outer line's first and last chord begin before the inner line's, square to these.
    ahead = 2 * 20.0 * np.sin(np.pi / 44) / 1e3
    assert row["median_km"] == pytest.approx(chords - ahead, abs=5e-4)
    assert row["road_km"] == pytest.approx((chords + ahead) / 2, abs=5e-4)


def test_the_limits_are_rules_with_their_source(scene):
    told = defaults()["dual"]
    assert told["value"] == "one road"
    assert "CJJ 75-97" in told["source"]
    assert not told["verified"]
    lines = [UPPER, LOWER]
    assert counted(scene, lines, "AA", dual_apart_m=15.0).rates_by()["median_km"].item() == 0.0
    assert counted(scene, lines, "AA", dual_least_m=801.0).rates_by()["median_km"].item() == 0.0
    with pytest.raises(LayerError, match="'one road', 'two roads'"):
        counted(scene, lines, "AA", dual="once")


def test_groups_of_roads_give_the_same(scene):
    roads = scene.roads(
        *(scene.line(*line) for line in [((-400, 300), (400, 300)), UPPER, LOWER]), name=list("BAA")
    )
    cover = scene.cover(everywhere(GRASS), half=850.0, cell=10.0)
    whole = gc.roadside_greening(roads, cover, **RULES).rates[["road", *KM]]
    parts = gc.roadside_greening_in_groups(roads, cover, strips_at_once=100, **RULES)
    tables = [part.rates[["road", *KM]] for part in parts]
    assert len(tables) == 2
    for table, (_, row) in zip(tables, whole.iterrows(), strict=True):
        np.testing.assert_allclose(table[KM].iloc[0], row[KM].to_numpy(dtype=float))

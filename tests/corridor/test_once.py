"""The same ground is one roadside, however often and under whatever names it is drawn."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

import greencover as gc
from corridor_scenes import GRASS, TREE, Scene, everywhere, trees_where
from greencover.ground.errors import LayerError

RULES = {"offset_m": 5.0, "belt_m": 10.0, "threshold": 0.5}


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path)


def green(scene, *lines, **columns):
    cover = scene.cover(trees_where(lambda _, y: y > 0))
    return gc.roadside_greening(scene.roads(*lines, **columns), cover, **RULES)


ONE, OTHER = ((-400, 100), (400, 100)), ((-400, -100), (400, -100))
AGAIN = {
    "under another name": lambda s: (["A", "X", "B"], [s.line(*ONE), s.line(*ONE)]),
    "backwards": lambda s: (["A", "X", "B"], [s.line(*ONE), s.line(*ONE[::-1])]),
    "with other vertices": lambda s: (
        ["A", "A", "B"], [s.line(*ONE), s.line(*[(x, 100) for x in range(-400, 401, 37)], ONE[1])],
    ),
    "with other vertices, other name": lambda s: (
        ["A", "X", "B"], [s.line(*ONE), s.line(*[(x, 100) for x in range(-400, 401, 37)], ONE[1])],
    ),
    "in part": lambda s: (["A", "A", "B"], [s.line(*ONE), s.line((-400, 100), (30, 100))]),
    "in part, first": lambda s: (["A", "A", "B"], [s.line((-70, 100), (30, 100)), s.line(*ONE)]),
    "2 m beside": lambda s: (["A", "X", "B"], [s.line(*ONE), s.line((-400, 102), (400, 102))]),
    "as slips": lambda s: (
        ["A", "A", "B"], [s.line(*ONE), s.line((400, 100), (400.001, 100))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", AGAIN)
def test_a_line_drawn_again_counts_once(scene, how):
    names, lines = AGAIN[how](scene)
    road = green(scene, *lines, scene.line(*OTHER), name=names)
    row = road.rates_by().iloc[0]
    assert row["side_km"] == pytest.approx(3.2, abs=2e-4)
    assert row["greening_pct"] == pytest.approx(50.0, abs=0.05)
    assert row["belt_ha"] == pytest.approx(3.2, abs=2e-2)
    codes = {note.code for note in road.notes}
    told = {"corridor.drawn_again", "corridor.on_another", "corridor.pieces_unused"}
    assert codes & told


def test_back_over_itself_counts_once(scene):
    road = green(scene, scene.line(ONE[0], ONE[1], (0, 100)), scene.line(*OTHER))
    assert road.rates_by()["side_km"].item() == pytest.approx(3.2, abs=2e-4)


def test_a_ring_drawn_twice_round_counts_once(scene):
    angle = np.linspace(0, 4 * np.pi, 181)
    road = green(scene, scene.curve(150 * np.cos(angle), 150 * np.sin(angle)))
    around = 90 * 2 * 150 * np.sin(np.pi / 90)
    assert road.rates_by()["side_km"].item() == pytest.approx(2 * around / 1e3, rel=1e-3)


def test_shared_ground_counts_for_the_higher_grade_and_chainage_runs_on(scene):
    roads = {
        "V": scene.line((-400, 200), (-300, 100), (300, 100), (400, 200)),
        "N": scene.line((-500, 100), (500, 100)),
    }
    road = green(scene, *roads.values(), name=list(roads), grade=["village", "national"])
    rates = road.rates_by("road").set_index("road")["side_km"]
    assert rates["N"] == pytest.approx(2.0, abs=1e-4)
    assert rates["V"] == pytest.approx(4 * np.hypot(100, 100) / 1e3, abs=0.02)
    assert road.chains.set_index("road").loc["V", "length_m"] == pytest.approx(882.8, abs=0.1)
    (note,) = [note for note in road.notes if note.code == "corridor.on_another"]
    assert "V" in note
    assert note.values["km"] == pytest.approx(0.6, abs=0.02)


def test_a_road_on_the_ground_goes_before_a_viaduct_above_it(scene):
    lines = [scene.line(*ONE), scene.line(*ONE)]
    roads = scene.roads(*lines, name=["E", "V"], grade=["expressway", "village"], high=[1, 0])
    cover = scene.cover(everywhere(GRASS))
    road = gc.roadside_greening(roads, cover, bridge="high", **RULES)
    assert road.rates_by()["gap_km"].item() == pytest.approx(1.6, abs=1e-4)


def test_crossings_forks_and_neighbours_are_not_taken_for_one_road(scene):
    lines = [
        scene.line((-400, 0), (400, 0)),
        scene.line((-390, -100), (410, 100)),
        scene.line((-400, 12), (400, 12)),
        scene.line((-400, -4), (-400, -400)),
    ]
    road = green(scene, *lines)
    drawn = 2 * (0.8 + np.hypot(800, 200) / 1e3 + 0.8 + 0.396)
    assert road.rates_by()["side_km"].item() == pytest.approx(drawn, abs=3e-4)


def test_lines_without_a_length_are_left_out_or_refused(scene):
    slip = scene.line((0, 0), (0.001, 0))
    cover = scene.cover(everywhere(TREE))
    with pytest.raises(LayerError, match="no line with a length"):
        gc.roadside_greening(scene.roads(slip), cover, **RULES)
    dot = shapely.LineString([slip.coords[0]] * 2)
    road = gc.roadside_greening(scene.roads(slip, dot, scene.line(*ONE)), cover, **RULES)
    assert road.rates_by()["side_km"].item() == pytest.approx(1.6, abs=1e-4)


def test_a_river_line_drawn_again_has_its_banks_once(scene):
    waters = scene.roads(scene.line(*ONE), scene.line((-400, 101), (0, 101)), name=["R", "S"])
    banks = gc.waterside_greening(waters, scene.cover(everywhere(TREE)), width_m=10.0)
    assert banks.rates_by()["side_km"].item() == pytest.approx(1.6, abs=1e-4)


@pytest.mark.parametrize("start", [0, 1, 7, 25, 52])
def test_a_ring_reads_the_same_wherever_it_starts(scene, start):
    angle = np.linspace(0, 2 * np.pi, 61)[:-1]
    angle = np.append(np.roll(angle, -start), angle[start])
    ring = scene.curve(201 * np.cos(angle), 193 * np.sin(angle))
    # A gap of some 20 m lies in the north, where the ring starts.
    cover = scene.cover(trees_where(lambda x, y: (y < 150) | (np.abs(x) > 10)))
    plain = gc.roadside_greening(scene.roads(ring), cover, **RULES)
    road = gc.roadside_greening(scene.roads(ring), cover, bridge_gap_m=45.0, **RULES)
    assert road.rates["greening_pct"].item() == 100.0
    expected = gc.roadside_greening(
        scene.roads(scene.curve(201 * np.cos(np.linspace(0, 2 * np.pi, 61)),
                                193 * np.sin(np.linspace(0, 2 * np.pi, 61)))), cover, **RULES
    )  # fmt: skip
    want = expected.rates["greening_pct"].item()
    assert plain.rates["greening_pct"].item() == pytest.approx(want, rel=1e-9)


def test_an_interruption_is_bridged_up_to_its_length_and_no_further(scene):
    cover = scene.cover(trees_where(lambda x, y: (y < 0) | (x < 0) | (x > 20)))
    line = scene.roads(scene.line((-500, 0), (500, 0)))
    gap = gc.roadside_greening(line, cover, **RULES).gaps["length_m"].item()
    for most, left in ((gap, 0), (gap - 0.01, 1), (gap + 0.01, 0)):
        road = gc.roadside_greening(line, cover, bridge_gap_m=most, **RULES)
        assert len(road.gaps) == left


PLAIN = ((-750, 100), (750, 100))
ANGLE = np.linspace(0, 2 * np.pi, 73)
#: Lines, their names, and the kilometres of sides by hand: 2 x length of what is there once.
DRAWN = {
    "60 m of 1.5 km redrawn with other vertices": (
        [PLAIN, ((-30, 100), (-11, 100), (30, 100))], "AA", 3.0,
    ),
    "half redrawn 1 m beside": ([PLAIN, ((0, 101), (333, 101), (750, 101))], "AA", 3.0),
    "drawn back over itself": ([((-750, 100), (750, 100), (-750, 100))], "A", 3.0),
    "zero length": ([PLAIN, ((0, 0), (0, 0))], "AB", 3.0),
    "1 mm pieces": ([PLAIN, ((0, 0), (0.001, 0)), ((750, 100), (750.001, 100))], "ABA", 3.0),
    "12 m apart": ([PLAIN, ((-750, 112), (750, 112))], "AB", 6.0),
    "crossing": ([((-500, 0), (500, 0)), ((0, -500), (0, 500))], "AB", 4.0),
    "crossing at 5 degrees": (
        [((-500, 0), (500, 0)), ((-500, -43.74), (500, 43.74))], "AB",
        2.0 + 2 * np.hypot(1000, 87.48) / 1e3,
    ),
    "roundabout": (
        [[(30 * np.cos(a), 30 * np.sin(a)) for a in ANGLE], ((30, 0), (530, 0)),
         ((-30, 0), (-530, 0))],
        "RAA", 2 * (2 * 0.5 + 72 * 2 * 0.030 * np.sin(np.pi / 72)),
    ),
    "reversed under two names": ([PLAIN, PLAIN[::-1]], "AB", 3.0),
    "Y-junction": (
        [((0, -500), (0, 0)), ((0, 0), (300, 400)), ((0, 0), (-300, 400))], "AAB", 3.0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DRAWN)
def test_lengths_by_hand_of_what_is_drawn(scene, what):
    lines, names, km = DRAWN[what]
    # Drawn in metres, so that hands and map measure the same.
    roads = scene.roads(*(scene.line(*line) for line in lines), name=list(names))
    cover = scene.cover(everywhere(GRASS), half=850.0, cell=10.0)
    road = gc.roadside_greening(roads, cover, **RULES)
    assert road.rates_by()["side_km"].item() == pytest.approx(km, abs=1e-3)


def test_the_limits_are_rules_that_a_caller_may_set(scene):
    roads = scene.roads(scene.line(*ONE), scene.line((-400, 102), (400, 102)))
    cover = scene.cover(everywhere(GRASS))
    for apart, km in ((3.0, 1.6), (1.0, 3.2)):
        road = gc.roadside_greening(roads, cover, same_road_m=apart, **RULES)
        assert road.rates_by()["side_km"].item() == pytest.approx(km, abs=2e-4)
        assert road.parameters["same_road_m"] == apart
    with pytest.raises(LayerError, match="same_road_m is 50"):
        gc.roadside_greening(roads, cover, same_road_m=50.0, **RULES)

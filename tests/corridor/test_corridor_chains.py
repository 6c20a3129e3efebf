"""Lines in the wild: joined to chains with one chainage each."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

import greencover as gc
from corridor_scenes import TREE, Scene, everywhere
from greencover.corridor._chains import chains_of

RULES = {"offset_m": 5.0, "belt_m": 10.0, "threshold": 0.5}


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path)


def joined(scene, *lines, **options):
    roads = scene.roads(*lines, name="R")
    return chains_of(roads, roads["name"].to_numpy(), roads.crs, **options)


def test_many_pieces_in_any_order_and_direction_make_one_chain(scene):
    x = np.linspace(-400, 400, 41)
    points = list(zip(x, 60 * np.sin(x / 90.0), strict=True))
    pieces = [scene.line(*points[i : i + 3]) for i in range(0, 40, 2)]
    rng = np.random.default_rng(5)
    drawn = [pieces[i] if i % 3 else pieces[i].reverse() for i in rng.permutation(20)]
    (chain,) = joined(scene, *drawn)
    (whole,) = joined(scene, scene.line(*points))
    assert chain.length_m == pytest.approx(whole.length_m, rel=1e-12)
    np.testing.assert_allclose(chain.lonlat, whole.lonlat, atol=1e-12)


def test_ends_a_few_centimetres_apart_are_one_place(scene):
    chains = joined(
        scene, scene.line((-100, 0), (0, 0)), scene.line((0.03, 0.04), (100, 0)), join_m=0.1
    )
    assert len(chains) == 1
    assert len(joined(scene, scene.line((-100, 0), (0, 0)), scene.line((0.5, 0), (100, 0)))) == 2


def test_the_road_goes_straight_on_where_a_spur_leaves(scene):
    chains = joined(
        scene,
        scene.line((-300, 0), (0, 0)),
        scene.line((0, 0), (20, 90)),
        scene.line((0, 0), (300, 10)),
    )
    assert [round(c.length_m) for c in chains] == [600, 92]
    assert [c.number for c in chains] == [0, 1]


def test_a_roundabout_is_passed_and_a_loop_is_closed(scene):
    angle = np.linspace(0, 2 * np.pi, 25)
    ring = scene.curve(20 * np.cos(angle), 20 * np.sin(angle))
    (loop,) = joined(scene, ring)
    assert loop.is_loop
    chains = joined(scene, scene.line((-200, 0), (-20, 0)), ring, scene.line((20, 0), (200, 0)))
    assert sum(c.length_m for c in chains) == pytest.approx(loop.length_m + 360, rel=1e-4)


def test_multilines_are_taken_apart(scene):
    both = shapely.MultiLineString([scene.line((-100, 0), (0, 0)), scene.line((0, 0), (90, 0))])
    (chain,) = joined(scene, both)
    assert chain.length_m == pytest.approx(190, rel=1e-4)


def test_a_calibration_moves_chainage_and_directs_the_chain(scene):
    cover = scene.cover(everywhere(TREE))
    # The longer piece runs west, but the calibrated one runs east.
    roads = scene.roads(
        scene.line((400, 0), (-100, 0)), scene.line((-300, 0), (-100, 0)), name="R",
        start=[None, 12.14],
    )  # fmt: skip
    road = gc.roadside_greening(roads, cover, start_km="start", **RULES)
    left = road.sides[road.sides["side"] == "left"]
    assert left["from_m"].min() == pytest.approx(12140.0)
    assert left["to_m"].max() == pytest.approx(12840.0, abs=0.01)
    first = left.loc[left["from_m"].idxmin()].geometry
    assert first.coords[0][0] < scene.east - 290 / scene.scale[0]
    chain = road.chains.iloc[0]
    assert chain["calibrated"]
    assert (chain["start_lon"] - scene.east) * scene.scale[0] == pytest.approx(-300, abs=0.01)
    assert road.rates["side_km"].item() == pytest.approx(1.4, abs=1e-4)


def test_every_chain_says_where_it_starts(scene):
    roads = scene.roads(scene.line((-300, 0), (-100, 0)), scene.line((0, 0), (300, 0)), name="R")
    road = gc.roadside_greening(roads, scene.cover(everywhere(TREE)), **RULES)
    assert road.chains["chain"].tolist() == [0, 1]
    assert road.chains["length_m"].round().tolist() == [300.0, 200.0]
    assert road.chains["from_m"].tolist() == [0.0, 0.0]
    assert any("its own K0" in note for note in road.notes)

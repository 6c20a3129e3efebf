"""Rules of judgement, rates with both denominators, and what they leave out."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

import greencover as gc
from corridor_scenes import BARE, BUILT, GRASS, TREE, WATER, Scene, everywhere, trees_where
from greencover.corridor.sensitivity import seen_rows
from greencover.ground.errors import LayerError, NoOverlapError
from paths import ROOT

RULES = {"offset_m": 5.0, "belt_m": 10.0, "threshold": 0.5}


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path)


@pytest.fixture
def kilometre(scene):
    return scene.roads(scene.line((-500, 0), (500, 0)))


def mixed(x, _):
    """West to east: trees, water, bare, buildings, grass, 200 m each; all on both sides."""
    codes = np.array([TREE, WATER, BARE, BUILT, GRASS])
    return codes[np.clip((x + 500) // 200, 0, 4).astype(int)]


def test_covers_are_excluded_only_when_the_caller_says_so(scene, kilometre):
    cover = scene.cover(mixed)
    plain = gc.roadside_greening(kilometre, cover, **RULES).rates.iloc[0]
    assert plain["greening_pct"] == pytest.approx(25.0, abs=1e-3)
    assert plain["greening_all_pct"] == pytest.approx(20.0, abs=1e-3)
    strict = gc.roadside_greening(kilometre, cover, exclude={}, **RULES).rates.iloc[0]
    assert strict["greening_pct"] == pytest.approx(20.0, abs=1e-3)
    mild = gc.roadside_greening(
        kilometre, cover, exclude={"water": 0.5, "bare": 0.5, "built": 0.5}, **RULES
    )
    assert mild.rates["greening_pct"].item() == pytest.approx(50.0, abs=1e-3)
    reasons = mild.sides.groupby("reason")["length_m"].sum().round(1).to_dict()
    assert reasons == {"": 800.0, "water": 400.0, "rock": 400.0, "built": 400.0}
    assert "built on 50% of the strip or more" in mild.parameters["excluded"]


def test_deductions_show_the_rate_with_and_without(scene, kilometre):
    road = gc.roadside_greening(
        kilometre, scene.cover(mixed), exclude={"water": 0.5, "bare": 0.5}, **RULES
    )
    table = road.deductions.set_index("reason")
    assert table.loc["rock", "side_km"] == pytest.approx(0.4, abs=1e-4)
    assert table.loc["rock", "side_pct"] == pytest.approx(20.0, abs=1e-3)
    assert table.loc["rock", "greening_pct"] == pytest.approx(100 / 3, abs=1e-2)
    assert table.loc["rock", "without_pct"] == pytest.approx(25.0, abs=1e-3)
    assert table.loc["all", "without_pct"] == pytest.approx(20.0, abs=1e-3)
    assert table.index[-1] == "all"


def test_own_reasons_come_from_a_column(scene):
    roads = scene.roads(
        scene.line((-500, 0), (0, 0)), scene.line((0, 0), (500, 0)), name="R", why=["岩质边坡", ""]
    )
    road = gc.roadside_greening(roads, scene.cover(everywhere(GRASS)), excluded="why", **RULES)
    assert set(road.sides.loc[road.sides["status"] == "excluded", "reason"]) == {"岩质边坡"}
    assert road.rates["excluded_km"].item() == pytest.approx(1.0, abs=1e-4)


def test_short_interruptions_do_not_break_a_greened_run(scene, kilometre):
    cover = scene.cover(trees_where(lambda x, y: (y < 0) | (x < 0) | (x > 20)))
    plain = gc.roadside_greening(kilometre, cover, **RULES)
    assert plain.gaps["length_m"].tolist() == pytest.approx([20.0], abs=0.01)
    bridged = gc.roadside_greening(kilometre, cover, bridge_gap_m=25.0, **RULES)
    assert bridged.rates["greening_pct"].item() == 100.0
    assert len(bridged.gaps) == 0
    assert bridged.sides.loc[bridged.sides["bridged"], "length_m"].sum() == pytest.approx(
        20, abs=0.01
    )
    assert bridged.parameters["bridge_gap_m"] == 25.0
    row = bridged.deductions.set_index("reason").loc["short interruption"]
    assert row["side_km"] == pytest.approx(0.02, abs=1e-5)
    assert row["without_pct"] == pytest.approx(99.0, abs=1e-3)
    exact = gc.roadside_greening(kilometre, cover, bridge_gap_m=15.0, **RULES)
    assert len(exact.gaps) == 1


def test_a_gap_at_the_end_of_a_road_is_no_interruption(scene, kilometre):
    cover = scene.cover(trees_where(lambda x, _: x < 480))
    road = gc.roadside_greening(kilometre, cover, bridge_gap_m=100.0, **RULES)
    assert len(road.gaps) == 2


def test_either_side_and_both_sides(scene, kilometre):
    # Left green on 60 %, right on 30 %, both where x < -200.
    cover = scene.cover(trees_where(lambda x, y: np.where(y > 0, x < 100, x < -200)))
    row = gc.roadside_greening(kilometre, cover, **RULES).rates.iloc[0]
    assert row["greening_pct"] == pytest.approx(45.0, abs=1e-3)
    assert row["either_side_pct"] == pytest.approx(60.0, abs=1e-3)
    assert row["both_sides_pct"] == pytest.approx(30.0, abs=1e-3)
    assert row["belt_ha"] == pytest.approx(2.0, rel=1e-4)
    assert row["green_ha"] == pytest.approx(0.9, rel=1e-3)
    assert row["green_mu"] == pytest.approx(13.5, rel=1e-3)


def test_any_green_counts_grass(scene, kilometre):
    cover = scene.cover(mixed)
    road = gc.roadside_greening(kilometre, cover, covers=("tree", "shrub", "grass"), **RULES)
    assert road.rates["greening_pct"].item() == pytest.approx(50.0, abs=1e-3)
    assert road.parameters["covers"] == ["tree", "shrub", "grass"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"exclude": {"lava": 0.5}}, "cover 'lava', which does not exist"),
        ({"exclude": {"water": 0.0}}, "exclude says 0.0 for 'water'"),
        ({"bridge_gap_m": -1.0}, "bridge_gap_m is -1.0"),
    ],
)
def test_mistakes_are_named(scene, kilometre, change, message):
    with pytest.raises(LayerError, match=message):
        gc.roadside_greening(kilometre, scene.cover(everywhere(TREE)), **{**RULES, **change})


def network(scene, count=24):
    x = np.linspace(-450, 450, 25)
    lines = [scene.curve(x, 8 * np.sin(x / 60 + i) + 30 * i - 380) for i in range(count)]
    return scene.roads(*lines, scene.line((-300, -420), (-280, 420)))


def test_groups_of_roads_give_what_the_whole_gives(scene):
    roads = network(scene)
    cover = scene.cover(trees_where(lambda x, y: (x // 37 + y // 23) % 2 == 0))
    whole = gc.roadside_greening(roads, cover, **RULES)
    parts = list(gc.roadside_greening_in_groups(roads, cover, strips_at_once=500, **RULES))
    assert len(parts) > 8
    rates = pd.concat([part.rates for part in parts], ignore_index=True)
    ground = ["belt_ha", "green_ha", "green_mu"]
    pd.testing.assert_frame_equal(
        rates.drop(columns=ground), whole.rates.drop(columns=ground), rtol=1e-9
    )
    # Groups do not know what ground their strips share with others; the whole counts it once.
    assert (rates["belt_ha"] >= whole.rates["belt_ha"] * (1 - 1e-9)).all()
    drawn = whole.sides.loc[whole.sides["status"].isin(["greened", "gap"]), "strip_ha"].sum()
    assert rates["belt_ha"].sum() == pytest.approx(drawn, rel=1e-9)
    assert whole.rates["belt_ha"].sum() < drawn
    assert sum(len(part.gaps) for part in parts) == len(whole.gaps)


def test_groups_are_put_together_when_a_network_is_large(scene, monkeypatch):
    roads = network(scene)
    cover = scene.cover(trees_where(lambda x, y: (x // 37 + y // 23) % 2 == 0))
    whole = gc.roadside_greening(roads, cover, **RULES)
    monkeypatch.setattr("greencover.corridor._groups.STRIPS_AT_ONCE", 700)
    again = gc.roadside_greening(roads, cover, **RULES)
    pd.testing.assert_frame_equal(again.rates, whole.rates, rtol=1e-9)
    pd.testing.assert_frame_equal(
        pd.DataFrame(again.gaps.drop(columns="geometry")),
        pd.DataFrame(whole.gaps.drop(columns="geometry")),
        rtol=1e-9,
    )
    one, two = (shapely.area(gc.planting_list(r)["belt"].to_numpy()) for r in (again, whole))
    # In square degrees: a square millimetre is rounding.
    np.testing.assert_allclose(one, two, rtol=1e-6, atol=1e-16)


def test_roads_outside_the_raster_are_unobserved_unless_all_are(scene):
    inside, outside = scene.line((-500, 0), (500, 0)), scene.line((-500, 9000), (500, 9000))
    cover = scene.cover(everywhere(TREE))
    roads = scene.roads(inside, outside)
    parts = list(gc.roadside_greening_in_groups(roads, cover, strips_at_once=100, **RULES))
    assert [p.rates["unobserved_pct"].item() for p in parts] == [0.0, 100.0]
    with pytest.raises(NoOverlapError, match="share no ground"):
        list(
            gc.roadside_greening_in_groups(
                scene.roads(outside, outside.reverse()), cover, strips_at_once=100, **RULES
            )
        )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"steps": "10"}, "steps is '10': give a list"),
        ({"belts": "belt"}, "belts is 'belt': give a list"),
        ({"belts": 5.0}, "belts is 5.0: give a list"),
        ({"thresholds": []}, r"thresholds is \[\]: give a list"),
        ({"steps": ["10"]}, "step_m is '10', which is no number"),
        ({"thresholds": ["0.3"]}, "thresholds.*'0.3'"),
    ],
)
def test_what_is_no_list_of_values_to_try_is_told(scene, kilometre, given, said):
    cover = scene.cover(trees_where(lambda _, y: np.abs(y) < 9))
    with pytest.raises(ValueError, match=said):
        gc.roadside_sensitivity(kilometre, cover, **given)


def test_sensitivity_agrees_with_single_runs(scene, kilometre):
    cover = scene.cover(trees_where(lambda x, y: (np.abs(y) < 9) & (x < 0)), cell=1.0)
    table = gc.roadside_sensitivity(
        kilometre, cover, thresholds=(0.2, 0.6), belts=(5.0, 10.0), steps=(10.0, 50.0), offset_m=5.0
    )
    assert len(table) == 8
    for row in table.to_dict("records"):
        rules = {k: row[k] for k in ("step_m", "belt_m", "threshold")}
        alone = gc.roadside_greening(kilometre, cover, offset_m=5.0, **rules)
        assert alone.rates["greening_pct"].item() == pytest.approx(row["greening_pct"])
    # Trees reach from 5 to 9 m: four fifths of a belt of 5 m, two fifths of one of 10 m.
    pct = table.set_index(["step_m", "belt_m", "threshold"])["greening_pct"]
    assert pct[10.0, 5.0, 0.6] == pytest.approx(50.0)
    assert pct[10.0, 10.0, 0.6] == 0.0
    assert pct[10.0, 10.0, 0.2] == pytest.approx(50.0)


def test_fine_cells_see_a_row_of_trees_and_coarse_ones_do_not():
    table = seen_rows(row_m=(3.0, 8.0), cell_m=(0.5, 10.0, 30.0), draws=150)
    seen = table.set_index(["row_m", "cell_m"])
    assert seen.loc[(8.0, 0.5), "seen_share"] == pytest.approx(0.8, abs=0.02)
    assert seen.loc[(8.0, 0.5), "greened_pct"] == 100.0
    assert seen.loc[(3.0, 10.0), "seen_share"] == 0.0
    assert seen.loc[(3.0, 30.0), "greened_pct"] == 0.0
    assert 0.4 < seen.loc[(8.0, 10.0), "seen_share"] < 0.8
    assert table.equals(seen_rows(row_m=(3.0, 8.0), cell_m=(0.5, 10.0, 30.0), draws=150))


def test_a_mouth_stays_open_on_either_side_of_a_crossing_road(scene):
    roads = scene.roads(scene.line((-500, 0), (500, 0)), scene.line((5, -400), (5, 400)))
    cover = scene.cover(everywhere(TREE))
    plain = gc.roadside_greening(roads, cover, **RULES)
    open_ = gc.roadside_greening(roads, cover, mouth_m=20.0, **RULES)

    def shut(road):
        rows = road.sides[(road.sides["road"] == "R0") & (road.sides["side"] == "left")]
        return rows.loc[rows["reason"] == "junction", ["from_m", "to_m"]].to_numpy().round(1)

    assert shut(plain).tolist() == [[500.0, 510.0]]
    assert (shut(open_).min(), shut(open_).max()) == (480.0, 530.0)
    assert open_.parameters["mouth_m"] == 20.0


def test_widths_come_from_figures_lanes_or_a_default(scene):
    roads = scene.roads(
        *[scene.line((0, y), (9, y)) for y in range(4)],
        width=["7.5 m", None, "", "narrow"], lanes=["9", "2", None, "4;3"],
    )  # fmt: skip
    offset = gc.carriageway_offset(roads, width="width", lanes="lanes", otherwise=3.0)
    assert offset.tolist() == [3.75, 4.25, 3.0, 7.75]
    with pytest.raises(LayerError, match="column of the width"):
        gc.carriageway_offset(roads, otherwise=3.0)


def test_the_tables_in_the_docs_are_what_the_simulation_gives():
    page = (ROOT / "docs" / "corridors.md").read_text("utf-8")
    text = page.partition("### What that leaves of a rate")[0]
    rows = [
        [float(cell.removesuffix(" m")) for cell in line.strip("| ").split(" | ")]
        for line in text.splitlines()
        if re.match(r"\| \d+ m \|", line)
    ]
    table = seen_rows(row_m=(3.0, 5.0, 8.0, 10.0, 15.0, 20.0), cell_m=(1.0, 2.0, 5.0, 10.0, 30.0))
    shares = table.pivot(index="row_m", columns="cell_m", values="seen_share")
    often = table.pivot(index="row_m", columns="cell_m", values="greened_pct")
    assert len(rows) == 12
    for (width, _, *shown), expected in zip(rows[:6], shares.to_numpy(), strict=True):
        assert width in shares.index
        assert shown == pytest.approx(expected, abs=0.006)
    for (_, *shown), expected in zip(rows[6:], often.to_numpy(), strict=True):
        assert shown == pytest.approx(expected, abs=0.51)


def test_a_parameter_that_does_not_exist_is_refused(scene, kilometre):
    cover = scene.cover(everywhere(TREE))
    with pytest.raises(TypeError, match="no parameter 'treshold'"):
        list(gc.roadside_greening_in_groups(kilometre, cover, treshold=0.3))
    with pytest.raises(TypeError, match="no parameter 'belt'"):
        gc.roadside_sensitivity(kilometre, cover, belt=3.0)


def test_a_side_without_a_status_counts_nowhere(scene, kilometre):
    road = gc.roadside_greening(kilometre, scene.cover(trees_where(lambda _x, y: np.abs(y) < 9)))
    sides = road.sides.copy()
    sides["status"] = sides["status"].astype(object).where(sides.index != sides.index[3])
    rates, whole = replace(road, sides=sides).rates_by("side"), road.rates_by("side")

    missing_km = road.sides["length_m"].iloc[3] / 1000.0
    for status in ("greened", "gap", "excluded", "unobserved"):
        assert (rates[f"{status}_km"] <= whole[f"{status}_km"] + 1e-12).all()
    assert rates["side_km"].sum() == pytest.approx(whole["side_km"].sum() - missing_km)

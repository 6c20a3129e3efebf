"""What it takes, work done, the pace, merged units, and the records of the indicators."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import greencover as gc
import scenes
from greencover.ground.errors import LayerError
from greencover.indicators.aggregation import merged, rates, units_that_reach
from greencover.indicators.attainment import (
    belts_needed,
    forest_needed,
    park_needed,
    plantable_land,
)
from greencover.indicators.progress import completion_rate, pace, planted_status
from greencover.indicators.registry import definition, definitions
from greencover.standards import INDICATORS
from scenes import BARE, BUILT, CROP, GRASS, LEGEND, NOTHING, SHRUB, TREE, WETLAND, box, layer

CODES = list(LEGEND.codes)


def areas(**hectares: float) -> pd.DataFrame:
    """One unit with hectares by cover type."""
    row = {code: hectares.get(kind, 0.0) for code, kind in LEGEND.covers.items()}
    return pd.DataFrame([row | {"unobserved_ha": hectares.get("unobserved", 0.0)}])


class TestForestNeeded:
    def test_what_is_missing_and_the_room_for_it(self):
        unit = areas(tree=50, bare=6, grass=10, crop=30, built=4)
        row = forest_needed(unit, LEGEND, 60.0).iloc[0]
        assert row["needed_ha"] == pytest.approx(10.0)
        assert row["plantable_ha"] == pytest.approx(16.0)
        assert row["plantable_bare_ha"] == pytest.approx(6.0)
        assert row["restricted_crop_ha"] == pytest.approx(30.0)
        assert row["best_pct"] == pytest.approx(66.0)
        assert row["reachable"] == "yes"

    def test_cropland_is_no_room_unless_it_is_named(self):
        unit = areas(tree=50, bare=6, crop=44)
        assert forest_needed(unit, LEGEND, 60.0)["reachable"].iloc[0] == "no"
        named = forest_needed(unit, LEGEND, 60.0, plantable=("bare", "crop")).iloc[0]
        assert named["reachable"] == "yes"
        assert "restricted_crop_ha" not in named.index

    def test_met_needs_nothing(self):
        row = forest_needed(areas(tree=92, bare=8), LEGEND, 92.0).iloc[0]
        assert (row["needed_ha"], row["reachable"]) == (0.0, "met")

    def test_nothing_observed_is_no_answer(self):
        row = forest_needed(areas(unobserved=10), LEGEND, 30.0).iloc[0]
        assert row["reachable"] == "no data"
        assert np.isnan(row["needed_ha"])

    def test_wetland_rule_lowers_what_is_needed(self):
        unit = areas(tree=30, wetland=25, crop=45)
        plain = forest_needed(unit, LEGEND, 40.0).iloc[0]
        ruled = forest_needed(unit, LEGEND, 40.0, wetland_limit_pct=5.0).iloc[0]
        assert plain["needed_ha"] == pytest.approx(10.0)
        # 20 ha of the wetland leave the land.
        assert ruled["needed_ha"] == pytest.approx(2.0)

    @settings(max_examples=60, deadline=None)
    @given(
        st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1e4), st.floats(1, 99)
    )  # fmt: skip
    def test_adding_what_is_needed_meets_the_target_exactly(self, tree, bare, built, target):
        before = areas(tree=tree, bare=bare, built=built + 1.0)
        row = forest_needed(before, LEGEND, target).iloc[0]
        if row["reachable"] != "yes":
            return
        after = before.copy()
        after[TREE] += row["needed_ha"]
        after[BARE] -= row["needed_ha"]
        share = 100 * after[TREE] / after[CODES].sum(axis=1)
        assert share.iloc[0] == pytest.approx(target, rel=1e-9)

    def test_plantable_land_by_type(self):
        table = plantable_land(areas(bare=1, grass=2, crop=3, shrub=4), LEGEND)
        assert table.iloc[0].to_dict() == {
            "plantable_bare_ha": 1.0,
            "plantable_grass_ha": 2.0,
            "plantable_ha": 3.0,
            "restricted_crop_ha": 3.0,
        }


class TestParkNeeded:
    def test_by_hand(self):
        green = pd.Series([1.0, 3.0, 5.0], index=list("abc"))
        heads = pd.Series([2000.0, 2000.0, 0.0], index=list("abc"))
        table = park_needed(green, heads, 12.0)
        assert table["needed_ha"].tolist()[:2] == pytest.approx([1.4, 0.0])
        assert table["reachable"].tolist() == ["not known", "met", "no data"]
        room = park_needed(green, heads, 12.0, room_ha=pd.Series([1.0, 0.0, 0.0], list("abc")))
        assert room["reachable"].tolist() == ["no", "met", "no data"]
        assert room["best_m2_per_capita"].iloc[0] == pytest.approx(10.0)


class TestBeltsNeeded:
    def test_by_hand(self):
        sides = pd.DataFrame(
            {
                "road": ["A"] * 5 + ["B"] * 2 + ["C"],
                "length_m": [600.0, 100.0, 100.0, 100.0, 100.0, 500.0, 500.0, 50.0],
                "status": [
                    "greened",
                    "gap",
                    "gap",
                    "gap",
                    "excluded",
                    "greened",
                    "greened",
                    "excluded",
                ],
                "cover_now": ["tree", "bare", "crop", "built", "water", "tree", "tree", "water"],
            }
        )
        table = belts_needed(sides, 80.0, by="road")
        a = table.loc["A"]
        assert a["greenable_km"] == pytest.approx(0.9)
        assert a["needed_km"] == pytest.approx(0.12)
        assert a["plantable_km"] == pytest.approx(0.1)
        assert a["restricted_km"] == pytest.approx(0.1)
        assert a["to_check_km"] == pytest.approx(0.1)
        assert a["other_gap_km"] == pytest.approx(0.0, abs=1e-12)
        assert table["reachable"].to_dict() == {"A": "no", "B": "met", "C": "no data"}
        assert belts_needed(sides, 75.0, by=["road"]).loc["A", "reachable"] == "yes"


class TestCompletion:
    def test_more_than_all_is_legal(self):
        tasks = pd.DataFrame(
            {
                "task": ["corridor", "village", "mountain", "street trees", "corridor"],
                "planned": [100, 10, 50, 400, 100],
                "done": [110, 12, 50, 460, 100],
                "unit": ["mu", "ha", "ha", "trees", "mu"],
            }
        )
        table = completion_rate(tasks).set_index("task")
        assert table["completion_pct"].to_dict() == pytest.approx(
            {"corridor": 105.0, "village": 120.0, "mountain": 100.0, "street trees": 115.0}
        )
        # 200 mu are 13.33 ha.
        assert table.loc["corridor", "planned"] == pytest.approx(200 / 15)
        assert table.loc["corridor", "unit"] == "ha"
        assert (table["missing"] == 0.0).all()

    def test_nothing_planned_is_no_rate(self):
        tasks = pd.DataFrame({"task": ["x"], "planned": [0], "done": [3], "unit": ["km"]})
        assert np.isnan(completion_rate(tasks)["completion_pct"].iloc[0])

    @pytest.mark.parametrize(
        ("change", "match"),
        [
            ({"unit": ["acres"]}, "unit 'acres'"),
            ({"done": [-1]}, r"column 'done' in row 1 \(x\)"),
            ({"planned": ["many"]}, "column 'planned'"),
        ],
    )
    def test_mistakes_are_told(self, change, match):
        tasks = pd.DataFrame({"task": ["x"], "planned": [1], "done": [3], "unit": ["km"]} | change)
        with pytest.raises(LayerError, match=match):
            completion_rate(tasks)

    def test_tasks_of_different_units_stay_apart(self):
        tasks = pd.DataFrame(
            {"task": ["x", "x"], "planned": [1, 400], "done": [1, 460], "unit": ["ha", "trees"]}
        )
        assert len(completion_rate(tasks)) == 2


class TestPace:
    def test_by_hand(self):
        now = pd.Series([30.0, 34.0, 36.0, np.nan], index=list("abcd"))
        then = pd.Series([28.0, 25.0, 36.0, 30.0], index=list("abcd"))
        table = pace(now, 35.0, year=2023, target_year=2025, earlier=then, earlier_year=2020)
        assert table["needed_a_year"].tolist()[:3] == pytest.approx([2.5, 0.5, 0.0])
        assert table["gained_a_year"].tolist()[:3] == pytest.approx([2 / 3, 3.0, 0.0])
        assert table["on_pace"].tolist() == ["no", "yes", "met", "no data"]
        assert table["reached_in"].tolist()[:3] == [2031.0, 2024.0, 2023.0]

    def test_without_an_earlier_year(self):
        table = pace(pd.Series([30.0]), 35.0, year=2023, target_year=2025)
        assert table["on_pace"].tolist() == ["not known"]

    def test_target_year_that_has_come(self):
        table = pace(pd.Series([30.0, 40.0]), 35.0, year=2025, target_year=2025)
        assert table["on_pace"].tolist() == ["overdue", "met"]
        assert np.isnan(table["needed_a_year"].iloc[0])
        assert table["needed_a_year"].iloc[1] == 0.0


class TestPlantedPlots:
    def test_what_the_maps_show_of_them(self, tmp_path):
        old = np.full((4, 12), BARE)
        old[:, 6:9] = TREE
        new = old.copy()
        new[:, 0:2] = TREE
        new[:, 2] = SHRUB
        new[:, 9:12] = NOTHING
        before = scenes.cover(tmp_path, old, name="old.tif")
        after = scenes.cover(tmp_path, new, name="new.tif")
        works = layer(
            box(0, 0, 3, 4), box(3, 0, 6, 4), box(6, 0, 9, 4), box(9, 0, 12, 4), box(2, 0, 4, 4)
        )
        table = planted_status(works, before, after)
        assert table["status"].tolist() == [
            "seen",
            "planted here, not seen yet",
            "green before",
            "unobserved",
            "seen",
        ]
        assert table["gained_ha"].tolist()[:2] == pytest.approx([0.12, 0.0])
        assert table["gained_pct"].iloc[4] == pytest.approx(50.0)
        assert any("saplings do not show" in note for note in table.attrs["notes"])


class TestMerged:
    def test_a_county_is_the_sum_of_its_towns_and_never_a_mean_of_rates(self, tmp_path):
        cells = np.full((10, 10), CROP)
        cells[:, :2] = TREE
        cells[:, 2] = WETLAND
        cells[0, 9] = NOTHING
        cover = scenes.cover(tmp_path, cells)
        towns = layer(box(0, 0, 1, 10), box(1, 0, 4, 10), box(4, 0, 10, 10), part=["w", "e", "e"])
        each = gc.forest_coverage(towns, cover)
        whole = merged(each).iloc[0]
        county = gc.forest_coverage(layer(box(0, 0, 10, 10)), cover).iloc[0]
        for column in ("land_ha", "forest_ha", "forest_pct", "unobserved_pct"):
            assert whole[column] == pytest.approx(county[column], rel=1e-9)
        assert whole["forest_pct"] != pytest.approx(each["forest_pct"].mean(), rel=0.1)
        parts = merged(each, "part").set_index("part")
        assert parts.loc["e", "forest_pct"] == pytest.approx(100 * 10 / 89, rel=1e-9)

    def test_a_missing_figure_is_no_zero(self):
        table = pd.DataFrame({"land_ha": [1.0, np.nan], "forest_ha": [1.0, 0.0], "t": ["a", "a"]})
        assert np.isnan(merged(table.assign(forest_pct=0.0))["forest_pct"].iloc[0])
        assert np.isnan(merged(table.assign(forest_pct=0.0), "t")["land_ha"].iloc[0])

    def test_zero_denominator_is_no_figure(self):
        table = pd.DataFrame({"green_ha": [1.0, 2.0], "population": [0.0, 0.0]})
        assert np.isnan(merged(table.assign(green_m2_per_capita=np.nan)).iloc[0, -1])

    def test_what_cannot_be_merged_is_told(self):
        with pytest.raises(LayerError, match="no column 'town'"):
            merged(pd.DataFrame({"land_ha": [1.0]}), "town")
        with pytest.raises(LayerError, match="no areas, lengths or residents"):
            merged(pd.DataFrame({"forest_pct": [1.0]}))

    def test_rates_name_amounts_that_are_summed(self):
        for upper, lower, factor in rates().values():
            row = merged(pd.DataFrame({upper: [1.0, 2.0], lower: [3.0, 5.0]}))
            assert row[upper].iloc[0] == 3.0
            assert row[lower].iloc[0] == 8.0
            assert factor > 0.0

    def test_two_thirds_of_the_counties(self):
        assert units_that_reach(pd.Series([36.0, 35.0, 20.0, np.nan]), 35.0) == (2, 3)


class TestDefinitions:
    def test_every_record_is_whole(self):
        for record in definitions().values():
            for text in (record.definition, record.definition_zh, record.numerator, record.source):
                assert text.strip()
            assert record.denominator.strip()
            assert record.inputs

    def test_units_agree_with_the_standards(self):
        for key, record in definitions().items():
            assert INDICATORS[key] is record
            assert record.computable

    def test_what_is_recalled_says_so(self):
        for record in definitions().values():
            words = f"{record.source} {' '.join(record.notes)}"
            if "recalled" in words:
                assert not record.verified, record.key

    def test_a_key_that_does_not_exist(self):
        assert definition("forest_coverage").unit == "%"
        with pytest.raises(KeyError, match="did you mean 'forest_coverage'"):
            definition("forest_cover")
        assert "土地总面积" in definition("forest_coverage")._repr_html_()


def test_built_is_no_room_for_trees():
    assert LEGEND.covers[BUILT] not in ("bare", "grass")
    row = forest_needed(areas(tree=1, built=9), LEGEND, 50.0).iloc[0]
    assert row["plantable_ha"] == 0.0
    assert GRASS in CODES


@pytest.mark.parametrize(
    ("values", "earlier", "said"),
    [
        ([60.0], None, "values is of kind list"),
        (60.0, None, "values is of kind float"),
        (pd.Series(["60"]), None, "values is of kind (object|str)"),
        (pd.Series([60.0]), [56.0], "earlier is of kind list"),
    ],
)
def test_figures_of_a_pace_are_a_series(values, earlier, said):
    years = {"year": 2023, "target_year": 2025, "earlier_year": 2021}
    with pytest.raises(TypeError, match=f"{said}: give the figures as a pandas Series"):
        pace(values, 70.0, earlier=earlier, **years)

"""An auditor's walk: nothing that a verdict passes on the way may flatter it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import greencover as gc
from greencover.accuracy.sample import ReferenceSample
from greencover.cover import Legend
from greencover.indicators import formulas
from greencover.indicators.aggregation import units_that_reach
from greencover.indicators.progress import pace
from greencover.indicators.registry import indicators
from greencover.report.selection import rates
from greencover.report.sentences import county_sentences
from greencover.standards import Target
from greencover.verdicts.verdicts import judge
from small_county import GRASS, MIDDLE_X, NORTH, SIZE, SOUTH, TREE, WEST, SmallCounty

WATER = 80


def figures(**columns: object) -> pd.DataFrame:
    row = {
        "value": 100.0, "numerator": 100.0, "denominator": 100.0, "measure": "ha",
        "unit_of_measure": "%", "unobserved_pct": 0.0, "low": np.nan, "high": np.nan, "note": "",
    }  # fmt: skip
    return pd.DataFrame([row | columns])


def judged(target: float, comparison: str = ">=", limit: float = 5.0, **columns: object):
    asked = Target("forest_coverage", "county", target, comparison=comparison)
    return judge(figures(**columns), asked, "x", unobserved_limit_pct=limit).iloc[0]


def test_an_interval_that_misses_is_no_verdict_of_the_value():
    """A value outside of its own bounds is an error somewhere, and never met."""
    assert judged(60.0, value=61.0, low=50.0, high=55.0)["verdict"] == "not met"


def test_what_is_missing_is_no_data():
    nan = float("nan")
    for comparison in (">=", ">", "<=", "<"):
        row = judged(0.0, comparison, value=nan, denominator=0.0, unobserved_pct=nan)
        assert row["verdict"] == "no data"
        assert np.isnan(row["gap"])


def test_exactly_the_limit_is_not_more_than_it():
    seen = judged(60.0, unobserved_pct=5.0 + 1e-12, low=95.0, high=100.0)
    assert seen["verdict"] == "met"
    blind = judged(60.0, unobserved_pct=5.01, low=95.0, high=100.0)
    assert blind["verdict"] == "no data"
    assert "5.01 % unobserved, more than the 5 % allowed" in blind["note"]


def test_bounds_beside_the_target_are_printed_on_their_side():
    row = judged(60.0, value=61.0, low=59.998, high=62.0)
    assert row["verdict"] == "uncertain"
    assert "between 59.998 and 62.00" in row["note"]


@pytest.mark.parametrize("target", [60.0, 66.6, 99.9])
def test_a_sample_of_any_size_leaves_all_uncertain(target):
    row = judged(100.0, low=100.0 - 1e-12, high=100.0, proof=formulas.SAMPLE)
    assert row["verdict"] == "uncertain"
    assert ">= 100.00 % " not in row["note"] or row["verdict"] != "met"
    assert judged(target, low=99.95, high=100.0, proof=formulas.SAMPLE)["verdict"] == "met"


def test_of_two_targets_of_one_figure_the_worse_verdict_is_shown():
    """60.0 meets ">= 60" and misses "> 60": nothing is missing to either."""
    rows = pd.concat([judged(60.0, sign, value=60.0).to_frame().T for sign in (">=", ">")])
    table = rows.assign(unit="A", level="county", indicator="forest_coverage", gap=[0.0, 0.0])
    for order in (table, table.iloc[::-1]):
        shown = rates(order.reset_index(drop=True), "forest_coverage", "county")
        assert shown["verdict"].tolist() == ["not met"]


def test_rates_that_sum_to_the_target_up_to_rounding_reach_it():
    values = pd.Series([35.0 - 1e-12, 35.0, 34.9])
    assert units_that_reach(values, 35.0) == (2, 3)
    found = pace(values, 35.0, year=2023, target_year=2025)
    assert found["on_pace"].tolist() == ["met", "met", "not known"]


def test_trees_that_a_sample_finds_on_water_stand_on_land():
    """Half of what the map shows as water is forest: it joins the land that forest is a share of.

    Of 100 ha, 60 water and 40 trees: forest is 40 + 30 of 70 ha of land, 100 % and not 175 %.
    """
    legend = Legend.load("worldcover")
    areas = pd.DataFrame(0.0, index=[0], columns=[*legend.codes, formulas.UNOBSERVED])
    areas[TREE], areas[WATER] = 40.0, 60.0
    counts = pd.DataFrame([[50, 0], [25, 25]], index=["tree", "water"], columns=["tree", "water"])
    sample = ReferenceSample(counts, by_code=False, level=0.95)
    record = indicators()["water_source_forest"]
    row = formulas.share(areas, legend, record, ["tree"], sample=sample).iloc[0]
    assert row["numerator"] == pytest.approx(70.0)
    assert row["denominator"] == pytest.approx(70.0)
    assert row["value"] == pytest.approx(100.0)
    assert 0.0 < row["low"] < 100.0 == row["high"]


@pytest.mark.thorough
def test_the_limits_of_a_share_of_land_hold():
    """1,000 samples of a known truth: 30 ha forest of 80 ha of land, on a map that errs in both."""
    legend = Legend.load("worldcover")
    areas = pd.DataFrame(0.0, index=[0], columns=[*legend.codes, formulas.UNOBSERVED])
    areas[TREE], areas[GRASS], areas[WATER] = 30.0, 50.0, 20.0
    # Rows: what the map shows; columns: tree, grass, water.
    truth = np.array([[0.9, 0.06, 0.04], [0.05, 0.93, 0.02], [0.05, 0.05, 0.9]])
    weights = np.array([30.0, 50.0, 20.0])
    forest, water = weights @ truth[:, 0], weights @ truth[:, 2]
    right = 100.0 * forest / (100.0 - water)
    record, rng = indicators()["water_source_forest"], np.random.default_rng(8)
    kinds = ["tree", "grass", "water"]
    held = 0
    for _ in range(300):
        counts = pd.DataFrame(
            [rng.multinomial(30, row) for row in truth], index=kinds, columns=kinds
        )
        sample = ReferenceSample(counts, by_code=False, level=0.95)
        row = formulas.share(areas, legend, record, ["tree"], sample=sample).iloc[0]
        held += row["low"] <= right <= row["high"]
    assert held >= 0.94 * 300


def target(indicator: str, value: float, **keys: object) -> str:
    given = {"level": '"county"'} | keys
    lines = "".join(f"{key} = {value}\n" for key, value in given.items())
    return f'\n[[target]]\nindicator = "{indicator}"\nvalue = {value}\n{lines}'


def assessed(tmp_path, more: str, codes: np.ndarray | None = None) -> gc.Assessment:
    county = SmallCounty() if codes is None else SmallCounty(codes=codes)
    county.replace('standard = "national-forest-city-2012"\n', "")
    if "road" not in more:
        county.without_roads()
    county.text += more
    return gc.assess(county.write(tmp_path))


def test_a_township_without_roads_has_no_rate(tmp_path):
    more = target("roadside_greening_rate", 0, level='"township"', comparison='">="')
    county = SmallCounty()
    county.replace('standard = "national-forest-city-2012"\n', "")
    county.text += more
    county.roads = county.roads.clip_by_rect(WEST, SOUTH, MIDDLE_X, NORTH).to_frame("geometry")
    county.roads[["road", "grade"]] = [["G1", "国道"], ["V1", "village"]]
    table = gc.assess(county.write(tmp_path)).table
    rows = table[table["level"].eq("township") & table["verdict"].ne("no target")]
    assert rows.set_index("unit")["verdict"].to_dict() == {"T1": "met", "T2": "no data"}


def test_a_share_of_units_that_a_campaign_lacks_is_not_judged_by_its_own_figure(tmp_path):
    (tmp_path / "counties.toml").write_text(
        'title = "Counties"\n[[target]]\nindicator = "forest_coverage"\nlevel = "county"\n'
        'value = 35\nrule = { share_of_units = "2/3", of = "county" }\n'
    )
    county = SmallCounty().without_roads()
    county.replace('"national-forest-city-2012"', '"counties.toml"')
    assessment = gc.assess(county.write(tmp_path))
    assert (assessment.table["verdict"] == "no target").all()
    assert "share of units that one campaign does not have" in assessment.unjudged[0]


def test_a_share_of_the_roads_is_judged_once(tmp_path):
    # Either road runs through trees in the west, through grass in the east.
    more = target("roadside_greening_rate", 40, level='"road"', share_of_units='"2/3"')
    table = assessed(tmp_path, more).table
    row = table[table["verdict"] != "no target"].iloc[0]
    assert (row["level"], row["scope"]) == ("county", "share of roads")
    assert (row["numerator"], row["denominator"], row["verdict"]) == (2.0, 2.0, "met")


def test_nothing_is_needed_where_a_figure_is_too_high(tmp_path):
    more = target("tree_cover_rate", 40, comparison='"<="')
    assessment = assessed(tmp_path, more)
    assert "not met" in set(assessment.table["verdict"])
    assert assessment.needs.empty


def test_a_strict_target_missed_by_itself_is_said_so(tmp_path):
    codes = np.full((SIZE, SIZE), TREE, dtype="uint8")
    more = target("roadside_greening_rate", 100, comparison='">"')
    (said,) = [
        sentence.said("en")
        for sentence in county_sentences(assessed(tmp_path, more, codes))
        if "target" in sentence.said("en") and "no target" not in sentence.said("en")
    ]
    assert "which is the target itself: it is not met, since it must be passed (> 100 %)" in said


def test_excluded_length_stands_in_the_sentence_of_a_rate(tmp_path):
    codes = np.full((SIZE, SIZE), TREE, dtype="uint8")
    codes[:, 10:] = WATER
    more = target("roadside_greening_rate", 80)
    said = [s.said("en") for s in county_sentences(assessed(tmp_path, more, codes))]
    (little,) = [text for text in said if "rests on less than half of the length" in text]
    # A quarter of the columns are trees: the rate of all the length is about 25 %.
    assert any(f"is {share}" in little for share in ("24.", "25.", "26."))

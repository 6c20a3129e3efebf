"""Targets and paces at exact boundaries, where floats differ in their last digits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import greencover as gc
from greencover.ground.errors import AccuracyError, ArgumentError, LayerError
from greencover.indicators.aggregation import merged, units_that_reach
from greencover.indicators.progress import completion_rate, pace


def one(value, target, earlier=None, *, year=2023, target_year=2026, years=1, index=None):
    now = pd.Series([value], index=index)
    if earlier is None:
        return pace(now, target, year=year, target_year=target_year).iloc[0]
    then = pd.Series([earlier], index=index)
    return pace(
        now, target, year=year, target_year=target_year, earlier=then, earlier_year=year - years
    ).iloc[0]


@pytest.mark.parametrize("value", [0.1 + 0.2, 0.3, np.nextafter(0.3, 0.0)])
def test_a_target_of_sums_is_met_whatever_the_last_digit(value):
    row = one(value, 0.3, 0.1)
    assert row["on_pace"] == "met"
    assert (row["needed_a_year"], row["reached_in"]) == (0.0, 2023.0)
    assert units_that_reach(pd.Series([value]), 0.3) == (1, 1)


@pytest.mark.parametrize(
    ("value", "earlier"), [(30.3, 29.4), (30.0, 29.0), (32.7, 32.6), (31.2, 30.6)]
)
def test_a_gain_that_just_suffices_reaches_the_target_in_its_year(value, earlier):
    """Each gains in a year a third of what is missing, in decimals."""
    row = one(value, 33.0, earlier)
    assert row["on_pace"] == "yes"
    assert row["reached_in"] == 2026.0


def test_a_gain_just_short_does_not():
    row = one(30.3, 33.0, 29.401)
    assert row["on_pace"] == "no"
    assert row["reached_in"] == 2027.0


def test_no_gain_but_the_last_digit_leads_nowhere():
    row = one(0.1 + 0.2, 0.5, 0.3)
    assert row["on_pace"] == "no"
    assert np.isnan(row["reached_in"])


def test_earlier_figures_go_to_their_units_or_are_refused():
    now = pd.Series([30.0, 31.0], index=["a", "b"])
    then = pd.Series([22.0, 21.0, 5.0], index=["b", "a", "elsewhere"])
    years = {"year": 2023, "target_year": 2025, "earlier_year": 2020}
    table = pace(now, 35.0, earlier=then, **years)
    assert table.index.tolist() == ["a", "b"]
    assert table["gained_a_year"].tolist() == pytest.approx([3.0, 3.0])
    twice = now.set_axis(["a", "a"])
    assert len(pace(twice, 35.0, earlier=twice - 3.0, **years)) == 2
    with pytest.raises(ArgumentError, match="name a unit twice"):
        pace(twice, 35.0, earlier=then, **years)
    with pytest.raises(ArgumentError, match="target is nan"):
        pace(now, float("nan"), year=2023, target_year=2025)


def test_a_task_of_blanks_is_the_one_without_a_name():
    tasks = pd.DataFrame(
        {
            "task": ["belt", " belt", " ", None, np.nan],
            "planned": [10, 20, 1, 2, 4],
            "done": [10, 10, 0, 0, 0],
            "unit": "ha",
        },
        index=[7, 7, 7, 0, 0],
    )
    table = completion_rate(tasks).set_index("task")
    assert table["planned"].to_dict() == {"belt": 30.0, "": 7.0}
    assert table["completion_pct"].to_dict() == pytest.approx({"belt": 200 / 3, "": 0.0})


def test_a_repeated_index_sums_row_by_row():
    table = pd.DataFrame(
        {
            "land_ha": [1.0, 3.0, 4.0],
            "forest_ha": [1.0, 0.0, 4.0],
            "forest_pct": [100.0, 0.0, 100.0],
            "part": ["a", "a", "b"],
        },
        index=[0, 0, 0],
    )
    assert merged(table, "part").set_index("part")["forest_pct"].to_dict() == {"a": 25.0, "b": 100}


def test_what_cannot_be_summed_rightly_is_refused():
    twice = pd.DataFrame([[1.0, 2.0, 1.0]], columns=["land_ha", "land_ha", "forest_ha"])
    with pytest.raises(LayerError, match="'land_ha' twice"):
        merged(twice)
    # Texts would be put end to end: "1" and "3" make 13.
    with pytest.raises(LayerError, match="land_ha are no numbers"):
        merged(pd.DataFrame({"land_ha": ["1", "3"], "forest_ha": [1.0, 0.0]}))


@pytest.mark.parametrize(
    ("shares", "users", "error"),
    [
        ([0.5, 0.5], ["x", 0.9], 0.01),
        ([[0.5, 0.5]], [[0.9, 0.9]], 0.01),
        ([0.5, 0.5], [0.9, 0.9], "little"),
        ([0.5, 0.5], [0.9, 0.9], None),
    ],
)
def test_sample_sizes_of_no_numbers_are_refused(shares, users, error):
    with pytest.raises(AccuracyError, match="must be numbers"):
        gc.sample_size(shares, users, standard_error=error)

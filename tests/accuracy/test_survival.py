"""Survival of planted trees: the draw, the limits, the classes, and what is to be planted again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from greencover.accuracy.survival import _t, survival_classes, survival_rate, survival_sample
from greencover.ground.errors import AccuracyError


def form(*pairs: tuple[float, float], **more: object) -> pd.DataFrame:
    counted, alive = zip(*pairs, strict=True)
    return pd.DataFrame({"counted": counted, "alive": alive, **more})


def test_every_part_gets_two_plots_and_the_rest_goes_by_number():
    plots = pd.DataFrame({"township": ["A"] * 90 + ["B"] * 9 + ["C"], "trees": 100})
    drawn = survival_sample(plots, 20)
    counts = drawn["township"].value_counts()
    assert len(drawn) == 20
    assert counts["C"] == 1
    assert counts["B"] >= 2
    assert drawn.groupby("township")["weight"].sum().round(9).to_dict() == {
        "A": 90.0, "B": 9.0, "C": 1.0,
    }  # fmt: skip
    assert (drawn[["counted", "alive", "inspector"]] == "").all(axis=None)
    assert survival_sample(plots, 20).equals(drawn)
    assert not survival_sample(plots, 20, seed=1)["plot"].equals(drawn["plot"])


def test_a_sample_smaller_than_its_parts_is_refused():
    with pytest.raises(AccuracyError, match="at least 4"):
        survival_sample(pd.DataFrame({"township": ["A", "A", "B", "B"]}), 3)


@pytest.mark.parametrize(
    ("pct", "kind", "share"),
    [(100, "qualified", 0), (85, "qualified", 0), (84, "plant up", 0.16), (41, "plant up", 0.59),
     (40, "plant anew", 1), (0, "plant anew", 1)],
)  # fmt: skip
def test_classes_and_what_they_ask_for(pct, kind, share):
    table = survival_rate(form((100, pct), trees=[200.0], area_ha=[2.0]))
    row = table.iloc[0]
    assert row["survival_class"] == kind
    assert row["replant_trees"] == pytest.approx(200 * share)
    assert row["replant_mu"] == pytest.approx(30 * share)
    assert survival_classes()["verified"] is False


def test_rates_are_sums_over_sums_by_township():
    table = survival_rate(
        form((100, 90), (50, 20), (10, 1), township=["A", "A", "B"]), by="township"
    ).set_index("name")
    assert table.loc["A", "survival_pct"] == pytest.approx(100 * 110 / 150)
    assert table.loc["B", ["plots", "survival_pct"]].tolist() == [1, 10.0]
    assert (
        (table["low_pct"] < table["survival_pct"]) & (table["survival_pct"] < table["high_pct"])
    ).all()
    # One plot is worth one tree, however many stand on it.
    assert table.loc["B", "high_pct"] > 90


def test_students_quantiles_are_those_of_tables():
    assert [round(_t(n, 0.95), 3) for n in (1, 2, 5, 10, 30)] == [
        12.706,
        4.303,
        2.571,
        2.228,
        2.042,
    ]


@pytest.mark.thorough
def test_limits_hold_in_nineteen_of_twenty_draws():
    """Plots whose survival differs, so that trees of one plot are alike."""
    random = np.random.default_rng(1)
    truth = 0.8
    held = []
    for _ in range(300):
        rates = random.beta(8 * truth, 8 * (1 - truth), 12)
        alive = random.binomial(60, rates)
        row = survival_rate(form(*[(60, one) for one in alive])).iloc[0]
        held.append(row["low_pct"] <= 100 * truth <= row["high_pct"])
    assert np.mean(held) > 0.92


@pytest.mark.parametrize("pair", [(0, 0), (10, 11), (10, -1), (10, np.nan)])
def test_numbers_that_cannot_be_are_named(pair):
    with pytest.raises(AccuracyError, match="row 2"):
        survival_rate(form((10, 5), pair))


@pytest.mark.parametrize(
    ("freedom", "level", "expected"),
    [(1, 0.9, 6.314), (1, 0.95, 12.706), (1, 0.99, 63.657), (2, 0.99, 9.925), (9, 0.9, 1.833)],
)
def test_quantiles_are_those_of_printed_tables(freedom, level, expected):
    assert _t(freedom, level) == pytest.approx(expected, abs=6e-4)

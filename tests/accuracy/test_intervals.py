"""Intervals for few points, against scipy, against printed tables and against simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from greencover.accuracy.adjusted import adjusted_shares, error_adjusted
from greencover.accuracy.exact import lowest_share
from greencover.accuracy.intervals import share_limits
from greencover.accuracy.strata import stratified_accuracy
from greencover.ground.errors import AccuracyError
from greencover.indicators.change import adjusted_change

CLASSES = ["tree", "other"]


def matrix(*rows: list[int]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), index=CLASSES, columns=CLASSES)


def test_exact_limits_of_printed_tables() -> None:
    # All of n: the nth root of 0.025; none: nothing; 7 of 10: 34.8 to 93.3 %.
    assert lowest_share([30], [30])[0] == pytest.approx(0.025 ** (1 / 30), rel=1e-12)
    assert lowest_share([0], [30])[0] == 0.0
    assert lowest_share([7], [10])[0] == pytest.approx(0.3475, abs=5e-5)
    assert 1 - lowest_share([3], [10])[0] == pytest.approx(0.9333, abs=5e-5)
    assert lowest_share([200], [200])[0] == pytest.approx(0.982, abs=5e-4)


@pytest.mark.parametrize("size", [2.0, 30.0, 1e3, 1e6])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_exact_limits_against_scipy(size: float, level: float) -> None:
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(3)
    n = rng.uniform(1.0, size, 300)
    x = n * np.concatenate([rng.random(200), rng.random(50) * 1e-3, 1.0 - rng.random(50) * 1e-3])
    expected = stats.beta.ppf((1.0 - level) / 2.0, x, n - x + 1.0)
    np.testing.assert_allclose(lowest_share(x, n, level), expected, rtol=1e-9, atol=1e-12)


def test_one_stratum_has_its_exact_limits() -> None:
    low, high = share_limits([1.0], [7], [10])
    assert float(low) == pytest.approx(0.3475, abs=5e-5)
    assert float(high) == pytest.approx(0.9333, abs=5e-5)


def test_limits_written_out_a_second_time() -> None:
    stats = pytest.importorskip("scipy.stats")
    w, x, n = np.array([0.5, 0.3, 0.2]), np.array([9, 2, 0]), np.array([10, 40, 5])

    def clopper(hits, size):
        low = stats.beta.ppf(0.025, hits, size - hits + 1) if hits > 0 else 0.0
        high = stats.beta.ppf(0.975, hits + 1, size - hits) if hits < size else 1.0
        return low, high

    p = x / n
    each = np.array([clopper(*pair) for pair in zip(x, n, strict=True)])
    share = w @ p
    worth = 1.0 / (w**2 / n).sum()
    alone = clopper(share * worth, worth)
    below = share - np.sqrt((w**2 * (p - each[:, 0]) ** 2).sum())
    above = share + np.sqrt((w**2 * (each[:, 1] - p) ** 2).sum())
    low, high = share_limits(w, x, n)
    assert float(low) == pytest.approx(min(below, alone[0]), rel=1e-9)
    assert float(high) == pytest.approx(max(above, alone[1]), rel=1e-9)


def scenes():
    """Strata, weights and truths where the published interval fails worst."""
    for count in (2, 5, 10):
        equal = np.ones(count) / count
        dominant = np.r_[0.9, np.full(count - 1, 0.1 / (count - 1))]
        for weights in (equal, dominant):
            for wrong in (0.0, 0.02, 0.1, 0.15):
                sides = np.where(np.arange(count) % 2 == 0, 1.0 - wrong, wrong)
                for truth in (np.full(count, 1.0 - wrong), np.full(count, wrong), sides):
                    yield weights, truth


@pytest.mark.parametrize("points", [5, 30, 100])
def test_intervals_hold_the_truth_in_the_worst_scene(points: int) -> None:
    rng = np.random.default_rng(20231128)
    worst = 1.0
    for weights, truth in scenes():
        hits = rng.binomial(points, truth, size=(800, len(truth)))
        low, high = share_limits(weights, hits, np.full(len(truth), points))
        right = weights @ truth
        held = (low <= right + 1e-12) & (right <= high + 1e-12)
        worst = min(worst, held.mean())
    assert worst >= 0.94


def test_two_agreeing_points_prove_little() -> None:
    table = error_adjusted(matrix([2, 0], [0, 2]), {"tree": 61.0, "other": 39.0})
    assert table.loc["tree", "area_halfwidth_ha"] == 0.0
    assert table.loc["tree", "area_low_ha"] < 10.0
    assert table.loc["tree", "area_high_ha"] > 90.0
    assert table.loc["tree", "share_low_pct"] == pytest.approx(table.loc["tree", "area_low_ha"])
    assert table.attrs["overall_low"] < 0.5
    assert table.attrs["overall_high"] == 1.0


def test_every_unit_sampled_leaves_no_width() -> None:
    table = error_adjusted(matrix([30, 2], [5, 63]), [32.0, 68.0], mapped_units=[32, 68])
    np.testing.assert_allclose(table["area_low_ha"], [35.0, 65.0])
    np.testing.assert_allclose(table["area_high_ha"], [35.0, 65.0])


def test_one_point_gives_exact_limits_where_the_standard_error_is_unknown() -> None:
    table = error_adjusted(matrix([1, 0], [0, 50]), {"tree": 100.0, "other": 1e-9})
    assert np.isnan(table.loc["tree", "area_se_ha"])
    assert table.loc["tree", "area_low_ha"] == pytest.approx(2.5, rel=1e-6)


def test_points_that_nobody_visited_count_both_ways() -> None:
    counts = matrix([8, 0], [0, 10]).assign(unvisited=[2, 0])
    table = error_adjusted(counts, {"tree": 100.0, "other": 1e-9})
    # The estimate is of the eight points seen; the limits are those of 8 of 10 and of 10 of 10.
    assert table.loc["tree", "area_ha"] == pytest.approx(100.0)
    assert table.loc["tree", "samples"] == 8
    assert table.loc["tree", "area_low_ha"] == pytest.approx(44.39, abs=5e-3)
    assert table.loc["other", "area_high_ha"] == pytest.approx(55.61, abs=5e-3)
    assert any("2 sample points that were not visited" in note for note in table.attrs["notes"])


def test_strata_equal_to_the_classes_have_the_same_limits() -> None:
    rows = [("tree", "tree")] * 9 + [("tree", "other")] + [("other", "other")] * 20
    points = pd.DataFrame(rows, columns=["map", "reference"])
    points["stratum"] = points["map"]
    units = {"tree": 400, "other": 600}
    by_strata = stratified_accuracy(points, units, unit_ha=1.0)
    by_classes = error_adjusted(matrix([9, 1], [0, 20]), units, mapped_units=units)
    for column in ("area_low_ha", "area_high_ha", "share_low_pct"):
        assert by_strata.loc["tree", column] == pytest.approx(by_classes.loc["tree", column])
    assert by_strata.attrs["overall_low"] == pytest.approx(by_classes.attrs["overall_low"])


def change(first: float, second: float, points: int = 50) -> pd.DataFrame:
    counts = matrix([points, 0], [0, points])
    years = [
        adjusted_shares(
            counts, pd.DataFrame({"tree": [ha], "other": [100.0 - ha]}), ["tree"], level=0.95
        )
        for ha in (first, second)
    ]
    return adjusted_change(*years).iloc[0]


def test_change_from_two_agreeing_points_is_not_distinguishable() -> None:
    # Standard errors of 0 made a gain of 5 points certain.
    few = change(40.0, 45.0, points=2)
    assert few["change_se_pct"] == 0.0
    assert few["finding"] == "not distinguishable from no change"
    assert change(10.0, 90.0)["finding"] == "gain"
    assert change(90.0, 10.0)["finding"] == "loss"


def test_change_over_ground_without_a_sample_reaches_over_all_of_it() -> None:
    counts = matrix([50, 0], [0, 50])
    sure = pd.DataFrame({"tree": [100.0], "other": [0.0]})
    hidden = sure.assign(snow=100.0)
    known = adjusted_shares(counts, sure, ["tree"])
    dark = adjusted_shares(counts, hidden, ["tree"])
    found = adjusted_change(known, dark).iloc[0]
    assert found["change_pct"] == pytest.approx(-50.0)
    # None of the hidden half may be trees, or all of it: a loss of 50 points, or none.
    assert found["change_low_pct"] <= -50.0
    assert found["change_high_pct"] >= 0.0
    assert found["finding"] == "not distinguishable from no change"


def test_change_takes_the_level_of_its_tables() -> None:
    counts = matrix([45, 5], [5, 45])
    units = pd.DataFrame({"tree": [40.0, 60.0], "other": [60.0, 40.0]}, index=["a", "b"])
    at_90 = adjusted_shares(counts, units, ["tree"], level=0.9)
    at_95 = adjusted_shares(counts, units, ["tree"])
    assert len(adjusted_change(at_90, at_90)) == 2
    with pytest.raises(AccuracyError, match="one level for both years"):
        adjusted_change(at_90, at_95)
    with pytest.raises(AccuracyError, match="one level for both years"):
        adjusted_change(at_90, at_90, level=0.95)
    twice = at_95.set_axis(["a", "a"])
    with pytest.raises(AccuracyError, match="name a unit twice"):
        adjusted_change(twice, at_95)
    # A unit that one year lacks has no finding; it is no change of 100 %.
    alone = adjusted_change(at_95, at_95.loc[["a"]])
    assert alone.loc["b", "finding"] == "no data"

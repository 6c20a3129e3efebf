"""Areas corrected by a reference sample, held against published tables and against simulation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greencover.accuracy.adjusted import adjusted_shares, error_adjusted, sample_size
from greencover.accuracy.confusion import confusion_from_points
from greencover.accuracy.strata import stratified_accuracy
from greencover.ground.errors import AccuracyError

PRINTED_Z = 1.96
# The level at which exactly 1.96 standard errors are taken, as printed tables do.
PRINTED_LEVEL = math.erf(PRINTED_Z / math.sqrt(2.0))

OLOFSSON_2014 = pd.DataFrame(
    [[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]],
    index=["deforestation", "gain", "forest", "other"],
    columns=["deforestation", "gain", "forest", "other"],
)
PIXELS_2014 = pd.Series([200_000, 150_000, 3_200_000, 6_450_000], index=OLOFSSON_2014.index)
PIXEL_HA = 0.09


def independent(counts: np.ndarray, weights: np.ndarray, freedom: int) -> dict[str, np.ndarray]:
    """The estimators written out a second time, with a divisor of n - freedom."""
    n = counts.sum(axis=1)
    size = len(n)
    p = weights[:, None] * counts / n[:, None]
    area = p.sum(axis=0)
    producers = np.diag(p) / area
    area_se, producers_se = np.zeros(size), np.zeros(size)
    for j in range(size):
        q = counts[:, j] / n
        terms = q * (1 - q) / (n - freedom)
        area_se[j] = math.sqrt(sum(weights[i] ** 2 * terms[i] for i in range(size)))
        others = sum(weights[i] ** 2 * terms[i] for i in range(size) if i != j)
        own = weights[j] ** 2 * (1 - producers[j]) ** 2 * terms[j]
        producers_se[j] = math.sqrt(own + producers[j] ** 2 * others) / area[j]
    users = np.diag(counts) / n
    return {
        "area": area,
        "area_se": area_se,
        "users_se": np.sqrt(users * (1 - users) / (n - freedom)),
        "producers": producers,
        "producers_se": producers_se,
    }


def test_published_table_of_2014_in_pixels() -> None:
    table = error_adjusted(OLOFSSON_2014, PIXELS_2014, level=PRINTED_LEVEL)
    assert table.attrs["z"] == pytest.approx(1.96, abs=1e-12)
    areas = [235_086.2471, 129_846.1538, 3_175_221.4452, 6_459_846.1538]
    halfwidths = [68_418.160, 41_731.400, 172_331.514, 180_907.293]
    np.testing.assert_allclose(table["area_ha"], areas, rtol=0, atol=5e-5)
    np.testing.assert_allclose(table["area_halfwidth_ha"], halfwidths, rtol=0, atol=5e-4)


def test_published_table_of_2014_in_hectares() -> None:
    table = error_adjusted(OLOFSSON_2014, PIXELS_2014 * PIXEL_HA, level=PRINTED_LEVEL)
    areas = [21_157.7622, 11_686.1538, 285_769.9301, 581_386.1538]
    halfwidths = [6_157.634, 3_755.826, 15_509.836, 16_281.656]
    np.testing.assert_allclose(table["area_ha"], areas, rtol=0, atol=5e-5)
    np.testing.assert_allclose(table["area_halfwidth_ha"], halfwidths, rtol=0, atol=5e-4)


def test_published_accuracies_of_2014() -> None:
    table = error_adjusted(OLOFSSON_2014, PIXELS_2014)
    expected = {
        "users": [0.8800000, 0.7333333, 0.9272727, 0.9630769],
        "users_se": [0.0377760, 0.0514066, 0.0202782, 0.0104763],
        "producers": [0.7486614, 0.8471564, 0.9345089, 0.9616090],
        "producers_se": [0.1088316, 0.1298002, 0.0175125, 0.0093681],
    }
    for column, values in expected.items():
        np.testing.assert_allclose(table[column], values, rtol=0, atol=5.1e-8)
    assert table.attrs["overall"] == pytest.approx(0.9465118881, abs=5e-11)
    assert table.attrs["overall_se"] == pytest.approx(0.0094304172, abs=5e-11)
    assert round(table.attrs["overall_halfwidth"], 2) == 0.02


def test_default_level_takes_the_exact_quantile() -> None:
    table = error_adjusted(OLOFSSON_2014, PIXELS_2014, level=0.95)
    assert table.attrs["z"] == pytest.approx(1.959964, abs=5e-7)
    assert table.loc["deforestation", "area_halfwidth_ha"] == pytest.approx(68_416.9, abs=0.05)


def test_first_example_of_2013() -> None:
    counts = [[97, 0, 3], [3, 279, 18], [2, 1, 97]]
    mapped = [22_353, 1_122_543, 610_228]
    table = error_adjusted(counts, mapped, level=PRINTED_LEVEL)
    np.testing.assert_allclose(
        table["area_ha"], [45_112.40, 1_050_067.27, 659_944.33], rtol=0, atol=5.1e-3
    )
    np.testing.assert_allclose(
        table["area_halfwidth_ha"], [21_072.75, 34_598.01, 36_526.28], rtol=0, atol=5.1e-3
    )
    hectares = error_adjusted(counts, np.array(mapped) * 0.09, level=PRINTED_LEVEL).iloc[0]
    assert hectares["area_ha"] == pytest.approx(4_060.116, abs=5e-4)
    assert hectares["area_halfwidth_ha"] == pytest.approx(1_896.548, abs=5e-4)
    expected = {
        "users": [0.97, 0.93, 0.97],
        "users_se": [0.0171446608, 0.0147555329, 0.0171446608],
        "producers": [0.4806308, 0.9941887, 0.8969259],
        "producers_se": [0.1145585, 0.0057783, 0.0210236],
    }
    for column, values in expected.items():
        np.testing.assert_allclose(table[column], values, rtol=0, atol=5.1e-8)
    assert table.attrs["overall"] == pytest.approx(0.9444167819, abs=5e-11)
    assert table.attrs["overall_se"] == pytest.approx(0.0111643995, abs=5e-11)


def test_second_example_of_2013() -> None:
    counts = [[127, 66, 54], [2, 322, 17], [0, 15, 540]]
    table = error_adjusted(counts, [0.007, 0.295, 0.698])
    shares = [0.0053293956, 0.2992983601, 0.6953722444]
    errors = [0.0012418372, 0.0060524231, 0.0059400444]
    np.testing.assert_allclose(table["share_pct"] / 100, shares, rtol=0, atol=5.1e-11)
    np.testing.assert_allclose(table["share_se_pct"] / 100, errors, rtol=0, atol=5.1e-11)
    np.testing.assert_allclose(
        table["users"], [0.5141700, 0.9442815, 0.9729730], rtol=0, atol=5.1e-8
    )
    np.testing.assert_allclose(
        table["producers"], [0.6753468, 0.9307203, 0.9766498], rtol=0, atol=5.1e-8
    )
    assert table.attrs["overall"] == pytest.approx(0.9612973753, abs=5e-11)
    assert table.attrs["overall_se"] == pytest.approx(0.0060533115, abs=5e-11)


def stehman_points() -> pd.DataFrame:
    """Map>reference by stratum, ten units each."""
    told = {
        "A": "AA AA AA AA AA AC AB BA BB BC",
        "B": "AA BB BB BB BB BB BA BA BB BB",
        "C": "BC BC CC CC CC CD CD CB BB BA",
        "D": "DD DD DD DD DD DD DD DC DC DB",
    }
    rows = [
        {"stratum": stratum, "map": pair[0], "reference": pair[1]}
        for stratum, pairs in told.items()
        for pair in pairs.split()
    ]
    return pd.DataFrame(rows)


def test_strata_that_differ_from_the_classes() -> None:
    units = {"A": 40_000, "B": 30_000, "C": 20_000, "D": 10_000}
    table = stratified_accuracy(stehman_points(), units, unit_ha=0.01)
    expected = {
        "share_pct": ([35, 34, 20, 11], 1e-10),
        "share_se_pct": ([8.22478, 7.58531, 6.42798, 3.07222], 5.1e-6),
        "users": ([0.7419355, 0.5744681, 0.5, 0.7], 5.1e-8),
        "users_se": ([0.1645420, 0.1247822, 0.2151119, 0.1526761], 5.1e-8),
        "producers": ([0.6571429, 0.7941176, 0.3, 0.6363636], 5.1e-8),
        "producers_se": ([0.1477101, 0.1165479, 0.1504108, 0.1622797], 5.1e-8),
    }
    for column, (values, digits) in expected.items():
        np.testing.assert_allclose(table[column], values, rtol=0, atol=digits)
    assert table.attrs["overall"] == pytest.approx(0.63, abs=1e-12)
    assert table.attrs["overall_se"] == pytest.approx(0.0846422, abs=5.1e-8)
    np.testing.assert_allclose(table["area_ha"], [350, 340, 200, 110])


def test_strata_equal_to_the_classes_give_the_same_figures() -> None:
    rows = [
        {"map": a, "reference": b}
        for a in OLOFSSON_2014.index
        for b in OLOFSSON_2014.columns
        for _ in range(OLOFSSON_2014.loc[a, b])
    ]
    points = pd.DataFrame(rows)
    points["stratum"] = points["map"]
    by_strata = stratified_accuracy(points, PIXELS_2014.to_dict(), unit_ha=1.0)
    by_classes = error_adjusted(
        confusion_from_points(points), PIXELS_2014, mapped_units=PIXELS_2014
    )
    by_classes = by_classes.loc[by_strata.index, by_strata.columns]
    np.testing.assert_allclose(by_strata, by_classes, rtol=1e-10)


def test_both_conventions_of_the_standard_error() -> None:
    counts = np.array([[410, 26], [67, 369]])
    mapped = np.array([828_837.0, 33_067_283.0])
    table = error_adjusted(counts, mapped)
    assert table.attrs["overall"] == pytest.approx(0.84862969, abs=5e-9)
    assert table.attrs["overall_se"] == pytest.approx(0.01687046, abs=5e-9)
    np.testing.assert_allclose(table["share_pct"], [17.29063, 82.70937], rtol=0, atol=5.1e-6)
    np.testing.assert_allclose(table["users"], [0.9403670, 0.8463303], rtol=0, atol=5.1e-8)
    np.testing.assert_allclose(table["producers"], [0.132986, 0.998237], rtol=0, atol=5.1e-7)
    np.testing.assert_allclose(
        table["users_se"], [0.0113539633, 0.0172909744], rtol=0, atol=5.1e-11
    )
    np.testing.assert_allclose(
        table["producers_se"], [0.0130481548, 0.0003370013], rtol=0, atol=5.1e-11
    )
    assert "variances divide by n - 1" in table.attrs["notes"]
    # Card's convention, which a published page prints for the same counts.
    by_n = independent(counts, mapped / mapped.sum(), 0)
    np.testing.assert_allclose(by_n["users_se"], [0.01134094, 0.01727113], rtol=0, atol=5.1e-9)
    np.testing.assert_allclose(
        by_n["producers_se"], [0.0130331827, 0.0003366146], rtol=0, atol=5.1e-11
    )
    np.testing.assert_allclose(by_n["users_se"], table["users_se"] * np.sqrt(435 / 436), rtol=1e-12)


def test_buffer_stratum_that_caught_an_omission() -> None:
    names = ["loss", "forest", "other", "forest buffer", "other buffer"]
    counts = [
        [43, 5, 2, 0, 0],
        [0, 350, 10, 0, 0],
        [0, 9, 81, 0, 0],
        [2, 0, 0, 48, 0],
        [0, 0, 0, 0, 25],
    ]
    table = error_adjusted(
        pd.DataFrame(counts, index=names, columns=names),
        dict(zip(names, [5.0, 1950.0, 8000.0, 50.0, 25.0], strict=True)),
    )
    by_hand = [
        5 * 43 / 50 + 50 * 2 / 50,
        5 * 5 / 50 + 1950 * 350 / 360 + 8000 * 9 / 90,
        5 * 2 / 50 + 1950 * 10 / 360 + 8000 * 81 / 90,
        48,
        25,
    ]
    np.testing.assert_allclose(table["area_ha"], by_hand, rtol=1e-12)
    loss_se = math.sqrt(5**2 * 0.86 * 0.14 / 49 + 50**2 * 0.04 * 0.96 / 49)
    assert table.loc["loss", "area_se_ha"] == pytest.approx(loss_se, rel=1e-12)
    # All 25 samples of the last class agree: its zero says why, and what may be missed.
    assert table.loc["other buffer", "area_se_ha"] == 0.0
    assert any("all 25 samples of class 'other buffer'" in n for n in table.attrs["notes"])


def test_sample_size_of_the_2014_example() -> None:
    assert sample_size([0.02, 0.015, 0.32, 0.645], [0.70, 0.60, 0.90, 0.95]) == 641
    with pytest.raises(AccuracyError, match="which sum to"):
        sample_size([0.5, 0.4], [0.9, 0.9])


def test_exhaustive_sample_leaves_no_uncertainty() -> None:
    counts = np.array([[30, 2], [5, 63]])
    table = error_adjusted(counts, [32.0, 68.0], mapped_units=[32, 68])
    np.testing.assert_allclose(table["area_ha"], [35.0, 65.0])
    for column in ("area_halfwidth_ha", "users_halfwidth", "producers_halfwidth"):
        assert (table[column] == 0.0).all()
    assert table.attrs["overall_halfwidth"] == 0.0
    assert table.attrs["overall"] == pytest.approx(0.93)


def test_class_without_samples_is_unknown_and_never_zero() -> None:
    counts = pd.DataFrame([[9, 1], [0, 0]], index=["tree", "bare"], columns=["tree", "bare"])
    table = error_adjusted(counts, {"tree": 80.0, "bare": 20.0})
    # Nine of ten trees are trees; the 20 ha of bare ground may be anything.
    assert table.loc["tree", "area_ha"] == pytest.approx(72.0)
    assert table.loc["tree", "area_low_ha"] <= 72.0
    assert table.loc["tree", "area_high_ha"] >= 92.0
    assert table.loc["bare", "area_high_ha"] >= 28.0
    assert table[["area_se_ha", "area_halfwidth_ha", "producers"]].isna().all(axis=None)
    assert math.isnan(table.attrs["overall"])
    assert table.attrs["overall_low"] < 0.72
    assert any("class 'bare' covers 20 % of the map" in note for note in table.attrs["notes"])
    fine = error_adjusted(counts, {"tree": 80.0, "bare": 0.0})
    assert fine.loc["bare", "area_ha"] == pytest.approx(8.0)
    assert math.isnan(fine.loc["bare", "users"])
    with pytest.raises(AccuracyError, match="at least one point"):
        error_adjusted(counts * 0, {"tree": 80.0, "bare": 20.0})


def test_single_sample_gives_an_unknown_error() -> None:
    table = error_adjusted([[8, 2], [0, 1]], [50.0, 50.0])
    assert table["area_se_ha"].isna().all()
    assert any("one sample" in note for note in table.attrs["notes"])


def test_reference_class_that_the_map_lacks() -> None:
    counts = pd.DataFrame([[8, 1, 1], [1, 9, 0]], index=["tree", "grass"])
    counts.columns = ["tree", "grass", "orchard"]
    table = error_adjusted(counts, {"tree": 100.0, "grass": 50.0})
    assert list(table.index) == ["tree", "grass", "orchard"]
    assert table.loc["orchard", "area_ha"] == pytest.approx(10.0)
    assert table.loc["orchard", "producers"] == 0.0
    assert table["area_ha"].sum() == pytest.approx(150.0)


@pytest.mark.thorough
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """A map of known errors, sampled 300 times: its intervals hold the truth 92-98 % of times."""
    rng = np.random.default_rng(42)
    mapped = np.array([20_000.0, 50_000.0, 30_000.0])
    truth = np.array([[0.80, 0.15, 0.05], [0.10, 0.85, 0.05], [0.05, 0.05, 0.90]])
    areas = mapped @ truth
    held = np.zeros(3)
    overall = 0
    right = float(mapped @ np.diag(truth)) / mapped.sum()
    for _ in range(300):
        counts = np.array([rng.multinomial(150, row) for row in truth])
        table = error_adjusted(counts, mapped)
        held += np.abs(table["area_ha"].to_numpy() - areas) <= table["area_halfwidth_ha"]
        overall += abs(table.attrs["overall"] - right) <= table.attrs["overall_halfwidth"]
    assert ((held >= 276) & (held <= 294)).all(), held
    assert 276 <= overall <= 294


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(1, 60), min_size=3, max_size=3), min_size=3, max_size=3),
    st.lists(st.floats(1.0, 1e6), min_size=3, max_size=3),
)
def test_against_the_estimators_written_out(counts: list[list[int]], mapped: list[float]) -> None:
    table = error_adjusted(counts, mapped)
    weights = np.array(mapped) / sum(mapped)
    expected = independent(np.array(counts), weights, 1)
    np.testing.assert_allclose(table["share_pct"], 100 * expected["area"], rtol=1e-10)
    np.testing.assert_allclose(table["share_se_pct"], 100 * expected["area_se"], rtol=1e-9)
    np.testing.assert_allclose(table["users_se"], expected["users_se"], rtol=1e-9)
    np.testing.assert_allclose(table["producers_se"], expected["producers_se"], rtol=1e-9)
    assert table["area_ha"].sum() == pytest.approx(sum(mapped))


def test_shares_of_units_by_hand() -> None:
    counts = pd.DataFrame([[90, 10], [5, 95]], index=["tree", "other"], columns=["tree", "other"])
    units = pd.DataFrame({"tree": [60.0, 0.0, 0.0], "other": [40.0, 10.0, 0.0]}, index=list("abc"))
    shares = adjusted_shares(counts, units, ["tree"])
    assert shares.loc["a", "share_pct"] == pytest.approx(100 * (0.6 * 0.9 + 0.4 * 0.05))
    se = math.sqrt(0.6**2 * 0.9 * 0.1 / 99 + 0.4**2 * 0.05 * 0.95 / 99)
    assert shares.loc["a", "share_se_pct"] == pytest.approx(100 * se)
    assert shares.loc["a", "share_high_pct"] > shares.loc["a", "share_pct"] + 195.9 * se
    # A unit of one class has the exact limits of that class: 5 of 100 are 1.64 to 11.28 %
    # (Clopper and Pearson, as printed in tables of exact limits).
    assert shares.loc["b", "share_low_pct"] == pytest.approx(1.643, abs=5e-4)
    assert shares.loc["b", "share_high_pct"] == pytest.approx(11.283, abs=5e-4)
    assert shares.loc["b", "area_high_ha"] == pytest.approx(1.1283, abs=5e-5)
    assert shares.loc["b", "area_ha"] == pytest.approx(0.5)
    assert math.isnan(shares.loc["c", "share_pct"])
    assert "error rates of the whole map" in shares.attrs["notes"][0]


def test_shares_of_the_whole_map_agree_with_its_areas() -> None:
    whole = pd.DataFrame([PIXELS_2014])
    shares = adjusted_shares(OLOFSSON_2014, whole, ["forest"]).iloc[0]
    table = error_adjusted(OLOFSSON_2014, PIXELS_2014).loc["forest"]
    assert shares["area_ha"] == pytest.approx(table["area_ha"])
    assert shares["share_se_pct"] == pytest.approx(table["share_se_pct"])


def test_ground_of_an_unsampled_class_widens_the_interval_by_its_share() -> None:
    counts = pd.DataFrame([[50, 0], [0, 50]], index=["tree", "other"], columns=["tree", "other"])
    units = pd.DataFrame({"tree": [50.0], "other": [40.0], "snow": [10.0]})
    shares = adjusted_shares(counts, units, ["tree"]).iloc[0]
    assert shares["share_pct"] == pytest.approx(50.0)
    assert shares["unsampled_pct"] == pytest.approx(10.0)
    known = adjusted_shares(counts, units[["tree", "other"]], ["tree"]).iloc[0]
    # Nine tenths of the ground are sampled as before, and all of the rest may be trees.
    assert shares["share_low_pct"] == pytest.approx(0.9 * known["share_low_pct"])
    assert shares["share_high_pct"] == pytest.approx(0.9 * known["share_high_pct"] + 10.0)


def test_map_classes_that_are_codes_are_taken_at_face_value_by_their_code() -> None:
    counts = pd.DataFrame([[50, 0], [0, 50]], index=[10, 30], columns=["tree", "grass"])
    units = pd.DataFrame({10: [40.0], 30: [50.0], 95: [10.0]})
    shares = adjusted_shares(counts, units, ["tree"], shown=[10, 95]).iloc[0]
    assert shares["share_pct"] == pytest.approx(50.0)
    assert shares["unsampled_shown_pct"] == pytest.approx(10.0)
    assert shares["share_low_pct"] < 40.0
    assert shares["share_high_pct"] > 50.0


def test_points_become_counts() -> None:
    points = pd.DataFrame({"map": [10, 10, 30, 30, 30], "truth": [10, 30, 30, 30, 40]})
    counts = confusion_from_points(points, "map", "truth")
    assert counts.loc[10].tolist() == [1, 1, 0]
    assert counts.loc[30].tolist() == [0, 2, 1]
    assert counts.loc[40].tolist() == [0, 0, 0]
    with pytest.raises(AccuracyError, match=r"no 'map' in row 2 \(1 in all\)"):
        confusion_from_points(points.assign(map=[10, None, 30, 30, 30]), "map", "truth")
    with pytest.raises(AccuracyError, match="no column 'reference'"):
        confusion_from_points(points)


@pytest.mark.parametrize(
    ("confusion", "mapped", "match"),
    [
        ([[1, 2, 3]], [1.0], "square array"),
        ([[0.5, 0.5], [0.1, 0.9]], [1.0, 1.0], "something other than counts"),
        ([[5, -1], [1, 5]], [1.0, 1.0], "something other than counts"),
        ([[5, 1], [1, 5]], [1.0], "1 figures for 2 map classes"),
        ([[5, 1], [1, 5]], [-1.0, 2.0], "0 or more"),
        (OLOFSSON_2014, {"gain": 3.0}, "'deforestation'"),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(confusion, mapped, match: str) -> None:
    with pytest.raises(AccuracyError, match=match):
        error_adjusted(confusion, mapped)


def test_level_outside_of_reason() -> None:
    with pytest.raises(AccuracyError, match="between 0 and 1"):
        error_adjusted(OLOFSSON_2014, PIXELS_2014, level=95)


def test_more_samples_than_pixels() -> None:
    with pytest.raises(AccuracyError, match="more samples than sampling units"):
        error_adjusted([[5, 1], [1, 5]], [1.0, 1.0], mapped_units=[5, 10])


def test_strata_of_which_nothing_is_said() -> None:
    points = pd.DataFrame({"stratum": ["x", "x"], "map": [1, 1], "reference": [1, 2]})
    with pytest.raises(AccuracyError, match="stratum 'x'"):
        stratified_accuracy(points, {"y": 10})
    with pytest.raises(AccuracyError, match="too few for a variance"):
        stratified_accuracy(points, {"x": 10, "y": 10})

"""Two tables that spell a class differently mean one class; what is no class is no class."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from greencover.accuracy.adjusted import adjusted_shares, error_adjusted, sample_size
from greencover.accuracy.confusion import confusion_from_points
from greencover.accuracy.strata import stratified_accuracy
from greencover.ground.errors import AccuracyError

COUNTS = [[40, 10], [5, 45]]
# 0.8 of 100 ha and 0.1 of 900 ha.
TREE_HA = 170.0


def matrix(rows: list[object], columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(COUNTS, index=rows, columns=columns)


@pytest.mark.parametrize(
    ("rows", "columns", "mapped"),
    [
        ([10, 30], ["10", "30"], {10: 100.0, 30: 900.0}),
        (["10", "30"], [10.0, 30.0], {10: 100.0, 30: 900.0}),
        (["10 ", "30.0"], ["１０", " 30"], pd.Series({10: 100.0, 30: 900.0})),
        ([10, 30], [10, 30], {"10": 100.0, "30": 900.0}),
        (["Tree", "grass"], ["tree ", "GRASS"], {"tree": 100.0, "Grass": 900.0}),
        (["tree", "grass"], ["tree", "grass"], {"tree": 100.0, "grass": 900.0, "Total": 1000.0}),
    ],
)
def test_one_class_however_it_is_spelled(rows, columns, mapped) -> None:
    table = error_adjusted(matrix(rows, columns), mapped)
    assert len(table) == 2
    # Results are named as the areas are.
    assert table.loc[next(iter(mapped.keys())), "area_ha"] == pytest.approx(TREE_HA)
    assert table.attrs["overall"] == pytest.approx(0.1 * 0.8 + 0.9 * 0.9)
    frame = pd.DataFrame([dict(mapped.items())])
    shares = adjusted_shares(matrix(rows, columns), frame, [columns[0]])
    assert shares["area_ha"].iloc[0] == pytest.approx(TREE_HA)


@pytest.mark.parametrize("name", ["Total", "total ", "合计", "All", "Sum"])
def test_sums_are_no_class(name: str) -> None:
    plain = matrix(["tree", "grass"], ["tree", "grass"])
    wide = plain.assign(**{name: plain.sum(axis=1)})
    both = pd.concat([wide, wide.sum().to_frame(name).T])
    for given in (wide, both):
        table = error_adjusted(given, {"tree": 100.0, "grass": 900.0})
        assert list(table.index) == ["tree", "grass"]
        assert table.loc["tree", "area_ha"] == pytest.approx(TREE_HA)
        assert table["samples"].tolist() == [50, 50]
        # Without labels on the areas, their order is that of the classes.
        assert error_adjusted(given, [100.0, 900.0])["area_ha"].iloc[0] == pytest.approx(TREE_HA)
    with pytest.raises(AccuracyError, match="not the sum of the classes"):
        error_adjusted(plain.assign(**{name: [50, 51]}), {"tree": 100.0, "grass": 900.0})


def test_sums_under_another_heading_are_refused() -> None:
    plain = matrix(["tree", "grass"], ["tree", "grass"])
    with pytest.raises(AccuracyError, match="column 'n' of the confusion matrix holds the sums"):
        error_adjusted(plain.assign(n=[50, 50]), {"tree": 100.0, "grass": 900.0})


@pytest.mark.parametrize(
    ("given", "match"),
    [
        (matrix(["tree", "Tree "], ["tree", "grass"]), "names a class twice"),
        (matrix(["tree", "grass"], ["1", 1]), "names a class twice"),
        (matrix(["tree", " "], ["tree", "grass"]), "without a name"),
        (matrix(["tree", "grass"], ["tree", np.nan]), "without a name"),
        (matrix(["tree", "grass"], [("a", "tree"), ("a", "grass")]), "several levels"),
        (matrix(["tree", "grass"], ["tree", "grass"]).astype(object).replace(5, "x"), "counts"),
        (matrix(["tree", "wood"], ["tree", "wood"]), "says nothing of the map class 'wood'"),
        ([["a", "b"], ["c", "d"]], "counts"),
    ],
)
def test_what_cannot_be_reconciled_is_refused(given, match: str) -> None:
    with pytest.raises(AccuracyError, match=match):
        error_adjusted(given, {"tree": 100.0, "grass": 900.0})


def test_areas_that_are_none_are_refused() -> None:
    plain = matrix(["tree", "grass"], ["tree", "grass"])
    for areas in ({"tree": "x", "grass": 1.0}, [[1.0, 2.0]], {"tree": np.nan, "grass": 1.0}):
        with pytest.raises(AccuracyError, match="numbers of 0 or more"):
            error_adjusted(plain, areas)
    with pytest.raises(AccuracyError, match="names a class twice"):
        error_adjusted(plain, {"tree": 1.0, "Tree": 2.0, "grass": 3.0})
    with pytest.raises(AccuracyError, match="numbers of 0 or more"):
        adjusted_shares(plain, pd.DataFrame({"tree": ["much"], "grass": ["little"]}), ["tree"])
    # A negative unit does not cancel in the sum of all.
    units = pd.DataFrame({"tree": [60.0, -10.0], "grass": [40.0, 10.0]})
    with pytest.raises(AccuracyError, match="numbers of 0 or more"):
        adjusted_shares(plain, units, ["tree"])


def test_counted_classes_count_once_and_are_known() -> None:
    plain = matrix(["tree", "grass"], ["tree", "grass"])
    units = pd.DataFrame({"tree": [100.0], "grass": [900.0]})
    for counted in (["tree", "Tree"], "tree", ["tree", "tree"]):
        found = adjusted_shares(plain, units, counted)
        assert found["area_ha"].iloc[0] == pytest.approx(TREE_HA)
    with pytest.raises(AccuracyError, match="no class tre"):
        adjusted_shares(plain, units, ["tre", "grass"])
    total = adjusted_shares(plain, units.assign(Total=1000.0), ["tree"])
    assert total["share_pct"].iloc[0] == pytest.approx(17.0)


def test_points_with_codes_as_numbers_and_as_text() -> None:
    points = pd.DataFrame({"map": [10, 10, 30], "reference": ["10", " 30", "30.0"]})
    counts = confusion_from_points(points)
    assert list(counts.index) == list(counts.columns) == [10, 30]
    assert counts.to_numpy().tolist() == [[1, 1], [0, 1]]
    words = pd.DataFrame({"map": ["Tree", "tree"], "reference": ["tree", "TREE "]})
    assert confusion_from_points(words).to_numpy().tolist() == [[2]]


def test_points_that_are_not_plain_are_refused() -> None:
    points = pd.DataFrame({"map": ["01", "1"], "reference": ["1", "1"]})
    with pytest.raises(AccuracyError, match="leading zeros"):
        confusion_from_points(points)
    with pytest.raises(AccuracyError, match="column 'map' twice"):
        confusion_from_points(pd.concat([points, points], axis=1))
    with pytest.raises(AccuracyError, match="leading zeros"):
        error_adjusted(matrix(["01", "2"], ["1", "2"]), {"01": 1.0, "2": 2.0})


@pytest.mark.parametrize(
    "blank", [None, np.nan, "", "  ", "unknown", "未到", "-", "—", "/", "NA", "nan"]
)
def test_unvisited_points_are_no_errors_of_the_map(blank: object) -> None:
    points = pd.DataFrame(
        {
            "map": ["tree"] * 10 + ["grass"] * 10,
            "reference": ["tree"] * 9 + [blank] + ["grass"] * 10,
        }
    )
    counts = confusion_from_points(points)
    assert counts["unvisited"].tolist() == [0, 1]
    table = error_adjusted(counts, {"tree": 50.0, "grass": 50.0})
    assert table.attrs["overall"] == 1.0
    assert table["samples"].tolist() == [10, 9]
    sure = error_adjusted(counts.drop(columns="unvisited"), {"tree": 50.0, "grass": 50.0})
    assert table.loc["tree", "area_low_ha"] < sure.loc["tree", "area_low_ha"]
    assert table.attrs["overall_low"] < sure.attrs["overall_low"]

    by_strata = stratified_accuracy(
        points.assign(stratum=points["map"]), {"tree": 500, "grass": 500}
    )
    assert by_strata.attrs["overall"] == 1.0
    assert by_strata.loc["tree", "share_low_pct"] < 50.0
    assert any("not visited" in note for note in by_strata.attrs["notes"])
    with pytest.raises(AccuracyError, match="at least one point"):
        confusion_from_points(points.assign(reference=blank))


def test_strata_are_reconciled_too() -> None:
    points = pd.DataFrame(
        {"stratum": [1, 1, 2, 2], "map": [10, 10, 30, 30], "reference": ["10", "10", "30", "10"]}
    )
    table = stratified_accuracy(points, {"1": 100, "2": 300})
    # All of the first 100 units and half of the other 300.
    assert table.loc[10, "share_pct"] == pytest.approx(62.5)
    assert len(table) == 2


@pytest.mark.parametrize(
    ("units", "unit_ha", "match"),
    [
        ({1: -5, 2: 300}, None, "numbers of units"),
        ({1: np.nan, 2: 300}, None, "numbers of units"),
        ([100, 300], None, "names no strata"),
        ({1: 100, 2: 300}, 0.0, "above 0"),
        ({1: 100, 2: 300}, float("nan"), "above 0"),
    ],
)
def test_strata_that_are_nonsense(units, unit_ha, match: str) -> None:
    points = pd.DataFrame({"stratum": [1, 1, 2, 2], "map": [1, 1, 2, 2], "reference": [1, 1, 2, 2]})
    with pytest.raises(AccuracyError, match=match):
        stratified_accuracy(points, units, unit_ha=unit_ha)


@pytest.mark.parametrize(
    ("shares", "users", "standard_error"),
    [
        ([0.5, 0.5], [0.9, 1.1], 0.01),
        ([0.5, 0.5], [0.9, -0.1], 0.01),
        ([0.5, 0.5], [0.9, np.nan], 0.01),
        ([0.5, 0.5], [90, 85], 0.01),
        ([1.5, -0.5], [0.9, 0.9], 0.01),
        ([50, 50], [0.9, 0.9], 0.01),
        ([0.5, np.nan], [0.9, 0.9], 0.01),
        ([], [], 0.01),
        ([0.5, 0.5], [0.9], 0.01),
        ([0.5, 0.5], [1.0, 1.0], 0.01),
        ([0.5, 0.5], [0.9, 0.9], 0.0),
        ([0.5, 0.5], [0.9, 0.9], -0.01),
        ([0.5, 0.5], [0.9, 0.9], 1.0),
        ([0.5, 0.5], [0.9, 0.9], float("nan")),
        ([0.5, 0.5], [0.9, 0.9], float("inf")),
        ([0.5, 0.5], [0.9, 0.9], 1e-300),
        (["a", "b"], [0.9, 0.9], 0.01),
        ({"tree": 0.5, "grass": 0.5}, {"tree": 0.9, "wood": 0.9}, 0.01),
    ],
)
def test_sample_size_refuses_nonsense(shares, users, standard_error: float) -> None:
    with pytest.raises(AccuracyError):
        sample_size(shares, users, standard_error=standard_error)


def test_sample_size_matches_classes_by_name() -> None:
    shares = {"tree": 0.02, "gain": 0.015, "forest": 0.32, "other": 0.645}
    users = {"other": 0.95, "forest": 0.90, "gain": 0.60, "tree": 0.70}
    assert sample_size(shares, users) == 641
    assert sample_size(pd.Series(shares), pd.Series(users)) == 641

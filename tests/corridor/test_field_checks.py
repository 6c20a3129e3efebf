"""Samples of station sides, and what checks in the field say of the whole."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from benchmarks.field_checks import coverage, limits, network

import greencover as gc
from greencover.corridor import checked_accuracy
from greencover.corridor.field_form import Checks
from greencover.ground.errors import AccuracyError, GreencoverWarning, LayerError

LINE = shapely.LineString([(114.0, 30.0), (114.01, 30.0)])


def road_of(status, *, length_m=20.0, **columns):
    count = len(status)
    length = np.broadcast_to(length_m, count)
    ends = np.cumsum(length)
    table = {
        "road": "R", "side": "left", "from_m": ends - length, "to_m": ends, "length_m": length,
        "status": status, **columns,
    }  # fmt: skip
    return gc.RoadsideGreening(gpd.GeoDataFrame(table, geometry=[LINE] * count, crs=4326), {})


@pytest.fixture
def road():
    grades = np.resize(["county", "village"], 400)
    return road_of(["greened"] * 200 + ["gap"] * 180 + ["excluded"] * 20, grade=grades)


def test_excluded_sides_are_not_drawn_and_every_side_once(road):
    sample = gc.field_sample(road, 100, by="grade")
    assert len(sample) == 100
    assert "excluded" not in set(sample["status"])
    assert not sample.duplicated(["road", "from_m"]).any()
    assert sample.geometry.geom_type.eq("Point").all()


def test_weights_bring_the_sample_back_to_the_frame(road):
    sample = gc.field_sample(road, 100, by="grade")
    assert sample["weight"].sum() == pytest.approx(380)
    assert sample.groupby("status")["weight"].sum().to_dict() == pytest.approx(
        {"greened": 200, "gap": 180}
    )


def test_the_sides_decide_the_draw_and_a_seed_of_ones_own_is_told(road):
    first, second = gc.field_sample(road, 60), gc.field_sample(road, 60)
    pd.testing.assert_frame_equal(first, second)
    other = gc.field_sample(road, 60, seed=7)
    assert set(other["from_m"]) != set(first["from_m"])
    told = gc.checked_greening(road, other.assign(found=other["status"])).attrs["notes"]
    assert any("seed 7" in note for note in told)
    assert not gc.checked_greening(road, first.assign(found=first["status"])).attrs["notes"]


def test_all_strata_drawn_whole_leave_no_doubt(road):
    with pytest.warns(GreencoverWarning, match="all are drawn"):
        sample = gc.field_sample(road, 5000)
    row = gc.checked_greening(road, sample.assign(found=sample["status"])).iloc[0]
    assert [row.greening_pct, row.low_pct, row.high_pct] == pytest.approx([100 * 200 / 380] * 3)


def test_rate_by_hand():
    """Strata of 300 and 100 sides, 9 of 10 and 1 of 10 greened: (300 x 0.9 + 100 x 0.1) / 400."""
    road = road_of(["greened"] * 300 + ["gap"] * 100)
    sample = gc.field_sample(road, 20)
    assert sample["status"].value_counts().to_dict() == {"greened": 10, "gap": 10}
    found = sample["status"].to_numpy(dtype=object)
    found[np.flatnonzero(found == "greened")[0]] = "gap"
    found[np.flatnonzero(sample["status"] == "gap")[0]] = "greened"
    row = gc.checked_greening(road, sample.assign(found=found)).iloc[0]
    assert row.greening_pct == pytest.approx(70.0)
    assert row.low_pct < 70.0 < row.high_pct


def test_what_is_excluded_in_the_field_leaves_the_denominator():
    """A third of the stratum of gaps cannot be planted: 300 / (300 + 100 x 2 / 3)."""
    road = road_of(["greened"] * 300 + ["gap"] * 100)
    sample = gc.field_sample(road, 40)
    found = sample["status"].to_numpy(dtype=object)
    gaps = np.flatnonzero(found == "gap")
    found[gaps[:5]] = "不可绿化"
    row = gc.checked_greening(road, sample.assign(found=found)).iloc[0]
    assert row.greening_pct == pytest.approx(100 * 300 / (300 + 200 / 3))
    assert row.excluded == 5
    assert row.checked == 40 - row.excluded


def test_not_reached_counts_both_ways():
    road = road_of(["greened"] * 400)
    sample = gc.field_sample(road, 100)
    seen = gc.checked_greening(road, sample.assign(found="greened")).iloc[0]
    found = ["greened"] * 90 + ["not reached"] * 10
    absent = gc.checked_greening(road, sample.assign(found=found))
    assert absent.attrs["notes"]
    row = absent.iloc[0]
    assert row.greening_pct == 100.0
    assert row.low_pct < min(90.5, seen.low_pct)
    missing = sample.assign(found="greened").iloc[:90]
    assert gc.checked_greening(road, missing).iloc[0].low_pct == pytest.approx(row.low_pct)
    blank = sample.assign(found=["greened"] * 90 + [None] * 10)
    assert gc.checked_greening(road, blank).iloc[0].low_pct == pytest.approx(row.low_pct)


def test_200_of_a_long_road_prove_98_2_percent_and_never_100():
    """1 - 0.025^(1/200)."""
    road = road_of(["greened"] * 10_000)
    filled = gc.field_sample(road, 200).assign(found="greened")
    row = gc.checked_greening(road, filled, target_pct=100).iloc[0]
    assert row.low_pct == pytest.approx(100 * 0.025 ** (1 / 200), abs=0.02)
    assert row.verdict == "uncertain"
    assert np.isnan(row.more_checks)
    assert gc.checked_greening(road, filled, target_pct=98).iloc[0].verdict == "met"
    one = filled.assign(found=["gap", *["greened"] * 199])
    assert gc.checked_greening(road, one, target_pct=100).iloc[0].verdict == "not met"


def test_more_checks_settle_it():
    road = road_of(["greened"] * 20_000)
    sample = gc.field_sample(road, 100)
    filled = sample.assign(found="greened")
    row = gc.checked_greening(road, filled, target_pct=98).iloc[0]
    assert row.verdict == "uncertain"
    whole = 100 + int(row.more_checks)
    # 0.025^(1/n) >= 0.98 from n = 183 on.
    assert abs(whole - 183) <= 1


def test_by_grade_after_a_draw_without_grades(road):
    sample = gc.field_sample(road, 150)
    table = gc.checked_greening(road, sample.assign(found=sample["status"]), by="grade")
    sides = road.sides[road.sides["status"] != "excluded"]
    truth = sides.groupby("grade")["status"].apply(lambda s: 100 * (s == "greened").mean())
    for row in table.itertuples():
        assert row.low_pct <= truth[row.grade] <= row.high_pct
        assert row.greening_pct == pytest.approx(truth[row.grade])


def test_strata_too_many_are_put_together_within_a_status_and_told():
    road = road_of(
        np.resize(["greened", "gap"], 400).tolist(), grade=np.repeat(list("abcdefgh"), 50)
    )
    with pytest.warns(GreencoverWarning, match="put together"):
        sample = gc.field_sample(road, 60, by="grade")
    assert len(sample) == 60
    assert sample["stratum"].nunique() <= 6
    assert sample.groupby("stratum")["status"].nunique().eq(1).all()
    with pytest.raises(AccuracyError, match="20 or more"):
        gc.field_sample(road, 15, by="grade")


def test_forms_come_back_from_spreadsheets(road, tmp_path):
    sample = gc.field_sample(road, 40, by="grade").assign(found="Greened ")
    path = tmp_path / "form.csv"
    pd.DataFrame(sample.drop(columns="geometry")).to_csv(path, index=False)
    back = pd.read_csv(path)
    pd.testing.assert_frame_equal(
        gc.checked_greening(road, back), gc.checked_greening(road, sample)
    )


def test_forms_of_other_sides_and_wrong_rows_are_refused(road):
    sample = gc.field_sample(road, 40).assign(found="greened")
    changed = road_of(["greened"] * 201 + ["gap"] * 199, grade="county")
    with pytest.raises(AccuracyError, match="other station sides"):
        gc.checked_greening(changed, sample)
    with pytest.raises(AccuracyError, match="more than once: 1"):
        gc.checked_greening(road, pd.concat([sample, sample.iloc[:1]]))
    with pytest.raises(AccuracyError, match="not drawn: 99"):
        gc.checked_greening(road, sample.assign(sample_id=["99", *sample["sample_id"][1:]]))
    with pytest.raises(AccuracyError, match="maybe"):
        gc.checked_greening(road, sample.assign(found="maybe"))
    with pytest.raises(LayerError, match="found"):
        gc.checked_greening(road, sample.drop(columns="found"))
    with pytest.raises(AccuracyError, match="several draws"):
        gc.checked_greening(
            road, pd.concat([sample, gc.field_sample(road, 30).assign(found="gap")])
        )
    with pytest.raises(AccuracyError, match="no rows"):
        gc.checked_greening(road, sample.iloc[:0])
    with pytest.raises(AccuracyError, match="excluded"):
        gc.field_sample(road_of(["excluded"] * 5), 3)
    for n in (0, -3, 2.5, True):
        with pytest.raises(AccuracyError, match="1 or more"):
            gc.field_sample(road, n)


def test_text_and_tables_are_no_result(road):
    for given in ("road", 3, road.sides):
        with pytest.raises(
            TypeError, match="what roadside_greening or waterside_greening returned"
        ):
            gc.field_sample(given)
    with pytest.raises(AccuracyError, match="n is '200'"):
        gc.field_sample(road, "200")


def test_accuracy_of_what_was_called(road):
    """20 of 40 called gaps and all called greened are greened: users 1 and 0.5."""
    sample = gc.field_sample(road, 60)
    found = sample["status"].to_numpy(dtype=object)
    gaps = np.flatnonzero(found == "gap")
    found[gaps[: len(gaps) // 2]] = "greened"
    right = checked_accuracy(road, sample.assign(found=found))
    half = len(gaps) // 2 / len(gaps)
    assert right.loc["greened", "users"] == 1.0
    assert right.loc["gap", "users"] == pytest.approx(1 - half)
    assert right.loc["gap", "producers"] == 1.0
    assert right.loc["greened", "producers"] == pytest.approx(200 / (200 + 180 * half))
    assert (right["users_low"] <= right["users"]).all()
    assert (right["producers_high"] >= right["producers"]).all()


@pytest.mark.parametrize(("greened", "errors"), [(0.9, 0.2), (0.99, 0.05)])
def test_intervals_hold_the_truth(greened, errors):
    """Unequal lengths, 10 % excluded, 20 % drawn; 4,000 draws in benchmarks/field_checks.py."""
    found = coverage(network(1000, greened, errors, seed=1), 200, draws=100)
    assert (found["held_pct"] >= 94.0).all()
    assert found.loc["all", "half_width"] < 6.0


def test_limits_of_many_draws_at_once_are_those_of_each():
    road = network(300, 0.9, 0.2, seed=1)
    truth = road.sides.set_index("from_m")["truth"]
    cells, told = [], []
    for seed in (5, 6):
        sample = gc.field_sample(road, 60, by="grade", seed=seed)
        filled = sample.assign(found=truth.loc[sample["from_m"]].to_numpy())
        checks = Checks.of(road, filled)
        cells.append(checks.by_stratum(np.ones(len(checks.frame.sides), dtype=bool)))
        told.append(gc.checked_greening(road, filled).iloc[0])
    low, high = limits(cells)
    assert low == pytest.approx([row.low_pct for row in told])
    assert high == pytest.approx([row.high_pct for row in told])


def test_a_census_of_checks_proves_all_of_it():
    road = road_of(["greened"] * 60)
    filled = gc.field_sample(road, 60).assign(found="greened")
    row = gc.checked_greening(road, filled, target_pct=100).iloc[0]
    assert (row.verdict, row.proven_pct, row.more_checks) == ("met", 100.0, 0.0)
    # One side that nobody reached may be a gap.
    found = ["not reached", *["greened"] * 59]
    row = gc.checked_greening(road, filled.assign(found=found), target_pct=100).iloc[0]
    assert row.verdict == "uncertain"
    assert row.proven_pct == pytest.approx(100 * 59 / 60)


@pytest.mark.parametrize(
    ("checks", "risk", "verdict"),
    # The share that n agreeing checks prove is the nth root of the risk: 98 % at 5 % from 149 on.
    [(148, 5.0, "uncertain"), (149, 5.0, "met"), (149, 2.5, "uncertain"), (183, 2.5, "met")],
)
def test_a_rule_of_acceptance_is_met_from_the_checks_that_its_risk_asks_for(checks, risk, verdict):
    # So long a road that drawing from it without replacement does not matter.
    road = road_of(["greened"] * 20_000)
    filled = gc.field_sample(road, checks).assign(found="greened")
    given = {"target_pct": 100, "accept_pct": 98, "accept_risk_pct": risk}
    row = gc.checked_greening(road, filled, **given).iloc[0]
    assert row.verdict == verdict
    assert row.proven_pct == pytest.approx(100 * (risk / 100) ** (1 / checks), abs=0.02)
    assert gc.checked_greening(road, filled, target_pct=100).iloc[0].verdict == "uncertain"


def test_half_a_rule_of_acceptance_is_refused(road):
    filled = gc.field_sample(road, 40).assign(found="greened")
    for given, said in (
        ({"accept_pct": 98, "accept_risk_pct": 5}, "give target_pct"),
        ({"target_pct": 100, "accept_pct": 98}, "give both"),
        ({"target_pct": 80, "accept_pct": 90, "accept_risk_pct": 5}, "no more than the target"),
    ):
        with pytest.raises(AccuracyError, match=said):
            gc.checked_greening(road, filled, **given)

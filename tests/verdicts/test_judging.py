"""What a verdict may claim: strict targets, unobserved ground, natural wetland."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import greencover as gc
from greencover.standards import Target
from greencover.verdicts.verdicts import judge
from small_county import GRASS, SIZE, TREE, SmallCounty

CLOUD, WATER, MARSH = 0, 80, 90


def figures(value: float, low: float = np.nan, high: float = np.nan) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "value": [value],
            "numerator": [value],
            "denominator": [100.0],
            "measure": ["ha"],
            "unit_of_measure": ["%"],
            "unobserved_pct": [0.0],
            "low": [low],
            "high": [high],
            "note": [""],
        }
    )


def verdict_of(figure: pd.DataFrame, comparison: str, target: float) -> str:
    asked = Target("forest_coverage", "county", target, comparison=comparison)
    return str(judge(figure, asked, "x", unobserved_limit_pct=5.0)["verdict"].iloc[0])


@pytest.mark.parametrize("target", [0.0, 0.1 + 0.2, 60.0, 100.0])
@pytest.mark.parametrize("noise", [-1e-13, 0.0, 1e-13])
def test_the_target_itself_is_neither_above_nor_below_it(target, noise):
    found = {
        sign: verdict_of(figures(target + noise), sign, target) for sign in (">=", ">", "<=", "<")
    }
    assert found == {">=": "met", ">": "not met", "<=": "met", "<": "not met"}


@pytest.mark.parametrize(
    ("comparison", "low", "high", "verdict"),
    [
        (">", 60.0, 70.0, "uncertain"),
        (">", 50.0, 60.0, "not met"),
        (">=", 60.0, 70.0, "met"),
        (">=", 50.0, 60.0, "uncertain"),
        ("<", 60.0, 70.0, "not met"),
        ("<", 50.0, 60.0, "uncertain"),
        ("<=", 50.0, 60.0, "met"),
        ("<=", 60.0, 70.0, "uncertain"),
    ],
)
def test_a_bound_on_the_target_is_held_against_it_strictly(comparison, low, high, verdict):
    assert verdict_of(figures((low + high) / 2.0, low, high), comparison, 60.0) == verdict


def small(tmp_path, codes: np.ndarray, targets: str, **changes: str) -> gc.Assessment:
    county = SmallCounty(codes=codes)
    county.replace('standard = "national-forest-city-2012"\n', "unobserved_limit_pct = 100.0\n")
    for old, new in changes.items():
        county.replace(old, new)
    if "road" not in targets:
        county.without_roads()
    county.text += targets
    return gc.assess(county.write(tmp_path))


def target(indicator: str, value: float, level: str = "county", comparison: str = ">=") -> str:
    return (
        f'\n[[target]]\nindicator = "{indicator}"\nlevel = "{level}"\nvalue = {value}\n'
        f'comparison = "{comparison}"\n'
    )


def only(assessment: gc.Assessment, indicator: str, level: str = "county") -> pd.Series:
    table = assessment.table
    return table[(table["indicator"] == indicator) & (table["level"] == level)].iloc[0]


@pytest.mark.parametrize("indicator", ["forest_coverage", "tree_cover_rate", "green_coverage"])
def test_unobserved_ground_counts_both_ways(tmp_path, indicator):
    # 1,600 cells of one size but for 4e-5 a row: 800 trees, 400 bare, 400 unobserved.
    codes = np.full((SIZE, SIZE), TREE, dtype="uint8")
    codes[:, :10], codes[:, 10:20] = 60, CLOUD
    assessment = small(tmp_path, codes, target(indicator, 60.0) + target(indicator, 80.0))
    rows = assessment.table[assessment.table["indicator"] == indicator]
    rows = rows[rows["level"] == "county"].set_index("target")
    assert rows["value"].tolist() == pytest.approx([200 / 3] * 2, rel=1e-9)
    assert rows["low"].tolist() == pytest.approx([50.0] * 2, rel=1e-9)
    assert rows["high"].tolist() == pytest.approx([75.0] * 2, rel=1e-9)
    assert rows["verdict"].to_dict() == {60.0: "uncertain", 80.0: "not met"}
    assert "between 50.00 and 75.00" in rows.loc[60.0, "note"]


def test_unobserved_ground_leaves_a_sure_verdict(tmp_path):
    codes = np.full((SIZE, SIZE), TREE, dtype="uint8")
    codes[:, :2] = CLOUD
    row = only(small(tmp_path, codes, target("forest_coverage", 95.0)), "forest_coverage")
    assert (row["value"], row["verdict"]) == (pytest.approx(100.0), "met")
    assert [row["low"], row["high"]] == pytest.approx([95.0, 100.0], rel=1e-9)


def test_what_was_all_seen_has_no_bounds(tmp_path):
    codes = np.full((SIZE, SIZE), TREE, dtype="uint8")
    row = only(small(tmp_path, codes, target("forest_coverage", 95.0)), "forest_coverage")
    assert np.isnan(row["low"])
    assert np.isnan(row["high"])


def test_green_a_resident_may_stand_under_the_cloud(tmp_path):
    codes = np.full((SIZE, SIZE), TREE, dtype="uint8")
    codes[:, :20] = CLOUD
    row = only(
        small(tmp_path, codes, target("green_cover_per_capita", 40.0)), "green_cover_per_capita"
    )
    # Half of the county's ground is seen green, over 3,000 residents.
    assert row["low"] == pytest.approx(row["value"], rel=1e-12)
    assert row["high"] == pytest.approx(2.0 * row["value"], rel=1e-9)
    assert row["value"] < 40.0 < row["high"]
    assert row["verdict"] == "uncertain"


def test_road_sides_under_cloud_count_both_ways(tmp_path):
    codes = np.full((SIZE, SIZE), TREE, dtype="uint8")
    codes[:, :10], codes[:, 10:20] = CLOUD, GRASS
    # Belts as wide as the cells, so that these show each of them.
    wide = "[roadside]\nrow_width_m = 20\nbelt_m = 20\nposition_error_m = 0\n"
    asked = wide + target("roadside_greening_rate", 60.0)
    row = only(small(tmp_path, codes, asked), "roadside_greening_rate")
    blind = row["unobserved_pct"] / 100.0
    greened = row["value"] / 100.0 * (1.0 - blind)
    assert blind == pytest.approx(0.25, abs=0.02)
    # Stations at the edge of the cloud are judged from a part of their strip.
    assert row["low"] / 100.0 == pytest.approx(greened, abs=0.01)
    assert greened + blind <= row["high"] / 100.0 + 1e-9 <= greened + blind + 0.03
    assert row["verdict"] == "uncertain"


def test_a_strip_seen_in_part_is_sure_only_where_the_rest_cannot_turn_it():
    from greencover.corridor.evidence import Cover

    share, unseen = np.array([1.0, 1.0, 0.0, 0.4, np.nan]), np.array([0.4, 0.6, 0.4, 0.1, 1.0])
    # Threshold of one half: 0.6 of the strip are trees already; 0.4 may be; 0.36 to 0.46 are not.
    found = Cover(share, unseen).doubtful(0.5).tolist()
    assert found == [False, True, False, False, True]


@pytest.mark.parametrize(
    ("declared", "low", "value", "high", "verdict"),
    [
        # 100 cells: 30 trees, 20 water, 10 marsh, 40 grass, as tenths of the columns.
        ("", 30.0, 100 * 30 / 75, 100 * 30 / 75, "uncertain"),
        ('natural_wetland = ["wetland", "water"]', None, 100 * 30 / 75, None, "met"),
        ('natural_wetland = ["wetland"]', None, 100 * 30 / 95, None, "not met"),
    ],
)
def test_rivers_and_lakes_are_natural_wetland_where_that_is_known(
    tmp_path, declared, low, value, high, verdict
):
    codes = np.full((SIZE, SIZE), GRASS, dtype="uint8")
    codes[:, :12], codes[:, 12:20], codes[:, 20:24] = TREE, WATER, MARSH
    county = SmallCounty(codes=codes).without_roads()
    county.replace('legend = "worldcover"', f'legend = "worldcover"\n{declared}')
    table = gc.assess(county.write(tmp_path)).table
    row = table[(table["standard"] == "national-forest-city-2012") & (table["level"] == "county")]
    row = row[row["indicator"] == "forest_coverage"].iloc[0]
    assert row["value"] == pytest.approx(value, rel=1e-9)
    assert row["verdict"] == verdict
    if low is None:
        assert np.isnan(row["low"])
        assert np.isnan(row["high"])
    else:
        assert [row["low"], row["high"]] == pytest.approx([low, high], rel=1e-9)
        assert "natural_wetland" in row["note"]


HEIR = """
title = "Heir"
extends = "national-forest-city-2012"
[[target]]
indicator = "roadside_greening_rate"
level = "county"
value = 95
grades = ["national"]
"""
MEAN = """
title = "Mean"
[[target]]
indicator = "green_coverage"
level = "township"
value = 32
rule = { mean_of = "country" }
"""


def test_what_a_standard_says_reaches_the_verdicts(tmp_path):
    (tmp_path / "heir.toml").write_text(HEIR)
    (tmp_path / "mean.toml").write_text(MEAN)
    county = SmallCounty()
    county.replace('"national-forest-city-2012"', '["heir.toml", "mean.toml", "gbt-37342-2019"]')
    assessment = gc.assess(county.write(tmp_path))
    said = {getattr(note, "code", ""): note for note in assessment.notes}
    assert ">= 95 %" in said["campaign.both_judged"]
    assert ">= 80 %" in said["campaign.both_judged"]
    # GB/T 37342-2019 held in 2023, the year of the campaign.
    assert "campaign.superseded" not in said
    assert not (assessment.table["standard"] == "mean").any()
    assert any("mean of the country" in note for note in assessment.unjudged)
    old = SmallCounty().without_roads()
    told = gc.assess(old.write(tmp_path / "old")).notes
    (superseded,) = [n for n in told if getattr(n, "code", "") == "campaign.superseded"]
    assert "GB/T 37342-2019" in superseded


@pytest.mark.parametrize(
    ("share", "verdict"), [("1/2", "met"), ("2/3", "not met"), ("1", "not met")]
)
def test_a_target_for_a_share_of_the_townships_is_judged_once(tmp_path, share, verdict):
    # The west township is all trees, the east one all grass.
    codes = SmallCounty().codes
    more = target("forest_coverage", 35.0, "township") + f'share_of_units = "{share}"\n'
    table = small(tmp_path, codes, more).table
    row = table[table["verdict"] != "no target"].iloc[0]
    assert (row["level"], row["numerator"], row["denominator"]) == ("county", 1.0, 2.0)
    assert (row["value"], row["verdict"]) == (50.0, verdict)
    assert len(table[table["verdict"] != "no target"]) == 1


def test_a_township_that_was_not_seen_leaves_the_share_open(tmp_path):
    codes = SmallCounty().codes
    codes[:, SIZE // 2 :] = CLOUD
    more = target("forest_coverage", 35.0, "township") + 'share_of_units = "2/3"\n'
    table = small(tmp_path, codes, more).table
    row = table[table["verdict"] != "no target"].iloc[0]
    assert (row["low"], row["high"], row["verdict"]) == (50.0, 100.0, "uncertain")

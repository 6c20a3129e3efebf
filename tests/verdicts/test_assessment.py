"""The sample county, assessed: every figure that is known by construction, and the verdicts."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

import greencover as gc
from greencover.report.maps.straight_line import draw_straight_line
from paths import SAMPLE

COUNTY_AND_ABOVE = ["expressway", "national", "provincial", "county"]


@pytest.fixture(scope="module")
def truth() -> dict:
    return json.loads((SAMPLE / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def assessment() -> gc.Assessment:
    return gc.assess(SAMPLE / "campaign.toml")


def test_demo_writes_and_prints_the_verdicts(tmp_path, capsys):
    """`make wheel` writes every output of the demo, from what is installed."""
    from greencover.cli import main

    formats = "--formats=parquet,json"
    status = main(["demo", formats, "--out", str(tmp_path / "out")])

    printed = capsys.readouterr().out
    assert status == 0
    assert "云溪镇" in printed
    for name in ("assessment.parquet", "provenance.json"):
        assert (tmp_path / "out" / name).stat().st_size > 1000, name


def rows(assessment: gc.Assessment, level: str, indicator: str) -> pd.DataFrame:
    table = assessment.table
    chosen = table[(table["level"] == level) & (table["indicator"] == indicator)]
    return chosen.drop_duplicates("unit").set_index("unit")


def test_township_areas_close(assessment, truth):
    found = rows(assessment, "township", "forest_coverage")

    for code, township in truth["townships"].items():
        observed = found.loc[code, "denominator"]
        whole = observed / (1 - found.loc[code, "unobserved_pct"] / 100)
        assert whole == pytest.approx(township["area_ha"], rel=1e-9)


def test_forest_of_the_aligned_township_is_exact(assessment, truth):
    unit = truth["aligned_township"]
    found = rows(assessment, "township", "forest_coverage").loc[unit["code"]]
    area = unit["years"]["2023"]["area_ha"]

    assert found["numerator"] == pytest.approx(area["10"], rel=1e-9)
    assert found["value"] == pytest.approx(100 * area["10"] / unit["area_ha"], rel=1e-9)


def test_county_adds_up_from_townships_not_from_averages(assessment):
    county = rows(assessment, "county", "forest_coverage").iloc[0]
    townships = rows(assessment, "township", "forest_coverage")

    assert county["numerator"] == pytest.approx(townships["numerator"].sum(), rel=1e-12)
    assert county["value"] == pytest.approx(
        100 * townships["numerator"].sum() / townships["denominator"].sum(), rel=1e-12
    )
    assert county["value"] != pytest.approx(townships["value"].mean(), rel=1e-3)


def test_park_green_per_resident(assessment, truth):
    found = rows(assessment, "township", "park_green_per_capita")

    for code, township in truth["townships"].items():
        assert found.loc[code, "value"] == pytest.approx(township["park_m2_per_resident"], rel=1e-6)


def test_roadside_lengths_close(assessment):
    townships = rows(assessment, "township", "roadside_greening_rate")
    county = assessment.table.query(
        "level == 'county' and indicator == 'roadside_greening_rate' and target == 80"
    ).iloc[0]

    assert townships["numerator"].sum() == pytest.approx(county["numerator"], rel=1e-9)
    assert townships["denominator"].sum() == pytest.approx(county["denominator"], rel=1e-9)


def test_verdict_follows_from_value_and_target(assessment):
    judged = assessment.table[assessment.table["verdict"].isin(["met", "not met"])]
    met = judged["verdict"] == "met"

    assert (judged["value"][met] >= judged["target"][met] - 1e-6).all()
    assert (judged["value"][~met] < judged["target"][~met]).all()
    assert (judged["gap"][met] == 0).all()
    assert np.allclose(
        judged["gap"][~met], judged["target"][~met] - judged["value"][~met], rtol=1e-12
    )


def test_gap_in_hectares_closes_the_gap(assessment):
    short = assessment.table.query("indicator == 'forest_coverage' and verdict == 'not met'")

    assert len(short)
    assert np.allclose(
        100 * (short["numerator"] + short["gap_ha"]) / short["denominator"], short["target"]
    )


def test_too_much_unobserved_is_no_data(assessment):
    blind = assessment.table[assessment.table["unobserved_pct"] > 5]

    assert len(blind)
    assert set(blind["verdict"]) <= {"no data", "no target"}
    assert "no data" in set(blind["verdict"])


def test_one_row_per_unit_indicator_and_target(assessment):
    keys = ["level", "unit", "indicator", "standard", "target", "note"]

    assert not assessment.table.duplicated(keys).any()


def test_target_of_county_grade_and_above_counts_those_roads_only(assessment):
    row = assessment.table.query("level == 'county' and target == 100").iloc[0]
    sides = assessment.layers["roads"]
    chosen = sides[sides["grade"].isin(COUNTY_AND_ABOVE)]

    assert row["denominator"] == pytest.approx(chosen["greenable_km"].sum())
    assert row["verdict"] == "not met"
    assert row["gap_km"] == pytest.approx(chosen["gap_km"].sum())


def test_targets_that_cannot_be_judged_are_named_with_the_reason(assessment):
    notes = "\n".join(assessment.notes)

    assert "waterside_greening_rate" in notes
    assert "precipitation_mm = 1450" not in notes


def test_named_gap_is_found_on_its_road_side_and_chainage(assessment, truth):
    named = truth["named_gap"]
    gaps = assessment.gaps.query("road == @named['road'] and side == @named['side']")
    overlap = np.minimum(gaps["to_m"], named["to_km"] * 1000) - np.maximum(
        gaps["from_m"], named["from_km"] * 1000
    )
    found = gaps[overlap > 0]

    assert found["from_m"].min() == pytest.approx(named["from_km"] * 1000, abs=20)
    assert found["to_m"].max() == pytest.approx(named["to_km"] * 1000, abs=20)
    assert overlap[overlap > 0].sum() == pytest.approx(700, abs=40)


def test_roads_of_county_grade_and_above_meet_the_truth(assessment, truth):
    expected = truth["county_and_above"]["years"]["2023"]
    row = assessment.table.query("level == 'county' and target == 100").iloc[0]

    # Junction mouths and other carriageways leave the greenable length; the truth keeps them.
    reasons = assessment.layers["road_sides"].query("grade in @COUNTY_AND_ABOVE")
    crossings = reasons[~reasons["reason"].isin(["", "bridge", "tunnel"])]["length_m"].sum()
    # Roads end on the county's border, most of them askew: a corner of their strips is beyond it.
    (beyond,) = [n for n in assessment.notes if getattr(n, "code", "") == "corridor.outside_roads"]
    outside = 1000 * beyond.values["km"]
    assert outside < 40.0
    assert 1000 * row["denominator"] + crossings + outside == pytest.approx(
        expected["greenable_length_m"], abs=1
    )
    assert row["value"] == pytest.approx(expected["greened_pct"], abs=expected["pct_tolerance"])


def test_trees_and_field_checks_decide_the_roads_of_county_grade_and_above(assessment, truth):
    """Almost every metre of the headline is judged by what stands there, so nothing is open."""
    row = assessment.table.query("level == 'county' and target == 100").iloc[0]
    sides = assessment.roadside.sides.query("grade in @COUNTY_AND_ABOVE")
    sides = sides[sides["status"].isin(["greened", "gap", "not seen"])]
    share = sides.groupby("evidence")["length_m"].sum() / sides["length_m"].sum()

    assert row["verdict"] == "not met"
    assert np.isnan(row["low"])
    assert share["trees"] > 0.97
    assert share["field"] > 0.005
    # Only the stretch that was not surveyed is left to the map.
    left = sides[sides["evidence"] == "cover"]
    hole = truth["inventory"]["not_surveyed"]
    assert set(left["road"]) == {hole["road"]}
    assert left["from_m"].min() >= 1000 * hole["from_km"] - 1.0


def test_a_check_on_site_overrules_an_inventory_that_forgot_a_stretch(assessment, truth):
    hole = truth["inventory"]["forgotten"]
    sides = assessment.roadside.sides.query("road == @hole['road'] and side == @hole['side']")
    middle = (sides["from_m"] + sides["to_m"]) / 2
    here = sides[middle.between(1000 * hole["from_km"], 1000 * hole["to_km"])]

    # The check ends within a station, which the inventory judges as a whole.
    whole = here[here["to_m"] < 1000 * hole["to_km"] - 0.1]
    assert len(whole) == len(here) - 1
    assert set(whole["by_trees"]) == {"gap"}
    assert set(here["evidence"]) == {"field"}
    assert set(here["status"]) == {"greened"}


def test_unobserved_cloud_is_reported_to_the_square_metre(assessment, truth):
    cloud = truth["unobserved"]
    row = rows(assessment, "township", "forest_coverage").loc[cloud["township_code"]]

    assert row["unobserved_pct"] == pytest.approx(cloud["unobserved_pct"], rel=1e-8)


def test_provenance_names_inputs_with_hashes(assessment):
    inputs = assessment.provenance["inputs"]

    assert {"campaign", "cover", "townships", "roads"} <= set(inputs)
    assert all(len(entry["sha256"]) == 64 for files in inputs.values() for entry in files)


def test_planting_records_stand_beside_what_is_seen_and_green_no_side(assessment, truth):
    claims, known = assessment.claims, truth["plantings"]
    placed = claims[claims["counts_for"] == "place"]

    # Two station sides, where trees begin or end.
    for column in ("greened_km", "gap_km"):
        wanted = [one[column] for one in known["seen"]]
        np.testing.assert_allclose(placed[column], wanted, atol=0.02)
    assert placed["status"].value_counts().to_dict() == {
        "seen": 6,
        "planted, not established": 2,
        "seen in part": 1,
    }
    assert claims["counts_for"].tolist()[-2:] == ["road", "township"]
    assert claims[["trees", "area_mu"]].sum().tolist() == [known["trees"], known["area_mu"]]
    assert "claims" not in set(assessment.evidence["evidence"])
    figure = draw_straight_line(assessment.roadside, "X101", claims=assessment.claims, lang="en")
    assert "reported planted" in [one.get_text() for one in figure.legends[0].get_texts()]


def test_reading_aloud(assessment):
    assert "met" in repr(assessment)
    assert "云溪镇" in assessment._repr_html_()


def test_without_roads_parks_or_residents_nothing_is_made_up(tmp_path):
    text = (SAMPLE / "campaign.toml").read_text("utf-8")
    head, rest = text.split("[layers.villages]")
    campaign = tmp_path / "campaign.toml"
    campaign.write_text(
        head.replace('population = "residents"\n', "")
        .replace('"cover_2023.tif"', f'"{SAMPLE / "cover_2023.tif"}"')
        .replace('"county.gpkg"', f'"{SAMPLE / "county.gpkg"}"'),
        encoding="utf-8",
    )

    found = gc.assess(campaign)

    assert set(found.table["indicator"]) == {"forest_coverage", "tree_cover_rate", "green_coverage"}
    assert len(found.gaps) == 0
    assert any("roadside_greening_rate" in note and "roads" in note for note in found.notes)
    assert rest


def test_rules_of_the_campaign_reach_the_road_sides(tmp_path):
    text = (SAMPLE / "campaign.toml").read_text("utf-8")
    text = re.sub(r'path = "(.+)"', rf'path = "{SAMPLE}/\1"', text)
    rules = "step_m = 10.0\nbridge_gap_m = 25\nexclude = { built = 0.5 }"
    campaign = tmp_path / "campaign.toml"
    campaign.write_text(text.replace("step_m = 10.0", rules), encoding="utf-8")

    found = gc.assess(campaign)
    written = found.write(tmp_path / "out", formats=["gpx", "kml", "json"])

    sides = found.layers["road_sides"]
    assert "built" in set(sides["reason"])
    assert found.provenance["parameters"]["roadside"]["bridge_gap_m"] == 25
    # A gap shorter than the interruption that is bridged has no greened sides on both its ends.
    greened = found.roadside.sides.query("status == 'greened'")
    short = found.gaps[found.gaps["length_m"] < 25]
    keys = ["road", "chain", "side"]
    for own, other in (("from_m", "to_m"), ("to_m", "from_m")):
        pairs = short.reset_index().merge(greened, on=keys, suffixes=("", "_greened"))
        meets = (pairs[own] - pairs[f"{other}_greened"]).abs() < 1e-3
        short = short.loc[pairs.loc[meets, "index"].unique()]
    assert len(short) == 0
    assert {"gaps.gpx", "gaps.kml"} <= set(written)

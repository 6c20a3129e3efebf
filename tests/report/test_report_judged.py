"""Columns of a report: one target each, whole units apart from parts of them."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import greencover as gc
from greencover.report.grounds import cover_credit, source_sentences, target_sentences
from greencover.report.judged import judged
from greencover.report.matrix import matrix_of
from greencover.report.selection import rates
from report_fixtures import make_assessment
from small_county import CAMPAIGN, SmallCounty

OWN = {"standard": "campaign", "verified": True, "source": "County plan"}


def with_rows(*rows: pd.DataFrame) -> pd.DataFrame:
    """The table of the fixture with further rows, and the columns of an assessment."""
    table = pd.concat([make_assessment().table, *rows], ignore_index=True)
    told = ["ground", "scope", "grades", "target_name", "target_name_zh", "source"]
    for key in told:
        given = table[key] if key in table else pd.Series("", table.index)
        table[key] = given.fillna("")
    return table


def of(indicator: str, level: str, **changed: object) -> pd.DataFrame:
    table = make_assessment().table
    rows = table[(table["indicator"] == indicator) & (table["level"] == level)]
    return rows.assign(**changed)


def test_a_second_target_on_some_roads_is_a_column_with_its_own_name():
    own = {"target_name": "Greater roads", "target_name_zh": "县级以上道路绿化率", **OWN}
    greater = of("roadside_greening_rate", "county", value=90.5, target=100.0, verdict="not met")
    table = with_rows(greater.assign(grades="national,county", **own))
    columns = [one for one in judged(table) if one.key == "roadside_greening_rate"]
    matrix = matrix_of(table)
    shown = dict(
        zip((one.name.said("zh") for one in matrix.columns), matrix.cells[-1], strict=True)
    )
    before = of("roadside_greening_rate", "county")["value"].iloc[0]

    assert [one.name.said("zh") for one in columns] == ["道路绿化率", "县级以上道路绿化率"]
    assert shown["道路绿化率"].value == before
    assert shown["县级以上道路绿化率"].value == 90.5
    assert [one.goal.text for one in matrix.columns if one.key == "roadside_greening_rate"] == [
        "≥ 80",
        "≥ 100",
    ]


def test_two_targets_on_the_same_figures_are_two_columns():
    harder = of("forest_coverage", "township", target=75.0, verdict="not met", **OWN)
    columns = [one for one in judged(with_rows(harder)) if one.key == "forest_coverage"]

    assert [set(one.on("township")["target"]) for one in columns] == [{60.0}, {75.0}]
    assert columns[1].name.said("en") == "Forest coverage (campaign target)"
    # The county has the one target alone.
    assert [len(one.on("county")) for one in columns] == [1, 0]


def test_targets_for_different_units_share_a_column():
    table = with_rows()
    county = (table["level"] == "county") & (table["indicator"] == "forest_coverage")
    table.loc[county, ["target", "standard"]] = [35.0, "campaign"]

    assert len([one for one in judged(table) if one.key == "forest_coverage"]) == 1


def test_a_figure_of_a_part_is_not_taken_for_the_whole():
    part = of("green_coverage", "township", value=12.0, ground="built_up", scope="built-up area")
    table = with_rows(part)
    names = [one.name.said("en") for one in judged(table) if one.key == "green_coverage"]

    assert names == ["Green coverage", "Green coverage (built-up area)"]
    assert 12.0 not in set(rates(table, "green_coverage", "township")["value"])


def test_targets_name_their_scope_and_their_plan():
    rows = of("roadside_greening_rate", "county", target=100.0, grades="national,county", **OWN)
    told = target_sentences(SimpleNamespace(table=with_rows(rows)))
    line = next(one.said("zh") for one in told if "100" in one.said("zh"))

    assert line == "道路绿化率（全县，国道、县道）：≥ 100%。依据：项目目标（County plan）。"


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    credit = (
        'source = "Third land survey"\nlicence = "open"\ndate = "2022-12-31"\n[layers.townships]'
    )
    text = CAMPAIGN.replace("[layers.townships]", credit, 1)
    text += '\n[[target]]\nindicator = "park_green_per_capita"\nlevel = "township"\nvalue = 60\n'
    return gc.assess(SmallCounty(text=text).write(tmp_path_factory.mktemp("county")))


def test_the_credit_is_what_the_campaign_says(county):
    assert cover_credit(county).said("en") == "Third land survey, 2022-12-31"
    assert source_sentences(county)[0].said("en") == (
        "Land cover: Third land survey, 2022-12-31; licence: open."
    )
    assert county.provenance["parameters"]["cover_credit"]["source"] == "Third land survey"


def test_without_a_source_the_credit_names_the_file_and_no_maker():
    assessment = make_assessment()

    assert cover_credit(assessment).said("en") == (
        "File cover_2023.tif (source not named, classes of the legend “ESA WorldCover”), 2023"
    )
    unknown = replace(assessment, provenance={})
    assert "–" in cover_credit(unknown).said("zh")


def test_classes_of_a_county_half_wood_and_half_grass(county):
    areas = county.class_areas.set_index("cover")

    assert areas.loc[["tree", "grass"], "share_of_all_pct"].tolist() == pytest.approx(
        [50, 50], abs=0.1
    )
    whole = county.layers["townships"]["land_ha"].sum()
    assert areas["area_ha"].sum() == pytest.approx(whole)


def test_grass_is_no_room_for_parks(county):
    parks = county.needs[county.needs["indicator"] == "park_green_per_capita"]

    assert len(parks)
    assert parks["plantable"].isna().all()
    assert set(parks["reachable"]) == {"not known"}
    assert np.isfinite(parks["needed"]).all()

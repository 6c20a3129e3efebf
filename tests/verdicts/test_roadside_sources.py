"""A campaign whose roadsides are judged by trees, rows, canopy and field checks."""

from __future__ import annotations

import json

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

import greencover as gc
from evidence_county import write_evidence_county
from greencover.campaign import Campaign
from greencover.campaign.explain import explain, page


@pytest.fixture
def campaign(tmp_path):
    return write_evidence_county(tmp_path / "county")


def test_library_and_campaign_give_one_figure(campaign):
    assessment = gc.assess(campaign)
    opened = Campaign.read(campaign).open()
    folder = campaign.parent
    library = gc.roadside_greening(
        opened.roads,
        opened.cover,
        road="road",
        units=opened.townships,
        within=opened.townships,
        trees=gpd.read_file(folder / "trees.geojson"),
        crown_m="crown",
        status="state",
        alive=["好"],
        vacant=["坑"],
        surveyed=pd.read_csv(folder / "surveyed.csv"),
        field_checks=pd.read_csv(folder / "checks.csv"),
        canopy=gc.LandCover.from_height(str(folder / "height.tif"), min_height_m=2),
        spacing_m=15,
    )
    rows = assessment.table.query("indicator == 'roadside_greening_rate' and level == 'road'")
    found = rows.drop_duplicates("unit").set_index("unit")["value"]
    expected = library.rates_by("road").set_index("road")["greening_pct"]
    pd.testing.assert_series_equal(found, expected, check_names=False, check_index_type=False)
    pd.testing.assert_frame_equal(assessment.evidence, library.evidence_lengths)


def test_each_source_decides_what_it_saw(campaign):
    assessment = gc.assess(campaign)
    table = assessment.evidence.set_index("evidence")
    # Two missing trees of the left side, each a gap of 20 m, and its treeless half and end.
    road = assessment.layers["road_sides"]
    left = road[(road["road"] == "G1") & (road["side"] == "left")]
    gaps = left.loc[left["status"] == "gap", "length_m"]
    assert set(left["evidence"]) == {"trees"}
    assert sorted(gaps.round(2))[:2] == [20.0, 20.0]
    assert table.loc["field", "side_km"] == pytest.approx(0.01)
    assert table.loc["field", "greening_pct"] == 0.0
    # The canopy shows nothing anywhere, and is asked of the rest.
    assert table.loc["canopy", "greened_km"] == 0.0
    assert "cover" not in table.index
    differ = assessment.disagreements
    assert {"by_trees", "by_cover", "by_canopy", "by_field"} <= set(differ.columns)
    assert differ.crs.to_epsg() == 4326


def test_verdicts_reports_and_checks_say_what_judged(campaign, tmp_path):
    assessment = gc.assess(campaign)
    rows = assessment.table.query("indicator == 'roadside_greening_rate' and level == 'road'")
    told = rows.set_index("unit").loc["G1", "note"]
    told = told if isinstance(told, str) else told.iloc[0]
    assert "tree inventory" in str(told)
    assert "单株调查" in told.said("zh")
    notes = {note.code for note in assessment.notes if hasattr(note, "code")}
    assert {"verdicts.judged_by_source", "verdicts.sources_disagree"} <= notes
    sources = assessment.provenance["parameters"]["roadside"]["sources"]
    assert sources["trees"] == {"rank": 4.0, "date": "2023-05", "author": "双镇县林业局"}
    inputs = assessment.provenance["inputs"]
    assert {"trees", "surveyed", "field_checks", "canopy"} <= set(inputs)
    said = page(explain(Campaign.read(campaign).open()), "zh")
    assert "单株调查" in said
    assert "冠层" in said
    assessment.write(tmp_path / "out", lang="zh", formats=["xlsx", "html"])
    shown = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "依据不一致处" in shown
    assert "单株调查" in shown
    book = openpyxl.load_workbook(tmp_path / "out" / "assessment.xlsx", read_only=True)
    assert {"判定依据", "依据不一致处"} <= set(book.sheetnames)
    cells = {str(cell.value) for row in book["判定依据"].iter_rows() for cell in row}
    assert {"单株调查", "现场核查", "冠层影像"} <= cells


def test_a_source_older_than_allowed_gives_way(campaign):
    text = campaign.read_text("utf-8").replace('date = "2023-05"', 'date = "2010-05"')
    campaign.write_text(text, "utf-8")
    assessment = gc.assess(campaign)
    assert "trees" not in set(assessment.evidence["evidence"])
    assert any(getattr(note, "code", "") == "corridor.source_old" for note in assessment.notes)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('crown_m = "crown"', 'crown_m = "krone"', "krone"),
        ('date = "2023-05"', 'date = "in May"', "in May"),
        ('alive = ["好"]', "alive = 3", "alive"),
    ],
)
def test_what_is_wrong_is_said_at_the_door(campaign, old, new, said):
    campaign.write_text(campaign.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(gc.GreencoverError) as error:
        Campaign.read(campaign).open()
    assert said in str(error.value)


def test_provenance_holds_plain_values(campaign):
    from greencover.report.provenance import plain

    assert json.dumps(plain(gc.assess(campaign).provenance))


def test_townships_have_their_own_shares(campaign):
    assessment = gc.assess(campaign)
    rows = assessment.table.query("indicator == 'roadside_greening_rate' and level == 'township'")
    assert len(rows) >= 2
    assert (rows["note"].astype(str).str.contains("judged by")).all()

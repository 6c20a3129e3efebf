"""A campaign whose roadsides are judged by trees, rows, canopy and field checks."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from affine import Affine

import greencover as gc
from evidence_county import write_evidence_county
from greencover.campaign import Campaign
from greencover.campaign.explain import explain, page
from greencover.ground.errors import LayerError
from greencover.rasters import ArrayCells
from small_county import SmallCounty


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


def filled(form, path):
    """A form with every side but the first found to be a gap."""
    if path.suffix == ".gpkg":
        points = gpd.read_file(form)
        points["found"] = ["", *["缺口"] * (len(points) - 1)]
        points.to_file(path, layer="field_form")
        return
    book = openpyxl.load_workbook(form)
    sheet = book.active
    names = [cell.value for cell in sheet[4]]
    rows = [list(row) for row in sheet.iter_rows(min_row=5, values_only=True)]
    for row in rows[1:]:
        row[names.index("found")] = "缺口"
    if path.suffix == ".csv":
        pd.DataFrame(rows, columns=names).to_csv(path, index=False, encoding="utf-8-sig")
        return
    for number, row in enumerate(rows, start=5):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value
    book.save(path)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A county without field checks, and forms of some of its road sides."""
    folder = tmp_path_factory.mktemp("drawn")
    campaign = SmallCounty().write(folder / "county")
    sample = gc.field_sample(gc.assess(campaign).roadside, n=40)
    return campaign, sample, gc.write_field_forms(sample, folder / "forms")


@pytest.mark.parametrize("suffix", [".xlsx", ".gpkg", ".csv"])
def test_a_form_that_comes_back_is_a_source_as_it_is(drawn, suffix):
    campaign, sample, forms = drawn
    form = forms["field-form.gpkg" if suffix == ".gpkg" else "field-form.xlsx"]
    filled(form, campaign.parent / f"back{suffix}")
    text = campaign.read_text("utf-8") + f'\n[layers.field_checks]\npath = "back{suffix}"\n'
    again = campaign.with_name(f"again{suffix[1:]}.toml")
    again.write_text(text, encoding="utf-8")

    sides = gc.assess(again).roadside.sides

    checked = sides[sides["evidence"] == "field"]
    places = ["road", "chain", "side", "from_m", "to_m"]
    found = checked[places].sort_values(places, ignore_index=True)
    expected = pd.DataFrame(sample[places].iloc[1:]).sort_values(places, ignore_index=True)
    assert set(checked["status"]) == {"gap"}
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, atol=1e-6)


def test_a_form_without_parts_is_refused_where_a_road_has_several():
    roads = gpd.GeoDataFrame(
        {"name": ["R1", "R1"], "grade": "county"},
        geometry=[
            shapely.LineString([(500_000, 3_000_000), (500_400, 3_000_000)]),
            shapely.LineString([(500_000, 3_000_400), (500_600, 3_000_400)]),
        ],
        crs=4547,
    )
    cells = ArrayCells.of(
        np.full((80, 80), 30, "uint8"),
        transform=Affine(10, 0, 499_900, 0, -10, 3_000_600),
        crs="EPSG:4547",
        name="grass",
    )
    cover = gc.LandCover.open(cells, legend="worldcover")
    form = pd.DataFrame(
        {"road": "R1", "side": "左侧 Left", "from_m": [500.0, 100.0], "to_m": [510.0, 110.0],
         "found": "greened"}
    )  # fmt: skip

    road = gc.roadside_greening(roads, cover, field_checks=form.iloc[:1])
    with pytest.raises(LayerError, match=r"row 2.*column chain"):
        gc.roadside_greening(roads, cover, field_checks=form)

    greened = road.sides[road.sides["status"] == "greened"]
    assert greened[["chain", "side"]].to_numpy().tolist() == [[0, "left"]]
    # Chainages are written to the decimetre.
    assert greened[["from_m", "to_m"]].to_numpy()[0] == pytest.approx([500, 510], abs=0.05)


def test_the_page_of_a_telephone_is_not_what_it_saves(drawn):
    campaign, _, forms = drawn
    text = campaign.read_text("utf-8")
    again = campaign.with_name("page.toml")
    page = forms["field-form.html"]
    again.write_text(f'{text}\n[layers.field_checks]\npath = "{page}"\n', encoding="utf-8")

    with pytest.raises(LayerError, match=r"field-form\.html.*saves"):
        gc.assess(again)

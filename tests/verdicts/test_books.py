"""Tasks, works and claims of a plan: what was entered stands beside what the map shows."""

from __future__ import annotations

import docx
import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from matplotlib.text import Text

import greencover as gc
from greencover.accuracy.survival import survival_sample
from greencover.campaign.book_sections import Plantings
from greencover.campaign.plantings import read_plantings
from greencover.cli import main
from greencover.corridor.claims import claims_by
from greencover.ground.errors import CampaignError, LayerError
from greencover.report.maps.disagreement import draw_disagreement
from greencover.report.maps.straight_line import draw_straight_line
from greencover.report.maps.works import draw_works
from greencover.report.page import write_survival_page
from greencover.report.style import MapStyle
from phone import embedded
from small_county import EAST, MIDDLE_X, MIDDLE_Y, NORTH, SOUTH, WEST, SmallCounty

TASKS = """
[[task]]
task = "廊道绿化"
planned = 200
done = 210
unit = "亩"
township = "西林镇"
responsible = "张某"
start = 2023-03-01
end = 2023-11-30

[[task]]
task = "村庄绿化"
planned = 10
done = 12
unit = "公顷"
township = "T1"
responsible = "李某"

[[task]]
task = "行道树"
planned = 460
done = 400
unit = "株"
township = "东草乡"
responsible = "张某"

[[target]]
indicator = "task_completion"
level = "township"
value = 100

[[target]]
indicator = "task_completion"
level = "county"
value = 100

[layers.works]
path = "works.gpkg"
name = "name"
responsible = "who"
photo = "photo"
"""


# The west half of the national road is under trees, its east half is not.
PLANTINGS = """\
road,from_km,to_km,side,township,village,compartment,株数,area,species,responsible,alive
G1,K0+000,K0+150,左,,,,100,30,杉木,张某,90
G1,0.2,0.38,,,,,360,,樟,李某,
V1,,,,,,,40,,,,
,,,,T1,,,,170,,张某,
"""
# The wood of the west is seen, that of the east stands on paper alone.
IN_COMPARTMENTS = """\
,,,,,,西-1,50,20,杉木,张某,
,,,,,,东-1,60,10,,李某,
"""


SURVIVAL = """\
township,responsible,counted,alive,trees,area,unit
T1,张某,50,45,100,1,亩
T1,张某,50,40,100,1,亩
T2,李某,60,20,360,2,亩
T1,李某,,,100,1,亩
"""

MORE = """
[tables.survival]
path = "survival.csv"

[books]
polygons = "plots.gpkg"
code = "DLBM"
legend = "third-land-survey"
origin = "QY"
species = "SZ"
compartment = "XBH"
"""


def plots() -> gpd.GeoDataFrame:
    """The whole county is forest on paper: fir planted in the west, in the east nobody says."""
    halves = [shapely.box(WEST, SOUTH, MIDDLE_X, NORTH), shapely.box(MIDDLE_X, SOUTH, EAST, NORTH)]
    return gpd.GeoDataFrame(
        {"DLBM": ["0301"] * 2, "XBH": ["西-1", "东-1"], "QY": ["人工", "天然"], "SZ": ["杉木", ""]},
        geometry=halves,
        crs=4326,
    )


def works() -> gpd.GeoDataFrame:
    west = shapely.box(WEST, SOUTH, WEST + 1e-3, SOUTH + 1e-3)
    line = shapely.LineString([(MIDDLE_X, MIDDLE_Y), (EAST, MIDDLE_Y)])
    point = shapely.Point(WEST + 1e-3, NORTH - 1e-3)
    return gpd.GeoDataFrame(
        {
            "name": ["plot", "row", "tree"],
            "who": ["张某", "李某", "张某"],
            "photo": ["a.jpg", None, "c.jpg"],
            "status": ["done", "done", "begun"],
        },
        geometry=[west, line, point],
        crs=4326,
    )


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    county = SmallCounty()
    county.text += TASKS
    county.text += '[tables.plantings]\npath = "plantings.csv"\nunit = "亩"\ntrees = "株数"\n'
    county.text += MORE
    path = county.write(folder)
    works().to_file(folder / "works.gpkg")
    (folder / "plantings.csv").write_text(PLANTINGS, encoding="utf-8")
    (folder / "survival.csv").write_text(SURVIVAL, encoding="utf-8")
    plots().to_file(folder / "plots.gpkg")
    return path, gc.assess(path)


def completion(books, by):
    table = books[1].completion
    return table[table["by"] == by].set_index(["name", "unit"])


def test_completion_is_in_the_unit_entered(books):
    table = completion(books, "task")
    assert table["completion_pct"].round(1).to_dict() == {
        ("廊道绿化", "mu"): 105.0,
        ("村庄绿化", "ha"): 120.0,
        ("行道树", "trees"): 87.0,
    }
    assert table.loc[("廊道绿化", "mu"), "planned"] == 200.0
    assert table.loc[("廊道绿化", "mu"), ["start", "end"]].tolist() == ["2023-03-01", "2023-11-30"]
    assert table["verdict"].tolist() == ["met", "met", "not met"]


def test_different_units_are_never_added(books):
    by_person = completion(books, "responsible")
    assert by_person.index.tolist() == [("张某", "mu"), ("李某", "ha"), ("张某", "trees")]
    # Mu and hectares of one township, named by name and by code, are ground and summed as such.
    by_township = completion(books, "township")
    assert by_township.index.tolist() == [("西林镇", "ha"), ("东草乡", "trees")]
    assert by_township["planned"].tolist() == pytest.approx([200 / 15 + 10, 460])


def test_targets_on_completion_are_judged_in_the_table(books):
    table = books[1].table
    rows = table[table["indicator"] == "task_completion"]
    east = rows[(rows["level"] == "township") & (rows["unit"] == "T2")]
    assert east[["value", "measure", "verdict"]].round(1).values.tolist() == [
        [87.0, "trees", "not met"]
    ]
    assert rows.loc[rows["measure"] == "trees", "gap_ha"].isna().all()
    assert set(rows.loc[rows["level"] == "county", "measure"]) == {"ha", "trees"}
    assert {"met", "not met"} == set(rows["verdict"])


def test_works_of_any_geometry_keep_their_columns(books):
    found = books[1].works
    assert found["photo"].tolist() == ["a.jpg", "", "c.jpg"]
    assert found["responsible"].tolist() == ["张某", "李某", "张某"]
    assert found["status_own"].tolist() == ["done", "done", "begun"]
    assert found["township_code"].tolist() == ["T1", "T2", "T1"]
    assert found["plot_ha"].iloc[0] == pytest.approx(1.07, rel=0.02)
    assert np.isnan(found["plot_ha"].iloc[1])
    assert found["length_km"].iloc[1] == pytest.approx(0.193, rel=0.02)
    assert any("3 works" in str(note) for note in books[1].notes)


def test_a_task_of_an_unknown_township_is_named(tmp_path):
    county = SmallCounty()
    county.text += TASKS.replace('township = "东草乡"', 'township = "东草镇"')
    path = county.write(tmp_path)
    works().to_file(tmp_path / "works.gpkg")
    with pytest.raises(CampaignError, match=r"task\[3\]\.township.*东草镇"):
        gc.Campaign.read(path).open()


def test_records_are_put_on_the_map_by_road_and_chainage(books):
    claims = books[1].claims
    assert claims["counts_for"].tolist() == ["place", "place", "road", "township"]
    assert claims["status"].tolist() == [
        "seen", "planted, not established", "no place", "no place"
    ]  # fmt: skip
    assert claims["placed_km"].round(2).tolist()[:2] == [0.15, 0.36]
    assert claims["township_code"].tolist() == ["T1", "T2", "", "T1"]
    assert claims["area_mu"].sum() == 200.0
    assert claims["trees"].sum() == 500.0
    assert claims["alive_pct"].iloc[0] == 90.0
    west, east = claims.geometry.iloc[:2]
    assert west.bounds[2] < MIDDLE_X < east.bounds[0]
    assert west.bounds[1] > MIDDLE_Y


def test_a_record_greens_no_side_unless_the_campaign_says_so(books):
    path, plain = books
    greens = path.with_name("greens.toml")
    text = path.read_text(encoding="utf-8")
    said = text.replace("[tables.plantings]", "[tables.plantings]\ngreens = true")
    greens.write_text(said, encoding="utf-8")

    taken = gc.assess(greens)

    tables = [one.roadside.rates_by("road").set_index("road") for one in (plain, taken)]
    before, after = (table["greened_km"] for table in tables)
    assert after["G1"] - before["G1"] == pytest.approx(0.36, abs=0.03)
    assert after["V1"] == before["V1"]
    assert any("planting record" in str(note) for note in taken.notes)
    assert "claims" in set(taken.evidence["evidence"])
    # What stands there is seen by nobody all the same.
    assert taken.claims["status"].tolist() == plain.claims["status"].tolist()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("G9,0,1,,,,,1,,,,", "G9"),
        ("G1,0,,,,,,1,,,,", "chainage"),
        ("G1,0,1,up,,,,1,,,,", "side"),
        (",,,,T9,,,1,,,,", "township"),
        ("G1,0,1,,,,,many,,,,", "trees"),
    ],
)
def test_a_record_that_means_nothing_is_named_with_its_row(tmp_path, row, said):
    county = SmallCounty()
    county.text += '[tables.plantings]\npath = "p.csv"\ntrees = "株数"\n'
    path = county.write(tmp_path)
    head = PLANTINGS.splitlines()[0]
    (tmp_path / "p.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    with pytest.raises(LayerError, match=rf"{said}[\s\S]*row 1|row 1[\s\S]*{said}"):
        gc.Campaign.read(path).open()


def test_conditions_choose_records_checks_and_polygons_of_the_books(books):
    text = books[0].read_text(encoding="utf-8")
    for section, condition in {
        "[tables.plantings]": "species = '樟'",
        "[tables.survival]": "township = 'T2'",
        "[books]": "DLBM = '0301'",
    }.items():
        text = text.replace(section, f'{section}\nwhere = "{condition}"')
    path = books[0].with_name("chosen.toml")
    path.write_text(text, encoding="utf-8")
    opened = gc.Campaign.read(path).open()
    assert opened.plantings["trees"].tolist() == [360]
    assert opened.survival["alive"].tolist() == [20]
    path.write_text(text.replace("DLBM = '0301'", "DLBM = '0302'"), encoding="utf-8")
    with pytest.raises(LayerError, match="0302"):
        gc.Campaign.read(path).open()


def test_books_reach_no_other_machine(books):
    text = books[0].read_text(encoding="utf-8")
    path = books[0].with_name("elsewhere.toml")
    for address in ("/vsicurl/http://127.0.0.1:9/plots.gpkg", "http://127.0.0.1:9/plots.gpkg"):
        path.write_text(text.replace('"plots.gpkg"', f'"{address}"'), encoding="utf-8")
        with pytest.raises((CampaignError, LayerError), match="machine"):
            gc.Campaign.read(path).open()


def test_rasters_have_no_rows_to_choose(tmp_path):
    county = SmallCounty()
    county.text = county.text.replace('path = "cover.tif"', 'path = "cover.tif"\nwhere = "a = 1"')
    with pytest.raises(CampaignError, match="no rows and columns"):
        gc.Campaign.read(county.write(tmp_path))


def test_records_are_seen_on_the_straight_line_diagram(books):
    assessment = books[1]
    drawn = draw_straight_line(assessment.roadside, "G1", claims=assessment.claims, lang="en")
    bare = draw_straight_line(assessment.roadside, "G1", lang="en")
    said = [text.get_text() for text in drawn.legends[0].get_texts()]
    assert "reported planted" in said
    # One band on the left, two where the record names no side.
    assert len(drawn.axes[0].collections) - len(bare.axes[0].collections) == 3


STARTS = ["乡镇", "责任人", "道路"]


@pytest.fixture(scope="module")
def written(books, tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    formats = ["xlsx", "docx", "html", "gpkg"]
    books[1].write(folder, lang="both", formats=formats, maps=["works"])
    return folder


def test_completion_works_and_records_are_in_the_workbook(written):
    sheets = pd.read_excel(written / "assessment.xlsx", sheet_name=None, header=None)
    text = {name: frame.to_string() for name, frame in sheets.items()}
    completion = next(one for name, one in text.items() if "Completion" in name)
    assert "105" in completion
    assert "张某" in completion
    assert any("Planting records" in name and "K0+000-K0+150" in one for name, one in text.items())
    assert any("Works" in name and "c.jpg" in one for name, one in text.items())


def test_the_annex_of_the_books_has_a_line_for_each_name_and_totals_as_formulas(written):
    book = openpyxl.load_workbook(written / "assessment.xlsx")
    sheet = book[next(name for name in book.sheetnames if "台账附表" in name)]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    first = [row[0] for row in rows]
    # Blocks by township, person and road, each with heads above and a total below.
    starts = [place for place, one in enumerate(first) if one and one.split()[0] in STARTS]
    assert [first[place].split()[0] for place in starts] == STARTS
    towns = rows[starts[0] + 1 : starts[0] + 5]
    # A record of a road says no township.
    assert [row[0].split()[0] for row in towns] == ["西林镇", "东草乡", "未注明", "合计"]
    heads = [str(text).split()[0] for text in rows[starts[0]]]
    planned, trees, rate = (heads.index(one) for one in ("计划", "株数", "成活率（%）"))
    assert towns[0][planned] == pytest.approx(200 / 15 + 10)
    assert towns[0][trees] == 100
    assert towns[0][rate] == pytest.approx(85.0)
    assert towns[2][trees] == 40
    assert str(towns[3][planned]).startswith("=SUM(")
    roads = rows[starts[2] + 1 : starts[2] + 4]
    trees = [str(text).split()[0] for text in rows[starts[2]]].index("株数")
    assert [row[trees] for row in roads[:2]] == [460, 40]
    # Trees and mu of the corridor by road, and their sum as a spreadsheet counts it.
    letter = openpyxl.utils.get_column_letter(trees + 1)
    top = starts[2] + 2
    assert roads[2][trees] == f"=SUM({letter}{top}:{letter}{top + 1})"


def test_completion_works_and_records_are_in_word_in_both_languages(written):
    for lang, words in (("zh", ("完成", "造林记录", "责任人")), ("en", ("Completion", "Works"))):
        document = docx.Document(str(written / f"report-{lang}.docx"))
        tables = [[[cell.text for cell in row.cells] for row in t.rows] for t in document.tables]
        text = str([paragraph.text for paragraph in document.paragraphs]) + str(tables)
        assert all(word in text for word in words)
        assert "105.0" in text


def test_completion_works_and_records_are_on_the_page(written):
    page = (written / "report.html").read_text(encoding="utf-8")
    assert "K0+200-K0+380" in page
    assert "已栽植、未成林" in page
    assert "planted, not established" in page


def test_works_and_records_are_layers_for_a_gis(written):
    names = pyogrio.list_layers(written / "gaps.gpkg")[:, 0].tolist()
    assert {"works", "claims"} <= set(names)
    assert len(gpd.read_file(written / "gaps.gpkg", layer="works")) == 3
    assert len(gpd.read_file(written / "gaps.gpkg", layer="claims")) == 2


def test_a_map_shows_works_and_records(books):
    ax = draw_works(books[1], style=MapStyle(lang="en"))
    assert len(ax.collections) > 3


def test_survival_by_township_and_person_asks_for_trees_and_mu(books):
    table = books[1].survival.set_index(["by", "name"])
    west = table.loc[("township", "西林镇")]
    assert west["survival_pct"] == 85.0
    assert west["survival_class"] == "qualified"
    assert west["low_pct"] < 85.0 < west["high_pct"]
    assert not west["certain"]
    east = table.loc[("responsible", "李某")]
    assert east["survival_class"] == "plant anew"
    assert east[["replant_trees", "replant_mu", "replant_all_trees"]].tolist() == [360, 2, 360]


def test_plots_that_were_not_reached_are_counted_in_a_note(books):
    said = [str(note) for note in books[1].notes]
    assert any("1 of 4 plots of the form of survival checks was not counted" in one for one in said)


@pytest.mark.thorough
def test_the_command_line_draws_records_and_writes_the_form(books, tmp_path, capsys):
    page = tmp_path / "form.html"
    campaign = str(books[0])
    assert main(["survival-sample", campaign, "--out", str(page), "--lang=en", "--by=none"]) == 0
    assert "4 of 4 planting records drawn." in capsys.readouterr().out
    assert [row["id"] for row in embedded(page)["rows"]] == ["1", "2", "3", "4"]


def test_records_become_a_form_for_the_telephone(books, tmp_path):
    claims = books[1].claims
    drawn = survival_sample(claims, len(claims))
    rows = embedded(write_survival_page(drawn, tmp_path / "form.html"))["rows"]
    assert [row["columns"]["trees"] for row in rows] == ["100", "360", "40", ""]
    assert rows[0]["columns"]["area"] == "2"
    assert [row["lon"] is None for row in rows] == [False, False, True, True]
    assert rows[0]["details"][0] == ["西林镇", "西林镇"]


def test_the_books_stand_beside_the_map_by_unit_and_class(books):
    table = books[1].two_covers.set_index(["level", "unit", "cover"])
    whole = table.loc[("county", "county", "tree")]
    assert whole["seen_ha"] == pytest.approx(whole["books_ha"] / 2, rel=1e-6)
    assert whole["difference_mu"] == pytest.approx(15 * whole["books_only_ha"], rel=1e-9)
    assert table.loc[("township", "T1", "tree"), "books_only_ha"] == pytest.approx(0.0, abs=1e-9)
    drawn = draw_disagreement(books[1], style=MapStyle(lang="en"))
    said = [text.get_text() for text in drawn.figure.findobj(Text)]
    assert "forest on paper, not on the map" in said


def test_forest_by_origin_and_species_in_ha_and_mu(books, written):
    table = books[1].stands
    sums = table[table["by"] == "origin"].set_index(["level", "origin"])["area_ha"]
    whole = books[1].two_covers.set_index(["level", "cover"])["books_ha"]["county", "tree"]
    assert sums["county", "人工"] == pytest.approx(whole / 2, rel=1e-6)
    # The towns are the halves.
    assert sums["township", "天然"] == pytest.approx(sums["county", "天然"], rel=1e-9)
    crossed = table[(table["by"] == "origin and species") & (table["level"] == "county")]
    assert crossed[["origin", "species"]].values.tolist() == [
        ["人工", "杉木"], ["天然", "not stated"]
    ]  # fmt: skip
    assert crossed["forest_share_pct"].sum() == pytest.approx(100.0)
    np.testing.assert_allclose(table["area_mu"], 15.0 * table["area_ha"])
    sheet = pd.read_excel(written / "assessment.xlsx", sheet_name=None, header=None)
    own = next(one.to_string() for name, one in sheet.items() if "Forest by origin" in name)
    assert "杉木" in own
    assert "not stated" in own
    document = docx.Document(str(written / "report-zh.docx"))
    cells = {cell.text for one in document.tables for row in one.rows for cell in row.cells}
    assert {"杉木", "未注明", "占森林面积（%）"} <= cells


@pytest.fixture(scope="module")
def in_compartments(books):
    path = books[0].with_name("compartments.toml")
    text = books[0].read_text(encoding="utf-8").replace("plantings.csv", "stands.csv")
    path.write_text(text, encoding="utf-8")
    records = PLANTINGS.splitlines()[0] + "\n" + IN_COMPARTMENTS
    path.with_name("stands.csv").write_text(records, encoding="utf-8")
    return path, gc.assess(path)


def test_records_are_counted_for_the_sub_compartment_that_they_name(in_compartments, tmp_path):
    assessment = in_compartments[1]
    claims = assessment.claims
    assert claims["counts_for"].tolist() == ["compartment"] * 2
    assert claims["status"].tolist() == ["seen", "planted, not established"]
    assert claims["township_code"].tolist() == ["T1", "T2"]
    halves = gc.ground_area_ha(plots()).tolist()
    assert claims["compartment_ha"].tolist() == pytest.approx(halves, rel=1e-9)
    assert claims["trees_ha"].tolist() == pytest.approx([halves[0], 0.0], rel=1e-9)
    for drawn, given in zip(claims.geometry, plots().geometry, strict=True):
        assert shapely.area(shapely.symmetric_difference(drawn, given)) < 1e-12
    sums = claims_by(claims.assign(township=claims["township_code"]), "township")
    assert sums[["name", "trees", "area_mu"]].values.tolist() == [["T1", 50, 20], ["T2", 60, 10]]
    by_plot = claims_by(claims, "compartment")
    assert by_plot[["name", "trees"]].values.tolist() == [["西-1", 50], ["东-1", 60]]
    said = [str(note) for note in assessment.notes]
    assert any("2 planting records name a sub-compartment" in note for note in said)
    ax = draw_works(assessment, style=MapStyle(lang="zh"))
    shown = [text.get_text() for text in ax.figure.findobj(Text)]
    assert any("造林记录" in one and "可见" in one for one in shown)
    assessment.write(tmp_path, lang="zh", formats=["gpkg"])
    assert len(gpd.read_file(tmp_path / "gaps.gpkg", layer="claim_plots")) == 2


def test_a_sub_compartment_that_is_none_or_several_is_named_with_its_row(in_compartments):
    path = in_compartments[0]
    text, records = path.read_text(encoding="utf-8"), path.with_name("wrong.csv")
    head = PLANTINGS.splitlines()[0]
    other = path.with_name("wrong.toml")
    other.write_text(text.replace("stands.csv", "wrong.csv"), encoding="utf-8")
    records.write_text(f"{head}\n,,,,,,南-1,9,,,,\n", encoding="utf-8")
    with pytest.raises(LayerError, match=r"'南-1'[\s\S]*row 1"):
        gc.Campaign.read(other).open()
    text = text.replace("stands.csv", "wrong.csv")
    other.write_text(text.replace('"XBH"', '"DLBM"'), encoding="utf-8")
    records.write_text(f"{head}\n,,,,,,0301,9,,,,\n", encoding="utf-8")
    with pytest.raises(LayerError, match=r"2 polygons are called so \(row 1"):
        gc.Campaign.read(other).open()
    other.write_text(text.replace('compartment = "XBH"\n', ""), encoding="utf-8")
    with pytest.raises(LayerError, match="compartment = "):
        gc.Campaign.read(other).open()


def test_a_record_of_a_village_is_of_its_township(tmp_path):
    (tmp_path / "p.csv").write_text("village,trees\n甲村,5\n乙村,6\n", encoding="utf-8")
    towns = gpd.GeoDataFrame({"code": ["T1"], "name": ["西林镇"], "name_en": ["West"]})
    villages = pd.DataFrame(
        {"code": ["V1", "V2", "V3"], "name": ["甲村", "乙村", "乙村"], "name_en": ["A", "B", "B"]}
    ).assign(township=["T1", "T1", "T2"])
    section = Plantings(path=str(tmp_path / "p.csv"))
    found = read_plantings(section, towns, None, villages)
    # Two villages are called so.
    assert found["township"].tolist() == ["T1", ""]

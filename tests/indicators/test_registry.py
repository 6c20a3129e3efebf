"""An indicator is one TOML record, written beside a campaign or brought by a package."""

from __future__ import annotations

import sys
from pathlib import Path

import geopandas as gpd
import pytest
from matplotlib.text import Text

import greencover as gc
from greencover import standards
from greencover.campaign import Campaign
from greencover.campaign.explain import explain, page
from greencover.ground.errors import CampaignError, IndicatorError, StandardError
from greencover.indicators import registry
from greencover.words import speaking
from small_county import CELL, SOUTH, WEST, SmallCounty

RECORD = """\
[school_woods]
name = "Woody cover of school grounds"
name_zh = "校园林木覆盖率"
unit = "%"
definition = "Woody cover over the area of school grounds."
definition_zh = "校园范围内林木覆盖面积占校园面积的比例。"
numerator = "area of trees and shrubs inside school grounds"
denominator = "observed area of school grounds"
source = "county education plan 2023"
verified = true
family = "green"
formula = "share"
counts = ["tree", "shrub"]
grounds = [{ layer = "built_up", levels = ["county", "township"], scopes = ["schools"] }]
"""
BUILT_UP = '\n[layers.built_up]\npath = "county.gpkg"\nlayer = "built_up"\n'
TARGET = '\n[[target]]\nindicator = "school_woods"\nlevel = "township"\nvalue = 60\n'


def county(folder: Path, text: str = "") -> Path:
    """A county whose school grounds lie in the west, which is all trees, and reach east."""
    path = SmallCounty(text=SmallCounty().text + BUILT_UP + text).write(folder)
    import shapely

    ground = shapely.box(WEST + 14 * CELL, SOUTH, WEST + 22 * CELL, SOUTH + 10 * CELL)
    gpd.GeoDataFrame(geometry=[ground], crs=4326).to_file(
        folder / "county.gpkg", layer="built_up", driver="GPKG"
    )
    return path


def beside(folder: Path, name: str = "indicators", text: str = RECORD) -> None:
    (folder / name).mkdir()
    (folder / name / "school_woods.toml").write_text(text, encoding="utf-8")


def assert_there(assessment: gc.Assessment) -> None:
    rows = assessment.table[assessment.table["indicator"] == "school_woods"]
    by_unit = rows.set_index("unit")
    assert by_unit["value"].round(6).to_dict() == {"county": 75.0, "T1": 100.0, "T2": 0.0}
    assert set(by_unit["indicator_name_zh"]) == {"校园林木覆盖率"}
    assert set(by_unit["unit_of_measure"]) == {"%"}
    assert by_unit.loc["T1", "denominator"] == pytest.approx(
        3 * by_unit.loc["T2", "denominator"], rel=1e-6
    )
    assert assessment.layers["townships"]["school_woods_pct"].round(6).tolist() == [100.0, 0.0]
    record = assessment.definitions["school_woods"]
    assert (record.source, record.family) == ("county education plan 2023", "green")


@pytest.mark.parametrize(("name", "key"), [("indicators", ""), ("own", 'indicators = "own"\n')])
def test_a_record_beside_a_campaign_is_an_indicator_of_it(tmp_path, name, key):
    beside(tmp_path, name)
    path = county(tmp_path, TARGET)
    path.write_text(key + path.read_text("utf-8"), "utf-8")

    assessment = gc.assess(path)

    assert_there(assessment)
    rows = assessment.table[assessment.table["indicator"] == "school_woods"].set_index("unit")
    assert rows["verdict"].to_dict() == {"county": "no target", "T1": "met", "T2": "not met"}
    with speaking("zh"):
        checked = page(explain(Campaign.read(path).open()), "zh")
    assert "校园林木覆盖率" in checked
    assert "Woody cover of school grounds" in page(explain(Campaign.read(path).open()), "en")


def test_a_standard_beside_it_may_name_the_record(tmp_path):
    beside(tmp_path)
    path = county(tmp_path)
    path.write_text(
        path.read_text("utf-8").replace('"national-forest-city-2012"', '"schools.toml"'), "utf-8"
    )
    target = '[[target]]\nindicator = "school_woods"\nlevel = "county"\nscope = "schools"\n'
    (tmp_path / "schools.toml").write_text(f'title = "s"\n{target}value = 80\n', "utf-8")

    table = gc.assess(path).table

    (verdict,) = table.loc[table["standard"] == "schools", "verdict"]
    assert verdict == "not met"
    with pytest.raises(StandardError, match="'indicator' is not known"):
        standards.load(tmp_path / "schools.toml")


def test_without_the_record_the_campaign_is_refused(tmp_path):
    with pytest.raises(CampaignError, match=r"target\[1\].indicator .* must be 'forest_"):
        Campaign.read(county(tmp_path, TARGET))


def test_a_package_brings_records_by_an_entry_point(tmp_path, monkeypatch):
    site = tmp_path / "site"
    (site / "bureau").mkdir(parents=True)
    beside(site / "bureau")
    (site / "bureau" / "__init__.py").write_text(
        "from pathlib import Path\nRECORDS = Path(__file__).parent / 'indicators'\n"
    )
    facts = site / "bureau-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: bureau\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[greencover.indicators]\nbureau = bureau:RECORDS\n")
    monkeypatch.syspath_prepend(site)
    registry._installed.cache_clear()
    try:
        assert_there(gc.assess(county(tmp_path / "county", TARGET)))
        schema = Campaign.model_json_schema()["$defs"]["ExtraTarget"]["properties"]
        assert "school_woods" in schema["indicator"]["enum"]
        named = standards.schema()["$defs"]["TargetEntry"]["properties"]["indicator"]["enum"]
        assert "school_woods" in named
        assert gc.definition("school_woods").name_zh == "校园林木覆盖率"
    finally:
        monkeypatch.undo()
        registry._installed.cache_clear()
        sys.modules.pop("bureau", None)
    assert "school_woods" not in registry.indicators()


@pytest.mark.parametrize(
    ("wrong", "sentence", "chinese"),
    [
        (("[school_woods]", "[forest_coverage]"), "has two records", "两条记录"),
        (('source = "county education plan 2023"\n', ""), "give a name, a def", "请给出名称"),
        (('"shrub"', '"scrub"'), "'scrub' is none of the cover types", "不是覆盖类型"),
        (("verified", "verifed"), "'verifed' is not known .did you mean 'verified'", "verifed"),
        (('unit = "%"\n', ""), "key 'unit' is missing", "unit"),
        (('"township"]', '"hamlet"]'), "'hamlet'", "hamlet"),
        (("[school_woods]\n", "school_woods = 1\n"), "stands outside of a section", "任何一节"),
    ],
)
def test_a_mistake_in_a_record_is_named_in_both_languages(tmp_path, wrong, sentence, chinese):
    beside(tmp_path, text=RECORD.replace(*wrong))

    with pytest.raises(IndicatorError, match=sentence) as told:
        Campaign.read(county(tmp_path))

    assert chinese in told.value.said("zh")


def test_a_folder_that_is_not_there(tmp_path):
    path = county(tmp_path)
    path.write_text('indicators = "nowhere"\n' + path.read_text("utf-8"), "utf-8")
    with pytest.raises(IndicatorError, match="nowhere does not exist"):
        Campaign.read(path)


@pytest.mark.parametrize(
    ("lang", "name"), [("zh", "校园林木覆盖率"), ("en", "Woody cover of school")]
)
def test_every_output_shows_the_indicator_of_a_record(tmp_path, lang, name):
    """Workbook, Word report, page, layers, table and map: from the one record, in each language."""
    docx, openpyxl = pytest.importorskip("docx"), pytest.importorskip("openpyxl")
    beside(tmp_path)
    assessment = gc.assess(county(tmp_path, TARGET))

    written = assessment.write(
        tmp_path / "out",
        lang=lang,
        formats=["xlsx", "docx", "html", "gpkg", "parquet", "png"],
        maps=["verdict-matrix", "indicators"],
    )

    sheets = openpyxl.load_workbook(written["assessment.xlsx"]).worksheets
    cells = [str(cell.value) for sheet in sheets for row in sheet for cell in row]
    assert any(name in cell for cell in cells)
    assert any(("校园范围内" if lang == "zh" else "school grounds") in cell for cell in cells)
    report = docx.Document(str(written[f"report-{lang}.docx"]))
    told = [p.text for p in report.paragraphs]
    told += [cell.text for table in report.tables for row in table.rows for cell in row.cells]
    assert any(name.lower() in text.lower() for text in told)
    assert name in written["report.html"].read_text(encoding="utf-8")
    townships = gpd.read_file(written["gaps.gpkg"], layer="townships")
    assert townships["school_woods_pct"].round(6).tolist() == [100.0, 0.0]
    table = gpd.read_parquet(written["assessment.parquet"])
    assert (table["indicator"] == "school_woods").sum() == 3
    axes = assessment.plot.choropleth(indicator="school_woods", lang=lang)
    shown = [text.get_text() for text in axes.figure.findobj(Text)]
    assert any(name in text for text in shown)

"""The workbook, reopened."""

from __future__ import annotations

import zipfile
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from greencover.ground.notes import Note
from greencover.report.office.workbook import write_excel
from greencover.report.palette import VERDICT_FILL
from report_fixtures import EVIL, make_assessment


@pytest.fixture(scope="module")
def assessment():
    return make_assessment(evil=True)


@pytest.fixture(scope="module")
def path(assessment, tmp_path_factory):
    return write_excel(assessment, tmp_path_factory.mktemp("excel") / "assessment.xlsx")


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


def heads(sheet) -> list[str]:
    return [cell.value for cell in sheet[3]]


def column(sheet, head: str) -> list:
    place = [h.split("\n")[-1] for h in heads(sheet)].index(head)
    return [row[place].value for row in sheet.iter_rows(min_row=4)]


def test_sheets(book):
    assert book.sheetnames == [
        "附表 Annexed table",
        "摘要 Summary",
        "图表 Charts",
        "森林 Forest",
        "绿化覆盖 Green cover",
        "道路与水岸 Roads and banks",
        "人均绿地 Green per resident",
        "达标所需 What is needed",
        "绿化缺口 Gaps",
        "指标定义 Definitions",
        "目标与依据 Targets",
        "输入数据 Inputs",
        "计算参数 Parameters",
    ]


def test_header_is_frozen_and_filtered(book):
    for sheet in book.worksheets[3:]:
        rows = sheet.max_row
        assert sheet.freeze_panes in ("E4", "C4", "B4")
        assert sheet.auto_filter.ref.startswith("A3:")
        assert sheet.auto_filter.ref.endswith(str(rows))


def test_figures_are_numbers_with_formats(book, assessment):
    table = assessment.table[assessment.table["indicator"] == "roadside_greening_rate"]
    sheet = book["道路与水岸 Roads and banks"]
    values = column(sheet, "Value")

    assert values == pytest.approx(table["value"].tolist())
    assert {type(v) for v in values} <= {float, int}
    place = [h.split("\n")[-1] for h in heads(sheet)].index("Value")
    assert sheet.cell(4, place + 1).number_format == "0.00"
    assert column(sheet, "Unit") == ["%"] * len(table)


def test_a_missing_figure_is_an_empty_cell(book, assessment):
    table = assessment.table[
        assessment.table["indicator"].isin(["forest_coverage", "tree_cover_rate"])
    ]
    values = column(book["森林 Forest"], "Value")

    assert [v is None for v in values] == table["value"].isna().tolist()


def test_hectares_are_shown_in_mu_too(book):
    sheet = book["森林 Forest"]
    pairs = zip(column(sheet, "Gap (ha)"), column(sheet, "Gap (mu)"), strict=True)
    known = [(ha, mu) for ha, mu in pairs if ha is not None]

    assert max(ha for ha, _ in known) > 0
    assert all(mu == pytest.approx(15 * ha) for ha, mu in known)


def test_columns_without_a_value_are_left_out(book):
    names = [h.split("\n")[-1] for h in heads(book["道路与水岸 Roads and banks"])]

    assert "Gap (km)" in names
    assert "Gap (ha)" not in names


def test_no_cell_outside_the_annex_is_a_formula_and_only_gaps_have_links(book, path):
    others = book.worksheets[1:]
    kinds = {cell.data_type for sheet in others for row in sheet.iter_rows() for cell in row}
    with zipfile.ZipFile(path) as parts:
        sheets = [
            parts.read(n).decode()
            for n in parts.namelist()
            if "worksheets/sheet" in n and "sheet1.xml" not in n
        ]

    assert "f" not in kinds
    assert not any("<f>" in s or "<f " in s for s in sheets)
    assert ["hyperlink" in s for s in sheets] == [s.title == "绿化缺口 Gaps" for s in others]


def test_every_gap_links_to_its_place(book):
    sheet = book["绿化缺口 Gaps"]
    place = [head.split("\n")[-1] for head in heads(sheet)].index("Place on a map")
    cells = [row[place] for row in sheet.iter_rows(min_row=4)]
    lons, lats = column(sheet, "Longitude"), column(sheet, "Latitude")

    assert len(cells) > 10
    for cell, lon, lat in zip(cells, lons, lats, strict=True):
        target = f"{cell.hyperlink.target}#{cell.hyperlink.location or ''}"
        assert target.startswith(f"https://www.openstreetmap.org/?mlat={lat:.6f}&mlon={lon:.6f}#")
        assert cell.value == f"{lat:.5f}, {lon:.5f}"


def test_charts_are_native_and_point_at_their_figures(book, assessment, path):
    sheet = book["图表 Charts"]
    towns = assessment.table[assessment.table["level"] == "township"]
    with zipfile.ZipFile(path) as parts:
        charts = [parts.read(n).decode() for n in parts.namelist() if "charts/chart" in n]
    row = {cell.value: cell for cell in sheet[3] if cell.value}
    forest = row["森林覆盖率 Forest coverage (%)"]
    figures = [sheet.cell(k, forest.column).value for k in range(4, 12)]
    known = towns.query("indicator == 'forest_coverage'").sort_index()["value"]

    assert len(charts) == towns["indicator"].nunique()
    assert all("<c:barChart>" in chart for chart in charts)
    assert sum("<c:lineChart>" in chart for chart in charts) == 4
    letter = forest.column_letter
    assert any(f"'图表 Charts'!${letter}$4:${letter}$11" in chart for chart in charts)
    assert [v if v is None else round(v, 9) for v in figures] == [
        None if v != v else round(v, 9) for v in known
    ]


def test_intervals_and_needs_have_their_columns(tmp_path):
    assessment = make_assessment()
    table = assessment.table.assign(low=assessment.table["value"] - 1, high=99.5)
    path = write_excel(replace(assessment, table=table), tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    needs = book["达标所需 What is needed"]
    lows = column(book["森林 Forest"], "Lower bound")
    figures = column(book["森林 Forest"], "Value")

    assert [v for v in lows if v is not None] == pytest.approx(
        [v - 1 for v in figures if v is not None]
    )
    assert column(needs, "Least addition") == pytest.approx(assessment.needs["needed"].tolist())
    assert set(column(needs, "Reachable")) == {"是 yes", "否 no"}
    assert set(column(needs, "Amounts in")) == {"公顷 ha"}


def test_notes_of_the_table_are_in_both_languages(tmp_path):
    assessment = make_assessment()
    notes = assessment.table["note"].astype(object)
    notes.iloc[0] = Note("indicators.no_residents")
    assessment.table["note"] = notes
    sheet = openpyxl.load_workbook(write_excel(assessment, tmp_path / "a.xlsx"))["森林 Forest"]

    assert "无常住人口数据 no residents" in column(sheet, "Note")


@pytest.mark.parametrize("name", EVIL)
def test_names_stay_text(book, name):
    found = [
        cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == name
    ]

    assert found
    assert {cell.data_type for cell in found} <= {"s", "inlineStr"}


@pytest.mark.parametrize("first", "=+-@")
def test_text_that_begins_like_a_formula_stays_text(first, tmp_path):
    assessment = make_assessment()
    assessment.table.loc[0, "name"] = f"{first}1+1"
    sheet = openpyxl.load_workbook(write_excel(assessment, tmp_path / "a.xlsx"))["森林 Forest"]

    assert f"{first}1+1" in column(sheet, "Name")


def test_verdicts_have_their_colours_and_a_legend(book):
    sheet = book["森林 Forest"]
    place = [h.split("\n")[-1] for h in heads(sheet)].index("Verdict")
    fills = {}
    for row in sheet.iter_rows(min_row=4):
        fills[row[place].value.split(" ", 1)[1]] = "#" + row[place].fill.fgColor.rgb[2:].lower()
    legend = {
        cell.value.split(" ", 1)[1]: "#" + cell.fill.fgColor.rgb[2:].lower()
        for cell in sheet[2]
        if cell.value
    }

    assert legend == VERDICT_FILL
    assert set(fills) == {"met", "not met", "no data", "no target"}
    assert all(legend[verdict] == fill for verdict, fill in fills.items())


def test_summary_counts_definitions_inputs_and_notes(book, assessment):
    sheet = book["摘要 Summary"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    text = "\n".join(str(v) for row in rows for v in row if v is not None)
    counts = next(r for r in rows if r[:2] == ["森林覆盖率 Forest coverage", "乡镇 Township"])
    forest = assessment.table.query("indicator == 'forest_coverage' and level == 'township'")

    assert counts[2:7] == [int((forest["verdict"] == v).sum()) for v in VERDICT_FILL]
    assert rows[0][0] == EVIL[0]
    assert "The county is the sum of its townships." in text
    assert "was not checked against the document" in text


def test_what_figures_rest_on_has_sheets_of_its_own(book):
    definitions = book["指标定义 Definitions"]
    assert "森林面积占土地总面积的比例。 Forest area over land area." in column(
        definitions, "Definition"
    )
    assert set(column(definitions, "Verified")) == {"是 yes", "否 no"}
    targets = column(book["目标与依据 Targets"], "Target")
    assert any(text.endswith("≥ 60 %") for text in targets)
    assert column(book["输入数据 Inputs"], "SHA-256") == ["ab" * 32]
    assert "parameters.roadside.step_m" in column(book["计算参数 Parameters"], "Parameter")


def test_no_path_of_the_machine_is_told(tmp_path):
    assessment = make_assessment()
    facts = {
        "inputs": {"cover": [{"path": "/home/li/secret/cover.tif", "sha256": "ab", "bytes": 1}]},
        "parameters": {"cover": {"path": "C:\\Users\\li\\cover.tif"}, "layers": "in/county.gpkg"},
    }
    path = write_excel(replace(assessment, provenance=facts), tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as parts:
        text = "".join(parts.read(name).decode() for name in parts.namelist())

    assert "secret" not in text
    assert "Users" not in text
    assert text.count("cover.tif") == 1
    assert "in/county.gpkg" in text


@pytest.mark.parametrize(("lang", "town"), [("zh", "青岚镇"), ("en", "Qinglan")])
def test_one_language_has_one_name_of_each_unit(tmp_path, lang, town):
    book = openpyxl.load_workbook(write_excel(make_assessment(), tmp_path / "a.xlsx", lang=lang))
    sheet = book.worksheets[3]
    names = {"zh": "名称", "en": "Name"}[lang]

    assert heads(sheet).count(names) == 1
    assert town in column(sheet, names)
    assert not {"英文名称", "Name (English)", "English name"} & set(heads(sheet))


def test_letters_are_eight_points_in_print(book):
    """What is laid on a page, at the scale that brings it there; or pages abreast at 80 %."""
    for sheet in book.worksheets[3:]:
        # Neighbours of one width are kept as one.
        widths = [
            one.width
            for one in sheet.column_dimensions.values()
            for _ in range(one.min, one.max + 1)
        ]
        width_mm = {8: 420.0, 9: 297.0}[int(sheet.page_setup.paperSize)]
        room = width_mm / 25.4 * 72 - 2 * 72 * sheet.page_margins.left
        if sheet.sheet_properties.pageSetUpPr.fitToPage:
            needed = sum((7 * width + 5) * 0.75 for width in widths)
            assert 10 * min(room / needed, 1.0) >= 8.0, sheet.title
        else:
            assert sheet.page_setup.scale == 80
            assert sheet.print_title_cols
        assert sheet.print_area


def test_gaps_carry_a_place(book, assessment):
    sheet = book["绿化缺口 Gaps"]
    lons, lats = column(sheet, "Longitude"), column(sheet, "Latitude")
    west, south, east, north = assessment.gaps.total_bounds

    assert len(lons) == len(assessment.gaps)
    assert west <= min(lons) <= max(lons) <= east
    assert south <= min(lats) <= max(lats) <= north
    assert column(sheet, "Chainage") == assessment.gaps["chainage"].tolist()


def test_english_workbook_has_no_chinese_heads(tmp_path):
    book = openpyxl.load_workbook(write_excel(make_assessment(), tmp_path / "a.xlsx", lang="en"))

    assert book.sheetnames[:3] == ["Annexed table", "Summary", "Charts"]
    assert all(head.isascii() for sheet in book.worksheets[3:] for head in heads(sheet))


def test_campaign_without_roads_has_no_sheet_of_gaps(tmp_path):
    path = write_excel(make_assessment(roads=False), tmp_path / "a.xlsx")

    assert not any("Gaps" in name for name in openpyxl.load_workbook(path).sheetnames)


def test_roads_without_a_gap_have_an_empty_list(tmp_path):
    assessment = make_assessment()
    path = write_excel(replace(assessment, gaps=assessment.gaps.iloc[:0]), tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(path)["绿化缺口 Gaps"]

    assert "Chainage" in [h.split("\n")[-1] for h in heads(sheet)]
    assert sheet.max_row == 3


def test_county_line_of_the_annex_is_formulas_of_its_columns(path, assessment):
    written = openpyxl.load_workbook(path).worksheets[0]
    shown = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    table = assessment.table
    last = written.max_row
    formulas = [cell for cell in written[last] if cell.data_type == "f"]

    assert len(formulas) >= 1
    for cell in formulas:
        head, cached = cell.value, shown[cell.coordinate].value
        if head.startswith("=SUM("):
            parts = [c.value for (c,) in shown[head[5:-1]]]
            assert sum(p for p in parts if p is not None) == pytest.approx(cached)
        else:
            over, rest = head[1:].split("/")
            under, factor = rest.split("*")
            ratio = shown[over].value / shown[under].value * float(factor)
            assert ratio == pytest.approx(cached)
    county = table[(table["level"] == "county") & table["target"].notna()]
    values = county["value"].dropna().tolist()
    assert any(shown.cell(last, 4).value == pytest.approx(value) for value in values)


def test_the_annex_is_one_page(path):
    sheet = openpyxl.load_workbook(path).worksheets[0]

    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.page_setup.fitToHeight in (None, 1)
    assert sheet.print_area


def test_county_line_of_the_annex_counts_the_roads_that_the_townships_count(tmp_path):
    """A target of the county for its higher grades alone, and missed, is of other lengths."""
    assessment = make_assessment()
    table = assessment.table
    roads = table["indicator"] == "roadside_greening_rate"
    county = table[roads & (table["level"] == "county")].iloc[[0]]
    graded = county.assign(grades="national", numerator=1.0, denominator=4.0, value=25.0)
    graded = graded.assign(target=100.0, verdict="not met", gap=75.0, gap_pct=75.0)
    whole = table.assign(grades=table.get("grades", ""))
    both = pd.concat([whole, graded], ignore_index=True)
    path = write_excel(replace(assessment, table=both), tmp_path / "a.xlsx")

    sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    last = [cell.value for cell in sheet[sheet.max_row] if isinstance(cell.value, float | int)]
    assert 25.0 not in last
    assert any(value == pytest.approx(county["value"].iloc[0]) for value in last)

"""Reported beside measured in workbook, Word report, page and JSON, in both languages."""

from __future__ import annotations

import json
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from greencover.ground.notes import Note
from greencover.report.labels import said
from greencover.report.office.workbook import write_excel
from greencover.report.page.html import page_document
from greencover.report.tables import as_json
from greencover.report.view import View
from greencover.verdicts import Assessment
from report_fixtures import make_assessment

HIDDEN = Note("verdicts.reported_hidden", low=40.0, high=52.0)


@pytest.fixture(scope="module")
def assessment() -> Assessment:
    rows = [
        ("T01", "青岚镇", "Qinglan", 65.3, 58.04, 55.0, 61.0, "%", "contradicted", ""),
        ("T02", "=柳林镇", "Liulin", 1234.5, 1230.0, 1200.0, 1260.0, "mu", "consistent", ""),
        ("T03", "白石镇", "Baishi", 50.0, float("nan"), 40.0, 52.0, "%", "cannot tell", HIDDEN),
    ]
    names = ["unit", "name", "name_en", "reported", "measured", "low", "high", "measure"]
    table = pd.DataFrame([row[:9] for row in rows], columns=[*names, "finding"]).assign(
        level="township",
        indicator="forest_coverage",
        indicator_name="Forest coverage",
        indicator_name_zh="森林覆盖率",
        grades="",
        scope="",
        difference=lambda t: t["reported"] - t["measured"],
        unobserved_pct=0.5,
        date="2023-12-31",
        document="年鉴 <b>表4</b>",
        note=pd.Series([row[9] for row in rows], dtype=object),
    )
    return replace(make_assessment(), reported=table)


def cells(path, sheet: str) -> list[list[object]]:
    return [[c.value for c in row] for row in openpyxl.load_workbook(path)[sheet].iter_rows()]


@pytest.mark.parametrize(
    ("lang", "sheet", "finding"),
    [("zh", "上报与核实", "不符"), ("en", "Reported and measured", "contradicted")],
)
def test_the_workbook_has_a_sheet_of_them(assessment, lang, sheet, finding, tmp_path):
    path = write_excel(assessment, tmp_path / "a.xlsx", lang=lang)
    rows = cells(path, sheet)
    head, first, second = rows[2], rows[3], rows[4]
    assert first[[c in ("上报", "Reported") for c in head].index(True)] == 65.3
    assert first[[c in ("核实", "Measured") for c in head].index(True)] == 58.04
    assert finding in first
    assert ("亩" if lang == "zh" else "mu") in second
    assert ("=柳林镇" if lang == "zh" else "Liulin") in second
    assert any("40.00" in str(cell) and "52.00" in str(cell) for cell in rows[5])


def test_without_reports_there_is_no_sheet(tmp_path):
    path = write_excel(make_assessment(), tmp_path / "a.xlsx", lang="en")
    assert "Reported and measured" not in openpyxl.load_workbook(path).sheetnames


@pytest.mark.parametrize(("lang", "word"), [("zh", "不符"), ("en", "contradicted")])
def test_the_word_report_has_a_table_of_them(assessment, lang, word, tmp_path, monkeypatch):
    docx = pytest.importorskip("docx")
    module = pytest.importorskip("greencover.report.office.word")
    monkeypatch.setattr(module, "pictures", lambda *_, **__: [])
    path = module.write_word(assessment, tmp_path / "a.docx", lang=lang)
    document = docx.Document(str(path))
    tables = [[[c.text for c in row.cells] for row in t.rows] for t in document.tables]
    (table,) = [t for t in tables if t[0][2] in ("上报", "Reported")]
    assert len(table) == 4
    assert table[1][3:6] == ["58.04", "55.00–61.00", word]
    assert table[1][2].startswith("65.3 ")
    assert "年鉴 <b>表4</b>" in table[1][6]
    plain = module.write_word(make_assessment(), tmp_path / "b.docx", lang=lang)
    without = docx.Document(str(plain))
    assert len(without.tables) == len(document.tables) - 1


def test_the_page_has_a_section_of_them_in_both_languages(assessment):
    page = page_document(assessment)
    for text in ("上报与核实", "Reported and measured", "不符", "contradicted", "55.00–61.00"):
        assert text in page
    # What a document is called is text, never markup.
    assert "年鉴 &lt;b&gt;表4" in page
    assert "年鉴 <b>" not in page
    assert "Reported and measured" not in page_document(make_assessment())


def test_json_holds_them_too(assessment):
    found = json.loads(as_json(assessment, {}))["reported"]
    assert [row["finding"] for row in found] == ["contradicted", "consistent", "cannot tell"]
    assert found[2]["measured"] is None


def test_figures_keep_their_digits(assessment):
    first, second, third = View.of(assessment).reported
    assert (first.reported, first.measured, first.range) == ("65.3", "58.04", "55.00–61.00")
    assert (second.reported, second.measured) == ("1,234.5", "1,230.00")
    assert (third.reported, third.measured) == ("50", "")
    assert said(second.measure, "zh") == "亩"

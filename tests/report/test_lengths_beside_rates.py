"""What was excluded, all length and the rate of all stand beside every rate of lengths."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pytest

import greencover as gc
from greencover.report.office.word_facts import word_facts
from greencover.report.office.workbook import write_excel
from greencover.report.page.html import write_page
from greencover.report.view import View
from report_fixtures import make_assessment
from small_county import county_with_a_stream


@pytest.fixture(scope="module")
def assessment():
    """Of 10 km 6 were excluded; of the 4 km that remain 2 are greened."""
    whole = make_assessment()
    table = whole.table.copy()
    table[["excluded_km", "all_km", "greening_all_pct"]] = float("nan")
    lengths = table["indicator"] == "roadside_greening_rate"
    figures = {"excluded_km": 6.0, "all_km": 10.0, "greening_all_pct": 20.0, "denominator": 4.0}
    for column, figure in figures.items():
        table.loc[lengths, column] = figure
    return replace(whole, table=table)


@pytest.mark.parametrize(
    ("lang", "heads", "little"),
    [
        ("en", ["All length (km)", "Excluded (km)"], "less than half of the length"),
        ("zh", ["全部长度 (公里)", "扣除长度 (公里)"], "不足全长的一半"),
    ],
)
def test_word_lists_them_and_says_what_rests_on_little(assessment, lang, heads, little):
    facts = word_facts(View.of(assessment), lang)
    table = next(one for one in facts["annexes"] if one["key"] == "lengths")
    assert [head for head in table["columns"] if head in heads] == heads
    assert {tuple(row[2:5]) for row in table["rows"]} == {("10.00", "6.00", "20.0")}
    assert any(little in said for said in facts["township_sentences"])


@pytest.mark.parametrize(
    ("lang", "amounts", "little"),
    [
        ("en", "6.00 of 10.00 km; 20.0 % of all", "less than half"),
        ("zh", "10.00公里中扣除6.00公里；按全长20.0%", "不足全长一半"),
    ],
)
def test_the_page_says_them_in_its_tables(assessment, tmp_path, lang, amounts, little):
    text = write_page(assessment, tmp_path / "page.html", lang=lang).read_text("utf-8")
    assert amounts in text
    assert little in text


def test_the_workbook_has_columns_for_them(assessment, tmp_path):
    book = openpyxl.load_workbook(write_excel(assessment, tmp_path / "a.xlsx", lang="en"))
    rows = list(book["Roads and banks"].iter_rows(min_row=3, values_only=True))
    places = [
        rows[0].index(head)
        for head in ("Excluded (km)", "All length (km)", "Rate over all length (%)")
    ]
    assert {tuple(row[place] for place in places) for row in rows[1:]} == {(6.0, 10.0, 20.0)}


def test_map_layers_have_them_for_roads_and_banks(tmp_path):
    townships = gc.assess(county_with_a_stream(tmp_path)).layers["townships"]
    for of in ("roadside", "waterside"):
        whole = townships[f"{of}_all_km"]
        assert (whole > 0.0).any()
        assert (townships[f"{of}_excluded_km"] <= whole).all()
        shares = townships[f"{of}_greening_all_pct"], townships[f"{of}_greening_pct"]
        assert (shares[0] <= shares[1] + 1e-9)[whole > 0.0].all()

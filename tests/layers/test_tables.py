"""Residents from tables as clerks keep them."""

from __future__ import annotations

import sys

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greencover.campaign import Campaign
from greencover.ground.errors import CampaignError, GreencoverWarning, LayerError, MissingExtraError
from greencover.layers import check_population, read_people
from greencover.layers.amounts import parse_number, times_of_heading
from greencover.layers.people import suggestions
from small_county import SmallCounty

UNITS = pd.DataFrame({"code": ["T1", "T2"], "name": ["西林镇", "东草乡"]}, index=[7, 8])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12345", 12345.0),
        ("12,345", 12345.0),
        ("1,234,567", 1234567.0),
        ("12，345", 12345.0),
        ("１２３４５", 12345.0),
        ("１２，３４５", 12345.0),
        ("1 234", 1234.0),
        (" 88 ", 88.0),
        ("1.2万", 12000.0),
        ("1.2 万人", 12000.0),
        ("3千", 3000.0),
        ("0.5亿", 5e7),
        ("345人", 345.0),
        ("345 persons", 345.0),
        ("1.3万", 13000.0),
        ("-3", -3.0),
        ("−3", -3.0),
        ("2e3", 2000.0),
        ("1.", 1.0),
    ],
)
def test_numbers_as_they_are_written(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "many", "1,23", "12,34,567", "1.2.3", "约1200", "12-15", "万", "nan", "inf", "0x1F"],
)
def test_doubtful_numbers_are_none(text):
    assert parse_number(text) is None


@given(st.integers(0, 10**12))
def test_every_way_of_writing_gives_the_same_number(number):
    wide = str(number).translate({ord("0") + i: ord("０") + i for i in range(10)})

    assert parse_number(f"{number:,}") == parse_number(str(number)) == parse_number(wide) == number


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader_of_numbers(text):
    parse_number(text)
    times_of_heading(text)


def test_headings_that_count_in_ten_thousands_are_told():
    frame = pd.DataFrame({"name": ["西林镇"], "人口（万人）": ["1.25"]})

    with pytest.warns(GreencoverWarning, match=r"units of 10,000 persons.* sum to 12,500"):
        found = check_population(frame, "人口（万人）", "table")

    assert found.tolist() == [12500.0]


@pytest.fixture(params=["csv", "gbk", "xlsx", "titled xlsx", "semicolons"])
def table(request, tmp_path):
    """A table of residents in one form after another."""
    frame = pd.DataFrame(
        {
            "代码": ["T2", "T1", ""],
            "乡镇": ["东草乡", " 西林镇", "合计"],
            "常住人口": ["2,000", "1.2万", "14,000"],
        }
    )
    form = request.param
    path = tmp_path / ("people.xlsx" if "xlsx" in form else "people.csv")
    if form == "titled xlsx":
        with pd.ExcelWriter(path, engine="openpyxl") as book:
            frame.to_excel(book, index=False, startrow=3, sheet_name="2023")
            book.sheets["2023"].cell(1, 1).value = "某县人口统计表"
    elif form == "xlsx":
        frame.to_excel(path, index=False)
    else:
        encoding, sep = {"csv": ("utf-8", ","), "gbk": ("gbk", ","), "semicolons": ("utf-8", ";")}[
            form
        ]
        frame.to_csv(path, index=False, encoding=encoding, sep=sep)
    return path


def test_residents_come_by_code(table):
    found = read_people(table, UNITS, population="常住人口", code="代码")

    assert found.to_dict() == {7: 12000.0, 8: 2000.0}


def test_residents_come_by_name_and_the_rest_is_told(table):
    with pytest.warns(GreencoverWarning, match="1 row that belong to no unit .*: 合计"):
        found = read_people(table, UNITS, population="常住人口", name="乡镇")

    assert found.to_dict() == {7: 12000.0, 8: 2000.0}


def written(folder, text):
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("乡镇,人\n西林,1\n东草乡,2\n", r"no row for 西林镇 \(perhaps 西林\) of the units"),
        ("乡镇,人\n西林乡,1\n东草乡,2\n", r"西林镇 \(perhaps 西林乡\)"),
        ("乡镇,人\n西杯镇,1\n东草乡,2\n", r"西林镇 \(perhaps 西杯镇\)"),
        ("乡镇,人\n远方,1\n东草乡,2\n", r"no row for 西林镇 of the units"),
        ("乡镇,人\n西林镇,1\n西林镇,2\n东草乡,3\n", r"has 西林镇 more than once"),
        ("乡镇,人\n西林镇,\n东草乡,3\n", r"no population in column '人' for 西林镇"),
        ("乡镇,人\n西林镇,约百\n东草乡,3\n", r"no number in column '人' for 西林镇 \(约百\)"),
        ("乡镇,人\n西林镇,-4\n东草乡,3\n", r"negative population in column '人' for 西林镇"),
        ("镇,人\n西林镇,4\n", r"no column '乡镇': .*columns are 镇 and 人"),
        ("乡镇,人口\n西林镇,4\n", r"no column '人'"),
        ("乡镇,人,人\n西林镇,4,5\n", r"column '人' twice"),
    ],
)
def test_what_does_not_match_is_named_with_what_is_near(tmp_path, text, message):
    with pytest.raises(LayerError, match=message):
        read_people(written(tmp_path, text), UNITS, population="人", name="乡镇")


def test_two_units_of_one_name_ask_for_codes(tmp_path):
    twins = UNITS.assign(name="西林镇")

    with pytest.raises(LayerError, match="西林镇 more than once, so residents cannot be told"):
        read_people(written(tmp_path, "乡镇,人\n西林镇,1\n"), twins, population="人", name="乡镇")


@pytest.mark.parametrize(
    ("name", "among", "near"),
    [
        ("城关镇", ["城关街道", "城东街道"], ["城关街道"]),
        ("城关镇", ["城关街道办事处"], ["城关街道办事处"]),
        ("大河村", ["大河村委会"], ["大河村委会"]),
        ("Xilin", ["Xi Lin", "Dongcao"], ["Xi Lin"]),
        ("西林镇", ["东草乡"], []),
        ("沙", ["沙镇"], ["沙镇"]),
    ],
)
def test_suggestions_know_suffixes_and_slips_of_the_pen(name, among, near):
    assert suggestions(name, among) == near


def test_sheets_are_chosen_and_listed(tmp_path):
    path = tmp_path / "people.xlsx"
    with pd.ExcelWriter(path) as book:
        for year, people in ((2022, 1), (2023, 5)):
            pd.DataFrame({"代码": ["T1", "T2"], "人": [people, people]}).to_excel(
                book, index=False, sheet_name=str(year)
            )

    found = read_people(path, UNITS, population="人", code="代码", sheet="2023")

    assert found.tolist() == [5.0, 5.0]
    with pytest.raises(LayerError, match="no sheet '2024': its sheets are 2022 and 2023"):
        read_people(path, UNITS, population="人", code="代码", sheet="2024")


def test_excel_without_its_package_names_the_extra(tmp_path, monkeypatch):
    path = tmp_path / "people.xlsx"
    pd.DataFrame({"代码": ["T1", "T2"], "人": [1, 2]}).to_excel(path, index=False)
    monkeypatch.setitem(sys.modules, "openpyxl", None)

    with pytest.raises(MissingExtraError, match=r"run pip install \. in .*, or save .* as CSV"):
        read_people(path, UNITS, population="人", code="代码")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("nowhere.csv", None, "does not exist"),
        ("people.xls", b"\xd0\xcf\x11\xe0", "old Excel format"),
        ("people.ods", b"PK", "neither CSV nor .xlsx"),
        ("people.xlsx", b"PK\x03\x04 broken", "damaged"),
        ("people.csv", b"\x00\x01\x02\xff\xfe\x00", "no text in UTF-8 or GB18030"),
        ("people.csv", b"", "no table"),
    ],
)
def test_tables_that_cannot_be_read_are_named(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(LayerError, match=message) as caught:
        read_people(path, UNITS, population="人", code="代码")

    assert name in str(caught.value)


def with_table(section):
    county = SmallCounty()
    county.replace('population = "residents"\n', "")
    county.replace("[layers.roads]", f"{section}\n[layers.roads]")
    return county


def test_a_campaign_takes_residents_from_a_table(tmp_path):
    county = with_table(
        '[layers.townships.population_table]\npath = "people.csv"\nname = "乡镇"\n'
        'population = "人"\n'
    )
    path = county.write(tmp_path)
    written(tmp_path, '乡镇,人\n西林镇,"1,500"\n东草乡,2.5千\n')

    opened = Campaign.read(path).open()

    assert opened.townships["population"].tolist() == [1500.0, 2500.0]
    assert opened.has_population("township")


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ('population = "人"', "must name either the column code or the column name"),
        ('name = "a"\ncode = "b"\npopulation = "人"', "must name either the column code"),
        ('name = "a"', "population_table.population .* is missing"),
    ],
)
def test_a_table_of_residents_is_joined_by_one_column(tmp_path, keys, message):
    county = with_table(f'[layers.townships.population_table]\npath = "people.csv"\n{keys}\n')

    with pytest.raises(CampaignError, match=message):
        Campaign.read(county.write(tmp_path))


def test_residents_come_from_one_place(tmp_path):
    county = with_table(
        'population = "residents"\n[layers.townships.population_table]\npath = "people.csv"\n'
        'name = "乡镇"\npopulation = "人"\n'
    )

    with pytest.raises(CampaignError, match="from population or population_table, not both"):
        Campaign.read(county.write(tmp_path))

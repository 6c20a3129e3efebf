"""What a column says of each row: whether it is marked, and how many metres it has."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import greencover as gc
from greencover.campaign import Campaign
from greencover.corridor.grades import by_grade
from greencover.ground.errors import LayerError
from greencover.indicators.canopy import widened_streets
from greencover.indicators.shelterbelt import protected_ground
from greencover.layers import marked, measure_by_row
from greencover.people.park_service import park_service_coverage
from small_county import SmallCounty

NO = [
    *("", "  ", "-", "—", "——", "－", "null", "NULL", "none", "None", "nan", "n/a", "无", "否"),
    *("没有", "no", "No", "N", "n", "false", "FALSE", "f", "0", "０", "0.0", "×", "/"),
    *(None, np.nan, pd.NA, 0, 0.0, False),
]
YES = [
    "yes",
    "Y",
    "true",
    "T",
    "1",
    "是",
    "有",
    "√",
    "maybe",
    "viaduct",
    "大桥",
    "未知",
    1,
    2.0,
    True,
]


@pytest.mark.parametrize("cell", NO)
def test_words_for_no_leave_a_row_unmarked(cell):
    assert marked(pd.Series([cell], dtype=object)).tolist() == [False]


@pytest.mark.parametrize("cell", YES)
def test_anything_else_marks_a_row(cell):
    assert marked(pd.Series([cell], dtype=object)).tolist() == [True]


def test_columns_of_numbers_and_of_truth_values_mark_rows():
    assert marked(pd.Series([0, 1])).tolist() == [False, True]
    assert marked(pd.Series([np.nan, 1.0])).tolist() == [False, True]
    assert marked(pd.Series([True, False])).tolist() == [True, False]
    assert marked(pd.Series([], dtype=object)).dtype == bool


@pytest.mark.parametrize("cell", ["-", "—", "null", "0", "maybe"])
def test_a_campaign_and_the_indicator_read_a_mark_alike(tmp_path, cell):
    county = SmallCounty()
    county.roads["桥"] = [cell, "否"]
    county.replace('grade = "grade"', 'grade = "grade"\nbridge = "桥"')

    opened = Campaign.read(county.write(tmp_path)).open()
    greening = gc.roadside_greening(
        county.roads, opened.cover, grade="grade", bridge="桥", road="road"
    )

    barred = set(greening.sides.loc[greening.sides["reason"] == "bridge", "road"])
    assert opened.roads["bridge"].tolist() == [cell == "maybe", False]
    assert barred == ({"G1"} if cell == "maybe" else set())


def test_a_measure_is_one_number_or_a_column():
    frame = pd.DataFrame({"w": ["7.5", "１２"]}, index=[5, 9])

    assert measure_by_row(3, frame, "width_m", "layer").tolist() == [3.0, 3.0]
    assert measure_by_row("w", frame, "width_m", "layer").tolist() == [7.5, 12.0]
    assert measure_by_row(0, frame, "offset_m", "layer", or_zero=True).tolist() == [0.0, 0.0]


LINES = gpd.GeoDataFrame(
    {"m": [5.0, 0.0, np.nan, np.inf], "word": ["wide", "1", "1", "1"]},
    geometry=[shapely.LineString([(0, y), (100, y)]) for y in range(4)],
    crs=32650,
)
SQUARES = LINES.set_geometry(LINES.buffer(1.0))
ASKED = {
    "width_m": lambda value: widened_streets(LINES, value),
    "reach_m": lambda value: protected_ground(LINES, value),
    "radius_m": lambda value: park_service_coverage(SQUARES, SQUARES, radius_m=value),
}


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("m", "is missing or not above 0 in rows 2, 3 and 4 of the .* layer .column 'm'.: give"),
        ("word", "is missing or not above 0 in row 1 of the "),
        (0.0, "is missing or not above 0 in rows 1, 2, 3 and 4 of the .* layer: give"),
        (np.nan, "is missing or not above 0 in rows 1, 2, 3 and 4"),
        (np.inf, "is missing or not above 0 in rows 1, 2, 3 and 4"),
    ],
)
def test_a_measure_that_is_none_is_told_in_one_sentence_everywhere(name, value, message):
    with pytest.raises(LayerError, match=f"^{name} {message}"):
        ASKED[name](value)


@pytest.mark.parametrize("name", ASKED)
def test_a_column_that_is_absent_is_told_in_one_sentence_everywhere(name):
    with pytest.raises(
        LayerError, match=r"layer has no column 'metres': its columns are m and wor"
    ):
        ASKED[name]("metres")


def test_measures_by_grade_may_be_zero_and_never_less():
    grade = pd.Series(["county", "village"])
    frame = pd.DataFrame({"m": [0.0, -1.0]})

    assert by_grade({"county": 0, "village": 2}, frame, grade, "x").tolist() == [0.0, 2.0]
    with pytest.raises(LayerError, match=r"x is missing or negative in row 2 of the road layer"):
        by_grade({"county": 0, "village": -2}, frame, grade, "x")
    with pytest.raises(LayerError, match=r"x is missing or negative in row 2 of .* \(column 'm'\)"):
        by_grade("m", frame, None, "x")

"""Road grades in the words of a layer, and rules given by grade."""

from __future__ import annotations

import pandas as pd
import pytest

from greencover.corridor.grades import COUNTY_AND_ABOVE, GRADES, by_grade, canonical_grades
from greencover.ground.errors import LayerError


def test_chinese_and_english_words_are_known():
    words = pd.Series(["高速公路", " 国道", "省道", "County", "township road", "村道"], name="g")
    assert list(canonical_grades(words)) == list(GRADES)
    assert COUNTY_AND_ABOVE == ("expressway", "national", "provincial", "county")


def test_own_words_are_mapped_and_outrank_known_ones():
    words = pd.Series(["G", "county"], name="g")
    assert list(canonical_grades(words, {"G": "national", "County": "township"})) == [
        "national", "township",
    ]  # fmt: skip


def test_unknown_and_blank_words_are_named():
    with pytest.raises(LayerError, match=r"'lane'.*column 'g'"):
        canonical_grades(pd.Series(["county", "lane"], name="g"))
    with pytest.raises(LayerError, match="blank"):
        canonical_grades(pd.Series(["county", None], name="g"))


def test_by_grade_takes_numbers_columns_and_mappings():
    frame = pd.DataFrame({"grade": ["国道", "village"], "w": [8, 3.5]})
    assert list(by_grade(5, frame, frame["grade"], "offset_m")) == [5.0, 5.0]
    assert list(by_grade("w", frame, None, "offset_m")) == [8.0, 3.5]
    assert list(by_grade({"national": 6, "村道": 2}, frame.iloc[:1], frame["grade"][:1], "x")) == [
        6.0
    ]
    assert list(by_grade({"国道": 7, "village": 2}, frame, frame["grade"], "x")) == [7.0, 2.0]


def test_by_grade_names_what_is_wrong():
    frame = pd.DataFrame({"grade": ["国道", "village"], "w": [8, "wide"]})
    with pytest.raises(LayerError, match=r"says nothing of the road grade village"):
        by_grade({"national": 6.0}, frame, frame["grade"], "belt_m")
    with pytest.raises(LayerError, match=r"no grade column is named"):
        by_grade({"national": 6.0}, frame, None, "belt_m")
    with pytest.raises(LayerError, match=r"belt_m is missing or negative in row 2"):
        by_grade("w", frame, None, "belt_m")

"""No cell of a table of ours is run by a spreadsheet."""

from __future__ import annotations

import pandas as pd
import pytest

import greencover.ground.saving as saving
from greencover.ground.formulas import as_text, without_formulas
from small_county import SmallCounty


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(1)", "\t=1", "\r=1", "＝1+1", "=HYPERLINK()"],
)
def test_a_formula_becomes_text(text: str) -> None:
    assert as_text(text) == f"'{text}"


@pytest.mark.parametrize("value", ["西林镇", "370102", "-5", "+1e3", "-", "", None, 1.5, -2])
def test_other_values_stay(value: object) -> None:
    assert as_text(value) == value


def test_headings_are_held_to_the_same() -> None:
    table = without_formulas(pd.DataFrame({"=a": ["=b", "c"], "n": [-1.0, 2.0]}))
    assert list(table.columns) == ["'=a", "n"]
    assert table["'=a"].tolist() == ["'=b", "c"]
    assert table["n"].tolist() == [-1.0, 2.0]


def test_the_table_of_areas_holds_none(tmp_path) -> None:
    frame = SmallCounty().townships.assign(**{"=x": "=1+1"})
    saving.save(frame, tmp_path / "areas.csv")
    text = (tmp_path / "areas.csv").read_text("utf-8-sig")
    assert not [
        cell
        for line in text.splitlines()
        for cell in line.split(",")
        if cell.strip(chr(34))[:1] == "="
    ]

"""Rows of the page that a reader searches, filters and sorts: villages, grades and roads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from greencover.ground.limits import beside
from greencover.report.figures import Goal
from greencover.report.judged import judged
from greencover.report.labels import Label
from greencover.report.page.languages import Languages
from greencover.report.selection import (
    by_grade,
    held_against,
    name_of,
    rates,
    shown,
    unit_sign,
)
from greencover.report.sentences import lengths_of
from greencover.report.view import View

if TYPE_CHECKING:
    import pandas as pd


def findable(name: Any, code: str, languages: Languages) -> str:
    """What a search looks through: names in both languages, and the code."""
    return " ".join([*languages.pair(name), code]).lower()


def filters(view: View, languages: Languages) -> list[dict[str, Any]]:
    """Choices of each filter: the keys that the assessment has."""
    gaps = view.assessment.gaps
    found: list[tuple[str, str, list[str]]] = [("verdict", "verdicts", list(view.verdicts))]
    for column, group in (("grade", "grades"), ("side", "sides"), ("evidence", "evidence")):
        if column in gaps and len(gaps):
            present = sorted({str(one) for one in gaps[column].dropna()})
            found.append((column, group, present))
    return [
        {
            "key": key,
            "name": Label(key, "columns"),
            "choices": [
                (one, dict(zip(languages.modes, languages.words(Label(one, group)), strict=True)))
                for one in choices
            ],
        }
        for key, group, choices in found
        if len(choices) > 1
    ]


def village_rows(table: pd.DataFrame, languages: Languages) -> list[dict[str, Any]]:
    """Every figure of every village with its target and verdict."""
    result = []
    for column in judged(table):
        for record in column.on("village").to_dict("records"):
            value, goal = float(record["value"]), Goal.of(record)
            unit = unit_sign(record["unit_of_measure"], languages.second)
            result.append(
                {
                    "name": name_of(record),
                    "code": str(record["unit"]),
                    "find": findable(name_of(record), str(record["unit"]), languages),
                    "indicator": column.name,
                    "value": value if math.isfinite(value) else "",
                    "figure": f"{shown(value, *held_against(record))} {unit}"
                    if math.isfinite(value)
                    else "–",
                    "goal": goal.text if goal else "",
                    "verdict": str(record["verdict"]),
                }
            )
    return result


def road_rows(table: pd.DataFrame, languages: Languages) -> list[dict[str, Any]]:
    """Rates of road grades, highest first, then of single roads."""
    result = []
    for level in ("road_grade", "road"):
        rows = rates(table, "roadside_greening_rate", level)
        rows = by_grade(rows) if level == "road_grade" else rows
        for number, record in enumerate(rows.to_dict("records")):
            gap, goal = float(record["gap_km"]), Goal.of(record)
            figure = shown(float(record["value"]), *held_against(record))
            graded = level == "road_grade"
            name = Label(record["unit"], "grades") if graded else name_of(record)
            value = float(record["value"])
            result.append(
                {
                    "name": name,
                    "find": findable(name, str(record["unit"]), languages),
                    "grade": str(record["unit"]) if graded else "",
                    "value": value if math.isfinite(value) else "",
                    "gap": gap if math.isfinite(gap) else "",
                    "figure": f"{figure} %".lstrip(),
                    "goal": goal.text if goal else "",
                    "gap_km": beside(gap, 0.0, digits=2) if math.isfinite(gap) else "",
                    "lengths": lengths_of(record, "cell"),
                    "verdict": str(record["verdict"]),
                    "next": level == "road" and number == 0,
                }
            )
    return result

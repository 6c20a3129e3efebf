"""What a county is in figures, by what rules it was judged, and what was not judged and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from greencover.corridor.rules import Rule, rules
from greencover.report.annexes import base_figures, base_tables
from greencover.report.figures import SIGNS
from greencover.report.judged import standard_title
from greencover.report.labels import Label, Named, Sayable, Sentence, Series, said

if TYPE_CHECKING:
    from greencover.verdicts import Assessment

# Areas below the limit keep the digits that the table of base figures has.
_DIGITS, _LITTLE = {"land_ha": 2, "forest_ha": 2, "forest_mu": 1, "population": 0}, 1000.0
_CORRIDORS = {"roadside": "road", "waterside": "water"}


def overview_sentences(assessment: Assessment) -> list[Sentence]:
    """Land, forest, residents and roads of the county."""
    return [*_land(assessment), *_roads(assessment)]


def _land(assessment: Assessment) -> list[Sentence]:
    found = []
    for one in base_figures(assessment, "county").to_dict("records"):
        told = {
            key: f"{one[key]:,.{digits if one[key] < _LITTLE else 0}f}"
            for key, digits in _DIGITS.items()
            if np.isfinite(float(one[key]))
        }
        if "land_ha" in told:
            form = "forest" if "forest_ha" in told else "land"
            found.append(Sentence(f"overview.{form}", county=one["name"], **told))
        if "population" in told:
            found.append(Sentence("overview.people", **told))
    return found


def _roads(assessment: Assessment) -> list[Sentence]:
    table = next((one for one in base_tables(assessment) if one.key == "road_lengths"), None)
    if table is None:
        return []
    *grades, total = table.rows.to_dict("records")
    told = [
        Sentence("overview.grade", grade=one["grade"], road_km=f"{one['road_km']:,.1f}")
        for one in grades
    ]
    return [
        Sentence(
            "overview.roads",
            roads=int(total["roads"]),
            road_km=f"{total['road_km']:,.1f}",
            grades=Series(tuple(told)),
        )
    ]


def unjudged_sentences(assessment: Assessment) -> list[Sentence]:
    """The targets that were not judged, those of one standard and one reason together."""
    by_reason: dict[tuple[Any, Any], list[Any]] = {}
    for note in assessment.unjudged:
        key = note.values["why"], note.values["standard"]
        by_reason.setdefault(key, []).append(note.values)
    return [
        Sentence(
            "unjudged.reason",
            why=why,
            standard=standard_title(standard),
            count=len(found),
            list=Series(tuple(map(_target, found))),
        )
        for (why, standard), found in by_reason.items()
    ]


@dataclass(frozen=True)
class _Printed:
    """What is asked of a figure, with the signs that print has."""

    goal: str

    def said(self, lang: str) -> str:
        text = said(self.goal, lang)
        for plain, sign in SIGNS.items():
            text = text.replace(plain, sign)
        return text


def _target(told: Mapping[str, Any]) -> Sentence:
    return Sentence(
        "unjudged.one",
        indicator=Label(told["indicator"], "indicators"),
        level=Label(told["level"], "levels"),
        goal=_Printed(told["goal"]),
    )


def rule_sentences(assessment: Assessment) -> list[Sentence]:
    """Rules of roadsides and banks whose value is not the default, beside the default."""
    found = []
    for section, corridor in _CORRIDORS.items():
        taken = assessment.provenance.get("parameters", {}).get(section) or {}
        for key, rule in rules(corridor).items():
            value, usual = taken.get(key, rule.default), rule.default
            if rule.kind == "by_row" and isinstance(value, Mapping):
                own = {row: one for row, one in value.items() if one != rule.by_grade.get(row)}
                value, usual = own, {row: rule.by_grade.get(row) for row in own}
            if value == usual or not rule.campaign:
                continue
            told = {"value": _said(value, rule), "usual": _said(usual, rule)}
            found.append(Sentence("limits.rule", rule=Label(rule.name, "rules"), **told))
    return found


def _said(value: Any, rule: Rule) -> Sayable:
    if isinstance(value, Mapping):
        group = "grades" if rule.kind == "by_row" else "covers"
        parts = [
            Sentence("limits.of_row", row=Label(key, group), value=_said(one, rule))
            for key, one in value.items()
        ]
        return Series(tuple(parts)) if parts else Label("empty", "sheets")
    if rule.kind == "words":
        return Label(value, "rule_words")
    if rule.kind == "flag":
        return Label("yes" if value else "no", "words")
    if isinstance(value, list | tuple):
        return Series(tuple(Label(one, "covers") for one in value))
    if not isinstance(value, int | float):
        return Named(str(value))
    if rule.unit != "m":
        return Named(f"{value:g}")
    return Sentence("figures.plain", figure=f"{value:g}", unit=Label("m", "units"))

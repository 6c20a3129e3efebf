"""What a Word template can show: every variable, as text, numbers, lists and pictures."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greencover.report import palette
from greencover.report.grounds import limit_sentences, source_sentences, target_sentences
from greencover.report.labels import join, label, labels, pair
from greencover.report.selection import (
    LEVELS,
    indicator_names,
    rates,
    shown,
    target_of,
    text_of,
    unit_name,
    unit_symbol,
    units_in_order,
)
from greencover.report.sentences import (
    Tongue,
    county_sentences,
    figure_of,
    gap_sentence,
    goal_of,
    need_sentences,
    sentence,
    township_sentences,
)

if TYPE_CHECKING:
    from greencover.verdicts import Assessment

# A longer list belongs into the workbook.
MOST_GAPS = 40


def word_facts(assessment: Assessment, lang: Tongue) -> dict[str, Any]:
    """All variables of a template but the pictures, in one language."""
    table = assessment.table
    names = indicator_names(table[table["level"].isin(LEVELS)])
    listed = sentence("gaps", "shown", lang, count=MOST_GAPS)
    gaps = _gaps(assessment, lang)
    return _clean(
        {
            "lang": lang,
            "title": join(assessment.title, assessment.title_en, lang=lang),
            "title_zh": assessment.title,
            "title_en": assessment.title_en or assessment.title,
            "year": assessment.year if assessment.year is not None else "",
            "date": str(assessment.provenance.get("created", ""))[:10],
            "version": str(assessment.provenance.get("greencover", "")),
            "county": _county(assessment, lang),
            "county_sentences": county_sentences(assessment, lang),
            "township_sentences": township_sentences(assessment, lang),
            "need_sentences": need_sentences(assessment, lang),
            "indicators": [_indicator(table, key, words, lang) for key, words in names.items()],
            "units": _units(table, names, lang),
            "gap_sentence": gap_sentence(assessment, lang),
            "gap_note": listed if len(assessment.gaps) > MOST_GAPS else "",
            "gaps": gaps,
            "methods": [
                {"name": join(*words, lang=lang), "text": label(key, "definitions", lang=lang)}
                for key, words in names.items()
                if key in labels()["definitions"]
            ],
            "targets": target_sentences(assessment, lang),
            "sources": source_sentences(assessment, lang),
            "limits": limit_sentences(assessment, lang),
        }
    )


def _county(assessment: Assessment, lang: Tongue) -> str:
    rows = assessment.table[assessment.table["level"] == "county"]
    return unit_name(next(rows.itertuples(index=False)), lang=lang) if len(rows) else ""


def _indicator(table: Any, key: str, names: tuple[str, str], lang: Tongue) -> dict[str, Any]:
    towns = rates(table, key, "township")
    rows = towns if len(towns) else rates(table, key, "county")
    goal = goal_of(rows.iloc[0], lang) if target_of(rows) is not None else ""
    if not goal and rows["target"].notna().any():
        goal = label("targets_vary", "words", lang=lang)
    return {
        "key": key,
        "name": join(*names, lang=lang),
        "unit": unit_symbol(rows["unit_of_measure"].iloc[0], lang=lang),
        "target": goal,
    }


def _units(table: Any, names: dict[str, tuple[str, str]], lang: Tongue) -> list[dict[str, Any]]:
    table = table[table["level"].isin(LEVELS)]
    by_key = {key: {level: rates(table, key, level) for level in LEVELS} for key in names}
    return [
        {
            "name": unit_name(unit, lang=lang),
            "level": text_of(unit.level),
            "cells": [_cell(by_key[key][str(unit.level)], str(unit.unit), lang) for key in names],
        }
        for unit in units_in_order(table, LEVELS).itertuples(index=False)
    ]


def _cell(rows: Any, unit: str, lang: Tongue) -> dict[str, str]:
    if unit not in rows.index:
        return {"figure": "–", "verdict": "", "symbol": "", "text": "–", "colour": "FFFFFF"}
    record = rows.loc[unit]
    verdict = str(record["verdict"])
    figure = shown(float(record["value"]), float(record["target"]))
    symbol = palette.VERDICT_SYMBOL.get(verdict, "")
    said = "" if verdict == "no target" else label(verdict, "verdicts", lang=lang)
    return {
        "figure": figure_of(record, lang) or "–",
        "verdict": said,
        "symbol": symbol,
        "text": f"{figure or said} {symbol}".strip(),
        "colour": palette.VERDICT_FILL.get(verdict, "#ffffff").lstrip("#"),
    }


def _gaps(assessment: Assessment, lang: Tongue) -> list[dict[str, str]]:
    longest = assessment.gaps.sort_values("length_m", ascending=False, kind="stable")
    return [
        {
            "id": text_of(gap["gap_id"]),
            "road": text_of(gap["road"]),
            "grade": label(gap["grade"], "grades", lang=lang),
            "side": label(gap["side"], "sides", lang=lang),
            "chainage": text_of(gap["chainage"]),
            "length_m": f"{gap['length_m']:,.0f}",
            "township": join(text_of(gap["township"]), text_of(gap["township_en"]), lang=lang),
            "cover_now": label(gap["cover_now"], "covers", lang=lang),
        }
        for gap in longest.head(MOST_GAPS).to_dict("records")
    ]


def _clean(value: Any) -> Any:
    """The value without characters that a Word file cannot hold."""
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, str):
        return "".join(c if c.isprintable() else " " for c in value)
    return value


class Picture:
    """A map that is drawn when a template asks for it, and once only."""

    def __init__(self, draw: Callable[[], Any]) -> None:
        self._draw = draw
        self._drawn: Any = None

    def __html__(self) -> str:
        if self._drawn is None:
            self._drawn = self._draw()
        return str(self._drawn)

    __str__ = __html__


def pictures(
    assessment: Assessment,
    lang: Tongue,
    inline: Callable[[Path], Any],
    folder: Path,
    *,
    approval: str = "",
) -> list[dict[str, Any]]:
    """Maps of the width of a page's text, each with its number and its caption.

    ``inline`` turns the file of a picture into what the document holds.
    """
    from greencover.report.maps.files import drawers, save
    from greencover.report.style import MapStyle

    style = MapStyle(lang=lang, page="column", approval=approval)

    def picture(name: str, draw: Callable[..., Any]) -> Picture:
        path = folder / f"{name}.png"
        return Picture(lambda: inline(save(draw(assessment, style=style), path, dpi=170)))

    captions = _captions(lang)
    return [
        {"key": name, "number": number, "caption": captions[name], "image": picture(name, draw)}
        for number, (name, draw) in enumerate(drawers(assessment, captions).items(), start=1)
    ]


def _captions(lang: Tongue) -> dict[str, str]:
    place = lang == "en"
    forest = pair("forest_coverage", "indicators")[place]
    return {
        "forest-coverage": pair("by_township", "maps")[place].format(indicator=forest),
        "village-forest": pair("by_village", "maps")[place].format(indicator=forest),
        "roadside-greening": pair("roadside_greening", "maps")[place],
        "gaps-over-cover": pair("gaps_over_cover", "maps")[place],
        "land-cover": pair("land_cover", "maps")[place],
        "park-service": pair("park_service", "maps")[place].format(distance=500.0),
    }


def workshop() -> tempfile.TemporaryDirectory[str]:
    """A folder for pictures on their way into the document."""
    return tempfile.TemporaryDirectory(prefix="greencover-")

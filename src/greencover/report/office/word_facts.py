"""What a Word template can show: every variable, as text, numbers, lists and pictures."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greencover.report import palette
from greencover.report.annexes import annex_tables, base_tables
from greencover.report.books import BookTable, book_tables
from greencover.report.days import day_of
from greencover.report.evidence import (
    MOST_PRINTED,
    disagreement_rows,
    evidence_rows,
    evidence_sentences,
)
from greencover.report.labels import Inside, Label, Sayable, Sentence, Series, label, said
from greencover.report.matrix import Cell, Column
from greencover.report.overview import (
    overview_sentences,
    rule_sentences,
    unjudged_sentences,
)
from greencover.report.selection import name_of, text_of, unit_symbol
from greencover.report.view import View

if TYPE_CHECKING:
    import geopandas as gpd

# Longer lists belong into the workbook.
MOST_OF_BOOKS, MOST_GAPS = 60, 40
_PLACE = ("road", "side", "chainage", "length_m", "evidence")
_NOTHING = {"figure": "–", "verdict": "", "symbol": "", "text": "–", "colour": "FFFFFF"}


def word_facts(view: View, lang: str) -> dict[str, Any]:
    """All variables of a template but the pictures, in one language."""
    assessment, matrix = view.assessment, view.matrix
    facts = assessment.provenance
    several = len(assessment.gaps) > MOST_GAPS
    result: dict[str, Any] = _clean(
        {
            "lang": lang,
            "title": view.title.said(lang),
            "title_zh": assessment.title,
            "title_en": assessment.title_en or assessment.title,
            "year": assessment.year if assessment.year is not None else "",
            "date": day_of(facts),
            "date_said": _date(day_of(facts), lang),
            "version": str(facts.get("greencover", "")),
            "county": view.county.said(lang),
            "overview_sentences": [said(one, lang) for one in overview_sentences(assessment)],
            "base": [_book(table, lang) for table in base_tables(assessment)],
            "county_sentences": [said(one, lang) for one in view.county_sentences],
            # Templates of offices know these lists; what stands beside a rate goes with them.
            "township_sentences": [
                said(one, lang) for one in (*view.township_sentences, *view.length_sentences)
            ],
            "village_sentences": [said(one, lang) for one in view.village_sentences],
            "road_sentences": [said(one, lang) for one in view.road_sentences],
            "need_sentences": [said(one, lang) for one in view.need_sentences],
            "indicators": [_indicator(column, lang) for column in matrix.columns],
            "units": [
                {
                    "name": unit.name.said(lang),
                    "level": unit.level,
                    "cells": [_cell(cell, lang) if cell else _NOTHING for cell in cells],
                }
                for unit, cells in zip(matrix.units, matrix.cells, strict=True)
            ],
            "reported": [
                {
                    "unit": one.unit.said(lang),
                    "indicator": one.indicator.said(lang),
                    "reported": f"{one.reported} {one.measure.said(lang)}",
                    "measured": one.measured or "–",
                    "range": one.range or "–",
                    "finding": one.finding.said(lang),
                    "document": " ".join(filter(None, (one.document, one.date))),
                    "note": said(one.note, lang) if one.note else "",
                }
                for one in view.reported
            ],
            "books": [_book(table, lang) for table in book_tables(assessment)],
            "annexes": [_book(table, lang) for table in annex_tables(assessment)],
            "unjudged": [said(one, lang) for one in unjudged_sentences(assessment)],
            "rules": [said(one, lang) for one in rule_sentences(assessment)],
            "evidence_sentences": [said(one, lang) for one in evidence_sentences(assessment)],
            "evidence": [_said_row(row, lang) for row in evidence_rows(assessment)],
            "disagreements": [
                {
                    **_said_row({key: row[key] for key in _PLACE}, lang),
                    "said": Series(
                        tuple(
                            Sentence(
                                "evidence.says",
                                evidence=Label(key.removeprefix("by_"), "evidence"),
                                status=Inside(one),
                            )
                            for key, one in row.items()
                            if key.startswith("by_") and one.said(lang)
                        )
                    ).said(lang),
                }
                for row in disagreement_rows(assessment)[:MOST_PRINTED]
            ],
            "disagreement_note": _more(len(assessment.disagreements), MOST_PRINTED, lang),
            "gap_sentence": view.gap_sentence.said(lang),
            "gap_note": Sentence("gaps.shown", count=MOST_GAPS).said(lang) if several else "",
            "gaps": _gaps(assessment.gaps, lang),
            "methods": [
                {"name": one.name.said(lang), "text": one.text.said(lang)}
                for one in view.definitions
            ],
            "targets": [said(one, lang) for one in view.targets],
            "sources": [said(one, lang) for one in view.sources],
            "limits": [said(one, lang) for one in view.limits],
        }
    )
    return result


def _date(day: str, lang: str) -> str:
    """A day as the language writes it; what is no day as it stands."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return day
    month = label(str(found.month), "months", lang=lang)
    return Sentence("report.date", year=str(found.year), month=month, day=str(found.day)).said(lang)


def _book(table: BookTable, lang: str) -> dict[str, Any]:
    """A table of the books as columns and rows of words."""
    return {
        "key": table.key,
        "title": label(table.key, "sheets", lang=lang),
        "columns": [label(field.key, "columns", lang=lang) for field in table.fields],
        "figures": [field.of_figures for field in table.fields],
        "rows": [[one.said(lang) for one in row.values()] for row in table.said(MOST_OF_BOOKS)],
        "note": _more(len(table.rows), MOST_OF_BOOKS, lang),
    }


def _more(rows: int, most: int, lang: str) -> str:
    """How many rows a table leaves to the workbook; empty where it has all."""
    return Sentence("books.more", count=most, more=rows - most).said(lang) if rows > most else ""


def _said_row(row: Mapping[str, Sayable], lang: str) -> dict[str, str]:
    return {key: one.said(lang) for key, one in row.items()}


def _indicator(column: Column, lang: str) -> dict[str, Any]:
    varies = label("targets_vary", "words", lang=lang) if column.varies else ""
    return {
        "key": column.key,
        "name": column.name.said(lang),
        "unit": unit_symbol(column.unit, lang=lang),
        "target": column.goal.said(lang) if column.goal else varies,
    }


def _cell(cell: Cell, lang: str) -> dict[str, str]:
    word = "" if cell.verdict == "no target" else label(cell.verdict, "verdicts", lang=lang)
    figure = cell.with_unit
    own = f"({cell.own_goal})" if cell.own_goal else ""
    return {
        "figure": figure.said(lang) if figure else "–",
        "verdict": word,
        "symbol": cell.symbol,
        "text": f"{cell.figure or word} {cell.symbol} {own}".strip(),
        "colour": palette.VERDICT_FILL.get(cell.verdict, "#ffffff").lstrip("#"),
    }


def _gaps(gaps: gpd.GeoDataFrame, lang: str) -> list[dict[str, str]]:
    longest = gaps.sort_values("length_m", ascending=False, kind="stable")
    return [
        {
            "id": text_of(gap["gap_id"]),
            "road": text_of(gap["road"]),
            "grade": label(gap["grade"], "grades", lang=lang),
            "side": label(gap["side"], "sides", lang=lang),
            "chainage": text_of(gap["chainage"]),
            "length_m": f"{gap['length_m']:,.0f}",
            "township": name_of(gap, "township").said(lang),
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
    view: View,
    lang: str,
    inline: Callable[[Path], Any],
    folder: Path,
    *,
    approval: str = "",
) -> list[dict[str, Any]]:
    """Maps of the width of a page's text, each with its number and its caption.

    ``inline`` turns the file of a picture into what the document holds.
    """
    from greencover.report.maps.pictures import save
    from greencover.report.maps.registry import Map, maps
    from greencover.report.style import MapStyle

    assessment, style = view.assessment, MapStyle(lang=lang, page="column", approval=approval)

    def picture(one: Map) -> Picture:
        path = folder / f"{one.name}.png"
        return Picture(lambda: inline(save(one.draw(assessment, style=style), path, dpi=170)))

    fitting = [
        one
        for one in maps().values()
        if one.in_report and one.written == "always" and one.fits(assessment)
    ]
    return [
        {
            "key": one.name,
            "number": number,
            "caption": one.title.said(lang),
            "image": picture(one),
        }
        for number, one in enumerate(fitting, start=1)
    ]


def workshop() -> tempfile.TemporaryDirectory[str]:
    """A folder for pictures on their way into the document."""
    return tempfile.TemporaryDirectory(prefix="greencover-")

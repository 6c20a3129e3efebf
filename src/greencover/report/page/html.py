"""An assessment as one HTML file that needs no network: map, verdicts, gaps, both languages."""

from __future__ import annotations

import html
import math
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greencover.ground.writing import replacing
from greencover.report import fonts, palette
from greencover.report.labels import Lang, labels, pair
from greencover.report.page.charts import charts
from greencover.report.page.gaps import MOST_PRINTED, add_gaps, gap_columns, printed_gaps
from greencover.report.page.lines import add_parks, add_roads
from greencover.report.page.map import MapBuilder
from greencover.report.provenance import flat
from greencover.report.remarks import remark
from greencover.report.selection import (
    LEVELS,
    goal_text,
    indicator_names,
    interval_of,
    rates,
    shown,
    target_of,
    text_of,
    unit_symbol,
    units_in_order,
)

if TYPE_CHECKING:
    import pandas as pd

    from greencover.verdicts import Assessment


def write_page(assessment: Assessment, path: str | Path, *, lang: Lang = "both") -> Path:
    """Write the assessment as one self-contained HTML file.

    The file holds scripts, styles, data and the characters of a Chinese font that it uses; a
    content policy in it keeps a browser from loading anything else. Names are text wherever they
    show. Both languages are in it: ``lang`` is the one that it opens in, and a switch changes it.
    """
    document = page_document(assessment, lang=lang)
    with replacing(path) as draft:
        draft.write_text(document, encoding="utf-8")
    return Path(path)


def page_document(assessment: Assessment, *, lang: Lang = "both", map_only: bool = False) -> str:
    """The page as text; ``map_only`` leaves away all but the map and the gaps."""
    content = _content(assessment) | {"lang": lang, "map_only": map_only}
    builder = MapBuilder(assessment)
    builder.add_cover()
    builder.add_units()
    if "parks" in assessment.layers:
        add_parks(builder)
    if "road_sides" in assessment.layers:
        add_roads(builder)
    gap_table = add_gaps(builder)
    builder.add_names()
    builder.keep_scale()
    content |= {"layers": builder.layers, "tips": builder.tips, "gap_columns": gap_columns()}
    plain = _render(content | {"font": "", "css": "", "page_script": "", "library": ""})
    text = html.unescape(re.sub(r"<[^>]*>", "", plain)) + "".join(builder.text)
    text += "".join(chr(code) for code in range(32, 127)) + "–·✓×…"
    text += str(labels())
    content["font"] = fonts.web_font(text)
    return _render(content | _scripts(builder.figure, gap_table))


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _render(content: dict[str, Any]) -> str:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined)
    empty = {"map_div": "", "table_div": "", "bokeh_script": ""}
    return environment.from_string(_resource("page.html")).render(empty | content)


def _scripts(figure: Any, gap_table: Any | None) -> dict[str, Any]:
    """Everything that goes into the page as it is and not as text."""
    from bokeh.embed import components
    from bokeh.resources import Resources
    from markupsafe import Markup

    models = {"map": figure}
    if gap_table is not None:
        models["gaps"] = gap_table
    script, divs = components(models, wrap_script=False)
    library = Resources(
        mode="inline", components=["bokeh", "bokeh-widgets", "bokeh-tables"]
    ).render_js()
    colours = "\n".join(
        f".{name.replace(' ', '-')} {{ background: {fill}; color: {palette.VERDICT_INK[name]}; }}"
        for name, fill in palette.VERDICT_FILL.items()
    )
    return {
        "css": Markup(_resource("page.css").replace("{{ verdict_css }}", colours)),
        "page_script": Markup(_resource("page.js")),
        "library": Markup(library),
        "map_div": Markup(divs["map"]),
        "table_div": Markup(divs.get("gaps", "")),
        "bokeh_script": Markup(script),
    }


def _content(assessment: Assessment) -> dict[str, Any]:
    table = assessment.table
    names = indicator_names(table)
    return {
        "words": pair,
        "title": (assessment.title, assessment.title_en),
        "year": assessment.year,
        "verdicts": [
            (verdict, pair(verdict, "verdicts"), palette.VERDICT_SYMBOL[verdict])
            for verdict in palette.VERDICT_FILL
            if (table["verdict"] == verdict).any()
        ],
        "matrix": _matrix(table[table["level"].isin(LEVELS)]),
        "roads": _roads(table),
        "has_roads": "road_sides" in assessment.layers,
        "definitions": [
            (words, pair(key, "definitions"))
            for key, words in names.items()
            if key in labels()["definitions"]
        ],
        "notes": [
            (remark(str(note), lang="zh"), remark(str(note), lang="en"))
            for note in assessment.notes
        ],
        "facts": list(flat(assessment.provenance)),
        "charts": charts(table),
        "printed_gaps": printed_gaps(assessment.gaps),
        "more_gaps": len(assessment.gaps) > MOST_PRINTED,
        "key_words": {
            group: {key: (words["zh"], words["en"]) for key, words in labels()[group].items()}
            for group in ("verdicts", "grades", "sides", "statuses", "reasons")
        },
    }


def _pretty(goal: str) -> str:
    return goal.replace(">=", "≥").replace("<=", "≤")


def _goal(rows: pd.DataFrame) -> str:
    """The target that all rows share; nothing when they differ: each cell then shows its own."""
    return _pretty(goal_text(rows.iloc[0])) if target_of(rows) is not None else ""


def _matrix(table: pd.DataFrame) -> dict[str, Any]:
    by_key = {
        key: {level: rates(table, key, level) for level in LEVELS} for key in indicator_names(table)
    }
    columns = []
    goals = {}
    for key, words in indicator_names(table).items():
        rows = by_key[key]["township"] if len(by_key[key]["township"]) else by_key[key]["county"]
        goals[key] = target_of(rows)
        unit = unit_symbol(rows["unit_of_measure"].iloc[0], lang="en")
        columns.append({"name": words, "goal": _goal(rows), "unit": unit})
    units = list(units_in_order(table, LEVELS).itertuples(index=False))
    first_county = next((k for k, u in enumerate(units) if u.level == "county"), -1)
    return {
        "columns": columns,
        "rows": [
            {
                "name": (text_of(unit.name), text_of(unit.name_en)),
                "total": number == first_county,
                "cells": [
                    _cell(by_key[key][str(unit.level)], str(unit.unit), goals[key])
                    for key in by_key
                ],
            }
            for number, unit in enumerate(units)
        ],
    }


def _cell(rows: pd.DataFrame, unit: str, goal: float | None) -> dict[str, str] | None:
    if unit not in rows.index:
        return None
    record: Any = rows.loc[unit]
    own = _pretty(goal_text(record, common=goal))
    verdict = str(record["verdict"])
    return {
        "verdict": verdict,
        "figure": shown(float(record["value"]), float(record["target"])),
        "goal": own,
        "interval": interval_of(record),
        "symbol": palette.VERDICT_SYMBOL.get(verdict, ""),
        "note": remark(text_of(record["note"])),
    }


def _roads(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rates of road grades, highest first, then of single roads."""
    result = []
    order = list(labels()["grades"])
    for level in ("road_grade", "road"):
        rows = rates(table, "roadside_greening_rate", level)
        if level == "road_grade":
            rows = rows.loc[
                sorted(rows.index, key=lambda g: order.index(g) if g in order else len(order))
            ]
        for number, (unit, record) in enumerate(rows.iterrows()):
            name = text_of(record["name"])
            gap, value = float(record["gap_km"]), float(record["value"])
            result.append(
                {
                    "name": pair(unit, "grades")
                    if level == "road_grade"
                    else (name, text_of(record["name_en"])),
                    "figure": f"{shown(value, float(record['target']))} %".lstrip(),
                    "goal": _goal(rows.loc[[unit]]),
                    "gap_km": f"{gap:.2f}" if math.isfinite(gap) else "",
                    "verdict": str(record["verdict"]),
                    "next": level == "road" and number == 0,
                }
            )
    return result

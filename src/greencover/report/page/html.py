"""An assessment as one HTML file that needs no network: map, verdicts, gaps, two languages."""

from __future__ import annotations

import html
import math
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greencover.ground import fonts
from greencover.ground.writing import replacing
from greencover.report import palette
from greencover.report.books import book_tables
from greencover.report.evidence import MOST_LISTED, disagreement_rows, evidence_rows
from greencover.report.labels import BOTH, Label, Lang, check_lang, keys, texts
from greencover.report.matrix import Cell, Matrix
from greencover.report.outputs import Output, OutputOptions, register
from greencover.report.overview import unjudged_sentences
from greencover.report.page.charts import charts
from greencover.report.page.gaps import MOST_PRINTED, add_gaps, gap_columns, printed_gaps
from greencover.report.page.languages import Languages
from greencover.report.page.lines import add_parks, add_roads
from greencover.report.page.map import MapBuilder
from greencover.report.page.rows import filters, findable, road_rows, village_rows
from greencover.report.provenance import flat
from greencover.report.selection import unit_sign
from greencover.report.view import View
from greencover.words import catalogue

if TYPE_CHECKING:
    from greencover.verdicts import Assessment

FILE = "report.html"


def write_page(assessment: Assessment | View, path: str | Path, *, lang: Lang = BOTH) -> Path:
    """Write the assessment as one self-contained HTML file.

    The file holds scripts, styles, data and the characters of a Chinese font that it uses; a
    content policy in it keeps a browser from loading anything else. Names are text wherever they
    show. It holds Chinese and another language, English unless ``lang`` is a third one: ``lang`` is
    what it opens in, and a switch changes it.

    Examples
    --------
    >>> write_page(assessment, "report.html", lang="en").name
    'report.html'
    """
    document = page_document(assessment, lang=lang)
    with replacing(path) as draft:
        draft.write_text(document, encoding="utf-8", newline="\n")
    return Path(path)


def page_document(
    assessment: Assessment | View, *, lang: Lang = BOTH, map_only: bool = False
) -> str:
    """The page as text; ``map_only`` leaves away all but the map and the gaps."""
    check_lang(lang)
    view, languages = View.of(assessment), Languages.of(lang)
    assessment = view.assessment
    content = _content(view, languages) | {"lang": lang, "map_only": map_only}
    builder = MapBuilder(assessment, languages)
    builder.add_cover()
    builder.add_units()
    if "parks" in assessment.layers:
        add_parks(builder)
    if "road_sides" in assessment.layers:
        add_roads(builder)
    gap_table = add_gaps(builder)
    builder.add_names()
    builder.keep_scale()
    content |= {
        "layers": builder.layers,
        "tips": builder.tips,
        "gap_columns": gap_columns(languages),
    }
    plain = _render(content | {"font": "", "css": "", "page_script": "", "library": ""})
    text = html.unescape(re.sub(r"<[^>]*>", "", plain)) + "".join(builder.text)
    text += "".join(chr(code) for code in range(32, 127)) + "–·✓×…"
    text += "".join(one for lang in languages.modes[:2] for one in texts(lang))
    content["font"] = fonts.web_font(text)
    return _render(content | _scripts(builder.figure, gap_table, languages))


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _render(content: dict[str, Any]) -> str:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined)
    empty = {"map_div": "", "table_div": "", "bokeh_script": ""}
    return environment.from_string(_resource("page.html")).render(empty | content)


def _scripts(figure: Any, gap_table: Any | None, languages: Languages) -> dict[str, Any]:
    """Everything that goes into the page as it is and not as text."""
    from bokeh.embed import components
    from bokeh.resources import Resources
    from jinja2 import Template
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
    style = Template(_resource("page.css")).render(
        first=languages.first, second=languages.second, verdict_css=colours
    )
    return {
        "css": Markup(style),
        "page_script": Markup(_resource("page.js") + _resource("tables.js")),
        "library": Markup(library),
        "map_div": Markup(divs["map"]),
        "table_div": Markup(divs.get("gaps", "")),
        "bokeh_script": Markup(script),
    }


def _content(view: View, languages: Languages) -> dict[str, Any]:
    assessment = view.assessment
    names = [catalogue(lang)["language.name"] for lang in languages.modes[:2]]
    return {
        "languages": languages,
        "label": Label,
        "switch": list(
            zip(languages.modes, [*names, languages.label("both", "page")], strict=True)
        ),
        "title": view.title,
        "year": view.year,
        "verdicts": [
            (verdict, Label(verdict, "verdicts"), palette.VERDICT_SYMBOL[verdict])
            for verdict in view.verdicts
        ],
        "headline": view.county_sentences,
        "gap_sentence": view.gap_sentence if "road_sides" in assessment.layers else None,
        # The land cover alone: files with their hashes stand among the facts below.
        "credit": view.sources[:1],
        "all_words": dict(zip(languages.modes, languages.words(Label("all", "page")), strict=True)),
        "filters": filters(view, languages),
        "villages": village_rows(assessment.table, languages),
        "matrix": _matrix(view.matrix, languages),
        "reported": view.reported,
        "roads": road_rows(assessment.table, languages),
        "has_roads": "road_sides" in assessment.layers,
        "definitions": [(one.name, one.text) for one in view.definitions],
        # Targets that were not judged are told by reason, as in the report: they are many.
        "notes": [
            *(note for note in view.notes if note not in view.assessment.unjudged),
            *unjudged_sentences(view.assessment),
        ],
        "facts": list(flat(assessment.provenance)),
        "charts": charts(assessment.table, languages.second),
        "printed_gaps": printed_gaps(assessment.gaps),
        "evidence_tables": [
            (key, rows)
            for key, rows in (
                ("evidence", evidence_rows(assessment)),
                ("disagreements", disagreement_rows(assessment)),
                *((table.key, table.said(MOST_LISTED)) for table in book_tables(assessment)),
            )
            if rows
        ],
        "more_gaps": len(assessment.gaps) > MOST_PRINTED,
        "key_words": {
            group: {key: languages.pair(Label(key, group)) for key in keys(group)}
            for group in ("verdicts", "grades", "sides", "statuses", "reasons")
        },
    }


def _matrix(matrix: Matrix, languages: Languages) -> dict[str, Any]:
    return {
        "columns": [
            {
                "name": column.name,
                "goal": column.goal.text if column.goal else "",
                "unit": unit_sign(column.unit, languages.second),
            }
            for column in matrix.columns
        ],
        "rows": [
            {
                "name": unit.name,
                "level": unit.level,
                "code": unit.code,
                "find": findable(unit.name, unit.code, languages),
                "verdicts": "|".join(dict.fromkeys(cell.verdict for cell in cells if cell)),
                "total": number == matrix.first_county,
                "cells": [_cell(cell, languages) for cell in cells],
            }
            for number, (unit, cells) in enumerate(zip(matrix.units, matrix.cells, strict=True))
        ],
    }


def _cell(cell: Cell | None, languages: Languages) -> dict[str, Any] | None:
    if cell is None:
        return None
    return {
        "verdict": cell.verdict,
        "figure": cell.figure,
        "value": cell.value if math.isfinite(cell.value) else "",
        "goal": cell.own_goal,
        "interval": cell.interval,
        "lengths": cell.lengths,
        "symbol": cell.symbol,
        "note": languages.both(cell.note),
    }


def _write(view: View, folder: Path, options: OutputOptions) -> None:
    write_page(view, folder / FILE, lang=options.lang)


register(Output("html", _write, lambda: (FILE,), place=30))

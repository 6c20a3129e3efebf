"""What the counties of a programme come to together, as files: workbook, table, page, states."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from greencover.ground.saving import workbook
from greencover.ground.writing import replacing_folder
from greencover.report.labels import Label, Lang, Named, label, said
from greencover.report.office.workbook_cells import Column, Writer
from greencover.report.provenance import plain
from greencover.results.programme.county import State
from greencover.results.programme.file import County
from greencover.results.programme.page import page_of
from greencover.results.programme.shapes import with_shapes
from greencover.words import languages

XLSX, PARQUET, JSON, HTML = "programme.xlsx", "programme.parquet", "programme.json", "report.html"
FILES = (XLSX, PARQUET, JSON, HTML)
_TEXT = "text"
_WHOSE = (
    Column("province", 14, _TEXT),
    Column("city", 14, _TEXT),
    Column("unit", 13, _TEXT),
    Column("name", 20, _TEXT),
    Column("name_en", 20, _TEXT),
)
_FIGURE = (
    Column("shown", 30, _TEXT),
    Column("scope", 20, _TEXT, "scopes"),
    Column("grade", 14, _TEXT, "grades"),
    Column("value", 10, "0.00", beside=("target",)),
    Column("low", 11, "0.00", beside=("target",)),
    Column("high", 11, "0.00", beside=("target",)),
    Column("unit_of_measure", 13, _TEXT, "units"),
    Column("numerator", 15, "#,##0.00"),
    Column("measure", 14, _TEXT, "units"),
    Column("denominator", 15, "#,##0.00"),
    Column("per", 14, _TEXT, "units"),
    Column("unobserved_pct", 13, "0.00"),
)
_OF_COUNTIES = (
    Column("rank", 9, "0"),
    Column("target", 10, "0.00####"),
    Column("verdict", 17, _TEXT, "verdicts"),
)
_OF_SUMS = (
    Column("counties", 11, "0"),
    Column("met", 11, "0"),
    Column("not_met", 11, "0"),
    Column("uncertain", 11, "0"),
    Column("no_data", 11, "0"),
    Column("missing_counties", 30, _TEXT),
)
#: Sheets by level: title, and the columns that only its level has.
_SHEETS = {
    "province": ("provinces", _OF_SUMS),
    "city": ("cities", _OF_SUMS),
    "county": ("counties", _OF_COUNTIES),
}
_STATES = (
    Column("unit", 13, _TEXT),
    Column("province", 14, _TEXT),
    Column("city", 14, _TEXT),
    Column("state", 14, _TEXT, "states"),
    Column("note", 80, _TEXT),
)


def write_programme(
    title: Named,
    counties: Sequence[County],
    table: pd.DataFrame,
    states: Mapping[str, State],
    out: Path,
    *,
    lang: Lang,
) -> dict[str, Path]:
    """Write the files of a programme beside the folders of its counties."""
    pages = {code for code in states if (out / code / HTML).is_file()}
    with replacing_folder(out, ours=FILES) as drafts:
        computed = [county for county in counties if states[county.code].state != "failed"]
        with_shapes(table, computed, out).to_parquet(drafts / PARQUET, index=False)
        _write_workbook(title, counties, table, states, drafts / XLSX, lang)
        page = page_of(title, counties, table, states, pages, lang=lang)
        (drafts / HTML).write_text(page, encoding="utf-8", newline="\n")
        text = json.dumps(plain(_told(title, counties, states)), ensure_ascii=False, indent=2)
        (drafts / JSON).write_text(text + "\n", encoding="utf-8", newline="\n")
    return {name: out / name for name in FILES}


def _told(title: Named, counties: Sequence[County], states: Mapping[str, State]) -> dict[str, Any]:
    """Title, and the state of every county, with the sentence of one that failed."""
    return {
        "title": title.zh,
        "title_en": title.en,
        "counties": [
            {
                "code": county.code,
                "city": county.city,
                "province": county.province,
                "state": states[county.code].state,
                "sentence": {lang: states[county.code].said(lang) for lang in languages()}
                if states[county.code].sentence is not None
                else None,
            }
            for county in counties
        ],
    }


def _write_workbook(
    title: Named,
    counties: Sequence[County],
    table: pd.DataFrame,
    states: Mapping[str, State],
    path: Path,
    lang: Lang,
) -> None:
    with workbook(path) as book:
        book.set_properties({"title": said(title, lang)})
        writer = Writer(book, lang)
        rows = named(table)
        for level, (name, columns) in _SHEETS.items():
            writer.table(
                label(name, "sheets", lang=lang),
                rows[rows["level"] == level].drop(columns=_unsaid(level)),
                (*_WHOSE, *_FIGURE, *columns),
                legend=False,
                frozen=4 if level == "county" else 2,
            )
        came_out = pd.DataFrame(
            {
                "unit": county.code,
                "province": county.province,
                "city": county.city,
                "state": states[county.code].state,
                "note": states[county.code].sentence or "",
            }
            for county in counties
        )
        writer.table(
            label("states", "sheets", lang=lang), came_out, _STATES, legend=False, frozen=1
        )


def _unsaid(level: str) -> list[str]:
    """Columns that would repeat the name of a city or a province."""
    return {"county": [], "city": ["unit", "name"], "province": ["unit", "name"]}[level]


def named(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the indicator as something that says itself."""
    columns = ("indicator", "indicator_name_zh", "indicator_name")
    names = zip(*(table[name] for name in columns), strict=True)
    shown = [Label(key, "indicators", Named(zh, en)) for key, zh, en in names]
    return table.assign(shown=pd.Series(shown, index=table.index, dtype=object))

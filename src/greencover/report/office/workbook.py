"""An assessment as an Excel workbook: summary, one sheet an indicator family, list of gaps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from greencover.ground.saving import workbook
from greencover.ground.writing import replacing
from greencover.report.books import BookTable, book_tables
from greencover.report.labels import (
    BOTH,
    Label,
    Lang,
    check_lang,
    keys,
    label,
    said,
    spoken,
)
from greencover.report.office.workbook_annex import annex
from greencover.report.office.workbook_books import books_annex
from greencover.report.office.workbook_cells import FIRST_WIDTH, Column, Writer
from greencover.report.office.workbook_charts import add_charts
from greencover.report.office.workbook_columns import (
    DISAGREEMENT_COLUMNS,
    EVIDENCE_COLUMNS,
    FAMILY_COLUMNS,
    GAP_COLUMNS,
    NEED_COLUMNS,
    OF_SOME,
    REPORTED_COLUMNS,
)
from greencover.report.office.workbook_grounds import add_grounds
from greencover.report.office.workbook_page import set_page
from greencover.report.outputs import Output, OutputOptions, register
from greencover.report.palette import VERDICT_FILL
from greencover.report.selection import indicator_names, to_look_at
from greencover.report.sentences import MU_PER_HA
from greencover.report.tables import display_width
from greencover.report.view import View

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.verdicts import Assessment

FILE = "assessment.xlsx"
PIN = "https://www.openstreetmap.org/"
# Room around a text, and the bounds of a column's width, in letters.
_ROOM, _NARROWEST, _WIDEST = 3, 9, 44


def write_excel(assessment: Assessment | View, path: str | Path, *, lang: Lang = BOTH) -> Path:
    """Write the assessment as a workbook.

    First stands the annexed table, townships by judged indicators with totals as formulas. The
    summary holds title, verdict counts and notes; then follow charts, the tidy table, one sheet an
    indicator family, the list of gaps with a link to a map for each, and what the figures rest
    on: definitions, targets, inputs and parameters. Names stand in the language chosen, sheets
    print on A4 or A3 with letters of 8 points at least. Text stays text whatever it begins with.

    Parameters
    ----------
    assessment
        The assessment to write.
    path
        Workbook to make or to replace.
    lang
        A language that has a catalogue, or ``"both"``.

    Examples
    --------
    >>> write_excel(assessment, "tables.xlsx", lang="en").name
    'tables.xlsx'
    """
    check_lang(lang)
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
        # Widths of columns are counted in digits of this font: one that every office has.
        "default_format_properties": {"font_name": "Arial", "font_size": 10},
    }
    view = View.of(assessment)
    gaps = to_look_at(view.assessment)
    with replacing(path) as draft, workbook(draft, options) as book:
        book.set_properties(
            {
                "title": view.assessment.title,
                "subject": view.assessment.title_en,
                "comments": "greencover",
            }
        )
        writer = Writer(book, lang)
        annex(writer, view)
        books_annex(writer, view.assessment)
        _summary(writer, view, lang)
        add_charts(writer, view, lang)
        for family in keys("families"):
            rows = _family_rows(view, family)
            if len(rows):
                name = label(family, "families", lang=lang)
                writer.table(name, rows, FAMILY_COLUMNS, legend=True, frozen=4)
        _plan(writer, view, lang)
        if view.reported:
            name = label("reported", "sheets", lang=lang)
            writer.table(name, _reported_rows(view), REPORTED_COLUMNS, legend=False, frozen=4)
        if "road_sides" in view.assessment.layers:
            name = label("gaps", "sheets", lang=lang)
            columns = [c for c in GAP_COLUMNS if c.key in gaps or c.key not in OF_SOME]
            writer.table(name, _gap_rows(gaps), columns, legend=False, frozen=2)
        _sources(writer, view, lang)
        add_grounds(writer, view)
    return Path(path)


def _family_rows(view: View, family: str) -> pd.DataFrame:
    table = view.assessment.table
    rows = table[table["indicator"].map(view.family_of) == family].copy()
    rows["indicator"] = rows["indicator"].map(view.indicators)
    of_grades = rows["level"] == "road_grade"
    rows["name"] = rows["name"].mask(of_grades, [Label(one, "grades") for one in rows["name"]])
    rows["gap_mu"] = rows["gap_ha"] * MU_PER_HA
    return rows if "gap" in rows else rows.assign(gap=rows["gap_pct"])


def _reported_rows(view: View) -> pd.DataFrame:
    rows = view.assessment.reported.rename(columns={"measure": "in_measure"})
    return rows.assign(indicator=rows["indicator"].map(indicator_names(rows)))


def _plan(writer: Writer, view: View, lang: Lang) -> None:
    """What each target that is missed asks for, and what the books hold."""
    needs = view.assessment.needs
    if len(needs):
        names = indicator_names(needs)
        rows = needs.rename(columns={"measure": "amounts_in"})
        rows["indicator"] = needs["indicator"].map(names)
        title = label("needs", "sheets", lang=lang)
        writer.table(title, rows, NEED_COLUMNS, legend=False, frozen=4)
    for table in book_tables(view.assessment):
        columns = _fitted(table, lang)
        title = label(table.key, "sheets", lang=lang)
        writer.table(title, table.rows, columns, legend=False, frozen=2)


def _fitted(table: BookTable, lang: Lang) -> list[Column]:
    """Columns as wide as their heads and what stands in them, within reason."""
    rows = table.said()
    columns = []
    for one in table.fields:
        head = label(one.key, "columns", lang=lang, between="\n").split("\n")
        texts = [*head, *(said(row[one.key], lang) for row in rows)]
        width = min(max(display_width(text) for text in texts) + _ROOM, _WIDEST)
        columns.append(Column(one.key, max(width, _NARROWEST), one.look, one.group))
    return columns


def _sources(writer: Writer, view: View, lang: Lang) -> None:
    """What roadsides were judged by, and where the sources disagree."""
    evidence, differ = view.assessment.evidence, view.assessment.disagreements
    if len(evidence):
        title = label("evidence", "sheets", lang=lang)
        writer.table(title, evidence, EVIDENCE_COLUMNS, legend=False, frozen=1)
        title = label("disagreements", "sheets", lang=lang)
        present = [one for one in DISAGREEMENT_COLUMNS if one.key in ("lon", "lat", "pin", *differ)]
        writer.table(title, _gap_rows(differ), present, legend=False, frozen=1)


def _gap_rows(gaps: gpd.GeoDataFrame) -> pd.DataFrame:
    rows = pd.DataFrame(gaps.drop(columns=gaps.geometry.name))
    middle = shapely.line_interpolate_point(gaps.geometry.to_numpy(), 0.5, normalized=True)
    rows["lon"], rows["lat"] = shapely.get_x(middle), shapely.get_y(middle)
    # Only an address: nothing is opened before somebody clicks.
    rows["pin"] = [
        (f"{PIN}?mlat={lat:.6f}&mlon={lon:.6f}#map=16/{lat:.6f}/{lon:.6f}", f"{lat:.5f}, {lon:.5f}")
        for lon, lat in zip(rows["lon"], rows["lat"], strict=True)
    ]
    return rows


def _summary(writer: Writer, view: View, lang: Lang) -> None:
    sheet = writer.sheet(label("summary", "sheets", lang=lang))
    widths = (FIRST_WIDTH, 26, *[15] * len(VERDICT_FILL))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 30)
    titles = [*dict.fromkeys(view.title.said(one) for one in spoken(lang)), ""]
    writer.text(sheet, 0, 0, titles[0], "title")
    writer.text(sheet, 1, 0, titles[1], "subtitle")
    row = 2
    if view.year is not None:
        writer.text(sheet, row, 0, label("year", "sheets", lang=lang), "key")
        sheet.write_number(row, 1, view.year, writer.format("0"))
        row += 1
    row = _counts(writer, sheet, row + 1, view, lang)
    notes = [("", said(note, lang, between="\n")) for note in view.notes]
    if not view.assessment.table["verified"].all():
        notes.append(("", label("unverified", "sheets", lang=lang, between="\n")))
    title = label("notes", "sheets", lang=lang)
    writer.section(sheet, row + 1, title, notes, width=sum(widths))
    set_page(sheet, widths)


def _counts(writer: Writer, sheet: Any, row: int, view: View, lang: Lang) -> int:
    """Number of units with each verdict, by indicator and level; returns the next free row."""
    writer.text(sheet, row, 0, label("verdict_counts", "sheets", lang=lang), "section")
    row += 1
    heads = [label("indicator", "columns", lang=lang), label("level", "columns", lang=lang)]
    for column, head in enumerate(heads):
        writer.text(sheet, row, column, head, "head")
    for column, verdict in enumerate(VERDICT_FILL, start=2):
        writer.text(sheet, row, column, label(verdict, "verdicts", lang=lang), f"verdict {verdict}")
    for (indicator, level), counted in view.counts.items():
        row += 1
        writer.text(sheet, row, 0, said(view.indicators[indicator], lang), "cell")
        writer.text(sheet, row, 1, label(level, "levels", lang=lang), "cell")
        for column, verdict in enumerate(VERDICT_FILL, start=2):
            sheet.write_number(row, column, counted.get(verdict, 0), writer.format("0"))
    return row + 1


def _write(view: View, folder: Path, options: OutputOptions) -> None:
    write_excel(view, folder / FILE, lang=options.lang)


register(Output("xlsx", _write, lambda: (FILE,), place=10))

"""An assessment as an Excel workbook: summary, one sheet an indicator family, list of gaps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from greencover.ground.saving import workbook
from greencover.ground.writing import replacing
from greencover.report.books import book_tables
from greencover.report.labels import (
    BOTH,
    Lang,
    check_lang,
    keys,
    label,
    said,
    spoken,
)
from greencover.report.office.workbook_annex import annex
from greencover.report.office.workbook_cells import FIRST_WIDTH, Column, Writer
from greencover.report.office.workbook_charts import add_charts
from greencover.report.outputs import Output, OutputOptions, register
from greencover.report.palette import VERDICT_FILL
from greencover.report.provenance import flat
from greencover.report.selection import indicator_names, to_look_at
from greencover.report.sentences import MU_PER_HA
from greencover.report.view import View

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.verdicts import Assessment

TEXT = "text"
FILE = "assessment.xlsx"
PIN = "https://www.openstreetmap.org/"

# What a figure is held against, and must not be rounded onto.
_HELD = ("target", "accept_pct")

FAMILY_COLUMNS = (
    Column("level", 13, TEXT, "levels"),
    Column("unit", 13, TEXT),
    Column("name", 18, TEXT),
    Column("name_en", 18, TEXT),
    Column("indicator", 26, TEXT),
    Column("value", 10, "0.00", beside=_HELD),
    Column("low", 11, "0.00", beside=_HELD),
    Column("high", 11, "0.00", beside=_HELD),
    Column("unit_of_measure", 13, TEXT, "units"),
    Column("numerator", 15, "#,##0.00"),
    Column("denominator", 15, "#,##0.00"),
    Column("measure", 14, TEXT, "units"),
    Column("per", 14, TEXT, "units"),
    Column("unobserved_pct", 13, "0.00"),
    Column("excluded_km", 14, "#,##0.000"),
    Column("all_km", 14, "#,##0.000"),
    Column("greening_all_pct", 15, "0.00"),
    Column("median_km", 14, "#,##0.000"),
    Column("road_km", 14, "#,##0.000"),
    Column("comparison", 12, TEXT),
    Column("target", 10, "0.00####"),
    Column("accept_pct", 14, "0.00####"),
    Column("accept_risk_pct", 10, "0.00####"),
    Column("gap", 12, "0.00", beside=(0.0,)),
    Column("gap_pct", 13, "0.00", beside=(0.0,)),
    Column("gap_ha", 13, "#,##0.00", beside=(0.0,)),
    Column("gap_mu", 13, "#,##0.0", beside=(0.0,)),
    Column("gap_km", 13, "#,##0.000", beside=(0.0,)),
    Column("verdict", 17, TEXT, "verdicts"),
    Column("standard", 30, TEXT),
    Column("verified", 11, TEXT),
    Column("source", 40, TEXT),
    Column("note", 50, TEXT),
)

NEED_COLUMNS = (
    Column("level", 13, TEXT, "levels"),
    Column("unit", 13, TEXT),
    Column("name", 18, TEXT),
    Column("name_en", 18, TEXT),
    Column("indicator", 26, TEXT),
    Column("value", 10, "0.00", beside=_HELD),
    Column("comparison", 12, TEXT),
    Column("target", 10, "0.00####"),
    Column("unit_of_measure", 13, TEXT, "units"),
    Column("needed", 14, "#,##0.00", beside=(0.0,)),
    Column("needed_a_year", 14, "#,##0.00"),
    Column("plantable", 14, "#,##0.00"),
    Column("restricted", 14, "#,##0.00"),
    Column("to_check", 14, "#,##0.00"),
    Column("cannot", 14, "#,##0.00"),
    Column("amounts_in", 12, TEXT, "units"),
    Column("best", 14, "0.00", beside=_HELD),
    Column("reachable", 12, TEXT, "words"),
    Column("verdict", 17, TEXT, "verdicts"),
    Column("standard", 30, TEXT),
)

REPORTED_COLUMNS = (
    Column("level", 13, TEXT, "levels"),
    Column("unit", 13, TEXT),
    Column("name", 18, TEXT),
    Column("name_en", 18, TEXT),
    Column("indicator", 26, TEXT),
    Column("grades", 20, TEXT),
    Column("scope", 20, TEXT, "scopes"),
    Column("reported", 12, "General"),
    Column("measured", 12, "#,##0.0000"),
    Column("low", 12, "#,##0.0000"),
    Column("high", 12, "#,##0.0000"),
    Column("in_measure", 14, TEXT, "units"),
    Column("difference", 12, "#,##0.0000"),
    Column("unobserved_pct", 13, "0.00"),
    Column("finding", 16, TEXT, "findings"),
    Column("date", 14, TEXT),
    Column("document", 36, TEXT),
    Column("note", 50, TEXT),
)

GAP_COLUMNS = (
    Column("gap_id", 22, TEXT),
    Column("status", 14, TEXT, "statuses"),
    Column("road", 18, TEXT),
    Column("grade", 20, TEXT, "grades"),
    Column("side", 12, TEXT, "sides"),
    Column("chainage", 22, TEXT),
    Column("from_m", 12, "#,##0"),
    Column("to_m", 12, "#,##0"),
    Column("length_m", 13, "#,##0"),
    Column("township", 18, TEXT),
    Column("township_en", 18, TEXT),
    Column("cover_now", 20, TEXT, "covers"),
    Column("tree_share", 12, "0 %"),
    Column("lon", 12, "0.000000"),
    Column("lat", 12, "0.000000"),
    Column("pin", 16, "link"),
)

# Columns of the list of gaps that not every campaign has.
OF_SOME = ("status",)


EVIDENCE_COLUMNS = (
    Column("evidence", 22, TEXT, "evidence"),
    Column("side_km", 14, "#,##0.000"),
    Column("greened_km", 14, "#,##0.000"),
    Column("gap_km", 14, "#,##0.000"),
    Column("excluded_km", 14, "#,##0.000"),
    Column("unobserved_km", 14, "#,##0.000"),
    Column("not_seen_km", 14, "#,##0.000"),
    Column("share_pct", 14, "0.0"),
    Column("greening_pct", 14, "0.0"),
)

DISAGREEMENT_COLUMNS = (
    Column("road", 18, TEXT),
    Column("grade", 20, TEXT, "grades"),
    Column("side", 12, TEXT, "sides"),
    Column("chainage", 22, TEXT),
    Column("length_m", 13, "#,##0"),
    Column("status", 14, TEXT, "statuses"),
    Column("evidence", 22, TEXT, "evidence"),
    *(
        Column(f"by_{key}", 16, TEXT, "statuses")
        for key in ("field", "trees", "rows", "canopy", "cover")
    ),
    Column("lon", 12, "0.000000"),
    Column("lat", 12, "0.000000"),
    Column("pin", 16, "link"),
)


def write_excel(assessment: Assessment | View, path: str | Path, *, lang: Lang = BOTH) -> Path:
    """Write the assessment as a workbook.

    First stands the annexed table, townships by judged indicators with totals as formulas. The
    summary holds title, verdict counts, definitions, inputs, parameters and notes; then
    follow charts, the tidy table, one sheet an indicator family, and the list of gaps with a link
    to a map for each. Text stays text whatever it begins with.

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
    return Path(path)


def _family_rows(view: View, family: str) -> pd.DataFrame:
    table = view.assessment.table
    rows = table[table["indicator"].map(view.family_of) == family].copy()
    rows["indicator"] = rows["indicator"].map(view.indicators)
    rows["gap_mu"] = rows["gap_ha"] * MU_PER_HA
    return rows


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
        columns = [Column(one.key, 16, one.look, one.group) for one in table.fields]
        title = label(table.key, "sheets", lang=lang)
        writer.table(title, table.rows, columns, legend=False, frozen=2)


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
    provenance = dict(view.assessment.provenance)
    inputs = provenance.pop("inputs", {})
    notes = [("", said(note, lang, between="\n")) for note in view.notes]
    if not view.assessment.table["verified"].all():
        notes.append(("", label("unverified", "sheets", lang=lang, between="\n")))
    definitions = [
        (said(one.name, lang), said(one.text, lang, between="\n")) for one in view.definitions
    ]
    sections: Sequence[tuple[str, Sequence[tuple[str, str]]]] = (
        ("definitions", definitions),
        ("notes", notes),
        ("inputs", list(flat(inputs))),
        ("parameters", list(flat(provenance))),
    )
    for key, lines in sections:
        title = label(key, "sheets", lang=lang)
        row = writer.section(sheet, row + 1, title, lines, width=sum(widths))


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

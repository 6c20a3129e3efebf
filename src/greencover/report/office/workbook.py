"""An assessment as an Excel workbook: summary, one sheet an indicator family, list of gaps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely
from pandas.api.types import is_numeric_dtype

from greencover.ground.writing import replacing
from greencover.report.labels import Lang, check_lang, family_of, join, label, labels
from greencover.report.office.workbook_cells import FIRST_WIDTH, Column, Writer
from greencover.report.office.workbook_charts import add_charts
from greencover.report.palette import VERDICT_FILL
from greencover.report.provenance import flat
from greencover.report.remarks import remark
from greencover.report.selection import indicator_names

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.verdicts import Assessment

# 1 mu is 1/15 ha, exactly.
MU_PER_HA = 15

TEXT = "text"
PIN = "https://www.openstreetmap.org/"

FAMILY_COLUMNS = (
    Column("level", 13, TEXT, "levels"),
    Column("unit", 13, TEXT),
    Column("name", 18, TEXT),
    Column("name_en", 18, TEXT),
    Column("indicator", 26, TEXT),
    Column("value", 10, "0.00"),
    Column("low", 11, "0.00"),
    Column("high", 11, "0.00"),
    Column("unit_of_measure", 13, TEXT, "units"),
    Column("numerator", 15, "#,##0.00"),
    Column("denominator", 15, "#,##0.00"),
    Column("measure", 14, TEXT, "units"),
    Column("per", 14, TEXT, "units"),
    Column("unobserved_pct", 13, "0.00"),
    Column("comparison", 12, TEXT),
    Column("target", 10, "0.00"),
    Column("gap", 12, "0.00"),
    Column("gap_pct", 13, "0.00"),
    Column("gap_ha", 13, "#,##0.00"),
    Column("gap_mu", 13, "#,##0.0"),
    Column("gap_km", 13, "#,##0.000"),
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
    Column("value", 10, "0.00"),
    Column("target", 10, "0.00"),
    Column("unit_of_measure", 13, TEXT, "units"),
    Column("needed", 14, "#,##0.00"),
    Column("needed_a_year", 14, "#,##0.00"),
    Column("plantable", 14, "#,##0.00"),
    Column("restricted", 14, "#,##0.00"),
    Column("amounts_in", 12, TEXT, "units"),
    Column("best", 14, "0.00"),
    Column("reachable", 12, TEXT, "words"),
    Column("verdict", 17, TEXT, "verdicts"),
    Column("standard", 30, TEXT),
)

GAP_COLUMNS = (
    Column("gap_id", 10, TEXT),
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


def write_excel(assessment: Assessment, path: str | Path, *, lang: Lang = "both") -> Path:
    """Write the assessment as a workbook.

    The first sheet holds title, verdict counts, definitions, inputs, parameters and notes; then
    follow charts, the tidy table, one sheet an indicator family, and the list of gaps with a link
    to a map for each. Text stays text whatever it begins with.

    Parameters
    ----------
    assessment
        The assessment to write.
    path
        Workbook to make or to replace.
    lang
        ``"zh"``, ``"en"`` or ``"both"``.
    """
    import xlsxwriter

    check_lang(lang)
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    with replacing(path) as draft, xlsxwriter.Workbook(str(draft), options) as book:
        book.set_properties(
            {
                "title": assessment.title,
                "subject": assessment.title_en,
                "comments": "greencover",
            }
        )
        writer = Writer(book, lang)
        _summary(writer, assessment, lang)
        add_charts(writer, assessment.table, lang)
        for family in labels()["families"]:
            rows = _family_rows(assessment.table, family)
            if len(rows):
                entry = labels()["families"][family]
                name = join(entry["zh"], entry["en"], lang=lang)
                writer.table(name, rows, FAMILY_COLUMNS, legend=True, frozen=4)
        _plan(writer, assessment, lang)
        if "road_sides" in assessment.layers:
            name = label("gaps", "sheets", lang=lang)
            writer.table(name, _gap_rows(assessment.gaps), GAP_COLUMNS, legend=False, frozen=2)
    return Path(path)


def _family_rows(table: pd.DataFrame, family: str) -> pd.DataFrame:
    rows = table[table["indicator"].map(family_of) == family].copy()
    names = indicator_names(table)
    rows["indicator"] = [names[key] for key in rows["indicator"]]
    rows["gap_mu"] = rows["gap_ha"] * MU_PER_HA
    return rows


def _plan(writer: Writer, assessment: Assessment, lang: Lang) -> None:
    """What each target that is missed asks for, and how far the tasks of the plan have come."""
    needs, completion = assessment.needs, assessment.completion
    if len(needs):
        names = indicator_names(needs)
        rows = needs.rename(columns={"measure": "amounts_in"})
        rows["indicator"] = needs["indicator"].map(names)
        title = label("needs", "sheets", lang=lang)
        writer.table(title, rows, NEED_COLUMNS, legend=False, frozen=4)
    if len(completion):
        columns = [
            Column(str(key), 16, "#,##0.00" if is_numeric_dtype(completion[key]) else TEXT)
            for key in completion.columns
        ]
        title = label("completion", "sheets", lang=lang)
        writer.table(title, completion, columns, legend=False, frozen=1)


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


def _summary(writer: Writer, assessment: Assessment, lang: Lang) -> None:
    sheet = writer.sheet(label("summary", "sheets", lang=lang))
    widths = (FIRST_WIDTH, 26, *[15] * len(VERDICT_FILL))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 30)
    first, second = assessment.title, assessment.title_en
    if lang == "en":
        first = second or first
    writer.text(sheet, 0, 0, first, "title")
    if lang == "both" and second != first:
        writer.text(sheet, 1, 0, second, "subtitle")
    row = 2
    if assessment.year is not None:
        writer.text(sheet, row, 0, label("year", "sheets", lang=lang), "key")
        writer.text(sheet, row, 1, str(assessment.year), "body")
        row += 1
    row = _counts(writer, sheet, row + 1, assessment.table, lang)
    definitions = [
        (join(*names, lang=lang), label(key, "definitions", lang=lang, between="\n"))
        for key, names in indicator_names(assessment.table).items()
        if key in labels()["definitions"]
    ]
    provenance = dict(assessment.provenance)
    inputs = provenance.pop("inputs", {})
    notes = [("", remark(str(note), lang=lang, between="\n")) for note in assessment.notes]
    if not assessment.table["verified"].all():
        notes.append(("", label("unverified", "sheets", lang=lang, between="\n")))
    sections: Sequence[tuple[str, Sequence[tuple[str, str]]]] = (
        ("definitions", definitions),
        ("notes", notes),
        ("inputs", list(flat(inputs))),
        ("parameters", list(flat(provenance))),
    )
    for key, lines in sections:
        title = label(key, "sheets", lang=lang)
        row = writer.section(sheet, row + 1, title, lines, width=sum(widths))


def _counts(writer: Writer, sheet: Any, row: int, table: pd.DataFrame, lang: Lang) -> int:
    """Number of units with each verdict, by indicator and level; returns the next free row."""
    writer.text(sheet, row, 0, label("verdict_counts", "sheets", lang=lang), "section")
    row += 1
    heads = [label("indicator", "columns", lang=lang), label("level", "columns", lang=lang)]
    for column, head in enumerate(heads):
        writer.text(sheet, row, column, head, "head")
    for column, verdict in enumerate(VERDICT_FILL, start=2):
        writer.text(sheet, row, column, label(verdict, "verdicts", lang=lang), f"verdict {verdict}")
    names = indicator_names(table)
    counts = table.groupby(["indicator", "level"], sort=False)["verdict"].value_counts()
    pairs = sorted(
        {(indicator, level) for indicator, level, _ in counts.index},
        key=lambda pair: (list(names).index(pair[0]), _place(pair[1])),
    )
    for indicator, level in pairs:
        row += 1
        writer.text(sheet, row, 0, join(*names[indicator], lang=lang), "cell")
        writer.text(sheet, row, 1, label(level, "levels", lang=lang), "cell")
        for column, verdict in enumerate(VERDICT_FILL, start=2):
            number = int(counts.get((indicator, level, verdict), 0))
            sheet.write_number(row, column, number, writer.format("0"))
    return row + 1


def _place(level: str) -> int:
    levels = list(labels()["levels"])
    return levels.index(level) if level in levels else len(levels)

"""The annexed table of the books: tasks, planting records and survival, a line for each name.

One block by township, one by who is responsible, one by road, each with its totals, to be copied
into the annex of a report.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from greencover.corridor.claims import claims_by
from greencover.indicators.stands import NOT_STATED
from greencover.report.labels import label

if TYPE_CHECKING:
    from greencover.report.office.workbook_cells import Writer
    from greencover.verdicts import Assessment

BLOCKS = ("township", "responsible", "road")
_CLAIMS = (
    ("records", "0"),
    ("trees", "#,##0"),
    ("area_mu", "#,##0.00"),
    ("greened_km", "#,##0.00"),
)
_SURVIVAL = (
    ("plots", "0"),
    ("survival_pct", "0.0"),
    ("low_pct", "0.0"),
    ("high_pct", "0.0"),
    ("replant_trees", "#,##0"),
    ("replant_all_trees", "#,##0"),
    ("replant_all_mu", "#,##0.0"),
)
_NAME_WIDTH, _WIDTH = 16, 11


@dataclass(frozen=True)
class Head:
    """A column: its group, what it is called, its unit, how it looks, and whether it adds up."""

    group: str
    key: str
    unit: str = ""
    look: str = "#,##0.00"
    adds: bool = True


def book_blocks(assessment: Assessment) -> list[tuple[str, list[Head], pd.DataFrame]]:
    """What a block is by, its columns that have a value, and its rows by name."""
    found = []
    for by in BLOCKS:
        heads, columns = _columns(assessment, by)
        if columns:
            table = pd.concat(columns, axis=1, sort=False)
            table.columns = pd.RangeIndex(len(heads))
            kept = [place for place in range(len(heads)) if table[place].notna().any()]
            found.append((by, [heads[place] for place in kept], table[kept]))
    return found


def _columns(assessment: Assessment, by: str) -> tuple[list[Head], list[pd.Series[Any]]]:
    heads: list[Head] = []
    columns: list[pd.Series[Any]] = []
    completion = assessment.completion
    own = completion[completion["by"] == by] if len(completion) else completion
    for unit in dict.fromkeys(own["unit"]) if len(own) else ():
        rows = own[own["unit"] == unit].set_index("name")
        for key, look in (("planned", "#,##0.00"), ("done", "#,##0.00"), ("completion_pct", "0.0")):
            adds = key != "completion_pct"
            heads.append(Head("completion", key, unit if adds else "", look, adds=adds))
            columns.append(rows[key])
    sums = _claimed(pd.DataFrame(assessment.claims), by)
    survival = assessment.survival
    for group, table, kinds in (("claims", sums, _CLAIMS), ("survival", survival, _SURVIVAL)):
        rows = table[table["by"] == by].set_index("name") if len(table) else table
        for key, look in kinds if len(rows) else ():
            heads.append(Head(group, key, look=look, adds=not key.endswith("_pct")))
            columns.append(rows[key])
    return heads, columns


def _claimed(claims: pd.DataFrame, by: str) -> pd.DataFrame:
    """Sums of records; those that say no township or person have a line, for totals of all.

    What lies beside no road is none of the corridor's.
    """
    if not len(claims):
        return claims
    if by != "road":
        claims = claims.assign(**{by: claims[by].where(claims[by] != "", NOT_STATED)})
    return claims_by(claims, by)


def books_annex(writer: Writer, assessment: Assessment) -> None:
    """Add the sheet; it is left out where no books were entered."""
    blocks = book_blocks(assessment)
    if not blocks:
        return
    title = label("books_annex", "sheets", lang=writer.lang)
    sheet = writer.sheet(title)
    sheet.set_column(0, 0, _NAME_WIDTH)
    sheet.set_column(1, max(len(heads) for _, heads, _ in blocks), _WIDTH)
    writer.text(sheet, 0, 0, title, "title")
    sheet.set_row(0, 26)
    row = 2
    for by, heads, table in blocks:
        row = _block(writer, sheet, row, by, heads, table) + 2


def _block(
    writer: Writer, sheet: Any, top: int, by: str, heads: Sequence[Head], table: pd.DataFrame
) -> int:
    """Heads, rows and totals of a block; returns the row of the totals."""
    first = 1
    while first <= len(heads):
        last = first
        while last < len(heads) and heads[last].group == heads[first - 1].group:
            last += 1
        words = label(heads[first - 1].group, "sheets", lang=writer.lang)
        if last > first:
            sheet.merge_range(top, first, top, last, "", writer.format("head"))
        writer.text(sheet, top, first, words, "head")
        first = last + 1
    writer.text(sheet, top + 1, 0, label(by, "summed_by", lang=writer.lang), "head")
    sheet.set_row(top + 1, 62)
    for place, head in enumerate(heads, start=1):
        unit = f"\n{label(head.unit, 'units', lang=writer.lang)}" if head.unit else ""
        words = label(head.key, "columns", lang=writer.lang, between="\n")
        writer.text(sheet, top + 1, place, words + unit, "head")
    below = top + 2 + len(table)
    for row, (name, values) in enumerate(table.iterrows(), start=top + 2):
        shown = label(name, "stands", lang=writer.lang) if name == NOT_STATED else str(name)
        writer.text(sheet, row, 0, shown, "cell")
        for place, (head, value) in enumerate(zip(heads, values, strict=True), start=1):
            look = writer.format(head.look)
            if math.isfinite(value):
                sheet.write_number(row, place, float(value), look)
            else:
                sheet.write_blank(row, place, None, look)
    writer.text(sheet, below, 0, label("county", "summed_by", lang=writer.lang), "cell")
    for place, (head, column) in enumerate(zip(heads, table, strict=True), start=1):
        look = writer.format(head.look)
        if head.adds:
            cells = xl_range(top + 2, place, below - 1, place)
            total = float(table[column].sum())
            sheet.write_formula(below, place, f"=SUM({cells})", look, total)
        elif head.key == "completion_pct":
            planned, done = (xl_rowcol_to_cell(below, place - step) for step in (2, 1))
            sums = [float(table.iloc[:, place - 1 - step].sum()) for step in (2, 1)]
            rate = 100.0 * sums[1] / sums[0] if sums[0] else 0.0
            formula = f'=IF({planned}=0,"",100*{done}/{planned})'
            sheet.write_formula(below, place, formula, look, rate)
        else:
            sheet.write_blank(below, place, None, look)
    return below

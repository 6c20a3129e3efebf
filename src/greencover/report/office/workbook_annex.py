"""The annexed table of the workbook: townships by judged indicators, the county below them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from greencover.report.judged import Judged, judged
from greencover.report.labels import label, said
from greencover.report.selection import units_in_order

if TYPE_CHECKING:
    from greencover.report.office.workbook_cells import Writer
    from greencover.report.view import View

_NAME_WIDTH = 16
_WIDTH = 9
_FIRST_ROW = 3
_PARTS = ("numerator", "denominator")
# Shares are in hundredths, areas per resident in square metres of hectares.
_FACTORS = (1, 100, 10_000)


def annex(writer: Writer, view: View) -> None:
    """Add the sheet; it is left out where no township has a target."""
    table = view.assessment.table
    columns = [one for one in judged(table) if one.on("township")["target"].notna().any()]
    if not columns:
        return
    units = units_in_order(table, ["township"])
    title = label("annex", "sheets", lang=writer.lang)
    sheet = writer.sheet(title)
    sheet.fit_to_pages(1, 1 if len(units) <= 30 else 0)
    sheet.set_column(0, 0, _NAME_WIDTH)
    writer.text(sheet, 0, 0, title, "title")
    writer.text(sheet, 2, 0, label("township", "levels", lang=writer.lang), "head")
    sheet.set_row(2, 48)
    below = _FIRST_ROW + len(units)
    for row, (name, name_en) in enumerate(
        zip(units["name"], units["name_en"], strict=True), start=_FIRST_ROW
    ):
        shown = name_en if writer.lang == "en" and name_en else name
        writer.text(sheet, row, 0, str(shown), "cell")
    writer.text(sheet, below, 0, label("county", "levels", lang=writer.lang), "cell")
    order = units["unit"].astype(str).tolist()
    for number, one in enumerate(columns):
        first = 1 + 4 * number
        sheet.set_column(first, first + 3, _WIDTH)
        _heads(writer, sheet, first, one)
        found = one.on("township").reindex(order)
        for row, record in enumerate(found.to_dict("records"), start=_FIRST_ROW):
            _row(writer, sheet, row, first, record, sums=None)
        county = one.on("county").to_dict("records")
        if county:
            _row(writer, sheet, below, first, county[0], sums=found)
    sheet.freeze_panes(_FIRST_ROW, 1)
    sheet.repeat_rows(1, 2)
    sheet.print_area(0, 0, below, 4 * len(columns))


def _heads(writer: Writer, sheet: Any, first: int, one: Judged) -> None:
    row = one.rows.iloc[0]
    name = said(one.name, writer.lang)
    sheet.merge_range(1, first, 1, first + 3, "", writer.format("head"))
    writer.text(sheet, 1, first, name, "head")
    units = [row.get(one, "") for one in ("measure", "per", "unit_of_measure")]
    for place, (key, unit) in enumerate(zip((*_PARTS, "value"), units, strict=True)):
        head = label(key, "columns", lang=writer.lang)
        measure = label(str(unit), "units", lang=writer.lang) if unit else ""
        writer.text(sheet, 2, first + place, f"{head}\n{measure}".strip(), "head")
    writer.text(sheet, 2, first + 3, label("verdict", "columns", lang=writer.lang), "head")


def _row(
    writer: Writer,
    sheet: Any,
    row: int,
    first: int,
    record: dict[Any, Any],
    *,
    sums: pd.DataFrame | None,
) -> None:
    """The two amounts, the figure as their ratio, and the verdict.

    The county's amounts are totals of the column only where the townships add up to them: what
    lies outside all townships is the county's alone.
    """
    for place, key in enumerate(_PARTS, start=first):
        amount = float(record[key])
        look = writer.format("#,##0.00")
        if not math.isfinite(amount):
            sheet.write_blank(row, place, None, look)
        elif sums is not None and math.isclose(sums[key].sum(), amount, rel_tol=1e-9):
            column = xl_range(_FIRST_ROW, place, row - 1, place)
            sheet.write_formula(row, place, f"=SUM({column})", look, amount)
        else:
            sheet.write_number(row, place, amount, look)
    value, over, under = (float(record[key]) for key in ("value", *_PARTS))
    look = writer.format("0.00")
    factor = next((f for f in _FACTORS if math.isclose(over * f, value * under, rel_tol=1e-9)), 0)
    if not math.isfinite(value):
        sheet.write_blank(row, first + 2, None, look)
    elif factor and under:
        top, bottom = (xl_rowcol_to_cell(row, first + n) for n in (0, 1))
        sheet.write_formula(row, first + 2, f"={top}/{bottom}*{factor}", look, value)
    else:
        sheet.write_number(row, first + 2, value, look)
    if isinstance(record["verdict"], str):
        verdict = record["verdict"]
        shown = label(verdict, "verdicts", lang=writer.lang)
        writer.text(sheet, row, first + 3, shown, f"verdict {verdict}")

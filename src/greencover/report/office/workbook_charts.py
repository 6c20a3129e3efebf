"""Charts of the workbook, native to Excel: they follow when an office changes a figure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from greencover.report.judged import judged
from greencover.report.labels import Lang, label, said
from greencover.report.palette import ACCENT, INK, QUIET, RULE, SEQUENCES
from greencover.report.selection import (
    target_of,
    unit_name,
    unit_symbol,
    units_in_order,
)

if TYPE_CHECKING:
    import pandas as pd

    from greencover.report.office.workbook_cells import Writer
    from greencover.report.view import View

# Rows and columns of the sheet that one chart takes, two charts abreast.
CHART_ROWS, CHART_COLUMNS = 18, 6
COLUMNS = 20


def add_charts(writer: Writer, view: View, lang: Lang) -> None:
    """A sheet with townships against indicators, and a bar chart of each indicator beside it."""
    table = view.assessment.table
    columns = [one for one in judged(table) if len(one.on("township"))]
    if not columns:
        return
    title = label("charts", "sheets", lang=lang)
    sheet = writer.sheet(title)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, COLUMNS, 13)
    writer.text(sheet, 0, 0, title, "title")
    units = units_in_order(table, ["township"])
    first = units.set_index(units["unit"].astype(str))
    head = 2
    writer.text(sheet, head, 0, label("township", "levels", lang=lang), "head")
    sheet.set_row(head, 62)
    sheet.set_paper(8)
    sheet.set_portrait()
    sheet.fit_to_pages(1, 0)
    for row, unit in enumerate(first.itertuples(index=False), start=head + 1):
        writer.text(sheet, row, 0, unit_name(unit, lang=lang) or "–", "cell")
    column = 1
    for number, one in enumerate(columns):
        known = one.on("township")
        rows = known.reindex(first.index)
        goal = target_of(rows)
        measure = unit_symbol(known["unit_of_measure"].iloc[0], lang=lang)
        name = f"{said(one.name, lang)} ({measure})"
        writer.text(sheet, head, column, name, "head")
        _figures(writer, sheet, head + 1, column, rows["value"])
        series = [(column, SEQUENCES[view.colours_of(one.key)][3])]
        column += 1
        if goal is not None:
            writer.text(sheet, head, column, label("target", "words", lang=lang), "head")
            for row in range(head + 1, head + 1 + len(rows)):
                sheet.write_number(row, column, goal, writer.format("0.00"))
            series.append((column, ""))
            column += 1
        chart = _chart(writer, title, name, head, len(rows), series)
        place = divmod(number, 2)
        sheet.insert_chart(
            len(first) + head + 3 + place[0] * CHART_ROWS, place[1] * CHART_COLUMNS, chart
        )
    sheet.freeze_panes(head + 1, 1)


def _figures(writer: Writer, sheet: Any, row: int, column: int, values: pd.Series) -> None:
    for place, value in enumerate(values, start=row):
        if math.isfinite(float(value)):
            sheet.write_number(place, column, float(value), writer.format("#,##0.00"))
        else:
            sheet.write_blank(place, column, None, writer.format("#,##0.00"))


def _chart(
    writer: Writer,
    sheet: str,
    title: str,
    head: int,
    count: int,
    series: list[tuple[int, str]],
) -> Any:
    chart = writer.book.add_chart({"type": "column"})
    rows = (head + 1, head + count)
    for column, colour in series:
        entry: dict[str, Any] = {
            "name": [sheet, head, column],
            "categories": [sheet, rows[0], 0, rows[1], 0],
            "values": [sheet, rows[0], column, rows[1], column],
        }
        if colour:
            chart.add_series(entry | {"fill": {"color": colour}, "gap": 60})
            continue
        line = writer.book.add_chart({"type": "line"})
        dashes = {"color": "#8a3b00", "width": 1.5, "dash_type": "dash"}
        line.add_series(entry | {"line": dashes})
        chart.combine(line)
    font = {"size": 9, "color": QUIET}
    chart.set_title({"name": title, "name_font": {"size": 11, "color": INK, "bold": True}})
    chart.set_x_axis({"num_font": font | {"rotation": -45}, "line": {"color": RULE}})
    chart.set_y_axis(
        {"num_font": font, "major_gridlines": {"visible": True, "line": {"color": RULE}}, "min": 0}
    )
    chart.set_legend({"position": "bottom", "font": font} if len(series) > 1 else {"none": True})
    chart.set_chartarea({"border": {"color": ACCENT, "width": 0.5}})
    chart.set_size({"width": 620, "height": 340})
    return chart

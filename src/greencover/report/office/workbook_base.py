"""Sheets of base figures in the workbook: land, forest, residents, roads by grade, class areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greencover.report.annexes import base_tables, class_table
from greencover.report.books import SAID
from greencover.report.labels import label
from greencover.report.office.workbook_cells import Column

if TYPE_CHECKING:
    from greencover.report.office.workbook_cells import Writer
    from greencover.report.view import View

_FIRST, _OTHERS = 26, 16


def add_base(writer: Writer, view: View) -> None:
    """Add a sheet for each table that an assessment has figures for."""
    tables = (*base_tables(view.assessment), class_table(view.assessment))
    for table in tables:
        if not len(table.rows):
            continue
        columns = [
            Column(field.key, _OTHERS if place else _FIRST, _look(field.look))
            for place, field in enumerate(table.fields)
        ]
        title = label(table.key, "sheets", lang=writer.lang)
        writer.table(title, table.rows, columns, legend=False, frozen=1)


def _look(look: str) -> str:
    return "text" if look == SAID else look

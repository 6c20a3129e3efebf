"""Sheets, formats and cells of the workbook."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from greencover.ground.limits import digits_beside
from greencover.report.figures import SIGNS
from greencover.report.judged import standard_title
from greencover.report.labels import Lang, label, said
from greencover.report.office.workbook_language import in_language
from greencover.report.office.workbook_page import set_page
from greencover.report.palette import ACCENT, INK, QUIET, RULE, VERDICT_FILL, VERDICT_INK
from greencover.report.selection import text_of

FONT = "Microsoft YaHei"
HEADER_ROW = 2
# Of the summary: its first column, and the last that merged text reaches.
FIRST_WIDTH = 34
LAST_COLUMN = 6
_LINE_PT = 14.0


@dataclass(frozen=True)
class Column:
    """A column of a sheet: where its values come from and how they look.

    ``beside``: other columns, or numbers, that print must not round a value onto or over.
    """

    key: str
    width: float
    look: str
    group: str = ""
    beside: tuple[str | float, ...] = ()

    def look_of(self, record: dict[Any, Any], number: float) -> str:
        """The number format, with the digits that keep the figure on its side of a limit."""
        limits = [
            float(record.get(one, math.nan)) if isinstance(one, str) else one for one in self.beside
        ]
        head, _, digits = self.look.partition(".")
        if not limits or not digits:
            return self.look
        return f"{head}.{'0' * digits_beside(number, *limits, digits=len(digits))}"


class Writer:
    """Writes cells into one workbook, making each format once."""

    def __init__(self, book: Any, lang: Lang) -> None:
        self.book = book
        self.lang = lang
        self._formats: dict[str, Any] = {}

    def format(self, look: str) -> Any:
        """Cell format by name, or a number format such as ``"0.00"``."""
        if look not in self._formats:
            self._formats[look] = self.book.add_format(_style(look))
        return self._formats[look]

    def sheet(self, name: str) -> Any:
        """A new sheet, ready to print across the page."""
        sheet = self.book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", name)[:31])
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&A   &P / &N")
        return sheet

    def text(self, sheet: Any, row: int, column: int, text: str, look: str) -> None:
        """Write text as text: an equals sign at its start does not make it a formula."""
        # Excel refuses more than 32,767 characters and takes no control characters.
        clean = "".join(c for c in text if c.isprintable() or c == "\n")[:32767]
        if clean:
            sheet.write_string(row, column, clean, self.format(look))

    def section(
        self, sheet: Any, row: int, title: str, lines: Sequence[tuple[str, str]], *, width: int
    ) -> int:
        """A headed block; returns the next free row.

        Lines without a key take the whole width, ``width`` letters; the others have their key in
        the first column.
        """
        self.text(sheet, row, 0, title, "section")
        sheet.set_row(row, 21)
        for key, value in lines or [("", label("empty", "sheets", lang=self.lang))]:
            row += 1
            first = 1 if key else 0
            room = width if first == 0 else width - FIRST_WIDTH
            # Merged cells do not grow with their text: count the lines that it will take.
            height = _lines(value, max(room, 12))
            sheet.set_row(row, 15 * height + 3)
            if key:
                self.text(sheet, row, 0, key, "key")
            sheet.merge_range(row, first, row, LAST_COLUMN, "", self.format("body"))
            self.text(sheet, row, first, value, "body")
        return row + 1

    def table(
        self,
        name: str,
        rows: pd.DataFrame,
        columns: Sequence[Column],
        *,
        legend: bool,
        frozen: int,
    ) -> None:
        """A sheet with title, perhaps a legend of verdicts, frozen header, filter and rows.

        Columns without a single value are left out.
        """
        sheet = self.sheet(name)
        rows, spoken = in_language(rows, [column.key for column in columns], self.lang)
        columns = [column for column in columns if column.key in spoken]
        if len(rows):
            columns = [c for c in columns if c.key in rows and rows[c.key].map(text_of).any()]
        self.text(sheet, 0, 0, name, "title")
        sheet.set_row(0, 26)
        if legend:
            for place, verdict in enumerate(VERDICT_FILL):
                self.text(
                    sheet,
                    1,
                    place,
                    label(verdict, "verdicts", lang=self.lang),
                    f"verdict {verdict}",
                )
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            head = label(column.key, "columns", lang=self.lang, between="\n")
            self.text(sheet, HEADER_ROW, place, head, "head")
        sheet.set_row(HEADER_ROW, 48)
        for number, record in enumerate(rows.to_dict("records"), start=HEADER_ROW + 1):
            lines = [
                self.cell(sheet, number, place, column, record)
                for place, column in enumerate(columns)
            ]
            if max(lines, default=1) > 1:
                sheet.set_row(number, _LINE_PT * max(lines) + 3)
        sheet.freeze_panes(HEADER_ROW + 1, frozen)
        sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + max(len(rows), 1), len(columns) - 1)
        sheet.repeat_rows(HEADER_ROW)
        sheet.print_area(0, 0, HEADER_ROW + max(len(rows), 1), len(columns) - 1)
        set_page(sheet, [column.width for column in columns], stay=frozen)

    def cell(self, sheet: Any, row: int, place: int, column: Column, record: dict[Any, Any]) -> int:
        """Write the value that a column takes from a record; returns the lines that it fills."""
        value = record[column.key]
        if column.look not in ("text", "link", "wrapped"):
            number = float("nan") if value is None or value is pd.NA else float(value)
            if math.isfinite(number):
                look = column.look_of(record, number)
                sheet.write_number(row, place, number, self.format(look))
            else:
                sheet.write_blank(row, place, None, self.format(column.look))
            return 1
        look = "wrapped" if column.look == "wrapped" else "cell"
        if column.look == "link":
            sheet.write_url(row, place, value[0], self.format("link"), string=value[1])
            return 1
        if column.key == "verdict":
            text, look = label(value, "verdicts", lang=self.lang), f"verdict {value}"
        elif column.key == "verified":
            text = "" if record.get("verdict") == "no target" else self._yes_no(value)
        elif column.key == "comparison":
            text = SIGNS.get(text_of(value), text_of(value))
        elif column.key == "standard" and not hasattr(value, "said"):
            text = said(standard_title(text_of(value)), self.lang)
        elif column.group:
            text = label(text_of(value), column.group, lang=self.lang)
        elif hasattr(value, "said") or column.key == "note":
            text = said(value, self.lang)
        else:
            text = text_of(value)
        if text:
            self.text(sheet, row, place, text, look)
        else:
            sheet.write_blank(row, place, None, self.format(look))
        return _lines(text, column.width) if look == "wrapped" else 1

    def _yes_no(self, value: object) -> str:
        return label("yes" if value else "no", "words", lang=self.lang)


def _lines(text: str, width: float) -> int:
    """Lines that a text fills in a column: programs do not all let rows grow with their text."""
    # A Chinese character takes two letters of room; words leave some of each line empty.
    lengths = [len(part.encode("gbk", "replace")) for part in text.split("\n")]
    return sum(1 + int(length // max(0.85 * width, 1.0)) for length in lengths)


def _style(look: str) -> dict[str, Any]:
    base: dict[str, Any] = {
        "font_name": FONT,
        "font_size": 10,
        "font_color": INK,
        "valign": "vcenter",
    }
    boxed = {"border": 1, "border_color": RULE}
    if look.startswith("verdict "):
        verdict = look.removeprefix("verdict ")
        colours = {
            "bg_color": VERDICT_FILL.get(verdict, "#ffffff"),
            "font_color": VERDICT_INK.get(verdict, INK),
        }
        return base | boxed | colours | {"align": "center"}
    looks: dict[str, dict[str, Any]] = {
        "title": {"font_size": 16, "bold": True},
        "subtitle": {"font_size": 12, "font_color": QUIET},
        "section": {"font_size": 12, "bold": True, "font_color": ACCENT},
        "head": {
            "bold": True,
            "font_color": "#ffffff",
            "bg_color": ACCENT,
            "text_wrap": True,
            "align": "center",
            **boxed,
        },
        "key": {"font_color": QUIET, "valign": "top"},
        "body": {"text_wrap": True, "valign": "top"},
        "cell": boxed | {"indent": 1},
        "wrapped": boxed | {"text_wrap": True, "valign": "top"},
        "link": boxed | {"font_color": "#0b4a79", "underline": 1},
    }
    return base | looks.get(look, boxed | {"num_format": look, "align": "right"})

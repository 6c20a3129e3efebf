"""The form of a field check as a workbook: one row a station side, findings to choose from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd

from greencover.corridor.field_columns import DRAW, FILLED, blank_form
from greencover.corridor.field_form import FOUND
from greencover.ground.saving import workbook
from greencover.ground.writing import replacing
from greencover.report.labels import BOTH, Lang, Sentence, check_lang, label, said, spoken

__all__ = ["write_field_workbook"]

_WIDTH = {
    "road": 22,
    "water": 22,
    "township": 14,
    "grade": 22,
    "note": 30,
    "photo": 18,
    "found": 16,
}
_DIGITS = {"from_m": "0", "to_m": "0", "lon": "0.000000", "lat": "0.000000"}
_HEADING_ROW, _FIRST_ROW = 2, 4


def write_field_workbook(sample: gpd.GeoDataFrame, path: str | Path, *, lang: Lang = BOTH) -> Path:
    """Write the form of a sample as a workbook.

    What tells the draw, and the names of the columns, stand in hidden columns and a hidden row,
    so that the form can be read back in any language.

    Parameters
    ----------
    sample
        What ``field_sample`` returned.
    path
        Workbook to make or to replace.
    lang
        A language that has a catalogue, or ``"both"``.

    Examples
    --------
    >>> import tempfile
    >>> import greencover as gc
    >>> assessment = gc.assess("campaign.toml")
    >>> sample = gc.field_sample(assessment.roadside, n=60)
    >>> write_field_workbook(sample, Path(tempfile.mkdtemp()) / "form.xlsx").name
    'form.xlsx'
    """
    check_lang(lang)
    form = blank_form(sample)
    words = [label(one, "found", lang=single) for single in spoken(lang) for one in FOUND]
    with replacing(path) as draft, workbook(draft) as book:
        sheet = book.add_worksheet(label("form", "field", lang=lang)[:31])
        looks = _looks(book)
        sheet.write(0, 0, label("form", "field", lang=lang), looks["title"])
        sheet.write(1, 0, said(Sentence("field.how_to_fill"), lang), looks["remark"])
        for number, column in enumerate(form.columns):
            heading = label(column, "form_columns", lang=lang, between="\n")
            sheet.write(_HEADING_ROW, number, heading, looks["heading"])
            sheet.write(_HEADING_ROW + 1, number, column)
            hidden = {"hidden": True} if column in (*DRAW, "here_lon", "here_lat") else {}
            sheet.set_column(number, number, _WIDTH.get(column, 12), None, hidden)
            look = looks["to_fill" if column in FILLED else _DIGITS.get(column, "given")]
            for row, value in enumerate(form[column], start=_FIRST_ROW):
                _write_cell(sheet, row, number, _shown(column, value, lang), look)
        sheet.set_row(_HEADING_ROW, 32)
        sheet.set_row(_HEADING_ROW + 1, None, None, {"hidden": True})
        sheet.freeze_panes(_FIRST_ROW, 1)
        found = form.columns.get_loc("found")
        sheet.data_validation(
            _FIRST_ROW,
            found,
            _FIRST_ROW + len(form) - 1,
            found,
            {"validate": "list", "source": list(dict.fromkeys(words))},
        )
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEADING_ROW)
    return Path(path)


def _shown(column: str, value: Any, lang: Lang) -> Any:
    if column == "side":
        return label(value, "sides", lang=lang)
    if column == "grade" and value:
        return label(value, "grades", lang=lang)
    return value


def _write_cell(sheet: Any, row: int, column: int, value: Any, look: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value, look)
    elif value == value:
        sheet.write_number(row, column, float(value), look)
    else:
        sheet.write_blank(row, column, None, look)


def _looks(book: Any) -> dict[str, Any]:
    boxed = {"border": 1, "border_color": "#9a9a9a", "font_size": 10}
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "remark": book.add_format({"font_size": 9, "font_color": "#444444"}),
        "heading": book.add_format(
            {**boxed, "bold": True, "bg_color": "#e4ece2", "text_wrap": True, "valign": "vcenter"}
        ),
        "given": book.add_format(boxed),
        **{one: book.add_format({**boxed, "num_format": one}) for one in _DIGITS.values()},
        "to_fill": book.add_format({**boxed, "bg_color": "#fffbe6", "num_format": "@"}),
    }

"""How a sheet of the workbook comes to paper: size, scale, and what stands on each page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

#: Size of letters in cells, and the smallest that is read in print, in points.
LETTERS_PT, LEAST_PT = 10.0, 8.0

_MARGIN_INCH = 0.4
_LEAST_PERCENT = round(100 * LEAST_PT / LETTERS_PT)
# Number that a workbook gives each paper, and the width of it lying down, in millimetres.
_A4, _A3 = (9, 297.0), (8, 420.0)
_PT_PER_MM = 72 / 25.4
# Nobody's width of a column is quite another's: a little air keeps the last one on the page.
_AIR = 0.97


def width_pt(letters: float) -> float:
    """Width of a column that holds so many letters of the standard size.

    Examples
    --------
    >>> width_pt(10)
    56.25
    """
    return (7.0 * letters + 5.0) * 0.75


def set_page(sheet: Any, widths: Sequence[float], *, stay: int = 1) -> None:
    """Lay a sheet on A4, on A3 where A4 would make letters too small, or on several pages abreast.

    Parameters
    ----------
    sheet
        The sheet.
    widths
        Widths of its columns in letters.
    stay
        Columns that stand on every page where they lie abreast: those that name the row.
    """
    sheet.set_landscape()
    sheet.set_margins(left=_MARGIN_INCH, right=_MARGIN_INCH)
    wanted = sum(map(width_pt, widths)) * _LEAST_PERCENT / 100
    for paper, width_mm in (_A4, _A3):
        sheet.set_paper(paper)
        if wanted <= _room_pt(width_mm):
            sheet.fit_to_pages(1, 0)
            return
    sheet.set_print_scale(_LEAST_PERCENT)
    sheet.repeat_columns(0, max(stay - 1, 0))
    sheet.set_v_pagebreaks(breaks(widths, stay, _room_pt(_A3[1])))


def breaks(widths: Sequence[float], stay: int, room_pt: float) -> list[int]:
    """Columns before which a new page begins, when the first ``stay`` stand on every page.

    Examples
    --------
    >>> breaks([10, 20, 20, 20], 1, 150)
    [2, 3]
    """
    printed = [width_pt(one) * _LEAST_PERCENT / 100 for one in widths]
    head = sum(printed[:stay])
    found, used = [], head
    for place, width in enumerate(printed[stay:], start=stay):
        if used + width > room_pt and used > head:
            found.append(place)
            used = head
        used += width
    return found


def _room_pt(width_mm: float) -> float:
    return (width_mm * _PT_PER_MM - 2 * 72 * _MARGIN_INCH) * _AIR

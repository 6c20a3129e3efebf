"""Small multiples: every indicator by township, side by side at one scale."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

from greencover.ground import fonts
from greencover.ground.notes import Note
from greencover.report import palette
from greencover.report.labels import said
from greencover.report.maps import cartography as carto
from greencover.report.maps.choropleth import classed, draw_classes, draw_verdicts
from greencover.report.maps.furniture import add_scale_bar
from greencover.report.maps.labels import fit
from greencover.report.maps.registry import Map, register
from greencover.report.maps.sheet import map_sheet, needed_layer
from greencover.report.selection import indicator_names
from greencover.report.style import PLAIN, MapStyle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from greencover.verdicts import Assessment

MOST = 9
TITLE = Note("labels.maps.indicators")


def draw_indicators(
    assessment: Assessment,
    ax: Axes | None = None,
    *,
    sheet_number: int = 1,
    style: MapStyle = PLAIN,
) -> Axes:
    """Indicators of the townships as small maps, nine a sheet.

    The small maps are inset axes of the axes returned.

    Parameters
    ----------
    sheet_number
        Which nine indicators: the first sheet is 1.
    assessment, ax, style
        As for :func:`draw_choropleth`.
    """
    lang = style.lang
    layer = needed_layer(assessment, "townships", TITLE)
    with mpl.rc_context(fonts.settings()):
        crs = carto.local_crs(layer)
        west, south, east, north = layer.to_crs(crs).total_bounds
        # Room for the legend beside the county.
        bounds = (west, south, east + 0.42 * (east - west), north)
        table = assessment.table[assessment.table["level"] == "township"]
        names = dict(list(indicator_names(table).items())[MOST * (sheet_number - 1) :][:MOST])
        sheet = map_sheet(assessment, TITLE, crs, ax=ax, style=style, wide=True)
        sheet.ax.axis("off")
        columns, rows = _grid(len(names), sheet.ax)
        for number, (indicator, name) in enumerate(names.items()):
            column, row = number % columns, number // columns
            place = (
                (column + 0.02) / columns,
                1 - (row + 0.94) / rows,
                0.96 / columns,
                0.84 / rows,
            )
            small = sheet.ax.inset_axes(place)
            carto.frame_map(small, bounds)
            data = classed(assessment, crs, indicator=indicator, level="township", style=style)
            handles: list[Any] = draw_classes(small, data, lang, counts=False)
            handles += draw_verdicts(small, data, lang, counts=False)
            if number == 0:
                add_scale_bar(small, crs)
            head = small.set_title("", size=9.5, color=palette.INK, loc="left", pad=3)
            room = small.get_window_extent().width
            fit(head, [fonts.drawable(said(name, lang))], room, least=6)
            small.legend(
                handles=handles,
                fontsize=5.8,
                loc="lower right",
                framealpha=0.85,
                borderpad=0.3,
                labelspacing=0.25,
                handlelength=1.4,
                edgecolor="none",
            ).set_zorder(25)
    return sheet.ax


def _grid(count: int, ax: Axes) -> tuple[int, int]:
    """Columns and rows whose cells are closest to square."""
    box = ax.get_window_extent()

    def off(columns: int) -> float:
        rows = math.ceil(count / columns)
        shape = (box.width / columns) / (box.height / rows)
        return abs(math.log(shape)) + 0.1 * (columns * rows - count)

    columns = min(range(1, max(count, 1) + 1), key=off)
    return columns, math.ceil(count / columns)


class _Further(Map):
    """A further sheet, where there are more indicators than the sheets before it hold."""

    def fits(self, assessment: Assessment) -> bool:
        """Whether an indicator is left for it."""
        table = assessment.table[assessment.table["level"] == "township"]
        sheets = -(-table["indicator"].nunique() // MOST)
        return super().fits(assessment) and sheets >= int(self.name.rsplit("-", 1)[1])


register(Map("indicators", TITLE, draw_indicators, in_report=False, place=70))
for _number in (2, 3, 4):
    register(
        _Further(
            f"indicators-{_number}",
            TITLE,
            partial(draw_indicators, sheet_number=_number),
            in_report=False,
            place=70 + _number,
        )
    )

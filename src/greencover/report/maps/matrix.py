"""The verdict matrix: units against indicators, each cell with its figure and its verdict."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.patches import Patch, Rectangle

from greencover.ground import fonts
from greencover.ground.notes import Note
from greencover.report import palette
from greencover.report.labels import Lang, Named, alone, label, said
from greencover.report.maps import cartography as carto
from greencover.report.maps.labels import fit, halo
from greencover.report.maps.registry import Map, register
from greencover.report.maps.sheet import source_parts, subtitle_of
from greencover.report.matrix import Cell, Column, Matrix, matrix_of
from greencover.report.selection import unit_symbol
from greencover.report.style import PLAIN, MapStyle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from greencover.verdicts import Assessment

TITLE = Note("labels.maps.verdict_matrix")
# Hatches are pale enough to read a figure over them.
_HATCHED = {"not met": "#e0944f", "uncertain": "#c9ae45", "no data": "#aab2b7"}


def draw_verdict_matrix(
    assessment: Assessment, ax: Axes | None = None, *, style: MapStyle = PLAIN
) -> Axes:
    """Townships and county against indicators: figure, verdict by colour and by symbol.

    Parameters
    ----------
    assessment
        The assessment to show.
    ax
        Axes to draw in; a page of its own when left out.
    style
        Language, page and title.
    """
    matrix = matrix_of(assessment.table)
    with mpl.rc_context(fonts.settings() | {"hatch.linewidth": 0.5}):
        if ax is None:
            ax = carto.new_sheet(
                Named(style.title) if style.title else TITLE,
                subtitle_of(assessment, style),
                source_parts(assessment, None, replace(style, approval="")),
                lang=style.lang,
                page=style.layout,
                height=2.6 + 0.3 * len(matrix.units),
                wide=True,
            ).ax
        _fill(ax, matrix, style.lang)
    return ax


def _fill(ax: Axes, matrix: Matrix, lang: Lang) -> None:
    left = 1.45
    columns, units = matrix.columns, matrix.units
    ax.set_xlim(-left, max(len(columns), 1))
    ax.set_ylim(max(len(units), 8) + 0.75, -1.5)
    ax.axis("off")
    column_width = ax.get_window_extent().width / (left + max(len(columns), 1))
    small = 8.5 if len(units) <= 24 else 7.5
    for place, column in enumerate(columns):
        _heading(ax, place, column, lang, column_width)
        for row, cells in enumerate(matrix.cells):
            cell = cells[place]
            if cell is not None:
                _cell(ax, place, row, cell, lang, small)
            else:
                ax.text(place + 0.5, row + 0.5, "·", color=palette.RULE, ha="center", va="center")
    for row, unit in enumerate(units):
        wordings = [said(unit.name, lang, between=between) for between in ("  ", "\n")]
        text = ax.text(-left, row + 0.5, "", size=small + 0.5, color=palette.INK, va="center")
        fit(text, [fonts.drawable(words) for words in wordings], 0.97 * left * column_width)
    towns = [unit.level for unit in units].count("township")
    for edge in {0, towns}:
        ax.plot([-left, len(columns)], [edge] * 2, color=palette.INK, linewidth=0.9, clip_on=False)
    ax.legend(
        handles=[
            Patch(
                facecolor=palette.VERDICT_FILL[v],
                edgecolor=_HATCHED.get(v, palette.QUIET),
                linewidth=0.5,
                hatch=palette.VERDICT_HATCH.get(v),
                label=f"{palette.VERDICT_SYMBOL[v]} {label(v, 'verdicts', lang=lang)}".strip(),
            )
            for v in matrix.verdicts
        ],
        loc="lower left",
        bbox_to_anchor=(0.0, 0.0),
        ncol=len(matrix.verdicts) or 1,
        frameon=False,
        fontsize=8.5,
        handleheight=1.2,
        borderaxespad=0.0,
    )


def _heading(ax: Axes, place: int, column: Column, lang: Lang, width: float) -> None:
    unit, word = unit_symbol(column.unit, lang=alone(lang)), label("target", "words", lang=lang)
    line = unit
    if column.goal:
        line = f"{word} {column.goal.text} {unit}"
    elif column.varies:
        line = f"{word} {label('targets_vary', 'words', lang=lang)}"
    look: dict[str, Any] = {"ha": "center", "va": "bottom", "linespacing": 1.25}
    title = ax.text(place + 0.5, -0.5, "", size=8.8, color=palette.INK, **look)
    fit(title, [fonts.drawable(said(column.name, lang, between="\n"))], 0.96 * width)
    below = ax.text(place + 0.5, -0.14, "", size=7.5, color=palette.QUIET, **look)
    fit(below, [line], 0.96 * width)


def _cell(ax: Axes, place: int, row: int, cell: Cell, lang: Lang, size: float) -> None:
    ax.add_patch(
        Rectangle(
            (place + 0.03, row + 0.06),
            0.94,
            0.88,
            facecolor=palette.VERDICT_FILL.get(cell.verdict, "white"),
            edgecolor=_HATCHED.get(cell.verdict, palette.RULE),
            hatch=palette.VERDICT_HATCH.get(cell.verdict),
            linewidth=0.4,
        )
    )
    figure = cell.figure or label("no data", "verdicts", lang=lang)
    symbol = cell.symbol if math.isfinite(cell.value) else ""
    colour = palette.VERDICT_INK.get(cell.verdict, palette.INK)
    look: dict[str, Any] = {"color": colour, "ha": "center", "va": "center"}
    if cell.own_goal:
        word = label("target", "words", lang=alone(lang))
        own = ax.text(place + 0.5, row + 0.76, f"{word} {cell.own_goal}", size=size - 2, **look)
        halo(own, colour=palette.VERDICT_FILL.get(cell.verdict, "white"))
    height = row + (0.4 if cell.own_goal else 0.5)
    text = ax.text(place + 0.5, height, f"{figure}  {symbol}".strip(), size=size, **look)
    if cell.verdict in palette.VERDICT_HATCH:
        halo(text, width=3.5, colour=palette.VERDICT_FILL[cell.verdict])


register(Map("verdict-matrix", TITLE, draw_verdict_matrix, in_report=False, place=80))

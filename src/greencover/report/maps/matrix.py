"""The verdict matrix: units against indicators, each cell with its figure and its verdict."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.patches import Patch, Rectangle

from greencover.report import fonts, palette
from greencover.report.labels import Lang, join, label, pair
from greencover.report.maps import cartography as carto
from greencover.report.maps.labels import fit, halo
from greencover.report.maps.sheet import source_parts, subtitle_of
from greencover.report.selection import (
    LEVELS,
    goal_text,
    indicator_names,
    rates,
    shown,
    target_of,
    unit_name,
    unit_symbol,
    units_in_order,
)
from greencover.report.style import PLAIN, MapStyle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from greencover.verdicts import Assessment


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
    lang = style.lang
    table = assessment.table[assessment.table["level"].isin(LEVELS)]
    names = indicator_names(table)
    units = units_in_order(table, LEVELS)
    with mpl.rc_context(fonts.settings()):
        if ax is None:
            height = 2.6 + 0.3 * len(units)
            words = (style.title, style.title) if style.title else pair("verdict_matrix", "maps")
            ax = carto.new_sheet(
                words,
                subtitle_of(assessment, style),
                source_parts(assessment, None, replace(style, approval="")),
                lang=lang,
                page=style.layout,
                height=height,
                wide=True,
            ).ax
        _fill(ax, table, units, names, lang)
    return ax


def _fill(ax: Axes, table: Any, units: Any, names: dict[str, tuple[str, str]], lang: Lang) -> None:
    left = 1.45
    ax.set_xlim(-left, max(len(names), 1))
    ax.set_ylim(max(len(units), 8) + 0.75, -1.5)
    ax.axis("off")
    column_width = ax.get_window_extent().width / (left + max(len(names), 1))
    small = 8.5 if len(units) <= 24 else 7.5
    for column, (key, (zh, en)) in enumerate(names.items()):
        by_level = {level: rates(table, key, level) for level in LEVELS}
        towns = by_level["township"] if len(by_level["township"]) else by_level["county"]
        _heading(ax, column, (zh, en), towns, lang, column_width)
        goal = target_of(towns)
        for row, unit in enumerate(units.itertuples(index=False)):
            found = by_level[unit.level]
            if str(unit.unit) in found.index:
                _cell(ax, column, row, found.loc[str(unit.unit)], goal, lang, small)
            else:
                ax.text(column + 0.5, row + 0.5, "·", color=palette.RULE, ha="center", va="center")
    first_county = int((units["level"] == "township").sum())
    for row, unit in enumerate(units.itertuples(index=False)):
        wordings = [unit_name(unit, lang=lang, between=between) for between in ("  ", "\n")]
        text = ax.text(-left, row + 0.5, "", size=small + 0.5, color=palette.INK, va="center")
        fit(text, [fonts.drawable(words) for words in wordings], 0.97 * left * column_width)
    for edge in {0, first_county}:
        ax.plot([-left, len(names)], [edge, edge], color=palette.INK, linewidth=0.9, clip_on=False)
    used = [v for v in palette.VERDICT_FILL if (table["verdict"] == v).any()]
    ax.legend(
        handles=[
            Patch(
                facecolor=palette.VERDICT_FILL[v],
                edgecolor=palette.QUIET,
                linewidth=0.5,
                hatch="////" if v == "no data" else None,
                label=f"{palette.VERDICT_SYMBOL[v]} {label(v, 'verdicts', lang=lang)}".strip(),
            )
            for v in used
        ],
        loc="lower left",
        bbox_to_anchor=(0.0, 0.0),
        ncol=len(used) or 1,
        frameon=False,
        fontsize=8.5,
        handleheight=1.2,
        borderaxespad=0.0,
    )


def _heading(
    ax: Axes, column: int, names: tuple[str, str], rows: Any, lang: Lang, width: float
) -> None:
    unit = unit_symbol(rows["unit_of_measure"].iloc[0], lang="en")
    goal = target_of(rows)
    word = label("target", "words", lang=lang)
    if goal is not None:
        sign = goal_text(rows.iloc[0]).split()[0].replace(">=", "≥").replace("<=", "≤")
        line = f"{word} {sign} {goal:g} {unit}"
    elif rows["target"].notna().any():
        line = f"{word} {label('targets_vary', 'words', lang=lang)}"
    else:
        line = unit
    look: dict[str, Any] = {"ha": "center", "va": "bottom", "linespacing": 1.25}
    title = ax.text(column + 0.5, -0.5, "", size=8.8, color=palette.INK, **look)
    fit(title, [fonts.drawable(join(*names, lang=lang, between="\n"))], 0.96 * width)
    below = ax.text(column + 0.5, -0.14, "", size=7.5, color=palette.QUIET, **look)
    fit(below, [line], 0.96 * width)


def _cell(
    ax: Axes, column: int, row: int, record: Any, goal: float | None, lang: Lang, size: float
) -> None:
    verdict = record["verdict"]
    ax.add_patch(
        Rectangle(
            (column + 0.03, row + 0.06),
            0.94,
            0.88,
            facecolor=palette.VERDICT_FILL.get(verdict, "white"),
            edgecolor="#b9c0c4" if verdict == "no data" else palette.RULE,
            hatch="////" if verdict == "no data" else None,
            linewidth=0.4,
        )
    )
    value = float(record["value"])
    figure = shown(value, float(record["target"])) or label("no data", "verdicts", lang=lang)
    symbol = palette.VERDICT_SYMBOL.get(verdict, "") if math.isfinite(value) else ""
    own = goal_text(record, common=goal).replace(">=", "≥").replace("<=", "≤")
    colour = palette.VERDICT_INK.get(verdict, palette.INK)
    if own:
        word = label("target", "words", lang="en" if lang == "en" else "zh")
        ax.text(
            column + 0.5,
            row + 0.76,
            f"{word} {own}",
            size=size - 2,
            color=colour,
            ha="center",
            va="center",
        )
    text = ax.text(
        column + 0.5,
        row + (0.4 if own else 0.5),
        f"{figure}  {symbol}".strip(),
        size=size,
        color=colour,
        ha="center",
        va="center",
    )
    if verdict == "no data":
        halo(text, width=3, colour=palette.VERDICT_FILL["no data"])

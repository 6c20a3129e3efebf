"""An assessment as a notebook shows it: verdicts by township and a small map."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import TYPE_CHECKING, Any

from greencover.report import palette
from greencover.report.labels import join, label
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

if TYPE_CHECKING:
    import pandas as pd

    from greencover.verdicts import Assessment

# A longer table is for the workbook.
MOST_ROWS = 40
MAP_INCHES = (5.2, 4.2)


def as_html(assessment: Assessment) -> str:
    """Title, verdict counts, units against indicators, and a map of forest coverage."""
    table = assessment.table[assessment.table["level"].isin(LEVELS)]
    title = escape(join(assessment.title, assessment.title_en, between=" · "))
    counts = assessment.table["verdict"].value_counts()
    chips = " ".join(
        f"<span style='{_look(v)};padding:1px 8px;border-radius:3px'>"
        f"{escape(label(v, 'verdicts'))} {int(counts[v])}</span>"
        for v in palette.VERDICT_FILL
        if v in counts and v != "no target"
    )
    picture = _map(assessment)
    return (
        f"<div><h4 style='margin:0 0 6px'>{title}</h4><p style='margin:0 0 8px'>{chips}</p>"
        "<div style='display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start'>"
        f"{_matrix(table)}{picture}</div></div>"
    )


def _look(verdict: str) -> str:
    fill = palette.VERDICT_FILL.get(verdict, "#ffffff")
    return f"background:{fill};color:{palette.VERDICT_INK.get(verdict, palette.INK)}"


def _matrix(table: pd.DataFrame) -> str:
    names = indicator_names(table)
    by_key = {key: {level: rates(table, key, level) for level in LEVELS} for key in names}
    heads, goals = [], {}
    for key, (zh, en) in names.items():
        rows = by_key[key]["township"] if len(by_key[key]["township"]) else by_key[key]["county"]
        goals[key] = target_of(rows)
        goal = goal_text(rows.iloc[0]) if goals[key] is not None else ""
        measure = unit_symbol(rows["unit_of_measure"].iloc[0], lang="en")
        small = f"<br><small>{escape(f'{goal} {measure}'.strip())}</small>"
        heads.append(f"<th style='text-align:right'>{escape(zh)}<br>{escape(en)}{small}</th>")
    units = units_in_order(table, LEVELS)
    body = []
    for unit in units.head(MOST_ROWS).itertuples(index=False):
        cells = [_cell(by_key[key][str(unit.level)], str(unit.unit), goals[key]) for key in names]
        name = escape(unit_name(unit, lang="both"))
        body.append(f"<tr><td style='text-align:left'>{name}</td>{''.join(cells)}</tr>")
    more = len(units) - MOST_ROWS
    if more > 0:
        body.append(f"<tr><td colspan='{len(names) + 1}'>… {more}</td></tr>")
    return f"<table><tr><th></th>{''.join(heads)}</tr>{''.join(body)}</table>"


def _cell(rows: pd.DataFrame, unit: str, goal: float | None) -> str:
    if unit not in rows.index:
        return "<td></td>"
    record: Any = rows.loc[unit]
    verdict = str(record["verdict"])
    figure = shown(float(record["value"]), float(record["target"])) or "–"
    own = goal_text(record, common=goal)
    text = escape(f"{figure} {palette.VERDICT_SYMBOL.get(verdict, '')}".strip())
    small = f"<br><small>{escape(own)}</small>" if own else ""
    note = escape(label(verdict, "verdicts"))
    return f"<td style='text-align:right;{_look(verdict)}' title='{note}'>{text}{small}</td>"


def _map(assessment: Assessment) -> str:
    """A small choropleth as a picture inside the page; nothing where there are no figures."""
    if rates(assessment.table, "forest_coverage", "township").empty:
        return ""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from greencover.report import fonts
    from greencover.report.maps.choropleth import draw_choropleth
    from greencover.report.style import MapStyle

    figure = Figure(figsize=MAP_INCHES)
    FigureCanvasAgg(figure)
    ax = figure.add_axes((0.02, 0.02, 0.96, 0.9))
    draw_choropleth(assessment, ax, style=MapStyle(graticule=False))
    buffer = io.BytesIO()
    with mpl.rc_context(fonts.settings()):
        figure.savefig(buffer, dpi=90, format="png")
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return f"<img alt='' style='max-width:100%' src='data:image/png;base64,{data}'>"

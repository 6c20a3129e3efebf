"""An assessment as a notebook shows it: verdicts by township and a small map."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import TYPE_CHECKING

from greencover.report import palette
from greencover.report.labels import label, said
from greencover.report.matrix import Cell, Matrix
from greencover.report.selection import rates, unit_sign
from greencover.report.view import View

if TYPE_CHECKING:
    from greencover.verdicts import Assessment

# A longer table is for the workbook.
MOST_ROWS = 40
MAP_INCHES = (5.2, 4.2)


def as_html(assessment: Assessment) -> str:
    """Title, verdict counts, units against indicators, and a map of forest coverage."""
    view = View.of(assessment)
    title = escape(said(view.title, between=" · "))
    counts = assessment.table["verdict"].value_counts()
    chips = " ".join(
        f"<span style='{_look(v)};padding:1px 8px;border-radius:3px'>"
        f"{escape(label(v, 'verdicts'))} {int(counts[v])}</span>"
        for v in view.verdicts
        if v != "no target"
    )
    picture = _map(assessment)
    return (
        f"<div><h4 style='margin:0 0 6px'>{title}</h4><p style='margin:0 0 8px'>{chips}</p>"
        "<div style='display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start'>"
        f"{_matrix(view.matrix)}{picture}</div></div>"
    )


def _look(verdict: str) -> str:
    fill = palette.VERDICT_FILL.get(verdict, "#ffffff")
    return f"background:{fill};color:{palette.VERDICT_INK.get(verdict, palette.INK)}"


def _matrix(matrix: Matrix) -> str:
    heads = []
    for column in matrix.columns:
        goal = column.goal.text if column.goal else ""
        measure = unit_sign(column.unit, "both")
        name = "<br>".join(escape(text) for text in said(column.name, between="\n").split("\n"))
        small = f"<br><small>{escape(f'{goal} {measure}'.strip())}</small>"
        heads.append(f"<th style='text-align:right'>{name}{small}</th>")
    body = []
    for unit, cells in list(zip(matrix.units, matrix.cells, strict=True))[:MOST_ROWS]:
        row = "".join(_cell(cell) for cell in cells)
        body.append(f"<tr><td style='text-align:left'>{escape(said(unit.name))}</td>{row}</tr>")
    more = len(matrix.units) - MOST_ROWS
    if more > 0:
        body.append(f"<tr><td colspan='{len(matrix.columns) + 1}'>… {more}</td></tr>")
    return f"<table><tr><th></th>{''.join(heads)}</tr>{''.join(body)}</table>"


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return "<td></td>"
    text = escape(f"{cell.figure or '–'} {cell.symbol}".strip())
    small = f"<br><small>{escape(cell.own_goal)}</small>" if cell.own_goal else ""
    note = escape(label(cell.verdict, "verdicts"))
    return f"<td style='text-align:right;{_look(cell.verdict)}' title='{note}'>{text}{small}</td>"


def _map(assessment: Assessment) -> str:
    """A small choropleth as a picture inside the page; nothing where there are no figures."""
    if rates(assessment.table, "forest_coverage", "township").empty:
        return ""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from greencover.ground import fonts
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

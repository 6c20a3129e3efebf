"""Both sides of every road by status, and the rate of each road grade."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl

from greencover.ground import fonts
from greencover.ground.notes import Note
from greencover.report import palette
from greencover.report.labels import Label, Lang, label
from greencover.report.maps import cartography as carto
from greencover.report.maps.badges import label_roads
from greencover.report.maps.furniture import bar_chart
from greencover.report.maps.labels import LabelPlacer, wordings
from greencover.report.maps.longest import list_longest
from greencover.report.maps.registry import Map, register
from greencover.report.maps.room import frame_subject
from greencover.report.maps.sheet import (
    add_legend,
    finish,
    label_units,
    lower_part,
    map_sheet,
    needed_layer,
    township_base,
)
from greencover.report.maps.strokes import add_roadsides
from greencover.report.selection import by_grade, rates, target_of
from greencover.report.style import PLAIN, MapStyle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from greencover.verdicts import Assessment

TITLE = Note("labels.maps.roadside_greening")
# Height from which a column has room for grades and for the longest gaps.
_TWO_IN = 3.2


def draw_roadside_greening(
    assessment: Assessment, ax: Axes | None = None, *, style: MapStyle = PLAIN
) -> Axes:
    """Both sides of every road, coloured by its status.

    The two sides are drawn farther apart than they are, or they would fall on one another.
    Parameters and result are those of :func:`draw_choropleth`.
    """
    lang = style.lang
    layer = needed_layer(assessment, "road_sides", TITLE)
    towns = needed_layer(assessment, "townships", TITLE)
    with mpl.rc_context(fonts.settings()):
        crs = carto.local_crs(towns)
        towns, sides = towns.to_crs(crs), layer.to_crs(crs)
        sheet = map_sheet(assessment, TITLE, crs, ax=ax, style=style)
        room = frame_subject(sheet.ax, towns.geometry)
        boundary = township_base(sheet, towns, lang, fill=palette.LAND)
        point = carto.metres_per_point(sheet.ax)
        handles = add_roadsides(sheet.ax, sides, point, lang)
        handles.append(boundary)
        finish(sheet, crs, style, room)
        placer = LabelPlacer(sheet.ax, avoid=sides.geometry, room=room.boxes)
        label_units(placer, towns, lang, size=7.5, color="#59666d")
        whole = sides[["road", sides.geometry.name]].dissolve("road").geometry
        gap_m = sides[sides["status"] == "gap"].groupby("road")["length_m"].sum()
        label_roads(placer, list(map(str, whole.index)), list(whole), gap_m.to_dict())
        add_legend(
            sheet, handles, lang=lang, note=label("sides_shown", "words", lang=lang, between="\n")
        )
        if sheet.chart is not None:
            if sheet.chart.get_window_extent().height > _TWO_IN * sheet.chart.figure.dpi:
                list_longest(lower_part(sheet.chart, 0.5), assessment, lang)
            _grade_chart(sheet.chart, assessment, lang)
    return sheet.ax


def _grade_chart(ax: Axes, assessment: Assessment, lang: Lang) -> None:
    found = rates(assessment.table, "roadside_greening_rate", "road_grade")
    if found.empty:
        return
    found = by_grade(found)
    bar_chart(
        ax,
        [wordings(Label(grade, "grades"), lang) for grade in found.index],
        [float(v) for v in found["value"]],
        [palette.STATUS_COLOUR["greened"]] * len(found),
        title=f"{label('by_grade', 'words', lang=lang)} (%)",
        target=target_of(found),
        lang=lang,
    )


register(Map("roadside-greening", TITLE, draw_roadside_greening, layers=("road_sides",), place=30))

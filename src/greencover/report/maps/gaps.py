"""Roadside gaps over the land-cover image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.lines import Line2D

from greencover.corridor.resolving import NOT_SEEN
from greencover.ground import fonts
from greencover.ground.notes import Note
from greencover.report import palette
from greencover.report.labels import Lang, label
from greencover.report.maps import cartography as carto
from greencover.report.maps.cover import add_cover, cover_patches, fade_outside
from greencover.report.maps.geometry import add_lines
from greencover.report.maps.labels import LabelPlacer
from greencover.report.maps.longest import list_longest
from greencover.report.maps.registry import Map, register
from greencover.report.maps.room import frame_subject
from greencover.report.maps.sheet import (
    add_legend,
    finish,
    label_units,
    map_sheet,
    needed_layer,
)
from greencover.report.maps.strokes import (
    add_border,
    add_roads,
    add_stroked,
    sides_apart,
    status_stroke,
    stroke_key,
)
from greencover.report.style import PLAIN, MapStyle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from greencover.verdicts import Assessment

# Paler cover, so that the gaps stand out over it.
WASH = 0.45
TITLE = Note("labels.maps.gaps_over_cover")


def draw_gaps_over_cover(
    assessment: Assessment, ax: Axes | None = None, *, style: MapStyle = PLAIN
) -> Axes:
    """Roadside gaps over the land-cover image, with the legend of the classes that occur.

    Parameters and result are those of :func:`draw_choropleth`.
    """
    lang = style.lang
    towns = needed_layer(assessment, "townships", TITLE)
    needed_layer(assessment, "road_sides", TITLE)
    with mpl.rc_context(fonts.settings()):
        crs = carto.local_crs(towns)
        towns, gaps = towns.to_crs(crs), assessment.gaps.to_crs(crs)
        unseen = assessment.not_seen
        sheet = map_sheet(
            assessment,
            TITLE,
            crs,
            ax=ax,
            style=style,
            legend_share=0.52,
        )
        room = frame_subject(sheet.ax, towns.geometry)
        drawn = add_cover(sheet.ax, assessment.cover, crs, towns, wash=WASH)
        fade_outside(sheet.ax, towns)
        kilometres = gaps["length_m"].sum() / 1000
        stroke = {"color": palette.GAP_OVER_COVER, "linewidth": 2.4, "linestyle": "-"}
        words = f"{label('roadside_gap', 'words', lang=lang)}  {kilometres:.1f} km"
        handles: list[Any] = [stroke_key(stroke, words)]
        if len(unseen):
            handles.append(_not_seen_key(unseen["length_m"].sum() / 1000, lang))
        handles += add_roads(sheet.ax, assessment.layers.get("roads"), crs, lang)
        handles.append(add_border(sheet.ax, towns, lang))
        point = carto.metres_per_point(sheet.ax)
        if len(unseen):
            seen_by_none = status_stroke(NOT_SEEN)
            apart = sides_apart(unseen.to_crs(crs), point, reach=1.7)
            add_stroked(sheet.ax, apart, seen_by_none, zorder=5)
        lines = sides_apart(gaps, point, reach=1.7)
        add_lines(sheet.ax, lines, colors="white", linewidths=4.4, zorder=5, capstyle="round")
        add_stroked(sheet.ax, lines, stroke, zorder=6, capstyle="projecting")
        finish(sheet, crs, style, room)
        label_units(LabelPlacer(sheet.ax, avoid=gaps.geometry, room=room.boxes), towns, lang)
        handles += cover_patches(drawn, lang, wash=WASH)
        add_legend(sheet, handles, lang=lang)
        if sheet.chart is not None:
            list_longest(sheet.chart, assessment, lang)
    return sheet.ax


def _not_seen_key(kilometres: float, lang: Lang) -> Line2D:
    words = f"{label(NOT_SEEN, 'statuses', lang=lang)}  {kilometres:.1f} km"
    return stroke_key(status_stroke(NOT_SEEN), words)


register(Map("gaps-over-cover", TITLE, draw_gaps_over_cover, layers=("road_sides",), place=40))

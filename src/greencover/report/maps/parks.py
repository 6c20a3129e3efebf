"""Public parks and the ground within a walk of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.patches import Patch

from greencover.ground import fonts
from greencover.ground.notes import Note
from greencover.report import palette
from greencover.report.labels import Lang, alone, label, said
from greencover.report.maps import cartography as carto
from greencover.report.maps.furniture import bar_chart
from greencover.report.maps.geometry import add_polygons
from greencover.report.maps.labels import LabelPlacer, polygon_spots, wordings
from greencover.report.maps.registry import Map, register
from greencover.report.maps.room import frame_subject
from greencover.report.maps.sheet import (
    add_legend,
    finish,
    label_units,
    largest_first,
    map_sheet,
    needed_layer,
    township_base,
)
from greencover.report.maps.strokes import add_roads
from greencover.report.selection import name_of, rates, target_of, text_of, unit_symbol
from greencover.report.style import PLAIN, MapStyle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from greencover.verdicts import Assessment


REACH_M = 500.0


def draw_park_service(
    assessment: Assessment,
    ax: Axes | None = None,
    *,
    distance_m: float = REACH_M,
    style: MapStyle = PLAIN,
) -> Axes:
    """Parks with the ground within a straight distance of them.

    Parameters
    ----------
    distance_m
        Reach of a park, 500 m unless told.
    assessment, ax, style
        As for :func:`draw_choropleth`.
    """
    lang = style.lang
    title = Note("labels.maps.park_service", distance=distance_m)
    towns = needed_layer(assessment, "townships", title)
    parks = needed_layer(assessment, "parks", title)
    with mpl.rc_context(fonts.settings()):
        crs = carto.local_crs(towns)
        towns, parks = towns.to_crs(crs), parks.to_crs(crs)
        sheet = map_sheet(assessment, title, crs, ax=ax, style=style)
        room = frame_subject(sheet.ax, towns.geometry)
        boundary = township_base(sheet, towns, lang, fill=palette.LAND)
        reach = parks.geometry.buffer(distance_m).union_all().intersection(towns.union_all())
        served: dict[str, Any] = {"facecolor": palette.SERVED, "edgecolor": "none"}
        add_polygons(sheet.ax, [reach], **served, alpha=0.75, zorder=2)
        roads = add_roads(sheet.ax, assessment.layers.get("roads"), crs, lang)
        green: dict[str, Any] = {"facecolor": palette.PARK, "edgecolor": "white", "linewidth": 0.4}
        add_polygons(sheet.ax, parks.geometry, **green, zorder=4)
        finish(sheet, crs, style, room)
        placer = LabelPlacer(sheet.ax, room=room.boxes)
        label_units(placer, towns, lang, color="#59666d")
        step = 7 * carto.metres_per_point(sheet.ax)
        for row in largest_first(parks):
            name = fonts.drawable(text_of(getattr(row, "name", "")))
            if name:
                x, y = polygon_spots(row.geometry, step=step)[0]
                spots = [(x, y + s * step) for s in (1.2, -1.2, 2.0, -2.0)]
                placer.place([name], spots, size=6, color="#0f4a22")
        words = said(Note("labels.words.within", distance=distance_m), lang)
        handles: list[Any] = [
            Patch(**green, label=f"{label('park', 'words', lang=lang)}  ({len(parks)})"),
            Patch(**served, label=words),
            *roads,
            boundary,
        ]
        note = label("straight_line", "words", lang=lang, between="\n")
        add_legend(sheet, handles, lang=lang, note=note)
        if sheet.chart is not None:
            _chart(sheet.chart, assessment, lang)
    return sheet.ax


def _chart(ax: Axes, assessment: Assessment, lang: Lang) -> None:
    found = rates(assessment.table, "park_green_per_capita", "township")
    if found.empty:
        return
    found = found.sort_values("value", ascending=False, na_position="last").head(30)
    unit = unit_symbol(found["unit_of_measure"].iloc[0], lang=alone(lang))
    bar_chart(
        ax,
        [wordings(name_of(row), lang) for row in found.itertuples(index=False)],
        [float(v) for v in found["value"]],
        [palette.PER_CAPITA[2]] * len(found),
        title=f"{label('park_green_per_capita', 'indicators', lang=lang)} ({unit})",
        target=target_of(found),
        lang=lang,
    )


register(
    Map(
        "park-service",
        Note("labels.maps.park_service", distance=REACH_M),
        draw_park_service,
        layers=("parks",),
        place=60,
    )
)

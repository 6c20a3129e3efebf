"""What each roadside was judged by, and where the sources disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import shapely
from matplotlib.lines import Line2D

from greencover.corridor.exclusions import MEDIAN
from greencover.ground import fonts
from greencover.ground.notes import Note
from greencover.report import palette
from greencover.report.evidence import SOURCES
from greencover.report.labels import Label, Lang, label
from greencover.report.maps import cartography as carto
from greencover.report.maps.furniture import bar_chart
from greencover.report.maps.geometry import add_lines
from greencover.report.maps.labels import LabelPlacer, wordings
from greencover.report.maps.registry import Map, register
from greencover.report.maps.room import frame_subject
from greencover.report.maps.sheet import (
    add_legend,
    finish,
    label_units,
    map_sheet,
    needed_layer,
    township_base,
)
from greencover.report.maps.strokes import sides_apart
from greencover.report.style import PLAIN, MapStyle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from greencover.verdicts import Assessment

TITLE = Note("labels.maps.roadside_evidence")
# Widths and strokes tell the sources apart where colours do not.
STROKES: dict[str, dict[str, Any]] = {
    "field": {"linewidths": 3.2},
    "trees": {"linewidths": 2.2},
    "rows": {"linewidths": 2.0, "linestyles": [(0, (4, 1.2))]},
    "canopy": {"linewidths": 2.0, "linestyles": [(0, (1, 1))]},
    "cover": {"linewidths": 1.0},
    "": {"linewidths": 0.7, "linestyles": [(0, (1, 3))]},
}
_OTHER: dict[str, Any] = {"linewidths": 2.0, "linestyles": [(0, (6, 1, 1, 1))]}
_OTHER_COLOUR = "#8e6bbf"
_COVER = {"left": "cover", "right": "cover"}
_RING: dict[str, Any] = {
    "marker": "o",
    "markersize": 6,
    "markerfacecolor": "none",
    "markeredgecolor": "#8a1538",
    "markeredgewidth": 1.2,
    "linestyle": "none",
}


def draw_roadside_evidence(
    assessment: Assessment, ax: Axes | None = None, *, style: MapStyle = PLAIN
) -> Axes:
    """Both sides of every road by what decided, with a ring where sources disagree.

    Parameters and result are those of :func:`draw_choropleth`.
    """
    lang = style.lang
    layer = needed_layer(assessment, "road_sides", TITLE)
    towns = needed_layer(assessment, "townships", TITLE)
    with mpl.rc_context(fonts.settings()):
        crs = carto.local_crs(towns)
        # Ground between the carriageways of one road is judged by itself.
        towns, sides = towns.to_crs(crs), layer[layer["status"] != MEDIAN].to_crs(crs)
        sheet = map_sheet(assessment, TITLE, crs, ax=ax, style=style)
        room = frame_subject(sheet.ax, towns.geometry)
        boundary = township_base(sheet, towns, lang, fill=palette.LAND)
        point = carto.metres_per_point(sheet.ax)
        handles: list[Any] = []
        # Without other sources the land cover decided all.
        decided = sides["evidence"].fillna("") if "evidence" in sides else sides["side"].map(_COVER)
        known = [*SOURCES, *sorted(set(decided) - {*SOURCES, ""}), ""]
        for order, key in enumerate(known):
            part = sides[(decided == key).to_numpy()]
            if part.empty:
                continue
            stroke = STROKES.get(key, _OTHER)
            colour = palette.EVIDENCE_COLOUR.get(key, _OTHER_COLOUR)
            lines = sides_apart(part, point)
            drawn = {"colors": colour, "zorder": 6 - 0.1 * order, "capstyle": "butt", **stroke}
            add_lines(sheet.ax, lines, **drawn)
            name = (
                label(key, "evidence", lang=lang)
                if key
                else label("unobserved", "statuses", lang=lang)
            )
            handles.append(
                Line2D(
                    [],
                    [],
                    color=colour,
                    linewidth=stroke["linewidths"] * 1.4,
                    linestyle=stroke.get("linestyles", ["-"])[0],
                    label=f"{name}  {part['length_m'].sum() / 1000:.2f} km",
                )
            )
        handles += _rings(sheet.ax, assessment, crs, lang)
        handles.append(boundary)
        finish(sheet, crs, style, room)
        label_units(
            LabelPlacer(sheet.ax, avoid=sides.geometry, room=room.boxes), towns, lang, size=7.5
        )
        add_legend(
            sheet, handles, lang=lang, note=label("sides_shown", "words", lang=lang, between="\n")
        )
        if sheet.chart is not None and not assessment.evidence.empty:
            _shares(sheet.chart, assessment, lang)
    return sheet.ax


def _rings(ax: Axes, assessment: Assessment, crs: Any, lang: Lang) -> list[Any]:
    """Rings around the middle of stretches that sources disagree on, and their legend."""
    differ = assessment.disagreements
    if differ.empty:
        return []
    lines = differ.to_crs(crs).geometry.to_numpy()
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    ax.plot(shapely.get_x(middle), shapely.get_y(middle), zorder=7, **_RING)
    km = differ["length_m"].sum() / 1000
    name = label("disagreements", "sheets", lang=lang)
    return [Line2D([], [], **_RING, label=f"{name}  {km:.2f} km")]


def _shares(ax: Axes, assessment: Assessment, lang: Lang) -> None:
    """Share of the greenable length by what decided."""
    found = assessment.evidence[assessment.evidence["share_pct"] > 0.0]
    found = found[found["evidence"] != ""]
    bar_chart(
        ax,
        [wordings(Label(key, "evidence"), lang) for key in found["evidence"]],
        [float(share) for share in found["share_pct"]],
        [palette.EVIDENCE_COLOUR.get(key, _OTHER_COLOUR) for key in found["evidence"]],
        title=label("share_pct", "columns", lang=lang),
        target=None,
        lang=lang,
    )


register(
    Map(
        "roadside-evidence",
        TITLE,
        draw_roadside_evidence,
        layers=("road_sides",),
        tables=("evidence",),
        place=32,
    )
)

"""Works as they were entered, and planting records where their roads and chainages put them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from greencover.ground import fonts
from greencover.ground.notes import Note
from greencover.report import palette
from greencover.report.labels import Lang, label
from greencover.report.maps import cartography as carto
from greencover.report.maps.geometry import add_polygons, line_parts
from greencover.report.maps.labels import LabelPlacer
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
from greencover.report.maps.strokes import Stroke, add_roads, add_stroked, stroke_key
from greencover.report.style import PLAIN, MapStyle

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

    from greencover.verdicts import Assessment

TITLE = Note("labels.maps.works")
Dash = Literal["-", "--", "-.", ":"]
#: Colour and dash of each status; dashes tell them apart in grey print.
_LOOKS: dict[str, tuple[str, Dash]] = {
    "seen": (palette.STATUS_COLOUR["greened"], "-"),
    "seen in part": ("#d9a400", "-."),
    "planted, not established": (palette.STATUS_COLOUR["gap"], "--"),
    "planted here, not seen yet": (palette.STATUS_COLOUR["gap"], "--"),
    "green before": ("#4c6a92", ":"),
    "unobserved": ("#8d979d", ":"),
    "": (palette.INK, "-"),
}
# Hatches and marks of plots and points, as dashes are of lines.
_HATCHES = {
    "seen in part": "....",
    "planted, not established": "xxx",
    "planted here, not seen yet": "xxx",
    "green before": "---",
    "unobserved": "////",
}
_CLEAR_POINTS = 3
_MARKS = {
    "seen in part": "s",
    "planted, not established": "X",
    "planted here, not seen yet": "X",
    "green before": "D",
    "unobserved": "v",
}


def draw_works(assessment: Assessment, ax: Axes | None = None, *, style: MapStyle = PLAIN) -> Axes:
    """Points, lines and polygons of works by status, and stretches that records name.

    Parameters and result are those of :func:`draw_choropleth`.
    """
    lang = style.lang
    towns = needed_layer(assessment, "townships", TITLE)
    books = needed_layer(assessment, "books", TITLE)
    with mpl.rc_context(fonts.settings()):
        crs = carto.local_crs(towns)
        towns, books = towns.to_crs(crs), books.to_crs(crs)
        sheet = map_sheet(assessment, TITLE, crs, ax=ax, style=style)
        room = frame_subject(sheet.ax, towns.geometry)
        boundary = township_base(sheet, towns, lang, fill=palette.LAND)
        roads = add_roads(sheet.ax, assessment.layers.get("roads"), crs, lang)
        handles = [
            entry
            for (kind, status), part in books.groupby(["kind", "status"], sort=False)
            for entry in _draw(sheet.ax, books.loc[part.index], str(status), str(kind), lang)
        ]
        finish(sheet, crs, style, room)
        # Strokes are wider than their lines, and a name beside a short one hides it as well.
        wide = books.buffer(_CLEAR_POINTS * carto.metres_per_point(sheet.ax))
        placer = LabelPlacer(sheet.ax, avoid=wide, room=room.boxes)
        label_units(placer, towns, lang, size=7.5, color="#59666d")
        add_legend(sheet, [*handles, *roads, boundary], lang=lang)
    return sheet.ax


def _draw(ax: Axes, part: gpd.GeoDataFrame, status: str, kind: str, lang: Lang) -> list[Artist]:
    """Draw features of one status; return an entry of the legend for each kind of shape."""
    colour, dash = _LOOKS.get(status, _LOOKS[""])
    group = "claim_statuses" if kind == "claims" else "plot_statuses"
    words = (label(kind, "layers", lang=lang), label(status or "as entered", group, lang=lang))
    shown = fonts.drawable(" · ".join(words))
    shapes = part.geometry
    flat = shapes[shapes.geom_type.isin(["Polygon", "MultiPolygon"])]
    lines = shapes[shapes.geom_type.isin(["LineString", "MultiLineString"])]
    points = shapes[shapes.geom_type.isin(["Point", "MultiPoint"])]
    entries: list[Artist] = []
    if len(flat):
        look: dict[str, Any] = {
            "facecolor": (*to_rgb(colour), 0.75),
            "edgecolor": palette.INK,
            "linewidth": 0.5,
            "hatch": _HATCHES.get(status),
        }
        add_polygons(ax, flat, **look, zorder=3)
        entries.append(Patch(**look, label=shown))
    if len(lines):
        stroke: Stroke = {
            "color": colour,
            "linewidth": 3.2 if kind == "claims" else 2.0,
            "linestyle": dash,
        }
        add_stroked(ax, line_parts(lines), stroke, zorder=4)
        entries.append(stroke_key(stroke, shown))
    if len(points):
        x, y = shapely.get_coordinates(shapely.centroid(np.asarray(points))).T
        look = {"marker": _MARKS.get(status, "o"), "color": colour, "markeredgecolor": palette.INK}
        ax.plot(x, y, markersize=5, linestyle="none", zorder=5, **look)
        entries.append(Line2D([], [], markersize=6, linestyle="none", label=shown, **look))
    return entries


register(Map("works", TITLE, draw_works, layers=("books",), place=85))

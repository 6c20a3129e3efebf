"""Strokes that colour and grey print both tell apart: roadsides by status, borders, roads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import shapely
from matplotlib.lines import Line2D

from greencover.report import palette
from greencover.report.labels import Lang, label
from greencover.report.maps.geometry import add_lines, line_parts, shifted

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

Stroke = dict[str, Any]

#: In the order of a legend. Greened is plain, a gap is wide and barred, the others are broken.
STATUS_STROKE: dict[str, Stroke] = {
    "greened": {"linewidth": 1.5, "linestyle": "-"},
    "gap": {"linewidth": 2.8, "linestyle": (0, (1.5, 0.55)), "gapcolor": "#ffffff"},
    "excluded": {"linewidth": 1.0, "linestyle": (0, (4, 2.5))},
    "unobserved": {"linewidth": 1.4, "linestyle": (0, (1, 1))},
    "not seen": {"linewidth": 1.9, "linestyle": (0, (3, 1))},
    "median": {"linewidth": 1.0, "linestyle": (0, (6, 1, 1, 1))},
}
#: As on topographic maps: dashes and dots, wider and of another colour than any road.
BORDER: Stroke = {"color": "#7a3b69", "linewidth": 1.1, "linestyle": (0, (5, 1.4, 1, 1.4))}
VILLAGE_BORDER: Stroke = {"color": "#7a3b69", "linewidth": 0.6, "linestyle": (0, (2, 1.6))}
ROAD: Stroke = {"color": "#4a545a", "linewidth": 0.6, "linestyle": "-"}


def add_stroked(ax: Axes, lines: list[Any], stroke: Stroke, **look: Any) -> None:
    """Draw lines with a stroke."""
    names = {"color": "colors", "linewidth": "linewidths", "linestyle": "linestyles"}
    style = {names.get(key, key): value for key, value in stroke.items()}
    if isinstance(style.get("linestyles"), tuple):
        style["linestyles"] = [style["linestyles"]]
    add_lines(ax, lines, **style | look)


def stroke_key(stroke: Stroke, words: str) -> Line2D:
    """Entry of a stroke for the legend."""
    return Line2D([], [], label=words, **stroke)


def status_stroke(status: str) -> Stroke:
    """Stroke of a roadside by its status."""
    return {"color": palette.STATUS_COLOUR[status]} | STATUS_STROKE[status]


def add_border(ax: Axes, units: gpd.GeoDataFrame, lang: Lang, *, level: str = "township") -> Line2D:
    """Borders of units, each drawn once; returns their entry for the legend."""
    stroke = BORDER if level == "township" else VILLAGE_BORDER
    add_stroked(ax, line_parts(_once(units.geometry)), stroke, zorder=3.2, capstyle="butt")
    return stroke_key(stroke, label(f"{level}_boundary", "words", lang=lang))


def _once(polygons: Iterable[Any]) -> list[Any]:
    """Rings of polygons without what neighbours share twice: dashes drawn twice fill up."""
    lines = shapely.boundary(list(polygons))
    return [shapely.line_merge(shapely.union_all(lines))]


def add_roads(ax: Axes, roads: gpd.GeoDataFrame | None, crs: Any, lang: Lang) -> list[Line2D]:
    """Middle lines of roads; returns their entry for the legend, if there are any."""
    if roads is None or roads.empty:
        return []
    add_stroked(ax, line_parts(roads.to_crs(crs).geometry), ROAD, zorder=3.5)
    return [stroke_key(ROAD, label("road_centreline", "words", lang=lang))]


def sides_apart(part: gpd.GeoDataFrame, point: float, *, reach: float = 1.5) -> list[Any]:
    """Lines of station sides, left and right farther apart than they are."""
    lines = []
    for side, sign in (("left", 1), ("right", -1)):
        simple = part.loc[part["side"] == side].simplify(0.6 * point)
        lines += [shifted(xy, sign * reach * point) for xy in line_parts(simple)]
    return lines


def add_roadsides(
    ax: Axes, sides: gpd.GeoDataFrame, point: float, lang: Lang, *, lengths: bool = True
) -> list[Line2D]:
    """Both sides of roads by status, gaps on top; returns their entries for the legend."""
    handles = []
    for status in STATUS_STROKE:
        part = sides[sides["status"] == status]
        if part.empty:
            continue
        stroke = status_stroke(status)
        top = 5 if status == "gap" else 4
        lines = sides_apart(part, point)
        add_stroked(ax, lines, stroke, zorder=top, capstyle="butt")
        words = label(status, "statuses", lang=lang)
        if lengths:
            words += f"  {part['length_m'].sum() / 1000:.1f} km"
        handles.append(stroke_key(stroke, words))
    return handles

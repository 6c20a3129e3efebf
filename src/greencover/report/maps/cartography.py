"""The drawing of a map sheet: page, frame, projection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from pyproj import CRS
from shapely import box

from greencover.ground import fonts
from greencover.report.labels import Lang, Sayable, spoken
from greencover.report.maps.labels import fit
from greencover.report.palette import ACCENT, INK, PAPER, QUIET
from greencover.report.style import Page

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# In inches.
MARGIN = 0.35
FOOT = 0.5
HEADING = 0.98
GUTTER = 0.18


@dataclass(frozen=True)
class Sheet:
    """Where a map goes: its axes and, on a page of its own, room for a legend and a chart."""

    ax: Axes
    legend: Axes | None
    chart: Axes | None


def new_sheet(
    title: Sayable,
    subtitle: str,
    source: Sequence[str],
    *,
    lang: Lang,
    page: Page,
    height: float = 0.0,
    legend_share: float = 0.34,
    wide: bool = False,
) -> Sheet:
    """An empty page with title, source line, map frame and room for legend and chart.

    Parameters
    ----------
    title, subtitle, source
        What the page says; the parts of the source go into as many lines as they need.
    lang
        Language of the title.
    page
        Size and arrangement.
    height
        Inches, where the page's own height is too little.
    legend_share
        Part of the side column that the legend takes.
    wide
        Leave legend and chart away.
    """
    size = (page.width, max(page.height, height))
    figure = Figure(figsize=size, facecolor=PAPER)
    FigureCanvasAgg(figure)
    x, y = 1 / size[0], 1 / size[1]
    if page.heading:
        _heading(figure, title, subtitle, lang)
    foot = FOOT + _source(figure, source)
    top = size[1] - (HEADING if page.heading else 0.08)
    inner = size[0] - 2 * MARGIN

    def axes(left: float, bottom: float, width: float, height: float) -> Axes:
        return figure.add_axes((left * x, bottom * y, width * x, height * y))

    if wide:
        return Sheet(axes(MARGIN, foot, inner, top - foot), None, None)
    if page.below:
        strip = min(2.7, 0.33 * size[1])
        half = (inner - 2 * GUTTER) / 2
        ax = axes(MARGIN, foot + strip + 0.3, inner, top - foot - strip - 0.3)
        legend = axes(MARGIN, foot - 0.15, half, strip)
        chart = axes(MARGIN + half + 2 * GUTTER, foot - 0.15, half, strip - 0.2)
    else:
        side = min(max(0.265 * size[0], 2.15), 3.6)
        room = top - foot
        ax = axes(MARGIN, foot, inner - side - GUTTER, room)
        left = size[0] - MARGIN - side
        split = room * legend_share
        legend = axes(left, foot + room - split, side, split)
        chart = axes(left, foot, side, room - split - 0.42)
    legend.axis("off")
    chart.axis("off")
    return Sheet(ax, legend, chart)


def _heading(figure: Figure, title: Sayable, subtitle: str, lang: Lang) -> None:
    width, height = (float(v) for v in figure.get_size_inches())
    x, y = 1 / width, 1 / height
    words = dict.fromkeys(fonts.drawable(title.said(one)) for one in spoken(lang))
    first, second = [*words, ""][:2]
    room = (width - 2 * MARGIN) * figure.dpi
    look: dict[str, Any] = {"color": QUIET, "va": "top"}
    heading = figure.text(MARGIN * x, 1 - 0.28 * y, first, size=19, color=INK, va="top")
    fit(heading, [first], room, least=11)
    if second:
        right = heading.get_window_extent().x1
        text = figure.text(right / figure.bbox.width + 0.14 * x, 1 - 0.385 * y, second, **look)
        text.set_fontsize(11.5)
        if text.get_window_extent().x1 > MARGIN * figure.dpi + room:
            text.remove()
            second = ""
    below = figure.text(MARGIN * x, 1 - 0.68 * y, "", size=9.5, **look)
    fit(below, [fonts.drawable(subtitle)], room, least=6.5)
    figure.add_artist(
        Rectangle(
            (MARGIN * x, 1 - 0.2 * y),
            1 - 2 * MARGIN * x,
            0.045 * y,
            transform=figure.transFigure,
            color=ACCENT,
        )
    )


def _source(figure: Figure, parts: Sequence[str]) -> float:
    """Write the source line in as many lines as it needs; returns the inches it adds."""
    width, height = (float(v) for v in figure.get_size_inches())
    room = (width - 2 * MARGIN) * figure.dpi
    text = figure.text(MARGIN / width, 0.16 / height, "", size=7, color=QUIET, va="bottom")
    lines: list[str] = []
    for part in filter(None, parts):
        joined = f"{lines[-1]}   |   {part}" if lines else part
        text.set_text(fonts.drawable(joined))
        if lines and text.get_window_extent().width <= room:
            lines[-1] = joined
        else:
            lines.append(part)
    text.set_text(fonts.drawable("\n".join(lines)))
    text.set_linespacing(1.35)
    if text.get_window_extent().width > room:
        text.set_fontsize(max(7 * room / text.get_window_extent().width, 4.5))
    return 0.14 * (len(lines) - 1)


def local_crs(frame: gpd.GeoDataFrame) -> CRS:
    """The UTM zone that a layer lies in: metres, and shapes as they are on the ground."""
    return _utm_zone(CRS.from_user_input(frame.crs), tuple(map(float, frame.total_bounds)))


# Looking a zone up in the register of systems takes as long as drawing a small map.
@lru_cache(maxsize=64)
def _utm_zone(crs: CRS, bounds: tuple[float, float, float, float]) -> CRS:
    return CRS.from_user_input(gpd.GeoSeries([box(*bounds)], crs=crs).estimate_utm_crs())


def frame_map(ax: Axes, bounds: Iterable[float], *, padding: float = 0.07) -> None:
    """Set the extent, keeping one scale in both directions and filling the axes given."""
    west, south, east, north = bounds
    middle = ((west + east) / 2, (south + north) / 2)
    half = [max(east - west, 1.0) / 2, max(north - south, 1.0) / 2]
    half = [h * (1 + 2 * padding) for h in half]
    box = ax.get_window_extent()
    ratio = box.width / box.height
    half[0], half[1] = max(half[0], half[1] * ratio), max(half[1], half[0] / ratio)
    ax.set_xlim(middle[0] - half[0], middle[0] + half[0])
    ax.set_ylim(middle[1] - half[1], middle[1] + half[1])
    ax.set_aspect("equal")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_facecolor("#f7f9fa")
    for spine in ax.spines.values():
        spine.set(color=INK, linewidth=0.8)


def metres_per_point(ax: Axes) -> float:
    """Map metres that one typographic point spans."""
    low, high = ax.get_xlim()
    return (high - low) / (ax.get_window_extent().width / ax.figure.dpi * 72)


def view(ax: Axes) -> tuple[float, float, float, float]:
    """West, south, east and north of what axes show."""
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    return west, south, east, north

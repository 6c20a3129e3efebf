"""The drawing of a map sheet: projection, frame, scale bar, north arrow, labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from pyproj import CRS, Geod

from greencover.report import fonts
from greencover.report.labels import Lang
from greencover.report.palette import ACCENT, INK, PAPER, QUIET

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

A4_LANDSCAPE = (11.69, 8.27)
_GEOD = Geod(ellps="GRS80")


@dataclass(frozen=True)
class Sheet:
    """Where a map goes: its axes and, on a page of its own, room for a legend and a chart."""

    ax: Axes
    legend: Axes | None
    chart: Axes | None


def new_sheet(
    title: tuple[str, str],
    subtitle: str,
    source: str,
    *,
    lang: Lang,
    size: tuple[float, float] = A4_LANDSCAPE,
    legend_share: float = 0.34,
    wide: bool = False,
) -> Sheet:
    """An empty page with title, source line, map frame and side column.

    ``legend_share`` is the part of the side column that the legend takes; ``wide`` leaves the
    side column away.
    """
    figure = Figure(figsize=size, facecolor=PAPER)
    FigureCanvasAgg(figure)
    inch = 1 / size[1]
    zh, en = (fonts.drawable(t) for t in title)
    first, second = (en, "") if lang == "en" else (zh, en if lang == "both" and en != zh else "")
    heading = figure.text(0.03, 1 - 0.28 * inch, first, size=19, color=INK, va="top")
    if second:
        right = heading.get_window_extent().x1 / figure.bbox.width
        figure.text(right + 0.012, 1 - 0.385 * inch, second, size=11.5, color=QUIET, va="top")
    figure.text(0.03, 1 - 0.68 * inch, fonts.drawable(subtitle), size=9.5, color=QUIET, va="top")
    figure.text(0.03, 0.2 * inch, fonts.drawable(source), size=7, color=QUIET, va="bottom")
    figure.add_artist(
        Rectangle(
            (0.03, 1 - 0.2 * inch), 0.94, 0.045 * inch, transform=figure.transFigure, color=ACCENT
        )
    )
    bottom, height = 0.5 * inch, 1 - 1.48 * inch
    if wide:
        return Sheet(figure.add_axes((0.03, bottom, 0.94, height)), None, None)
    ax = figure.add_axes((0.03, bottom, 0.665, height))
    split = height * legend_share
    legend = figure.add_axes((0.71, bottom + height - split, 0.26, split))
    chart = figure.add_axes((0.71, bottom, 0.26, height - split - 0.42 * inch))
    legend.axis("off")
    chart.axis("off")
    return Sheet(ax, legend, chart)


def local_crs(frame: gpd.GeoDataFrame) -> CRS:
    """The UTM zone that a layer lies in: metres, and shapes as they are on the ground."""
    return CRS.from_user_input(frame.estimate_utm_crs())


def frame_map(ax: Axes, bounds: Sequence[float], *, padding: float = 0.07) -> None:
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

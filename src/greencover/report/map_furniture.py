"""Scale bar, north arrow, legend and bar chart of a map sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Polygon as PolygonPatch
from matplotlib.patches import Rectangle
from pyproj import CRS, Geod, Transformer

from greencover.report.cartography import metres_per_point
from greencover.report.labels import Lang, label, pair
from greencover.report.map_labels import fit, halo
from greencover.report.palette import INK, QUIET
from greencover.report.selection import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GEOD = Geod(ellps="GRS80")


def _nice(length: float) -> float:
    power = 10.0 ** math.floor(math.log10(length))
    return max(step * power for step in (1.0, 2.0, 4.0, 5.0) if step * power <= length)


def add_scale_bar(ax: Axes, crs: CRS) -> float:
    """Draw a scale bar at the lower left and return its length on the ground in metres.

    Its length is measured on the ellipsoid at the middle of the map.
    """
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    to_lonlat = Transformer.from_crs(crs, 4326, always_xy=True)
    x, y = (west + east) / 2, (south + north) / 2
    span = (east - west) / 10
    lon, lat = to_lonlat.transform([x - span, x + span], [y, y])
    ground = _GEOD.inv(lon[0], lat[0], lon[1], lat[1])[2] / (2 * span)
    length = _nice((east - west) * 0.22 * ground)
    bar = length / ground
    point = metres_per_point(ax)
    left, low = west + 16 * point, south + 14 * point
    ax.add_patch(
        Rectangle(
            (left - 9 * point, low - 7 * point),
            bar + 34 * point,
            27 * point,
            facecolor="white",
            edgecolor="none",
            alpha=0.85,
            zorder=20,
        )
    )
    for k in range(4):
        ax.add_patch(
            Rectangle(
                (left + k * bar / 4, low),
                bar / 4,
                4 * point,
                facecolor=INK if k % 2 == 0 else "white",
                edgecolor=INK,
                linewidth=0.6,
                zorder=21,
            )
        )
    in_km = length >= 1000
    for share in (0.0, 0.5, 1.0):
        figure = length * share / (1000 if in_km else 1)
        unit = (" km" if in_km else " m") if share == 1.0 else ""
        ax.text(
            left + bar * share,
            low + 6 * point,
            f"{figure:g}{unit}",
            size=7,
            color=INK,
            ha="center",
            va="bottom",
            zorder=21,
        )
    return length


def add_north_arrow(ax: Axes, crs: CRS) -> float:
    """Draw an arrow to true north at the upper right and return its bearing in degrees.

    The bearing is against the sheet's upward direction, clockwise.
    """
    east, north = ax.get_xlim()[1], ax.get_ylim()[1]
    to_lonlat = Transformer.from_crs(crs, 4326, always_xy=True)
    point = metres_per_point(ax)
    x, y = east - 20 * point, north - 30 * point
    lon, lat = to_lonlat.transform(x, y)
    x1, y1 = to_lonlat.transform(lon, lat + 0.01, direction="INVERSE")
    bearing = math.atan2(x1 - x, y1 - y)
    turn = np.array(
        [[math.cos(bearing), math.sin(bearing)], [-math.sin(bearing), math.cos(bearing)]]
    )
    for side, colour in ((-1, INK), (1, "white")):
        shape = np.array([[0, 14], [side * 6, -12], [0, -6.5]]) * point
        ax.add_patch(
            PolygonPatch(
                shape @ turn.T + (x, y),
                facecolor=colour,
                edgecolor=INK,
                linewidth=0.7,
                zorder=21,
            )
        )
    letter = pair("north", "words")[1]
    tip = np.array([0, 15.5]) * point @ turn.T + (x, y)
    ax.text(tip[0], tip[1], letter, size=8, color=INK, ha="center", va="bottom", zorder=21)
    return math.degrees(bearing)


def bar_chart(
    ax: Axes,
    names: Sequence[str],
    values: Sequence[float],
    colours: Sequence[str],
    *,
    title: str,
    target: float | None,
    lang: Lang,
) -> None:
    """Horizontal bars with their figures, a target line, and a word where there is no figure."""
    ax.axis("on")
    size = float(np.clip(150 / max(len(names), 1), 4.5, 7.5))
    known = [v for v in values if not math.isnan(v)]
    labels = []
    top = max([100.0 if max(known, default=0) <= 100 else max(known), target or 0.0])
    for row, (name, value, colour) in enumerate(zip(names, values, colours, strict=True)):
        if math.isnan(value):
            ax.text(
                top * 0.01,
                row,
                label("no data", "verdicts", lang=lang),
                size=size,
                color=QUIET,
                va="center",
            )
        else:
            ax.barh(row, value, height=0.62, color=colour, edgecolor=QUIET, linewidth=0.4)
            figure = shown(value, math.nan if target is None else target)
            halo(
                ax.text(
                    value + top * 0.015, row, figure, size=size, color=INK, va="center", zorder=4
                )
            )
        labels.append(
            ax.text(-top * 0.02, row, name, size=size, color=INK, ha="right", va="center")
        )
    if target is not None:
        goal = f"{label('target', 'words', lang=lang)} {target:g} %"
        span = ([target, target], [-0.7, len(names) - 0.4])
        ax.plot(*span, color="#8a3b00", linewidth=1, linestyle=(0, (4, 2)), zorder=3)
        ax.text(target, -0.75, goal, size=6.5, color="#8a3b00", ha="center", va="bottom")
    ax.set_xlim(-top * 0.62, top * 1.12)
    # Few bars stay slim, at the top of their room.
    ax.set_ylim(max(len(names), 10) - 0.4, -1.3)
    ax.set_title(title, size=8.5, color=INK, loc="left", pad=5)
    ax.axis("off")
    room = ax.get_window_extent().width * 0.60 / 1.74
    widest = max((text.get_window_extent().width for text in labels), default=0.0)
    for text in labels:
        text.set_fontsize(max(size * min(1.0, 0.97 * room / max(widest, 1e-9)), 4.5))
        fit(text, [text.get_text()], room, least=4.5)


def legend_block(ax: Axes, handles: list[Any], *, title: str, note: str = "") -> None:
    """A legend with its heading at the top of the side column."""
    legend = ax.legend(
        handles=handles,
        title=title,
        loc="upper left",
        bbox_to_anchor=(-0.02, 1.0),
        frameon=False,
        fontsize=8,
        title_fontsize=9.5,
        alignment="left",
        borderaxespad=0.0,
        handlelength=2.2,
        handleheight=1.1,
        labelspacing=0.45,
    )
    legend.get_title().set_color(INK)
    if note:
        ax.text(
            0.0,
            ax.transAxes.inverted().transform((0, legend.get_window_extent().y0))[1] - 0.03,
            note,
            transform=ax.transAxes,
            size=6.8,
            color=QUIET,
            va="top",
            linespacing=1.4,
        )

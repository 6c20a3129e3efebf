"""Scale bar, north arrow, legend and bar chart of a map sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Polygon as PolygonPatch
from matplotlib.patches import Rectangle
from pyproj import CRS, Geod, Transformer

from greencover.report.labels import Lang, alone, label
from greencover.report.maps.cartography import metres_per_point
from greencover.report.maps.labels import fit
from greencover.report.palette import INK, LESS_MORE, QUIET
from greencover.report.selection import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GEOD = Geod(ellps="GRS80")


def _nice(length: float) -> float:
    power = 10.0 ** math.floor(math.log10(length))
    return max(step * power for step in (1.0, 2.0, 4.0, 5.0) if step * power <= length)


def add_scale_bar(ax: Axes, crs: CRS, *, at: tuple[float, float] | None = None) -> float:
    """Draw a scale bar and return its length on the ground in metres.

    Its lower left corner is ``at``, in map metres, or that of the map.

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
    corner = at or (west + 4 * point, south + 4 * point)
    left, low = corner[0] + 11 * point, corner[1] + 8 * point
    ax.add_patch(
        Rectangle(
            (left - 10 * point, low - 7 * point),
            bar + 36 * point,
            26 * point,
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


def add_north_arrow(ax: Axes, crs: CRS, *, at: tuple[float, float] | None = None) -> float:
    """Draw an arrow to true north and return its bearing in degrees.

    Its middle is ``at``, in map metres, or near the upper right corner. The bearing is against the
    sheet's upward direction, clockwise.
    """
    east, north = ax.get_xlim()[1], ax.get_ylim()[1]
    to_lonlat = Transformer.from_crs(crs, 4326, always_xy=True)
    point = metres_per_point(ax)
    x, y = at or (east - 20 * point, north - 30 * point)
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
    letter = label("north", "words", lang="en")
    tip = np.array([0, 15.5]) * point @ turn.T + (x, y)
    ax.text(tip[0], tip[1], letter, size=8, color=INK, ha="center", va="bottom", zorder=21)
    return math.degrees(bearing)


def bar_chart(
    ax: Axes,
    names: Sequence[Sequence[str]],
    values: Sequence[float],
    colours: Sequence[str],
    *,
    title: str,
    target: float | None,
    lang: Lang,
) -> None:
    """Small horizontal bars with their figures, largest first as given, and the target as a line.

    ``names`` gives each bar's wordings, the best first: a later one is taken, for all bars, where
    an earlier one is too long. Figures stand in a column of their own, clear of bars and target.
    """
    top = max([v for v in values if math.isfinite(v)] + [target or 0.0], default=1.0) or 1.0
    count = max(len(names), 10)
    inches = ax.get_window_extent().height / ax.figure.dpi
    size = min(7.0, 72 * inches / (count + 2) * 0.62)
    left, right = -0.68, 0.22
    ax.set_xlim(top * left, top * (1 + right))
    # Few bars stay slim, at the top of their room.
    ax.set_ylim(count - 0.4, -1.5)
    ax.axis("off")
    room = ax.get_window_extent().width * (-left - 0.03) / (1 + right - left)
    for row, (value, colour) in enumerate(zip(values, colours, strict=True)):
        if math.isfinite(value):
            ax.barh(row, value, height=0.62, color=colour, edgecolor=QUIET, linewidth=0.4)
            figure = shown(value, math.nan if target is None else target)
        else:
            figure = label("no data", "verdicts", lang=alone(lang))
        ax.text(
            top * (1 + right), row, figure, size=size, color=INK, ha="right", va="center", zorder=4
        )
    _write_names(ax, names, -top * 0.03, room, size)
    if target is not None:
        goal = f"{label('target', 'words', lang=lang)} {target:g}"
        span = ([target, target], [-0.6, len(names) - 0.4])
        ax.plot(*span, color="#8a3b00", linewidth=1, linestyle=(0, (4, 2)), zorder=3)
        ax.text(target, -0.65, goal, size=6.5, color="#8a3b00", ha="center", va="bottom")
    ax.set_title(title, size=8.5, color=INK, loc="left", pad=5)


def _write_names(
    ax: Axes, names: Sequence[Sequence[str]], x: float, room: float, size: float
) -> None:
    """Names to the left of their bars, all in the first wording in which all have room."""
    texts = [
        ax.text(x, row, "", size=size, color=INK, ha="right", va="center")
        for row in range(len(names))
    ]
    for wording in range(min(map(len, names), default=0)):
        for text, wordings in zip(texts, names, strict=True):
            text.set_text(wordings[wording])
        if all(text.get_window_extent().width <= room for text in texts):
            return
    for text, wordings in zip(texts, names, strict=True):
        fit(text, wordings[-1:], room, least=4.5)


def legend_block(ax: Axes, handles: list[Any], *, title: str, note: str = "") -> float:
    """A legend with its heading at the top of the side column; returns where it ends, in pixels."""
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
    # Long lists and long names get smaller rather than leave their room.
    room = ax.get_window_extent()
    box = legend.get_window_extent()
    shrink = min(1.0, 0.99 * room.width / box.width, (room.height - 20) / box.height)
    if shrink < 1.0:
        for text in legend.get_texts():
            text.set_fontsize(max(8 * shrink, 4.5))
    end = legend.get_window_extent().y0
    if note:
        below = ax.text(
            0.0,
            ax.transAxes.inverted().transform((0, legend.get_window_extent().y0))[1] - 0.03,
            note,
            transform=ax.transAxes,
            size=6.8,
            color=QUIET,
            va="top",
            linespacing=1.4,
        )
        end = below.get_window_extent().y0
    return float(end)


def difference_chart(
    ax: Axes, names: Sequence[Sequence[str]], values: Sequence[float], *, title: str
) -> None:
    """Bars to the left and right of zero, with their figures, in the order given."""
    known = [abs(v) for v in values if math.isfinite(v)]
    top = max(known, default=1.0) or 1.0
    count = max(len(names), 10)
    inches = ax.get_window_extent().height / ax.figure.dpi
    size = min(7.0, 72 * inches / (count + 2) * 0.62)
    ax.set_xlim(-2.9 * top, 1.6 * top)
    ax.set_ylim(count - 0.4, -1.0)
    ax.axis("off")
    room = ax.get_window_extent().width * 1.7 / 4.5
    for row, value in enumerate(values):
        if math.isfinite(value):
            colour = LESS_MORE[4] if value >= 0 else LESS_MORE[1]
            ax.barh(row, value, height=0.62, color=colour, edgecolor=QUIET, linewidth=0.4)
            ax.text(1.6 * top, row, f"{value:+.1f}", size=size, color=INK, ha="right", va="center")
    _write_names(ax, names, -1.15 * top, room, size)
    ax.plot([0, 0], [-0.6, len(names) - 0.4], color=INK, linewidth=0.7)
    ax.set_title(title, size=8.5, color=INK, loc="left", pad=5)

"""Meridians and parallels of a map, with their degrees along the frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Transformer

from greencover.report.maps.cartography import view
from greencover.report.maps.geometry import add_lines
from greencover.report.palette import QUIET

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Minutes of arc between two lines.
_STEPS = (0.25, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300)
_POINTS = 40


def add_graticule(ax: Axes, crs: CRS, *, lines: int = 5) -> list[str]:
    """Draw meridians and parallels at round minutes and return their labels, west to east first.

    The labels stand along the lower and the left edge, where the lines meet them.
    """
    west, south, east, north = view(ax)
    to_map = Transformer.from_crs(4326, crs, always_xy=True)
    edge = np.linspace(0, 1, _POINTS)
    xs = np.r_[west + edge * (east - west), west + edge * (east - west), [west, east] * _POINTS]
    ys = np.r_[[south] * _POINTS, [north] * _POINTS, np.repeat(south + edge * (north - south), 2)]
    lon, lat = to_map.transform(xs, ys, direction="INVERSE")
    step = _step(max(np.ptp(lon), np.ptp(lat)), lines)
    shown: list[str] = []
    drawn = []
    for along, across, low, high, letters in (
        (lon, lat, west, east, "EW"),
        (lat, lon, south, north, "NS"),
    ):
        first = int(np.ceil(along.min() * 60 / step - 1e-9))
        last = int(np.floor(along.max() * 60 / step + 1e-9))
        ticks, words = [], []
        spread = np.linspace(across.min(), across.max(), _POINTS)
        for number in range(first, last + 1):
            minutes = number * step
            level = np.full(_POINTS, minutes / 60)
            pair = (level, spread) if letters == "EW" else (spread, level)
            x, y = to_map.transform(*pair)
            drawn.append(np.column_stack([x, y]))
            # Where the line meets the lower edge, or the left one.
            place = np.interp(south, y, x) if letters == "EW" else np.interp(west, x, y)
            if low <= place <= high:
                ticks.append(place)
                words.append(degrees(minutes, letters))
        shown += words
        if letters == "EW":
            ax.set_xticks(ticks, words)
        else:
            ax.set_yticks(ticks, words, rotation=90, va="center")
    ax.tick_params(length=2, width=0.5, pad=1.5, labelsize=5.5, labelcolor=QUIET, color=QUIET)
    add_lines(ax, drawn, colors="#7b8990", linewidths=0.35, alpha=0.6, zorder=12)
    return shown


def _step(span: float, lines: int) -> float:
    """Minutes between lines, so that about as many as asked for cross the longer side."""
    return next((s for s in _STEPS if span * 60 / s <= lines), _STEPS[-1])


def degrees(minutes: float, letters: str) -> str:
    """An angle in degrees, minutes and, where there are any, seconds.

    Examples
    --------
    >>> degrees(118 * 60 + 7.5, "EW"), degrees(-30, "NS")
    ('118°07′30″E', '0°30′S')
    """
    whole = round(abs(minutes) * 60)
    text = f"{whole // 3600}°{whole % 3600 // 60:02}′"
    if whole % 60:
        text += f"{whole % 60:02}″"
    return text + letters[minutes < 0]

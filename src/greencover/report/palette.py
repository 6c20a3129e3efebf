"""Colours shared by maps, workbook and page; every pair differs for colour-blind readers too."""

from __future__ import annotations

import math
from collections.abc import Sequence

INK = "#22303a"
QUIET = "#66727a"
RULE = "#c3cbd0"
PAPER = "#ffffff"
LAND = "#f3f1ea"
ACCENT = "#1f6f54"

# Blue against orange, never green against red; the text symbol says the same without colour.
VERDICT_FILL = {
    "met": "#bcd9ee",
    "not met": "#f7c49a",
    "uncertain": "#fbeeb0",
    "no data": "#dfe3e6",
    "no target": "#ffffff",
}
VERDICT_INK = {
    "met": "#0b4a79",
    "not met": "#8a3b00",
    "uncertain": "#6b5500",
    "no data": "#4f5a61",
    "no target": "#22303a",
}
VERDICT_SYMBOL = {"met": "✓", "not met": "×", "uncertain": "?", "no data": "–", "no target": ""}

# After Okabe and Ito: bluish green, vermilion, grey, purple.
STATUS_COLOUR = {
    "greened": "#009e73",
    "gap": "#d55e00",
    "excluded": "#9aa3a8",
    "unobserved": "#8e6bbf",
}
GAP_OVER_COVER = "#c2006b"

# ColorBrewer YlGn, five classes.
COVERAGE = ("#ffffcc", "#c2e699", "#78c679", "#31a354", "#006837")
NO_DATA = "#e4e7e9"


def coverage_breaks(values: Sequence[float], *, classes: int = len(COVERAGE)) -> list[float]:
    """Round class limits of equal width that hold all values, at most ``classes`` classes.

    Examples
    --------
    >>> coverage_breaks([41.2, 55.0, 78.9])
    [40.0, 50.0, 60.0, 70.0, 80.0]
    """
    low, high = min(values), max(values)
    for width in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0):
        first = width * math.floor(low / width + 1e-9)
        count = 1
        while first + count * width < high - 1e-9:
            count += 1
            if count > classes:
                break
        if count <= classes:
            return [round(first + width * k, 6) for k in range(count + 1)]
    return [0.0, 100.0]


def coverage_colours(classes: int) -> tuple[str, ...]:
    """As many steps of the coverage palette as there are classes, light to dark."""
    if classes == 1:
        return (COVERAGE[2],)
    step = (len(COVERAGE) - 1) / (classes - 1)
    return tuple(COVERAGE[round(k * step)] for k in range(classes))


def class_of(value: float, breaks: Sequence[float]) -> int:
    """Number of the class that a value falls in; the last class holds its upper limit."""
    inner = [limit for limit in breaks[1:-1] if value >= limit]
    return len(inner)

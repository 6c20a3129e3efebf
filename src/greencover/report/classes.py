"""Classes of a choropleth: limits by a named method, and colours from light to dark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from greencover.ground.errors import ArgumentError, MissingExtraError
from greencover.report import palette
from greencover.report.style import MapStyle

# Name of each method in mapclassify.
_CLASSIFIERS = {
    "equal-interval": "EqualInterval",
    "quantiles": "Quantiles",
    "natural-breaks": "FisherJenks",
    "std-mean": "StdMean",
}
_WIDTHS = [step * 10.0**power for power in range(-1, 7) for step in (1, 2, 5)]


def class_limits(values: Sequence[float], style: MapStyle) -> list[float]:
    """Limits of the classes that hold all values, the lowest first.

    Raises
    ------
    MissingExtraError
        The method comes from mapclassify, which is not installed.
    """
    if not len(values):
        return [0.0, 100.0]
    if style.scheme == "rounded":
        return rounded_limits(values, classes=style.classes)
    try:
        import mapclassify
    except ImportError as error:
        raise MissingExtraError("report.scheme_package", scheme=style.scheme) from error
    distinct = len(set(values))
    options: dict[str, Any] = {"k": min(style.classes, distinct)}
    if style.scheme == "std-mean":
        options = {}
    bins = getattr(mapclassify, _CLASSIFIERS[style.scheme])(list(values), **options).bins
    limits = [min(values), *(float(b) for b in bins if b > min(values))]
    return limits if len(limits) > 1 else [limits[0], limits[0]]


def rounded_limits(values: Sequence[float], *, classes: int = 5) -> list[float]:
    """Round limits of equal width that hold all values, at most ``classes`` classes.

    Examples
    --------
    >>> rounded_limits([41.2, 55.0, 78.9])
    [40.0, 50.0, 60.0, 70.0, 80.0]
    >>> rounded_limits([680.5, 9561.0])
    [0.0, 2000.0, 4000.0, 6000.0, 8000.0, 10000.0]
    """
    low, high = min(values), max(values)
    for width in _WIDTHS:
        first = width * math.floor(low / width + 1e-9)
        count = max(1, math.ceil((high - first) / width - 1e-9))
        if count <= classes:
            return [round(first + width * k, 6) for k in range(count + 1)]
    return [low, high]


def class_of(value: float, limits: Sequence[float], style: MapStyle | None = None) -> int:
    """Number of the class that a value falls in.

    A rounded limit belongs to the class above it, and the last class holds its upper limit; the
    methods of mapclassify put a limit into the class below it.
    """
    if style is None or style.scheme == "rounded":
        return sum(value >= limit for limit in limits[1:-1])
    return sum(value > limit for limit in limits[1:-1])


def class_colours(classes: int, style: MapStyle, *, colours: str = "coverage") -> tuple[str, ...]:
    """As many steps of the palette as there are classes, light to dark."""
    if not style.palette:
        return palette.steps(palette.SEQUENCES[colours], classes)
    import matplotlib as mpl

    if style.palette not in mpl.colormaps:
        raise ArgumentError("report.unknown_palette", palette=style.palette)
    # The ends of most maps are nearly white and nearly black: leave them out.
    shades = [0.12 + 0.76 * k / max(classes - 1, 1) for k in range(classes)]
    return tuple(mpl.colors.to_hex(mpl.colormaps[style.palette](s)) for s in shades)


def is_dark(colour: str) -> bool:
    """Whether text on a colour must be white to be read."""
    red, green, blue = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 0.5

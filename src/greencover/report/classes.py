"""Classes of a choropleth: limits by a named method, and colours from light to dark."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from greencover.ground.errors import ArgumentError, MissingExtraError
from greencover.report import palette
from greencover.report.selection import rates
from greencover.report.style import PLAIN, MapStyle

if TYPE_CHECKING:
    import pandas as pd

#: Levels that maps colour by class: one indicator has the same limits on all of them.
LEVELS = ("township", "village")

# Name of each method in mapclassify.
_CLASSIFIERS = {
    "equal-interval": "EqualInterval",
    "quantiles": "Quantiles",
    "natural-breaks": "FisherJenks",
    "std-mean": "StdMean",
}
_WIDTHS = [step * 10.0**power for power in range(-1, 7) for step in (1, 2, 5)]


def indicator_limits(
    table: pd.DataFrame, indicator: str, *, level: str = "", style: MapStyle = PLAIN
) -> list[float]:
    """Limits of an indicator's classes on every map, page and layer style.

    Rounded limits of a share hold the figures of all levels, so that a colour says the same
    wherever the share is drawn; other figures, and the methods of mapclassify, are classed by the
    level drawn. Targets among the figures are limits.

    Parameters
    ----------
    table
        Table of an assessment.
    indicator
        Key of the indicator.
    level
        Level drawn; all when left out.
    style
        Method and number of classes.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"indicator": "forest_coverage", "level": "township",
    ...     "unit": ["1", "2"], "value": [41.2, 78.9], "verdict": ["not met", "met"],
    ...     "target": 65.0, "gap_pct": [23.8, 0.0], "unit_of_measure": "%"})
    >>> indicator_limits(table, "forest_coverage")
    [40.0, 50.0, 60.0, 65.0, 70.0, 80.0]
    """
    measures = table.loc[table["indicator"] == indicator, "unit_of_measure"]
    share = bool((measures == "%").any())
    # A village's figures a resident may be a hundred times a township's: they share no classes.
    together = not level or (share and style.scheme == "rounded")
    values: list[float] = []
    targets: set[float] = set()
    for one in LEVELS if together else (level,):
        rows = rates(table, indicator, one)
        known = rows.loc[rows["verdict"] != "no data", "value"].to_numpy(dtype=float)
        values += known[np.isfinite(known)].tolist()
        targets |= {float(target) for target in rows["target"].dropna()}
    return class_limits(values, style, targets=targets, share=share)


def class_limits(
    values: Sequence[float],
    style: MapStyle,
    *,
    targets: Iterable[float] = (),
    share: bool = False,
) -> list[float]:
    """Limits of the classes that hold all values, the lowest first.

    One value has one class, without width; targets among the values are limits, and those of
    ``share`` are at most 100.

    Raises
    ------
    MissingExtraError
        The method comes from mapclassify, which is not installed.

    Examples
    --------
    >>> class_limits([52.14, 52.14], PLAIN)
    [52.14, 52.14]
    """
    if not len(values):
        return [0.0, 100.0]
    low, high = min(values), max(values)
    if high - low <= 1e-9 * max(abs(high), 1.0):
        return [low, low]
    if style.scheme == "rounded":
        limits = rounded_limits(values, classes=style.classes)
    else:
        limits = _by_method(values, style)
    if share:
        limits = [min(limit, 100.0) for limit in limits]
    within = {target for target in targets if limits[0] < target < limits[-1]}
    return sorted({*limits, *within})


def _by_method(values: Sequence[float], style: MapStyle) -> list[float]:
    try:
        import mapclassify
    except ImportError as error:
        raise MissingExtraError(
            "report.scheme_package", scheme=style.scheme, extra="report"
        ) from error
    options: dict[str, Any] = {"k": min(style.classes, len(set(values)))}
    if style.scheme == "std-mean":
        options = {}
    bins = getattr(mapclassify, _CLASSIFIERS[style.scheme])(list(values), **options).bins
    # Whole deviations may end beyond the highest value, where no class has anything to show.
    ends = [float(b) for b in bins if min(values) < b < max(values)]
    return [min(values), *ends, max(values)]


def class_words(limits: Sequence[float]) -> list[str]:
    """Range of each class, with as few decimals as tell its limits apart and keep their side.

    Examples
    --------
    >>> class_words([40.0, 60.0, 62.5, 80.0]), class_words([52.14, 52.14])
    (['40–60', '60–62.5', '62.5–80'], ['52.1'])
    >>> class_words([46.42, 79.96, 80.0])
    ['46.42–79.96', '79.96–80']
    """
    if len(limits) == 2 and limits[0] == limits[1]:
        return [f"{limits[0]:,.1f}"]
    for decimals in range(5):
        near = [round(limit, decimals) for limit in limits]
        exact = all(abs(a - b) < 1e-9 for a, b in zip(near, limits, strict=True))
        if exact or (decimals and len(set(near)) == len(limits)):
            break
    words = [f"{limit:,.{decimals}f}" for limit in limits]
    if exact and decimals:
        words = [word.rstrip("0").rstrip(".") for word in words]
    return [f"{low}–{high}" for low, high in pairwise(words)]


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


def class_of(
    value: float,
    limits: Sequence[float],
    style: MapStyle | None = None,
    *,
    targets: Container[float] = (),
) -> int:
    """Number of the class that a value falls in.

    A limit belongs to the class above it, and the last class holds its upper limit; a limit that
    a method of mapclassify took from the values ends the class below, unless it is a target.
    """
    if style is None or style.scheme == "rounded":
        return sum(value >= limit for limit in limits[1:-1])
    return sum(value > limit or (value == limit and limit in targets) for limit in limits[1:-1])


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

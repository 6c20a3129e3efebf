"""Intervals of stratified shares that hold for few points and for strata that agree wholly.

The published interval takes p (1 - p) / (n - 1) for the variance of a stratum, which is nothing
where all its points agree, however few they are. Here each limit is the further one of two: limits
of the strata put together (Zou and Donner 2008, Statistics in Medicine 27:1693-1702), and the exact
limit for one sample as large as the strata are worth together (Korn and Graubard 1998, Survey
Methodology 24:193-201). How often both hold the truth is simulated in ``benchmarks/intervals.py``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from greencover.accuracy.exact import lowest_share

Floats = npt.NDArray[np.float64]


class Bounds(NamedTuple):
    """A figure, the limits that its sample alone gives it, and those of all that is not known.

    Ground that no sample and no map knows of lies between ``low`` and ``sample_low``, and between
    ``sample_high`` and ``high``.
    """

    value: Any
    sample_low: Any
    sample_high: Any
    low: Any
    high: Any


def change_limits(before: Bounds, after: Bounds) -> tuple[Floats, Floats]:
    """Lower and upper limit of the difference of two figures from samples of their own.

    The limits of the samples are put together as Zou and Donner (2008) do for a difference. Ground
    that is not known may have changed wholly, whatever the samples say, and adds as it is.

    Examples
    --------
    >>> then, now = Bounds(20, 17, 24, 17, 24), Bounds(30, 26, 33, 26, 35)
    >>> low, high = change_limits(then, now)
    >>> round(float(low), 3), round(float(high), 3)
    (4.343, 16.243)
    """
    (down, up, fallen, risen), (was_down, was_up, was_fallen, was_risen) = (
        _reach(one) for one in (after, before)
    )
    change = np.subtract(after.value, before.value, dtype=float)
    low = change - np.hypot(down, was_up) - fallen - was_risen
    high = change + np.hypot(up, was_down) + risen + was_fallen
    return low, high


def _reach(of: Bounds) -> tuple[Floats, Floats, Floats, Floats]:
    """How far the limits of the sample lie from the figure, and the others from them."""
    value, sample_low, sample_high, low, high = (np.asarray(one, dtype=float) for one in of)
    down, up = value - sample_low, sample_high - value
    fallen, risen = sample_low - low, high - sample_high
    return (
        np.maximum(down, 0.0),
        np.maximum(up, 0.0),
        np.maximum(fallen, 0.0),
        np.maximum(risen, 0.0),
    )


def share_limits(
    weights: npt.ArrayLike,
    hits: npt.ArrayLike,
    sizes: npt.ArrayLike,
    level: float = 0.95,
    *,
    unvisited: npt.ArrayLike = 0.0,
    left: npt.ArrayLike = 1.0,
) -> tuple[Floats, Floats]:
    """Lower and upper limit of a share estimated from points in strata.

    Parameters
    ----------
    weights
        Share of the ground in each stratum, strata along the last axis.
    hits, sizes
        Points of each stratum that count, and points that were visited. A stratum without points
        is unknown: anything from none to all of its weight may count.
    level
        Confidence level.
    unvisited
        Points of each stratum that were drawn and not visited; they count against either limit.
    left
        Share of a stratum's units that was not drawn, where it is small enough to matter.

    Returns
    -------
    low, high
        Limits on the scale of the weights; NaN where a weight is.

    Examples
    --------
    Two strata of 61 % and 39 %, two points each, all as the map says.

    >>> low, high = share_limits([0.61, 0.39], [2, 0], [2, 2])
    >>> float(low.round(3)), float(high.round(3))
    (0.096, 0.971)
    """
    w, x, n, absent, f = np.broadcast_arrays(
        *(np.asarray(v, dtype=float) for v in (weights, hits, sizes, unvisited, left))
    )
    whole = w.sum(axis=-1)
    low = _least(w, x, n + absent, f, level)
    # What may count at most is what need not be something else.
    high = whole - _least(w, n - x, n + absent, f, level)
    return low, np.maximum(high, low)


def _least(w: Floats, x: Floats, n: Floats, left: Floats, level: float) -> Floats:
    """Lower limit of the ground that counts in the strata with points."""
    seen = (n > 0.0) & (w != 0.0)
    w, size = np.where(seen, w, 0.0), np.where(seen, n, 1.0)
    p = np.where(seen, x, 0.0) / size
    known, share = w.sum(axis=-1), (w * p).sum(axis=-1)
    together = share - np.sqrt(
        (w**2 * left * (p - lowest_share(p * size, size, level)) ** 2).sum(axis=-1)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = known**2 / (w**2 * left / size).sum(axis=-1)
        mean = np.where(known > 0.0, share / known, 0.0)
    sure = ~np.isfinite(worth)
    worth = np.where(sure, 1.0, worth)
    alone = np.where(sure, share, known * lowest_share(mean * worth, worth, level))
    return np.asarray(np.maximum(np.minimum(together, alone), 0.0))

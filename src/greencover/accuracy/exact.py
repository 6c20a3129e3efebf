"""Exact limits of a sampled share (Clopper and Pearson 1934, Biometrika 26:404-413).

They are quantiles of beta distributions. The incomplete beta function is summed as its continued
fraction (Lentz's method) and turned round by Newton steps that never leave a bracket; sizes need
not be whole, since the effective size of a stratified sample seldom is.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_TINY = 1e-300
_EPS = 3e-15
# A Newton step this small leaves an error of its square.
_SMALL_STEP = 1e-12
# The fraction needs some sqrt(size) terms; a thousand are enough for ten million points.
_MOST_TERMS = 10_000
_MOST_STEPS = 200


def lowest_share(hits: npt.ArrayLike, size: npt.ArrayLike, level: float = 0.95) -> Floats:
    """Lower exact limit of a share of which ``hits`` of ``size`` points were found to be.

    The upper limit is that of the opposite: ``1 - lowest_share(size - hits, size)``.

    Parameters
    ----------
    hits, size
        Numbers of points, whole or not, of one shape or broadcast; ``size`` is above 0.
    level
        Confidence level of the interval on both sides.

    Examples
    --------
    Two points of two leave much open, thirty of thirty less.

    >>> lowest_share([2, 30], [2, 30]).round(4).tolist()
    [0.1581, 0.8843]
    """
    x, n = np.broadcast_arrays(np.asarray(hits, dtype=float), np.asarray(size, dtype=float))
    low = np.where(np.isnan(x) | np.isnan(n), np.nan, 0.0)
    some = x > 1e-12
    if some.any():
        a, b = x[some], np.maximum(n[some] - x[some], 0.0) + 1.0
        # Draws of a simulation, and units of a map, repeat each other's counts.
        pairs, place = np.unique(np.stack([a, b]), axis=1, return_inverse=True)
        low[some] = _beta_quantile((1.0 - level) / 2.0, pairs[0], pairs[1])[place.ravel()]
    return low


def _beta_quantile(chance: float, a: Floats, b: Floats) -> Floats:
    """Where the distribution function of a beta distribution with b >= 1 has a value."""
    log_beta = _log_gamma(a) + _log_gamma(b) - _log_gamma(a + b)
    low, high = np.zeros_like(a), np.ones_like(a)
    # For b >= 1 the function lies below x**a / (a B(a, b)), so the first start lies below the
    # quantile, near it where a is small; the second, of the normal distribution, where it is not.
    start = np.exp(np.minimum((math.log(chance) + np.log(a) + log_beta) / a, 0.0))
    mean = a / (a + b)
    spread = np.sqrt(mean * (1.0 - mean) / (a + b + 1.0))
    x = np.maximum(start, mean + NormalDist().inv_cdf(chance) * spread)
    x = np.where(x < 1.0, x, mean)
    left = np.arange(len(a))
    for _ in range(_MOST_STEPS):
        at, p, q, lb = x[left], a[left], b[left], log_beta[left]
        miss = _incomplete_beta(at, p, q, lb) - chance
        high[left] = np.where(miss > 0.0, at, high[left])
        low[left] = np.where(miss > 0.0, low[left], at)
        with np.errstate(all="ignore"):
            slope = np.exp((p - 1.0) * np.log(at) + (q - 1.0) * np.log1p(-at) - lb)
            step = at - miss / slope
        outside = ~((step > low[left]) & (step < high[left]))
        step = np.where(outside, (low[left] + high[left]) / 2.0, step)
        x[left] = step
        x[left] = np.where(miss == 0.0, at, step)
        left = left[(np.abs(step - at) > _SMALL_STEP * step) & (miss != 0.0) & (step > _TINY)]
        if not len(left):
            break
    return x


def _incomplete_beta(x: Floats, a: Floats, b: Floats, log_beta: Floats) -> Floats:
    """Distribution function of beta distributions."""
    # The fraction converges fast on one side of the mean; the other is its mirror.
    mirrored = x > (a + 1.0) / (a + b + 2.0)
    y = np.where(mirrored, 1.0 - x, x)
    p, q = np.where(mirrored, b, a), np.where(mirrored, a, b)
    with np.errstate(divide="ignore", invalid="ignore"):
        power = a * np.log(x) + b * np.log1p(-x)
    part = np.exp(power - log_beta) / p * _fraction(y, p, q)
    return np.where(mirrored, 1.0 - part, part)


def _fraction(x: Floats, a: Floats, b: Floats) -> Floats:
    """Continued fraction of the incomplete beta function (DLMF 8.17.22)."""

    def away(value: Floats) -> Floats:
        return np.where(np.abs(value) < _TINY, _TINY, value)

    c = np.ones_like(x)
    d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0))
    found = d.copy()
    left = np.arange(len(x))
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        d, c = 1.0 / away(1.0 + even * d), away(1.0 + even / c)
        found[left] *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        d, c = 1.0 / away(1.0 + odd * d), away(1.0 + odd / c)
        found[left] *= d * c
        moving = np.abs(d * c - 1.0) >= _EPS
        if not moving.all():
            left = left[moving]
            x, a, b, c, d = (values[moving] for values in (x, a, b, c, d))
            if not len(left):
                break
    return found


def _log_gamma(values: Floats) -> Floats:
    return np.array([math.lgamma(value) for value in values.tolist()])

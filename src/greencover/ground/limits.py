"""Figures beside limits: which side of one they stand on, and print that shows it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

#: A rate of 100 % that sums to 99.99999999 % by rounding is 100 %; one of 60.00000001 % is 60 %.
ROUNDING = 1e-9
# Beyond these digits a figure is its limit up to rounding.
_MOST_DIGITS = 9


def standing(value: npt.ArrayLike, limit: float) -> npt.NDArray[np.float64]:
    """Side of a limit that figures stand on: -1 below, 0 on it up to rounding, 1 above; or NaN.

    Examples
    --------
    >>> standing([59.96, 60.0 + 1e-12, 61.0], 60.0).tolist()
    [-1.0, 0.0, 1.0]
    """
    apart = np.asarray(value, dtype=float) - limit
    near = np.isfinite(apart) & (np.abs(apart) <= ROUNDING * max(abs(limit), 1.0))
    return np.where(near, 0.0, np.sign(apart))


def reaches(value: Any, comparison: str, target: float) -> npt.NDArray[np.bool_]:
    """Whether figures meet a target: strict comparisons are not met by the target itself.

    Examples
    --------
    >>> [bool(reaches(60.0, sign, 60.0)) for sign in (">=", ">", "<=", "<")]
    [True, False, True, False]
    >>> bool(reaches(100.0 - 1e-12, ">=", 100.0)), bool(reaches(60.0 + 1e-12, ">", 60.0))
    (True, False)
    """
    side = standing(value, target)
    with np.errstate(invalid="ignore"):
        if comparison in (">=", "<="):
            return np.asarray(side >= 0.0 if comparison == ">=" else side <= 0.0)
        return np.asarray(side > 0.0 if comparison == ">" else side < 0.0)


def digits_beside(value: float, *limits: float, digits: int = 1) -> int:
    """Decimals that a figure needs so that print keeps it on its side of limits, at least some.

    Examples
    --------
    >>> digits_beside(59.96, 60.0), digits_beside(59.96, 80.0), digits_beside(60.0, 60.0)
    (2, 1, 1)
    """
    held = [limit for limit in limits if math.isfinite(limit)]
    if not math.isfinite(value):
        return digits
    # Limits are printed in six digits: two thirds of 100 is 66.6667.
    sides = [(float(f"{limit:g}"), float(standing(value, limit))) for limit in held]
    for count in range(digits, _MOST_DIGITS + 1):
        printed = round(value, count)
        if all(float(np.sign(printed - limit)) == side for limit, side in sides):
            return count
    return _MOST_DIGITS


def beside(value: float, *limits: float, digits: int = 1) -> str:
    """A figure in print, with more decimals where fewer would carry it onto or over a limit.

    Examples
    --------
    >>> beside(59.96, 60.0), beside(60.0, 60.0), beside(4.998, 5.0, digits=2)
    ('59.96', '60.0', '4.998')
    """
    return f"{value:,.{digits_beside(value, *limits, digits=digits)}f}"

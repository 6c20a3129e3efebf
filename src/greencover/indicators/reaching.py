"""Whether a figure reaches what is asked of it, up to the last digits of a sum."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
#: A rate of 100 % that sums to 99.99999999 % by rounding is 100 %; one of 60.00000001 % is 60 %.
ROUNDING = 1e-9
# Which side of its target a figure that is the target up to rounding stands on.
_SLACK_SIGN = {">=": -1.0, ">": 1.0, "<=": 1.0, "<": -1.0}


def reaches(value: Any, comparison: str, target: float) -> np.ndarray:
    """Whether figures meet a target: strict comparisons are not met by the target itself.

    Examples
    --------
    >>> [bool(reaches(60.0, sign, 60.0)) for sign in (">=", ">", "<=", "<")]
    [True, False, True, False]
    >>> bool(reaches(100.0 - 1e-12, ">=", 100.0)), bool(reaches(60.0 + 1e-12, ">", 60.0))
    (True, False)
    """
    slack = ROUNDING * max(abs(target), 1.0) * _SLACK_SIGN[comparison]
    with np.errstate(invalid="ignore"):
        return np.asarray(_COMPARE[comparison](value, target + slack), dtype=bool)

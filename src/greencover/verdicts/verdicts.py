"""Figures held against a target: verdict and shortfall.

met · not met · uncertain · no data · no target. "Uncertain" is said where the interval of a figure
straddles the target. "No data" is said where nothing was observed, where the
denominator is nothing, or where more was unobserved than the campaign allows.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from greencover.ground.errors import StandardError
from greencover.ground.geodesy import HECTARE_M2
from greencover.ground.notes import Note, in_languages, joined
from greencover.standards import Target

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
# A rate of 100 % that sums to 99.99999999 % by rounding is 100 %.
_ROUNDING = 1e-9


def judge(
    figures: pd.DataFrame, target: Target, standard: str, *, unobserved_limit_pct: float
) -> pd.DataFrame:
    """Add target, shortfall and verdict to figures of one indicator.

    Parameters
    ----------
    figures
        Rows with ``value``, ``numerator``, ``denominator``, ``measure``, ``unobserved_pct``,
        ``note``, and ``low`` and ``high`` where a reference sample gives an interval (elsewhere
        NaN, and the value is taken as it stands).
    target
        A target with a value.
    standard
        Key of the standard that the target belongs to.
    unobserved_limit_pct
        Unobserved share above which nothing is judged.
    """
    if target.value is None:
        raise StandardError("verdicts.target_without_value", target=target)
    value = figures["value"].to_numpy(dtype=float)
    limit = float(target.value)
    upward = target.comparison in (">=", ">")
    slack = _ROUNDING * max(abs(limit), 1.0)
    with np.errstate(invalid="ignore"):
        reached = _COMPARE[target.comparison](value, limit - slack if upward else limit + slack)
    blind = figures["unobserved_pct"].to_numpy(dtype=float) > unobserved_limit_pct
    missing = np.isnan(value)
    verdict = np.where(reached, "met", "not met").astype(object)
    straddles, sure = _interval(figures, target, limit, slack)
    verdict[sure] = "met"
    verdict[straddles] = "uncertain"
    verdict[blind | missing] = "no data"
    short = np.maximum(limit - value if upward else value - limit, 0.0)
    short[reached] = 0.0
    short[missing] = np.nan
    measure = figures["measure"].to_numpy(dtype=object)
    # Points of a share, or square metres a head, times the denominator give the ground missing.
    percent = figures["unit_of_measure"].to_numpy(dtype=object) == "%"
    denominator = figures["denominator"].to_numpy(dtype=float)
    amount = short * denominator / np.where(percent, 100.0, HECTARE_M2)
    remark = _of_target(target)
    notes = [
        joined(note, _too_blind(share, unobserved_limit_pct) if hidden else "", remark)
        for note, share, hidden in zip(
            figures["note"], figures["unobserved_pct"], blind & ~missing, strict=True
        )
    ]
    return figures.assign(
        target=limit,
        comparison=target.comparison,
        standard=standard,
        verified=target.verified,
        source=target.source,
        gap=short,
        gap_pct=np.where(percent, short, np.nan),
        gap_ha=np.where(measure == "km", np.nan, amount),
        gap_km=np.where(measure == "km", amount, np.nan),
        verdict=verdict,
        note=pd.Series(notes, index=figures.index, dtype=object),
        grades=_repeated(target.grades, figures),
    )


def without_target(figures: pd.DataFrame) -> pd.DataFrame:
    """Give figures that nothing is asked of the same columns."""
    return figures.assign(
        target=np.nan,
        comparison="",
        standard="",
        verified=True,
        source="",
        gap=np.nan,
        gap_pct=np.nan,
        gap_ha=np.nan,
        gap_km=np.nan,
        verdict="no target",
        grades=_repeated((), figures),
    )


def _repeated(grades: tuple[str, ...], figures: pd.DataFrame) -> pd.Series[Any]:
    return pd.Series([grades for _ in range(len(figures))], index=figures.index, dtype=object)


def _interval(
    figures: pd.DataFrame, target: Target, limit: float, slack: float
) -> tuple[np.ndarray, np.ndarray]:
    """Tell where the interval straddles the target, and where all of it reaches it."""
    nothing = np.zeros(len(figures), dtype=bool)
    if not {"low", "high"} <= set(figures.columns):
        return nothing, nothing
    low, high = (figures[side].to_numpy(dtype=float) for side in ("low", "high"))
    upward = target.comparison in (">=", ">")
    bound = limit - slack if upward else limit + slack
    worst, best = (low, high) if upward else (high, low)
    with np.errstate(invalid="ignore"):
        surely = np.asarray(_COMPARE[target.comparison](worst, bound), dtype=bool)
        maybe = np.asarray(_COMPARE[target.comparison](best, bound), dtype=bool)
    known = np.isfinite(low) & np.isfinite(high)
    return known & maybe & ~surely, known & surely


def _too_blind(share: float, limit: float) -> Note:
    return Note("verdicts.unobserved", share=share, limit=limit)


def _of_target(target: Target) -> str:
    """The remark of a target, which its standard may have in both languages."""
    if not target.note_zh:
        return target.note
    return in_languages(en=target.note, zh=target.note_zh)

"""Figures held against a target: verdict and shortfall.

met · not met · uncertain · no data · no target. "Uncertain" is said where the interval of a figure
straddles the target: the errors of the map leave it open, or what was not observed does, whatever
the campaign allows. "No data" is said where nothing was observed, where the denominator is nothing,
or where more was unobserved than the campaign allows.
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
from greencover.verdicts.figures import OPEN

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
# A rate of 100 % that sums to 99.99999999 % by rounding is 100 %; one of 60.00000001 % is 60 %.
_ROUNDING = 1e-9
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
    slack = _ROUNDING * max(abs(target), 1.0) * _SLACK_SIGN[comparison]
    with np.errstate(invalid="ignore"):
        return np.asarray(_COMPARE[comparison](value, target + slack), dtype=bool)


def judge(
    figures: pd.DataFrame, target: Target, standard: str, *, unobserved_limit_pct: float
) -> pd.DataFrame:
    """Add target, shortfall and verdict to figures of one indicator.

    Parameters
    ----------
    figures
        Rows with ``value``, ``numerator``, ``denominator``, ``measure``, ``unobserved_pct``,
        ``note``, and ``low`` and ``high`` where a reference sample, unobserved ground or the cells
        of the cover leave the figure open (elsewhere NaN, and the value is taken as it stands);
        ``open``, what else is to be said where they leave the verdict open.
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
    reached = reaches(value, target.comparison, limit)
    blind = figures["unobserved_pct"].to_numpy(dtype=float) > unobserved_limit_pct
    missing = np.isnan(value)
    verdict = np.where(reached, "met", "not met").astype(object)
    straddles, sure = _interval(figures, target, limit)
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
    said = [
        _too_blind(share, unobserved_limit_pct) if hidden else ""
        for share, hidden in zip(figures["unobserved_pct"], blind & ~missing, strict=True)
    ]
    if {"low", "high"} <= set(figures.columns):
        limits = zip(verdict, figures["low"], figures["high"], strict=True)
        said = [
            Note("verdicts.between", low=low, high=high) if word == "uncertain" else one
            for one, (word, low, high) in zip(said, limits, strict=True)
        ]
    if OPEN in figures:
        said = [
            joined(one, why) if word == "uncertain" else one
            for one, why, word in zip(said, figures[OPEN], verdict, strict=True)
        ]
        figures = figures.drop(columns=OPEN)
    notes = [joined(note, one, remark) for note, one in zip(figures["note"], said, strict=True)]
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
    return figures.drop(columns=OPEN, errors="ignore").assign(
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


def _interval(figures: pd.DataFrame, target: Target, limit: float) -> tuple[np.ndarray, np.ndarray]:
    """Tell where the interval straddles the target, and where all of it reaches it."""
    nothing = np.zeros(len(figures), dtype=bool)
    if not {"low", "high"} <= set(figures.columns):
        return nothing, nothing
    low, high = (figures[side].to_numpy(dtype=float) for side in ("low", "high"))
    upward = target.comparison in (">=", ">")
    worst, best = (low, high) if upward else (high, low)
    surely, maybe = (reaches(one, target.comparison, limit) for one in (worst, best))
    known = np.isfinite(low) & np.isfinite(high)
    return known & maybe & ~surely, known & surely


def _too_blind(share: float, limit: float) -> Note:
    return Note("verdicts.unobserved", share=share, limit=limit)


def _of_target(target: Target) -> str:
    """The remark of a target, which its standard may have in both languages."""
    if not target.note_zh:
        return target.note
    return in_languages(en=target.note, zh=target.note_zh)

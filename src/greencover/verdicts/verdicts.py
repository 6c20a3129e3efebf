"""Figures held against a target: verdict and shortfall.

met · not met · uncertain · no data · no target. "Uncertain" is said where the interval of a figure
straddles the target: the errors of the map leave it open, or what was not observed does, whatever
the campaign allows. "No data" is said where nothing was observed, where the denominator is nothing,
or where more was unobserved than the campaign allows. A target that only all or nothing meets is
not met by a map or by a sample: see ``proof``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.accuracy.acceptance import Acceptance
from greencover.ground.errors import StandardError
from greencover.ground.geodesy import HECTARE_M2
from greencover.ground.limits import beside, reaches
from greencover.ground.notes import Note, in_languages, joined
from greencover.standards import Target
from greencover.verdicts.figures import OPEN
from greencover.verdicts.proof import reasons, verdict_words


def judge(
    figures: pd.DataFrame,
    target: Target,
    standard: str,
    *,
    unobserved_limit_pct: float,
    sample_level: float = 0.95,
) -> pd.DataFrame:
    """Add target, shortfall and verdict to figures of one indicator.

    Parameters
    ----------
    figures
        Rows with ``value``, ``numerator``, ``denominator``, ``measure``, ``unobserved_pct``,
        ``note``, and ``low`` and ``high`` where a reference sample, unobserved ground or the cells
        of the cover leave the figure open (elsewhere NaN, and the value is taken as it stands);
        ``proof``, what they rest on (see ``formulas``; without it: all of the ground); and
        ``open``, what else is to be said where the limits leave the verdict open.
    target
        A target with a value.
    standard
        Key of the standard that the target belongs to.
    unobserved_limit_pct
        Unobserved share above which nothing is judged.
    sample_level
        Confidence level of the intervals of a reference sample.
    """
    if target.value is None:
        raise StandardError("verdicts.target_without_value", target=target)
    value = figures["value"].to_numpy(dtype=float)
    limit = float(target.value)
    accepted = Acceptance.of(target.rule)
    upward = target.comparison in (">=", ">")
    missing = np.isnan(value)
    verdict = verdict_words(figures, target)
    blind = reaches(figures["unobserved_pct"].to_numpy(dtype=float), ">", unobserved_limit_pct)
    verdict[blind | missing] = "no data"
    short = np.maximum(limit - value if upward else value - limit, 0.0)
    short[reaches(value, target.comparison, limit) | (verdict == "met")] = 0.0
    short[missing] = np.nan
    measure = figures["measure"].to_numpy(dtype=object)
    # Points of a share, or square metres a head, times the denominator give the ground missing.
    percent = figures["unit_of_measure"].to_numpy(dtype=object) == "%"
    denominator = figures["denominator"].to_numpy(dtype=float)
    amount = short * denominator / np.where(percent, 100.0, HECTARE_M2)
    remark = _of_target(target)
    told = zip(
        figures["note"],
        [
            _too_blind(share, unobserved_limit_pct) if hidden else ""
            for share, hidden in zip(figures["unobserved_pct"], blind & ~missing, strict=True)
        ],
        reasons(figures, verdict, target, sample_level),
        _left_open(figures, verdict),
        strict=True,
    )
    return _with(
        figures,
        target=limit,
        comparison=target.comparison,
        accept_pct=np.nan if accepted is None else accepted.pct,
        accept_risk_pct=np.nan if accepted is None else accepted.risk_pct,
        target_name=target.name,
        target_name_zh=target.name_zh,
        standard=standard,
        verified=target.verified,
        source=target.source,
        gap=short,
        gap_pct=np.where(percent, short, np.nan),
        gap_ha=np.where(measure == "ha", amount, np.nan),
        gap_km=np.where(measure == "km", amount, np.nan),
        verdict=verdict,
        note=pd.Series(
            [joined(*notes, remark) for notes in told], index=figures.index, dtype=object
        ),
        grades=_repeated(target.grades, figures),
    )


def without_target(figures: pd.DataFrame) -> pd.DataFrame:
    """Give figures that nothing is asked of the same columns."""
    return _with(
        figures,
        target=np.nan,
        comparison="",
        accept_pct=np.nan,
        accept_risk_pct=np.nan,
        target_name="",
        target_name_zh="",
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


def _with(figures: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    """Figures with more columns, made at once: setting one after the other is slower."""
    kept = {name: figures[name] for name in figures if name != OPEN}
    return pd.DataFrame(kept | columns, index=figures.index)


def _left_open(figures: pd.DataFrame, verdict: npt.NDArray[np.object_]) -> list[str]:
    """What else leaves a verdict open, and would settle it."""
    if OPEN not in figures:
        return [""] * len(figures)
    wide = (figures["low"] < figures["high"]).to_numpy() & (verdict == "uncertain")
    return [why if open_ else "" for why, open_ in zip(figures[OPEN], wide, strict=True)]


def _repeated(grades: tuple[str, ...], figures: pd.DataFrame) -> pd.Series[Any]:
    return pd.Series([grades for _ in range(len(figures))], index=figures.index, dtype=object)


def _too_blind(share: float, limit: float) -> Note:
    return Note("verdicts.unobserved", share=beside(share, limit), limit=limit)


def _of_target(target: Target) -> str:
    """The remark of a target, which its standard may have in both languages."""
    if not target.note_zh:
        return target.note
    return in_languages(en=target.note, zh=target.note_zh)

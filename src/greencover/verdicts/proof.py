"""What figures prove of a target, and why that is not enough where it is not.

A map may show that all is as it should be and be wrong, and so may a sample. Of a target that only
all or nothing meets, both leave it *uncertain*; a census meets it, which decides every part by
evidence that covers it, or a rule that names what must be proven, and at which risk.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.accuracy.acceptance import Acceptance, decided, leaves_no_room
from greencover.ground.limits import beside, reaches
from greencover.ground.notes import Note, joined
from greencover.indicators.formulas import SAMPLE, WHOLE
from greencover.standards import Target


def verdict_words(figures: pd.DataFrame, target: Target) -> npt.NDArray[np.object_]:
    """Verdicts of figures that have a value, by their interval and by what they rest on."""
    accepted = Acceptance.of(target.rule)
    words = _shown(figures, target, accepted)
    words[(words == "met") & ~_proves(figures, target, accepted)] = "uncertain"
    return words


def _shown(
    figures: pd.DataFrame, target: Target, accepted: Acceptance | None
) -> npt.NDArray[np.object_]:
    """Verdicts of what figures and their intervals show, whatever they prove."""
    asked = _asked(target, accepted)
    met = reaches(figures["value"].to_numpy(dtype=float), target.comparison, asked)
    words = np.where(met, "met", "not met").astype(object)
    low, high = _bounds(figures)
    known = np.isfinite(low) & np.isfinite(high)
    words[known] = decided(low, high, target.comparison, asked)[known]
    return words


def reasons(
    figures: pd.DataFrame,
    verdict: npt.NDArray[np.object_],
    target: Target,
    sample_level: float,
) -> list[str]:
    """What is to be said of each verdict: why it is uncertain, and by which rule it is met."""
    accepted = Acceptance.of(target.rule)
    asked = _asked(target, accepted)
    upward = target.comparison in (">=", ">")
    low, high = _bounds(figures)
    value = figures["value"].to_numpy(dtype=float)
    rests_on = _proof(figures)
    bound = np.where(np.isnan(low), value, low) if upward else np.where(np.isnan(high), value, high)
    proves, shown = _proves(figures, target, accepted), _shown(figures, target, accepted)
    reached = reaches(value, target.comparison, asked)
    told = []
    for row, word in enumerate(verdict):
        open_ = word == "uncertain"
        proven = _at_least(float(bound[row]), target.comparison)
        why: str = ""
        if open_ and not proves[row] and (shown[row] == "met" or reached[row]):
            of_sample = {"proven": proven, "risk": 100.0 * (1.0 - sample_level) / 2.0}
            more = of_sample if rests_on[row] == SAMPLE else {}
            why = Note(f"verdicts.proof.{rests_on[row]}", goal=target.goal, **more)
        elif open_:
            sides = [beside(one[row], asked, digits=2) for one in (low, high)]
            why = Note("verdicts.between", low=sides[0], high=sides[1])
        rule: str = ""
        if accepted is not None:
            certain = proves[row] and math.isfinite(bound[row]) and word != "no data"
            rule = accepts(accepted, target.comparison, proven if certain else "")
        told.append(joined(why, rule))
    return told


def accepts(accepted: Acceptance, comparison: str, proven: str = "") -> Note:
    """The rule by which a target is met, and what is proven."""
    told = {"accept": f"{comparison} {accepted.pct:g} %", "risk": accepted.risk_pct}
    if not proven:
        return Note("verdicts.accepts", **told)
    return Note("verdicts.accepts_proven", **told, proven=proven)


def _asked(target: Target, accepted: Acceptance | None) -> float:
    assert target.value is not None
    return float(target.value) if accepted is None else accepted.pct


def _bounds(figures: pd.DataFrame) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    nothing = np.full(len(figures), np.nan)
    if not {"low", "high"} <= set(figures.columns):
        return nothing, nothing
    return figures["low"].to_numpy(dtype=float), figures["high"].to_numpy(dtype=float)


def _proof(figures: pd.DataFrame) -> npt.NDArray[np.object_]:
    if "proof" not in figures.columns:
        return np.full(len(figures), WHOLE, dtype=object)
    return figures["proof"].to_numpy(dtype=object)


def _proves(
    figures: pd.DataFrame, target: Target, accepted: Acceptance | None
) -> npt.NDArray[np.bool_]:
    """Whether what figures rest on can prove the target, if it is as good as it can be."""
    rests_on = _proof(figures)
    if accepted is not None:
        return np.isin(rests_on, [WHOLE, SAMPLE])
    percent = figures["unit_of_measure"].to_numpy(dtype=object) == "%"
    strict = percent & leaves_no_room(target.comparison, _asked(target, None))
    return np.asarray(~strict | (rests_on == WHOLE))


def _at_least(bound: float, comparison: str) -> str:
    """A bound in print, never better than it is."""
    if not math.isfinite(bound):
        return ""
    upward = comparison in (">=", ">")
    # A bound of 98.2 that the machine holds as 98.19999999999999 is 98.2.
    cut = math.floor(100.0 * bound + 1e-7) if upward else math.ceil(100.0 * bound - 1e-7)
    return f"{'>=' if upward else '<='} {cut / 100.0:.2f} %"

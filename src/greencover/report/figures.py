"""Figures and targets as they are read: with their unit, their interval, their sign."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from greencover.report.labels import Label, Sentence
from greencover.report.selection import held_against, interval_of, shown, text_of

#: Comparisons as print has them.
SIGNS = {">=": "≥", "<=": "≤"}


@dataclass(frozen=True)
class Goal:
    """A target: what is asked of a figure.

    Examples
    --------
    >>> goal = Goal(">=", 60.0, "%")
    >>> goal.text, goal.said("en"), goal.said("zh")
    ('≥ 60', '≥ 60 %', '≥ 60%')
    >>> Goal(">=", 100.0, "%", 98.0, 5.0).said("en")
    '≥ 100 %, where ≥ 98 % proven at a risk of 5 % is enough'
    """

    comparison: str
    value: float
    unit: str
    accept_pct: float | None = None
    accept_risk_pct: float | None = None

    @classmethod
    def of(cls, record: Any) -> Goal | None:
        """The target of a row; None where it has none."""
        value = float(record["target"])
        unit = text_of(record.get("unit_of_measure"))
        comparison = text_of(record.get("comparison")) or ">="
        if math.isnan(value):
            return None
        rule = [float(record.get(key, math.nan)) for key in ("accept_pct", "accept_risk_pct")]
        return cls(comparison, value, unit, *(rule if math.isfinite(rule[0]) else ()))

    @property
    def plain(self) -> str:
        """The target in signs that any terminal has."""
        return f"{self.comparison} {self.value:g}{self._enough(self.comparison)}"

    @property
    def sign(self) -> str:
        """What is compared, as print has it."""
        return SIGNS.get(self.comparison, self.comparison)

    @property
    def text(self) -> str:
        """The target as print has it, without its unit; what is enough, and its risk, behind it."""
        return f"{self.sign} {self.value:g}{self._enough(self.sign)}"

    def _enough(self, sign: str) -> str:
        if self.accept_pct is None:
            return ""
        return f" [{sign} {self.accept_pct:g}, {self.accept_risk_pct:g} %]"

    def said(self, lang: str) -> str:
        """The target with its unit."""
        unit = Label(self.unit, "units")
        figure = f"{self.sign} {self.value:g}"
        if self.accept_pct is None:
            return Sentence("figures.plain", figure=figure, unit=unit).said(lang)
        enough = f"{self.sign} {self.accept_pct:g}"
        risk = f"{self.accept_risk_pct:g}"
        told = {"figure": figure, "unit": unit, "enough": enough, "risk": risk}
        return Sentence("figures.accepted", **told).said(lang)


def figure_of(record: Any) -> Sentence | None:
    """Value of a row with its unit, such as ``"46.4 %"``, and its interval; None without value."""
    figure = shown(float(record["value"]), *held_against(record))
    if not figure:
        return None
    unit, interval = Label(text_of(record["unit_of_measure"]), "units"), interval_of(record)
    if interval:
        return Sentence("figures.sure", figure=figure, unit=unit, interval=interval)
    return Sentence("figures.plain", figure=figure, unit=unit)

"""Figures and targets as they are read: with their unit, their interval, their sign."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from greencover.report.labels import Label, Sentence
from greencover.report.selection import interval_of, shown, text_of

_SIGNS = {">=": "≥", "<=": "≤"}


@dataclass(frozen=True)
class Goal:
    """A target: what is asked of a figure.

    Examples
    --------
    >>> goal = Goal(">=", 60.0, "%")
    >>> goal.text, goal.said("en"), goal.said("zh")
    ('≥ 60', '≥ 60 %', '≥ 60%')
    """

    comparison: str
    value: float
    unit: str

    @classmethod
    def of(cls, record: Any) -> Goal | None:
        """The target of a row; None where it has none."""
        value = float(record["target"])
        unit = text_of(record.get("unit_of_measure"))
        comparison = text_of(record.get("comparison")) or ">="
        return None if math.isnan(value) else cls(comparison, value, unit)

    @property
    def plain(self) -> str:
        """The target in signs that any terminal has."""
        return f"{self.comparison} {self.value:g}"

    @property
    def sign(self) -> str:
        """What is compared, as print has it."""
        return _SIGNS.get(self.comparison, self.comparison)

    @property
    def text(self) -> str:
        """The target as print has it, without its unit."""
        return f"{self.sign} {self.value:g}"

    def said(self, lang: str) -> str:
        """The target with its unit."""
        unit = Label(self.unit, "units")
        return Sentence("figures.plain", figure=self.text, unit=unit).said(lang)


def figure_of(record: Any) -> Sentence | None:
    """Value of a row with its unit, such as ``"46.4 %"``, and its interval; None without value."""
    figure = shown(float(record["value"]), float(record["target"]))
    if not figure:
        return None
    unit, interval = Label(text_of(record["unit_of_measure"]), "units"), interval_of(record)
    if interval:
        return Sentence("figures.sure", figure=figure, unit=unit, interval=interval)
    return Sentence("figures.plain", figure=figure, unit=unit)

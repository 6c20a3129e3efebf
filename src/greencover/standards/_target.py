"""A target and a standard: what must be reached, where, under which conditions, says who."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from greencover.ground.data_files import suggestion
from greencover.ground.errors import StandardError
from greencover.ground.notes import Note
from greencover.standards._words import CONDITIONS
from greencover.words import Listed


@dataclass(frozen=True)
class Target:
    """One figure of a standard.

    Parameters
    ----------
    indicator
        Key of an indicator.
    level
        Whose figure it is: ``county`` (the whole area of the campaign), ``township``,
        ``village``, ``road`` or ``road_grade``.
    value
        The threshold in `unit`; None where the standard has the item but no figure is known.
    comparison
        How a result compares with `value` when the target is met.
    when
        The conditions under which the figure holds: condition key -> a value, several allowed
        values, or a band with ``min`` and ``max`` (included) or ``above`` and ``below`` (not
        included).
    grades
        The road grades that the figure is about; empty: all of them.
    scope
        Which part or which reading is meant, such as ``built-up area``.
    rule
        How the figure is to be judged where one unit's own value is not enough, such as
        ``{"share_of_units": "2/3", "of": "county"}``, or which share is enough where it is
        proven: ``{"accept_pct": 98.0, "accept_risk_pct": 5.0}``.
    computable
        False for figures that only a register, a survey or a poll can give.
    verified
        False until the text itself, or a faithful copy, was seen to hold the figure; a secondary
        page is not enough.
    confidence
        S1 seen in an official page, a faithful copy or a maintainer's file; S2 in a secondary
        page; R remembered (R+ sure, R- doubtful); C computed.
    source
        Page address of what was seen.
    """

    indicator: str
    level: str
    value: float | None = None
    unit: str = "%"
    comparison: str = ">="
    when: Mapping[str, Any] = field(default_factory=dict, hash=False)
    grades: tuple[str, ...] = ()
    scope: str = ""
    rule: Mapping[str, Any] = field(default_factory=dict, hash=False)
    computable: bool = True
    verified: bool = False
    confidence: str = "R"
    source: str = ""
    note: str = ""
    note_zh: str = ""
    name: str = ""
    name_zh: str = ""

    def applies(self, conditions: Mapping[str, Any]) -> bool | None:
        """Tell whether the figure holds under the declared conditions.

        Parameters
        ----------
        conditions
            Condition key -> value, as declared by the campaign; None and NaN count as not declared.

        Returns
        -------
        bool or None
            None if nothing rules the figure out but a condition that it depends on is not
            declared.

        Raises
        ------
        StandardError
            A declared value can match no target, such as a misspelt terrain.

        Examples
        --------
        >>> from greencover.standards import Target
        >>> wet = Target("forest_coverage", "county", 35, when={"precipitation_mm": {"above": 800}})
        >>> wet.applies({"precipitation_mm": 1450}), wet.applies({"precipitation_mm": 800})
        (True, False)
        >>> wet.applies({}) is None
        True
        """
        undeclared = False
        for key, wanted in self.when.items():
            declared = conditions.get(key)
            # An empty cell of a table arrives as NaN, the only value unequal to itself.
            if declared is None or declared != declared:
                undeclared = True
                continue
            if key in CONDITIONS:
                where = Note("standards.target", indicator=self.indicator)
                CONDITIONS[key].check(declared, where)
            if not _fits(declared, wanted):
                return False
        return None if undeclared else True

    @property
    def identity(self) -> tuple[str, str, str, tuple[str, ...]]:
        """What makes two targets the same one: indicator, level, conditions and grades."""
        when = {
            key: sorted(wanted) if isinstance(wanted, list | tuple) else wanted
            for key, wanted in self.when.items()
        }
        return (
            self.indicator,
            self.level,
            json.dumps(when, sort_keys=True),
            tuple(sorted(self.grades)),
        )

    @property
    def goal(self) -> str:
        """The figure to reach with its unit, or a note that there is none."""
        if self.value is None:
            return Note("standards.no_figure")
        told = {"comparison": self.comparison, "value": self.value, "unit": self.unit}
        return Note("standards.goal", **told)

    def __str__(self) -> str:
        return f"{self.indicator} ({self.level}) {self.goal}"


@dataclass(frozen=True, repr=False)
class Standard:
    """A set of targets that somebody issued.

    ``repeated`` holds each target of an heir beside an inherited one of the same indicator and
    level that it does not take the place of: both are judged. ``files`` are its own file and those
    that it extends, without those that greencover brings.
    """

    key: str
    title: str
    title_zh: str
    targets: tuple[Target, ...]
    issued: str = ""
    status: str = ""
    superseded_by: str = ""
    superseded_in: int | None = None
    source: str = ""
    repeated: tuple[tuple[Target, Target], ...] = ()
    notes: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()

    def __repr__(self) -> str:
        unverified = sum(not target.verified for target in self.targets)
        return f"<Standard {self.key}: {len(self.targets)} targets, {unverified} unverified>"

    def _repr_html_(self) -> str:
        head = "".join(
            f"<th>{title}</th>"
            for title in ("indicator", "指标", "level", "target", "when", "seen", "source")
        )
        rows = "".join(_row(target) for target in self.targets)
        caption = escape(f"{self.title} · {self.title_zh}")
        return f"<table><caption>{caption}</caption><tr>{head}</tr>{rows}</table>"


def check_when(when: Mapping[str, Any], where: str) -> None:
    """Refuse conditions that no campaign can declare."""
    for key, wanted in when.items():
        if key not in CONDITIONS:
            raise StandardError(
                "standards.condition_unknown",
                where=where,
                condition=key,
                hint=suggestion(key, CONDITIONS),
                known=Listed.every(CONDITIONS),
            )
        condition = CONDITIONS[key]
        if isinstance(wanted, Mapping):
            if condition.values:
                known = Listed.every(condition.values)
                raise StandardError(
                    "standards.condition_band", where=where, condition=key, known=known
                )
            continue
        for value in wanted if isinstance(wanted, list | tuple) else [wanted]:
            condition.check(value, where)


def _fits(declared: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return (
            declared >= wanted.get("min", declared)
            and declared <= wanted.get("max", declared)
            and ("above" not in wanted or declared > wanted["above"])
            and ("below" not in wanted or declared < wanted["below"])
        )
    if isinstance(wanted, list | tuple):
        return declared in wanted
    return bool(declared == wanted)


def _row(target: Target) -> str:
    figure = "–" if target.value is None else f"{target.comparison} {target.value:g} {target.unit}"
    when = ", ".join(f"{key} {_phrase(wanted)}" for key, wanted in target.when.items())
    cells = (
        target.name or target.indicator,
        target.name_zh,
        target.level,
        figure,
        when,
        f"{target.confidence}{'' if target.verified else ', not verified'}",
        target.source,
    )
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _phrase(wanted: Any) -> str:
    signs = {"min": "≥", "max": "≤", "above": ">", "below": "<"}
    if isinstance(wanted, Mapping):
        return " and ".join(f"{signs.get(key, key)} {limit:g}" for key, limit in wanted.items())
    if isinstance(wanted, list | tuple):
        return " or ".join(map(str, wanted))
    return str(wanted)

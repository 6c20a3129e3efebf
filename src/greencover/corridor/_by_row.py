"""Rules as numbers for every row of a layer of lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.corridor.grade_names import GRADES
from greencover.corridor.grade_schemes import Words
from greencover.corridor.grades import (
    by_grade,
    canonical_grades,
    known_words,
    left_out,
    plain,
)
from greencover.corridor.rules import Rule, rules
from greencover.ground.errors import LayerError
from greencover.ground.notes import Note
from greencover.layers import as_text, marked
from greencover.words import Listed

Floats = npt.NDArray[np.float64]

#: Why a stretch is not counted that lies on another road.
TWICE = "drawn twice"


@dataclass(frozen=True)
class RowRules:
    """What holds for each row of a layer of lines.

    Attributes
    ----------
    offset_m, belt_m, threshold
        From the centreline to the belt, its width, and the share from which it is greened.
    grade
        Road grade, "" where there are none.
    barred
        Why the row cannot be planted, or "".
    """

    offset_m: Floats
    belt_m: Floats
    threshold: Floats
    grade: npt.NDArray[Any]
    barred: npt.NDArray[Any]

    @cached_property
    def alike(self) -> npt.NDArray[np.int64]:
        """Rows numbered by what distinguishes their stations."""
        keys = pd.DataFrame(vars(self))
        number = keys.groupby(list(keys.columns), sort=False).ngroup()
        return np.asarray(number, dtype=np.int64)


def claims_of(own: RowRules) -> npt.NDArray[np.int64]:
    """Claim of each row to ground that several are drawn on, the lowest the best.

    What stands on the ground goes before bridges and tunnels, and then the higher grade.
    """
    place = {grade: number for number, grade in enumerate(GRADES)}
    grade = np.array([place.get(one, len(place)) for one in own.grade], dtype=np.int64)
    return np.asarray(grade + np.where(own.barred != "", len(place) + 1, 0), dtype=np.int64)


def with_others(own: RowRules) -> RowRules:
    """The rules of every row twice: the second time for its stretches that lie on another road."""
    barred = np.concatenate([own.barred, np.full(len(own.barred), TWICE, dtype=object)])
    rest = {
        name: np.concatenate([value, value])
        for name, value in vars(own).items()
        if name in ("offset_m", "belt_m", "threshold", "grade")
    }
    return RowRules(**rest, barred=barred)


@dataclass(frozen=True)
class Rows:
    """A layer of roads or waters whose rules are asked for row by row.

    Attributes
    ----------
    corridor
        ``"road"`` or ``"water"``.
    layer, where
        The layer, and how messages call it.
    grade, grades
        Column of the grade, and the grade that own words stand for.
    notes
        What was assumed.
    """

    corridor: str
    layer: gpd.GeoDataFrame
    where: Note
    grade: str | None
    grades: Words
    notes: list[Note]

    def numbers(self, key: str, given: dict[str, Any]) -> Floats:
        """Figures of a rule; ``given`` is brought to what was taken."""
        rule, value = rules(self.corridor)[key], given[key]
        if isinstance(value, Mapping):
            value = self._whole(rule, value)
            given[key] = dict(value) if isinstance(value, Mapping) else value
        found = by_grade(
            value,
            self.layer,
            self._words,
            key,
            own=self.grades,
            where=self.where,
        ).to_numpy(dtype="float64")
        numbers: Floats = np.asarray(found, dtype=np.float64)
        rule.check_numbers(numbers)
        return numbers

    def _whole(self, rule: Rule, value: Mapping[Any, float]) -> Any:
        """A table by grade with the defaults of the grades that it leaves out."""
        if self.corridor == "water":
            self.notes.append(Note("corridor.bank_has_no_grade", rule=rule.key))
            return rule.default
        if value == rule.default:
            code = "corridor.default_by_grade" if rule.verified else "corridor.default_unverified"
            self.notes.append(Note(code, rule=rule.key, source=rule.source))
            if self._words is None:
                raise LayerError("corridor.no_default_without_grade", rule=rule.key)
            return value
        if self._words is None:
            return value
        absent = left_out(value, self._words, self.grades)
        if absent:
            self.notes.append(Note("corridor.filled", rule=rule.key, grades=Listed.of(absent)))
        stand_for = {known_words(self.grades).get(plain(word)) for word in value}
        rest = {g: figure for g, figure in rule.by_grade.items() if g not in stand_for}
        return {**rest, **value} if stand_for - set(value) else {**rule.by_grade, **value}

    @cached_property
    def _words(self) -> pd.Series[str] | None:
        return None if self.grade is None else as_text(self.layer[self.grade]).rename(self.grade)

    def canonical(self, *, needed: bool) -> npt.NDArray[Any]:
        """Grades; where no rule depends on them, unknown words stay as they are."""
        words = self._words
        if words is None:
            return np.full(len(self.layer), "", dtype=object)
        try:
            return canonical_grades(words, self.grades).to_numpy(dtype=object)
        except LayerError:
            if needed or self.grades:
                raise
            return words.to_numpy(dtype=object)

    def barred(
        self, bridge: str | None, tunnel: str | None, excluded: str | None
    ) -> npt.NDArray[Any]:
        """Why a row cannot be planted, or ""."""
        reason = np.full(len(self.layer), "", dtype=object)
        for name, column in (("bridge", bridge), ("tunnel", tunnel)):
            if column is not None:
                reason[marked(self.layer[column]) & (reason == "")] = name
        if excluded is not None:
            own = as_text(self.layer[excluded]).to_numpy(dtype=object)
            said = marked(self.layer[excluded]) & (reason == "")
            reason[said] = own[said]
        return reason


def names_of(layer: gpd.GeoDataFrame, column: str, number: str | None = None) -> npt.NDArray[Any]:
    """Names of roads or waters; a piece without a name goes by its number, or is one of its own."""
    values = layer[column].to_numpy(dtype=object).copy()
    nameless = (as_text(layer[column]) == "").to_numpy()
    if number is not None:
        own = as_text(layer[number]).to_numpy(dtype=object)
        numbered = nameless & (own != "")
        values[numbered], nameless = own[numbered], nameless & (own == "")
    for i in np.flatnonzero(nameless):
        values[i] = f"(unnamed {i + 1})"
    return np.asarray(values, dtype=object)

"""Columns of a report: an indicator on one ground and for some grades, held against one target.

Two targets of one indicator are two columns, each with its name, its units and its figures; every
output takes them from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from greencover.campaign.targets import OWN
from greencover.report.labels import Label, Named, Sayable, Sentence, Series
from greencover.report.selection import indicator_names, text_of
from greencover.standards import available, load

_OF_FIGURE = ("ground", "scope", "grades")
_OF_TARGET = ("standard", "comparison", "target", "accept_pct", "accept_risk_pct")


@dataclass(frozen=True)
class Judged:
    """An indicator as it is held against one target: at most one row a unit."""

    key: str
    name: Sayable
    rows: pd.DataFrame

    def on(self, level: str) -> pd.DataFrame:
        """Rows of a level, indexed by unit."""
        rows = self.rows[self.rows["level"] == level]
        return rows.set_index(rows["unit"].astype(str))


def judged(table: pd.DataFrame) -> list[Judged]:
    """Columns of a tidy table, in the order of the indicators; whole units before parts of them.

    Targets for different units share a column, those of one standard rather than of two; a second
    target for the same figures has a column of its own.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"level": "county", "unit": "1", "indicator": "roadside_greening_rate",
    ...     "indicator_name": "", "indicator_name_zh": "", "standard": "campaign", "value": 90.0}
    >>> table = pd.DataFrame([row | {"target": 80.0}, row | {"target": 100.0, "grades": "county"}])
    >>> [one.name.said("en") for one in judged(table)]
    ['Roadside greening rate', 'Roadside greening rate (County road)']
    """
    result = []
    for key, name in indicator_names(table).items():
        rows = table[table["indicator"] == key]
        figures = _texts(rows, _OF_FIGURE)
        found = [
            part
            for figure in sorted(dict.fromkeys(figures), key=lambda one: any(one))
            for part in _apart(rows[[one == figure for one in figures]])
        ]
        names = _names(name, found)
        result += [Judged(key, one, part) for one, part in zip(names, found, strict=True)]
    return result


def standard_title(key: str) -> Sayable:
    """Title of a built-in standard, of the campaign's own targets, or the key as it stands."""
    if key in available():
        standard = load(key)
        return Named(standard.title_zh, standard.title)
    return Label("other_standards", "words") if key == OWN else Named(key)


def limits_of(record: Any) -> tuple[Sayable, ...]:
    """The part of a unit and the grades of road that a row is limited to; none for all of it."""
    scope, grades = (text_of(record.get(key)) for key in ("scope", "grades"))
    limits = [Label(scope, "scopes")] if scope else []
    return (*limits, *(Label(grade, "grades") for grade in grades.split(",") if grade))


def _texts(rows: pd.DataFrame, keys: tuple[str, ...]) -> list[tuple[str, ...]]:
    known = [key for key in keys if key in rows]
    return [tuple(map(text_of, record)) for record in rows[known].itertuples(index=False)]


def _apart(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Rows of one figure, split so that no unit has two targets."""
    targets = _texts(rows, _OF_TARGET)
    units = list(zip(rows["level"], rows["unit"], strict=True))
    columns: list[tuple[set[object], set[str], list[int]]] = []
    for target in dict.fromkeys(targets):
        places = [place for place, one in enumerate(targets) if one == target]
        asked = {units[place] for place in places}
        free = [column for column in columns if not column[0] & asked]
        same = [column for column in free if target[0] in column[1]]
        if not free:
            columns.append((set(), set(), []))
        taken, standards, members = (same or free or columns[-1:])[0]
        taken |= asked
        standards.add(target[0])
        members += places
    return [rows.iloc[sorted(members)] for _, _, members in columns]


def _names(name: Label, parts: list[pd.DataFrame]) -> Iterator[Sayable]:
    """A name for each column: the target's own, or what the figure is limited to."""
    plain = len(parts) == 1
    given: set[str] = set()
    for rows in parts:
        one = _name(name, rows, plain=plain)
        if one.said("en") in given:
            title = standard_title(text_of(rows["standard"].iloc[0]))
            one = Sentence("columns.limited", name=one, limits=title)
        given.add(one.said("en"))
        yield one


def _name(name: Label, rows: pd.DataFrame, *, plain: bool) -> Sayable:
    limits = limits_of(rows.iloc[0])
    if not limits:
        return name
    usual = {name.said("en"), *map(text_of, rows.get("indicator_name", ()))}
    pairs = _texts(rows, ("target_name_zh", "target_name"))
    own = {pair for pair in pairs if len(pair) == 2 and pair[1] and pair[1] not in usual}
    if not plain and len(own) == 1:
        return Named(*own.pop())
    return Sentence("columns.limited", name=name, limits=Series(limits))

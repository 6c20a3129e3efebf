"""The matrix of a report: townships and the county against what they are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from greencover.report import sentences
from greencover.report.figures import Goal, figure_of
from greencover.report.judged import Judged, judged
from greencover.report.labels import Named, Sayable, Sentence
from greencover.report.palette import VERDICT_FILL, VERDICT_SYMBOL
from greencover.report.selection import (
    LEVELS,
    held_against,
    interval_of,
    name_of,
    shown,
    text_of,
    units_in_order,
)


@dataclass(frozen=True)
class Cell:
    """One figure of one unit, with what is said of it."""

    value: float
    figure: str
    interval: str
    unit: str
    verdict: str
    goal: Goal | None
    apart: bool
    note: Any
    with_unit: Sentence | None
    lengths: Sentence | None

    @property
    def symbol(self) -> str:
        """The sign that says the verdict without colour."""
        return VERDICT_SYMBOL.get(self.verdict, "")

    @property
    def own_goal(self) -> str:
        """The target where it is not the one that all units share."""
        return self.goal.text if self.goal and self.apart else ""


@dataclass(frozen=True)
class Column:
    """An indicator held against a target: its name, its unit, and what all units share of it."""

    key: str
    name: Sayable
    unit: str
    goal: Goal | None
    varies: bool


@dataclass(frozen=True)
class Unit:
    """A row of the matrix."""

    level: str
    code: str
    name: Named


@dataclass(frozen=True)
class Matrix:
    """Townships and the county against indicators."""

    columns: tuple[Column, ...]
    units: tuple[Unit, ...]
    cells: tuple[tuple[Cell | None, ...], ...]

    @property
    def first_county(self) -> int:
        """Place of the first county; one past the last unit where there is none."""
        levels = [unit.level for unit in self.units]
        return levels.index("county") if "county" in levels else len(levels)

    @property
    def verdicts(self) -> tuple[str, ...]:
        """Verdicts that occur, in the order of a legend."""
        found = {cell.verdict for row in self.cells for cell in row if cell}
        return tuple(verdict for verdict in VERDICT_FILL if verdict in found)


def matrix_of(table: pd.DataFrame) -> Matrix:
    """Townships and counties of a tidy table against its indicators."""
    units = tuple(
        Unit(str(row.level), str(row.unit), name_of(row))
        for row in units_in_order(table, LEVELS).itertuples(index=False)
    )
    columns, stacks = [], []
    for one in judged(table):
        found = {level: one.on(level) for level in LEVELS}
        rows = found["township"] if len(found["township"]) else found["county"]
        if rows.empty:
            continue
        column = _column(one, rows)
        records = {
            (level, str(record["unit"])): record
            for level, part in found.items()
            for record in part.to_dict("records")
        }
        columns.append(column)
        stacks.append([_cell(records.get((u.level, u.code)), column) for u in units])
    return Matrix(tuple(columns), units, tuple(zip(*stacks, strict=True)))


def _column(one: Judged, rows: pd.DataFrame) -> Column:
    unit = text_of(rows["unit_of_measure"].iloc[0])
    goals = {Goal.of(record): None for record in rows[rows["target"].notna()].to_dict("records")}
    goal = next(iter(goals)) if len(goals) == 1 else None
    return Column(one.key, one.name, unit, goal, varies=len(goals) > 1)


def _cell(record: dict[Any, Any] | None, column: Column) -> Cell | None:
    if record is None:
        return None
    value, goal = float(record["value"]), Goal.of(record)
    return Cell(
        value=value,
        figure=shown(value, *held_against(record)),
        interval=interval_of(record),
        unit=text_of(record["unit_of_measure"]),
        verdict=str(record["verdict"]),
        goal=goal,
        apart=goal is not None and goal != column.goal,
        note=record["note"] if text_of(record["note"]) else "",
        with_unit=figure_of(record),
        lengths=sentences.lengths_of(record, "cell"),
    )

"""What a report shows, built once from an assessment: plain data without language.

Every writer reads it: workbook, Word report, page, notebook, terminal and the map of verdicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from greencover.report import grounds, sentences
from greencover.report.figures import Goal, figure_of
from greencover.report.labels import Label, Named, Sayable, Sentence, keys
from greencover.report.palette import VERDICT_FILL, VERDICT_SYMBOL
from greencover.report.reported import ReportedFigure, reported_figures
from greencover.report.selection import (
    LEVELS,
    held_against,
    indicator_names,
    interval_of,
    name_of,
    rates,
    shown,
    text_of,
    units_in_order,
)

if TYPE_CHECKING:
    from greencover.verdicts import Assessment


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
    """An indicator: its name, its unit, and the target that all units share."""

    key: str
    name: Label
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


@dataclass(frozen=True)
class Definition:
    """What an indicator is, where that was seen, and whether all of it was."""

    key: str
    name: Label
    text: Sentence
    source: str
    verified: bool


@dataclass(frozen=True)
class View:
    """What is shown of an assessment.

    Attributes
    ----------
    assessment
        Tables, layers and land cover, for what is drawn or listed from them.
    title, year, county
        Of the campaign.
    indicators
        Names of all indicators of the table, in the order of a report.
    matrix
        Townships and county against indicators.
    counts
        Units with each verdict, by indicator and level.
    reported
        Reported figures beside measured ones.
    definitions, targets, sources, limits, notes
        What a reader must know beside the figures.
    """

    assessment: Assessment
    title: Named
    year: int | None
    county: Named
    indicators: Mapping[str, Label]
    matrix: Matrix
    counts: Mapping[tuple[str, str], Mapping[str, int]]
    reported: tuple[ReportedFigure, ...]
    definitions: tuple[Definition, ...]
    targets: tuple[Sentence, ...]
    sources: tuple[Sentence, ...]
    limits: tuple[Sayable | str, ...]
    notes: tuple[Sayable | str, ...]

    @classmethod
    def of(cls, given: Assessment | View) -> View:
        """The view of an assessment; a view as it is."""
        return given if isinstance(given, cls) else _view(given)  # type: ignore[arg-type]

    def family_of(self, indicator: str) -> str:
        """Family that an indicator is shown with."""
        record = self.assessment.records.get(indicator)
        return record.family if record and record.family in keys("families") else "other"

    def colours_of(self, indicator: str) -> str:
        """Sequence of colours that an indicator is always shown in."""
        record = self.assessment.records.get(indicator)
        return record.colours if record else "coverage"

    @property
    def verdicts(self) -> tuple[str, ...]:
        """Verdicts of the whole table, in the order of a legend."""
        found = {verdict for counted in self.counts.values() for verdict in counted}
        return tuple(verdict for verdict in VERDICT_FILL if verdict in found)

    @property
    def county_sentences(self) -> list[Sentence]:
        """One sentence for each figure and target of the county."""
        return sentences.county_sentences(self.assessment)

    @property
    def township_sentences(self) -> list[Sentence]:
        """One or two sentences for each indicator that townships have a target for."""
        return sentences.township_sentences(self.assessment)

    @property
    def length_sentences(self) -> list[Sentence]:
        """Excluded and all length beside the rates of roads and banks."""
        return sentences.length_sentences(self.assessment)

    @property
    def need_sentences(self) -> list[Sentence]:
        """What the county and its townships need to reach the targets that they miss."""
        return sentences.need_sentences(self.assessment)

    @property
    def gap_sentence(self) -> Sayable:
        """How many roadside gaps there are, how long, and what is not seen."""
        return sentences.gap_sentence(self.assessment)


def _view(assessment: Assessment) -> View:
    table = assessment.table
    county = table[table["level"] == "county"].head(1)
    return View(
        assessment=assessment,
        title=Named(assessment.title, assessment.title_en),
        year=assessment.year,
        county=name_of(county.iloc[0]) if len(county) else Named(""),
        indicators=indicator_names(table),
        matrix=matrix_of(table),
        counts=_counts(table),
        reported=reported_figures(assessment),
        definitions=_definitions(assessment),
        targets=tuple(grounds.target_sentences(assessment)),
        sources=tuple(grounds.source_sentences(assessment)),
        limits=tuple(grounds.limit_sentences(assessment)),
        notes=assessment.notes,
    )


def matrix_of(table: pd.DataFrame) -> Matrix:
    """Townships and counties of a tidy table against its indicators."""
    table = table[table["level"].isin(LEVELS)]
    units = tuple(
        Unit(str(row.level), str(row.unit), name_of(row))
        for row in units_in_order(table, LEVELS).itertuples(index=False)
    )
    columns, stacks = [], []
    for key, name in indicator_names(table).items():
        found = {level: rates(table, key, level) for level in LEVELS}
        rows = found["township"] if len(found["township"]) else found["county"]
        column = _column(key, name, rows)
        records = {
            (level, str(record["unit"])): record
            for level, part in found.items()
            for record in part.to_dict("records")
        }
        columns.append(column)
        stacks.append([_cell(records.get((u.level, u.code)), column) for u in units])
    return Matrix(tuple(columns), units, tuple(zip(*stacks, strict=True)))


def _column(key: str, name: Label, rows: pd.DataFrame) -> Column:
    unit = text_of(rows["unit_of_measure"].iloc[0])
    goals = {Goal.of(record): None for record in rows[rows["target"].notna()].to_dict("records")}
    goal = next(iter(goals)) if len(goals) == 1 else None
    return Column(key, name, unit, goal, varies=len(goals) > 1)


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


def _counts(table: pd.DataFrame) -> dict[tuple[str, str], dict[str, int]]:
    names, levels = list(indicator_names(table)), list(keys("levels"))
    result: dict[tuple[str, str], dict[str, int]] = {}
    for (indicator, level), rows in table.groupby(["indicator", "level"], sort=False):
        counted = rows["verdict"].value_counts()
        result[str(indicator), str(level)] = {
            str(verdict): int(n) for verdict, n in counted.items()
        }

    def place(key: tuple[str, str]) -> tuple[int, int]:
        level = levels.index(key[1]) if key[1] in levels else len(levels)
        return names.index(key[0]), level

    return {key: result[key] for key in sorted(result, key=place)}


def _definitions(assessment: Assessment) -> tuple[Definition, ...]:
    known = assessment.definitions
    result = []
    for key, name in indicator_names(assessment.table).items():
        if key not in known:
            continue
        record = known[key]
        own = Named(record.definition_zh, record.definition)
        code = "definitions.verified" if record.verified else "definitions.unverified"
        text = Sentence(code, text=Label(key, "definitions", own), source=record.source)
        result.append(Definition(key, name, text, record.source, record.verified))
    return tuple(result)

"""What a report shows, built once from an assessment: plain data without language.

Every writer reads it: workbook, Word report, page, notebook, terminal and the map of verdicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greencover.report import grounds, sentences
from greencover.report.labels import Label, Named, Sayable, Sentence, keys
from greencover.report.matrix import Matrix, matrix_of
from greencover.report.palette import VERDICT_FILL
from greencover.report.reported import ReportedFigure, reported_figures
from greencover.report.selection import indicator_names, name_of

if TYPE_CHECKING:
    import pandas as pd

    from greencover.verdicts import Assessment


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
        """One or two sentences for each target of townships."""
        return sentences.unit_sentences(self.assessment)

    @property
    def village_sentences(self) -> list[Sentence]:
        """One or two sentences for each target of villages."""
        return sentences.unit_sentences(self.assessment, "village")

    @property
    def road_sentences(self) -> list[Sentence]:
        """One or two sentences for each target of single roads."""
        return sentences.unit_sentences(self.assessment, "road")

    @property
    def length_sentences(self) -> list[Sentence]:
        """Excluded and all length of townships beside the rates of roads and banks."""
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
        text = Sentence(
            code, text=Label(key, "definitions", own), source=Named(record.source_zh, record.source)
        )
        result.append(Definition(key, name, text, record.source, record.verified))
    return tuple(result)

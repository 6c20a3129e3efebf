"""The bureau's own books as tables of a report: completion, works, planting records, survival.

Each table is built once, with the columns that it has; page, Word report and workbook show it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from greencover.campaign.tasks import township_names
from greencover.ground.geodesy import MU_PER_HECTARE
from greencover.report.labels import Label, Named, Sayable, keys
from greencover.report.selection import text_of
from greencover.verdicts.claims import claims_summed

if TYPE_CHECKING:
    from greencover.verdicts import Assessment

TEXT, SAID = "text", "said"
_SAYING_FIGURES = ("value", "needed", "plantable")


@dataclass(frozen=True)
class Field:
    """A column of a table: its key among the labels, how it looks, and the group of its words."""

    key: str
    look: str = TEXT
    group: str = ""

    @property
    def of_figures(self) -> bool:
        """Whether the column is one of figures, some of which say their unit themselves."""
        return self.look not in (TEXT, SAID) or self.key in _SAYING_FIGURES

    def said(self, value: Any) -> Sayable:
        """A value as a reader sees it; what says itself does."""
        if self.look == SAID:
            return value if hasattr(value, "said") else Named(text_of(value))
        if self.look == TEXT:
            text = text_of(value)
            if not (self.group and text):
                return Named(text)
            # What is no cover type is ground that nobody saw.
            return Label(text, self.group if text in keys(self.group) else "statuses")
        number = float(value) if value is not None else np.nan
        digits = len(self.look.partition(".")[2])
        return Named("" if not np.isfinite(number) else f"{number:,.{digits}f}")


@dataclass(frozen=True)
class BookTable:
    """A table of the books: its key among the names of sheets, its columns, its rows."""

    key: str
    fields: tuple[Field, ...]
    rows: pd.DataFrame

    def said(self, most: int | None = None) -> list[dict[str, Sayable]]:
        """Rows in words, at most so many."""
        kept = self.rows if most is None else self.rows.head(most)
        return [
            {field.key: field.said(record[field.key]) for field in self.fields}
            for record in kept.to_dict("records")
        ]


_COMPLETION = (
    Field("summed_by", TEXT, "summed_by"),
    Field("name"),
    Field("task"),
    Field("township"),
    Field("responsible"),
    Field("planned", "#,##0.00"),
    Field("done", "#,##0.00"),
    Field("amounts_in", TEXT, "units"),
    Field("completion_pct", "0.0"),
    Field("missing", "#,##0.00"),
    Field("start"),
    Field("end"),
    Field("target", "0.0"),
    Field("verdict", TEXT, "verdicts"),
)
_SUMS = (
    Field("summed_by", TEXT, "summed_by"),
    Field("name"),
    Field("records", "0"),
    Field("trees", "#,##0"),
    Field("area_mu", "#,##0.00"),
    Field("area_ha", "#,##0.00"),
    Field("placed_km", "#,##0.00"),
    Field("greened_km", "#,##0.00"),
    Field("gap_km", "#,##0.00"),
    Field("not_seen_km", "#,##0.00"),
    Field("no_place", "0"),
)
_CLAIMS = (
    Field("record", "0"),
    Field("road"),
    Field("chainage"),
    Field("side"),
    Field("township"),
    Field("village"),
    Field("compartment"),
    Field("trees", "#,##0"),
    Field("area_mu", "#,##0.00"),
    Field("species"),
    Field("date"),
    Field("responsible"),
    Field("alive_pct", "0.0"),
    Field("placed_km", "#,##0.00"),
    Field("greened_km", "#,##0.00"),
    Field("compartment_ha", "#,##0.00"),
    Field("trees_ha", "#,##0.00"),
    Field("counts_for", TEXT, "counts_for"),
    Field("status", TEXT, "claim_statuses"),
)
_WORKS = (
    Field("name"),
    Field("task"),
    Field("township"),
    Field("responsible"),
    Field("photo"),
    Field("plot_ha", "#,##0.00"),
    Field("plot_mu", "#,##0.0"),
    Field("length_km", "#,##0.00"),
    Field("gained_pct", "0.0"),
    Field("status", TEXT, "plot_statuses"),
)


_SURVIVAL = (
    Field("summed_by", TEXT, "summed_by"),
    Field("name"),
    Field("plots", "0"),
    Field("counted", "#,##0"),
    Field("alive", "#,##0"),
    Field("survival_pct", "0.0"),
    Field("low_pct", "0.0"),
    Field("high_pct", "0.0"),
    Field("survival_class", TEXT, "survival_classes"),
    Field("replant_trees", "#,##0"),
    Field("replant_mu", "#,##0.0"),
    Field("replant_all_trees", "#,##0"),
    Field("replant_all_mu", "#,##0.0"),
)
_COVERS = (
    Field("level", TEXT, "levels"),
    Field("name"),
    Field("cover", TEXT, "covers"),
    Field("books_ha", "#,##0.00"),
    Field("seen_ha", "#,##0.00"),
    Field("difference_ha", "#,##0.00"),
    Field("difference_mu", "#,##0.0"),
    Field("books_only_ha", "#,##0.00"),
    Field("seen_only_ha", "#,##0.00"),
)


_STANDS = (
    Field("level", TEXT, "levels"),
    Field("name"),
    Field("summed_by", TEXT, "summed_by"),
    Field("origin", TEXT, "stands"),
    Field("species", TEXT, "stands"),
    Field("area_ha", "#,##0.00"),
    Field("area_mu", "#,##0.0"),
    Field("forest_share_pct", "0.0"),
)


def book_tables(assessment: Assessment) -> tuple[BookTable, ...]:
    """Tables of what was entered, those that an assessment has; columns without a value are not."""
    found = [table for make in _TABLES for table in make(assessment) if len(table.rows)]
    return tuple(_without_blanks(table) for table in found)


def _without_blanks(table: BookTable) -> BookTable:
    fields = [
        field
        for field in table.fields
        if field.key in table.rows and table.rows[field.key].map(text_of).any()
    ]
    return BookTable(table.key, tuple(fields), table.rows[[field.key for field in fields]])


def _completion(assessment: Assessment) -> Iterator[BookTable]:
    names = {"by": "summed_by", "unit": "amounts_in"}
    yield BookTable("completion", _COMPLETION, assessment.completion.rename(columns=names))


def _claims(assessment: Assessment) -> Iterator[BookTable]:
    claims = pd.DataFrame(assessment.claims)
    sums = claims_summed(claims).rename(columns={"by": "summed_by"})
    yield BookTable("claims_summed", _SUMS, sums)
    yield BookTable("claims", _CLAIMS, claims)


def _works(assessment: Assessment) -> Iterator[BookTable]:
    if assessment.works is None:
        return
    works = pd.DataFrame(assessment.works.drop(columns=assessment.works.geometry.name))
    if "plot_ha" in works:
        works["plot_mu"] = works["plot_ha"].astype(float) * MU_PER_HECTARE
    if "township" not in works:
        names = township_names(assessment.layers["townships"])
        works["township"] = works["township_code"].map(names).fillna("")
    yield BookTable("works", _WORKS, works)


def _survival(assessment: Assessment) -> Iterator[BookTable]:
    yield BookTable("survival", _SURVIVAL, assessment.survival.rename(columns={"by": "summed_by"}))


def _two_covers(assessment: Assessment) -> Iterator[BookTable]:
    yield BookTable("two_covers", _COVERS, assessment.two_covers)


def _stands(assessment: Assessment) -> Iterator[BookTable]:
    yield BookTable("stands", _STANDS, assessment.stands.rename(columns={"by": "summed_by"}))


_TABLES: list[Callable[[Any], Iterator[BookTable]]] = [
    _completion,
    _claims,
    _works,
    _survival,
    _two_covers,
    _stands,
]

"""Sheets that say what the figures rest on: definitions, targets, inputs and parameters."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

import pandas as pd

from greencover.report.figures import Goal
from greencover.report.judged import standard_title
from greencover.report.labels import Label, Named, label
from greencover.report.office.workbook_cells import Column
from greencover.report.provenance import flat
from greencover.report.selection import indicator_names, text_of

if TYPE_CHECKING:
    from greencover.report.office.workbook_cells import Writer
    from greencover.report.view import View

_TEXT = "text"
_DEFINITIONS = (
    Column("indicator", 24, _TEXT),
    Column("unit_of_measure", 12, _TEXT, "units"),
    Column("definition", 60, "wrapped"),
    Column("definition_source", 50, "wrapped"),
    Column("verified", 10, _TEXT),
)
_TARGETS = (
    Column("indicator", 24, _TEXT),
    Column("level", 12, _TEXT, "levels"),
    Column("target_name", 26, "wrapped"),
    Column("of_grades", 26, "wrapped"),
    Column("scope", 16, _TEXT, "scopes"),
    Column("target", 16, "wrapped"),
    Column("standard", 36, "wrapped"),
    Column("source", 44, "wrapped"),
    Column("verified", 10, _TEXT),
)
_INPUTS = (
    Column("content", 22, _TEXT),
    Column("file", 34, _TEXT),
    Column("kilobytes", 14, "#,##0"),
    Column("sha256", 68, _TEXT),
)
_PARAMETERS = (Column("parameter", 52, _TEXT), Column("setting", 60, "wrapped"))


@dataclass(frozen=True)
class Grades:
    """Grades of road that a target is of, as a list in any language."""

    keys: str

    def said(self, lang: str) -> str:
        """The grades; nothing where it is of all."""
        words = [Label(one, "grades").said(lang) for one in self.keys.split(",") if one]
        return ("、" if lang == "zh" else ", ").join(words)


def add_grounds(writer: Writer, view: View) -> None:
    """Add the sheets that an assessment has something for."""
    sheets = (
        ("definitions", _definitions(view), _DEFINITIONS),
        ("targets", _targets(view), _TARGETS),
        ("inputs", _inputs(view), _INPUTS),
        ("parameters", _parameters(view), _PARAMETERS),
    )
    for key, rows, columns in sheets:
        if len(rows):
            title = label(key, "sheets", lang=writer.lang)
            writer.table(title, rows, columns, legend=False, frozen=1)


def _definitions(view: View) -> pd.DataFrame:
    records = view.assessment.definitions
    return pd.DataFrame(
        [
            {
                "indicator": one.name,
                "unit_of_measure": records[one.key].unit,
                "definition": Label(
                    one.key,
                    "definitions",
                    Named(records[one.key].definition_zh, records[one.key].definition),
                ),
                "definition_source": one.source,
                "verified": one.verified,
            }
            for one in view.definitions
        ]
    )


def _targets(view: View) -> pd.DataFrame:
    table = view.assessment.table
    rows = table[table["target"].notna()]
    names = indicator_names(table)
    apart = ["indicator", "level", "target", "comparison", "standard"]
    apart += [key for key in ("grades", "scope") if key in rows]
    return pd.DataFrame(
        [
            {
                **record,
                "indicator": names[str(record["indicator"])],
                "target_name": Named(
                    text_of(record.get("target_name_zh")), text_of(record.get("target_name"))
                ),
                "of_grades": Grades(text_of(record.get("grades"))),
                "target": Goal.of(record),
                "standard": standard_title(text_of(record["standard"])),
            }
            for record in rows.drop_duplicates(apart).to_dict("records")
        ]
    )


def _inputs(view: View) -> pd.DataFrame:
    inputs = view.assessment.provenance.get("inputs", {})
    return pd.DataFrame(
        [
            {
                "content": Label(name, "layers"),
                "file": without_folders(text_of(entry.get("path"))),
                "kilobytes": float(entry.get("bytes", float("nan"))) / 1000,
                "sha256": text_of(entry.get("sha256")),
            }
            for name, entries in inputs.items()
            for entry in entries
        ]
    )


def _parameters(view: View) -> pd.DataFrame:
    facts = {key: one for key, one in view.assessment.provenance.items() if key != "inputs"}
    rows = [{"parameter": key, "setting": without_folders(text)} for key, text in flat(facts)]
    return pd.DataFrame(rows)


def without_folders(text: str) -> str:
    """Text as it stands; of a path from the root of a disk its last name alone.

    Where a file lies on somebody's disk is nobody else's business.

    Examples
    --------
    >>> without_folders("/home/li/county.gpkg"), without_folders("C:\\\\GIS\\\\county.gpkg")
    ('county.gpkg', 'county.gpkg')
    >>> without_folders("layers/county.gpkg")
    'layers/county.gpkg'
    """
    for kind in (PurePosixPath, PureWindowsPath):
        if kind(text).is_absolute():
            return kind(text).name
    return text

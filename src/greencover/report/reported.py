"""Reported figures beside measured ones, as every report shows them: plain data, no language."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from greencover.report.labels import Label, Named
from greencover.report.selection import name_of, text_of

if TYPE_CHECKING:
    from greencover.verdicts import Assessment


@dataclass(frozen=True)
class ReportedFigure:
    """One reported figure with what it is held against."""

    level: Label
    unit: Named
    indicator: Label
    reported: str
    measured: str
    range: str
    measure: Label
    finding: Label
    #: The finding as the data have it.
    found: str
    date: str
    document: str
    note: Any


def reported_figures(assessment: Assessment) -> tuple[ReportedFigure, ...]:
    """Every reported figure of an assessment, in the order of the campaign."""
    return tuple(_figure(record) for record in assessment.reported.to_dict("records"))


def _figure(record: dict[Any, Any]) -> ReportedFigure:
    digits = _digits(float(record["reported"]))
    low, high = (_shown(float(record[side]), digits) for side in ("low", "high"))
    graded = record["level"] == "road_grade"
    return ReportedFigure(
        level=Label(record["level"], "levels"),
        unit=Label(record["unit"], "grades") if graded else name_of(record),  # type: ignore[arg-type]
        indicator=Label(
            record["indicator"],
            "indicators",
            Named(text_of(record["indicator_name_zh"]), text_of(record["indicator_name"])),
        ),
        reported=_shown(float(record["reported"]), _own_digits(float(record["reported"]))),
        measured=_shown(float(record["measured"]), digits),
        range=f"{low}–{high}" if low and low != high else "",
        measure=Label(text_of(record["measure"]), "units"),
        finding=Label(record["finding"], "findings"),
        found=str(record["finding"]),
        date=text_of(record["date"]),
        document=text_of(record["document"]),
        note=record["note"] if text_of(record["note"]) else "",
    )


def _own_digits(value: float) -> int:
    text = f"{value:.10f}".rstrip("0")
    return len(text.partition(".")[2])


def _digits(reported: float) -> int:
    """Decimals of measured figures: one more than the reported one has, two at least."""
    return min(max(_own_digits(reported) + 1, 2), 6)


def _shown(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}" if math.isfinite(value) else ""

"""What roadsides were judged by, and where the sources disagree, as tables of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greencover.report.labels import Label, Named, Sayable
from greencover.report.selection import text_of

if TYPE_CHECKING:
    from greencover.verdicts import Assessment

# A longer list belongs into the workbook.
MOST_LISTED = 40


def evidence_rows(assessment: Assessment) -> list[dict[str, Sayable]]:
    """Length by what decided."""
    return [
        {
            "evidence": _label(row["evidence"], "evidence"),
            "greened_km": Named(f"{row['greened_km']:,.2f}"),
            "gap_km": Named(f"{row['gap_km']:,.2f}"),
            "share_pct": Named(f"{row['share_pct']:.1f}"),
        }
        for row in assessment.evidence.to_dict("records")
        if row["share_pct"] > 0.0
    ]


def disagreement_rows(assessment: Assessment) -> list[dict[str, Sayable]]:
    """The longest stretches of which two sources say different things."""
    table = assessment.disagreements
    if not len(table):
        return []
    longest = table.sort_values("length_m", ascending=False, kind="stable").head(MOST_LISTED)
    said = [key for key in _SAID if key in table]
    return [
        {
            "road": Named(text_of(row["road"])),
            "side": Label(row["side"], "sides"),
            "chainage": Named(text_of(row["chainage"])),
            "length_m": Named(f"{row['length_m']:,.0f}"),
            "evidence": _label(row["evidence"], "evidence"),
            **{key: _label(row[key], "statuses") for key in said},
        }
        for row in longest.to_dict("records")
    ]


_SAID = tuple(f"by_{key}" for key in ("field", "trees", "rows", "canopy", "cover"))


def _label(word: object, group: str) -> Sayable:
    return Label(str(word), group) if word else Named("")

"""What roadsides were judged by, and where the sources disagree, in rows and sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greencover.report.labels import Inside, Label, Named, Sayable, Sentence, Series
from greencover.report.selection import text_of

if TYPE_CHECKING:
    from greencover.verdicts import Assessment

# A longer list belongs into the workbook, and of a printed report even less can be read.
MOST_LISTED, MOST_PRINTED = 40, 10


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


def evidence_sentences(assessment: Assessment) -> list[Sayable]:
    """What decided which share of the length, how much of it is greened, and who disagrees."""
    table = assessment.evidence
    if not len(table):
        return []
    found: list[Sayable] = [
        Sentence(
            "evidence.decided" if row["evidence"] else "evidence.nothing",
            evidence=_label(row["evidence"], "evidence"),
            share=f"{row['share_pct']:.1f}",
            greening=f"{row['greening_pct']:.1f}",
            greened_km=f"{row['greened_km']:,.2f}",
            gap_km=f"{row['gap_km']:,.2f}",
        )
        for row in table.to_dict("records")
        if row["share_pct"] > 0.0
    ]
    return [*found, *_disagreements(assessment)]


def _disagreements(assessment: Assessment) -> list[Sayable]:
    differ = assessment.disagreements
    if not len(differ):
        return [Sentence("evidence.agree")] if len(assessment.evidence) > 1 else []
    longest = differ.iloc[int(differ["length_m"].argmax())]
    says = [
        Sentence(
            "evidence.says", evidence=_inside(key, "evidence"), status=_inside(said, "statuses")
        )
        for key in SOURCES
        if (said := text_of(longest.get(f"by_{key}", "")))
    ]
    return [
        Sentence(
            "evidence.differ",
            count=len(differ),
            km=f"{differ['length_m'].sum() / 1000:,.2f}",
            road=text_of(longest["road"]),
            side=Label(longest["side"], "sides"),
            chainage=text_of(longest["chainage"]),
            says=Series(tuple(says)),
            evidence=_inside(longest["evidence"], "evidence"),
        )
    ]


def _inside(word: object, group: str) -> Sayable:
    """A label in the middle of a sentence."""
    return Inside(Label(str(word), group)) if word else Named("")


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


#: Sources that may say something of a side, the most trusted first.
SOURCES = ("field", "trees", "rows", "canopy", "cover")
_SAID = tuple(f"by_{key}" for key in SOURCES)


def _label(word: object, group: str) -> Sayable:
    return Label(str(word), group) if word else Named("")

"""Targets, sources and limits of a report, in sentences that any language can say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from greencover.ground.limits import beside
from greencover.report.days import day_of
from greencover.report.figures import Goal
from greencover.report.labels import Label, Named, Sayable, Sentence
from greencover.report.selection import indicator_names, name_of, text_of
from greencover.standards import available, load

if TYPE_CHECKING:
    from greencover.verdicts import Assessment

_WITH_GROUND = ("county", "township", "village")
# What indicators of lines do not see is length, and no share of the ground.
_OF_LENGTH = {"roads": "unobserved_roadsides", "waters": "unobserved_banks"}


def target_sentences(assessment: Assessment) -> list[Sentence]:
    """Every target with the standard it comes from."""
    rows = assessment.table[assessment.table["target"].notna()]
    columns = ["indicator", "level", "comparison", "target", "standard"]
    columns += [key for key in ("accept_pct", "accept_risk_pct") if key in rows]
    names = indicator_names(assessment.table)
    return [
        Sentence(
            "targets.one",
            indicator=names[str(record["indicator"])],
            level=Label(record["level"], "levels"),
            goal=Goal.of(record),
            standard=standard_title(text_of(record["standard"])),
            source="" if record["verified"] else Sentence("targets.unverified"),
        )
        for record in rows.drop_duplicates(columns).to_dict("records")
    ]


def standard_title(key: str) -> Sayable:
    """Title of a built-in standard, of the campaign's own targets, or the key as it stands."""
    if key in available():
        standard = load(key)
        return Named(standard.title_zh, standard.title)
    return Label("other_standards", "words") if key == "campaign" else Named(key)


def source_sentences(assessment: Assessment) -> list[Sentence]:
    """Land cover, input files and software."""
    legend, facts = assessment.cover.legend, assessment.provenance
    year = getattr(assessment.cover, "year", None)
    title = Named(text_of(getattr(legend, "title_zh", "")), text_of(legend.title))
    licence = text_of(getattr(legend, "licence", "")) or "–"
    inputs = facts.get("inputs", {})
    listed = inputs.items() if isinstance(inputs, dict) else [("", inputs)]
    files: dict[tuple[str, ...], Sentence] = {}
    for name, entries in listed:
        for entry in entries:
            # Where a file lies on somebody's disk is nobody else's business.
            path = Path(str(entry.get("path", "")).replace("\\", "/")).name
            digest = str(entry.get("sha256", ""))[:12] or "–"
            files[name, path, digest] = Sentence(
                "sources.input", name=Label(name or "–", "layers"), path=path, sha256=digest
            )
    created = day_of(facts)
    return [
        Sentence("sources.cover_of_year", title=title, year=year, licence=licence)
        if year
        else Sentence("sources.cover", title=title, licence=licence),
        *files.values(),
        Sentence("sources.software", version=facts.get("greencover", ""), created=created),
    ]


def limit_sentences(assessment: Assessment) -> Iterator[Sayable | str]:
    """What the figures do not say."""
    table = assessment.table
    yield Sentence("limits.cover")
    if "road_sides" in assessment.layers:
        yield Sentence("limits.roadside")
    yield from _unobserved(assessment)
    judged = table[table["target"].notna() & ~table["verified"].astype(bool)]
    unverified = len(judged.drop_duplicates(["indicator", "level", "target", "standard"]))
    if unverified:
        yield Sentence("limits.unverified", count=unverified)
    yield from (note for note in assessment.notes if note not in assessment.unjudged)
    if assessment.unjudged:
        yield Sentence("limits.not_judged", count=len(assessment.unjudged))


def _unobserved(assessment: Assessment) -> Iterator[Sentence]:
    """Where most is unobserved: of the ground, of road sides and of banks, each by itself."""
    table = assessment.table
    table = table[table["level"].isin(_WITH_GROUND) & (table["unobserved_pct"] > 0.0)]
    records = assessment.records
    said_of = {
        key: _OF_LENGTH.get(record.counts, "unobserved")
        for key, record in records.items()
        if record.formula == "length" and isinstance(record.counts, str)
    }
    of_what = table["indicator"].map(said_of).fillna("unobserved")
    for code, rows in table.groupby(of_what, sort=True):
        worst = rows.nlargest(1, "unobserved_pct").iloc[0].to_dict()
        share = beside(worst["unobserved_pct"], 0.0)
        yield Sentence(f"limits.{code}", unit=name_of(worst), share=share)

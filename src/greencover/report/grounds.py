"""Targets, sources and limits of a report, in sentences that any language can say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greencover.campaign.model import ExtraTarget
from greencover.campaign.targets import OWN
from greencover.ground.limits import beside
from greencover.report.days import day_of
from greencover.report.figures import Goal
from greencover.report.judged import limits_of, standard_title
from greencover.report.labels import Label, Named, Sayable, Sentence, Series, said
from greencover.report.selection import indicator_names, name_of, text_of
from greencover.words import Listed

if TYPE_CHECKING:
    from greencover.verdicts import Assessment

_WITH_GROUND = ("county", "township", "village")
# What indicators of lines do not see is length, and no share of the ground.
_OF_LENGTH = {"roads": "unobserved_roadsides", "waters": "unobserved_banks"}


def target_sentences(assessment: Assessment) -> list[Sentence]:
    """Every target with its name, what it is limited to, and the standard it comes from."""
    rows = assessment.table[assessment.table["target"].notna()]
    columns = ["indicator", "level", "comparison", "target", "standard"]
    further = ("accept_pct", "accept_risk_pct", "ground", "scope", "grades")
    columns += [key for key in further if key in rows]
    names = indicator_names(assessment.table)
    return [
        Sentence(
            "targets.one",
            indicator=_name_of(record, names[str(record["indicator"])]),
            level=_level_of(record),
            goal=Goal.of(record),
            standard=_standard_of(record),
            source="" if record["verified"] else Sentence("targets.unverified"),
        )
        for record in rows.drop_duplicates(columns).to_dict("records")
    ]


def _name_of(record: Mapping[Any, Any], usual: Label) -> Sayable:
    """The name that a campaign gives its own target; elsewhere that of the indicator."""
    own = Named(*(text_of(record.get(key)) for key in ("target_name_zh", "target_name")))
    named = record["standard"] == OWN and own.en not in ("", text_of(record["indicator_name"]))
    return own if named else usual


def _level_of(record: Mapping[Any, Any]) -> Sayable:
    level, limits = Label(record["level"], "levels"), limits_of(record)
    return Sentence("targets.level", level=level, limits=Series(limits)) if limits else level


def _standard_of(record: Mapping[Any, Any]) -> Sayable:
    """The standard of a target; of the campaign's own, the plan it is from."""
    key = text_of(record["standard"])
    title, source = standard_title(key), text_of(record.get("source"))
    if key != OWN or source in ("", ExtraTarget.model_fields["source"].default):
        return title
    return Sentence("targets.from_plan", standard=title, source=source)


def source_sentences(assessment: Assessment) -> list[Sentence]:
    """Land cover, input files and software."""
    facts = assessment.provenance
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
    licence = _said_of_cover(assessment, "licence")
    credit = cover_credit(assessment)
    return [
        Sentence("sources.cover_under_licence", credit=credit, licence=licence)
        if licence
        else Sentence("sources.cover", credit=credit),
        *files.values(),
        Sentence("sources.software", version=facts.get("greencover", ""), created=created),
    ]


def cover_credit(assessment: Assessment) -> Sayable:
    """Where the land cover is from, and its date: a legend says what codes mean, and no more."""
    source: Sayable = Named(_said_of_cover(assessment, "source"))
    if not source.said("en"):
        inputs = assessment.provenance.get("inputs", {}).get("cover", ())
        paths = [str(one.get("path", "")).replace("\\", "/") for one in inputs]
        legend = assessment.cover.legend
        source = Sentence(
            "sources.unnamed",
            files=Listed.of([Path(path).name for path in paths] or ["–"], limit=3),
            legend=Named(text_of(getattr(legend, "title_zh", "")), text_of(legend.title)),
        )
    date = _said_of_cover(assessment, "date") or text_of(getattr(assessment.cover, "year", None))
    return Sentence("sources.of_date", source=source, date=date) if date else source


def _said_of_cover(assessment: Assessment, key: str) -> str:
    campaign = assessment.campaign
    return text_of(getattr(campaign.cover, key)) if campaign is not None else ""


@dataclass(frozen=True)
class _Open:
    """A note without the full stop that some of them end in."""

    note: str

    def said(self, lang: str) -> str:
        return said(self.note, lang).rstrip(".。")


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
    noted = (note for note in assessment.notes if note not in assessment.unjudged)
    yield from (Sentence("limits.noted", note=_Open(note)) for note in noted)
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

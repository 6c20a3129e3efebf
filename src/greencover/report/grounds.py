"""Targets, sources and limits of a report in sentences, Chinese or English."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from greencover.report.labels import join, label
from greencover.report.remarks import remark
from greencover.report.selection import indicator_names, text_of
from greencover.report.sentences import Tongue, goal_of, sentence
from greencover.standards import available, load

if TYPE_CHECKING:
    from greencover.verdicts import Assessment

NOT_JUDGED = " was not judged: "


def target_sentences(assessment: Assessment, lang: Tongue) -> list[str]:
    """Every target with the standard it comes from."""
    rows = assessment.table[assessment.table["target"].notna()]
    columns = ["indicator", "level", "comparison", "target", "standard"]
    names = indicator_names(assessment.table)
    result = []
    for record in rows.drop_duplicates(columns).to_dict("records"):
        row = pd.Series(record)
        text = sentence(
            "targets",
            "one",
            lang,
            indicator=names[record["indicator"]][lang == "en"],
            level=label(record["level"], "levels", lang=lang),
            goal=goal_of(row, lang),
            standard=standard_title(text_of(record["standard"]), lang),
            source="" if record["verified"] else sentence("targets", "unverified", lang),
        )
        result.append(text)
    return result


def standard_title(key: str, lang: Tongue) -> str:
    """Title of a built-in standard, of the campaign's own targets, or the key as it stands."""
    if key in available():
        standard = load(key)
        return join(standard.title_zh, standard.title, lang=lang)
    return label("other_standards", "words", lang=lang) if key == "campaign" else key


def source_sentences(assessment: Assessment, lang: Tongue) -> list[str]:
    """Land cover, input files and software."""
    legend, facts = assessment.cover.legend, assessment.provenance
    year = getattr(assessment.cover, "year", None)
    inputs = facts.get("inputs", {})
    listed = inputs.items() if isinstance(inputs, dict) else [("", inputs)]
    lines = [
        sentence(
            "sources",
            "cover",
            lang,
            title=join(text_of(getattr(legend, "title_zh", "")), text_of(legend.title), lang=lang),
            year=f", {year}" if year else "",
            licence=text_of(getattr(legend, "licence", "")) or "–",
        )
    ]
    for name, entries in listed:
        for entry in entries:
            title = label(name, "layers", lang=lang) or "–"
            # Where a file lies on somebody's disk is nobody else's business.
            path = Path(str(entry.get("path", "")).replace("\\", "/")).name
            digest = str(entry.get("sha256", ""))[:12]
            lines.append(
                sentence("sources", "input", lang, name=title, path=path, sha256=digest or "–")
            )
    lines.append(
        sentence(
            "sources",
            "software",
            lang,
            version=facts.get("greencover", ""),
            created=str(facts.get("created", ""))[:10],
        )
    )
    return list(dict.fromkeys(lines))


def limit_sentences(assessment: Assessment, lang: Tongue) -> list[str]:
    """What the figures do not say."""
    table = assessment.table
    lines = [sentence("limits", "cover", lang)]
    if "road_sides" in assessment.layers:
        lines.append(sentence("limits", "roadside", lang))
    units = table[table["level"].isin(["township", "county"])]
    worst: Any
    for _, worst in units.nlargest(1, "unobserved_pct").query("unobserved_pct > 0").iterrows():
        name = join(text_of(worst["name"]), text_of(worst["name_en"]), lang=lang)
        share = f"{worst['unobserved_pct']:.1f}"
        lines.append(sentence("limits", "unobserved", lang, unit=name, share=share))
    judged = table[table["target"].notna() & ~table["verified"].astype(bool)]
    unverified = len(judged.drop_duplicates(["indicator", "level", "target", "standard"]))
    if unverified:
        lines.append(sentence("limits", "unverified", lang, count=unverified))
    unjudged = [note for note in assessment.notes if NOT_JUDGED in note]
    lines += [remark(str(note), lang=lang) for note in assessment.notes if note not in unjudged]
    if unjudged:
        lines.append(sentence("limits", "not_judged", lang, count=len(unjudged)))
    return lines

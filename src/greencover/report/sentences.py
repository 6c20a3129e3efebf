"""Verdicts, needs and gaps in sentences, Chinese or English."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from greencover.report.labels import join, label, pair
from greencover.report.selection import (
    goal_text,
    indicator_names,
    interval_of,
    rates,
    shown,
    text_of,
    unit_name,
    unit_symbol,
)
from greencover.words import catalogue

if TYPE_CHECKING:
    from greencover.verdicts import Assessment

#: A report is in one language.
Tongue = Literal["zh", "en"]

# 1 mu is 1/15 ha, exactly.
MU_PER_HA = 15
# More sentences than this are a table, and the workbook has it.
MOST_NEEDS = 24


def sentence(group: str, key: str, lang: Tongue, **parts: object) -> str:
    """A sentence of the catalogues with its parts filled in."""
    text = catalogue(lang)[f"sentences.{group}.{key}"].format(**parts).strip()
    return text[:1].upper() + text[1:]


def figure_of(record: Any, lang: Tongue) -> str:
    """Value of a row with its unit, such as ``"46.4 %"``; empty where there is none."""
    figure = shown(float(record["value"]), float(record["target"]))
    unit = unit_symbol(record["unit_of_measure"], lang=lang)
    space = "" if lang == "zh" else " "
    interval = interval_of(record)
    if interval and figure:
        unit += f"（区间{interval}）" if lang == "zh" else f" (interval {interval})"
    return f"{figure}{space}{unit}" if figure else ""


def goal_of(record: Any, lang: Tongue) -> str:
    """Target of a row with its unit, such as ``"≥ 60 %"``; empty where there is none."""
    goal = goal_text(record).replace(">=", "≥").replace("<=", "≤")
    unit = unit_symbol(record["unit_of_measure"], lang=lang)
    return f"{goal} {unit}".strip() if goal and lang == "en" else (goal and f"{goal}{unit}")


def missing_text(record: Any, lang: Tongue) -> str:
    """What a unit lacks to its target, in points and on the ground."""
    points, ha, km, gap = (
        float(record.get(key, math.nan)) for key in ("gap_pct", "gap_ha", "gap_km", "gap")
    )
    parts = {"points": f"{points:.1f}" if points >= 0.05 else f"{points:.2g}"}
    if math.isfinite(points) and math.isfinite(ha) and ha > 0:
        areas = {"ha": f"{ha:,.1f}", "mu": f"{ha * MU_PER_HA:,.0f}"}
        return sentence("missing", "ha", lang, **parts, **areas)
    if math.isfinite(points) and math.isfinite(km):
        return sentence("missing", "km", lang, **parts, km=f"{km:,.2f}")
    if math.isfinite(points):
        return sentence("missing", "points", lang, **parts)
    return sentence("missing", "per person", lang, gap=f"{gap:,.2f}")


def county_sentences(assessment: Assessment, lang: Tongue) -> list[str]:
    """One sentence for each figure and target of the county."""
    rows = assessment.table[assessment.table["level"] == "county"]
    names = indicator_names(assessment.table)
    result = []
    for key in names:
        for record in rows[rows["indicator"] == key].to_dict("records"):
            if record["verdict"] == "no target" and not math.isfinite(float(record["value"])):
                continue
            row = pd.Series(record)
            result.append(
                sentence(
                    "county",
                    record["verdict"],
                    lang,
                    unit=join(text_of(row["name"]), text_of(row["name_en"]), lang=lang),
                    indicator=_indicator(names[key], lang),
                    figure=figure_of(row, lang),
                    goal=goal_of(row, lang),
                    gap=missing_text(record, lang) if record["verdict"] == "not met" else "",
                )
            )
    return result


def township_sentences(assessment: Assessment, lang: Tongue) -> list[str]:
    """One or two sentences for each indicator that townships have a target for."""
    result = []
    for key, names in indicator_names(assessment.table).items():
        rows = rates(assessment.table, key, "township")
        rows = rows[rows["verdict"] != "no target"]
        if rows.empty:
            continue
        counted = rows["verdict"].value_counts()
        met, missed = int(counted.get("met", 0)), int(counted.get("not met", 0))
        indicator = _indicator(names, lang)
        between = "、" if lang == "zh" else "; "
        if met == len(rows):
            result.append(
                sentence("townships", "all_met", lang, count=len(rows), indicator=indicator)
            )
        else:
            low = rows[rows["verdict"] == "not met"].sort_values("value")
            short = [_short(row, lang) for _, row in low.iterrows()]
            none = label("empty", "sheets", lang=lang)
            result.append(
                sentence(
                    "townships",
                    "some",
                    lang,
                    count=len(rows),
                    indicator=indicator,
                    met=met,
                    not_met=missed,
                    list=between.join(short) or none,
                )
            )
        unclear = rows[rows["verdict"].isin(["uncertain", "no data"])]
        if len(unclear):
            units = [unit_name(row, lang=lang) for row in unclear.itertuples(index=False)]
            listed = between.join(units)
            result.append(sentence("townships", "open", lang, count=len(units), list=listed))
    return result


def need_sentences(assessment: Assessment, lang: Tongue) -> list[str]:
    """What the county and its townships need to reach the targets that they miss."""
    needs = assessment.needs
    if needs.empty:
        return []
    names = indicator_names(assessment.table)
    result = []
    needs = needs[needs["level"].isin(["county", "township"])]
    for record in needs.head(MOST_NEEDS).to_dict("records"):
        zh, en = pair(record["measure"], "units")
        goal = goal_of(record | {"comparison": ">="}, lang)
        result.append(
            sentence(
                "needs",
                str(record["reachable"]),
                lang,
                unit=join(text_of(record["name"]), text_of(record["name_en"]), lang=lang),
                indicator=_indicator(names[record["indicator"]], lang),
                goal=goal,
                needed=_amount(float(record["needed"])),
                plantable=_amount(float(record["plantable"])),
                unit_zh=zh,
                unit_en=en,
            )
        )
    if len(needs) > MOST_NEEDS:
        result.append(sentence("needs", "more", lang, count=len(needs) - MOST_NEEDS))
    return result


def _amount(value: float) -> str:
    """An amount to plant: more digits where there is little of it, never rounded down to none."""
    return f"{value:,.1f}" if value >= 10 else f"{value:.3g}"


def _indicator(names: tuple[str, str], lang: Tongue) -> str:
    if lang == "zh":
        return names[0]
    return names[1][:1].lower() + names[1][1:]


def _short(row: Any, lang: Tongue) -> str:
    name = join(text_of(row["name"]), text_of(row["name_en"]), lang=lang)
    parts = {"name": name, "figure": figure_of(row, lang), "goal": goal_of(row, lang)}
    return sentence("townships", "short", lang, **parts)


def gap_sentence(assessment: Assessment, lang: Tongue) -> str:
    """How many roadside gaps there are, how long, and where the longest is."""
    gaps = assessment.gaps
    if gaps.empty:
        return sentence("gaps", "none", lang)
    longest = gaps.loc[gaps["length_m"].idxmax()]
    return sentence(
        "gaps",
        "some",
        lang,
        count=len(gaps),
        length_km=f"{gaps['length_m'].sum() / 1000:,.1f}",
        road=text_of(longest["road"]),
        chainage=text_of(longest["chainage"]),
        side=label(longest["side"], "sides", lang=lang),
        longest_m=f"{longest['length_m']:,.0f}",
    )

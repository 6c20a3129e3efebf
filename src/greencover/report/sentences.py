"""Verdicts, needs and gaps in sentences that any language can say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from greencover.ground.limits import beside, standing
from greencover.report.figures import Goal, figure_of
from greencover.report.labels import Inside, Label, Named, Sayable, Sentence, Series
from greencover.report.selection import indicator_names, interval_of, name_of, rates, text_of

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.report.labels import Sayable
    from greencover.verdicts import Assessment

# 1 mu is 1/15 ha, exactly.
MU_PER_HA = 15
# More sentences than this are a table, and the workbook has it.
MOST_NEEDS = 24


def missing(record: Any) -> Sentence:
    """What a unit lacks to its target, in points and on the ground."""
    points, ha, km, gap = (
        float(record.get(key, math.nan)) for key in ("gap_pct", "gap_ha", "gap_km", "gap")
    )
    short = beside(points, 0.0) if points >= 0.05 else f"{points:.2g}"
    if math.isfinite(points) and math.isfinite(ha) and ha > 0:
        mu = f"{ha * MU_PER_HA:,.0f}"
        return Sentence("missing.ha", points=short, ha=f"{ha:,.1f}", mu=mu)
    if math.isfinite(points) and math.isfinite(km):
        return Sentence("missing.km", points=short, km=f"{km:,.2f}")
    if math.isfinite(points):
        return Sentence("missing.points", points=short)
    return Sentence("missing.per person", gap=f"{gap:,.2f}")


def county_sentences(assessment: Assessment) -> list[Sentence]:
    """One sentence for each figure and target of the county."""
    rows = assessment.table[assessment.table["level"] == "county"]
    result = []
    for key, name in indicator_names(assessment.table).items():
        for record in rows[rows["indicator"] == key].to_dict("records"):
            verdict = str(record["verdict"])
            if verdict == "no target" and not math.isfinite(float(record["value"])):
                continue
            result.append(
                Sentence(
                    f"county.{_case(record, verdict)}",
                    unit=name_of(record),
                    indicator=Inside(name),
                    figure=figure_of(record) or "",
                    goal=Goal.of(record) or "",
                    gap=missing(record) if verdict == "not met" else "",
                )
            )
            beside_it = lengths_of(record, "county", unit=name_of(record), indicator=Inside(name))
            result += [beside_it] if beside_it else []
    return result


def _case(record: Any, verdict: str) -> str:
    """The sentence of a verdict; two verdicts have more than one reason."""
    if verdict == "uncertain" and not interval_of(record):
        return "unproven"
    # Strict targets are missed by the target itself, to which nothing is missing.
    on_it = float(standing(record["value"], float(record["target"]))) == 0.0
    return "on_target" if verdict == "not met" and on_it else verdict


def lengths_of(record: Any, form: str, **values: Any) -> Sentence | None:
    """What was left out of a rate of lengths, and the rate of all; None for other figures.

    ``form`` is the place that it is said in: ``county``, ``unit`` or ``cell``.
    """
    whole, excluded, pct, counted = (
        float(record.get(key, math.nan))
        for key in ("all_km", "excluded_km", "greening_all_pct", "denominator")
    )
    if not (math.isfinite(whole) and whole > 0.0):
        return None
    little = 0.0 < counted < 0.5 * whole
    return Sentence(
        f"lengths.{form}_half" if little else f"lengths.{form}",
        all=f"{whole:,.2f}",
        excluded=f"{excluded:,.2f}",
        pct=f"{pct:.1f}",
        **values,
    )


def length_sentences(assessment: Assessment) -> list[Sentence]:
    """Excluded and all length of each township, beside its rate."""
    table, result = assessment.table, []
    for key, name in indicator_names(table).items():
        units = [
            lengths_of(record, "unit", name=name_of(record))
            for record in rates(table, key, "township").to_dict("records")
        ]
        listed = tuple(unit for unit in units if unit)
        if listed:
            result.append(
                Sentence("lengths.townships", indicator=Inside(name), list=Series(listed))
            )
    return result


def township_sentences(assessment: Assessment) -> list[Sentence]:
    """One or two sentences for each indicator that townships have a target for."""
    result = []
    for key, name in indicator_names(assessment.table).items():
        rows = rates(assessment.table, key, "township")
        rows = rows[rows["verdict"] != "no target"]
        if rows.empty:
            continue
        counted = rows["verdict"].value_counts()
        met, missed = int(counted.get("met", 0)), int(counted.get("not met", 0))
        if met == len(rows):
            result.append(Sentence("townships.all_met", count=len(rows), indicator=Inside(name)))
        else:
            low = rows[rows["verdict"] == "not met"].sort_values("value")
            short = tuple(_short(record) for record in low.to_dict("records"))
            result.append(
                Sentence(
                    "townships.some",
                    count=len(rows),
                    indicator=Inside(name),
                    met=met,
                    not_met=missed,
                    list=Series(short) if short else Label("empty", "sheets"),
                )
            )
        unclear = rows[rows["verdict"].isin(["uncertain", "no data"])].to_dict("records")
        if unclear:
            units = Series(tuple(name_of(record) for record in unclear))
            result.append(Sentence("townships.open", count=len(unclear), list=units))
    return result


def _short(record: Any) -> Sentence:
    figure, goal = figure_of(record) or "", Goal.of(record) or ""
    return Sentence("townships.short", name=name_of(record), figure=figure, goal=goal)


def need_sentences(assessment: Assessment) -> list[Sentence]:
    """What the county and its townships need to reach the targets that they miss."""
    needs = assessment.needs
    if needs.empty:
        return []
    names = indicator_names(assessment.table)
    needs = needs[needs["level"].isin(["county", "township"])]
    result = []
    for record in needs.head(MOST_NEEDS).to_dict("records"):
        measure = Label(record["measure"], "units")
        result.append(
            Sentence(
                f"needs.{record['reachable']}",
                unit=name_of(record),
                indicator=Inside(names[str(record["indicator"])]),
                goal=Goal.of(record) or "",
                needed=_amount(float(record["needed"])),
                plantable=_amount(float(record["plantable"])),
                measure=measure,
            )
        )
        if record["to_check"] > 0.0:
            room = {one: _amount(float(record[one])) for one in ("to_check", "cannot")}
            result.append(Sentence("needs.to_check", **room, measure=measure))
    if len(needs) > MOST_NEEDS:
        result.append(Sentence("needs.more", count=len(needs) - MOST_NEEDS))
    return result


def _amount(value: float) -> str:
    """An amount to plant: more digits where there is little of it, never rounded down to none."""
    return f"{value:,.1f}" if value >= 10 else f"{value:.3g}"


def gap_sentence(assessment: Assessment) -> Sayable:
    """How many roadside gaps there are, how long, where the longest is, and what is not seen.

    Empty without roads: that nothing was looked at is no finding.
    """
    if "road_sides" not in assessment.layers:
        return Named("")
    gaps = _gap_sentence(assessment.gaps)
    unseen = assessment.not_seen
    if unseen.empty:
        return gaps
    km = f"{unseen['length_m'].sum() / 1000:,.1f}"
    return Sentence("gaps.and_not_seen", gaps=gaps, count=len(unseen), length_km=km)


def _gap_sentence(gaps: gpd.GeoDataFrame) -> Sentence:
    if gaps.empty:
        return Sentence("gaps.none")
    longest = gaps.iloc[gaps["length_m"].argmax()]
    return Sentence(
        "gaps.some",
        count=len(gaps),
        length_km=f"{gaps['length_m'].sum() / 1000:,.1f}",
        road=text_of(longest["road"]),
        chainage=text_of(longest["chainage"]),
        side=Label(longest["side"], "sides"),
        longest_m=f"{longest['length_m']:,.0f}",
    )

"""Verdicts, needs and gaps in sentences that any language can say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from greencover.ground.limits import beside, standing
from greencover.report.figures import Goal, figure_of
from greencover.report.judged import judged
from greencover.report.labels import Inside, Label, Named, Sayable, Sentence, Series
from greencover.report.selection import indicator_names, interval_of, name_of, text_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from greencover.report.labels import Sayable
    from greencover.verdicts import Assessment

# 1 mu is 1/15 ha, exactly.
MU_PER_HA = 15
# Units that a sentence names; the tables have the others.
MOST_NAMED = 3


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
    result = []
    for column in judged(assessment.table):
        for record in column.on("county").to_dict("records"):
            if record["verdict"] == "no target" and not math.isfinite(float(record["value"])):
                continue
            result.append(_verdict_of(record, column.name))
            told = {"unit": name_of(record), "indicator": Inside(column.name)}
            beside_it = lengths_of(record, "county", **told)
            result += [beside_it] if beside_it else []
    return result


def _verdict_of(record: Any, name: Sayable) -> Sentence:
    """The figure of one unit, and how it stands to its target."""
    verdict = str(record["verdict"])
    return Sentence(
        f"county.{_case(record, verdict)}",
        unit=name_of(record),
        indicator=Inside(name),
        figure=figure_of(record) or "",
        goal=Goal.of(record) or "",
        gap=missing(record) if verdict == "not met" else "",
    )


def _case(record: Any, verdict: str) -> str:
    """The sentence of a verdict; two verdicts have more than one reason."""
    if verdict == "uncertain" and not interval_of(record):
        return "unproven"
    # Strict targets are missed by the target itself, to which nothing is missing.
    on_it = float(standing(record["value"], float(record["target"]))) == 0.0
    return "on_target" if verdict == "not met" and on_it else verdict


def lengths_of(record: Any, form: str, **values: Any) -> Sentence | None:
    """What was left out of a rate of lengths, and the rate of all; None for other figures.

    ``form`` is the place that it is said in: ``county`` or ``cell``.
    """
    whole, excluded, pct = (
        float(record.get(key, math.nan)) for key in ("all_km", "excluded_km", "greening_all_pct")
    )
    if not (math.isfinite(whole) and whole > 0.0):
        return None
    return Sentence(
        f"lengths.{form}_half" if little_of(record) else f"lengths.{form}",
        all=f"{whole:,.2f}",
        excluded=f"{excluded:,.2f}",
        pct=f"{pct:.1f}",
        **values,
    )


def little_of(record: Any) -> bool:
    """Whether a rate of lengths rests on less than half of them."""
    whole, counted = (float(record.get(key, math.nan)) for key in ("all_km", "denominator"))
    return 0.0 < counted < 0.5 * whole


def length_sentences(assessment: Assessment) -> list[Sentence]:
    """Excluded and all length of the townships, and whose rates rest on little of it."""
    result = []
    for column in judged(assessment.table):
        rows = column.on("township")
        if "all_km" not in rows or not (rows["all_km"] > 0.0).any():
            continue
        told = {
            "indicator": Inside(column.name),
            "all": f"{rows['all_km'].sum():,.2f}",
            "excluded": f"{rows['excluded_km'].sum():,.2f}",
        }
        result.append(Sentence("lengths.townships", **told))
        little = rows[[little_of(record) for record in rows.to_dict("records")]]
        if len(little):
            named = [name_of(record) for record in little.head(MOST_NAMED).to_dict("records")]
            form = "little" if len(little) <= MOST_NAMED else "little_of_many"
            listed = Series(tuple(named))
            result.append(Sentence(f"lengths.{form}", **told, count=len(little), list=listed))
    return result


def unit_sentences(assessment: Assessment, level: str = "township") -> list[Sentence]:
    """One or two sentences for each target of a level: how many miss it, and by name the worst.

    The table beside them has the others.
    """
    result = []
    for column in judged(assessment.table):
        rows = column.on(level)
        rows = rows[rows["verdict"] != "no target"]
        if rows.empty:
            continue
        goals = {Goal.of(record): None for record in rows.to_dict("records")}
        shared = next(iter(goals)) if len(goals) == 1 else None
        counted = rows["verdict"].value_counts()
        met, missed = int(counted.get("met", 0)), int(counted.get("not met", 0))
        told = {
            "count": len(rows),
            "units": Label(level, "counted"),
            "indicator": Inside(column.name),
            "met": met,
            "not_met": missed,
            "goal": Sentence("units.goal", goal=shared) if shared else Named(""),
        }
        if len(rows) == 1:
            result.append(_verdict_of(rows.iloc[0].to_dict(), column.name))
            continue
        if met == len(rows):
            result.append(Sentence("units.all_met", **told))
        elif not missed:
            result.append(Sentence("units.none_missed", **told))
        else:
            low = rows[rows["verdict"] == "not met"].sort_values(
                ["gap" if "gap" in rows else "gap_pct"], ascending=False, kind="stable"
            )
            worst = Series(
                tuple(
                    _short(record, apart=shared is None)
                    for record in low.head(MOST_NAMED).to_dict("records")
                )
            )
            form = "some" if missed <= MOST_NAMED else "some_of_many"
            result.append(Sentence(f"units.{form}", **told, list=worst))
        unclear = rows[rows["verdict"].isin(["uncertain", "no data"])]
        if len(unclear):
            named = [name_of(record) for record in unclear.head(MOST_NAMED).to_dict("records")]
            form = "open" if len(unclear) <= MOST_NAMED else "open_of_many"
            listed = Series(tuple(named))
            units = Label(level, "counted")
            told = {"count": len(unclear), "units": units, "list": listed}
            result.append(Sentence(f"units.{form}", **told))
    return result


def _short(record: Any, *, apart: bool) -> Sentence:
    """A unit with its figure, and with its target where that is its own."""
    figure, goal = figure_of(record) or "", Goal.of(record) or ""
    form = "short_of_its_own" if apart else "short"
    return Sentence(f"units.{form}", name=name_of(record), figure=figure, goal=goal)


def need_sentences(assessment: Assessment) -> list[Sentence]:
    """What the county needs to reach the targets that it misses, and its townships together."""
    needs = assessment.needs
    if needs.empty:
        return []
    names = indicator_names(assessment.table)
    result = []
    for record in needs[needs["level"] == "county"].to_dict("records"):
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
            result.append(_to_check(record["to_check"], record["cannot"], measure))
    towns = needs[needs["level"] == "township"]
    for (indicator, _, _), rows in towns.groupby(
        ["indicator", "standard", "target"], sort=False, dropna=False
    ):
        result += _needs_of_townships(rows, Inside(names[str(indicator)]))
    return result


def _needs_of_townships(rows: pd.DataFrame, indicator: Sayable) -> list[Sentence]:
    """What the townships that miss one target need together, and which of them have no room."""
    first = rows.iloc[0].to_dict()
    measure = Label(first["measure"], "units")
    cramped = rows[rows["reachable"] == "no"].sort_values("needed", ascending=False, kind="stable")
    told = {
        "count": len(rows),
        "indicator": indicator,
        "goal": Goal.of(first) or "",
        "needed": _amount(float(rows["needed"].sum())),
        "measure": measure,
        "cramped": len(cramped),
        "list": Series(
            tuple(name_of(record) for record in cramped.head(MOST_NAMED).to_dict("records"))
        ),
    }
    form = "townships"
    if not rows["reachable"].isin(["yes", "no"]).all():
        form = "townships_unknown"
    elif len(cramped):
        form = "townships_cramped" if len(cramped) <= MOST_NAMED else "townships_cramped_of_many"
    result = [Sentence(f"needs.{form}", **told)]
    if rows["to_check"].sum() > 0.0:
        result.append(_to_check(rows["to_check"].sum(), rows["cannot"].sum(), measure))
    return result


def _to_check(to_check: float, cannot: float, measure: Sayable) -> Sentence:
    room = {"to_check": _amount(float(to_check)), "cannot": _amount(float(cannot))}
    return Sentence("needs.to_check", **room, measure=measure)


def _amount(value: float) -> str:
    """An amount to plant: to the metre of a kilometre where there is little, never rounded to none.

    Examples
    --------
    >>> [_amount(value) for value in (3670.94, 4.125, 0.00992, 0.0, 0.0002)]
    ['3,670.9', '4.12', '0.010', '0', '0.0002']
    """
    if value >= 10:
        return f"{value:,.1f}"
    if value >= 1 or value == 0:
        return f"{value:.3g}"
    return f"{value:.3f}" if value >= 0.001 else f"{value:.1g}"


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

"""Two assessments of one county side by side: what changed, and whether the pace is enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Unpack

import numpy as np
import pandas as pd

from greencover.accuracy.intervals import Bounds, change_limits
from greencover.ground.errors import CampaignError
from greencover.ground.notes import Note
from greencover.ground.run import Run, RunOptions
from greencover.indicators.change import INDEPENDENT, cautions
from greencover.indicators.progress import pace
from greencover.verdicts.alone import KINDS, assessed_again, effects
from greencover.verdicts.differences import differences
from greencover.verdicts.result import Assessment
from greencover.words import Listed

#: What makes two rows the same figure held against the same demand; the value asked for may move.
_KEYS = ["level", "unit", "indicator", "standard", "grades", "scope", "ground", "comparison"]
#: Several targets of one demand are told apart by their order.
_ORDER = "nth"
_KEPT = ["name", "name_en", "indicator_name", "indicator_name_zh", "unit_of_measure", "target"]
# Figures assessed twice differ by the order of sums.
_ROUNDING = 1e-9


def compare(
    earlier: Assessment,
    later: Assessment,
    *,
    target_year: int | None = None,
    run: Run | None = None,
    **options: Unpack[RunOptions],
) -> pd.DataFrame:
    """Hold a later assessment against an earlier one, figure by figure.

    Where rules, legends, borders or standards differ between the years, the later ground is
    assessed once more with each of them as the earlier campaign has it, which tells what that
    alone changes.

    Parameters
    ----------
    earlier, later
        Assessments of the same units in two years.
    target_year
        Year in which the targets are to be met; without it no pace is asked for.
    run, **options
        How the later ground is assessed once more; see :class:`greencover.ground.run.Run`.

    Returns
    -------
    pandas.DataFrame
        One row per unit, indicator and target that both have (the same standard, grades of road,
        scope, ground and comparison): names, ``target`` and ``target_before``, ``value_before``,
        ``value``, ``change`` (in the unit of the figure), ``change_low`` and ``change_high`` where
        a sample or unobserved ground leaves a figure open (as of ``adjusted_change``), ``finding``
        ("gain", "loss", "not distinguishable from no change", or "as the maps show" where not both
        years have a sample), ``verdict_before``, ``verdict``, ``needed_a_year``,
        ``gained_a_year``, ``reached_in`` and ``on_pace`` as of ``pace``.
        ``by_rules``, ``by_legend``, ``by_borders``: the part of ``change`` that comes of them alone
        (0 where they are the same, NaN where it cannot be told). Where the standards differ, the
        later ground is also judged by the earlier ones, in rows with their names, and
        ``verdict_by_earlier`` holds the verdict by the earlier target.
        ``attrs["notes"]`` holds what must be printed with a comparison of two maps.

    Raises
    ------
    CampaignError
        A year is not known, the years are not in order, or no unit is in both.

    Examples
    --------
    An assessment held against an equal one of an earlier year.

    >>> from dataclasses import replace
    >>> from greencover.verdicts import assess
    >>> later = assess("campaign.toml")
    >>> table = compare(replace(later, year=2020), later)
    >>> sorted(set(table["change"].dropna()))
    [0.0]
    """
    run = Run.of(run, options)
    if earlier.year is None or later.year is None or not earlier.year < later.year:
        raise CampaignError("verdicts.years_out_of_order", earlier=earlier.year, later=later.year)
    before, now = _keyed(earlier.table), _keyed(later.table)
    told = differences(earlier, later)
    notes = [note for found in told.values() for note in found]
    found_again = {one.kind: one for one in assessed_again(earlier, later, told, run)}
    alone = {
        kind: _keyed(one.assessment.table)
        for kind, one in found_again.items()
        if one.assessment is not None
    }
    notes += [
        Note("verdicts.untold", kind=kind, why=one.why)
        for kind, one in found_again.items()
        if one.why is not None
    ]
    by_earlier = alone.get("standards", now)
    # The later ground by the standards of the earlier year alone.
    extra = by_earlier.index[
        by_earlier.index.isin(before.index) & ~by_earlier.index.isin(now.index)
    ]
    judged = pd.concat([now, by_earlier.loc[extra]]) if len(extra) else now
    shared = judged.index[judged.index.isin(before.index)]
    if not len(shared):
        raise CampaignError("verdicts.nothing_shared")
    whole, judged, before = judged, judged.loc[shared], before.loc[shared]
    table = judged[_KEPT].copy()
    table["target_before"] = before["target"]
    table["value_before"], table["value"] = before["value"], judged["value"]
    table["change"] = judged["value"] - before["value"]
    _add_finding(table, before, judged)
    table["verdict_before"], table["verdict"] = before["verdict"], judged["verdict"]
    for kind in KINDS[:3]:
        table[f"by_{kind}"] = np.nan if kind in told else 0.0
        if kind in alone:
            table[f"by_{kind}"] = effects(alone[kind], whole, kind).reindex(shared)
            notes.append(_most(table, kind))
    if "standards" in told:
        verdicts = by_earlier["verdict"].reindex(shared) if "standards" in alone else None
        table["verdict_by_earlier"] = "no data" if verdicts is None else verdicts
        if verdicts is not None:
            other = verdicts.notna() & (verdicts != table["verdict"])
            notes.append(Note("verdicts.other_verdicts", count=int(other.sum()), all=len(table)))
    table = table.reset_index().drop(columns=_ORDER)
    if target_year is not None:
        table = _with_pace(table, earlier.year, later.year, target_year)
    if (before["sample_low"].notna() & judged["sample_low"].notna()).any():
        notes.append(INDEPENDENT)
    notes += _left_out(earlier, later, table)
    table.attrs["notes"] = (*cautions(earlier.cover, later.cover), *notes)
    return table


def _keyed(table: pd.DataFrame) -> pd.DataFrame:
    ordered = table.sort_values("target", kind="stable")
    nth = ordered.groupby(_KEYS, sort=False, dropna=False).cumcount()
    return table.assign(**{_ORDER: nth}).set_index([*_KEYS, _ORDER])


def _bounds(rows: pd.DataFrame) -> Bounds:
    """Limits of figures; what nothing is known of stands as it is."""
    value = rows["value"]
    low, high = (rows[side].fillna(value) for side in ("low", "high"))
    least, most = (rows[side].fillna(value) for side in ("sample_low", "sample_high"))
    return Bounds(value, least, most, low, high)


def _add_finding(table: pd.DataFrame, before: pd.DataFrame, now: pd.DataFrame) -> None:
    """Add the interval of the change; the samples of the two years are taken as independent."""
    open_ = before["low"].notna() | now["low"].notna()
    sampled = before["sample_low"].notna() & now["sample_low"].notna()
    limits = change_limits(_bounds(before), _bounds(now))
    table["change_low"], table["change_high"] = (
        pd.Series(limit, index=table.index).where(open_) for limit in limits
    )
    table["finding"] = np.select(
        [
            table["change"].isna(),
            open_ & (table["change_low"] <= 0.0) & (table["change_high"] >= 0.0),
            ~sampled,
            table["change_low"] > 0.0,
        ],
        ["no data", "not distinguishable from no change", "as the maps show", "gain"],
        default="loss",
    )


def _most(table: pd.DataFrame, kind: str) -> Note:
    """Say how many figures a difference alone moves, and the one that it moves most."""
    moved = table[f"by_{kind}"].abs()
    count = int((moved > _ROUNDING * table["value"].abs().clip(lower=1.0)).sum())
    if not count:
        return Note("verdicts.alone_nothing", kind=kind)
    most: Any = moved.idxmax()
    row = table.loc[[most]].reset_index().iloc[0]
    return Note(
        "verdicts.alone",
        kind=kind,
        count=count,
        all=len(table),
        indicator=row["indicator"],
        unit=row["name"],
        change=float(row[f"by_{kind}"]),
        measure=row["unit_of_measure"],
    )


def _left_out(earlier: Assessment, later: Assessment, table: pd.DataFrame) -> Iterator[Note]:
    """Name the indicators that only one year has, or has for other targets only."""
    held = set(zip(table["level"], table["unit"], table["indicator"], strict=True))
    for one in (earlier, later):
        keys = zip(*(one.table[name] for name in ("level", "unit", "indicator")), strict=True)
        lacking = sorted({key[2] for key in keys if key not in held})
        if lacking:
            yield Note("verdicts.one_year_only", year=one.year, indicators=Listed.of(lacking))


def _with_pace(table: pd.DataFrame, first: int, last: int, target_year: int) -> pd.DataFrame:
    """Add the pace towards targets that ask for more, row by row."""
    asked = table["target"].notna() & table["comparison"].isin([">=", ">"])
    rows = []
    for target, group in table[asked].groupby("target", sort=False):
        rows.append(
            pace(
                group["value"],
                float(str(target)),
                year=last,
                target_year=target_year,
                earlier=group["value_before"],
                earlier_year=first,
            ).drop(columns="value")
        )
    return table.join(pd.concat(rows)) if rows else table

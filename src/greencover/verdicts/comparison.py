"""Two assessments of one county side by side: what changed, and whether the pace is enough."""

from __future__ import annotations

import numpy as np
import pandas as pd

from greencover.ground.errors import CampaignError
from greencover.indicators.change import cautions
from greencover.indicators.progress import pace
from greencover.verdicts.differences import differences
from greencover.verdicts.result import Assessment

#: What makes two rows the same figure held against the same demand; the value asked for may move.
_KEYS = ["level", "unit", "indicator", "standard", "grades", "scope", "ground", "comparison"]
#: Several targets of one demand are told apart by their order.
_ORDER = "nth"
_KEPT = ["name", "name_en", "indicator_name", "indicator_name_zh", "unit_of_measure", "target"]


def compare(
    earlier: Assessment, later: Assessment, *, target_year: int | None = None
) -> pd.DataFrame:
    """Hold a later assessment against an earlier one, figure by figure.

    Parameters
    ----------
    earlier, later
        Assessments of the same units in two years.
    target_year
        Year in which the targets are to be met; without it no pace is asked for.

    Returns
    -------
    pandas.DataFrame
        One row per unit, indicator and target that both have (the same standard, grades of road,
        scope, ground and comparison): names, ``target`` and ``target_before``, ``value_before``,
        ``value``,
        ``change`` (in the unit of the figure), ``change_low`` and ``change_high`` where both
        figures have an interval, ``finding`` ("gain", "loss", "not distinguishable from no change",
        or "as the maps show" without intervals), ``target``, ``verdict_before``, ``verdict``,
        ``needed_a_year``, ``gained_a_year``, ``reached_in`` and ``on_pace`` as of ``pace``.
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
    if earlier.year is None or later.year is None or not earlier.year < later.year:
        raise CampaignError("verdicts.years_out_of_order", earlier=earlier.year, later=later.year)
    before, now = _keyed(earlier.table), _keyed(later.table)
    shared = now.index[now.index.isin(before.index)]
    if not len(shared):
        raise CampaignError("verdicts.nothing_shared")
    now, before = now.loc[shared], before.loc[shared]
    table = now[_KEPT].copy()
    table["target_before"] = before["target"]
    table["value_before"], table["value"] = before["value"], now["value"]
    table["change"] = now["value"] - before["value"]
    _add_finding(table, before, now)
    table["verdict_before"], table["verdict"] = before["verdict"], now["verdict"]
    table = table.reset_index().drop(columns=_ORDER)
    if target_year is not None:
        table = _with_pace(table, earlier.year, later.year, target_year)
    table.attrs["notes"] = (*cautions(earlier.cover, later.cover), *differences(earlier, later))
    return table


def _keyed(table: pd.DataFrame) -> pd.DataFrame:
    ordered = table.sort_values("target", kind="stable")
    nth = ordered.groupby(_KEYS, sort=False, dropna=False).cumcount()
    return table.assign(**{_ORDER: nth}).set_index([*_KEYS, _ORDER])


def _add_finding(table: pd.DataFrame, before: pd.DataFrame, now: pd.DataFrame) -> None:
    """Add the interval of the change; the samples of the two years are taken as independent."""
    sides = [(one["high"] - one["low"]) / 2.0 for one in (before, now)]
    halfwidth = (sides[0] ** 2 + sides[1] ** 2) ** 0.5
    table["change_low"] = table["change"] - halfwidth
    table["change_high"] = table["change"] + halfwidth
    table["finding"] = np.select(
        [
            table["change"].isna(),
            halfwidth.isna(),
            table["change_low"] > 0,
            table["change_high"] < 0,
        ],
        ["no data", "as the maps show", "gain", "loss"],
        default="not distinguishable from no change",
    )


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

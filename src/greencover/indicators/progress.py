"""Work done against work planned, and the pace that a target year asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

import geopandas as gpd
import numpy as np
import pandas as pd

from greencover.accuracy.classes import is_total
from greencover.cover.counted import codes_of, cover_types
from greencover.cover.land_cover import LandCover
from greencover.ground.errors import ArgumentError, KindError, LayerError
from greencover.ground.geodesy import MU_PER_HECTARE
from greencover.ground.limits import ROUNDING, reaches
from greencover.ground.notes import Note
from greencover.ground.run import Run, RunOptions
from greencover.indicators.change import cautions, sums_by_row, transitions_by_row
from greencover.indicators.forest import TREE_COVER
from greencover.layers import require_number
from greencover.layers.tables import require_columns
from greencover.words import Listed

UNITS = ("ha", "mu", "trees", "km", "places")
#: Units as plans in Chinese have them.
UNIT_WORDS = {"公顷": "ha", "亩": "mu", "株": "trees", "公里": "km", "处": "places"}
#: Statuses of a planted plot, see ``planted_status``.
SEEN, NOT_YET, BEFORE, HIDDEN = "seen", "planted here, not seen yet", "green before", "unobserved"
_LARGEST, _LAST_YEAR = 1e12, 9999.0


def completion_rate(
    tasks: pd.DataFrame,
    *,
    task: str = "task",
    planned: str = "planned",
    done: str = "done",
    unit: str = "unit",
) -> pd.DataFrame:
    """Completion rate of each task 完成率: done over planned; more than 100 % is legal.

    Parameters
    ----------
    tasks
        A table of works, several rows a task if need be.
    task, planned, done, unit
        Its columns: what is done, amounts, and their unit (ha, mu, trees, km, places). Areas may
        be in ha and mu side by side; they are summed in ha.

    Returns
    -------
    pandas.DataFrame
        One row a task and unit: ``planned``, ``done``, ``unit``, ``completion_pct`` (NaN where
        nothing was planned) and ``missing`` (0 where done). Tasks of different units are never
        added up. Rows without a task's name are a task of their own, called "". A row called
        "total" or 合计 is left out where it is the sum of the others.

    Raises
    ------
    LayerError
        A column is absent, a unit is unknown, an amount is missing or negative, or a total is not
        the sum of the others.

    Examples
    --------
    Fifteen mu are a hectare.

    >>> tasks = pd.DataFrame({"task": ["road trees"] * 2, "unit": ["ha", "mu"]})
    >>> tasks = tasks.assign(planned=[4.0, 15.0], done=[3.0, 15.0])
    >>> completion_rate(tasks)[["planned", "done", "completion_pct"]].values.tolist()
    [[5.0, 4.0, 80.0]]
    """
    require_columns(tasks, [task, planned, done, unit], Note("layers.called.tasks"))
    units = tasks[unit].astype(str).str.strip().replace(UNIT_WORDS)
    wrong = sorted(set(units) - set(UNITS))
    if wrong:
        raise LayerError(
            "indicators.unit_of_task",
            given=wrong[0],
            column=unit,
            known=Listed.every((*UNITS, *UNIT_WORDS)),
        )
    amounts: dict[str, pd.Series[float]] = {}
    for column in (planned, done):
        number = pd.to_numeric(tasks[column], errors="coerce").astype(float)
        bad = np.flatnonzero(~(np.isfinite(number) & (number >= 0.0)))
        if len(bad):
            raise LayerError(
                "indicators.no_amount",
                column=column,
                row=bad[0] + 1,
                task=tasks[task].iloc[bad[0]],
            )
        amounts[column] = number / np.where(units == "mu", MU_PER_HECTARE, 1.0)
    plain = pd.DataFrame(
        {
            "task": [_name(one) for one in tasks[task]],
            "unit": units.replace("mu", "ha"),
            "planned": amounts[planned],
            "done": amounts[done],
        },
        index=tasks.index,
    )
    plain = _without_totals(plain)
    table = plain.groupby(["task", "unit"], sort=False, as_index=False).sum()
    table["completion_pct"] = 100.0 * table["done"] / table["planned"].where(table["planned"] > 0.0)
    table["missing"] = (table["planned"] - table["done"]).clip(lower=0.0)
    return table


def _without_totals(works: pd.DataFrame) -> pd.DataFrame:
    """Works without the row of sums that such tables end in, which is no work of its own."""
    totals = np.array([is_total(task) for task in works["task"]])
    if not totals.any() or totals.all():
        return works
    amounts = ["planned", "done"]
    sums = works[~totals].groupby("unit")[amounts].sum()
    for place in np.flatnonzero(totals):
        row = works.iloc[place]
        unit = sums.reindex([row["unit"]], fill_value=0.0).iloc[0]
        if not np.allclose(row[amounts].astype(float), unit, rtol=1e-6):
            raise LayerError("indicators.total_of_tasks", row=place + 1, task=row["task"])
    return works[~totals]


def _name(task: Any) -> Any:
    """The name of a task without blanks around it; what has none is work as well."""
    if isinstance(task, str):
        return task.strip()
    return "" if pd.isna(task) else task


def pace(
    values: pd.Series[float],
    target: float,
    *,
    year: int,
    target_year: int,
    earlier: pd.Series[float] | None = None,
    earlier_year: int | None = None,
) -> pd.DataFrame:
    """Yearly gain that reaches a target in its year, beside the gain so far.

    Parameters
    ----------
    values
        Figures of ``year``, such as ``forest_pct``.
    target, target_year
        What is to be reached, and when.
    earlier, earlier_year
        Figures of an earlier year, for the pace so far.

    Returns
    -------
    pandas.DataFrame
        ``value``, ``needed_a_year`` (0 where met; NaN without a figure, and where the year has
        come), ``gained_a_year`` and ``reached_in`` (the year at the pace so far, NaN where there
        is none or it leads nowhere) and ``on_pace``: "met", "yes", "no", "overdue", "no data", or
        "not known" without an earlier year.

    Examples
    --------
    >>> now, earlier = pd.Series([60.0]), pd.Series([56.0])
    >>> table = pace(now, 70.0, year=2023, target_year=2025, earlier=earlier, earlier_year=2021)
    >>> table[["needed_a_year", "gained_a_year", "reached_in", "on_pace"]].values.tolist()
    [[5.0, 2.0, 2028.0, 'no']]
    """
    for name, given in (("values", values), ("earlier", earlier)):
        if not isinstance(given, pd.Series) and not (given is None and name == "earlier"):
            raise KindError("indicators.no_series", name=name, given=type(given).__name__)
        if given is not None and not pd.api.types.is_numeric_dtype(given):
            raise KindError("indicators.no_series", name=name, given=str(given.dtype))
    target = require_number(target, "target", least=-_LARGEST, most=_LARGEST)
    left = require_number(target_year, "target_year", most=_LAST_YEAR) - require_number(
        year, "year", most=_LAST_YEAR
    )
    # What differs in the last digits of a sum is the same figure.
    slack = ROUNDING * max(abs(target), 1.0)
    met = pd.Series(reaches(values, ">=", target), index=values.index)
    missing = (target - values).clip(lower=0.0).mask(met, 0.0)
    per_year = missing / left if left > 0 else missing.where(met, np.nan)
    gained = pd.Series(np.nan, index=values.index)
    if earlier is not None:
        if earlier_year is None or not earlier_year < year:
            raise ArgumentError("indicators.earlier_year", earlier=earlier_year, year=year)
        gained = (values - _in_order_of(values, earlier)) / (year - earlier_year)
    years = missing / gained.where(gained > slack)
    on_pace = np.select(
        [values.isna(), met, pd.Series(left <= 0, index=values.index), gained.isna()],
        ["no data", "met", "overdue", "not known"],
        default=np.where(gained >= per_year - slack, "yes", "no"),
    )
    return pd.DataFrame(
        {
            "value": values,
            "needed_a_year": per_year,
            "gained_a_year": gained,
            "reached_in": year + pd.Series(np.ceil(years - ROUNDING), values.index).mask(met, 0.0),
            "on_pace": on_pace,
        }
    )


def _in_order_of(values: pd.Series[float], earlier: pd.Series[float]) -> pd.Series[float]:
    """Earlier figures in the order of the units; which is which must be plain."""
    if earlier.index.equals(values.index):
        return earlier
    if values.index.has_duplicates or earlier.index.has_duplicates:
        raise ArgumentError("indicators.units_twice")
    return earlier.reindex(values.index)


def planted_status(
    works: gpd.GeoDataFrame,
    before: LandCover,
    after: LandCover,
    *,
    covers: Sequence[str] = TREE_COVER,
    seen_from: float = 0.5,
    run: Run | None = None,
    **options: Unpack[RunOptions],
) -> gpd.GeoDataFrame:
    """Compare planted plots with what two maps show.

    Saplings do not show on a map for years, so a plot that is not seen is not a plot that was not
    planted.

    Parameters
    ----------
    works
        Polygons of planted plots.
    before, after
        Land covers on the same grid, before and after planting.
    covers
        Cover types that planting leads to.
    seen_from
        Share of the ground that was open before from which planting counts as seen.
    run, **options
        How it is run; see :class:`greencover.ground.run.Run`.

    Returns
    -------
    geopandas.GeoDataFrame
        ``works`` with ``plot_ha``, ``green_before_ha``, ``gained_ha``, ``gained_pct`` (of what was
        open before), ``unobserved_pct`` and ``status``: "seen", "planted here, not seen yet",
        "green before" (over half of it was, so that planting cannot show) or "unobserved" (over
        half is).

    Examples
    --------
    A plot of grass of which half shows trees by now.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> corner = Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> before, after = (
    ...     gc.LandCover.from_array(
    ...         np.array([codes], "uint8"), transform=corner, crs=4547, legend="worldcover"
    ...     )
    ...     for codes in ([30, 30], [10, 30])
    ... )
    >>> plots = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999990, 500020, 3e6)], crs=4547)
    >>> gc.planted_status(plots, before, after, seen_from=0.4)["status"].item()
    'seen'
    """
    covers = cover_types(covers)
    seen_from = require_number(seen_from, "seen_from", most=1.0, above=True)
    codes_of(after.legend, covers)
    table = transitions_by_row(works, before, after, run=run, **options)
    wanted = set(covers)
    seen = (table["before"] != "unobserved") & (table["after"] != "unobserved")
    was, now = table["before"].isin(wanted), table["after"].isin(wanted)

    def sums(which: pd.Series[bool]) -> pd.Series[float]:
        return sums_by_row(table[which], works.index)

    whole, compared = sums(seen | ~seen), sums(seen)
    green, gained = sums(seen & was), sums(seen & ~was & now)
    bare = compared - green
    share = gained / bare.where(bare > 0.0)
    status = np.select(
        [compared < 0.5 * whole, green > 0.5 * compared, share >= seen_from],
        [HIDDEN, BEFORE, SEEN],
        default=NOT_YET,
    )
    result = works.assign(
        plot_ha=whole,
        green_before_ha=green,
        gained_ha=gained,
        gained_pct=100.0 * share,
        unobserved_pct=100.0 * (1.0 - compared / whole.where(whole > 0.0)),
        status=status,
    )
    result.attrs["notes"] = (
        *cautions(before, after),
        Note("indicators.not_yet"),
    )
    return result

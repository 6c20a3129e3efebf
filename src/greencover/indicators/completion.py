"""Completion of a plan in the units that it was entered in: by task, township and responsible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from greencover.ground.geodesy import MU_PER_HECTARE
from greencover.indicators.progress import UNIT_WORDS, completion_rate

#: What completion is summed by.
BY = ("task", "township", "responsible")
#: The indicator that targets on completion name.
TASK_COMPLETION = "task_completion"


def completion_by(tasks: pd.DataFrame) -> pd.DataFrame:
    """Completion of tasks by task, by township and by who is responsible.

    Parameters
    ----------
    tasks
        ``task``, ``planned``, ``done``, ``unit`` and, where known, ``township``, ``responsible``,
        ``start`` and ``end``.

    Returns
    -------
    pandas.DataFrame
        ``by`` ("task", "township" or "responsible"), ``name`` of what is summed, ``task``,
        ``township`` and ``responsible`` (all that are in the sum), ``unit``, ``planned``, ``done``,
        ``completion_pct`` (NaN where nothing was planned), ``missing``, ``start`` and ``end``. A
        row for each unit: trees are never added to ground. Areas stay in mu where all of a sum are
        in mu, and are in ha otherwise.

    Raises
    ------
    LayerError
        As of ``completion_rate``.

    Examples
    --------
    >>> tasks = pd.DataFrame({"task": ["廊道绿化", "行道树"], "planned": [200, 460],
    ...     "done": [210, 460], "unit": ["亩", "株"], "responsible": "张某"})
    >>> completion_by(tasks)[["by", "unit", "planned", "completion_pct"]].values.tolist()[:2]
    [['task', 'mu', 200.0, 105.0], ['task', 'trees', 460.0, 100.0]]
    """
    tasks = _whole(tasks)
    tables = [_summed(tasks, by) for by in BY if by == "task" or tasks[by].notna().any()]
    return pd.concat(tables, ignore_index=True)


def _whole(tasks: pd.DataFrame) -> pd.DataFrame:
    """Tasks with every column, those that nobody gave empty."""
    absent = [one for one in (*BY[1:], "start", "end") if one not in tasks]
    return tasks.reset_index(drop=True).assign(**dict.fromkeys(absent))


def _summed(tasks: pd.DataFrame, by: str) -> pd.DataFrame:
    rows = tasks if by == "task" else tasks[tasks[by].notna()]
    kind = rows["unit"].astype(str).str.strip().replace(UNIT_WORDS)
    table = completion_rate(rows.assign(task=rows[by]))
    in_mu = kind.eq("mu").groupby(rows[by]).any() & ~kind.eq("ha").groupby(rows[by]).any()
    by_mu = table["unit"].eq("ha") & table["task"].map(in_mu).eq(True)
    for column in ("planned", "done", "missing"):
        table[column] = table[column].mask(by_mu, (table[column] * MU_PER_HECTARE).round(9))
    table["unit"] = table["unit"].mask(by_mu, "mu")
    area = kind.replace("mu", "ha")
    told = [
        rows[(rows[by].astype(str).str.strip() == str(row.task)) & (area == _area(row.unit))]
        for row in table.itertuples()
    ]
    named = {column: [_all_of(one[column]) for one in told] for column in BY}
    days = {
        "start": [_texts(one["start"])[:1] for one in told],
        "end": [_texts(one["end"])[-1:] for one in told],
    }
    return pd.DataFrame(
        {
            "by": by,
            "name": table["task"].astype(str),
            **named,
            **{column: table[column] for column in ("unit", "planned", "done")},
            "completion_pct": table["completion_pct"],
            "missing": table["missing"],
            **{column: ["".join(found) for found in each] for column, each in days.items()},
        }
    )


def _area(unit: Any) -> str:
    return "ha" if unit == "mu" else str(unit)


def _texts(column: pd.Series[Any]) -> list[str]:
    return sorted({str(one).strip() for one in column.dropna()} - {""})


def _all_of(column: pd.Series[Any]) -> str:
    """Every name in a column once, in the order of the tasks."""
    return "、".join(dict.fromkeys(str(one).strip() for one in column.dropna()))


def completion_figures(
    tasks: pd.DataFrame, units: pd.DataFrame, names: Mapping[str, str], level: str
) -> pd.DataFrame:
    """Completion as figures of units, a row for each unit of amounts; see ``formulas``.

    Parameters
    ----------
    tasks
        As of ``completion_by``.
    units
        ``unit`` of every unit of the level.
    names
        Code of the township by the names that tasks have for it.
    level
        ``"county"``: of all tasks; ``"township"``: of those that name one.

    Returns
    -------
    pandas.DataFrame
        Figures, with the row of the ``unit`` in ``units`` as ``place`` and ``amounts``, the unit
        of amounts.

    Examples
    --------
    >>> tasks = pd.DataFrame({"task": ["belt"], "planned": [2], "done": [1], "unit": ["km"]})
    >>> units = pd.DataFrame({"unit": ["county"]})
    >>> completion_figures(tasks, units, {}, "county")[["amounts", "value"]].values.tolist()
    [['km', 50.0]]
    """
    codes = units["unit"].astype(str).tolist()
    tasks = _whole(tasks)
    if level == "county":
        tasks = tasks.assign(township=codes[0])
    else:
        tasks = tasks.assign(township=tasks["township"].map(names))
    tasks = tasks[tasks["township"].notna()]
    if not len(tasks):
        return pd.DataFrame()
    table = _summed(tasks.reset_index(drop=True), "township")
    return pd.DataFrame(
        {
            "place": [codes.index(one) for one in table["name"]],
            "amounts": table["unit"],
            "value": table["completion_pct"],
            "numerator": table["done"],
            "denominator": table["planned"],
            "unobserved_pct": 0.0,
            **dict.fromkeys(("low", "high", "least", "most"), np.nan),
            **dict.fromkeys(("sample_low", "sample_high"), np.nan),
        }
    )

"""Survival of planted trees 成活率 / 保存率: which plots to look at, and what they prove.

Plots are clusters of trees, which live and die together. The rate is living trees over trees
counted; its limits are exact ones (Clopper and Pearson) of the size that the sample is worth by the
differences between its plots and by their number (Korn and Graubard 1998, Survey Methodology
24:193-201), which is never more than the trees.
"""

from __future__ import annotations

import math
import tomllib
from functools import cache
from importlib.resources import files
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.accuracy.exact import lowest_share
from greencover.ground.errors import AccuracyError
from greencover.ground.geodesy import MU_PER_HECTARE
from greencover.ground.notes import Note
from greencover.layers.tables import as_numbers, as_text, require_columns
from greencover.layers.wording import rows_of

Floats = npt.NDArray[np.float64]

#: Columns that a form leaves to whoever looks.
TO_FILL = ("counted", "alive", "date", "inspector", "photo")
_LEAST_OF_A_STRATUM = 2


@cache
def survival_classes() -> dict[str, Any]:
    """Classes of survival with their limits and source; see ``survival.toml``.

    Examples
    --------
    >>> [one["name_zh"] for one in survival_classes()["class"]], survival_classes()["verified"]
    (['合格', '补植', '重新造林'], False)
    """
    text = files("greencover.accuracy").joinpath("survival.toml").read_text("utf-8")
    return tomllib.loads(text)


def survival_sample(
    plots: pd.DataFrame, n: int, *, by: str | None = "township", seed: int = 0
) -> pd.DataFrame:
    """Draw plots whose trees are to be counted: a form to be filled.

    Parameters
    ----------
    plots
        A row a plot, such as the records of ``Assessment.claims``.
    n
        Number of plots.
    by
        Column that divides them; each part gets two plots at least, the rest goes by their number.
    seed
        Another draw.

    Returns
    -------
    pandas.DataFrame
        The plots drawn, in their order, with their index as ``plot``, ``weight`` (plots for each
        drawn) and empty columns ``counted``, ``alive``, ``date``, ``inspector`` and ``photo``.

    Raises
    ------
    AccuracyError
        No plot is asked for, or fewer than the parts need.

    Examples
    --------
    >>> plots = pd.DataFrame({"township": ["A"] * 8 + ["B"] * 2, "trees": 100})
    >>> survival_sample(plots, 5)["township"].tolist()
    ['A', 'A', 'A', 'B', 'B']
    """
    groups = [plots.index.to_numpy()]
    if by is not None:
        require_columns(plots, [by], Note("accuracy.plots"))
        groups = [part.index.to_numpy() for _, part in plots.groupby(by, sort=False, dropna=False)]
    sizes = np.array([len(one) for one in groups])
    least = np.minimum(sizes, _LEAST_OF_A_STRATUM)
    if n < least.sum() or not len(plots):
        raise AccuracyError("accuracy.survival_few", n=n, least=int(least.sum()))
    share = least + (min(n, len(plots)) - least.sum()) * (sizes - least) / max(
        (sizes - least).sum(), 1
    )
    drawn = np.floor(share + 1e-9).astype(int)
    for place in np.argsort(-(share - drawn), kind="stable")[: min(n, len(plots)) - drawn.sum()]:
        drawn[place] += 1
    random = np.random.default_rng(seed)
    weight = pd.Series(0.0, index=plots.index)
    for own, size, count in zip(groups, sizes, drawn, strict=True):
        weight[random.choice(own, count, replace=False)] = size / count if count else 0.0
    chosen = weight > 0.0
    form = pd.DataFrame(plots[chosen]).drop(columns=list(TO_FILL), errors="ignore")
    form.insert(0, "plot", form.index)
    return form.assign(weight=weight[chosen], **dict.fromkeys(TO_FILL, ""))


def survival_rate(
    checked: pd.DataFrame,
    *,
    by: str | None = None,
    counted: str = "counted",
    alive: str = "alive",
    trees: str = "trees",
    area_ha: str = "area_ha",
    level: float = 0.95,
) -> pd.DataFrame:
    """Survival by township or who is responsible, its class, and what is to be planted again.

    Parameters
    ----------
    checked
        A filled form: a row a plot; plots without either number were not reached and are left out.
    by
        Column to report by; None: of all.
    counted, alive
        Columns with the trees that were looked at, and those of them that live.
    trees, area_ha
        Columns with the trees and the ground of the plot, where they are known; replanting is of
        these plots.
    level
        Confidence level of the limits.

    Returns
    -------
    pandas.DataFrame
        ``name``, ``plots``, ``counted``, ``alive``, ``survival_pct``, ``low_pct`` and ``high_pct``,
        ``survival_class``, ``certain`` (whether both limits are of that class), ``replant_share``
        (of the trees), ``replant_trees``, ``replant_ha`` and ``replant_mu`` of the plots looked at.

    Raises
    ------
    AccuracyError
        A number is missing or negative, or more live than were counted; the rows are named. Or no
        plot was counted.

    Examples
    --------
    >>> form = pd.DataFrame({"counted": [50, 50], "alive": [45, 35], "trees": 100.0})
    >>> table = survival_rate(form)
    >>> table[["survival_pct", "survival_class", "replant_trees"]].round(1).values.tolist()
    [[80.0, 'plant up', 40.0]]
    """
    where = Note("accuracy.survival_form")
    require_columns(checked, [counted, alive, *([by] if by else [])], where)
    looked, live = (as_numbers(checked[one]) for one in (counted, alive))
    reached = plots_counted(checked, counted, alive)
    wrong = reached & ~((looked > 0.0) & (live >= 0.0) & (live <= looked))
    if wrong.any():
        raise AccuracyError("accuracy.survival_numbers", rows=rows_of(wrong))
    if not reached.any():
        raise AccuracyError("accuracy.survival_empty")
    rows = pd.DataFrame({"counted": looked, "alive": live})
    for name, column in (("trees", trees), ("area_ha", area_ha)):
        rows[name] = as_numbers(checked[column]) if column in checked else np.nan
    names = checked[by].fillna("").astype(str) if by else pd.Series("", index=checked.index)
    parts = rows[reached].groupby(names[reached], sort=False)
    return pd.DataFrame([_of(part, str(name), level) for name, part in parts])


def plots_counted(
    checked: pd.DataFrame, counted: str = "counted", alive: str = "alive"
) -> pd.Series[bool]:
    """Which plots of a form were counted: those that have a number at least.

    Examples
    --------
    >>> plots_counted(pd.DataFrame({"counted": [50, None], "alive": ["45", ""]})).tolist()
    [True, False]
    """
    return (as_text(checked[counted]) != "") | (as_text(checked[alive]) != "")


def _of(rows: pd.DataFrame, name: str, level: float) -> dict[str, Any]:
    counted, alive = rows["counted"].to_numpy(), rows["alive"].to_numpy()
    rate = float(alive.sum() / counted.sum())
    size = _worth(counted, alive, rate, level)
    low = float(lowest_share(rate * size, size, level))
    high = 1.0 - float(lowest_share((1.0 - rate) * size, size, level))
    kind = _class_of(100.0 * rate)
    share = {"nothing": 0.0, "the dead": 1.0 - rate, "all": 1.0}[kind["replant"]]
    ha = share * rows["area_ha"].sum(min_count=1)
    return {
        "name": name,
        "plots": len(rows),
        "counted": counted.sum(),
        "alive": alive.sum(),
        "survival_pct": 100.0 * rate,
        "low_pct": 100.0 * low,
        "high_pct": 100.0 * high,
        "survival_class": kind["key"],
        "certain": _class_of(100.0 * low) is kind and _class_of(100.0 * high) is kind,
        "replant_share": share,
        "replant_trees": share * rows["trees"].sum(min_count=1),
        "replant_ha": ha,
        "replant_mu": ha * MU_PER_HECTARE,
    }


def _class_of(pct: float) -> dict[str, Any]:
    kinds: list[dict[str, Any]] = survival_classes()["class"]
    for kind in kinds:
        reached = pct > kind["above_pct"] if "above_pct" in kind else pct >= kind["from_pct"] - 1e-9
        if reached:
            return kind
    return kinds[-1]


def _worth(counted: Floats, alive: Floats, rate: float, level: float) -> float:
    """Independent trees that a sample of plots is worth."""
    plots, trees = len(counted), float(counted.sum())
    if plots == 1:
        return 1.0
    spread = ((alive - rate * counted) ** 2).sum() * plots / (plots - 1.0) / trees**2
    simple = rate * (1.0 - rate) / trees
    effect = max(spread / simple, 1.0) if simple > 0.0 else 1.0
    z = NormalDist().inv_cdf((1.0 + level) / 2.0)
    return max(min(trees / effect * (z / _t(plots - 1, level)) ** 2, trees), 1.0)


def _t(freedom: int, level: float) -> float:
    """Quantile of Student's distribution on both sides."""
    if freedom == 1:
        # Of Cauchy's distribution.
        return math.tan(math.pi * level / 2.0)
    # t squared over itself and the degrees of freedom has a beta distribution.
    share = float(lowest_share(0.5, freedom / 2.0 - 0.5, 1.0 - 2.0 * level))
    return float(np.sqrt(freedom * share / (1.0 - share)))

"""Figures of cities and provinces: what counties count is added up, never their rates averaged.

Bounds stand for the worst and the best that all counties could be at once: each at its own bound,
and unobserved ground weighing as it hurts or helps the most.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.ground.geodesy import HECTARE_M2
from greencover.report import parquet
from greencover.results.programme.file import County

#: What makes rows of several counties the same figure.
FIGURE = ["indicator", "scope", "ground", "grade"]
_NAMES = ["indicator_name", "indicator_name_zh", "unit_of_measure", "measure", "per"]
_AMOUNTS = ["numerator", "denominator"]
#: Verdicts that are counted, worst first, with their columns; of several, a county has the worst.
COUNTED = {
    "not met": "not_met",
    "uncertain": "uncertain",
    "no data": "no_data",
    "met": "met",
    "no target": "no_target",
}
_READ = [
    *("level", "unit", "name", "name_en", "indicator", "scope", "ground", *_NAMES),
    *(
        "value",
        "numerator",
        "denominator",
        "low",
        "high",
        "unobserved_pct",
        "all_km",
        "verdict",
        "target",
    ),
]
COLUMNS = [
    *("level", "unit", "name", "name_en", "province", "city", *FIGURE, *_NAMES[:2], "value"),
    *("low", "high", "unit_of_measure", "numerator", "measure", "denominator", "per"),
    *(
        "unobserved_pct",
        "rank",
        "target",
        "verdict",
        "counties",
        *COUNTED.values(),
        "missing_counties",
    ),
]


def figures_of(counties: Iterable[County], out: Path) -> pd.DataFrame:
    """Figures of whole counties and of their road grades, from the results in their folders."""
    tables = []
    for county in counties:
        table = pd.read_parquet(out / county.code / parquet.FILE, columns=_READ)
        table = table[table["level"].isin(["county", "road_grade"])]
        grade = table["unit"].where(table["level"] == "road_grade", "")
        whole = table[table["level"] == "county"]
        names = whole.iloc[0] if len(whole) else pd.Series({"name": county.code, "name_en": ""})
        table = table.assign(
            level="county",
            grade=grade,
            unit=county.code,
            name=names["name"],
            name_en=names["name_en"],
            city=county.city,
            province=county.province,
            observed=_observed(table),
        )
        order = table["verdict"].map(list(COUNTED).index)
        # Targets that count on less land, such as without wetland, do not hold for all counties.
        worst = table.assign(order=order).sort_values("order", kind="stable")
        verdict = worst.drop_duplicates(FIGURE).set_index(FIGURE)[["verdict", "target"]]
        most = table.sort_values("denominator", ascending=False, kind="stable")
        most = most.drop_duplicates(FIGURE).drop(columns=["verdict", "target"])
        tables.append(most.join(verdict, on=FIGURE).loc[lambda kept: kept.index.sort_values()])
    if not tables:
        return pd.DataFrame(columns=[*COLUMNS, "observed", "all_km"])
    table = pd.concat(tables, ignore_index=True)
    return table.assign(rank=table.groupby(FIGURE)["value"].rank(ascending=False, method="min"))


def summed(figures: pd.DataFrame, counties: Sequence[County], level: str) -> pd.DataFrame:
    """Figures of larger units from those of their counties.

    Parameters
    ----------
    figures
        Of :func:`figures_of`.
    counties
        All of the programme, those that failed among them.
    level
        ``"city"`` or ``"province"``.

    Returns
    -------
    pandas.DataFrame
        One row per unit and figure with :data:`COLUMNS`. Where a county failed, or lacks the
        figure, the sum is missing, and ``missing_counties`` names them; a county without roads of
        a grade adds nothing to that grade. ``unobserved_pct`` is that of the county with the most.
    """
    keys = ["province", "city"] if level == "city" else ["province"]
    rows = []
    for unit, group in figures.groupby(keys, sort=False):
        members = [
            county.code for county in counties if tuple(getattr(county, k) for k in keys) == unit
        ]
        computed = set(group["unit"])
        for figure, parts in group.groupby(FIGURE, sort=False):
            of_grade = figure[-1] != ""
            held = computed if of_grade else set(parts["unit"])
            held -= set(parts.loc[parts[_AMOUNTS].isna().any(axis=1), "unit"])
            missing = [code for code in members if code not in held]
            rows.append(
                dict(zip(keys, unit, strict=True))
                | {"level": level, "unit": unit[-1], "name": unit[-1], "name_en": ""}
                | dict(zip(FIGURE, figure, strict=True))
                | {name: parts[name].iloc[0] for name in _NAMES}
                | _sum(parts, whole=not missing)
                | {column: int((parts["verdict"] == v).sum()) for v, column in COUNTED.items()}
                | {"counties": len(parts), "missing_counties": ", ".join(missing)}
            )
    return pd.DataFrame(rows).reindex(columns=COLUMNS)


def table_of(figures: pd.DataFrame, counties: Sequence[County]) -> pd.DataFrame:
    """Provinces, cities and counties in one tidy table."""
    above = [summed(figures, counties, level) for level in ("province", "city")]
    every = [*above, figures.reindex(columns=COLUMNS)]
    table = pd.concat([one for one in every if len(one)] or every[:1], ignore_index=True)
    texts = ["city", "verdict", "missing_counties"]
    table = table.assign(**{name: table[name].fillna("") for name in texts})
    return table.astype(dict.fromkeys(["rank", "counties", *COUNTED.values()], "Int64"))


def _sum(parts: pd.DataFrame, *, whole: bool) -> dict[str, float]:
    """Sums of amounts, their rate, and bounds of it; nothing where a county is missing."""
    upper, lower = (parts[name].to_numpy(dtype=float) for name in ("numerator", "denominator"))
    nothing = dict.fromkeys(
        ("value", "numerator", "denominator", "low", "high", "unobserved_pct"), np.nan
    )
    if not whole:
        return nothing
    factor = 100.0 if parts["unit_of_measure"].iloc[0] == "%" else HECTARE_M2
    # A county without roads, residents or land has no rate, and nothing to add.
    something = lower > 0.0
    total = float(lower.sum())
    value = factor * float(upper.sum()) / total if total > 0.0 else np.nan
    low, high = (
        parts[side].fillna(parts["value"]).to_numpy(dtype=float)[something]
        for side in ("low", "high")
    )
    least = lower[something]
    most = least + _unobserved(parts)[something]
    open_ = bool(parts[["low", "high"]].notna().to_numpy().any()) and total > 0.0
    return {
        "value": value,
        "numerator": float(upper.sum()),
        "denominator": total,
        "low": min(_lowest(low, least, most), value) if open_ else np.nan,
        "high": max(-_lowest(-high, least, most), value) if open_ else np.nan,
        "unobserved_pct": float(parts["unobserved_pct"].max()),
    }


def _lowest(
    rates: npt.NDArray[np.float64], least: npt.NDArray[np.float64], most: npt.NDArray[np.float64]
) -> float:
    """The lowest mean of rates whose weights lie anywhere between two bounds.

    Lowest rates weigh the most and highest ones the least, with one change between them.
    """
    order = np.argsort(rates)
    rates, least, most = rates[order], least[order], most[order]
    heavy = np.concatenate([[0.0], np.cumsum(most)])
    light = np.concatenate([np.cumsum(least[::-1])[::-1], [0.0]])
    heavy_sum = np.concatenate([[0.0], np.cumsum(rates * most)])
    light_sum = np.concatenate([np.cumsum((rates * least)[::-1])[::-1], [0.0]])
    return float(np.min((heavy_sum + light_sum) / (heavy + light)))


def _observed(table: pd.DataFrame) -> float:
    """Hectares of a county that were observed: the widest ground that a figure of it is over."""
    of_ground = table[(table["level"] == "county") & (table["per"] == "ha")]
    return float(of_ground["denominator"].max()) if len(of_ground) else 0.0


def _unobserved(parts: pd.DataFrame) -> npt.NDArray[np.float64]:
    """What could join the denominators if it had been observed."""
    share = parts["unobserved_pct"].fillna(0.0).to_numpy(dtype=float) / 100.0
    per = parts["per"].iloc[0]
    if per == "km":
        return np.asarray(share * parts["all_km"].fillna(0.0).to_numpy(dtype=float))
    if per != "ha":
        return np.zeros(len(parts))
    observed = parts["observed"].to_numpy(dtype=float)
    return np.asarray(observed * share / np.maximum(1.0 - share, 1e-12))

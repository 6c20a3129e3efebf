"""What a report picks out of the tidy table: rows of an indicator, names, a common target."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from greencover.corridor.resolving import GAP, NOT_SEEN
from greencover.ground.limits import beside
from greencover.indicators.registry import indicators
from greencover.report.labels import BOTH, Label, Lang, Named, keys, said

if TYPE_CHECKING:
    from greencover.verdicts import Assessment

#: Levels of the table of verdicts, in the order of its rows.
LEVELS = ("township", "county")
_WORST_FIRST = ("not met", "uncertain", "no data", "met", "no target")


def to_look_at(assessment: Assessment) -> gpd.GeoDataFrame:
    """Gaps, and behind them the roadsides that are not seen, with their status where there are."""
    gaps, unseen = assessment.gaps, assessment.not_seen
    if unseen.empty:
        return gaps
    parts = [gaps.assign(status=GAP), unseen.assign(status=NOT_SEEN)]
    # A table without rows has columns without a type.
    filled = [part for part in parts if len(part)]
    return gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), crs=unseen.crs)


def rates(table: pd.DataFrame, indicator: str, level: str) -> pd.DataFrame:
    """Rows of one indicator on one level, indexed by unit; the hardest target of each unit.

    Where there are figures of whole units and of parts of them, those of the whole. A unit may meet
    a national target and miss the county's own: the worse verdict stands for both, of equal ones
    that with the larger gap.
    """
    rows = table[(table["indicator"] == indicator) & (table["level"] == level)]
    if {"ground", "scope"} <= {*rows.columns} and len(rows):
        part = rows["ground"].map(text_of) + rows["scope"].map(text_of)
        rows = rows[part == ("" if (part == "").any() else part.iloc[0])]
    hardest = ["gap" if "gap" in rows else "gap_pct", "target"]
    worst = rows.sort_values(hardest, ascending=False, na_position="last", kind="stable")
    place = worst["verdict"].map({verdict: n for n, verdict in enumerate(_WORST_FIRST)})
    worst = worst.loc[place.sort_values(kind="stable", na_position="last").index]
    rows = rows.loc[worst.drop_duplicates("unit").index].sort_index()
    return rows.set_index(rows["unit"].astype(str))


def target_of(rows: pd.DataFrame) -> float | None:
    """The target that all rows share, or None."""
    targets = rows["target"].dropna().unique()
    return float(targets[0]) if len(targets) == 1 else None


def text_of(value: object) -> str:
    """A cell as text; what is missing is empty."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    return str(value)


def name_of(row: Any, name: str = "name") -> Named:
    """Name of a unit from any row that has ``name`` and perhaps ``name_en``."""
    get = row.get if hasattr(row, "get") else lambda key: getattr(row, key, "")
    return Named(text_of(get(name)), text_of(get(f"{name}_en")))


def unit_name(row: Any, *, lang: Lang, between: str = " ") -> str:
    """Name of a unit in a language."""
    return said(name_of(row), lang, between=between)


def indicator_names(table: pd.DataFrame) -> dict[str, Label]:
    """Indicators of a table, in the order of the labels, with their names."""
    found = table.drop_duplicates("indicator").set_index("indicator")
    order = [k for k in indicators() if k in found.index]
    order += [k for k in found.index if k not in order]
    return {key: _named(key, found.loc[key]) for key in order}


def _named(key: str, row: Any) -> Label:
    own = Named(text_of(row["indicator_name_zh"]) or key, text_of(row["indicator_name"]) or key)
    return Label(key, "indicators", own)


def unit_symbol(unit: object, *, lang: Lang) -> str:
    """Unit of measure, such as "%", without saying it twice."""
    return said(Label(text_of(unit), "units"), lang)


def unit_sign(unit: object, lang: Lang) -> str:
    """Unit of measure for a table: the sign that Chinese and English tables share.

    Examples
    --------
    >>> unit_sign("m²/person", "zh")
    'm²/person'
    """
    return unit_symbol(unit, lang="en" if lang in ("zh", "en", BOTH) else lang)


def units_in_order(table: pd.DataFrame, levels: Iterable[str]) -> pd.DataFrame:
    """Units of some levels, each once, level by level, in the table's order."""
    columns = ["level", "unit", "name", "name_en"]
    parts = [table.loc[table["level"] == level, columns] for level in levels]
    return pd.concat(parts).drop_duplicates(["level", "unit"], ignore_index=True)


def by_grade(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of road grades, the highest grade first."""
    order = list(keys("grades"))
    return rows.loc[sorted(rows.index, key=lambda g: order.index(g) if g in order else len(order))]


def shown(value: float, *targets: float) -> str:
    """A figure to read: one decimal, and more where rounding would carry it over its target.

    Examples
    --------
    >>> shown(79.96), shown(79.96, 80.0), shown(2864.3)
    ('80.0', '79.96', '2,864')
    """
    if not math.isfinite(value):
        return ""
    return beside(value, *targets, digits=0 if abs(value) >= 1000 else 1)


def held_against(record: Any) -> tuple[float, ...]:
    """What a figure of a row is held against, and must be told from in print."""
    return tuple(float(record.get(key, math.nan)) for key in ("target", "accept_pct"))


def interval_of(record: Any) -> str:
    """Interval of a figure, such as ``"58.1–63.0"``; empty where there is none."""
    low, high = (float(record.get(side, math.nan)) for side in ("low", "high"))
    known = math.isfinite(low) and math.isfinite(high)
    limits = held_against(record)
    return f"{shown(low, *limits)}–{shown(high, *limits)}" if known else ""

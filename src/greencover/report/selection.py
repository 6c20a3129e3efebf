"""What a report picks out of the tidy table: rows of an indicator, names, a common target."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from greencover.report.labels import Lang, join, labels

#: Levels of the table of verdicts, in the order of its rows.
LEVELS = ("township", "county")


def rates(table: pd.DataFrame, indicator: str, level: str) -> pd.DataFrame:
    """Rows of one indicator on one level, indexed by unit; the strictest target of each unit.

    A unit may meet a national target and miss the county's own: the row with the larger gap
    stands for both.
    """
    rows = table[(table["indicator"] == indicator) & (table["level"] == level)]
    hardest = ["gap" if "gap" in rows else "gap_pct", "target"]
    worst = rows.sort_values(hardest, ascending=False, na_position="last")
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


def unit_name(row: Any, *, lang: Lang, between: str = " ") -> str:
    """Name of a unit from any row that has ``name`` and perhaps ``name_en``."""
    return join(text_of(row.name), text_of(getattr(row, "name_en", "")), lang=lang, between=between)


def indicator_names(table: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Indicators of a table, in the order of the labels, with Chinese and English name."""
    own = labels()["indicators"]
    found = table.drop_duplicates("indicator").set_index("indicator")
    order = [k for k in own if k in found.index] + [k for k in found.index if k not in own]
    return {
        key: (own[key]["zh"], own[key]["en"])
        if key in own
        else (
            text_of(found.at[key, "indicator_name_zh"]) or key,
            text_of(found.at[key, "indicator_name"]) or key,
        )
        for key in order
    }


def unit_symbol(unit: object, *, lang: Lang) -> str:
    """Unit of measure, such as "%", without saying it twice."""
    entry = labels()["units"].get(text_of(unit))
    return join(entry["zh"], entry["en"], lang=lang, between=" ") if entry else text_of(unit)


def units_in_order(table: pd.DataFrame, levels: Iterable[str]) -> pd.DataFrame:
    """Units of some levels, each once, level by level, in the table's order."""
    columns = ["level", "unit", "name", "name_en"]
    parts = [table.loc[table["level"] == level, columns] for level in levels]
    return pd.concat(parts).drop_duplicates(["level", "unit"], ignore_index=True)


def shown(value: float, target: float = math.nan) -> str:
    """A figure to read: one decimal, and more where rounding would carry it over its target.

    Examples
    --------
    >>> shown(79.96), shown(79.96, 80.0), shown(2864.3)
    ('80.0', '79.96', '2,864')
    """
    if not math.isfinite(value):
        return ""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1f}"
    slack = 1e-9 * max(abs(target), 1.0)
    for digits in (2, 3, 4):
        rounded = float(text.replace(",", ""))
        below, above = value < target - slack, value > target + slack
        if (rounded < target, rounded > target) == (below, above) or math.isnan(target):
            break
        text = f"{value:,.{digits}f}"
    return text


def interval_of(record: Any) -> str:
    """Interval of a figure, such as ``"58.1–63.0"``; empty where there is none."""
    low, high = (float(record.get(side, math.nan)) for side in ("low", "high"))
    known = math.isfinite(low) and math.isfinite(high)
    return f"{shown(low)}–{shown(high)}" if known else ""


def goal_text(record: Any, *, common: float | None = None) -> str:
    """Target of one row, such as ``">= 80"``; empty when it is the one that all rows share."""
    target = float(record["target"])
    if math.isnan(target) or target == common:
        return ""
    return f"{text_of(record['comparison']) or '>='} {target:g}"

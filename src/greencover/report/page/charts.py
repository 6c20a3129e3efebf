"""Bars of the page: each indicator by township."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from greencover.report.figures import Goal
from greencover.report.judged import judged
from greencover.report.labels import Lang
from greencover.report.selection import (
    held_against,
    name_of,
    shown,
    target_of,
    text_of,
    unit_sign,
)

if TYPE_CHECKING:
    import pandas as pd


def charts(table: pd.DataFrame, lang: Lang) -> list[dict[str, Any]]:
    """One chart an indicator: townships from the highest figure down, with the shared target."""
    result = []
    for column in judged(table):
        rows = column.on("township").sort_values("value", ascending=False)
        if rows.empty:
            continue
        shared = target_of(rows)
        goal = Goal.of(rows[rows["target"].notna()].iloc[0]) if shared is not None else None
        top = max([float(v) for v in rows["value"].dropna()] + [shared or 0.0], default=0.0) or 1.0
        result.append(
            {
                "name": column.name,
                "unit": unit_sign(rows["unit_of_measure"].iloc[0], lang),
                "goal": goal.text if goal else "",
                "mark": round(100 * goal.value / top, 2) if goal else None,
                "bars": [_bar(record, top) for record in rows.to_dict("records")],
            }
        )
    return result


def _bar(record: dict[Any, Any], top: float) -> dict[str, Any]:
    value = float(record["value"])
    known = math.isfinite(value)
    return {
        "name": name_of(record),
        "verdict": text_of(record["verdict"]),
        "share": round(100 * max(value, 0.0) / top, 2) if known else 0,
        "figure": shown(value, *held_against(record)) or "–",
    }

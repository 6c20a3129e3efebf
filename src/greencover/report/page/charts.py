"""Bars of the page: each indicator by township."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from greencover.report.selection import (
    goal_text,
    indicator_names,
    rates,
    shown,
    target_of,
    text_of,
    unit_symbol,
)

if TYPE_CHECKING:
    import pandas as pd


def charts(table: pd.DataFrame) -> list[dict[str, Any]]:
    """One chart an indicator: townships from the highest figure down, with the shared target."""
    result = []
    for key, names in indicator_names(table[table["level"] == "township"]).items():
        rows = rates(table, key, "township").sort_values("value", ascending=False)
        goal = target_of(rows)
        top = max([float(v) for v in rows["value"].dropna()] + [goal or 0.0], default=0.0) or 1.0
        result.append(
            {
                "name": names,
                "unit": unit_symbol(rows["unit_of_measure"].iloc[0], lang="en"),
                "goal": goal_text(rows.iloc[0]).replace(">=", "≥").replace("<=", "≤")
                if goal is not None
                else "",
                "mark": round(100 * goal / top, 2) if goal is not None else None,
                "bars": [_bar(record, top) for record in rows.to_dict("records")],
            }
        )
    return result


def _bar(record: dict[Any, Any], top: float) -> dict[str, Any]:
    value = float(record["value"])
    known = math.isfinite(value)
    return {
        "name": (text_of(record["name"]), text_of(record["name_en"])),
        "verdict": text_of(record["verdict"]),
        "share": round(100 * max(value, 0.0) / top, 2) if known else 0,
        "figure": shown(value, float(record["target"])) or "–",
    }

"""Tables of a corridor as its page shows them: fewer columns, in the language in force."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from greencover.report.labels import label
from greencover.words import label_of, language

_SHOWN = (
    "road", "water", "grade", "unit", "reason", "priority", "side", "chainage", "length_m",
    "cover_now", "side_km", "greened_km", "gap_km", "excluded_km", "unobserved_km", "not_seen_km",
    "greenable_km", "greening_pct", "low_pct", "high_pct", "without_pct", "plant_mu", "trees",
    "note",
)  # fmt: skip
_WORDS = {"grade": "grades", "side": "sides", "reason": "reasons", "cover_now": "covers"}


def page_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables under their headings, without those that have no row."""
    lang = language()
    return {
        label_of(name, "corridor_tables", lang) or name: _shown(table, lang)
        for name, table in tables.items()
        if len(table)
    }


def _shown(table: pd.DataFrame, lang: str) -> pd.DataFrame:
    shown = pd.DataFrame(table[[one for one in _SHOWN if one in table.columns]]).round(2)
    for column, group in _WORDS.items():
        if column in shown:
            shown[column] = [
                label(one, group, lang=lang) if one == one else "" for one in shown[column]
            ]
    return shown.rename(columns={one: _heading(one, lang) for one in shown.columns})


def _heading(column: str, lang: str) -> str:
    found = label_of(column, "corridor_columns", lang) or label_of(column, "columns", lang)
    return found or column

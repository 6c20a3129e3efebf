"""What was found, as columns of map layers: target, gap and verdict, and keys in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from greencover.report.labels import BOTH, Lang, alone, label, spoken
from greencover.report.selection import rates, text_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from greencover.indicators.registry import Indicator

#: Level of the table that judges each layer, and the column that names its units.
JUDGED = {
    "townships": ("township", "code"),
    "villages": ("village", "code"),
    "roads": ("road", "road"),
}

#: Ends of the columns that stand beside a figure.
TARGET, GAP, VERDICT = "_target", "_gap", "_verdict"

_SPOKEN = {
    "grade": "grades",
    "side": "sides",
    "status": "statuses",
    "reason": "reasons",
    "evidence": "evidence",
    "cover_now": "covers",
    "counts_for": "counts_for",
}
_STATUS = {"works": "plot_statuses", "claims": "claim_statuses"}


def judged(
    frame: gpd.GeoDataFrame,
    layer: str,
    table: pd.DataFrame,
    records: Mapping[str, Indicator],
) -> gpd.GeoDataFrame:
    """The layer with target, gap and verdict behind each figure that is judged or lacks data.

    Of several targets of a unit those columns tell the hardest, as the maps do; the gap is in the
    unit of the figure.

    Examples
    --------
    >>> towns = judged(
    ...     assessment.layers["townships"], "townships", assessment.table, assessment.records
    ... )
    >>> [name for name in towns if name.startswith("forest_pct")]
    ['forest_pct', 'forest_pct_target', 'forest_pct_gap', 'forest_pct_verdict']
    """
    if layer not in JUDGED:
        return frame
    level, named = JUDGED[layer]
    rows = _of_map(table[table["level"] == level])
    result = frame.copy()
    units = frame[named].astype(str)
    for indicator in dict.fromkeys(rows["indicator"]):
        figure = "greening_pct" if layer == "roads" else records[str(indicator)].map_column
        found = rates(rows, str(indicator), level).reindex(units)
        if figure not in result or not (set(found["verdict"].dropna()) - {"no target"}):
            continue
        place = list(result.columns).index(figure)
        gap = "gap" if "gap" in found else "gap_pct"
        for end, column in ((VERDICT, "verdict"), (GAP, gap), (TARGET, "target")):
            result.insert(place + 1, f"{figure}{end}", found[column].to_numpy())
    return result


def _of_map(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the figures that layers hold: of the whole unit where there is one of a part too."""
    if "scope" not in rows:
        return rows
    whole_first = rows.sort_values("scope", key=lambda scope: scope != "", kind="stable")
    held = whole_first.groupby(["unit", "indicator"])["scope"].transform("first")
    return rows[rows["scope"] == held.reindex(rows.index)]


def in_words(frame: gpd.GeoDataFrame, layer: str, *, lang: Lang = BOTH) -> gpd.GeoDataFrame:
    """The layer with its keys said in a column beside each: ``status_zh`` beside ``status``.

    Keys are English words; they are said in Chinese, or in another language that is asked for.
    """
    tongue = "zh" if lang in spoken(BOTH) or lang == BOTH else alone(lang)
    result = frame.copy()
    for field in map(str, frame.columns):
        group = _group(field, layer)
        if group is not None:
            words = [label(text_of(key), group, lang=tongue) for key in frame[field]]
            result.insert(list(result.columns).index(field) + 1, f"{field}_{tongue}", words)
    return result


def _group(field: str, layer: str) -> str | None:
    if field.endswith(VERDICT):
        return "verdicts"
    if field == "status" and layer in _STATUS:
        return _STATUS[layer]
    return _SPOKEN.get(field)

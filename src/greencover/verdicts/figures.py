"""Every figure of an assessment as tidy rows, before any target is asked.

County figures come from summed hectares, kilometres and residents, never from averaged rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from greencover.corridor.evidence import COVER
from greencover.corridor.resolving import GREENABLE
from greencover.corridor.result import CorridorGreening
from greencover.indicators import formulas
from greencover.indicators.registry import Indicator
from greencover.people.population import LEAST, MOST
from greencover.words import say

#: Code of the ground of a county that is in no township.
NO_TOWNSHIP = ""
# An interval of a table holds what was not observed as well as the errors of the map.
_FIGURES = {
    "unobserved_pct": "unobserved_pct",
    "low": "least",
    "high": "most",
    "sample_low": "sample_low",
    "sample_high": "sample_high",
}
#: What stands beside a rate of lengths: what was left out, all there is, and the rate of all; and
#: of roads what faces a median, and the length of the road itself.
OF_LENGTHS = ("excluded_km", "all_km", "greening_all_pct", "median_km", "road_km")
#: What leaves a figure open beside errors of a sample and unseen ground, and what would settle it;
#: said where a verdict is uncertain.
OPEN = "open"


def tidy(
    figures: pd.DataFrame, units: pd.DataFrame, level: str, record: Indicator, ground: str = ""
) -> pd.DataFrame:
    """Figures of a formula as rows that say whose they are, and of what.

    Parameters
    ----------
    figures
        In the order of the units.
    units
        ``unit``, ``name`` and ``name_en``.
    level, record, ground
        The level, the indicator, and the layer on whose ground it was counted.
    """
    nothing = pd.Series("", index=figures.index, dtype=object)
    length, per_head = record.formula == "length", record.formula == "per head"
    measure = "km" if length else "ha"
    # Built at once: setting columns one after the other costs a small county time.
    columns: dict[str, Any] = {
        "level": level,
        **{name: units[name] for name in ("unit", "name", "name_en")},
        "indicator": record.key,
        "indicator_name": record.name,
        "indicator_name_zh": record.name_zh,
        "value": figures["value"],
        "unit_of_measure": record.unit,
        "numerator": figures["numerator"],
        "denominator": figures["denominator"],
        "measure": measure,
        "per": "persons" if per_head else measure,
        **{name: figures[own] for name, own in _FIGURES.items()},
        **{name: figures.get(name, np.nan) for name in OF_LENGTHS},
        "ground": ground,
        "scope": record.scope_of(ground),
        "note": figures["note"],
        "proof": figures["proof"],
        OPEN: figures.get(OPEN, nothing),
    }
    return pd.DataFrame(columns, index=units.index).reset_index(drop=True)


def corridor_figures(
    greening: CorridorGreening,
    columns: Sequence[str],
    units: pd.DataFrame,
    *,
    grades: Sequence[str] = (),
) -> pd.DataFrame:
    """Greening rate of roads or waters, both sides counted.

    Parameters
    ----------
    greening
        Station sides.
    columns
        The column of the sides that names the units (none: the whole county).
    units
        ``unit`` of everything that must have a row, with or without roads.
    grades
        Count roads of these grades only.
    """
    sides = greening.sides
    if grades:
        sides = sides[sides["grade"].isin(grades)]
    chosen = replace(greening, sides=sides)
    rates = (
        chosen.lengths_by(*columns) if len(sides) else pd.DataFrame(columns=[*columns, "side_km"])
    )
    if columns:
        rates = rates.set_index(columns[0]).reindex(units["unit"])
    else:
        rates = rates.reindex(range(len(units)))
    if len(sides):
        rates = rates.join(_open_km(sides, columns))
    lengths = ["greened_km", "greenable_km", "side_km", "unobserved_km", "excluded_km"]
    lengths += ["doubtful_greened_km", "doubtful_gap_km", "on_cover_km", "not_seen_km"]
    lengths += ["low_pct", "high_pct"]
    lengths += ["median_km", "road_km"] if greening.of == "road" else []
    rates = rates.reindex(columns=lengths).fillna(0.0).set_axis(units.index, axis=0)
    figures = formulas.length(rates, greening.of, grades)
    if greening.resolving is None:
        return figures
    open_ = [
        greening.resolving.left_open(low, high, unseen_km) if low == low else ""
        for low, high, unseen_km in zip(
            figures["low"], figures["high"], rates["not_seen_km"], strict=True
        )
    ]
    return figures.assign(**{OPEN: pd.Series(open_, figures.index, dtype=object)})


def with_no_township(units: pd.DataFrame, held: pd.Series[str]) -> pd.DataFrame:
    """Townships, and a row for ground of the county in none of them where ``held`` has any.

    So rows sum to the county; nothing is asked of that ground.
    """
    if not (held == "").any():
        return units
    names = [say("verdicts.no_township", {}, lang) for lang in ("zh", "en")]
    row = pd.DataFrame({"unit": [NO_TOWNSHIP], "name": names[:1], "name_en": names[1:]})
    return pd.concat([units, row], ignore_index=True)


def _open_km(sides: gpd.GeoDataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Kilometres that evidence leaves open, by the first column.

    Judged from a part of their strip, so that they could be the other; or by the land cover alone.
    """
    km = sides["length_m"] / 1000.0
    doubtful = sides["doubtful"] if "doubtful" in sides else pd.Series(False, index=sides.index)
    parts = pd.DataFrame(
        {
            f"doubtful_{status}_km": km.where(doubtful & (sides["status"] == status), 0.0)
            for status in ("greened", "gap")
        }
    )
    evidence = sides["evidence"] if "evidence" in sides else pd.Series(COVER, index=sides.index)
    parts["on_cover_km"] = km.where(
        sides["status"].isin(GREENABLE) & evidence.isin([COVER, ""]), 0.0
    )
    if not columns:
        return parts.sum().to_frame().T
    return parts.groupby(sides[columns[0]], sort=False, dropna=False).sum()


def unit_names(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Code, names and, where known, residents of the units of a layer."""
    columns = ("code", "name", "name_en", "population", LEAST, MOST)
    wanted = [c for c in columns if c in frame.columns]
    return pd.DataFrame(frame[wanted]).rename(columns={"code": "unit"}).reset_index(drop=True)

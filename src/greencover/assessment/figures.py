"""Every figure of an assessment as tidy rows, before any target is asked.

County figures come from summed hectares, kilometres and residents, never from averaged rates.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from greencover.geodesy import HECTARE_M2
from greencover.indicators.corridor import RoadsideGreening
from greencover.indicators.forest import codes_of
from greencover.legends import Legend
from greencover.standards import INDICATORS

_KEYS = ("level", "unit", "name", "name_en")
_M2_PER_PERSON = "m²/person"
_EVERYTHING = ("unit", "name", "name_en")


def cover_figures(
    units: pd.DataFrame,
    areas: pd.DataFrame,
    legend: Legend,
    level: str,
    *,
    forest: Sequence[str],
    tree_cover: Sequence[str],
    green: Sequence[str],
) -> pd.DataFrame:
    """Forest coverage, tree cover rate and green coverage of units of one level."""
    observed = areas[list(legend.codes)].sum(axis=1)
    rows = []
    for indicator, covers in (
        ("forest_coverage", forest),
        ("tree_cover_rate", tree_cover),
        ("green_coverage", green),
    ):
        part = areas[list(codes_of(legend, covers))].sum(axis=1)
        note = np.where(observed > 0.0, "", "nothing of the unit was observed")
        rows.append(
            _figures(units, level, indicator, part, observed, "ha", _unobserved_pct(areas), note)
        )
    return pd.concat(rows, ignore_index=True)


def per_capita_figures(
    units: pd.DataFrame,
    level: str,
    indicator: str,
    green_ha: pd.Series[float],
    unobserved_pct: pd.Series[float],
) -> pd.DataFrame:
    """Square metres of green a resident."""
    residents = units["population"].astype(float)
    note = np.where(residents > 0.0, "", "no residents")
    return _figures(units, level, indicator, green_ha, residents, "ha", unobserved_pct, note)


def roadside_figures(
    roadside: RoadsideGreening,
    level: str,
    columns: Sequence[str],
    units: pd.DataFrame,
    *,
    grades: Sequence[str] = (),
) -> pd.DataFrame:
    """Roadside greening rate of units of one level, both sides of the road counted.

    Parameters
    ----------
    roadside
        Station sides.
    level, columns
        The level, and the columns of the sides that name its units (none: the whole county).
    units
        ``unit``, ``name``, ``name_en`` of every unit that must have a row, roads or not.
    grades
        Count roads of these grades only.
    """
    sides = roadside.sides
    if grades:
        sides = sides[sides["grade"].isin(grades)]
    chosen = RoadsideGreening(sides, roadside.parameters, roadside.notes)
    rates = chosen.rates_by(*columns) if len(sides) else pd.DataFrame(columns=[*columns, "side_km"])
    if columns:
        rates = rates.set_index(columns[0])
        rates = rates.reindex(units["unit"])
    else:
        rates = rates.reindex(range(len(units)))
    rates = rates.reindex(
        columns=["greened_km", "greenable_km", "side_km", "unobserved_km", "excluded_km"]
    ).fillna(0.0)
    rates.index = units.index
    none = np.where(rates["side_km"] > 0.0, "", "no roads" + (" of these grades" if grades else ""))
    barred = np.where(
        (rates["side_km"] > 0.0) & (rates["greenable_km"] == 0.0), "nothing that can be greened", ""
    )
    note = np.where(none != "", none, barred)
    if grades:
        note = np.where(note == "", f"roads of grade {', '.join(grades)}", note)
    unobserved = 100.0 * rates["unobserved_km"] / rates["side_km"].where(rates["side_km"] > 0.0)
    return _figures(
        units,
        level,
        "roadside_greening_rate",
        rates["greened_km"],
        rates["greenable_km"],
        "km",
        unobserved.fillna(0.0),
        note,
    )


def _unobserved_pct(areas: pd.DataFrame) -> pd.Series[float]:
    whole = areas.sum(axis=1)
    return 100.0 * areas["unobserved_ha"] / whole.where(whole > 0.0)


def _figures(
    units: pd.DataFrame,
    level: str,
    indicator: str,
    part: pd.Series[float],
    whole: pd.Series[float],
    measure: str,
    unobserved_pct: pd.Series[float],
    note: np.ndarray,
) -> pd.DataFrame:
    names = INDICATORS[indicator]
    head = units.rename(columns={"code": "unit"})[list(_EVERYTHING)]
    per_head = indicator.endswith("per_capita")
    scale = HECTARE_M2 if per_head else 100.0
    table = head.assign(
        level=level,
        indicator=indicator,
        indicator_name=names.name,
        indicator_name_zh=names.name_zh,
        value=scale * part / whole.where(whole > 0.0),
        unit_of_measure=_M2_PER_PERSON if per_head else "%",
        numerator=part,
        denominator=whole,
        measure=measure,
        per="persons" if per_head else measure,
        unobserved_pct=unobserved_pct,
        note=note,
    )
    return table[[*_KEYS, *(c for c in table.columns if c not in _KEYS)]].reset_index(drop=True)


def unit_names(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Code, names and, where known, residents of the units of a layer."""
    wanted = [c for c in ("code", "name", "name_en", "population") if c in frame.columns]
    return pd.DataFrame(frame[wanted]).rename(columns={"code": "unit"}).reset_index(drop=True)

"""Every figure of an assessment as tidy rows, before any target is asked.

County figures come from summed hectares, kilometres and residents, never from averaged rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from greencover.campaign.sample import ReferenceSample
from greencover.corridor.result import CorridorGreening
from greencover.cover import Legend
from greencover.ground.geodesy import HECTARE_M2
from greencover.indicators.forest import excess_wetland_ha
from greencover.indicators.shelterbelt import CROPLAND
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
    sample: ReferenceSample | None = None,
) -> pd.DataFrame:
    """Forest coverage, tree cover rate and green coverage of units of one level."""
    rows = [
        share_figures(units, areas, legend, level, indicator, covers, sample=sample)
        for indicator, covers in (
            ("forest_coverage", forest),
            ("tree_cover_rate", tree_cover),
            ("green_coverage", green),
        )
    ]
    return pd.concat(rows, ignore_index=True)


def share_figures(
    units: pd.DataFrame,
    areas: pd.DataFrame,
    legend: Legend,
    level: str,
    indicator: str,
    covers: Sequence[str],
    *,
    ground: str = "",
    excluded: Sequence[str] = (),
    also: Sequence[int] = (),
    sample: ReferenceSample | None = None,
) -> pd.DataFrame:
    """One share of land under some cover types.

    Parameters
    ----------
    units, areas
        Names of the units, and class areas of them or of their part in a layer.
    level, indicator
        What the rows are called.
    covers
        Cover types that count; a legend without any of them gives no rows.
    ground
        Layer whose ground in the unit the areas are of; empty for the whole unit.
    excluded
        Cover types that are not land.
    also
        Codes that count as well, whatever cover type they are under.
    sample
        Reference sample that corrects the areas and gives intervals.
    """
    codes = list(legend.codes_of(*covers))
    if not codes:
        return pd.DataFrame()
    codes += [code for code in also if code not in codes]
    observed = areas[list(legend.codes)].sum(axis=1)
    land = observed - areas[list(legend.codes_of(*excluded))].sum(axis=1)
    part = areas[codes].sum(axis=1)
    whole = observed + areas["unobserved_ha"]
    nothing = f"no {ground.replace('_', ' ')} in the unit" if ground else "the unit has no area"
    note = np.select(
        [whole <= 0.0, observed <= 0.0, land <= 0.0],
        [nothing, "nothing of the unit was observed", "no land"],
        default="",
    ).astype(object)
    low = high = pd.Series(np.nan, index=units.index)
    if sample is not None:
        shares = sample.shares(areas, legend, covers)
        scale = observed / land.where(land > 0.0)
        low, high = shares["share_low_pct"] * scale, shares["share_high_pct"] * scale
        shown = 100.0 * part / land.where(land > 0.0)
        told = "the map shows " + shown.map("{:.2f} %".format)
        note = np.where(note == "", told, note)
        part = shares["area_ha"].where(land > 0.0, part)
    return _figures(
        units,
        level,
        indicator,
        part,
        land,
        "ha",
        _unobserved_pct(areas),
        note,
        ground=ground,
        interval=(low, high),
    )


def service_figures(
    units: pd.DataFrame, served: pd.DataFrame, level: str, ground: str
) -> pd.DataFrame:
    """Park service coverage: served ground over the ground of a layer."""
    area = served["area_ha"]
    note = np.where(area > 0.0, "", f"no {ground.replace('_', ' ')} in the unit")
    nothing_hidden = pd.Series(0.0, index=units.index)
    return _figures(
        units,
        level,
        "park_service_coverage",
        served["served_ha"],
        area,
        "ha",
        nothing_hidden,
        note,
        ground=ground,
    )


def control_figures(
    units: pd.DataFrame, areas: pd.DataFrame, guarded: pd.DataFrame, legend: Legend, level: str
) -> pd.DataFrame:
    """Cropland within the protected distance of a shelterbelt over cropland."""
    codes = list(legend.codes_of(*CROPLAND))
    crops = areas[codes].sum(axis=1)
    note = np.where(crops > 0.0, "", "no cropland in the unit")
    return _figures(
        units,
        level,
        "shelterbelt_control",
        guarded[codes].sum(axis=1),
        crops,
        "ha",
        _unobserved_pct(areas),
        note,
        ground="shelterbelts",
    )


def with_wetland_rule(
    rows: pd.DataFrame, areas: pd.DataFrame, legend: Legend, limit_pct: float
) -> pd.DataFrame:
    """Rows of shares whose land lacks the wetland beyond a share of the territory.

    ``areas`` are indexed by the codes of the units.
    """
    excess = excess_wetland_ha(areas, legend, limit_pct).reindex(rows["unit"]).to_numpy()
    land = rows["denominator"] - excess
    scale = rows["denominator"] / land.where(land > 0.0)
    told = [
        f"{ha:,.1f} ha of wetland beyond {limit_pct:g} % of the territory left the land area"
        if ha > 0.0
        else ""
        for ha in excess
    ]
    return rows.assign(
        denominator=land,
        value=rows["value"] * scale,
        low=rows["low"] * scale,
        high=rows["high"] * scale,
        note=[
            "; ".join(text for text in pair if text)
            for pair in zip(rows["note"], told, strict=True)
        ],
    )


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


def corridor_figures(
    greening: CorridorGreening,
    indicator: str,
    level: str,
    columns: Sequence[str],
    units: pd.DataFrame,
    *,
    grades: Sequence[str] = (),
) -> pd.DataFrame:
    """Greening rate of roads or waters by units of one level, both sides counted.

    Parameters
    ----------
    greening
        Station sides.
    indicator
        What the rows are called.
    level, columns
        The level, and the columns of the sides that name its units (none: the whole county).
    units
        ``unit``, ``name``, ``name_en`` of every unit that must have a row, with or without roads.
    grades
        Count roads of these grades only.
    """
    sides = greening.sides
    if grades:
        sides = sides[sides["grade"].isin(grades)]
    chosen = replace(greening, sides=sides)
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
    nothing = f"no {greening.of}s" + (" of these grades" if grades else "")
    none = np.where(rates["side_km"] > 0.0, "", nothing)
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
        indicator,
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
    *,
    ground: str = "",
    interval: tuple[pd.Series[float] | float, pd.Series[float] | float] = (np.nan, np.nan),
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
        low=interval[0],
        high=interval[1],
        ground=ground,
        note=note,
    )
    return table[[*_KEYS, *(c for c in table.columns if c not in _KEYS)]].reset_index(drop=True)


def unit_names(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Code, names and, where known, residents of the units of a layer."""
    wanted = [c for c in ("code", "name", "name_en", "population") if c in frame.columns]
    return pd.DataFrame(frame[wanted]).rename(columns={"code": "unit"}).reset_index(drop=True)

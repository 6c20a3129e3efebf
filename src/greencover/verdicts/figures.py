"""Every figure of an assessment as tidy rows, before any target is asked.

County figures come from summed hectares, kilometres and residents, never from averaged rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.campaign.model import Settings
from greencover.corridor.evidence import COVER
from greencover.corridor.resolving import GAP, GREENABLE, GREENED, of_status
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
_ORDER: tuple[str, ...] = (
    "level",
    "unit",
    "name",
    "name_en",
    "indicator",
    "indicator_name",
    "indicator_name_zh",
)
_ORDER += ("value", "unit_of_measure", "numerator", "denominator", "measure", "per", *_FIGURES)
_ORDER += (*OF_LENGTHS, "ground", "scope", "note", "proof", OPEN)
Columns = dict[str, npt.NDArray[Any]]


def tidy(
    figures: pd.DataFrame, units: pd.DataFrame, level: str, record: Indicator, ground: str = ""
) -> Columns:
    """Figures of a formula as columns of rows that say whose they are, and of what.

    Parameters
    ----------
    figures
        In the order of the units.
    units
        ``unit``, ``name`` and ``name_en``.
    level, record, ground
        The level, the indicator, and the layer on whose ground it was counted.
    """
    length, per_head = record.formula == "length", record.formula == "per head"
    measure = "km" if length else "ha"
    words = {
        "level": level,
        "indicator": record.key,
        "indicator_name": record.name,
        "indicator_name_zh": record.name_zh,
        "unit_of_measure": record.unit,
        "measure": measure,
        "per": "persons" if per_head else measure,
        "ground": ground,
        "scope": record.scope_of(ground),
        OPEN: "",
    }
    own = {"value": "value", "numerator": "numerator", "denominator": "denominator", **_FIGURES}
    own |= {name: name for name in (*OF_LENGTHS, "note", "proof", OPEN) if name in figures}
    count = len(units)
    columns = {name: np.full(count, word, dtype=object) for name, word in words.items()}
    columns |= {name: np.full(count, np.nan) for name in OF_LENGTHS}
    columns |= {name: units[name].to_numpy() for name in ("unit", "name", "name_en")}
    columns |= {name: figures[source].to_numpy() for name, source in own.items()}
    return {name: columns[name] for name in _ORDER}


def as_rows(parts: Sequence[Columns]) -> pd.DataFrame:
    """Columns of several figures as one table, which is made at once.

    Columns of words cost far more than those of numbers, whatever their length.
    """
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    remarks = {name: pd.Series(columns[name], dtype=object) for name in ("note", OPEN)}
    return pd.DataFrame(columns | remarks)


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
    lengths = ["greened_km", "greenable_km", "side_km", "unobserved_km", "excluded_km"]
    lengths += ["doubtful_greened_km", "doubtful_gap_km", "on_cover_km", "not_seen_km"]
    lengths += ["low_pct", "high_pct"]
    lengths += ["median_km", "road_km"] if greening.of == "road" else []
    found: dict[str, Any] = {}
    row = np.full(len(units), -1)
    if len(sides):
        group, row = _rows_of(sides, columns, units)
        table = replace(greening, sides=sides).lengths_by(*columns)
        found = {name: table[name].to_numpy() for name in lengths if name in table}
        found |= _open_km(sides, group, len(table))
    rates = pd.DataFrame(
        {name: _by_unit(found[name], row) if name in found else 0.0 for name in lengths},
        index=units.index,
    )
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


def _rows_of(
    sides: gpd.GeoDataFrame, columns: Sequence[str], units: pd.DataFrame
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Number of the group of each side, and that of each unit, -1 where it has no sides."""
    if not columns:
        return np.zeros(len(sides), dtype=np.int64), np.zeros(len(units), dtype=np.int64)
    group, names = pd.factorize(sides[columns[0]], use_na_sentinel=False)
    return group, names.get_indexer(pd.Index(units["unit"]))


def _by_unit(figures: npt.NDArray[np.float64], row: npt.NDArray[np.int64]) -> npt.ArrayLike:
    """Figures of groups by unit; nothing where a unit has none."""
    own = figures[row]
    return np.where((row < 0) | np.isnan(own), 0.0, own)


def _open_km(
    sides: gpd.GeoDataFrame, group: npt.NDArray[np.int64], size: int
) -> dict[str, npt.NDArray[np.float64]]:
    """Kilometres that evidence leaves open, by group.

    Judged from a part of their strip, so that they could be the other; or by the land cover alone.
    """
    km = sides["length_m"].to_numpy() / 1000.0

    def length(which: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        sums = np.bincount(group[which], weights=km[which], minlength=size)
        return np.asarray(sums, dtype=np.float64)

    on_cover = of_status(sides, *GREENABLE)
    if "evidence" in sides:
        on_cover = on_cover & sides["evidence"].isin([COVER, ""]).to_numpy(dtype=bool)
    found = {"on_cover_km": length(on_cover)}
    if "doubtful" in sides:
        doubtful = sides["doubtful"].to_numpy(dtype=bool)
        for status in (GREENED, GAP):
            found[f"doubtful_{status}_km"] = length(doubtful & of_status(sides, status))
    return found


def county_name(campaign: Settings) -> pd.DataFrame:
    """One row with the code and the names of a county that has no outline of its own."""
    name = campaign.county or campaign.title
    english = campaign.county_en or campaign.county or campaign.title_en or campaign.title
    return pd.DataFrame({"unit": ["county"], "name": [name], "name_en": [english]})


def unit_names(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Code, names and, where known, residents of the units of a layer."""
    columns = ("code", "name", "name_en", "population", LEAST, MOST)
    wanted = [c for c in columns if c in frame.columns]
    return pd.DataFrame(frame[wanted]).rename(columns={"code": "unit"}).reset_index(drop=True)

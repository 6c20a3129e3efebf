"""Planting records and survival checks of a campaign, read from tables of an office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from greencover.campaign.compartments import check_compartments
from greencover.campaign.tasks import township_codes
from greencover.corridor.chainage import chainage_km
from greencover.corridor.claims import check_claims
from greencover.ground.errors import LayerError
from greencover.ground.geodesy import MU_PER_HECTARE
from greencover.indicators.progress import UNIT_WORDS
from greencover.layers import layer_name, rows_of
from greencover.layers.sheets import read_table
from greencover.layers.tables import as_numbers, as_text

if TYPE_CHECKING:
    from greencover.campaign.book_sections import Plantings, Survival
    from greencover.rasters import PolygonCells

_COLUMNS = (
    "road", "from_km", "to_km", "side", "township", "village", "compartment", "trees", "area",
    "unit", "species", "date", "responsible", "alive",
)  # fmt: skip
_OF_SURVIVAL = ("township", "responsible", "counted", "alive", "trees", "area", "unit")
_AREAS = ("ha", "mu")


def read_plantings(
    section: Plantings,
    townships: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame | None,
    villages: gpd.GeoDataFrame | None = None,
    compartments: PolygonCells | None = None,
) -> pd.DataFrame:
    """Read planting records; a key of the section names its column, else a heading of that name.

    A record of a village that has its name alone is of the township of the village.

    Raises
    ------
    LayerError
        A column is absent, an amount, a chainage, a road, a side, a township or a sub-compartment
        means nothing; the rows are named.
    """
    where = layer_name(section.path, None)
    result, constant = _named(section, _COLUMNS, where)
    result["side"] = result["side"].str.casefold()
    for key in ("from_km", "to_km"):
        result[key] = chainage_km(result[key].where(result[key] != "", None), where)
    for key in ("trees", "area", "alive"):
        result[key] = _amounts(result[key], key, where)
    result = _placed(_with_hectares(result, constant, where), townships, where)
    check_claims(result, None if roads is None else roads["road"], where)
    check_compartments(result["compartment"], compartments, where)
    return _of_villages(result, villages)


def read_survival(section: Survival, townships: gpd.GeoDataFrame) -> pd.DataFrame:
    """Read a filled form of survival checks, as ``read_plantings`` does records.

    Raises
    ------
    LayerError
        As of ``read_plantings``.
    """
    where = layer_name(section.path, None)
    result, constant = _named(section, _OF_SURVIVAL, where)
    for key in ("counted", "alive", "trees", "area"):
        result[key] = _amounts(result[key], key, where)
    return _placed(_with_hectares(result, constant, where), townships, where)


def _named(
    section: Plantings | Survival, columns: Sequence[str], where: str
) -> tuple[pd.DataFrame, str]:
    """Columns as text, "" where there is none, and the unit that holds for all rows."""
    named = {key: own for key in columns if (own := getattr(section, key)) is not None}
    constant = UNIT_WORDS.get(named.get("unit", ""), named.get("unit", ""))
    if constant in _AREAS:
        del named["unit"]
    raw = read_table(
        section.path,
        list(dict.fromkeys(named.values())),
        where=where,
        sheet=section.sheet,
        chosen=section.where,
        welcome=[key for key in columns if key not in named],
    ).reset_index(drop=True)
    texts = {
        key: as_text(raw[own])
        if (own := named.get(key, key)) in raw
        else pd.Series("", raw.index, dtype=object)
        for key in columns
    }
    return pd.DataFrame(texts), constant


def _with_hectares(result: pd.DataFrame, constant: str, where: str) -> pd.DataFrame:
    """Areas in hectares beside those that were entered."""
    result["unit"] = constant if constant in _AREAS else result["unit"].replace(UNIT_WORDS)
    strange = result["area"].notna() & ~result["unit"].isin(_AREAS)
    if strange.any():
        raise LayerError("campaign.planting_unit", where=where, rows=rows_of(strange))
    in_mu = np.where(result["unit"] == "mu", MU_PER_HECTARE, 1.0)
    return result.assign(area_ha=result["area"] / in_mu)


def _placed(result: pd.DataFrame, townships: gpd.GeoDataFrame, where: str) -> pd.DataFrame:
    """The code of the township in place of what it is called."""
    known = township_codes(townships)
    lost = (result["township"] != "") & ~result["township"].isin(list(known))
    if lost.any():
        raise LayerError("campaign.planting_township", where=where, rows=rows_of(lost))
    return result.assign(township=result["township"].map(known).fillna(""))


def _of_villages(result: pd.DataFrame, villages: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """The township of the village where a record names no township and one village fits."""
    if villages is None:
        return result
    named = pd.concat(
        [
            pd.DataFrame({"name": villages[column].astype(str), "township": villages["township"]})
            for column in ("code", "name", "name_en")
        ]
    ).drop_duplicates()
    alone = named[~named["name"].duplicated(keep=False)].set_index("name")["township"]
    own = result["village"].map(alone).fillna("").astype(str)
    return result.assign(township=result["township"].where(result["township"] != "", own))


def _amounts(texts: pd.Series[str], column: str, where: str) -> pd.Series[float]:
    """Numbers of a column, NaN where it is blank."""
    numbers = as_numbers(texts)
    wrong = (texts != "") & ~(numbers >= 0.0)
    if wrong.any():
        raise LayerError(
            "campaign.planting_amount", where=where, column=column, rows=rows_of(wrong)
        )
    return numbers

"""Planting records of a campaign, read from a table of an office."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

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
    from greencover.campaign.book_sections import Plantings

_COLUMNS = (
    "road", "from_km", "to_km", "side", "township", "village", "trees", "area", "unit", "species",
    "date", "responsible", "alive",
)  # fmt: skip
_AREAS = ("ha", "mu")


def read_plantings(
    section: Plantings, townships: gpd.GeoDataFrame, roads: gpd.GeoDataFrame | None
) -> pd.DataFrame:
    """Read planting records; a key of the section names its column, else a heading of that name.

    Raises
    ------
    LayerError
        A column is absent, an amount, a chainage, a road, a side or a township means nothing; the
        rows are named.
    """
    where = layer_name(section.path, None)
    named = {key: own for key in _COLUMNS if (own := getattr(section, key)) is not None}
    constant = UNIT_WORDS.get(named.get("unit", ""), named.get("unit", ""))
    if constant in _AREAS:
        del named["unit"]
    raw = read_table(
        section.path,
        list(dict.fromkeys(named.values())),
        where=where,
        sheet=section.sheet,
        welcome=[key for key in _COLUMNS if key not in named],
    )
    given = {key: raw[named.get(key, key)] for key in _COLUMNS if named.get(key, key) in raw}
    table = pd.DataFrame(given, index=raw.index).reset_index(drop=True)
    texts = {
        key: as_text(table[key]) if key in table else pd.Series("", table.index, dtype=object)
        for key in _COLUMNS
    }
    result = pd.DataFrame(texts)
    result["side"] = result["side"].str.casefold()
    for key in ("from_km", "to_km"):
        result[key] = chainage_km(table[key], where) if key in table else np.nan
    for key in ("trees", "area", "alive"):
        result[key] = _amounts(result[key], key, where)
    result["unit"] = constant if constant in _AREAS else result["unit"].replace(UNIT_WORDS)
    strange = result["area"].notna() & ~result["unit"].isin(_AREAS)
    if strange.any():
        raise LayerError("campaign.planting_unit", where=where, rows=rows_of(strange))
    in_mu = np.where(result["unit"] == "mu", MU_PER_HECTARE, 1.0)
    result["area_ha"] = result["area"] / in_mu
    known = township_codes(townships)
    lost = (result["township"] != "") & ~result["township"].isin(list(known))
    if lost.any():
        raise LayerError("campaign.planting_township", where=where, rows=rows_of(lost))
    result["township"] = result["township"].map(known).fillna("")
    check_claims(result, None if roads is None else roads["road"], where)
    return result


def _amounts(texts: pd.Series[str], column: str, where: str) -> pd.Series[float]:
    """Numbers of a column, NaN where it is blank."""
    numbers = as_numbers(texts)
    wrong = (texts != "") & ~(numbers >= 0.0)
    if wrong.any():
        raise LayerError(
            "campaign.planting_amount", where=where, column=column, rows=rows_of(wrong)
        )
    return numbers

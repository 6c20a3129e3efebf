"""Planting records without coordinates: what was reported planted along which road.

A record is a claim until somebody sees it: a road and two chainages put it on the map, what the
land cover or a check sees there stands beside it, and no side becomes greened by a record alone.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from greencover.corridor._gaps import chainage_label
from greencover.corridor.resolving import GAP, GREENED, NOT_SEEN
from greencover.corridor.sources.extent import SIDE_WORDS
from greencover.ground.errors import LayerError
from greencover.ground.geodesy import MU_PER_HECTARE
from greencover.layers.wording import rows_of

Bools = npt.NDArray[np.bool_]

#: Statuses of a claim: seen on at least half of what can be greened, in part, not at all, and
#: without a place.
SEEN, IN_PART, NOT_ESTABLISHED, NO_PLACE = (
    "seen", "seen in part", "planted, not established", "no place",
)  # fmt: skip
#: Key of the evidence that records are, where a campaign takes them for it.
CLAIMS = "claims"
#: What a claim counts for.
PLACE, COMPARTMENT = "place", "compartment"
ROAD, TOWNSHIP, NOTHING = "road", "township", "nothing"
_SEEN_FROM = 0.5
_SIDES = ("left", "right")
_LONLAT = "EPSG:4326"


def check_claims(plantings: pd.DataFrame, roads: pd.Series[Any] | None, where: str) -> None:
    """Refuse records of roads and sides that are not there, and of half a chainage.

    Parameters
    ----------
    plantings
        ``road``, ``from_km``, ``to_km``, ``side``.
    roads
        Names of the roads; None where there are none.
    where
        How messages call the table.

    Raises
    ------
    LayerError
        The rows are named.
    """
    known = set() if roads is None else set(roads.astype(str))
    unknown = (plantings["road"] != "") & ~plantings["road"].isin(known)
    if unknown.any():
        given = plantings.loc[unknown, "road"].iloc[0]
        raise LayerError("corridor.claim_road", where=where, road=given, rows=rows_of(unknown))
    strange = ~plantings["side"].isin(list(SIDE_WORDS))
    if strange.any():
        raise LayerError("corridor.claim_side", where=where, rows=rows_of(strange))
    half = plantings["from_km"].isna() != plantings["to_km"].isna()
    half |= plantings["from_km"].notna() & (plantings["road"] == "")
    if half.any():
        raise LayerError("corridor.claim_chainage", where=where, rows=rows_of(half))


def claimed_sides(plantings: pd.DataFrame, sides: pd.DataFrame) -> list[Bools]:
    """Station sides that each record with a chainage names; none for the others.

    Parameters
    ----------
    plantings
        ``road``, ``from_km``, ``to_km``, ``side``.
    sides
        ``road``, ``side``, ``from_m``, ``to_m``; a side belongs to a record with its middle.
    """
    road = sides["road"].astype(str).to_numpy()
    left = (sides["side"] == _SIDES[0]).to_numpy()
    middle = ((sides["from_m"] + sides["to_m"]) / 2.0).to_numpy()
    found = []
    ends = np.sort(1000.0 * plantings[["from_km", "to_km"]].to_numpy(dtype=np.float64), axis=1)
    for name, side, (low, high) in zip(plantings["road"], plantings["side"], ends, strict=True):
        words = SIDE_WORDS[str(side)]
        on = (road == name) & (middle >= low) & (middle <= high)
        found.append(np.asarray(on & np.where(left, 0 in words, 1 in words)))
    return found


def claims_of(plantings: pd.DataFrame, sides: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Records put on the map, with what was seen where they lie.

    Parameters
    ----------
    plantings
        A row a record: ``road``, ``from_km``, ``to_km`` (NaN without), ``side`` ("" for both),
        ``trees``, ``area_ha``, ``alive``, ``township`` (code) and what else is known of it.
    sides
        Station sides of the roads; None where there are none.

    Returns
    -------
    geopandas.GeoDataFrame
        The records, in longitude and latitude, with ``placed_km`` (both sides counted),
        ``greened_km``, ``gap_km`` and ``not_seen_km`` of it, ``counts_for`` ("place", "road",
        "township" or "nothing") and ``status``: "seen" where at least half of what can be greened
        is seen greened, "seen in part", "planted, not established" or "no place".

    Examples
    --------
    >>> sides = gpd.GeoDataFrame({"road": "S1", "side": "left", "from_m": [0.0, 20.0],
    ...     "to_m": [20.0, 40.0], "length_m": 20.0, "status": ["greened", "gap"], "unit": "T1"},
    ...     geometry=[shapely.LineString([(0, 0), (1, 0)])] * 2, crs=4326)
    >>> record = pd.DataFrame({"road": ["S1"], "from_km": 0.0, "to_km": 0.04, "side": "left",
    ...     "trees": 8.0, "area_ha": np.nan, "alive": np.nan, "township": ""})
    >>> claims_of(record, sides)[["placed_km", "greened_km", "status"]].values.tolist()
    [[0.04, 0.02, 'seen']]
    """
    claims = plantings.reset_index(drop=True)
    km = {name: np.full(len(claims), np.nan) for name in ("placed", GREENED, GAP, NOT_SEEN)}
    shapes: list[Any] = [None] * len(claims)
    units = claims["township"].tolist()
    named = [] if sides is None else claimed_sides(claims, sides)
    for row, on in enumerate(named):
        if sides is None or not on.any():
            # Without a chainage, or beyond the roads.
            continue
        own = _seen_by_others(sides[on])
        metres = own["length_m"].to_numpy()
        km["placed"][row] = metres.sum() / 1000.0
        for one in (GREENED, GAP, NOT_SEEN):
            km[one][row] = metres[(own["status"] == one).to_numpy()].sum() / 1000.0
        shapes[row] = shapely.line_merge(shapely.union_all(own.geometry.to_numpy()))
        if not units[row] and "unit" in own:
            longest = own.groupby(own["unit"].astype(str))["length_m"].sum()
            units[row] = str(longest.idxmax())
    placed = np.isfinite(km["placed"])
    can_be = km[GREENED] + km[GAP] + km[NOT_SEEN]
    share = np.divide(km[GREENED], can_be, out=np.zeros(len(claims)), where=can_be > 0.0)
    status = np.where(placed, claim_status(share), NO_PLACE)
    counts_for = np.select(
        [placed, claims["road"] != "", pd.Series(units) != ""],
        [PLACE, ROAD, TOWNSHIP],
        default=NOTHING,
    )
    return gpd.GeoDataFrame(
        claims.assign(
            township=units,
            chainage=[
                _chainage(*ends) for ends in claims[["from_km", "to_km"]].to_numpy(dtype=np.float64)
            ],
            area_mu=claims["area_ha"] * MU_PER_HECTARE,
            alive_pct=_alive_pct(claims),
            placed_km=km["placed"],
            greened_km=km[GREENED],
            gap_km=km[GAP],
            not_seen_km=km[NOT_SEEN],
            counts_for=counts_for,
            status=status,
        ),
        geometry=gpd.GeoSeries(shapes, index=claims.index),
        crs=_LONLAT if sides is None else sides.crs,
    )


def claim_status(share: npt.NDArray[np.float64]) -> npt.NDArray[np.str_]:
    """Status of claims by the share of their ground or length on which trees are seen.

    Examples
    --------
    >>> claim_status(np.array([0.0, 0.2, 0.5])).tolist()
    ['planted, not established', 'seen in part', 'seen']
    """
    return np.select([share >= _SEEN_FROM, share > 0.0], [SEEN, IN_PART], default=NOT_ESTABLISHED)


def _seen_by_others(sides: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Sides where those that count as greened by a record alone are gaps: nobody saw trees.

    All other evidence goes before records but the land cover, whose word stands beside.
    """
    if "evidence" not in sides:
        return sides
    alone = (sides["evidence"] == CLAIMS) & (sides["status"] == GREENED)
    alone &= sides["by_cover"] != GREENED
    return sides.assign(status=sides["status"].astype(object).mask(alone, GAP))


def _chainage(from_km: float, to_km: float) -> str:
    if np.isnan(from_km):
        return ""
    return f"{chainage_label(1000.0 * from_km)}-{chainage_label(1000.0 * to_km)}"


def _alive_pct(claims: pd.DataFrame) -> pd.Series[float]:
    """Living trees over planted ones."""
    pct: pd.Series[float] = 100.0 * claims["alive"] / claims["trees"].where(claims["trees"] > 0.0)
    return pct


def claims_by(claims: pd.DataFrame, by: str) -> pd.DataFrame:
    """Sums of records by road, township, who is responsible or sub-compartment.

    Parameters
    ----------
    claims
        As of :func:`claims_of`.
    by
        ``"road"``, ``"township"``, ``"responsible"`` or ``"compartment"``.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``name``, ``records``, ``trees``, ``area_ha``, ``area_mu``, ``placed_km``,
        ``greened_km``, ``gap_km``, ``not_seen_km`` and ``no_place``, the records without a place.

    Examples
    --------
    >>> records = pd.DataFrame({"road": ["S1", "S1"], "trees": [100.0, 360.0],
    ...     "area_ha": [1.0, np.nan], "area_mu": [15.0, np.nan], "placed_km": [1.0, np.nan],
    ...     "greened_km": 0.0, "gap_km": 0.0, "not_seen_km": 0.0, "status": ["seen", "no place"]})
    >>> claims_by(records, "road")[["name", "records", "trees", "area_mu"]].values.tolist()
    [['S1', 2, 460.0, 15.0]]
    """
    rows = claims[claims[by].fillna("").astype(str) != ""]
    sums = ["trees", "area_ha", "area_mu", "placed_km", "greened_km", "gap_km", "not_seen_km"]
    table = pd.DataFrame(rows)[[by, *sums]].groupby(by, sort=False)[sums].sum(min_count=1)
    table.insert(0, "records", rows.groupby(by, sort=False).size())
    table["no_place"] = (rows["status"] == NO_PLACE).groupby(rows[by], sort=False).sum()
    table = table.reset_index().rename(columns={by: "name"})
    table.insert(0, "by", by)
    return table

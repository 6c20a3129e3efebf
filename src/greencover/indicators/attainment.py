"""What it takes to reach a target: the smallest addition, and whether there is room for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from greencover.corridor.evidence import COVER
from greencover.corridor.resolving import GAP, GREENABLE
from greencover.cover import Legend
from greencover.cover.counted import codes_of, cover_types
from greencover.ground.geodesy import HECTARE_M2
from greencover.indicators.forest import FOREST
from greencover.indicators.formulas import NATURAL_WETLAND, excess_wetland_ha
from greencover.layers import require_number
from greencover.overlay import ClassAreas

#: Cover that may be planted. Cropland is restricted by the state and stays out unless it is named.
PLANTABLE = ("bare", "grass")
RESTRICTED = ("crop",)
_ROUNDING = 1e-9


def plantable_land(
    areas: pd.DataFrame,
    legend: Legend,
    *,
    plantable: Sequence[str] = PLANTABLE,
    restricted: Sequence[str] = RESTRICTED,
) -> pd.DataFrame:
    """Hectares that may be planted in each unit, by what stands there now.

    Parameters
    ----------
    areas
        From ``class_areas``.
    legend
        What its codes mean.
    plantable
        Cover types that may be planted.
    restricted
        Cover types whose planting is restricted: shown, never counted as room.

    Returns
    -------
    pandas.DataFrame
        ``plantable_{type}_ha`` for each type, ``plantable_ha`` = their sum, and
        ``restricted_{type}_ha``. A map shows what covers the ground, not whose it is or whether
        trees would grow: an upper bound.

    Examples
    --------
    >>> from greencover.cover import Legend
    >>> legend = Legend.from_codes(
    ...     {10: ("tree", "Trees"), 30: ("grass", "Grass"), 40: ("crop", "Fields")}
    ... )
    >>> areas = pd.DataFrame({10: [20.0], 30: [30.0], 40: [50.0]})
    >>> plantable_land(areas, legend)["plantable_ha"].item()
    30.0
    """
    areas = ClassAreas(areas)
    plantable = cover_types(plantable)
    table = pd.DataFrame(index=areas.index)
    for kind in plantable:
        table[f"plantable_{kind}_ha"] = areas[list(legend.codes_of(kind))].sum(axis=1)
    table["plantable_ha"] = table.sum(axis=1)
    for kind in cover_types(restricted):
        if kind not in plantable:
            table[f"restricted_{kind}_ha"] = areas[list(legend.codes_of(kind))].sum(axis=1)
    return table


def forest_needed(
    areas: pd.DataFrame,
    legend: Legend,
    target_pct: float,
    *,
    covers: Sequence[str] = FOREST,
    plantable: Sequence[str] = PLANTABLE,
    restricted: Sequence[str] = RESTRICTED,
    wetland_limit_pct: float | None = None,
    natural_wetland: Sequence[str] = NATURAL_WETLAND,
) -> pd.DataFrame:
    """Smallest addition that brings a share of land to a target, and the room for it.

    Parameters
    ----------
    areas, legend
        From ``class_areas``, and what its codes mean.
    target_pct
        The share to reach.
    covers
        Cover types that count: forest, or trees and shrubs, or all green.
    plantable, restricted
        As of ``plantable_land``; types that count already are no room.
    wetland_limit_pct, natural_wetland
        As of ``forest_coverage``.

    Returns
    -------
    pandas.DataFrame
        ``needed_ha`` (0 where met, NaN where nothing was observed), the columns of
        ``plantable_land``, ``best_pct`` (the share with all of it planted) and ``reachable``:
        "met", "yes", "no" or "no data".

    Examples
    --------
    A fifth of the land is forest, and 15 of 30 ha of grass would make it 35 %.

    >>> from greencover.cover import Legend
    >>> legend = Legend.from_codes(
    ...     {10: ("tree", "Trees"), 30: ("grass", "Grass"), 40: ("crop", "Fields")}
    ... )
    >>> areas = pd.DataFrame({10: [20.0], 30: [30.0], 40: [50.0]})
    >>> table = forest_needed(areas, legend, 35.0)
    >>> table[["needed_ha", "best_pct", "reachable"]].values.tolist()
    [[15.0, 50.0, 'yes']]
    """
    target_pct = require_number(target_pct, "target_pct", most=100.0)
    covers = cover_types(covers)
    open_types = [kind for kind in cover_types(plantable) if kind not in covers]
    areas = ClassAreas(areas)
    table = plantable_land(areas, legend, plantable=open_types, restricted=restricted)
    land = areas[list(legend.codes)].sum(axis=1)
    if wetland_limit_pct is not None:
        land = land - excess_wetland_ha(areas, legend, wetland_limit_pct, natural_wetland)
    present = areas[list(codes_of(legend, covers))].sum(axis=1)
    needed = target_pct / 100.0 * land - present
    return _with_answer(table, needed, table["plantable_ha"], land, present, 100.0)


def park_needed(
    green_ha: pd.Series[float],
    residents: pd.Series[float],
    target_m2: float,
    *,
    room_ha: pd.Series[float] | None = None,
) -> pd.DataFrame:
    """Smallest addition of park that brings green per resident to a target.

    Parameters
    ----------
    green_ha, residents
        Park area and residents of each unit.
    target_m2
        Square metres a resident.
    room_ha
        Ground that could become park; None: not known, and ``reachable`` says so.

    Returns
    -------
    pandas.DataFrame
        ``needed_ha``, ``plantable_ha`` (the room), ``best_m2_per_capita`` and ``reachable``: "met",
        "yes", "no", "not known" or "no data" (nobody lives there).

    Examples
    --------
    >>> green, residents = pd.Series([1.0]), pd.Series([1000])
    >>> table = park_needed(green, residents, 12.0, room_ha=pd.Series([0.1]))
    >>> table[["needed_ha", "best_m2_per_capita", "reachable"]].round(3).values.tolist()
    [[0.2, 11.0, 'no']]
    """
    target_m2 = require_number(target_m2, "target_m2", most=HECTARE_M2)
    people = residents.astype(float).where(residents > 0.0)
    room = pd.Series(np.nan, index=green_ha.index) if room_ha is None else room_ha
    needed = target_m2 * people / HECTARE_M2 - green_ha
    table = pd.DataFrame({"plantable_ha": room}, index=green_ha.index)
    result = _with_answer(table, needed, room, people, green_ha, HECTARE_M2)
    return result.rename(columns={"best_pct": "best_m2_per_capita"})


def belts_needed(
    sides: pd.DataFrame,
    target_pct: float,
    *,
    by: str | Sequence[str],
    plantable: Sequence[str] = ("bare", "grass", "shrub"),
    restricted: Sequence[str] = RESTRICTED,
    to_check: Sequence[str] = ("built",),
) -> pd.DataFrame:
    """Smallest length of new belts that brings the roadside greening rate to a target.

    Parameters
    ----------
    sides
        ``RoadsideGreening.sides``: ``length_m``, ``status`` and ``cover_now`` of station sides.
    target_pct
        The rate to reach.
    by
        Column or columns of ``sides`` that name the units: "road", "grade", "unit".
    plantable, restricted
        What may stand on a gap now for a belt to be planted there; what is restricted is shown
        apart (on cropland outside the road's own land, belts are held to 5 m along railways,
        national and provincial roads, to 3 m along county and township roads).
    to_check
        What may hold pits and verges that no map shows, and is to be looked at on site; so are
        trees of the map where a better source (``evidence``) found a gap.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``by``, side lengths in km (both sides of the road): ``greened_km``,
        ``greenable_km``, ``needed_km``, ``plantable_km``, ``restricted_km``, ``to_check_km``,
        ``other_gap_km`` (what cannot be planted, or is not seen), ``best_pct`` and ``reachable``:
        "met", "yes", "no" or "no data".

    Examples
    --------
    >>> sides = pd.DataFrame({"road": "S1", "length_m": [600.0, 300.0, 100.0]})
    >>> sides["status"] = ["greened", "gap", "gap"]
    >>> sides["cover_now"] = ["tree", "grass", "crop"]
    >>> table = belts_needed(sides, 80.0, by="road").round(3)
    >>> table[["needed_km", "plantable_km", "best_pct", "reachable"]].values.tolist()
    [[0.2, 0.3, 90.0, 'yes']]
    """
    target_pct = require_number(target_pct, "target_pct", most=100.0)
    km = sides["length_m"] / 1000.0
    gap = sides["status"] == GAP
    kind = sides["cover_now"]
    doubted = ~sides["evidence"].isin([COVER, ""]) if "evidence" in sides else False
    parts = {
        "greened_km": sides["status"] == "greened",
        "greenable_km": sides["status"].isin(GREENABLE),
        "plantable_km": gap & kind.isin(cover_types(plantable)),
        "restricted_km": gap & kind.isin(cover_types(restricted)),
        "to_check_km": gap & (kind.isin(cover_types(to_check)) | (doubted & (kind == "tree"))),
    }
    keys = [sides[by]] if isinstance(by, str) else [sides[one] for one in by]
    table = pd.DataFrame(
        {
            name: km.where(which, 0.0).groupby(keys, sort=False).sum()
            for name, which in parts.items()
        }
    )
    told = table[["greened_km", "plantable_km", "restricted_km", "to_check_km"]].sum(axis=1)
    table["other_gap_km"] = (table["greenable_km"] - told).clip(lower=0.0)
    whole = table["greenable_km"]
    needed = target_pct / 100.0 * whole - table["greened_km"]
    answer = _with_answer(
        table, needed, table["plantable_km"], whole, table["greened_km"], 100.0, unit="km"
    )
    order = ["greened_km", "greenable_km", "needed_km", "plantable_km", "restricted_km"]
    order += ["to_check_km"]
    return answer[[*order, *answer.columns.drop(order)]]


def answered(
    needed: pd.Series[float],
    room: pd.Series[float],
    value: pd.Series[float],
    whole: pd.Series[float],
    factor: pd.Series[float] | float,
) -> pd.DataFrame:
    """The smallest addition, the best figure that can be had, and whether that is enough.

    Parameters
    ----------
    needed, room
        What is missing and what there is room for; NaN where room is not known.
    value, whole, factor
        Figures = factor times what there is over the whole.

    Returns
    -------
    pandas.DataFrame
        ``needed`` (0 where met, NaN where the whole is nothing), ``best`` and ``reachable``:
        "met", "yes", "no", "not known" or "no data".
    """
    slack = _ROUNDING * whole.abs()
    whole = whole.where(whole > 0.0)
    known, met = whole.notna(), needed <= slack
    reachable = np.select(
        [~known, met, room.isna(), needed <= room + slack],
        ["no data", "met", "not known", "yes"],
        default="no",
    )
    return pd.DataFrame(
        {
            "needed": needed.clip(lower=0.0).mask(met, 0.0).where(known),
            "best": value + room * (factor / whole),
            "reachable": reachable,
        }
    )


def _with_answer(
    table: pd.DataFrame,
    needed: pd.Series[float],
    room: pd.Series[float],
    whole: pd.Series[float],
    present: pd.Series[float],
    factor: float,
    *,
    unit: str = "ha",
) -> pd.DataFrame:
    """Add what is needed, the best that can be had, and whether that is enough."""
    value = factor * present / whole.where(whole > 0.0)
    answer = answered(needed, room, value, whole, factor)
    result = table.copy()
    result.insert(0, f"needed_{unit}", answer["needed"])
    return result.assign(best_pct=answer["best"], reachable=answer["reachable"])

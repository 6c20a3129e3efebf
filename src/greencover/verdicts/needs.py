"""What it takes to meet each target that is not met, and whether there is room for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from greencover.corridor.resolving import NOT_SEEN
from greencover.ground.geodesy import HECTARE_M2
from greencover.indicators.attainment import PLANTABLE, answered, belts_needed, plantable_land
from greencover.verdicts.measure import LAYER_OF, Measured

_COLUMNS = ["level", "unit", "name", "name_en", "indicator", "indicator_name", "indicator_name_zh"]
_COLUMNS += ["standard", "comparison", "target", "unit_of_measure", "value", "verdict"]
_ROOM = ["plantable", "restricted", "to_check", "cannot"]
_OF_UNIT = {"road": "road", "road_grade": "grade", "township": "unit"}


def needs_of(table: pd.DataFrame, measured: Measured) -> pd.DataFrame:
    """Rows of the table that miss their target, with what would meet it.

    Returns
    -------
    pandas.DataFrame
        ``needed`` in ``measure`` (ha, or km of road side), the smallest addition;
        ``needed_a_year`` until the target year; ``plantable`` and ``restricted`` (cropland), what
        the map shows of room inside the unit, and of gaps beside roads ``to_check`` (what only a
        visit tells) and ``cannot`` (what cannot be planted); ``best``, the figure with all of it
        planted; ``reachable``: "yes", "no", or "not known" where room was not looked for.
    """
    campaign = measured.opened.campaign
    # What is asked of a share of the units is needed in units, not in ground.
    missed = table["verdict"].isin(["not met", "uncertain"]) & table["measure"].isin(["ha", "km"])
    # More of it does not help where the target is not to be passed.
    upward = table["comparison"].isin([">=", ">"])
    short = table[missed & upward & (table["gap"] > 0.0)]
    needs = pd.DataFrame(short[_COLUMNS]).reset_index(drop=True)
    short = short.reset_index(drop=True)
    in_km = short["measure"] == "km"
    needs["measure"] = np.where(in_km, "km", "ha")
    needs["needed"] = short["gap_km"].where(in_km, short["gap_ha"])
    first = campaign.year if campaign.year is not None else campaign.cover.year
    left = (campaign.target_year or 0) - (first or 0) if first and campaign.target_year else 0
    needs["needed_a_year"] = needs["needed"] / left if left > 0 else np.nan
    room = pd.DataFrame(np.nan, index=needs.index, columns=_ROOM)
    for number, row in enumerate(short.to_dict("records")):
        found = _road_room(row, measured) if in_km[number] else _land_room(row, measured)
        if found is not None:
            room.loc[number, _ROOM] = found
    needs[_ROOM] = room
    factor = pd.Series(np.where(short["unit_of_measure"] == "%", 100.0, HECTARE_M2), needs.index)
    answer = answered(
        needs["needed"], needs["plantable"], short["value"], short["denominator"], factor
    )
    needs[["best", "reachable"]] = answer[["best", "reachable"]]
    return needs


def _land_room(row: dict[Any, Any], measured: Measured) -> list[float] | None:
    """Plantable and restricted hectares of a unit; None where only a part of it is asked about."""
    record = measured.opened.campaign.records[row["indicator"]]
    name = LAYER_OF.get(row["level"])
    # Grass and bare ground have room for trees; only a plan says what may become a park.
    if record.improved_by != "planting" or name is None or row["ground"]:
        return None
    # What counts as green already is no room for more of it.
    counted = record.covers(measured.opened.campaign.cover)
    places = measured.units[name]["unit"].astype(str) == str(row["unit"])
    table = plantable_land(
        measured.areas[name][places.to_numpy()],
        measured.opened.cover.legend,
        plantable=[kind for kind in PLANTABLE if kind not in counted],
        restricted=[] if "crop" in counted else ["crop"],
    )
    crop = table["restricted_crop_ha"] if "restricted_crop_ha" in table else 0.0 * table.iloc[:, 0]
    return [float(table["plantable_ha"].iloc[0]), float(crop.iloc[0]), np.nan, np.nan]


def _road_room(row: dict[Any, Any], measured: Measured) -> list[float] | None:
    """Kilometres of gaps that may be planted, on cropland, to be checked, and of the others."""
    counts = measured.opened.campaign.records[row["indicator"]].counts
    greening = measured.waterside if counts == "waters" else measured.roadside
    if greening is None:
        return None
    sides = greening.sides
    if row["grades"]:
        sides = sides[sides["grade"].isin(row["grades"])]
    if row["level"] != "county":
        sides = sides[sides[_OF_UNIT[row["level"]]].astype(str) == str(row["unit"])]
    if not len(sides) or (sides["status"] == NOT_SEEN).any():
        return None
    table = belts_needed(sides.assign(all="all"), 100.0, by="all").iloc[0]
    kinds = ("plantable_km", "restricted_km", "to_check_km", "other_gap_km")
    return [float(table[kind]) for kind in kinds]

"""Planting records of a campaign beside what is seen where they lie."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd

from greencover.campaign.layers import OpenedCampaign
from greencover.campaign.tasks import township_names
from greencover.corridor.claims import COMPARTMENT, NOTHING, ROAD, TOWNSHIP, claims_by, claims_of
from greencover.corridor.roadside import RoadsideGreening
from greencover.ground.notes import Note
from greencover.ground.run import Run
from greencover.verdicts.compartments import in_compartments
from greencover.verdicts.layers import LONLAT

#: What records are summed by.
SUMMED_BY = ("road", "township", "responsible", "compartment")
_WITHOUT_PLACE = {
    ROAD: "verdicts.claims_of_roads",
    TOWNSHIP: "verdicts.claims_of_townships",
    NOTHING: "verdicts.claims_of_nothing",
}


def claims(
    opened: OpenedCampaign, roadside: RoadsideGreening | None, *, run: Run | None = None
) -> gpd.GeoDataFrame:
    """Records on the map, with the township by code and name; empty without a table of them."""
    if opened.plantings is None:
        return gpd.GeoDataFrame()
    found = claims_of(opened.plantings, None if roadside is None else roadside.sides)
    found = in_compartments(found, opened, run=run)
    names = township_names(opened.townships)
    found = found.rename(columns={"township": "township_code"})
    found.insert(0, "record", np.arange(1, len(found) + 1))
    found["township"] = found["township_code"].map(names).fillna("")
    return found.to_crs(LONLAT)


def claims_summed(found: pd.DataFrame) -> pd.DataFrame:
    """Sums by road, township, who is responsible and sub-compartment, one after the other."""
    if not len(found):
        return pd.DataFrame()
    return pd.concat([claims_by(found, by) for by in SUMMED_BY], ignore_index=True)


def claims_notes(found: pd.DataFrame, *, greens: bool) -> Iterator[Note]:
    """Say what records are worth: how many have a place, what is seen there, what they change."""
    if not len(found):
        return
    sums = {name: float(np.nansum(found[f"{name}_km"])) for name in ("placed", "greened")}
    yield Note("verdicts.claims", records=len(found), **sums)
    yield Note("verdicts.claims_green" if greens else "verdicts.claims_only")
    inside = found[found["counts_for"] == COMPARTMENT]
    if len(inside):
        # Several records may name one of them.
        once = inside.drop_duplicates("compartment")[["compartment_ha", "trees_ha"]].sum()
        placed, seen = float(once["compartment_ha"]), float(once["trees_ha"])
        yield Note("verdicts.claims_of_compartments", records=len(inside), placed=placed, seen=seen)
    for kind, code in _WITHOUT_PLACE.items():
        count = int((found["counts_for"] == kind).sum())
        if count:
            yield Note(code, records=count)

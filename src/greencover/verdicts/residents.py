"""Residents of villages shared out from their townships, and those of a part of each unit."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from greencover.campaign.layers import OpenedCampaign
from greencover.campaign.residents import shares_residents
from greencover.ground.notes import Note
from greencover.indicators._counting import ground_factor
from greencover.indicators.green_space import park_ha
from greencover.overlay.parts import followed_to, pieces_within
from greencover.people.population import share_out_population


def shared_residents(
    opened: OpenedCampaign, units: Mapping[str, gpd.GeoDataFrame]
) -> tuple[dict[str, gpd.GeoDataFrame], tuple[Note, ...]]:
    """Add residents to villages that have them from their townships, shared out by houses.

    Returns
    -------
    units, notes
        The layers of units, and how they were shared out.
    """
    if not shares_residents(opened, units):
        return dict(units), ()
    table = share_out_population(units["townships"], units["villages"], opened.plain_cover)
    villages = table.drop(columns="population_by_area")
    return {**units, "villages": villages}, table.attrs["notes"]


def residents_and_parks(
    units: gpd.GeoDataFrame,
    ground: gpd.GeoDataFrame,
    parks: gpd.GeoDataFrame | None,
    statutory_ha: str | None,
) -> pd.DataFrame:
    """Residents of a layer, such as built-up areas, and the parks on its ground, in each unit.

    Residents of an outline that several units share are split by its ground in each.

    Returns
    -------
    pandas.DataFrame
        ``population`` and, where there are parks, ``parks_ha``.
    """
    outlines = ground.geometry.to_numpy()
    shapes = followed_to(units.geometry, ground.crs).to_numpy()
    unit, outline = shapely.STRtree(outlines).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[unit], outlines[outline]))
    people = ground["population"].to_numpy(dtype=float)
    residents = people[outline] * shared / shapely.area(outlines)[outline]
    count = len(units)
    table = pd.DataFrame({"population": np.bincount(unit, weights=residents, minlength=count)})
    if parks is not None:
        where = Note("layers.called.campaign", name="built_up")
        owner, pieces = pieces_within(units, ground, where)
        sums = np.zeros(count)
        if len(pieces):
            frame = gpd.GeoDataFrame(geometry=pieces).reset_index(drop=True)
            np.add.at(sums, owner, park_ha(frame, parks).to_numpy())
        table["parks_ha"] = sums * np.asarray(ground_factor(units, statutory_ha))
    return table

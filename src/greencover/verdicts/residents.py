"""Residents of the units of a campaign that come from a grid or from larger units."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from greencover import layers as zones
from greencover.campaign.layers import OpenedCampaign
from greencover.ground.notes import Note
from greencover.indicators._counting import ground_factor
from greencover.indicators.green_space import park_ha
from greencover.overlay import ground_area_ha
from greencover.overlay.parts import followed_to, pieces_within
from greencover.people.population import population_from_raster, share_out_population

#: Column of the most residents that there may be, where a grid leaves ground without a value.
MOST = "population_most"


def with_residents(
    opened: OpenedCampaign, units: dict[str, gpd.GeoDataFrame]
) -> tuple[dict[str, gpd.GeoDataFrame], list[Note]]:
    """Add residents to townships and villages whose section names a grid or a sharing-out.

    Returns
    -------
    units, notes
        The layers of units, and how residents were come by where it was not from a table.
    """
    units, notes = dict(units), list[Note]()
    layers = opened.campaign.layers
    for name, section in (("townships", layers.townships), ("villages", layers.villages)):
        grid = section.population_grid if section is not None else None
        if grid is not None:
            zones.check_raster_source(grid.path, remote=grid.remote)
            table = population_from_raster(units[name], grid.path, kind=grid.kind, per=grid.per)
            blind = table.pop("population_unobserved_pct")
            units[name] = table.assign(**{MOST: _most_residents(table, blind)})
            notes.append(Note("verdicts.residents_of_grid", layer=name, grid=Path(grid.path).name))
            if (blind > 0.1).any():
                notes.append(Note("verdicts.grid_blind", layer=name, share=blind.max()))
    villages = layers.villages
    if villages is not None and villages.population_shared:
        townships = units["townships"]
        if "population" in townships and "population" not in units["villages"]:
            table = share_out_population(townships, units["villages"], opened.plain_cover)
            notes += table.attrs["notes"]
            units["villages"] = table.drop(columns="population_by_area")
    return units, notes


def _most_residents(units: gpd.GeoDataFrame, blind: pd.Series[float]) -> pd.Series[float]:
    """Residents of units where ground without a value is as full as the densest unit's ground."""
    ha = ground_area_ha(units)
    seen_ha = ha * (1.0 - blind / 100.0)
    densest = (units["population"] / seen_ha.where(seen_ha > 0.0)).max()
    most: pd.Series[float] = units["population"] + ha * blind / 100.0 * densest
    return most


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

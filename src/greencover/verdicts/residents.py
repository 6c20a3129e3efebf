"""Residents of the units of a campaign that come from a grid or from larger units."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from greencover import layers as zones
from greencover.campaign.layers import OpenedCampaign
from greencover.ground.notes import Note
from greencover.people.population import population_from_raster, share_out_population


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
            units[name] = table
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

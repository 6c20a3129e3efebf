"""Residents of the units of a campaign that come from a grid, and whether some are shared out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from greencover import layers as zones
from greencover.ground.notes import tell
from greencover.ground.secrets import file_name
from greencover.overlay import ground_area_ha
from greencover.people.population import MOST, population_from_raster, shared_from

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from greencover.campaign.layers import OpenedCampaign

# Percent of a unit without a value from which a grid is said to leave it out.
_BLIND_PCT = 0.1


def residents_of_grids(
    opened: OpenedCampaign, units: Mapping[str, gpd.GeoDataFrame]
) -> dict[str, gpd.GeoDataFrame]:
    """Units with the residents of the grids that their sections name; the others as they are."""
    found = dict(units)
    for name in units:
        grid = getattr(getattr(opened.campaign.layers, name), "population_grid", None)
        if grid is None:
            continue
        zones.check_raster_source(grid.path, remote=grid.remote)
        with zones.reaching_out(allowed=grid.remote):
            table = population_from_raster(units[name], grid.path, kind=grid.kind, per=grid.per)
        blind = table.pop("population_unobserved_pct")
        found[name] = table.assign(**{MOST: _most_residents(table, blind)})
        tell("campaign.residents_of_grid", layer=name, grid=file_name(grid.path))
        if (blind > _BLIND_PCT).any():
            tell("campaign.grid_blind", layer=name, share=blind.max())
    return found


def _most_residents(units: gpd.GeoDataFrame, blind: pd.Series[float]) -> pd.Series[float]:
    """Residents of units where ground without a value is as full as the densest unit's ground."""
    ha = ground_area_ha(units)
    seen_ha = ha * (1.0 - blind / 100.0)
    densest = (units["population"] / seen_ha.where(seen_ha > 0.0)).max()
    most: pd.Series[float] = units["population"] + ha * blind / 100.0 * densest
    return most


def shares_residents(opened: OpenedCampaign, units: Mapping[str, gpd.GeoDataFrame]) -> bool:
    """Whether villages get the residents of their townships, shared out by houses."""
    villages = opened.campaign.layers.villages
    return (
        villages is not None
        and villages.population_shared
        and "population" in units["townships"]
        and "population" not in units["villages"]
    )


def check_residents(opened: OpenedCampaign, units: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Refuse residents that cannot be shared out.

    Raises
    ------
    LayerError
        A township has no residents, such as one where the grid shows nothing.
    LegendError
        The legend has no houses by which they would be shared out.
    """
    if shares_residents(opened, units):
        shared_from(units["townships"], opened.plain_cover)

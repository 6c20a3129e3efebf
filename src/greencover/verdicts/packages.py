"""The gaps of a campaign's roads as work packages."""

from __future__ import annotations

import geopandas as gpd

from greencover.campaign.layers import OpenedCampaign
from greencover.campaign.tasks import township_names
from greencover.corridor.planting import planting_list
from greencover.corridor.roadside import RoadsideGreening
from greencover.corridor.work_packages import work_packages
from greencover.verdicts.layers import LONLAT


def planned_packages(opened: OpenedCampaign, roadside: RoadsideGreening | None) -> gpd.GeoDataFrame:
    """Work packages as the campaign plans them; empty where it does not."""
    plan = opened.campaign.planting
    if plan is None or roadside is None:
        return gpd.GeoDataFrame()
    gaps = planting_list(
        roadside,
        villages=opened.villages,
        settlements=opened.built_up,
        spacing_m=plan.spacing_m,
        rows=plan.rows,
        row_spacing_m=plan.row_spacing_m,
        least_length_m=plan.least_length_m,
    )
    towns = opened.townships.set_index("code")[["name", "name_en"]]
    responsible = township_names(opened.townships) | plan.responsible
    packages = work_packages(
        gaps, seasons=plan.seasons, responsible=responsible, form=opened.work_form
    )
    packages.insert(1, "township", packages["unit"].map(towns["name"]).fillna(""))
    packages.insert(2, "township_en", packages["unit"].map(towns["name_en"]).fillna(""))
    moved = {
        name: gpd.GeoSeries(packages[name], crs=packages.crs).to_crs(LONLAT)
        for name in ("belt", "places")
    }
    return packages.assign(**moved).to_crs(LONLAT)

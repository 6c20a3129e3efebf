"""Planted plots of a campaign, held against two maps."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd

from greencover.campaign.layers import OpenedCampaign
from greencover.indicators.progress import planted_status
from greencover.verdicts.layers import LONLAT


def planted_works(opened: OpenedCampaign) -> gpd.GeoDataFrame | None:
    """Status of each plot, in longitude and latitude; None where the campaign has no plots."""
    if opened.works is None or opened.earlier is None:
        return None
    plots = opened.works[["name", opened.works.geometry.name]].reset_index(drop=True)
    covers = opened.campaign.cover.tree_cover
    result = planted_status(plots, opened.earlier, opened.plain_cover, covers=covers)
    notes = result.attrs["notes"]
    result = result.to_crs(LONLAT)
    result.attrs["notes"] = notes
    return result


def works_notes(works: gpd.GeoDataFrame | None) -> Iterator[str]:
    """Count the plots by status, and say what a comparison of two maps cannot tell."""
    if works is None:
        return
    counts = works["status"].value_counts(sort=False)
    shown = ", ".join(f"{number} {status}" for status, number in counts.items())
    yield f"planted plots: {shown}"
    yield from works.attrs["notes"]

"""Planted plots of a campaign, held against two maps."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd

from greencover.campaign.layers import OpenedCampaign
from greencover.ground.notes import Note
from greencover.ground.run import Run
from greencover.indicators.progress import BEFORE, HIDDEN, NOT_YET, SEEN, planted_status
from greencover.verdicts.layers import LONLAT
from greencover.words import Listed

_COUNTED = {
    SEEN: "verdicts.plots_seen",
    NOT_YET: "verdicts.plots_not_yet",
    BEFORE: "verdicts.plots_green_before",
    HIDDEN: "verdicts.plots_unobserved",
}


def planted_works(opened: OpenedCampaign, *, run: Run | None = None) -> gpd.GeoDataFrame | None:
    """Status of each plot, in longitude and latitude; None where the campaign has no plots."""
    if opened.works is None or opened.earlier is None:
        return None
    plots = opened.works[["name", opened.works.geometry.name]].reset_index(drop=True)
    covers = opened.campaign.cover.tree_cover
    result = planted_status(plots, opened.earlier, opened.plain_cover, covers=covers, run=run)
    notes = result.attrs["notes"]
    result = result.to_crs(LONLAT)
    result.attrs["notes"] = notes
    return result


def works_notes(works: gpd.GeoDataFrame | None) -> Iterator[Note]:
    """Count the plots by status, and say what a comparison of two maps cannot tell."""
    if works is None:
        return
    counts = works["status"].value_counts(sort=False)
    shown = [Note(_COUNTED[str(status)], plots=number) for status, number in counts.items()]
    yield Note("verdicts.plots", counts=Listed(tuple(shown), len(shown), "comma"))
    yield from works.attrs["notes"]

"""The first stage of an assessment: a campaign up to the overlay, with every refusal behind it.

``check`` and ``assess`` both go through here, so that what one of them refuses the other does too,
in the same words, and before the long pass over the raster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from greencover.campaign.corridors import campaign_banks, campaign_roads
from greencover.campaign.cover_codes import check_codes
from greencover.campaign.residents import check_residents, residents_of_grids, shares_residents
from greencover.campaign.tasks import tasks_of, township_codes, township_names
from greencover.cover.counted import codes_of
from greencover.ground.notes import tell
from greencover.indicators._counting import ground_factor
from greencover.indicators.change import check_transitions
from greencover.indicators.completion import completion_by
from greencover.overlay.areas import zone_areas_ha
from greencover.overlay.statutory import adjust_to_statutory

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.campaign.layers import OpenedCampaign
    from greencover.corridor._layout import Layout

#: Layers whose polygons have figures of their own.
UNITS = ("county", "townships", "villages")


@dataclass(frozen=True)
class Prepared:
    """A campaign of which nothing is left to refuse.

    Attributes
    ----------
    opened
        The campaign and its layers.
    units
        Layers of units by name, rows counted from 0, with the residents of grids.
    roads, banks
        Roadsides and banks as they will be counted; None and empty without such layers.
    completion
        How far the tasks are.
    """

    opened: OpenedCampaign
    units: Mapping[str, gpd.GeoDataFrame]
    roads: Layout | None
    banks: tuple[Layout, ...]
    completion: pd.DataFrame

    @property
    def shares_residents(self) -> bool:
        """Whether villages get the residents of their townships, shared out by houses."""
        return shares_residents(self.opened, self.units)


def prepare(opened: OpenedCampaign) -> Prepared:
    """Take an opened campaign as far as the overlay.

    Raises
    ------
    LayerError, CrsError, NoOverlapError, RasterError, LegendError
        An input cannot be used; the message names it.
    """
    units = {name: opened.layers[name] for name in UNITS if name in opened.layers}
    units = {name: frame.reset_index(drop=True) for name, frame in units.items()}
    roads, banks = campaign_roads(opened), campaign_banks(opened)
    _check_areas_on_file(opened, units)
    if not opened.campaign.cover.remote:
        check_codes(units, opened.plain_cover)
    _check_works(opened)
    units = residents_of_grids(opened, units)
    check_residents(opened, units)
    _tell_years(opened)
    return Prepared(opened, units, roads, banks, _completion(opened))


def _completion(opened: OpenedCampaign) -> pd.DataFrame:
    """Completion of the plan; townships by name, however tasks call them."""
    tasks = tasks_of(opened.campaign)
    if not len(tasks):
        return pd.DataFrame()
    townships = opened.townships
    names, codes = township_names(townships), township_codes(townships)
    return completion_by(tasks.assign(township=tasks["township"].map(codes).map(names)))


def _check_areas_on_file(opened: OpenedCampaign, units: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Hold areas on file against the outlines, as the raster and as parks measure them."""
    for frame in units.values():
        if "statutory_ha" not in frame:
            continue
        whole = zone_areas_ha(frame, opened.cover, area=opened.campaign.area).to_numpy()
        measured = pd.DataFrame({"whole": whole}, index=frame["name"].astype(str).to_numpy())
        adjust_to_statutory(measured, frame["statutory_ha"].astype(float).tolist())
        if opened.parks is not None:
            ground_factor(frame.set_axis(measured.index, axis=0), "statutory_ha")


def _check_works(opened: OpenedCampaign) -> None:
    """Hold the land cover from before the works against that of the campaign."""
    section = opened.campaign.layers.works
    if opened.works is None or opened.earlier is None or section is None:
        return
    after = opened.plain_cover
    codes_of(after.legend, opened.campaign.cover.tree_cover)
    near = not (section.remote or opened.campaign.cover.remote)
    plots = opened.works[areal(opened.works)]
    if len(plots):
        check_transitions(plots, opened.earlier, after, by="cover", cells=near)


def areal(frame: gpd.GeoDataFrame) -> pd.Series[bool]:
    """Which rows of a layer are polygons."""
    return frame.geom_type.isin(["Polygon", "MultiPolygon"])


def _tell_years(opened: OpenedCampaign) -> None:
    """Say where the land cover from before the works is not from before."""
    before, now = opened.earlier, opened.cover.year
    if before is not None and before.year is not None and now is not None and before.year >= now:
        tell("campaign.works_not_before", before=before.year, now=now)

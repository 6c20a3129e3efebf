"""Works of a campaign: planted plots held against two maps, lines and points as they are."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd

from greencover.campaign.layers import OpenedCampaign
from greencover.campaign.prepared import areal
from greencover.campaign.tasks import township_codes
from greencover.ground.datums import moved_to
from greencover.ground.geodesy import require_crs
from greencover.ground.notes import Note
from greencover.ground.run import Run
from greencover.indicators.progress import BEFORE, HIDDEN, NOT_YET, SEEN, planted_status
from greencover.overlay import ground_area_ha
from greencover.verdicts.layers import LONLAT
from greencover.words import Listed

_COUNTED = {
    SEEN: "verdicts.plots_seen",
    NOT_YET: "verdicts.plots_not_yet",
    BEFORE: "verdicts.plots_green_before",
    HIDDEN: "verdicts.plots_unobserved",
}
_MEASURED = ("plot_ha", "green_before_ha", "gained_ha", "gained_pct", "unobserved_pct", "status")
_OURS = (*_MEASURED, "length_km", "township_code")


def planted_works(opened: OpenedCampaign, *, run: Run | None = None) -> gpd.GeoDataFrame | None:
    """Works with all their columns, in longitude and latitude; None where there are none.

    Plots have what two maps show of them where there is an earlier land cover, lines their length;
    each has the township that it lies in, unless a column names one.
    """
    if opened.works is None:
        return None
    works = opened.works.reset_index(drop=True)
    works = works.rename(columns={one: f"{one}_own" for one in _OURS if one in works})
    flat = areal(works)
    measures = pd.DataFrame(index=works.index, columns=[], dtype=object)
    measures["status"] = ""
    notes: tuple[Note, ...] = ()
    if flat.any():
        plots = works.loc[flat, [works.geometry.name]]
        measures["plot_ha"] = ground_area_ha(plots)
        if opened.earlier is not None:
            covers = opened.campaign.cover.tree_cover
            one = plots.reset_index(drop=True)
            found = planted_status(one, opened.earlier, opened.plain_cover, covers=covers, run=run)
            notes = found.attrs["notes"]
            for column in _MEASURED:
                own = pd.Series(found[column].to_numpy(), index=plots.index)
                measures[column] = own.reindex(works.index)
            measures["status"] = measures["status"].fillna("")
    lines = works.geom_type.isin(["LineString", "MultiLineString"])
    if lines.any():
        measures["length_km"] = _length_km(works.geometry).where(lines)
    result = works.join(measures).to_crs(LONLAT)
    result["township_code"] = _townships(result, opened)
    result.attrs["notes"] = notes
    return result


def _length_km(shapes: gpd.GeoSeries) -> pd.Series[float]:
    """Kilometres along lines on the ellipsoid."""
    crs = require_crs(shapes.crs)
    geodetic = crs.geodetic_crs or crs
    geod = geodetic.get_geod()
    assert geod is not None
    metres = [geod.geometry_length(shape) for shape in shapes.to_crs(geodetic)]
    return pd.Series(np.array(metres) / 1000.0, index=shapes.index)


def _townships(works: gpd.GeoDataFrame, opened: OpenedCampaign) -> pd.Series[str]:
    """Code of the township that each work names, or lies in; "" for none."""
    frame = opened.townships
    known = township_codes(frame)
    shapes = moved_to(frame.geometry, works.crs)
    places = gpd.GeoDataFrame(geometry=works.representative_point(), crs=works.crs)
    outlines = gpd.GeoDataFrame(
        {"code": frame["code"].to_numpy()}, geometry=shapes.to_numpy(), crs=works.crs
    )
    joined = places.sjoin(outlines, how="left", predicate="intersects")
    inside = joined["code"][~joined.index.duplicated()].reindex(works.index)
    if "township" in works:
        inside = works["township"].map(known).where(lambda one: one.notna(), inside)
    return inside.fillna("").astype(str)


def works_notes(works: gpd.GeoDataFrame | None) -> Iterator[Note]:
    """Count the plots by status, and say what a comparison of two maps cannot tell."""
    if works is None:
        return
    held = works.loc[works["status"] != "", "status"]
    counts = held.value_counts(sort=False)
    if len(counts):
        shown = [Note(_COUNTED[str(status)], plots=number) for status, number in counts.items()]
        yield Note("verdicts.plots", counts=Listed(tuple(shown), len(shown), "comma"))
    if len(held) < len(works):
        yield Note("verdicts.works_not_held", works=len(works) - len(held))
    yield from works.attrs["notes"]

"""Planting records that name a sub-compartment: its polygon, its township, what is seen on it."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.campaign.compartments import compartments_of
from greencover.campaign.ground import townships_by_overlap
from greencover.campaign.layers import OpenedCampaign
from greencover.corridor.claims import COMPARTMENT, claim_status
from greencover.ground.datums import moved_to
from greencover.ground.geodesy import require_crs
from greencover.ground.run import Run
from greencover.overlay import class_areas


def in_compartments(
    found: gpd.GeoDataFrame, opened: OpenedCampaign, *, run: Run | None = None
) -> gpd.GeoDataFrame:
    """Records with the polygon of the sub-compartment that they name, where they have no place yet.

    ``compartment_ha`` is its ground, ``trees_ha`` what of it the land cover shows as tree cover;
    the township is that of most of it, unless the record names one.
    """
    named = compartments_of(opened.cover, opened.books)
    rows = np.flatnonzero((found["compartment"] != "") & found.geometry.isna())
    if named is None or named.names is None or not len(rows):
        return found
    place = pd.Index(named.names).get_indexer_for(pd.Index(found["compartment"].iloc[rows]))
    plots = gpd.GeoDataFrame(geometry=named.shapes[place], crs=named.crs)
    cover = opened.plain_cover
    areas = class_areas(plots, cover, area=opened.campaign.area, run=run)
    codes = list(cover.legend.codes_of(*opened.campaign.cover.tree_cover))
    seen, whole = areas[codes].sum(axis=1).to_numpy(), areas.sum(axis=1).to_numpy()
    observed = whole - areas["unobserved_ha"].to_numpy()
    share = np.divide(seen, observed, out=np.zeros(len(rows)), where=observed > 0.0)
    town = found["township"].iloc[rows].to_numpy(dtype=object)
    own = townships_by_overlap(plots, opened.townships).fillna("").to_numpy(dtype=object)
    nothing = np.full(len(found), np.nan)
    new: dict[str, Any] = {
        "compartment_ha": _with(nothing, rows, whole),
        "trees_ha": _with(nothing, rows, seen),
        "status": _with(found["status"].to_numpy(dtype=object), rows, claim_status(share)),
        "counts_for": _with(found["counts_for"].to_numpy(dtype=object), rows, COMPARTMENT),
        "township": _with(
            found["township"].to_numpy(dtype=object), rows, np.where(town == "", own, town)
        ),
    }
    shapes = moved_to(plots.geometry, require_crs(found.crs)).to_numpy()
    placed = _with(np.asarray(found.geometry, dtype=object), rows, shapes)
    geometry = gpd.GeoSeries(placed, index=found.index, crs=found.crs)
    return gpd.GeoDataFrame(found.assign(**new).set_geometry(geometry))


def _with(values: npt.NDArray[Any], rows: npt.NDArray[np.int64], new: Any) -> npt.NDArray[Any]:
    """Values with others in some rows."""
    result = values.copy()
    result[rows] = new
    return result

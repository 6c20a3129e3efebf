"""Cropland under the protection of shelterbelts 农田林网."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from greencover.errors import LayerError
from greencover.geodesy import require_crs
from greencover.indicators._ground import areas_within, local_metres, reached
from greencover.indicators.forest import codes_of
from greencover.landcover import LandCover
from greencover.overlay import class_areas
from greencover.zones.tables import require_columns

CROPLAND = ("crop",)


def shelterbelt_control(
    units: gpd.GeoDataFrame,
    belts: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    reach_m: float | str,
    cropland: Sequence[str] = CROPLAND,
) -> gpd.GeoDataFrame:
    """Cropland within the protected distance of a shelterbelt, over cropland 农田林网控制率.

    Parameters
    ----------
    units
        Polygons.
    belts
        Lines or polygons of the belts.
    cover, cropland
        The land cover, and the cover types that are cropland.
    reach_m
        Protected distance on each side of a belt, a number or a column of ``belts``: a multiple of
        the height of the trees, which the caller states, since no text with the multiple was seen.

    Returns
    -------
    geopandas.GeoDataFrame
        ``units`` with ``cropland_ha``, ``controlled_ha``, ``control_pct`` (NaN in a unit without
        cropland) and ``unobserved_pct``.

    Raises
    ------
    LayerError
        The distance is missing or not above 0 in some row.
    """
    codes = list(codes_of(cover.legend, cropland))
    every = class_areas(units, cover)
    crops = every[codes].sum(axis=1)
    whole = every.sum(axis=1)
    controlled = pd.Series(0.0, index=units.index)
    guarded = protected_ground(belts, reach_m)
    if len(guarded):
        controlled = areas_within(units, guarded, cover, "ground that shelterbelts guard")[
            codes
        ].sum(axis=1)
    return units.assign(
        cropland_ha=crops,
        controlled_ha=controlled,
        control_pct=100.0 * controlled / crops.where(crops > 0.0),
        unobserved_pct=100.0 * every["unobserved_ha"] / whole.where(whole > 0.0),
    )


def protected_ground(belts: gpd.GeoDataFrame, reach_m: float | str) -> gpd.GeoDataFrame:
    """Ground within the protected distance of each shelterbelt, as of ``shelterbelt_control``."""
    require_crs(belts.crs, "The shelterbelt layer")
    if isinstance(reach_m, str):
        require_columns(belts, [reach_m], "shelterbelt layer")
        reach = pd.to_numeric(belts[reach_m], errors="coerce").to_numpy(dtype=float)
    else:
        reach = np.full(len(belts), float(reach_m))
    wrong = np.flatnonzero(~(reach > 0.0) | shapely.is_empty(belts.geometry.to_numpy()))
    if len(wrong):
        raise LayerError(
            f"The shelterbelt layer has no protected distance above 0, or no geometry, in row "
            f"{wrong[0] + 1}: give every belt a number of metres."
        )
    if not len(belts):
        return belts
    return reached(belts.geometry, reach, local_metres(belts.geometry))

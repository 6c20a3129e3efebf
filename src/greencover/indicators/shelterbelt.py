"""Cropland under the protection of shelterbelts 农田林网."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from greencover.cover.counted import codes_of
from greencover.cover.land_cover import LandCover
from greencover.ground.geodesy import require_crs
from greencover.layers import check_geometry, measure_by_row
from greencover.overlay import class_areas
from greencover.overlay.parts import areas_within, local_metres, reached

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
    belts = check_geometry(belts, "shelterbelt layer")
    reach = measure_by_row(reach_m, belts, "reach_m", "shelterbelt layer")
    if not len(belts):
        return belts
    return reached(belts.geometry, reach, local_metres(belts.geometry))

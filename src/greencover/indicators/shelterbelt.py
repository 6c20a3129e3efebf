"""Cropland under the protection of shelterbelts 农田林网."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import geopandas as gpd

from greencover.cover.counted import codes_of, cover_types
from greencover.cover.land_cover import LandCover
from greencover.ground.geodesy import require_crs
from greencover.ground.notes import Note
from greencover.ground.run import Run
from greencover.indicators._counting import Basis, Counting, measured, named
from greencover.indicators.formulas import guarded
from greencover.indicators.registry import indicators
from greencover.layers import check_geometry, measure_by_row
from greencover.overlay.parts import local_metres, reached

CROPLAND = ("crop",)


def shelterbelt_control(
    units: gpd.GeoDataFrame,
    belts: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    reach_m: float | str,
    cropland: Sequence[str] = CROPLAND,
    run: Run | None = None,
    **options: Unpack[Counting],
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
    run, **options
        As of ``forest_coverage``; a reference sample changes nothing here.
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

    Examples
    --------
    A belt across 40 m of fields, which guards 5 m on each side.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.array([[40, 40, 40, 40]], "uint8"), Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999990, 500040, 3e6)], crs=4547)
    >>> line = shapely.LineString([(500020, 2999990), (500020, 3e6)])
    >>> belts = gpd.GeoDataFrame(geometry=[line], crs=4547)
    >>> table = gc.shelterbelt_control(town, belts, cover, reach_m=5.0)
    >>> table["control_pct"].round(1).item()
    25.0
    """
    basis = Basis.of(run, options)
    units = basis.units(units, cover)
    cropland = cover_types(cropland)
    codes_of(cover.legend, cropland)
    ground = protected_ground(belts, reach_m)
    every, within = measured(
        units,
        cover,
        basis,
        within=ground if len(ground) else None,
        where=Note("layers.called.guarded"),
    )
    figures = guarded(every, 0.0 * every if within is None else within, cover.legend, cropland)
    return units.assign(**named(figures, indicators()["shelterbelt_control"]))


def protected_ground(belts: gpd.GeoDataFrame, reach_m: float | str) -> gpd.GeoDataFrame:
    """Ground within the protected distance of each shelterbelt, as of ``shelterbelt_control``."""
    require_crs(belts.crs, Note("layers.called.shelterbelts"))
    belts = check_geometry(belts, Note("layers.called.shelterbelts"))
    reach = measure_by_row(reach_m, belts, "reach_m", Note("layers.called.shelterbelts"))
    if not len(belts):
        return belts
    return reached(belts.geometry, reach, local_metres(belts.geometry))

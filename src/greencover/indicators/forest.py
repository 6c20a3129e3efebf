"""Shares of land under forest, under trees and shrubs, and under any green."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import geopandas as gpd
import pandas as pd

from greencover.cover import Legend
from greencover.cover.counted import check_cover_types, codes_of
from greencover.cover.land_cover import LandCover
from greencover.indicators.scattered import TREES_PER_HA, scattered_trees, with_scattered
from greencover.overlay import class_areas
from greencover.overlay.parts import areas_within

FOREST = ("tree",)
TREE_COVER = ("tree", "shrub")
GREEN = ("tree", "shrub", "grass", "wetland", "moss")
WETLAND = ("wetland",)
Progress = Callable[[int, int], None]


def forest_coverage(
    zones: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    forest: Sequence[str] = FOREST,
    excluded: Sequence[str] = (),
    wetland_limit_pct: float | None = None,
    progress: Progress | None = None,
) -> gpd.GeoDataFrame:
    """Forest coverage 森林覆盖率: forest area over land area.

    Parameters
    ----------
    zones
        Polygons in any coordinate reference system.
    cover
        The land cover.
    forest
        Cover types that count as forest.
    excluded
        Cover types that are not land: none by default, as in China, where the land area of a unit
        is its whole territory; ``("water",)`` for SDG 15.1.1.
    wetland_limit_pct
        The wetland rule of LY/T 2004-2012: where wetland covers more than this share (5 there) of
        the territory, the part beyond it leaves the land area. None: no such rule.
    progress
        Called with tiles done and tiles in all.

    Returns
    -------
    geopandas.GeoDataFrame
        ``zones`` with ``land_ha`` (observed ground less what is left out), ``forest_ha``,
        ``forest_pct`` = 100 forest_ha / land_ha (NaN where nothing was observed) and
        ``unobserved_pct`` of the zone's whole area.

    Raises
    ------
    LegendError
        A cover type does not exist or is not in the legend.

    Notes
    -----
    A raster class of trees is cover, not forest in law, which asks for crown closure of at least
    0.20 on at least 1 mu. ``cover.with_minimum_patch(mu=1)`` leaves smaller patches out; they then
    count in the tree cover rate alone. Source of the ratio: the definition of forest coverage in
    the national forest inventory (forest area over land area).
    """
    codes_of(cover.legend, forest)
    areas = class_areas(zones, cover, progress=progress)
    return zones.assign(
        **cover_share(
            areas,
            cover.legend,
            forest,
            "forest",
            excluded=excluded,
            wetland_limit_pct=wetland_limit_pct,
        )
    )


def tree_cover_rate(
    zones: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    covers: Sequence[str] = TREE_COVER,
    excluded: Sequence[str] = (),
    scattered: str | gpd.GeoDataFrame | None = None,
    trees_per_ha: float = TREES_PER_HA,
    progress: Progress | None = None,
) -> gpd.GeoDataFrame:
    """Tree cover rate 林木覆盖率: trees, shrubs and scattered trees 四旁树 over land area.

    Parameters
    ----------
    zones, cover, excluded, progress
        As of ``forest_coverage``.
    covers
        Cover types that count.
    scattered
        Trees by houses, roads, waters and villages that the raster does not show: a column of
        ``zones`` with their number, or a layer of points, one a tree (or as many as its column
        ``trees`` says). A point that stands on tree cover is in the raster already and does not
        count again. None: the figure is without them.
    trees_per_ha
        Scattered trees that make a hectare. 1,650 (110 a mu) is remembered from the rules of the
        second-class forest inventory and was not seen in a text.

    Returns
    -------
    geopandas.GeoDataFrame
        ``zones`` with ``land_ha``, ``tree_cover_ha``, ``tree_cover_pct``, ``unobserved_pct``, and
        where scattered trees are given ``scattered_trees`` and ``scattered_ha``, which
        ``tree_cover_ha`` contains. The rate may not pass 100 %.

    Raises
    ------
    LayerError
        Numbers of trees are missing, negative or no numbers, or trees are no points.
    """
    codes_of(cover.legend, covers)
    areas = class_areas(zones, cover, progress=progress)
    table = cover_share(areas, cover.legend, covers, "tree_cover", excluded=excluded)
    if scattered is not None:
        trees = scattered_trees(zones, scattered, cover, covers)
        table = with_scattered(table, trees, trees_per_ha)
    return zones.assign(**table)


def green_coverage(
    zones: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    green: Sequence[str] = GREEN,
    progress: Progress | None = None,
) -> gpd.GeoDataFrame:
    """Green coverage 绿化覆盖率: vertical projection of all vegetation over area.

    Cropland is not counted unless ``green`` names it.

    Returns
    -------
    geopandas.GeoDataFrame
        ``zones`` with ``land_ha``, ``green_ha``, ``green_pct``, ``unobserved_pct``; see
        ``forest_coverage`` for parameters and errors.
    """
    codes_of(cover.legend, green)
    areas = class_areas(zones, cover, progress=progress)
    return zones.assign(**cover_share(areas, cover.legend, green, "green"))


def water_source_forest(
    units: gpd.GeoDataFrame,
    water_sources: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    forest: Sequence[str] = FOREST,
) -> gpd.GeoDataFrame:
    """Forest coverage of the water-source areas of each unit 水源地森林覆盖率.

    Parameters
    ----------
    units
        Polygons.
    water_sources
        Outlines of protected water-source areas; overlapping ones count once.
    cover, forest
        The land cover, and the cover types that are forest. Open water is no land here, since a
        reservoir cannot be planted.

    Returns
    -------
    geopandas.GeoDataFrame
        ``units`` with ``land_ha``, ``forest_ha``, ``forest_pct`` (NaN in a unit without
        water-source land) and ``unobserved_pct``.
    """
    areas = areas_within(units, water_sources, cover, "water-source layer")
    table = cover_share(areas, cover.legend, forest, "forest", excluded=("water",))
    return units.assign(**table)


def cover_share(
    areas: pd.DataFrame,
    legend: Legend,
    covers: Sequence[str],
    name: str,
    *,
    excluded: Sequence[str] = (),
    wetland_limit_pct: float | None = None,
) -> pd.DataFrame:
    """Share of land under some cover types, from the table of ``class_areas``.

    Cover types to exclude that the legend does not tell apart are left in the land.

    Returns
    -------
    pandas.DataFrame
        ``land_ha``, ``{name}_ha``, ``{name}_pct``, ``unobserved_ha`` of ``whole_ha``, and
        ``unobserved_pct``, indexed like ``areas``.
    """
    counted = codes_of(legend, covers)
    check_cover_types(excluded)
    observed = areas[list(legend.codes)].sum(axis=1)
    whole = observed + areas["unobserved_ha"]
    land = observed - areas[list(legend.codes_of(*excluded))].sum(axis=1)
    if wetland_limit_pct is not None:
        land = land - excess_wetland_ha(areas, legend, wetland_limit_pct)
    part = areas[list(counted)].sum(axis=1)
    return pd.DataFrame(
        {
            "land_ha": land,
            f"{name}_ha": part,
            f"{name}_pct": 100.0 * part / land.where(land > 0.0),
            "unobserved_ha": areas["unobserved_ha"],
            "whole_ha": whole,
            "unobserved_pct": 100.0 * areas["unobserved_ha"] / whole.where(whole > 0.0),
        }
    )


def excess_wetland_ha(areas: pd.DataFrame, legend: Legend, limit_pct: float) -> pd.Series[float]:
    """Hectares of wetland beyond a share of the observed territory, which leave the land area."""
    wetland = areas[list(legend.codes_of(*WETLAND))].sum(axis=1)
    observed = areas[list(legend.codes)].sum(axis=1)
    return (wetland - observed * limit_pct / 100.0).clip(lower=0.0)

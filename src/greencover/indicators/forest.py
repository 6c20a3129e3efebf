"""Shares of land under forest, under trees and shrubs, and under any green."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

import geopandas as gpd

from greencover.cover.counted import cover_types
from greencover.cover.land_cover import LandCover
from greencover.ground.notes import Note
from greencover.ground.run import Run
from greencover.indicators._counting import Basis, Counting, share_of
from greencover.indicators.formulas import NATURAL_WETLAND
from greencover.indicators.scattered import TREES_PER_HA, scattered_trees, with_scattered

FOREST = ("tree",)
TREE_COVER = ("tree", "shrub")
GREEN = ("tree", "shrub", "grass", "wetland", "moss")


def forest_coverage(
    zones: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    forest: Sequence[str] = FOREST,
    excluded: Sequence[str] = (),
    wetland_limit_pct: float | None = None,
    natural_wetland: Sequence[str] = NATURAL_WETLAND,
    run: Run | None = None,
    **options: Unpack[Counting],
) -> gpd.GeoDataFrame:
    """Forest coverage 森林覆盖率: forest area over land area.

    Parameters
    ----------
    zones
        Polygons in any coordinate reference system, as of :func:`greencover.class_areas`.
    cover
        The land cover.
    forest
        Cover types that count as forest.
    excluded
        Cover types that are not land: none by default, as in China, where the land area of a unit
        is its whole territory; ``("water",)`` for SDG 15.1.1.
    wetland_limit_pct
        The wetland rule of LY/T 2004-2012: where natural wetland covers more than this share (5
        there) of the territory, the part beyond it leaves the land area. None: no such rule.
    natural_wetland
        Cover types that are natural wetland: as secondary pages cite GB/T 24708, rivers and lakes
        as well as marshes. A map shows a reservoir as the same water.
    run, **options
        How it is run, see :class:`greencover.ground.run.Run`; and what all indicators of land
        cover take: ``area`` and ``crs`` as of ``class_areas``; ``statutory_ha``, a column of the
        zones with their area on file, which every area in them is scaled to; ``sample``, a
        reference sample that corrects shares for the errors of the map and adds their interval.

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

    Examples
    --------
    Four cells: two of trees, one of grass, one built.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.array([[10, 10, 30, 50]], "uint8"), Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999990, 500040, 3e6)], crs=4547)
    >>> gc.forest_coverage(town, cover)["forest_pct"].round(1).item()
    50.0
    """
    rules: dict[str, Any] = {"left_out": excluded, "wetland_limit_pct": wetland_limit_pct}
    rules["natural_wetland"] = natural_wetland
    basis = Basis.of(run, options)
    zones = basis.units(zones, cover)
    return zones.assign(**share_of("forest_coverage", zones, cover, forest, basis, **rules))


def tree_cover_rate(
    zones: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    covers: Sequence[str] = TREE_COVER,
    excluded: Sequence[str] = (),
    scattered: str | gpd.GeoDataFrame | None = None,
    trees_per_ha: float = TREES_PER_HA,
    run: Run | None = None,
    **options: Unpack[Counting],
) -> gpd.GeoDataFrame:
    """Tree cover rate 林木覆盖率: trees, shrubs and scattered trees 四旁树 over land area.

    Parameters
    ----------
    zones, cover, excluded, run, **options
        As of ``forest_coverage``.
    covers
        Cover types that count; trees count in patches of any size.
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

    Examples
    --------
    Two of four cells are tree cover; four scattered trees, a thousand of which make a hectare,
    are another 0.4 of a cell.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.array([[10, 10, 30, 50]], "uint8"), Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999990, 500040, 3e6)], crs=4547)
    >>> gc.tree_cover_rate(town, cover)["tree_cover_pct"].round(1).item()
    50.0
    >>> town = town.assign(trees=4)
    >>> table = gc.tree_cover_rate(town, cover, scattered="trees", trees_per_ha=1000)
    >>> table["tree_cover_pct"].round(1).item()
    60.0
    """
    basis = Basis.of(run, options)
    zones = basis.units(zones, cover)
    covers = cover_types(covers)
    table = share_of("tree_cover_rate", zones, cover, covers, basis, left_out=excluded)
    if scattered is not None:
        trees = scattered_trees(zones, scattered, cover, covers, run=basis.run)
        table = with_scattered(table, trees, trees_per_ha)
    return zones.assign(**table)


def green_coverage(
    zones: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    green: Sequence[str] = GREEN,
    run: Run | None = None,
    **options: Unpack[Counting],
) -> gpd.GeoDataFrame:
    """Green coverage 绿化覆盖率: vertical projection of all vegetation over area.

    Cropland is not counted unless ``green`` names it.

    Returns
    -------
    geopandas.GeoDataFrame
        ``zones`` with ``land_ha``, ``green_ha``, ``green_pct``, ``unobserved_pct``; see
        ``forest_coverage`` for parameters and errors.

    Examples
    --------
    Four cells: two of trees, one of grass, one built.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.array([[10, 10, 30, 50]], "uint8"), Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999990, 500040, 3e6)], crs=4547)
    >>> gc.green_coverage(town, cover)["green_pct"].round(1).item()
    75.0
    """
    basis = Basis.of(run, options)
    zones = basis.units(zones, cover)
    return zones.assign(**share_of("green_coverage", zones, cover, green, basis))


def water_source_forest(
    units: gpd.GeoDataFrame,
    water_sources: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    forest: Sequence[str] = FOREST,
    run: Run | None = None,
    **options: Unpack[Counting],
) -> gpd.GeoDataFrame:
    """Forest coverage of the water-source areas of each unit 水源地森林覆盖率.

    Parameters
    ----------
    units
        Polygons.
    water_sources
        Outlines of protected water-source areas; overlapping ones count once.
    cover, forest, run, **options
        As of ``forest_coverage``. Open water is no land here, since a reservoir cannot be planted.

    Returns
    -------
    geopandas.GeoDataFrame
        ``units`` with ``land_ha``, ``forest_ha``, ``forest_pct`` (NaN in a unit without
        water-source land) and ``unobserved_pct``.

    Examples
    --------
    A source over a cell of trees and one of water, which is no land.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.array([[10, 10, 80, 50]], "uint8"), Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999990, 500040, 3e6)], crs=4547)
    >>> source = gpd.GeoDataFrame(geometry=[shapely.box(500010, 2999990, 500030, 3e6)], crs=4547)
    >>> gc.water_source_forest(town, source, cover)["forest_pct"].round(1).item()
    100.0
    """
    basis = Basis.of(run, options)
    units = basis.units(units, cover)
    table = share_of(
        "water_source_forest",
        units,
        cover,
        forest,
        basis,
        within=basis.units(water_sources, cover),
        where=Note("layers.called.water_sources"),
    )
    return units.assign(**table)

"""Two indicators of the Sustainable Development Goals, as far as land cover and layers allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import geopandas as gpd
import pandas as pd

from greencover.cover.land_cover import LandCover
from greencover.ground.datums import moved_to
from greencover.ground.notes import Note
from greencover.ground.run import Run
from greencover.indicators._counting import Counting
from greencover.indicators.forest import FOREST, forest_coverage
from greencover.overlay import ground_area_ha
from greencover.overlay.parts import pieces_within


def forest_share_of_land(
    zones: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    forest: Sequence[str] = FOREST,
    inland_water: Sequence[str] = ("water",),
    run: Run | None = None,
    **options: Unpack[Counting],
) -> gpd.GeoDataFrame:
    """SDG 15.1.1: forest area over land area, inland water left out.

    Forest by the FAO definition is more than 0.5 ha with crowns over more than 10 %, not mainly
    under farm or town use. A class of trees is no more than a proxy for it.

    Returns
    -------
    geopandas.GeoDataFrame
        As of ``forest_coverage``.

    Examples
    --------
    Two cells of trees, one of grass, and one of water, which is no land.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.array([[10, 10, 30, 80]], "uint8"), Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999990, 500040, 3e6)], crs=4547)
    >>> gc.forest_share_of_land(town, cover)["forest_pct"].round(1).item()
    66.7
    """
    return forest_coverage(zones, cover, forest=forest, excluded=inland_water, run=run, **options)


def open_public_space(
    built_up: gpd.GeoDataFrame,
    open_space: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """SDG 11.7.1: open public space and land allocated to streets, over built-up area.

    Parameters
    ----------
    built_up
        Built-up area of each city (urban and suburban land of the agglomeration).
    open_space
        Polygons of open public space; ground where they overlap counts once.
    streets
        Street polygons. Without them the figure is of open space alone, and a note says so. Ground
        that is street and open space counts once.

    Returns
    -------
    geopandas.GeoDataFrame
        ``built_up`` with ``built_up_ha``, ``open_space_ha`` (streets included) and
        ``open_space_pct``. ``attrs["notes"]`` says what is missing.

    Examples
    --------
    A city of four hectares with a park of one and streets of half a hectare.

    >>> import geopandas as gpd, shapely
    >>> import greencover as gc
    >>> city, park, streets = (
    ...     gpd.GeoDataFrame(geometry=[shapely.box(west, 2999900, east, 3e6)], crs=4547)
    ...     for west, east in ((5e5, 500400), (5e5, 500100), (500200, 500250))
    ... )
    >>> gc.open_public_space(city, park, streets)["open_space_pct"].round(1).item()
    37.5
    """
    layers = [open_space] if streets is None else [open_space, moved_to(streets, open_space.crs)]
    shapes = pd.concat([frame.geometry for frame in layers], ignore_index=True)
    ground = gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes, crs=open_space.crs))
    city, pieces = pieces_within(built_up, ground, Note("layers.called.open_space"))
    each = pd.Series(ground_area_ha(pieces).to_numpy()).groupby(city).sum()
    whole = ground_area_ha(built_up)
    part = pd.Series(each.reindex(range(len(built_up)), fill_value=0.0).to_numpy(), built_up.index)
    result = built_up.assign(
        built_up_ha=whole, open_space_ha=part, open_space_pct=100.0 * part / whole
    )
    if streets is None:
        result.attrs["notes"] = (Note("indicators.no_streets"),)
    return result

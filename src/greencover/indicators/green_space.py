"""Green of towns: park and green cover per resident, and green coverage of built-up areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import geopandas as gpd
import pandas as pd

from greencover.cover.land_cover import LandCover
from greencover.ground.notes import Note
from greencover.ground.run import Run
from greencover.indicators._counting import (
    Basis,
    Counting,
    ground_factor,
    measured,
    named,
    share_of,
)
from greencover.indicators.forest import GREEN
from greencover.indicators.formulas import counted_codes, per_head, unobserved_pct
from greencover.indicators.registry import indicators
from greencover.layers import check_population
from greencover.overlay.parts import ground_within_ha


def green_space_per_capita(
    units: gpd.GeoDataFrame,
    parks: gpd.GeoDataFrame,
    *,
    population: str = "pop",
    statutory_ha: str | None = None,
) -> gpd.GeoDataFrame:
    """Public green per resident 人均公园绿地面积: park area over residents.

    Parameters
    ----------
    units
        Polygons with a column of residents.
    parks
        Polygons of parks in any coordinate reference system. Ground where parks overlap counts
        once; a park on a border counts in each unit with the part that lies in it.
    population
        Column of residents in ``units``. Which residents (registered, resident, of the built-up
        area) is the caller's choice and belongs beside the figure.
    statutory_ha
        Column of ``units`` with their area on file, which the parks in them are scaled with.

    Returns
    -------
    geopandas.GeoDataFrame
        ``units`` with ``green_ha`` (on the ellipsoid), ``population`` and
        ``green_m2_per_capita`` (NaN where nobody lives).

    Raises
    ------
    LayerError
        Residents are missing, negative or no number; a geometry is no polygon.
    CrsError
        A layer has no coordinate reference system.

    Examples
    --------
    A park of a hectare for 500 residents.

    >>> import geopandas as gpd, shapely
    >>> import greencover as gc
    >>> boxes = [shapely.box(5e5, 2999000, 501000, 3e6), shapely.box(5e5, 2999900, 500100, 3e6)]
    >>> town = gpd.GeoDataFrame({"pop": [500]}, geometry=boxes[:1], crs=4547)
    >>> park = gpd.GeoDataFrame(geometry=boxes[1:], crs=4547)
    >>> gc.green_space_per_capita(town, park)["green_m2_per_capita"].round(2).item()
    20.0
    """
    residents = check_population(units, population, Note("layers.called.units"))
    green_ha = park_ha(units, parks, statutory_ha=statutory_ha)
    return units.assign(**_per_capita("park_green_per_capita", green_ha, residents))


def green_cover_per_capita(
    units: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    population: str = "pop",
    green: Sequence[str] = GREEN,
    run: Run | None = None,
    **options: Unpack[Counting],
) -> gpd.GeoDataFrame:
    """Green cover per resident: area under vegetation, as the raster shows it, over residents.

    Parameters
    ----------
    units, population
        As of ``green_space_per_capita``.
    cover, green, run, **options
        As of ``green_coverage``; a reference sample changes nothing here.

    Returns
    -------
    geopandas.GeoDataFrame
        As ``green_space_per_capita``, and ``unobserved_pct`` of each unit.

    Examples
    --------
    300 m² of green for three residents.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.array([[10, 10, 30, 50]], "uint8"), Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999990, 500040, 3e6)], crs=4547)
    >>> table = gc.green_cover_per_capita(town.assign(pop=3), cover)
    >>> table["green_m2_per_capita"].round(1).item()
    100.0
    """
    basis = Basis.of(run, options)
    units = basis.units(units, cover)
    residents = check_population(units, population, Note("layers.called.units"))
    areas, _ = measured(units, cover, basis)
    record = indicators()["green_cover_per_capita"]
    green_ha = areas[counted_codes(cover.legend, record, green, cover.minimum_patch)].sum(axis=1)
    table = _per_capita(record.key, green_ha, residents)
    return units.assign(**table, unobserved_pct=unobserved_pct(areas, cover.legend))


def park_ha(
    units: gpd.GeoDataFrame, parks: gpd.GeoDataFrame, *, statutory_ha: str | None = None
) -> pd.Series[float]:
    """Hectares of park inside each unit, on the ellipsoid; overlapping parks count once."""
    ground = ground_within_ha(units, parks, Note("layers.called.parks"))
    return (ground * ground_factor(units, statutory_ha)).rename("green_ha")


def built_up_green_coverage(
    units: gpd.GeoDataFrame,
    built_up: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    green: Sequence[str] = GREEN,
    run: Run | None = None,
    **options: Unpack[Counting],
) -> gpd.GeoDataFrame:
    """Green coverage of the built-up area of each unit 建成区绿化覆盖率.

    Parameters
    ----------
    units
        Polygons, such as townships.
    built_up
        Outlines of built-up areas; overlapping ones count once.
    cover, green, run, **options
        As of ``green_coverage``.

    Returns
    -------
    geopandas.GeoDataFrame
        ``units`` with ``land_ha`` (observed built-up ground), ``green_ha``, ``green_pct`` (NaN in
        a unit without built-up ground) and ``unobserved_pct``.

    Examples
    --------
    A built-up area over a cell of trees and one of fields.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.array([[30, 10, 40, 50]], "uint8"), Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999990, 500040, 3e6)], crs=4547)
    >>> built_up = gpd.GeoDataFrame(geometry=[shapely.box(500010, 2999990, 500030, 3e6)], crs=4547)
    >>> gc.built_up_green_coverage(town, built_up, cover)["green_pct"].round(1).item()
    50.0
    """
    basis = Basis.of(run, options)
    units = basis.units(units, cover)
    table = share_of(
        "township_green_coverage",
        units,
        cover,
        green,
        basis,
        within=basis.units(built_up, cover),
        where=Note("layers.called.built_up"),
    )
    return units.assign(**table)


def _per_capita(key: str, green_ha: pd.Series[float], residents: pd.Series[float]) -> pd.DataFrame:
    table = named(per_head(green_ha, residents), indicators()[key])
    return table[["green_ha", "population", "green_m2_per_capita"]]

"""Green of towns: park and green cover per resident, and green coverage of built-up areas."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from greencover.cover import Legend
from greencover.cover.counted import codes_of
from greencover.cover.land_cover import LandCover
from greencover.ground.geodesy import HECTARE_M2
from greencover.indicators.forest import GREEN, cover_share
from greencover.layers import check_population
from greencover.overlay import class_areas
from greencover.overlay.parts import areas_within, ground_within_ha


def green_space_per_capita(
    units: gpd.GeoDataFrame, parks: gpd.GeoDataFrame, *, population: str = "pop"
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
    """
    residents = check_population(units, population, "unit layer")
    return units.assign(**_per_capita(park_ha(units, parks), residents))


def green_cover_per_capita(
    units: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    population: str = "pop",
    green: Sequence[str] = GREEN,
) -> gpd.GeoDataFrame:
    """Green cover per resident: area under vegetation, as the raster shows it, over residents.

    Returns
    -------
    geopandas.GeoDataFrame
        As ``green_space_per_capita``, and ``unobserved_pct`` of each unit.
    """
    residents = check_population(units, population, "unit layer")
    areas = class_areas(units, cover)
    result = green_cover_share(areas, cover.legend, residents, green)
    return units.assign(**result)


def green_cover_share(
    areas: pd.DataFrame, legend: Legend, residents: pd.Series[float], green: Sequence[str] = GREEN
) -> pd.DataFrame:
    """Green cover per resident from the table of ``class_areas``."""
    green_ha = areas[list(codes_of(legend, green))].sum(axis=1)
    table = _per_capita(green_ha, residents)
    table["unobserved_pct"] = 100.0 * areas["unobserved_ha"] / areas.sum(axis=1)
    return table


def park_ha(units: gpd.GeoDataFrame, parks: gpd.GeoDataFrame) -> pd.Series[float]:
    """Hectares of park inside each unit, on the ellipsoid; overlapping parks count once."""
    return ground_within_ha(units, parks, "park layer").rename("green_ha")


def built_up_green_coverage(
    units: gpd.GeoDataFrame,
    built_up: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    green: Sequence[str] = GREEN,
) -> gpd.GeoDataFrame:
    """Green coverage of the built-up area of each unit 建成区绿化覆盖率.

    Parameters
    ----------
    units
        Polygons, such as townships.
    built_up
        Outlines of built-up areas; overlapping ones count once.
    cover, green
        The land cover, and the cover types that are green.

    Returns
    -------
    geopandas.GeoDataFrame
        ``units`` with ``land_ha`` (observed built-up ground), ``green_ha``, ``green_pct`` (NaN in
        a unit without built-up ground) and ``unobserved_pct``.
    """
    areas = areas_within(units, built_up, cover, "built-up layer")
    return units.assign(**cover_share(areas, cover.legend, green, "green"))


def _per_capita(green_ha: pd.Series[float], residents: pd.Series[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "green_ha": green_ha,
            "population": residents,
            "green_m2_per_capita": green_ha * HECTARE_M2 / residents.where(residents > 0.0),
        }
    )

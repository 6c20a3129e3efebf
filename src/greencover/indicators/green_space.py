"""Green space per resident, from a layer of parks or from cover."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from greencover.geodesy import HECTARE_M2, require_crs
from greencover.indicators.forest import GREEN, codes_of
from greencover.landcover import LandCover
from greencover.legends import Legend
from greencover.overlay import class_areas, ground_area_ha
from greencover.zones import check_geometry, check_population

# Sides of parks are followed by points at most this far apart when a layer is reprojected.
_FOLLOW_M = 100.0
_METRES_PER_DEGREE = 111_000.0


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
    crs = require_crs(units.crs, "The unit layer")
    parks = check_geometry(parks, "park layer", geometry="polygon")
    require_crs(parks.crs, "The park layer")
    shapes = parks.geometry
    if not parks.crs.equals(crs):
        step = _FOLLOW_M / (_METRES_PER_DEGREE if parks.crs.is_geographic else 1.0)
        shapes = shapes.segmentize(step).to_crs(crs)
    ground = shapely.disjoint_subset_union_all(shapes.to_numpy())
    pieces = shapely.get_parts(ground)
    unit, piece = shapely.STRtree(pieces).query(units.geometry.to_numpy(), predicate="intersects")
    inside = shapely.intersection(units.geometry.to_numpy()[unit], pieces[piece])
    # Where a park only touches a unit, the intersection is a point or a line.
    surface = shapely.area(inside) > 0.0
    unit, inside = unit[surface], inside[surface]
    parts, owner = shapely.get_parts(inside, return_index=True)
    polygons = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    each = ground_area_ha(gpd.GeoSeries(parts[polygons], crs=crs)).to_numpy()
    ha = np.bincount(unit[owner[polygons]], weights=each, minlength=len(units))
    return pd.Series(ha, index=units.index, name="green_ha")


def _per_capita(green_ha: pd.Series[float], residents: pd.Series[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "green_ha": green_ha,
            "population": residents,
            "green_m2_per_capita": green_ha * HECTARE_M2 / residents.where(residents > 0.0),
        }
    )

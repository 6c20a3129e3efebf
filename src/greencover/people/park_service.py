"""What public green serves: ground and residents within a walk of a park 公园绿地服务半径覆盖率."""

from __future__ import annotations

from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from greencover.ground.datums import moved_to
from greencover.ground.errors import LayerError
from greencover.ground.geodesy import HECTARE_M2, require_crs
from greencover.ground.notes import Note
from greencover.layers import check_geometry, check_population, measure_by_row, require_number
from greencover.layers.points import points_in_units, require_places
from greencover.overlay import ground_area_ha
from greencover.overlay.parts import (
    followed_to,
    ground_within_ha,
    local_metres,
    pieces_within,
    reached,
)
from greencover.people._network import Network

Floats: TypeAlias = npt.NDArray[np.float64]
#: Smallest park in m² -> service radius in m, as remembered from the garden-city rules.
RADIUS_BY_SIZE = {5000.0: 500.0, 1000.0: 300.0}


def park_service_coverage(
    units: gpd.GeoDataFrame,
    parks: gpd.GeoDataFrame,
    *,
    radius_m: float | str = 500.0,
    within: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Share of ground within a straight line's distance of a park.

    Parameters
    ----------
    units
        Polygons, such as towns or neighbourhoods.
    parks
        Polygons of parks; those beyond a unit's border serve it too.
    radius_m
        Service radius, a number or a column of ``parks``, see ``service_radius``.
    within
        Ground that is asked about: residential land or the built-up area. None: the whole unit.

    Returns
    -------
    geopandas.GeoDataFrame
        ``units`` with ``area_ha`` (asked about), ``served_ha`` and ``served_pct`` (NaN in a unit
        with nothing to ask about).

    Raises
    ------
    LayerError
        A radius is missing or not above 0.

    Examples
    --------
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 2000, 1000)], crs=3857)
    >>> park = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 500, 1000)], crs=3857)
    >>> park_service_coverage(town, park, radius_m=500.0)["served_pct"].round().tolist()
    [50.0]
    """
    plane = _plane(units, parks)
    radii = measure_by_row(radius_m, parks, "radius_m", Note("people.parks"))
    near = reached(parks.geometry, radii, plane) if len(parks) else None
    served_ground = Note("people.served")
    if within is None:
        area = ground_area_ha(units)
        served = _zeros(units) if near is None else ground_within_ha(units, near, served_ground)
    else:
        owner, pieces = pieces_within(units, within, Note("people.asked"))
        asked = gpd.GeoDataFrame(geometry=pieces)
        area = _summed(ground_area_ha(pieces), owner, units)
        served = _zeros(units)
        if near is not None and len(asked):
            each = ground_within_ha(asked, near, served_ground)
            served = _summed(each, owner, units)
    return units.assign(
        area_ha=area, served_ha=served, served_pct=100.0 * served / area.where(area > 0.0)
    )


def residents_served(
    units: gpd.GeoDataFrame,
    residences: gpd.GeoDataFrame,
    parks: gpd.GeoDataFrame,
    *,
    radius_m: float = 500.0,
    population: str = "population",
    roads: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Share of residents within a distance of a park, straight or along roads.

    Parameters
    ----------
    units
        Polygons. A residence on the border of two counts in the first.
    residences
        Points with a column of residents; those in no unit are told.
    parks
        Polygons of parks.
    radius_m
        Greatest distance.
    population
        Column of residents in ``residences``.
    roads
        Road lines; distances then follow them, see ``park_distance``.

    Returns
    -------
    geopandas.GeoDataFrame
        ``units`` with ``population``, ``served_residents`` and ``residents_served_pct`` (NaN where
        nobody lives).

    Examples
    --------
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 2000, 1000)], crs=3857)
    >>> places = gpd.points_from_xy([700, 1900], [500, 500])
    >>> homes = gpd.GeoDataFrame({"population": [300, 100]}, geometry=places, crs=3857)
    >>> park = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 500, 1000)], crs=3857)
    >>> residents_served(town, homes, park)["residents_served_pct"].tolist()
    [75.0]
    """
    radius_m = require_number(radius_m, "radius_m")
    residents = check_population(residences, population, Note("people.residences")).to_numpy()
    distance = park_distance(residences, parks, roads=roads, limit_m=radius_m).to_numpy()
    unit, home = points_in_units(residences, units, Note("people.residences"), residents)
    every = np.bincount(unit, weights=residents[home], minlength=len(units))
    near = residents[home] * (distance[home] <= radius_m)
    served = np.bincount(unit, weights=near, minlength=len(units))
    with np.errstate(invalid="ignore"):
        share = 100.0 * served / np.where(every > 0.0, every, np.nan)
    return units.assign(population=every, served_residents=served, residents_served_pct=share)


def park_distance(
    residences: gpd.GeoDataFrame,
    parks: gpd.GeoDataFrame,
    *,
    roads: gpd.GeoDataFrame | None = None,
    limit_m: float = np.inf,
) -> pd.Series[float]:
    """Distance in metres from each residence to the nearest park.

    Parameters
    ----------
    residences
        Points.
    parks
        Polygons. Inside a park the distance is 0.
    roads
        Lines; the way then leads straight to a point of the nearest road, along roads that share
        points, and straight from a road into the park, leaving it where it comes nearest to the
        park or at most 30 m farther off. None: a straight line.
    limit_m
        Farther parks are not looked for; the distance is then infinite (roads only).

    Raises
    ------
    LayerError
        Residences are no points, or there are no parks.
    MissingExtraError
        Distances along roads need SciPy.

    Examples
    --------
    >>> places = gpd.points_from_xy([500_100, 500_800], [3_000_050, 3_000_050])
    >>> homes = gpd.GeoDataFrame(geometry=places, crs=4547)
    >>> box = shapely.box(500_000, 3_000_000, 500_500, 3_000_100)
    >>> park = gpd.GeoDataFrame(geometry=[box], crs=4547)
    >>> park_distance(homes, park).round().tolist()
    [0.0, 300.0]
    """
    limit_m = require_number(limit_m, "limit_m")
    if not len(residences):
        raise LayerError("people.no_residences")
    require_places(residences, Note("people.residences"))
    if not len(parks):
        raise LayerError("people.no_parks")
    parks = check_geometry(parks, Note("people.parks"), geometry="polygon")
    plane = _plane(residences, parks)
    homes = moved_to(residences.geometry, plane).to_numpy()
    green = followed_to(parks.geometry, plane).to_numpy()
    straight = _nearest(homes, green)
    if roads is None:
        return pd.Series(straight, index=residences.index, name="park_distance_m")
    require_crs(roads.crs, Note("people.roads"))
    lines = followed_to(roads.geometry, plane).to_numpy()
    network = Network(gpd.GeoDataFrame(geometry=lines, crs=plane))
    way = network.distances(*network.gates(green), limit_m)
    node, access = network.nearest(homes)
    along = access + way[node]
    along[straight == 0.0] = 0.0
    return pd.Series(along, index=residences.index, name="park_distance_m")


def service_radius(
    parks: gpd.GeoDataFrame, *, by_size: dict[float, float] = RADIUS_BY_SIZE
) -> pd.Series[float]:
    """Service radius of each park by its size; NaN for parks too small to serve.

    Parks of at least 5,000 m² serve 500 m, those of at least 1,000 m² serve 300 m. These figures
    are remembered from the garden-city rules and were not seen in a text.

    Examples
    --------
    >>> sides = (100, 40, 10)
    >>> parks = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, a, a) for a in sides], crs=3857)
    >>> service_radius(parks).tolist()
    [500.0, 300.0, nan]
    """
    m2 = ground_area_ha(parks) * HECTARE_M2
    radius = pd.Series(np.nan, index=parks.index, name="radius_m")
    for least, reach in sorted(by_size.items()):
        radius[m2 >= least] = require_number(reach, "by_size", above=True)
    return radius


def _plane(layer: gpd.GeoDataFrame, parks: gpd.GeoDataFrame) -> pyproj.CRS:
    require_crs(layer.crs, Note("people.units"))
    require_crs(parks.crs, Note("people.parks"))
    return local_metres(layer.geometry)


def _nearest(points: npt.NDArray[Any], shapes: npt.NDArray[Any]) -> Floats:
    if not len(points):
        return np.zeros(0)
    found, away = shapely.STRtree(shapes).query_nearest(
        points, return_distance=True, all_matches=False
    )
    distance = np.full(len(points), np.nan)
    distance[found[0]] = away
    return distance


def _zeros(units: gpd.GeoDataFrame) -> pd.Series[float]:
    return pd.Series(0.0, index=units.index)


def _summed(
    each: pd.Series[float], owner: npt.NDArray[np.int64], units: gpd.GeoDataFrame
) -> pd.Series[float]:
    sums = np.bincount(owner, weights=each.to_numpy(), minlength=len(units))
    return pd.Series(sums, index=units.index)

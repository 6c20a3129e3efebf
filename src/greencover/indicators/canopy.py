"""Tree crowns over towns: units, streets, car parks, and the surroundings of dwellings.

A class of trees stands for crowns. At 10 m it misses single crowns and counts the gaps inside a
stand; cover of 2 m or finer is what these figures were meant for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from greencover.cover.land_cover import LandCover
from greencover.ground.errors import LayerError
from greencover.ground.geodesy import Ellipsoid, geographic_of, require_crs
from greencover.ground.notes import Note
from greencover.ground.run import Run
from greencover.indicators._counting import Basis, Counting, share_of
from greencover.layers import check_geometry, measure_by_row, require_number
from greencover.layers.points import require_places
from greencover.overlay.parts import followed_to, local_metres

CANOPY = ("tree",)
_CORNERS = 72
_FARTHEST_M = 100_000.0


def canopy_cover(
    zones: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    canopy: Sequence[str] = CANOPY,
    run: Run | None = None,
    **options: Unpack[Counting],
) -> gpd.GeoDataFrame:
    """Tree-crown coverage 树冠覆盖率: ground under crowns over area.

    Parameters
    ----------
    zones
        Polygons: neighbourhoods, built-up areas, campuses.
    cover
        The land cover.
    canopy
        Cover types that are crowns; trees count in patches of any size.
    run, **options
        As of ``forest_coverage``.

    Returns
    -------
    geopandas.GeoDataFrame
        ``zones`` with ``land_ha`` (observed ground), ``canopy_ha``, ``canopy_pct`` (NaN where
        nothing was observed) and ``unobserved_pct``.

    Examples
    --------
    Four cells: two of trees, one of grass, one built.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.array([[10, 10, 30, 50]], "uint8"), Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999990, 500040, 3e6)], crs=4547)
    >>> gc.canopy_cover(town, cover)["canopy_pct"].round(1).item()
    50.0
    """
    basis = Basis.of(run, options)
    zones = basis.units(zones, cover)
    return zones.assign(**share_of("canopy_cover", zones, cover, canopy, basis))


def car_park_canopy(
    car_parks: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    canopy: Sequence[str] = CANOPY,
    run: Run | None = None,
    **options: Unpack[Counting],
) -> gpd.GeoDataFrame:
    """Tree-crown coverage of surface car parks 停车场树冠覆盖率.

    The rule is about *new* car parks: pass those. The figure of a town is the sum of ``canopy_ha``
    over the sum of ``land_ha``, see ``merged``.

    Returns
    -------
    geopandas.GeoDataFrame
        As of ``canopy_cover``, a row a car park.

    Examples
    --------
    A car park half of which lies under trees.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.array([[10, 10, 30, 50]], "uint8"), Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999990, 500040, 3e6)], crs=4547)
    >>> car_parks = gpd.GeoDataFrame(geometry=[shapely.box(500010, 2999990, 500030, 3e6)], crs=4547)
    >>> gc.car_park_canopy(car_parks, cover)["canopy_pct"].round(1).item()
    50.0
    """
    return canopy_cover(car_parks, cover, canopy=canopy, run=run, **options)


def street_canopy_cover(
    units: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    width_m: float | str | None = None,
    canopy: Sequence[str] = CANOPY,
    run: Run | None = None,
    **options: Unpack[Counting],
) -> gpd.GeoDataFrame:
    """Tree-crown coverage of the streets of each unit 街道树冠覆盖率.

    Parameters
    ----------
    units
        Polygons.
    streets
        Street polygons, or centrelines with ``width_m``. Where streets overlap, ground counts once.
    cover, canopy, run, **options
        As of ``canopy_cover``.
    width_m
        For centrelines: width of the street between property lines, a number or a column.

    Returns
    -------
    geopandas.GeoDataFrame
        ``units`` with ``land_ha`` (observed street), ``canopy_ha``, ``canopy_pct`` (NaN in a unit
        without streets) and ``unobserved_pct``.

    Examples
    --------
    A street along the middle, under trees for half of its length.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.array([[10, 10, 30, 50]], "uint8"), Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999990, 500040, 3e6)], crs=4547)
    >>> line = shapely.LineString([(5e5, 2999995), (500040, 2999995)])
    >>> streets = gpd.GeoDataFrame(geometry=[line], crs=4547)
    >>> table = gc.street_canopy_cover(town, streets, cover, width_m=2.0)
    >>> table["canopy_pct"].round(1).item()
    50.0
    """
    if width_m is not None:
        streets = widened_streets(streets, width_m)
    basis = Basis.of(run, options)
    units = basis.units(units, cover)
    table = share_of(
        "street_canopy_cover",
        units,
        cover,
        canopy,
        basis,
        within=streets,
        where=Note("layers.called.streets"),
    )
    return units.assign(**table)


def canopy_near(
    dwellings: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    radius_m: float = 300.0,
    canopy: Sequence[str] = CANOPY,
    run: Run | None = None,
    **options: Unpack[Counting],
) -> gpd.GeoDataFrame:
    """Tree-crown coverage within a radius of each dwelling: the "30" of 3-30-300.

    The rule speaks of neighbourhoods and names no size for them. Where there are outlines of
    neighbourhoods, ``canopy_cover`` is the figure; where there are only addresses, this is.

    Parameters
    ----------
    dwellings
        Points.
    cover, canopy, run, **options
        As of ``canopy_cover``.
    radius_m
        Radius of a circle on the ellipsoid.

    Returns
    -------
    geopandas.GeoDataFrame
        ``dwellings`` with ``canopy_pct`` and ``unobserved_pct`` of the circle.

    Raises
    ------
    LayerError
        Dwellings are no points.

    Examples
    --------
    A house where trees and grass meet.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.array([[10, 10, 30, 50]], "uint8"), Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999990, 500040, 3e6)], crs=4547)
    >>> house = gpd.GeoDataFrame(geometry=[shapely.Point(500020, 2999995)], crs=4547)
    >>> gc.canopy_near(house, cover, radius_m=4.0)["canopy_pct"].round(1).item()
    50.0
    """
    require_crs(dwellings.crs, Note("layers.called.dwellings"))
    circles = gpd.GeoDataFrame(geometry=_circles(dwellings, radius_m))
    basis = Basis.of(run, options)
    table = share_of("canopy_near_dwellings", circles, cover, canopy, basis)
    return dwellings.assign(**table[["canopy_pct", "unobserved_pct"]])


def _circles(points: gpd.GeoDataFrame, radius_m: float) -> gpd.GeoSeries:
    radius_m = require_number(radius_m, "radius_m", most=_FARTHEST_M, above=True)
    shapes = points.geometry.to_numpy()
    drawn = ~shapely.is_missing(shapes)
    wrong = np.flatnonzero(drawn & (shapely.get_type_id(shapes) != shapely.GeometryType.POINT))
    if len(wrong):
        raise LayerError("indicators.dwellings_no_points", row=wrong[0] + 1)
    require_places(points, Note("layers.called.dwellings"))
    geographic = geographic_of(require_crs(points.crs))
    lon, lat = shapely.get_coordinates(points.geometry.to_crs(geographic).to_numpy()).T
    ellipsoid = Ellipsoid.of(geographic)
    geod = pyproj.Geod(a=ellipsoid.a, es=ellipsoid.e2)
    azimuth = -np.arange(_CORNERS) * 360.0 / _CORNERS

    def spread(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
        return np.broadcast_to(values, (len(lon), _CORNERS)).ravel().astype(float)

    x, y, _ = geod.fwd(
        spread(lon[:, None]), spread(lat[:, None]), spread(azimuth), spread(radius_m)
    )
    rings = np.dstack([np.reshape(x, (-1, _CORNERS)), np.reshape(y, (-1, _CORNERS))])
    return gpd.GeoSeries(shapely.polygons(rings), index=points.index, crs=geographic)


def widened_streets(streets: gpd.GeoDataFrame, width_m: float | str) -> gpd.GeoDataFrame:
    """Streets as polygons, from centrelines and a width, as of ``street_canopy_cover``."""
    require_crs(streets.crs, Note("layers.called.streets"))
    streets = check_geometry(streets, Note("layers.called.streets"), geometry="line")
    width = measure_by_row(width_m, streets, "width_m", Note("layers.called.streets"))
    plane = local_metres(streets.geometry)
    lines = followed_to(streets.geometry, plane).to_numpy()
    ground = shapely.buffer(lines, width / 2.0, cap_style="flat")
    # A line without a length has no ground.
    return gpd.GeoDataFrame(geometry=ground[~shapely.is_empty(ground)], crs=plane)

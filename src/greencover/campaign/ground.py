"""Which layers share ground: with the land cover, and villages with townships."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyproj
import shapely

from greencover.ground.datums import moved_to, tell_shift
from greencover.ground.errors import LayerError, NoOverlapError
from greencover.ground.geodesy import require_crs
from greencover.ground.notes import Note
from greencover.words import Listed

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.cover.land_cover import LandCover


def check_overlap(frame: gpd.GeoDataFrame, where: str, cover: LandCover) -> None:
    """Refuse a layer that lies wholly outside the land cover."""
    own = require_crs(frame.crs, where)
    transformer = pyproj.Transformer.from_crs(own, cover.crs, always_xy=True)
    x0, y0, x1, y1 = frame.total_bounds
    spans = transformer.transform_bounds(x0, y0, x1, y1, errcheck=False)
    west, south, east, north = cover.bounds
    meets = spans[0] < east and spans[2] > west and spans[1] < north and spans[3] > south
    if not (np.isfinite(spans).all() and meets):
        if own.is_geographic:
            _check_order((x0, y0, x1, y1), frame, where, cover)
        raise NoOverlapError(
            "campaign.no_overlap",
            layer=where,
            cover=Listed.every(cover.paths),
            layer_box=_box(*spans),
            cover_box=_box(*cover.bounds),
            crs=cover.crs.name,
        )
    tell_shift(own, cover.crs, ((x0 + x1) / 2.0, (y0 + y1) / 2.0))


def middle_of(cover: LandCover) -> tuple[float, float]:
    """Return longitude and latitude of the middle of the land cover."""
    west, south, east, north = cover.bounds
    transformer = pyproj.Transformer.from_crs(cover.crs, "EPSG:4326", always_xy=True)
    lon, lat = transformer.transform((west + east) / 2.0, (south + north) / 2.0)
    return float(lon), float(lat)


def _check_order(
    box: tuple[float, float, float, float], frame: gpd.GeoDataFrame, where: str, cover: LandCover
) -> None:
    """Name latitude and longitude swapped, where the layer meets the cover the other way round."""
    x0, y0, x1, y1 = box
    transformer = pyproj.Transformer.from_crs(cover.crs, frame.crs, always_xy=True)
    west, south, east, north = transformer.transform_bounds(*cover.bounds, errcheck=False)
    if y0 < east and y1 > west and x0 < north and x1 > south:
        raise LayerError("campaign.axes_swapped", layer=where)


def _box(west: float, south: float, east: float, north: float) -> Note:
    return Note("campaign.box", west=west, south=south, east=east, north=north)


def townships_by_overlap(units: gpd.GeoDataFrame, townships: gpd.GeoDataFrame) -> pd.Series:
    """Return the code of the township that holds most of each unit, None where none does."""
    inside = moved_to(units.geometry, townships.crs).to_numpy()
    outside = townships.geometry.to_numpy()
    unit, township = shapely.STRtree(outside).query(inside, predicate="intersects")
    shared = shapely.area(shapely.intersection(inside[unit], outside[township]))
    pairs = pd.DataFrame({"unit": unit, "township": township, "shared": shared})
    largest = pairs[pairs["shared"] > 0].sort_values("shared").drop_duplicates("unit", keep="last")
    codes = pd.Series([None] * len(units), index=units.index, dtype="object")
    codes.iloc[largest["unit"].to_numpy()] = townships["code"].to_numpy()[largest["township"]]
    return codes

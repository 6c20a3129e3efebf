"""Which layers share ground: with the land cover, and villages with townships."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyproj
import shapely

from greencover.errors import NoOverlapError

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.landcover import LandCover


def check_overlap(frame: gpd.GeoDataFrame, where: str, cover: LandCover) -> None:
    """Refuse a layer that lies wholly outside the land cover."""
    transformer = pyproj.Transformer.from_crs(frame.crs, cover.crs, always_xy=True)
    x0, y0, x1, y1 = frame.total_bounds
    spans = transformer.transform_bounds(x0, y0, x1, y1, errcheck=False)
    west, south, east, north = cover.bounds
    meets = spans[0] < east and spans[2] > west and spans[1] < north and spans[3] > south
    if not (np.isfinite(spans).all() and meets):
        raise NoOverlapError(
            f"The {where} and the land cover {', '.join(cover.paths)} share no ground: the layer "
            f"spans {_box(*spans)}, the cover "
            f"{_box(west, south, east, north)} ({cover.crs.name}); check both coordinate systems."
        )


def _box(west: float, south: float, east: float, north: float) -> str:
    return f"{west:.6g} to {east:.6g} by {south:.6g} to {north:.6g}"


def townships_by_overlap(units: gpd.GeoDataFrame, townships: gpd.GeoDataFrame) -> pd.Series:
    """Return the code of the township that holds most of each unit, None where none does."""
    inside = units.geometry.to_crs(townships.crs).to_numpy()
    outside = townships.geometry.to_numpy()
    unit, township = shapely.STRtree(outside).query(inside, predicate="intersects")
    shared = shapely.area(shapely.intersection(inside[unit], outside[township]))
    pairs = pd.DataFrame({"unit": unit, "township": township, "shared": shared})
    largest = pairs[pairs["shared"] > 0].sort_values("shared").drop_duplicates("unit", keep="last")
    codes = pd.Series([None] * len(units), index=units.index, dtype="object")
    codes.iloc[largest["unit"].to_numpy()] = townships["code"].to_numpy()[largest["township"]]
    return codes

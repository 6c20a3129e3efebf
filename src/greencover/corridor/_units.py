"""Polygons that ground belongs to, such as townships, in longitude and latitude."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from greencover.corridor._chains import FOLLOW_M
from greencover.ground.datums import moved_to
from greencover.ground.geodesy import geographic_of, require_crs, unit_in_metres

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Units:
    """Polygons with their names; ground that several hold belongs to the first."""

    polygons: npt.NDArray[Any]
    names: npt.NDArray[Any]

    @classmethod
    def of(cls, frame: gpd.GeoDataFrame, column: str | None, crs: pyproj.CRS | None) -> Units:
        """Polygons of a layer, their straight edges followed into a geographic system.

        Without a column the polygons are one thing, which has its place among them as a name.
        """
        shapes = frame.geometry
        own = require_crs(frame.crs)
        if own.is_projected:
            shapes = shapes.segmentize(FOLLOW_M / unit_in_metres(own))
        names = np.full(len(frame), "inside", dtype=object)
        if column is not None:
            names = frame[column].to_numpy(dtype=object)
        return cls(np.asarray(moved_to(shapes, geographic_of(require_crs(crs))).to_numpy()), names)

    def first_at(self, points: Floats) -> Ints:
        """Number of the polygon that holds each point, -1 where none does; the first of several."""
        found = np.full(len(points), -1, dtype=np.int64)
        point, polygon = shapely.STRtree(np.asarray(shapely.points(points))).query(
            self.polygons, predicate="intersects"
        )[::-1]
        # Reversed, so that the first polygon is written last.
        order = np.lexsort((-polygon, point))
        found[point[order]] = polygon[order]
        return found

    def at(self, points: Floats) -> npt.NDArray[Any]:
        """Name of the polygon that holds each point, "" where none does."""
        return self.called(self.first_at(points))

    def called(self, number: Ints) -> npt.NDArray[Any]:
        """Names by number, "" for -1."""
        names = np.full(len(self.names) + 1, "", dtype=object)
        names[:-1] = self.names
        return np.asarray(names[number], dtype=object)

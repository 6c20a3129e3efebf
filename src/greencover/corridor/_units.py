"""Where a network crosses the borders of units, and which unit holds a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from greencover.corridor._stations import Network

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Units:
    """Polygons, such as townships, that roads are cut at."""

    polygons: gpd.GeoSeries
    names: npt.NDArray[Any]

    def crossings(self, network: Network) -> tuple[Ints, Floats]:
        """Chain and distance of the places where the network crosses the outline of a unit."""
        start = np.setdiff1d(np.arange(len(network.lonlat)), network.first[1:] - 1)
        ends = np.stack([network.lonlat[start], network.lonlat[start + 1]], axis=1)
        segments = shapely.linestrings(ends)
        outlines = shapely.boundary(self.polygons.to_numpy())
        outline, segment = shapely.STRtree(segments).query(outlines, predicate="intersects")
        met = shapely.intersection(segments[segment], outlines[outline])
        points, owner = shapely.get_coordinates(met, return_index=True)
        at = segment[owner]
        low, high = ends[at, 0], ends[at, 1]
        share = ((points - low) * (high - low)).sum(axis=1) / ((high - low) ** 2).sum(axis=1)
        vertex = start[at]
        from_m, to_m = network.distance[vertex], network.distance[vertex + 1]
        return network.chain[vertex], from_m + np.clip(share, 0.0, 1.0) * (to_m - from_m)

    def at(self, points: Floats) -> npt.NDArray[Any]:
        """Name of the unit that holds each point, "" where none does; the first of several."""
        found = np.full(len(points), "", dtype=object)
        tree = shapely.STRtree(self.polygons.to_numpy())
        point, polygon = tree.query(shapely.points(points), predicate="intersects")
        # Reversed, so that the first polygon is written last.
        order = np.lexsort((-polygon, point))
        found[point[order]] = self.names[polygon[order]]
        return found

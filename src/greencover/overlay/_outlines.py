"""Zones as the engine takes them: edges in the system that it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj

from greencover.ground.geodesy import Ellipsoid, degrees_per_unit, geographic_of, require_crs
from greencover.layers import check_geometry
from greencover.overlay._edges import EdgeTable, edge_table
from greencover.overlay._ground import PlaneDensity

Floats = npt.NDArray[np.float64]
Zones: TypeAlias = gpd.GeoDataFrame | gpd.GeoSeries


class Outlines(Protocol):
    """Zones of one layer; their edges are straight in its own system."""

    @property
    def crs(self) -> pyproj.CRS:
        """The layer's own system."""

    @property
    def geometries(self) -> npt.NDArray[np.object_]:
        """Polygons of the zones, asked for only where rasters overlap, and by messages."""

    def __len__(self) -> int:
        """Number of zones."""

    def edges_in(self, target: pyproj.CRS, cell: float | None = None) -> EdgeTable:
        """Edges in a system; ``cell`` is the size of a cell that they are counted in."""


@dataclass(frozen=True)
class Layer:
    """Polygons of one layer and their system."""

    geometries: npt.NDArray[np.object_]
    crs: pyproj.CRS

    @classmethod
    def of(cls, zones: Zones, name: str) -> Layer:
        """Check the polygons of a frame."""
        where = f"layer {name!r}"
        crs = require_crs(zones.crs, f"The {where}")
        if not len(zones):
            return cls(np.empty(0, dtype=object), crs)
        frame = gpd.GeoDataFrame(geometry=zones.geometry, crs=zones.crs)
        if crs.is_geographic and degrees_per_unit(crs) != 1.0:
            crs = geographic_of(crs)
            frame = frame.to_crs(crs)
        checked = check_geometry(frame, where, geometry="polygon")
        return cls(checked.geometry.to_numpy(), crs)

    def __len__(self) -> int:
        return len(self.geometries)

    def edges_in(self, target: pyproj.CRS, cell: float | None = None) -> EdgeTable:
        """Edges in a system; ``cell`` is the size of a cell that they are counted in."""
        return edge_table(self.geometries, self.crs, target, cell=cell)


def ground_m2(
    layer: Outlines,
    geographic: pyproj.CRS,
    own: EdgeTable | None = None,
    *,
    threads: int | None = None,
) -> Floats:
    """Ground of zones on an ellipsoid; ``own`` are their edges in their own system."""
    if not len(layer):
        return np.zeros(0)
    if own is None:
        own = layer.edges_in(layer.crs)
    if layer.crs.equals(geographic, ignore_axis_order=True):
        return own.enclosed_on(Ellipsoid.of(geographic))
    density = PlaneDensity.fit(layer.crs, geographic, own.bounds())
    if density is not None:
        return density.ground_m2(own, threads)
    return layer.edges_in(geographic).enclosed_on(Ellipsoid.of(geographic))

"""Ground of the belts beside a network: which station side it belongs to, and nobody's twice.

Ground that two belts of one side of a chain claim goes to the nearer road, ground under a
carriageway to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from greencover.corridor._rays import Rays
from greencover.corridor._sharing import Claims
from greencover.corridor._stations import Network, Stations
from greencover.corridor._trapezoids import carriageways, trapezoids
from greencover.ground.geodesy import Ellipsoid

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Carriageways:
    """Ground of roads: corners in degrees (n, 4, 2), the number of the chain, and distances."""

    corners: Floats
    chain: Ints
    low: Floats
    high: Floats

    @classmethod
    def of(
        cls, network: Network, ellipsoid: Ellipsoid, half_m: Floats, on_ground: Bools
    ) -> Carriageways:
        """Ground of a network out to ``half_m`` on both sides, both given by row of the layer."""
        rays = Rays.at_vertices(network, ellipsoid)
        half = np.where(on_ground, half_m, 0.0)[network.piece]
        corners, ray = carriageways(rays.arrays, half)
        return cls(corners, rays.chain[ray], rays.distance[ray], rays.distance[ray + 1])

    @classmethod
    def none(cls) -> Carriageways:
        """No ground."""
        nothing = np.zeros(0)
        return cls(np.zeros((0, 4, 2)), np.zeros(0, dtype=np.int64), nothing, nothing)

    @cached_property
    def _boxes(self) -> tuple[Floats, Floats]:
        return self.corners.min(axis=1), self.corners.max(axis=1)

    def near(self, box: tuple[float, float, float, float], margin: float) -> Carriageways:
        """Those that meet a box in degrees, widened by a margin in degrees."""
        low, high = self._boxes
        west, south, east, north = box
        meets = (
            (high[:, 0] > west - margin)
            & (low[:, 0] < east + margin)
            & (high[:, 1] > south - margin)
            & (low[:, 1] < north + margin)
        )
        return Carriageways(
            self.corners[meets], self.chain[meets], self.low[meets], self.high[meets]
        )


@dataclass(frozen=True)
class Belts:
    """Ground beside a network, in longitude and latitude.

    Attributes
    ----------
    corners, owner
        Trapezoids that are whole, shape (n, 4, 2), counter-clockwise, and the station side that
        each belongs to: twice as many as stations, by chain the left sides and then the right.
    cut, cut_owner
        Polygons of those of which something was taken away.
    crs
        Their system.
    covered_share, covered_across
        Share of each station side that lies under a carriageway, and whether most of that runs
        across the road.
    middle
        Ends of the line along the middle of each station side's belt; shape (k, 2), with
    middle_owner
        the station side of each point.
    """

    corners: Floats
    owner: Ints
    cut: npt.NDArray[Any]
    cut_owner: Ints
    crs: pyproj.CRS
    covered_share: Floats
    covered_across: Bools
    middle: Floats
    middle_owner: Ints

    @cached_property
    def polygons(self) -> gpd.GeoSeries:
        """All ground as polygons."""
        whole = shapely.polygons(self.corners)
        whole = shapely.remove_repeated_points(whole)
        return gpd.GeoSeries(np.concatenate([whole, self.cut]), crs=self.crs)

    @cached_property
    def polygon_owner(self) -> Ints:
        """Station side of each polygon."""
        return np.concatenate([self.owner, self.cut_owner])

    def put_together(self, of: Ints, length_m: Floats) -> Belts:
        """The same ground by fewer station sides: the number, and the length, of each side's."""
        covered = length_m * self.covered_share
        across = np.bincount(of, weights=covered * self.covered_across)
        under = np.bincount(of, weights=covered)
        return replace(
            self,
            owner=of[self.owner],
            cut_owner=of[self.cut_owner],
            covered_share=under / np.bincount(of, weights=length_m),
            covered_across=across >= under / 2.0,
            middle_owner=of[self.middle_owner],
        )

    @cached_property
    def lines(self) -> npt.NDArray[Any]:
        """Middle line of each station side."""
        return np.asarray(shapely.linestrings(self.middle, indices=self.middle_owner))


def lay_belts(
    network: Network,
    stations: Stations,
    ellipsoid: Ellipsoid,
    crs: pyproj.CRS,
    *,
    near_m: Floats,
    far_m: Floats,
    roads: Carriageways,
    sides: tuple[bool, bool] = (True, True),
) -> Belts:
    """Lay belts beside a network.

    Parameters
    ----------
    network, stations
        The chains and their stations.
    ellipsoid, crs
        What the coordinates stand on.
    near_m, far_m
        Depth of the belt's edges by row of the layer.
    roads
        Carriageways, the network's own included; ``chain`` numbers the network's chains first.
    sides
        Whether the left and the right side are wanted.
    """
    rays = Rays.at_stations(network, ellipsoid, stations.first, stations.from_m)
    near, far = near_m[stations.piece], far_m[stations.piece]
    corners, ray, side, reach = trapezoids(rays.arrays, near, far, sides)
    station = rays.holder[ray]
    # The stations of a chain come twice, its left sides before its right ones.
    first = stations.first[rays.chain[ray]]
    length = np.diff(stations.first)[rays.chain[ray]]
    owner = 2 * first + side * length + (station - first)
    claims = Claims(
        corners=np.concatenate([corners, roads.corners]),
        belts=len(corners),
        chain=np.concatenate([rays.chain[ray], roads.chain]),
        side=np.concatenate([side, np.full(len(roads.corners), -1)]),
        low=np.concatenate([rays.distance[ray], roads.low]),
        high=np.concatenate([rays.distance[ray + 1], roads.high]),
        near=near[station],
        reach=reach,
    )
    shared = claims.shared_out(ellipsoid)
    count = 2 * len(stations)
    covered_m2 = np.bincount(owner[shared.cut_claim], weights=shared.covered, minlength=count)
    across_m2 = np.bincount(owner[shared.cut_claim], weights=shared.across, minlength=count)
    free_m2 = np.bincount(owner, weights=shared.free, minlength=count)
    share = covered_m2 / np.where(covered_m2 > 0.0, covered_m2 + free_m2, 1.0)
    left = shared.free[shared.cut_claim] > 0.0
    middle, middle_owner = _middles(rays, stations, (near + far) / 2.0)
    return Belts(
        corners=corners[shared.whole],
        owner=owner[shared.whole],
        cut=shared.cut[left],
        cut_owner=owner[shared.cut_claim[left]],
        crs=crs,
        covered_share=share,
        covered_across=across_m2 >= covered_m2 / 2.0,
        middle=middle,
        middle_owner=middle_owner,
    )


def _middles(rays: Rays, stations: Stations, depth: Floats) -> tuple[Floats, Ints]:
    """Points along the middle of the belt of each station side."""
    r = np.flatnonzero(rays.holder >= 0)
    station = rays.holder[r]
    first = stations.first[rays.chain[r]]
    length = np.diff(stations.first)[rays.chain[r]]
    deep = depth[station]
    points, owners = [], []
    for side, direction in enumerate((rays.left, -rays.right)):
        ends = np.empty((len(r), 2, 2))
        for end, at in enumerate((r, r + 1)):
            for axis, scale in enumerate((rays.east, rays.north)):
                step = direction[at, axis] * deep / scale[at]
                ends[:, end, axis] = rays.foot[at, axis] + step
        points.append(ends)
        owners.append(2 * first + side * length + (station - first))
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    return np.concatenate(points)[order].reshape(-1, 2), np.repeat(owner[order], 2)

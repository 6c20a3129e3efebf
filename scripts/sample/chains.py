"""Roads with chainage: shared junction vertices, bridges, tunnels and the pieces they fall into."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from .frame import COLUMNS, PIXEL_X_M, PIXEL_Y_M, ROWS, Array, to_lonlat, to_xy
from .routes import SEATS, Route
from .terrain import Terrain

GEOD = pyproj.Geod(ellps="WGS84")
EXPRESSWAY = "高速公路"


@dataclass
class Chain:
    """One road from end to end; ``along_m`` is the geodesic chainage of each vertex.

    ``meets_m`` holds the chainages at which other roads join it or pass over it.
    """

    route: Route
    lonlat: Array
    bridges: list[tuple[float, float]] = field(default_factory=list)
    tunnels: list[tuple[float, float]] = field(default_factory=list)
    meets_m: list[float] = field(default_factory=list)

    @property
    def xy(self) -> Array:
        """Vertices in plane metres."""
        return to_xy(self.lonlat)

    @property
    def line(self) -> shapely.LineString:
        """The road in plane metres."""
        return shapely.LineString(self.xy)

    @property
    def along_m(self) -> Array:
        """Geodesic chainage of each vertex."""
        lon, lat = self.lonlat.T
        return np.r_[0, np.cumsum(GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2])]

    @property
    def length_m(self) -> float:
        """Geodesic length of the road."""
        return float(self.along_m[-1])

    def at(self, chainage_m: float) -> Array:
        """Give the plane position at a chainage."""
        return self.points(np.array([chainage_m]))[0]

    def points(self, chainages_m: Array) -> Array:
        """Give the plane positions at many chainages."""
        along = self.along_m
        return np.column_stack([np.interp(chainages_m, along, axis) for axis in self.xy.T])

    def where(self, position: Array) -> float:
        """Give the chainage of a plane position on the road."""
        start, step = self.xy[:-1], np.diff(self.xy, axis=0)
        t = np.clip(((position - start) * step).sum(axis=1) / (step**2).sum(axis=1), 0, 1)
        off = np.hypot(*(start + step * t[:, None] - position).T)
        i = int(np.argmin(off))
        along = self.along_m
        return float(along[i] + t[i] * (along[i + 1] - along[i]))

    def insert(self, lonlat: Array) -> None:
        """Make a point a vertex, moving a vertex that already lies within two metres."""
        (position,) = to_xy(lonlat[None])
        off = np.hypot(*(self.xy - position).T)
        if off.min() < 2:
            self.lonlat[int(np.argmin(off))] = lonlat
        else:
            index = int(np.searchsorted(self.along_m, self.where(position)))
            self.lonlat = np.insert(self.lonlat, index, lonlat, axis=0)

    def excluded(self) -> list[tuple[float, float]]:
        """Give the stretches on bridges and in tunnels, in order."""
        return sorted(self.bridges + self.tunnels)


def build(laid: list[tuple[Route, Array]], terrain: Terrain) -> list[Chain]:
    """Join roads where they meet, then raise bridges and drive tunnels."""
    chains = [Chain(route, to_lonlat(line)) for route, line in laid]
    # A curve that was thinned out passes a seat by a hand's breadth; all roads meet in one point.
    seats = [np.array(seat) * 1000 for seat in SEATS.values()]
    for chain in chains:
        for seat in seats:
            if chain.line.distance(shapely.Point(seat)) < 2:
                chain.insert(to_lonlat(seat[None])[0])
    crossings: list[tuple[Chain, Array]] = []
    for i, upper in enumerate(chains):
        for lower in chains[i + 1 :]:
            points = meetings(upper, lower)
            if upper.route.grade == EXPRESSWAY:
                crossings += [(upper, point) for point in points]
                lower.meets_m += [lower.where(point) for point in points]
                continue
            for point in points:
                (lonlat,) = to_lonlat(point[None])
                upper.insert(lonlat)
                lower.insert(lonlat)
                upper.meets_m.append(upper.where(point))
                lower.meets_m.append(lower.where(point))
    for chain in chains:
        over = [chain.where(point) for above, point in crossings if above is chain]
        decks = [(m - 38, m + 38) for m in over] + river_decks(chain, terrain)
        chain.bridges = joined(decks)
        chain.tunnels = tunnels(chain, terrain)
        places = sorted(chain.meets_m)
        apart = np.diff(places, prepend=-100.0) > 5
        chain.meets_m = [m for m, new in zip(places, apart, strict=True) if new]
        for stretch in chain.excluded():
            for end in stretch:
                chain.insert(to_lonlat(chain.at(end)[None])[0])
    return chains


def meetings(one: Chain, other: Chain) -> list[Array]:
    """Find where two roads cross or touch, also when an end misses by a hair."""
    found = list(shapely.get_coordinates(shapely.intersection(one.line, other.line)))
    for a, b in ((one, other), (other, one)):
        for end in a.xy[[0, -1]]:
            spot = b.line.interpolate(b.line.project(shapely.Point(end)))
            near = shapely.get_coordinates(spot)[0]
            if np.hypot(*(near - end)) < 3 and all(np.hypot(*(f - end)) > 25 for f in found):
                found.append(end)
    return found


def river_decks(chain: Chain, terrain: Terrain) -> list[tuple[float, float]]:
    """Give the stretches over the river, with fifteen metres of abutment."""
    wet = shapely.intersection(chain.line, terrain.river)
    decks = []
    for part in shapely.get_parts(wet):
        if part.is_empty:
            continue
        ends = [chain.where(p) for p in shapely.get_coordinates(part)[[0, -1]]]
        decks.append((min(ends) - 15, max(ends) + 15))
    return decks


def joined(stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Round stretches to whole metres and merge those less than thirty metres apart."""
    merged: list[tuple[float, float]] = []
    for low, high in sorted(stretches):
        low, high = float(np.floor(low)), float(np.ceil(high))
        if merged and low - merged[-1][1] < 30:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged


def tunnels(chain: Chain, terrain: Terrain) -> list[tuple[float, float]]:
    """Take the road under its highest ground."""
    length = chain.route.tunnel_m
    if not length:
        return []
    stations = np.arange(length / 2 + 200, chain.length_m - length / 2 - 200, 20.0)
    xy = chain.points(stations)
    cols = np.clip(xy[:, 0] / PIXEL_X_M, 0, COLUMNS - 1).astype(int)
    rows = np.clip(ROWS - xy[:, 1] / PIXEL_Y_M, 0, ROWS - 1).astype(int)
    height = terrain.elevation_m[rows, cols].astype(float)
    window = max(3, int(length / 20))
    mean = np.convolve(height, np.ones(window) / window, mode="same")
    middle = float(stations[int(np.argmax(mean))])
    return [(middle - length / 2, middle + length / 2)]


def cuts(chain: Chain, rng: np.random.Generator) -> list[int]:
    """Choose the vertices at which the road is broken into pieces, as mapped roads are."""
    along = chain.along_m
    fixed = [m for stretch in chain.excluded() for m in stretch]
    places = {0, len(along) - 1} | {int(np.argmin(np.abs(along - m))) for m in fixed}
    wanted = 0.0
    while (wanted := wanted + float(rng.uniform(900, 3600))) < along[-1] - 400:
        index = int(np.argmin(np.abs(along - wanted)))
        inside = any(low <= along[index] <= high for low, high in chain.excluded())
        if not inside and min(abs(along[index] - along[p]) for p in places) > 150:
            places.add(index)
    return sorted(places)


def pieces(chain: Chain, rng: np.random.Generator) -> list[tuple[NDArray[np.float64], str, str]]:
    """Split a road into (coordinates, bridge, tunnel) pieces in order of chainage."""
    along, places = chain.along_m, cuts(chain, rng)
    split = []
    for a, b in pairwise(places):
        middle = (along[a] + along[b]) / 2
        bridge = any(low < middle < high for low, high in chain.bridges)
        tunnel = any(low < middle < high for low, high in chain.tunnels)
        yes = ("yes" if bridge else "no", "yes" if tunnel else "no")
        split.append((chain.lonlat[a : b + 1], *yes))
    return split

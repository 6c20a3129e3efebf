"""Find each road's way through the hills and draw it as a curve."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from .borders import CELL_X_M, CELL_Y_M, GRID, STEPS, Borders, cell_of, centre_of, in_plane
from .frame import Array, to_lonlat
from .names import TOWNSHIPS, VILLAGES, pairs
from .terrain import Terrain, coarse, reservoir, spline

SEATS = {t.name[:2]: t.seat_km for t in TOWNSHIPS}
Cell = tuple[int, int]


@dataclass(frozen=True)
class Route:
    """A road before it is built: where it goes, and how much it minds slopes."""

    road: str
    name: str
    name_en: str
    grade: str
    width_m: float
    through: tuple[str | tuple[float, float], ...]
    slope_cost: float = 1.0
    stride: int = 3
    tunnel_m: float = 0.0


ROUTES = (
    Route("G72", "青岚高速公路", "Qinglan Expressway", "高速公路", 26.0,
          ((0.2, 9.6), (8.6, 7.9), (13.0, 8.7), (18.6, 9.2), (25.0, 9.6)), 0.12, 6, 1180),
    Route("G105", "京澳线", "Beijing-Macao Road", "国道", 12.0,
          ((11.0, 21.3), "枫林", "云溪", (7.4, 5.6), (4.6, 0.3)), 0.9, 4),
    Route("S223", "鹭松线", "Bailu-Songling Road", "省道", 10.0,
          ((21.3, 21.0), "白鹭", "云溪", (8.2, 7.0), "松岭", (0.2, 8.0)), 0.9, 4),
    Route("S224", "云桥线", "Yunxi-Shiqiao Road", "省道", 9.0,
          ("云溪", "石桥", (25.1, 13.6)), 0.9, 4),
    Route("X101", "云石线", "Yunxi-Qingshi Road", "县道", 8.0,
          ("云溪", "青石", (0.3, 16.6)), 0.8),
    Route("X102", "云竹线", "Yunxi-Zhuhu Road", "县道", 7.5,
          ("云溪", (14.6, 6.8), "竹湖", (22.4, 1.9)), 0.8),
    Route("X103", "石枫线", "Qingshi-Fenglin Road", "县道", 7.5,
          ("青石", (9.3, 14.3), "枫林"), 0.8),
    Route("X104", "鹭桥线", "Bailu-Shiqiao Road", "县道", 7.5,
          ("白鹭", (20.9, 14.8), "石桥"), 0.25, 3, 460),
    Route("X105", "竹岚线", "Zhuhu-Qinglan Road", "县道", 7.5,
          ("竹湖", "青岚", (7.9, 2.9), (4.0, 2.45)), 0.5),
    Route("Y012", "枫鹭线", "Fenglin-Bailu Road", "乡道", 6.5,
          ("枫林", (13.4, 18.9), (15.7, 17.2), "白鹭"), 0.5),
    Route("Y013", "桥湖线", "Shiqiao-Zhuhu Road", "乡道", 6.0,
          ("石桥", (20.6, 8.2), (19.4, 6.6), "竹湖"), 0.6),
    Route("Y014", "松南线", "Songling South Road", "乡道", 6.0,
          ("松岭", (4.6, 4.4), (4.0, 2.45)), 0.8),
    Route("Y015", "岚竹线", "Qinglan-Zhuhu South Road", "乡道", 6.0,
          ("青岚", (14.2, 2.4), (16.0, 2.3), "竹湖"), 0.4),
)  # fmt: skip

# Lanes tie a village (plane km) to the network and are named after it.
LANES = (
    Route("Y011", "青北线", "Qingshi North Road", "乡道", 6.5, ((3.7, 18.2),), 0.8),
    Route("C031", "", "", "村道", 4.5, ((21.9, 16.8),), 0.6, 2),
    Route("C032", "", "", "村道", 4.5, ((18.8, 13.1),), 0.6, 2),
    Route("C033", "", "", "村道", 4.5, ((6.6, 19.2),), 0.6, 2),
    Route("C034", "", "", "村道", 4.5, ((5.6, 10.4),), 0.6, 2),
    Route("C035", "", "", "村道", 4.5, ((23.3, 7.1),), 0.5, 2),
    Route("C036", "", "", "村道", 4.0, ((2.6, 9.0),), 0.6, 2),
    Route("C037", "", "", "村道", 4.0, ((12.1, 6.3),), 0.6, 2),
)


class Ground:
    """What it costs to build a road across each coarse cell, with the roads already there."""

    def __init__(self, terrain: Terrain, borders: Borders) -> None:
        self.height = coarse(terrain.elevation_m).astype(float)
        rows, cols = np.mgrid[: GRID[0], : GRID[1]]
        self.points = shapely.points((cols + 0.5) * CELL_X_M, (GRID[0] - rows - 0.5) * CELL_Y_M)
        river, border = terrain.river, in_plane(borders.county).exterior
        wet = coarse(reservoir(terrain.elevation_m).astype(np.float32))
        self.base = 1 + 4.0 * self.within(river, 170) + 9.0 * self.within(river, 40) + 40.0 * wet
        self.base += 2.5 * self.within(border, 450)
        self.taken = np.zeros(GRID)
        self.near_seat = np.zeros(GRID, bool)
        for seat in SEATS.values():
            centre = shapely.Point(np.array(seat) * 1000)
            self.near_seat |= self.within(centre, 900)

    def within(self, geometry: shapely.Geometry, metres: float) -> NDArray[np.bool_]:
        """Mark the cells whose centre lies within a distance of a geometry."""
        shapely.prepare(geometry)
        near: NDArray[np.bool_] = shapely.dwithin(geometry, self.points, metres)
        return near

    def occupy(self, line: shapely.LineString) -> None:
        """Keep later roads from running beside this one; crossing it stays cheap."""
        self.taken = np.maximum(self.taken, self.within(line, 330))

    def links(self, slope_cost: float) -> list[tuple[int, list[float]]]:
        """Price each step to each neighbour: index offset, and the price from every cell."""
        crowd = 1 + self.taken * np.where(self.near_seat, 0.6, 4.0)
        cost = np.pad(self.base * crowd, 1, constant_values=np.inf)
        height = np.pad(self.height, 1)
        links = []
        for dr, dc, metres in STEPS:
            there = slice(1 + dr, GRID[0] + 1 + dr), slice(1 + dc, GRID[1] + 1 + dc)
            slope = np.abs(height[there] - self.height) / metres
            mean = (cost[there] + cost[1:-1, 1:-1]) / 2
            price = metres * (mean + slope_cost * (slope / 0.05) ** 2)
            links.append((dr * GRID[1] + dc, price.ravel().tolist()))
        return links

    def path(self, start: Cell, goals: set[Cell], slope_cost: float) -> list[Cell]:
        """Find the cheapest way from ``start`` to the nearest of ``goals``."""
        links = self.links(slope_cost)
        width = GRID[1]
        aims = {r * width + c for r, c in goals}
        origin = start[0] * width + start[1]
        best = {origin: 0.0}
        came: dict[int, int] = {}
        queue = [(0.0, origin)]
        while queue:
            spent, cell = heapq.heappop(queue)
            if cell in aims:
                way = [cell]
                while way[-1] != origin:
                    way.append(came[way[-1]])
                return [divmod(step, width) for step in reversed(way)]
            if spent > best[cell]:
                continue
            for offset, prices in links:
                total = spent + prices[cell]
                if total < best.get(cell + offset, np.inf):
                    best[cell + offset] = total
                    came[cell + offset] = cell
                    heapq.heappush(queue, (total, cell + offset))
        raise RuntimeError(f"no way from {start}")


def curve(stations: list[Array], fixed: set[int]) -> Array:
    """Round off a chain of control points and pass a curve through it."""
    points = np.array(stations)
    free = np.array([i not in fixed for i in range(len(points))])
    for _ in range(3):
        middle = (points[:-2] + 2 * points[1:-1] + points[2:]) / 4
        points[1:-1] = np.where(free[1:-1, None], middle, points[1:-1])
    line = shapely.LineString(spline(points, 22.0)).simplify(0.35)
    return shapely.get_coordinates(line)


def lay_out(route: Route, ground: Ground) -> Array:
    """Draw a road through its waypoints; seats are met exactly."""
    stops = [np.array(SEATS[p] if isinstance(p, str) else p) * 1000 for p in route.through]
    stations: list[Array] = [stops[0]]
    fixed = {0}
    for i, (a, b) in enumerate(pairwise(stops)):
        way = ground.path(cell_of(a), {cell_of(b)}, route.slope_cost)
        inner = way[route.stride : -route.stride + 1 or None : route.stride]
        stations += [centre_of(cell) for cell in inner]
        stations.append(b)
        if isinstance(route.through[i + 1], str) or i == len(stops) - 2:
            fixed.add(len(stations) - 1)
    return curve(stations, fixed)


def tie_in(route: Route, ground: Ground, network: list[Array]) -> Array:
    """Draw a lane from a village to the nearest road of the network."""
    roads = shapely.MultiLineString([shapely.LineString(line) for line in network])
    goals = {(r, c) for r, c in np.argwhere(ground.within(roads, CELL_X_M * 0.75)).tolist()}
    (village,) = route.through
    start = np.array(village) * 1000
    way = ground.path(cell_of(start), goals, route.slope_cost)
    host = roads.interpolate(roads.project(shapely.Point(centre_of(way[-1]))))
    end = shapely.get_coordinates(host)[0]
    inner = way[route.stride : -1 : route.stride]
    stations = [start, *[centre_of(cell) for cell in inner], end]
    return curve(stations, {0, len(stations) - 1})


def village_at(position: Array, borders: Borders) -> tuple[str, str]:
    """Give the short names, in both languages, of the village at a plane position."""
    (lonlat,) = to_lonlat(position[None])
    point = shapely.Point(lonlat)
    code = next(c for c, p in borders.villages.items() if p.contains(point))
    zh, en = pairs(VILLAGES[code[:9]])[int(code[9:]) - 1]
    return zh.removesuffix("村").removesuffix("社区"), en.split(" ")[0]


def inside(line: Array, county: shapely.Polygon) -> Array:
    """Cut a road off at the county border."""
    kept = shapely.get_parts(shapely.intersection(shapely.LineString(line), county))
    return shapely.get_coordinates(max(kept, key=lambda part: part.length))


def build(terrain: Terrain, borders: Borders) -> list[tuple[Route, Array]]:
    """Lay out every road, the greatest first, in plane metres."""
    ground = Ground(terrain, borders)
    county = in_plane(borders.county)
    built: list[tuple[Route, Array]] = []
    for route in ROUTES:
        line = inside(lay_out(route, ground), county)
        built.append((route, line))
        ground.occupy(shapely.LineString(line))
    for route in LANES:
        network = [line for other, line in built if other.grade != "高速公路"]
        line = tie_in(route, ground, network)
        if not route.name:
            zh, en = village_at(line[0], borders)
            route = replace(route, name=f"{zh}路", name_en=f"{en} Lane")
        built.append((route, line))
        ground.occupy(shapely.LineString(line))
    return built

"""Towns, parks and hamlets: where people live, and how many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from . import names
from .borders import Borders, in_plane
from .chains import Chain
from .frame import COLUMNS, PIXEL_X_M, PIXEL_Y_M, ROWS, Array
from .terrain import Terrain


@dataclass(frozen=True)
class Places:
    """Everything people built, in plane metres; keys are township or village codes."""

    towns: dict[str, shapely.Polygon]
    parks: list[tuple[str, str, str, shapely.Polygon]]
    hamlets: list[tuple[float, float, float]]
    settlement: dict[str, str]
    residents: dict[str, int]


def blob(
    rng: np.random.Generator, centre: Array, area_m2: float, *, rough: float, vertices: int = 40
) -> shapely.Polygon:
    """Draw a rounded, uneven patch of a given plane area around a centre."""
    angle = np.arange(vertices) / vertices * 2 * np.pi
    radius = np.ones(vertices)
    for wave in (2, 3, 5):
        shift = rng.uniform(0, 2 * np.pi)
        radius += rough / wave**0.5 * rng.uniform(0.4, 1) * np.cos(wave * angle + shift)
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None]
    scale = np.sqrt(area_m2 / shapely.Polygon(ring).area)
    return shapely.Polygon(centre + ring * scale)


def parks_of(
    rng: np.random.Generator,
    township: names.Township,
    town: shapely.Polygon,
    avoid: shapely.Geometry,
) -> list[tuple[str, str, str, shapely.Polygon]]:
    """Find room for a township's parks beside its roads, houses and one another."""
    placed: list[tuple[str, str, str, shapely.Polygon]] = []
    seat = np.array(township.seat_km) * 1000
    for hectares, (zh, en) in zip(
        township.park_ha, names.pairs(names.PARKS[township.code]), strict=True
    ):
        for attempt in range(4000):
            angle = rng.uniform(0, 2 * np.pi)
            reach = township.town_radius_m * rng.uniform(0.2, 0.9 + attempt / 2500)
            centre = seat + reach * np.array([np.cos(angle), np.sin(angle)])
            park = blob(rng, centre, hectares * 1e4, rough=0.2)
            taken = shapely.union_all([p.buffer(60) for *_, p in placed])
            if not park.intersects(avoid) and not park.intersects(taken) and park.intersects(town):
                placed.append((township.code, zh, en, park))
                break
        else:
            raise RuntimeError(f"no room for {en}")
    return placed


def build(
    rng: np.random.Generator, terrain: Terrain, borders: Borders, chains: list[Chain]
) -> Places:
    """Place towns, parks, hamlets and residents."""
    river = terrain.river.buffer(25)
    roads = shapely.union_all([c.line.buffer(c.route.width_m / 2 + 14) for c in chains])
    towns: dict[str, shapely.Polygon] = {}
    parks: list[tuple[str, str, str, shapely.Polygon]] = []
    for township in names.TOWNSHIPS:
        seat = np.array(township.seat_km) * 1000
        area = in_plane(borders.townships[township.code])
        town = blob(rng, seat, np.pi * township.town_radius_m**2, rough=0.2, vertices=64)
        town = town.intersection(area.buffer(-40)).difference(terrain.river.buffer(45))
        towns[township.code] = max(shapely.get_parts(town), key=lambda part: part.area)
        near = seat + 2500 * np.array([[-1, -1], [1, 1]])
        avoid = shapely.union_all([roads, river, area.exterior.buffer(30)])
        avoid = shapely.clip_by_rect(avoid, *near.ravel())
        shapely.prepare(avoid)
        parks += parks_of(rng, township, towns[township.code], avoid)

    hamlets: list[tuple[float, float, float]] = []
    settlement: dict[str, str] = {}
    weight: dict[str, float] = {}
    for code, lonlat in borders.villages.items():
        area = in_plane(lonlat)
        seat = borders.village_seats[code]
        clustered = height(terrain, seat) < 95 or code.endswith("001")
        settlement[code] = "clustered" if clustered else "dispersed"
        weight[code] = rng.uniform(0.7, 1.3) * (1.0 if clustered else 0.55)
        if code.endswith("001"):
            weight[code] *= 3.2
        else:
            hamlets.append((*seat, 190.0 if clustered else 95.0))
        west, south, east, north = area.bounds
        core = area.buffer(-60)
        shapely.prepare(core)
        for _ in range(38 if clustered else 70):
            spot = np.array([rng.uniform(west, east), rng.uniform(south, north)])
            radius = rng.uniform(40, 120 if clustered else 75)
            if height(terrain, spot) < 120 and core.contains(shapely.Point(spot)):
                hamlets.append((*spot, radius))
    return Places(towns, parks, hamlets, settlement, residents(weight))


def height(terrain: Terrain, position: Array) -> float:
    """Give the elevation at a plane position."""
    row = min(max(int(ROWS - position[1] / PIXEL_Y_M), 0), ROWS - 1)
    column = min(max(int(position[0] / PIXEL_X_M), 0), COLUMNS - 1)
    return float(terrain.elevation_m[row, column])


def residents(weight: dict[str, float]) -> dict[str, int]:
    """Share each township's residents among its villages; whole people, nobody lost."""
    shared: dict[str, int] = {}
    for township in names.TOWNSHIPS:
        own = [code for code in weight if code.startswith(township.code)]
        total = sum(weight[code] for code in own)
        for code in own:
            shared[code] = int(township.residents * weight[code] / total)
        shared[own[0]] += township.residents - sum(shared[code] for code in own)
    return shared

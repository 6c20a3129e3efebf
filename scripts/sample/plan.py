"""Where the roads are lined with trees and where not: the truth that the cover is burnt from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from .chains import Chain

TREE, SHRUB, GRASS, CROP, BUILT, BARE, WATER, WETLAND = 10, 20, 30, 40, 50, 60, 80, 90
COVER_TYPES = {GRASS: "grass", CROP: "crop", BUILT: "built", BARE: "bare"}
LEFT, RIGHT = "left", "right"
SIDES = (LEFT, RIGHT)
COUNTY_AND_ABOVE = ("高速公路", "国道", "省道", "县道")


@dataclass(frozen=True)
class Open:
    """A stretch without trees on one side; ``since`` is the year in which it was planted."""

    side: str
    from_km: float
    to_km: float
    cover: int
    planted: bool = False


def both(from_km: float, to_km: float, cover: int, *, planted: bool = False) -> tuple[Open, Open]:
    """Leave both sides open."""
    left, right = (Open(side, from_km, to_km, cover, planted) for side in SIDES)
    return left, right


# Every other metre of these roads has a belt of trees, bridges and tunnels apart.
# ``planted=True``: open in 2020, lined with trees in 2023.
OPEN: dict[str, tuple[Open, ...]] = {
    "G72": (
        Open(RIGHT, 14.2, 15.3, CROP),
        Open(LEFT, 18.0, 18.4, GRASS),
        *both(6.0, 7.6, GRASS, planted=True),
    ),
    "G105": (
        Open(LEFT, 5.2, 6.0, CROP),
        Open(RIGHT, 7.9, 8.2, BUILT),
        Open(RIGHT, 16.4, 17.6, CROP),
        Open(LEFT, 13.0, 15.0, CROP, planted=True),
    ),
    "S223": (
        *both(8.1, 9.0, CROP),
        Open(LEFT, 14.4, 15.6, CROP),
        Open(RIGHT, 20.1, 20.5, BARE),
        Open(RIGHT, 6.0, 8.0, CROP, planted=True),
    ),
    "S224": (Open(RIGHT, 2.4, 6.5, CROP), Open(LEFT, 9.6, 10.4, GRASS)),
    "X101": (Open(LEFT, 5.2, 5.9, GRASS), Open(RIGHT, 8.6, 9.9, CROP, planted=True)),
    "X102": (
        Open(LEFT, 6.0, 7.2, GRASS),
        Open(RIGHT, 11.0, 11.6, GRASS),
        *both(2.0, 3.4, CROP, planted=True),
    ),
    "X103": (*both(1.0, 2.5, CROP, planted=True),),
    "X104": (Open(LEFT, 2.0, 2.6, GRASS),),
    "X105": (
        Open(RIGHT, 1.6, 5.6, GRASS),
        Open(LEFT, 3.0, 4.4, GRASS),
        *both(10.2, 12.9, CROP),
        Open(LEFT, 15.0, 16.3, CROP),
    ),
    "Y012": (Open(LEFT, 3.0, 5.2, GRASS), Open(RIGHT, 0.6, 3.8, GRASS)),
    "C034": (Open(LEFT, 0.5, 1.7, GRASS), Open(RIGHT, 2.0, 2.7, CROP)),
}
YEARS = (2020, 2023)
Stretch = tuple[float, float]


def open_in(road: str, year: int) -> list[Open]:
    """Give the stretches of a road that lack trees in a year."""
    return [o for o in OPEN[road] if year == YEARS[0] or not o.planted]


def without(whole: Stretch, holes: list[Stretch]) -> list[Stretch]:
    """Give what is left of a stretch when others are taken out."""
    left, start = [], whole[0]
    for low, high in sorted(holes):
        if low > start:
            left.append((start, low))
        start = max(start, high)
    if start < whole[1]:
        left.append((start, whole[1]))
    return left


def greened(chain: Chain, side: str, year: int) -> list[Stretch]:
    """Give the greened stretches (m) of a road whose truth is known."""
    holes = [(o.from_km * 1000, o.to_km * 1000) for o in gaps(chain.route.road, side, year)]
    return without((0.0, chain.length_m), holes + chain.excluded())


def gaps(road: str, side: str, year: int) -> list[Open]:
    """Give the open stretches of one side, in order of chainage."""
    own = [o for o in open_in(road, year) if o.side == side]
    return sorted(own, key=lambda o: o.from_km)


def check(chains: list[Chain]) -> None:
    """Refuse a plan whose open stretches meet a bridge, a tunnel or another road."""
    for chain in chains:
        for o in OPEN.get(chain.route.road, ()):
            low, high = o.from_km * 1000 - 60, o.to_km * 1000 + 60
            where = f"{chain.route.road} {o.side} {o.from_km}-{o.to_km} km"
            if high - 60 > chain.length_m:
                raise ValueError(f"{where} lies beyond the road's end")
            if any(a < high and b > low for a, b in chain.excluded()):
                raise ValueError(f"{where} meets a bridge or tunnel")
            spots = shapely.points(chain.points(np.arange(low, high, 15.0)))
            for other in chains:
                if other is not chain and shapely.distance(other.line, spots).min() < 75:
                    raise ValueError(f"{where} comes within 75 m of {other.route.road}")

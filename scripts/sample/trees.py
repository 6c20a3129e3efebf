"""Trees beside the greater roads, where they were looked for, and what was checked on site.

All of it follows the plan that the cover is burnt from: a tree every ten metres of a lined stretch,
a vacant place every twenty of an open one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .chains import Chain
from .frame import Array, to_lonlat
from .plan import COUNTY_AND_ABOVE, LEFT, OPEN, SIDES, YEARS, Stretch, gaps, greened, without

CRS = "EPSG:4490"
# Every ten metres a crown of eight to ten: half of a belt of ten metres is under crowns.
SPACING_M, VACANT_M, BEHIND_EDGE_M = 10.0, 20.0, 5.0
CROWNS_M, JITTER_M = (8.0, 10.0), 0.5
SPECIES = ("香樟", "枫香", "木荷", "银杏")
ALIVE, DEAD, VACANT = "存活", "枯死", "缺株"
DEAD_SHARE = 0.004
FOUND = {True: "已绿化", False: "缺口"}
# A slide had closed this stretch when the trees were counted; this one was left out by mistake, and
# found greened on site.
NOT_SURVEYED = ("X104", 5.6, 7.0)
FORGOTTEN = ("X102", LEFT, 8.0, 8.2)
# Beside the forgotten stretch, so many station sides of roads whose truth is known were checked.
CHECKS, CHECK_M, CLEAR_M = 199, 10, 100.0


@dataclass(frozen=True)
class Counted:
    """Living and dead trees and vacant places; where they were looked for; checks on site."""

    trees: gpd.GeoDataFrame
    surveyed: pd.DataFrame
    checks: pd.DataFrame


def build(rng: np.random.Generator, chains: list[Chain]) -> Counted:
    """Plant, count and check."""
    last = YEARS[1]
    planted, visits = rng.spawn(2)
    upper = [chain for chain in chains if chain.route.grade in COUNTY_AND_ABOVE]
    trees = pd.concat(
        [
            _beside(planted, chain, side, [c for c in chains if c is not chain], last)
            for chain in upper
            for side in SIDES
        ],
        ignore_index=True,
    )
    points = shapely.points(np.round(to_lonlat(trees[["x", "y"]].to_numpy()), 7))
    table = gpd.GeoDataFrame(trees.drop(columns=["x", "y"]), geometry=points, crs=CRS)
    known = [chain for chain in chains if chain.route.road in OPEN]
    return Counted(table, _surveyed(upper), _checks(visits, known, chains, last))


def known(counted: Counted) -> dict[str, Any]:
    """What is known of the inventory and of the checks."""
    counts = counted.trees["status"].value_counts()
    found = counted.checks["found"].value_counts()
    road, low, high = NOT_SURVEYED
    return {
        "year": YEARS[1],
        "alive": int(counts[ALIVE]),
        "dead": int(counts[DEAD]),
        "vacant": int(counts[VACANT]),
        "behind_edge_m": BEHIND_EDGE_M,
        "not_surveyed": {"road": road, "from_km": low, "to_km": high},
        "forgotten": dict(zip(("road", "side", "from_km", "to_km"), FORGOTTEN, strict=True)),
        "checked_greened": int(found[FOUND[True]]),
        "checked_gap": int(found[FOUND[False]]),
    }


def _beside(
    rng: np.random.Generator, chain: Chain, side: str, others: list[Chain], year: int
) -> pd.DataFrame:
    """What stands on one side of a road."""
    road = chain.route.road
    hidden = _in_m(NOT_SURVEYED[1:]) if road == NOT_SURVEYED[0] else []
    if (road, side) == FORGOTTEN[:2]:
        hidden = [*hidden, *_in_m(FORGOTTEN[2:])]
    parts = []
    for low, high in greened(chain, side, year):
        inside = [(max(a, low), min(b, high)) for a, b in hidden if a < high and b > low]
        at = np.concatenate([_row(a, b, SPACING_M) for a, b in without((low, high), inside)])
        at = at + rng.uniform(-JITTER_M, JITTER_M, len(at))
        dead = rng.random(len(at)) < DEAD_SHARE
        # A dead tree between two that live leaves no hole.
        parts += [(at, ALIVE), (at[dead] + SPACING_M / 2, DEAD)]
    for gap in gaps(road, side, year):
        low, high = gap.from_km * 1000, gap.to_km * 1000
        parts.append((_row(low, high, VACANT_M), VACANT))
    at = np.concatenate([one for one, _ in parts])
    status = np.concatenate([np.full(len(one), word) for one, word in parts])
    off = BEHIND_EDGE_M + rng.uniform(-JITTER_M, JITTER_M, len(at))
    crown = np.round(rng.uniform(*CROWNS_M, len(at)), 1)
    species = np.asarray(SPECIES, object)[rng.integers(0, len(SPECIES), len(at))]
    xy = _off(chain, side, at, chain.route.width_m / 2 + off)
    stands = _off_roads(xy, others)
    empty = status == VACANT
    table = pd.DataFrame(
        {
            "species": np.where(empty, "", species),
            "crown_m": np.where(status == ALIVE, crown, np.nan),
            "status": status,
            "x": xy[:, 0],
            "y": xy[:, 1],
        }
    )
    return table[stands].sort_index()


def _row(low: float, high: float, apart: float) -> Array:
    """Places of a row, half a space from either end."""
    count = max(round((high - low) / apart), 1)
    return low + (np.arange(count) + 0.5) * (high - low) / count


def _in_m(stretch: tuple[float, float]) -> list[Stretch]:
    return [(stretch[0] * 1000, stretch[1] * 1000)]


def _off(chain: Chain, side: str, at: Array, off_m: Array) -> Array:
    """Places beside a road, in plane metres."""
    at = np.clip(at, 0.6, chain.length_m - 0.6)
    step = chain.points(at + 0.5) - chain.points(at - 0.5)
    step /= np.hypot(*step.T)[:, None]
    outward = np.column_stack([-step[:, 1], step[:, 0]]) * (1 if side == LEFT else -1)
    return chain.points(at) + outward * off_m[:, None]


def _off_roads(xy: Array, others: list[Chain]) -> NDArray[np.bool_]:
    """Whether places lie clear of other carriageways."""
    clear = np.ones(len(xy), bool)
    points = shapely.points(xy)
    for other in others:
        line = other.line
        shapely.prepare(line)
        clear &= ~shapely.dwithin(line, points, other.route.width_m / 2 + 1.5)
    return clear


def _surveyed(upper: list[Chain]) -> pd.DataFrame:
    """The roads surveyed, in stretches by chainage; a road's own end is left blank."""
    rows: list[dict[str, Any]] = []
    for chain in upper:
        road = chain.route.road
        if road == NOT_SURVEYED[0]:
            rows += [{"road": road, "to_km": NOT_SURVEYED[1]}]
            rows += [{"road": road, "from_km": NOT_SURVEYED[2]}]
        else:
            rows.append({"road": road})
    return pd.DataFrame(rows, columns=["road", "from_km", "to_km"])


def _checks(
    rng: np.random.Generator, known: list[Chain], chains: list[Chain], year: int
) -> pd.DataFrame:
    """Sides of roads whose truth is known, drawn by length, clear of other roads."""
    rows: list[dict[str, Any]] = []
    lines = {chain.route.road: chain.line for chain in chains}
    weight = np.array([chain.length_m for chain in known])
    while len(rows) < CHECKS:
        chain = known[int(rng.choice(len(known), p=weight / weight.sum()))]
        side = SIDES[int(rng.integers(2))]
        from_m = CHECK_M * int(rng.integers(int(chain.length_m / CHECK_M)))
        middle = from_m + CHECK_M / 2
        spot = shapely.Point(chain.at(middle))
        road = chain.route.road
        near = min(line.distance(spot) for name, line in lines.items() if name != road)
        edges = [e for s in greened(chain, side, year) for e in s]
        taken = any((r["road"], r["side"], r["from_m"]) == (road, side, from_m) for r in rows)
        if near < CLEAR_M or min(abs(e - middle) for e in edges) < 2 * CHECK_M or taken:
            continue
        lined = any(a < middle < b for a, b in greened(chain, side, year))
        barred = any(a < middle < b for a, b in chain.excluded())
        if not barred:
            rows.append(_check(road, side, from_m, from_m + CHECK_M, lined))
    road, side, low, high = FORGOTTEN
    rows.append(_check(road, side, round(low * 1000), round(high * 1000), True))
    rows.sort(key=lambda row: (row["road"], row["side"], row["from_m"]))
    table = pd.DataFrame(rows)
    table.insert(0, "sample_id", np.arange(1, len(rows) + 1))
    return table


def _check(road: str, side: str, from_m: int, to_m: int, lined: bool) -> dict[str, Any]:
    place = {"road": road, "side": side, "from_m": from_m, "to_m": to_m}
    return {**place, "found": FOUND[lined], "checker": "青岚县林业局", "checked_on": "2023-10"}

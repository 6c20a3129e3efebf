"""Land cover of two years: hills and valleys first, then towns, water, tree belts and a cloud."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import rasterio.features
import shapely
import shapely.affinity
from numpy.typing import NDArray
from rasterio.transform import Affine

from .borders import Borders
from .chains import Chain
from .frame import (
    COLUMNS,
    NORTH,
    PIXEL_Y_M,
    PIXELS_PER_DEGREE,
    ROWS,
    WEST,
    pixel_centres_m,
    ring_ha,
    row_pixel_ha,
    to_lonlat,
)
from .places import Places
from .plan import (
    BARE,
    BUILT,
    COUNTY_AND_ABOVE,
    CROP,
    GRASS,
    LEFT,
    OPEN,
    SHRUB,
    SIDES,
    TREE,
    WATER,
    WETLAND,
    YEARS,
    greened,
    open_in,
)
from .terrain import Field, Terrain, fractal, reservoir

Codes = NDArray[np.uint8]
Mask = NDArray[np.bool_]
TRANSFORM = Affine(1 / PIXELS_PER_DEGREE, 0, WEST, 0, -1 / PIXELS_PER_DEGREE, NORTH)
# Lower roads have belts here and there: the chance that a stretch has one, by side.
CHANCE = {"乡道": 0.62, "村道": 0.45}
CLOUD_TOWNSHIP, CLOUD_KM, CLOUD_SHARE = "360899105", (22.15, 8.15), 0.015


@dataclass(frozen=True)
class Beside:
    """The pixels near one road: flat index, distance from the centreline, side, chainage."""

    index: NDArray[np.int64]
    off_m: NDArray[np.float64]
    left: Mask
    along_m: NDArray[np.float64]


def filled(polygon: shapely.Geometry) -> Mask:
    """Mark the pixels whose centre lies in a plane polygon."""
    lonlat = shapely.transform(polygon, to_lonlat)
    return np.asarray(
        rasterio.features.rasterize([lonlat], (ROWS, COLUMNS), transform=TRANSFORM, dtype="uint8")
        == 1
    )


def beside(chain: Chain, reach_m: float = 58.0) -> Beside:
    """Measure every pixel centre near a road against its nearest segment."""
    x, y = pixel_centres_m()
    xy, along = chain.xy, chain.along_m
    parts = []
    for a, b, m0, m1 in zip(xy, xy[1:], along, along[1:], strict=False):
        c0, c1 = np.searchsorted(x, [min(a[0], b[0]) - reach_m, max(a[0], b[0]) + reach_m])
        r0, r1 = np.searchsorted(-y, [-max(a[1], b[1]) - reach_m, -min(a[1], b[1]) + reach_m])
        dx, dy = b - a
        px, py = x[None, c0:c1] - a[0], y[r0:r1, None] - a[1]
        t = np.clip((px * dx + py * dy) / (dx * dx + dy * dy), 0, 1)
        off = np.hypot(px - t * dx, py - t * dy)
        near = off < reach_m
        index = (np.arange(r0, r1)[:, None] * COLUMNS + np.arange(c0, c1))[near]
        left = (dx * py - dy * px > 0)[near]
        parts.append((index, off[near], left, (m0 + t * (m1 - m0))[near]))
    index, off, left, chainage = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((off, index))
    order = order[np.r_[True, np.diff(index[order]) > 0]]
    return Beside(index[order], off[order], left[order], chainage[order])


def natural(rng: np.random.Generator, terrain: Terrain) -> tuple[Codes, dict[str, Field]]:
    """Cover the land as slope and chance would."""
    z = terrain.elevation_m
    fields = {
        "wood": fractal(rng, (96, 48, 24, 12, 6), fall=0.62),
        "open": fractal(rng, (48, 24, 12, 6), fall=0.7),
        "fine": fractal(rng, (12, 6), fall=0.8),
    }
    wood, bare_land, fine = fields["wood"], fields["open"], fields["fine"]
    codes = np.full((ROWS, COLUMNS), CROP, np.uint8)
    codes[(bare_land > 1.35) & (z < 95)] = GRASS
    foot = (z - 96) / 26 + 0.95 * bare_land > 0
    codes[foot] = np.where(fine[foot] > 0.45, SHRUB, GRASS)
    forest = (z - 140) / 52 + 1.05 * wood > 0
    codes[forest] = TREE
    codes[(wood > 1.75) & (z < 90)] = TREE
    codes[forest & (bare_land > 1.95)] = GRASS
    codes[forest & (bare_land < -2.1)] = SHRUB
    codes[(z > 200) & (bare_land > 2.95)] = BARE
    codes[(z < 72) & (fine < -2.5)] = WATER
    return codes, fields


def settle(codes: Codes, places: Places, fine: Field, year: int) -> None:
    """Build hamlets, towns and parks; towns of 2020 were smaller."""
    x, y = pixel_centres_m()
    grown = 1.0 if year == YEARS[1] else 0.9
    for east, north, radius in places.hamlets:
        reach = radius * 1.6
        c0, c1 = np.searchsorted(x, [east - reach, east + reach])
        r0, r1 = np.searchsorted(-y, [-north - reach, -north + reach])
        off = np.hypot(x[None, c0:c1] - east, y[r0:r1, None] - north)
        house = off < radius * grown * (0.55 + 0.55 * fine[r0:r1, c0:c1])
        codes[r0:r1, c0:c1][house] = BUILT
    for town in places.towns.values():
        centre = town.centroid
        extent = shapely.affinity.scale(town, grown**0.5, grown**0.5, origin=centre)
        inside = filled(extent)
        codes[inside] = np.where(fine[inside] < 1.0, BUILT, GRASS)
        codes[inside & (fine > 1.35)] = TREE
    for *_, park in places.parks:
        inside = filled(park)
        codes[inside] = np.where(fine[inside] > -0.55, TREE, GRASS)


def flood(codes: Codes, terrain: Terrain, bare_land: Field) -> None:
    """Let the water stand and run, with reeds on some shores and sand on some banks."""
    lake = reservoir(terrain.elevation_m)
    shore = reservoir(terrain.elevation_m - 4) & ~lake
    codes[shore & (bare_land > 0.1)] = WETLAND
    codes[lake] = WATER
    bank = filled(terrain.river.buffer(34))
    codes[bank & (bare_land > 1.1)] = BARE
    codes[bank & (bare_land < -0.4)] = WETLAND
    codes[bank & (bare_land > 0.1) & (bare_land <= 1.1)] = GRASS
    codes[filled(terrain.river)] = WATER


def change(rng: np.random.Generator, codes: Codes, z: Field) -> Codes:
    """Grow the 2020 cover into that of 2023: slopes planted, some woods felled."""
    planted = fractal(rng, (64, 32, 16), fall=0.6)
    felled = fractal(rng, (48, 24, 12), fall=0.6)
    later = codes.copy()
    young = np.isin(codes, (GRASS, SHRUB)) | ((codes == CROP) & (z > 74))
    later[young & (planted > 0.95) & (z > 66)] = TREE
    cut = (codes == TREE) & (felled > 2.0)
    later[cut] = np.where(planted[cut] > 0, SHRUB, GRASS)
    later[(codes == TREE) & (felled > 2.95)] = BARE
    return later


def belt_lower_road(
    rng: np.random.Generator, chain: Chain, near: Beside, codes: dict[int, Codes], fine: Field
) -> None:
    """Plant belts along parts of a lower road and leave the rest as it is."""
    margin = 25 + 6 * np.clip(fine.ravel()[near.index], -1, 1.5)
    for side in SIDES:
        start = 0.0
        while start < chain.length_m:
            end = start + float(rng.uniform(250, 1500))
            has_belt = rng.random() < CHANCE[chain.route.grade]
            young = rng.random() < 0.3
            take = (near.left == (side == LEFT)) & (near.off_m < margin)
            take &= (near.along_m >= start) & (near.along_m < end) & ~_on(near, chain.excluded())
            for year in YEARS:
                if has_belt and not (young and year == YEARS[0]):
                    codes[year].ravel()[near.index[take]] = TREE
            start = end


def belt_known_road(chain: Chain, near: Beside, codes: Codes, fine: Field, year: int) -> None:
    """Burn the planned truth of a road: trees, or the named open cover, to the centreline."""
    flat = codes.ravel()
    wiggle = np.clip(fine.ravel()[near.index], -1.2, 1.6)
    for side in SIDES:
        own = near.left == (side == LEFT)
        lined = own & (near.off_m < 33 + 5 * wiggle) & _on(near, greened(chain, side, year))
        flat[near.index[lined]] = TREE
        for o in open_in(chain.route.road, year):
            if o.side == side:
                stretch = [(o.from_km * 1000, o.to_km * 1000)]
                bald = own & (near.off_m < 42 + 10 * wiggle) & _on(near, stretch)
                flat[near.index[bald]] = o.cover


def pave(chain: Chain, near: Beside, codes: Codes) -> None:
    """Show the carriageway of the wide roads as built land."""
    half = {"高速公路": 8.5, "国道": 4.6, "省道": 2.8}.get(chain.route.grade)
    if half:
        road = (near.off_m < half) & ~_on(near, chain.tunnels)
        codes.ravel()[near.index[road]] = BUILT


def _on(near: Beside, stretches: list[tuple[float, float]]) -> Mask:
    hit = np.zeros(len(near.index), bool)
    for low, high in stretches:
        hit |= (near.along_m >= low) & (near.along_m < high)
    return hit


def cloud(fine: Field, borders: Borders) -> Mask:
    """Hide whole pixels of one township, the nearest to a point, until the share is reached."""
    x, y = pixel_centres_m()
    east, north = (km * 1000 for km in CLOUD_KM)
    off = np.hypot(x[None] - east, (y[:, None] - north) * 1.25) + 80 * fine

    area = ring_ha(shapely.get_coordinates(borders.townships[CLOUD_TOWNSHIP]))
    row_ha = row_pixel_ha()
    count = round(CLOUD_SHARE * area / row_ha[int(ROWS - north / PIXEL_Y_M)])
    order = np.argpartition(off.ravel(), count)[:count]
    hidden = np.zeros(ROWS * COLUMNS, bool)
    hidden[order] = True
    return hidden.reshape(ROWS, COLUMNS)


def build(
    rng: np.random.Generator,
    terrain: Terrain,
    borders: Borders,
    chains: list[Chain],
    places: Places,
) -> dict[int, Codes]:
    """Draw the cover of both years."""
    first, fields = natural(rng, terrain)
    fine = fields["fine"]
    codes = dict(zip(YEARS, (first, change(rng, first, terrain.elevation_m)), strict=True))
    for year in YEARS:
        settle(codes[year], places, fine, year)
        flood(codes[year], terrain, fields["open"])
    # Great roads last: where two corridors meet, the greater one's truth holds.
    nearby = [(chain, beside(chain)) for chain in reversed(chains)]
    for chain, near in nearby:
        if chain.route.road not in OPEN:
            belt_lower_road(rng, chain, near, codes, fine)
    for chain, near in nearby:
        for year in YEARS:
            if chain.route.road in OPEN:
                belt_known_road(chain, near, codes[year], fine, year)
    for chain, near in nearby:
        if chain.route.grade in COUNTY_AND_ABOVE:
            for year in YEARS:
                pave(chain, near, codes[year])
    codes[YEARS[1]][cloud(fine, borders)] = 0
    return codes

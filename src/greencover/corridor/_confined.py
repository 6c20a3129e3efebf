"""Results confined to the territory judged, each part with the unit whose ground it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.ops import substring

from greencover.corridor._belts import Belts
from greencover.corridor._called import SPLIT
from greencover.corridor._gaps import run_numbers
from greencover.corridor._ownership import Ownership, Parts
from greencover.corridor.exclusions import MEDIAN
from greencover.corridor.result import CorridorGreening
from greencover.ground.notes import Note

Ints = npt.NDArray[np.int64]

_HECTARES = ("strip_ha", "green_ha")


def confined(
    greening: CorridorGreening, ownership: Ownership, counted: npt.NDArray[np.bool_]
) -> Any:
    """Give every part of a station side its unit, and leave out what lies outside.

    Sides that are not ``counted`` are left out wherever they lie.
    """
    parts = ownership.parts_of(greening.sides)
    sides, cover_ha, ground = greening.sides, greening.cover_ha, greening.ground
    if not parts.whole:
        sides = _divided(sides, parts)
        if cover_ha is not None:
            share = (parts.high - parts.low)[:, None]
            cover_ha = (cover_ha.iloc[parts.row] * share).reset_index(drop=True)
    if ownership.units is not None:
        sides["unit"] = ownership.units.called(parts.unit)
    outside = None
    if ownership.within is not None:
        outside = _outside(sides[~parts.inside & counted[parts.row]], greening.of)
    parts = replace(parts, inside=parts.inside & counted[parts.row])
    if not parts.whole:
        ground = None if ground is None else _ground(ground, parts, ownership, sides)
        sides = sides[parts.inside].reset_index(drop=True)
        if cover_ha is not None:
            cover_ha = cover_ha[parts.inside].reset_index(drop=True)
    return replace(greening, sides=sides, cover_ha=cover_ha, ground=ground, outside=outside)


def outside_notes(greening: CorridorGreening) -> tuple[Note, ...]:
    """What was left out because it lies outside the territory."""
    table = greening.outside
    if table is None or not len(table):
        return ()
    lines = table.groupby(greening.of, sort=False)["side_km"].sum()
    if not float(lines.sum()) > 0.0005:
        return ()
    code = "corridor.outside_roads" if greening.of == "road" else "corridor.outside_banks"
    return (Note(code, km=float(lines.sum()), lines=len(lines), gaps=int(table["gaps"].sum())),)


def _outside(sides: gpd.GeoDataFrame, of: str) -> pd.DataFrame:
    sides = sides[sides["status"] != MEDIAN]
    gaps = sides[sides["status"] == "gap"]
    begins = np.diff(run_numbers(gaps, of=of), prepend=-1) != 0
    length = (sides["length_m"] / 1000.0).groupby(sides[of], sort=False).sum()
    table: pd.DataFrame = length.rename("side_km").rename_axis(of).reset_index()
    count = pd.Series(begins, gaps.index).groupby(gaps[of], sort=False).sum()
    return table.assign(gaps=table[of].map(count).fillna(0).astype(int))


def _divided(sides: gpd.GeoDataFrame, parts: Parts) -> gpd.GeoDataFrame:
    """Rows of the parts, with their own chainage, length, line and hectares."""
    table = sides.iloc[parts.row].reset_index(drop=True)
    from_m, length = table["from_m"].to_numpy(), table["length_m"].to_numpy()
    cut = np.flatnonzero((parts.low > 0.0) | (parts.high < 1.0))
    if not len(cut):
        return table
    share = parts.high - parts.low
    ends = np.where(parts.high < 1.0, from_m + parts.high * length, table["to_m"].to_numpy())
    table["from_m"] = from_m + parts.low * length
    table["to_m"] = ends
    table["length_m"] = share * length
    table["station"] = parts.station
    if SPLIT in table:
        table[SPLIT] &= parts.low <= 0.0
    for name in _HECTARES:
        table[name] = table[name].to_numpy() * share
    lines = np.asarray(table.geometry.to_numpy())
    for i in cut:
        low, high = float(parts.low[i]), float(parts.high[i])
        lines[i] = substring(lines[i], low, high, normalized=True)
        if lines[i].geom_type == "Point":
            lines[i] = shapely.LineString([lines[i], lines[i]])
    return table.set_geometry(gpd.GeoSeries(lines, crs=sides.crs))


def _ground(ground: Belts, parts: Parts, ownership: Ownership, sides: gpd.GeoDataFrame) -> Belts:
    """Ground of the parts that stay; strips that were split are cut along the borders."""
    count = len(ground.covered_share)
    held = np.bincount(parts.row, minlength=count)
    place = np.full(len(parts.row), -1, dtype=np.int64)
    place[parts.inside] = np.arange(int(parts.inside.sum()))
    only = np.full(count, -1, dtype=np.int64)
    single = held[parts.row] == 1
    only[parts.row[single]] = place[single]
    corners, owner = _kept(ground.corners, only[ground.owner])
    cut, cut_owner = _kept(ground.cut, only[ground.cut_owner])
    shapes, rows = [cut], [cut_owner]
    split = held[ground.polygon_owner] > 1
    if split.any():
        pieces, at = _split_ground(
            np.asarray(ground.polygons.to_numpy())[split],
            ground.polygon_owner[split],
            parts,
            ownership,
        )
        stays = place[at] >= 0
        shapes.append(pieces[stays])
        rows.append(place[at[stays]])
    inside = sides[parts.inside]
    middle, middle_owner = shapely.get_coordinates(inside.geometry.to_numpy(), return_index=True)
    source = parts.row[parts.inside]
    return replace(
        ground,
        corners=corners,
        owner=owner,
        cut=np.concatenate(shapes),
        cut_owner=np.concatenate(rows),
        covered_share=ground.covered_share[source],
        covered_across=ground.covered_across[source],
        middle=middle,
        middle_owner=middle_owner,
    )


def _kept(ground: npt.NDArray[Any], owner: Ints) -> tuple[npt.NDArray[Any], Ints]:
    return ground[owner >= 0], owner[owner >= 0]


def _split_ground(
    polygons: npt.NDArray[Any], row: Ints, parts: Parts, ownership: Ownership
) -> tuple[npt.NDArray[Any], Ints]:
    """Pieces of the polygons of split rows, and the part that each belongs to."""
    first = np.searchsorted(parts.row, row)
    last = np.searchsorted(parts.row, row, side="right")
    pieces, owners = [], []
    for polygon, low, high in zip(polygons, first.tolist(), last.tolist(), strict=True):
        rest = polygon
        for part in range(low, high):
            piece = _held(rest, int(parts.unit[part]), bool(parts.inside[part]), ownership)
            rest = shapely.difference(rest, piece)
            if shapely.area(piece) > 0.0:
                pieces.append(piece)
                owners.append(part)
    return _objects(pieces), np.array(owners, dtype=np.int64)


def _held(rest: Any, unit: int, inside: bool, ownership: Ownership) -> Any:
    """What of a polygon lies in a unit, or in none, and in the territory or outside."""
    if ownership.units is not None:
        if unit >= 0:
            rest = shapely.intersection(rest, ownership.units.polygons[unit])
        else:
            rest = _without(rest, ownership.units.polygons)
    if ownership.within is not None:
        if inside:
            polygons = ownership.within.polygons
            rest = shapely.union_all(shapely.intersection(rest, polygons))
        else:
            rest = _without(rest, ownership.within.polygons)
    return rest


def _without(shape: Any, others: npt.NDArray[Any]) -> Any:
    near = others[shapely.intersects(others, shape)]
    return shapely.difference(shape, shapely.union_all(shapely.intersection(near, shape)))


def _objects(items: list[Any]) -> npt.NDArray[Any]:
    out = np.empty(len(items), dtype=object)
    out[:] = items
    return out

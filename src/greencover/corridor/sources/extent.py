"""Where a source looked: only there does what it does not show count as absent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from greencover.corridor._chains import Chain
from greencover.corridor._units import Units
from greencover.corridor.chainage import chainage_km
from greencover.corridor.sources.beside import LEFT, RIGHT, Roadsides
from greencover.corridor.sources.stretches import Stretches
from greencover.ground.errors import LayerError
from greencover.ground.geodesy import require_crs
from greencover.ground.notes import Note
from greencover.layers import check_geometry
from greencover.layers.tables import as_text, require_columns
from greencover.layers.wording import rows_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Words for the sides of a road; a blank means both.
SIDE_WORDS: Mapping[str, tuple[int, ...]] = {
    "left": (LEFT,), "l": (LEFT,), "左": (LEFT,), "左侧": (LEFT,),
    "right": (RIGHT,), "r": (RIGHT,), "右": (RIGHT,), "右侧": (RIGHT,),
    "": (LEFT, RIGHT), "both": (LEFT, RIGHT), "两侧": (LEFT, RIGHT), "双侧": (LEFT, RIGHT),
}  # fmt: skip


def surveyed_stretches(
    surveyed: pd.DataFrame, chains: Sequence[Chain], roadsides: Roadsides, crs: pyproj.CRS
) -> Stretches:
    """Stretches of roadsides that were surveyed.

    Parameters
    ----------
    surveyed
        Polygons; or roads by name in a table: ``road``, and where only a part or a side was
        surveyed ``from_km``, ``to_km`` (chainage as it is written) and ``side``.
    chains, roadsides, crs
        The roads that are reported on, with the places beside them, and their system.

    Raises
    ------
    LayerError
        The table has no column ``road``, names a road that is not there, a chainage or a side that
        means nothing.
    """
    if isinstance(surveyed, gpd.GeoDataFrame) and surveyed.active_geometry_name is not None:
        where = Note("corridor.surveyed_layer")
        require_crs(surveyed.crs, where)
        polygons = check_geometry(surveyed.reset_index(drop=True), where, geometry="polygon")
        return within(Units.of(polygons, None, crs).polygons, roadsides)
    return _named(surveyed, chains)


def within(polygons: npt.NDArray[Any], roadsides: Roadsides) -> Stretches:
    """Stretches whose belts' middle lies in polygons, given in degrees."""
    lines, roadside, from_m, to_m = roadsides.middle_lines()
    tree = shapely.STRtree(lines)
    polygon, line = tree.query(polygons, predicate="intersects")
    held = tree.query(polygons, predicate="covers")[1]
    whole = np.zeros(len(lines), dtype=bool)
    whole[held] = True
    cut = ~whole[line]
    parts = shapely.intersection(lines[line[cut]], polygons[polygon[cut]])
    pieces, of = shapely.get_parts(parts, return_index=True)
    linear = shapely.get_type_id(pieces) == shapely.GeometryType.LINESTRING
    pieces, of = pieces[linear], line[cut][of[linear]]
    starts, ends = (shapely.get_coordinates(shapely.get_point(pieces, n)) for n in (0, -1))
    shares = np.sort(np.column_stack([_share(lines[of], starts), _share(lines[of], ends)]), axis=1)
    metres = (to_m - from_m)[of]
    full = np.flatnonzero(whole)
    return Stretches.united(
        np.concatenate([roadside[full], roadside[of]]),
        np.concatenate([from_m[full], from_m[of] + shares[:, 0] * metres]),
        np.concatenate([to_m[full], from_m[of] + shares[:, 1] * metres]),
        across_m=1e-3,
    )


def _share(lines: npt.NDArray[Any], points: Floats) -> Floats:
    """Shares of straight lines at which points on them lie."""
    ends = shapely.get_coordinates(lines).reshape(-1, 2, 2)
    way = ends[:, 1] - ends[:, 0]
    square = np.maximum((way**2).sum(axis=1), 1e-30)
    return np.asarray(((points - ends[:, 0]) * way).sum(axis=1) / square)


def _named(table: pd.DataFrame, chains: Sequence[Chain]) -> Stretches:
    where = Note("corridor.surveyed_layer")
    require_columns(table, ["road"], where)
    names = as_text(table["road"])
    own = as_text(pd.Series([chain.road for chain in chains], dtype=object))
    unknown = (~names.isin(set(own))).to_numpy()
    if unknown.any():
        raise LayerError("corridor.surveyed_road", where=where, rows=rows_of(unknown))
    low, high = (_chainage(table, column, where) for column in ("from_km", "to_km"))
    sides = [""] * len(table)
    if "side" in table:
        sides = as_text(table["side"]).str.casefold().tolist()
        strange = np.array([side not in SIDE_WORDS for side in sides], dtype=bool)
        if strange.any():
            raise LayerError("corridor.surveyed_side", where=where, rows=rows_of(strange))
    rows: list[tuple[int, float, float]] = []
    for name, side, a, b in zip(names, sides, low, high, strict=True):
        for number in np.flatnonzero(own == name).tolist():
            chain = chains[number]
            start = 0.0 if np.isnan(a) else a - chain.start_m
            end = chain.length_m if np.isnan(b) else b - chain.start_m
            start, end = max(min(start, end), 0.0), min(max(start, end), chain.length_m)
            if end > start:
                rows += [(2 * number + one, start, end) for one in SIDE_WORDS[side]]
    return Stretches.united(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=np.float64),
        np.array([row[2] for row in rows], dtype=np.float64),
    )


def _chainage(table: pd.DataFrame, column: str, where: str) -> Floats:
    """Metres of a column of chainages, NaN without one."""
    if column not in table:
        return np.full(len(table), np.nan)
    return chainage_km(table[column], where) * 1000.0

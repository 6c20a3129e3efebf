"""Pieces of road joined to chains along which chainage runs.

A chain is a run of pieces of one road, end to end, without a fork. It is directed the way most of
its length was digitised; its chainage starts at 0 where it starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from greencover.geodesy import Ellipsoid, geographic_of, metres_per_degree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Ends closer than this are one place; digitisers snap to about a centimetre.
_JOIN_DEG = 1e-7
# A straight line of the layer's own system is followed in longitude and latitude by points at
# most this far apart.
_FOLLOW_M = 500.0


@dataclass(frozen=True)
class Chain:
    """One continuous stretch of a road.

    Attributes
    ----------
    road
        The road's name.
    number
        Number of the chain within the road, from 0, the longest first.
    lonlat
        Vertices, shape (n, 2), degrees.
    chainage
        Metres from the start of the chain at each vertex, on the ellipsoid.
    piece
        Row (position) of the road layer that each of the n - 1 segments comes from.
    """

    road: Any
    number: int
    lonlat: Floats
    chainage: Floats
    piece: Ints

    @property
    def length_m(self) -> float:
        """Length of the chain."""
        return float(self.chainage[-1])

    def at(self, chainage: Floats) -> Floats:
        """Points at chainages, shape (n, 2)."""
        return np.column_stack(
            [np.interp(chainage, self.chainage, self.lonlat[:, axis]) for axis in (0, 1)]
        )


def chains_of(roads: gpd.GeoDataFrame, road: npt.NDArray[Any], crs: pyproj.CRS) -> list[Chain]:
    """Join the pieces of each road.

    Parameters
    ----------
    roads
        Lines; MultiLineStrings are taken apart, repeated pieces of a road are counted once.
    road
        The road that each row belongs to.
    crs
        System of the lines.

    Returns
    -------
    list of Chain
        In the order in which the roads first occur.
    """
    geographic = geographic_of(crs)
    ellipsoid = Ellipsoid.of(geographic)
    parts, row = shapely.get_parts(roads.geometry.to_numpy(), return_index=True)
    pieces = _lonlat(parts, crs, geographic)
    geod = pyproj.Geod(a=ellipsoid.a, es=ellipsoid.e2)
    names = road[row]
    chains: list[Chain] = []
    order = {name: i for i, name in enumerate(dict.fromkeys(names.tolist()))}
    members: list[list[int]] = [[] for _ in order]
    for i, name in enumerate(names.tolist()):
        members[order[name]].append(i)
    for name, owned in zip(order, members, strict=True):
        distinct = _distinct([pieces[i] for i in owned])
        kept = [owned[i] for i in distinct]
        runs = _runs([pieces[i] for i in kept])
        built = []
        for run in runs:
            points: list[Floats] = []
            source: list[Ints] = []
            for position, forward in run:
                line = pieces[kept[position]]
                line = line if forward else line[::-1]
                points.append(line if not points else line[1:])
                source.append(np.full(len(line) - 1, row[kept[position]]))
            lonlat = np.vstack(points)
            step = geod.line_lengths(lonlat[:, 0], lonlat[:, 1])
            built.append((lonlat, np.concatenate([[0.0], np.cumsum(step)]), np.concatenate(source)))
        built.sort(key=lambda chain: -chain[1][-1])
        chains += [Chain(name, n, *chain) for n, chain in enumerate(built)]
    return chains


def _lonlat(parts: npt.NDArray[Any], crs: pyproj.CRS, geographic: pyproj.CRS) -> list[Floats]:
    """Vertices of each line in longitude and latitude, without repeated ones."""
    if not crs.equals(geographic, ignore_axis_order=True):
        unit = crs.axis_info[0].unit_conversion_factor
        parts = shapely.segmentize(parts, _FOLLOW_M / unit)
        transformer = pyproj.Transformer.from_crs(crs, geographic, always_xy=True)
        parts = shapely.transform(parts, transformer.transform, interleaved=False)
    parts = shapely.remove_repeated_points(parts)
    xy, owner = shapely.get_coordinates(parts, return_index=True)
    return np.split(xy, np.flatnonzero(np.diff(owner)) + 1)


def _distinct(pieces: list[Floats]) -> list[int]:
    """Positions of pieces that have a length and are not drawn twice, in either direction."""
    seen: set[bytes] = set()
    kept = []
    for i, line in enumerate(pieces):
        if len(line) < 2 or (len(line) == 2 and np.array_equal(line[0], line[1])):
            continue
        key = min(line.tobytes(), np.ascontiguousarray(line[::-1]).tobytes())
        if key not in seen:
            seen.add(key)
            kept.append(i)
    return kept


def _runs(pieces: list[Floats]) -> list[list[tuple[int, bool]]]:
    """Group pieces into runs: (piece, whether it is walked in its own direction)."""
    if len(pieces) == 1:
        return [[(0, True)]]
    ends = np.round(np.array([[p[0], p[-1]] for p in pieces]) / _JOIN_DEG).astype(np.int64)
    at: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for i, pair in enumerate(ends):
        for end in (0, 1):
            at.setdefault((int(pair[end, 0]), int(pair[end, 1])), []).append((i, end))
    place = {entry: node for node, entries in at.items() for entry in entries}
    used = [False] * len(pieces)
    runs = []

    def walk(first: int, entry: int) -> list[tuple[int, bool]]:
        run = []
        piece, end = first, entry
        while not used[piece]:
            used[piece] = True
            run.append((piece, end == 0))
            neighbours = at[place[(piece, 1 - end)]]
            onward = [e for e in neighbours if e != (piece, 1 - end)]
            if len(neighbours) != 2 or len(onward) != 1:
                break
            piece, end = onward[0]
        return run

    starts = [entry for entries in at.values() if len(entries) != 2 for entry in entries]
    for piece, end in starts:
        if not used[piece]:
            runs.append(walk(piece, end))
    for piece in range(len(pieces)):
        if not used[piece]:
            runs.append(walk(piece, 0))
    return [_as_digitised(run, pieces) for run in runs]


def _as_digitised(run: list[tuple[int, bool]], pieces: list[Floats]) -> list[tuple[int, bool]]:
    """Direct a run the way most of its length was drawn."""
    length = {i: float(np.hypot(*np.diff(pieces[i], axis=0).T).sum()) for i, _ in run}
    balance = sum(length[i] if forward else -length[i] for i, forward in run)
    if balance >= 0.0:
        return run
    return [(i, not forward) for i, forward in reversed(run)]


def east_north(lonlat: Floats, ellipsoid: Ellipsoid) -> tuple[Floats, Floats, Floats]:
    """Vectors between consecutive points in metres, shape (n - 1, 2), and the scales used."""
    middle = (lonlat[:-1, 1] + lonlat[1:, 1]) / 2.0
    east, north = metres_per_degree(middle, ellipsoid)
    delta = np.diff(lonlat, axis=0)
    return np.column_stack([delta[:, 0] * east, delta[:, 1] * north]), east, north

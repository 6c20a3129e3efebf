"""Layers that a web map has shifted, found by holding them against the other layers.

Borders of a county, its townships and its villages run together for long stretches. A layer in
GCJ-02 or BD-09 that says it is in WGS 84 runs beside the others instead, a few hundred metres off,
and falls onto them when the shift is taken back.

Simple drawings fall together by chance: a square slides along its neighbour's sides, a grid meets
itself once a cell. So borders must run in many directions, over a layer much larger than the
shift, and meet the others there far more often than where shifts of that length elsewhere would
bring them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from greencover.ground.china import TO_WGS84, inside_china
from greencover.ground.notes import Note

if TYPE_CHECKING:
    from greencover.cover.land_cover import LandCover

_LONLAT = "EPSG:4326"
_MOST_POINTS = 2_000
# Two drawings of one border differ by tens of metres; the shift is ten times that.
_TOGETHER_M = 60.0
_METRES_PER_DEGREE = 111_320.0
# Borders that fall together after the shift must be this share, and this many times those before.
_LEAST_SHARE = 0.15
_LEAST_GAIN = 2.0
# A layer this many times as large as the shift has room for stretches that are independent.
_LEAST_EXTENT = 5.0
# Borders that fall together must run in so many directions of this many, each with a share of them.
_DIRECTIONS = 12
_LEAST_DIRECTIONS = 6
_LEAST_SHARE_OF_A_DIRECTION = 0.03
# A border's direction is that of a chord so long, which steps of cells do not bend.
_HALF_CHORD_DEG = 0.0015
# What a road looks like from above, and the share of it that must show.
_SEALED = ("built", "bare")
_LEAST_SEALED = 0.2
_MOST_CELLS = 6_000
# Wider than the shift of BD-09.
_MARGIN_DEG = 0.02


def shifted_layers(layers: Mapping[str, gpd.GeoDataFrame]) -> Iterator[Note]:
    """Yield a sentence for every layer that is probably shifted against another.

    Parameters
    ----------
    layers
        Polygons by the name of their layer.
    """
    borders = {name: _borders(frame) for name, frame in layers.items()}
    told: set[str] = set()
    for one, other in permutations(borders, 2):
        if one in told or other in told:
            continue
        found = _shift_between(borders[one], borders[other])
        if found is None:
            continue
        system, before, after, metres = found
        told.add(one)
        yield Note(
            "campaign.shifted_layer",
            layer=one,
            system=system,
            other=other,
            metres=metres,
            after=after,
            before=before,
        )


def _borders(frame: gpd.GeoDataFrame) -> np.ndarray:
    shapes = shapely.boundary(frame.geometry.to_crs(_LONLAT).to_numpy())
    return np.asarray(shapely.get_parts(shapes))


def _shift_between(one: np.ndarray, other: np.ndarray) -> tuple[str, float, float, float] | None:
    """Return the system that brings one layer onto the other, and how well, or None."""
    points, directions = _sample(one)
    if not inside_china(*points.mean(axis=0)):
        return None
    plane = points * _scale(points)
    tree = shapely.STRtree(_on_plane(other, points))
    before = _together(plane, tree).mean()
    moves = {
        system: np.column_stack(back(points[:, 0], points[:, 1])) * _scale(points) - plane
        for system, back in TO_WGS84.items()
    }
    meeting = {system: _together(plane + move, tree) for system, move in moves.items()}
    system = max(meeting, key=lambda name: float(meeting[name].mean()))
    after, move = meeting[system].mean(), moves[system].mean(axis=0)
    metres = float(np.hypot(*move))
    if after < _LEAST_SHARE or after < _LEAST_GAIN * before:
        return None
    if float(np.hypot(*np.ptp(plane, axis=0))) < _LEAST_EXTENT * metres:
        return None
    if not _in_many_directions(directions[meeting[system]]):
        return None
    elsewhere = [_together(plane + turned, tree).mean() for turned in _turned(move)]
    if after < _LEAST_GAIN * np.median(elsewhere):
        return None
    return system, float(before), float(after), metres


def _sample(lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return points along lines at even distances, and which way the line runs there.

    Directions are angles from 0 to pi.
    """
    lengths = shapely.length(lines)
    ends = np.cumsum(lengths)
    places = (np.arange(_MOST_POINTS) + 0.5) * ends[-1] / _MOST_POINTS
    owner = np.searchsorted(ends, places)
    along = places - (ends[owner] - lengths[owner])

    def at(distance: np.ndarray) -> np.ndarray:
        inside = np.clip(distance, 0.0, lengths[owner])
        at = shapely.line_interpolate_point(lines[owner], inside)
        return np.asarray(shapely.get_coordinates(at))

    points = at(along)
    chords = (at(along + _HALF_CHORD_DEG) - at(along - _HALF_CHORD_DEG)) * _scale(points)
    return points, np.arctan2(chords[:, 1], chords[:, 0]) % np.pi


def _in_many_directions(directions: np.ndarray) -> bool:
    sector = (directions / np.pi * _DIRECTIONS).astype(int) % _DIRECTIONS
    shares = np.bincount(sector, minlength=_DIRECTIONS) / len(directions)
    return int((shares >= _LEAST_SHARE_OF_A_DIRECTION).sum()) >= _LEAST_DIRECTIONS


def _turned(move: np.ndarray) -> Iterator[np.ndarray]:
    """Yield moves of the same length all around the compass but the move itself."""
    length, angle = np.hypot(*move), np.arctan2(move[1], move[0])
    for turn in np.linspace(0.0, 2.0 * np.pi, _DIRECTIONS, endpoint=False)[1:]:
        yield length * np.array([np.cos(angle + turn), np.sin(angle + turn)])


def _scale(points: np.ndarray) -> np.ndarray:
    """Metres per degree of longitude and latitude in the middle of a layer."""
    return np.array(
        [_METRES_PER_DEGREE * np.cos(np.radians(points[:, 1].mean())), _METRES_PER_DEGREE]
    )


def _on_plane(lines: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Scale lines to metres and cut them into pieces that an index tells apart."""
    plane = shapely.transform(lines, lambda xy: xy * _scale(points))
    coordinates, owner = shapely.get_coordinates(plane, return_index=True)
    joined = owner[1:] == owner[:-1]
    pairs = np.stack([coordinates[:-1][joined], coordinates[1:][joined]], axis=1)
    return np.asarray(shapely.linestrings(pairs))


def _together(plane: np.ndarray, tree: shapely.STRtree) -> np.ndarray:
    """Whether each point lies beside a line of the other layer."""
    near, _ = tree.query(shapely.points(plane), predicate="dwithin", distance=_TOGETHER_M)
    found = np.zeros(len(plane), dtype=bool)
    found[near] = True
    return found


def shifted_roads(roads: gpd.GeoDataFrame, cover: LandCover) -> Iterator[Note]:
    """Yield a sentence where roads lie on built or bare ground only once a shift is taken back.

    A road wide enough for the land cover to show is a line of built-up cells. Roads too narrow for
    it give no answer.
    """
    lines = shapely.get_parts(roads.geometry.to_crs(_LONLAT).to_numpy())
    points, _ = _sample(lines[shapely.length(lines) > 0.0])
    west, south = points.min(axis=0) - _MARGIN_DEG
    east, north = points.max(axis=0) + _MARGIN_DEG
    sealed = cover.legend.codes_of(*_SEALED)
    if not sealed or not inside_china(*points.mean(axis=0)):
        return
    codes, transform, _ = cover.read_overview((west, south, east, north), max_px=_MOST_CELLS)
    shown = np.isin(codes.filled(-1), sealed) & ~np.ma.getmaskarray(codes)

    scale = _scale(points)

    def share(places: np.ndarray) -> float:
        columns, rows = ~transform * (places[:, 0], places[:, 1])
        return float(shown[rows.astype(int), columns.astype(int)].mean())

    before = share(points)
    moves = {
        system: np.column_stack(back(points[:, 0], points[:, 1])) - points
        for system, back in TO_WGS84.items()
    }
    after, system = max((share(points + move), system) for system, move in moves.items())
    move = moves[system].mean(axis=0) * scale
    # A town that is built all over lies beside its roads as well as under them.
    elsewhere = np.median([share(points + turned / scale) for turned in _turned(move)])
    if after < _LEAST_SEALED or after < _LEAST_GAIN * max(before, elsewhere):
        return
    metres = float(np.hypot(*move))
    yield Note("campaign.shifted_roads", system=system, metres=metres, after=after, before=before)

"""Layers that a web map has shifted, found by holding them against the other layers.

Borders of a county, its townships and its villages run together for long stretches. A layer in
GCJ-02 or BD-09 that says it is in WGS 84 runs beside the others instead, a few hundred metres off,
and falls onto them when the shift is taken back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from greencover.china import TO_WGS84, inside_china
from greencover.errors import RasterError

if TYPE_CHECKING:
    from greencover.landcover import LandCover

_LONLAT = "EPSG:4326"
_MOST_POINTS = 2_000
# Two drawings of one border differ by tens of metres; the shift is ten times that.
_TOGETHER_M = 60.0
_METRES_PER_DEGREE = 111_320.0
# Borders that fall together after the shift must be this share, and this many times those before.
_LEAST_SHARE = 0.15
_LEAST_GAIN = 2.0
# What a road looks like from above, and the share of it that must show.
_SEALED = ("built", "bare")
_LEAST_SEALED = 0.2
_MOST_CELLS = 6_000
# Wider than the shift of BD-09.
_MARGIN_DEG = 0.02


def shifted_layers(layers: Mapping[str, gpd.GeoDataFrame]) -> Iterator[str]:
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
        yield (
            f"the layer {one} is probably in {system}: against {other} it is off by about "
            f"{metres:,.0f} m, and with the shift taken back {after:.0%} of its borders fall "
            f'together with them instead of {before:.0%}; if so, write crs = "{system}" under '
            f"[layers.{one}]"
        )


def _borders(frame: gpd.GeoDataFrame) -> np.ndarray:
    shapes = shapely.boundary(frame.geometry.to_crs(_LONLAT).to_numpy())
    return shapely.get_parts(shapes)


def _shift_between(one: np.ndarray, other: np.ndarray) -> tuple[str, float, float, float] | None:
    """Return the system that brings one layer onto the other, and how well, or None."""
    points = _sample(one)
    if not inside_china(*points.mean(axis=0)):
        return None
    tree = shapely.STRtree(_on_plane(other, points))
    before = _share_together(points, points, tree)
    best: tuple[float, str, float] | None = None
    for system, back in TO_WGS84.items():
        moved = np.column_stack(back(points[:, 0], points[:, 1]))
        after = _share_together(moved, points, tree)
        if best is None or after > best[0]:
            best = (after, system, _distance_m(points, moved))
    assert best is not None
    after, system, metres = best
    if after < _LEAST_SHARE or after < _LEAST_GAIN * before:
        return None
    return system, before, after, metres


def _sample(lines: np.ndarray) -> np.ndarray:
    """Return points along lines at even distances."""
    lengths = shapely.length(lines)
    ends = np.cumsum(lengths)
    places = (np.arange(_MOST_POINTS) + 0.5) * ends[-1] / _MOST_POINTS
    owner = np.searchsorted(ends, places)
    starts = ends[owner] - lengths[owner]
    return shapely.get_coordinates(shapely.line_interpolate_point(lines[owner], places - starts))


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
    return shapely.linestrings(pairs)


def _share_together(points: np.ndarray, origin: np.ndarray, tree: shapely.STRtree) -> float:
    near, _ = tree.query(
        shapely.points(points * _scale(origin)), predicate="dwithin", distance=_TOGETHER_M
    )
    return len(np.unique(near)) / len(points)


def _distance_m(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.hypot(*((other - one) * _scale(one)).T).mean())


def shifted_roads(roads: gpd.GeoDataFrame, cover: LandCover) -> Iterator[str]:
    """Yield a sentence where roads lie on built or bare ground only once a shift is taken back.

    A road wide enough for the land cover to show is a line of built-up cells. Roads too narrow for
    it give no answer.
    """
    from rasterio.errors import RasterioError

    lines = shapely.get_parts(roads.geometry.to_crs(_LONLAT).to_numpy())
    points = _sample(lines[shapely.length(lines) > 0.0])
    west, south = points.min(axis=0) - _MARGIN_DEG
    east, north = points.max(axis=0) + _MARGIN_DEG
    sealed = cover.legend.codes_of(*_SEALED)
    if not sealed or not inside_china(*points.mean(axis=0)):
        return
    try:
        codes, transform, _ = cover.read_overview((west, south, east, north), max_px=_MOST_CELLS)
    except RasterioError as error:
        raise RasterError(
            f"The raster {', '.join(cover.paths)} cannot be read to its end: the file is damaged "
            "or incomplete; copy or download it again."
        ) from error
    shown = np.isin(codes.filled(-1), sealed) & ~np.ma.getmaskarray(codes)

    def share(places: np.ndarray) -> float:
        columns, rows = ~transform * (places[:, 0], places[:, 1])
        return float(shown[rows.astype(int), columns.astype(int)].mean())

    before = share(points)
    after, system = max(
        (share(np.column_stack(back(points[:, 0], points[:, 1]))), system)
        for system, back in TO_WGS84.items()
    )
    if after < _LEAST_SEALED or after < _LEAST_GAIN * before:
        return
    moved = np.column_stack(TO_WGS84[system](points[:, 0], points[:, 1]))
    yield (
        f"the layer roads is probably in {system}: with the shift of about "
        f"{_distance_m(points, moved):,.0f} m taken back {after:.0%} of it lie on built or bare "
        f'ground of the land cover instead of {before:.0%}; if so, write crs = "{system}" under '
        "[layers.roads]"
    )

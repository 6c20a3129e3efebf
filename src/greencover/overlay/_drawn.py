"""Zones over a cover of polygons: the ground that each zone shares with the polygons of a class.

A ring is overlaid as a polygon of its own, and that of a hole counts as less, so that zones need no
structure. A polygon wholly inside a ring counts with its own ground; what a ring cuts is cut in the
plane of the polygons, where their sides are straight, and the pieces are measured on the ellipsoid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from greencover.ground.geodesy import geographic_of
from greencover.ground.run import Run
from greencover.ground.threads import in_order
from greencover.overlay._edges import edge_table, outline_rings
from greencover.overlay._outlines import Layer, Outlines, ground_m2
from greencover.overlay._readers import Reader, Recoding
from greencover.rasters import PolygonCells

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Polygons near the rings that are looked at together, and pieces that are cut together: memory
# grows with them.
_NEAR = 400_000
_PIECES = 20_000
_POLYGON = 3


def totals_on_polygons(
    layers: Sequence[Outlines],
    source: PolygonCells,
    reader: Reader,
    run: Run,
    grid_m2: float | None,
) -> Floats:
    """Square metres by zone and class, the last column for codes that the legend lacks.

    Parameters
    ----------
    layers
        Zones, numbered on from layer to layer.
    source, reader
        The polygons, and the recoding that gives their codes numbers.
    run
        Its threads are used; what it reports are zones.
    grid_m2
        Square metres of a squared unit of the plane, where areas are those of the plane.
    """
    assert isinstance(reader, Recoding)
    number = reader.of_cells(source.codes, None).astype(np.int64)
    seen = number < reader.width
    polygons = _Polygons(source.shapes[seen], number[seen], source, grid_m2)
    zones = sum(len(layer) for layer in layers)
    total = np.zeros((zones, reader.width))
    first = 0
    for layer in layers:
        shapes = layer.geometries
        rings, zone, sign = outline_rings(shapes, layer.crs, source.crs, source.cell)
        for block in _blocks(polygons, rings):
            for piece in polygons.shared(rings[block], run.threads):
                np.add.at(
                    total,
                    (first + zone[block][piece.ring], polygons.number[piece.polygon]),
                    sign[block][piece.ring] * piece.m2,
                )
            run.report(first + int(zone[block][-1]) + 1, zones)
        first += len(layer)
    return total


@dataclass(frozen=True)
class Shared:
    """Ground that rings share with polygons, pair by pair."""

    ring: Ints
    polygon: Ints
    m2: Floats


@dataclass(frozen=True)
class _Polygons:
    """Polygons with the number of their class, sorted by place."""

    shapes: npt.NDArray[np.object_]
    number: Ints
    source: PolygonCells
    grid_m2: float | None

    @cached_property
    def tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.shapes)

    @cached_property
    def whole_m2(self) -> Floats:
        """Ground of each polygon."""
        return self.measured(self.shapes)

    def shared(self, rings: npt.NDArray[Any], threads: int | None) -> Iterator[Shared]:
        """Ground of each pair of a ring and a polygon that meet."""
        inside = self.tree.query(rings, predicate="contains_properly")
        met = self.tree.query(rings, predicate="intersects")
        yield Shared(inside[0], inside[1], self.whole_m2[inside[1]])
        count = len(self.shapes)
        cut = np.setdiff1d(met[0] * count + met[1], inside[0] * count + inside[1])
        parts = [cut[first : first + _PIECES] for first in range(0, len(cut), _PIECES)]

        def work(pairs: Ints) -> Shared:
            ring, polygon = pairs // count, pairs % count
            pieces = shapely.intersection(rings[ring], self.shapes[polygon])
            return Shared(ring, polygon, self.measured(pieces))

        yield from in_order(work, parts, threads)

    def measured(self, pieces: npt.NDArray[Any]) -> Floats:
        """Ground of what rings and polygons share; points and lines have none."""
        parts, owner = shapely.get_parts(pieces, return_index=True)
        parts, inner = shapely.get_parts(parts, return_index=True)
        flat = (shapely.get_type_id(parts) == _POLYGON) & ~shapely.is_empty(parts)
        m2 = self._ground(parts[flat])
        sums = np.bincount(owner[inner][flat], weights=m2, minlength=len(pieces))
        return np.asarray(sums, dtype=np.float64)

    def _ground(self, polygons: npt.NDArray[Any]) -> Floats:
        crs = self.source.crs
        if self.grid_m2 is not None:
            return edge_table(polygons, crs, crs).enclosed() * self.grid_m2
        return ground_m2(Layer(polygons, crs), geographic_of(crs), threads=1)


def _blocks(polygons: _Polygons, rings: npt.NDArray[Any]) -> Iterator[slice]:
    """Rings that have so many polygons near them together, one after the other."""
    if not len(rings):
        return
    near = _near(polygons, rings)
    block = (np.cumsum(near) - near) // _NEAR
    cuts = np.flatnonzero(np.diff(block, prepend=-1))
    for first, last in zip(cuts, [*cuts[1:], len(rings)], strict=True):
        yield slice(int(first), int(last))


def _near(polygons: _Polygons, rings: npt.NDArray[Any]) -> Ints:
    """How many polygons may meet each ring, about: as if all were spread evenly."""
    west, south, east, north = polygons.source.bounds
    box = shapely.bounds(rings)
    across = np.minimum(box[:, 2], east) - np.maximum(box[:, 0], west)
    along = np.minimum(box[:, 3], north) - np.maximum(box[:, 1], south)
    whole = max((east - west) * (north - south), np.finfo(float).tiny)
    share = np.maximum(across, 0.0) * np.maximum(along, 0.0) / whole
    return np.asarray(np.ceil(share * len(polygons.shapes)), dtype=np.int64) + 1

"""Polygons as one flat table of directed edges.

An edge table is all that the engine knows of a zone: the area under a polygon is an integral along
its outline, so rings, parts and holes need no structure beyond the direction of their edges.
Everything here is vectorised over all edges of all zones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from greencover.errors import CrsError
from greencover.geodesy import Ellipsoid, enclosed_area_m2

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# A straight edge of a layer is a curve in another system. It is cut until the curve stays within
# this share of a cell of the chords that replace it.
CURVE_TOLERANCE_CELLS = 1e-5
_CURVE_TOLERANCE_DEG = 1e-10
_MOST_PIECES = 4096


@dataclass(frozen=True)
class EdgeTable:
    """Directed edges of many zones, ordered by zone.

    The outline of every zone runs counter-clockwise around its inside (x to the right, y up), holes
    run clockwise. ``zone`` numbers the zones from 0 in the order of the geometries given.
    """

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    zone: Ints
    zone_count: int

    @classmethod
    def joined(cls, tables: list[EdgeTable]) -> EdgeTable:
        """Put tables one after another; zones are numbered on."""
        if len(tables) == 1:
            return tables[0]
        first = np.cumsum([0, *(table.zone_count for table in tables)])
        return cls(
            np.concatenate([table.x0 for table in tables]),
            np.concatenate([table.y0 for table in tables]),
            np.concatenate([table.x1 for table in tables]),
            np.concatenate([table.y1 for table in tables]),
            np.concatenate([t.zone + shift for t, shift in zip(tables, first, strict=False)]),
            int(first[-1]),
        )

    def __len__(self) -> int:
        return len(self.x0)

    def select(self, chosen: npt.NDArray[np.bool_]) -> EdgeTable:
        """Keep the chosen edges; zones keep their numbers."""
        return EdgeTable(
            self.x0[chosen],
            self.y0[chosen],
            self.x1[chosen],
            self.y1[chosen],
            self.zone[chosen],
            self.zone_count,
        )

    def through(self, matrix: tuple[float, float, float, float, float, float]) -> EdgeTable:
        """Map all edges by the affine matrix (a, b, c, d, e, f), which may mirror them."""
        a, b, c, d, e, f = matrix
        x0, y0 = a * self.x0 + b * self.y0 + c, d * self.x0 + e * self.y0 + f
        x1, y1 = a * self.x1 + b * self.y1 + c, d * self.x1 + e * self.y1 + f
        return EdgeTable(x0, y0, x1, y1, self.zone, self.zone_count)

    def enclosed(self) -> Floats:
        """Area enclosed by each zone in squared units of the table's own plane."""
        reference = np.zeros(self.zone_count)
        reference[self.zone] = self.x0
        shift = reference[self.zone]
        trapezoid = 0.5 * ((self.x0 - shift) + (self.x1 - shift)) * (self.y1 - self.y0)
        sums = np.bincount(self.zone, weights=trapezoid, minlength=self.zone_count)
        return np.asarray(sums, dtype=np.float64)

    def enclosed_on(self, ellipsoid: Ellipsoid) -> Floats:
        """Ellipsoidal area of each zone in m², for a table in longitude and latitude."""
        return enclosed_area_m2(
            self.x0, self.y0, self.x1, self.y1, self.zone, self.zone_count, ellipsoid
        )

    def boxes(self) -> npt.NDArray[np.float64]:
        """Least x, least y, greatest x, greatest y of each zone; inverted where it has no edge."""
        box = np.full((4, self.zone_count), np.inf)
        box[2:] *= -1.0
        if len(self) == 0:
            return box
        starts = np.flatnonzero(np.diff(self.zone, prepend=-1))
        owners = self.zone[starts]
        box[0, owners] = np.minimum.reduceat(np.minimum(self.x0, self.x1), starts)
        box[1, owners] = np.minimum.reduceat(np.minimum(self.y0, self.y1), starts)
        box[2, owners] = np.maximum.reduceat(np.maximum(self.x0, self.x1), starts)
        box[3, owners] = np.maximum.reduceat(np.maximum(self.y0, self.y1), starts)
        return box


def edge_table(
    geometries: npt.NDArray[Any],
    crs: pyproj.CRS,
    target: pyproj.CRS,
    *,
    cell: float | None = None,
) -> EdgeTable:
    """Turn polygons into edges in another coordinate reference system.

    Parameters
    ----------
    geometries
        Polygons and MultiPolygons; empty ones and None get no edge.
    crs, target
        System of the geometries, and of the table.
    cell
        Size of a cell in units of ``target``; edges are cut until they follow the straight line of
        ``crs`` within ``CURVE_TOLERANCE_CELLS`` of it. Without it the tolerance is 1e-10 degrees.

    Returns
    -------
    EdgeTable
        Edges with y up, ordered by zone.

    Raises
    ------
    CrsError
        A vertex has no image in ``target``.
    """
    zone_count = len(geometries)
    parts, part_zone = shapely.get_parts(geometries, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    xy, vertex_ring = shapely.get_coordinates(rings, return_index=True)
    start = np.flatnonzero(vertex_ring[:-1] == vertex_ring[1:])
    edge_ring = vertex_ring[start]
    is_shell = np.diff(ring_part, prepend=-1) != 0

    # Orientation is judged in the layer's own plane, where the rings are simple.
    dx_shift = np.zeros(len(rings))
    dx_shift[vertex_ring] = xy[:, 0]
    x_local = xy[:, 0] - dx_shift[vertex_ring]
    trapezoid = (x_local[start] + x_local[start + 1]) * (xy[start + 1, 1] - xy[start, 1])
    counter_clockwise = np.bincount(edge_ring, weights=trapezoid, minlength=len(rings)) > 0.0
    reverse = (counter_clockwise != is_shell)[edge_ring]

    zone = part_zone[ring_part[edge_ring]].astype(np.int64)
    if crs.equals(target, ignore_axis_order=True):
        image = xy
    else:
        transformer = pyproj.Transformer.from_crs(crs, target, always_xy=True)
        image = _project(transformer, xy, crs, target)
    x0, y0 = image[start, 0], image[start, 1]
    x1, y1 = image[start + 1, 0], image[start + 1, 1]
    if image is not xy:
        tolerance = CURVE_TOLERANCE_CELLS * cell if cell else _CURVE_TOLERANCE_DEG
        x0, y0, x1, y1, owner = _follow_curves(
            transformer, crs, target, xy[start], xy[start + 1], (x0, y0, x1, y1), tolerance
        )
        zone, reverse = zone[owner], reverse[owner]
    return EdgeTable(
        np.where(reverse, x1, x0),
        np.where(reverse, y1, y0),
        np.where(reverse, x0, x1),
        np.where(reverse, y0, y1),
        zone,
        zone_count,
    )


def _project(
    transformer: pyproj.Transformer, xy: Floats, crs: pyproj.CRS, target: pyproj.CRS
) -> Floats:
    image = np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    lost = np.flatnonzero(~np.isfinite(image).all(axis=1))
    if lost.size:
        x, y = xy[lost[0]]
        raise CrsError(
            f"The coordinate ({x:.6g}, {y:.6g}) in {crs.name} has no place in {target.name}: "
            "the layer's declared coordinate reference system is probably wrong."
        )
    return image


def _follow_curves(
    transformer: pyproj.Transformer,
    crs: pyproj.CRS,
    target: pyproj.CRS,
    start: Floats,
    end: Floats,
    image: tuple[Floats, Floats, Floats, Floats],
    tolerance: float,
) -> tuple[Floats, Floats, Floats, Floats, Ints]:
    """Cut edges so that their images follow the curve; return the pieces and whose they are."""
    x0, y0, x1, y1 = image
    middle = _project(transformer, (start + end) / 2.0, crs, target)
    sagitta = np.hypot(middle[:, 0] - (x0 + x1) / 2.0, middle[:, 1] - (y0 + y1) / 2.0)
    # A chord of 1/n of the edge strays 1/n² as far.
    pieces = np.clip(np.ceil(np.sqrt(sagitta / tolerance)), 1, _MOST_PIECES).astype(np.int64)
    owner = np.repeat(np.arange(len(pieces)), pieces)
    first = np.cumsum(pieces) - pieces
    step = np.arange(len(owner)) - first[owner]
    px0, py0, px1, py1 = x0[owner], y0[owner], x1[owner], y1[owner]
    inner = np.flatnonzero(step > 0)
    if inner.size:
        share = (step[inner] / pieces[owner[inner]])[:, None]
        cut = start[owner[inner]] + share * (end - start)[owner[inner]]
        cut_image = _project(transformer, cut, crs, target)
        # Both pieces at a cut take the same point, so that outlines stay closed to the last bit.
        px0[inner], py0[inner] = cut_image[:, 0], cut_image[:, 1]
        px1[inner - 1], py1[inner - 1] = cut_image[:, 0], cut_image[:, 1]
    return px0, py0, px1, py1, owner

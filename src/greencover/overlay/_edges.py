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

from greencover.ground.geodesy import Ellipsoid, enclosed_area_m2, transformer
from greencover.overlay._columns import direct_edges, map_edges, to_reverse, widen_boxes
from greencover.overlay._curves import Curve, Ends, project

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# A straight edge of a layer is a curve in another system. It is cut until the curve stays within
# this share of a cell of the chords that replace it.
CURVE_TOLERANCE_CELLS = 1e-7
_CURVE_TOLERANCE_DEG = 1e-10
_POLYGON = 3


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

    @property
    def columns(self) -> tuple[Floats, Floats, Floats, Floats, Ints]:
        """x0, y0, x1, y1, zone."""
        return self.x0, self.y0, self.x1, self.y1, self.zone

    def in_cells(
        self, matrix: tuple[float, float, float, float, float, float], zones: Flags
    ) -> EdgeTable:
        """Edges of the chosen zones, mapped by an affine matrix that may mirror them.

        Zones keep their numbers; edges that become level are left out.
        """
        x0, y0, x1, y1 = (np.empty(len(self)) for _ in range(4))
        zone = np.empty(len(self), dtype=np.int64)
        k = map_edges(*self.columns, zones, *matrix, x0, y0, x1, y1, zone)
        return EdgeTable(x0[:k], y0[:k], x1[:k], y1[:k], zone[:k], self.zone_count)

    def ordered(self) -> EdgeTable:
        """Put the edges in the order of their zones."""
        return self._take(np.argsort(self.zone, kind="stable"))

    def _take(self, which: npt.NDArray[Any]) -> EdgeTable:
        x0, y0, x1, y1, zone = (column[which] for column in self.columns)
        return EdgeTable(x0, y0, x1, y1, zone, self.zone_count)

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

    def bounds(self) -> tuple[float, float, float, float]:
        """Least x, least y, greatest x, greatest y of all."""
        x, y = (self.x0, self.x1), (self.y0, self.y1)
        west, south = (min(float(end.min()) for end in ends) for ends in (x, y))
        east, north = (max(float(end.max()) for end in ends) for ends in (x, y))
        return west, south, east, north

    def boxes(self) -> npt.NDArray[np.float64]:
        """Least x, least y, greatest x, greatest y of each zone; inverted where it has no edge."""
        box = np.full((4, self.zone_count), np.inf)
        box[2:] = -np.inf
        widen_boxes(*self.columns, box)
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

    Examples
    --------
    >>> import shapely
    >>> system = pyproj.CRS(4547)
    >>> boxes = np.array([shapely.box(5e5, 3e6, 500100, 3000100)] * 2)
    >>> edges = edge_table(boxes, system, system)
    >>> edges.zone_count, sorted(set(edges.zone.tolist()))
    (2, [0, 1])
    """
    simple = _is_simple(geometries)
    if simple.all():
        return _of_rings(_Rings.of_simple(geometries), crs, target, cell)
    numbers = np.flatnonzero(simple), np.flatnonzero(~simple)
    halves = _Rings.of_simple(geometries[simple]), _Rings.of_any(geometries[~simple])
    tables = [
        _of_rings(rings.numbered(which, len(geometries)), crs, target, cell)
        for rings, which in zip(halves, numbers, strict=True)
    ]
    if not len(tables[0]):
        return tables[1]
    joined = EdgeTable.joined(tables)
    return EdgeTable(
        joined.x0,
        joined.y0,
        joined.x1,
        joined.y1,
        np.concatenate([table.zone for table in tables]),
        len(geometries),
    ).ordered()


def outline_rings(
    geometries: npt.NDArray[Any], crs: pyproj.CRS, target: pyproj.CRS, cell: float
) -> tuple[npt.NDArray[Any], Ints, Ints]:
    """Every ring of polygons as a polygon of its own in another system, as ``edge_table`` cuts it.

    Returns
    -------
    rings, zone, sign
        The rings, the number of the geometry of each, and 1 for a shell, -1 for a hole.
    """
    rings = _Rings.of_any(geometries)
    sign = np.where(rings.is_shell, 1, -1)
    if not len(rings.zone):
        return np.empty(0, dtype=object), rings.zone, sign
    own = rings.directed(rings.xy, np.zeros(len(rings.zone), dtype=np.bool_))
    owner = np.repeat(np.arange(len(rings.zone)), rings.edge_count)
    x, y = own[:2]
    if not crs.equals(target, ignore_axis_order=True):
        into = transformer(crs, target)
        forward = np.zeros(len(rings.zone), dtype=np.bool_)
        image = rings.directed(project(into, rings.xy, crs, target), forward)
        curve = Curve(into, crs, target, CURVE_TOLERANCE_CELLS * cell)
        x, y, _, _, pieces = curve.followed(own, image)
        owner = owner if pieces is None else owner[pieces]
    # Rings close where they start, which shapely adds.
    lines = shapely.linearrings(np.column_stack([x, y]), indices=owner)
    return np.asarray(shapely.polygons(lines), dtype=object), rings.zone, sign


def _is_simple(geometries: npt.NDArray[Any]) -> Flags:
    """Whether each geometry is one ring: a polygon without holes."""
    polygons = shapely.get_type_id(geometries) == _POLYGON
    return np.asarray(polygons & (shapely.get_num_interior_rings(geometries) == 0))


@dataclass(frozen=True)
class _Rings:
    """Vertices of rings one after another, where each ring starts, and whose it is."""

    xy: Floats
    start: Ints
    is_shell: Flags
    zone: Ints
    zone_count: int

    @classmethod
    def of_simple(cls, geometries: npt.NDArray[Any]) -> _Rings:
        count = len(geometries)
        xy, ring = shapely.get_coordinates(geometries, return_index=True)
        return cls(xy, _starts(ring, count), np.ones(count, bool), np.arange(count), count)

    @classmethod
    def of_any(cls, geometries: npt.NDArray[Any]) -> _Rings:
        parts, part_zone = shapely.get_parts(geometries, return_index=True)
        rings, ring_part = shapely.get_rings(parts, return_index=True)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        is_shell = np.diff(ring_part, prepend=-1) != 0
        zone = part_zone[ring_part].astype(np.int64)
        return cls(xy, _starts(ring, len(rings)), is_shell, zone, len(geometries))

    @property
    def edge_count(self) -> Ints:
        """Edges of each ring."""
        return np.asarray(np.maximum(np.diff(self.start) - 1, 0))

    def to_reverse(self) -> Flags:
        """Whether each ring runs against the rule: shells counter-clockwise, holes clockwise."""
        reverse = np.empty(len(self.is_shell), dtype=np.bool_)
        to_reverse(self.xy, self.start, self.is_shell, reverse)
        return reverse

    def directed(self, xy: Floats, reverse: Flags) -> Ends:
        """Ends of all edges between vertices, which may be those of another system."""
        count = int(self.edge_count.sum())
        x0, y0, x1, y1 = (np.empty(count) for _ in range(4))
        direct_edges(xy, self.start, reverse, x0, y0, x1, y1)
        return x0, y0, x1, y1

    def numbered(self, numbers: Ints, zone_count: int) -> _Rings:
        """Give the zones other numbers."""
        return _Rings(self.xy, self.start, self.is_shell, numbers[self.zone], zone_count)


def _starts(owner: Ints, count: int) -> Ints:
    start = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner, minlength=count), out=start[1:])
    return start


def _of_rings(rings: _Rings, crs: pyproj.CRS, target: pyproj.CRS, cell: float | None) -> EdgeTable:
    # Orientation is judged in the layer's own plane, where the rings are simple.
    reverse = rings.to_reverse()
    zone = np.repeat(rings.zone, rings.edge_count)
    own = rings.directed(rings.xy, reverse)
    if crs.equals(target, ignore_axis_order=True) or not len(zone):
        return EdgeTable(own[0], own[1], own[2], own[3], zone, rings.zone_count)
    into = transformer(crs, target)
    image = rings.directed(project(into, rings.xy, crs, target), reverse)
    tolerance = CURVE_TOLERANCE_CELLS * cell if cell else _CURVE_TOLERANCE_DEG
    curve = Curve(into, crs, target, tolerance)
    x0, y0, x1, y1, owner = curve.followed(own, image)
    if owner is not None:
        zone = zone[owner]
    return EdgeTable(x0, y0, x1, y1, zone, rings.zone_count)

"""Layers over rasters: which edges meet which raster, and what a cell of it weighs on the ground.

The same pass serves classes and values; what is read from a tile is the reader's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from greencover.ground.datums import tell_shift
from greencover.ground.errors import NoOverlapError
from greencover.ground.geodesy import (
    Ellipsoid,
    geographic_of,
    is_spherical,
    transformer,
    unit_in_metres,
)
from greencover.ground.notes import tell
from greencover.ground.run import Run
from greencover.layers.in_hand import zones_of
from greencover.overlay._drawn import totals_on_polygons
from greencover.overlay._edges import EdgeTable
from greencover.overlay._engine import engine_of
from greencover.overlay._outlines import Layer, Outlines, Zones, ground_m2
from greencover.overlay._readers import Reader
from greencover.overlay._row_ground import RowGround
from greencover.rasters import Cells, PolygonCells, earlier_ground
from greencover.words import Listed

Area = Literal["ellipsoid", "grid"]
Floats = npt.NDArray[np.float64]

# Less than this share of a zone, or of a cell, is rounding of integrals and coordinates.
_ROUNDING_SHARE = 1e-9
_ROUNDING_CELLS = 1e-8
NOTHING_SHARE = 1e-11
#: How a layer is called that is given without a name.
ONLY = "zones"


def named_layers(zones: Any, crs: Any = None) -> dict[str, Zones]:
    """Layers by name, also where there is but one."""
    every = zones if is_layers(zones) else {ONLY: zones}
    return {name: zones_of(one, crs=crs) for name, one in every.items()}


def is_layers(zones: Any) -> bool:
    """Whether zones are several layers by name, and not one as GeoJSON."""
    return isinstance(zones, Mapping) and not isinstance(zones.get("type"), str)


@dataclass(frozen=True)
class Counted:
    """Totals of one raster by zone, and the m² that a unit of ground in them stands for."""

    totals: Floats
    cell_m2: Floats


@dataclass
class Overlay:
    """One pass of layers over rasters; where rasters overlap, the first one counts."""

    layers: tuple[Outlines, ...]
    sources: tuple[Cells, ...]
    area: Area
    run: Run
    _planes: dict[str, tuple[EdgeTable, Floats]] = field(default_factory=dict, init=False)
    _owns: dict[int, EdgeTable] = field(default_factory=dict, init=False)

    def rows(self) -> list[slice]:
        """Which zones are of which layer."""
        ends = np.cumsum([0, *(len(layer) for layer in self.layers)])
        return [slice(int(first), int(last)) for first, last in pairwise(ends)]

    def tables(
        self, zones: Zones | Mapping[str, Zones], figures: Floats, columns: Any
    ) -> pd.DataFrame | dict[str, pd.DataFrame]:
        """Figures of all zones as a table, or as a dict of tables where the zones are layers."""
        every = zones if isinstance(zones, Mapping) else {ONLY: zones}
        found = {
            name: pd.DataFrame(figures[rows], index=layer.index, columns=columns)
            for (name, layer), rows in zip(every.items(), self.rows(), strict=True)
        }
        return found if isinstance(zones, Mapping) else found[ONLY]

    def counted(self, reader: Callable[[int], Reader]) -> Iterator[Counted]:
        """Totals of each raster that a zone meets; ``reader`` takes the raster's number."""
        met = False
        for name in {one.crs.name for one in self.sources if is_spherical(one.crs)}:
            tell("overlay.sphere", crs=name, stacklevel=4)
        with self.run.shown() as run:
            engine = engine_of(run)
            for number, source in enumerate(self.sources):
                edges = self._edges_on(number)
                if not len(edges):
                    continue
                met = True
                if isinstance(source, PolygonCells):
                    del edges
                    yield self._drawn(source, reader(number), run)
                    continue
                ground = self._row_ground(source)
                totals = engine(source, edges, reader(number), ground, run)
                # Not needed while the areas of zones are computed, which need as much.
                del edges
                # Outlines run counter-clockwise in the plane; counted downwards they mirror.
                mirrored = np.sign(source.transform.determinant)
                yield Counted(mirrored * totals, self._cell_m2(number))
        if not met and len(self.zone_m2):
            raise self._no_overlap()

    def _drawn(self, source: PolygonCells, reader: Reader, run: Run) -> Counted:
        """Square metres that zones share with polygons, which need no cells."""
        grid_m2 = _plane_m2(source) if self.area == "grid" else None
        totals = totals_on_polygons(self.layers, source, reader, run, grid_m2)
        return Counted(totals, np.ones(len(totals)))

    def unobserved_m2(self, observed_m2: Floats) -> Floats:
        """Ground of each zone that no raster shows."""
        rest = self.zone_m2 - observed_m2
        rest[np.abs(rest) <= self.rounding_m2] = 0.0
        return rest

    @cached_property
    def rounding_m2(self) -> Floats:
        """Ground of each zone that may be lost or gained by rounding."""
        return _ROUNDING_SHARE * self.zone_m2 + _ROUNDING_CELLS * _cell_m2(self.sources[0])

    @cached_property
    def zone_m2(self) -> Floats:
        """Whole area of each zone, as the rasters measure it."""
        first = self.sources[0]
        if self.area == "grid":
            plane, _ = self._in_plane_of(first)
            return np.abs(plane.enclosed()) * _plane_m2(first)
        if first.is_geographic:
            plane, _ = self._in_plane_of(first)
            return plane.enclosed_on(Ellipsoid.of(first.crs))
        geographic = geographic_of(first.crs)
        return np.concatenate(
            [
                ground_m2(layer, geographic, self._own(number), threads=self.run.threads)
                for number, layer in enumerate(self.layers)
            ]
        )

    def _own(self, number: int) -> EdgeTable:
        """Edges of a layer in its own plane."""
        if number not in self._owns:
            layer = self.layers[number]
            self._owns[number] = layer.edges_in(layer.crs)
        return self._owns[number]

    def _in_plane_of(self, source: Cells) -> tuple[EdgeTable, Floats]:
        """Edges of all zones in the plane of a raster, and their boxes."""
        if source.crs_wkt not in self._planes:
            cell = min(one.cell for one in self.sources if one.crs_wkt == source.crs_wkt)
            tables = [
                self._own(number)
                if layer.crs.equals(source.crs, ignore_axis_order=True)
                else layer.edges_in(source.crs, cell)
                for number, layer in enumerate(self.layers)
            ]
            plane = EdgeTable.joined(tables)
            if "zone_m2" in self.__dict__:
                # They have served; joined, they would be held twice.
                self._owns.clear()
            self._planes[source.crs_wkt] = (plane, plane.boxes())
            self._tell_shifts(source)
        return self._planes[source.crs_wkt]

    def _tell_shifts(self, source: Cells) -> None:
        """Tell where layers come to a raster from another datum."""
        _, box = self._planes[source.crs_wkt]
        for layer, rows in zip(self.layers, self.rows(), strict=True):
            x, y = (box[:2, rows] + box[2:, rows]) / 2.0
            seen = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
            if len(seen):
                place = float(x[seen[0]]), float(y[seen[0]])
                tell_shift(layer.crs, source.crs, place, inverse=True)

    def _edges_on(self, number: int) -> EdgeTable:
        """Edges in columns and rows of a raster, of the zones whose boxes meet it."""
        source = self.sources[number]
        plane, box = self._in_plane_of(source)
        west, south, east, north = source.bounds
        meets = (box[0] < east) & (box[2] > west) & (box[1] < north) & (box[3] > south)
        if any(earlier_ground(self.sources, number, layer.crs) for layer in self.layers):
            plane = self._remaining(number, meets)
        return plane.in_cells(tuple(~source.transform)[:6], meets)

    def _remaining(self, number: int, meets: npt.NDArray[np.bool_]) -> EdgeTable:
        """Edges of zones without the ground that earlier rasters take."""
        source = self.sources[number]
        tables = []
        for layer, rows in zip(self.layers, self.rows(), strict=True):
            cut = self._cut(layer, number, meets[rows])
            tables.append(cut.edges_in(source.crs, source.cell))
        return EdgeTable.joined(tables)

    def _cut(self, layer: Outlines, number: int, chosen: npt.NDArray[np.bool_]) -> Layer:
        """Polygons of a layer, the chosen ones without the ground of earlier rasters."""
        taken = earlier_ground(self.sources, number, layer.crs)
        cut = layer.geometries.copy()
        if taken is not None:
            shapely.prepare(taken)
            chosen = chosen & shapely.intersects(taken, cut)
            cut[chosen] = shapely.difference(cut[chosen], taken)
        return Layer(cut, layer.crs)

    def _row_ground(self, source: Cells) -> RowGround:
        if self.area == "grid":
            return RowGround.even(source.height, _cell_m2(source))
        if source.is_geographic:
            return RowGround.ellipsoidal(source)
        return RowGround.even(source.height, 1.0)

    def _cell_m2(self, number: int) -> Floats:
        """Square metres that a unit of row ground stands for, in each zone."""
        source = self.sources[number]
        if self.area == "grid" or source.is_geographic:
            return np.ones(len(self.zone_m2))
        # Tiles of one grid share a zone's factor, as if they were one raster. Where an earlier
        # raster has another plane, the rest of a zone takes its own, so that parts sum to the zone.
        if all(one.crs == source.crs for one in self.sources[:number]):
            plane, m2 = self._in_plane_of(source)[0], self.zone_m2
        else:
            every = np.ones(len(self.zone_m2), dtype=bool)
            plane = self._remaining(number, every)
            geographic = geographic_of(self.sources[0].crs)
            m2 = np.concatenate(
                [
                    ground_m2(
                        self._cut(layer, number, every[rows]), geographic, threads=self.run.threads
                    )
                    for layer, rows in zip(self.layers, self.rows(), strict=True)
                ]
            )
        enclosed = np.abs(plane.enclosed())
        per_plane = m2 / np.where(enclosed > 0.0, enclosed, np.inf)
        return np.asarray(per_plane * abs(source.transform.determinant))

    def _no_overlap(self) -> NoOverlapError:
        layer, first = self.layers[0], self.sources[0]
        box = shapely.total_bounds(layer.geometries)
        west, south, east, north = box
        swapped = layer.crs.is_geographic and any(
            self._meets((south, west, north, east), layer.crs, source) for source in self.sources
        )
        return NoOverlapError(
            "overlay.swapped" if swapped else "overlay.no_overlap",
            rasters=Listed.of([str(source.path) for source in self.sources]),
            zones=", ".join(f"{v:.6g}" for v in box[:2]),
            zones_to=", ".join(f"{v:.6g}" for v in box[2:]),
            zones_crs=layer.crs.name,
            cells=", ".join(f"{v:.6g}" for v in first.bounds),
            cells_crs=first.crs.name,
        )

    @staticmethod
    def _meets(box: tuple[float, float, float, float], crs: pyproj.CRS, source: Cells) -> bool:
        """Whether a box of degrees meets a raster."""
        if max(abs(box[1]), abs(box[3])) > 90.0:
            return False
        into = transformer(crs, source.crs)
        west, south, east, north = into.transform_bounds(*box, errcheck=False)
        own = source.bounds
        return bool(west < own[2] and east > own[0] and south < own[3] and north > own[1])


def _cell_m2(source: Cells) -> float:
    """Area in m² that ``area="grid"`` gives a cell."""
    if source.is_geographic:
        return float(RowGround.ellipsoidal(source).weight[source.height // 2])
    return float(abs(source.transform.determinant) * unit_in_metres(source.crs) ** 2)


def _plane_m2(source: Cells) -> float:
    """Square metres of one squared unit of the raster's plane, for ``area="grid"``."""
    return float(_cell_m2(source) / abs(source.transform.determinant))

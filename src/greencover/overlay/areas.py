"""Areas of every class inside every zone, in hectares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, overload

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from greencover.errors import LegendError, NoOverlapError
from greencover.geodesy import HECTARE_M2, Ellipsoid, geographic_of, require_crs, unit_in_metres
from greencover.landcover import LandCover
from greencover.overlay._edges import EdgeTable, edge_table
from greencover.overlay._tiles import TILE_CELLS, Recoding, RowGround, weighted_counts
from greencover.rasters import RasterSource
from greencover.zones import check_geometry

Area = Literal["ellipsoid", "grid"]
Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]
Zones: TypeAlias = gpd.GeoDataFrame | gpd.GeoSeries

UNOBSERVED = "unobserved_ha"
# Less than this share of a zone is rounding of the integrals, not ground.
_ROUNDING_SHARE = 1e-9
_NOTHING_SHARE = 1e-11


@overload
def class_areas(
    zones: Zones,
    cover: LandCover,
    *,
    area: Area = ...,
    threads: int | None = ...,
    tile_cells: int = ...,
    progress: Progress | None = ...,
) -> pd.DataFrame: ...
@overload
def class_areas(
    zones: Mapping[str, Zones],
    cover: LandCover,
    *,
    area: Area = ...,
    threads: int | None = ...,
    tile_cells: int = ...,
    progress: Progress | None = ...,
) -> dict[str, pd.DataFrame]: ...
def class_areas(
    zones: Zones | Mapping[str, Zones],
    cover: LandCover,
    *,
    area: Area = "ellipsoid",
    threads: int | None = None,
    tile_cells: int = TILE_CELLS,
    progress: Progress | None = None,
) -> pd.DataFrame | dict[str, pd.DataFrame]:
    """Area of every land-cover class inside every zone.

    A cell that a zone covers in part counts with exactly the part covered. Zones may overlap, have
    holes and parts, be smaller than a cell, lie in any coordinate reference system, and reach
    beyond the raster.

    Parameters
    ----------
    zones
        Polygons with a coordinate reference system; or a mapping from layer name to polygons, all
        of which are overlaid in one pass over the raster.
    cover
        The land cover.
    area
        ``"ellipsoid"`` (default): hectares on the ground, that is on the ellipsoid of the raster's
        coordinate reference system. A cell of a longitude/latitude grid has the area of its
        parallels and meridians; on a projected grid the areas of a zone are scaled to the zone's
        own ellipsoidal area. ``"grid"``: hectares in the plane of the raster; on a
        longitude/latitude grid every cell counts the same, as much as a cell of the middle row.
    threads
        Threads that read and count; default: the cores this process may use.
    tile_cells
        Cells read at a time by a thread. Memory grows with it; results do not depend on it.
    progress
        Called with the number of tiles done and the number of tiles in all.

    Returns
    -------
    pandas.DataFrame
        Indexed like ``zones``; a column of hectares for each class code of the legend (zero where
        the class does not occur), and ``unobserved_ha``: ground outside the raster or without data
        in it. A row sums to the area of its zone. For a mapping, a dict of such tables.

    Raises
    ------
    LayerError
        A geometry is missing, empty or no polygon.
    CrsError
        The zones have no coordinate reference system, or one that does not fit their coordinates.
    NoOverlapError
        Not one zone of any layer meets the raster.
    LegendError
        Zones hold codes that the legend lacks; the message names each code and its area.
    RasterError
        The raster cannot be read.

    Notes
    -----
    By Green's theorem the area of class k inside a polygon is the integral of F_k dy along its
    outline, F_k(x, y) being the amount of class k to the left of x in the row of y. The work grows
    with the outlines of the zones, not with their areas.
    """
    if area not in ("ellipsoid", "grid"):
        raise ValueError(f"area must be 'ellipsoid' or 'grid', not {area!r}.")
    layers = dict(zones) if isinstance(zones, Mapping) else {"zones": zones}
    stacks = [_Stack.of(layer, name) for name, layer in layers.items()]
    overlay = _Overlay(tuple(stacks), cover, area, threads, tile_cells, progress)
    hectares = overlay.run()
    tables = {}
    row = 0
    for (name, layer), stack in zip(layers.items(), stacks, strict=True):
        block = hectares[row : row + len(stack.geometries)]
        row += len(stack.geometries)
        table = pd.DataFrame(block, index=layer.index, columns=[*cover.legend.codes, UNOBSERVED])
        table.columns = pd.Index([*cover.legend.codes, UNOBSERVED], dtype=object)
        tables[name] = table
    return tables if isinstance(zones, Mapping) else tables["zones"]


def ground_area_ha(zones: Zones) -> pd.Series[float]:
    """Area of polygons on the ellipsoid of their own coordinate reference system.

    Edges are straight in the layer's own system. Agrees with geodesic areas to rounding where the
    polygons are drawn finely; a straight line in longitude and latitude is no geodesic.

    Returns
    -------
    pandas.Series
        Hectares, indexed like ``zones``.
    """
    stack = _Stack.of(zones, "zones")
    geographic = geographic_of(stack.crs)
    edges = edge_table(stack.geometries, stack.crs, geographic)
    m2 = edges.enclosed_on(Ellipsoid.of(geographic))
    return pd.Series(m2 / HECTARE_M2, index=zones.index, name="ground_ha")


@dataclass(frozen=True)
class _Stack:
    """Geometries of one layer and their system."""

    geometries: npt.NDArray[np.object_]
    crs: pyproj.CRS

    @classmethod
    def of(cls, layer: Zones, name: str) -> _Stack:
        where = f"layer {name!r}"
        crs = require_crs(layer.crs, f"The {where}")
        frame = gpd.GeoDataFrame(geometry=layer.geometry, crs=layer.crs)
        checked = check_geometry(frame, where, geometry="polygon")
        return cls(checked.geometry.to_numpy(), crs)


@dataclass(frozen=True)
class _Overlay:
    """One pass of layers over the rasters of a land cover."""

    layers: tuple[_Stack, ...]
    cover: LandCover
    area: Area
    threads: int | None
    tile_cells: int
    progress: Progress | None

    def run(self) -> Floats:
        """Hectares by zone: a column per class, then the unobserved."""
        recoding = self.cover.recoding_codes
        zone_m2 = self._zone_m2()
        classes_m2 = np.zeros((len(zone_m2), len(recoding) + 1))
        met = False
        for number, source in enumerate(self.cover.sources):
            edges = self._edges_on(source, before=number)
            if not len(edges):
                continue
            met = True
            classes_m2 += self._count(number, edges, recoding, self.progress)
        if not met and len(zone_m2):
            raise self._no_overlap()
        unknown = classes_m2[:, -1]
        if np.any(unknown > _ROUNDING_SHARE * zone_m2):
            raise self._unknown_codes()
        # A class that a zone does not hold sums to rounding, of either sign.
        classes_m2[np.abs(classes_m2) <= _NOTHING_SHARE * zone_m2[:, None]] = 0.0
        unobserved = zone_m2 - classes_m2[:, :-1].sum(axis=1)
        unobserved[np.abs(unobserved) <= _ROUNDING_SHARE * zone_m2] = 0.0
        return np.column_stack([classes_m2[:, :-1], unobserved]) / HECTARE_M2

    def _edges_in(self, target: pyproj.CRS, cell: float | None, before: int = 0) -> EdgeTable:
        """Edges of all layers in another system, without the ground of rasters before one."""
        tables = [
            edge_table(
                self.cover.without_earlier(layer.geometries, layer.crs, before),
                layer.crs,
                target,
                cell=cell,
            )
            for layer in self.layers
        ]
        return EdgeTable.joined(tables)

    def _edges_on(self, source: RasterSource, *, before: int) -> EdgeTable:
        """Edges in columns and rows of a raster, of the zones whose boxes meet it."""
        edges = self._edges_in(source.crs, source.cell, before).through(
            tuple(~source.transform)[:6]
        )
        box = edges.boxes()
        meets = (box[0] < source.width) & (box[2] > 0) & (box[1] < source.height) & (box[3] > 0)
        return edges.select(meets[edges.zone])

    def _zone_m2(self) -> Floats:
        """Whole area of each zone, as the classes will be measured."""
        first = self.cover.sources[0]
        if self.area == "ellipsoid":
            return self._ellipsoidal_m2(first.crs)
        edges = self._edges_in(first.crs, None if first.is_geographic else abs(first.transform.a))
        return np.abs(edges.enclosed()) * _plane_m2(first)

    def _ellipsoidal_m2(self, crs: pyproj.CRS, before: int = 0) -> Floats:
        geographic = geographic_of(crs)
        return self._edges_in(geographic, None, before).enclosed_on(Ellipsoid.of(geographic))

    def _count(
        self,
        number: int,
        edges: EdgeTable,
        codes: tuple[int, ...],
        progress: Progress | None,
    ) -> Floats:
        """Square metres by class from one raster."""
        source = self.cover.sources[number]
        if self.area == "grid":
            ground = RowGround.even(source.height, _cell_m2(source))
        elif source.is_geographic:
            ground = RowGround.ellipsoidal(source)
        else:
            ground = RowGround.even(source.height, 1.0)
        counts = weighted_counts(
            source,
            edges,
            Recoding(codes, self.cover.unobserved_values(source)),
            ground,
            threads=self.threads,
            tile_cells=self.tile_cells,
            progress=progress,
        )
        mirrored = -1.0 if source.transform.determinant < 0.0 else 1.0
        counts *= mirrored
        if self.area == "ellipsoid" and not source.is_geographic:
            counts *= self._cell_m2_of_zones(number)[:, None]
        return counts

    def _cell_m2_of_zones(self, number: int) -> Floats:
        """Ground of a cell of a projected raster, averaged over each zone."""
        source = self.cover.sources[number]
        # Tiles of one grid share a zone's factor, as if they were one raster. Where an earlier
        # raster has another plane, the rest of a zone takes its own, so that parts sum to the zone.
        earlier = self.cover.sources[:number]
        before = 0 if all(one.crs == source.crs for one in earlier) else number
        plane = np.abs(self._edges_in(source.crs, source.cell, before).enclosed())
        ellipsoidal = self._ellipsoidal_m2(source.crs, before)
        per_plane = ellipsoidal / np.where(plane > 0.0, plane, np.inf)
        return np.asarray(per_plane * abs(source.transform.determinant))

    def _no_overlap(self) -> NoOverlapError:
        names = ", ".join(str(source.path) for source in self.cover.sources)
        layer = self.layers[0]
        west, south, east, north = shapely.total_bounds(layer.geometries)
        first = self.cover.sources[0]
        return NoOverlapError(
            f"The zones and the raster {names} share no ground: the zones span "
            f"{west:.6g}, {south:.6g} to {east:.6g}, {north:.6g} in {layer.crs.name}, the raster "
            f"{', '.join(f'{v:.6g}' for v in first.bounds)} in {first.crs.name}; "
            "check that both are of the same county and that their coordinate systems are right."
        )

    def _unknown_codes(self) -> LegendError:
        legend = self.cover.legend
        found = self.cover.unknown_codes()
        m2: dict[int, float] = {}
        for number, source in enumerate(self.cover.sources):
            edges = self._edges_on(source, before=number)
            if len(edges):
                counted = self._count(number, edges, tuple(found), None)[:, :-1].sum(axis=0)
                for code, amount in zip(found, counted, strict=True):
                    m2[code] = m2.get(code, 0.0) + float(amount)
        listed = ", ".join(f"{c} ({m / HECTARE_M2:,.2f} ha)" for c, m in m2.items() if m > 0.0)
        return LegendError(
            f"The raster {self.cover.paths[0]} holds codes that the legend {legend.key!r} lacks: "
            f"{listed}; choose the legend the raster was made with, or add the codes to it "
            "(as classes, or under [[unobserved]])."
        )


def _cell_m2(source: RasterSource) -> float:
    """Area in m² that ``area="grid"`` gives a cell."""
    if source.is_geographic:
        return float(RowGround.ellipsoidal(source).weight[source.height // 2])
    return abs(source.transform.determinant) * unit_in_metres(source.crs) ** 2


def _plane_m2(source: RasterSource) -> float:
    """Square metres of one squared unit of the raster's plane, for ``area="grid"``."""
    return _cell_m2(source) / abs(source.transform.determinant)

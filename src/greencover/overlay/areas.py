"""Areas of every class inside every zone, in hectares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Unpack, overload

import numpy as np
import pandas as pd

from greencover.cover.land_cover import LandCover
from greencover.cover.legend_fit import unknown_codes_error
from greencover.ground.errors import ArgumentError, KindError, LegendError
from greencover.ground.geodesy import HECTARE_M2, geographic_of
from greencover.ground.notes import Note
from greencover.ground.run import Run, RunOptions
from greencover.layers.in_hand import ZonesInHand
from greencover.overlay._outlines import Layer, Outlines, Zones, ground_m2
from greencover.overlay._overlay import (
    NOTHING_SHARE,
    ONLY,
    Area,
    Floats,
    Overlay,
    is_layers,
    named_layers,
)
from greencover.overlay._patches import PatchReader
from greencover.overlay._readers import MOST_CLASSES, Reader, Recoding
from greencover.overlay._shares import shares_m2
from greencover.overlay.class_table import ClassAreas

UNOBSERVED = "unobserved_ha"


@overload
def class_areas(
    zones: ZonesInHand,
    cover: LandCover,
    *,
    crs: Any = ...,
    area: Area = ...,
    run: Run | None = ...,
    **options: Unpack[RunOptions],
) -> ClassAreas: ...
@overload
def class_areas(
    zones: Mapping[str, ZonesInHand],
    cover: LandCover,
    *,
    crs: Any = ...,
    area: Area = ...,
    run: Run | None = ...,
    **options: Unpack[RunOptions],
) -> dict[str, ClassAreas]: ...
def class_areas(
    zones: ZonesInHand | Mapping[str, ZonesInHand],
    cover: LandCover,
    *,
    crs: Any = None,
    area: Area = "ellipsoid",
    run: Run | None = None,
    **options: Unpack[RunOptions],
) -> ClassAreas | dict[str, ClassAreas]:
    """Area of every land-cover class inside every zone.

    A cell that a zone covers in part counts with exactly the part covered. Zones may overlap, have
    holes and parts, be smaller than a cell, lie in any coordinate reference system, and reach
    beyond the raster.

    Parameters
    ----------
    zones
        Polygons with a coordinate reference system: a GeoDataFrame or GeoSeries, the path of a
        layer, GeoJSON or what has a ``__geo_interface__``, or shapes of shapely with ``crs``; or a
        mapping from layer name to such, all of which are overlaid in one pass over the raster.
    cover
        The land cover.
    crs
        System of zones that name none.
    area
        ``"ellipsoid"`` (default): hectares on the ground, that is on the ellipsoid of the raster's
        coordinate reference system. A cell of a longitude/latitude grid has the area of its
        parallels and meridians; on a projected grid the areas of a zone are scaled to the zone's
        own ellipsoidal area. ``"grid"``: hectares in the plane of the raster; on a
        longitude/latitude grid every cell counts the same, as much as a cell of the middle row.
    run, options
        How it is run, see :class:`greencover.Run`: threads or a cluster, size of tiles, a folder to
        resume from, progress. None of it changes a figure. Options given as keywords
        (``threads=2``) take the place of those of the run.

    Returns
    -------
    ClassAreas
        Indexed like ``zones``; a column of hectares for each class of the legend (zero where
        the class does not occur), ``{cover type}_{code}_ha``, and ``unobserved_ha``: ground outside
        the raster or without data in it. A row sums to the area of its zone. Codes find their
        columns: ``areas[10]`` is ``areas["tree_10_ha"]``, see
        :class:`greencover.overlay.ClassAreas`. For a mapping, a dict of such tables.

    Raises
    ------
    KindError
        Zones or cover are no such thing.
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

    Examples
    --------
    Four cells: two of trees, one of grass, one built.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.array([[10, 10, 30, 50]], "uint8"), Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999990, 500040, 3e6)], crs=4547)
    >>> gc.class_areas(town, cover)[[10, 30, 50]].round(2).values.tolist()
    [[0.02, 0.01, 0.01]]
    """
    if area not in ("ellipsoid", "grid"):
        raise ArgumentError("overlay.area", area=repr(area))
    check_cover(cover)
    layers = named_layers(zones, crs)
    overlay = Overlay(
        tuple(Layer.of(layer, name) for name, layer in layers.items()),
        cover.sources,
        area,
        Run.of(run, options),
    )
    hectares = _hectares(overlay, cover)
    columns = [*cover.legend.headings.values(), UNOBSERVED]
    found = overlay.tables(layers if is_layers(zones) else layers[ONLY], hectares, columns)
    if isinstance(found, dict):
        return {name: ClassAreas(table) for name, table in found.items()}
    return ClassAreas(found)


def check_cover(given: Any) -> None:
    """Refuse what is no land cover, such as the path of one, whose legend nobody said.

    Raises
    ------
    KindError
        It is another thing.
    """
    if not isinstance(given, LandCover):
        raise KindError("overlay.no_cover", given=type(given).__name__)


def areas_of_edges(
    zones: Outlines,
    cover: LandCover,
    *,
    judged: int | None = None,
    run: Run | None = None,
    **options: Unpack[RunOptions],
) -> Floats:
    """Area of every land-cover class inside zones that are given as edges.

    For zones by the million, such as strips beside roads, which would cost more as polygons than
    their overlay does. The same ground as that of ``class_areas`` for their polygons, on the
    ellipsoid.

    Parameters
    ----------
    zones
        What gives the edges of all zones in the system that it is asked for.
    cover
        The land cover.
    judged
        How many of the zones, from the first on, must hold no codes that the legend lacks; in the
        others these are unobserved. All where it is left out.
    run, options
        See :func:`class_areas`.

    Returns
    -------
    numpy.ndarray
        Hectares by zone: a column for each class code of the legend, then the unobserved.

    Examples
    --------
    Four cells, of which a zone given as edges covers the two of trees.

    >>> import numpy as np, pyproj, shapely
    >>> from affine import Affine
    >>> from greencover.overlay import edge_table
    >>> codes, corner = np.array([[10, 10, 30, 50]], "uint8"), Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> cover = LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> class Strips:
    ...     crs = pyproj.CRS(4547)
    ...     geometries = np.array([shapely.box(5e5, 2999990, 500020, 3e6)])
    ...
    ...     def __len__(self):
    ...         return len(self.geometries)
    ...
    ...     def edges_in(self, target, cell=None):
    ...         return edge_table(self.geometries, self.crs, target, cell=cell)
    >>> dict(zip(cover.legend.codes, areas_of_edges(Strips(), cover)[0].round(3)))[10].item()
    0.02
    """
    overlay = Overlay((zones,), cover.sources, "ellipsoid", Run.of(run, options))
    return _hectares(overlay, cover, judged)


def zone_areas_ha(zones: Zones, cover: LandCover, *, area: Area = "ellipsoid") -> pd.Series[float]:
    """Area of zones as ``class_areas`` measures it, to which its rows sum; no cell is read.

    Returns
    -------
    pandas.Series
        Hectares, indexed like ``zones``.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from affine import Affine
    >>> codes, corner = np.full((9, 9), 10, "uint8"), Affine(10, 0, 5e5, 0, -10, 4e6)
    >>> cover = LandCover.from_array(codes, transform=corner, crs=32650, legend="worldcover")
    >>> zone = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 4e6 - 50, 5e5 + 40, 4e6)], crs=32650)
    >>> zone_areas_ha(zone, cover, area="grid").tolist()
    [0.2]
    """
    overlay = Overlay((Layer.of(zones, "zones"),), cover.sources, area, Run())
    return pd.Series(overlay.zone_m2 / HECTARE_M2, index=zones.index, name="zone_ha")


def ground_area_ha(zones: Zones) -> pd.Series[float]:
    """Area of polygons on the ellipsoid of their own coordinate reference system.

    Edges are straight in the layer's own system. Agrees with geodesic areas to rounding where the
    polygons are drawn finely; a straight line in longitude and latitude is no geodesic.

    Returns
    -------
    pandas.Series
        Hectares, indexed like ``zones``.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> field = gpd.GeoSeries([shapely.box(5e5, 3e6, 500100, 3000100)], crs=4547)
    >>> ground_area_ha(field).round(3).item()
    1.0
    """
    layer = Layer.of(zones, "zones")
    m2 = ground_m2(layer, geographic_of(layer.crs))
    return pd.Series(m2 / HECTARE_M2, index=zones.index, name="ground_ha")


def _hectares(overlay: Overlay, cover: LandCover, judged: int | None = None) -> Floats:
    """Hectares by zone: a column per class, then the unobserved.

    In the first ``judged`` zones (all where there is no such number) no other codes are taken.
    """
    zone_m2 = overlay.zone_m2
    codes = cover.recoding_codes
    if len(codes) > MOST_CLASSES:
        raise LegendError(
            "overlay.many_codes",
            legend=cover.legend.key,
            codes=len(codes),
            most=MOST_CLASSES,
            raster=cover.paths[0],
        )
    if cover.full is not None:
        classes_m2 = shares_m2(overlay, cover)
    elif cover.minimum_patch is None:
        classes_m2 = _classes_m2(overlay, codes, _recoding(cover, codes))
    else:
        classes_m2 = _classes_m2(overlay, codes, partial(PatchReader.of, cover))
    if np.any((classes_m2[:, -1] > overlay.rounding_m2)[:judged]):
        raise _unknown_codes(overlay, cover)
    # A class that a zone does not hold sums to rounding, of either sign.
    classes_m2[np.abs(classes_m2) <= NOTHING_SHARE * zone_m2[:, None]] = 0.0
    unobserved = overlay.unobserved_m2(classes_m2[:, :-1].sum(axis=1))
    return np.column_stack([classes_m2[:, :-1], unobserved]) / HECTARE_M2


def _recoding(cover: LandCover, codes: tuple[int, ...]) -> Callable[[int], Recoding]:
    def reader(number: int) -> Recoding:
        return Recoding(codes, cover.unobserved_values(cover.sources[number]))

    return reader


def _classes_m2(
    overlay: Overlay, codes: tuple[int, ...], reader: Callable[[int], Reader]
) -> Floats:
    """Square metres by zone and code, the last column for other codes."""
    total = np.zeros((len(overlay.zone_m2), len(codes) + 1))
    for counted in overlay.counted(reader):
        total += counted.totals * counted.cell_m2[:, None]
    return total


def _unknown_codes(overlay: Overlay, cover: LandCover) -> LegendError:
    """Return the sentence for codes that the legend lacks, with the ground under each."""
    by_raster = cover.unknown_codes_by_raster()
    found = tuple(sorted(set().union(*by_raster)))
    ground = dict.fromkeys(found, "")
    if len(found) <= MOST_CLASSES:
        # What is kept for a rerun is the pass that people wait for, not this one.
        overlay.run = replace(overlay.run, resume=None)
        m2 = _classes_m2(overlay, found, _recoding(cover, found))[:, :-1].sum(axis=0)
        ground = {
            code: Note("cover.hectares", ha=float(amount / HECTARE_M2))
            for code, amount in zip(found, m2, strict=True)
            if amount > 0.0
        }
    source = next(
        one for one, codes in zip(cover.sources, by_raster, strict=True) if codes & set(ground)
    )
    return unknown_codes_error(source, cover.legend, ground, nodata=cover.declared_nodata(source))

"""Class areas of belts, handed to the overlay engine as edges.

A county has a million strips of four corners: as polygons they would cost more than their overlay.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyproj

from greencover.corridor._belts import Belts
from greencover.cover.land_cover import LandCover
from greencover.ground.errors import NoOverlapError
from greencover.ground.geodesy import Ellipsoid
from greencover.ground.run import Run
from greencover.overlay import class_areas
from greencover.overlay._edges import EdgeTable, edge_table
from greencover.overlay._overlay import Layer, Overlay
from greencover.overlay.areas import _hectares
from greencover.rasters.band import earlier_ground

Floats = npt.NDArray[np.float64]


def strip_areas(
    belts: Belts,
    cover: LandCover,
    *,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    resume: Path | None = None,
) -> Floats:
    """Hectares by class of each polygon of the belts, the unobserved in the last column.

    The same as ``class_areas(belts.polygons, cover)``.
    """
    if not _in_one_plane(belts, cover):
        return _of_polygons(belts, cover, threads, progress, resume)
    run = Run(threads=threads, progress=progress, resume=resume)
    count = len(belts.polygon_owner)
    layer = Layer(np.empty(count, dtype=object), belts.crs)
    overlay = Overlay((layer,), cover.sources, "ellipsoid", run)
    own = _edges(belts, belts.crs)
    first = cover.sources[0]
    plane = own if _alike(belts.crs, first.crs) else _edges(belts, first.crs)
    overlay._planes[first.crs_wkt] = (plane, plane.boxes())
    overlay.__dict__["zone_m2"] = own.enclosed_on(Ellipsoid.of(belts.crs))
    try:
        return _hectares(overlay, cover)
    except NoOverlapError:
        # As polygons, so that the message names their extent.
        return _of_polygons(belts, cover, threads, progress, resume)


def _of_polygons(
    belts: Belts,
    cover: LandCover,
    threads: int | None,
    progress: Callable[[int, int], None] | None,
    resume: Path | None,
) -> Floats:
    areas = class_areas(belts.polygons, cover, threads=threads, progress=progress, resume=resume)
    return areas.to_numpy(dtype=np.float64)


def _in_one_plane(belts: Belts, cover: LandCover) -> bool:
    """Whether all rasters share a system, and none takes ground from another."""
    sources = cover.sources
    if any(source.crs_wkt != sources[0].crs_wkt for source in sources):
        return False
    return all(earlier_ground(sources, number, belts.crs) is None for number in range(len(sources)))


def _alike(one: pyproj.CRS, other: pyproj.CRS) -> bool:
    return bool(one.equals(other, ignore_axis_order=True))


def _edges(belts: Belts, target: pyproj.CRS) -> EdgeTable:
    """Edges of all polygons: quadrilaterals, counter-clockwise, and then what was cut.

    Edges are some metres long, on which a straight line is one in any system.
    """
    start = belts.corners
    if not _alike(belts.crs, target):
        start = _projected(start, pyproj.Transformer.from_crs(belts.crs, target, always_xy=True))
    end = np.roll(start, -1, axis=1)
    whole = EdgeTable(
        start[:, :, 0].ravel(),
        start[:, :, 1].ravel(),
        end[:, :, 0].ravel(),
        end[:, :, 1].ravel(),
        np.repeat(np.arange(len(start)), 4),
        len(start),
    )
    if not len(belts.cut):
        return whole
    return EdgeTable.joined([whole, edge_table(belts.cut, belts.crs, target)])


def _projected(corners: Floats, transformer: pyproj.Transformer) -> Floats:
    """Corners in another system; those that neighbours share are projected once."""
    place = np.arange(4 * len(corners)).reshape(-1, 4)
    now, following = corners[:-1], corners[1:]
    for near, far, next_near, next_far in ((1, 2, 0, 3), (0, 3, 1, 2)):
        shared = (now[:, near] == following[:, next_near]).all(axis=1)
        shared &= (now[:, far] == following[:, next_far]).all(axis=1)
        pairs = np.flatnonzero(shared)
        place[pairs, near] = 4 * (pairs + 1) + next_near
        place[pairs, far] = 4 * (pairs + 1) + next_far
    needed = np.zeros(place.size, dtype=bool)
    needed[place] = True
    image = np.empty((place.size, 2))
    flat = corners.reshape(-1, 2)[needed]
    image[needed] = np.column_stack(transformer.transform(flat[:, 0], flat[:, 1]))
    return np.asarray(image[place])

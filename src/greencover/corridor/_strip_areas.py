"""Class areas of belts, handed to the overlay engine as edges.

A county has a million strips of four corners: as polygons they would cost more than their overlay.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyproj

from greencover.corridor._belts import Belts
from greencover.cover.land_cover import LandCover
from greencover.ground.errors import NoOverlapError
from greencover.ground.geodesy import HECTARE_M2, Ellipsoid
from greencover.ground.progress import shown_progress
from greencover.ground.run import Run
from greencover.overlay import class_areas
from greencover.overlay._edges import EdgeTable, edge_table
from greencover.overlay._overlay import Layer, Overlay, Runner, tile_runner
from greencover.overlay._tiles import TILE_CELLS
from greencover.overlay.areas import _hectares
from greencover.rasters.band import earlier_ground

Floats = npt.NDArray[np.float64]


def strip_areas(belts: Belts, cover: LandCover, run: Run | None = None) -> Floats:
    """Hectares by class of each polygon of the belts, the unobserved in the last column.

    The same as ``class_areas(belts.polygons, cover)``.
    """
    run = run or Run()
    if not _in_one_plane(belts, cover):
        return _of_polygons(belts, cover, run)
    with shown_progress(run.progress) as progress:
        tiles = tile_runner(
            client=run.client,
            threads=run.threads,
            tile_cells=run.tile_cells or TILE_CELLS,
            progress=progress,
            resume=run.resume,
        )
        return _of_edges(belts, cover, tiles, run)


def unseen_areas(belts: Belts, cover: LandCover) -> Floats:
    """The same where no raster shows anything."""
    areas = np.zeros((len(belts.polygon_owner), len(cover.legend.codes) + 1))
    areas[:, -1] = _edges(belts, belts.crs).enclosed_on(Ellipsoid.of(belts.crs)) / HECTARE_M2
    return areas


def _of_edges(belts: Belts, cover: LandCover, tiles: Runner, run: Run) -> Floats:
    count = len(belts.polygon_owner)
    layer = Layer(np.empty(count, dtype=object), belts.crs)
    overlay = Overlay((layer,), cover.sources, "ellipsoid", tiles)
    own = _edges(belts, belts.crs)
    first = cover.sources[0]
    plane = own if _alike(belts.crs, first.crs) else _edges(belts, first.crs)
    overlay._planes[first.crs_wkt] = (plane, plane.boxes())
    overlay.__dict__["zone_m2"] = own.enclosed_on(Ellipsoid.of(belts.crs))
    try:
        return _hectares(overlay, cover)
    except NoOverlapError:
        # As polygons, so that the message names their extent.
        return _of_polygons(belts, cover, run)


def _of_polygons(belts: Belts, cover: LandCover, run: Run) -> Floats:
    areas = class_areas(
        belts.polygons,
        cover,
        threads=run.threads,
        progress=None if isinstance(run.progress, bool) else run.progress,
        resume=run.resume,
        client=run.client,
        tile_cells=run.tile_cells or TILE_CELLS,
    )
    return np.asarray(areas.to_numpy(dtype=np.float64))


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

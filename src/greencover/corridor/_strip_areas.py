"""Class areas of belts, handed to the overlay engine as edges.

A county has a million strips of four corners: as polygons they would cost more than their overlay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyproj

from greencover.corridor._belts import Belts
from greencover.cover.land_cover import LandCover
from greencover.ground.geodesy import HECTARE_M2, Ellipsoid
from greencover.ground.run import Run
from greencover.overlay import EdgeTable, areas_of_edges, edge_table

Floats = npt.NDArray[np.float64]


def strip_areas(belts: Belts, cover: LandCover, run: Run | None = None) -> Floats:
    """Hectares by class of each polygon of the belts, the unobserved in the last column.

    The same as ``class_areas(belts.polygons, cover)``.
    """
    return areas_of_edges(_Strips((belts,)), cover, run=run)


def strip_areas_of_both(
    belts: Belts, beside: Belts, cover: LandCover, run: Run | None = None
) -> tuple[Floats, Floats]:
    """The same of two grounds, in one pass over the raster.

    Codes that the legend lacks are an error in the first, and unobserved in the second: nothing is
    judged there.
    """
    first = len(belts.polygon_owner)
    both = areas_of_edges(_Strips((belts, beside)), cover, judged=first, run=run)
    return both[:first], both[first:]


def unseen_areas(belts: Belts, cover: LandCover) -> Floats:
    """The same where no raster shows anything."""
    areas = np.zeros((len(belts.polygon_owner), len(cover.legend.codes) + 1))
    areas[:, -1] = _edges(belts, belts.crs).enclosed_on(Ellipsoid.of(belts.crs)) / HECTARE_M2
    return areas


@dataclass(frozen=True)
class _Strips:
    """Belts as the engine takes them."""

    belts: tuple[Belts, ...]

    @property
    def crs(self) -> pyproj.CRS:
        return self.belts[0].crs

    @property
    def geometries(self) -> npt.NDArray[np.object_]:
        return np.concatenate([one.polygons.make_valid().to_numpy() for one in self.belts])

    def __len__(self) -> int:
        return sum(len(one.polygon_owner) for one in self.belts)

    def edges_in(self, target: pyproj.CRS, cell: float | None = None) -> EdgeTable:  # noqa: ARG002
        return EdgeTable.joined([_edges(one, target) for one in self.belts])


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

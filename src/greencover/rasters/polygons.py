"""Polygons of codes, such as sub-compartments, in the place of cells.

What is measured on them is measured on the polygons themselves (``overlay/_drawn.py``). Their cells
are those of a fine grid that is made up, and only looked at: for pictures of a map.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from affine import Affine

from greencover.ground.geodesy import HECTARE_M2, MU_PER_HECTARE, unit_in_metres
from greencover.rasters.cells import Cells, NoFileError, Read, stamp_of

if TYPE_CHECKING:
    from collections.abc import Sequence

# A cell of the made-up grid is about a metre.
_CELL_M, _CELL_DEG = 1.0, 1e-5
_ABSENT = -(2**31)
#: Side in metres of the smallest ground that surveys and inventories draw: 1 mu.
SMALLEST_SIDE_M = (HECTARE_M2 / MU_PER_HECTARE) ** 0.5
# Points along each side of a picture that are followed into the system of the polygons.
_FOLLOWED = 21


@dataclass(frozen=True, kw_only=True, eq=False)
class PolygonCells(Cells):
    """Polygons that share no ground, each with a code.

    Attributes
    ----------
    shapes, codes
        Polygons in the layer's own system, and the code of each.
    names
        What each is called, such as the number of a sub-compartment; None where nobody asked.
    named_files
        Files that they come from.
    """

    shapes: npt.NDArray[np.object_] = field(repr=False)
    codes: npt.NDArray[np.int32] = field(repr=False)
    names: npt.NDArray[np.object_] | None = field(default=None, repr=False)
    named_files: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        shapes: npt.NDArray[np.object_],
        codes: npt.ArrayLike,
        *,
        crs: pyproj.CRS,
        name: str,
        names: npt.NDArray[np.object_] | None = None,
        files: Sequence[str] = (),
    ) -> Self:
        """Give polygons their place.

        Parameters
        ----------
        shapes, codes
            Polygons that share no ground, and a whole number for each.
        crs
            Their system.
        name
            How messages call them all.
        names
            What each is called.
        files
            Files that they come from.

        Examples
        --------
        >>> plots = np.array([shapely.box(5e5, 3e6, 500100, 3000050)])
        >>> PolygonCells.of(plots, [301], crs=pyproj.CRS(4547), name="plots").bounds
        (500000.0, 3000000.0, 500100.0, 3000050.0)
        """
        west, south, east, north = shapely.total_bounds(shapes)
        cell = _CELL_DEG if crs.is_geographic else _CELL_M / unit_in_metres(crs)
        columns = max(1, int(np.ceil((east - west) / cell)))
        rows = max(1, int(np.ceil((north - south) / cell)))
        wide, high = (east - west) / columns, (north - south) / rows
        return cls(
            path=name,
            crs_wkt=crs.to_wkt(),
            transform=Affine(wide, 0.0, west, 0.0, -high, north),
            width=columns,
            height=rows,
            dtype="int32",
            nodata=_ABSENT,
            shapes=shapes,
            codes=np.asarray(codes, dtype=np.int32),
            names=names,
            named_files=tuple(files),
        )

    @contextmanager
    def reading(self) -> Iterator[shapely.STRtree]:
        """Sort the polygons by place."""
        yield shapely.STRtree(self.shapes)

    def read(self, handle: shapely.STRtree, row: int, column: int, rows: int, columns: int) -> Read:
        """Codes under the middles of cells; for looking at."""
        placed = self.transform @ Affine.translation(column, row)
        west, north = placed @ (0, 0)
        east, south = placed @ (columns, rows)
        met = handle.query(shapely.box(west, south, east, north))
        cells = _drawn(self.shapes[met], self.codes[met], placed, (rows, columns))
        return cells, cells != _ABSENT

    def picture(
        self, handle: shapely.STRtree, crs: pyproj.CRS, transform: Affine, shape: tuple[int, int]
    ) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        """Codes on another grid, and where there are any."""
        rows, columns = shape
        into = pyproj.Transformer.from_crs(crs, self.crs, always_xy=True)
        corners = [transform @ at for at in ((0, 0), (columns, 0), (columns, rows), (0, rows))]
        x, y = zip(*corners, strict=True)
        box = into.transform_bounds(min(x), min(y), max(x), max(y), _FOLLOWED, errcheck=False)
        met: npt.NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        if np.isfinite(box).all():
            met = np.sort(handle.query(shapely.box(*box)))
        shapes = self.shapes[met]
        if len(shapes) and not self.crs.equals(crs, ignore_axis_order=True):
            back = pyproj.Transformer.from_crs(self.crs, crs, always_xy=True)
            shapes = _moved(shapes, back)
        cells = _drawn(shapes, self.codes[met], transform, shape)
        return cells, cells != _ABSENT

    def files(self) -> tuple[str, ...]:
        """The files that the polygons come from."""
        return self.named_files

    def trace(self) -> tuple[Any, ...]:
        """Stamps of the files; nobody can tell of polygons in memory."""
        if not self.named_files:
            raise NoFileError(self.path)
        return tuple(stamp_of(name) for name in self.named_files)


def _moved(shapes: npt.NDArray[np.object_], into: pyproj.Transformer) -> npt.NDArray[np.object_]:
    """Polygons in another system, vertex by vertex."""

    def image(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(into.transform(xy[:, 0], xy[:, 1]))

    return np.asarray(shapely.transform(shapes, image), dtype=object)


def _drawn(
    shapes: npt.NDArray[np.object_],
    codes: npt.NDArray[np.int32],
    transform: Affine,
    shape: tuple[int, int],
) -> npt.NDArray[np.int32]:
    """Codes under the middles of cells."""
    from rasterio.features import rasterize

    if not len(shapes):
        return np.full(shape, _ABSENT, dtype=np.int32)
    pairs = [(one, int(code)) for one, code in zip(shapes, codes, strict=True)]
    drawn = rasterize(pairs, shape, fill=_ABSENT, transform=transform, dtype="int32")
    return np.asarray(drawn, dtype=np.int32)

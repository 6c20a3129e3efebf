"""Cells on a grid: where they lie, how they are read, and what tells whether they have changed.

A kind of raster is a subclass of :class:`Cells`; see ``kinds.py`` for how it becomes known.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np
import numpy.typing as npt
import pyproj

from greencover.ground.china import zone_number_clash
from greencover.ground.errors import CrsError
from greencover.ground.geodesy import degrees_per_unit, geographic_of, is_on_earth, transformer
from greencover.ground.secrets import without_secrets
from greencover.layers.archives import split_member

if TYPE_CHECKING:
    from affine import Affine

#: Red, green and blue by code.
Colours = tuple[tuple[int, tuple[int, int, int]], ...]
Box = tuple[float, float, float, float]
Read = tuple[npt.NDArray[Any], npt.NDArray[np.bool_] | None]

_BLOCK = 512


class NoFileError(Exception):
    """A raster is no file of this machine, so its changes leave no trace."""


@dataclass(frozen=True, kw_only=True)
class Cells(ABC):
    """One band of numbers on a grid of cells.

    A subclass says how cells are opened and read. It travels to other processes, so it holds no
    open file.

    Attributes
    ----------
    path
        What messages call the raster: its file name, where it has one.
    band
        Band number, from 1.
    crs_wkt
        Coordinate reference system as WKT.
    transform
        Affine map from (column, row) to coordinates.
    width, height
        Columns and rows.
    dtype
        NumPy type of the cells.
    nodata
        Declared nodata value, or None.
    nodata_beside
        Whether a file beside the raster declares it, which somebody added who knew the raster.
    block_rows, block_columns
        Size of the blocks in which cells are best read.
    lossy
        The compression that changes values, if there is one.
    colours
        Red, green and blue of each code that the raster's colour table paints.
    """

    path: str
    crs_wkt: str
    transform: Affine
    width: int
    height: int
    dtype: str
    band: int = 1
    nodata: float | None = None
    nodata_beside: bool = False
    block_rows: int = _BLOCK
    block_columns: int = _BLOCK
    lossy: str = ""
    colours: Colours = field(default=(), repr=False)

    def __post_init__(self) -> None:
        transform = self.transform
        unplaced = not np.isfinite(transform[:6]).all()
        if unplaced or transform.is_identity or transform.determinant == 0.0:
            raise CrsError("rasters.not_georeferenced", path=self.path)
        if not is_on_earth(self.crs):
            raise CrsError("rasters.system_off_the_ground", path=self.path, crs=self.crs.name)
        if self.is_geographic and (degrees := degrees_per_unit(self.crs)) != 1.0:
            # Held in degrees, so that nobody need ask for the unit.
            object.__setattr__(self, "crs_wkt", geographic_of(self.crs).to_wkt())
            transform = type(transform).scale(degrees) @ transform
            object.__setattr__(self, "transform", transform)
        if self.is_geographic and (transform.b != 0.0 or transform.d != 0.0):
            raise CrsError("rasters.rotated_in_degrees", path=self.path)
        west, _, east, _ = self.bounds
        clash, remedy = zone_number_clash(self.crs, [(west + east) / 2.0])
        if clash.any():
            number = "coordinates" if west >= 1e6 else "system"
            raise CrsError(
                f"rasters.zone_number_in_{number}",
                path=self.path,
                x=west,
                crs=self.crs.name,
                remedy=remedy,
            )

    @classmethod
    def recognises(cls, given: Any) -> bool:
        """Whether what was given in place of a raster is of this kind."""
        return isinstance(given, cls)

    @classmethod
    def open(cls, given: Any, *, band: int | None = None) -> Self:  # noqa: ARG003
        """Read the header of what was given.

        Raises
        ------
        RasterError, CrsError
            It cannot be opened, or its cells cannot be located.
        """
        return cast("Self", given)

    @abstractmethod
    def reading(self) -> AbstractContextManager[Any]:
        """Open a handle that one thread at a time may use, inside ``bounded_cache``."""

    @abstractmethod
    def read(self, handle: Any, row: int, column: int, rows: int, columns: int) -> Read:
        """Read a window; return the cells and, where the raster has a mask, which are observed.

        Raises
        ------
        RasterError
            The cells cannot be read.
        """

    def files(self) -> tuple[str, ...]:
        """The files that the cells come from, for the record of what was computed from what."""
        return ()

    def trace(self) -> tuple[Any, ...]:
        """Return what differs when the cells do, beside the fields of the raster itself.

        Raises
        ------
        NoFileError
            Nobody can tell.
        """
        if not self.files():
            raise NoFileError(self.path)
        return tuple(stamp_of(name) for name in self.files())

    def picture(
        self, handle: Any, crs: pyproj.CRS, transform: Affine, shape: tuple[int, int]
    ) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        """Nearest cells on another grid, and which of them the raster shows."""
        columns, rows = np.meshgrid(np.arange(shape[1]) + 0.5, np.arange(shape[0]) + 0.5)
        a, b, c, d, e, f = transform[:6]
        x, y = transformer(crs, self.crs).transform(
            a * columns + b * rows + c, d * columns + e * rows + f
        )
        a, b, c, d, e, f = (~self.transform)[:6]
        column, row = np.floor(a * x + b * y + c), np.floor(d * x + e * y + f)
        inside = (column >= 0) & (column < self.width) & (row >= 0) & (row < self.height)
        cells = np.zeros(shape, dtype=self.dtype)
        if inside.any():
            column, row = column[inside].astype(np.int64), row[inside].astype(np.int64)
            left, top = int(column.min()), int(row.min())
            window, observed = self.read(
                handle, top, left, int(row.max()) - top + 1, int(column.max()) - left + 1
            )
            cells[inside] = window[row - top, column - left]
            if observed is not None:
                inside[inside] = observed[row - top, column - left]
        return cells, inside

    @property
    def crs(self) -> pyproj.CRS:
        """Coordinate reference system."""
        return _crs(self.crs_wkt)

    @property
    def is_geographic(self) -> bool:
        """Whether coordinates are longitude and latitude."""
        return self.crs.is_geographic

    @property
    def cell(self) -> float:
        """Length of the shorter side of a cell, in the raster's own units."""
        a, b, _, d, e, _ = self.transform[:6]
        return float(min(np.hypot(a, d), np.hypot(b, e)))

    @property
    def corners(self) -> npt.NDArray[np.float64]:
        """Coordinates of the four corners, shape (4, 2), around the outline."""
        columns = np.array([0.0, self.width, self.width, 0.0])
        rows = np.array([0.0, 0.0, self.height, self.height])
        a, b, c, d, e, f = self.transform[:6]
        return np.column_stack([a * columns + b * rows + c, d * columns + e * rows + f])

    @property
    def bounds(self) -> Box:
        """West, south, east, north in the raster's own coordinates."""
        low, high = self.corners.min(axis=0), self.corners.max(axis=0)
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


@lru_cache(maxsize=64)
def _crs(wkt: str) -> pyproj.CRS:
    return pyproj.CRS.from_wkt(wkt)


def stamp_of(name: str) -> tuple[str, int, int, int]:
    """Name, size and times of a file; programs may set back the time of its content, not the other.

    Hashing the content would take as long as reading the tiles anew.
    """
    member = split_member(name)
    file = Path(name) if member is None else member[0]
    try:
        found = file.stat()
    except OSError as error:
        raise NoFileError(without_secrets(name)) from error
    return str(file.absolute()), found.st_size, found.st_mtime_ns, found.st_ctime_ns

"""Cells that are in memory already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
import pyproj

from greencover.ground.errors import CrsError, RasterError
from greencover.rasters.cells import Cells, Read
from greencover.rasters.header import number_type, without_system
from greencover.rasters.labelled import Chunks, is_labelled, placed

if TYPE_CHECKING:
    from affine import Affine


@dataclass(frozen=True, kw_only=True, eq=False)
class ArrayCells(Cells):
    """A two-dimensional array of codes or values with its place on the ground."""

    array: npt.NDArray[Any] | Chunks = field(repr=False)
    #: Cells of a masked array that nobody saw.
    hidden: npt.NDArray[np.bool_] | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls,
        array: npt.NDArray[Any] | Chunks,
        *,
        transform: Affine,
        crs: Any,
        nodata: float | None = None,
        name: str = "array",
    ) -> Self:
        """Give an array its place.

        Parameters
        ----------
        array
            Rows of cells; those that a masked array hides are unobserved.
        transform
            Affine map from (column, row) to coordinates.
        crs
            What pyproj takes as a coordinate reference system.
        nodata
            Value that means "not observed".
        name
            How messages call the raster.

        Examples
        --------
        >>> import numpy as np
        >>> from affine import Affine
        >>> codes, corner = np.full((20, 30), 10, dtype="uint8"), Affine(10, 0, 5e5, 0, -10, 4e6)
        >>> ArrayCells.of(codes, transform=corner, crs="EPSG:32650").bounds
        (500000.0, 3999800.0, 500300.0, 4000000.0)
        """
        number_type(name, str(array.dtype))
        if isinstance(array, np.ndarray) and array.ndim == 3 and len(array) == 1:
            array = array[0]
        if len(array.shape) != 2:
            raise RasterError("rasters.array_shape", path=name, shape=array.shape)
        if crs is None:
            raise without_system(name, "")
        if not hasattr(transform, "determinant"):
            raise CrsError("rasters.not_georeferenced", path=name)
        hidden = None
        if isinstance(array, np.ma.MaskedArray):
            hidden, array = np.ma.getmaskarray(array), np.ma.getdata(array)
        height, width = array.shape
        return cls(
            path=name,
            crs_wkt=pyproj.CRS.from_user_input(crs).to_wkt(),
            transform=transform,
            width=width,
            height=height,
            dtype=str(array.dtype),
            nodata=nodata,
            array=array,
            hidden=hidden,
        )

    @classmethod
    def recognises(cls, given: Any) -> bool:
        """Whether it is of this kind, or an array of xarray, which knows its place."""
        return isinstance(given, cls) or is_labelled(given)

    @classmethod
    def open(cls, given: Any, *, band: int | None = None) -> Self:
        """Take a labelled array, unread where it has chunks; ``band`` counts on its first axis."""
        if isinstance(given, cls):
            return given
        own = placed(given, band)
        return cls.of(
            own.cells,
            transform=own.transform,
            crs=own.crs_wkt,
            nodata=own.nodata,
            name=own.name,
        )

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Nothing has to be opened."""
        yield

    def read(self, handle: None, row: int, column: int, rows: int, columns: int) -> Read:  # noqa: ARG002
        """Read a window."""
        window = slice(row, row + rows), slice(column, column + columns)
        return self.array[window], None if self.hidden is None else ~self.hidden[window]

    def trace(self) -> tuple[Any, ...]:
        """Nothing beside the cells themselves, which are a field of this raster."""
        return ()

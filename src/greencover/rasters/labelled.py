"""Arrays of xarray that know their place (``rio``), whole in memory or in chunks of Dask.

Neither package is imported here: whoever holds such an array has them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from greencover.ground.errors import CrsError, RasterError
from greencover.words import Listed

# Centres of cells as they are written down are off by rounding, not by a part of a cell.
_EVEN_CELLS = 0.01


@dataclass(frozen=True)
class Chunks:
    """Rows of cells that are computed window by window; they never lie in memory at once.

    Attributes
    ----------
    name
        What Dask calls the array: a hash of what it is made from.
    cells
        The array.
    """

    name: str
    cells: Any = field(repr=False, compare=False, metadata={"hashed": False})

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.cells.shape
        return rows, columns

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the cells."""
        kind: np.dtype[Any] = np.dtype(self.cells.dtype)
        return kind

    def __getitem__(self, window: Any) -> npt.NDArray[Any]:
        # Threads and workers of our own call this: Dask starts none beside them.
        return np.asarray(self.cells[window].compute(scheduler="synchronous"))


def is_labelled(given: Any) -> bool:
    """Whether something is a labelled array with its place."""
    return hasattr(given, "dims") and hasattr(given, "rio")


def cells_of(given: Any, band: int | None) -> npt.NDArray[Any] | Chunks:
    """Rows of cells from north or south, columns from west or east, of one band.

    Raises
    ------
    RasterError
        There are several bands, or the centres of the cells are not even.
    CrsError
        The array names no coordinate reference system.
    """
    if given.rio.crs is None:
        raise CrsError("rasters.no_system", path="DataArray")
    across, down = (getattr(given.rio, side, None) for side in ("x_dim", "y_dim"))
    if across is not None and tuple(given.dims[-2:]) != (down, across):
        given = given.transpose(..., down, across)
    for side in (across, down) if across is not None else ():
        if side in given.coords:
            _refuse_uneven(np.asarray(given[side], dtype=float), str(side))
    cells = given.data if _is_chunked(given) else np.asarray(given)
    if cells.ndim == 3 and (cells.shape[0] == 1 or band is not None):
        if not 1 <= (band or 1) <= len(cells):
            every = Listed.every(range(1, len(cells) + 1))
            raise RasterError("rasters.band_absent", path="DataArray", band=band, bands=every)
        cells = cells[(band or 1) - 1]
    if cells.ndim != 2:
        raise RasterError("rasters.several_bands", path="DataArray", bands=cells.shape[0])
    return unloaded(cells)


def unloaded(cells: Any) -> npt.NDArray[Any] | Chunks:
    """Cells as an array; chunks of Dask, labelled or not, stay what they are."""
    if not _is_chunked(cells):
        return cells if isinstance(cells, np.ma.MaskedArray) else np.asarray(cells)
    chunks = getattr(cells, "data", cells)
    return Chunks(str(chunks.name), chunks)


def _is_chunked(cells: Any) -> bool:
    return getattr(cells, "chunks", None) is not None


def _refuse_uneven(centres: npt.NDArray[np.float64], side: str) -> None:
    """Refuse rows or columns of several widths, whose areas would be those of another grid."""
    if len(centres) < 3:
        return
    even = np.linspace(centres[0], centres[-1], len(centres))
    cell = abs(centres[-1] - centres[0]) / (len(centres) - 1)
    off = np.abs(centres - even)
    if not off.max() <= _EVEN_CELLS * cell:
        raise RasterError("rasters.cells_uneven", side=side, place=int(off.argmax()) + 1)

"""Arrays of xarray that know their place (``rio``, ``odc``), whole in memory or in chunks of Dask.

No package is imported here but the one that tells the place of an array in hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from greencover.ground.errors import CrsError, MissingExtraError, RasterError
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


@dataclass(frozen=True)
class Placed:
    """Rows of cells of one band, and where they lie."""

    cells: npt.NDArray[Any] | Chunks
    crs_wkt: str
    transform: Any
    nodata: float | None
    name: str


def is_labelled(given: Any) -> bool:
    """Whether something is an array of xarray, or a dataset of such, whose place can be told."""
    return hasattr(given, "dims") and (
        any(hasattr(given, one) for one in ("rio", "odc")) or _is_of_xarray(given)
    )


def placed(given: Any, band: int | None) -> Placed:
    """Rows of cells from north or south, columns from west or east, of one band, with their place.

    Raises
    ------
    RasterError
        There are several variables or bands, or the centres of the cells are not even.
    CrsError
        The array names no coordinate reference system.
    """
    array = _only_variable(given)
    if not any(hasattr(array, one) for one in ("rio", "odc")):
        _bring_rio()
    own = _by_rio(array) if hasattr(array, "rio") else None
    own = _by_odc(array) if own is None and hasattr(array, "odc") else own
    if own is None:
        raise CrsError("rasters.array_without_system")
    down, across, wkt, transform, nodata = own
    if across is not None and tuple(array.dims[-2:]) != (down, across):
        array = array.transpose(..., down, across)
    cells = _one_band(array, band)
    for side in (across, down) if across is not None else ():
        if side in array.coords:
            _refuse_uneven(np.asarray(array[side], dtype=float), str(side))
    return Placed(cells, wkt, transform(cells.shape), nodata, str(array.name or "DataArray"))


def _by_rio(array: Any) -> Any:
    rio = array.rio
    if rio.crs is None:
        return None
    across, down = (getattr(rio, side, None) for side in ("x_dim", "y_dim"))

    def transform(shape: tuple[int, int]) -> Any:
        # The transform that stands in its attributes is that of the file, before any selection.
        return rio.transform(recalc=min(shape) > 1)

    return down, across, rio.crs.to_wkt(), transform, rio.nodata


def _by_odc(array: Any) -> Any:
    box = array.odc.geobox
    if box is None or box.crs is None:
        return None
    down, across = array.odc.spatial_dims
    nodata = getattr(array.odc, "nodata", None)
    return down, across, box.crs.to_wkt(), lambda _: box.transform, nodata


def _only_variable(given: Any) -> Any:
    """The variable of a dataset that has but one."""
    variables = getattr(given, "data_vars", None)
    if variables is None:
        return given
    names = [str(name) for name in variables]
    if len(names) != 1:
        first = names[0] if names else "cover"
        raise RasterError("rasters.variables_several", names=Listed.of(names), first=first)
    return given[names[0]]


def _is_of_xarray(given: Any) -> bool:
    return type(given).__module__.partition(".")[0] == "xarray"


def _bring_rio() -> None:
    """Let an array of xarray tell its place, where the package for it is there."""
    try:
        import_module("rioxarray")
    except ImportError as error:
        raise MissingExtraError("rasters.array_needs_rio") from error


def _one_band(array: Any, band: int | None) -> npt.NDArray[Any] | Chunks:
    cells = array.data if _is_chunked(array) else np.asarray(array)
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

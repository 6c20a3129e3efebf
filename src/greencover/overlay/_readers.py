"""Tiles of a raster as the kernel wants them: class numbers, or values with blanks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from greencover.ground.errors import RasterError
from greencover.ground.notes import Note, tell_once
from greencover.overlay._kernel import UNOBSERVED, VALUE_TOTALS
from greencover.rasters import Cells, is_blank

Floats = npt.NDArray[np.float64]
# Class numbers are bytes; the last ones stand for unknown and unobserved.
MOST_CLASSES = 250


@dataclass(frozen=True)
class Window:
    """Rows and columns of a raster, from ``top`` and ``left`` up to ``bottom`` and ``right``."""

    top: int
    bottom: int
    left: int
    right: int


class Reader(Protocol):
    """Reads the cells of a window and the table that the kernel needs with them."""

    @property
    def width(self) -> int:
        """Number of totals that a zone gets."""

    def read(
        self, source: Cells, dataset: Any, window: Window, weight: Floats
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Cells and table; ``weight`` is the ground of a cell in each row of the window."""


@dataclass(frozen=True)
class Recoding:
    """Class number of each raster code; the number after the last class collects unknown codes."""

    codes: tuple[int, ...]
    unobserved: frozenset[float]

    @property
    def width(self) -> int:
        """Number of classes, the one for unknown codes included."""
        return len(self.codes) + 1

    def of_bytes(self) -> npt.NDArray[np.uint8]:
        """Class number of each of the 256 byte values."""
        table = np.full(256, len(self.codes), dtype=np.uint8)
        for number, code in enumerate(self.codes):
            if 0 <= code < 256:
                table[code] = number
        for value in self.unobserved:
            if 0 <= value < 256 and value == int(value):
                table[int(value)] = UNOBSERVED
        return table

    def of_numbers(self) -> npt.NDArray[np.uint8]:
        """Class number of each byte value of cells that are class numbers already."""
        table = np.full(256, UNOBSERVED, dtype=np.uint8)
        table[: self.width] = np.arange(self.width)
        return table

    def of_cells(
        self, cells: npt.NDArray[Any], observed: npt.NDArray[np.bool_] | None
    ) -> npt.NDArray[np.uint8]:
        """Class number of each cell of any type of number."""
        if cells.dtype == np.uint8:
            numbers: npt.NDArray[np.uint8] = self.of_bytes()[cells]
        else:
            order = np.argsort(self.codes)
            known = np.asarray(self.codes, dtype=np.float64)[order]
            place = np.clip(np.searchsorted(known, cells), 0, len(known) - 1)
            found = np.where(known[place] == cells, order[place], len(self.codes))
            numbers = found.astype(np.uint8)
            numbers[is_blank(cells, self.unobserved)] = UNOBSERVED
        if observed is not None:
            numbers[~observed] = UNOBSERVED
        return numbers

    def read(
        self, source: Cells, dataset: Any, window: Window, weight: Floats
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Cells and the class number of each."""
        cells, observed = source.read(
            dataset, window.top, window.left, len(weight), window.right - window.left
        )
        if cells.dtype == np.uint8 and observed is None:
            # A window of an array in memory is a view of it; the kernel walks whole rows.
            return np.ascontiguousarray(cells), self.of_bytes()
        return self.of_cells(cells, observed), self.of_numbers()


@dataclass(frozen=True)
class ValueReader:
    """Values as 64-bit floats, not a number where unobserved.

    Attributes
    ----------
    blanks
        Values that mean "not observed".
    shared
        Whether a cell's value is an amount that its ground shares; otherwise it is an amount on
        each unit of ground.
    least, most
        Values below or above are unobserved.
    """

    blanks: frozenset[float]
    shared: bool
    least: float = -np.inf
    most: float = np.inf

    @property
    def width(self) -> int:
        """Sum, ground and cells."""
        return VALUE_TOTALS

    def read(
        self, source: Cells, dataset: Any, window: Window, weight: Floats
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Values and the cells on each unit of ground."""
        cells, observed = source.read(
            dataset, window.top, window.left, len(weight), window.right - window.left
        )
        values = cells.astype(np.float64)
        values[is_blank(cells, self.blanks)] = np.nan
        if observed is not None:
            values[~observed] = np.nan
        infinite = np.isinf(values)
        bounded = self.least > -np.inf or self.most < np.inf
        if infinite.any():
            # What has bounds is known to be something that no number of is infinite.
            if bounded:
                raise RasterError("rasters.infinite_cells", path=source.path)
            tell_once(Note("rasters.infinite_cells_unseen", path=source.path))
            values[infinite] = np.nan
        if bounded:
            values[(values < self.least) | (values > self.most)] = np.nan
        per_ground = 1.0 / weight
        if self.shared:
            values *= per_ground[:, None]
        return values, per_ground

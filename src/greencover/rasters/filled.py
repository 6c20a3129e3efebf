"""Rasters that overlap: where one shows nothing, the next one that shows something counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyproj

from greencover.rasters.cells import Cells, Read
from greencover.rasters.footprints import offset_on, outline_in, share_ground

if TYPE_CHECKING:
    from affine import Affine

Blanks = frozenset[float]
Flags = npt.NDArray[np.bool_]
# A window of rows and columns: top, bottom, left, right.
_Box = tuple[int, int, int, int]


def first_with_data(
    sources: Sequence[Cells], blanks: Callable[[Cells], Blanks]
) -> tuple[Cells, ...]:
    """Rasters of which each is filled, where it shows nothing, by those after it.

    Parameters
    ----------
    sources
        The rasters; where several show something, the first in the list counts.
    blanks
        Values of a raster that mean "not observed".

    Returns
    -------
    tuple of Cells
        A raster that overlaps none after it is what it was. On one grid cells are filled by the
        cells that they are; from another grid by the one at their middle.
    """
    found: list[Cells] = []
    for number, source in enumerate(sources):
        below = tuple(one for one in sources[number + 1 :] if share_ground(source, one))
        found.append(_filled(source, below, blanks) if below else source)
    return tuple(found)


def is_blank(cells: npt.NDArray[Any], blanks: Blanks) -> Flags:
    """Whether each cell is not a number or one of the blank values, in the cells' own precision."""
    if cells.dtype.kind != "f":
        return np.asarray(np.isin(cells, list(blanks)))
    found: Flags = np.isnan(cells)
    with np.errstate(over="ignore"):
        for value in blanks:
            found |= cells == cells.dtype.type(value)
    return found


@dataclass(frozen=True, kw_only=True)
class FilledCells(Cells):
    """A raster and those that fill it, each with its blank values; see ``first_with_data``."""

    layers: tuple[tuple[Cells, Blanks], ...] = field(repr=False)

    @contextmanager
    def reading(self) -> Iterator[_Handles]:
        """Open the raster itself; the others when they are first wanted."""
        with ExitStack() as stack:
            handles = _Handles(stack, {})
            handles.of(self.layers[0][0])
            yield handles

    def read(self, handle: _Handles, row: int, column: int, rows: int, columns: int) -> Read:
        """Read a window, and of the other rasters what it leaves blank."""
        main = self.layers[0][0]
        cells, seen = _shown(
            *main.read(handle.of(main), row, column, rows, columns), self.layers[0][1]
        )
        cells = cells.astype(self.dtype)
        for (other, blanks), reach in zip(self.layers[1:], self._reaches, strict=True):
            box = _wanted(seen, reach, row, column)
            if box is None:
                continue
            top, bottom, left, right = box
            part = np.s_[top:bottom, left:right]
            found, shown = _on_grid(
                main, other, handle, (row + top, row + bottom, column + left, column + right)
            )
            fills = shown & ~is_blank(found, blanks) & ~seen[part]
            cells[part][fills] = found[fills]
            seen[part] |= fills
        return cells, seen

    @cached_property
    def _reaches(self) -> tuple[_Box, ...]:
        """Rows and columns that each of the other rasters may fill."""
        return tuple(_reach(self.layers[0][0], other) for other, _ in self.layers[1:])

    def picture(
        self, handle: _Handles, crs: pyproj.CRS, transform: Affine, shape: tuple[int, int]
    ) -> tuple[npt.NDArray[Any], Flags]:
        """Nearest cells on another grid, of the first raster that shows something there."""
        cells = np.zeros(shape, dtype=self.dtype)
        seen = np.zeros(shape, dtype=bool)
        for source, blanks in self.layers:
            found, shown = source.picture(handle.of(source), crs, transform, shape)
            fills = shown & ~is_blank(found, blanks) & ~seen
            cells[fills] = found[fills]
            seen |= fills
        return cells, seen

    def files(self) -> tuple[str, ...]:
        """Files of the raster itself; the others stand beside it in the list."""
        return self.layers[0][0].files()

    def trace(self) -> tuple[Any, ...]:
        """What tells changes of each of the rasters."""
        return tuple(source.trace() for source, _ in self.layers)


@dataclass
class _Handles:
    """Open handles of rasters, by the raster."""

    stack: ExitStack
    opened: dict[int, Any]

    def of(self, source: Cells) -> Any:
        if id(source) not in self.opened:
            self.opened[id(source)] = self.stack.enter_context(source.reading())
        return self.opened[id(source)]


def _filled(
    source: Cells, below: tuple[Cells, ...], blanks: Callable[[Cells], Blanks]
) -> FilledCells:
    same = {one.name: getattr(source, one.name) for one in fields(Cells)}
    layers = tuple((one, blanks(one)) for one in (source, *below))
    same["dtype"] = str(np.result_type(*(np.dtype(one.dtype) for one, _ in layers)))
    # What is blank is told by the mask: a code of one raster may be the nodata value of another.
    same["nodata"] = None
    return FilledCells(**same, layers=layers)


def _shown(cells: npt.NDArray[Any], observed: Flags | None, blanks: Blanks) -> tuple[Any, Flags]:
    seen = ~is_blank(cells, blanks)
    return cells, seen if observed is None else seen & observed


def _reach(main: Cells, other: Cells) -> _Box:
    """Rows and columns of a raster that another one may reach."""
    outline = np.asarray(outline_in(other, main.crs).exterior.coords)
    a, b, c, d, e, f = (~main.transform)[:6]
    column = a * outline[:, 0] + b * outline[:, 1] + c
    row = d * outline[:, 0] + e * outline[:, 1] + f
    if not (np.isfinite(column).all() and np.isfinite(row).all()):
        return 0, main.height, 0, main.width
    # A followed side bulges between its points by less than a cell or two.
    return (
        int(np.clip(np.floor(row.min()) - 2, 0, main.height)),
        int(np.clip(np.ceil(row.max()) + 2, 0, main.height)),
        int(np.clip(np.floor(column.min()) - 2, 0, main.width)),
        int(np.clip(np.ceil(column.max()) + 2, 0, main.width)),
    )


def _wanted(seen: Flags, reach: _Box, row: int, column: int) -> _Box | None:
    """Smallest box of a window that holds all blank cells in reach; None if there are none."""
    top, left = max(reach[0] - row, 0), max(reach[2] - column, 0)
    blank = ~seen[top : max(reach[1] - row, 0), left : max(reach[3] - column, 0)]
    rows, columns = np.flatnonzero(blank.any(axis=1)), np.flatnonzero(blank.any(axis=0))
    if not len(rows):
        return None
    return (
        top + int(rows[0]),
        top + int(rows[-1]) + 1,
        left + int(columns[0]),
        left + int(columns[-1]) + 1,
    )


def _on_grid(
    main: Cells, other: Cells, handle: _Handles, box: _Box
) -> tuple[npt.NDArray[Any], Flags]:
    """Cells of another raster in rows and columns of a raster, and which of them it shows."""
    top, bottom, left, right = box
    shape = (bottom - top, right - left)
    offset = offset_on(main, other)
    if offset is None:
        corner = main.transform @ type(main.transform).translation(left, top)
        # By the middle of each cell, through no approximate transformation.
        return Cells.picture(other, handle.of(other), main.crs, corner, shape)
    cells, shown = np.zeros(shape, dtype=other.dtype), np.zeros(shape, dtype=bool)
    row, column = offset
    up, down = max(top, row), min(bottom, row + other.height)
    west, east = max(left, column), min(right, column + other.width)
    if up < down and west < east:
        part = np.s_[up - top : down - top, west - left : east - left]
        found, observed = other.read(
            handle.of(other), up - row, west - column, down - up, east - west
        )
        cells[part] = found
        shown[part] = True if observed is None else observed
    return cells, shown

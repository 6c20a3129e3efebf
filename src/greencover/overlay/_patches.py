"""Connected patches of some classes, told apart by their ground, while tiles stream by.

A patch that a tile cuts is judged from the tile and a halo around it as wide as the smallest patch
has cells: a connected patch of fewer cells cannot reach from the tile to the far side of the halo,
and one of more is large whatever lies beyond.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from greencover.ground.geodesy import Ellipsoid, band_area_m2, geographic_of, unit_in_metres
from greencover.overlay._ground import PlaneDensity
from greencover.overlay._kernel import UNOBSERVED
from greencover.overlay._readers import Recoding, Window
from greencover.overlay.compiled import BYTE, FLAG, FLOAT, INT, compiled, filled, given, inner
from greencover.rasters import Cells, offset_on

if TYPE_CHECKING:
    from greencover.cover.land_cover import LandCover

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
# A patch of exactly the smallest size is large, whatever way its cells were summed.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class _Piece:
    """A raster on the grid of another, and the row and column of its corner there."""

    source: Cells
    recoding: Recoding
    row: int
    column: int


@dataclass(frozen=True)
class PatchReader:
    """Reads class numbers, those of small patches replaced.

    Attributes
    ----------
    pieces
        Rasters on one grid, the raster itself among them; the first that covers a cell gives it.
    members
        Whether each class number belongs to the patches.
    small
        Class number that cells of small patches take.
    m2
        Ground of the smallest patch that stays.
    corners
        Whether cells that touch at a corner are connected.
    halo
        Rows and columns read around a tile.
    row_m2
        Ground of a cell in each row, from ``halo`` rows above the raster to as many below.
    """

    pieces: tuple[_Piece, ...]
    members: Flags
    small: int
    m2: float
    corners: bool
    halo: int
    row_m2: Floats

    @classmethod
    def of(cls, cover: LandCover, number: int) -> PatchReader:
        """Prepare to read one of the rasters of a land cover."""
        source, patch = cover.sources[number], cover.minimum_patch
        assert patch is not None
        least = float(_row_m2(source, np.arange(source.height)).min())
        halo = int(np.ceil(patch.m2 / least)) + 1
        codes = cover.recoding_codes
        members = np.zeros(256, dtype=bool)
        members[[codes.index(code) for code in patch.codes]] = True
        pieces = []
        for one in cover.sources:
            offset = offset_on(source, one)
            if offset is not None:
                pieces.append(_Piece(one, Recoding(codes, cover.unobserved_values(one)), *offset))
        return cls(
            tuple(pieces),
            members,
            codes.index(patch.small_code),
            patch.m2 * (1.0 - _ROUNDING),
            patch.connectivity == 8,
            halo,
            _row_m2(source, np.arange(-halo, source.height + halo)),
        )

    @property
    def width(self) -> int:
        """Number of classes, the one for unknown codes included."""
        return self.pieces[0].recoding.width

    def read(
        self,
        source: Cells,
        dataset: Any,
        window: Window,
        weight: Floats,  # noqa: ARG002
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Class number of each cell."""
        halo = self.halo
        wide = Window(
            window.top - halo, window.bottom + halo, window.left - halo, window.right + halo
        )
        numbers = np.full(
            (wide.bottom - wide.top, wide.right - wide.left), UNOBSERVED, dtype=np.uint8
        )
        for piece in reversed(self.pieces):
            if piece.source is source or piece.source == source:
                _paint(numbers, wide, piece, dataset)
            elif _part(wide, piece) is not None:
                with piece.source.reading() as neighbour:
                    _paint(numbers, wide, piece, neighbour)
        row_m2 = self.row_m2[wide.top + halo : wide.bottom + halo]
        _sift(numbers, self.members, row_m2, self.m2, self.corners, self.small)
        inner = numbers[halo : numbers.shape[0] - halo, halo : numbers.shape[1] - halo]
        return np.ascontiguousarray(inner), self.pieces[0].recoding.of_numbers()


def _part(wide: Window, piece: _Piece) -> Window | None:
    """What a window shares with a raster, in the raster's own rows and columns."""
    top = max(wide.top - piece.row, 0)
    bottom = min(wide.bottom - piece.row, piece.source.height)
    left = max(wide.left - piece.column, 0)
    right = min(wide.right - piece.column, piece.source.width)
    return Window(top, bottom, left, right) if top < bottom and left < right else None


def _paint(numbers: npt.NDArray[np.uint8], wide: Window, piece: _Piece, dataset: Any) -> None:
    part = _part(wide, piece)
    if part is None:
        return
    rows, columns = part.bottom - part.top, part.right - part.left
    cells, observed = piece.source.read(dataset, part.top, part.left, rows, columns)
    top = part.top + piece.row - wide.top
    left = part.left + piece.column - wide.left
    numbers[top : top + rows, left : left + columns] = piece.recoding.of_cells(cells, observed)


def _row_m2(source: Cells, rows: npt.NDArray[np.int64]) -> Floats:
    """Ground of a cell in the middle of each row; rows beyond the raster continue it."""
    if source.is_geographic:
        step = source.transform.e
        top = source.transform.f + step * rows
        south, north = np.minimum(top, top + step), np.maximum(top, top + step)
        return band_area_m2(south, north, abs(source.transform.a), Ellipsoid.of(source.crs))
    a, b, c, d, e, f = source.transform[:6]
    column = source.width / 2.0
    x = a * column + b * (rows + 0.5) + c
    y = d * column + e * (rows + 0.5) + f
    plane = abs(source.transform.determinant)
    density = PlaneDensity.fit(source.crs, geographic_of(source.crs), source.bounds)
    if density is None:
        return np.full(len(rows), plane * unit_in_metres(source.crs) ** 2)
    return np.asarray(density.at(x, y) * plane)


@inner
def _root(parent: npt.NDArray[np.int32], run: int) -> int:
    while parent[run] != run:
        parent[run] = parent[parent[run]]
        run = parent[run]
    return run


@compiled(filled(BYTE, 2), given(FLAG), given(FLOAT), FLOAT, FLAG, INT)
def _sift(
    numbers: npt.NDArray[np.uint8],
    members: Flags,
    row_m2: Floats,
    m2: float,
    corners: bool,
    small: int,
) -> None:
    """Replace the cells of patches below ``m2``; patches are joined run by run."""
    rows, columns = numbers.shape
    count = 0
    for row in range(rows):
        inside = False
        for column in range(columns):
            member = members[numbers[row, column]]
            if member and not inside:
                count += 1
            inside = member
    first = np.empty(count, dtype=np.int32)
    last = np.empty(count, dtype=np.int32)
    parent = np.empty(count, dtype=np.int32)
    ground = np.empty(count)
    start = np.empty(rows + 1, dtype=np.int64)
    reach = 1 if corners else 0
    run = 0
    for row in range(rows):
        start[row] = run
        above = start[row - 1] if row > 0 else 0
        column = 0
        while column < columns:
            if not members[numbers[row, column]]:
                column += 1
                continue
            begin = column
            while column < columns and members[numbers[row, column]]:
                column += 1
            first[run], last[run], parent[run] = begin, column, run
            ground[run] = (column - begin) * row_m2[row]
            if row > 0:
                while above < start[row] and last[above] + reach <= begin:
                    above += 1
                touching = above
                while touching < start[row] and first[touching] < column + reach:
                    one, other = _root(parent, touching), _root(parent, run)
                    if one != other:
                        low, high = min(one, other), max(one, other)
                        parent[high] = low
                        ground[low] += ground[high]
                    touching += 1
            run += 1
    start[rows] = run
    for row in range(rows):
        for run in range(start[row], start[row + 1]):
            if ground[_root(parent, run)] < m2:
                for column in range(first[run], last[run]):
                    numbers[row, column] = small

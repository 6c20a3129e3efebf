"""Rasters of one grid laid side by side in a file, each cell as it is: nothing is resampled."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from greencover.ground.errors import NoOverlapError, RasterError
from greencover.rasters.cells import Box, Cells
from greencover.rasters.file import bounded_cache
from greencover.rasters.footprints import offset_on

if TYPE_CHECKING:
    from affine import Affine

_BLOCK = 512
# A band of rows is held at once; whole provinces at a metre are within both.
_MOST_COLUMNS, _MOST_CELLS = 2_000_000, 10**12


@dataclass(frozen=True)
class Mosaic:
    """A window on the common grid of rasters.

    Attributes
    ----------
    sources
        The rasters; where several show a cell, the first counts.
    corners
        Row and column of each raster's corner, counted from that of the window.
    transform
        Affine map from (column, row) of the window to coordinates.
    height, width
        Rows and columns of the window.
    nodata
        What cells hold that no raster shows.
    """

    sources: tuple[Cells, ...]
    corners: tuple[tuple[int, int], ...]
    transform: Affine
    height: int
    width: int
    nodata: float

    @classmethod
    def of(cls, sources: Sequence[Cells], box: Box, *, blank: float) -> Mosaic:
        """Lay out the cells of rasters that meet a box in the rasters' own coordinates.

        Parameters
        ----------
        sources
            Rasters of one system and one grid.
        box
            West, south, east, north in the coordinates of the first raster; cells that it cuts are
            taken whole.
        blank
            What cells hold that no raster shows, where the first raster declares no such value.

        Raises
        ------
        NoOverlapError
            No raster meets the box.
        RasterError
            More cells than can be worked through meet the box.
        ValueError
            Rasters are of different grids.
        """
        first = sources[0]
        found = [offset_on(first, source) for source in sources]
        corners = [corner for corner in found if corner is not None]
        if len(corners) < len(found):
            raise ValueError
        west, south, east, north = box
        a, b, c, d, e, f = (~first.transform)[:6]
        if not np.isfinite(box).all():
            # The system of the raster does not reach to where the zones are.
            raise NoOverlapError("rasters.beside_the_box", path=first.path)
        at = [(a * x + b * y + c, d * x + e * y + f) for x in (west, east) for y in (south, north)]
        left = max(math.floor(min(x for x, _ in at)), min(column for _, column in corners))
        top = max(math.floor(min(y for _, y in at)), min(row for row, _ in corners))
        ends = [
            (row + source.height, column + source.width)
            for (row, column), source in zip(corners, sources, strict=True)
        ]
        right = min(math.ceil(max(x for x, _ in at)), max(column for _, column in ends))
        bottom = min(math.ceil(max(y for _, y in at)), max(row for row, _ in ends))
        if right <= left or bottom <= top:
            raise NoOverlapError("rasters.beside_the_box", path=first.path)
        height, width = bottom - top, right - left
        if width > _MOST_COLUMNS or height * width > _MOST_CELLS:
            raise RasterError(
                "rasters.mosaic_too_large", path=first.path, rows=height, columns=width
            )
        met = [
            number
            for number, (corner, end) in enumerate(zip(corners, ends, strict=True))
            if corner[0] < bottom and corner[1] < right and end[0] > top and end[1] > left
        ]
        return cls(
            sources=tuple(sources[number] for number in met),
            corners=tuple((corners[number][0] - top, corners[number][1] - left) for number in met),
            transform=first.transform @ type(first.transform).translation(left, top),
            height=height,
            width=width,
            nodata=blank if first.nodata is None else first.nodata,
        )

    def write(
        self, path: Path, *, tags: dict[str, str], progress: Callable[[int, int], None] | None
    ) -> None:
        """Write a tiled GeoTIFF, compressed without losses, a band of rows at a time."""
        import rasterio

        first = self.sources[0]
        with (
            bounded_cache(),
            rasterio.open(
                path,
                "w",
                driver="GTiff",
                width=self.width,
                height=self.height,
                count=1,
                dtype=first.dtype,
                crs=first.crs_wkt,
                transform=self.transform,
                nodata=self.nodata,
                tiled=True,
                blockxsize=_BLOCK,
                blockysize=_BLOCK,
                compress="deflate",
                bigtiff="if_safer",
            ) as written,
            ExitStack() as stack,
        ):
            handles = [stack.enter_context(source.reading()) for source in self.sources]
            for top in range(0, self.height, _BLOCK):
                rows = min(_BLOCK, self.height - top)
                cells = self._rows(handles, top, rows)
                window = rasterio.windows.Window(0, top, self.width, rows)
                written.write(cells, 1, window=window)
                if progress is not None:
                    progress(top + rows, self.height)
            if first.colours:
                written.write_colormap(1, dict(first.colours))
            written.update_tags(**tags)

    def _rows(self, handles: Sequence[Any], top: int, rows: int) -> npt.NDArray[Any]:
        cells = np.full((rows, self.width), self.nodata, dtype=self.sources[0].dtype)
        placed = list(zip(self.sources, self.corners, handles, strict=True))
        # The first is laid last, so that it counts.
        for source, (row, column), handle in reversed(placed):
            low, high = max(top, row), min(top + rows, row + source.height)
            left, right = max(0, column), min(self.width, column + source.width)
            if low >= high or left >= right:
                continue
            found, observed = source.read(
                handle, low - row, left - column, high - low, right - left
            )
            shown = np.ones(found.shape, dtype=bool) if observed is None else observed
            if source.nodata is not None:
                shown &= found != source.nodata
            np.copyto(cells[low - top : high - top, left:right], found, where=shown)
        return cells

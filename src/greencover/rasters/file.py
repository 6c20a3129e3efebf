"""One band of one raster file: where its cells lie and how to read them.

Opening reads only the header. Cells are read through a handle that one thread at
a time may use.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
import pyproj

from greencover.ground.errors import RasterError
from greencover.ground.notes import tell
from greencover.ground.secrets import without_secrets
from greencover.layers.patience import patience
from greencover.rasters.cells import Cells, Read, stamp_of
from greencover.rasters.header import (
    RAW_FORMATS,
    check_blocks,
    check_place,
    check_sides,
    check_variables,
    check_whole,
    colour_table,
    damage,
    degrees_assumed,
    first_line,
    gdal_path,
    is_in_degrees,
    lossy_compression,
    number_type,
    only_band,
    scaling,
    without_system,
)
from greencover.rasters.opening import opened
from greencover.rasters.vetting import vet
from greencover.words import Listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from affine import Affine

# GDAL's default block cache is a share of the machine's memory; ours is bounded because every
# block is read once.
_GDAL_SETTINGS = {
    "GDAL_CACHEMAX": 32,
    "GDAL_NUM_THREADS": "1",
}


@contextmanager
def bounded_cache() -> Iterator[None]:
    """Hold GDAL to a small block cache while rasters are read."""
    import rasterio

    with rasterio.Env(**_GDAL_SETTINGS, **patience()):
        yield


@dataclass(frozen=True, kw_only=True)
class FileCells(Cells):
    """One band of a raster file that GDAL reads; see :class:`Cells`.

    Attributes
    ----------
    masked
        Whether the band has a mask: in the file, beside it, of a virtual raster, or as alpha.
    scale, offset
        What a stored number is multiplied by, and what is added then; cells, ``dtype`` and
        ``nodata`` are those of the result.
    address
        What is opened, where that is more than messages may show.
    """

    masked: bool = False
    scale: float = 1.0
    offset: float = 0.0
    address: str = field(default="", repr=False)

    @classmethod
    def recognises(cls, given: Any) -> bool:
        """Whether a path, an open dataset or a file in memory is given; the rest is told later."""
        from rasterio.io import DatasetReader, MemoryFile

        return isinstance(given, str | Path | DatasetReader | MemoryFile)

    @classmethod
    def open(cls, given: Any, *, band: int | None = None) -> Self:
        """Read the header of a raster and check that its cells can be located.

        Raises
        ------
        RasterError
            The file is missing, is no raster or only the overviews of one, is stored in blocks too
            large to hold, or has several bands and ``band`` names none.
        CrsError
            The raster has no coordinate reference system or lies on a rotated lon/lat grid.
        """
        from rasterio.enums import ColorInterp

        # A dataset of rasterio is opened anew under its name, by each thread; so is one in memory.
        path = gdal_path(given if isinstance(given, str | Path) else given.name)
        check_place(path)
        vet(path)
        try:
            with bounded_cache(), opened(path) as dataset:
                check_variables(path, dataset)
                check_whole(path, dataset)
                colours = dataset.colorinterp
                data_bands = [
                    i + 1 for i, colour in enumerate(colours) if colour != ColorInterp.alpha
                ]
                if band is None:
                    band = only_band(path, data_bands, colours)
                elif band not in data_bands:
                    raise RasterError(
                        "rasters.band_absent", path=path, band=band, bands=Listed.every(data_bands)
                    )
                assumed = degrees_assumed(dataset)
                if dataset.crs is None or (assumed and not is_in_degrees(dataset)):
                    raise without_system(path, dataset.driver)
                if assumed:
                    tell("rasters.degrees_assumed", path=path, stacklevel=4)
                rows, columns = dataset.block_shapes[band - 1]
                stored = number_type(path, dataset.dtypes[band - 1])
                check_sides(path, dataset.height, dataset.width)
                check_blocks(path, rows, columns, stored)
                scale, offset = scaling(path, dataset.scales[band - 1], dataset.offsets[band - 1])
                scaled = _Scaling(scale, offset)
                return cls(
                    path=without_secrets(path),
                    address=path,
                    band=band,
                    crs_wkt=dataset.crs.to_wkt(),
                    transform=dataset.transform,
                    width=dataset.width,
                    height=dataset.height,
                    dtype="float64" if scaled else stored,
                    nodata=scaled.of_number(dataset.nodatavals[band - 1], stored),
                    nodata_beside=_told_beside(dataset, band),
                    block_rows=rows,
                    block_columns=columns,
                    masked=_has_mask(dataset.mask_flag_enums[band - 1]),
                    scale=scale,
                    offset=offset,
                    lossy=lossy_compression(dataset, band),
                    colours=colour_table(dataset, band),
                )
        except damage() as error:
            raise RasterError(
                "rasters.cannot_be_opened", path=path, reason=first_line(error)
            ) from error

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """Open a handle that one thread at a time may use, inside ``bounded_cache``."""
        try:
            dataset = opened(self.address or self.path)
        except damage() as error:
            raise self.unreadable(error) from error
        try:
            yield dataset
        finally:
            # Closed by name, not by leaving the dataset's own context, which is tied to the thread
            # that entered it.
            dataset.close()

    def read(self, handle: Any, row: int, column: int, rows: int, columns: int) -> Read:
        """Read a window; return the cells and, where the file has a mask, which are observed."""
        from rasterio.windows import Window

        window = Window(column, row, columns, rows)
        try:
            cells = handle.read(self.band, window=window)
            observed = handle.read_masks(self.band, window=window) != 0 if self.masked else None
        except damage() as error:
            raise self.unreadable(error) from error
        return self._scaling.of_cells(cells), observed

    @property
    def _scaling(self) -> _Scaling:
        return _Scaling(self.scale, self.offset)

    def files(self) -> tuple[str, ...]:
        """The file, and those that it is made of or that GDAL reads beside it."""
        others = map(without_secrets, _files(self.address or self.path))
        return (self.path, *(name for name in others if name != self.path))

    def trace(self) -> tuple[Any, ...]:
        """Name, size and times of the files behind the raster."""
        return tuple(stamp_of(name) for name in _files(self.address or self.path))

    def picture(
        self, handle: Any, crs: pyproj.CRS, transform: Affine, shape: tuple[int, int]
    ) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        """Nearest cells on another grid, and which of them the raster shows."""
        from rasterio.enums import Resampling
        from rasterio.vrt import WarpedVRT

        try:
            with WarpedVRT(
                handle,
                crs=crs.to_wkt(),
                transform=transform,
                width=shape[1],
                height=shape[0],
                resampling=Resampling.nearest,
                add_alpha=not self.masked,
                nodata=None,
                src_nodata=None,
            ) as picture:
                cells = picture.read(self.band)
                return self._scaling.of_cells(cells), picture.dataset_mask() != 0
        except damage() as error:
            raise self.unreadable(error) from error

    def unreadable(self, error: Exception) -> RasterError:
        """Return the sentence for a file whose cells cannot be read."""
        said = first_line(error)
        if isinstance(error, MemoryError) or "allocat" in said:
            return RasterError("rasters.want_of_memory", path=self.path, reason=said)
        return RasterError("rasters.damaged", path=self.path, reason=said)


@dataclass(frozen=True)
class _Scaling:
    """From the numbers that a band stores to those that it means."""

    scale: float
    offset: float

    def __bool__(self) -> bool:
        return (self.scale, self.offset) != (1.0, 0.0)

    def of_cells(self, cells: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if not self:
            return cells
        return np.asarray(cells.astype(np.float64) * self.scale + self.offset)

    def of_number(self, stored: float | None, dtype: str) -> float | None:
        """Scale a number as the cells that hold it, so that it equals them to the last bit."""
        if stored is None or not self:
            return stored
        if np.dtype(dtype).kind != "f":
            return stored * self.scale + self.offset
        with np.errstate(over="ignore"):
            return float(self.of_cells(np.array([stored], dtype=dtype))[0])


def _told_beside(dataset: Any, band: int) -> bool:
    """Whether the nodata value of a band is not of the file itself, but of one beside it."""
    import rasterio

    own = dataset.nodatavals[band - 1]
    if own is not None and dataset.driver in RAW_FORMATS:
        return True
    if own is None or not any(name.lower().endswith(".aux.xml") for name in dataset.files):
        return False
    with (
        suppress(*damage()),
        rasterio.Env(GDAL_PAM_ENABLED="NO"),
        opened(dataset.name) as alone,
    ):
        return bool(alone.nodatavals[band - 1] != own)
    return False


def _has_mask(flags: Any) -> bool:
    """Whether some cells are masked by more than their value; a band's own mask has no flag."""
    from rasterio.enums import MaskFlags

    return MaskFlags.all_valid not in flags and list(flags) != [MaskFlags.nodata]


def _files(path: str) -> list[str]:
    """Find the files behind a raster, through virtual rasters that are made of others."""
    from rasterio.errors import RasterioError

    found, waiting = {path}, [path]
    with bounded_cache():
        while waiting:
            # What cannot be opened is told, in a sentence, by whoever reads the cells.
            with (
                suppress(RasterioError),
                opened(waiting.pop()) as dataset,
            ):
                inner = set(dataset.files) - found
                found |= inner
                waiting += [name for name in inner if name.lower().endswith(".vrt")]
    return sorted(found)

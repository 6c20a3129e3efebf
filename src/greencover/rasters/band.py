"""One band of one raster file: where its cells lie and how to read them.

Opening reads only the header. Cells are read through a handle that one thread at
a time may use.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyproj

from greencover.ground.errors import CrsError, RasterError
from greencover.ground.geodesy import transformer
from greencover.rasters.header import (
    Colours,
    check_blocks,
    check_place,
    colour_table,
    damage,
    first_line,
    gdal_path,
    lossy_compression,
    only_band,
    without_system,
)
from greencover.words import Listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from affine import Affine

# Rasters of one product meet edge to edge; a sliver thinner than this share of a cell is rounding.
_OVERLAP_CELLS = 1e-3
_OUTLINE_POINTS = 64

# GDAL's default block cache is a share of the machine's memory; ours is bounded because every
# block is read once.
_GDAL_SETTINGS = {
    "GDAL_CACHEMAX": 32,
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_NUM_THREADS": "1",
}


@contextmanager
def bounded_cache() -> Iterator[None]:
    """Hold GDAL to a small block cache while rasters are read."""
    import rasterio

    with rasterio.Env(**_GDAL_SETTINGS):
        yield


@dataclass(frozen=True)
class RasterSource:
    """One band of a raster file.

    Attributes
    ----------
    path
        File name.
    band
        Band number, from 1.
    crs_wkt
        Coordinate reference system as WKT, so that the source can be sent to other processes.
    transform
        Affine map from (column, row) to coordinates.
    width, height
        Columns and rows.
    dtype
        NumPy type of the cells.
    nodata
        Declared nodata value, or None.
    block_rows, block_columns
        Size of the blocks on disk.
    masked
        Whether the file carries a mask or an alpha band of its own.
    lossy
        The compression that changes values, if there is one.
    colours
        Red, green and blue of each code that the file's colour table paints.
    """

    path: str
    band: int
    crs_wkt: str
    transform: Affine
    width: int
    height: int
    dtype: str
    nodata: float | None
    block_rows: int
    block_columns: int
    masked: bool
    lossy: str = ""
    colours: Colours = field(default=(), repr=False)

    @classmethod
    def open(cls, path: str | Path, *, band: int | None = None) -> RasterSource:
        """Read the header of a raster and check that its cells can be located.

        Raises
        ------
        RasterError
            The file is missing, is no raster or only the overviews of one, is stored in blocks too
            large to hold, or has several bands and ``band`` names none.
        CrsError
            The raster has no coordinate reference system or lies on a rotated lon/lat grid.
        """
        import rasterio
        from rasterio.enums import ColorInterp, MaskFlags

        path = gdal_path(path)
        check_place(path)
        try:
            with bounded_cache(), rasterio.open(path, sharing=False) as dataset:
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
                if dataset.crs is None:
                    raise without_system(path, dataset.driver)
                flags = dataset.mask_flag_enums[band - 1]
                rows, columns = dataset.block_shapes[band - 1]
                check_blocks(path, rows, columns, dataset.dtypes[band - 1])
                source = cls(
                    path=path,
                    band=band,
                    crs_wkt=dataset.crs.to_wkt(),
                    transform=dataset.transform,
                    width=dataset.width,
                    height=dataset.height,
                    dtype=dataset.dtypes[band - 1],
                    nodata=dataset.nodatavals[band - 1],
                    block_rows=rows,
                    block_columns=columns,
                    masked=MaskFlags.per_dataset in flags,
                    lossy=lossy_compression(dataset, band),
                    colours=colour_table(dataset, band),
                )
        except damage() as error:
            raise RasterError(
                "rasters.cannot_be_opened", path=path, reason=first_line(error)
            ) from error
        source._check_grid()
        return source

    def _check_grid(self) -> None:
        transform = self.transform
        unplaced = not np.isfinite(transform[:6]).all()
        if unplaced or transform.is_identity or transform.determinant == 0.0:
            raise CrsError("rasters.not_georeferenced", path=self.path)
        if self.is_geographic and (transform.b != 0.0 or transform.d != 0.0):
            raise CrsError("rasters.rotated_in_degrees", path=self.path)

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
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in the raster's own coordinates."""
        low, high = self.corners.min(axis=0), self.corners.max(axis=0)
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """Open a handle that one thread at a time may use, inside ``bounded_cache``."""
        import rasterio

        try:
            dataset = rasterio.open(self.path, sharing=False)
        except damage() as error:
            raise self.unreadable(error) from error
        try:
            yield dataset
        finally:
            # Closed by name, not by leaving the dataset's own context, which is tied to the thread
            # that entered it.
            dataset.close()

    def read(
        self, dataset: Any, row: int, column: int, rows: int, columns: int
    ) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_] | None]:
        """Read a window; return the cells and, where the file has a mask, which are observed."""
        from rasterio.windows import Window

        window = Window(column, row, columns, rows)
        try:
            cells = dataset.read(self.band, window=window)
            observed = dataset.read_masks(self.band, window=window) != 0 if self.masked else None
        except damage() as error:
            raise self.unreadable(error) from error
        return cells, observed

    def unreadable(self, error: Exception) -> RasterError:
        """Return the sentence for a file whose cells cannot be read."""
        said = first_line(error)
        if isinstance(error, MemoryError) or "allocat" in said:
            return RasterError("rasters.want_of_memory", path=self.path, reason=said)
        return RasterError("rasters.damaged", path=self.path, reason=said)


def earlier_ground(sources: Sequence[RasterSource], number: int, crs: pyproj.CRS) -> Any:
    """Ground in ``crs`` that rasters before the one numbered take from it; None for no ground."""
    import shapely

    source = sources[number]
    taken = [earlier for earlier in sources[:number] if _share_ground(source, earlier)]
    return shapely.union_all([_footprint(one, crs) for one in taken]) if taken else None


def _footprint(source: RasterSource, crs: pyproj.CRS) -> Any:
    """Outline of a raster in another system, its straight sides followed."""
    import shapely

    corners = source.corners
    if source.crs.equals(crs, ignore_axis_order=True):
        return shapely.Polygon(corners)
    sides = np.vstack([corners, corners[:1]])
    share = np.arange(_OUTLINE_POINTS) / _OUTLINE_POINTS
    dense = np.vstack([a + share[:, None] * (b - a) for a, b in pairwise(sides)])
    into = transformer(source.crs, crs)
    return shapely.Polygon(np.column_stack(into.transform(dense[:, 0], dense[:, 1])))


def _share_ground(one: RasterSource, other: RasterSource) -> bool:
    """Whether two rasters overlap by more than rounding."""
    import shapely

    if one.crs_wkt == other.crs_wkt and not shapely.box(*one.bounds).intersects(
        shapely.box(*other.bounds)
    ):
        return False
    shared = shapely.intersection(_footprint(one, one.crs), _footprint(other, one.crs))
    cell = abs(one.transform.determinant)
    return bool(shapely.area(shared) > _OVERLAP_CELLS * cell * max(one.width, one.height))


@lru_cache(maxsize=64)
def _crs(wkt: str) -> pyproj.CRS:
    return pyproj.CRS.from_wkt(wkt)

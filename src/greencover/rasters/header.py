"""What a raster tells beside its grid: where it is, its bands, colours and losses.

Everything here refuses or describes; nothing reads a cell.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from greencover.ground.errors import CrsError, RasterError
from greencover.ground.notes import Note
from greencover.ground.places import exists, neither_file_nor_folder, refuse_unseen
from greencover.layers import is_remote, raster_inside
from greencover.rasters.cells import Colours
from greencover.words import Listed

_PAGE = re.compile(r"GTIFF_DIR:(?:off:)?\d+:(?P<file>.+)$")
_FOLDED = re.compile(r"(?P<prefix>/vsi(?:zip|tar|gzip|7z|rar)/)(?P<top>[^/{]+)/")
# A variable of a file of several, as GDAL names it: NETCDF:"cover.nc":lccs_class.
_VARIABLE = re.compile(r"(?:NETCDF|HDF5|HDF4_SDS|HDF4_EOS|ZARR|GPKG):", re.IGNORECASE)
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz", ".gz")
# Formats that are made for the eye, in which a map is exported rather than its codes.
_PICTURE_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
#: Formats of bare cells whose header, with the nodata value, is a file beside them.
RAW_FORMATS = ("ENVI", "EHdr")
_EAST = ("degree_east", "degree_e", "degreee")
# LERC keeps whole numbers as they are up to this error.
_HARMLESS_ERROR = 0.5
_LONGEST_SIDE = 100_000_000
# A block is decoded whole, by every thread; products use blocks below 5 MB.
_LARGEST_BLOCK_BYTES = 256_000_000


def gdal_path(path: str | Path) -> str:
    """Return a path as GDAL reads it.

    A path object folds the two slashes of ``/vsizip//data/cover.zip/cover.tif`` into one, which
    makes the name of the archive a relative one.
    """
    text = str(path)
    inside = _FOLDED.match(text)
    if inside and not Path(inside["top"]).exists() and Path("/", inside["top"]).exists():
        return text.replace(inside["prefix"], f"{inside['prefix']}/", 1)
    return text


def check_place(path: str | Path) -> None:
    """Refuse what is no raster of its own: a file that is missing, overviews, a page, an archive.

    Raises
    ------
    RasterError
        The message says which of these it is.
    """
    text = str(path)
    page = _PAGE.search(text)
    if page:
        raise RasterError("rasters.page", path=path, file=page["file"])
    if text.lower().endswith(".ovr"):
        raise RasterError(
            "rasters.overviews", path=path, name=Path(text).stem, file=text[: -len(".ovr")]
        )
    if text.startswith("/vsi") or is_remote(text):
        return
    variable = _VARIABLE.match(text)
    if variable:
        # A library of such files may take a name for an address.
        path = text[variable.end() :].partition(":")[0].strip('"')
    if not exists(path):
        refuse_unseen(path, RasterError)
        raise RasterError("rasters.file_absent", path=path)
    if other := neither_file_nor_folder(path):
        raise RasterError("rasters.no_file", path=other)
    if text.lower().endswith(_ARCHIVES):
        inside = raster_inside(Path(path))
        if inside is None:
            raise RasterError("rasters.archive_to_unpack", path=path)
        raise RasterError("rasters.archive", path=path, inside=inside)


def only_band(path: str | Path, data_bands: list[int], colours: Any) -> int:
    """Return the one band that may hold codes, or refuse to choose."""
    from rasterio.enums import ColorInterp

    if len(data_bands) == 1:
        return data_bands[0]
    if ColorInterp.red in colours:
        raise RasterError("rasters.colour_picture", path=path)
    raise RasterError("rasters.several_bands", path=path, bands=len(data_bands))


def check_variables(path: str | Path, dataset: Any) -> None:
    """Refuse a file of several variables, none of which is named; NetCDF keeps them so."""
    if not dataset.count and dataset.subdatasets:
        # As they are written in one line of a campaign or of Python.
        names = [str(name).replace('"', "") for name in dataset.subdatasets]
        raise RasterError("rasters.choose_variable", path=path, names=Listed.of(names, last="or"))


def without_system(path: str | Path, driver: str) -> CrsError:
    """Return the sentence for a raster that does not say which system it is in."""
    if driver in _PICTURE_FORMATS:
        return CrsError("rasters.picture_without_system", path=path, format=driver)
    return CrsError("rasters.no_system", path=path)


def degrees_assumed(dataset: Any) -> bool:
    """Whether a NetCDF file names no system, so that GDAL took its plane for degrees."""
    if dataset.driver != "netCDF" or str(dataset.crs) != "OGC:CRS84":
        return False
    return not any(str(name).endswith("#grid_mapping") for name in dataset.tags())


def is_in_degrees(dataset: Any) -> bool:
    """Whether a variable says, as the CF conventions have it, that it lies along degrees east."""
    return any(
        str(name).endswith("#units") and str(unit).lower().replace("degrees", "degree") in _EAST
        for name, unit in dataset.tags().items()
    )


def check_blocks(path: str | Path, rows: int, columns: int, dtype: str) -> None:
    """Refuse blocks that no machine should hold, since a block is read whole."""
    import numpy as np

    size = rows * columns * np.dtype(dtype).itemsize
    if size > _LARGEST_BLOCK_BYTES:
        raise RasterError(
            "rasters.blocks_too_large", path=path, rows=rows, columns=columns, gb=size / 1e9
        )


def check_sides(path: str | Path, rows: int, columns: int) -> None:
    """Refuse more rows or columns than the Earth has in cells of half a metre."""
    if max(rows, columns) > _LONGEST_SIDE:
        raise RasterError("rasters.cells_too_many", path=path, rows=rows, columns=columns)


def number_type(path: str | Path, dtype: str) -> str:
    """Return the type of number of a band, or refuse one that is no quantity."""
    if dtype.startswith("complex"):
        raise RasterError("rasters.complex_cells", path=path)
    return dtype


def check_whole(path: str | Path, dataset: Any) -> None:
    """Refuse raw cells of which the end is missing: GDAL reads what is not there as zeros.

    Raises
    ------
    RasterError
        The message says how many bytes there are of how many.
    """
    import numpy as np

    compressed = dataset.tags(ns="ENVI").get("file_compression", "0").strip() not in ("", "0")
    if dataset.driver not in RAW_FORMATS or compressed or not Path(path).is_file():
        return
    bits = sum(
        int(dataset.tags(band, ns="IMAGE_STRUCTURE").get("NBITS", 8 * np.dtype(kind).itemsize))
        for band, kind in enumerate(dataset.dtypes, 1)
    )
    whole, found = dataset.width * dataset.height * bits // 8, Path(path).stat().st_size
    if found < whole:
        reason = Note("rasters.raw_cells_short", found=found, whole=whole)
        raise RasterError("rasters.damaged", path=path, reason=reason)


def scaling(path: str | Path, scale: float | None, offset: float | None) -> tuple[float, float]:
    """Return the scale and offset of a band, or refuse those that leave no values."""
    import math

    scale, offset = 1.0 if scale is None else scale, 0.0 if offset is None else offset
    if not (math.isfinite(scale) and math.isfinite(offset)) or scale == 0.0:
        raise RasterError("rasters.scale_impossible", path=path, scale=scale, offset=offset)
    return float(scale), float(offset)


def lossy_compression(dataset: Any, band: int) -> str | Note:
    """Name the compression of a band that changes its values; empty where none does."""
    told = dataset.tags(ns="IMAGE_STRUCTURE") | dataset.tags(band, ns="IMAGE_STRUCTURE")
    kind = str(told.get("COMPRESSION", ""))
    if kind.endswith("JPEG"):
        return "JPEG"
    if str(told.get("COMPRESSION_REVERSIBILITY", "")).startswith("LOSSY"):
        return kind or str(dataset.driver)
    try:
        error = float(told.get("MAX_Z_ERROR", 0.0))
    except ValueError:
        error = 0.0
    return Note("rasters.with_errors", kind=kind, error=error) if error > _HARMLESS_ERROR else ""


def colour_table(dataset: Any, band: int) -> Colours:
    """Red, green and blue by code, where the band has a colour table; black ones left out.

    Tables are filled up with black, so black says nothing.
    """
    from rasterio.enums import ColorInterp

    if dataset.colorinterp[band - 1] != ColorInterp.palette:
        return ()
    try:
        table = dataset.colormap(band)
    except ValueError:
        return ()
    return tuple(
        (code, (r, g, b)) for code, (r, g, b, _) in table.items() if (r, g, b) != (0, 0, 0)
    )


@cache
def damage() -> tuple[type[Exception], ...]:
    """Return what reading a raster may raise that is damaged or too large."""
    from rasterio._err import CPLE_BaseError
    from rasterio.errors import RasterioError

    # Some of GDAL's errors pass the library untouched, and damaged text that they quote may be
    # beyond decoding.
    return (RasterioError, CPLE_BaseError, UnicodeDecodeError, MemoryError)


def first_line(error: Exception) -> str:
    """Return what a library said, as part of a sentence."""
    cause = error.__cause__ or error
    if isinstance(cause, UnicodeDecodeError):
        return "unreadable"
    return str(cause).strip().splitlines()[0].rstrip(".") if str(cause).strip() else "unreadable"

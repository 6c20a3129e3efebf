"""What a raster tells beside its grid: where it is, its bands, colours and losses.

Everything here refuses or describes; nothing reads a cell.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from greencover.ground.errors import CrsError, RasterError
from greencover.ground.places import exists

_PAGE = re.compile(r"GTIFF_DIR:(?:off:)?\d+:(?P<file>.+)$")
_FOLDED = re.compile(r"(?P<prefix>/vsi(?:zip|tar|gzip|7z|rar)/)(?P<top>[^/{]+)/")
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz", ".gz")
# Formats that are made for the eye, in which a map is exported rather than its codes.
_PICTURE_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
# LERC keeps whole numbers as they are up to this error.
_HARMLESS_ERROR = 0.5
# A block is decoded whole, by every thread; products use blocks below 5 MB.
_LARGEST_BLOCK_BYTES = 256_000_000

Colours = tuple[tuple[int, tuple[int, int, int]], ...]


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
        raise RasterError(
            f"The raster {path} is one page of {page['file']}, and pages after the first are "
            f"overviews, which are reduced copies: give {page['file']} itself, or save the page "
            "as a raster of its own."
        )
    if text.lower().endswith(".ovr"):
        raise RasterError(
            f"The raster {path} holds the overviews of {Path(text).stem}, which are reduced copies "
            f"of it: give {text[: -len('.ovr')]} itself."
        )
    if text.startswith("/vsi"):
        return
    if not exists(path):
        raise RasterError(f"The raster {path} does not exist: check the path.")
    if text.lower().endswith(_ARCHIVES):
        raise RasterError(
            f"The raster {path} is an archive: unpack it, or name the raster in it, as in "
            f"/vsizip/{{{Path(path).absolute()}}}/NAME.tif."
        )


def only_band(path: str | Path, data_bands: list[int], colours: Any) -> int:
    """Return the one band that may hold codes, or refuse to choose."""
    from rasterio.enums import ColorInterp

    if len(data_bands) == 1:
        return data_bands[0]
    if ColorInterp.red in colours:
        raise RasterError(
            f"The raster {path} is a red-green-blue picture, not a map of codes: take the "
            "classified raster it was drawn from, or name the band that holds codes with band=."
        )
    raise RasterError(
        f"The raster {path} has {len(data_bands)} bands: say which one holds the codes with band=."
    )


def without_system(path: str | Path, driver: str) -> CrsError:
    """Return the sentence for a raster that does not say which system it is in."""
    if driver in _PICTURE_FORMATS:
        return CrsError(
            f"The raster {path} has no coordinate reference system and is a {driver} picture: take "
            "the raster of codes that it was exported from."
        )
    return CrsError(
        f"The raster {path} has no coordinate reference system: write the right "
        "one into it (in QGIS: Raster > Projections > Assign Projection)."
    )


def check_blocks(path: str | Path, rows: int, columns: int, dtype: str) -> None:
    """Refuse blocks that no machine should hold, since a block is read whole."""
    import numpy as np

    size = rows * columns * np.dtype(dtype).itemsize
    if size > _LARGEST_BLOCK_BYTES:
        raise RasterError(
            f"The raster {path} is stored in blocks of {rows:,} x {columns:,} cells "
            f"({size / 1e9:.1f} GB), which can only be read whole: save it in tiles "
            "(gdal_translate -co TILED=YES)."
        )


def lossy_compression(dataset: Any, band: int) -> str:
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
    return f"{kind} with errors up to {error:g}" if error > _HARMLESS_ERROR else ""


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

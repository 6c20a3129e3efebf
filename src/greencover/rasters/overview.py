"""A small picture of land cover, for the background of a map."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyproj
from affine import Affine

from greencover.ground.geodesy import transformer
from greencover.rasters.cells import Cells
from greencover.rasters.file import bounded_cache

# At least a row of blocks of a large product, so that none is decoded twice.
_HELD_BYTES = 128_000_000


def overview(
    sources: Iterable[tuple[Cells, frozenset[float]]],
    bounds: tuple[float, float, float, float],
    crs: Any,
    *,
    max_px: int,
) -> tuple[np.ma.MaskedArray[Any, Any], Any, pyproj.CRS]:
    """Nearest cells of rasters; see ``LandCover.read_overview``.

    Parameters
    ----------
    sources
        Each raster with its values that mean "not observed"; the first that shows a place counts.
    bounds, crs, max_px
        West, south, east, north of the picture, their system, and cells along the longer side.
    """
    from rasterio.transform import from_bounds

    target = pyproj.CRS.from_user_input(crs)
    west, south, east, north = bounds
    scale = max_px / max(east - west, north - south)
    width = max(1, round((east - west) * scale))
    height = max(1, round((north - south) * scale))
    transform = from_bounds(west, south, east, north, width, height)
    codes = np.zeros((height, width), dtype=np.int32)
    seen = np.zeros((height, width), dtype=bool)
    with bounded_cache():
        for source, unobserved in sources:
            rows = _rows_at_once(source, bounds, target, height)
            with source.reading() as handle:
                for top in range(0, height, rows):
                    strip = slice(top, min(top + rows, height))
                    cells, inside = source.picture(
                        handle,
                        target,
                        transform @ Affine.translation(0, top),
                        (strip.stop - top, width),
                    )
                    inside &= ~np.isin(cells, list(unobserved)) & ~seen[strip]
                    codes[strip][inside] = cells[inside]
                    seen[strip] |= inside
    return np.ma.MaskedArray(codes, mask=~seen), transform, target


def _rows_at_once(
    source: Cells,
    bounds: tuple[float, float, float, float],
    crs: pyproj.CRS,
    height: int,
) -> int:
    """Rows of the picture that are read together, since all cells under them are held at once."""
    into = transformer(crs, source.crs)
    west, south, east, north = into.transform_bounds(*bounds, errcheck=False)
    low, high = source.bounds[:2], source.bounds[2:]
    across = min(east, high[0]) - max(west, low[0])
    along = min(north, high[1]) - max(south, low[1])
    cells = across * along / abs(source.transform.determinant)
    if not np.isfinite(cells) or across <= 0.0 or along <= 0.0:
        return height
    size = np.dtype(source.dtype).itemsize
    return int(np.clip(_HELD_BYTES / (cells * size / height), 1, height))

"""The land-cover image under a map, in the map's own projection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pyproj import CRS

    from greencover.cover.land_cover import LandCover


def cover_image(
    cover: LandCover, bounds: tuple[float, float, float, float], crs: CRS, *, pixels: int
) -> tuple[np.ma.MaskedArray, tuple[float, float, float, float]]:
    """Class codes of the ground under a map, by nearest cell.

    Parameters
    ----------
    cover
        Land cover to read an overview of.
    bounds
        West, south, east and north edge of the map.
    crs
        Projection of the bounds and of the image.
    pixels
        Longest side of the image.

    Returns
    -------
    codes
        Masked array of class codes, first row north; unobserved cells are masked.
    extent
        West, east, south and north edge in ``crs``.
    """
    codes, affine, _ = cover.read_overview(bounds, crs, max_px=pixels)
    height, width = codes.shape
    left, top = affine.c, affine.f
    return codes, (left, left + affine.a * width, top + affine.e * height, top)


def used_classes(codes: np.ma.MaskedArray, legend: Any) -> list[Any]:
    """Classes of a legend that occur in an image, in the legend's order."""
    present = set(np.unique(codes.compressed()).tolist())
    return [entry for entry in legend.classes if entry.code in present]

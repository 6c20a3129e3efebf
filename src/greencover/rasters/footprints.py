"""Ground that rasters cover, and what of it an earlier one takes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyproj

from greencover.ground.geodesy import transformer
from greencover.rasters.cells import Cells

# Rasters of one product meet edge to edge; a sliver thinner than this share of a cell is rounding.
_OVERLAP_CELLS = 1e-3
_OUTLINE_POINTS = 64
# Corners of cells nearer to each other than this are one corner.
_ALIGNED_CELLS = 1e-3


def earlier_ground(sources: Sequence[Cells], number: int, crs: pyproj.CRS) -> Any:
    """Ground in ``crs`` that rasters before the one numbered take from it; None for no ground."""
    import shapely

    source = sources[number]
    taken = [earlier for earlier in sources[:number] if share_ground(source, earlier)]
    return shapely.union_all([outline_in(one, crs) for one in taken]) if taken else None


def outline_in(source: Cells, crs: pyproj.CRS) -> Any:
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


def share_ground(one: Cells, other: Cells) -> bool:
    """Whether two rasters overlap by more than rounding."""
    import shapely

    if one.crs_wkt == other.crs_wkt and not shapely.box(*one.bounds).intersects(
        shapely.box(*other.bounds)
    ):
        return False
    shared = shapely.intersection(outline_in(one, one.crs), outline_in(other, one.crs))
    cell = abs(one.transform.determinant)
    return bool(shapely.area(shared) > _OVERLAP_CELLS * cell * max(one.width, one.height))


def offset_on(source: Cells, other: Cells) -> tuple[int, int] | None:
    """Row and column of another raster's corner on the grid of a raster, if it is the same grid."""
    if other.crs_wkt != source.crs_wkt and other.crs != source.crs:
        return None
    if not np.allclose(
        np.array(other.transform[:6])[[0, 1, 3, 4]],
        np.array(source.transform[:6])[[0, 1, 3, 4]],
        rtol=1e-9,
        atol=0.0,
    ):
        return None
    a, b, c, d, e, f = (~source.transform)[:6]
    x, y = other.transform.c, other.transform.f
    column, row = a * x + b * y + c, d * x + e * y + f
    if max(abs(column - round(column)), abs(row - round(row))) > _ALIGNED_CELLS:
        return None
    return round(row), round(column)

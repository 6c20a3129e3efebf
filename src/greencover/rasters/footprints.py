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


def earlier_ground(sources: Sequence[Cells], number: int, crs: pyproj.CRS) -> Any:
    """Ground in ``crs`` that rasters before the one numbered take from it; None for no ground."""
    import shapely

    source = sources[number]
    taken = [earlier for earlier in sources[:number] if _share_ground(source, earlier)]
    return shapely.union_all([_footprint(one, crs) for one in taken]) if taken else None


def _footprint(source: Cells, crs: pyproj.CRS) -> Any:
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


def _share_ground(one: Cells, other: Cells) -> bool:
    """Whether two rasters overlap by more than rounding."""
    import shapely

    if one.crs_wkt == other.crs_wkt and not shapely.box(*one.bounds).intersects(
        shapely.box(*other.bounds)
    ):
        return False
    shared = shapely.intersection(_footprint(one, one.crs), _footprint(other, one.crs))
    cell = abs(one.transform.determinant)
    return bool(shapely.area(shared) > _OVERLAP_CELLS * cell * max(one.width, one.height))

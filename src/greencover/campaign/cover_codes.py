"""A look at the codes in every township, before anything is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from greencover.cover.legend_fit import unknown_codes_error
from greencover.rasters import bounded_cache, earlier_ground

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.cover.land_cover import LandCover

# Cells along the sides of what is looked at, and places at most: less than a second of reading.
_SIDE = 64
_MOST_PLACES = 100


def check_codes(townships: gpd.GeoDataFrame, cover: LandCover) -> None:
    """Refuse land cover that holds codes in a township which its legend lacks.

    A few cells in the middle of each township are read, so a rare code may stay unseen here; a
    picture of a map, measurements, or the wrong legend do not.

    Raises
    ------
    LegendError
        There are such codes.
    RasterError
        The values are no whole numbers, or cannot be read.
    """
    for number, source in enumerate(cover.sources):
        shapes = townships.geometry.to_crs(source.crs).to_numpy()
        step = -(-len(shapes) // _MOST_PLACES)
        taken = earlier_ground(cover.sources, number, source.crs)
        found: set[int] = set()
        with bounded_cache(), source.reading() as dataset:
            for shape in shapes[::step]:
                middle = shapely.point_on_surface(shape)
                a, b, c, d, e, f = (~source.transform)[:6]
                left, top = (
                    int(a * middle.x + b * middle.y + c) - _SIDE // 2,
                    int(d * middle.x + e * middle.y + f) - _SIDE // 2,
                )
                columns = np.arange(max(left, 0), min(left + _SIDE, source.width))
                rows = np.arange(max(top, 0), min(top + _SIDE, source.height))
                if not len(columns) or not len(rows):
                    continue
                cells, observed = source.read(
                    dataset, int(rows[0]), int(columns[0]), len(rows), len(columns)
                )
                a, b, c, d, e, f = source.transform[:6]
                across, down = np.meshgrid(columns + 0.5, rows + 0.5)
                x, y = a * across + b * down + c, d * across + e * down + f
                counts = shapely.contains_xy(shape, x, y)
                if taken is not None:
                    counts &= ~shapely.contains_xy(taken, x, y)
                if observed is not None:
                    counts &= observed
                found |= cover.unknown_among(np.unique(cells[counts]), source)
        if found:
            raise unknown_codes_error(
                source,
                cover.legend,
                dict.fromkeys(sorted(found), ""),
                nodata=cover.declared_nodata(source),
            )

"""A look at the codes in the units of a campaign, before anything is measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from greencover.cover.legend_fit import unknown_codes_error
from greencover.ground.errors import RasterError
from greencover.ground.geodesy import require_crs, transformer
from greencover.ground.notes import collected
from greencover.overlay import class_areas
from greencover.rasters import bounded_cache, earlier_ground

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.cover.land_cover import LandCover
    from greencover.rasters import Cells

# Cells that are read whole, in less than a second; of more, so many along the sides of what is
# looked at in each of the townships, and places at most.
_MOST_CELLS = 1 << 25
_SIDE = 64
_MOST_PLACES = 100
_STRIP_CELLS = 4_000_000
_MARGIN = 2


def check_codes(units: Mapping[str, gpd.GeoDataFrame], cover: LandCover) -> None:
    """Refuse land cover that holds codes in a unit which its legend lacks.

    All cells around the units are read where they are few. Of a large raster it is a few in the
    middle of each township, so that a rare code may stay unseen here; a picture of a map,
    measurements, or the wrong legend do not.

    Parameters
    ----------
    units
        Layers of polygons, ``townships`` among them.
    cover
        The land cover.

    Raises
    ------
    LegendError
        There are such codes.
    RasterError
        The values are no whole numbers, or cannot be read.
    """
    if cover.polygons is not None:
        # Their codes were held against the legend when they were read.
        return
    windows = [_window(source, units) for source in cover.sources]
    cells = sum((bottom - top) * (right - left) for top, bottom, left, right in windows)
    if cells > _MOST_CELLS:
        _check_middles(units["townships"], cover)
    elif _any_unknown(cover, windows):
        # They may lie beside the units; what decides, and says the ground, is the measuring.
        with collected():
            class_areas(dict(units), cover)


def _window(source: Cells, units: Mapping[str, gpd.GeoDataFrame]) -> tuple[int, int, int, int]:
    """First row, last row, first column and last column around the units."""
    x, y = [], []
    for frame in units.values():
        into = transformer(require_crs(frame.crs), source.crs)
        x0, y0, x1, y1 = frame.total_bounds
        box = into.transform_bounds(x0, y0, x1, y1, densify_pts=101, errcheck=False)
        x += [box[0], box[2], box[2], box[0]]
        y += [box[1], box[1], box[3], box[3]]
    a, b, c, d, e, f = (~source.transform)[:6]
    columns, rows = a * np.array(x) + b * np.array(y) + c, d * np.array(x) + e * np.array(y) + f
    if not np.isfinite([columns, rows]).all():
        return 0, source.height, 0, source.width
    top, bottom = _within(rows, source.height)
    left, right = _within(columns, source.width)
    return top, bottom, left, right


def _within(places: npt.NDArray[np.float64], size: int) -> tuple[int, int]:
    first = min(max(int(np.floor(places.min())) - _MARGIN, 0), size)
    last = min(max(int(np.ceil(places.max())) + _MARGIN, first), size)
    return first, last


def _any_unknown(cover: LandCover, windows: list[tuple[int, int, int, int]]) -> bool:
    with bounded_cache():
        for source, (top, bottom, left, right) in zip(cover.sources, windows, strict=True):
            if left == right:
                continue
            rows = max(1, _STRIP_CELLS // (right - left))
            with source.reading() as dataset:
                for row in range(top, bottom, rows):
                    cells, observed = source.read(
                        dataset, row, left, min(rows, bottom - row), right - left
                    )
                    values = np.unique(cells if observed is None else cells[observed])
                    if _strange(cover, values, source):
                        return True
    return False


def _strange(cover: LandCover, values: npt.NDArray[Any], source: Cells) -> bool:
    try:
        return bool(cover.unknown_among(values, source))
    except RasterError:
        # Such as a fraction, which may lie beside the units as well.
        return True


def _check_middles(townships: gpd.GeoDataFrame, cover: LandCover) -> None:
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

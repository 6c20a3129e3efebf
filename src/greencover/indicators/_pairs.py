"""Two rasters on one grid as one raster of pairs, which the engine overlays like any other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj

from greencover.cover import Legend
from greencover.cover.land_cover import LandCover
from greencover.ground.errors import LegendError, NoOverlapError, RasterError
from greencover.ground.notes import Note
from greencover.rasters import Cells, bounded_cache
from greencover.words import Listed

# Cells written at a time: two rasters and their pairs stay below 100 MB.
_STRIP_CELLS = 8_000_000
_BLOCK = 512
_SAME_CELLS = 1e-4
_CODES_16_BIT = 1 << 16
# As many classes as the engine counts at a time.
_MOST_PAIRS = 250
UNOBSERVED = None


@contextmanager
def paired(
    before: LandCover,
    after: LandCover,
    states: tuple[dict[int, Any], dict[int, Any]],
    zones: gpd.GeoDataFrame,
) -> Iterator[tuple[LandCover, dict[int, tuple[Any, Any]]]]:
    """Give the land cover of pairs over some zones, and what its codes stand for.

    Parameters
    ----------
    before, after
        Land covers on the same grid.
    states
        For each, code -> state; several codes may share one.
    zones
        Ground that matters.

    Yields
    ------
    cover, meaning
        Code of the pair -> state before, state after; None is unobserved. The pair of two
        unobserved states is the unobserved of the cover.
    """
    windows = _windows(before, after, zones)
    kinds, tables = _numbered(states)
    width = len(kinds[1]) + 1
    with TemporaryDirectory() as folder, bounded_cache():
        found: set[int] = set()
        paths = []
        for number, window in windows.items():
            one, other = before.sources[number], after.sources[number]
            path = Path(folder) / f"pairs_{number}.tif"
            found |= _write_pairs(path, (before, one), (after, other), tables, width, window)
            paths.append(path)
        found.discard(0)
        meaning = {
            pair: (
                UNOBSERVED if pair // width == 0 else kinds[0][pair // width - 1],
                UNOBSERVED if pair % width == 0 else kinds[1][pair % width - 1],
            )
            for pair in sorted(found)
        }
        if len(meaning) > _MOST_PAIRS:
            raise RasterError("indicators.pairs_too_many", pairs=len(meaning), most=_MOST_PAIRS)
        if not meaning:
            meaning = {width + 1: (kinds[0][0], kinds[1][0])}
        legend = Legend.from_codes(
            {pair: ("bare", f"{a} to {b}") for pair, (a, b) in meaning.items()},
            unobserved=[0],
            key="pairs",
        )
        yield LandCover.open(paths, legend=legend), meaning


def check_pairs(
    before: LandCover,
    after: LandCover,
    states: tuple[dict[int, Any], dict[int, Any]],
    zones: gpd.GeoDataFrame,
    *,
    cells: bool = True,
) -> None:
    """Refuse what ``paired`` refuses: two covers on two grids, and codes without a state.

    Parameters
    ----------
    before, after, states, zones
        As of ``paired``.
    cells
        Whether the cells around the zones are read for their codes.
    """
    windows = _windows(before, after, zones)
    _, tables = _numbered(states)
    with bounded_cache():
        for number, (top, bottom, left, right) in windows.items() if cells else ():
            for cover, table in zip((before, after), tables, strict=True):
                source = cover.sources[number]
                with source.reading() as dataset:
                    for row, height in _strips(top, bottom, right - left):
                        _states((cover, source), dataset, table, (row, left, height, right - left))


Window = tuple[int, int, int, int]


def _windows(before: LandCover, after: LandCover, zones: gpd.GeoDataFrame) -> dict[int, Window]:
    """Window round the zones of each raster that meets them, by its number."""
    if len(before.sources) != len(after.sources):
        raise RasterError(
            "indicators.tiles_of_two_years", before=len(before.sources), after=len(after.sources)
        )
    if before.minimum_patch is not None or after.minimum_patch is not None:
        raise RasterError("indicators.change_of_patches")
    if before.full is not None or after.full is not None:
        raise RasterError("indicators.change_of_shares")
    found = {}
    for number, (one, other) in enumerate(zip(before.sources, after.sources, strict=True)):
        _check_same_grid(one, other)
        window = _window(one, zones)
        if window is not None:
            found[number] = window
    if not found:
        raise NoOverlapError("indicators.no_ground_shared", paths=Listed.every(before.paths))
    return found


def _numbered(
    states: tuple[dict[int, Any], dict[int, Any]],
) -> tuple[list[list[Any]], list[dict[int, int]]]:
    """States of each cover in order, and the number of the state of each code, from 1."""
    kinds = [list(dict.fromkeys(of.values())) for of in states]
    tables = [
        {code: 1 + kind.index(state) for code, state in of.items()}
        for of, kind in zip(states, kinds, strict=True)
    ]
    return kinds, tables


def _strips(top: int, bottom: int, columns: int) -> Iterator[tuple[int, int]]:
    """First row and height of strips of whole blocks."""
    rows = max(_STRIP_CELLS // columns // _BLOCK, 1) * _BLOCK
    for row in range(top, bottom, rows):
        yield row, min(rows, bottom - row)


def _check_same_grid(one: Cells, other: Cells) -> None:
    offset = np.subtract(tuple(other.transform)[:6], tuple(one.transform)[:6])
    cell = np.abs(one.transform.a), np.abs(one.transform.e)
    far = max(
        abs(offset[2]) / cell[0],
        abs(offset[5]) / cell[1],
        abs(offset[0]) * one.width / cell[0],
        abs(offset[4]) * one.height / cell[1],
    )
    same = (
        (one.width, one.height) == (other.width, other.height)
        and far < _SAME_CELLS
        and one.crs.equals(other.crs, ignore_axis_order=True)
    )
    if not same:
        raise RasterError("indicators.not_one_grid", one=_sized(one), other=_sized(other))


def _sized(source: Cells) -> Note:
    return Note(
        "indicators.raster_sized", path=source.path, width=source.width, height=source.height
    )


def _window(source: Cells, zones: gpd.GeoDataFrame) -> Window | None:
    """First row, last row, first column and last column round the zones; None where they miss."""
    transformer = pyproj.Transformer.from_crs(zones.crs, source.crs, always_xy=True)
    x0, y0, x1, y1 = zones.total_bounds
    west, south, east, north = transformer.transform_bounds(
        x0, y0, x1, y1, densify_pts=101, errcheck=True
    )
    a, b, c, d, e, f = tuple(~source.transform)[:6]
    x = np.array([west, east, east, west])
    y = np.array([south, south, north, north])
    columns, rows = a * x + b * y + c, d * x + e * y + f
    left = max(int(np.floor(columns.min())) - 2, 0)
    right = min(int(np.ceil(columns.max())) + 2, source.width)
    top = max(int(np.floor(rows.min())) - 2, 0)
    bottom = min(int(np.ceil(rows.max())) + 2, source.height)
    return (top, bottom, left, right) if left < right and top < bottom else None


def _write_pairs(
    path: Path,
    before: tuple[LandCover, Cells],
    after: tuple[LandCover, Cells],
    tables: list[dict[int, int]],
    width: int,
    window: Window,
) -> set[int]:
    import rasterio
    from affine import Affine

    top, bottom, left, right = window
    columns = right - left
    source = before[1]
    a, b, c, d, e, f = tuple(source.transform)[:6]
    moved = Affine(a, b, c + a * left + b * top, d, e, f + d * left + e * top)
    counts = np.zeros(_CODES_16_BIT, dtype=np.int64)
    with (
        before[1].reading() as first,
        after[1].reading() as second,
        rasterio.open(
            path,
            "w",
            driver="GTiff",
            width=columns,
            height=bottom - top,
            count=1,
            dtype="uint16",
            crs=source.crs_wkt,
            transform=moved,
            tiled=True,
            blockxsize=_BLOCK,
            blockysize=_BLOCK,
            compress="deflate",
            zlevel=1,
            bigtiff="if_safer",
        ) as written,
    ):
        for row, height in _strips(top, bottom, columns):
            old = _states(before, first, tables[0], (row, left, height, columns))
            new = _states(after, second, tables[1], (row, left, height, columns))
            pairs = old * np.uint16(width) + new
            written.write(pairs, 1, window=rasterio.windows.Window(0, row - top, columns, height))
            counts += np.bincount(pairs.ravel(), minlength=_CODES_16_BIT)
    return {int(pair) for pair in np.flatnonzero(counts)}


def _states(
    of: tuple[LandCover, Cells],
    dataset: Any,
    table: dict[int, int],
    window: Window,
) -> npt.NDArray[np.uint16]:
    """Number of the state of each cell, 0 where unobserved."""
    cover, source = of
    cells, observed = source.read(dataset, *window)
    skipped = cover.unobserved_values(source)
    if cells.dtype in (np.uint8, np.uint16):
        lookup = np.full(np.iinfo(cells.dtype).max + 1, _CODES_16_BIT - 1, dtype=np.uint16)
        for code, number in table.items():
            if 0 <= code < len(lookup):
                lookup[code] = number
        for value in skipped:
            if 0 <= value < len(lookup) and value == int(value):
                lookup[int(value)] = 0
        states = lookup[cells]
    else:
        states = np.full(cells.shape, _CODES_16_BIT - 1, dtype=np.uint16)
        for code, number in table.items():
            states[cells == code] = number
        states[np.isin(cells, list(skipped)) | (cells != cells)] = 0
    if observed is not None:
        states[~observed] = 0
    unknown = states == _CODES_16_BIT - 1
    if unknown.any():
        raise LegendError(
            "indicators.code_unknown",
            path=source.path,
            code=cells[unknown][0],
            legend=cover.legend.key,
        )
    return states

"""The engine against areas in exact fractions: zones of any shape on a small grid.

Each zone is clipped to each cell in rational arithmetic, which no rounding touches; neither the
integral along outlines nor a geometry library has a part in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import atheris
import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from affine import Affine

from fuzz.oracle import or_one_sentence
from greencover.layers import check_geometry
from greencover.overlay import class_areas, zonal_sums
from strategies import CODES, cover_of, write_raster

EQUAL_AREA = "EPSG:6933"
Point = tuple[Fraction, Fraction]
Ring = list[Point]
MOST_COLUMNS, MOST_ROWS = 12, 12
# A cell is a square of this side; far from the origin coordinates hold fewer digits of it.
PLACES = ((1.0, 0.0, 12.0), (10.0, 11_000_000.0, 3_600_000.0), (0.125, -4.0, 7.5))
NOTHING = 0
# Shares of a zone, and cells, that the engine calls rounding.
SHARE, CELLS = 1e-9, 1e-8


@dataclass(frozen=True)
class Scene:
    """A raster and zones on it.

    Attributes
    ----------
    cells
        Codes, 0 where unobserved.
    transform
        Where the cells lie.
    shapes
        Polygons, some of them invalid.
    tile_cells
        Cells read at a time.
    """

    cells: npt.NDArray[np.uint8]
    transform: Affine
    shapes: list[Any]
    tile_cells: int

    @classmethod
    def of(cls, data: bytes) -> Scene:
        given = atheris.FuzzedDataProvider(data)
        cell, west, north = given.PickValueInList(list(PLACES))
        down = -cell if given.ConsumeBool() else cell
        columns = given.ConsumeIntInRange(1, MOST_COLUMNS)
        rows = given.ConsumeIntInRange(1, MOST_ROWS)
        tile_cells = given.PickValueInList([1, 5, 30, 1000])
        codes = np.array([NOTHING, *CODES], dtype=np.uint8)
        seed = given.ConsumeIntInRange(0, 255)
        cells = np.random.default_rng(seed).choice(codes, (rows, columns))
        count = given.ConsumeIntInRange(1, 3)
        transform = Affine(cell, 0.0, west, 0.0, down, north)
        walks = [_shape(given, (columns, rows), transform) for _ in range(count)]
        return cls(cells, transform, [one for one in walks if one is not None], tile_cells)


def prepare(folder: Path) -> Callable[[bytes], None]:
    path = folder / "cover.tif"

    def run(data: bytes) -> None:
        scene = Scene.of(data)
        zones = _checked(scene)
        if zones is None:
            return
        write_raster(path, scene.cells, transform=scene.transform, crs=EQUAL_AREA, nodata=NOTHING)
        cover = cover_of(path)
        options: dict[str, Any] = {"area": "grid", "threads": 1, "tile_cells": scene.tile_cells}
        table = or_one_sentence(lambda: class_areas(zones, cover, **options))
        sums = or_one_sentence(lambda: zonal_sums(zones, path, kind="count", **options))
        assert (table is None) == (sums is None), "one of the two refused"
        if table is not None and sums is not None:
            _compare(scene, zones, table.to_numpy() * 10_000.0, sums.to_numpy())

    return run


def _checked(scene: Scene) -> gpd.GeoDataFrame | None:
    """The zones as every reader hands them on: valid."""
    if not scene.shapes:
        return None
    frame = gpd.GeoDataFrame(geometry=scene.shapes, crs=EQUAL_AREA)
    return or_one_sentence(lambda: check_geometry(frame, "layer", geometry="polygon"))


def _compare(
    scene: Scene, zones: gpd.GeoDataFrame, areas_m2: npt.NDArray[Any], sums: npt.NDArray[Any]
) -> None:
    cell_m2 = abs(scene.transform.determinant)
    size = max(np.abs(shapely.bounds(zones.geometry.array)).max(), *map(abs, scene.transform[:6]))
    for zone, shape in enumerate(zones.geometry):
        parts = shapely.get_parts(shape)
        whole = float(sum(_area(_polygon(part)) for part in parts))
        covered = _covered(scene, parts)
        # What a displacement of all corners in the last digits of their coordinates may change.
        slack = 16.0 * np.finfo(float).eps * size * shapely.length(shape)
        close = SHARE * whole + slack
        found = areas_m2[zone]
        for number, code in enumerate(CODES):
            right = covered[scene.cells == code].sum()
            assert abs(found[number] - right) <= close, (zone, code, found[number], right, close)
        seen = covered[scene.cells != NOTHING].sum()
        rest = abs(found[-1] - (whole - seen))
        assert rest <= close + 2.0 * CELLS * cell_m2, (zone, "rest", found[-1], whole - seen)
        assert (found >= -close).all(), (zone, "negative", found)
        total = (covered * scene.cells).sum() / cell_m2
        most = max(CODES) * close / cell_m2
        assert abs(sums[zone, 0] - total) <= most, (zone, "sum", sums[zone, 0], total)
        valid_m2 = sums[zone, 2] * 10_000.0
        assert abs(valid_m2 - seen) <= close, (zone, "valid", valid_m2, seen)


def _covered(scene: Scene, parts: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Ground of each cell inside a zone."""
    covered = np.zeros(scene.cells.shape)
    a, _, west, _, e, north = (Fraction(one) for one in scene.transform[:6])
    rows, columns = scene.cells.shape
    downwards = 1 if e > 0 else -1
    for part in parts:
        below = _half(_polygon(part), 1, north, downwards)
        for row in range(rows):
            border = north + (row + 1) * e
            right = _half(_half(below, 1, border, -downwards), 0, west, 1)
            below = _half(below, 1, border, downwards)
            for column in range(columns if right else 0):
                border = west + (column + 1) * a
                covered[row, column] += float(_area(_half(right, 0, border, -1)))
                right = _half(right, 0, border, 1)
    return covered


def _polygon(part: Any) -> list[Ring]:
    """The shell counter-clockwise and the holes clockwise, in fractions."""
    turned = shapely.orient_polygons(part)
    return [
        [(Fraction(x), Fraction(y)) for x, y in shapely.get_coordinates(ring)[:-1].tolist()]
        for ring in (turned.exterior, *turned.interiors)
    ]


def _area(rings: list[Ring]) -> Fraction:
    """Signed area, that of holes negative."""
    return (
        sum(
            (
                (ring[i - 1][0] - ring[0][0]) * (ring[i][1] - ring[0][1])
                - (ring[i][0] - ring[0][0]) * (ring[i - 1][1] - ring[0][1])
                for ring in rings
                for i in range(len(ring))
            ),
            Fraction(0),
        )
        / 2
    )


def _half(rings: list[Ring], axis: int, limit: Fraction, sign: int) -> list[Ring]:
    """Rings clipped to one side of a line; what runs back and forth along it encloses nothing."""
    clipped = (_clipped(ring, axis, limit, sign) for ring in rings)
    return [ring for ring in clipped if ring]


def _clipped(ring: Ring, axis: int, limit: Fraction, sign: int) -> Ring:
    kept: Ring = []
    before = ring[-1]
    was = (before[axis] - limit) * sign >= 0
    for here in ring:
        inside = (here[axis] - limit) * sign >= 0
        if inside != was:
            share = (limit - before[axis]) / (here[axis] - before[axis])
            other = before[1 - axis] + share * (here[1 - axis] - before[1 - axis])
            kept.append((limit, other) if axis == 0 else (other, limit))
        if inside:
            kept.append(here)
        before, was = here, inside
    return kept


def _shape(given: Any, size: tuple[int, int], transform: Affine) -> Any:
    """A polygon with holes, or several, whose rings may be anything."""
    parts = []
    for _ in range(given.ConsumeIntInRange(1, 2)):
        rings = [_ring(given, size, transform) for _ in range(given.ConsumeIntInRange(1, 2))]
        try:
            parts.append(shapely.Polygon(rings[0], rings[1:]))
        except (ValueError, shapely.errors.GEOSException):
            continue
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _ring(given: Any, size: tuple[int, int], transform: Affine) -> list[tuple[float, float]]:
    corners = given.ConsumeIntInRange(3, 8)
    walk = [tuple(_coordinate(given, one) for one in size) for _ in range(corners)]
    return [transform @ corner for corner in walk]


def _coordinate(given: Any, cells: int) -> float:
    """On a border of cells, next to one, between, outside, or far away."""
    kind = given.ConsumeIntInRange(0, 7)
    near = float(given.ConsumeIntInRange(-2, cells + 2))
    if kind <= 2:
        return near
    if kind == 3:
        return near + 0.5
    if kind == 4:
        return near + given.PickValueInList([1e-12, -1e-12, 1e-9, -1e-9, 1e-6, -1e-6])
    if kind == 5:
        return near * given.PickValueInList([1e3, 1e5, -1e4])
    return given.ConsumeFloatInRange(-3.0, cells + 3.0)


def seeds() -> Iterator[bytes]:
    random = np.random.default_rng(20)
    for length in (30, 60, 120, 240):
        for _ in range(8):
            yield random.bytes(length)

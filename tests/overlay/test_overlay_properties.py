"""What must not change an area: where the grid starts, how zones are cut, tiles, threads, order."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import greencover as gc
from strategies import (
    CELL,
    CELL_HA,
    CODES,
    GRID,
    NORTH,
    WEST,
    cover_of,
    exactextract_shares,
    on_lattice,
    placed,
    polygons,
    rasters,
    shares_of,
    write_raster,
    zones_of,
)

# An area is compared in cells: the whole raster has 480 of them.
TOLERANCE_HA = 1e-9 * CELL_HA
MANY = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CORNERS = shapely.box(0, 0, 1, 1)


@contextmanager
def raster_at(cells: npt.NDArray[Any], transform: Affine = GRID, **options: Any) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield write_raster(Path(folder) / "cover.tif", cells, transform=transform, **options)


def areas(shapes: list[Any], path: Path, **options: Any) -> npt.NDArray[np.float64]:
    """Hectares of the grid; a corner cell is added so that some zone meets the raster."""
    zones = zones_of(*shapes, placed(CORNERS))
    return gc.class_areas(zones, cover_of(path), area="grid", **options).to_numpy()[:-1]


@MANY
@given(cells=rasters(), shape=polygons(), dx=st.integers(-7, 7), dy=st.integers(-7, 7))
def test_translation_of_the_grid(cells: npt.NDArray[Any], shape: Any, dx: int, dy: int) -> None:
    """The same ground in a raster that starts elsewhere."""
    larger = np.full((34, 38), 1, dtype=np.uint8)
    larger[7 + dy : 27 + dy, 7 + dx : 31 + dx] = cells
    moved = Affine(CELL, 0.0, WEST - (7 + dx) * CELL, 0.0, -CELL, NORTH + (7 + dy) * CELL)
    inside = on_lattice(shapely.intersection(shape, shapely.box(0, 0, 24, 20)))
    if inside.area < 1e-3:
        inside = CORNERS
    with raster_at(cells) as path:
        expected = areas([placed(inside)], path)
    with raster_at(larger, moved) as path:
        found = areas([placed(inside)], path)

    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE_HA)


LATTICE = st.integers(-2 * 1024, 26 * 1024).map(lambda steps: steps / 1024.0)


@MANY
@given(
    cells=rasters(),
    border=st.lists(st.tuples(LATTICE, LATTICE), min_size=0, max_size=8, unique_by=lambda p: p[1]),
    top=LATTICE,
    bottom=LATTICE,
)
def test_splitting_a_zone(
    cells: npt.NDArray[Any], border: list[tuple[float, float]], top: float, bottom: float
) -> None:
    """A winding border from the top to the bottom of a zone: its two sides add up to it."""
    line = [(top, -3.0), *sorted(border, key=lambda point: point[1]), (bottom, 27.0)]
    whole = shapely.box(-4.5, -3.0, 28.25, 27.0)
    left = shapely.Polygon([(-4.5, -3.0), *line, (-4.5, 27.0)])
    right = shapely.Polygon([(28.25, -3.0), *line, (28.25, 27.0)])
    with raster_at(cells) as path:
        found = areas([placed(shape) for shape in (whole, left, right)], path)

    np.testing.assert_allclose(found[1] + found[2], found[0], rtol=0, atol=TOLERANCE_HA)


@MANY
@given(
    cells=rasters(), shapes=st.lists(polygons(), min_size=2, max_size=6), seed=st.integers(0, 99)
)
def test_reordering_zones(cells: npt.NDArray[Any], shapes: list[Any], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(shapes))
    with raster_at(cells) as path:
        expected = areas([placed(shape) for shape in shapes], path)
        found = areas([placed(shapes[i]) for i in order], path)

    np.testing.assert_allclose(found, expected[order], rtol=0, atol=TOLERANCE_HA)


@MANY
@given(
    cells=rasters(),
    shapes=st.lists(polygons(), min_size=1, max_size=4),
    tile_cells=st.sampled_from([1, 2, 7, 24, 100, 480, 100_000]),
    threads=st.integers(1, 4),
    blocked=st.booleans(),
)
def test_tiles_and_threads(
    cells: npt.NDArray[Any], shapes: list[Any], tile_cells: int, threads: int, blocked: bool
) -> None:
    """From one cell a tile to the whole raster, on one to four threads."""
    blocks = {"tiled": True, "blockxsize": 16, "blockysize": 16} if blocked else {}
    with raster_at(cells, **blocks) as path:
        given_zones = [placed(shape) for shape in shapes]
        expected = areas(given_zones, path, threads=1)
        found = areas(given_zones, path, tile_cells=tile_cells, threads=threads)

    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE_HA)


@MANY
@given(cells=rasters(), y=st.floats(3.0, 17.0), out=st.floats(30.0, 80.0), further=st.floats(0, 50))
def test_moving_a_vertex_outside(
    cells: npt.NDArray[Any], y: float, out: float, further: float
) -> None:
    """A vertex moves away beyond the raster's edge: nothing observed changes, the rest grows."""
    before = shapely.Polygon([(2, 2), (24, 2), (out, y), (24, 18), (2, 18)])
    after = shapely.Polygon([(2, 2), (24, 2), (out + further, y), (24, 18), (2, 18)])
    with raster_at(cells) as path:
        found = areas([placed(before), placed(after)], path)

    np.testing.assert_allclose(found[0, :-1], found[1, :-1], rtol=0, atol=TOLERANCE_HA)
    grown = (after.area - before.area) * CELL_HA
    np.testing.assert_allclose(found[1, -1] - found[0, -1], grown, rtol=0, atol=1e-7 * CELL_HA)


@MANY
@given(cells=rasters(), shape=polygons())
def test_self_touching_polygons_against_exactextract(cells: npt.NDArray[Any], shape: Any) -> None:
    zones = zones_of(placed(shape), placed(CORNERS))
    with raster_at(cells) as path:
        ours = shares_of(gc.class_areas(zones, cover_of(path), area="grid"))
        theirs = exactextract_shares(zones, path, CODES)

    # Coordinates of millions of metres hold a cell's edge to 5e-11 of a cell.
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-7)


@MANY
@given(cells=rasters(), shape=polygons())
def test_a_row_sums_to_its_zone(cells: npt.NDArray[Any], shape: Any) -> None:
    with raster_at(cells) as path:
        table = gc.class_areas(zones_of(placed(shape), placed(CORNERS)), cover_of(path))

    assert (table.to_numpy() >= -1e-12).all()
    ground = gc.ground_area_ha(zones_of(placed(shape)))[0]
    np.testing.assert_allclose(table.to_numpy()[0].sum(), ground, rtol=1e-9)

"""Class areas in scenes whose answer is plain, the shape of the table, and its errors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from rasterio import Affine

import greencover as gc
from greencover.ground.errors import CrsError, LayerError, LegendError, NoOverlapError
from strategies import (
    CELL_HA,
    UTM,
    cells_box,
    cover_of,
    legend_of,
    on_grid,
    placed,
    stripes,
    write_raster,
    zones_of,
)


@pytest.fixture
def cover(tmp_path: Path) -> gc.LandCover:
    """20 rows x 24 columns: each column one code, 1, 2, 3, 7, 1, ..."""
    return cover_of(write_raster(tmp_path / "cover.tif", stripes()))


def cells(zones: gpd.GeoDataFrame, cover: gc.LandCover) -> list[float]:
    """Cells by class, then unobserved, of the only zone."""
    return (gc.class_areas(zones, cover, area="grid").iloc[0] / CELL_HA).tolist()


def test_whole_cells(cover: gc.LandCover) -> None:
    assert cells(zones_of(cells_box(0, 0, 5, 10)), cover) == pytest.approx([20, 10, 10, 10, 0])


def test_parts_of_cells(cover: gc.LandCover) -> None:
    """A quarter of column 0, the whole of column 1, half of column 2, in two and a half rows."""
    expected = [0.25 * 2.5, 2.5, 0.5 * 2.5, 0, 0]

    assert cells(zones_of(cells_box(0.75, 1.25, 2.5, 3.75)), cover) == pytest.approx(expected)


def test_triangle(cover: gc.LandCover) -> None:
    """Under the line from (0, 0) to (4, 4), column c holds c + 1/2 cells less than 4."""
    triangle = on_grid((0, 0), (4, 4), (0, 4))

    assert cells(zones_of(triangle), cover) == pytest.approx([3.5, 2.5, 1.5, 0.5, 0])


def test_hole(cover: gc.LandCover) -> None:
    ring = cells_box(0, 0, 4, 8).difference(cells_box(1, 2, 3, 6))

    assert cells(zones_of(ring), cover) == pytest.approx([8, 4, 4, 8, 0])


def test_parts(cover: gc.LandCover) -> None:
    parts = shapely.MultiPolygon([cells_box(0, 0, 1, 1), cells_box(3, 5, 4, 7.5)])

    assert cells(zones_of(parts), cover) == pytest.approx([1, 0, 0, 2.5, 0])


def test_clockwise_and_counter_clockwise_outlines_are_the_same(cover: gc.LandCover) -> None:
    box = cells_box(0.5, 1, 2, 3)
    table = gc.class_areas(zones_of(box, shapely.reverse(box)), cover)

    pd.testing.assert_series_equal(table.loc[0], table.loc[1], check_names=False)


def test_partly_outside(cover: gc.LandCover) -> None:
    """Ground beyond the raster is unobserved, not lost."""
    beyond = cells_box(22, 18, 26, 22)

    assert cells(zones_of(beyond), cover) == pytest.approx([0, 0, 4 / 2, 4 / 2, 12])


def test_overlapping_zones_each_count_their_own(cover: gc.LandCover) -> None:
    zones = zones_of(cells_box(0, 0, 8, 8), cells_box(0, 0, 4, 4), cells_box(2, 2, 6, 6))
    table = gc.class_areas(zones, cover, area="grid") / CELL_HA

    assert table[1].tolist() == pytest.approx([16, 4, 4])
    assert table.sum(axis=1).tolist() == pytest.approx([64, 16, 16])


def test_nodata_is_unobserved(tmp_path: Path) -> None:
    grid = stripes()
    grid[:, 2] = 255
    cover = cover_of(write_raster(tmp_path / "c.tif", grid, nodata=255))

    assert cells(zones_of(cells_box(0, 0, 4, 5)), cover) == pytest.approx([5, 5, 0, 5, 5])


def test_zone_of_a_tenth_of_a_cell_keeps_its_row(cover: gc.LandCover) -> None:
    """Smaller than a cell and away from its centre: no row is dropped, no area rounded."""
    tiny = cells_box(1.05, 4.05, 1.05 + 0.2, 4.05 + 0.5)
    table = gc.class_areas(zones_of(tiny, cells_box(0, 0, 1, 1)), cover, area="grid")

    assert len(table) == 2
    assert table.loc[0, 2] == pytest.approx(0.1 * CELL_HA, rel=1e-9)


def test_every_one_of_70000_zones_is_right(tmp_path: Path) -> None:
    """More zones than a 16-bit number holds; each has an area of its own."""
    number = np.arange(70_000)
    column, row = number % 700, number // 700
    height = 0.5 + (number % 97) / 200.0
    codes = ((column + 3 * row) % 4)[:, None].reshape(100, 700)
    grid = np.array([1, 2, 3, 7], dtype=np.uint8)[codes]
    cover = cover_of(write_raster(tmp_path / "c.tif", grid))
    boxes = shapely.box(column + 0.25, row, column + 0.75, row + height)
    table = gc.class_areas(zones_of(*placed(boxes)), cover, area="grid") / CELL_HA

    expected = np.zeros((70_000, 5))
    expected[number, codes.ravel()] = 0.5 * height
    np.testing.assert_allclose(table.to_numpy(), expected, rtol=0, atol=1e-8)


def test_table_has_the_index_of_the_zones_and_a_column_for_each_class(
    cover: gc.LandCover,
) -> None:
    zones = zones_of(cells_box(0, 0, 1, 1), cells_box(1, 1, 2, 2))
    zones.index = pd.Index(["Lintian", "Songxi"], name="township")
    table = gc.class_areas(zones, cover)

    assert table.columns.tolist() == [
        *("bare_1_ha", "bare_2_ha", "bare_3_ha", "bare_7_ha", "unobserved_ha")
    ]
    pd.testing.assert_index_equal(table.index, zones.index)


def test_layers_in_one_pass_give_what_single_calls_give(cover: gc.LandCover) -> None:
    townships = zones_of(cells_box(0, 0, 12, 20), cells_box(12, 0, 24, 20))
    parks = zones_of(cells_box(3.3, 4.4, 7.7, 9.1)).to_crs(4326)
    both = gc.class_areas({"townships": townships, "parks": parks}, cover)

    assert list(both) == ["townships", "parks"]
    for name, layer in {"townships": townships, "parks": parks}.items():
        alone = gc.class_areas(layer, cover)
        pd.testing.assert_frame_equal(both[name], alone, check_exact=False, rtol=1e-12, atol=1e-12)


def test_a_geoseries_will_do(cover: gc.LandCover) -> None:
    zones = zones_of(cells_box(0, 0, 3, 3))

    pd.testing.assert_frame_equal(
        gc.class_areas(zones.geometry, cover), gc.class_areas(zones, cover)
    )


def test_a_layer_without_rows_gives_a_table_without_rows(cover: gc.LandCover) -> None:
    layers = {"parks": zones_of(), "townships": zones_of(cells_box(0, 0, 1, 1))}

    assert len(gc.class_areas(layers, cover)["parks"]) == 0


def test_progress_ends_at_the_number_of_tiles(cover: gc.LandCover) -> None:
    seen: list[tuple[int, int]] = []
    gc.class_areas(
        zones_of(cells_box(0, 0, 24, 20)),
        cover,
        tile_cells=24,
        progress=lambda done, total: seen.append((done, total)),
    )

    assert seen == [(n, 20) for n in range(1, 21)]


def test_unknown_code_is_an_error_with_code_and_area(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "c.tif", stripes())
    cover = gc.LandCover.open(path, legend=legend_of(1, 2, 3))

    with pytest.raises(LegendError, match=r"legend 'custom' lacks: 7 \(0\.10 ha\)"):
        gc.class_areas(zones_of(cells_box(0, 0, 4, 10)), cover, area="grid")


def test_unknown_code_outside_the_zones_is_no_error(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "c.tif", stripes())
    cover = gc.LandCover.open(path, legend=legend_of(1, 2, 3))

    assert cells(zones_of(cells_box(0, 0, 3, 1)), cover) == pytest.approx([1, 1, 1, 0])


def test_no_overlap_is_an_error_with_both_extents(cover: gc.LandCover) -> None:
    with pytest.raises(NoOverlapError, match=r"share no ground.*WGS 84 / UTM zone 50N"):
        gc.class_areas(zones_of(cells_box(100, 100, 110, 110)), cover)


def test_some_zones_may_miss_the_raster(cover: gc.LandCover) -> None:
    zones = zones_of(cells_box(0, 0, 2, 2), cells_box(100, 100, 102, 102))
    table = gc.class_areas(zones, cover, area="grid") / CELL_HA

    assert table.loc[1].tolist() == pytest.approx([0, 0, 0, 0, 4])


def test_zones_without_a_system_are_an_error(cover: gc.LandCover) -> None:
    zones = gpd.GeoDataFrame(geometry=[cells_box(0, 0, 1, 1)])

    with pytest.raises(CrsError, match="no coordinate reference system"):
        gc.class_areas(zones, cover)


def test_a_missing_geometry_is_an_error_with_its_row(cover: gc.LandCover) -> None:
    with pytest.raises(LayerError, match="no geometry in row 2"):
        gc.class_areas(zones_of(cells_box(0, 0, 1, 1), None), cover)


def test_lines_are_an_error(cover: gc.LandCover) -> None:
    with pytest.raises(LayerError, match="must hold polygons but has LineString"):
        gc.class_areas(zones_of(placed(shapely.LineString([(0, 0), (1, 1)]))), cover)


def test_area_is_one_of_two_words(cover: gc.LandCover) -> None:
    with pytest.raises(ValueError, match="'ellipsoid' or 'grid', not 'sphere'"):
        gc.class_areas(zones_of(cells_box(0, 0, 1, 1), crs=UTM), cover, area="sphere")  # type: ignore[call-overload]


def test_import_is_light_and_opens_no_socket() -> None:
    """No compiler, no plotting and no network come with ``import greencover``."""
    program = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise SystemExit('a socket was opened')\n"
        "socket.socket.connect = refuse\n"
        "import greencover\n"
        "heavy = {'numba', 'llvmlite', 'matplotlib.pyplot', 'bokeh', 'rasterio', 'distributed'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert loaded == "[]\n"


def test_rows_of_hardly_any_height(tmp_path: Path) -> None:
    """Corners of a zone then lie at infinity, counted in rows."""
    flat = Affine(10.0, 0.0, 0.0, 0.0, -1e-309, 0.0)
    cover = cover_of(write_raster(tmp_path / "flat.tif", stripes(), transform=flat))
    zones = gpd.GeoDataFrame(geometry=[shapely.box(0.0, -8e-309, 80.0, 0.0)], crs=UTM)

    areas = gc.class_areas(zones, cover, area="grid")

    assert areas.to_numpy().sum() == pytest.approx(0.0, abs=1e-300)

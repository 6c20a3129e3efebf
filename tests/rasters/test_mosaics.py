"""Rasters that overlap: the first that shows something counts, in any order, on any grid."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from affine import Affine

import greencover as gc
from strategies import CELL, CELL_HA, NORTH, WEST, cells_box, cover_of, write_raster, zones_of

LEFT = np.r_[[1] * 6, [0] * 6].astype("uint8")
MIDDLE = np.r_[[0] * 3, [2] * 5, [0] * 4].astype("uint8")
RIGHT = np.r_[[0] * 7, [3] * 5].astype("uint8")


def strip(path: Path, row: np.ndarray, **options: Any) -> Path:
    return write_raster(path, np.tile(row, (8, 1)), **{"nodata": 0, **options})


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_nothing_is_unobserved_that_a_tile_shows(order: tuple[int, ...], tmp_path: Path) -> None:
    rows = [LEFT, MIDDLE, RIGHT]
    tiles = [strip(tmp_path / f"{number}.tif", rows[number]) for number in order]
    expected = np.zeros(12, dtype=int)
    for number in order:
        expected = np.where(expected == 0, rows[number], expected)
    zones = zones_of(cells_box(0, 0, 12, 8), cells_box(2.5, 1.5, 7.25, 6.0))
    found = gc.class_areas(zones, cover_of(tiles), area="grid") / CELL_HA

    columns = np.clip(np.minimum(np.arange(12) + 1, 7.25) - np.maximum(np.arange(12), 2.5), 0, 1)
    for zone, (weight, height) in enumerate([(np.ones(12), 8.0), (columns, 4.5)]):
        right = [height * weight[expected == code].sum() for code in (1, 2, 3, 7, 9)]
        got = [found[code][zone] if code in found else 0.0 for code in (1, 2, 3, 7, 9)]
        assert got[:3] == pytest.approx(right[:3], abs=1e-9)
        assert found["unobserved_ha"][zone] == pytest.approx(0.0, abs=1e-9)


def test_a_code_of_one_tile_may_be_the_nodata_value_of_another(tmp_path: Path) -> None:
    first = strip(tmp_path / "a.tif", LEFT)
    second = strip(tmp_path / "b.tif", np.where(RIGHT == 0, 255, 2).astype("uint8"), nodata=255)
    found = gc.class_areas(zones_of(cells_box(0, 0, 12, 8)), cover_of([first, second], 1, 2))

    assert found["unobserved_ha"][0] / found.loc[0].sum() == pytest.approx(1 / 12)


def test_masks_and_other_number_types(tmp_path: Path) -> None:
    seen = np.tile(LEFT > 0, (8, 1))
    first = write_raster(tmp_path / "a.tif", np.tile(np.maximum(LEFT, 1), (8, 1)), mask=seen)
    second = write_raster(tmp_path / "b.tif", np.full((8, 12), 300, dtype="int16"))
    found = gc.class_areas(
        zones_of(cells_box(0, 0, 12, 8)), cover_of([first, second], 1, 300), area="grid"
    )
    assert (found.loc[0] / CELL_HA).tolist() == pytest.approx([48, 48, 0])


def test_a_finer_grid_fills_a_coarser_one(tmp_path: Path) -> None:
    """Cells of half the size, an even number to a cell: halves of the coarse grid are exact."""
    first = strip(tmp_path / "a.tif", LEFT)
    half = Affine(CELL / 2, 0, WEST, 0, -CELL / 2, NORTH)
    second = write_raster(tmp_path / "b.tif", np.full((16, 24), 2, "uint8"), transform=half)
    zones = zones_of(cells_box(0, 0, 12, 8))

    ahead = gc.class_areas(zones, cover_of([first, second], 1, 2), area="grid").loc[0] / CELL_HA
    behind = gc.class_areas(zones, cover_of([second, first], 1, 2), area="grid").loc[0] / CELL_HA
    assert ahead.tolist() == pytest.approx([48, 48, 0])
    assert behind.tolist() == pytest.approx([0, 96, 0])


def test_a_raster_of_another_system_fills(tmp_path: Path) -> None:
    first = strip(tmp_path / "a.tif", LEFT)
    into = pyproj.Transformer.from_crs("EPSG:32650", "EPSG:4326", always_xy=True)
    west, south, east, north = into.transform_bounds(
        *shapely.box(WEST - 200, NORTH - 8 * CELL - 200, WEST + 12 * CELL + 200, NORTH + 200).bounds
    )
    grid = Affine((east - west) / 300, 0, west, 0, (south - north) / 300, north)
    second = write_raster(
        tmp_path / "b.tif", np.full((300, 300), 2, "uint8"), transform=grid, crs="EPSG:4326"
    )
    zones = zones_of(cells_box(0, 0, 12, 8))
    found = gc.class_areas(zones, cover_of([first, second], 1, 2)).loc[0]

    assert found["unobserved_ha"] == pytest.approx(0.0, abs=1e-9)
    assert found[1] / found.sum() == pytest.approx(0.5, rel=1e-6)


def test_sums_of_values_too(tmp_path: Path) -> None:
    first = strip(tmp_path / "a.tif", np.r_[[5.0] * 6, [-1.0] * 6].astype("float32"), nodata=-1)
    second = strip(tmp_path / "b.tif", np.r_[[np.nan] * 4, [7.0] * 8].astype("float32"))
    zones = zones_of(cells_box(0, 0, 12, 8))
    for order, right in (([first, second], 48 * 12.0), ([second, first], 8 * (4 * 5 + 8 * 7.0))):
        found = gc.zonal_sums(zones, order, kind="count").loc[0]
        assert found["sum"] == pytest.approx(right, rel=1e-12)
        assert found["unobserved_ha"] == pytest.approx(0.0, abs=1e-9)


def test_patches_and_pictures_see_the_filled_cells(tmp_path: Path) -> None:
    tiles = [strip(tmp_path / "a.tif", LEFT), strip(tmp_path / "b.tif", RIGHT)]
    cover = cover_of([*tiles, strip(tmp_path / "c.tif", MIDDLE)], 1, 2, 3)
    codes, _, _ = cover.read_overview(cells_box(0, 0, 12, 8).bounds, "EPSG:32650", max_px=12)
    assert codes[4].tolist() == [1] * 6 + [2] + [3] * 5
    zones = zones_of(cells_box(0, 0, 12, 8))
    whole = cover.with_minimum_patch(("bare",), ha=12 * CELL_HA)
    # All three codes are of one cover type: in one patch across the tiles none is small.
    assert gc.class_areas(zones, whole, area="grid").loc[0].tolist()[:3] == pytest.approx(
        [48 * CELL_HA, 8 * CELL_HA, 40 * CELL_HA]
    )

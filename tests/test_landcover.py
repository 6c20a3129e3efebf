"""Opening land cover: legends, nodata, bounds, and the picture for the background of a map."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from affine import Affine

import greencover as gc
from greencover.errors import LegendError, RasterError
from strategies import (
    CELL,
    NORTH,
    WEST,
    cells_box,
    cover_of,
    legend_of,
    stripes,
    write_raster,
    zones_of,
)


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "cover_2023.tif", stripes())


def test_what_is_opened_says_what_it_is(raster: Path) -> None:
    cover = gc.LandCover.open(raster, legend=legend_of(1, 2, 3, 7), year=2023)

    assert repr(cover) == "LandCover(cover_2023.tif, legend 'custom', 2023)"
    assert cover.paths == (str(raster),)
    assert cover.crs.to_epsg() == 32650
    assert cover.bounds == (WEST, NORTH - 200.0, WEST + 240.0, NORTH)


def test_an_empty_list_is_an_error() -> None:
    with pytest.raises(RasterError, match="list of land-cover rasters is empty"):
        gc.LandCover.open([], legend="worldcover")


def test_an_unknown_legend_is_an_error(raster: Path) -> None:
    with pytest.raises(LegendError, match="worldcove"):
        gc.LandCover.open(raster, legend="worldcove")


def test_a_class_that_the_raster_calls_nodata_is_an_error(tmp_path: Path) -> None:
    """Otherwise a class would be reported as unobserved, or nodata as a class."""
    path = write_raster(tmp_path / "c.tif", stripes(), nodata=3)

    with pytest.raises(LegendError, match="declares 3 as nodata, but in the legend 'custom' 3 is"):
        cover_of(path)


def test_nodata_may_be_overruled(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "c.tif", stripes(), nodata=3)
    zone = zones_of(cells_box(0, 0, 4, 1))
    as_class = gc.class_areas(zone, cover_of(path, nodata=None), area="grid")
    as_nodata = gc.class_areas(zone, cover_of(path, 1, 2, 3, nodata=7), area="grid")

    assert as_class.loc[0].tolist() == pytest.approx([0.01, 0.01, 0.01, 0.01, 0])
    assert as_nodata.loc[0].tolist() == pytest.approx([0.01, 0.01, 0.01, 0.01])


def test_codes_that_the_legend_calls_unobserved(raster: Path) -> None:
    cover = gc.LandCover.open(raster, legend=legend_of(1, 2, 3, unobserved=(7,)))
    table = gc.class_areas(zones_of(cells_box(0, 0, 8, 1)), cover, area="grid")

    assert table.loc[0].tolist() == pytest.approx([0.02, 0.02, 0.02, 0.02])


def test_bounds_of_tiles_in_two_systems(raster: Path, tmp_path: Path) -> None:
    degrees = Affine(1e-3, 0.0, 116.9, 0.0, -1e-3, 30.0)
    far = write_raster(tmp_path / "far.tif", stripes(), transform=degrees, crs="EPSG:4326")
    west, south, east, north = cover_of([raster, far]).bounds

    assert west == pytest.approx(490_353, abs=5)
    assert north == pytest.approx(3_318_789, abs=5)
    assert (east, south) == (WEST + 24 * CELL, NORTH - 200)


def test_unknown_codes_are_listed(raster: Path) -> None:
    assert cover_of(raster, 1, 3).unknown_codes() == [2, 7]
    assert cover_of(raster).unknown_codes() == []


def test_land_cover_travels_to_other_processes(raster: Path) -> None:
    cover = cover_of(raster)
    again = pickle.loads(pickle.dumps(cover))

    zone = zones_of(cells_box(0, 0, 5, 5))
    assert gc.class_areas(zone, again).equals(gc.class_areas(zone, cover))


def test_overview_keeps_codes_and_masks_the_unobserved(tmp_path: Path) -> None:
    grid = stripes()
    grid[:10] = 255
    cover = cover_of(write_raster(tmp_path / "c.tif", grid, nodata=255))
    west, south, east, north = cover.bounds
    codes, transform, crs = cover.read_overview(
        (west - 240.0, south, east, north), cover.crs, max_px=48
    )

    assert codes.shape == (20, 48)
    assert crs == cover.crs
    assert transform.c == west - 240.0
    assert codes.mask[:, :24].all()
    assert codes.mask[:10].all()
    np.testing.assert_array_equal(codes.data[10:, 24:], grid[10:])


def test_overview_of_a_worldcover_tile_is_quick(real_data: Callable[[str], Path]) -> None:
    folder = real_data("worldcover-sao-tome")
    path = folder / "ESA_WorldCover_10m_2021_v200_N00E006_Map.tif"
    cover = gc.LandCover.open(path, legend="worldcover", year=2021)
    codes, _, _ = cover.read_overview((6.4, 0.0, 6.8, 0.4), max_px=200)

    assert codes.shape == (200, 200)
    assert set(np.unique(codes.compressed())) <= set(cover.legend.codes)
    assert (codes == 10).mean() > 0.35

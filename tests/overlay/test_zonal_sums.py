"""Sums and means of continuous rasters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from exactextract import exact_extract

import greencover as gc
from greencover.ground.errors import NoOverlapError
from strategies import CELL_HA, blobs, cells_box, placed, write_raster, zones_of


def ramp(rows: int = 20, columns: int = 24) -> np.ndarray:
    """Values that count up along the rows: 0, 1, 2, ... in column 0, 1, 2, ..."""
    return np.tile(np.arange(columns, dtype=np.float32), (rows, 1))


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "values.tif", ramp())


def test_counts_are_shared_by_the_covered_part_of_a_cell(raster: Path) -> None:
    """Half of column 1, the whole of column 2, a quarter of column 3, in two rows."""
    zone = zones_of(cells_box(1.5, 3, 3.25, 5))
    row = gc.zonal_sums(zone, raster, kind="count", area="grid").loc[0]

    amount = 2 * (0.5 * 1 + 1 * 2 + 0.25 * 3)
    assert row["sum"] == pytest.approx(amount, rel=1e-12)
    assert row["mean"] == pytest.approx(amount / (2 * 1.75), rel=1e-12)
    assert row["valid_ha"] == pytest.approx(2 * 1.75 * CELL_HA, rel=1e-9)
    assert row["unobserved_ha"] == 0.0


@pytest.mark.parametrize(("per", "unit_ha"), [("m2", 1e-4), ("ha", 1.0), ("km2", 100.0)])
def test_densities_are_multiplied_with_ground(per: str, unit_ha: float, raster: Path) -> None:
    zone = zones_of(cells_box(1.5, 3, 3.25, 5))
    row = gc.zonal_sums(zone, raster, kind="density", per=per, area="grid").loc[0]

    amount = 2 * (0.5 * 1 + 1 * 2 + 0.25 * 3)
    assert row["sum"] == pytest.approx(amount * CELL_HA / unit_ha, rel=1e-9)
    assert row["mean"] == pytest.approx(amount / 3.5, rel=1e-12)


def test_kind_must_be_said(raster: Path) -> None:
    zone = zones_of(cells_box(0, 0, 1, 1))

    with pytest.raises(TypeError, match="kind"):
        gc.zonal_sums(zone, raster)  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="kind must be 'count' or 'density', not 'mean'"):
        gc.zonal_sums(zone, raster, kind="mean")  # type: ignore[call-overload]
    with pytest.raises(gc.GreencoverError, match="least=5 and most=1"):
        gc.zonal_sums(zone, raster, kind="count", least=5.0, most=1.0)
    for nothing in ([], None):
        with pytest.raises(gc.GreencoverError, match=r"rasters is empty|be of the type"):
            gc.zonal_sums(zone, nothing, kind="count")  # type: ignore[call-overload]


def test_blanks_are_unobserved_and_not_zero(tmp_path: Path) -> None:
    values = ramp()
    values[:, 2] = -9999
    values[:, 3] = np.nan
    path = write_raster(tmp_path / "v.tif", values, nodata=-9999)
    zones = zones_of(cells_box(0, 0, 6, 2), cells_box(2, 0, 4, 2), cells_box(22, 18, 26, 20))
    table = gc.zonal_sums(zones, path, kind="count", area="grid")

    assert table["sum"].tolist() == pytest.approx([2 * (0 + 1 + 4 + 5), 0, 2 * (22 + 23)])
    assert table["mean"].tolist() == pytest.approx([2.5, np.nan, 22.5], nan_ok=True)
    expected = [4 * CELL_HA, 4 * CELL_HA, 4 * CELL_HA]
    assert table["unobserved_ha"].tolist() == pytest.approx(expected, rel=1e-9)


def test_integers_and_another_nodata(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "v.tif", ramp().astype(np.int16), nodata=5)
    zone = zones_of(cells_box(4, 0, 7, 1))

    assert gc.zonal_sums(zone, path, kind="count")["sum"].tolist() == pytest.approx([10])
    assert gc.zonal_sums(zone, path, kind="count", nodata=6)["sum"].tolist() == pytest.approx([9])
    assert gc.zonal_sums(zone, path, kind="count", nodata=None)["sum"].tolist() == pytest.approx(
        [15]
    )


def test_a_raster_of_ones_gives_the_class_areas(tmp_path: Path) -> None:
    """In degrees, on the ellipsoid: the density one is the ground itself."""
    grid = Affine(1e-3, 0.0, 117.0, 0.0, -1e-3, 31.0)
    ones = np.ones((300, 300), dtype=np.float32)
    path = write_raster(tmp_path / "v.tif", ones, transform=grid, crs="EPSG:4490")
    zones = zones_of(*blobs(2, 10, (117.05, 30.75, 117.25, 30.95), size=0.05), crs="EPSG:4490")
    table = gc.zonal_sums(zones, path, kind="density")

    ground = gc.ground_area_ha(zones)
    np.testing.assert_allclose(table["sum"] + table["unobserved_ha"], ground, rtol=1e-9)
    np.testing.assert_allclose(table["mean"], 1.0, rtol=1e-12)


def test_a_density_in_another_system_is_scaled_to_the_ellipsoid(tmp_path: Path) -> None:
    transform = Affine(100.0, 0.0, 13_024_000.0, 0.0, -100.0, 3_600_000.0)
    values = np.full((50, 50), 7.0, dtype=np.float32)
    path = write_raster(tmp_path / "v.tif", values, transform=transform, crs="EPSG:3857")
    zone = zones_of(placed(shapely.box(5, 5, 40.5, 31.25), transform), crs="EPSG:3857")
    row = gc.zonal_sums(zone, path, kind="density").loc[0]

    assert row["sum"] == pytest.approx(7.0 * gc.ground_area_ha(zone)[0], rel=1e-9)
    count = gc.zonal_sums(zone, path, kind="count").loc[0]
    assert count["sum"] == pytest.approx(7.0 * 35.5 * 26.25, rel=1e-9)


def test_many_layers_in_one_pass_and_tiles(raster: Path) -> None:
    layers = {"a": zones_of(cells_box(0, 0, 9.5, 9.5)), "b": zones_of(cells_box(3, 3, 21.2, 17))}
    both = gc.zonal_sums(layers, raster, kind="count")
    small = gc.zonal_sums(layers, raster, kind="count", tile_cells=7, threads=3)

    for name, layer in layers.items():
        alone = gc.zonal_sums(layer, raster, kind="count")
        pd.testing.assert_frame_equal(both[name], alone, check_exact=False, rtol=1e-12)
        pd.testing.assert_frame_equal(both[name], small[name], check_exact=False, rtol=1e-12)


def test_a_partition_keeps_the_whole_sum(tmp_path: Path) -> None:
    values = np.random.default_rng(1).gamma(0.3, 50.0, (200, 300))
    path = write_raster(tmp_path / "v.tif", values)
    zones = zones_of(
        *(cells_box(a, 0, b, 200) for a, b in [(0, 33.3), (33.3, 151.7), (151.7, 300)])
    )
    table = gc.zonal_sums(zones, path, kind="count")

    assert table["sum"].sum() == pytest.approx(values.sum(), rel=1e-12)


def test_no_overlap_is_an_error(raster: Path) -> None:
    with pytest.raises(NoOverlapError, match="share no ground"):
        gc.zonal_sums(zones_of(cells_box(500, 500, 510, 510)), raster, kind="count")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("gpw_v411_2020_count_2020", "count"), ("eu_dem_v11", "density")],
)
def test_agrees_with_exactextract_on_real_rasters(
    name: str, kind: str, real_data: Callable[[str], Path]
) -> None:
    """Municipalities over population counts and over heights, cells in degrees."""
    folder = real_data("sao-miguel-azores")
    path = folder / f"{name}.tif"
    with rasterio.open(path) as dataset:
        crs = dataset.crs
    zones = gpd.read_file(folder / "caop2024_municipalities.gpkg").to_crs(crs)
    table = gc.zonal_sums(zones, path, kind=kind, area="grid")
    oracle = exact_extract(str(path), zones, ["sum", "mean"], output="pandas")

    np.testing.assert_allclose(table["mean"], oracle["mean"], rtol=1e-6)
    if kind == "count":
        np.testing.assert_allclose(table["sum"], oracle["sum"], rtol=1e-6)


def test_residents_of_an_island(real_data: Callable[[str], Path]) -> None:
    """GPW's own count for all cells is what one zone over the whole raster takes."""
    path = real_data("sao-miguel-azores") / "gpw_v411_2020_count_2020.tif"
    with rasterio.open(path) as dataset:
        cells = dataset.read(1, masked=True).astype(float)
        zone = gpd.GeoDataFrame(geometry=[shapely.box(*dataset.bounds)], crs=dataset.crs)
    table = gc.zonal_sums(zone, path, kind="count")

    assert table.loc[0, "sum"] == pytest.approx(cells.sum(), rel=1e-12)
    assert table.loc[0, "mean"] == pytest.approx(cells.mean(), rel=1e-9)

"""Areas that must add up: partitions to the raster, zones to the ellipsoid."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from affine import Affine

import greencover as gc
from greencover.ground.geodesy import Ellipsoid
from greencover.overlay._row_ground import RowGround
from strategies import CODES, blobs, cover_of, stripes, write_raster, zones_of

WORLDCOVER = {
    2021: (
        "ESA_WorldCover_10m_2021_v200_N00E006_Map.tif",
        {0: 1131331361, 10: 10819361, 20: 778, 30: 392489, 40: 4672, 50: 181604, 60: 124660}
        | {80: 153136048, 90: 4390, 95: 4637},
    ),
    2020: (
        "ESA_WorldCover_10m_2020_v100_N00E006_Map.tif",
        {0: 1131331361, 10: 10800572, 20: 3004, 30: 391758, 40: 7462, 50: 131868, 60: 205654}
        | {80: 153118102, 90: 10120, 95: 99},
    ),
}


def degrees_grid(west: float, north: float, cell: float) -> Affine:
    return Affine(cell, 0.0, west, 0.0, -cell, north)


def partition(bounds: tuple[float, float, float, float], seed: int) -> np.ndarray:
    """Voronoi cells of random points, cut to a rectangle."""
    random = np.random.default_rng(seed)
    west, south, east, north = bounds
    points = shapely.MultiPoint(random.uniform([west, south], [east, north], (60, 2)))
    frame = shapely.box(*bounds)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame))
    return shapely.intersection(cells, frame)


def test_a_partition_sums_to_the_raster(tmp_path: Path) -> None:
    """Every cell of the grid is counted once, whatever the borders between the zones."""
    grid = np.random.default_rng(5).choice(np.array(CODES, dtype=np.uint8), (300, 400))
    cover = cover_of(write_raster(tmp_path / "c.tif", grid))
    zones = zones_of(*partition(cover.bounds, 6))
    table = gc.class_areas(zones, cover, area="grid") * 100.0

    counted = [np.count_nonzero(grid == code) for code in CODES]
    np.testing.assert_allclose(table.sum().to_numpy(), [*counted, 0], rtol=1e-10, atol=1e-8)


def test_a_partition_in_degrees_sums_to_the_ground_of_the_raster(tmp_path: Path) -> None:
    cell = 1.0 / 1200.0
    transform = degrees_grid(117.0, 31.0, cell)
    grid = np.random.default_rng(7).choice(np.array(CODES, dtype=np.uint8), (500, 300))
    path = write_raster(tmp_path / "c.tif", grid, transform=transform, crs="EPSG:4490")
    cover = cover_of(path)
    zones = zones_of(*partition(cover.bounds, 8), crs="EPSG:4490")
    table = gc.class_areas(zones, cover)

    row_ha = RowGround.ellipsoidal(cover.sources[0]).weight / 10_000.0
    expected = [float(row_ha @ np.count_nonzero(grid == code, axis=1)) for code in CODES]
    np.testing.assert_allclose(table.sum().to_numpy(), [*expected, 0], rtol=1e-10, atol=1e-6)


@pytest.mark.parametrize("year", WORLDCOVER)
def test_a_whole_worldcover_tile_is_counted_exactly(
    year: int, real_data: Callable[[str], Path]
) -> None:
    """1.3 billion cells: the counts of every class, from one outline of four corners."""
    name, counts = WORLDCOVER[year]
    cover = gc.LandCover.open(real_data("worldcover-sao-tome") / name, legend="worldcover")
    zones = gpd.GeoDataFrame(geometry=[shapely.box(*cover.bounds)], crs=cover.crs)
    table = gc.class_areas(zones, cover, area="grid").loc[0]

    cell_ha = RowGround.ellipsoidal(cover.sources[0]).weight[18_000] / 10_000.0
    found = {code: round(table[code] / cell_ha, 3) for code in counts if code}
    assert found == {code: count for code, count in counts.items() if code}
    assert table["unobserved_ha"] / cell_ha == pytest.approx(counts[0], abs=1e-3)


def geodesic_m2(shape: shapely.Geometry, crs: str, geod: pyproj.Geod) -> float:
    """Geodesic area of the outline, with vertices so close that chords are as good as curves."""
    dense = shapely.segmentize(shape, 2e-4 if crs == "EPSG:4490" else 20.0)
    if crs != "EPSG:4490":
        dense = gpd.GeoSeries([dense], crs=crs).to_crs("EPSG:4490")[0]
    return abs(geod.geometry_area_perimeter(shapely.geometry.polygon.orient(dense))[0])


@pytest.mark.parametrize("latitude", [0.2, 30.5, 52.0, -41.0])
def test_ellipsoidal_areas_meet_geodesic_ones(latitude: float, tmp_path: Path) -> None:
    """Zones of 50 km and 5 km in longitude and latitude, on a grid of 0.001 degrees."""
    geod = pyproj.Geod(ellps="GRS80")
    transform = degrees_grid(117.0, latitude + 0.5, 0.001)
    grid = np.tile(stripes(100, 1000), (10, 1))
    cover = cover_of(write_raster(tmp_path / "c.tif", grid, transform=transform, crs="EPSG:4490"))
    frame = (117.3, latitude - 0.2, 117.7, latitude + 0.2)
    shapes = [*blobs(3, 4, frame, size=0.25), *blobs(4, 4, frame, size=0.025)]
    shapes = [p for shape in shapes for p in shapely.get_parts(shape)]
    table = gc.class_areas(zones_of(*shapes, crs="EPSG:4490"), cover)

    expected = np.array([geodesic_m2(shape, "EPSG:4490", geod) for shape in shapes]) / 10_000.0
    # Geod itself rounds to about a square centimetre per thousand vertices.
    np.testing.assert_allclose(table.sum(axis=1), expected, rtol=1e-8, atol=1e-6)


def test_projected_zones_are_scaled_to_the_ellipsoid(tmp_path: Path) -> None:
    """Far from its meridian a transverse Mercator plane is too large; the figures are not."""
    geod = pyproj.Geod(ellps="GRS80")
    transform = Affine(30.0, 0.0, 700_000.0, 0.0, -30.0, 3_400_000.0)
    crs = "EPSG:4547"
    path = write_raster(tmp_path / "c.tif", stripes(600, 600), transform=transform, crs=crs)
    cover = cover_of(path)
    shapes = [p for s in blobs(9, 6, cover.bounds, size=8000.0) for p in shapely.get_parts(s)]
    zones = zones_of(*shapes, crs=crs)
    ground = gc.class_areas(zones, cover)
    plane = gc.class_areas(zones, cover, area="grid")

    expected = np.array([geodesic_m2(shape, crs, geod) for shape in shapes]) / 10_000.0
    np.testing.assert_allclose(ground.sum(axis=1), expected, rtol=1e-8)
    factor = expected / (zones.area / 10_000.0)
    assert factor.between(0.998, 0.9995).all()
    np.testing.assert_allclose(ground, plane.mul(factor, axis=0), rtol=1e-8, atol=1e-9)


def test_web_mercator_areas_are_corrected(tmp_path: Path) -> None:
    """At 30.5 degrees a Mercator plane shows a third too much."""
    transform = Affine(100.0, 0.0, 13_024_000.0, 0.0, -100.0, 3_600_000.0)
    path = write_raster(tmp_path / "c.tif", stripes(200, 200), transform=transform, crs="EPSG:3857")
    cover = cover_of(path)
    zones = zones_of(shapely.box(*cover.bounds), crs="EPSG:3857")
    ground = gc.class_areas(zones, cover).loc[0].sum()

    plane_ha = 200 * 200 * 1.0
    assert 1.30 < plane_ha / ground < 1.36
    assert ground == pytest.approx(gc.ground_area_ha(zones)[0], rel=1e-9)


def test_the_raster_says_what_the_ellipsoid_is() -> None:
    """GRS80 and WGS 84 differ in the tenth digit of an area; both are looked up, not assumed."""
    grs80 = Ellipsoid.of(pyproj.CRS("EPSG:4490"))
    wgs84 = Ellipsoid.of(pyproj.CRS("EPSG:4326"))

    assert grs80.a == wgs84.a == 6378137.0
    assert 0 < wgs84.e2 - grs80.e2 < 1e-9 or 0 < grs80.e2 - wgs84.e2 < 1e-9

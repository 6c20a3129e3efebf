"""Numbers of zones, swapped degrees and the 180th meridian: named as what they are."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from affine import Affine

import greencover as gc
from greencover.ground.errors import CrsError, LayerError, NoOverlapError
from greencover.rasters import ArrayCells

HOME = gpd.GeoSeries([shapely.box(119.52, 29.02, 119.58, 29.08)], crs=4490)


@pytest.mark.parametrize(
    ("written", "said", "named"),
    [(4528, 4549, 4528), (4549, 4528, 4549), (4498, 4548, 4498), (2364, 2385, 2364)],
)
def test_the_number_of_a_zone_and_the_advice_that_mends_it(
    written: int, said: int, named: int
) -> None:
    zones = HOME.to_crs(written).set_crs(said, allow_override=True)
    with pytest.raises(LayerError, match=rf"number of a zone.*\(EPSG:{named}\)") as told:
        gc.ground_area_ha(zones)
    assert "180th" not in str(told.value)
    mended = gc.ground_area_ha(zones.set_crs(named, allow_override=True))
    own = pyproj.CRS(written).geodetic_crs.get_geod()
    right = abs(
        own.geometry_area_perimeter(
            HOME.to_crs(written).to_crs(pyproj.CRS(written).geodetic_crs).iloc[0].segmentize(1e-4)
        )[0]
    )
    assert mended[0] == pytest.approx(right / 1e4, rel=1e-6)


@pytest.mark.parametrize(("east", "said"), [(40_450_000.0, 4549), (450_000.0, 4528)])
def test_rasters_too(east: float, said: int) -> None:
    corner = Affine(10, 0, east, 0, -10, 3_210_000.0)
    with pytest.raises(CrsError, match=r"raster .*number of a zone"):
        ArrayCells.of(np.ones((9, 9), "uint8"), transform=corner, crs=said)


@pytest.mark.parametrize("crs", [4549, 4528, 32650, 3116, 31467, 2193, 27700])
def test_coordinates_of_their_own_system_are_taken(crs: int) -> None:
    """Where a system is used, its coordinates are what pyproj makes them."""
    area = pyproj.CRS(crs).area_of_use
    lon, lat = (area.west + area.east) / 2, (area.south + area.north) / 2
    spot = gpd.GeoSeries([shapely.box(lon, lat, lon + 0.01, lat + 0.01)], crs=4326)
    assert gc.ground_area_ha(spot.to_crs(crs))[0] > 0.0


def test_swapped_degrees_west_of_90_are_named() -> None:
    cells = ArrayCells.of(
        np.full((100, 100), 2, "uint8"), transform=Affine(1e-3, 0, 87.5, 0, -1e-3, 43.1), crs=4326
    )
    zones = gpd.GeoSeries([shapely.box(43.02, 87.52, 43.08, 87.58)], crs=4326)
    legend = gc.Legend.from_codes({2: ("tree", "Trees")})
    cover = gc.LandCover.open(cells, legend=legend)
    with pytest.raises(NoOverlapError, match="latitude and longitude swapped"):
        gc.class_areas(zones, cover)
    right = gpd.GeoSeries(shapely.transform(zones.array, lambda xy: xy[:, ::-1]), crs=4326)
    assert gc.class_areas(right, cover)["unobserved_ha"][0] == 0.0


def authalic(south: float, north: float, width: float) -> float:
    """Hectares between parallels by pyproj's equal-area cylinder."""
    into = pyproj.Transformer.from_crs(4326, 6933, always_xy=True)
    x, y = into.transform([0.0, 1.0], [south, north])
    return width * (x[1] - x[0]) * (y[1] - y[0]) / 1e4


def test_shapes_cut_at_the_180th_meridian_are_taken() -> None:
    fiji = shapely.union_all([shapely.box(177, -19, 180, -16), shapely.box(-180, -19, -178, -16)])
    south = shapely.Polygon(
        [(-180, -90), (180, -90), (180, -70), (60, -70), (-60, -70), (-180, -70)]
    )
    belt = shapely.box(-180, 10, 180, 20)
    found = gc.ground_area_ha(gpd.GeoSeries([fiji, south, belt], crs=4326))
    right = [authalic(-19, -16, 5), authalic(-90, -70, 360), authalic(10, 20, 360)]
    assert found.tolist() == pytest.approx(right, rel=1e-9)


@pytest.mark.parametrize(
    "corners",
    [
        [(177, -19), (-178, -19), (-178, -16), (177, -16)],
        [
            (177, -19),
            (180, -19),
            (-180, -19),
            (-178, -19),
            (-178, -16),
            (-180, -16),
            (180, -16),
            (177, -16),
        ],
    ],
)
def test_shapes_that_cross_it_are_named(corners: list[tuple[float, float]]) -> None:
    zones = gpd.GeoSeries([shapely.Polygon(corners)], crs=4326)
    with pytest.raises(LayerError, match=r"crosses the 180th meridian in row 1"):
        gc.ground_area_ha(zones)

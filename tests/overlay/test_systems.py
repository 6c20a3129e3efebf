"""Systems in grads, on a sphere, and off the ground."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from affine import Affine

import greencover as gc
from greencover.ground.errors import CrsError, GreencoverWarning
from greencover.rasters import ArrayCells

SINUSOIDAL = "+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R=6371007.181 +units=m +no_defs"
LEGEND = gc.Legend.from_codes({1: ("tree", "Trees")})


def test_zones_in_grads_have_the_ground_of_degrees() -> None:
    zones = gpd.GeoSeries([shapely.box(2.0, 48.0, 2.1, 48.1)], crs=4275)
    right = gc.ground_area_ha(zones)[0]
    assert gc.ground_area_ha(zones.to_crs(4807))[0] == pytest.approx(right, rel=1e-9)
    # Lambert zones of France stand on the system in grads.
    lambert = gpd.GeoSeries([zones[0].segmentize(1e-4)], crs=4275).to_crs(27572)
    assert gc.ground_area_ha(lambert)[0] == pytest.approx(right, rel=1e-8)


def test_rasters_in_grads() -> None:
    paris = 2.5969213
    cells = ArrayCells.of(
        np.ones((40, 40), "uint8"), transform=Affine(0.01, 0, 0.0, 0, -0.01, 54.0), crs=4807
    )
    zones = gpd.GeoSeries(
        [shapely.box(paris * 0.9 + 0.045, 48.33, paris * 0.9 + 0.09, 48.42)], crs=4275
    )
    table = gc.class_areas(zones, gc.LandCover.open(cells, legend=LEGEND)).loc[0]
    assert table[1] == pytest.approx(gc.ground_area_ha(zones)[0], rel=1e-8)
    assert table["unobserved_ha"] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("lat", [0.5, 30.0, 65.0])
def test_ground_under_a_sinusoidal_grid_is_that_of_the_ellipsoid(lat: float) -> None:
    zones = gpd.GeoSeries([shapely.box(10.0, lat, 10.5, lat + 0.5)], crs=4326)
    west, south, east, north = zones.to_crs(SINUSOIDAL).total_bounds
    cells = ArrayCells.of(
        np.ones((300, 300), "uint8"),
        transform=Affine((east - west) / 250, 0, west - 9e2, 0, (south - north) / 250, north + 9e2),
        crs=SINUSOIDAL,
    )
    with pytest.warns(GreencoverWarning, match="stands on a sphere"):
        found = gc.class_areas(zones, gc.LandCover.open(cells, legend=LEGEND)).loc[0]
    into = pyproj.Transformer.from_crs(4326, 6933, always_xy=True)
    x, y = into.transform([10.0, 10.5], [lat, lat + 0.5])
    assert found.sum() == pytest.approx((x[1] - x[0]) * (y[1] - y[0]) / 1e4, rel=1e-8)
    assert found["unobserved_ha"] == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize(
    "crs",
    [
        "EPSG:4978",
        "EPSG:5737",
        "IAU_2015:30100",
        "IAU_2015:30110",
        'LOCAL_CS["site plan",UNIT["metre",1]]',
    ],
)
def test_systems_off_the_ground_are_refused_by_name(crs: str) -> None:
    name = pyproj.CRS(crs).name
    zones = gpd.GeoSeries([shapely.box(2.0, 48.0, 2.1, 48.1)], crs=crs)
    with pytest.raises(CrsError) as told:
        gc.ground_area_ha(zones)
    assert name in str(told.value)
    with pytest.raises(CrsError) as told:
        ArrayCells.of(np.ones((4, 4), "uint8"), transform=Affine(1, 0, 5, 0, -1, 9), crs=crs)
    assert name in str(told.value)

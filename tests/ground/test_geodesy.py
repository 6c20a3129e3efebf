"""Ellipsoidal areas against the national land surveys' formula and against geodesics."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest

from greencover.ground.errors import CrsError
from greencover.ground.geodesy import (
    Ellipsoid,
    band_area_m2,
    density_m2_per_deg2,
    enclosed_area_m2,
    geographic_of,
    metres_per_degree,
    require_crs,
    unit_in_metres,
)

CGCS2000 = Ellipsoid.of(pyproj.CRS("EPSG:4490"))
XIAN_1980 = Ellipsoid.of(pyproj.CRS("EPSG:4610"))
SHEET = 2.5 / 60.0


def survey_series_m2(south: float, north: float, width: float, ellipsoid: Ellipsoid) -> float:
    """Area of a map sheet by the series that the land surveys prescribe (coefficients A to E)."""
    e2 = ellipsoid.e2
    e4, e6, e8 = e2**2, e2**3, e2**4
    terms = (
        1 + 3 / 6 * e2 + 30 / 80 * e4 + 35 / 112 * e6 + 630 / 2304 * e8,
        -(1 / 6 * e2 + 15 / 80 * e4 + 21 / 112 * e6 + 420 / 2304 * e8),
        3 / 80 * e4 + 7 / 112 * e6 + 180 / 2304 * e8,
        -(1 / 112 * e6 + 45 / 2304 * e8),
        5 / 2304 * e8,
    )
    middle, half = np.radians((south + north) / 2), np.radians((north - south) / 2)
    b2 = ellipsoid.a**2 * (1 - e2)
    total = sum(
        term * np.sin((2 * n + 1) * half) * np.cos((2 * n + 1) * middle)
        for n, term in enumerate(terms)
    )
    return float(2 * b2 * np.radians(width) * total)


@pytest.mark.parametrize(
    ("south", "north", "width", "expected"),
    [
        (30.0, 30.0 + SHEET, 3.75 / 60.0, 27_847_757.0265),
        (40.0, 40.0 + SHEET, 3.75 / 60.0, 24_684_446.2425),
        (25.0, 26.0, 1.0, 11_137_467_459.3518),
        (30.0, 31.0, 1.0, 10_642_393_438.7123),
    ],
)
def test_map_sheets_on_cgcs2000(south: float, north: float, width: float, expected: float) -> None:
    assert float(band_area_m2(south, north, width, CGCS2000)) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("ellipsoid", [CGCS2000, XIAN_1980], ids=["CGCS2000", "Xian 1980"])
@pytest.mark.parametrize("south", [0.0, 18.0, 34.5, 53.0])
def test_the_closed_form_agrees_with_the_survey_series(ellipsoid: Ellipsoid, south: float) -> None:
    found = float(band_area_m2(south, south + SHEET, 0.0625, ellipsoid))

    assert found == pytest.approx(
        survey_series_m2(south, south + SHEET, 0.0625, ellipsoid), rel=1e-10
    )


@pytest.mark.parametrize(
    ("latitude", "expected"),
    [
        *[(0, 85.480), (20, 80.451), (25, 77.656), (28, 75.697), (30, 74.276)],
        *[(35, 70.330), (40, 65.845), (45, 60.850), (50, 55.380)],
    ],
)
def test_ground_of_a_worldcover_cell(latitude: float, expected: float) -> None:
    """1/12000 degree is called ten metres; it is a hundred square metres nowhere in China."""
    cell = 1.0 / 12_000.0
    found = float(band_area_m2(latitude, latitude + cell, cell, CGCS2000))

    assert found == pytest.approx(expected, abs=6e-4)


def test_the_whole_ellipsoid() -> None:
    """Authalic radius of GRS 80: 6,371,007.1810 m (Moritz, Geodetic Reference System 1980)."""
    whole = float(band_area_m2(-90.0, 90.0, 360.0, CGCS2000))

    assert np.sqrt(whole / (4 * np.pi)) == pytest.approx(6_371_007.1810, abs=2e-4)


def test_a_sphere_has_its_plain_formula() -> None:
    sphere = Ellipsoid(a=6_371_000.0, e2=0.0)

    assert float(band_area_m2(0.0, 90.0, 360.0, sphere)) == pytest.approx(
        2 * np.pi * 6_371_000.0**2, rel=1e-14
    )


def test_bands_add_up_and_change_sign() -> None:
    parts = band_area_m2(np.arange(0, 60), np.arange(1, 61), 1.0, CGCS2000)

    assert parts.sum() == pytest.approx(float(band_area_m2(0.0, 60.0, 1.0, CGCS2000)), rel=1e-13)
    assert float(band_area_m2(60.0, 0.0, 1.0, CGCS2000)) == -float(
        band_area_m2(0.0, 60.0, 1.0, CGCS2000)
    )


def test_density_is_the_limit_of_bands() -> None:
    latitude = np.array([0.0, 23.0, 45.0, 66.0])
    step = 1e-4
    band = band_area_m2(latitude - step / 2, latitude + step / 2, 1.0, CGCS2000) / step

    np.testing.assert_allclose(density_m2_per_deg2(latitude, CGCS2000), band, rtol=1e-9)


def test_a_rectangle_of_parallels_and_meridians() -> None:
    """Long edges are cut into panels: ten degrees are as exact as one."""
    lon, lat = np.array([100.0, 110.0, 110.0, 100.0]), np.array([20.0, 20.0, 30.0, 30.0])
    found = enclosed_area_m2(
        lon, lat, np.roll(lon, -1), np.roll(lat, -1), np.zeros(4, dtype=np.int64), 1, CGCS2000
    )

    assert found[0] == pytest.approx(float(band_area_m2(20.0, 30.0, 10.0, CGCS2000)), rel=1e-13)


def test_a_square_metre_far_from_greenwich_keeps_its_digits() -> None:
    side = 1e-5
    lon, lat = 134.7 + side * np.array([0, 1, 1, 0]), 48.4 + side * np.array([0, 0, 1, 1])
    found = enclosed_area_m2(
        lon, lat, np.roll(lon, -1), np.roll(lat, -1), np.zeros(4, dtype=np.int64), 1, CGCS2000
    )
    width, height = lon[1] - lon[0], lat[2] - lat[1]
    expected = float(density_m2_per_deg2(np.array([lat.mean()]), CGCS2000)[0]) * width * height

    assert found[0] == pytest.approx(expected, rel=1e-9)


def test_metres_per_degree_are_geodesic() -> None:
    geod = pyproj.Geod(ellps="GRS80")
    latitude = np.array([10.0, 35.0, 50.0])
    east, north = metres_per_degree(latitude, CGCS2000)
    step = 1e-4
    for i, lat in enumerate(latitude):
        along = geod.inv(100.0, lat, 100.0 + step, lat)[2] / step
        up = geod.inv(100.0, lat - step / 2, 100.0, lat + step / 2)[2] / step
        assert east[i] == pytest.approx(along, rel=1e-7)
        assert north[i] == pytest.approx(up, rel=1e-7)


def test_the_datum_of_a_projected_system() -> None:
    assert geographic_of(pyproj.CRS("EPSG:4547")).equals(pyproj.CRS("EPSG:4490"), True)
    assert geographic_of(pyproj.CRS("EPSG:4326")) == pyproj.CRS("EPSG:4326")


def test_a_system_without_ground_is_an_error() -> None:
    local = pyproj.CRS('LOCAL_CS["site",UNIT["metre",1],AXIS["x",EAST],AXIS["y",NORTH]]')

    with pytest.raises(CrsError, match="not tied to the ground"):
        geographic_of(local)


def test_units() -> None:
    assert unit_in_metres(pyproj.CRS("EPSG:32650")) == 1.0
    assert unit_in_metres(pyproj.CRS("EPSG:2249")) == pytest.approx(0.3048006096, rel=1e-9)


def test_a_missing_system_is_an_error() -> None:
    with pytest.raises(CrsError, match="The parks layer has no coordinate reference system"):
        require_crs(None, "The parks layer")

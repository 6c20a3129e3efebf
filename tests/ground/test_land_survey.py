"""The land survey's area series, its test vectors, and our own cell areas beside them."""

from __future__ import annotations

import numpy as np
import pytest

from greencover.ground.geodesy import Ellipsoid, band_area_m2
from land_survey import cgcs2000, coefficients, survey_area_m2, xian_1980

SHEET = 2.5 / 60.0, 3.75 / 60.0
# South, north, width in degrees; square metres by the series and in closed form.
VECTORS = [
    (30.0, 30.0 + SHEET[0], SHEET[1], 27_847_757.0265, 27_847_757.0265),
    (40.0, 40.0 + SHEET[0], SHEET[1], 24_684_446.2425, 24_684_446.2425),
    (25.0, 26.0, 1.0, 11_137_467_459.3516, 11_137_467_459.3518),
    (30.0, 31.0, 1.0, 10_642_393_438.7113, 10_642_393_438.7123),
]


@pytest.mark.parametrize(("south", "north", "width", "series", "exact"), VECTORS)
def test_vectors(south, north, width, series, exact):
    assert survey_area_m2(south, north, width) == pytest.approx(series, abs=6e-5, rel=1e-14)
    assert band_area_m2(south, north, width, cgcs2000()) == pytest.approx(
        exact, abs=6e-5, rel=1e-14
    )


def test_cell_areas_meet_the_series_all_over_the_country():
    south = np.arange(3.0, 54.0, 1.0 / 12.0)
    for height in (1.0 / 12000.0, SHEET[0], 1.0):
        series = survey_area_m2(south, south + height, 0.5)
        exact = band_area_m2(south, south + height, 0.5, cgcs2000())
        np.testing.assert_allclose(exact, series, rtol=1e-9)


def test_coefficients_of_both_ellipsoids():
    printed = {
        cgcs2000: (
            1.003364089834193, 1.124189381927107e-3, 1.699459473518853e-6, 2.717857845577e-9,
            4.358419004834e-12,
        ),
        xian_1980: (
            1.003364092347734, 1.124190223994974e-3, 1.699462014491999e-6, 2.717863936213e-9,
            4.358431965265e-12,
        ),
    }  # fmt: skip
    for ellipsoid, values in printed.items():
        np.testing.assert_allclose(coefficients(ellipsoid()), values, rtol=1e-12)
    assert cgcs2000().e2 == pytest.approx(0.006694380022901, abs=5e-16)
    assert xian_1980().e2 == pytest.approx(0.006694384999588, abs=5e-16)


def test_ten_metre_pixels():
    printed = {
        0: 85.480, 20: 80.451, 25: 77.656, 28: 75.697, 30: 74.276, 35: 70.330, 40: 65.845,
        45: 60.850, 50: 55.380,
    }  # fmt: skip
    for latitude, m2 in printed.items():
        cell = 1.0 / 12000.0
        area = survey_area_m2(latitude - cell / 2, latitude + cell / 2, cell)
        assert area == pytest.approx(m2, abs=5.1e-4)


def test_a_sphere_has_one_term():
    sphere = Ellipsoid(a=1.0, e2=0.0)
    assert survey_area_m2(-90.0, 90.0, 360.0, sphere) == pytest.approx(4.0 * np.pi)

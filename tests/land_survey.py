"""Ellipsoidal areas as China's land surveys compute them: a series of five terms.

国土调查办发〔2008〕32号 gives, for a strip between two parallels over a width of longitude,

    S = 2 b² ΔL [A sin(ΔB/2) cos Bm - B sin(3ΔB/2) cos 3Bm + C sin(5ΔB/2) cos 5Bm
                 - D sin(7ΔB/2) cos 7Bm + E sin(9ΔB/2) cos 9Bm],

with ΔB the difference of the latitudes and Bm their mean. The series is cut off at the eighth power
of the eccentricity and agrees with the exact area to a part in 10¹⁰. The engine takes the exact
area; this is here to show that the two are one figure.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from greencover.ground.geodesy import Ellipsoid

Floats = npt.NDArray[np.float64]


def coefficients(ellipsoid: Ellipsoid) -> tuple[float, float, float, float, float]:
    """Coefficients A to E of the series.

    Examples
    --------
    >>> [f"{c:.6e}" for c in coefficients(cgcs2000())]
    ['1.003364e+00', '1.124189e-03', '1.699459e-06', '2.717858e-09', '4.358419e-12']
    """
    e2 = ellipsoid.e2
    e4, e6, e8 = e2**2, e2**3, e2**4
    return (
        1.0 + 3.0 / 6.0 * e2 + 30.0 / 80.0 * e4 + 35.0 / 112.0 * e6 + 630.0 / 2304.0 * e8,
        1.0 / 6.0 * e2 + 15.0 / 80.0 * e4 + 21.0 / 112.0 * e6 + 420.0 / 2304.0 * e8,
        3.0 / 80.0 * e4 + 7.0 / 112.0 * e6 + 180.0 / 2304.0 * e8,
        1.0 / 112.0 * e6 + 45.0 / 2304.0 * e8,
        5.0 / 2304.0 * e8,
    )


def survey_area_m2(
    south_deg: npt.ArrayLike,
    north_deg: npt.ArrayLike,
    width_deg: npt.ArrayLike,
    ellipsoid: Ellipsoid | None = None,
) -> Floats:
    """Area between two parallels over a width of longitude, by the land survey's series.

    Parameters
    ----------
    south_deg, north_deg, width_deg
        Latitudes and width in degrees.
    ellipsoid
        CGCS2000 by default, as in the third survey; the text of 2008 uses Xian 1980.

    Returns
    -------
    numpy.ndarray
        Square metres.
    """
    ellipsoid = ellipsoid if ellipsoid is not None else cgcs2000()
    south, north = np.radians(south_deg), np.radians(north_deg)
    half, middle = (north - south) / 2.0, (north + south) / 2.0
    total = np.zeros(np.broadcast(half, middle).shape)
    for number, coefficient in enumerate(coefficients(ellipsoid)):
        odd = 2 * number + 1
        sign = -1.0 if number % 2 else 1.0
        total = total + sign * coefficient * np.sin(odd * half) * np.cos(odd * middle)
    b2 = ellipsoid.a**2 * (1.0 - ellipsoid.e2)
    return np.asarray(2.0 * b2 * np.radians(width_deg) * total)


def cgcs2000() -> Ellipsoid:
    """Ellipsoid of the third national land survey."""
    return _of_flattening(6_378_137.0, 298.257222101)


def xian_1980() -> Ellipsoid:
    """Ellipsoid of the second national land survey."""
    return _of_flattening(6_378_140.0, 298.257)


def _of_flattening(a: float, inverse: float) -> Ellipsoid:
    flattening = 1.0 / inverse
    return Ellipsoid(a=a, e2=flattening * (2.0 - flattening))

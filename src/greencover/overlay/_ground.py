"""Ground of polygons given in a plane, without projecting their outlines.

The ground under a unit square of a projection is a smooth function of the place. It is fitted once
by a Chebyshev series over the extent of a layer; the area of a polygon is then the integral of that
series along the outline, edges being straight in the plane.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyproj
from numpy.polynomial import chebyshev

from greencover.ground.geodesy import Ellipsoid, density_m2_per_deg2, transformer
from greencover.ground.threads import in_order
from greencover.overlay._edges import EdgeTable
from greencover.overlay.compiled import FLOAT, INT, compiled, filled, given, inner

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_DEGREES = (8, 12, 18, 26)
_ACCURACY = 1e-12
# A fit over less ground than this would see the rounding of the projected coordinates.
_LEAST_EXTENT_M = 200_000.0
_LEAST_EXTENT_DEG = 2.0
# Gauss nodes that integrate the density to 1e-12 over an edge of such a length, in Earth radii.
_NEAR, _FAR = 0.008, 0.15
_TINY = 1.5e-5
_EARTH_M = 6_371_000.0
# Pieces of a table that are integrated at once.
_PIECES = 2


@dataclass(frozen=True)
class PlaneDensity:
    """Square metres of ground per squared unit of a plane, as a Chebyshev series."""

    coefficients: Floats
    middle: tuple[float, float]
    half: tuple[float, float]
    radius: float

    @classmethod
    def fit(
        cls,
        crs: pyproj.CRS,
        geographic: pyproj.CRS,
        bounds: tuple[float, float, float, float],
    ) -> PlaneDensity | None:
        """Fit the density over bounds; None where the projection is not smooth enough there."""
        unit = np.radians(1.0) if crs.is_geographic else crs.axis_info[0].unit_conversion_factor
        radius = 1.0 / unit if crs.is_geographic else _EARTH_M / unit
        least = _LEAST_EXTENT_DEG if crs.is_geographic else _LEAST_EXTENT_M / unit
        west, south, east, north = bounds
        middle = ((west + east) / 2.0, (south + north) / 2.0)
        half = (max(east - west, least) * 0.51, max(north - south, least) * 0.51)
        into = transformer(crs, geographic)
        ellipsoid = Ellipsoid.of(geographic)
        for degree in _DEGREES:
            found = _fit(into, ellipsoid, middle, half, degree)
            if found is not None:
                return cls(found, middle, half, radius)
        return None

    def at(self, x: Floats, y: Floats) -> Floats:
        """Square metres of ground per squared unit of the plane at places."""
        u, v = (x - self.middle[0]) / self.half[0], (y - self.middle[1]) / self.half[1]
        return np.asarray(chebyshev.chebval2d(u, v, self.coefficients))

    def ground_m2(self, edges: EdgeTable, threads: int | None = None) -> Floats:
        """Ground of each zone of a table in the plane."""
        left = edges.boxes()[0]
        rules = [part for nodes in (2, 6, 20) for part in np.polynomial.legendre.leggauss(nodes)]
        # Always as many pieces: what is added to what must not depend on the machine.
        cuts = np.arange(_PIECES + 1) * len(edges) // _PIECES
        pieces = [slice(first, last) for first, last in pairwise(cuts)]

        def integrate(piece: slice) -> Floats:
            sums = np.zeros(edges.zone_count)
            columns = [column[piece] for column in edges.columns]
            fit = (self.coefficients, *self.middle, *self.half, self.radius)
            _integrate(*columns, left, *fit, *rules, sums)
            return sums

        return np.asarray(sum(in_order(integrate, pieces, threads)))


def _fit(
    into: pyproj.Transformer,
    ellipsoid: Ellipsoid,
    middle: tuple[float, float],
    half: tuple[float, float],
    degree: int,
) -> Floats | None:
    """Coefficients of the density, or None if the series has not converged at this degree."""
    nodes = np.cos(np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))
    u, v = np.meshgrid(nodes, nodes, indexing="ij")
    lon, lat = into.transform(middle[0] + half[0] * u, middle[1] + half[1] * v)
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()) or np.ptp(lon) > 180.0:
        return None
    vandermonde = chebyshev.chebvander(nodes, degree)
    inverse = np.linalg.inv(vandermonde)
    of_lon = inverse @ (lon - lon.mean()) @ inverse.T
    of_lat = inverse @ (lat - lat.mean()) @ inverse.T

    def slopes(series: Floats) -> tuple[Floats, Floats]:
        along_u = chebyshev.chebval2d(u, v, chebyshev.chebder(series, axis=0)) / half[0]
        along_v = chebyshev.chebval2d(u, v, chebyshev.chebder(series, axis=1)) / half[1]
        return along_u, along_v

    lon_x, lon_y = slopes(of_lon)
    lat_x, lat_y = slopes(of_lat)
    density = np.abs(lon_x * lat_y - lon_y * lat_x) * density_m2_per_deg2(lat, ellipsoid)
    series = inverse @ density @ inverse.T
    size = np.abs(series)
    tail = max(size[-2:].max(), size[:, -2:].max())
    if not tail <= _ACCURACY * size[0, 0]:
        return None
    kept = size > 1e-13 * size[0, 0]
    last = max(int(np.flatnonzero(kept.any(axis=axis)).max()) for axis in (0, 1))
    return np.ascontiguousarray(series[: last + 1, : last + 1])


@inner
def _value(c: Floats, u: float, v: float) -> float:
    """Two-dimensional Chebyshev series by Clenshaw's recurrence."""
    n, m = c.shape
    b1, b2 = 0.0, 0.0
    for i in range(n - 1, -1, -1):
        d1, d2 = 0.0, 0.0
        for j in range(m - 1, 0, -1):
            d1, d2 = c[i, j] + 2.0 * v * d1 - d2, d1
        row = c[i, 0] + v * d1 - d2
        if i > 0:
            b1, b2 = row + 2.0 * u * b1 - b2, b1
        else:
            return float(row + u * b1 - b2)
    return 0.0


@compiled(
    *(given(FLOAT),) * 4,
    *(given(INT), given(FLOAT), given(FLOAT, 2), FLOAT, FLOAT, FLOAT, FLOAT, FLOAT),
    *(given(FLOAT),) * 6,
    filled(FLOAT),
)
def _integrate(
    x0: Floats,
    y0: Floats,
    x1: Floats,
    y1: Floats,
    zone: Ints,
    left: Floats,
    c: Floats,
    middle_x: float,
    middle_y: float,
    half_x: float,
    half_y: float,
    radius: float,
    nodes2: Floats,
    weights2: Floats,
    nodes6: Floats,
    weights6: Floats,
    nodes20: Floats,
    weights20: Floats,
    sums: Floats,
) -> None:
    """Add up, by zone, the integral of density from the zone's left side to each edge."""
    for e in range(len(x0)):
        if y0[e] == y1[e]:
            continue
        x_left = left[zone[e]]
        dx, dy = x1[e] - x0[e], y1[e] - y0[e]
        reach = max(max(x0[e], x1[e]) - x_left, abs(dy)) / radius
        if reach <= _NEAR:
            nodes, weights = nodes2, weights2
        elif reach <= _FAR:
            nodes, weights = nodes6, weights6
        else:
            nodes, weights = nodes20, weights20
        total = 0.0
        for i in range(len(nodes)):
            share = (1.0 + nodes[i]) * 0.5
            width = x0[e] + share * dx - x_left
            v = (y0[e] + share * dy - middle_y) / half_y
            across = 0.0
            if reach <= _TINY:
                across = 2.0 * _value(c, (x_left + 0.5 * width - middle_x) / half_x, v)
            else:
                for j in range(len(nodes)):
                    x = x_left + 0.5 * (1.0 + nodes[j]) * width
                    across += weights[j] * _value(c, (x - middle_x) / half_x, v)
            total += weights[i] * across * width
        sums[zone[e]] += 0.25 * total * dy

"""Where the county lies: the pixel grid, a local metric plane and ellipsoidal areas."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PIXELS_PER_DEGREE = 12000
WEST, NORTH = 114.772, 27.696
COLUMNS, ROWS = 3072, 2304

# Metres per degree at 27.6° N on CGCS2000. The plane only lays things out: every published
# length and area is taken on the ellipsoid.
METRES_PER_LON, METRES_PER_LAT = 98722.684, 110813.031
PIXEL_X_M = METRES_PER_LON / PIXELS_PER_DEGREE
PIXEL_Y_M = METRES_PER_LAT / PIXELS_PER_DEGREE
SOUTH = NORTH - ROWS / PIXELS_PER_DEGREE

# Coordinates are published to 1e-8 degree (a millimetre) so that the last bits of a cosine,
# which differ between processors, never reach the files.
DECIMALS = 8

SEMI_MAJOR_M = 6378137.0
FLATTENING = 1 / 298.257223563
E2 = FLATTENING * (2 - FLATTENING)
E = float(np.sqrt(E2))
B2 = SEMI_MAJOR_M**2 * (1 - E2)


def to_lonlat(xy: Array) -> Array:
    """Turn plane metres (origin at the south-west corner of the grid) into degrees."""
    lonlat = np.column_stack([WEST + xy[:, 0] / METRES_PER_LON, SOUTH + xy[:, 1] / METRES_PER_LAT])
    return np.round(lonlat, DECIMALS)


def to_xy(lonlat: Array) -> Array:
    """Turn degrees into plane metres."""
    return np.column_stack(
        [(lonlat[:, 0] - WEST) * METRES_PER_LON, (lonlat[:, 1] - SOUTH) * METRES_PER_LAT]
    )


def pixel_corners(columns: Array, rows: Array) -> Array:
    """Give the degrees of pixel corners, computed as the raster's own transform does."""
    return np.column_stack([WEST + columns / PIXELS_PER_DEGREE, NORTH - rows / PIXELS_PER_DEGREE])


def pixel_centres_m() -> tuple[Array, Array]:
    """Give the plane coordinates of the column centres and of the row centres."""
    x = (np.arange(COLUMNS, dtype=np.float64) + 0.5) * PIXEL_X_M
    y = (ROWS - np.arange(ROWS, dtype=np.float64) - 0.5) * PIXEL_Y_M
    return x, y


def authalic_q(lat_deg: Array) -> Array:
    """q(φ): the ellipsoid's area between the equator and φ is b²/2 · q · longitude width."""
    s = np.sin(np.radians(lat_deg))
    return s / (1 - E2 * s * s) + np.arctanh(E * s) / E


def row_pixel_ha() -> Array:
    """Exact ellipsoidal area (WGS 84, ha) of one pixel of each raster row."""
    edges = NORTH - np.arange(ROWS + 1) / PIXELS_PER_DEGREE
    q = authalic_q(edges)
    return B2 / 2 * np.radians(1 / PIXELS_PER_DEGREE) * (q[:-1] - q[1:]) / 1e4


def ring_ha(lonlat: Array) -> float:
    """Exact ellipsoidal area of a ring whose edges are straight in longitude and latitude.

    Each edge is integrated by Gauss-Legendre quadrature, so no edge is densified.
    """
    start, end = lonlat[:-1], lonlat[1:]
    nodes, weights = np.polynomial.legendre.leggauss(5)
    t = (nodes + 1) / 2
    lats = start[:, 1:] + (end - start)[:, 1:] * t
    q = authalic_q(lats) - authalic_q(np.array(SOUTH))
    widths = np.radians(end[:, 0] - start[:, 0])
    return abs(float(np.sum((q @ (weights / 2)) * widths))) * B2 / 2 / 1e4

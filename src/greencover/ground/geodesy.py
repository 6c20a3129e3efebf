"""Areas and lengths on the ellipsoid.

Areas use the authalic function, whose differences are areas of latitude bands:

    dA = a² (1 - e²) cos φ / (1 - e² sin² φ)² dφ dλ

(Snyder, Map Projections: A Working Manual, 1987, equations 3-11 and 3-12). Nothing here knows of
rasters or of greening.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from threading import get_ident

import numpy as np
import numpy.typing as npt
import pyproj

from greencover.ground.errors import CrsError
from greencover.ground.notes import Note

Floats = npt.NDArray[np.float64]
HECTARE_M2 = 10_000.0
MU_PER_HECTARE = 15.0

# Four-point Gauss-Legendre: exact to degree seven, so an edge of a quarter degree is integrated
# to rounding error.
_GAUSS = np.polynomial.legendre.leggauss(4)
_LONGEST_PANEL_DEG = 0.25
# Two points are exact to degree three, which is rounding error on edges as short as this.
_SHORT_GAUSS = np.polynomial.legendre.leggauss(2)
_SHORT_EDGE_DEG = 0.02
# Every ellipsoid and sphere of the Earth lies within this; other bodies do not.
_EARTH_RADIUS_M, _EARTH_RADIUS_SPREAD_M = 6_371_000.0, 15_000.0


@dataclass(frozen=True)
class Ellipsoid:
    """Semi-major axis in metres and squared eccentricity."""

    a: float
    e2: float

    @classmethod
    def of(cls, crs: pyproj.CRS) -> Ellipsoid:
        """Return the ellipsoid that a coordinate reference system stands on.

        Data on a sphere, such as MODIS in its sinusoidal grid, carry the latitudes of WGS 84 as
        they are; their ground is that of its ellipsoid, from which a sphere is up to 0.7 % off.
        """
        found = crs.ellipsoid
        if found is None:
            raise CrsError("ground.system_without_ellipsoid", crs=crs.name)
        if is_spherical(crs):
            found = pyproj.CRS.from_epsg(4326).ellipsoid
            assert found is not None
        a = found.semi_major_metre
        flattening = 1.0 / found.inverse_flattening if found.inverse_flattening else 0.0
        return cls(a=a, e2=flattening * (2.0 - flattening))


def band_area_m2(
    south_deg: npt.ArrayLike, north_deg: npt.ArrayLike, width_deg: float, ellipsoid: Ellipsoid
) -> Floats:
    """Area of the ellipsoid between two parallels over a width of longitude.

    Parameters
    ----------
    south_deg, north_deg
        Latitudes in degrees; a south above its north gives a negative area.
    width_deg
        Width in longitude, degrees.
    ellipsoid
        The ellipsoid.

    Returns
    -------
    numpy.ndarray
        Square metres, exact in closed form. The difference of the authalic function is taken
        analytically, so that a cell of one metre keeps fourteen digits.
    """
    south, north = np.radians(south_deg), np.radians(north_deg)
    a, e2 = ellipsoid.a, ellipsoid.e2
    sin_south, sin_north = np.sin(south), np.sin(north)
    d_sin = 2.0 * np.cos((south + north) / 2.0) * np.sin((north - south) / 2.0)
    product = sin_south * sin_north
    rational = (
        d_sin * (1.0 + e2 * product) / ((1.0 - e2 * sin_south**2) * (1.0 - e2 * sin_north**2))
    )
    if e2 > 0.0:
        e = np.sqrt(e2)
        logarithmic = np.arctanh(e * d_sin / (1.0 - e2 * product)) / e
    else:
        logarithmic = d_sin
    return np.asarray(0.5 * a**2 * (1.0 - e2) * (rational + logarithmic) * np.radians(width_deg))


def density_m2_per_deg2(lat_deg: Floats, ellipsoid: Ellipsoid) -> Floats:
    """Square metres of ground per square degree at each latitude."""
    cosine = np.cos(np.radians(lat_deg))
    a, e2 = ellipsoid.a, ellipsoid.e2
    per_radian2 = a**2 * (1.0 - e2) * cosine / (1.0 - e2 * (1.0 - cosine * cosine)) ** 2
    return np.asarray(per_radian2 * np.radians(1.0) ** 2)


def enclosed_area_m2(
    lon0: Floats,
    lat0: Floats,
    lon1: Floats,
    lat1: Floats,
    zone: npt.NDArray[np.int64],
    zone_count: int,
    ellipsoid: Ellipsoid,
) -> Floats:
    """Ellipsoidal area enclosed by the directed edges of each zone.

    Edges are straight in longitude and latitude (densify before, where another line is meant).
    The area of a zone is the integral of (λ - λ₀) over the authalic measure of its edges, λ₀ being
    a longitude of the zone itself, so that small zones far from Greenwich lose no digits.

    Returns
    -------
    numpy.ndarray
        Square metres per zone, positive where the outline runs counter-clockwise.
    """
    reference = np.zeros(zone_count)
    reference[zone] = lon0
    height = np.abs(lat1 - lat0)
    longest = height.max(initial=0.0)
    nodes, weights = _SHORT_GAUSS if longest <= _SHORT_EDGE_DEG else _GAUSS
    if longest > _LONGEST_PANEL_DEG:
        panels = np.maximum(np.ceil(height / _LONGEST_PANEL_DEG), 1.0).astype(np.int64)
        lon0, lat0, lon1, lat1, zone = _split_edges(lon0, lat0, lon1, lat1, zone, panels)
    half_dlat = (lat1 - lat0) / 2.0
    total = np.zeros(lon0.shape)
    for node, weight in zip(nodes, weights, strict=True):
        share = (1.0 + node) / 2.0
        lat = lat0 + share * (lat1 - lat0)
        lon = (lon0 - reference[zone]) + share * (lon1 - lon0)
        total += weight * lon * density_m2_per_deg2(lat, ellipsoid)
    return np.asarray(
        np.bincount(zone, weights=total * half_dlat, minlength=zone_count), dtype=np.float64
    )


def _split_edges(
    x0: Floats,
    y0: Floats,
    x1: Floats,
    y1: Floats,
    zone: npt.NDArray[np.int64],
    pieces: npt.NDArray[np.int64],
) -> tuple[Floats, Floats, Floats, Floats, npt.NDArray[np.int64]]:
    """Cut each edge into equal pieces."""
    owner = np.repeat(np.arange(len(pieces)), pieces)
    first = np.cumsum(pieces) - pieces
    step = np.arange(len(owner)) - first[owner]
    start, end = step / pieces[owner], (step + 1) / pieces[owner]
    dx, dy = (x1 - x0)[owner], (y1 - y0)[owner]
    return (
        x0[owner] + start * dx,
        y0[owner] + start * dy,
        x0[owner] + end * dx,
        y0[owner] + end * dy,
        zone[owner],
    )


def metres_per_degree(lat_deg: Floats, ellipsoid: Ellipsoid) -> tuple[Floats, Floats]:
    """Metres along the parallel and along the meridian for one degree, at each latitude."""
    lat = np.radians(lat_deg)
    w2 = 1.0 - ellipsoid.e2 * np.sin(lat) ** 2
    east = ellipsoid.a * np.cos(lat) / np.sqrt(w2)
    north = ellipsoid.a * (1.0 - ellipsoid.e2) / w2**1.5
    degree = np.radians(1.0)
    return np.asarray(east * degree), np.asarray(north * degree)


def transformer(source: pyproj.CRS, target: pyproj.CRS) -> pyproj.Transformer:
    """Transformer from one system to another, x before y; made once for each thread."""
    return _transformer(source, target, get_ident())


@lru_cache(maxsize=128)
def _transformer(
    source: pyproj.CRS,
    target: pyproj.CRS,
    thread: int,  # noqa: ARG001
) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def geographic_of(crs: pyproj.CRS) -> pyproj.CRS:
    """Return the longitude/latitude system in degrees on the datum of another system."""
    geographic = crs if crs.is_geographic else crs.geodetic_crs
    if geographic is None or not geographic.is_geographic:
        raise CrsError("ground.system_off_the_ground", crs=crs.name)
    if is_spherical(geographic):
        return pyproj.CRS.from_epsg(4326)
    return geographic if degrees_per_unit(geographic) == 1.0 else _in_degrees(geographic)


def is_spherical(crs: pyproj.CRS) -> bool:
    """Whether a system stands on a sphere of the Earth's size."""
    found = crs.ellipsoid
    return found is not None and not found.inverse_flattening and is_on_earth(crs)


def is_on_earth(crs: pyproj.CRS) -> bool:
    """Whether a system gives places on the ground of the Earth, rather than in space or a plan.

    Examples
    --------
    >>> [is_on_earth(pyproj.CRS(code)) for code in ("EPSG:4547", "EPSG:4978", "IAU_2015:30100")]
    [True, False, False]
    """
    if not (crs.is_geographic or crs.is_projected) or crs.ellipsoid is None:
        return False
    return abs(crs.ellipsoid.semi_major_metre - _EARTH_RADIUS_M) < _EARTH_RADIUS_SPREAD_M


def degrees_per_unit(crs: pyproj.CRS) -> float:
    """Degrees in the unit of a longitude/latitude system: 0.9 for grads (EPSG:4807).

    Examples
    --------
    >>> degrees_per_unit(pyproj.CRS(4326)), degrees_per_unit(pyproj.CRS(4807))
    (1.0, 0.9)
    """
    degrees = np.degrees(crs.axis_info[0].unit_conversion_factor)
    return float(round(degrees, 12))


@lru_cache(maxsize=64)
def _in_degrees(crs: pyproj.CRS) -> pyproj.CRS:
    """The same longitude/latitude system, its axes in degrees."""
    told = crs.to_json_dict()
    told.pop("id", None)
    told["name"] = f"{told['name']} (degrees)"
    for axis in told["coordinate_system"]["axis"]:
        axis["unit"] = "degree"
    return pyproj.CRS.from_json_dict(told)


def unit_in_metres(crs: pyproj.CRS) -> float:
    """Length in metres of the linear unit of a projected system."""
    return float(crs.axis_info[0].unit_conversion_factor)


def require_crs(crs: object, what: str | None = None) -> pyproj.CRS:
    """Return ``crs`` as pyproj CRS, or raise a sentence that names ``what`` lacks one.

    Examples
    --------
    >>> require_crs("EPSG:4490", "unit layer").name
    'China Geodetic Coordinate System 2000'
    """
    if crs is None:
        what = Note("layers.called.any") if what is None else what
        raise CrsError("ground.no_system", what=what[4:] if what.startswith("The ") else what)
    found = pyproj.CRS.from_user_input(crs)
    if not is_on_earth(found):
        raise CrsError("ground.system_off_the_ground", crs=found.name)
    return found

"""Coordinates as they arrive in China: shifted web maps and Gauss-Kruger zones without a name.

Web maps in China show positions in GCJ-02, which lies 20 to 700 m off WGS 84 by a published
formula, and Baidu's in BD-09, which moves GCJ-02 on by about a kilometre. The usual inverses take
one step, and err by up to 5 m (GCJ-02) and 11 m (BD-09); those here iterate until coordinates stand
still, with a residual below one micrometre over China.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from greencover.ground.notes import Note

Floats = npt.NDArray[np.float64]
Pair = tuple[Floats, Floats]
Box = tuple[float, float, float, float]

# Krasovsky's ellipsoid, on which the shift of GCJ-02 is defined.
_AXIS_M = 6_378_245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BD_ANGLE = np.pi * 3000.0 / 180.0
_BD_LON, _BD_LAT = 0.0065, 0.006
# A tenth of a micrometre on the ground.
_STILL_DEG = 1e-12
_MOST_STEPS = 30
# The number of a zone stands before the easting as so many million metres; the middle of a zone is
# at 500 km, and none is wider than 800 km.
_ZONE_M, _MIDDLE_M, _HALF_ZONE_M = 1_000_000.0, 500_000.0, 400_000.0
# Systems with a number start at zone 2 (Germany); eastings of five million metres and more are
# beyond what any zone without a number reaches.
_FEWEST_NUMBER, _LEAST_NUMBER, _LARGEST_NUMBER = 2, 5, 60


def wgs84_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift longitudes and latitudes from WGS 84 to GCJ-02.

    Examples
    --------
    >>> lon, lat = wgs84_to_gcj02(116.377817, 39.911954)
    >>> round(float(lon), 6), round(float(lat), 6)
    (116.384047, 39.913345)
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    x, y = lon - 105.0, lat - 35.0
    wave = 20.0 * (np.sin(6.0 * np.pi * x) + np.sin(2.0 * np.pi * x))
    north = (
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
        + 2.0 / 3.0 * (wave + _waves(y, (20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0)))
    )  # fmt: skip
    east = (
        300.0 + x + 2.0 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
        + 2.0 / 3.0 * (wave + _waves(x, (20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0)))
    )  # fmt: skip
    phi = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY2 * np.sin(phi) ** 2
    meridian = _AXIS_M * (1.0 - _ECCENTRICITY2) / magic**1.5
    parallel = _AXIS_M / np.sqrt(magic) * np.cos(phi)
    return lon + np.degrees(east / parallel), lat + np.degrees(north / meridian)


def gcj02_to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift longitudes and latitudes from GCJ-02 back to WGS 84, to below one micrometre."""
    return _inverse(wgs84_to_gcj02, lon, lat)


def gcj02_to_bd09(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift longitudes and latitudes from GCJ-02 to BD-09."""
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_ANGLE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_ANGLE)
    return radius * np.cos(angle) + _BD_LON, radius * np.sin(angle) + _BD_LAT


def bd09_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift longitudes and latitudes from BD-09 to GCJ-02, to below one micrometre."""
    return _inverse(gcj02_to_bd09, lon, lat)


def bd09_to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift longitudes and latitudes from BD-09 to WGS 84."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def wgs84_to_bd09(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift longitudes and latitudes from WGS 84 to BD-09."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


#: Shifted systems by the name that a campaign file declares, and the way from them to WGS 84.
TO_WGS84: dict[str, Callable[[npt.ArrayLike, npt.ArrayLike], Pair]] = {
    "GCJ-02": gcj02_to_wgs84,
    "BD-09": bd09_to_wgs84,
}


def shifted_system(name: str) -> str | None:
    """Return "GCJ-02" or "BD-09" for any spelling of them, None for all else.

    Examples
    --------
    >>> shifted_system("gcj02"), shifted_system("BD 09"), shifted_system("EPSG:4326")
    ('GCJ-02', 'BD-09', None)
    """
    plain = name.upper().replace("-", "").replace(" ", "").replace("_", "")
    return {"GCJ02": "GCJ-02", "BD09": "BD-09", "BD09LL": "BD-09"}.get(plain)


def inside_china(lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Whether places lie in China by a coarse outline; a box would hold half its neighbours.

    Good to some twenty kilometres, and meant for remarks alone: no shift depends on it.

    Examples
    --------
    >>> inside_china([116.4, 89.6], [39.9, 27.5]).tolist()  # Beijing, Thimphu
    [True, False]
    """
    import shapely

    return np.asarray(
        shapely.contains_xy(_outline(), *(np.asarray(at, dtype=np.float64) for at in (lon, lat)))
    )


@dataclass(frozen=True)
class Proposal:
    """A coordinate system that coordinates may be in; for a person to confirm.

    Attributes
    ----------
    crs
        What to write, such as ``"EPSG:4547"``; empty where the central meridian is unknown.
    meaning
        What it is, for people.
    swapped
        Whether the file has the northing, or the latitude, first.
    """

    crs: str
    meaning: Note
    swapped: bool = False


def propose_crs(box: Box, *, near: tuple[float, float] | None = None) -> tuple[Proposal, ...]:
    """Recognise coordinate systems used in China from coordinates alone.

    Parameters
    ----------
    box
        West, south, east, north of the coordinates.
    near
        Longitude and latitude of a place that the layer should meet. A zone without its number in
        the easting has no central meridian to be told by; this place tells it.

    Returns
    -------
    tuple of Proposal
        Most likely first; empty where nothing fits.

    Examples
    --------
    >>> [one.crs for one in propose_crs((38_500_000, 3_300_000, 38_540_000, 3_340_000))]
    ['EPSG:4526', 'EPSG:2362', 'EPSG:2414']
    """
    upright = _recognised(box, near, swapped=False)
    if upright:
        return upright
    x0, y0, x1, y1 = box
    return _recognised((y0, x0, y1, x1), near, swapped=True)


def looks_swapped(box: Box) -> bool:
    """Whether a box of degrees has latitude first: no place in China as it is, but turned round."""
    x0, y0, x1, y1 = box
    return _in_degrees((y0, x0, y1, x1)) and not _in_degrees(box)


def zone_number_clash(crs: Any, x: npt.ArrayLike) -> tuple[npt.NDArray[np.bool_], Note | None]:
    """Tell eastings that carry the number of a zone which their system lacks, or the reverse.

    Parameters
    ----------
    crs
        A pyproj system.
    x
        Eastings.

    Returns
    -------
    clash, remedy
        Which eastings do not go with the false easting of the system, and what to assign.

    Examples
    --------
    >>> import pyproj
    >>> clash, remedy = zone_number_clash(pyproj.CRS("EPSG:4549"), [40_500_000.0, 500_000.0])
    >>> clash.tolist(), str(remedy)
    ([True, False], 'assign CGCS2000 3-degree zone 40 (EPSG:4528)')
    """
    x = np.asarray(x, dtype=float)
    none = np.zeros(x.shape, dtype=bool)
    false_easting = _false_easting(crs)
    if false_easting is None:
        return none, None
    number = int(false_easting // _ZONE_M)
    with np.errstate(invalid="ignore"):
        of_zone = np.floor(x / _ZONE_M)
        plain = np.abs(x - of_zone * _ZONE_M - _MIDDLE_M) < _HALF_ZONE_M
    if number < _FEWEST_NUMBER and false_easting % _ZONE_M == _MIDDLE_M:
        clash = plain & (of_zone >= _LEAST_NUMBER) & (of_zone <= _LARGEST_NUMBER)
        if clash.any():
            wanted = int(of_zone[clash].flat[0])
            own = _same_datum(crs, f"zones_{6 if wanted <= 23 else 3}", wanted)
            if own is not None:
                return clash, Note("ground.assign", **own)
            return clash, Note("ground.assign_number", zone=wanted, easting=wanted * 1e6 + 5e5)
    elif number >= _FEWEST_NUMBER and false_easting % _ZONE_M == _MIDDLE_M:
        clash = plain & (of_zone == 0)
        if clash.any():
            meridian = round(_parameter(crs, "Longitude of natural origin") or 0.0)
            own = _same_datum(crs, "meridians", meridian)
            if own is not None:
                return clash, Note("ground.assign", **own)
            return clash, Note("ground.assign_without_number", meridian=meridian)
    return none, None


def _parameter(crs: Any, name: str) -> float | None:
    if crs.coordinate_operation is None:
        return None
    found = (one for one in crs.coordinate_operation.params if one.name == name)
    return next((float(one.value) for one in found), None)


def _false_easting(crs: Any) -> float | None:
    """False easting of a transverse Mercator system in metres; None for any other."""
    if not crs.is_projected or crs.coordinate_operation is None:
        return None
    metres = all(axis.unit_conversion_factor == 1.0 for axis in crs.axis_info[:2])
    if not metres or not crs.coordinate_operation.method_name.startswith("Transverse Mercator"):
        return None
    return _parameter(crs, "False easting")


def _same_datum(crs: Any, series: str, number: int) -> dict[str, Any] | None:
    """The system of a zone, by number or by meridian, on the datum of a system."""
    datum = next(
        (
            one
            for one in _facts()["datum"]
            if crs.geodetic_crs is not None
            and crs.geodetic_crs.to_epsg(min_confidence=70) == one["geographic"]
        ),
        None,
    )
    if datum is None:
        return None
    if series == "meridians":
        if number % 3 or not 75 <= number <= 135:
            return None
        found = _by_meridian(datum, number, swapped=False)
    else:
        if not (13 <= number <= 23 or 25 <= number <= 45):
            return None
        found = _by_zone(datum, number, 6 if series.endswith("6") else 3, swapped=False)
    return {"meaning": found.meaning, "crs": found.crs}


def _waves(angle: Floats, *terms: tuple[float, float]) -> Floats:
    total = np.zeros_like(angle)
    for height, length in terms:
        total = total + height * np.sin(np.pi * angle / length)
    return total


def _inverse(
    forward: Callable[[npt.ArrayLike, npt.ArrayLike], Pair], lon: npt.ArrayLike, lat: npt.ArrayLike
) -> Pair:
    """Take the shift at the place last found until it stands still."""
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    x, y = lon.copy(), lat.copy()
    for _ in range(_MOST_STEPS):
        there_x, there_y = forward(x, y)
        dx, dy = lon - there_x, lat - there_y
        x, y = x + dx, y + dy
        if max(_largest(dx), _largest(dy)) < _STILL_DEG:
            break
    return x, y


def _largest(values: Floats) -> float:
    return float(np.max(np.abs(values))) if values.size else 0.0


@cache
def _facts() -> dict[str, Any]:
    return tomllib.loads(
        files("greencover.ground").joinpath("china.toml").read_text(encoding="utf-8")
    )


@cache
def _outline() -> Any:
    import shapely

    outline = shapely.Polygon(_facts()["outline"])
    shapely.prepare(outline)
    return outline


def _in_degrees(box: Box) -> bool:
    x0, y0, x1, y1 = box
    return 72.0 <= x0 <= x1 <= 137.0 and 3.0 <= y0 <= y1 <= 55.0


def _recognised(
    box: Box, near: tuple[float, float] | None, *, swapped: bool
) -> tuple[Proposal, ...]:
    x0, y0, x1, y1 = box
    if _in_degrees(box):
        return (
            Proposal("EPSG:4490", Note("ground.degrees_in", datum="CGCS2000"), swapped),
            Proposal("EPSG:4326", Note("ground.degrees_in", datum="WGS 84"), swapped),
            Proposal("GCJ-02", Note("ground.degrees_of_a_web_map"), swapped),
        )
    # Northings of Gauss-Kruger zones between Hainan and the Amur.
    if not 1_900_000.0 <= y0 <= y1 <= 6_000_000.0:
        return ()
    zone = int(x0 // 1_000_000)
    if zone == int(x1 // 1_000_000) and (13 <= zone <= 23 or 25 <= zone <= 45):
        if not 150_000.0 <= x0 % 1_000_000 <= x1 % 1_000_000 <= 850_000.0:
            return ()
        width = 6 if zone <= 23 else 3
        return tuple(_by_zone(datum, zone, width, swapped) for datum in _facts()["datum"])
    if 150_000.0 <= x0 <= x1 <= 850_000.0 and near is not None:
        meridian = _meridian(((x0 + x1) / 2.0, (y0 + y1) / 2.0), near)
        if meridian is not None:
            return tuple(_by_meridian(datum, meridian, swapped) for datum in _facts()["datum"])
    elif 150_000.0 <= x0 <= x1 <= 850_000.0:
        return (Proposal("", Note("ground.zone_without_number"), swapped),)
    return ()


def _by_zone(datum: dict[str, Any], zone: int, width: int, swapped: bool) -> Proposal:
    series = datum[f"zones_{width}"]
    epsg = series["epsg"] + zone - series["first_zone"]
    meaning = Note("ground.zone", datum=datum["name"], width=width, zone=zone)
    return Proposal(f"EPSG:{epsg}", meaning, swapped)


def _by_meridian(datum: dict[str, Any], meridian: int, swapped: bool) -> Proposal:
    series = datum["meridians"]
    epsg = series["epsg"] + (meridian - series["first_meridian"]) // 3
    meaning = Note("ground.zone_by_meridian", datum=datum["name"], meridian=meridian)
    return Proposal(f"EPSG:{epsg}", meaning, swapped)


def _meridian(centre: tuple[float, float], near: tuple[float, float]) -> int | None:
    """Return the central meridian, a multiple of 3, that puts the centre nearest to a place."""
    import pyproj

    best: tuple[float, int] | None = None
    for meridian in range(75, 136, 3):
        candidate = _by_meridian(_facts()["datum"][0], meridian, False)
        transformer = pyproj.Transformer.from_crs(candidate.crs, "EPSG:4490", always_xy=True)
        lon, lat = transformer.transform(*centre)
        off = float(np.hypot((lon - near[0]) * np.cos(np.radians(near[1])), lat - near[1]))
        if np.isfinite(off) and (best is None or off < best[0]):
            best = (off, meridian)
    # Half the distance between meridians: beyond it, the layer is of another county.
    return best[1] if best is not None and best[0] < 1.5 else None

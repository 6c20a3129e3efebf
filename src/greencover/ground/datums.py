"""From one datum to another: which operation moves coordinates, and how right it is.

Between two datums for which no operation is known in a place, coordinates are taken over as they
are. Such a *ballpark* shift of Xi'an 1980 or Beijing 54 to WGS 84 is off by a hundred metres and
more, so nobody may be left to find out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import pyproj
from pyproj.enums import TransformDirection
from pyproj.exceptions import ProjError

from greencover.ground.geodesy import is_spherical, require_crs, transformer
from greencover.ground.notes import Note, tell_once

#: What an unknown shift is taken for, an assumption: the operations of EPSG from Beijing 1954 to
#: WGS 84 move places by up to 150 m, those from CH1903+ by 160 m.
BALLPARK_M = 200.0

Frame = TypeVar("Frame", bound=Any)

# Frames of satellites, held to the centre of the Earth: coordinates of one are those of another
# within a metre or two, the drift of plates since their epochs, which no land cover shows.
_CENTRED = re.compile(
    r"WORLD GEODETIC SYSTEM 1984|WGS ?(19)?84|CHINA (GEODETIC COORDINATE SYSTEM )?2000|CGCS ?2000"
    r"|INTERNATIONAL TERRESTRIAL REFERENCE FRAME|ITRF"
    r"|EUROPEAN TERRESTRIAL REFERENCE SYSTEM 1989|ETRS ?(19)?89"
)


def moved_to(frame: Frame, crs: pyproj.CRS | None) -> Frame:
    """Bring a frame or series of geopandas into a system, and tell how, if the datum is another."""
    crs = require_crs(crs)
    if frame.crs is not None and len(frame):
        west, south, east, north = frame.total_bounds
        tell_shift(frame.crs, crs, ((west + east) / 2.0, (south + north) / 2.0))
    moved: Frame = frame.to_crs(crs)
    return moved


def tell_shift(
    source: pyproj.CRS, target: pyproj.CRS, place: tuple[float, float], *, inverse: bool = False
) -> None:
    """Tell, once in a run, by which operation coordinates go to another datum."""
    note = shift_between(source, target, place, inverse=inverse)
    if note is not None:
        tell_once(note, stacklevel=3)


def shift_between(
    source: pyproj.CRS, target: pyproj.CRS, place: tuple[float, float], *, inverse: bool = False
) -> Note | None:
    """Say by which operation coordinates go to another datum, and how right it is.

    Parameters
    ----------
    source, target
        The two systems.
    place
        Coordinates in ``source`` of where it matters; operations hold for parts of the Earth.
    inverse
        Whether ``place`` is in ``target``.

    Returns
    -------
    Note or None
        None where both systems stand on one datum, or on frames that agree within metres.

    Examples
    --------
    >>> xian, wgs84 = pyproj.CRS(4610), pyproj.CRS(4326)
    >>> shift_between(xian, wgs84, (110.0, 30.0)).code
    'ground.ballpark_shift'
    >>> shift_between(pyproj.CRS(4490), wgs84, (110.0, 30.0))
    """
    if is_spherical(source) or is_spherical(target) or not np.isfinite(place).all():
        return None
    if same_datum(source, target):
        return None
    way = transformer(source, target)
    x, y = way.transform(*place, direction=TransformDirection.INVERSE) if inverse else place
    if not np.isfinite([x, y, *way.transform(x, y)]).all():
        return None
    used = _operation_of(way)
    steps = [step for step in used.operations or () if _changes_datum(step)]
    if not steps:
        return None
    told = {
        "source": source.name,
        "target": target.name,
        "operation": " + ".join(step.name for step in steps),
    }
    if any(step.has_ballpark_transformation for step in steps):
        return Note("ground.ballpark_shift", **told)
    return Note("ground.datum_shift", accuracy=used.accuracy, **told)


def position_error_m(
    source: pyproj.CRS, target: pyproj.CRS, place: tuple[float, float], *, inverse: bool = False
) -> float:
    """How far off coordinates may be that went to another datum; see ``shift_between``.

    Where no operation is known, ``BALLPARK_M``; 0 on one datum.

    Examples
    --------
    >>> xian, swiss, wgs84 = pyproj.CRS(4610), pyproj.CRS(4150), pyproj.CRS(4326)
    >>> position_error_m(xian, wgs84, (110.0, 30.0)), position_error_m(swiss, wgs84, (7.4, 46.9))
    (200.0, 1.0)
    """
    note = shift_between(source, target, place, inverse=inverse)
    if note is None:
        return 0.0
    return float(note.values.get("accuracy", BALLPARK_M))


def same_datum(one: pyproj.CRS, other: pyproj.CRS) -> bool:
    """Whether two systems stand on one datum, or on frames that agree within metres."""
    names = _datum(one), _datum(other)
    return names[0] == names[1] or all(_CENTRED.match(name) for name in names)


def _operation_of(way: pyproj.Transformer) -> Any:
    """The operation that moved the last place: where there are many, each holds for an area."""
    try:
        return way.get_last_used_operation()
    except ProjError:
        # Coordinates that stay as they are were not handed to PROJ; then there is one operation.
        return way


def _changes_datum(step: Any) -> bool:
    return bool(step.has_ballpark_transformation or step.accuracy > 0.0)


def _datum(crs: pyproj.CRS) -> str:
    return _datum_of(crs.to_wkt())


@lru_cache(maxsize=128)
def _datum_of(wkt: str) -> str:
    """Name of a datum without what its writers add to it."""
    crs = pyproj.CRS.from_wkt(wkt)
    found = crs.geodetic_crs.datum if crs.geodetic_crs is not None else None
    name = found.name if found is not None else ""
    if name.lower().startswith("unknown"):
        # Two that nobody has named are not one.
        return wkt
    name = name.upper().replace("_", " ").removeprefix("D ")
    return name.removesuffix(" ENSEMBLE")

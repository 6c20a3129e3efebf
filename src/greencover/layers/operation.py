"""Move a layer from its datum by the operation that its owner names, not by the one PROJ finds."""

from __future__ import annotations

import re
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyproj.exceptions import ProjError

from greencover.ground.datums import same_datum
from greencover.ground.errors import CrsError
from greencover.ground.geodesy import geographic_of, require_crs
from greencover.ground.notes import tell

Floats = npt.NDArray[np.float64]

# What a named operation leads to where it does not say it itself; CGCS2000 is the same ground.
_WGS84 = pyproj.CRS.from_epsg(4326)
_PARAMETERS = ("x", "y", "z", "rx", "ry", "rz", "s")
_AROUND = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 "
    "+step +proj=cart +a={a!r} +rf={rf!r} +step {step} "
    "+step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3 "
    "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
_PARTS = re.compile(r"[\s,;，；]+")


def moved_by(frame: gpd.GeoDataFrame, operation: str, where: str) -> gpd.GeoDataFrame:
    """Bring a layer to longitude and latitude on another datum.

    Parameters
    ----------
    frame, where
        The layer, with its system, and how messages call it.
    operation
        ``"EPSG:15921"``, the code of an operation from the layer's datum; three or seven
        parameters, ``"15.8, -154.4, -82.3"`` (metres; then seconds of arc and parts per million, as
        Bursa-Wolf: position vector), or a step of PROJ in geocentric coordinates such as
        ``"+proj=helmert ..."``, which lead to WGS 84; or ``"+proj=pipeline ..."`` from longitude
        and latitude in degrees on the layer's datum to those in WGS 84.

    Raises
    ------
    CrsError
        There is no such operation, or it starts from another datum.
    """
    given = require_crs(frame.crs, where)
    own = geographic_of(given)
    way, target = _way(operation, own, where)
    before = shapely.get_coordinates(frame.geometry.to_numpy())
    moved = frame.to_crs(own)
    shapes = shapely.transform(moved.geometry.to_numpy(), _applied(way))
    moved = moved.set_geometry(gpd.GeoSeries(shapes, index=frame.index)).set_crs(
        target, allow_override=True
    )
    if len(before) and not np.isfinite(shapely.get_coordinates(shapes)).all():
        raise CrsError("layers.operation_fails", where=where, operation=operation)
    tell(
        "layers.operation_applied",
        where=where,
        operation=operation,
        source=given.name,
        target=target.name,
        stacklevel=2,
    )
    return moved


def operation_error_m(operation: str) -> float:
    """Accuracy of a named operation where the registry says it; 0 for parameters of one's own."""
    if not operation.strip().upper().startswith("EPSG:"):
        return 0.0
    return max(pyproj.Transformer.from_pipeline(operation.strip()).accuracy, 0.0)


def _way(operation: str, own: pyproj.CRS, where: str) -> tuple[pyproj.Transformer, pyproj.CRS]:
    text = operation.strip()
    registered = text.upper().startswith("EPSG:")
    given = text if registered else _pipeline(text, own)
    try:
        way = pyproj.Transformer.from_pipeline(given or "")
    except ProjError as error:
        raise CrsError("layers.no_such_operation", where=where, operation=operation) from error
    if not registered:
        return way, _WGS84
    source, target = way.source_crs, way.target_crs
    if source is None or target is None:
        raise CrsError("layers.no_such_operation", where=where, operation=operation)
    if not same_datum(source, own):
        raise CrsError(
            "layers.operation_of_another_datum",
            where=where,
            operation=operation,
            source=source.name,
            own=own.name,
        )
    # From degrees on the one datum to degrees on the other, in the order x, y.
    steps = pyproj.Transformer.from_pipeline(_in_order(way.definition, source, target))
    return steps, geographic_of(pyproj.CRS.from_user_input(target))


def _in_order(definition: str, source: pyproj.CRS, target: pyproj.CRS) -> str:
    """A registered operation between longitude and latitude, whatever order its systems have."""
    swap = "+step +proj=axisswap +order=2,1"
    first = swap if source.axis_info[0].direction == "north" else ""
    last = swap if target.axis_info[0].direction == "north" else ""
    words = [word if word.startswith("+") else f"+{word}" for word in definition.split()]
    inner = " ".join(words).removeprefix("+proj=pipeline ")
    return f"+proj=pipeline {first} {inner} {last}"


def _pipeline(text: str, own: pyproj.CRS) -> str | None:
    """The pipeline that a text of parameters or a step of PROJ stands for."""
    if text.startswith("+proj=pipeline"):
        return text
    step = text if text.startswith("+proj=") else _helmert(text)
    ellipsoid = own.ellipsoid
    if step is None or ellipsoid is None:
        return None
    return _AROUND.format(a=ellipsoid.semi_major_metre, rf=ellipsoid.inverse_flattening, step=step)


def _helmert(text: str) -> str | None:
    try:
        numbers = [float(part) for part in _PARTS.split(text.strip("[]() ")) if part]
    except ValueError:
        return None
    if len(numbers) not in (3, 7) or not np.isfinite(numbers).all():
        return None
    named = " ".join(f"+{name}={one!r}" for name, one in zip(_PARAMETERS, numbers, strict=False))
    turned = " +convention=position_vector" if len(numbers) == 7 else ""
    return f"+proj=helmert {named}{turned}"


def _applied(way: pyproj.Transformer) -> Callable[[Floats], Floats]:
    def move(xy: Floats) -> Floats:
        return np.column_stack(way.transform(xy[:, 0], xy[:, 1]))

    return move

"""Put a layer on Earth: by what it says, by what its owner says, never by a guess."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError as ProjCrsError

from greencover.ground.china import TO_WGS84, Proposal, inside_china, propose_crs, shifted_system
from greencover.ground.errors import CrsError
from greencover.ground.geodesy import degrees_per_unit, geographic_of, is_on_earth, require_crs
from greencover.ground.notes import Note, tell
from greencover.words import Listed

_LONLAT = "EPSG:4326"
# A code, WKT, PROJ or PROJJSON says all of a system.
_IN_FULL = re.compile(r"\s*(?:[A-Za-z]+:[\w:.]+$|urn:|[A-Z_]+\[|\+|\{)")


def place(
    frame: gpd.GeoDataFrame,
    where: str,
    *,
    crs: str | None = None,
    near: tuple[float, float] | None = None,
) -> gpd.GeoDataFrame:
    """Return the layer with a coordinate reference system that says where on Earth it lies.

    Parameters
    ----------
    frame, where
        The layer, and how messages call it.
    crs
        System that its owner declares; it wins over the one the layer names. "GCJ-02" and "BD-09"
        are shifted to WGS 84.
    near
        Longitude and latitude of a place that the layer should meet; helps to name the system of a
        layer that has none.

    Raises
    ------
    CrsError
        The layer has no system or one without a place on Earth; the message proposes those that
        its coordinates fit.

    Warns
    -----
    GreencoverWarning
        Coordinates were shifted, or the layer says another system than its owner.
    """
    if crs is not None and shifted_system(crs) is not None:
        return _unshifted(frame, str(shifted_system(crs)), where)
    if crs is not None:
        declared = _declared(crs, where)
        if frame.crs is not None and not frame.crs.equals(declared, ignore_axis_order=True):
            tell(
                "layers.system_declared_otherwise",
                where=where,
                own=frame.crs.name,
                crs=crs,
                declared=declared.name,
                stacklevel=2,
            )
        frame = frame.set_crs(declared, allow_override=True)
    check_crs(frame, where, near=near)
    own = require_crs(frame.crs, where)
    if own.is_geographic and degrees_per_unit(own) != 1.0:
        frame = frame.to_crs(geographic_of(own))
    return frame


def check_crs(
    frame: gpd.GeoDataFrame, where: str, *, near: tuple[float, float] | None = None
) -> None:
    """Raise a CrsError unless the layer says where on Earth it lies."""
    crs = frame.crs
    if crs is None or crs.name.lower().startswith(("undefined", "unknown engineering")):
        raise CrsError("layers.no_system", where=where, proposal=_proposal(frame, near))
    if not is_on_earth(crs):
        raise CrsError("layers.local_system", where=where, crs=crs.name)
    if crs.is_projected and _in_degrees(frame):
        raise CrsError("layers.projected_in_degrees", where=where, crs=crs.name)


def _in_degrees(frame: gpd.GeoDataFrame) -> bool:
    """Whether all coordinates are within the range of degrees, and some are no small numbers."""
    box = frame.total_bounds
    if not np.isfinite(box).all():
        return False
    x, y = np.abs(box[[0, 2]]).max(), np.abs(box[[1, 3]]).max()
    return bool(x <= 180.0 and y <= 90.0 and x > 1.0 and y > 1.0)


def _proposal(frame: gpd.GeoDataFrame, near: tuple[float, float] | None) -> Note:
    shapes = frame.geometry.to_numpy()
    shapes = shapes[~shapely.is_missing(shapes)]
    if not shapes.size:
        return Note("layers.system_to_declare")
    x0, y0, x1, y1 = map(float, shapely.total_bounds(shapes))
    proposals: tuple[Proposal, ...] = ()
    if np.isfinite([x0, y0, x1, y1]).all():
        proposals = propose_crs((x0, y0, x1, y1), near=near)
    if not proposals:
        return Note("layers.system_to_declare")
    first = proposals[0]
    code = "layers.looks_like"
    if first.swapped:
        code = "layers.looks_like_swapped"
    elif not first.crs:
        code = "layers.looks_like_without_meridian"
    return Note(
        code,
        x=x0,
        y=y0,
        first=_meaning(first),
        choices=Listed.of(map(_meaning, proposals), last="or"),
        crs=first.crs,
    )


def _meaning(proposal: Proposal) -> Note:
    if not proposal.crs:
        return proposal.meaning
    return Note("layers.system_and_code", meaning=proposal.meaning, crs=proposal.crs)


def _declared(crs: str, where: str) -> pyproj.CRS:
    try:
        found = pyproj.CRS.from_user_input(crs)
    except ProjCrsError:
        found = None
    # Half a name finds some system as well, seldom the one that is meant.
    exact = found is not None and (_IN_FULL.match(crs) or found.name.casefold() == crs.casefold())
    if found is None or not exact:
        raise CrsError("layers.no_such_system", where=where, crs=crs, shifted=Listed.of(TO_WGS84))
    return found


def _unshifted(frame: gpd.GeoDataFrame, system: str, where: str) -> gpd.GeoDataFrame:
    if frame.crs is not None and not frame.crs.is_geographic:
        frame = frame.to_crs(_LONLAT)
    west, south, east, north = frame.total_bounds
    if not (-180.0 <= west <= east <= 180.0 and -90.0 <= south <= north <= 90.0):
        raise CrsError(
            "layers.shifted_but_no_degrees",
            where=where,
            system=system,
            west=west,
            east=east,
            south=south,
            north=north,
        )
    middle = (west + east) / 2.0, (south + north) / 2.0
    moved = frame.set_geometry(
        gpd.GeoSeries(
            shapely.transform(
                frame.geometry.to_numpy(), lambda at: np.column_stack(TO_WGS84[system](*at.T))
            ),
            index=frame.index,
        ),
    ).set_crs(_LONLAT, allow_override=True)
    there = TO_WGS84[system](*middle)
    _, _, metres = pyproj.Geod(ellps="WGS84").inv(*middle, *there)
    code = "layers.shifted" if inside_china(*middle) else "layers.shifted_outside_china"
    tell(code, where=where, system=system, metres=float(metres), stacklevel=3)
    return moved

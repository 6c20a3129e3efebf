"""Put a layer on Earth: by what it says, by what its owner says, never by a guess."""

from __future__ import annotations

import re
import warnings

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError as ProjCrsError

from greencover.ground.china import TO_WGS84, Proposal, inside_china, propose_crs, shifted_system
from greencover.ground.errors import CrsError, GreencoverWarning
from greencover.layers.wording import listed

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
            warnings.warn(
                f"The {where} says that it is in {frame.crs.name}, but was declared as {crs} "
                f"({declared.name}), which was taken: leave one of the two out if it is wrong.",
                GreencoverWarning,
                stacklevel=2,
            )
        frame = frame.set_crs(declared, allow_override=True)
    check_crs(frame, where, near=near)
    return frame


def check_crs(
    frame: gpd.GeoDataFrame, where: str, *, near: tuple[float, float] | None = None
) -> None:
    """Raise a CrsError unless the layer says where on Earth it lies."""
    crs = frame.crs
    if crs is None or crs.name.lower().startswith(("undefined", "unknown engineering")):
        raise CrsError(f"The {where} has no coordinate reference system{_proposal(frame, near)}.")
    if not (crs.is_geographic or crs.is_projected):
        raise CrsError(
            f"The {where} is in the local system {crs.name!r}, which says nothing about its place "
            "on Earth: transform it to a geographic or projected system."
        )
    if crs.is_projected and _in_degrees(frame):
        raise CrsError(
            f"The {where} is said to be in {crs.name}, but its coordinates look like degrees: "
            "declare the system that they are in, such as EPSG:4490 or EPSG:4326, with crs =."
        )


def _in_degrees(frame: gpd.GeoDataFrame) -> bool:
    """Whether all coordinates are within the range of degrees, and some are no small numbers."""
    box = frame.total_bounds
    if not np.isfinite(box).all():
        return False
    x, y = np.abs(box[[0, 2]]).max(), np.abs(box[[1, 3]]).max()
    return bool(x <= 180.0 and y <= 90.0 and x > 1.0 and y > 1.0)


def _proposal(frame: gpd.GeoDataFrame, near: tuple[float, float] | None) -> str:
    remedy = (
        "declare the right one with crs =, or write it into the layer (in QGIS: Layer > Set CRS of "
        "Layer, then export)"
    )
    shapes = frame.geometry.to_numpy()
    shapes = shapes[~shapely.is_missing(shapes)]
    if not len(shapes):
        return f": {remedy}"
    box = tuple(float(side) for side in shapely.total_bounds(shapes))
    if not np.isfinite(box).all():
        return f": {remedy}"
    proposals = propose_crs(box, near=near)  # type: ignore[arg-type]
    if not proposals:
        return f": {remedy}"
    first = proposals[0]
    example = f"({box[0]:.10g}, {box[1]:.10g})"
    if first.swapped:
        return (
            f", and its coordinates such as {example} look like {_meaning(first)} with the "
            f"northing or latitude first: exchange x and y, then {remedy}"
        )
    if not first.crs:
        return (
            f", and its coordinates such as {example} look like {first.meaning}: ask for the "
            f"central meridian, then {remedy}"
        )
    choices = ", or ".join(_meaning(one) for one in proposals)
    return (
        f", and its coordinates such as {example} look like {choices}: ask its maker and write, "
        f'if it is the first, crs = "{first.crs}"'
    )


def _meaning(proposal: Proposal) -> str:
    return f"{proposal.meaning} ({proposal.crs})" if proposal.crs else proposal.meaning


def _declared(crs: str, where: str) -> pyproj.CRS:
    try:
        found = pyproj.CRS.from_user_input(crs)
    except ProjCrsError:
        found = None
    # Half a name finds some system as well, seldom the one that is meant.
    exact = found is not None and (_IN_FULL.match(crs) or found.name.casefold() == crs.casefold())
    if found is None or not exact:
        raise CrsError(
            f"The {where} was declared with crs = {crs!r}, which is no coordinate system: "
            f"write a code such as EPSG:4490 or EPSG:4547, or {listed(TO_WGS84)} for a web map."
        )
    return found


def _unshifted(frame: gpd.GeoDataFrame, system: str, where: str) -> gpd.GeoDataFrame:
    if frame.crs is not None and not frame.crs.is_geographic:
        frame = frame.to_crs(_LONLAT)
    west, south, east, north = frame.total_bounds
    if not (-180.0 <= west <= east <= 180.0 and -90.0 <= south <= north <= 90.0):
        raise CrsError(
            f"The {where} was declared as {system}, but has no longitudes and latitudes "
            f"({west:.6g} to {east:.6g}, {south:.6g} to {north:.6g}): declare what it is in."
        )
    middle = (west + east) / 2.0, (south + north) / 2.0
    moved = frame.set_geometry(
        gpd.GeoSeries(
            shapely.transform(frame.geometry.to_numpy(), TO_WGS84[system], interleaved=False),
            index=frame.index,
        ),
    ).set_crs(_LONLAT, allow_override=True)
    there = TO_WGS84[system](*middle)
    _, _, metres = pyproj.Geod(ellps="WGS84").inv(*middle, *there)
    remark = "" if inside_china(*middle) else "; it lies outside China, where web maps do not shift"
    warnings.warn(
        f"The {where} was moved from {system} to WGS 84, by {metres:,.0f} m in its middle{remark}.",
        GreencoverWarning,
        stacklevel=3,
    )
    return moved

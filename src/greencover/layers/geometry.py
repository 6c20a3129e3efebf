"""Geometry that areas and lengths can trust: right kind, finite, valid, on Earth."""

from __future__ import annotations

from typing import Literal

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from greencover.ground.china import looks_swapped, propose_crs, zone_number_clash
from greencover.ground.errors import LayerError
from greencover.ground.geodesy import geographic_of, transformer
from greencover.ground.notes import Note, tell
from greencover.ground.threads import available_cores, in_order
from greencover.layers.wording import rows_of
from greencover.words import Listed

GeometryKind = Literal["polygon", "line", "any"]

_TYPE_IDS: dict[str, tuple[int, ...]] = {"polygon": (3, 6), "line": (1, 5)}
_COLLECTION = 7
_POINTS = (0, 4)

# A zone number before the easting (up to 45 500 000 m) is the largest honest coordinate.
_LARGEST_PROJECTED = 1e8
_MOST_DEGREES = (360.0, 90.0)
# One coordinate is sixteen bytes here and several times that in the overlay.
MOST_VERTICES = 50_000_000
_SHAPES_WORTH_THREADS = 20
# Nearer to a pole than this, a degree of longitude is no measure any more.
_HIGHEST_LATITUDE = 89.0
# Cut shapes end at the 180th meridian, to the digits that files keep.
_AT_180 = 179.9999


def check_geometry(
    frame: gpd.GeoDataFrame, where: str, *, geometry: GeometryKind = "any"
) -> gpd.GeoDataFrame:
    """Return the frame in two dimensions with valid polygons, or say which rows are unfit."""
    shapes = frame.geometry.to_numpy()
    if not len(shapes):
        return frame
    if (shapely.has_z(shapes) | shapely.has_m(shapes)).any():
        shapes = shapely.force_2d(shapes)
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if absent.any():
        raise LayerError("layers.geometry_absent", where=where, rows=rows_of(absent))
    if geometry != "any":
        shapes = _without_collections(shapes, geometry)
        type_ids = shapely.get_type_id(shapes)
        wrong = ~np.isin(type_ids, _TYPE_IDS[geometry])
        if wrong.any():
            found = sorted({shape.geom_type for shape in shapes[wrong]})
            raise LayerError(
                "layers.geometry_of_another_kind",
                where=where,
                wanted=geometry,
                found=Listed.of(found),
                rows=rows_of(wrong),
            )
    _check_coordinates(shapes, frame.crs, where)
    if geometry != "line":
        shapes = _repaired(shapes, where)
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def lines_among(frame: gpd.GeoDataFrame, where: str) -> gpd.GeoDataFrame:
    """Leave out the points and polygons that lie beside lines, and tell it.

    A layer without any line stays as it is, for ``check_geometry`` to refuse.
    """
    kinds = shapely.get_type_id(frame.geometry.to_numpy())
    others = np.isin(kinds, (*_POINTS, *_TYPE_IDS["polygon"]))
    lines = np.isin(kinds, _TYPE_IDS["line"])
    if not (others.any() and lines.any()):
        return frame
    tell(
        "layers.lines_taken",
        where=where,
        count=int(others.sum()),
        found=Listed.of(sorted({shape.geom_type for shape in frame.geometry[others]})),
        lines=int((~others).sum()),
        stacklevel=3,
    )
    return frame[~others].reset_index(drop=True)


def _without_collections(shapes: np.ndarray, geometry: str) -> np.ndarray:
    """Turn collections of nothing but the wanted kind, as KML has them, into multiparts."""
    mixed = shapely.get_type_id(shapes) == _COLLECTION
    if not mixed.any():
        return shapes
    shapes = shapes.copy()
    multipart = shapely.multipolygons if geometry == "polygon" else shapely.multilinestrings
    for row in np.flatnonzero(mixed):
        parts = shapely.get_parts(shapely.get_parts(shapes[row]))
        if np.isin(shapely.get_type_id(parts), _TYPE_IDS[geometry]).all():
            shapes[row] = multipart(parts)
    return shapes


def _check_coordinates(shapes: np.ndarray, crs: pyproj.CRS | None, where: str) -> None:
    count = int(shapely.get_num_coordinates(shapes).sum())
    if count > MOST_VERTICES:
        raise LayerError("layers.vertices_too_many", where=where, count=count, most=MOST_VERTICES)
    coordinates = shapely.get_coordinates(shapes)
    degrees = crs is not None and crs.is_geographic
    most = _MOST_DEGREES if degrees else (_LARGEST_PROJECTED, _LARGEST_PROJECTED)
    # Not a number is no less than anything.
    tame = (np.abs(coordinates[:, 0]) <= most[0]) & (np.abs(coordinates[:, 1]) <= most[1])
    if not tame.all():
        wild = ~np.isfinite(coordinates).all(axis=1)
        remedy = Note("layers.correct_coordinates")
        if not wild.any():
            wild = ~tame
            if degrees:
                remedy = _wrong_degrees(coordinates)
        owner = np.repeat(np.arange(len(shapes)), shapely.get_num_coordinates(shapes))
        rows = np.isin(np.arange(len(shapes)), owner[wild])
        x, y = coordinates[wild][0]
        raise LayerError(
            "layers.coordinates_impossible",
            where=where,
            x=float(x),
            y=float(y),
            system="" if crs is None else Note("layers.in_system", crs=crs.name),
            rows=rows_of(rows),
            remedy=remedy,
        )
    if crs is not None:
        _check_zone_number(shapes, crs, where)
        _check_longitudes(shapes, crs, where)


def _check_zone_number(shapes: np.ndarray, crs: pyproj.CRS, where: str) -> None:
    """Refuse eastings with the number of a zone that the system lacks, or the reverse."""
    if not crs.is_projected:
        return
    middle = shapely.bounds(shapes)[:, [0, 2]].mean(axis=1)
    clash, remedy = zone_number_clash(crs, middle)
    if clash.any():
        x = float(middle[clash][0])
        code = "layers.zone_number_in_coordinates" if x >= 1e6 else "layers.zone_number_in_system"
        raise LayerError(code, where=where, rows=rows_of(clash), x=x, crs=crs.name, remedy=remedy)


def _wrong_degrees(coordinates: np.ndarray) -> Note:
    x0, y0 = coordinates.min(axis=0)
    x1, y1 = coordinates.max(axis=0)
    if looks_swapped((x0, y0, x1, y1)):
        return Note("layers.exchange_coordinates")
    proposals = propose_crs((x0, y0, x1, y1))
    if proposals and proposals[0].crs:
        return Note("layers.assign_likely_system", system=proposals[0].meaning)
    return Note("layers.assign_right_system")


def _check_longitudes(shapes: np.ndarray, crs: pyproj.CRS, where: str) -> None:
    """Refuse shapes around a pole or across the 180th meridian, whose areas would be nonsense."""
    boxes = shapely.bounds(shapes)
    if crs.is_geographic:
        wide = boxes[:, 2] - boxes[:, 0] > 180.0
        wide[wide] = [_jumps(shape) for shape in shapes[wide]]
        # A shape all round a pole is whole in longitude and latitude, a world layer's Antarctica.
        round_it = boxes[:, 2] - boxes[:, 0] > 2.0 * _AT_180
        high = ~round_it & (np.abs(boxes[:, [1, 3]]).max(axis=1) > _HIGHEST_LATITUDE)
    else:
        x0, y0, x1, y1 = shapely.total_bounds(shapes)
        into = transformer(crs, geographic_of(crs))
        west, south, east, north = into.transform_bounds(x0, y0, x1, y1, errcheck=False)
        suspicious = west > east or max(abs(south), abs(north)) > _HIGHEST_LATITUDE
        if not suspicious:
            return
        spans = np.array(
            [into.transform_bounds(x0, y0, x1, y1, errcheck=False) for x0, y0, x1, y1 in boxes]
        )
        wide = spans[:, 0] > spans[:, 2]
        high = np.abs(spans[:, [1, 3]]).max(axis=1) > _HIGHEST_LATITUDE
    if wide.any():
        raise LayerError("layers.crosses_180th_meridian", where=where, rows=rows_of(wide))
    if high.any():
        raise LayerError("layers.reaches_a_pole", where=where, rows=rows_of(high))


def _jumps(shape: shapely.Geometry) -> bool:
    """Whether an edge runs the long way round the Earth, as where a shape crosses 180 degrees.

    A shape that is cut there, a world layer's Russia, has edges along the meridian on both sides,
    and one around a pole goes along it: their long edges lie at the pole, or join the two sides.
    """
    parts = shapely.get_parts(shape)
    rings = parts if shapely.get_dimensions(parts[0]) == 1 else shapely.get_rings(parts)
    for ring in rings:
        lon, lat = shapely.get_coordinates(ring).T
        for edge in np.flatnonzero(np.abs(np.diff(lon)) > 180.0):
            ends = slice(edge, edge + 2)
            at_pole = np.abs(lat[ends]).min() > _HIGHEST_LATITUDE
            before = lon[edge - 1] if edge else lon[-2]
            after = lon[edge + 2] if edge + 2 < len(lon) else lon[1]
            along = np.abs(np.array([before, *lon[ends], after])).min() > _AT_180
            if not (at_pole or along):
                return True
    return False


def _valid(shapes: np.ndarray) -> np.ndarray:
    """Whether each polygon is valid; the longest of the checks, so it uses all cores."""
    if len(shapes) < _SHAPES_WORTH_THREADS:
        return np.asarray(shapely.is_valid(shapes))
    shares = np.array_split(shapes, available_cores())
    return np.concatenate(list(in_order(shapely.is_valid, shares, None)))


def _made_valid(shapes: np.ndarray) -> np.ndarray:
    # The "structure" method joins overlapping parts of a unit; the default would cut their
    # common ground out as a hole and lose its area.
    return np.asarray(shapely.make_valid(shapes, method="structure", keep_collapsed=False))


def _can_be_made_valid(shape: shapely.Geometry) -> bool:
    try:
        _made_valid(np.array([shape]))
    except shapely.GEOSException:
        return False
    return True


def _repaired(shapes: np.ndarray, where: str) -> np.ndarray:
    # A line is invalid for want of a length alone, which whoever measures it must know of.
    invalid = ~_valid(shapes) & (shapely.get_dimensions(shapes) != 1)
    if not invalid.any():
        return shapes
    shapes = shapes.copy()
    try:
        shapes[invalid] = _made_valid(shapes[invalid])
    except shapely.GEOSException as error:
        hopeless = np.array(
            [bad and not _can_be_made_valid(s) for s, bad in zip(shapes, invalid, strict=True)]
        )
        raise LayerError(
            "layers.polygons_beyond_repair", where=where, rows=rows_of(hopeless)
        ) from error
    collapsed = shapely.area(shapes) == 0.0
    if (collapsed & invalid).any():
        raise LayerError(
            "layers.polygons_without_area", where=where, rows=rows_of(collapsed & invalid)
        )
    count = int(invalid.sum())
    tell("layers.polygons_repaired", where=where, count=count, rows=rows_of(invalid), stacklevel=4)
    return shapes

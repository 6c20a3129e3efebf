"""Geometry that areas and lengths can trust: right kind, finite, valid, on Earth."""

from __future__ import annotations

import warnings
from typing import Literal

import geopandas as gpd
import numpy as np
import shapely

from greencover.errors import CrsError, GreencoverWarning, LayerError
from greencover.zones.wording import name_rows

GeometryKind = Literal["polygon", "line", "any"]

_TYPE_IDS: dict[str, tuple[int, ...]] = {"polygon": (3, 6), "line": (1, 5)}

# A zone number before the easting (up to 45 500 000 m) is the largest honest coordinate.
_LARGEST_PROJECTED = 1e8


def check_geometry(
    frame: gpd.GeoDataFrame, where: str, *, geometry: GeometryKind = "any"
) -> gpd.GeoDataFrame:
    """Return the frame in two dimensions with valid polygons, or say which rows are unfit."""
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if absent.any():
        raise LayerError(
            f"The {where} has no geometry in {name_rows(absent)}: draw it or delete the row."
        )
    if geometry != "any":
        type_ids = shapely.get_type_id(shapes)
        wrong = ~np.isin(type_ids, _TYPE_IDS[geometry])
        if wrong.any():
            found = sorted({shape.geom_type for shape in shapes[wrong]})
            raise LayerError(
                f"The {where} must hold {geometry}s but has {' and '.join(found)} in "
                f"{name_rows(wrong)}: choose the {geometry} layer or delete these rows."
            )
    _check_coordinates(shapes, frame, where)
    if geometry == "polygon":
        shapes = _repaired(shapes, where)
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def check_crs(frame: gpd.GeoDataFrame, where: str) -> None:
    """Raise a CrsError unless the layer says where on Earth it lies."""
    crs = frame.crs
    if crs is None or crs.name.lower().startswith(("undefined", "unknown engineering")):
        raise CrsError(
            f"The {where} has no coordinate reference system: write the right one into it "
            "(in QGIS: Layer > Set CRS of Layer, then export) and try again."
        )
    if not (crs.is_geographic or crs.is_projected):
        raise CrsError(
            f"The {where} is in the local system {crs.name!r}, which says nothing about its place "
            "on Earth: transform it to a geographic or projected system."
        )


def _check_coordinates(shapes: np.ndarray, frame: gpd.GeoDataFrame, where: str) -> None:
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    wild = ~np.isfinite(coordinates).all(axis=1)
    remedy = "correct or delete them"
    if not wild.any():
        if frame.crs is not None and frame.crs.is_geographic:
            wild = (np.abs(coordinates[:, 0]) > 360.0) | (np.abs(coordinates[:, 1]) > 90.0)
            remedy = (
                "the layer is probably projected or has latitude and longitude swapped; "
                "assign the right coordinate reference system"
            )
        else:
            wild = (np.abs(coordinates) > _LARGEST_PROJECTED).any(axis=1)
    if wild.any():
        rows = np.isin(np.arange(len(shapes)), owner[wild])
        x, y = coordinates[wild][0]
        system = "" if frame.crs is None else f" in {frame.crs.name}"
        raise LayerError(
            f"The {where} has impossible coordinates such as ({x:g}, {y:g}){system} in "
            f"{name_rows(rows)}: {remedy}."
        )


def _repaired(shapes: np.ndarray, where: str) -> np.ndarray:
    invalid = ~shapely.is_valid(shapes)
    if not invalid.any():
        return shapes
    shapes = shapes.copy()
    # The "structure" method joins overlapping parts of a unit; the default would cut their
    # common ground out as a hole and lose its area.
    shapes[invalid] = shapely.make_valid(shapes[invalid], method="structure", keep_collapsed=False)
    collapsed = shapely.area(shapes) == 0.0
    if (collapsed & invalid).any():
        raise LayerError(
            f"The {where} has polygons without area in {name_rows(collapsed & invalid)}: "
            "draw them again or delete the rows."
        )
    count = int(invalid.sum())
    warnings.warn(
        f"The {where} had {count} invalid polygon{'s' if count > 1 else ''} "
        f"({name_rows(invalid)}), repaired before use: check the shape there.",
        GreencoverWarning,
        stacklevel=4,
    )
    return shapes

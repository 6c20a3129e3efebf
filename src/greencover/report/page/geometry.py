"""Geometries as the columns of numbers that the map of the page draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    import geopandas as gpd


def simplified(frame: gpd.GeoDataFrame, tolerance: float) -> np.ndarray:
    """Polygons with fewer vertices; neighbours that share a boundary go on sharing it."""
    shapes = frame.geometry.to_numpy()
    shared = shapely.coverage_is_valid(shapes)
    simplify = shapely.coverage_simplify if shared else shapely.simplify
    simple: np.ndarray = simplify(shapes, tolerance)
    return simple


def polygon_columns(shapes: np.ndarray) -> tuple[list[Any], list[Any]]:
    """Nested coordinates as Bokeh wants them: unit, part, ring with holes after the shell."""
    xs, ys = [], []
    for shape in shapes:
        rings = [
            [shapely.get_coordinates(r).round(1) for r in (part.exterior, *part.interiors)]
            for part in shapely.get_parts(shape)
            if part.geom_type == "Polygon"
        ]
        xs.append([[ring[:, 0].tolist() for ring in part] for part in rings])
        ys.append([[ring[:, 1].tolist() for ring in part] for part in rings])
    return xs, ys


def line_columns(
    frame: gpd.GeoDataFrame,
) -> tuple[list[list[float]], list[list[float]], gpd.GeoDataFrame]:
    """Coordinates of lines; parts of one line are told apart by a gap in its coordinates."""
    xs: list[list[float]] = []
    ys: list[list[float]] = []
    for line in shapely.simplify(frame.geometry.to_numpy(), 1.0):
        x: list[float] = []
        y: list[float] = []
        for part in shapely.get_parts(line):
            xy = shapely.get_coordinates(part).round(1)
            x += [*([float("nan")] if x else []), *xy[:, 0].tolist()]
            y += [*([float("nan")] if y else []), *xy[:, 1].tolist()]
        xs.append(x)
        ys.append(y)
    return xs, ys, frame

"""Shapely geometries as what matplotlib draws."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.path import Path as Outline

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def outlines(geometries: Iterable[Any]) -> list[Outline]:
    """Polygons, with their holes and parts, as matplotlib paths."""
    paths = []
    for geometry in shapely.orient_polygons(np.asarray(list(geometries), dtype=object)):
        rings = [
            ring
            for part in shapely.get_parts(geometry)
            if part.geom_type == "Polygon" and not part.is_empty
            for ring in (part.exterior, *part.interiors)
        ]
        parts = [Outline(shapely.get_coordinates(r), closed=True) for r in rings]
        paths.append(Outline.make_compound_path(*parts) if parts else Outline(np.empty((0, 2))))
    return paths


def add_polygons(ax: Axes, geometries: Iterable[Any], **style: Any) -> None:
    """Draw polygons in one collection."""
    ax.add_collection(PathCollection(outlines(geometries), **style), autolim=False)


def line_parts(geometries: Iterable[Any]) -> list[np.ndarray]:
    """Coordinates of every simple line in a run of lines and multilines."""
    parts = shapely.get_parts(np.asarray(list(geometries), dtype=object))
    return [shapely.get_coordinates(p) for p in parts if len(shapely.get_coordinates(p)) > 1]


def add_lines(ax: Axes, lines: list[np.ndarray], **style: Any) -> None:
    """Draw lines in one collection."""
    ax.add_collection(LineCollection(lines, **style), autolim=False)


def shifted(line: np.ndarray, distance: float) -> np.ndarray:
    """A line moved sideways, to the left of its direction when ``distance`` is positive.

    Vertices move along the bisector of their bend. For drawing only: a real offset curve may
    break a line apart or drop pieces of it, and two sides would no longer match.
    """
    steps = np.diff(line, axis=0)
    length = np.hypot(steps[:, 0], steps[:, 1])
    line, steps, length = line[np.r_[True, length > 0]], steps[length > 0], length[length > 0]
    if len(steps) == 0:
        return line
    normals = np.column_stack([-steps[:, 1], steps[:, 0]]) / length[:, None]
    before, after = np.vstack([normals[:1], normals]), np.vstack([normals, normals[-1:]])
    bisector = before + after
    size = (bisector**2).sum(axis=1, keepdims=True)
    # Sharp bends would throw the corner far out: no more than twice the distance.
    moved: np.ndarray = line + distance * 2 * bisector / np.maximum(size, 1.0)
    return moved

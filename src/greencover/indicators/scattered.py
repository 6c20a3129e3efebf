"""Scattered trees 四旁树: by houses, roads, waters and villages, counted and made hectares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from greencover.cover.land_cover import LandCover
from greencover.ground.datums import moved_to
from greencover.ground.errors import LayerError
from greencover.ground.geodesy import require_crs
from greencover.ground.notes import Note
from greencover.ground.run import Run
from greencover.layers.points import points_in_units, require_places
from greencover.layers.tables import require_columns
from greencover.overlay import class_areas

TREES_PER_HA = 1650.0
_TREES = "trees"
# Cover at a point is that of a square this small round it, in degrees and in metres.
_SPECK_DEG, _SPECK_M = 1e-8, 1e-3


def scattered_trees(
    zones: gpd.GeoDataFrame,
    trees: str | gpd.GeoDataFrame,
    cover: LandCover,
    covers: Sequence[str],
    *,
    run: Run | None = None,
) -> pd.Series[float]:
    """Scattered trees of each zone, from a column of numbers or a layer of points.

    Points that stand on one of the cover types ``covers`` are left out: the raster shows them.
    """
    if isinstance(trees, str):
        return _numbers(zones, trees, Note("layers.called.units"))
    where = Note("layers.called.scattered")
    require_places(trees, where)
    points = moved_to(trees.geometry, zones.crs)
    number = pd.Series(1.0, index=trees.index)
    if _TREES in trees.columns:
        number = _numbers(trees, _TREES, Note("layers.called.scattered"))
    fresh = ~covered(points, cover, covers, run=run)
    zone, point = points_in_units(trees, zones, where, number.to_numpy())
    weights = number.to_numpy()[point] * fresh[point]
    sums = np.bincount(zone, weights=weights, minlength=len(zones))
    return pd.Series(sums, index=zones.index)


def with_scattered(
    table: pd.DataFrame, trees: pd.Series[float], trees_per_ha: float
) -> pd.DataFrame:
    """Add scattered trees to a table of tree cover; see ``tree_cover_rate``."""
    if not trees_per_ha > 0.0:
        raise LayerError("indicators.trees_per_ha", given=trees_per_ha)
    ha = trees / trees_per_ha
    land = table["land_ha"]
    whole = (table["tree_cover_ha"] + ha).clip(upper=land)
    return table.assign(
        tree_cover_ha=whole,
        tree_cover_pct=100.0 * whole / land.where(land > 0.0),
        scattered_trees=trees,
        scattered_ha=ha,
    )


def covered(
    points: gpd.GeoSeries, cover: LandCover, covers: Sequence[str], *, run: Run | None = None
) -> np.ndarray[Any, Any]:
    """Tell which points stand on one of some cover types; off the raster none does."""
    if not len(points):
        return np.zeros(0, dtype=bool)
    size = _SPECK_DEG if require_crs(points.crs).is_geographic else _SPECK_M
    xy = shapely.get_coordinates(points.to_numpy())
    specks = shapely.box(*(xy - size).T, *(xy + size).T)
    areas = class_areas(gpd.GeoSeries(specks, crs=points.crs), cover, run=run)
    on = areas[list(cover.legend.codes_of(*covers))].sum(axis=1)
    return np.asarray(on > 0.5 * areas.sum(axis=1))


def _numbers(frame: gpd.GeoDataFrame, column: str, where: str) -> pd.Series[float]:
    require_columns(frame, [column], where)
    numbers: pd.Series[float] = pd.to_numeric(frame[column], errors="coerce").astype("float64")
    wrong = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0.0)))
    if len(wrong):
        raise LayerError(
            "indicators.no_number_of_trees",
            where=where,
            column=column,
            row=wrong[0] + 1,
            count=len(wrong),
        )
    return numbers

"""How far from its centreline a road reaches, where the layer knows its width or its lanes."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from greencover.ground.errors import LayerError
from greencover.ground.notes import Note
from greencover.layers import as_text
from greencover.layers.tables import require_columns

__all__ = ["carriageway_offset"]


def carriageway_offset(
    roads: gpd.GeoDataFrame,
    *,
    width: str | None = None,
    lanes: str | None = None,
    lane_m: float = 3.5,
    shoulder_m: float = 0.75,
    otherwise: float | pd.Series[float],
) -> pd.Series[float]:
    """Metres from the centreline to the edge of the road, for ``offset_m``.

    Parameters
    ----------
    roads
        The road layer.
    width
        Column with the width in metres; figures such as ``"7.5 m"`` are understood.
    lanes
        Column with the number of lanes, used where no width is known.
    lane_m, shoulder_m
        Width of a lane, and of the shoulder beyond the outermost one.
    otherwise
        Metres where neither is known: one number, or a column by road.

    Returns
    -------
    pandas.Series
        Indexed like ``roads``.

    Examples
    --------
    >>> columns = {"width": ["7.5 m", ""], "lanes": [None, "2"]}
    >>> roads = gpd.GeoDataFrame(columns, geometry=[None, None])
    >>> carriageway_offset(roads, width="width", lanes="lanes", otherwise=3.0).tolist()
    [3.75, 4.25]
    """
    if width is None and lanes is None:
        raise LayerError("corridor.no_width_column")
    require_columns(roads, [c for c in (width, lanes) if c], Note("corridor.road_layer"))
    offset = pd.Series(float("nan"), index=roads.index, name="offset_m")
    if width is not None:
        offset = offset.fillna(_figures(roads[width]) / 2.0)
    if lanes is not None:
        offset = offset.fillna(_figures(roads[lanes]) * lane_m / 2.0 + shoulder_m)
    return offset.fillna(otherwise)


def _figures(column: pd.Series[str]) -> pd.Series[float]:
    """Positive numbers of a column of text; several, as in "2;3", give the first."""
    found = as_text(column).str.extract(r"^\s*(\d+(?:\.\d+)?)", expand=False).astype("float64")
    return found.where(found > 0.0)

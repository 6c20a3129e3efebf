"""Two land covers of which one at least is drawn: ground by what both say, without a common grid.

Zones are cut by the polygons of the one, and the pieces overlaid on the other, whatever it is.
"""

from __future__ import annotations

from typing import Any, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from greencover.cover.land_cover import LandCover
from greencover.ground.run import Run
from greencover.overlay import class_areas
from greencover.overlay.parts import followed_to

_POLYGON = 3


def drawn_pairs(
    zones: gpd.GeoDataFrame,
    before: LandCover,
    after: LandCover,
    states: tuple[dict[int, Any], dict[int, Any]],
    *,
    area: Literal["ellipsoid", "grid"],
    run: Run,
) -> pd.DataFrame:
    """Hectares of each zone by state before and after.

    Parameters
    ----------
    zones
        Polygons, numbered from 0.
    before, after
        Land covers; one at least is made of polygons.
    states
        For each, code -> state.
    area, run
        As of ``class_areas``.

    Returns
    -------
    pandas.DataFrame
        ``zone``, ``before``, ``after`` (None: unobserved) and ``area_ha``.
    """
    swapped = before.polygons is None
    drawn, other = (after, before) if swapped else (before, after)
    names = ("after", "before") if swapped else ("before", "after")
    of_drawn, of_other = states[::-1] if swapped else states
    pieces = pieces_of(zones, drawn)
    measured = class_areas(pieces, other, area=area, run=run)
    state = [of_drawn.get(code) for code in pieces["code"]]
    by_state = [of_other[code] for code in other.legend.codes]
    parts = []
    for column, kind in enumerate([*by_state, None]):
        ha = measured.iloc[:, column].to_numpy()
        part = pd.DataFrame({"zone": pieces["zone"], names[0]: state, "area_ha": ha})
        part[names[1]] = pd.Series([kind] * len(part), part.index, dtype=object)
        parts.append(part[ha > 0.0])
    table = pd.concat(parts, ignore_index=True)
    keys = ["zone", "before", "after"]
    sums = table.groupby(keys, dropna=False, sort=False)["area_ha"].sum()
    return sums.reset_index()


def pieces_of(zones: gpd.GeoDataFrame, drawn: LandCover) -> gpd.GeoDataFrame:
    """Zones cut by polygons: ``zone``, ``code`` (-1 in none), in the system of the polygons."""
    cells = drawn.polygons
    assert cells is not None
    shapes = followed_to(zones.geometry, cells.crs).to_numpy()
    zone, polygon = shapely.STRtree(cells.shapes).query(shapes, predicate="intersects")
    owner, parts = _flat(shapely.intersection(shapes[zone], cells.shapes[polygon]))
    rest = shapes.copy()
    of_zone = zone[owner]
    for one in np.unique(of_zone):
        rest[one] = shapely.difference(shapes[one], shapely.union_all(parts[of_zone == one]))
    left, beyond = _flat(rest)
    return gpd.GeoDataFrame(
        {
            "zone": np.concatenate([of_zone, left]),
            "code": np.concatenate([cells.codes[polygon[owner]], np.full(len(left), -1)]),
        },
        geometry=np.concatenate([parts, beyond]),
        crs=cells.crs,
    )


def _flat(shapes: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[Any]]:
    """Polygons among the parts of shapes, and the number of the shape of each."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    flat = (shapely.get_type_id(parts) == _POLYGON) & (shapely.area(parts) > 0.0)
    return owner[inner][flat], parts[flat]

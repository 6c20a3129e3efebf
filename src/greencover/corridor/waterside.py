"""Waterside greening: which length of the banks of rivers and lakes is lined with trees.

The same stations and strips as beside roads. A river drawn as a line has two banks, half its width
away; a river or lake drawn as a polygon has its outline, outward.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from greencover.corridor._belts import Carriageways
from greencover.corridor._chains import chains_of
from greencover.corridor._groups import greening_in_groups, put_together
from greencover.corridor._layout import Layout
from greencover.corridor._stations import Network
from greencover.corridor._strips import LEAST_OBSERVED, SIDES
from greencover.corridor._units import Units
from greencover.corridor.grades import by_grade
from greencover.corridor.result import WatersideGreening
from greencover.corridor.road_layer import check_lengths
from greencover.corridor.roadside import STRIPS_AT_ONCE, WATER_HALF, WOODY
from greencover.corridor.rules import Rules, check_shares, check_threshold, defaults
from greencover.cover.land_cover import LandCover
from greencover.ground.errors import LayerError
from greencover.ground.geodesy import Ellipsoid, geographic_of, require_crs
from greencover.layers import as_text, check_geometry
from greencover.layers.tables import require_columns

__all__ = ["WatersideGreening", "waterside_greening"]

_WHERE = "water layer"


def waterside_greening(
    waters: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    water: str = "name",
    width_m: float | str = 0.0,
    setback_m: float | str = 0.0,
    belt_m: float | str | None = None,
    threshold: float | str | None = None,
    step_m: float = 10.0,
    covers: Sequence[str] = WOODY,
    exclude: Mapping[str, float] = WATER_HALF,
    bridge_gap_m: float = 0.0,
    islands: bool = True,
    units: gpd.GeoDataFrame | None = None,
    unit: str = "code",
    progress: Callable[[int, int], None] | None = None,
    resume: str | Path | None = None,
) -> WatersideGreening:
    """Waterside greening of rivers, canals and lakes, by station and bank.

    Parameters
    ----------
    waters
        Lines, polygons, or both, in any coordinate reference system.
    cover
        The land cover.
    water
        Column with the name; pieces of one name are joined.
    width_m
        Width of the waters that are drawn as lines: metres or a column. Polygons have their own.
    setback_m
        From the edge of the water to the belt, such as the width of a revetment.
    belt_m, threshold
        Width of the belt, and the share of a strip from which it counts as greened: a number or a
        column; defaults from ``corridor.toml``.
    step_m, covers, exclude, bridge_gap_m, units, unit, progress
        As in ``roadside_greening``. Strips that are half water or more are excluded by default:
        there the water is wider than it was drawn.
    islands
        Whether the banks of islands inside polygons count.
    resume
        Folder for finished tiles, see :func:`greencover.class_areas`.

    Returns
    -------
    WatersideGreening
        As for roads, with a column ``water``; ``side`` is "left" or "right" in the direction of a
        line, and "bank" along the outline of a polygon.

    Raises
    ------
    LayerError
        A column is missing, or a width is no number of metres.
    CrsError
        The waters have no coordinate reference system.
    NoOverlapError
        No strip meets the raster.
    """
    crs = require_crs(waters.crs, f"The {_WHERE}")
    check_lengths(step_m, bridge_gap_m)
    require_columns(waters, [water], _WHERE)
    if waters.empty:
        raise LayerError("The water layer is empty: it has no rows to report on.")
    waters = check_geometry(waters.reset_index(drop=True), _WHERE, geometry="any")
    widths = {
        "width_m": width_m,
        "setback_m": setback_m,
        "belt_m": defaults()["bank_belt_m"]["value"] if belt_m is None else belt_m,
        "threshold": defaults()["threshold"]["value"] if threshold is None else threshold,
    }
    shares = check_shares(exclude)
    parameters = {
        "step_m": step_m,
        **widths,
        "covers": list(covers),
        "sides": "both banks of lines, the outline of polygons",
        "islands": islands,
        "excluded": [
            f"{name} on {share:.0%} of the strip or more" for name, share in shares.items()
        ],
        "bridge_gap_m": bridge_gap_m,
        "unobserved": f"less than {LEAST_OBSERVED:.0%} of the strip seen",
    }
    polygons = None
    if units is not None:
        names = units[unit].to_numpy(dtype=object)
        polygons = Units(units.geometry.to_crs(geographic_of(crs)), names)
    judgement = {
        "covers": tuple(covers),
        "exclude": shares,
        "bridge_gap_m": bridge_gap_m,
        "mouth_m": 0.0,
        "parameters": parameters,
        "notes": (),
        "kind": WatersideGreening,
        "covered_by": ("mouth", "other water"),
    }
    kinds = shapely.get_type_id(waters.geometry.to_numpy())
    odd = ~np.isin(kinds, (1, 3, 5, 6))
    if odd.any():
        raise LayerError(
            f"The {_WHERE} has {waters.geometry[odd].iloc[0].geom_type}s: "
            "banks are measured along lines and polygons only."
        )
    layouts = [
        _layout(part, water, widths, crs, step_m, polygons, judgement, outline=outline)
        for part, outline in (
            (waters[np.isin(kinds, (1, 5))], False),
            (_outlines(waters[np.isin(kinds, (3, 6))], water, islands=islands), True),
        )
        if len(part)
    ]
    parts = []
    for number, layout in enumerate(layouts):
        parts += list(
            greening_in_groups(
                layout,
                cover,
                strips_at_once=STRIPS_AT_ONCE,
                with_ground=True,
                progress=progress,
                resume=None if resume is None else Path(resume) / str(number),
            )
        )
    return put_together(parts)


def _names(waters: gpd.GeoDataFrame, column: str) -> npt.NDArray[Any]:
    values = waters[column].to_numpy(dtype=object).copy()
    for i in np.flatnonzero((as_text(waters[column]) == "").to_numpy()):
        values[i] = f"(unnamed {i + 1})"
    return values


def _outlines(waters: gpd.GeoDataFrame, column: str, *, islands: bool) -> gpd.GeoDataFrame:
    """Rings of the polygons with the land on their right, a water that is cut up put together."""
    if waters.empty:
        return waters
    waters = waters.assign(**{column: _names(waters, column)})
    whole = waters.dissolve(column, sort=False, as_index=False, aggfunc="first")
    whole = whole.explode(ignore_index=True)
    shapes = shapely.orient_polygons(whole.geometry.to_numpy(), exterior_cw=False)
    rings, owner = shapely.get_rings(shapes, return_index=True)
    if not islands:
        outer = np.diff(owner, prepend=-1) != 0
        rings, owner = rings[outer], owner[outer]
    lines = shapely.linestrings(
        *[shapely.get_coordinates(rings).T[axis] for axis in (0, 1)],
        indices=shapely.get_coordinates(rings, return_index=True)[1],
    )
    table = whole.iloc[owner].reset_index(drop=True)
    return table.set_geometry(gpd.GeoSeries(lines, crs=waters.crs))


def _layout(
    waters: gpd.GeoDataFrame,
    column: str,
    widths: Mapping[str, float | str],
    crs: pyproj.CRS,
    step_m: float,
    units: Units | None,
    judgement: Mapping[str, Any],
    *,
    outline: bool,
) -> Layout:
    waters = waters.reset_index(drop=True)
    numbers = {
        name: np.asarray(by_grade(value, waters, None, name, where=_WHERE), dtype=np.float64)
        for name, value in widths.items()
        if not (outline and name == "width_m")
    }
    if not (numbers["belt_m"] > 0.0).all():
        raise LayerError("belt_m is 0 for a water: a belt needs a positive width in metres.")
    check_threshold(numbers["threshold"])
    half = np.zeros(len(waters)) if outline else numbers["width_m"] / 2.0
    rules = Rules(
        offset_m=half + numbers["setback_m"],
        belt_m=numbers["belt_m"],
        threshold=numbers["threshold"],
        grade=np.full(len(waters), "", dtype=object),
        barred=np.full(len(waters), "", dtype=object),
        given=widths,
    )
    geographic = geographic_of(crs)
    ellipsoid = Ellipsoid.of(geographic)
    chains = chains_of(waters, _names(waters, column), crs)
    if not chains:
        raise LayerError("The water layer has no line with a length: check the export.")
    surface = Carriageways.none()
    if not outline and half.any():
        surface = Carriageways.of(
            Network.of(chains), ellipsoid, half, np.ones(len(waters), dtype=bool)
        )
    layout = Layout(
        chains=chains,
        rules=rules,
        crs=geographic,
        ellipsoid=ellipsoid,
        step_m=step_m,
        roads=surface,
        units=units,
        want=(not outline, True),
        name="water",
        judgement=judgement,
    )
    return (
        replace(layout, side_names=("", "bank")) if outline else replace(layout, side_names=SIDES)
    )

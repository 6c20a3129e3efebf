"""Roadside greening: which length of a road, side by side, is lined with trees.

The rate is a length: greened length over length that can be greened, both sides counted. No
national text fixes sides, exclusions, belt width or threshold; ours are parameters, listed in
``RoadsideGreening.parameters`` and printed with every result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import geopandas as gpd

from greencover.corridor._groups import greening_in_groups, put_together
from greencover.corridor._layout import Layout
from greencover.corridor._strips import Strips
from greencover.corridor.result import RoadsideGreening
from greencover.corridor.road_layer import road_layout
from greencover.corridor.rules import (
    ByGrade,
    defaults,
)
from greencover.cover.land_cover import LandCover

__all__ = [
    "WOODY",
    "RoadsideGreening",
    "Strips",
    "defaults",
    "lay_strips",
    "roadside_greening",
    "roadside_greening_in_groups",
]

WOODY = ("tree", "shrub")
WATER_HALF = {"water": 0.5}
#: Strips that are laid, overlaid and judged at a time; memory grows with it.
STRIPS_AT_ONCE = 200_000


def roadside_greening(
    roads: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    road: str = "name",
    grade: str | None = "grade",
    step_m: float = 10.0,
    offset_m: ByGrade | None = None,
    belt_m: ByGrade | None = None,
    threshold: ByGrade | None = None,
    covers: Sequence[str] = WOODY,
    exclude: Mapping[str, float] = WATER_HALF,
    bridge_gap_m: float = 0.0,
    mouth_m: float = 0.0,
    bridge: str | None = None,
    tunnel: str | None = None,
    excluded: str | None = None,
    start_km: str | None = None,
    grades: Mapping[str, str] | None = None,
    units: gpd.GeoDataFrame | None = None,
    unit: str = "code",
    other_roads: gpd.GeoDataFrame | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> RoadsideGreening:
    """Roadside greening of a road network, by station and side.

    Each road is cut into stations of equal length. On each side of a station lies a strip from
    the edge of the carriageway to the edge of the belt; the side is *greened* when the share of the
    strip under ``covers`` reaches the threshold, *excluded* where it cannot be planted (bridge,
    tunnel, mostly water, under another carriageway), *unobserved* where less than half of it was
    seen, and a *gap* otherwise.

    Parameters
    ----------
    roads
        Lines in any coordinate reference system.
    cover
        The land cover.
    road, grade
        Columns with the road's name (pieces of one name are joined) and its grade; ``grade=None``
        where there are no grades.
    step_m
        Length of a station in metres. A stretch between two borders (road ends, heads of bridges,
        unit borders) is cut into equal stations as near to it as their number allows.
    offset_m
        From the centreline to the inner edge of the belt: metres, a column, or a mapping by grade.
        Default: by grade from ``corridor.toml``.
    belt_m
        Width of the belt: metres, a column, or a mapping by grade. Default: by grade.
    threshold
        Share of the strip from which a side is greened: number, column or mapping. Default 0.2.
    covers
        Cover types that count as greening: trees and shrubs (woody greening) by default.
    exclude
        Cover types that cannot be planted, and the share of a strip from which they exclude it
        unless it is greened: half of it water by default. ``{"water": 0.5, "bare": 0.5,
        "built": 0.5}`` also leaves out rock and built-up frontage, where the standard allows it.
    bridge_gap_m
        A gap shorter than this between two greened sides, such as a driveway, counts as greened.
    mouth_m
        Length on either side of a crossing or joining carriageway that must stay open, such as a
        sight triangle; it is excluded as junction, beside what the carriageway itself covers.
    bridge, tunnel
        Columns that say whether a piece is on a bridge or in a tunnel.
    excluded
        Column with the reason why a piece cannot be planted, empty where it can.
    start_km
        Column with the chainage in km at the first point of a piece, empty where it is not known;
        a chain without any starts at K0.
    grades
        Own words for grades; see ``canonical_grades``.
    units, unit
        Polygons, such as townships, at whose borders roads are cut, and their naming column; the
        result's ``sides`` then has a column ``unit``.
    other_roads
        Roads that are not reported on but whose carriageways cover ground; with the columns that
        ``offset_m`` needs.
    progress
        Called with groups of roads done and groups in all.

    Returns
    -------
    RoadsideGreening
        ``rates``, ``sides``, ``gaps``, ``deductions``, ``runs``, ``chains``.

    Raises
    ------
    LayerError
        A column is missing, a grade is unknown, or a width is no positive number of metres.
    CrsError
        The roads have no coordinate reference system.
    NoOverlapError
        No strip meets the raster.
    """
    layout = road_layout(
        roads,
        road=road,
        grade=grade,
        step_m=step_m,
        rules={"offset_m": offset_m, "belt_m": belt_m, "threshold": threshold},
        covers=covers,
        exclude=exclude,
        bridge_gap_m=bridge_gap_m,
        mouth_m=mouth_m,
        bridge=bridge,
        tunnel=tunnel,
        excluded=excluded,
        start_km=start_km,
        grades=grades,
        units=units,
        unit=unit,
        other_roads=other_roads,
    )
    parts = greening_in_groups(
        layout, cover, strips_at_once=STRIPS_AT_ONCE, with_ground=True, progress=progress
    )
    return put_together(list(parts))


def roadside_greening_in_groups(
    roads: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    strips_at_once: int = STRIPS_AT_ONCE,
    progress: Callable[[int, int], None] | None = None,
    **rules: Any,
) -> Iterator[RoadsideGreening]:
    """Roadside greening of a network too large for one table, in groups of whole roads.

    Parameters
    ----------
    roads, cover, progress
        As in ``roadside_greening``.
    strips_at_once
        About how many strips a group has; memory grows with it.
    **rules
        All other parameters of ``roadside_greening``.

    Yields
    ------
    RoadsideGreening
        Result of one group; rates by road are final, rates by grade or unit are to be summed from
        the lengths of the groups.
    """
    layout = _layout(roads, rules)
    yield from greening_in_groups(
        layout, cover, strips_at_once=strips_at_once, with_ground=False, progress=progress
    )


def lay_strips(roads: gpd.GeoDataFrame, **rules: Any) -> Strips:
    """Lay the strips of a road network without overlaying them; see ``roadside_greening``."""
    layout = _layout(roads, rules)
    return layout.lay(0, len(layout.chains))


def _layout(roads: gpd.GeoDataFrame, given: Mapping[str, Any]) -> Layout:
    """Fill the parameters of ``roadside_greening`` in that were not given."""
    unknown = sorted(set(given) - set(_SETTINGS) - set(_NUMBERS))
    if unknown:
        raise TypeError(f"roadside_greening has no parameter {unknown[0]!r}.")
    settings = {**_SETTINGS, **{k: v for k, v in given.items() if k not in _NUMBERS}}
    return road_layout(roads, rules={name: given.get(name) for name in _NUMBERS}, **settings)


_NUMBERS = ("offset_m", "belt_m", "threshold")


_SETTINGS: dict[str, Any] = {
    "road": "name",
    "grade": "grade",
    "step_m": 10.0,
    "covers": WOODY,
    "exclude": WATER_HALF,
    "bridge_gap_m": 0.0,
    "mouth_m": 0.0,
    "bridge": None,
    "tunnel": None,
    "excluded": None,
    "start_km": None,
    "grades": None,
    "units": None,
    "unit": "code",
    "other_roads": None,
}

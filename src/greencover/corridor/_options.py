"""The keyword arguments of the corridors' functions, for type checkers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import geopandas as gpd
import pandas as pd

from greencover.corridor.evidence import Evidence
from greencover.corridor.grade_schemes import Words
from greencover.corridor.grades import ByGrade
from greencover.cover.land_cover import LandCover
from greencover.ground.run import Run, RunOptions


class CorridorOptions(RunOptions, total=False):
    """What roads and waters share."""

    step_m: float | None
    belt_m: ByGrade | None
    threshold: ByGrade | None
    covers: Sequence[str] | None
    exclude: Mapping[str, float] | None
    bridge_gap_m: float | None
    same_road_m: float | None
    same_road_least_m: float | None
    same_road_share: float | None
    same_line_m: float | None
    same_line_least_m: float | None
    same_road_turn_deg: float | None
    row_width_m: float | None
    position_error_m: float | None
    units: gpd.GeoDataFrame | None
    unit: str
    within: gpd.GeoDataFrame | None
    evidence: Sequence[Evidence]


class RoadOptions(CorridorOptions, total=False):
    """Keywords of ``roadside_greening``."""

    road: str
    ref: str | None
    grade: str | None
    offset_m: ByGrade | None
    mouth_m: float | None
    dual: str | None
    dual_apart_m: float | None
    dual_least_m: float | None
    dual_turn_deg: float | None
    bridge: str | None
    tunnel: str | None
    excluded: str | None
    start_km: str | None
    grades: Words | None
    other_roads: gpd.GeoDataFrame | None
    spacing_m: float | None
    trees: gpd.GeoDataFrame | None
    crown_m: float | str | None
    dbh_cm: float | str | None
    species: str | None
    status: str | None
    alive: Sequence[str]
    vacant: Sequence[str]
    surveyed: pd.DataFrame | None
    tree_rows: gpd.GeoDataFrame | None
    tree_row_width_m: float | str | None
    tree_row_spacing_m: float | str | None
    planting_sites: gpd.GeoDataFrame | None
    canopy: LandCover | None
    field_checks: pd.DataFrame | None
    dates: Mapping[str, object]
    authors: Mapping[str, str]
    max_age_years: float | None
    as_of: object


class WaterOptions(CorridorOptions, total=False):
    """Keywords of ``waterside_greening``."""

    water: str
    width_m: float | str
    setback_m: float | str | None
    islands: bool | None
    canopy: LandCover | None
    dates: Mapping[str, object]
    authors: Mapping[str, str]
    max_age_years: float | None
    as_of: object


def divided(run: Run | None, options: Mapping[str, Any]) -> tuple[Run, dict[str, Any]]:
    """How to run, and what to count."""
    how = RunOptions.__annotations__
    given = cast(RunOptions, {name: options[name] for name in options if name in how})
    return Run.of(run, given), {name: value for name, value in options.items() if name not in how}

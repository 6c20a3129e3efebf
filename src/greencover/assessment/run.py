"""From a campaign to its assessment: one pass over the raster, then figures, then verdicts."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from greencover.assessment.figures import (
    cover_figures,
    per_capita_figures,
    roadside_figures,
    unit_names,
)
from greencover.assessment.layers import finished_gaps, finished_layers
from greencover.assessment.provenance import provenance_of
from greencover.assessment.result import Assessment
from greencover.assessment.verdicts import judge, without_target
from greencover.campaign import Campaign
from greencover.campaign.layers import OpenedCampaign
from greencover.campaign.targets import named_targets, obstacle
from greencover.errors import GreencoverWarning
from greencover.indicators.corridor import RoadsideGreening, Strips, lay_strips
from greencover.indicators.forest import codes_of
from greencover.indicators.grades import GRADES
from greencover.indicators.green_space import park_ha
from greencover.overlay import class_areas
from greencover.standards import Target

Progress = Callable[..., None]
_LEVELS = {"county": "county", "townships": "township", "villages": "village"}


def assess(campaign: str | Path | Campaign, *, progress: Progress | None = None) -> Assessment:
    """Assess a campaign: indicators by unit, held against the targets.

    Parameters
    ----------
    campaign
        Path of a campaign file, or a campaign.
    progress
        Called as ``progress(done, total, step)``.

    Returns
    -------
    Assessment
        Verdicts, gaps and layers.

    Raises
    ------
    CampaignError
        The campaign file is wrong; the message names the key.
    LayerError, CrsError, NoOverlapError, RasterError, LegendError, StandardError
        An input cannot be used; the message names it.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if not isinstance(campaign, Campaign):
            campaign = Campaign.read(campaign)
        opened = campaign.open()
        strips = _strips(opened)
        measured = _overlay(opened, strips, progress)
    notes = []
    for warning in caught:
        if issubclass(warning.category, GreencoverWarning):
            notes.append(str(warning.message))
        else:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    figures = measured.figures()
    table, targets, unjudged = _verdicts(figures, opened, measured)
    if measured.roadside is not None:
        notes += measured.roadside.notes
    return Assessment(
        title=campaign.title,
        title_en=campaign.title_en or "",
        year=campaign.year if campaign.year is not None else campaign.cover.year,
        table=table,
        gaps=finished_gaps(measured.roadside, opened.townships),
        layers=finished_layers(opened, measured.roadside, table),
        cover=opened.cover,
        targets=targets,
        notes=(*notes, *unjudged),
        provenance=provenance_of(opened, measured.roadside),
    )


@dataclass(frozen=True)
class _Measured:
    """Areas and lengths, before any rate."""

    opened: OpenedCampaign
    areas: dict[str, pd.DataFrame]
    units: dict[str, pd.DataFrame]
    parks_ha: dict[str, pd.Series[float]]
    roadside: RoadsideGreening | None

    def figures(self) -> pd.DataFrame:
        """Every figure of every level."""
        cover = self.opened.campaign.cover
        legend = self.opened.cover.legend
        tables = []
        for name, level in _LEVELS.items():
            if name not in self.areas:
                continue
            units, areas = self.units[name], self.areas[name]
            tables.append(
                cover_figures(
                    units,
                    areas,
                    legend,
                    level,
                    forest=cover.forest,
                    tree_cover=cover.tree_cover,
                    green=cover.green,
                )
            )
            if "population" in units:
                blind = 100.0 * areas["unobserved_ha"] / areas.sum(axis=1)
                green = areas[list(codes_of(legend, cover.green))].sum(axis=1)
                tables.append(
                    per_capita_figures(units, level, "green_cover_per_capita", green, blind)
                )
                if name in self.parks_ha:
                    mapped = pd.Series(0.0, index=units.index)
                    tables.append(
                        per_capita_figures(
                            units, level, "park_green_per_capita", self.parks_ha[name], mapped
                        )
                    )
        for level in ("county", "township", "road_grade", "road"):
            tables.append(self.roadside_rows(level))
        return pd.concat([t for t in tables if len(t)], ignore_index=True)

    def roadside_rows(self, level: str, grades: tuple[str, ...] = ()) -> pd.DataFrame:
        """Roadside greening rates of one level."""
        roadside = self.roadside
        if roadside is None:
            return pd.DataFrame()
        if level == "county":
            return roadside_figures(roadside, level, [], self.units["county"], grades=grades)
        if level == "township":
            units = self.units["townships"]
            return roadside_figures(roadside, level, ["unit"], units, grades=grades)
        column = "road" if level == "road" else "grade"
        sides = roadside.sides
        if grades:
            sides = sides[sides["grade"].isin(grades)]
        present = sides[column].drop_duplicates()
        if column == "grade":
            present = present.sort_values(key=lambda g: g.map(GRADES.index))
        names = pd.DataFrame({"unit": present, "name": present, "name_en": present})
        names = names.reset_index(drop=True)
        return roadside_figures(roadside, level, [column], names, grades=grades)


def _strips(opened: OpenedCampaign) -> Strips | None:
    if opened.roads is None:
        return None
    rules = opened.campaign.roadside
    layer = opened.campaign.layers.roads
    cover = opened.campaign.cover
    assert layer is not None
    return lay_strips(
        opened.roads,
        road="road",
        grade="grade_raw",
        step_m=rules.step_m,
        offset_m=rules.offset_m,
        belt_m=rules.belt_m,
        threshold=rules.threshold,
        covers=cover.green if rules.variant == "any green" else cover.tree_cover,
        bridge="bridge",
        tunnel="tunnel",
        grades=layer.grades,
        units=opened.townships,
        unit="code",
    )


def _overlay(opened: OpenedCampaign, strips: Strips | None, progress: Progress | None) -> _Measured:
    """Overlay all layers in one pass over the raster."""
    units = {n: f for n, f in opened.layers.items() if n in _LEVELS}
    layers: dict[str, Any] = dict(units)
    if strips is not None:
        layers["road strips"] = strips.quads

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total, "overlay")

    areas = class_areas(layers, opened.cover, area=opened.campaign.area, progress=report)
    roadside = None
    if strips is not None:
        roadside = strips.judge(areas.pop("road strips"), opened.cover.legend)
    areas = {name: table.reset_index(drop=True) for name, table in areas.items()}
    names = {name: unit_names(frame) for name, frame in units.items()}
    parks_ha = {}
    if opened.parks is not None:
        for name, frame in units.items():
            parks_ha[name] = park_ha(frame.reset_index(drop=True), opened.parks)
    if "county" not in areas:
        areas["county"] = areas["townships"].sum().to_frame().T
        names["county"] = _county_of(opened, names["townships"])
        if opened.parks is not None:
            parks_ha["county"] = pd.Series([parks_ha["townships"].sum()])
    elif "population" not in names["county"] and "population" in names["townships"]:
        residents = names["townships"]["population"].sum()
        names["county"] = names["county"].assign(population=residents)
    return _Measured(opened, areas, names, parks_ha, roadside)


def _county_of(opened: OpenedCampaign, townships: pd.DataFrame) -> pd.DataFrame:
    """One row for the county as the sum of its townships."""
    campaign = opened.campaign
    name = campaign.county or campaign.title
    english = campaign.county_en or campaign.county or campaign.title_en or campaign.title
    county = pd.DataFrame({"unit": ["county"], "name": [name], "name_en": [english]})
    if "population" in townships:
        county["population"] = townships["population"].sum()
    return county


def _verdicts(
    figures: pd.DataFrame, opened: OpenedCampaign, measured: _Measured
) -> tuple[pd.DataFrame, tuple[tuple[str, Target], ...], list[str]]:
    """Hold figures against every target that can be judged; say why the others cannot."""
    limit = opened.campaign.unobserved_limit_pct
    tables, judged, notes = [], [], []
    asked: set[tuple[str, str]] = set()
    for standard, target in named_targets(opened):
        if target.applies(opened.campaign.conditions) is False:
            continue
        why_not = obstacle(target, opened)
        if why_not:
            notes.append(f"{standard}: {target} was not judged: {why_not}.")
            continue
        if target.grades:
            rows = measured.roadside_rows(target.level, target.grades)
        else:
            chosen = figures["indicator"].eq(target.indicator) & figures["level"].eq(target.level)
            rows = figures[chosen]
            asked.add((target.indicator, target.level))
        if not len(rows):
            notes.append(f"{standard}: {target} was not judged: there is no such unit.")
            continue
        tables.append(judge(rows, target, standard, unobserved_limit_pct=limit))
        judged.append((standard, target))
    open_rows = [
        (key not in asked) for key in zip(figures["indicator"], figures["level"], strict=True)
    ]
    table = pd.concat([*tables, without_target(figures[open_rows])], ignore_index=True)
    order = {"county": 0, "township": 1, "village": 2, "road_grade": 3, "road": 4}
    table = table.sort_values("level", key=lambda level: level.map(order), kind="stable")
    return table.reset_index(drop=True), tuple(judged), notes

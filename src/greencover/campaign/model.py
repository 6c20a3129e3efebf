"""What a campaign file may say: every key with its meaning, its kind and its default.

The descriptions are shown to people, in error messages and by ``greencover check``; the first
example of a key is the line that a message proposes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, PrivateAttr, model_validator

from greencover.campaign.corridor_sections import Roadside
from greencover.campaign.kinds import (
    Conditions,
    Grades,
    Percent,
    Standards,
    Text,
    Year,
    as_tuple,
)
from greencover.campaign.layer_sections import Layers
from greencover.campaign.sections import Accuracy, Cover, Section, Task, key

LEVELS_OF = {
    "forest_coverage": ("county", "township", "village"),
    "tree_cover_rate": ("county", "township", "village"),
    "green_coverage": ("county", "township", "village"),
    "roadside_greening_rate": ("county", "township", "road", "road_grade"),
    "waterside_greening_rate": ("county", "township"),
    "park_green_per_capita": ("county", "township", "village"),
    "green_cover_per_capita": ("county", "township", "village"),
    "township_green_coverage": ("township",),
    "village_greening": ("village",),
    "village_green_coverage": ("village",),
    "canopy_cover": ("county", "township", "village"),
    "park_service_coverage": ("county", "township"),
    "water_source_forest": ("county", "township"),
    "car_park_canopy": ("county", "township"),
    "street_canopy_cover": ("county", "township"),
    "shelterbelt_control": ("county", "township"),
}


class ExtraTarget(Section):
    """A target of the campaign's own, beside those of the standard."""

    indicator: Literal[
        "forest_coverage",
        "tree_cover_rate",
        "green_coverage",
        "roadside_greening_rate",
        "waterside_greening_rate",
        "park_green_per_capita",
        "green_cover_per_capita",
        "township_green_coverage",
        "village_greening",
        "village_green_coverage",
        "canopy_cover",
        "park_service_coverage",
        "water_source_forest",
        "car_park_canopy",
        "street_canopy_cover",
        "shelterbelt_control",
    ] = key("the indicator that the target is set for", example="roadside_greening_rate")
    level: Literal["county", "township", "village", "road", "road_grade"] = key(
        "the units that must reach the target", example="township"
    )
    value: float = key("the figure to reach, in % or m² per person", example=100)
    comparison: Literal[">=", ">", "<=", "<"] = key(
        "how the figure is compared with the target", example=">=", default=">="
    )
    grades: Grades = key(
        "the road grades that the target covers", example=["national", "county"], default=()
    )
    name: Text | None = key("the target's English name", example="Roadside trees", default=None)
    name_zh: Text | None = key("the target's Chinese name", example="道路绿化率", default=None)
    source: Text = key(
        "the document that sets the target",
        example="County plan 2023",
        default="campaign file",
    )
    note: Text | None = key("a remark for the report", example="greenable length", default=None)

    @model_validator(mode="after")
    def _level_fits(self) -> ExtraTarget:
        levels = LEVELS_OF[self.indicator]
        if self.level not in levels:
            raise ValueError(f"must have one of the levels {', '.join(levels)}")
        if self.grades and self.indicator != "roadside_greening_rate":
            raise ValueError("must not name road grades, which only roadside_greening_rate has")
        return self


class Settings(Section):
    """What a campaign file says; paths are absolute or relative to the campaign file's folder."""

    title: Text = key("the campaign's title", example="青岚县国家森林城市建设")
    title_en: Text | None = key(
        "the campaign's English title", example="Qinglan County forest city", default=None
    )
    county: Text | None = key("the county's name in tables", example="青岚县", default=None)
    county_en: Text | None = key(
        "the county's English name in tables", example="Qinglan County", default=None
    )
    year: Year | None = key("the year that is assessed", example=2023, default=None)
    target_year: Year | None = key(
        "the year by which targets must be met", example=2025, default=None
    )
    standard: Standards = key(
        "the target set or sets: built-in names or TOML files",
        example="national-forest-city-2012",
        default=(),
    )
    unobserved_limit_pct: Percent = key(
        'the unobserved share above which a verdict is "no data"', example=5.0, default=5.0
    )
    area: Literal["ellipsoid", "grid"] = key(
        "how areas are measured: on the ellipsoid or in the raster's plane",
        example="ellipsoid",
        default="ellipsoid",
    )
    conditions: Conditions = key(
        "the facts that thresholds depend on", example={"precipitation_mm": 1450}, default={}
    )
    cover: Cover = key("the land cover")
    layers: Layers = key("the map layers, of which [layers.townships] is required")
    roadside: Roadside = key("how roadside greening is counted", default=Roadside())
    accuracy: Accuracy | None = key(
        "the reference sample that verdicts take the errors of the map from", default=None
    )
    tasks: Annotated[tuple[Task, ...], BeforeValidator(as_tuple)] = key(
        "the tasks of the plan, each in a section [[task]]", default=(), alias="task"
    )
    targets: Annotated[tuple[ExtraTarget, ...], BeforeValidator(as_tuple)] = key(
        "targets of the campaign's own, each in a section [[target]]", default=(), alias="target"
    )

    _file: Path | None = PrivateAttr(default=None)

    @property
    def file(self) -> Path | None:
        """The file that the campaign was read from."""
        return self._file

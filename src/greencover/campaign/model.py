"""What a campaign file may say: every key with its meaning, its kind and its default.

The meanings are in the catalogues of ``words``; see ``sections``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, PrivateAttr, model_validator

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
from greencover.campaign.sections import Accuracy, Cover, Roadside, Section, Task, key
from greencover.ground.errors import CampaignError
from greencover.words import Listed

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
    ] = key(example="roadside_greening_rate")
    level: Literal["county", "township", "village", "road", "road_grade"] = key(example="township")
    value: float = key(example=100)
    comparison: Literal[">=", ">", "<=", "<"] = key(example=">=", default=">=")
    grades: Grades = key(example=["national", "county"], default=())
    name: Text | None = key(example="Roadside trees", default=None)
    name_zh: Text | None = key(example="道路绿化率", default=None)
    source: Text = key(example="County plan 2023", default="campaign file")
    note: Text | None = key(example="greenable length", default=None)

    @model_validator(mode="after")
    def _level_fits(self) -> ExtraTarget:
        levels = LEVELS_OF[self.indicator]
        if self.level not in levels:
            raise CampaignError("campaign.rule.levels", known=Listed.every(levels))
        if self.grades and self.indicator != "roadside_greening_rate":
            raise CampaignError("campaign.rule.no_grades")
        return self


class Settings(Section):
    """What a campaign file says; paths are absolute or relative to the campaign file's folder."""

    title: Text = key(example="青岚县国家森林城市建设")
    title_en: Text | None = key(example="Qinglan County forest city", default=None)
    county: Text | None = key(example="青岚县", default=None)
    county_en: Text | None = key(example="Qinglan County", default=None)
    year: Year | None = key(example=2023, default=None)
    target_year: Year | None = key(example=2025, default=None)
    standard: Standards = key(example="national-forest-city-2012", default=())
    unobserved_limit_pct: Percent = key(example=5.0, default=5.0)
    area: Literal["ellipsoid", "grid"] = key(example="ellipsoid", default="ellipsoid")
    conditions: Conditions = key(example={"precipitation_mm": 1450}, default={})
    cover: Cover = key()
    layers: Layers = key()
    roadside: Roadside = key(default=Roadside())
    accuracy: Accuracy | None = key(default=None)
    tasks: Annotated[tuple[Task, ...], BeforeValidator(as_tuple)] = key(default=(), alias="task")
    targets: Annotated[tuple[ExtraTarget, ...], BeforeValidator(as_tuple)] = key(
        default=(), alias="target"
    )

    _file: Path | None = PrivateAttr(default=None)

    @property
    def file(self) -> Path | None:
        """The file that the campaign was read from."""
        return self._file

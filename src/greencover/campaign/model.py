"""What a campaign file may say: every key with its meaning, its kind and its default.

The descriptions are shown to people, in error messages and by ``greencover check``; the first
example of a key is the line that a message proposes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    GetPydanticSchema,
    PlainValidator,
    PrivateAttr,
    ValidationInfo,
    model_validator,
)

from greencover.campaign.kinds import (
    Conditions,
    Folder,
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
from greencover.indicators.registry import Indicator, indicators
from greencover.words import Listed

Level = Literal["county", "township", "village", "road", "road_grade"]


def _records(info: ValidationInfo) -> Mapping[str, Indicator]:
    known: Mapping[str, Indicator] = (info.context or {}).get("records") or indicators()
    return known


def _computed(value: Any, info: ValidationInfo) -> str:
    known = [key for key, record in _records(info).items() if record.formula]
    if value not in known:
        listed = Listed(tuple(map(repr, known)), len(known), "or")
        raise CampaignError("campaign.rule.indicator", known=listed)
    return str(value)


def _keys(_: Any, __: Any) -> dict[str, Any]:
    keys = [key for key, record in indicators().items() if record.formula]
    return {"type": "string", "enum": keys}


class ExtraTarget(Section):
    """A target of the campaign's own, beside those of the standard."""

    indicator: Annotated[
        str, PlainValidator(_computed), GetPydanticSchema(get_pydantic_json_schema=_keys)
    ] = key("the indicator that the target is set for", example="roadside_greening_rate")
    level: Level = key("the units that must reach the target", example="township")
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
    def _level_fits(self, info: ValidationInfo) -> ExtraTarget:
        levels = _records(info)[self.indicator].levels
        if self.level not in levels:
            listed = Listed(levels, len(levels), "comma")
            raise CampaignError("campaign.rule.level", levels=listed)
        if self.grades and "road_grade" not in levels:
            raise CampaignError("campaign.rule.grades_of_roads")
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
    indicators: Folder | None = key(
        "the folder of your own records of indicators; without it, a folder of that name beside "
        "the campaign file",
        example="indicators",
        default=None,
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
    _records: Mapping[str, Indicator] | None = PrivateAttr(default=None)

    @property
    def file(self) -> Path | None:
        """The file that the campaign was read from."""
        return self._file

    @property
    def records(self) -> Mapping[str, Indicator]:
        """Records of all indicators that the campaign knows, its own among them."""
        return self._records or indicators(self.indicators)

"""What a campaign file may say: every key with its meaning, its kind and its default.

The meanings are in the catalogues of ``words``; see ``sections``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    GetPydanticSchema,
    PlainValidator,
    PrivateAttr,
    ValidationInfo,
    model_validator,
)

from greencover.campaign.corridor_sections import Roadside
from greencover.campaign.evidence_sections import Canopy
from greencover.campaign.kinds import (
    Conditions,
    Folder,
    Grades,
    Percent,
    Standards,
    Text,
    UnitShare,
    Year,
    as_tuple,
)
from greencover.campaign.layer_sections import Layers
from greencover.campaign.sections import Accuracy, Cover, Section, Task, key
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
        raise CampaignError("campaign.rule.one_of", known=Listed.every(map(repr, known), last="or"))
    return str(value)


def _keys(_: Any, __: Any) -> dict[str, Any]:
    keys = [key for key, record in indicators().items() if record.formula]
    return {"type": "string", "enum": keys}


class ExtraTarget(Section):
    """A target of the campaign's own, beside those of the standard."""

    indicator: Annotated[
        str, PlainValidator(_computed), GetPydanticSchema(get_pydantic_json_schema=_keys)
    ] = key(example="roadside_greening_rate")
    level: Level = key(example="township")
    value: float = key(example=100)
    comparison: Literal[">=", ">", "<=", "<"] = key(example=">=", default=">=")
    grades: Grades = key(example=["national", "county"], default=())
    scope: Text | None = key(example="built-up area", default=None)
    share_of_units: UnitShare | None = key(example="2/3", default=None)
    name: Text | None = key(example="Roadside trees", default=None)
    name_zh: Text | None = key(example="道路绿化率", default=None)
    source: Text = key(example="County plan 2023", default="campaign file")
    note: Text | None = key(example="greenable length", default=None)

    @model_validator(mode="after")
    def _level_fits(self, info: ValidationInfo) -> ExtraTarget:
        levels = _records(info)[self.indicator].levels
        if self.level not in levels:
            raise CampaignError("campaign.rule.levels", known=Listed.every(levels))
        if self.grades and "road_grade" not in levels:
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
    indicators: Folder | None = key(example="indicators", default=None)
    unobserved_limit_pct: Percent = key(example=5.0, default=5.0)
    area: Literal["ellipsoid", "grid"] = key(example="ellipsoid", default="ellipsoid")
    conditions: Conditions = key(example={"precipitation_mm": 1450}, default={})
    cover: Cover = key()
    layers: Layers = key()
    roadside: Roadside = key(default=Roadside())
    canopy: Canopy | None = key(default=None)
    accuracy: Accuracy | None = key(default=None)
    tasks: Annotated[tuple[Task, ...], BeforeValidator(as_tuple)] = key(default=(), alias="task")
    targets: Annotated[tuple[ExtraTarget, ...], BeforeValidator(as_tuple)] = key(
        default=(), alias="target"
    )

    _file: Path | None = PrivateAttr(default=None)
    _records: Mapping[str, Indicator] | None = PrivateAttr(default=None)

    @property
    def file(self) -> Path | None:
        """The file that the campaign was read from."""
        return self._file

    @property
    def named_files(self) -> tuple[Path, ...]:
        """The campaign's own file, and every file that one of its keys names."""
        texts = dict.fromkeys(_texts(self))
        own = () if self.file is None else (self.file,)
        # A title may be longer than any file name, which Path.is_file refuses.
        return (*own, *(Path(text) for text in texts if os.path.isfile(text)))  # noqa: PTH113

    @property
    def records(self) -> Mapping[str, Indicator]:
        """Records of all indicators that the campaign knows, its own among them."""
        return self._records or indicators(self.indicators)


def _texts(value: Any) -> Iterator[str]:
    """Every text and every path in nested sections, tables and lists."""
    if isinstance(value, str | Path):
        yield str(value)
    elif isinstance(value, BaseModel):
        for _, one in value:
            yield from _texts(one)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, Sequence):
        for one in value:
            yield from _texts(one)

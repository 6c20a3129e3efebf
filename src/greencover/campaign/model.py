"""What a campaign file may say: every key with its meaning, its kind and its default.

The meanings are in the catalogues of ``words``; see ``sections``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    GetPydanticSchema,
    PlainValidator,
    PrivateAttr,
    ValidationInfo,
    model_validator,
)

from greencover.accuracy.acceptance import Acceptance
from greencover.campaign.book_sections import Books, Tables
from greencover.campaign.corridor_sections import Roadside
from greencover.campaign.evidence_sections import Canopy
from greencover.campaign.kinds import (
    Amount,
    Conditions,
    Day,
    Folder,
    Grades,
    Percent,
    Risk,
    Standards,
    Text,
    UnitShare,
    Year,
    as_tuple,
)
from greencover.campaign.layer_sections import Layers
from greencover.campaign.sections import Accuracy, Cover, Planting, Section, Task, key
from greencover.ground.errors import AccuracyError, CampaignError
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


Computed = Annotated[
    str, PlainValidator(_computed), GetPydanticSchema(get_pydantic_json_schema=_keys)
]


def _goal(value: float, info: ValidationInfo) -> float:
    """A figure that an indicator can have: none is negative, and no share is above the whole."""
    record = _records(info).get(info.data.get("indicator", ""))
    most = 100.0 if record is not None and record.unit == "%" else _MOST
    if math.isfinite(value) and not 0.0 <= value <= most:
        raise CampaignError("campaign.rule.target_beyond", value=value)
    return value


# Kilometres, hectares and square metres per head stay far below.
_MOST = 1e9
Goal = Annotated[float, AfterValidator(_goal)]


class ExtraTarget(Section):
    """A target of the campaign's own, beside those of the standard."""

    indicator: Computed = key(example="roadside_greening_rate")
    level: Level = key(example="township")
    value: Goal = key(example=100)
    comparison: Literal[">=", ">", "<=", "<"] = key(example=">=", default=">=")
    grades: Grades = key(example=["national", "county"], default=())
    scope: Text | None = key(example="built-up area", default=None)
    share_of_units: UnitShare | None = key(example="2/3", default=None)
    accept_pct: Percent | None = key(example=98.0, default=None)
    accept_risk_pct: Risk | None = key(example=5.0, default=None)
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

    @model_validator(mode="after")
    def _acceptance_fits(self, info: ValidationInfo) -> ExtraTarget:
        unit = _records(info)[self.indicator].unit
        try:
            Acceptance.checked(
                self.accept_pct, self.accept_risk_pct, self.comparison, self.value, unit
            )
        except AccuracyError as wrong:
            raise CampaignError("campaign.rule.acceptance", wrong=wrong) from None
        return self

    @property
    def rule(self) -> dict[str, Any]:
        """How the figure is to be judged, as a target of a standard says it."""
        keys = ("share_of_units", "accept_pct", "accept_risk_pct")
        given = {name: getattr(self, name) for name in keys}
        return {name: value for name, value in given.items() if value is not None}


class Reported(Section):
    """A figure that somebody reported, to be held against what is measured."""

    unit: Text = key(example="青岚镇")
    level: Level | None = key(example="township", default=None)
    indicator: Computed = key(example="forest_coverage")
    value: Amount = key(example=62.3)
    measure: Literal["%", "fraction", "m²/person", "m²", "ha", "mu", "km"] | None = key(
        example="%", default=None
    )
    grades: Grades = key(example=["national", "county"], default=())
    scope: Text | None = key(example="built-up area", default=None)
    date: Day = key(example="2023-12-31")
    document: Text = key(example="County forestry report 2023, table 4")

    @model_validator(mode="after")
    def _measure_fits(self, info: ValidationInfo) -> Reported:
        record = _records(info)[self.indicator]
        if self.grades and "road_grade" not in record.levels:
            raise CampaignError("campaign.rule.no_grades")
        if self.level is not None and self.level not in record.levels:
            raise CampaignError("campaign.rule.levels", known=Listed.every(record.levels))
        known = measures_of(record)
        if self.measure is not None and self.measure not in known:
            raise CampaignError("campaign.rule.measures", known=Listed.every(known, last="or"))
        scopes = [scope for ground in record.grounds for scope in ground.scopes]
        if self.scope is not None and self.scope not in scopes:
            named = Listed.every(map(repr, scopes), last="or")
            raise CampaignError("campaign.rule.scopes", given=self.scope, known=named)
        share = record.unit == "%" and self.measure in (None, "%", "fraction")
        if share and self.measure is None and 0.0 < self.value <= 1.0:
            raise CampaignError("campaign.rule.percent_or_fraction", value=self.value)
        most = math.inf if _records(info)[self.indicator].formula == "completion" else 1.0
        if share and self.value > most * (1.0 if self.measure == "fraction" else 100.0):
            raise CampaignError("campaign.rule.more_than_all", known=Listed.every(known, last="or"))
        return self


def measures_of(record: Indicator) -> tuple[str, ...]:
    """Measures in which a figure of an indicator may be reported, its own first."""
    if record.formula == "completion":
        return (record.unit, "fraction")
    amounts = ("km",) if record.formula == "length" else ("ha", "mu")
    if record.unit == "%":
        return ("%", "fraction", *amounts)
    return (record.unit, *amounts, "m²")


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
    tables: Tables = key(default=Tables())
    books: Books | None = key(default=None)
    roadside: Roadside = key(default=Roadside())
    canopy: Canopy | None = key(default=None)
    accuracy: Accuracy | None = key(default=None)
    planting: Planting | None = key(default=None)
    tasks: Annotated[tuple[Task, ...], BeforeValidator(as_tuple)] = key(default=(), alias="task")
    targets: Annotated[tuple[ExtraTarget, ...], BeforeValidator(as_tuple)] = key(
        default=(), alias="target"
    )
    reported: Annotated[tuple[Reported, ...], BeforeValidator(as_tuple)] = key(default=())

    @model_validator(mode="after")
    def _ndvi_shows_any_green(self) -> Settings:
        of_ndvi = self.canopy is not None and self.canopy.kind == "ndvi"
        if of_ndvi and self.roadside.variant == "woody":
            raise CampaignError("campaign.rule.ndvi_is_not_woody")
        return self

    _file: Path | None = PrivateAttr(default=None)
    _records: Mapping[str, Indicator] | None = PrivateAttr(default=None)

    @property
    def file(self) -> Path | None:
        """The file that the campaign was read from."""
        return self._file

    @property
    def legends_beside(self) -> Path | None:
        """The folder beside that file whose legends go by their key, too."""
        return self._file.parent / "legends" if self._file else None

    @property
    def records(self) -> Mapping[str, Indicator]:
        """Records of all indicators that the campaign knows, its own among them."""
        return self._records or indicators(self.indicators)

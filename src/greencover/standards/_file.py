"""The shape of a standard's TOML file, as pydantic models.

Imported only when a file is read or the schema is asked for: pydantic is slow to import.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, FiniteFloat, Tag, model_validator

from greencover.corridor.grade_names import Grade
from greencover.ground.errors import StandardError

Level = Literal["county", "township", "village", "road", "road_grade"]
Comparison = Literal[">=", ">", "<=", "<"]
Confidence = Literal["S1", "S2", "C", "R+", "R", "R-"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Band(_Strict):
    """A range of a numeric condition; min and max are in it, above and below are not."""

    min: FiniteFloat | None = None
    max: FiniteFloat | None = None
    above: FiniteFloat | None = None
    below: FiniteFloat | None = None

    @model_validator(mode="after")
    def _has_a_limit(self) -> Band:
        if not self.model_fields_set:
            raise StandardError("standards.band_empty")
        return self


def _kind(value: Any) -> str:
    if isinstance(value, dict | Band):
        return "band"
    if isinstance(value, list):
        return "any of"
    return "text" if isinstance(value, str) else "number"


Wanted = Annotated[
    Annotated[Band, Tag("band")]
    | Annotated[list[str], Field(min_length=1), Tag("any of")]
    | Annotated[str, Tag("text")]
    | Annotated[FiniteFloat, Tag("number")],
    Discriminator(_kind),
]


class Rule(_Strict):
    """How a figure is to be judged where one unit's own value is not enough."""

    share_of_units: str | None = Field(
        None, pattern=r"^\d+(/[1-9]\d*)?$", description="share that must reach it, '2/3' or '1'"
    )
    of: str | None = Field(None, description="the units that are counted, such as 'county'")
    relative_to: str | None = Field(None, description="the figure to which the value is added")
    mean_of: Literal["country", "province"] | None = Field(
        None, description="the area whose mean the figure is: no unit's own"
    )
    deduct_wetland_above_pct: FiniteFloat | None = Field(
        None, description="natural wetland above this share of the area leaves the land area"
    )
    accept_pct: FiniteFloat | None = Field(
        None, description="met where this share is proven, which a sample can do"
    )
    accept_risk_pct: FiniteFloat | None = Field(
        None, description="chance in percent that a share beyond accept_pct passes"
    )


class TargetEntry(_Strict):
    """One [[target]] of a standard file."""

    indicator: str
    level: Level
    value: FiniteFloat | None = Field(None, description="absent: the item exists, no figure known")
    unit: str | None = Field(None, description="default: the indicator's unit")
    comparison: Comparison = ">="
    when: dict[str, Wanted] = {}
    grades: list[Grade] = []
    scope: str = ""
    rule: Rule | None = None
    computable: bool | None = Field(None, description="default: as the indicator")
    confidence: Confidence = "R"
    verified: bool | None = Field(None, description="default: true for S1 and C")
    source: str = ""
    note: str = ""
    note_zh: str = ""
    replaces_inherited: bool = Field(
        False, description="takes the place of every inherited target of this indicator and level"
    )
    name: str | None = Field(None, description="default: the indicator's name")
    name_zh: str | None = None

    @model_validator(mode="after")
    def _says_where_it_was_seen(self) -> TargetEntry:
        if self.confidence.startswith(("R", "S2")) and self.verified:
            raise StandardError("standards.verified_unseen")
        if self.confidence.startswith("S") and not self.source:
            raise StandardError("standards.seen_nowhere", confidence=self.confidence)
        return self


class StandardFile(_Strict):
    """A standard: who issued it and what it asks for."""

    title: str
    title_zh: str | None = None
    extends: str | None = Field(None, description="key or path of the standard to start from")
    issued: str = ""
    status: str = ""
    superseded_by: str = Field("", description="the edition that replaced this one")
    superseded_in: int | None = Field(None, description="the year from which that one holds")
    source: str = ""
    notes: list[str] = []
    target: list[TargetEntry] = Field(default=[], description="the targets, one [[target]] each")

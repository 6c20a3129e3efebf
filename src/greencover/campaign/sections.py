"""The sections of a campaign file below its top level: cover, rules, samples, tasks.

What a key means is said by the catalogues of ``words``, under ``[campaign.key.<class>]``; its
example is the line that a message proposes.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from greencover.campaign.kinds import (
    Amount,
    Band,
    Covers,
    Day,
    File,
    KeyOrFile,
    Level,
    Nodata,
    Place,
    Places,
    Positive,
    Remote,
    Share,
    Text,
    Words,
    Year,
)
from greencover.ground.errors import CampaignError


def key(
    *, example: Any = None, default: Any = ..., alias: str | None = None, meaning: str | None = None
) -> Any:
    """Return a key with an example of its value, its default, and the code of its meaning."""
    examples = None if example is None else [example]
    return Field(default, examples=examples, alias=alias, description=meaning)


class Section(BaseModel):
    """A table of the campaign file: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Describe keys by the code of their meaning; a key keeps that of the class it is from."""
        for name, field in cls.model_fields.items():
            field.description = field.description or f"campaign.key.{cls.__name__}.{name}"


class Cover(Section):
    """The land cover, a raster or polygons, and what counts as green on it."""

    model_config = ConfigDict(validate_default=True)

    path: Places | None = key(example="cover.tif", default=None)
    polygons: Place | None = key(example="sub-compartments.gpkg", default=None)
    code: Text | None = key(example="DLBM", default=None)
    closure: Text | None = key(example="郁闭度", default=None)
    least_closure: Share = key(example=0.2, default=0.2)
    origin: Text | None = key(example="起源", default=None)
    species: Text | None = key(example="优势树种", default=None)
    compartment: Text | None = key(example="小班号", default=None)
    layer: Text | None = key(example="sub-compartments", default=None)
    where: Text | None = key(example="年份 = 2023", default=None)
    crs: Text | None = key(example="EPSG:4547", default=None)
    operation: Text | None = key(example="EPSG:15921", default=None)
    legend: KeyOrFile = key(example="worldcover")
    year: Year | None = key(example=2023, default=None)
    source: Text | None = key(example="第三次全国国土调查", default=None)
    licence: Text | None = key(example="CC BY 4.0", default=None)
    date: Day | None = key(example="2023-06-30", default=None)
    band: Band | None = key(example=1, default=None)
    asset: Text | None = key(example="map", default=None)
    nodata: Nodata = key(example="none", default="file")
    remote: Remote = key(example=True, default=False)
    minimum_patch_mu: Positive | None = key(example=1, default=None)
    forest: Covers = key(example=["tree"], default=("tree",))
    tree_cover: Covers = key(example=["tree", "shrub"], default=("tree", "shrub"))
    green: Covers = key(
        example=["tree", "shrub", "grass"], default=("tree", "shrub", "grass", "wetland", "moss")
    )
    natural_wetland: Covers | None = key(example=["wetland", "water"], default=None)

    @model_validator(mode="after")
    def _rasters_or_polygons(self) -> Cover:
        if (self.path is None) == (self.polygons is None):
            raise CampaignError("campaign.rule.path_or_polygons")
        if (self.code is None) != (self.polygons is None):
            raise CampaignError("campaign.rule.polygons_and_code")
        if self.polygons is None and (
            self.where or self.origin or self.species or self.compartment
        ):
            raise CampaignError("campaign.rule.only_of_polygons")
        if self.polygons is not None and self.minimum_patch_mu is not None:
            raise CampaignError("campaign.rule.no_patch_of_polygons")
        return self


class Accuracy(Section):
    """A reference sample that says how often the land cover is right."""

    path: File = key(example="accuracy.csv")
    level: Level = key(example=0.95, default=0.95)
    map: Text | None = key(example="map", default=None)
    reference: Text | None = key(example="truth", default=None)


class Task(Section):
    """A piece of the plan, and how much of it is done."""

    task: Text = key(example="corridor greening")
    planned: Amount = key(example=200)
    done: Amount = key(example=210)
    unit: Literal["ha", "mu", "trees", "km", "places", "公顷", "亩", "株", "公里", "处"] = key(
        example="mu"
    )
    township: Text | None = key(example="青岚镇", default=None)
    responsible: Text | None = key(example="张某", default=None)
    start: Day | None = key(example="2023-03-01", default=None)
    end: Day | None = key(example="2023-11-30", default=None)


class Planting(Section):
    """How gaps become work packages."""

    model_config = ConfigDict(validate_default=True)

    spacing_m: Positive = key(example=3, default=3.0)
    rows: Literal[1, 2, 3, 4, 5, 6] = key(example=2, default=2)
    row_spacing_m: Positive = key(example=2, default=2.0)
    least_length_m: Amount = key(example=20, default=0.0)
    seasons: Words = key(example=["2024春", "2024秋"], default=())
    responsible: dict[str, Text] = key(example={"360899101": "云溪镇人民政府"}, default={})
    form: File | None = key(example="work-packages.xlsx", default=None)

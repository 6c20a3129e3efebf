"""The sections of a campaign file below its top level: cover, rules, samples, tasks.

The descriptions are shown to people, in error messages and by ``greencover check``; the first
example of a key is the line that a message proposes.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from greencover.campaign.kinds import (
    Amount,
    Band,
    Covers,
    File,
    KeyOrFile,
    Nodata,
    Places,
    Positive,
    Remote,
    Text,
    Year,
)


def key(meaning: str, *, example: Any = None, default: Any = ..., alias: str | None = None) -> Any:
    """Return a key with what it means, an example of its value, and its default."""
    examples = None if example is None else [example]
    return Field(default, description=meaning, examples=examples, alias=alias)


class Section(BaseModel):
    """A table of the campaign file: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Cover(Section):
    """The land-cover raster and what counts as green on it."""

    model_config = ConfigDict(validate_default=True)

    path: Places = key("the land-cover raster, or a list of its tiles", example="cover.tif")
    legend: KeyOrFile = key(
        "what the raster's codes mean: a built-in legend or a TOML file", example="worldcover"
    )
    year: Year | None = key("the year of the land cover", example=2023, default=None)
    band: Band | None = key(
        "the band that holds the codes, where a raster has several", example=1, default=None
    )
    asset: Text | None = key(
        "the asset with the codes, where the path names a STAC catalogue",
        example="map",
        default=None,
    )
    nodata: Nodata = key(
        'the cell value without data, "none" for no value, "file" for what the raster says',
        example="none",
        default="file",
    )
    remote: Remote = key(
        "whether the raster may lie on another machine", example=True, default=False
    )
    minimum_patch_mu: Positive | None = key(
        "the smallest patch that counts as forest, in mu; smaller ones count as shrubs",
        example=1,
        default=None,
    )
    forest: Covers = key(
        "the cover types that count as forest", example=["tree"], default=("tree",)
    )
    tree_cover: Covers = key(
        "the cover types that count as tree cover",
        example=["tree", "shrub"],
        default=("tree", "shrub"),
    )
    green: Covers = key(
        "the cover types that count as green",
        example=["tree", "shrub", "grass"],
        default=("tree", "shrub", "grass", "wetland", "moss"),
    )


class Accuracy(Section):
    """A reference sample that says how often the land cover is right."""

    path: File = key(
        "the CSV file with the counts of the confusion matrix, or with one sample point a row",
        example="accuracy.csv",
    )
    level: Annotated[float, Field(ge=0.5, le=0.999)] = key(
        "the confidence level of intervals", example=0.95, default=0.95
    )
    map: Text | None = key(
        "for sample points: the column with what the map shows", example="map", default=None
    )
    reference: Text | None = key(
        "for sample points: the column with what is really there", example="truth", default=None
    )


class Task(Section):
    """A piece of the plan, and how much of it is done."""

    task: Text = key("what is to be done", example="corridor greening")
    planned: Amount = key("how much of it is planned", example=200)
    done: Amount = key("how much of it is done", example=210)
    unit: Literal["ha", "mu", "trees", "km", "places"] = key(
        "the unit of both amounts", example="mu"
    )

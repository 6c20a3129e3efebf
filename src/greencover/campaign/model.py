"""What a campaign file may say: every key with its meaning, its kind and its default.

The descriptions are shown to people, in error messages and by ``greencover check``; the first
example of a key is the line that a message proposes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator

from greencover.campaign.kinds import (
    Band,
    ByGrade,
    Conditions,
    Covers,
    File,
    GradeOrNone,
    Grades,
    KeyOrFile,
    Percent,
    Place,
    Places,
    Positive,
    Remote,
    Standards,
    Text,
    Year,
    as_tuple,
    by_grade,
)

if TYPE_CHECKING:
    from greencover.campaign.layers import OpenedCampaign

LEVELS_OF = {
    "forest_coverage": ("county", "township", "village"),
    "tree_cover_rate": ("county", "township", "village"),
    "green_coverage": ("county", "township", "village"),
    "roadside_greening_rate": ("county", "township", "road", "road_grade"),
    "park_green_per_capita": ("county", "township", "village"),
    "green_cover_per_capita": ("county", "township", "village"),
}


def _key(meaning: str, *, example: Any = None, default: Any = ..., alias: str | None = None) -> Any:
    examples = None if example is None else [example]
    return Field(default, description=meaning, examples=examples, alias=alias)


class Section(BaseModel):
    """A table of the campaign file: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Layer(Section):
    """Where a map layer lies."""

    model_config = ConfigDict(validate_default=True)

    path: Place = _key("the file that holds the layer", example="county.gpkg")
    layer: Text | None = _key("the layer inside the file", example="townships", default=None)
    crs: Text | None = _key(
        "the coordinate system, where the layer names none or a wrong one",
        example="GCJ-02",
        default=None,
    )
    remote: Remote = _key(
        "whether the layer may lie on another machine", example=True, default=False
    )


class PopulationTable(Section):
    """Residents in a table of their own."""

    path: File = _key("the CSV or Excel file of residents", example="residents.xlsx")
    sheet: Text | None = _key("the sheet of an Excel file", example="2023", default=None)
    code: Text | None = _key("the table's column of unit codes", example="code", default=None)
    name: Text | None = _key("the table's column of unit names", example="乡镇", default=None)
    population: Text = _key("the table's column of residents", example="常住人口")

    @model_validator(mode="after")
    def _one_key(self) -> PopulationTable:
        if (self.code is None) == (self.name is None):
            raise ValueError("must name either the column code or the column name to join by")
        return self


class CountyLayer(Layer):
    """The county's own outline."""

    code: Text | None = _key("the column with the county's code", example="code", default=None)
    name: Text | None = _key("the column with the county's name", example="name", default=None)
    name_en: Text | None = _key(
        "the column with the county's English name", example="name_en", default=None
    )
    population: Text | None = _key(
        "the column with the county's residents", example="residents", default=None
    )


class UnitLayer(Layer):
    """Polygons that are reported one by one."""

    code: Text | None = _key(
        "the column with each unit's own code; found by its name if left out",
        example="code",
        default=None,
    )
    name: Text | None = _key(
        "the column with each unit's name; found by its name if left out",
        example="name",
        default=None,
    )
    name_en: Text | None = _key(
        "the column with each unit's English name", example="name_en", default=None
    )
    population: Text | None = _key(
        "the column with each unit's residents", example="residents", default=None
    )
    population_table: PopulationTable | None = _key(
        "residents in a table of their own", default=None
    )

    @model_validator(mode="after")
    def _one_source_of_residents(self) -> UnitLayer:
        if self.population is not None and self.population_table is not None:
            raise ValueError("must take residents from population or population_table, not both")
        return self


class VillageLayer(UnitLayer):
    """Villages, each in a township."""

    township: Text | None = _key(
        "the column with the code of the township that a village belongs to",
        example="township_code",
        default=None,
    )


class RoadLayer(Layer):
    """Road centrelines."""

    name: Text | None = _key(
        "the column that says which pieces make up one road; found by its name if left out",
        example="road",
        default=None,
    )
    grade: Text | None = _key(
        "the column with the grade of a road; found by its name if left out",
        example="grade",
        default=None,
    )
    bridge: Text | None = _key("the column that marks bridges", example="bridge", default=None)
    tunnel: Text | None = _key("the column that marks tunnels", example="tunnel", default=None)
    grades: dict[str, GradeOrNone] = _key(
        'the grade that each own value of the grade column stands for, "none" to leave it out',
        example={"G": "national"},
        default={},
    )


class ParkLayer(Layer):
    """Public parks."""

    name: Text | None = _key("the column with the name of a park", example="name", default=None)


class Layers(Section):
    """The map layers of a campaign."""

    townships: UnitLayer = _key("the townships, the units that are judged")
    county: CountyLayer | None = _key("the county's outline", default=None)
    villages: VillageLayer | None = _key("the villages", default=None)
    roads: RoadLayer | None = _key("the road centrelines", default=None)
    parks: ParkLayer | None = _key("the public parks", default=None)


class Cover(Section):
    """The land-cover raster and what counts as green on it."""

    model_config = ConfigDict(validate_default=True)

    path: Places = _key("the land-cover raster, or a list of its tiles", example="cover.tif")
    legend: KeyOrFile = _key(
        "what the raster's codes mean: a built-in legend or a TOML file", example="worldcover"
    )
    year: Year | None = _key("the year of the land cover", example=2023, default=None)
    band: Band | None = _key(
        "the band that holds the codes, where a raster has several", example=1, default=None
    )
    remote: Remote = _key(
        "whether the raster may lie on another machine", example=True, default=False
    )
    forest: Covers = _key(
        "the cover types that count as forest", example=["tree"], default=("tree",)
    )
    tree_cover: Covers = _key(
        "the cover types that count as tree cover",
        example=["tree", "shrub"],
        default=("tree", "shrub"),
    )
    green: Covers = _key(
        "the cover types that count as green",
        example=["tree", "shrub", "grass"],
        default=("tree", "shrub", "grass", "wetland", "moss"),
    )


class Roadside(Section):
    """How roadside greening is counted; each key has a default."""

    step_m: Positive = _key("the distance between stations along a road", example=10, default=10.0)
    variant: Literal["woody", "any green"] = _key(
        "what greens a roadside: woody plants or any green", example="woody", default="woody"
    )
    threshold: Annotated[ByGrade, by_grade(low=0.0, high=1.0, default=0.3)] = _key(
        "the share of a strip that must be green", example=0.3, default=0.3
    )
    offset_m: Annotated[ByGrade, by_grade(low=0.0, high=200.0, default=6.0)] = _key(
        "the distance from the centreline to the edge of the carriageway", example=6.0, default=6.0
    )
    belt_m: Annotated[ByGrade, by_grade(low=0.1, high=500.0, default=10.0)] = _key(
        "the width of the green belt beside the carriageway", example=10.0, default=10.0
    )


class ExtraTarget(Section):
    """A target of the campaign's own, beside those of the standard."""

    indicator: Literal[
        "forest_coverage",
        "tree_cover_rate",
        "green_coverage",
        "roadside_greening_rate",
        "park_green_per_capita",
        "green_cover_per_capita",
    ] = _key("the indicator that the target is set for", example="roadside_greening_rate")
    level: Literal["county", "township", "village", "road", "road_grade"] = _key(
        "the units that must reach the target", example="township"
    )
    value: float = _key("the figure to reach, in % or m² per person", example=100)
    comparison: Literal[">=", ">", "<=", "<"] = _key(
        "how the figure is compared with the target", example=">=", default=">="
    )
    grades: Grades = _key(
        "the road grades that the target covers", example=["national", "county"], default=()
    )
    name: Text | None = _key("the target's English name", example="Roadside trees", default=None)
    name_zh: Text | None = _key("the target's Chinese name", example="道路绿化率", default=None)
    source: Text = _key(
        "the document that sets the target",
        example="County plan 2023",
        default="campaign file",
    )
    note: Text | None = _key("a remark for the report", example="greenable length", default=None)

    @model_validator(mode="after")
    def _level_fits(self) -> ExtraTarget:
        levels = LEVELS_OF[self.indicator]
        if self.level not in levels:
            raise ValueError(f"must have one of the levels {', '.join(levels)}")
        if self.grades and self.indicator != "roadside_greening_rate":
            raise ValueError("must not name road grades, which only roadside_greening_rate has")
        return self


class Campaign(Section):
    """A campaign: the layers, the land cover and the targets to hold them against.

    Build one with :meth:`read`. Paths are absolute or relative to the campaign file's folder.
    """

    title: Text = _key("the campaign's title", example="青岚县国家森林城市建设")
    title_en: Text | None = _key(
        "the campaign's English title", example="Qinglan County forest city", default=None
    )
    county: Text | None = _key("the county's name in tables", example="青岚县", default=None)
    county_en: Text | None = _key(
        "the county's English name in tables", example="Qinglan County", default=None
    )
    year: Year | None = _key("the year that is assessed", example=2023, default=None)
    target_year: Year | None = _key(
        "the year by which targets must be met", example=2025, default=None
    )
    standard: Standards = _key(
        "the target set or sets: built-in names or TOML files",
        example="national-forest-city-2012",
        default=(),
    )
    unobserved_limit_pct: Percent = _key(
        'the unobserved share above which a verdict is "no data"', example=5.0, default=5.0
    )
    area: Literal["ellipsoid", "grid"] = _key(
        "how areas are measured: on the ellipsoid or in the raster's plane",
        example="ellipsoid",
        default="ellipsoid",
    )
    conditions: Conditions = _key(
        "the facts that thresholds depend on", example={"precipitation_mm": 1450}, default={}
    )
    cover: Cover = _key("the land cover")
    layers: Layers = _key("the map layers, of which [layers.townships] is required")
    roadside: Roadside = _key("how roadside greening is counted", default=Roadside())
    targets: Annotated[tuple[ExtraTarget, ...], BeforeValidator(as_tuple)] = _key(
        "targets of the campaign's own, each in a section [[target]]", default=(), alias="target"
    )

    _file: Path | None = PrivateAttr(default=None)

    @property
    def file(self) -> Path | None:
        """The file that the campaign was read from."""
        return self._file

    @classmethod
    def read(cls, path: str | Path) -> Campaign:
        """Read and validate a campaign file.

        Raises
        ------
        CampaignError
            The file cannot be read or a key is wrong; the message names the key, its meaning and
            the remedy.
        """
        from greencover.campaign.reader import read_campaign

        return read_campaign(path)

    def open(self) -> OpenedCampaign:
        """Open the land cover and read the layers; see :class:`OpenedCampaign`."""
        from greencover.campaign.layers import open_campaign

        return open_campaign(self)

"""The sections of a campaign file that name its map layers.

The meanings of keys are in the catalogues of ``words``, as in ``sections``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import ConfigDict, create_model, model_validator

from greencover.campaign.corridor_sections import CorridorSection, rule_keys
from greencover.campaign.evidence_sections import TreeColumns, Witnessed
from greencover.campaign.kinds import (
    File,
    GradeWords,
    KeyOrFile,
    Metres,
    Place,
    Places,
    Radius,
    Remote,
    Text,
    Year,
)
from greencover.campaign.sections import Section, key
from greencover.ground.errors import CampaignError


class Layer(Section):
    """Where a map layer lies."""

    model_config = ConfigDict(validate_default=True)

    path: Place = key(example="county.gpkg")
    layer: Text | None = key(example="townships", default=None)
    where: Text | None = key(example="fclass = 'park' AND access IS NULL", default=None)
    crs: Text | None = key(example="GCJ-02", default=None)
    operation: Text | None = key(example="EPSG:15921", default=None)
    remote: Remote = key(example=True, default=False)


class PopulationTable(Section):
    """Residents in a table of their own."""

    path: File = key(example="residents.xlsx")
    sheet: Text | None = key(example="2023", default=None)
    where: Text | None = key(example="年份 = 2023", default=None)
    code: Text | None = key(example="code", default=None)
    name: Text | None = key(example="乡镇", default=None)
    population: Text = key(example="常住人口")

    @model_validator(mode="after")
    def _onekey(self) -> PopulationTable:
        if (self.code is None) == (self.name is None):
            raise CampaignError("campaign.rule.code_or_name")
        return self


class PopulationGrid(Section):
    """A raster of residents."""

    path: Place = key(example="population.tif")
    remote: Remote = key(example=True, default=False)
    kind: Literal["count", "density"] = key(example="count")
    per: Literal["m2", "ha", "km2"] = key(example="km2", default="km2")


class CountyLayer(Layer):
    """The county's own outline."""

    code: Text | None = key(example="code", default=None)
    name: Text | None = key(example="name", default=None)
    name_en: Text | None = key(example="name_en", default=None)
    population: Text | None = key(example="residents", default=None)
    statutory_ha: Text | None = key(example="面积_公顷", default=None)


class UnitLayer(Layer):
    """Polygons that are reported one by one."""

    code: Text | None = key(example="code", default=None)
    name: Text | None = key(example="name", default=None)
    name_en: Text | None = key(example="name_en", default=None)
    population: Text | None = key(example="residents", default=None)
    statutory_ha: Text | None = key(example="面积_公顷", default=None)
    population_table: PopulationTable | None = key(default=None)
    population_grid: PopulationGrid | None = key(default=None)

    @model_validator(mode="after")
    def _one_source_of_residents(self) -> UnitLayer:
        if self.population is not None and self.population_table is not None:
            raise CampaignError("campaign.rule.column_or_table")
        tables = self.population is not None or self.population_table is not None
        if tables and self.population_grid is not None:
            raise CampaignError("campaign.rule.one_source_of_residents")
        return self


class VillageLayer(UnitLayer):
    """Villages, each in a township."""

    township: Text | None = key(example="township_code", default=None)
    settlement: Text | None = key(example="settlement", default=None)
    settlements: dict[str, Literal["clustered", "dispersed"]] = key(
        example={"compact": "clustered"}, default={}
    )

    population_shared: bool = key(example=True, default=False)


class RoadLayer(Layer):
    """Road centrelines."""

    name: Text | None = key(example="road", default=None)
    grade: Text | None = key(example="grade", default=None)
    bridge: Text | None = key(example="bridge", default=None)
    tunnel: Text | None = key(example="tunnel", default=None)
    excluded: Text | None = key(example="reason", default=None)
    start_km: Text | None = key(example="start_km", default=None)
    ref: Text | None = key(example="ref", default=None)
    grades: GradeWords = key(example={"G": "national"}, default={})


class ParkLayer(Layer):
    """Public parks."""

    name: Text | None = key(example="name", default=None)
    radius_m: Radius = key(example=500, default=500.0)


class WaterSection(Layer, CorridorSection):
    """Rivers, canals and lakes, as lines or as polygons, and the rules of banks alone."""

    name: Text = key(example="name")
    width_m: Metres = key(example=20, default=0.1)


if TYPE_CHECKING:
    WaterLayer = WaterSection
else:
    WaterLayer = create_model(
        "WaterLayer",
        __base__=WaterSection,
        __doc__=WaterSection.__doc__,
        **rule_keys("water", of=("water",)),
    )


class BuiltUpLayer(Layer):
    """Outlines of built-up areas, with their residents where those are known."""

    population: Text | None = key(example="residents", default=None)


class StreetLayer(Layer):
    """Streets, as polygons or as centrelines with a width."""

    width_m: Metres | None = key(example=20, default=None)


class ShelterbeltLayer(Layer):
    """Shelterbelts of cropland."""

    reach_m: Metres = key(example=300)


class WorkLayer(Layer):
    """Works as points, lines or polygons, and a land cover from before."""

    name: Text | None = key(example="name", default=None)
    task: Text | None = key(example="task", default=None)
    township: Text | None = key(example="乡镇", default=None)
    responsible: Text | None = key(example="责任人", default=None)
    photo: Text | None = key(example="photo", default=None)
    before: Places | None = key(example="cover_2020.tif", default=None)
    legend: KeyOrFile | None = key(example="worldcover", default=None)
    year: Year | None = key(example=2020, default=None)


class TreeLayer(Layer, TreeColumns):
    """An inventory of trees, as points."""


class TreeRowLayer(Layer, Witnessed):
    """Rows and belts of trees, as lines."""

    width_m: Metres | None = key(example="width", default=None)
    spacing_m: Metres | None = key(example=6, default=None)


class SurveyedLayer(Layer):
    """Where trees were looked for: polygons, or a table of roads and chainages."""


class PlantingSiteLayer(Layer, Witnessed):
    """Places found plantable, as points or polygons."""


class FieldCheckLayer(Layer, Witnessed):
    """Station sides that were looked at, as a filled form or as points."""


class Layers(Section):
    """The map layers of a campaign."""

    townships: UnitLayer = key()
    county: CountyLayer | None = key(default=None)
    villages: VillageLayer | None = key(default=None)
    roads: RoadLayer | None = key(default=None)
    parks: ParkLayer | None = key(default=None)
    built_up: BuiltUpLayer | None = key(default=None)
    residential: Layer | None = key(default=None)
    water_sources: Layer | None = key(default=None)
    car_parks: Layer | None = key(default=None)
    waters: WaterLayer | None = key(default=None)
    streets: StreetLayer | None = key(default=None)
    works: WorkLayer | None = key(default=None)
    shelterbelts: ShelterbeltLayer | None = key(default=None)
    trees: TreeLayer | None = key(default=None)
    tree_rows: TreeRowLayer | None = key(default=None)
    surveyed: SurveyedLayer | None = key(default=None)
    planting_sites: PlantingSiteLayer | None = key(default=None)
    field_checks: FieldCheckLayer | None = key(default=None)

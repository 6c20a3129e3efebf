"""The sections of a campaign file that name its map layers.

The descriptions are shown to people, as in ``sections``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import ConfigDict, create_model, model_validator

from greencover.campaign.corridor_sections import CorridorSection, rule_keys
from greencover.campaign.kinds import (
    File,
    GradeOrNone,
    Metres,
    Place,
    Places,
    Radius,
    Remote,
    Text,
    Year,
)
from greencover.campaign.sections import Section, key


class Layer(Section):
    """Where a map layer lies."""

    model_config = ConfigDict(validate_default=True)

    path: Place = key("the file that holds the layer", example="county.gpkg")
    layer: Text | None = key("the layer inside the file", example="townships", default=None)
    crs: Text | None = key(
        "the coordinate system, where the layer names none or a wrong one",
        example="GCJ-02",
        default=None,
    )
    remote: Remote = key(
        "whether the layer may lie on another machine", example=True, default=False
    )


class PopulationTable(Section):
    """Residents in a table of their own."""

    path: File = key("the CSV or Excel file of residents", example="residents.xlsx")
    sheet: Text | None = key("the sheet of an Excel file", example="2023", default=None)
    code: Text | None = key("the table's column of unit codes", example="code", default=None)
    name: Text | None = key("the table's column of unit names", example="乡镇", default=None)
    population: Text = key("the table's column of residents", example="常住人口")

    @model_validator(mode="after")
    def _onekey(self) -> PopulationTable:
        if (self.code is None) == (self.name is None):
            raise ValueError("must name either the column code or the column name to join by")
        return self


class PopulationGrid(Section):
    """A raster of residents."""

    path: Place = key("the raster of residents", example="population.tif")
    remote: Remote = key(
        "whether the raster may lie on another machine", example=True, default=False
    )
    kind: Literal["count", "density"] = key(
        "whether a cell holds its residents or residents on a unit of ground", example="count"
    )
    per: Literal["m2", "ha", "km2"] = key(
        "the unit of ground of a density", example="km2", default="km2"
    )


class CountyLayer(Layer):
    """The county's own outline."""

    code: Text | None = key("the column with the county's code", example="code", default=None)
    name: Text | None = key("the column with the county's name", example="name", default=None)
    name_en: Text | None = key(
        "the column with the county's English name", example="name_en", default=None
    )
    population: Text | None = key(
        "the column with the county's residents", example="residents", default=None
    )
    statutory_ha: Text | None = key(
        "the column with the county's area on file in hectares, which its areas are scaled to",
        example="面积_公顷",
        default=None,
    )


class UnitLayer(Layer):
    """Polygons that are reported one by one."""

    code: Text | None = key(
        "the column with each unit's own code; found by its name if left out",
        example="code",
        default=None,
    )
    name: Text | None = key(
        "the column with each unit's name; found by its name if left out",
        example="name",
        default=None,
    )
    name_en: Text | None = key(
        "the column with each unit's English name", example="name_en", default=None
    )
    population: Text | None = key(
        "the column with each unit's residents", example="residents", default=None
    )
    statutory_ha: Text | None = key(
        "the column with each unit's area on file in hectares, which its areas are scaled to",
        example="面积_公顷",
        default=None,
    )
    population_table: PopulationTable | None = key(
        "residents in a table of their own", default=None
    )
    population_grid: PopulationGrid | None = key("residents in a raster", default=None)

    @model_validator(mode="after")
    def _one_source_of_residents(self) -> UnitLayer:
        if self.population is not None and self.population_table is not None:
            raise ValueError("must take residents from population or population_table, not both")
        tables = self.population is not None or self.population_table is not None
        if tables and self.population_grid is not None:
            raise ValueError("must take residents from a column, a table or a grid, not two")
        return self


class VillageLayer(UnitLayer):
    """Villages, each in a township."""

    township: Text | None = key(
        "the column with the code of the township that a village belongs to",
        example="township_code",
        default=None,
    )
    settlement: Text | None = key(
        "the column that says whether a village is clustered or dispersed; the polygons are then "
        "outlines of settlements",
        example="settlement",
        default=None,
    )
    settlements: dict[str, Literal["clustered", "dispersed"]] = key(
        "the settlement type that each own value of the settlement column stands for",
        example={"compact": "clustered"},
        default={},
    )

    population_shared: bool = key(
        "whether residents of the townships are shared out to the villages by built-up cover",
        example=True,
        default=False,
    )


class RoadLayer(Layer):
    """Road centrelines."""

    name: Text | None = key(
        "the column that says which pieces make up one road; found by its name if left out",
        example="road",
        default=None,
    )
    grade: Text | None = key(
        "the column with the grade of a road; found by its name if left out",
        example="grade",
        default=None,
    )
    bridge: Text | None = key("the column that marks bridges", example="bridge", default=None)
    tunnel: Text | None = key("the column that marks tunnels", example="tunnel", default=None)
    excluded: Text | None = key(
        "the column with the reason why a piece cannot be greened", example="reason", default=None
    )
    start_km: Text | None = key(
        "the column with the chainage at which a piece starts", example="start_km", default=None
    )
    grades: dict[str, GradeOrNone] = key(
        'the grade that each own value of the grade column stands for, "none" to leave it out',
        example={"G": "national"},
        default={},
    )


class ParkLayer(Layer):
    """Public parks."""

    name: Text | None = key("the column with the name of a park", example="name", default=None)
    radius_m: Radius = key("the distance that a park serves", example=500, default=500.0)


class WaterSection(Layer, CorridorSection):
    """Rivers, canals and lakes, as lines or as polygons, and the rules of banks alone."""

    name: Text = key("the column that says which pieces make up one water", example="name")
    width_m: Metres = key(
        "for waters drawn as lines: their width, a number or a column", example=20, default=0.1
    )


if TYPE_CHECKING:
    WaterLayer = WaterSection
else:
    WaterLayer = create_model(
        "WaterLayer",
        __base__=WaterSection,
        __doc__=WaterSection.__doc__,
        **rule_keys("water", of=("water",)),
    )


class StreetLayer(Layer):
    """Streets, as polygons or as centrelines with a width."""

    width_m: Metres | None = key(
        "for centrelines: the width of a street between property lines, a number or a column",
        example=20,
        default=None,
    )


class ShelterbeltLayer(Layer):
    """Shelterbelts of cropland."""

    reach_m: Metres = key("the distance that a belt protects, a number or a column", example=300)


class WorkLayer(Layer):
    """Plots that were planted, and a land cover from before."""

    name: Text | None = key("the column with the name of a plot", example="name", default=None)
    before: Places = key(
        "the land cover from before planting, on the grid of the land cover, or its tiles",
        example="cover_2020.tif",
    )
    year: Year | None = key("the year of that land cover", example=2020, default=None)


class Layers(Section):
    """The map layers of a campaign."""

    townships: UnitLayer = key("the townships, the units that are judged")
    county: CountyLayer | None = key("the county's outline", default=None)
    villages: VillageLayer | None = key("the villages", default=None)
    roads: RoadLayer | None = key("the road centrelines", default=None)
    parks: ParkLayer | None = key("the public parks", default=None)
    built_up: Layer | None = key("the outlines of built-up areas", default=None)
    residential: Layer | None = key("the residential land", default=None)
    water_sources: Layer | None = key("the protected water-source areas", default=None)
    car_parks: Layer | None = key("the surface car parks, new ones for the rule", default=None)
    waters: WaterLayer | None = key("the rivers, canals and lakes", default=None)
    streets: StreetLayer | None = key("the streets of towns", default=None)
    works: WorkLayer | None = key("the plots that were planted", default=None)
    shelterbelts: ShelterbeltLayer | None = key("the shelterbelts of cropland", default=None)

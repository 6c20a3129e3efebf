"""Forest coverage, roadside greening and green space by township, village and road.

Names are looked up on first use, so that ``import greencover`` stays light: nothing is compiled
and no plotting library is loaded before it is needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from greencover.accuracy.adjusted import adjusted_shares, error_adjusted, sample_size
    from greencover.accuracy.confusion import confusion_from_points
    from greencover.accuracy.strata import stratified_accuracy
    from greencover.campaign import Campaign
    from greencover.corridor.planting import planting_list
    from greencover.corridor.roadside import (
        RoadsideGreening,
        roadside_greening,
        roadside_greening_in_groups,
    )
    from greencover.corridor.sensitivity import roadside_sensitivity
    from greencover.corridor.waterside import WatersideGreening, waterside_greening
    from greencover.corridor.widths import carriageway_offset
    from greencover.cover import Legend
    from greencover.cover.land_cover import LandCover
    from greencover.ground.errors import GreencoverError, GreencoverWarning
    from greencover.indicators.aggregation import merged
    from greencover.indicators.attainment import (
        belts_needed,
        forest_needed,
        park_needed,
        plantable_land,
    )
    from greencover.indicators.canopy import (
        canopy_cover,
        canopy_near,
        car_park_canopy,
        street_canopy_cover,
    )
    from greencover.indicators.change import (
        adjusted_change,
        cover_change,
        transition_matrix,
        transitions,
    )
    from greencover.indicators.forest import (
        forest_coverage,
        green_coverage,
        tree_cover_rate,
        water_source_forest,
    )
    from greencover.indicators.green_space import (
        built_up_green_coverage,
        green_cover_per_capita,
        green_space_per_capita,
    )
    from greencover.indicators.progress import completion_rate, pace, planted_status
    from greencover.indicators.registry import Definition, definition, definitions
    from greencover.indicators.sdg import forest_share_of_land, open_public_space
    from greencover.indicators.shelterbelt import shelterbelt_control
    from greencover.indicators.village import village_greening
    from greencover.overlay import (
        adjust_to_statutory,
        class_areas,
        ground_area_ha,
        zonal_sums,
    )
    from greencover.people.park_service import (
        park_distance,
        park_service_coverage,
        residents_served,
        service_radius,
    )
    from greencover.people.population import (
        join_population,
        population_from_raster,
        share_out_population,
    )
    from greencover.results import Assessment, assess
    from greencover.verdicts import compare

__version__ = "0.1.0"

_HOME = {
    "Assessment": "results",
    "Campaign": "campaign",
    "Definition": "indicators.registry",
    "GreencoverError": "ground.errors",
    "GreencoverWarning": "ground.errors",
    "LandCover": "cover.land_cover",
    "Legend": "cover",
    "Run": "ground.run",
    "RoadsideGreening": "corridor.roadside",
    "WatersideGreening": "corridor.waterside",
    "adjust_to_statutory": "overlay",
    "adjusted_change": "indicators.change",
    "adjusted_shares": "accuracy.adjusted",
    "assess": "results",
    "belts_needed": "indicators.attainment",
    "built_up_green_coverage": "indicators.green_space",
    "canopy_cover": "indicators.canopy",
    "canopy_near": "indicators.canopy",
    "car_park_canopy": "indicators.canopy",
    "class_areas": "overlay",
    "compare": "verdicts",
    "completion_rate": "indicators.progress",
    "confusion_from_points": "accuracy.confusion",
    "cover_change": "indicators.change",
    "definition": "indicators.registry",
    "definitions": "indicators.registry",
    "error_adjusted": "accuracy.adjusted",
    "forest_coverage": "indicators.forest",
    "forest_needed": "indicators.attainment",
    "forest_share_of_land": "indicators.sdg",
    "green_cover_per_capita": "indicators.green_space",
    "green_coverage": "indicators.forest",
    "green_space_per_capita": "indicators.green_space",
    "ground_area_ha": "overlay",
    "join_population": "people.population",
    "merged": "indicators.aggregation",
    "open_public_space": "indicators.sdg",
    "pace": "indicators.progress",
    "park_distance": "people.park_service",
    "park_needed": "indicators.attainment",
    "park_service_coverage": "people.park_service",
    "plantable_land": "indicators.attainment",
    "planted_status": "indicators.progress",
    "planting_list": "corridor.planting",
    "population_from_raster": "people.population",
    "residents_served": "people.park_service",
    "roadside_greening": "corridor.roadside",
    "roadside_greening_in_groups": "corridor.roadside",
    "roadside_sensitivity": "corridor.sensitivity",
    "sample_size": "accuracy.adjusted",
    "service_radius": "people.park_service",
    "share_out_population": "people.population",
    "shelterbelt_control": "indicators.shelterbelt",
    "stratified_accuracy": "accuracy.strata",
    "street_canopy_cover": "indicators.canopy",
    "transition_matrix": "indicators.change",
    "transitions": "indicators.change",
    "tree_cover_rate": "indicators.forest",
    "village_greening": "indicators.village",
    "water_source_forest": "indicators.forest",
    "waterside_greening": "corridor.waterside",
    "zonal_sums": "overlay",
    "carriageway_offset": "corridor.widths",
}

__all__ = [
    "Assessment",
    "Campaign",
    "Definition",
    "GreencoverError",
    "GreencoverWarning",
    "LandCover",
    "Legend",
    "RoadsideGreening",
    "WatersideGreening",
    "adjust_to_statutory",
    "adjusted_change",
    "adjusted_shares",
    "assess",
    "belts_needed",
    "built_up_green_coverage",
    "canopy_cover",
    "canopy_near",
    "car_park_canopy",
    "carriageway_offset",
    "class_areas",
    "compare",
    "completion_rate",
    "confusion_from_points",
    "cover_change",
    "definition",
    "definitions",
    "error_adjusted",
    "forest_coverage",
    "forest_needed",
    "forest_share_of_land",
    "green_cover_per_capita",
    "green_coverage",
    "green_space_per_capita",
    "ground_area_ha",
    "join_population",
    "merged",
    "open_public_space",
    "pace",
    "park_distance",
    "park_needed",
    "park_service_coverage",
    "plantable_land",
    "planted_status",
    "planting_list",
    "population_from_raster",
    "residents_served",
    "roadside_greening",
    "roadside_greening_in_groups",
    "roadside_sensitivity",
    "sample_size",
    "service_radius",
    "share_out_population",
    "shelterbelt_control",
    "stratified_accuracy",
    "street_canopy_cover",
    "transition_matrix",
    "transitions",
    "tree_cover_rate",
    "village_greening",
    "water_source_forest",
    "waterside_greening",
    "zonal_sums",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'greencover' has no attribute {name!r}")
    value = getattr(import_module(f"greencover.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

# The names of every day.
from .campaign import Campaign as Campaign
from .corridor import (
    checked_greening as checked_greening,
    field_sample as field_sample,
    planting_list as planting_list,
    roadside_greening as roadside_greening,
    waterside_greening as waterside_greening,
)
from .cover import Legend as Legend
from .cover.fetching import fetch_cover as fetch_cover
from .cover.land_cover import LandCover as LandCover
from .ground.errors import (
    GreencoverError as GreencoverError,
    GreencoverWarning as GreencoverWarning,
)
from .ground.run import Run as Run
from .ground.saving import save as save
from .indicators import (
    forest_coverage as forest_coverage,
    green_space_per_capita as green_space_per_capita,
)
from .layers import read_layer as read_layer
from .overlay import class_areas as class_areas
from .results import (
    Assessment as Assessment,
    Programme as Programme,
    assess as assess,
    write_field_forms as write_field_forms,
)
from .verdicts import compare as compare

# Rooms.
from . import accuracy as accuracy
from . import corridor as corridor
from . import cover as cover
from . import indicators as indicators
from . import overlay as overlay
from . import people as people
from . import report as report
from . import standards as standards
from .report import maps as maps

# What stood here before there were rooms, and still works.
from .accuracy import (
    adjusted_shares as adjusted_shares,
    confusion_from_points as confusion_from_points,
    error_adjusted as error_adjusted,
    sample_size as sample_size,
    stratified_accuracy as stratified_accuracy,
)
from .corridor import (
    RoadsideGreening as RoadsideGreening,
    roadside_greening_in_groups as roadside_greening_in_groups,
    roadside_sensitivity as roadside_sensitivity,
    WatersideGreening as WatersideGreening,
    carriageway_offset as carriageway_offset,
)
from .indicators import (
    merged as merged,
    belts_needed as belts_needed,
    forest_needed as forest_needed,
    park_needed as park_needed,
    plantable_land as plantable_land,
    canopy_cover as canopy_cover,
    canopy_near as canopy_near,
    car_park_canopy as car_park_canopy,
    street_canopy_cover as street_canopy_cover,
    adjusted_change as adjusted_change,
    cover_change as cover_change,
    transition_matrix as transition_matrix,
    transitions as transitions,
    green_coverage as green_coverage,
    tree_cover_rate as tree_cover_rate,
    water_source_forest as water_source_forest,
    built_up_green_coverage as built_up_green_coverage,
    green_cover_per_capita as green_cover_per_capita,
    completion_rate as completion_rate,
    pace as pace,
    planted_status as planted_status,
    Definition as Definition,
    definition as definition,
    definitions as definitions,
    forest_share_of_land as forest_share_of_land,
    open_public_space as open_public_space,
    shelterbelt_control as shelterbelt_control,
    village_greening as village_greening,
)
from .overlay import (
    adjust_to_statutory as adjust_to_statutory,
    ground_area_ha as ground_area_ha,
    zonal_sums as zonal_sums,
)
from .people import (
    park_distance as park_distance,
    park_service_coverage as park_service_coverage,
    residents_served as residents_served,
    service_radius as service_radius,
    join_population as join_population,
    population_from_raster as population_from_raster,
    share_out_population as share_out_population,
)

__version__: str
__all__: list[str]

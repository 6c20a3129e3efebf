from .aggregation import merged as merged, units_that_reach as units_that_reach
from .attainment import (
    belts_needed as belts_needed,
    forest_needed as forest_needed,
    park_needed as park_needed,
    plantable_land as plantable_land,
)
from .canopy import (
    canopy_cover as canopy_cover,
    canopy_near as canopy_near,
    car_park_canopy as car_park_canopy,
    street_canopy_cover as street_canopy_cover,
)
from .change import (
    adjusted_change as adjusted_change,
    cover_change as cover_change,
    transition_matrix as transition_matrix,
    transitions as transitions,
)
from .completion import completion_by as completion_by
from .forest import (
    forest_coverage as forest_coverage,
    green_coverage as green_coverage,
    tree_cover_rate as tree_cover_rate,
    water_source_forest as water_source_forest,
)
from .green_space import (
    built_up_green_coverage as built_up_green_coverage,
    green_cover_per_capita as green_cover_per_capita,
    green_space_per_capita as green_space_per_capita,
)
from .progress import (
    completion_rate as completion_rate,
    pace as pace,
    planted_status as planted_status,
)
from .registry import (
    Definition as Definition,
    Indicator as Indicator,
    definition as definition,
    definitions as definitions,
    indicators as indicators,
)
from .sdg import (
    forest_share_of_land as forest_share_of_land,
    open_public_space as open_public_space,
)
from .shelterbelt import shelterbelt_control as shelterbelt_control
from .stands import forest_by_stand as forest_by_stand
from .two_covers import two_covers as two_covers
from .village import village_greening as village_greening

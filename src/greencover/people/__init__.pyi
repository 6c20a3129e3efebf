from .park_service import (
    park_distance as park_distance,
    park_service_coverage as park_service_coverage,
    residents_served as residents_served,
    service_radius as service_radius,
)
from .population import (
    join_population as join_population,
    population_from_raster as population_from_raster,
    share_out_population as share_out_population,
)

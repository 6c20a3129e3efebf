"""Forest coverage, roadside greening and green space by township, village and road.

Names are looked up on first use, so that ``import greencover`` stays light: nothing is compiled
and no plotting library is loaded before it is needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from greencover.accuracy import adjusted_shares, error_adjusted, sample_size
    from greencover.accuracy_strata import stratified_accuracy
    from greencover.assessment import Assessment, assess
    from greencover.campaign import Campaign
    from greencover.confusion import confusion_from_points
    from greencover.errors import GreencoverError, GreencoverWarning
    from greencover.indicators.corridor import RoadsideGreening, roadside_greening
    from greencover.indicators.forest import forest_coverage, green_coverage, tree_cover_rate
    from greencover.indicators.green_space import green_cover_per_capita, green_space_per_capita
    from greencover.landcover import LandCover
    from greencover.legends import Legend
    from greencover.overlay import class_areas, ground_area_ha

__version__ = "0.1.0"

_HOME = {
    "Assessment": "assessment",
    "Campaign": "campaign",
    "GreencoverError": "errors",
    "GreencoverWarning": "errors",
    "LandCover": "landcover",
    "Legend": "legends",
    "RoadsideGreening": "indicators.corridor",
    "adjusted_shares": "accuracy",
    "assess": "assessment",
    "class_areas": "overlay",
    "confusion_from_points": "confusion",
    "error_adjusted": "accuracy",
    "forest_coverage": "indicators.forest",
    "green_cover_per_capita": "indicators.green_space",
    "green_coverage": "indicators.forest",
    "green_space_per_capita": "indicators.green_space",
    "ground_area_ha": "overlay",
    "roadside_greening": "indicators.corridor",
    "sample_size": "accuracy",
    "stratified_accuracy": "accuracy_strata",
    "tree_cover_rate": "indicators.forest",
}

__all__ = [
    "Assessment",
    "Campaign",
    "GreencoverError",
    "GreencoverWarning",
    "LandCover",
    "Legend",
    "RoadsideGreening",
    "adjusted_shares",
    "assess",
    "class_areas",
    "confusion_from_points",
    "error_adjusted",
    "forest_coverage",
    "green_cover_per_capita",
    "green_coverage",
    "green_space_per_capita",
    "ground_area_ha",
    "roadside_greening",
    "sample_size",
    "stratified_accuracy",
    "tree_cover_rate",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'greencover' has no attribute {name!r}")
    value = getattr(import_module(f"greencover.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

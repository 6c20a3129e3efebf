"""Forest coverage, roadside greening and green space by township, village and road.

The names of every day are here; the others are in rooms: ``accuracy``, ``corridor``, ``cover``,
``indicators``, ``maps``, ``overlay``, ``people``, ``report``, ``standards``. Names are looked up on
first use, as ``__init__.pyi`` lists them, so that ``import greencover`` stays light: nothing is
compiled and no plotting library is loaded before it is needed.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, _ = lazy_loader.attach_stub(__name__, __file__)

#: The names of every day, then the rooms.
__all__ = [  # noqa: RUF022
    "assess",
    "compare",
    "Assessment",
    "Campaign",
    "Programme",
    "LandCover",
    "Legend",
    "read_layer",
    "class_areas",
    "forest_coverage",
    "green_space_per_capita",
    "roadside_greening",
    "waterside_greening",
    "planting_list",
    "save",
    "field_sample",
    "checked_greening",
    "Run",
    "GreencoverError",
    "GreencoverWarning",
    "accuracy",
    "corridor",
    "cover",
    "indicators",
    "maps",
    "overlay",
    "people",
    "report",
    "standards",
]

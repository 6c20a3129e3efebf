"""The overlay engine: exact areas of raster classes, and exact sums of values, inside polygons.

It knows zones, rasters and codes, and nothing of forests or roads.
"""

# First, so that whoever needs it finds it loaded, or hears why it is not.
from greencover.overlay._compiler import numba as _numba  # noqa: F401
from greencover.overlay._edges import EdgeTable, edge_table
from greencover.overlay._engine import Engine
from greencover.overlay._finished import check_place_for_tiles, forget_tiles
from greencover.overlay._outlines import Outlines
from greencover.overlay.areas import areas_of_edges, class_areas, ground_area_ha
from greencover.overlay.class_table import ClassAreas
from greencover.overlay.statutory import adjust_to_statutory
from greencover.overlay.sums import zonal_sums

__all__ = [
    "ClassAreas",
    "EdgeTable",
    "Engine",
    "Outlines",
    "adjust_to_statutory",
    "areas_of_edges",
    "check_place_for_tiles",
    "class_areas",
    "edge_table",
    "forget_tiles",
    "ground_area_ha",
    "zonal_sums",
]

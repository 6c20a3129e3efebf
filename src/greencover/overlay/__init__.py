"""The overlay engine: exact areas of raster classes inside polygons.

It knows zones, rasters and codes, and nothing of forests or roads.
"""

from greencover.overlay.areas import class_areas, ground_area_ha

__all__ = ["class_areas", "ground_area_ha"]

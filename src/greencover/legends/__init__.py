"""What the codes of a land-cover raster mean: one TOML file a product, beside this page."""

from greencover.legends._covers import COVER_TYPES, CoverType
from greencover.legends._legend import Legend, LegendClass
from greencover.legends._read import available

__all__ = ["COVER_TYPES", "CoverType", "Legend", "LegendClass", "available"]

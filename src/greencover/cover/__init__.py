"""What the codes of a land-cover raster mean: one TOML file a product, beside this page."""

from greencover.cover._class import LegendClass
from greencover.cover._covers import COVER_TYPES, CoverType
from greencover.cover._legend import Legend
from greencover.cover._read import available

__all__ = ["COVER_TYPES", "CoverType", "Legend", "LegendClass", "available"]

"""Earlier names."""

from greencover.rasters.cells import Cells as RasterSource
from greencover.rasters.file import bounded_cache
from greencover.rasters.footprints import earlier_ground

__all__ = ["RasterSource", "bounded_cache", "earlier_ground"]

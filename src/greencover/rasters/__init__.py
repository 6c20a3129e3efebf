"""Rasters in: where their cells lie, how they are read, and what their headers tell.

Everything that is measured comes through :class:`Cells`. A kind of raster is one subclass of it:
a file, an array in memory, or whatever a package brings (``raster_kind``).
"""

from greencover.rasters.array import ArrayCells
from greencover.rasters.cells import Cells
from greencover.rasters.file import FileCells, bounded_cache
from greencover.rasters.filled import first_with_data, is_blank
from greencover.rasters.footprints import earlier_ground, offset_on
from greencover.rasters.kinds import open_all, open_cells, raster_kind
from greencover.rasters.polygons import PolygonCells

__all__ = [
    "ArrayCells",
    "Cells",
    "FileCells",
    "PolygonCells",
    "bounded_cache",
    "earlier_ground",
    "first_with_data",
    "is_blank",
    "offset_on",
    "open_all",
    "open_cells",
    "raster_kind",
]

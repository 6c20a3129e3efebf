"""Vector layers in, checked: polygons, lines and the columns that describe them.

Whatever leaves this room has a coordinate reference system, plausible two-dimensional
coordinates, no empty row and, for polygons, valid rings.
"""

from greencover.ground.places import is_remote
from greencover.layers.archives import raster_inside
from greencover.layers.columns import candidate_columns, find_columns, name_columns
from greencover.layers.geometry import GeometryKind, check_geometry
from greencover.layers.marks import marked
from greencover.layers.measures import measure_by_row, require_number
from greencover.layers.nesting import report_outside
from greencover.layers.people import read_people
from greencover.layers.placing import check_crs
from greencover.layers.reading import read_layer
from greencover.layers.sources import check_raster_source, gdal_name, reaching_out
from greencover.layers.tables import as_text, check_codes, check_population
from greencover.layers.topology import report_fit
from greencover.layers.wording import layer_name, rows_of

__all__ = [
    "GeometryKind",
    "as_text",
    "candidate_columns",
    "check_codes",
    "check_crs",
    "check_geometry",
    "check_population",
    "check_raster_source",
    "find_columns",
    "gdal_name",
    "is_remote",
    "layer_name",
    "marked",
    "measure_by_row",
    "name_columns",
    "raster_inside",
    "reaching_out",
    "read_layer",
    "read_people",
    "report_fit",
    "report_outside",
    "require_number",
    "rows_of",
]

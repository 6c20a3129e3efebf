"""Vector layers in, checked: polygons, lines and the columns that describe them.

Whatever leaves this room has a coordinate reference system, plausible two-dimensional
coordinates, no empty row and, for polygons, valid rings.
"""

from greencover.zones.columns import candidate_columns, find_columns, name_columns
from greencover.zones.geometry import GeometryKind, check_geometry
from greencover.zones.marks import marked
from greencover.zones.measures import measure_by_row
from greencover.zones.nesting import report_outside
from greencover.zones.people import read_people
from greencover.zones.placing import check_crs
from greencover.zones.reading import read_layer
from greencover.zones.sources import check_raster_source, gdal_name, is_remote
from greencover.zones.tables import as_text, check_codes, check_population
from greencover.zones.topology import report_fit
from greencover.zones.wording import layer_name, listed, name_rows

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
    "listed",
    "marked",
    "measure_by_row",
    "name_columns",
    "name_rows",
    "read_layer",
    "read_people",
    "report_fit",
    "report_outside",
]

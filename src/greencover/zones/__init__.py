"""Vector layers in, checked: polygons, lines and the columns that describe them.

Whatever leaves this room has a coordinate reference system, plausible two-dimensional
coordinates, no empty row and, for polygons, valid rings.
"""

from greencover.zones.geometry import GeometryKind, check_crs, check_geometry
from greencover.zones.reading import is_remote, read_layer
from greencover.zones.tables import as_text, check_codes, check_population
from greencover.zones.wording import layer_name, listed, name_rows

__all__ = [
    "GeometryKind",
    "as_text",
    "check_codes",
    "check_crs",
    "check_geometry",
    "check_population",
    "is_remote",
    "layer_name",
    "listed",
    "name_rows",
    "read_layer",
]

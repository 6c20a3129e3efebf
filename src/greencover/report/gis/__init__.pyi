from .field import write_gpx as write_gpx, write_kml as write_kml
from .field_points import write_field_points as write_field_points
from .layers import write_layers as write_layers

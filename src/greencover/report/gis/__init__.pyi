from .field import write_gpx as write_gpx, write_kml as write_kml
from .layers import write_layers as write_layers

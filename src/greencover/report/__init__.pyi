from . import fonts as fonts
from . import gis as gis
from . import maps as maps
from . import office as office
from . import outputs as outputs
from . import page as page
from . import palette as palette
from .labels import label as label
from .outputs import (
    Output as Output,
    OutputOptions as OutputOptions,
    formats as formats,
    register as register,
)
from .style import MapStyle as MapStyle

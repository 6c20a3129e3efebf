"""Inputs that reach for another machine, or for a file that they should not write.

A vector is a function of a :class:`Place` that writes an input, and returns the name of it that a
person would give.
"""

import sys
from pathlib import Path

# As a program this package is tests.hostile, whose neighbours are not on the path.
if (_HOME := str(Path(__file__).parents[1])) not in sys.path:
    sys.path.insert(0, _HOME)

from hostile.layers import LAYERS
from hostile.place import Place, listening
from hostile.rasters import BY_NAME, RASTERS

__all__ = ["BY_NAME", "LAYERS", "RASTERS", "Place", "listening"]

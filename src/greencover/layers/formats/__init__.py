"""Formats of vector files, one file a format: what it is called, checked by, and read with.

A format that GDAL lacks is a :class:`Format` in a file of its own, here or in a package that names
it as an entry point of the group ``greencover.formats``.
"""

from greencover.layers.formats._registry import Format, format_of, inside_archives, layer_format

__all__ = ["Format", "format_of", "inside_archives", "layer_format"]

"""Points along straight sides, so that they stay where they are when a layer is reprojected."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely


def followed(shapes: npt.ArrayLike, step: float) -> npt.NDArray[Any]:
    """Lines and outlines with a point at least every step, in units of their system.

    Lines without a length stay as they are, for GEOS stops at them.

    Examples
    --------
    >>> lines = [shapely.LineString([(0, 0), (2, 0)]), shapely.LineString([(1, 1), (1, 1)])]
    >>> [line.wkt for line in followed(lines, 1.0)]
    ['LINESTRING (0 0, 1 0, 2 0)', 'LINESTRING (1 1, 1 1)']
    """
    given = np.array(shapes, dtype=object)
    parts, owner = shapely.get_parts(given, return_index=True)
    short = (shapely.get_dimensions(parts) == 1) & ~(shapely.length(parts) > 0.0)
    stopping = np.isin(np.arange(len(given)), owner[short])
    given[~stopping] = shapely.segmentize(given[~stopping], step)
    for place in np.flatnonzero(stopping).tolist():
        every, none = parts[owner == place], short[owner == place]
        every[~none] = shapely.segmentize(every[~none], step)
        given[place] = every[0] if len(every) == 1 else shapely.multilinestrings(every)
    return given

"""Passes over the columns of an edge table, compiled; what they give is written into arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from greencover.overlay.compiled import FLAG, FLOAT, INT, compiled, filled, given

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_EDGES = (given(FLOAT), given(FLOAT), given(FLOAT), given(FLOAT), given(INT))


@compiled(given(FLOAT, 2), given(INT), given(FLAG), filled(FLAG))
def to_reverse(xy: Floats, start: Ints, is_shell: Flags, reverse: Flags) -> None:
    """Whether each ring runs against the rule: shells counter-clockwise, holes clockwise."""
    for ring in range(len(start) - 1):
        area = 0.0
        for i in range(start[ring], start[ring + 1] - 1):
            across = xy[i, 0] + xy[i + 1, 0] - 2.0 * xy[start[ring], 0]
            area += across * (xy[i + 1, 1] - xy[i, 1])
        reverse[ring] = (area > 0.0) != is_shell[ring]


@compiled(given(FLOAT, 2), given(INT), given(FLAG), *(filled(FLOAT),) * 4)
def direct_edges(
    xy: Floats, start: Ints, reverse: Flags, x0: Floats, y0: Floats, x1: Floats, y1: Floats
) -> None:
    """Ends of all edges, in the order of the vertices."""
    edge = 0
    for ring in range(len(start) - 1):
        back = 1 if reverse[ring] else 0
        for i in range(start[ring], start[ring + 1] - 1):
            x0[edge], y0[edge] = xy[i + back, 0], xy[i + back, 1]
            x1[edge], y1[edge] = xy[i + 1 - back, 0], xy[i + 1 - back, 1]
            edge += 1


@compiled(*_EDGES, filled(FLOAT, 2))
def widen_boxes(x0: Floats, y0: Floats, x1: Floats, y1: Floats, zone: Ints, box: Floats) -> None:
    """Widen least x, least y, greatest x and greatest y of each zone to hold its edges."""
    for e in range(len(x0)):
        z = zone[e]
        box[0, z] = min(box[0, z], x0[e], x1[e])
        box[1, z] = min(box[1, z], y0[e], y1[e])
        box[2, z] = max(box[2, z], x0[e], x1[e])
        box[3, z] = max(box[3, z], y0[e], y1[e])


@compiled(*_EDGES, given(FLAG), *(FLOAT,) * 6, *(filled(FLOAT),) * 4, filled(INT))
def map_edges(
    x0: Floats,
    y0: Floats,
    x1: Floats,
    y1: Floats,
    zone: Ints,
    chosen: Flags,
    a: float,
    b: float,
    c: float,
    d: float,
    e: float,
    f: float,
    mx0: Floats,
    my0: Floats,
    mx1: Floats,
    my1: Floats,
    mzone: Ints,
) -> int:
    """Map the edges of the chosen zones by an affine matrix, without those that become level.

    A level edge adds nothing to an integral over dy. Returns how many remain.
    """
    k = 0
    for i in range(len(x0)):
        if not chosen[zone[i]] or d * x0[i] + e * y0[i] == d * x1[i] + e * y1[i]:
            continue
        mx0[k] = a * x0[i] + b * y0[i] + c
        my0[k] = d * x0[i] + e * y0[i] + f
        mx1[k] = a * x1[i] + b * y1[i] + c
        my1[k] = d * x1[i] + e * y1[i] + f
        mzone[k] = zone[i]
        k += 1
    return k


@compiled(given(FLOAT), given(FLOAT), INT, INT, FLAG, filled(INT), filled(INT))
def list_by_band(
    y0: Floats, y1: Floats, band_rows: int, bands: int, fill: bool, following: Ints, listed: Ints
) -> None:
    """Count the edges that reach each band of rows, or list them from each band's place on."""
    for e in range(len(y0)):
        top, bottom = min(y0[e], y1[e]), max(y0[e], y1[e])
        if top == bottom or bottom <= 0.0 or top >= band_rows * bands:
            continue
        first = int(max(top, 0.0) // band_rows)
        last = min(int(np.ceil(bottom / band_rows)), bands)
        for band in range(first, last):
            if fill:
                listed[following[band]] = e
            following[band] += 1

"""Ground of polygons under crowns, exact: the area of a union of circles inside a polygon.

By Green's theorem the area is a sum over its outline: the arcs of circles that lie inside the
polygon and in no other circle, and the pieces of the polygon's edges that lie in a circle.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from greencover.overlay.compiled import FLOAT, INT, compiled, filled, given, inner

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def shaded_m2(
    edges: Floats, edge_first: Ints, crowns: Floats, crown_first: Ints
) -> tuple[Floats, Floats]:
    """Area of polygons, and of what of them lies under crowns.

    Parameters
    ----------
    edges, edge_first
        Edges as x and y of both ends in metres, shells counter-clockwise and holes clockwise; the
        first edge of each polygon, and the number of edges.
    crowns, crown_first
        Circles as x, y and radius; the first of each polygon, and the number of circles.
    """
    count = len(edge_first) - 1
    most_edges = int(np.diff(edge_first).max(initial=0))
    most = int(np.diff(crown_first).max(initial=0))
    cuts = np.empty(2 * (most_edges + most) + 4)
    area, shaded = np.zeros(count), np.zeros(count)
    _shade(edges, edge_first, crowns, crown_first, cuts, area, shaded)
    return area, shaded


@inner
def _inside(edges: Floats, low: int, high: int, x: float, y: float) -> bool:
    odd = False
    for e in range(low, high):
        y0, y1 = edges[e, 1], edges[e, 3]
        if (y0 > y) != (y1 > y) and x < edges[e, 0] + (y - y0) / (y1 - y0) * (
            edges[e, 2] - edges[e, 0]
        ):
            odd = not odd
    return odd


@inner
def _sort(cuts: Floats, count: int) -> None:
    for i in range(1, count):
        value = cuts[i]
        k = i
        while k > 0 and cuts[k - 1] > value:
            cuts[k] = cuts[k - 1]
            k -= 1
        cuts[k] = value


@inner
def _crosses(
    x0: float, y0: float, dx: float, dy: float, x: float, y: float, radius: float
) -> tuple[float, float]:
    """Shares of an edge between which its line lies in a circle; 2, 2 where it does not."""
    a = dx * dx + dy * dy
    b = (x0 - x) * dx + (y0 - y) * dy
    c = (x0 - x) * (x0 - x) + (y0 - y) * (y0 - y) - radius * radius
    root = b * b - a * c
    if a <= 0.0 or root <= 0.0:
        return 2.0, 2.0
    root = np.sqrt(root)
    return (-b - root) / a, (-b + root) / a


@compiled(
    *(given(FLOAT, 2), given(INT), given(FLOAT, 2), given(INT)),
    *(filled(FLOAT), filled(FLOAT), filled(FLOAT)),
)
def _shade(
    edges: Floats,
    edge_first: Ints,
    crowns: Floats,
    crown_first: Ints,
    cuts: Floats,
    area: Floats,
    shaded: Floats,
) -> None:
    full = 2.0 * np.pi
    for p in range(len(edge_first) - 1):
        low, high = edge_first[p], edge_first[p + 1]
        first, last = crown_first[p], crown_first[p + 1]
        whole, under = 0.0, 0.0
        for e in range(low, high):
            x0, y0 = edges[e, 0], edges[e, 1]
            dx, dy = edges[e, 2] - x0, edges[e, 3] - y0
            turn = (x0 * dy - y0 * dx) / 2.0
            whole += turn
            cuts[0], cuts[1], count = 0.0, 1.0, 2
            for c in range(first, last):
                one, other = _crosses(x0, y0, dx, dy, crowns[c, 0], crowns[c, 1], crowns[c, 2])
                if 0.0 < one < 1.0:
                    cuts[count] = one
                    count += 1
                if 0.0 < other < 1.0:
                    cuts[count] = other
                    count += 1
            _sort(cuts, count)
            for k in range(count - 1):
                middle = (cuts[k] + cuts[k + 1]) / 2.0
                x, y = x0 + middle * dx, y0 + middle * dy
                for c in range(first, last):
                    ax, ay = x - crowns[c, 0], y - crowns[c, 1]
                    if ax * ax + ay * ay < crowns[c, 2] * crowns[c, 2]:
                        under += turn * (cuts[k + 1] - cuts[k])
                        break
        for c in range(first, last):
            cx, cy, radius = crowns[c, 0], crowns[c, 1], crowns[c, 2]
            cuts[0], cuts[1], count = 0.0, full, 2
            for e in range(low, high):
                x0, y0 = edges[e, 0], edges[e, 1]
                dx, dy = edges[e, 2] - x0, edges[e, 3] - y0
                one, other = _crosses(x0, y0, dx, dy, cx, cy, radius)
                for share in (one, other):
                    if 0.0 <= share <= 1.0:
                        angle = np.arctan2(y0 + share * dy - cy, x0 + share * dx - cx)
                        cuts[count] = angle + full if angle < 0.0 else angle
                        count += 1
            hidden = False
            for o in range(first, last):
                ax, ay = crowns[o, 0] - cx, crowns[o, 1] - cy
                away = np.sqrt(ax * ax + ay * ay)
                if o == c or away >= radius + crowns[o, 2]:
                    continue
                if away <= crowns[o, 2] - radius:
                    # One circle in another; of two that are the same the first counts.
                    if away < crowns[o, 2] - radius or o < c:
                        hidden = True
                    continue
                if away <= radius - crowns[o, 2]:
                    continue
                toward = np.arctan2(ay, ax)
                cosine = (away * away + radius * radius - crowns[o, 2] * crowns[o, 2]) / (
                    2.0 * away * radius
                )
                half = np.arccos(min(max(cosine, -1.0), 1.0))
                for angle in (toward - half, toward + half):
                    cuts[count] = angle - full * np.floor(angle / full)
                    count += 1
            if hidden:
                continue
            _sort(cuts, count)
            for k in range(count - 1):
                one, other = cuts[k], cuts[k + 1]
                middle = (one + other) / 2.0
                x, y = cx + radius * np.cos(middle), cy + radius * np.sin(middle)
                if not _inside(edges, low, high, x, y):
                    continue
                covered = False
                for o in range(first, last):
                    ax, ay = x - crowns[o, 0], y - crowns[o, 1]
                    if o != c and ax * ax + ay * ay < crowns[o, 2] * crowns[o, 2]:
                        covered = not (
                            ax == x - cx and ay == y - cy and crowns[o, 2] == radius and o > c
                        )
                        if covered:
                            break
                if not covered:
                    under += (
                        radius * radius * (other - one)
                        + radius * cx * (np.sin(other) - np.sin(one))
                        - radius * cy * (np.cos(other) - np.cos(one))
                    ) / 2.0
        area[p] = whole
        shaded[p] = under

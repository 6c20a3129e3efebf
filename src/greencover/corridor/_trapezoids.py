"""Ground between neighbouring rays: the trapezoids of belts, and of carriageways."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from greencover.overlay.compiled import inner

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@inner
def _reach(
    r: int, foot: Floats, east: Floats, north: Floats, direction: Floats, sign: float, far: float
) -> float:
    """Depth that the ground between rays r and r + 1 has, 0 where it has none."""
    dx = (foot[r + 1, 0] - foot[r, 0]) * (east[r] + east[r + 1]) / 2.0
    dy = (foot[r + 1, 1] - foot[r, 1]) * (north[r] + north[r + 1]) / 2.0
    base = np.hypot(dx, dy)
    gx = sign * (direction[r, 0] - direction[r + 1, 0])
    gy = sign * (direction[r, 1] - direction[r + 1, 1])
    if base == 0.0:
        return far if gx != 0.0 or gy != 0.0 else 0.0
    closing = (gx * dx + gy * dy) / base
    if closing > 0.0:
        return min(far, base / closing)
    return far


@inner
def _is_convex(quad: Floats) -> bool:
    for i in range(4):
        j, k = (i + 1) % 4, (i + 2) % 4
        ax, ay = quad[j, 0] - quad[i, 0], quad[j, 1] - quad[i, 1]
        bx, by = quad[k, 0] - quad[j, 0], quad[k, 1] - quad[j, 1]
        if ax * by - ay * bx < -1e-9 * np.hypot(ax, ay) * np.hypot(bx, by):
            return False
    return True


@inner
def _trimmed(quad: Floats, near: float, far: float, one: Floats, two: Floats) -> float:
    """End a trapezoid where its two rays meet; return the depth reached, 0 where it has no ground.

    The corner lies exactly on both rays, so that neighbours go on touching.
    """
    ax, ay = quad[3, 0] - quad[0, 0], quad[3, 1] - quad[0, 1]
    bx, by = quad[2, 0] - quad[1, 0], quad[2, 1] - quad[1, 1]
    dx, dy = quad[1, 0] - quad[0, 0], quad[1, 1] - quad[0, 1]
    base_x, base_y = two[0] - one[0], two[1] - one[1]
    if base_x != 0.0 or base_y != 0.0:
        if dx * base_x + dy * base_y <= 0.0:
            return 0.0
    elif ax == bx and ay == by:
        return 0.0
    turn = ax * by - ay * bx
    share = 1.0
    if turn != 0.0:
        met = (dx * by - dy * bx) / turn
        if 0.0 < met < 1.0:
            share = met
    if share < 1.0:
        x, y = quad[0, 0] + share * ax, quad[0, 1] + share * ay
        quad[2, 0], quad[2, 1], quad[3, 0], quad[3, 1] = x, y, x, y
    # In a hairpin without width the ray between the legs runs along the road.
    if not _is_convex(quad):
        return 0.0
    return near + share * (far - near)


@njit(nogil=True, cache=True)
def trapezoids(
    foot: Floats,
    left: Floats,
    right: Floats,
    east: Floats,
    north: Floats,
    holder: Ints,
    near: Floats,
    far: Floats,
    sides: Bools,
) -> tuple[Floats, Ints, Ints, Floats]:
    """Ground between neighbouring rays on both sides of the road.

    Parameters
    ----------
    foot, left, right, east, north, holder
        As of rays.
    near, far
        Depths by holder.
    sides
        Whether the left and the right side are wanted.

    Returns
    -------
    corners, ray, side, reach
        Corners in degrees, shape (n, 4, 2): near and far edge of the first ray and the second,
        counter-clockwise; first ray; 0 left or 1 right; depth reached. The near edge is the first
        one on either side.
    """
    rays = len(foot)
    corners = np.empty((2 * rays, 4, 2))
    ray = np.empty(2 * rays, dtype=np.int64)
    which = np.empty(2 * rays, dtype=np.int64)
    reach = np.empty(2 * rays)
    n = 0
    for side in range(2):
        if not sides[side]:
            continue
        sign = 1.0 if side == 0 else -1.0
        direction = left if side == 0 else right
        for r in range(rays - 1):
            h = holder[r]
            if h < 0:
                continue
            full = far[h]
            # The right side runs backwards, so that both are counter-clockwise.
            one, two = (r, r + 1) if side == 0 else (r + 1, r)
            for axis in range(2):
                scale_one = sign / (east[one] if axis == 0 else north[one])
                scale_two = sign / (east[two] if axis == 0 else north[two])
                a, b = direction[one, axis] * scale_one, direction[two, axis] * scale_two
                corners[n, 0, axis] = foot[one, axis] + near[h] * a
                corners[n, 1, axis] = foot[two, axis] + near[h] * b
                corners[n, 2, axis] = foot[two, axis] + full * b
                corners[n, 3, axis] = foot[one, axis] + full * a
            depth = _trimmed(corners[n], near[h], full, foot[one], foot[two])
            if depth <= near[h]:
                continue
            ray[n] = r
            which[n] = side
            reach[n] = depth
            n += 1
    return corners[:n], ray[:n], which[:n], reach[:n]


@njit(nogil=True, cache=True)
def carriageways(
    foot: Floats,
    left: Floats,
    right: Floats,
    east: Floats,
    north: Floats,
    holder: Ints,
    near: Floats,
) -> tuple[Floats, Ints]:
    """Ground of the road itself between neighbouring rays, out to the near depth of both sides.

    Returns
    -------
    corners, ray
        Corners in degrees, counter-clockwise, the right edge first; first ray.
    """
    rays = len(foot)
    corners = np.empty((rays, 4, 2))
    ray = np.empty(rays, dtype=np.int64)
    n = 0
    for r in range(rays - 1):
        h = holder[r]
        if h < 0 or near[h] <= 0.0:
            continue
        on_left = _reach(r, foot, east, north, left, 1.0, near[h])
        on_right = _reach(r, foot, east, north, right, -1.0, near[h])
        for axis in range(2):
            s1 = 1.0 / (east[r] if axis == 0 else north[r])
            s2 = 1.0 / (east[r + 1] if axis == 0 else north[r + 1])
            corners[n, 0, axis] = foot[r, axis] - on_right * right[r, axis] * s1
            corners[n, 1, axis] = foot[r + 1, axis] - on_right * right[r + 1, axis] * s2
            corners[n, 2, axis] = foot[r + 1, axis] + on_left * left[r + 1, axis] * s2
            corners[n, 3, axis] = foot[r, axis] + on_left * left[r, axis] * s1
        ray[n] = r
        n += 1
    return corners[:n], ray[:n]

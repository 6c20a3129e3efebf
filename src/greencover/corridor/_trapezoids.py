"""Ground between neighbouring rays: the trapezoids of belts, and of carriageways."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from greencover.overlay.compiled import FLOAT, compiled, filled, given

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Foot, left, right, metres of a degree, and holder of rays.
RayArrays = tuple[Floats, Floats, Floats, Floats, Ints]


def trapezoids(
    rays: RayArrays, near: Floats, far: Floats, sides: tuple[bool, bool]
) -> tuple[Floats, Ints, Ints, Floats]:
    """Ground between neighbouring rays on both sides of the road.

    Parameters
    ----------
    rays
        Foot, left, right, metres of a degree east and north, and holder of rays.
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
    foot, left, right, scale, holder = rays
    held = np.flatnonzero(holder[:-1] >= 0)
    low, high = near[holder[held]], far[holder[held]]
    found = []
    for side in np.flatnonzero(sides):
        sign, direction = (1.0, left) if side == 0 else (-1.0, right)
        # The right side runs backwards, so that both are counter-clockwise.
        one, two = (held, held + 1) if side == 0 else (held + 1, held)
        # Corner, then x and y, then trapezoid: whole rows are worked on at a time.
        quad, base = np.empty((4, 2, len(held))), np.empty((2, len(held)))
        for axis in range(2):
            (here, there), (a, b) = (
                (foot[one, axis], foot[two, axis]),
                (direction[at, axis] * (sign / scale[at, axis]) for at in (one, two)),
            )
            quad[0, axis] = here + low * a
            quad[1, axis] = there + low * b
            quad[2, axis] = there + high * b
            quad[3, axis] = here + high * a
            base[axis] = there - here
        depth = np.empty(len(held))
        _trim(quad, low, high, base, depth)
        real = depth > low
        corners = np.ascontiguousarray(quad[:, :, real].transpose(2, 0, 1))
        found.append((corners, held[real], np.full(real.sum(), side), depth[real]))
    corners, ray, which, reach = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return corners, ray, which, reach


@compiled(filled(FLOAT, 3), given(FLOAT), given(FLOAT), given(FLOAT, 2), filled(FLOAT))
def _trim(quad: Floats, near: Floats, far: Floats, base: Floats, depth: Floats) -> None:
    """End trapezoids where their two rays meet; write the depth reached, 0 without any ground.

    The corner lies exactly on both rays, so that neighbours go on touching.
    """
    for n in range(len(depth)):
        ax, ay = quad[3, 0, n] - quad[0, 0, n], quad[3, 1, n] - quad[0, 1, n]
        bx, by = quad[2, 0, n] - quad[1, 0, n], quad[2, 1, n] - quad[1, 1, n]
        dx, dy = quad[1, 0, n] - quad[0, 0, n], quad[1, 1, n] - quad[0, 1, n]
        if base[0, n] == 0.0 and base[1, n] == 0.0:
            ground = ax != bx or ay != by
        else:
            ground = dx * base[0, n] + dy * base[1, n] > 0.0
        turn = ax * by - ay * bx
        met = (dx * by - dy * bx) / turn if turn != 0.0 else 0.0
        share = met if 0.0 < met < 1.0 else 1.0
        if ground and share < 1.0:
            for axis in range(2):
                meet = quad[0, axis, n] + share * (quad[3, axis, n] - quad[0, axis, n])
                quad[2, axis, n] = quad[3, axis, n] = meet
        # In a hairpin without width the ray between the legs runs along the road.
        convex = ground
        for i in range(4):
            j, k = (i + 1) % 4, (i + 2) % 4
            ax, ay = quad[j, 0, n] - quad[i, 0, n], quad[j, 1, n] - quad[i, 1, n]
            bx, by = quad[k, 0, n] - quad[j, 0, n], quad[k, 1, n] - quad[j, 1, n]
            least = -1e-9 * np.hypot(ax, ay) * np.hypot(bx, by)
            convex = convex and ax * by - ay * bx >= least
        depth[n] = near[n] + share * (far[n] - near[n]) if convex else 0.0


def carriageways(rays: RayArrays, near: Floats) -> tuple[Floats, Ints]:
    """Ground of the road itself between neighbouring rays, out to the near depth of both sides.

    Returns
    -------
    corners, ray
        Corners in degrees, counter-clockwise, the right edge first; first ray.
    """
    foot, left, right, scale, holder = rays
    ray = np.flatnonzero((holder[:-1] >= 0) & (near[holder[:-1]] > 0.0))
    depth = near[holder[ray]]
    on_left = _reach(rays, ray, left, depth)[:, None]
    on_right = _reach(rays, ray, -right, depth)[:, None]
    first, second = 1.0 / scale[ray], 1.0 / scale[ray + 1]
    corners = np.stack(
        [
            foot[ray] - on_right * right[ray] * first,
            foot[ray + 1] - on_right * right[ray + 1] * second,
            foot[ray + 1] + on_left * left[ray + 1] * second,
            foot[ray] + on_left * left[ray] * first,
        ],
        axis=1,
    )
    return corners, ray


def _reach(rays: RayArrays, ray: Ints, direction: Floats, far: Floats) -> Floats:
    """Depth that the ground between rays and the next ones has, 0 where it has none."""
    foot, scale = rays[0], rays[3]
    base = (foot[ray + 1] - foot[ray]) * (scale[ray] + scale[ray + 1]) / 2.0
    length = np.hypot(base[:, 0], base[:, 1])
    fan = direction[ray] - direction[ray + 1]
    along = fan[:, 0] * base[:, 0] + fan[:, 1] * base[:, 1]
    closing = along / np.where(length > 0.0, length, 1.0)
    reach = np.where(
        closing > 0.0, np.minimum(far, length / np.where(closing > 0.0, closing, 1.0)), far
    )
    return np.where(length > 0.0, reach, np.where((fan != 0.0).any(axis=1), far, 0.0))

"""Roadsides counted metre by metre under the rules of the campaign, by points and without stations.

What the plan plants is wide, so that any belt sees it; the cover beside lower roads is not, and a
wrong belt, threshold or offset gives other lengths there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from .chains import Chain
from .cover import Codes
from .frame import COLUMNS, PIXEL_X_M, PIXEL_Y_M, ROWS
from .plan import LEFT, SHRUB, SIDES, TREE, WATER

# The rules of campaign.toml: belts of 8 m below county grade, greened from three tenths.
BELT_M, LOWER_BELT_M, LOWER = 10.0, 8.0, ("乡道", "村道")
GREENED, OF = 3, 10
STATION_M = 10
# Points across a belt, and what keeps clear of structures, other roads and ends of roads.
ACROSS, CLEAR_M, END_M = 20, 100.0, 30.0
# Clear stretches shorter than this tell little.
LEAST_M = 100
# What stations of ten metres may be off: half of one where trees begin or end, bends, and rounding.
TOLERANCE_SHARE, TOLERANCE_M = 0.001, 4.0


def strip_truth(chain: Chain, others: list[Chain], codes: Codes) -> dict[str, Any]:
    """Give for each side the clear stretches and the greened length in them, with tolerance."""
    middle = np.arange(0.5, np.floor(chain.length_m))
    clear = _clear(chain, others, middle)
    sides = {}
    for side in SIDES:
        greened, seen = _greened(chain, side, middle, codes)
        stretches = _stretches(clear & seen)
        metres = sum(int(greened[low:high].sum()) for low, high in stretches)
        whole = sum(high - low for low, high in stretches)
        changes = sum(int(np.abs(np.diff(greened[a:b].astype(int))).sum()) for a, b in stretches)
        slack = TOLERANCE_M * np.sqrt(max(changes, 1)) + TOLERANCE_SHARE * whole
        sides[side] = {
            "clear_m": [[low, high] for low, high in stretches],
            "greened_m": metres,
            "length_m": whole,
            "tolerance_m": round(float(slack), 1),
        }
    return sides


def _clear(chain: Chain, others: list[Chain], middle: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Metres of a road that keep away from its ends, bridges, tunnels and other roads."""
    found = (middle > END_M) & (middle < chain.length_m - END_M)
    for low, high in chain.excluded():
        found &= (middle < low - END_M) | (middle > high + END_M)
    lines = shapely.union_all([other.line for other in others if other is not chain])
    found &= shapely.distance(lines, shapely.points(chain.points(middle))) > CLEAR_M
    return found


def _greened(
    chain: Chain, side: str, middle: NDArray[np.float64], codes: Codes
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether the ten metres around each metre are greened, and whether they can be judged."""
    belt = LOWER_BELT_M if chain.route.grade in LOWER else BELT_M
    depth = chain.route.width_m / 2 + (np.arange(ACROSS) + 0.5) * belt / ACROSS
    step = chain.points(middle + 0.5) - chain.points(middle - 0.5)
    step /= np.hypot(*step.T)[:, None]
    outward = np.column_stack([-step[:, 1], step[:, 0]]) * (1 if side == LEFT else -1)
    xy = chain.points(middle)[:, None] + outward[:, None] * depth[:, None]
    column = np.clip(np.floor(xy[..., 0] / PIXEL_X_M), 0, COLUMNS - 1).astype(int)
    row = np.clip(np.floor(ROWS - xy[..., 1] / PIXEL_Y_M), 0, ROWS - 1).astype(int)
    found = codes[row, column]
    window = np.ones(STATION_M, dtype=int)

    def around(which: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.convolve(which.sum(axis=1), window, mode="same")

    whole = STATION_M * ACROSS
    greened = OF * around((found == TREE) | (found == SHRUB)) >= GREENED * whole
    judged = (around(found == 0) == 0) & (4 * around(found == WATER) < whole)
    return greened, judged


def _stretches(which: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First metre, and metre after the last, of each long enough run."""
    edges = np.flatnonzero(np.diff(np.r_[0, which.astype(int), 0]))
    runs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return [(low, high) for low, high in runs if high - low >= LEAST_M]

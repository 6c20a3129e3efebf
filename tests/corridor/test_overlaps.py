"""Claims that share ground, and what each loses, against Shapely's polygons."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely

from greencover.corridor._overlaps import losses, overlapping

BELTS, ROADS = 120, 40


def crowd(seed: int) -> np.ndarray:
    """Rectangles at any angle, far more of them in a cell of the search grid than on real roads."""
    draw = np.random.default_rng(seed)
    count = BELTS + ROADS
    angle = draw.uniform(0.0, 2.0 * np.pi, count)
    along = np.stack([np.cos(angle), np.sin(angle)], axis=1) * draw.uniform(2, 60, count)[:, None]
    across = np.stack([-np.sin(angle), np.cos(angle)], axis=1) * draw.uniform(2, 30, count)[:, None]
    first = draw.uniform(-400.0, 400.0, (count, 2))
    return np.stack([first, first + along, first + along + across, first + across], axis=1)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("cell", [7.0, 50.0, 3000.0])
def test_every_pair_that_shares_ground_is_found_once(seed: int, cell: float) -> None:
    quads = crowd(seed)
    n = len(quads)
    one_road, side = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    low = 10.0 * np.arange(n)  # no neighbours along the road
    pairs = overlapping(quads, BELTS, np.ones(n, dtype=bool), one_road, side, low, low + 1.0, cell)
    shapes = shapely.polygons(quads)
    truth = {
        (i, j)
        for i, j in itertools.combinations(range(n), 2)
        if i < BELTS and shapely.intersection(shapes[i], shapes[j]).area > 1e-6
    }
    assert len(pairs) == len({(i, j) for i, j in pairs.tolist()})
    assert {(i, j) for i, j in pairs.tolist()} == truth


@pytest.mark.parametrize("seed", range(5))
def test_lost_ground_is_the_common_ground(seed: int) -> None:
    quads = crowd(seed)
    n = len(quads)
    shapes = shapely.polygons(quads)
    pairs = np.array([(i, j) for i in range(BELTS) for j in range(i + 1, n)])
    common = shapely.area(shapely.intersection(*shapes[pairs.T]))
    pairs, common = pairs[common > 1e-6], common[common > 1e-6]
    loser, winner, corners, count = losses(
        quads, BELTS, np.full(BELTS, 3.0), np.full(BELTS, 13.0), pairs
    )
    lost = dict.fromkeys(map(tuple, pairs.tolist()), 0.0)
    for a, b, ring, size in zip(loser.tolist(), winner.tolist(), corners, count, strict=True):
        lost[min(a, b), max(a, b)] += shapely.Polygon(ring[:size]).area
        assert b >= BELTS or a < BELTS
    assert np.array(list(lost.values())) == pytest.approx(common, rel=1e-9, abs=1e-6)


def test_no_pairs_lose_nothing() -> None:
    quads = crowd(0)
    loser, winner, corners, count = losses(
        quads, BELTS, np.zeros(BELTS), np.ones(BELTS), np.empty((0, 2), dtype=np.int64)
    )
    assert len(loser) == len(winner) == len(corners) == len(count) == 0

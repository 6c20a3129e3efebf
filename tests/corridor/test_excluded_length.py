"""Excluded length beside a rate, and a rate that rests on little of it."""

from __future__ import annotations

import numpy as np
import pytest

import greencover as gc
from corridor_scenes import GRASS, TREE, WATER, Scene

RULES = {"offset_m": 5.0, "belt_m": 10.0}


def test_water_takes_a_strip_out_whether_it_is_greened_or_not(tmp_path):
    scene = Scene(tmp_path)

    # North: 6 m of water, then trees or grass; south: grass.
    def beside(x, y):
        land = np.where(x < 0, TREE, GRASS)
        return np.where(y < 0, GRASS, np.where((y > 5) & (y < 12), WATER, land))

    road = gc.roadside_greening(
        scene.roads(scene.line((-400, 0), (400, 0))), scene.cover(beside), **RULES
    )
    row = road.rates_by().iloc[0]
    assert row["excluded_km"] == pytest.approx(0.8, abs=0.011)
    assert row["greened_km"] == pytest.approx(0.0, abs=0.011)
    assert row["all_km"] == pytest.approx(1.6, abs=1e-4)

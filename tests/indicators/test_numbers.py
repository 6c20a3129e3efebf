"""Arguments that are one number: what is none, or beyond reason, is refused by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import greencover as gc
from greencover.ground.errors import ArgumentError
from greencover.ground.limits import reaches
from greencover.indicators import units_that_reach
from scenes import GRASS, LEGEND, TREE, box, cover, layer, point

UNITS = layer(box(0, 0, 10, 10))
PARKS = layer(box(0, 0, 2, 2))
HOMES = layer(point(5, 5), population=[10.0])
AREAS = pd.DataFrame({f"tree_{TREE}_ha": [1.0], f"grass_{GRASS}_ha": [3.0]}).reindex(
    columns=[*LEGEND.headings.values(), "unobserved_ha"], fill_value=0.0
)
SIDES = pd.DataFrame({"road": ["R"], "length_m": [9.0], "status": ["gap"], "cover_now": ["grass"]})
SHARES = pd.Series([50.0])

DOORS: dict[str, Callable[[Any], object]] = {
    "radius_m": lambda v: gc.residents_served(UNITS, HOMES, PARKS, radius_m=v),
    "limit_m": lambda v: gc.park_distance(HOMES, PARKS, limit_m=v),
    "by_size": lambda v: gc.service_radius(PARKS, by_size={1.0: v}),
    "target_pct": lambda v: gc.forest_needed(AREAS, LEGEND, v),
    "target_pct ": lambda v: gc.belts_needed(SIDES, v, by="road"),
    "target_m2": lambda v: gc.park_needed(pd.Series([1.0]), pd.Series([9.0]), v),
    "wetland_limit_pct": lambda v: gc.forest_needed(AREAS, LEGEND, 60.0, wetland_limit_pct=v),
    "target_year": lambda v: gc.pace(SHARES, 60.0, year=2020, target_year=v),
    "year": lambda v: gc.pace(SHARES, 60.0, year=v, target_year=2025),
}


@pytest.mark.parametrize("given", [-1, float("nan"), "5", True])
@pytest.mark.parametrize("door", DOORS)
def test_what_is_no_such_number_is_refused(door: str, given: Any) -> None:
    with pytest.raises(ArgumentError, match=rf"^{door.strip()} is .*: give a number"):
        DOORS[door](given)


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> gc.LandCover:
    return cover(tmp_path_factory.mktemp("numbers"), np.full((10, 10), TREE))


@pytest.mark.parametrize("given", [0, -1, float("nan"), float("inf"), "5"])
def test_a_radius_and_a_share_on_a_map(trees: gc.LandCover, given: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^radius_m is .*: give a number above 0"):
        gc.canopy_near(HOMES, trees, radius_m=given)
    with pytest.raises(ArgumentError, match=r"^seen_from is .*: give a number above 0 and up to 1"):
        gc.planted_status(UNITS, trees, trees, seen_from=given)


def test_dwellings_without_a_place_are_refused(trees: gc.LandCover) -> None:
    for nowhere in (point(np.nan, np.nan), None):
        with pytest.raises(gc.GreencoverError, match="without coordinates in row 2"):
            gc.canopy_near(layer(point(5, 5), nowhere), trees)
    with pytest.raises(gc.GreencoverError, match="layer of residences is empty"):
        gc.residents_served(UNITS, HOMES.iloc[:0], PARKS)


def test_nothing_reaches_a_target_without_end() -> None:
    assert not reaches(50.0, ">=", float("inf"))
    with pytest.raises(ArgumentError, match="target is inf"):
        units_that_reach(SHARES, float("inf"))

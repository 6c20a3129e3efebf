"""Cover types at every door: one alone is one, and a type that does not exist is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import greencover as gc
from scenes import CROP, GRASS, LEGEND, TREE, WATER, box, cover, layer, line, point


class Scene(NamedTuple):
    units: gpd.GeoDataFrame
    part: gpd.GeoDataFrame
    road: gpd.GeoDataFrame
    before: gc.LandCover
    after: gc.LandCover


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("covers")
    cells = np.full((20, 20), GRASS, dtype="uint8")
    cells[:5], cells[5:8], cells[8:10] = TREE, CROP, WATER
    later = np.where(cells == GRASS, TREE, cells)
    units = layer(box(0, 0, 10, 20), box(10, 0, 20, 20), pop=[10.0, 20.0])
    return Scene(
        units.assign(population=units["pop"]),
        layer(box(5, 0, 15, 20)),
        layer(line((1, 15), (19, 15)), name=["R1"], grade=["county"]),
        cover(folder, cells, name="before.tif"),
        cover(folder, later, name="after.tif"),
    )


def _areas(scene: Scene) -> pd.DataFrame:
    return gc.class_areas(scene.units, scene.before)


def _sides(scene: Scene) -> pd.DataFrame:
    return gc.roadside_greening(scene.road, scene.before, offset_m=5.0, belt_m=10.0).sides


DOORS: dict[str, tuple[str, Callable[..., pd.DataFrame]]] = {
    "forest": ("tree", lambda s, c: gc.forest_coverage(s.units, s.before, forest=c)),
    "no land": ("water", lambda s, c: gc.forest_coverage(s.units, s.before, excluded=c)),
    "natural wetland": (
        "water",
        lambda s, c: gc.forest_coverage(
            s.units, s.before, wetland_limit_pct=5.0, natural_wetland=c
        ),
    ),
    "inland water": (
        "water",
        lambda s, c: gc.forest_share_of_land(s.units, s.before, inland_water=c),
    ),
    "tree cover": ("tree", lambda s, c: gc.tree_cover_rate(s.units, s.before, covers=c)),
    "scattered": (
        "tree",
        lambda s, c: gc.tree_cover_rate(
            s.units, s.before, covers=c, scattered=layer(point(5, 2), point(5, 15))
        ),
    ),
    "green": ("grass", lambda s, c: gc.green_coverage(s.units, s.before, green=c)),
    "built-up": (
        "grass",
        lambda s, c: gc.built_up_green_coverage(s.units, s.part, s.before, green=c),
    ),
    "canopy": ("tree", lambda s, c: gc.canopy_cover(s.units, s.before, canopy=c)),
    "per head": ("grass", lambda s, c: gc.green_cover_per_capita(s.units, s.before, green=c)),
    "woody": ("tree", lambda s, c: gc.village_greening(s.units, s.before, woody=c)),
    "village green": ("grass", lambda s, c: gc.village_greening(s.units, s.before, green=c)),
    "change": ("tree", lambda s, c: gc.cover_change(s.units, s.before, s.after, covers=c)),
    "works": ("tree", lambda s, c: gc.planted_status(s.units, s.before, s.after, covers=c)),
    "dwelt": ("crop", lambda s, c: gc.share_out_population(s.units, s.part, s.before, dwelt=c)),
    "cropland": (
        "crop",
        lambda s, c: gc.shelterbelt_control(s.units, s.road, s.before, reach_m=95.0, cropland=c),
    ),
    "plantable": ("grass", lambda s, c: gc.plantable_land(_areas(s), LEGEND, plantable=c)),
    "restricted": ("crop", lambda s, c: gc.plantable_land(_areas(s), LEGEND, restricted=c)),
    "needed": ("tree", lambda s, c: gc.forest_needed(_areas(s), LEGEND, 60.0, covers=c)),
    "room": ("grass", lambda s, c: gc.forest_needed(_areas(s), LEGEND, 60.0, plantable=c)),
    "belts": ("grass", lambda s, c: gc.belts_needed(_sides(s), 80.0, by="road", plantable=c)),
    "belts on fields": (
        "crop",
        lambda s, c: gc.belts_needed(_sides(s), 80.0, by="road", restricted=c),
    ),
    "patches": (
        "tree",
        lambda s, c: gc.forest_coverage(s.units, s.before.with_minimum_patch(c, mu=1)),
    ),
    "roadsides": (
        "tree",
        lambda s, c: gc.roadside_greening(s.road, s.before, belt_m=10.0, covers=c).rates,
    ),
}


@pytest.mark.parametrize("door", DOORS)
def test_one_type_alone_is_one(scene: Scene, door: str) -> None:
    kind, figures = DOORS[door]
    right = figures(scene, (kind,)).select_dtypes("number")
    for given in (kind, [kind], {kind}, np.array([kind]), (one for one in [kind])):
        found: Any = figures(scene, given).select_dtypes("number")
        pd.testing.assert_frame_equal(found, right)


@pytest.mark.parametrize("wrong", ["forrest", "Tree", ("tree", "woods"), 10])
@pytest.mark.parametrize("door", DOORS)
def test_a_type_that_does_not_exist_is_refused(scene: Scene, door: str, wrong: Any) -> None:
    with pytest.raises(gc.GreencoverError, match=r"cover type|names the cover '"):
        DOORS[door][1](scene, wrong)


def test_no_natural_wetland_leaves_the_land_whole(scene: Scene) -> None:
    rates = [
        gc.forest_coverage(
            scene.units, scene.before, wetland_limit_pct=5.0, natural_wetland=natural
        )["forest_pct"].iloc[0]
        for natural in ((), ("water",))
    ]
    # A quarter of the land; water on a tenth, half of which leaves the land.
    assert rates == pytest.approx([25.0, 25.0 / 0.95], abs=1e-6)

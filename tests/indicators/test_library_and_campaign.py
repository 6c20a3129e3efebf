"""The library's function and a campaign's figure are one: for every indicator and every rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import greencover as gc
from greencover.accuracy.sample import ReferenceSample
from greencover.ground.notes import collected
from greencover.indicators.registry import indicators
from small_county import CELL, NORTH, SIZE, WEST, write_raster

TREE, SHRUB, GRASS, CROP, BUILT, WATER, WETLAND = 10, 20, 30, 40, 50, 80, 90
GROUND = ("built_up", "residential", "water_sources", "car_parks", "streets")

CAMPAIGN = """\
title = "t"
standard = ["whole.toml", "part.toml"]
{top}
[cover]
path = "cover.tif"
legend = "worldcover"
{cover}
[layers.townships]
path = "county.gpkg"
layer = "townships"
code = "code"
name = "name"
population = "residents"
{units}
[layers.villages]
path = "county.gpkg"
layer = "villages"
code = "code"
name = "name"
population = "residents"
settlement = "kind"
{units}
[layers.shelterbelts]
path = "county.gpkg"
layer = "shelterbelts"
reach_m = 25.0
[layers.parks]
path = "county.gpkg"
layer = "parks"
name = "name"
radius_m = 60.0
[layers.roads]
path = "county.gpkg"
layer = "roads"
name = "road"
grade = "grade"
[layers.waters]
path = "county.gpkg"
layer = "waters"
name = "name"
width_m = "metres"
{rest}"""

# Some figures are for targets that ask for them.
ASKED = {
    "whole": [
        ("canopy_cover", "township", "every neighbourhood"),
        ("canopy_cover", "village", "every neighbourhood"),
        ("park_service_coverage", "township", "residential land"),
    ],
    "part": [
        ("canopy_cover", "township", "urban area"),
        ("green_coverage", "county", "built-up area"),
    ],
}
SAMPLE = ",tree,shrub,grass,crop\ntree,90,5,3,2\nshrub,20,60,15,5\ngrass,2,8,80,10\ncrop,1,1,8,90\n"


def cells(left: float, top: float, right: float, bottom: float) -> shapely.Polygon:
    return shapely.box(
        WEST + left * CELL, NORTH - bottom * CELL, WEST + right * CELL, NORTH - top * CELL
    )


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(WEST + x * CELL, NORTH - y * CELL) for x, y in points])


def layer(*shapes: Any, **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=4326)


def codes() -> np.ndarray:
    """Woods, lone trees in patches below a mu, shrubs, and fields, with water and built ground."""
    rng = np.random.default_rng(7)
    found = rng.choice([GRASS, CROP, BUILT, WATER, WETLAND], size=(SIZE, SIZE)).astype("uint8")
    found[rng.random((SIZE, SIZE)) < 0.1] = TREE
    found[rng.random((SIZE, SIZE)) < 0.1] = SHRUB
    found[5:15, 3:17] = TREE
    found[22:30, 15:30] = TREE
    found[0:2, 0:9] = 0
    return found


LAYERS = {
    "townships": layer(
        cells(0, 0, 18.4, 40),
        cells(18.4, 0, 40, 40),
        code=["T1", "T2"],
        name=["a", "b"],
        residents=[900.0, 400.0],
    ),
    "villages": layer(
        cells(2.5, 2.5, 10.2, 12.7),
        cells(14, 20, 22, 33.3),
        cells(30, 30, 38, 38),
        code=["V1", "V2", "V3"],
        name=["a", "b", "c"],
        residents=[90.0, 40.0, 0.0],
        kind=["clustered", "dispersed", "clustered"],
    ),
    "built_up": layer(cells(10.3, 10, 25.1, 24), cells(20, 20, 30, 30)),
    "residential": layer(cells(12, 12, 22, 22)),
    "water_sources": layer(cells(1, 1, 12, 13), cells(16, 18, 33.3, 30)),
    "car_parks": layer(cells(15, 15, 20.5, 24), cells(25, 24, 31, 28)),
    "streets": layer(cells(0, 11, 40, 12.2), cells(17, 0, 19.5, 40)),
    "shelterbelts": layer(
        shapely.LineString([(WEST, NORTH - 20 * CELL), (WEST + 35 * CELL, NORTH - 33 * CELL)])
    ),
    "parks": layer(cells(10, 10, 24, 15), cells(22, 12, 26, 20), name=["p", "q"]),
    "roads": layer(
        line((0, 9.3), (40, 11.1)),
        line((3, 38), (20, 26.5), (38, 3)),
        line((26.2, 40), (27, 0)),
        road=["G1", "X1", "V1"],
        grade=["国道", "县道", "village"],
    ),
    "waters": layer(
        line((0, 31), (40, 17.5)), cells(3, 22, 11, 29), name=["stream", "lake"], metres=[8.0, 0.0]
    ),
}


@dataclass(frozen=True)
class Rules:
    """What a campaign file says, and the same in the words of the library."""

    top: str = ""
    cover: str = ""
    units: str = ""
    rest: str = ""
    patch: bool = False
    tree_cover: tuple[str, ...] = ("tree", "shrub")
    options: dict[str, Any] = field(default_factory=dict)
    sampled: bool = False
    roads: dict[str, Any] = field(default_factory=dict)
    waters: dict[str, Any] = field(default_factory=dict)


STATUTORY = {"units": 'statutory_ha = "on_file"', "options": {"statutory_ha": "on_file"}}
PATCH = "minimum_patch_mu = 1\n"
BY_GRADE = """
[roadside]
threshold = { national = 0.1, county = 0.5, village = 0.8 }
belt_m = { national = 25, county = 8, village = 15 }
offset_m = { national = 9 }
"""
GRADED = {"threshold": {"national": 0.1, "county": 0.5, "village": 0.8}}
WIDTHS = {
    "belt_m": {"national": 25.0, "county": 8.0, "village": 15.0},
    "offset_m": {"national": 9.0},
}
RULES = {
    "plain": Rules(),
    "minimum patch": Rules(cover=PATCH, patch=True),
    "reference sample": Rules(rest='[accuracy]\npath = "sample.csv"\n', sampled=True),
    "statutory areas": Rules(**STATUTORY),
    "grades": Rules(rest=BY_GRADE, roads=GRADED | WIDTHS, waters=GRADED),
    "trees alone": Rules(cover='tree_cover = ["tree"]\n', tree_cover=("tree",)),
    "trees alone in patches": Rules(
        cover=f'{PATCH}tree_cover = ["tree"]\n', patch=True, tree_cover=("tree",)
    ),
    "sampled patches": Rules(
        cover=PATCH, patch=True, rest='[accuracy]\npath = "sample.csv"\n', sampled=True
    ),
    "grid areas": Rules(top='area = "grid"', options={"area": "grid"}),
    "grid areas on file": Rules(
        top='area = "grid"',
        units=STATUTORY["units"],
        options={"area": "grid"} | STATUTORY["options"],
    ),
}


@cache
def scene(name: str) -> tuple[gc.Assessment, gc.LandCover, dict[str, gpd.GeoDataFrame], dict]:
    """A campaign under some rules, assessed, and what the library needs for the same."""
    rules, folder = RULES[name], Path(mkdtemp())
    write_raster(folder / "cover.tif", codes())
    layers = {key: frame.copy() for key, frame in LAYERS.items()}
    for key in ("townships", "villages"):
        ground = gc.ground_area_ha(layers[key])
        layers[key]["on_file"] = ground * np.linspace(0.99, 1.012, len(ground))
    text = CAMPAIGN.format(top=rules.top, cover=rules.cover, units=rules.units, rest=rules.rest)
    for key, frame in layers.items():
        frame.to_file(folder / "county.gpkg", layer=key, driver="GPKG")
    for key in GROUND:
        text += f'[layers.{key}]\npath = "county.gpkg"\nlayer = "{key}"\n'
    for standard, asked in ASKED.items():
        targets = "".join(
            f'[[target]]\nindicator = "{key}"\nlevel = "{level}"\nscope = "{scope}"\nvalue = 1\n'
            for key, level, scope in asked
        )
        (folder / f"{standard}.toml").write_text(f'title = "{standard}"\n{targets}', "utf-8")
    (folder / "sample.csv").write_text(SAMPLE, "utf-8")
    (folder / "campaign.toml").write_text(text, "utf-8")
    assessment = gc.assess(folder / "campaign.toml")
    cover = gc.LandCover.open(folder / "cover.tif", legend="worldcover")
    cover = cover.with_minimum_patch(mu=1) if rules.patch else cover
    options = dict(rules.options)
    if rules.sampled:
        counts = pd.read_csv(folder / "sample.csv", index_col=0)
        small = cover.minimum_patch.small_code if cover.minimum_patch else None
        options["sample"] = ReferenceSample(counts, by_code=False, level=0.95, small_code=small)
    return assessment, cover, layers, options


def of_each(units: gpd.GeoDataFrame, ground: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The part of each unit in a layer, as units of their own."""
    whole = ground.union_all()
    return units.assign(geometry=units.geometry.intersection(whole))


@cache
def greening(key: str, name: str) -> Any:
    """The library's own roads or banks under some rules."""
    _, cover, of, _ = scene(name)
    rules = RULES[name]
    shared = {"units": of["townships"], "unit": "code", "within": of["townships"]}
    shared["covers"] = rules.tree_cover
    # That grades which a table leaves out take their defaults is noted.
    with collected():
        if key == "roadside_greening_rate":
            return gc.roadside_greening(of["roads"], cover, road="road", **shared, **rules.roads)
        return gc.waterside_greening(
            of["waters"], cover, width_m="metres", **shared, **rules.waters
        )


LEVELS = {"county": None, "township": "unit", "road": "road", "road_grade": "grade"}


def figures(key: str, on: str, name: str) -> pd.DataFrame:
    """The answer of the library's own function for one indicator."""
    if indicators()[key].formula == "length":
        rates = greening(key, name).rates_by(*filter(None, [LEVELS[on]]))
        return rates if on == "county" else rates.rename(columns={LEVELS[on]: "code"})
    _, cover, of, options = scene(name)
    towns, villages = of["townships"], of["villages"]
    woody = RULES[name].tree_cover
    on_file = {"statutory_ha": options.get("statutory_ha")}
    ask: dict[tuple[str, str], Callable[[], gpd.GeoDataFrame]] = {
        ("forest_coverage", "township"): lambda: gc.forest_coverage(towns, cover, **options),
        ("forest_coverage", "village"): lambda: gc.forest_coverage(villages, cover, **options),
        ("tree_cover_rate", "township"): lambda: gc.tree_cover_rate(
            towns, cover, covers=woody, **options
        ),
        ("green_coverage", "township"): lambda: gc.green_coverage(towns, cover, **options),
        ("green_coverage", "county built_up"): lambda: (
            gc.merged(gc.built_up_green_coverage(towns, of["built_up"], cover, **options))
            if "statutory_ha" in options
            else gc.built_up_green_coverage(towns.dissolve(), of["built_up"], cover, **options)
        ),
        ("green_cover_per_capita", "township"): lambda: gc.green_cover_per_capita(
            towns, cover, population="residents", **options
        ),
        ("green_cover_per_capita", "village"): lambda: gc.green_cover_per_capita(
            villages, cover, population="residents", **options
        ),
        ("park_green_per_capita", "township"): lambda: gc.green_space_per_capita(
            towns, of["parks"], population="residents", **on_file
        ),
        ("canopy_cover", "township"): lambda: gc.canopy_cover(towns, cover, **options),
        ("canopy_cover", "village"): lambda: gc.canopy_cover(villages, cover, **options),
        ("canopy_cover", "township built_up"): lambda: gc.canopy_cover(
            of_each(towns, of["built_up"]), cover, **(options | {"statutory_ha": None})
        ),
        ("village_greening", "village"): lambda: gc.village_greening(
            villages, cover, woody=woody, **options
        ),
        ("village_green_coverage", "village"): lambda: gc.village_greening(
            villages, cover, **options
        ),
        ("township_green_coverage", "township"): lambda: gc.built_up_green_coverage(
            towns, of["built_up"], cover, **options
        ),
        ("car_park_canopy", "township"): lambda: gc.car_park_canopy(
            of_each(towns, of["car_parks"]), cover, **(options | {"statutory_ha": None})
        ),
        ("street_canopy_cover", "township"): lambda: gc.street_canopy_cover(
            towns, of["streets"], cover, **options
        ),
        ("shelterbelt_control", "township"): lambda: gc.shelterbelt_control(
            towns, of["shelterbelts"], cover, reach_m=25.0, **options
        ),
        ("water_source_forest", "township"): lambda: gc.water_source_forest(
            towns, of["water_sources"], cover, **options
        ),
        ("park_service_coverage", "township"): lambda: gc.park_service_coverage(
            towns, of["parks"], radius_m=60.0, within=of["residential"]
        ),
    }
    return ask[key, on]()


CASES = [
    ("forest_coverage", "township"),
    ("forest_coverage", "village"),
    ("tree_cover_rate", "township"),
    ("green_coverage", "township"),
    ("green_coverage", "county built_up"),
    ("green_cover_per_capita", "township"),
    ("green_cover_per_capita", "village"),
    ("park_green_per_capita", "township"),
    ("canopy_cover", "township"),
    ("canopy_cover", "village"),
    ("canopy_cover", "township built_up"),
    ("village_greening", "village"),
    ("village_green_coverage", "village"),
    ("township_green_coverage", "township"),
    ("car_park_canopy", "township"),
    ("street_canopy_cover", "township"),
    ("shelterbelt_control", "township"),
    ("water_source_forest", "township"),
    ("park_service_coverage", "township"),
    ("roadside_greening_rate", "county"),
    ("roadside_greening_rate", "township"),
    ("roadside_greening_rate", "road"),
    ("roadside_greening_rate", "road_grade"),
    ("waterside_greening_rate", "county"),
    ("waterside_greening_rate", "township"),
]
PARTS_ALONE = ("car_park_canopy", "park_service_coverage")


# Two rules at once; each of them alone is tried every time.
TOGETHER = {"trees alone in patches", "sampled patches", "grid areas on file"}


@pytest.mark.parametrize(
    "name",
    [pytest.param(one, marks=pytest.mark.thorough) if one in TOGETHER else one for one in RULES],
)
@pytest.mark.parametrize(("key", "on"), CASES, ids=[" ".join(case) for case in CASES])
def test_library_and_campaign_agree(key: str, on: str, name: str):
    assessment, _, _, options = scene(name)
    level, _, ground = on.partition(" ")
    table = assessment.table
    rows = table[(table["indicator"] == key) & (table["level"] == level)]
    asked = (key, level) in {one[:2] for one in ASKED["part" if ground else "whole"]}
    rows = rows[rows["standard"] == (("part" if ground else "whole") if asked else "")]
    answer = figures(key, on, name)
    if level != "county":
        rows = rows.set_index("unit").loc[answer["code"]]
    upper, lower, rate = indicators()[key].columns
    same = {"rtol": 1e-9, "atol": 1e-9, "equal_nan": True}
    np.testing.assert_allclose(rows["value"], answer[rate], **same)
    assert rows["value"].notna().any()
    # Of these the library knows the part, and not the unit whose area is on file.
    if "statutory_ha" not in options or (key not in PARTS_ALONE and not ground):
        np.testing.assert_allclose(rows["numerator"], answer[upper], **same)
        np.testing.assert_allclose(rows["denominator"], answer[lower], **same)
    if "sample" in options and indicators()[key].formula == "share":
        stem = rate.removesuffix("_pct")
        np.testing.assert_allclose(rows["low"], answer[f"{stem}_low_pct"], **same)
        np.testing.assert_allclose(rows["high"], answer[f"{stem}_high_pct"], **same)


def test_every_indicator_is_held_to_it():
    # Completion is of what was entered, and has no layer.
    counted = {k for k, r in indicators().items() if r.formula not in (None, "completion")}
    assert counted == {key for key, _ in CASES}


def test_the_rules_tell_figures_apart():
    """Else agreeing would prove nothing."""

    def value(key: str, level: str, name: str) -> float:
        table = scene(name)[0].table
        rows = table[(table["indicator"] == key) & (table["level"] == level)]
        return float(rows["value"].iloc[0])

    assert value("forest_coverage", "township", "minimum patch") < value(
        "forest_coverage", "township", "plain"
    )
    assert value("water_source_forest", "township", "minimum patch") < value(
        "water_source_forest", "township", "plain"
    )
    for key, level in (("village_greening", "village"), ("tree_cover_rate", "township")):
        assert value(key, level, "trees alone") < value(key, level, "plain")
        # A patch too small for a forest is woody all the same.
        assert value(key, level, "trees alone in patches") == pytest.approx(
            value(key, level, "trees alone"), rel=1e-12
        )
    for key, level in (("roadside_greening_rate", "road"), ("waterside_greening_rate", "township")):
        assert value(key, level, "trees alone") < value(key, level, "plain")
    assert value("roadside_greening_rate", "county", "grades") != pytest.approx(
        value("roadside_greening_rate", "county", "plain"), rel=1e-3
    )
    for key in ("canopy_cover", "car_park_canopy", "street_canopy_cover"):
        assert value(key, "township", "minimum patch") == pytest.approx(
            value(key, "township", "plain"), rel=1e-12
        )
    # All areas of a unit take its factor: shares stay, amounts per head follow.
    for key in ("shelterbelt_control", "township_green_coverage", "water_source_forest"):
        assert value(key, "township", "statutory areas") == pytest.approx(
            value(key, "township", "plain"), rel=1e-9
        )
    assert value("park_green_per_capita", "township", "statutory areas") == pytest.approx(
        0.99 * value("park_green_per_capita", "township", "plain"), rel=1e-9
    )

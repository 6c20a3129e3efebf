"""The library's functions and a campaign give one figure for roads and waters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import greencover as gc
from greencover.campaign import Campaign
from greencover.corridor.rules import rules
from greencover.ground.notes import collected
from small_county import EAST, MIDDLE_X, NORTH, SOUTH, WEST, SmallCounty

WATERS = """
[layers.waters]
path = "waters.gpkg"
name = "name"
width_m = "metres"
"""


@dataclass(frozen=True)
class Case:
    """Options of the library, and the same options as text of a campaign file."""

    roadside: str = ""
    road: dict[str, Any] = field(default_factory=dict)
    water: dict[str, Any] = field(default_factory=dict)
    waters: str = ""
    cover: str = ""
    layer: str = ""
    notes: tuple[str, ...] = ()


BY_GRADE = "the default by grade is taken"
NO_GRADE = "which banks do not have"
CASES = {
    "plain": Case(),
    "exclude": Case(
        "exclude = { water = 0.3, built = 0.4, bare = 0.5 }",
        {"exclude": {"water": 0.3, "built": 0.4, "bare": 0.5}},
        {"exclude": {"water": 0.3, "built": 0.4, "bare": 0.5}},
    ),
    "bridge_gap_m": Case("bridge_gap_m = 45", {"bridge_gap_m": 45.0}, {"bridge_gap_m": 45.0}),
    "threshold": Case("threshold = 0.55", {"threshold": 0.55}, {"threshold": 0.55}),
    "threshold by grade": Case(
        "threshold = { national = 0.6, village = 0.4, county = 0.9 }",
        {"threshold": {"national": 0.6, "village": 0.4, "county": 0.9}},
        {"threshold": {"national": 0.6, "village": 0.4, "county": 0.9}},
        notes=(NO_GRADE,),
    ),
    "threshold by some grades": Case(
        "threshold = { national = 0.6 }",
        {"threshold": {"national": 0.6}},
        {"threshold": {"national": 0.6}},
        notes=(BY_GRADE, NO_GRADE),
    ),
    "belt by grade": Case(
        "belt_m = { national = 20, village = 5 }",
        {"belt_m": {"national": 20.0, "village": 5.0}},
        {"belt_m": {"national": 20.0, "village": 5.0}},
        notes=(BY_GRADE,),
    ),
    "belt and offset by column": Case(
        'belt_m = "belt"\noffset_m = "half"', {"belt_m": "belt", "offset_m": "half"}
    ),
    "belt of banks": Case(
        waters="belt_m = 22\nsetback_m = 3\nislands = false",
        water={"belt_m": 22.0, "setback_m": 3.0, "islands": False},
    ),
    "mouth_m": Case("mouth_m = 30", {"mouth_m": 30.0}),
    "step_m": Case("step_m = 25", {"step_m": 25.0}, {"step_m": 25.0}),
    "trees alone": Case(
        cover='tree_cover = ["tree"]', road={"covers": ("tree",)}, water={"covers": ("tree",)}
    ),
    "any green": Case(
        'variant = "any green"',
        {"covers": ("tree", "shrub", "grass", "wetland", "moss")},
        {"covers": ("tree", "shrub", "grass", "wetland", "moss")},
    ),
    "start_km": Case(layer='start_km = "km"', road={"start_km": "km"}),
    "bridges": Case(layer='bridge = "on_bridge"', road={"bridge": "on_bridge"}),
}


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> tuple[SmallCounty, Any]:
    rng = np.random.default_rng(5)
    codes = np.kron(
        rng.choice([10, 10, 20, 30, 50, 60, 80], size=(20, 20)), np.ones((2, 2))
    ).astype("uint8")
    folder = tmp_path_factory.mktemp("county")
    roads = gpd.GeoDataFrame(
        {
            "road": ["G1", "V1", "X1", "X1"],
            "grade": ["国道", "village", "县道", "县道"],
            "belt": [12.0, 6.0, 8.0, 8.0],
            "half": [6.0, 2.0, 4.0, 5.0],
            "km": [12.5, None, 3.0, None],
            "on_bridge": [0, 0, 1, 0],
        },
        geometry=[
            shapely.LineString([(WEST, SOUTH + 0.0013), (EAST, SOUTH + 0.0016)]),
            shapely.LineString([(WEST, NORTH - 0.0009), (EAST, NORTH - 0.0007)]),
            shapely.LineString([(WEST + 0.001, SOUTH), (MIDDLE_X, SOUTH + 0.002)]),
            shapely.LineString([(MIDDLE_X, SOUTH + 0.002), (EAST - 0.001, NORTH)]),
        ],
        crs=4326,
    )
    lake = shapely.box(WEST + 0.0005, SOUTH + 0.002, WEST + 0.0015, SOUTH + 0.003)
    island = lake.centroid.buffer(0.0002)
    waters = gpd.GeoDataFrame(
        {"name": ["stream", "lake"], "metres": [8.0, 0.0]},
        geometry=[
            shapely.LineString([(WEST, SOUTH + 0.0034), (EAST, SOUTH + 0.0024)]),
            shapely.difference(lake, island),
        ],
        crs=4326,
    )
    small = SmallCounty(roads=roads, codes=codes)
    small.write(folder)
    waters.to_file(folder / "waters.gpkg")
    return small, folder


@pytest.fixture(params=list(CASES))
def measured(request, county):
    """A case, what the campaign says of it, and what the library says."""
    case = CASES[request.param]
    small, folder = county
    text = small.text.replace("[cover]", f"[cover]\n{case.cover}")
    text = text.replace("[layers.roads]", f"[layers.roads]\n{case.layer}")
    text += WATERS + case.waters + f"\n[roadside]\n{case.roadside}\n"
    path = folder / f"{request.param.replace(' ', '_')}.toml"
    path.write_text(text, "utf-8")
    campaign = Campaign.read(path)
    opened = campaign.open()
    units = {"units": opened.townships, "unit": "code", "within": opened.townships}
    with collected():
        road = gc.roadside_greening(
            gpd.read_file(folder / "county.gpkg", layer="roads"),
            opened.cover, road="road", **units, **case.road,
        )  # fmt: skip
        banks = gc.waterside_greening(
            gpd.read_file(folder / "waters.gpkg"),
            opened.cover, width_m="metres", **units, **case.water,
        )  # fmt: skip
    return case, gc.assess(path), road, banks


def of(table: pd.DataFrame, indicator: str, level: str) -> pd.DataFrame:
    rows = table[(table["indicator"] == indicator) & (table["level"] == level)]
    return rows.drop_duplicates("unit").set_index("unit")[["value", "numerator", "denominator"]]


def same(found: pd.DataFrame, rates: pd.DataFrame, by: str | None) -> None:
    expected = rates.set_index(by) if by else rates.set_index(pd.Index(found.index[:1]))
    expected = expected[["greening_pct", "greened_km", "greenable_km"]].reindex(found.index)
    np.testing.assert_allclose(found.to_numpy(float), expected.to_numpy(float), rtol=1e-9)


@pytest.mark.thorough
def test_campaign_and_library_agree(measured):
    case, assessment, road, banks = measured
    for indicator, result in (
        ("roadside_greening_rate", road), ("waterside_greening_rate", banks),
    ):  # fmt: skip
        same(of(assessment.table, indicator, "county"), result.rates_by(), None)
        same(of(assessment.table, indicator, "township"), result.rates_by("unit"), "unit")
    same(of(assessment.table, "roadside_greening_rate", "road"), road.rates_by("road"), "road")
    same(of(assessment.table, "roadside_greening_rate", "road_grade"),
         road.rates_by("grade"), "grade")  # fmt: skip
    for note in case.notes:
        assert any(note in one for one in assessment.notes), note
    pd.testing.assert_frame_equal(
        pd.DataFrame(assessment.gaps)[["road", "chainage", "strip_ha", "tree_share"]],
        pd.DataFrame(road.gaps)[["road", "chainage", "strip_ha", "tree_share"]],
        rtol=1e-9,
    )


def test_the_cases_differ(county):
    """A case that changes nothing would prove nothing."""
    _, folder = county
    roads = gpd.read_file(folder / "county.gpkg", layer="roads")
    waters = gpd.read_file(folder / "waters.gpkg")
    cover = gc.LandCover.open(folder / "cover.tif", legend="worldcover")
    with collected():
        plain = (
            gc.roadside_greening(roads, cover, road="road"),
            gc.waterside_greening(waters, cover, width_m="metres"),
        )
        for name, case in CASES.items():
            changed = (
                gc.roadside_greening(roads, cover, road="road", **case.road),
                gc.waterside_greening(waters, cover, width_m="metres", **case.water),
            )
            differs = [
                not one.rates_by().equals(other.rates_by())
                or one.gaps["chainage"].tolist() != other.gaps["chainage"].tolist()
                for one, other in zip(plain, changed, strict=True)
            ]
            assert differs[0] == bool(case.road), name
            assert differs[1] == (bool(case.water) and NO_GRADE not in case.notes
                                  and name != "belt by grade"), name  # fmt: skip


def test_the_number_of_threads_changes_no_bit(county):
    _, folder = county
    roads = gpd.read_file(folder / "county.gpkg", layer="roads")
    cover = gc.LandCover.open(folder / "cover.tif", legend="worldcover")
    several = [
        gc.roadside_greening(roads, cover, road="road", threads=threads).sides for threads in (1, 4)
    ]
    pd.testing.assert_frame_equal(*map(pd.DataFrame, several), check_exact=True)


def test_progress_and_resume_reach_the_engine(county, tmp_path):
    _, folder = county
    roads = gpd.read_file(folder / "county.gpkg", layer="roads")
    cover = gc.LandCover.open(folder / "cover.tif", legend="worldcover")
    seen: list[tuple[int, int]] = []
    gc.roadside_greening(
        roads, cover, road="road", resume=tmp_path, progress=lambda *step: seen.append(step[:2])
    )
    assert seen
    assert seen[-1][0] == seen[-1][1]
    assert any(tmp_path.rglob("*"))
    groups: list[tuple[int, int]] = []
    parts = list(
        gc.roadside_greening_in_groups(
            roads, cover, road="road", strips_at_once=50,
            progress=lambda *step: groups.append(step[:2]),
        )
    )  # fmt: skip
    assert groups == [(n, len(parts)) for n in range(1, len(parts) + 1)]


def test_every_default_is_that_of_its_record(county):
    _, folder = county
    roads = gpd.read_file(folder / "county.gpkg", layer="roads")
    cover = gc.LandCover.open(folder / "cover.tif", legend="worldcover")
    road = gc.roadside_greening(roads, cover, road="road")
    campaign = Campaign.read(folder / "campaign.toml")
    for name, rule in rules("road").items():
        assert road.parameters[name] == rule.default, name
        if rule.campaign:
            assert getattr(campaign.roadside, name) == rule.default, name

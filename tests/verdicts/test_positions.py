"""What a shift of datum leaves open enters the verdict."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import greencover as gc
from greencover.campaign import Campaign
from greencover.campaign.corridors import campaign_roads
from greencover.ground.datums import BALLPARK_M
from greencover.ground.notes import collected
from greencover.verdicts.positions import Exchanged, exchanged_ha
from small_county import CAMPAIGN, EAST, NORTH, SOUTH, WEST, SmallCounty

# Without a shift the county is half forest, and its target of 35 % is met.
ZEROS = "0, 0, 0"


def county_rows(county: SmallCounty, folder: Path) -> tuple[object, gc.Assessment]:
    found = gc.assess(county.write(folder))
    rows = found.table[found.table["indicator"].eq("forest_coverage")]
    rows = rows[rows["level"].eq("county") & rows["target"].notna()]
    return rows.iloc[0], found


def in_xian_1980() -> SmallCounty:
    county = SmallCounty()
    county.townships = county.townships.set_crs(4610, allow_override=True)
    return county


def test_an_unknown_shift_leaves_the_verdict_open(tmp_path: Path) -> None:
    row, found = county_rows(in_xian_1980(), tmp_path)
    assert any("No operation is known" in note for note in found.notes)
    # The county is 386 by 444 m: a move of 200 m may exchange nearly all of it.
    assert (row["low"], row["high"]) == (0.0, 100.0)
    assert row["verdict"] == "uncertain"


def test_a_named_operation_does_not(tmp_path: Path) -> None:
    county = in_xian_1980()
    county.replace('layer = "townships"', f'layer = "townships"\noperation = "{ZEROS}"')
    row, found = county_rows(county, tmp_path)
    assert not any("No operation is known" in note for note in found.notes)
    assert any(f"by '{ZEROS}'" in note for note in found.notes)
    plain, _ = county_rows(SmallCounty(), tmp_path / "plain")
    assert row["verdict"] == plain["verdict"]
    # Only the metre by which the ellipsoids differ lies beyond the raster.
    assert row["high"] - row["low"] < 1.0


def test_ground_exchanged_is_half_the_outline_times_the_error() -> None:
    square = gpd.GeoSeries([shapely.box(500_000, 3_300_000, 501_000, 3_302_000)], crs=32650)
    # 6 km of outline in a plane whose scale is 0.9996 here, 3 km times 200 m are 60 ha.
    assert exchanged_ha(square, BALLPARK_M) == pytest.approx([60.0], rel=1e-3)
    assert exchanged_ha(square, 0.0).tolist() == [0.0]
    # No move of 200 m takes more than that from the square, whatever its direction.
    for angle in np.radians(range(0, 360, 15)):
        step = BALLPARK_M * np.array([np.cos(angle), np.sin(angle)])
        left = square[0].difference(shapely.transform(square[0], lambda xy, by=step: xy + by))
        assert left.area / 10_000.0 <= 60.0


RESIDENTIAL = """
[layers.residential]
path = "residential.gpkg"

[[target]]
indicator = "roadside_greening_rate"
level = "county"
value = 20

[[target]]
indicator = "park_service_coverage"
level = "county"
value = 20

[[target]]
indicator = "park_green_per_capita"
level = "county"
value = 1
"""


def large_county(ballpark: str, folder: Path, **said: str) -> pd.DataFrame:
    """Thirty times the small county, and which layer of it is in Xi'an 1980."""
    county = SmallCounty(text=CAMPAIGN + RESIDENTIAL)
    county.replace("year = 2023", "year = 2023\nunobserved_limit_pct = 100")
    for name in ("townships", "roads", "parks"):
        frame = getattr(county, name)
        grown = frame.geometry.scale(30.0, 30.0, origin=(WEST, NORTH))
        crs = 4610 if ballpark == name else 4326
        setattr(county, name, frame.set_geometry(grown.set_crs(crs, allow_override=True)))
    for old, new in said.items():
        county.replace(f'layer = "{old}"', f'layer = "{old}"\n{new}')
    county.codes = np.kron(county.codes, np.ones((30, 30), "uint8"))
    campaign = county.write(folder)
    home = gpd.GeoSeries([shapely.box(WEST, SOUTH, EAST, NORTH)], crs=4326)
    home = home.scale(30.0, 30.0, origin=(WEST, NORTH))
    gpd.GeoDataFrame(geometry=home).to_file(folder / "residential.gpkg")
    return gc.assess(campaign).table


def of(table: pd.DataFrame, indicator: str, level: str = "county") -> pd.Series:
    rows = table[table["indicator"].eq(indicator) & table["level"].eq(level)]
    return rows[rows["grades"].map(len).eq(0)].iloc[0]


@pytest.fixture(scope="module")
def shifted(tmp_path_factory) -> dict[str, pd.DataFrame]:
    return {
        name: large_county(name, tmp_path_factory.mktemp(name))
        for name in ("none", "townships", "roads", "parks")
    }


def test_nothing_is_widened_on_one_datum(shifted):
    for indicator in ("park_service_coverage", "park_green_per_capita"):
        row = of(shifted["none"], indicator)
        assert np.isnan(row["low"])
        assert np.isnan(row["high"])


def test_roads_beside_a_cover_of_another_datum_are_not_judged_by_it(shifted):
    """Strips of 10 m that may lie 200 m off tell nothing of what stands beside the road."""
    plain, row = (of(shifted[name], "roadside_greening_rate") for name in ("none", "roads"))
    assert plain["value"] == pytest.approx(50.0, abs=0.5)
    assert row["verdict"] == "uncertain"
    assert row["low"] == pytest.approx(0.0, abs=0.01)
    assert row["high"] == pytest.approx(100.0, abs=0.01)
    assert "200 m" in str(row["note"])


def test_roadsides_within_the_error_of_a_border_may_be_anothers(shifted):
    plain, row = (
        of(shifted[name], "roadside_greening_rate", "township") for name in ("none", "townships")
    )
    # The west is greened: its two roads are 5.8 km long, and within 200 m of both its ends other
    # ground may be another's: 0.2 km at either end of both sides of both roads.
    assert plain["value"] == pytest.approx(100.0, abs=0.5)
    roads = 2 * 2 * 20 * 30 * 1e-4 * 111.320 * np.cos(np.radians(30.06))
    ends = 2 * 2 * 0.2
    assert row["low"] == pytest.approx(100.0 * (roads - 2 * ends) / roads, abs=1.0)


def test_parks_near_a_border_may_be_anothers(shifted):
    plain, row = (
        of(shifted[name], "park_green_per_capita", "township") for name in ("none", "parks")
    )
    # The park fills a corner of 2.9 by 3.3 km: strips of 200 m along two sides of it lie near it.
    width, height = 300e-4 * 111.32 * np.cos(np.radians(30.015)), 300e-4 * 110.86
    strip = 0.2 * (width + height) - 0.2**2
    assert row["low"] == pytest.approx(plain["value"] * (1 - strip / (width * height)), rel=0.01)
    assert row["high"] == pytest.approx(row["value"], rel=1e-3)


def test_served_ground_is_that_of_a_lesser_and_a_larger_radius(shifted, tmp_path):
    row = of(shifted["parks"], "park_service_coverage")
    for radius, limit in ((300, "low"), (700, "high")):
        other = large_county("none", tmp_path / limit, parks=f"radius_m = {radius}")
        assert row[limit] == pytest.approx(of(other, "park_service_coverage")["value"], rel=1e-3)


def test_sheltered_cropland_may_leave_the_reach_of_belts():
    figures = pd.DataFrame({"value": [50.0, 5.0], "denominator": 100.0, "least": np.nan})
    exchanged = Exchanged({("shelterbelts", "townships"): np.array([10.0, 10.0])})
    wide = exchanged.widen(figures.assign(most=np.nan), "guarded", "shelterbelts", "townships")
    assert wide[["least", "most"]].to_numpy().tolist() == [[40.0, 60.0], [0.0, 15.0]]


def test_the_library_knows_the_shift_as_well(tmp_path):
    county = SmallCounty()
    roads = county.roads.set_crs(4610, allow_override=True)
    county.write(tmp_path)
    cover = gc.LandCover.open(tmp_path / "cover.tif", legend="worldcover")
    with collected():
        road = gc.roadside_greening(roads, cover, road="road")
        banks = gc.waterside_greening(roads, cover, water="road", width_m=4.0)
    assert road.resolving.position_error_m == pytest.approx(np.hypot(1.0, BALLPARK_M))
    assert road.gaps.empty
    assert {note.code for note in road.notes} >= {"corridor.not_seen_misplaced"}
    assert (banks.rates_by()["low_pct"].item(), banks.rates_by()["high_pct"].item()) == (0.0, 100.0)


def test_the_accuracy_of_a_named_operation_joins_the_position_error(tmp_path):
    county = SmallCounty()
    county.roads = county.roads.set_crs(4214, allow_override=True)
    county.replace('layer = "roads"', 'layer = "roads"\noperation = "EPSG:15921"')
    with collected():
        ready = Campaign.read(county.write(tmp_path)).open()
    own = campaign_roads(ready).parameters["position_error_m"]
    # EPSG gives 15921 an accuracy of 1 m, as much as lines and cover are taken to be apart.
    assert own == pytest.approx(np.hypot(1.0, 1.0))

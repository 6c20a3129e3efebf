"""What a shift of datum leaves open enters the verdict."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

import greencover as gc
from greencover.ground.datums import BALLPARK_M
from greencover.verdicts.positions import exchanged_ha
from small_county import SmallCounty

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

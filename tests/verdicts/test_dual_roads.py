"""A campaign's dual carriageway counts as the library's, in every row and note."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

import greencover as gc
from small_county import CAMPAIGN, CELL, EAST, MIDDLE_Y, WEST, SmallCounty

KM = ["all_km", "median_km", "road_km"]
LEVELS = {"county": None, "township": "unit", "road_grade": "grade", "road": "road"}


@pytest.fixture(scope="module", params=["", '[roadside]\ndual = "two roads"\n'])
def county(request, tmp_path_factory):
    """The national road is drawn as two lines two cells, some 22 m, apart."""
    parts = SmallCounty(text=CAMPAIGN + request.param)
    lines = [
        shapely.LineString([(WEST, MIDDLE_Y + off * CELL), (EAST, MIDDLE_Y + off * CELL)])
        for off in (-1, 1)
    ]
    again = parts.roads.iloc[[0, 0, 1]].reset_index(drop=True)
    parts.roads = again.set_geometry([*lines, parts.roads.geometry[1]], crs=4326)
    folder = tmp_path_factory.mktemp("dual")
    campaign = parts.write(folder)
    given = {"dual": "two roads"} if request.param else {}
    library = gc.roadside_greening(
        parts.roads,
        gc.LandCover.open(folder / "cover.tif", legend="worldcover"),
        road="road",
        units=parts.townships,
        within=parts.townships,
        **given,
    )
    return gc.assess(campaign), library, bool(given)


@pytest.mark.parametrize("level", LEVELS)
def test_rows_are_those_of_the_library(county, level):
    assessment, library, _ = county
    table = assessment.table[assessment.table["indicator"].eq("roadside_greening_rate")]
    rows = table[table["level"].eq(level) & table["grades"].eq("")].set_index("unit")
    rates = library.rates_by(*filter(None, [LEVELS[level]]))
    rates = rates.set_index(LEVELS[level] or rates.index.map(lambda _: "county"))
    assert len(rows) == len(rates)
    own = rates.loc[rows.index, KM].to_numpy(dtype=float)
    np.testing.assert_allclose(rows[KM].to_numpy(dtype=float), own)
    np.testing.assert_allclose(rows["denominator"], rates.loc[rows.index, "greenable_km"])


def test_what_counts_is_said(county):
    assessment, library, as_two = county
    length = library.rates_by()["road_km"].item()
    row = assessment.table.query("indicator == 'roadside_greening_rate' and level == 'county'")
    row = row.iloc[0]
    # Two roads of one length; the dual one has two outer sides, and two along its median.
    assert row["all_km"] == pytest.approx((3 if as_two else 2) * length, rel=1e-3)
    assert row["median_km"] == pytest.approx(0.0 if as_two else length, rel=1e-3)
    assert ("along the median" in str(row["note"])) == (not as_two)
    code = "corridor.dual_two_roads" if as_two else "corridor.dual_one_road"
    assert code in {getattr(note, "code", "") for note in assessment.notes}
    assert assessment.provenance["parameters"]["roadside"]["dual"] == (
        "two roads" if as_two else "one road"
    )
    towns = assessment.layers["townships"]
    assert towns["roadside_road_km"].sum() == pytest.approx(length)

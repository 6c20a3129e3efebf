"""Forest by origin and species against sums of the polygons themselves."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import greencover as gc
from greencover.ground.geodesy import MU_PER_HECTARE

X, Y = 5e5, 33e5


@pytest.fixture(scope="module")
def stands() -> gpd.GeoDataFrame:
    """A hundred plots of 1 ha in two zones; some say nothing of origin or species."""
    random = np.random.default_rng(3)
    boxes = [
        shapely.box(X + 100 * column, Y + 100 * row, X + 100 * (column + 1), Y + 100 * (row + 1))
        for row in range(10)
        for column in range(10)
    ]
    return gpd.GeoDataFrame(
        {
            "code": random.choice(["0301", "0302", "0101"], 100),
            "from": random.choice(["人工", "天然", None], 100),
            "kind": random.choice(["杉木", "樟", ""], 100),
            "zone": [column // 5 for _ in range(10) for column in range(10)],
        },
        geometry=boxes,
        crs=4547,
    )


def table_of(stands: gpd.GeoDataFrame, **columns: str) -> pd.DataFrame:
    cover = gc.LandCover.from_polygons(stands, code="code", legend="third-land-survey", **columns)
    areas = gc.class_areas(stands.dissolve("zone"), cover)
    return gc.indicators.forest_by_stand(areas, cover.legend)


def test_every_sum_is_that_of_its_plots(stands):
    found = table_of(stands, origin="from", species="kind")

    ha = gc.ground_area_ha(stands).to_numpy()
    forest = stands["code"].isin(["0301", "0302"]).to_numpy()
    said = {
        "origin": stands["from"].fillna("not stated"),
        "species": stands["kind"].replace("", "not stated"),
    }
    assert set(found["by"]) == {"origin", "species", "origin and species"}
    for row in found.itertuples():
        own = forest & (stands["zone"] == row.zone).to_numpy()
        for key, texts in said.items():
            if getattr(row, key):
                own &= (texts == getattr(row, key)).to_numpy()
        assert row.area_ha == pytest.approx(ha[own].sum(), rel=1e-9)
        assert row.area_mu == pytest.approx(MU_PER_HECTARE * row.area_ha)
    shares = found.groupby(["zone", "by"])["forest_share_pct"].sum()
    np.testing.assert_allclose(shares, 100.0)


def test_one_column_gives_one_kind_of_rows_and_none_gives_no_table(stands):
    assert set(table_of(stands, species="kind")["by"]) == {"species"}
    assert not len(table_of(stands))
    # A column that is blank tells nothing apart.
    assert not len(table_of(stands.assign(kind=""), species="kind"))

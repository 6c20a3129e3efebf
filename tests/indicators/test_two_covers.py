"""The books and the map side by side."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine

import greencover as gc
from greencover.ground.notes import collected

X, Y = 5e5, 33e5


def box(left: float, right: float):
    return shapely.box(X + left, Y, X + right, Y + 100)


@pytest.fixture
def pair():
    """A row of four cells of 1 ha: tree, tree, grass, unseen; on paper forest 0-150 and 200-250."""
    plots = gpd.GeoDataFrame(
        {"code": ["0111", "0111", "0171"]},
        geometry=[box(0, 150), box(200, 250), box(150, 200)],
        crs=4547,
    )
    books = gc.LandCover.from_polygons(plots, code="code", legend="forest-resource-map")
    with collected():
        seen = gc.LandCover.from_array(
            np.array([[10, 10, 30, 0]], "uint8"),
            transform=Affine(100, 0, X, 0, -100, Y + 100),
            crs=4547,
            legend="worldcover",
        )
    return books, seen


def test_difference_by_class_in_ha_and_mu(pair):
    zones = gpd.GeoDataFrame(geometry=[box(0, 400)], crs=4547)
    table = gc.indicators.two_covers(zones, *pair).set_index("cover")

    tree = table.loc["tree"].drop("zone").astype(float)
    assert tree["books_ha"] == pytest.approx(2.0, rel=1e-3)
    assert tree["seen_ha"] == pytest.approx(2.0, rel=1e-3)
    assert tree["both_ha"] == pytest.approx(1.5, rel=1e-3)
    assert tree["books_only_ha"] == pytest.approx(0.5, rel=1e-3)
    assert tree["seen_only_ha"] == pytest.approx(0.5, rel=1e-3)
    assert table.loc["bare", "difference_mu"] == pytest.approx(7.5, rel=1e-3)
    assert table.loc["unobserved", "books_ha"] == pytest.approx(1.5, rel=1e-3)
    whole = gc.overlay.ground_area_ha(zones).item()
    assert table["books_ha"].sum() == pytest.approx(whole, rel=1e-9)
    assert table["seen_ha"].sum() == pytest.approx(whole, rel=1e-6)

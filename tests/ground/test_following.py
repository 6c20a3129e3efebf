"""Lines of no length, which exports hold now and then, stop nothing and count for nothing."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pytest
import shapely

import greencover as gc
from greencover.ground.following import followed
from scenes import EQUAL_AREA, GRASS, TREE, at, box, cover, layer, line, point

LONG = line((5, 20), (35, 20))
NONE = shapely.LineString([at(10, 10)] * 2)
PART = shapely.MultiLineString([NONE, shapely.LineString([at(5, 30), at(35, 30)])])


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> gc.LandCover:
    cells = np.where(np.arange(40) < 20, TREE, GRASS)[None, :].repeat(40, axis=0)
    return cover(tmp_path_factory.mktemp("following"), cells)


UNITS = layer(box(0, 0, 40, 40))
HOMES = layer(point(20, 25), population=[10.0])
PARKS = layer(box(34, 18, 36, 22))


def named(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return lines.assign(name="one")


MEASURES: dict[str, Callable[[gpd.GeoDataFrame, gc.LandCover], float]] = {
    "roads": lambda lines, trees: (
        gc.roadside_greening(named(lines), trees, grade=None, offset_m=5.0, belt_m=10.0)
        .rates_by()["side_km"]
        .item()
    ),
    "waters": lambda lines, trees: (
        gc.waterside_greening(named(lines), trees, width_m=10.0).rates_by()["side_km"].item()
    ),
    "streets": lambda lines, trees: gc.street_canopy_cover(UNITS, lines, trees, width_m=20.0)[
        "land_ha"
    ].item(),
    "network": lambda lines, _: gc.park_distance(HOMES, PARKS, roads=lines).item(),
}


@pytest.mark.thorough
@pytest.mark.parametrize("crs", [EQUAL_AREA, "EPSG:4326", "EPSG:4549"])
@pytest.mark.parametrize("what", ["roads", "waters", "streets", "network"])
def test_a_line_without_length_changes_nothing(trees: gc.LandCover, what: str, crs: str) -> None:
    for lines in ([LONG, NONE], [NONE, LONG]):
        found = MEASURES[what](layer(*lines).to_crs(crs), trees)
        assert found == pytest.approx(MEASURES[what](layer(LONG).to_crs(crs), trees), rel=1e-9)
    both = layer(LONG, shapely.get_parts(PART)[1]).to_crs(crs)
    found = MEASURES[what](layer(LONG, PART).to_crs(crs), trees)
    assert found == pytest.approx(MEASURES[what](both, trees), rel=1e-9)


def test_points_are_as_dense_as_asked() -> None:
    lines = np.array([LONG, NONE, PART, box(0, 0, 3, 3)], dtype=object)
    dense = followed(lines, 7.0)
    np.testing.assert_allclose(shapely.length(dense), shapely.length(lines))
    np.testing.assert_allclose(shapely.area(dense), shapely.area(lines))
    for shape in dense[[0, 3]]:
        steps = np.diff(shapely.get_coordinates(shape), axis=0)
        assert np.hypot(*steps.T).max() <= 7.0 + 1e-6

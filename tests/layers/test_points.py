"""Points and units: borders, points outside, points without a place."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from greencover.ground.errors import GreencoverWarning, LayerError
from greencover.layers.points import points_in_units, require_places

SQUARES = [shapely.box(x, y, x + 1, y + 1) for x in range(3) for y in range(3)]
UNITS = gpd.GeoDataFrame(geometry=SQUARES, crs=3857)


def points(*xy):
    return gpd.GeoDataFrame(geometry=[shapely.Point(p) for p in xy], crs=3857)


def test_points_on_borders_and_corners_count_once_and_totals_close():
    grid = [(x / 4, y / 4) for x in range(13) for y in range(13)]
    unit, point = points_in_units(points(*grid), UNITS, "trees")
    assert sorted(point.tolist()) == list(range(len(grid)))
    assert (
        shapely.distance(UNITS.geometry.to_numpy()[unit], points(*grid).geometry.to_numpy()[point])
        == 0
    ).all()


def test_the_first_of_the_layer_has_the_border():
    assert points_in_units(points((1, 0.5)), UNITS, "trees")[0].tolist() == [0]
    turned = UNITS.iloc[::-1]
    assert turned.index[points_in_units(points((1, 0.5)), turned, "trees")[0]].tolist() == [3]


def test_inside_units_that_overlap_a_point_counts_in_each():
    nested = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 3, 3), *SQUARES], crs=3857)
    unit, _ = points_in_units(points((0.5, 0.5)), nested, "trees")
    assert unit.tolist() == [0, 1]
    # On the border of the squares it is inside the whole, which has it.
    assert points_in_units(points((1, 0.5)), nested, "trees")[0].tolist() == [0]


def test_points_outside_are_told_with_what_they_stand_for():
    with pytest.warns(GreencoverWarning, match="1 of 2 points of the trees .*90 of 100"):
        points_in_units(points((0.5, 0.5), (9, 9)), UNITS, "trees", np.array([10.0, 90.0]))
    with pytest.warns(GreencoverWarning, match="1 of 1 points"):
        unit, _ = points_in_units(points((9, 9)), UNITS, "trees")
    assert not len(unit)


@pytest.mark.parametrize("shape", [None, shapely.Point(), shapely.Point(np.nan, 1.0)])
def test_points_without_a_place_are_refused_by_row(shape):
    layer = gpd.GeoDataFrame(geometry=[shapely.Point(0, 0), shape], crs=3857)
    with pytest.raises(LayerError, match="without coordinates in row 2"):
        require_places(layer, "trees")


def test_what_is_no_point_is_refused():
    layer = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)], crs=3857)
    with pytest.raises(LayerError, match="must hold points, but is none in row 1"):
        require_places(layer, "trees")

"""Simple drawings that fall together once they are moved are no sign of a web map."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
import shapely.geometry
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.features import rasterize, shapes
from rasterio.transform import from_origin
from shapely.affinity import rotate

import greencover as gc
from greencover.campaign.shift import shifted_layers, shifted_roads
from greencover.ground.china import wgs84_to_bd09, wgs84_to_gcj02

LON, LAT = 114.0, 30.0
SHIFT = np.array(wgs84_to_gcj02(LON, LAT)) - (LON, LAT)
SYSTEMS = {"GCJ-02": wgs84_to_gcj02, "BD-09": wgs84_to_bd09}


def layer(*shapes):
    return gpd.GeoDataFrame(geometry=list(shapes), crs=4326)


def square(side, *, east=0.0, north=0.0):
    x, y = LON + east, LAT + north
    return shapely.box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)


def grid(cells, size, *, east=0.0, north=0.0):
    west, south = LON - cells * size / 2 + east, LAT - cells * size / 2 + north
    return [
        shapely.box(
            west + i * size, south + j * size, west + (i + 1) * size, south + (j + 1) * size
        )
        for i in range(cells)
        for j in range(cells)
    ]


def moved(frame, there):
    dense = shapely.segmentize(frame.geometry.to_numpy(), 0.01)
    return layer(*shapely.transform(dense, there, interleaved=False))


def wandering(radius=0.12, *, waves=5):
    angle = np.linspace(0.0, 2.0 * np.pi, 400, endpoint=False)
    away = radius * (1.0 + 0.15 * np.sin(waves * angle) + 0.08 * np.cos(11 * angle))
    return shapely.Polygon(
        np.column_stack([LON + away * np.cos(angle), LAT + away * np.sin(angle)])
    )


def along_cells(shape, size):
    """The outline of the cells whose middle a shape holds, as a map made of a raster has it."""
    west, _, _, north = shape.bounds
    count = round(0.3 / size)
    place = from_origin(west, north, size, size)
    cells = rasterize([shape], out_shape=(count, count), transform=place, dtype="uint8")
    found = [shapely.geometry.shape(one) for one, code in shapes(cells, transform=place) if code]
    return max(found, key=shapely.area)


HEXAGON = shapely.Polygon(
    [(LON + 0.1 * np.cos(a), LAT + 0.1 * np.sin(a)) for a in np.arange(6) * np.pi / 3]
)
TOYS = {
    "one square in another": (square(0.3), square(0.3 - 2 * SHIFT[0])),
    "squares side by side": (square(0.2), square(0.2, east=SHIFT[0], north=0.01)),
    "squares beside each other in both directions": (
        square(0.2),
        square(0.2, east=SHIFT[0], north=SHIFT[1]),
    ),
    "squares that stand askew": (
        rotate(square(0.2), 30, origin=(LON, LAT)),
        rotate(square(0.2, east=SHIFT[0], north=SHIFT[1]), 30, origin=(LON, LAT)),
    ),
    "a township smaller than the shift": (
        square(0.004),
        square(0.004, east=SHIFT[0], north=SHIFT[1]),
    ),
    "a round township smaller than the shift": (
        wandering(0.003),
        shapely.affinity.translate(wandering(0.003), *SHIFT),
    ),
    "hexagons": (HEXAGON, shapely.affinity.translate(HEXAGON, *SHIFT)),
}


@pytest.mark.parametrize("name", TOYS)
def test_one_simple_unit_is_not_called_shifted(name):
    one, other = TOYS[name]

    assert list(shifted_layers({"county": layer(one), "townships": layer(other)})) == []


@pytest.mark.parametrize("size", [0.002, 0.005, 0.01, 0.05])
@pytest.mark.parametrize("steps", [(1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.5, 0.5)])
def test_villages_on_a_grid_are_not_called_shifted(size, steps):
    """However the grids lie to each other, also exactly as a web map would lay them."""
    east, north = SHIFT * steps
    villages = layer(*grid(10, size, east=east, north=north))

    assert (
        list(shifted_layers({"townships": layer(*grid(5, 2 * size)), "villages": villages})) == []
    )


@pytest.mark.parametrize("size", [0.0001, 0.0003, 0.002])
def test_borders_along_cells_are_judged_by_where_they_run(size):
    """Steps of cells hide no shift, and make none up."""
    county, townships = layer(wandering()), layer(along_cells(wandering(), size))

    assert list(shifted_layers({"county": county, "townships": townships})) == []
    assert (
        list(shifted_layers({"a": townships, "b": layer(along_cells(wandering(), 0.0007))})) == []
    )


@pytest.mark.parametrize("system", SYSTEMS)
def test_borders_along_small_cells_that_are_shifted_are_found(system):
    townships = moved(layer(along_cells(wandering(), 0.0003)), SYSTEMS[system])

    (sentence,) = shifted_layers({"townships": townships, "county": layer(wandering())})

    assert sentence.startswith(f"the layer townships is probably in {system}")


@settings(max_examples=60, deadline=None)
@given(
    sides=st.tuples(*[st.floats(0.003, 0.4)] * 4),
    middle=st.tuples(*[st.floats(-0.03, 0.03)] * 2),
    turn=st.sampled_from([0.0, 0.0, 17.0, 45.0]),
)
def test_no_two_rectangles_are_called_shifted(sides, middle, turn):
    a, b, c, d = sides
    one = shapely.box(LON - a / 2, LAT - b / 2, LON + a / 2, LAT + b / 2)
    other = shapely.box(LON - c / 2, LAT - d / 2, LON + c / 2, LAT + d / 2)
    other = rotate(shapely.affinity.translate(other, *middle), turn)

    assert list(shifted_layers({"county": layer(one), "townships": layer(other)})) == []


def test_the_township_of_the_small_county_is_not_called_shifted():
    from small_county import CELL, EAST, NORTH, SOUTH, WEST, SmallCounty

    township = layer(shapely.box(WEST, SOUTH, EAST, NORTH))
    inner = [
        layer(shapely.box(WEST + k * CELL, SOUTH + k * CELL, EAST - k * CELL, NORTH - k * CELL))
        for k in range(1, 19)
    ]
    for village in inner:
        assert list(shifted_layers({"townships": township, "villages": village})) == []
        halves = SmallCounty().townships
        assert list(shifted_layers({"townships": halves, "villages": village})) == []


def test_roads_beside_a_town_are_not_called_shifted(tmp_path):
    """Most of the ground is built in stripes, and roads run along the strips of wood between."""
    cells = np.full((400, 400), 10, dtype="uint8")
    cells[np.indices(cells.shape).sum(axis=0) % 40 < 27] = 50
    path = tmp_path / "cover.tif"
    west, north, cell = LON - 0.02, LAT + 0.02, 1e-4
    with rasterio.open(
        path, "w", driver="GTiff", width=400, height=400, count=1, dtype="uint8",
        crs="EPSG:4326", transform=from_origin(west, north, cell, cell),
    ) as dataset:  # fmt: skip
        dataset.write(cells, 1)
    cover = gc.LandCover.open(path, legend="worldcover")
    alarms = 0
    for offset in (0.0, 0.0007, 0.0013):
        line = shapely.LineString(
            [(LON - 0.008 + offset, LAT - 0.008), (LON + 0.008 + offset, LAT + 0.008)]
        )
        alarms += len(list(shifted_roads(layer(line), cover)))
    assert alarms == 0

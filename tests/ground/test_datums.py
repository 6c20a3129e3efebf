"""A shift to another datum is told with its operation and accuracy, and only where there is one."""

from __future__ import annotations

import warnings
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from affine import Affine

import greencover as gc
from greencover.ground.datums import moved_to, shift_between
from greencover.ground.errors import GreencoverWarning
from greencover.ground.notes import collected

LEGEND = gc.Legend.from_codes({1: ("tree", "Trees")})
SWISS = (7.4, 46.9)
NO_DATUM = "+proj=longlat +ellps=GRS80 +no_defs +type=crs"


def cover(crs: Any, west: float, north: float, cell: float = 0.01) -> gc.LandCover:
    corner = Affine(cell, 0, west, 0, -cell, north)
    return gc.LandCover.from_array(
        np.ones((90, 90), "uint8"), transform=corner, crs=crs, legend=LEGEND
    )


@pytest.mark.parametrize(
    ("source", "target", "place"),
    [
        (4610, 4326, (110.0, 30.0)),
        (2379, 32648, (500_000.0, 3_300_000.0)),
        (4610, 4490, (110.0, 30.0)),
        (4214, 4490, (110.0, 30.0)),
        # Operations of Beijing 54 to WGS 84 are known for basins and seas, not for Hubei.
        (4214, 4326, (112.0, 31.0)),
        (2056, NO_DATUM, (2_600_000.0, 1_200_000.0)),
    ],
)
def test_ballpark_shifts(source: Any, target: Any, place: tuple[float, float]) -> None:
    one, other = pyproj.CRS(source), pyproj.CRS(target)
    note = shift_between(one, other, place)
    assert note is not None
    assert note.code == "ground.ballpark_shift"
    assert "Ballpark" in note
    assert one.name in note.said("zh")
    assert "精度未知" in note.said("zh")


def test_an_operation_with_its_accuracy() -> None:
    note = shift_between(pyproj.CRS(2056), pyproj.CRS(4326), (2_600_000.0, 1_200_000.0))
    assert note is not None
    assert note.code == "ground.datum_shift"
    assert (note.values["operation"], note.values["accuracy"]) == ("CH1903+ to WGS 84 (1)", 1.0)
    back = shift_between(pyproj.CRS(2056), pyproj.CRS(4326), SWISS, inverse=True)
    assert back == note


@pytest.mark.parametrize(
    ("source", "target"),
    [
        *((4326, 32649), (4547, 4490), (4490, 4326), (4547, 32649), (4258, 4326), (4610, 2379)),
        (4326, "+proj=longlat +datum=WGS84 +type=crs"),
        (4326, pyproj.CRS(4326).to_wkt("WKT1_ESRI")),
        (4610, pyproj.CRS(4610).to_wkt("WKT1_ESRI")),
        (4490, pyproj.CRS(4547).to_wkt("WKT1_GDAL")),
        (4326, "+proj=sinu +R=6371007.181 +type=crs"),
    ],
)
def test_no_shift_no_note(source: Any, target: Any) -> None:
    place = (500_000.0, 3_300_000.0) if pyproj.CRS(source).is_projected else (105.0, 30.0)
    assert shift_between(pyproj.CRS(source), pyproj.CRS(target), place) is None


def test_areas_tell_of_it_once() -> None:
    zones = gpd.GeoSeries([shapely.box(110.1, 29.5, 110.3, 29.8)] * 2, crs=4610)
    layers = {"towns": zones, "villages": zones}
    with collected() as notes:
        gc.class_areas(layers, cover(4326, 110.0, 30.0))
        gc.class_areas(zones, cover(4326, 110.0, 30.0))
    assert [note.code for note in notes] == ["ground.ballpark_shift"]
    with pytest.warns(GreencoverWarning, match="Xian 1980 and WGS 84"):
        gc.class_areas(zones, cover(4326, 110.0, 30.0))


def test_areas_on_one_datum_say_nothing() -> None:
    zones = gpd.GeoSeries([shapely.box(110.1, 29.5, 110.3, 29.8)], crs=4490)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gc.class_areas(zones, cover(4326, 110.0, 30.0))


def test_the_place_decides_and_is_that_of_the_zones() -> None:
    # The raster spans half the Earth; its middle lies where no operation of CH1903+ holds.
    zones = gpd.GeoSeries([shapely.box(7.4, 46.9, 7.5, 47.0)], crs=4150)
    with collected() as notes:
        gc.class_areas(zones, cover(4326, -80.0, 90.0, 2.0))
    assert [note.code for note in notes] == ["ground.datum_shift"]


def test_layers_that_meet() -> None:
    towns = gpd.GeoDataFrame(geometry=[shapely.box(110, 29, 111, 30)], crs=4610)
    with collected() as notes:
        moved = moved_to(towns, pyproj.CRS(4490))
        moved_to(towns, pyproj.CRS(2379))
        moved_to(towns.iloc[:0], pyproj.CRS(4490))
    assert moved.crs == 4490
    assert [note.code for note in notes] == ["ground.ballpark_shift"]

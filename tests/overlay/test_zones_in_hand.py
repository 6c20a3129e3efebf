"""Zones and legends as people hold them give the figures of a frame; other things are refused."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import greencover as gc
from formats import shapefile
from greencover.ground.errors import CrsError, KindError
from greencover.layers.in_hand import zones_of
from greencover.rasters import ArrayCells
from strategies import GRID, UTM, cells_box, stripes, write_raster

SHAPES = [cells_box(0.75, 1.25, 2.5, 3.75), cells_box(3.0, 2.0, 30.0, 17.25)]
ZONES = gpd.GeoDataFrame({"code": ["01", "02"]}, geometry=SHAPES, crs=UTM, index=[7, 9])


@pytest.fixture(scope="module")
def cover(tmp_path_factory) -> gc.LandCover:
    path = write_raster(tmp_path_factory.mktemp("c") / "c.tif", stripes(), nodata=9)
    return gc.LandCover.open(path, legend=LEGEND)


class WithInterface:
    """A shape of another package."""

    def __init__(self, shape: Any) -> None:
        self.__geo_interface__ = shape.__geo_interface__


LEGEND = {code: ("tree", "grass", "bare")[code % 3] for code in np.unique(stripes()) if code != 9}
HELD = {
    "series": (ZONES.geometry, None),
    "frame without a system": (ZONES.set_crs(None, allow_override=True), UTM),
    "list": (SHAPES, UTM),
    "tuple": (tuple(SHAPES), UTM),
    "array": (np.array(SHAPES), UTM),
    "array of geopandas": (ZONES.geometry.array, None),
    "series of pandas": (pd.Series(SHAPES, dtype=object), UTM),
    "shapes of another package": ([WithInterface(one) for one in SHAPES], UTM),
    "geojson in its own system": (json.loads(ZONES.to_json()), None),
    "geojson with its system said": (ZONES.__geo_interface__, UTM),
    "generator": ((one for one in SHAPES), UTM),
}


@pytest.mark.parametrize("held", [one for one in HELD if one != "generator"])
def test_the_same_figures_however_zones_are_held(cover: gc.LandCover, held: str) -> None:
    given, crs = HELD[held]
    expected = gc.class_areas(ZONES, cover)
    found = gc.class_areas(given, cover, crs=crs)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)
    kinds = gc.forest_coverage(given, cover, crs=crs)["forest_ha"]
    np.testing.assert_allclose(kinds, gc.forest_coverage(ZONES, cover)["forest_ha"], rtol=1e-12)
    values = ArrayCells.of(stripes() * 1.0, transform=GRID, crs=UTM)
    sums = gc.zonal_sums(given, values, kind="density", crs=crs)
    np.testing.assert_allclose(sums, gc.zonal_sums(ZONES, values, kind="density"), rtol=1e-12)


def test_an_index_stays_and_shapes_in_a_generator_are_taken(cover: gc.LandCover) -> None:
    series = pd.Series(SHAPES, index=["a", "b"], dtype=object)
    assert gc.class_areas(series, cover, crs=UTM).index.tolist() == ["a", "b"]
    assert len(gc.class_areas(iter(SHAPES), cover, crs=UTM)) == 2
    assert len(gc.class_areas(SHAPES[0], cover, crs=UTM)) == 1


def test_files_are_read_as_a_campaign_reads_them(cover: gc.LandCover, tmp_path) -> None:
    path = shapefile(ZONES.to_crs(4326), tmp_path, encoding="GBK", cpg=None)
    expected = gc.class_areas(gc.read_layer(path), cover)
    np.testing.assert_allclose(gc.class_areas(path, cover), expected, rtol=1e-12)
    np.testing.assert_allclose(gc.class_areas(str(path), cover), expected, rtol=1e-12)
    assert gc.forest_coverage(path, cover)["code"].tolist() == ["01", "02"]


def test_geojson_without_a_word_is_in_longitude_and_latitude(cover: gc.LandCover) -> None:
    lonlat = ZONES.to_crs(4326)
    found = gc.class_areas(lonlat.__geo_interface__, cover)
    np.testing.assert_allclose(found, gc.class_areas(lonlat, cover), rtol=1e-12, atol=1e-15)
    two = {"one": lonlat, "two": SHAPES}
    assert set(gc.class_areas({"one": lonlat, "two": lonlat.geometry}, cover)) == set(two)


@pytest.mark.parametrize(
    ("given", "part"),
    [(5, "of the type int"), ([5], "holds a int"), (None, "of the type NoneType")],
)
def test_what_is_no_zones_is_a_type_error(cover: gc.LandCover, given: Any, part: str) -> None:
    for ask in (gc.class_areas, gc.forest_coverage, gc.green_coverage):
        with pytest.raises(TypeError, match=part):
            ask(given, cover, crs=UTM)


@pytest.mark.parametrize("given", ["cover.tif", None, stripes()])
def test_what_is_no_land_cover_is_a_type_error_that_says_what_to_give(given: Any) -> None:
    for ask in (gc.class_areas, gc.forest_coverage):
        with pytest.raises(TypeError, match=r"land cover cannot .*: give LandCover\.open"):
            ask(ZONES, given)


@pytest.mark.parametrize("given", [5, stripes(), None, {"a": 1}])
def test_what_is_no_raster_is_a_type_error(given: Any) -> None:
    with pytest.raises(KindError, match=r"raster cannot be .*LandCover\.from_array"):
        gc.LandCover.open(given, legend="worldcover")


def test_systems_that_are_missing_or_twice_are_told(cover: gc.LandCover) -> None:
    with pytest.raises(CrsError, match="pass crs="):
        gc.class_areas(SHAPES, cover)
    with pytest.raises(CrsError, match="leave crs out"):
        gc.class_areas(ZONES, cover, crs=4326)
    assert zones_of(ZONES, crs=UTM) is ZONES


def test_a_legend_in_a_dict(cover: gc.LandCover) -> None:
    cells = {"transform": GRID, "crs": UTM}
    made = gc.LandCover.from_array(stripes(), legend={**LEGEND, 9: None}, **cells)
    np.testing.assert_allclose(gc.class_areas(ZONES, made), gc.class_areas(ZONES, cover))
    assert made.legend.unobserved == {9: "not observed"}
    trees, meadow = gc.Legend.load({10: "tree", 30: ("grass", "Meadow")}).classes
    assert (trees.name, trees.name_zh) == ("Tree cover", "乔木林地")
    assert meadow.name == "Meadow"
    with pytest.raises(gc.GreencoverError, match="treee"):
        gc.Legend.load({10: "treee"})
    with pytest.raises(TypeError, match="legend cannot be of the type int"):
        gc.Legend.load(10)


def test_shapes_are_polygons_all_the_same(cover: gc.LandCover) -> None:
    with pytest.raises(gc.GreencoverError, match="must hold polygons"):
        gc.class_areas([shapely.Point(0, 0)], cover, crs=UTM)

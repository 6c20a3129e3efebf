"""Layers come in checked, or the message names what is wrong with them."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import shapely.affinity

from greencover.ground.errors import CrsError, GreencoverWarning, LayerError
from greencover.layers import check_codes, check_geometry, check_population, is_remote, read_layer

SQUARE = shapely.box(118, 30, 119, 31)
BOW_TIE = shapely.Polygon([(118, 30), (119, 31), (119, 30), (118, 31)])
FORMATS = ["gpkg", "shp", "geojson", "fgb"]


def layer(geometries, crs=4326, **columns):
    columns = columns or {"code": [f"T{i}" for i in range(len(geometries))]}
    return gpd.GeoDataFrame(columns, geometry=list(geometries), crs=crs)


def save(frame, path, **options):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="'crs' was not provided")
        frame.to_file(path, **options)
    return path


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_gives_the_same_layer(tmp_path, suffix):
    given = layer([SQUARE, shapely.box(120, 30, 121, 31)], code=["甲", "乙"])
    options = {"encoding": "UTF-8"} if suffix == "shp" else {}
    path = save(given, tmp_path / f"zones.{suffix}", **options)

    found = read_layer(path, geometry="polygon")

    assert sorted(found["code"]) == sorted(given["code"])
    assert found.crs.to_epsg() == 4326
    assert shapely.area(found.geometry).sum() == pytest.approx(2.0)


def test_canonical_columns_stand_beside_the_own_ones(tmp_path):
    path = save(layer([SQUARE], XZQ=["A1"], name=["other"], NAME_2=["镇"]), tmp_path / "z.gpkg")

    found = read_layer(path, columns={"code": "XZQ", "name": "NAME_2"})

    assert found.loc[0, ["code", "name"]].tolist() == ["A1", "镇"]
    assert found.loc[0, ["XZQ", "NAME_2", "name_original"]].tolist() == ["A1", "镇", "other"]


def test_two_columns_can_swap_their_names(tmp_path):
    path = save(layer([SQUARE], code=["镇"], name=["A1"]), tmp_path / "z.gpkg")

    found = read_layer(path, columns={"code": "name", "name": "code"})

    assert found.loc[0, ["code", "name"]].tolist() == ["A1", "镇"]


def test_heights_are_dropped(tmp_path):
    high = shapely.force_3d(SQUARE, z=100.0)
    path = save(layer([high]), tmp_path / "z.gpkg")

    found = read_layer(path, geometry="polygon")

    assert not found.has_z.any()
    assert shapely.area(found.geometry).sum() == pytest.approx(1.0)


def test_invalid_polygons_are_repaired_and_counted(tmp_path):
    path = save(layer([SQUARE, BOW_TIE]), tmp_path / "z.gpkg")

    with pytest.warns(GreencoverWarning, match=r"1 invalid polygon \(row 2\)"):
        found = read_layer(path, geometry="polygon")

    assert found.is_valid.all()
    # The two wings of the bow tie are a quarter of the square each.
    assert shapely.area(found.geometry).tolist() == pytest.approx([1.0, 0.5])


def test_overlapping_parts_keep_their_common_ground():
    parts = shapely.MultiPolygon([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])

    with pytest.warns(GreencoverWarning):
        found = check_geometry(layer([parts]), "layer", geometry="polygon")

    assert shapely.area(found.geometry).sum() == pytest.approx(3.0)


def test_holes_and_parts_stay():
    holed = SQUARE.difference(shapely.box(118.2, 30.2, 118.4, 30.4))
    both = shapely.MultiPolygon([holed, shapely.box(120, 30, 121, 31)])

    found = check_geometry(layer([both]), "layer", geometry="polygon")

    assert found.geometry.iloc[0].equals(both)


@pytest.mark.parametrize(
    ("geometries", "kind", "message"),
    [
        ([SQUARE, None], "polygon", "no geometry in row 2"),
        ([shapely.Polygon(), SQUARE], "any", "no geometry in row 1"),
        ([shapely.Point(1, 2)], "polygon", "must hold polygons but has Point in row 1"),
        ([SQUARE], "line", "must hold lines but has Polygon"),
        ([shapely.box(500000, 3300000, 500100, 3300100)], "polygon", "impossible coordinates"),
        ([shapely.box(30, 118, 31, 119)], "polygon", "latitude and longitude swapped"),
        ([shapely.LineString([(0, 0), (np.inf, 1)])], "line", "impossible coordinates"),
        (
            [shapely.Polygon([(118, 30), (119, 30), (118, 30), (118, 30)])],
            "polygon",
            "without area in row 1",
        ),
    ],
)
def test_unfit_geometry_is_named(geometries, kind, message):
    with pytest.raises(LayerError, match=message):
        check_geometry(layer(geometries), "layer 'x' of y.gpkg", geometry=kind)


def test_a_shape_beyond_repair_is_named(monkeypatch):
    made_valid = shapely.make_valid

    def first_is_hopeless(shapes, **options):
        if any(shape.equals(BOW_TIE) for shape in shapes):
            raise shapely.GEOSException("TopologyException: unable to assign free hole to a shell")
        return made_valid(shapes, **options)

    monkeypatch.setattr(shapely, "make_valid", first_is_hopeless)
    other = shapely.affinity.translate(BOW_TIE, 1.0)
    with pytest.raises(LayerError, match="cross themselves beyond repair in row 3"):
        check_geometry(layer([SQUARE, other, BOW_TIE]), "layer 'x' of y.gpkg", geometry="polygon")


def test_absurd_projected_coordinates_are_refused():
    with pytest.raises(LayerError, match="impossible coordinates"):
        check_geometry(layer([shapely.box(0, 0, 1e12, 1)], crs=3857), "layer")


def test_rows_beyond_five_are_counted():
    with pytest.raises(LayerError, match="rows 1, 2, 3, 4, 5 and 3 more"):
        check_geometry(layer([None] * 8), "layer")


@pytest.mark.parametrize("suffix", ["gpkg", "shp"])
def test_a_missing_reference_system_is_refused(tmp_path, suffix):
    path = save(layer([SQUARE], crs=None), tmp_path / f"z.{suffix}")

    with pytest.raises(CrsError, match=rf"z\.{suffix} has no coordinate reference system"):
        read_layer(path)


def test_a_local_reference_system_is_refused(tmp_path):
    path = save(layer([SQUARE], crs='LOCAL_CS["site grid",UNIT["metre",1]]'), tmp_path / "z.gpkg")

    with pytest.raises(CrsError, match="local system 'site grid'"):
        read_layer(path)


def test_missing_file_layer_and_column_are_named(tmp_path):
    path = save(layer([SQUARE], residents=[1]), tmp_path / "z.gpkg", layer="towns")
    save(layer([SQUARE]), path, layer="roads")

    with pytest.raises(LayerError, match=r"nowhere\.gpkg does not exist"):
        read_layer(tmp_path / "nowhere.gpkg")
    with pytest.raises(LayerError, match="several layers: choose one of towns, roads"):
        read_layer(path)
    with pytest.raises(LayerError, match="no layer 'town': its layers are towns, roads"):
        read_layer(path, layer="town")
    with pytest.raises(LayerError, match="no column 'resident': did you mean 'residents'"):
        read_layer(path, layer="towns", columns={"population": "resident"})


def test_a_file_that_is_no_layer_is_named(tmp_path):
    path = tmp_path / "notes.gpkg"
    path.write_text("hello")

    with pytest.raises(LayerError, match=r"notes\.gpkg cannot be opened"):
        read_layer(path)


def test_a_table_without_geometry_is_named(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("code,residents\nA,1\n")

    with pytest.raises(LayerError, match="table without geometry"):
        read_layer(path)


def test_an_empty_layer_is_named(tmp_path):
    path = save(layer([SQUARE]).iloc[:0], tmp_path / "z.gpkg")

    with pytest.raises(LayerError, match="empty"):
        read_layer(path)


@pytest.mark.parametrize(
    "path",
    [
        "http://example.org/a.gpkg",
        "https://example.org/a.gpkg",
        "s3://bucket/a.gpkg",
        "/vsicurl/https://example.org/a.gpkg",
        "/vsizip//vsicurl/https://example.org/a.zip",
        "/vsis3/bucket/a.gpkg",
    ],
)
def test_remote_layers_are_never_read(path):
    assert is_remote(path)
    with pytest.raises(LayerError, match="on another machine"):
        read_layer(path)


@pytest.mark.parametrize("path", ["a.gpkg", "../a.gpkg", "/data/a.shp", r"C:\data\a.shp", "C:/a"])
def test_local_paths_are_not_remote(path):
    assert not is_remote(path)


def test_codes_become_text():
    assert check_codes(pd.DataFrame({"c": [370102.0, 370103.0]}), "c", "layer").tolist() == [
        "370102",
        "370103",
    ]


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (["A", "A", "B"], "the code A more than once in column 'c' .rows 1 and 2."),
        ([1, 1.0, 2], "the code 1 more than once"),
        (["A", " A "], "the code A more than once"),
        (["A", None], "no code in column 'c' in row 2"),
        (["  ", "B"], "no code in column 'c' in row 1"),
    ],
)
def test_unfit_codes_are_named(codes, message):
    with pytest.raises(LayerError, match=message):
        check_codes(pd.DataFrame({"c": codes}), "c", "layer")


def test_population_becomes_numbers():
    found = check_population(pd.DataFrame({"p": ["1200", "0"]}), "p", "layer")

    assert found.tolist() == [1200.0, 0.0]


@pytest.mark.parametrize(
    ("residents", "message"),
    [
        ([10, -5], r"negative population in column 'p' for 乙镇 \(-5\)"),
        ([10, None], "no population in column 'p' for 乙镇: fill it in"),
        (["10", "many"], r"no number in column 'p' for 乙镇 \(many\)"),
        ([np.inf, 1], r"no number in column 'p' for 甲镇 \(inf\)"),
    ],
)
def test_unfit_population_names_the_unit(residents, message):
    frame = pd.DataFrame({"name": ["甲镇", "乙镇"], "p": residents})

    with pytest.raises(LayerError, match=message):
        check_population(frame, "p", "layer")

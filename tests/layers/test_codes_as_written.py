"""Codes come in and go out as they are written, through every format."""

import sqlite3

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from greencover.ground.errors import GreencoverWarning
from greencover.layers import as_text, read_layer
from greencover.layers.encoding import detect

CODES = [360826100000000012, 360826100000000013, None]
BOXES = [shapely.box(114.0 + i / 10, 27.0, 114.05 + i / 10, 27.1) for i in range(3)]


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "geojson", "parquet", "fgb"])
def test_long_codes_beside_a_blank(suffix, tmp_path):
    frame = gpd.GeoDataFrame({"bsm": pd.array(CODES, dtype="Int64")}, geometry=BOXES, crs=4326)
    path = tmp_path / f"z.{suffix}"
    if suffix == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    found = sorted(as_text(read_layer(path)["bsm"]))
    assert found == ["", "360826100000000012", "360826100000000013"]


@pytest.mark.parametrize(
    "codes",
    [["001", "002"], ["1.10", "1.1"], ["1E4", "1E5"], ["360826100000000012", ""], ["+1", "2"]],
)
def test_codes_of_a_text_file_stay_as_they_are(codes, tmp_path):
    path = tmp_path / "z.csv"
    rows = [f"{code},{114 + i / 10},27" for i, code in enumerate(codes)]
    path.write_text("\n".join(["bm,lon,lat", *rows]), encoding="utf-8")
    assert read_layer(path, crs="EPSG:4326")["bm"].tolist() == codes


def test_plain_numbers_of_a_text_file_are_numbers(tmp_path):
    path = tmp_path / "z.csv"
    path.write_text("ha,n,lon,lat\n1.5,10,114,27\n2.25,,114.1,27", encoding="utf-8")
    frame = read_layer(path, crs="EPSG:4326")
    assert frame["ha"].tolist() == [1.5, 2.25]
    assert frame["n"].iloc[0] == 10


def test_the_index_of_geoparquet_is_a_column(tmp_path):
    path = tmp_path / "z.parquet"
    frame = gpd.GeoDataFrame({"code": ["A", "B", "C"]}, geometry=BOXES, crs=4326)
    frame.set_index("code").to_parquet(path)
    assert read_layer(path)["code"].tolist() == ["A", "B", "C"]
    frame.assign(part=[1, 2, 3]).set_index(["code", "part"]).to_parquet(path)
    assert {"code", "part"} <= set(read_layer(path).columns)


def test_a_second_geometry_is_left_out_and_told(tmp_path):
    path = tmp_path / "z.parquet"
    frame = gpd.GeoDataFrame({"code": list("ABC")}, geometry=BOXES, crs=4326)
    frame.assign(centre=frame.representative_point()).to_parquet(path)
    with pytest.warns(GreencoverWarning, match="centre beside geometry"):
        assert "centre" not in read_layer(path)


def test_styles_and_tables_beside_a_layer_are_none_of_it(tmp_path):
    path = tmp_path / "z.gpkg"
    gpd.GeoDataFrame({"code": list("ABC")}, geometry=BOXES, crs=4326).to_file(path, layer="乡镇")
    with sqlite3.connect(path) as base:
        for table in ("layer_styles", "people"):
            base.execute(f"create table {table}(id integer primary key, f_table_name text)")
            base.execute(
                "insert into gpkg_contents(table_name, data_type, identifier) "
                f"values('{table}', 'attributes', '{table}')"
            )
    base.close()
    assert len(read_layer(path)) == 3


@pytest.mark.parametrize(
    "names",
    [
        ["Düsseldorf", "Köln"],
        ["Москва", "Тверь"],
        ["Łódź"],
        ["Αθήνα"],
        ["São Miguel"],
        ["القاهرة"],
        ["ལྷ་ས", "གཞིས་ཀ་རྩེ", "ནག་ཆུ"],
        ["दिल्ली", "काठमाडौं"],
        ["กรุงเทพ", "ภูเก็ต"],
        ["ئۈرۈمچى", "قەشقەر"],
        ["ᠬᠥᠬᠡᠬᠣᠲᠠ"],
        ["ꆈꌠ"],
    ],
)
def test_utf8_that_is_not_chinese(names):
    assert detect([name.encode() for name in names]) == "utf-8"


@pytest.mark.parametrize(
    "names", [["路"], ["西林镇", "东湖乡"], ["汽车站"], ["联通"], ["国道", "省道"]]
)
def test_chinese_stays_chinese(names):
    assert detect([name.encode("gbk") for name in names]) == "gbk"
    assert detect([name.encode() for name in names]) == "utf-8"

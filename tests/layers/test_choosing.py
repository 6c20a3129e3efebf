"""Rows that a condition chooses are the same from every format, and mistakes are told."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from formats import shapefile
from greencover.campaign import Campaign
from greencover.cli.area_table import area_table
from greencover.ground.errors import GreencoverWarning, LayerError
from greencover.layers import read_layer
from greencover.layers.choosing import chosen_rows
from greencover.layers.sheets import read_table
from small_county import SmallCounty

PARKS = gpd.GeoDataFrame(
    {
        "name": ["人民公园", "O'Hara's", "Villa", "东湖", "嗀园"],
        "功能": ["公园", "公园", "庭院", None, "公园"],
        "access": ["yes", None, "private", "no", "Yes"],
        "open": [1, 1, 0, 0, 1],
        "area_ha": [2.5, 0.5, 1.0, np.nan, 12.0],
    },
    geometry=[shapely.box(118 + i, 30, 118.5 + i, 30.5) for i in range(5)],
    crs=4326,
)
CONDITIONS = {
    "功能 = '公园'": [0, 1, 4],
    "\"功能\" = '公园' AND area_ha >= 1": [0, 4],
    "access IS NULL OR access NOT IN ('private', 'no')": [0, 1, 4],
    "access = 'yes'": [0],
    "access ILIKE 'yes' OR access LIKE 'PRIV%'": [0, 2, 4],
    "name = 'O''Hara''s'": [1],
    "open <> 0 and not (area_ha between 1 and 3)": [1, 4],
    "lower(access) = 'yes' AND length(name) > 2": [0],
    "AREA_HA > 1": [0, 4],
    "CASE WHEN open = 1 THEN area_ha > 1 ELSE access = 'no' END": [0, 3, 4],
    "name LIKE '%--%' OR name = '/*' OR name = '东湖'": [3],
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parks")
    paths = {"gbk": shapefile(PARKS, folder, encoding="GBK", cpg=None)}
    for suffix in ("gpkg", "geojson", "fgb"):
        paths[suffix] = folder / f"parks.{suffix}"
        PARKS.to_file(paths[suffix], **({"SPATIAL_INDEX": "NO"} if suffix == "fgb" else {}))
    PARKS.to_parquet(folder / "parks.parquet")
    table = pd.DataFrame(PARKS.drop(columns="geometry")).assign(wkt=PARKS.to_wkt()["geometry"])
    table.to_csv(folder / "parks.csv", index=False, encoding="gb18030")
    return paths | {one: folder / f"parks.{one}" for one in ("parquet", "csv")}


@pytest.mark.filterwarnings("ignore::greencover.GreencoverWarning")
@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("kind", ["gbk", "gpkg", "geojson", "fgb", "parquet", "csv"])
def test_every_format_gives_the_same_rows(files, kind, condition):
    found = read_layer(files[kind], crs="EPSG:4326", where=condition)

    assert found["name"].tolist() == PARKS["name"].iloc[CONDITIONS[condition]].tolist()
    assert found.index.tolist() == list(range(len(found)))


@pytest.mark.parametrize(
    "condition", ["open = 1", "area_ha > 1", "access <> 'no'", "name LIKE '%a'"]
)
def test_a_plain_condition_chooses_what_the_driver_chooses(files, condition):
    own = pyogrio.read_dataframe(files["gpkg"], where=condition)
    assert read_layer(files["gpkg"], where=condition)["name"].tolist() == own["name"].tolist()


@pytest.mark.parametrize(
    ("condition", "part"),
    [
        ("fclass = 'park'", "it has no 'fclass'"),
        ('access = "yes"', "it has no 'yes'"),
        ("acess = 'yes'", "did you mean access?"),
        ("access == 'yes' && open", "syntax error"),
        ("access = 'yes", "it has no 'yes'"),
        ("open = 1)", "syntax error"),
        ("open IN (SELECT open FROM layer)", "'SELECT', 'FROM', 'layer'"),
        ("load_extension('x')", "it has no 'load_extension'"),
        ("open = 1 -- or not", "it has no '--'"),
        ("open = 1; DROP TABLE layer", "'DROP'"),
        ("count(*) > 1", "it has no 'count'"),
        ("(" * 300 + "1" + ")" * 300, "overflow"),
        ("open = 1 OR " * 2000 + "open = 2", "too"),
        ("__import__('os').system('true')", "it has no '__import__'"),
    ],
)
def test_what_cannot_be_asked_is_told(files, condition, part):
    with pytest.raises(LayerError) as told:
        read_layer(files["gpkg"], where=condition)

    sentence = str(told.value)
    assert part in sentence
    assert str(files["gpkg"]) in sentence
    for column in PARKS.columns.drop("geometry"):
        assert column in sentence


def test_the_condition_that_a_refusal_proposes_is_accepted(files):
    with pytest.raises(LayerError) as told:
        read_layer(files["gpkg"], where="fclass = 'park'")

    proposed = str(told.value).rpartition("single quotes: ")[2].removesuffix(".")
    assert len(read_layer(files["gpkg"], where=proposed)) == 1


def test_a_condition_that_leaves_nothing_is_told_with_the_values_there_are(files):
    with pytest.raises(LayerError, match="no row where access = 'public', of 5 rows") as told:
        read_layer(files["gpkg"], where="access = 'public'")
    assert "access is 'yes', missing, 'private', 'no' and 'Yes'" in str(told.value)


def test_rows_of_a_later_mistake_are_said_to_be_counted_among_those_chosen(tmp_path):
    broken = PARKS.copy()
    broken.loc[3, "geometry"] = None
    broken.to_file(tmp_path / "p.gpkg")

    assert len(read_layer(tmp_path / "p.gpkg", where="open = 1")) == 3
    with pytest.raises(LayerError, match=r"\(its rows where open = 0\) has no geometry in row 2"):
        read_layer(tmp_path / "p.gpkg", where="open = 0")


def test_long_codes_dates_and_names_that_differ_by_case():
    table = pd.DataFrame(
        {
            "code": pd.array([370102001001000001, 370102001001000002, None], dtype="Int64"),
            "Day": pd.to_datetime(["2023-05-01", "2024-05-01", None]),
            "day": ["a", "b", "c"],
            "tags": [{"a": 1}, None, ["b"]],
        }
    )
    assert chosen_rows(table, "code = 370102001001000002", "t").index.tolist() == [0]
    assert chosen_rows(table, "Day >= '2024'", "t")["day"].tolist() == ["b"]
    assert chosen_rows(table, "tags LIKE '%\"b\"%'", "t")["day"].tolist() == ["c"]


def test_tables_of_offices_are_chosen_from_by_any_column(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(
        "各镇人口,,\n年份,代码,人口\n2022,T1,5\n2023,T1,6\n2023,T2,17\n", encoding="utf-8"
    )

    table = read_table(path, ["代码", "人口"], where="table", chosen="年份 = 2023")
    more = read_table(path, ["代码"], where="table", chosen="人口 > 6")
    assert more["代码"].tolist() == ["T2"]
    assert table.to_numpy().tolist() == [["T1", "6"], ["T2", "17"]]


def test_a_campaign_takes_the_rows_that_are_meant(tmp_path):
    county = SmallCounty()
    private = county.parks.assign(name="院子", access="private")
    county.parks = pd.concat([county.parks.assign(access=None), private], ignore_index=True)
    county.replace('layer = "parks"', """layer = "parks"\nwhere = "access IS NULL" """)
    county.replace('layer = "roads"', """layer = "roads"\nwhere = "grade <> 'village'" """)

    opened = Campaign.read(county.write(tmp_path)).open()
    assert opened.parks["name"].tolist() == ["中心公园"]
    assert opened.roads["road"].tolist() == ["G1"]


def test_roads_mixed_with_points_are_taken_and_it_is_said(tmp_path):
    line = shapely.LineString([(118, 30), (118.1, 30)])
    shapes = [shapely.Point(118, 30), line, shapely.box(118, 30, 118.1, 30.1), line]
    mixed = gpd.GeoDataFrame({"n": range(4)}, geometry=shapes, crs=4326)
    mixed.to_file(tmp_path / "export.geojson")

    with pytest.warns(GreencoverWarning, match="mixes lines with 2 others"):
        found = read_layer(tmp_path / "export.geojson", geometry="line")
    assert found["n"].tolist() == [1, 3]
    with pytest.raises(LayerError, match="must hold lines"):
        read_layer(tmp_path / "export.geojson", geometry="line", where="n IN (0, 2)")


def test_areas_of_the_zones_that_are_meant(tmp_path):
    county = SmallCounty()
    county.write(tmp_path)
    zones, cover = tmp_path / "county.gpkg", tmp_path / "cover.tif"
    own = {"legend": "worldcover", "layer": "townships"}

    whole = area_table(zones, [cover], **own)
    one = area_table(zones, [cover], where="code = 'T2'", **own)
    assert one.drop(columns="geometry").to_dict("records") == [
        whole.drop(columns="geometry").iloc[1].to_dict()
    ]

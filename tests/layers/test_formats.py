"""A format that GDAL lacks is one file: a package brings it, and layers of it are read."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import formats
import greencover as gc
import small_county
from greencover.ground.errors import CrsError, GreencoverError, LayerError
from greencover.layers import read_layer
from greencover.layers.formats import _registry, format_of, inside_archives
from plugins import installed

FILE = '''
import geopandas as gpd
import shapely

from greencover.ground.errors import LayerError
from greencover.layers.archives import content_of
from greencover.layers.formats import Format


class Boxes(Format):
    """Lines of a code and the west, south, east and north of a box."""

    suffixes = in_archives = (".boxes",)

    def read(self, source, layer, where):
        lines = content_of(source, where, largest=1_000_000).decode().splitlines()
        cells = [line.split() for line in lines if line]
        try:
            shapes = [shapely.box(*map(float, row[1:])) for row in cells]
        except (TypeError, ValueError) as error:
            raise LayerError("layers.damaged", where=where) from error
        columns = {"code": [row[0] for row in cells], "name": [row[0] for row in cells]}
        return gpd.GeoDataFrame(columns, geometry=shapes)
'''


@pytest.fixture(autouse=True)
def format_of_a_package(tmp_path: Path) -> Iterator[None]:
    with installed(tmp_path / "site", "boxes", FILE, formats="boxes:Boxes"):
        _registry._known.cache_clear()
        yield
    _registry._known.cache_clear()


@pytest.fixture
def boxes(tmp_path: Path) -> Path:
    path = tmp_path / "county.boxes"
    west, middle, east = small_county.WEST, small_county.MIDDLE_X, small_county.EAST
    south, north = small_county.SOUTH, small_county.NORTH
    path.write_text(f"T1 {west} {south} {middle} {north}\nT2 {middle} {south} {east} {north}\n")
    return path


def test_a_layer_of_the_format_is_read_and_checked(boxes: Path) -> None:
    frame = read_layer(boxes, geometry="polygon", crs="EPSG:4326")
    assert frame["code"].tolist() == ["T1", "T2"]
    assert frame.total_bounds[0] == pytest.approx(small_county.WEST)
    with pytest.raises(CrsError, match="look like longitude and latitude in CGCS2000"):
        read_layer(boxes)
    boxes.write_text("T1 1 2 three 4\n")
    with pytest.raises(LayerError, match=f"The layer {boxes} cannot be read to its end"):
        read_layer(boxes)


def test_an_archive_is_searched_for_the_format(boxes: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "county.zip", "w") as archive:
        archive.write(boxes, "inner/county.boxes")
        archive.writestr("readme.md", "Boxes")
    frame = read_layer(tmp_path / "county.zip", crs="EPSG:4326")
    assert frame["code"].tolist() == ["T1", "T2"]


def test_it_is_not_read_from_another_machine() -> None:
    with pytest.raises(LayerError, match="not read from another machine"):
        read_layer("https://example.org/county.boxes", remote=True)


def test_a_campaign_takes_its_units_from_the_format(boxes: Path, tmp_path: Path) -> None:
    county = small_county.SmallCounty()
    table = gc.assess(county.write(tmp_path / "in")).table
    boxes.rename(tmp_path / "in" / "county.boxes")
    county.replace('path = "county.gpkg"\nlayer = "townships"', 'path = "county.boxes"')
    county.replace('name_en = "name_en"\npopulation = "residents"', 'crs = "EPSG:4326"')

    found = gc.assess(county.write(tmp_path / "in")).table

    of = ("forest_coverage", "T1")
    values = [one[(one["indicator"] == of[0]) & (one["unit"] == of[1])] for one in (found, table)]
    assert values[0]["value"].tolist() == pytest.approx(values[1]["value"].tolist())
    assert len(values[0])


def test_every_file_has_a_format() -> None:
    named = {suffix: type(format_of(f"county{suffix}")).__name__ for suffix in inside_archives()}
    assert named[".shp"] == "Shapefile"
    assert named[".gpx"] == "Gpx"
    assert type(format_of("county.unknown")).__name__ == "Unnamed"
    assert type(format_of("county.TAB")).__name__ == "MapInfo"
    assert type(format_of("county")).__name__ == "Unnamed"


def lines_of_geojson(path: Path) -> None:
    features = json.loads(formats.sample().to_json(drop_id=True))["features"]
    path.write_text("\n".join(json.dumps(one) for one in features), encoding="utf-8")


def esri_json(path: Path) -> None:
    sample = formats.sample()
    rings = [[list(one) for one in shape.convex_hull.exterior.coords] for shape in sample.geometry]
    features = [
        {"attributes": {"code": code}, "geometry": {"rings": [ring[::-1]]}}
        for code, ring in zip(sample["code"], rings, strict=True)
    ]
    content = {
        "geometryType": "esriGeometryPolygon",
        "spatialReference": {"wkid": 4326},
        "fields": [{"name": "code", "type": "esriFieldTypeString", "alias": "code", "length": 9}],
        "features": features,
    }
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "write"), [("t.geojsonl", lines_of_geojson), ("t.json", esri_json)]
)
def test_json_of_servers_is_read(tmp_path: Path, name: str, write: Callable[[Path], None]) -> None:
    write(tmp_path / name)
    assert read_layer(tmp_path / name)["code"].tolist() == ["T01", "T02"]


def test_a_system_that_is_named_is_taken_and_a_column_of_that_name_stays(tmp_path: Path) -> None:
    path, _ = formats.write("GeoJSON with CRS member", tmp_path)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["features"][0]["properties"]["crs"] = {"note": "a <b>bold</b> one", "kind": "link"}
    path.write_text(json.dumps(content), encoding="utf-8")

    frame = read_layer(path)

    assert frame.crs == "EPSG:4528"
    assert "bold" in str(frame["crs"][0])


def test_a_folder_of_shapefiles_is_read(tmp_path: Path) -> None:
    formats.write("Shapefile, UTF-8", tmp_path)
    assert read_layer(tmp_path)["code"].tolist() == ["T01", "T02"]
    with pytest.raises(LayerError, match="of a format that is not read"):
        read_layer(tmp_path.parent)


@pytest.mark.parametrize("depth", [33, 100_000])
def test_geometry_in_geometry_without_end_is_named(tmp_path: Path, depth: int) -> None:
    text = "GEOMETRYCOLLECTION (" * depth + "POINT (118 30)" + ")" * depth
    (tmp_path / "t.csv").write_text(f'code,WKT\nA,"{text}"\n')

    with pytest.raises(LayerError, match="nested too deeply in row 1"):
        read_layer(tmp_path / "t.csv", crs="EPSG:4326")


def test_binary_geometry_in_geometry_without_end_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    formats.sample().to_parquet(path)
    table = pq.read_table(path)
    point = struct.pack("<BIdd", 1, 1, 118.0, 30.0)
    shapes = [struct.pack("<BII", 1, 7, 1) * 100_000 + point, point]
    place = table.schema.get_field_index("geometry")
    table = table.set_column(place, "geometry", pa.array(shapes, pa.binary()))
    pq.write_table(table.replace_schema_metadata(pq.read_schema(path).metadata), path)

    with pytest.raises(LayerError, match="cannot be read as GeoParquet"):
        read_layer(path)


@pytest.mark.parametrize("code", ["0", "999999", "9" * 20])
def test_a_code_of_no_system_is_named(tmp_path: Path, code: str) -> None:
    (tmp_path / "t.csv").write_text(f'code,WKT\nA,"SRID={code};POINT (118 30)"\n')

    with pytest.raises(CrsError, match=rf"in EPSG:{code}, which is no system that is known"):
        read_layer(tmp_path / "t.csv")


def test_a_table_without_rows_and_without_a_system(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("code,WKT\nA,\n")

    with pytest.raises(GreencoverError, match=r"a\.csv"):
        read_layer(tmp_path / "a.csv")

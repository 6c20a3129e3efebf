"""Layer files that are damaged, unplaced, or reach beyond themselves."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import shapely

from badinputs.case import Case, assessed, text, townships_from, townships_in
from small_county import townships

GEOGCS = "EPSG:4326"


def content(data: bytes | str) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data if isinstance(data, bytes) else data.encode())


def saved(frame: gpd.GeoDataFrame, **options: object) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="'crs' was not provided")
            frame.to_file(path, **options)

    return write


def in_system(crs: int, *, swapped: bool = False) -> gpd.GeoDataFrame:
    """Townships in a system that nobody names, perhaps with the axes exchanged."""
    frame = townships().to_crs(crs)
    shapes = frame.geometry.to_numpy()
    if swapped:
        shapes = shapely.transform(shapes, lambda xy: xy[:, ::-1])
    return frame.set_geometry(gpd.GeoSeries(shapes)).set_crs(None, allow_override=True)


def placed(*shapes: object, crs: object = GEOGCS) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"code": list("AB")[: len(shapes)], "name": list("AB")[: len(shapes)]},
        geometry=list(shapes),
        crs=crs,
    )


def unnamed(name: str, frame: gpd.GeoDataFrame, words: list[str], *keys: str) -> Case:
    """Townships in a file of their own, with the columns that the campaign names."""
    return townships_in(name, saved(frame, driver="GPKG"), words, *keys)


def halved(**options: object) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        saved(townships(), **options)(path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return write


def shapefile_without(*suffixes: str) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        saved(townships(), encoding="UTF-8")(path)
        for suffix in suffixes:
            path.with_suffix(suffix).unlink()

    return write


def shapefile_with(suffix: str, change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        saved(townships(), encoding="UTF-8")(path)
        other = path.with_suffix(suffix)
        other.write_bytes(change(other.read_bytes()))

    return write


def table_alone(path: Path) -> None:
    """A table without its shapes, whose heading counts two thousand million rows."""
    saved(townships(), encoding="UTF-8")(path.with_suffix(".shp"))
    table = bytearray(path.read_bytes())
    table[4:8] = (2_000_000_000).to_bytes(4, "little")
    path.write_bytes(table)
    for suffix in (".shp", ".shx", ".prj", ".cpg"):
        path.with_suffix(suffix).unlink()


def mapinfo(path: Path) -> None:
    options = {"FORMAT": "MIF"} if path.suffix == ".mif" else {}
    saved(townships(), driver="MapInfo File", dataset_options=options)(path)


def mapinfo_without(suffix: str) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        mapinfo(path)
        path.with_suffix(suffix).unlink()

    return write


def half_a_mapinfo_export(path: Path) -> None:
    mapinfo(path)
    path.write_bytes(path.read_bytes()[: path.read_bytes().rindex(b"Region")])


def parquet_without_geometry(path: Path) -> None:
    townships().drop(columns="geometry").to_parquet(path)


KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>{}</name></Document></kml>'
LAUGHS = '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OGR_VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="t"><SrcDataSource>{}</SrcDataSource>'
    "</OGRVRTLayer></OGRVRTDataSource>"
)
GEOJSON_GBK = json.dumps(json.loads(townships().to_json()), ensure_ascii=False).encode("gbk")
POINTS = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": "A", "name": "A"},
                "geometry": {"type": "Point", "coordinates": [118.001, 30.001]},
            }
        ],
    }
)

LAYERS: dict[str, Case] = {
    "Shapefile without .prj": assessed(
        ["t.shp has no coordinate reference system", "EPSG:4490", "GCJ-02"],
        change=townships_from("t.shp"),
        damage=lambda folder: shapefile_without(".prj")(folder / "t.shp"),
    ),
    "Shapefile without .shx": townships_in(
        "t.shp", shapefile_without(".shx"), ["t.shp lacks t.shx beside it"]
    ),
    "Shapefile without .dbf": townships_in(
        "t.shp", shapefile_without(".dbf", ".cpg"), ["t.shp lacks t.dbf beside it"]
    ),
    "MapInfo table without .dat": townships_in(
        "t.tab", mapinfo_without(".dat"), ["t.tab lacks t.dat beside it", "MapInfo table"]
    ),
    "MapInfo export without .mid": townships_in(
        "t.mif", mapinfo_without(".mid"), ["t.mif lacks t.mid beside it", "MapInfo export"]
    ),
    "half a MapInfo export": townships_in(
        "t.mif", half_a_mapinfo_export, ["t.mif ends before its table does"]
    ),
    "Shapefile of zeros": townships_in(
        "t.shp", shapefile_with(".shp", lambda data: b"\0" * len(data)), ["t.shp"]
    ),
    "table of a Shapefile alone": townships_in(
        "t.dbf", table_alone, ["t.dbf", "says that it has 2,000,000,000 rows"]
    ),
    "Shapefile with a column twice": townships_in(
        "t.shp",
        shapefile_with(".dbf", lambda data: data.replace(b"name_en\0", b"name\0\0\0\0")),
        ["t.shp has the column 'name' twice"],
    ),
    "name that no file can have": assessed(
        ["does not exist: check the path"], change=townships_from("t" * 400 + ".shp")
    ),
    "zone number in the easting, unnamed": unnamed(
        "t.gpkg",
        in_system(4527),
        ["no coordinate reference system", "CGCS2000 3-degree zone 39 (EPSG:4527)", "EPSG:2415"],
    ),
    "6-degree zone, unnamed": unnamed(
        "t.gpkg", in_system(4498), ["CGCS2000 6-degree zone 20 (EPSG:4498)", "Xian 1980"]
    ),
    "no zone number, unnamed": unnamed(
        "t.gpkg",
        in_system(4548),
        ["no coordinate reference system", "central meridian 117°E (EPSG:4548)"],
    ),
    "northing first, unnamed": unnamed(
        "t.gpkg", in_system(4527, swapped=True), ["EPSG:4527", "northing", "exchange x and y"]
    ),
    "degrees, unnamed": unnamed(
        "t.gpkg", in_system(4326), ["EPSG:4490", "EPSG:4326", "GCJ-02", "crs ="]
    ),
    "latitude first": unnamed(
        "t.gpkg",
        in_system(4326, swapped=True).set_crs(4326),
        ["t.gpkg", "latitude and longitude swapped"],
    ),
    "metres called degrees": unnamed(
        "t.gpkg",
        in_system(4527).set_crs(4326),
        ["impossible coordinates", "looks like CGCS2000 3-degree zone 39"],
    ),
    "local system": unnamed(
        "t.gpkg",
        placed(shapely.box(0, 0, 10, 10), crs='LOCAL_CS["site grid",UNIT["metre",1]]'),
        ["local system 'site grid'"],
    ),
    "unknown system declared": unnamed(
        "t.gpkg", townships(), ["declared with crs = 'Beijing'"], 'crs = "Beijing"'
    ),
    "degrees called metres": unnamed(
        "t.gpkg", in_system(4326).set_crs(4527), ["t.gpkg", "look like degrees", "EPSG:4490"]
    ),
    "metres declared as GCJ-02": unnamed(
        "t.gpkg",
        in_system(4527),
        ["declared as GCJ-02, but has no longitudes"],
        'crs = "GCJ-02"',
    ),
    "wrong system declared": unnamed(
        "t.gpkg", in_system(4326), ["t.gpkg", "look like degrees"], 'crs = "EPSG:4527"'
    ),
    "across the date line": unnamed(
        "t.gpkg", placed(shapely.box(-179, 30, 179, 31)), ["180th meridian in row 1"]
    ),
    "around a pole": unnamed(
        "t.gpkg", placed(shapely.Point(0, 0).buffer(1000), crs=3413), ["pole in row 1"]
    ),
    "damaged GeoPackage": townships_in("t.gpkg", halved(), ["t.gpkg"]),
    "text called GeoPackage": townships_in("t.gpkg", content("hello"), ["t.gpkg cannot be opened"]),
    "empty file": townships_in("t.geojson", content(""), ["t.geojson cannot be opened"]),
    "half a GeoJSON": townships_in("t.geojson", halved(), ["t.geojson"]),
    "GeoJSON in GBK": townships_in("t.geojson", content(GEOJSON_GBK), ["t.geojson", "UTF-8"]),
    "GeoJSON without features": townships_in(
        "t.geojson", content('{"type": "FeatureCollection", "features": []}'), ["t.geojson"]
    ),
    "GeoJSON of points": townships_in(
        "t.geojson", content(POINTS), ["must hold polygons but has Point in row 1"]
    ),
    "JSON of something else": townships_in(
        "t.geojson", content('{"hello": 1}'), ["t.geojson cannot be opened"]
    ),
    "half a FlatGeobuf": townships_in("t.fgb", halved(), ["t.fgb"]),
    "half a GeoParquet": townships_in(
        "t.parquet",
        lambda path: (
            townships().to_parquet(path),
            path.write_bytes(path.read_bytes()[:1000]),
        ),
        ["t.parquet cannot be read as GeoParquet"],
    ),
    "Parquet without geometry": townships_in(
        "t.parquet", parquet_without_geometry, ["t.parquet is a table without geometry"]
    ),
    "folder called FileGDB": townships_in(
        "t.gdb", lambda path: path.mkdir(), ["t.gdb cannot be opened"]
    ),
    "KML that declares entities": townships_in(
        "t.kml", content(LAUGHS + KML.format("&b;")), ["t.kml declares XML entities"]
    ),
    "KML in UTF-16 that declares entities": townships_in(
        "t.kml", content((LAUGHS + KML.format("&b;")).encode("utf-16")), ["XML entities"]
    ),
    "GPX that declares entities": townships_in(
        "t.gpx",
        content(LAUGHS + '<gpx xmlns="http://www.topografix.com/GPX/1/1"></gpx>'),
        ["t.gpx declares XML entities"],
    ),
    "KML without places": townships_in("t.kml", content(KML.format("x")), ["t.kml"]),
    "half a KML": townships_in("t.kml", content("<kml><Document>"), ["t.kml"]),
    "virtual layer on another machine": townships_in(
        "t.vrt",
        content(OGR_VRT.format("https://example.org/t.gpkg")),
        ["t.vrt describes data that lie elsewhere", "save it as a GeoPackage"],
    ),
    "virtual layer on lines and control characters": townships_in(
        "t.vrt",
        content(OGR_VRT.format("https://example.org/\r\n\x1b[2Jt.gpkg")),
        ["t.vrt describes data that lie elsewhere"],
    ),
    "web feature service": townships_in(
        "t.xml",
        content("<OGRWFSDataSource><URL>http://example.org/wfs</URL></OGRWFSDataSource>"),
        ["t.xml describes data that lie elsewhere (a virtual layer, a service"],
    ),
    "GDAL command": townships_in(
        "t.gdalg.json",
        content(
            '{"type": "gdal_streamed_alg", '
            '"command_line": "gdal vector pipeline ! read http://example.org/a.gpkg"}'
        ),
        ["t.gdalg.json describes data that lie elsewhere"],
    ),
    "layer on another machine": assessed(
        ["layers.townships.remote", "https://example.org/t.gpkg", "another machine"],
        change=townships_from("https://example.org/t.gpkg"),
    ),
    "road layer through a network file system": assessed(
        ["layers.roads.remote", "/vsicurl/http://example.org/r.gpkg"],
        change=text(
            'path = "county.gpkg"\nlayer = "roads"', 'path = "/vsicurl/http://example.org/r.gpkg"'
        ),
    ),
    "CSV without a system": townships_in(
        "t.csv",
        content('code,name,WKT\nA,A,"POLYGON ((118 30, 118.1 30, 118.1 30.1, 118 30))"\n'),
        ["t.csv has no coordinate reference system", "EPSG:4490"],
    ),
    "CSV with broken WKT": townships_in(
        "t.csv",
        content('code,name,WKT\nA,A,"POLYGON ((118 30, 118.1"\n'),
        ["t.csv has text that is no WKT geometry in row 1"],
        'crs = "EPSG:4326"',
    ),
    "CSV of points": townships_in(
        "t.csv",
        content("code,name,x,y\nA,A,118,30\n"),
        ["must hold polygons but has Point in row 1"],
        'crs = "EPSG:4326"',
    ),
    "CSV without coordinates": townships_in(
        "t.csv", content("code,name\nA,A\n"), ["t.csv is a table without geometry"]
    ),
    "CSV with a word for a coordinate": townships_in(
        "t.csv",
        content("code,name,x,y\nA,A,118,north\n"),
        ["no number in column 'y' in row 1"],
        'crs = "EPSG:4326"',
    ),
    "CSV that is binary": townships_in("t.csv", content(b"\x00\xff\xfe\x01" * 9), ["t.csv"]),
}

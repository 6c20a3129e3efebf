"""Pipes, devices and silent servers are named, never waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from greencover.ground.errors import GreencoverError
from greencover.layers import read_layer
from greencover.layers.sheets import read_table
from greencover.rasters import FileCells
from greencover.rasters.stac import tiles_of
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

"""Memory that does not grow with the raster."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pyproj
import pytest
import rasterio
import shapely
from affine import Affine

import greencover as gc
from greencover.ground.geodesy import Ellipsoid, band_area_m2
from greencover.rasters import FileCells
from patience import PATIENCE_S
from strategies import cells_box, cover_of, stripes, write_raster, zones_of

LIMIT_MB = 600
TWO_CORES = """
import os, resource, sys

# Every thread of linear algebra and of ours takes memory; machines of many cores have more.
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60,000 x 60,000 cells in degrees, 3.6 GB when read whole; blocks without data are absent."""
    path = tmp_path_factory.mktemp("large") / "cover.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=60_000,
        height=60_000,
        count=1,
        dtype="uint8",
        crs="EPSG:4490",
        transform=Affine(1e-4, 0.0, 112.0, 0.0, -1e-4, 33.0),
        tiled=True,
        blockxsize=2048,
        blockysize=2048,
        compress="deflate",
        sparse_ok=True,
        bigtiff="yes",
    ):
        pass
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is read from the resource module")
def test_a_raster_of_three_gigabytes_is_read_in_tiles(large: Path) -> None:
    program = (
        TWO_CORES
        + f"""
import pathlib, shapely, geopandas, greencover as gc
cover = gc.LandCover.open({str(large)!r}, legend=gc.Legend.from_codes({{0: ("bare", "Bare")}}))
zone = geopandas.GeoDataFrame(geometry=[shapely.box(*cover.bounds)], crs="EPSG:4490")
table = gc.class_areas(zone, cover)
assert table.loc[0, "unobserved_ha"] == 0.0
status = pathlib.Path("/proc/self/status")
# The resource module also counts what the parent held before it became this program.
peak = (
    status.read_text().split("VmHWM:")[1].split()[0]
    if status.exists()
    else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
)
print(table.loc[0, 0], peak)
"""
    )
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    hectares, peak = output.split()

    ellipsoid = Ellipsoid.of(pyproj.CRS("EPSG:4490"))
    expected = float(band_area_m2(27.0, 33.0, 6.0, ellipsoid)) / 10_000.0
    assert float(hectares) == pytest.approx(expected, rel=1e-9)
    unit = 1e6 if sys.platform == "darwin" else 1e3
    assert float(peak) / unit < LIMIT_MB


LIMITED = (
    TWO_CORES
    + """
resource.setrlimit(resource.RLIMIT_DATA, (1 << 30, 1 << 30))
{work}
"""
)
COMMAND = LIMITED.format(work="from greencover.cli import main; sys.exit(main(sys.argv[1:]))")


def limited(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program that may hold 1 GiB of data: memory of its own, anonymous mappings, stacks."""
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


@pytest.fixture(scope="module")
def one_gigabyte() -> None:
    if sys.platform == "win32":
        pytest.skip("limits of POSIX")
    done = limited(LIMITED.format(work="bytearray(2 << 30)"))
    if done.returncode == 0:
        pytest.skip("this system does not hold programs to RLIMIT_DATA")
    assert "MemoryError" in done.stderr


@pytest.fixture(scope="module")
def large_county(large: Path) -> Path:
    """A campaign on the large raster: two townships that cover it, all bare."""
    folder = large.parent
    geopandas.GeoDataFrame(
        {"code": ["T1", "T2"], "name": ["西林镇", "东草乡"]},
        geometry=[shapely.box(112, 27, 115, 33), shapely.box(115, 27, 118, 33)],
        crs=4490,
    ).to_file(folder / "townships.gpkg")
    (folder / "bare.toml").write_text(
        'classes = [{ code = 0, cover = "bare", name = "Bare" },'
        ' { code = 1, cover = "tree", name = "Trees" }]',
        encoding="utf-8",
    )
    campaign = folder / "campaign.toml"
    campaign.write_text(
        'title = "大县"\n[cover]\npath = "cover.tif"\nlegend = "bare.toml"\n'
        '[layers.townships]\npath = "townships.gpkg"\ncode = "code"\nname = "name"\n',
        encoding="utf-8",
    )
    return campaign


def half_ha() -> float:
    """Ground of one of the two townships."""
    ellipsoid = Ellipsoid.of(pyproj.CRS("EPSG:4490"))
    return float(band_area_m2(27.0, 33.0, 3.0, ellipsoid)) / 10_000.0


@pytest.mark.usefixtures("one_gigabyte")
def test_areas_of_3_6_billion_cells_with_1_gib(large_county: Path, tmp_path: Path) -> None:
    folder = large_county.parent
    done = limited(
        COMMAND, "areas", folder / "townships.gpkg", folder / "cover.tif",
        f"--legend={folder / 'bare.toml'}", f"--out={tmp_path / 'areas.csv'}",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    table = pd.read_csv(tmp_path / "areas.csv")
    assert table["bare_0_ha"].tolist() == pytest.approx([half_ha()] * 2, rel=1e-9)


@pytest.mark.thorough
@pytest.mark.usefixtures("one_gigabyte")
def test_an_assessment_of_3_6_billion_cells_with_1_gib(large_county: Path, tmp_path: Path) -> None:
    done = limited(
        COMMAND, "assess", large_county, "--out", tmp_path / "out", "--formats=json",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "provenance.json").is_file()


@pytest.mark.usefixtures("one_gigabyte")
def test_the_smaller_the_picture_the_more_cells_lie_under_a_row_of_it(
    large: Path,
) -> None:
    """1.5 GB of cells would lie under what is warped at once, for the background of a map."""
    pixels = 300
    work = f"""
import greencover as gc
cover = gc.LandCover.open({str(large)!r}, legend=gc.Legend.from_codes({{0: ("bare", "Bare")}}))
codes, _, _ = cover.read_overview(cover.bounds, cover.crs, max_px={pixels})
print(codes.shape, codes.count(), codes.max())
"""
    done = limited(LIMITED.format(work=work))

    assert done.stdout.split("\n")[0] == f"({pixels}, {pixels}) {pixels**2} 0", done.stderr


def test_tiles_that_no_zone_touches_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two small zones in opposite corners: two windows, of their own size."""
    path = write_raster(
        tmp_path / "c.tif", stripes(400, 400), tiled=True, blockxsize=16, blockysize=16
    )
    windows: list[tuple[int, ...]] = []
    plain = FileCells.read

    def noted(self: Any, dataset: Any, *window: int) -> Any:
        windows.append(window)
        return plain(self, dataset, *window)

    monkeypatch.setattr(FileCells, "read", noted)
    zones = zones_of(cells_box(2, 3, 5.5, 6), cells_box(390, 391, 396, 397.5))
    gc.class_areas(zones, cover_of(path), tile_cells=64 * 64, threads=1)

    assert windows == [(3, 2, 3, 4), (391, 390, 7, 6)]

"""Memory that does not grow with the raster, and code that is compiled once."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import pyproj
import pytest
import rasterio
from affine import Affine

import greencover as gc
from greencover.geodesy import Ellipsoid, band_area_m2
from greencover.overlay import _compiled, _kernel
from greencover.rasters import RasterSource
from strategies import cells_box, cover_of, stripes, write_raster, zones_of

LIMIT_MB = 600


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
    program = f"""
import pathlib, resource, shapely, geopandas, greencover as gc
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
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    hectares, peak = output.split()

    ellipsoid = Ellipsoid.of(pyproj.CRS("EPSG:4490"))
    expected = float(band_area_m2(27.0, 33.0, 6.0, ellipsoid)) / 10_000.0
    assert float(hectares) == pytest.approx(expected, rel=1e-9)
    unit = 1e6 if sys.platform == "darwin" else 1e3
    assert float(peak) / unit < LIMIT_MB


def test_tiles_that_no_zone_touches_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two small zones in opposite corners: two windows, of their own size."""
    path = write_raster(
        tmp_path / "c.tif", stripes(400, 400), tiled=True, blockxsize=16, blockysize=16
    )
    windows: list[tuple[int, ...]] = []
    plain = RasterSource.read

    def noted(self: Any, dataset: Any, *window: int) -> Any:
        windows.append(window)
        return plain(self, dataset, *window)

    monkeypatch.setattr(RasterSource, "read", noted)
    zones = zones_of(cells_box(2, 3, 5.5, 6), cells_box(390, 391, 396, 397.5))
    gc.class_areas(zones, cover_of(path), tile_cells=64 * 64, threads=1)

    assert windows == [(3, 2, 3, 4), (391, 390, 7, 6)]


def test_a_first_run_says_that_it_compiles(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = numba.njit(cache=True)(_kernel._measure.py_func)
    with caplog.at_level(logging.INFO, logger="greencover"):
        monkeypatch.setattr(_compiled, "_is_kept", lambda _: False)
        _compiled.announce(function)
        assert "Compiling the overlay engine" in caplog.text

        caplog.clear()
        monkeypatch.setattr(_compiled, "_is_kept", lambda _: True)
        _compiled.announce(function)
        assert not caplog.text


def test_compiled_code_is_kept(tmp_path: Path) -> None:
    """After any overlay the kernel's code is on disk, and it is found there."""
    cover = cover_of(write_raster(tmp_path / "c.tif", stripes()))
    gc.class_areas(zones_of(cells_box(0, 0, 1, 1)), cover)

    assert _compiled._is_kept(_kernel.integrate_tile)


def test_a_read_only_home_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    monkeypatch.setattr(_compiled.os, "access", lambda *_: False)
    _compiled.keep_where_writable()

    assert numba.config.CACHE_DIR.endswith("greencover-compiled")

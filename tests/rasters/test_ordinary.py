"""The formats in which land covers come are opened by name, each with what belongs to it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from rasterio.vrt import WarpedVRT

from greencover.ground.errors import RasterError
from greencover.layers import reaching_out
from greencover.rasters import FileCells
from strategies import write_raster

CODES = np.arange(400, dtype="uint8").reshape(20, 20) % 7
ENDINGS = {
    "GTiff": ".tif",
    "COG": ".tif",
    "ENVI": ".img",
    "EHdr": ".bil",
    "AAIGrid": ".asc",
    "HFA": ".img",
    "GPKG": ".gpkg",
    "PNG": ".png",
    "netCDF": ".nc",
    "RST": ".rst",
    "SAGA": ".sdat",
    "VRT": ".vrt",
}


def cells_of(path: Path | str) -> np.ndarray:
    opened = FileCells.open(path)
    with opened.reading() as handle:
        return opened.read(handle, 0, 0, opened.height, opened.width)[0]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "source.tif", CODES)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("driver", ENDINGS)
def test_a_format_is_read(driver: str, source: Path, tmp_path: Path) -> None:
    path = tmp_path / f"cover{ENDINGS[driver]}"
    more = {"RASTER_TABLE": "cover"} if driver == "GPKG" else {}
    rasterio.shutil.copy(source, path, driver=driver, **more)
    if driver == "GPKG":
        # Its tiles may be stored as pictures of four bands, of which the first bears the codes.
        assert FileCells.open(path, band=1).width == 20
        return
    assert np.array_equal(cells_of(path), CODES)


def test_a_warped_virtual_raster_is_read(source: Path, tmp_path: Path) -> None:
    path = tmp_path / "warped.vrt"
    with rasterio.open(source) as file, WarpedVRT(file, crs="EPSG:3857") as warped:
        rasterio.shutil.copy(warped, path, driver="VRT")
    assert set(np.unique(cells_of(path))) <= set(range(7))


def test_overviews_and_masks_beside_a_raster_come_along(source: Path) -> None:
    with rasterio.Env(TIFF_USE_OVR=True), rasterio.open(source, "r+") as file:
        file.build_overviews([2])
        file.write_mask(CODES > 2)
    assert source.with_name("source.tif.ovr").exists()

    opened = FileCells.open(source)

    assert opened.masked
    with opened.reading() as handle:
        observed = opened.read(handle, 0, 0, 20, 20)[1]
    assert np.array_equal(observed, CODES > 2)


def test_a_raster_in_an_archive_is_read(source: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "cover.zip", "w") as archive:
        archive.write(source, "a/cover.tif")

    assert np.array_equal(cells_of(f"/vsizip/{tmp_path}/cover.zip/a/cover.tif"), CODES)


def test_a_virtual_raster_may_have_parts_elsewhere_where_that_is_allowed(
    source: Path, tmp_path: Path
) -> None:
    path = tmp_path / "cover.vrt"
    rasterio.shutil.copy(source, path, driver="VRT")
    text = path.read_text().replace("source.tif", "https://example.invalid/source.tif")
    path.write_text(text.replace('relativeToVRT="1"', 'relativeToVRT="0"'))

    with pytest.raises(RasterError, match=r"is made of https://example\.invalid/source\.tif"):
        FileCells.open(path)
    with reaching_out(allowed=True):
        assert FileCells.open(path).width == 20

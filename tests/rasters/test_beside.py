"""Files beside a raster, masks of bands, scales: read as GDAL's own programs read them."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import rasterio
import rasterio.shutil
import shapely

import greencover as gc
from greencover.ground.errors import GreencoverWarning, RasterError
from strategies import CELL, CELL_HA, NORTH, UTM, WEST, cells_box, cover_of, write_raster, zones_of

TWO = np.repeat([[1, 2]], 10, axis=1).repeat(20, axis=0).astype("uint8")
ZONE = zones_of(cells_box(0, 0, 20, 20))
PAM = "<PAMDataset>{}</PAMDataset>"
NODATA = '<PAMRasterBand band="1"><NoDataValue>{}</NoDataValue></PAMRasterBand>'


def areas(path: Path | list[Path], *codes: int) -> list[float]:
    """Cells of each code, then those unobserved."""
    cover = cover_of(path, *(codes or (1, 2)))
    return (gc.class_areas(ZONE, cover, area="grid").loc[0] / CELL_HA).round(9).tolist()


def test_a_mask_beside_the_raster(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "c.tif", TWO)
    mask = np.full((20, 20), 255, dtype="uint8")
    mask[:5] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False), rasterio.open(path, "r+") as file:
        file.write_mask(mask)

    assert (tmp_path / "c.tif.msk").exists()
    assert areas(path) == [150, 150, 100]


def test_nodata_beside_the_raster(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "c.tif", np.where(TWO == 2, 9, TWO))
    (tmp_path / "c.tif.aux.xml").write_text(PAM.format(NODATA.format(9)))

    assert areas(path) == [200, 0, 200]


def test_a_class_that_a_file_beside_the_raster_calls_nodata_is_unobserved_and_said(
    tmp_path: Path,
) -> None:
    path = write_raster(tmp_path / "c.tif", TWO)
    (tmp_path / "c.tif.aux.xml").write_text(PAM.format(NODATA.format(2)))

    with pytest.warns(GreencoverWarning, match="declares 2 as nodata, so the class"):
        assert areas(path) == [200, 0, 200]
    assert areas_without_nodata(path) == [200, 200, 0]


def areas_without_nodata(path: Path) -> list[float]:
    """As its advice says."""
    cover = cover_of(path, 1, 2, nodata=None)
    return (gc.class_areas(ZONE, cover, area="grid").loc[0] / CELL_HA).round(9).tolist()


def test_a_system_and_a_world_file_beside_the_raster(tmp_path: Path) -> None:
    plain = {"driver": "GTiff", "width": 20, "height": 20, "count": 1, "dtype": "uint8"}
    path = tmp_path / "c.tif"
    with (
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
        rasterio.open(path, "w", **plain) as file,
    ):
        file.write(TWO, 1)
    half = CELL / 2.0
    (tmp_path / "c.tfw").write_text(f"{CELL}\n0\n0\n{-CELL}\n{WEST + half}\n{NORTH - half}\n")
    wkt = rasterio.crs.CRS.from_user_input(UTM).to_wkt()
    (tmp_path / "c.tif.aux.xml").write_text(PAM.format(f"<SRS>{wkt}</SRS>"))

    assert areas(path) == [200, 200, 0]


@pytest.mark.parametrize(
    ("driver", "line"), [("ENVI", "data ignore value = 2"), ("EHdr", "NODATA 2")]
)
def test_a_class_that_a_header_calls_nodata_is_unobserved_and_said(
    driver: str, line: str, tmp_path: Path
) -> None:
    path = raw_cells(tmp_path, driver)
    with path.with_suffix(".hdr").open("a") as header:
        header.write(f"{line}\n")

    with pytest.warns(GreencoverWarning, match="declares 2 as nodata, so the class"):
        assert areas(path) == [200, 0, 200]


@pytest.mark.parametrize("driver", ["ENVI", "EHdr"])
def test_raw_cells_whose_end_is_missing_are_refused(driver: str, tmp_path: Path) -> None:
    path = raw_cells(tmp_path, driver)
    path.write_bytes(path.read_bytes()[:-40])

    with pytest.raises(RasterError, match="360 of 400 bytes"):
        areas(path)


def raw_cells(folder: Path, driver: str) -> Path:
    """The scene as bare cells with a header beside."""
    source = write_raster(folder / "c.tif", TWO)
    with rasterio.open(source) as file:
        rasterio.shutil.copy(file, folder / "raw.img", driver=driver)
    return folder / "raw.img"


@pytest.mark.parametrize(
    ("driver", "name", "options"),
    [
        ("ENVI", "cover.img", {}),
        ("ENVI", "cover", {}),
        ("ENVI", "cover.dat", {"SUFFIX": "ADD"}),
        ("EHdr", "cover.bil", {}),
    ],
)
def test_headers_beside_raw_cells(
    driver: str, name: str, options: dict[str, str], tmp_path: Path
) -> None:
    source = write_raster(tmp_path / "c.tif", TWO)
    path = tmp_path / name
    with rasterio.open(source) as file:
        rasterio.shutil.copy(file, path, driver=driver, **options)

    assert areas(path) == [200, 200, 0]


def test_the_mask_of_a_band_of_a_virtual_raster(tmp_path: Path) -> None:
    write_raster(tmp_path / "c.tif", TWO)
    write_raster(
        tmp_path / "m.tif",
        np.where(np.arange(20) < 5, 0, 255).repeat(20).reshape(20, 20).astype("uint8"),
    )
    with rasterio.open(tmp_path / "c.tif") as file:
        numbers = ", ".join(str(v) for v in file.transform.to_gdal())
        wkt = file.crs.to_wkt().replace("<", "&lt;")
    source = (
        '<SimpleSource><SourceFilename relativeToVRT="1">{}</SourceFilename>'
        "<SourceBand>1</SourceBand></SimpleSource>"
    )
    vrt = tmp_path / "c.vrt"
    vrt.write_text(
        f'<VRTDataset rasterXSize="20" rasterYSize="20"><SRS>{wkt}</SRS>'
        f"<GeoTransform>{numbers}</GeoTransform>"
        f'<VRTRasterBand dataType="Byte" band="1">{source.format("c.tif")}'
        f'<MaskBand><VRTRasterBand dataType="Byte">{source.format("m.tif")}'
        "</VRTRasterBand></MaskBand></VRTRasterBand></VRTDataset>",
        encoding="utf-8",
    )

    assert areas(vrt) == [150, 150, 100]


def scaled(path: Path, cells: np.ndarray, scale: float, offset: float, **options: object) -> Path:
    write_raster(path, cells, **options)
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = [scale], [offset]
    return path


@pytest.mark.parametrize("kind", ["int16", "float32"])
def test_values_are_those_that_scale_and_offset_make(kind: str, tmp_path: Path) -> None:
    stored = np.full((20, 20), 50, dtype=kind)
    stored[:2] = -32768
    path = scaled(tmp_path / "p.tif", stored, 0.1, 7.0, nodata=-32768)
    found = gc.zonal_sums(ZONE, path, kind="count").loc[0]

    assert found["sum"] == pytest.approx(360 * (50 * 0.1 + 7.0), rel=1e-12)
    assert found["unobserved_ha"] / (found["unobserved_ha"] + found["valid_ha"]) == pytest.approx(
        0.1
    )


def test_codes_are_scaled_too(tmp_path: Path) -> None:
    assert areas(scaled(tmp_path / "c.tif", TWO, 10.0, 0.0), 10, 20) == [200, 200, 0]


def test_a_scale_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RasterError, match="the scale 0"):
        gc.zonal_sums(ZONE, scaled(tmp_path / "p.tif", TWO, 0.0, 7.0), kind="count")


@pytest.mark.parametrize("kind", ["complex64", "complex128", "complex_int16"])
def test_complex_numbers_are_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "p.tif"
    transform = rasterio.transform.from_origin(WEST, NORTH, CELL, CELL)
    with rasterio.open(path, "w", "GTiff", 20, 20, 1, UTM, transform, kind):
        pass
    with pytest.raises(RasterError, match="complex numbers"):
        gc.zonal_sums(ZONE, path, kind="count")


def test_blocks_that_were_never_written_are_nodata(tmp_path: Path) -> None:
    path = tmp_path / "c.tif"
    transform = rasterio.transform.from_origin(WEST, NORTH, CELL, CELL)
    with rasterio.open(
        path,
        "w",
        "GTiff",
        64,
        64,
        1,
        UTM,
        transform,
        "uint8",
        nodata=255,
        tiled=True,
        blockxsize=16,
        blockysize=16,
        sparse_ok=True,
    ) as file:
        file.write(TWO[:16, :16], 1, window=((0, 16), (0, 16)))

    assert areas(path) == [160, 96, 144]


def test_a_variable_of_netcdf(tmp_path: Path) -> None:
    """Two bands become two variables; the sentence names both as they may be given."""
    source = tmp_path / "c.tif"
    transform = rasterio.transform.from_origin(WEST, NORTH, CELL, CELL)
    with rasterio.open(source, "w", "GTiff", 20, 20, 2, UTM, transform, "uint8") as file:
        file.write(np.stack([TWO, TWO[:, ::-1]]))
    path = tmp_path / "cover.nc"
    with rasterio.open(source) as file:
        rasterio.shutil.copy(file, path, driver="netCDF")

    with pytest.raises(RasterError, match="several variables") as told:
        cover_of(path, 1, 2)
    named = f"netcdf:{path}:Band1"
    assert named in str(told.value)
    assert areas(Path(named)) == [200, 200, 0]
    assert areas(Path(f"NETCDF:{path}:Band2")) == [200, 200, 0]


def in_degrees(path: Path, units: tuple[str, str], *, rows_north: bool) -> Path:
    """The scene along two axes, as the CF conventions have it, in a file that names no system."""
    netcdf = pytest.importorskip("scipy.io").netcdf_file
    step = 1e-4
    with netcdf(path, "w") as file:
        for name, first, unit in zip(("lat", "lon"), (30.0, 118.0), units, strict=True):
            file.createDimension(name, 20)
            axis = file.createVariable(name, "d", (name,))
            axis[:] = first + step * (np.arange(20) + 0.5)
            axis.units = unit
        if not rows_north:
            file.variables["lat"][:] = file.variables["lat"][::-1].copy()
        codes = file.createVariable("lccs_class", "h", ("lat", "lon"))
        codes[:] = TWO
    return path


@pytest.mark.parametrize("rows_north", [True, False])
def test_degrees_of_netcdf_without_a_system_are_taken_and_said(
    rows_north: bool, tmp_path: Path
) -> None:
    units = ("degrees_north", "degrees_east")
    path = in_degrees(tmp_path / "cover.nc", units, rows_north=rows_north)
    zone = gpd.GeoDataFrame(geometry=[shapely.box(118.0, 30.0, 118.002, 30.002)], crs=4326)
    geod = pyproj.Geod(ellps="WGS84")
    half = abs(geod.geometry_area_perimeter(shapely.box(118.0, 30.0, 118.001, 30.002))[0]) / 1e4

    with pytest.warns(GreencoverWarning, match="names no datum: it was taken for WGS 84"):
        cover = cover_of(path, 1, 2)
    assert gc.class_areas(zone, cover).loc[0].tolist() == pytest.approx([half, half, 0], rel=1e-6)


def test_other_axes_without_a_system_are_no_degrees(tmp_path: Path) -> None:
    path = in_degrees(tmp_path / "cover.nc", ("m", "m"), rows_north=False)
    with pytest.raises(gc.GreencoverError, match="has no coordinate reference system"):
        cover_of(path, 1, 2)

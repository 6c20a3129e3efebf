"""Rasters of every kind: orientation, number type, masks, bands, systems, mosaics."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import rasterio.shutil
import shapely
from affine import Affine
from rasterio.enums import ColorInterp

import greencover as gc
from greencover.ground.errors import CrsError, RasterError
from greencover.rasters import FileCells
from strategies import (
    CELL,
    CELL_HA,
    NORTH,
    UTM,
    WEST,
    cells_box,
    cover_of,
    legend_of,
    placed,
    stripes,
    write_raster,
    zones_of,
)

ZONES = [(0.75, 1.25, 2.5, 3.75), (3.0, 2.0, 9.5, 17.25), (20.0, 15.0, 30.0, 30.0)]


def zones() -> Any:
    return zones_of(*(cells_box(*box) for box in ZONES))


@pytest.fixture
def expected(tmp_path: Path) -> np.ndarray:
    """Areas on the plain north-up raster of bytes."""
    path = write_raster(tmp_path / "plain.tif", stripes())
    return gc.class_areas(zones(), cover_of(path)).to_numpy()


def check(cover: gc.LandCover, expected: np.ndarray) -> None:
    found = gc.class_areas(zones(), cover).to_numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_south_up(tmp_path: Path, expected: np.ndarray) -> None:
    flipped = Affine(CELL, 0.0, WEST, 0.0, CELL, NORTH - 20 * CELL)
    check(cover_of(write_raster(tmp_path / "c.tif", stripes()[::-1], transform=flipped)), expected)


def test_east_to_west(tmp_path: Path, expected: np.ndarray) -> None:
    mirrored = Affine(-CELL, 0.0, WEST + 24 * CELL, 0.0, -CELL, NORTH)
    path = write_raster(tmp_path / "c.tif", stripes()[:, ::-1], transform=mirrored)
    check(cover_of(path), expected)


def test_rows_that_run_south(tmp_path: Path, expected: np.ndarray) -> None:
    """A projected grid turned by a quarter: its rows are the columns of the plain one."""
    turned = Affine(0.0, CELL, WEST, -CELL, 0.0, NORTH)
    check(cover_of(write_raster(tmp_path / "c.tif", stripes().T, transform=turned)), expected)


def test_a_rotated_grid(tmp_path: Path) -> None:
    """Cells at 30 degrees to the axes; the zone is three of them and a half."""
    along, across = CELL * np.cos(np.radians(30.0)), CELL * np.sin(np.radians(30.0))
    turned = Affine(along, across, WEST, across, -along, NORTH)
    cover = cover_of(write_raster(tmp_path / "c.tif", stripes(), transform=turned))
    zone = placed(shapely.box(0, 3, 3.5, 4), turned)
    table = gc.class_areas(zones_of(zone), cover, area="grid")

    assert (table.loc[0] / CELL_HA).tolist() == pytest.approx([1, 1, 1, 0.5, 0], abs=1e-9)


def test_oblong_cells_in_feet(tmp_path: Path) -> None:
    """US survey feet: the plane is measured in feet, the areas in hectares."""
    transform = Affine(30.0, 0.0, 750_000.0, 0.0, -10.0, 2_960_000.0)
    path = write_raster(tmp_path / "c.tif", stripes(), transform=transform, crs="EPSG:2249")
    zone = zones_of(placed(shapely.box(0, 0, 4, 5), transform), crs="EPSG:2249")
    plane = gc.class_areas(zone, cover_of(path), area="grid").loc[0]

    foot = 1200.0 / 3937.0
    assert plane.tolist() == pytest.approx([5 * 300 * foot**2 / 10_000.0] * 4 + [0], rel=1e-9)
    ground = gc.class_areas(zone, cover_of(path)).loc[0].sum()
    assert ground == pytest.approx(plane.sum(), rel=2e-4)


@pytest.mark.parametrize(
    "kind", ["int8", "uint16", "int16", "uint32", "int32", "float32", "float64"]
)
def test_number_types(kind: str, tmp_path: Path, expected: np.ndarray) -> None:
    check(cover_of(write_raster(tmp_path / "c.tif", stripes().astype(kind))), expected)


def test_signed_and_large_codes(tmp_path: Path, expected: np.ndarray) -> None:
    """Codes below zero and above a byte, with a nodata value that is neither."""
    codes = {1: -5, 2: 300, 3: 0, 7: 32_000}
    grid = np.vectorize(codes.get)(stripes()).astype(np.int16)
    cover = cover_of(write_raster(tmp_path / "c.tif", grid, nodata=-32768), *codes.values())
    check(cover, expected)


def test_not_a_number_is_unobserved(tmp_path: Path) -> None:
    grid = stripes().astype(np.float32)
    grid[:, 1] = np.nan
    cover = cover_of(write_raster(tmp_path / "c.tif", grid))
    table = gc.class_areas(zones_of(cells_box(0, 0, 4, 2)), cover, area="grid")

    assert (table.loc[0] / CELL_HA).tolist() == pytest.approx([2, 0, 2, 2, 2])


def test_fractions_are_no_codes(tmp_path: Path) -> None:
    cover = cover_of(write_raster(tmp_path / "c.tif", stripes() + np.float32(0.25)))

    with pytest.raises(RasterError, match=r"values such as 1\.25, which are no codes"):
        gc.class_areas(zones(), cover)


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinite_codes_are_refused(value: float, tmp_path: Path) -> None:
    cells = stripes().astype(np.float32)
    cells[5, 5] = value
    with pytest.raises(RasterError, match="cells that are infinite"):
        gc.class_areas(zones(), cover_of(write_raster(tmp_path / "c.tif", cells)))


def test_an_internal_mask(tmp_path: Path) -> None:
    mask = np.ones((20, 24), dtype=bool)
    mask[0:5] = False
    cover = cover_of(write_raster(tmp_path / "c.tif", stripes(), mask=mask))
    table = gc.class_areas(zones_of(cells_box(0, 0, 4, 10)), cover, area="grid")

    assert (table.loc[0] / CELL_HA).tolist() == pytest.approx([5, 5, 5, 5, 20])


def test_an_alpha_band(tmp_path: Path) -> None:
    path = tmp_path / "c.tif"
    alpha = np.full((20, 24), 255, dtype=np.uint8)
    alpha[:, 3] = 0
    profile = {"driver": "GTiff", "width": 24, "height": 20, "count": 2, "dtype": "uint8"}
    transform = Affine(CELL, 0.0, WEST, 0.0, -CELL, NORTH)
    with rasterio.open(path, "w", crs=UTM, transform=transform, **profile) as dataset:
        dataset.colorinterp = [ColorInterp.gray, ColorInterp.alpha]
        dataset.write(stripes(), 1)
        dataset.write(alpha, 2)
    table = gc.class_areas(zones_of(cells_box(0, 0, 4, 3)), cover_of(path), area="grid")

    assert (table.loc[0] / CELL_HA).tolist() == pytest.approx([3, 3, 3, 0, 3])


def test_band_choice(tmp_path: Path, expected: np.ndarray) -> None:
    path = tmp_path / "c.tif"
    profile = {"driver": "GTiff", "width": 24, "height": 20, "count": 2, "dtype": "uint8"}
    transform = Affine(CELL, 0.0, WEST, 0.0, -CELL, NORTH)
    with rasterio.open(path, "w", crs=UTM, transform=transform, **profile) as dataset:
        dataset.write(np.full((20, 24), 9, dtype=np.uint8), 1)
        dataset.write(stripes(), 2)

    with pytest.raises(RasterError, match="has 2 bands: say which one"):
        cover_of(path)
    with pytest.raises(RasterError, match="no data band 3: it has 1, 2"):
        cover_of(path, band=3)
    check(cover_of(path, band=2), expected)


def halves(tmp_path: Path, *, overlap: int = 0) -> list[Path]:
    """The plain raster in a west and an east tile; in an overlap the east one says 7."""
    grid = stripes()
    east = grid[:, 12 - overlap :].copy()
    east[:, :overlap] = 7
    start = Affine(CELL, 0.0, WEST + (12 - overlap) * CELL, 0.0, -CELL, NORTH)
    return [
        write_raster(tmp_path / "west.tif", grid[:, :12]),
        write_raster(tmp_path / "east.tif", east, transform=start),
    ]


@pytest.mark.parametrize("overlap", [0, 3])
def test_a_mosaic_is_one_raster(overlap: int, tmp_path: Path) -> None:
    """Tiles edge to edge, or overlapping: in the overlap the first one counts."""
    whole = cover_of(write_raster(tmp_path / "whole.tif", stripes()))
    mosaic = cover_of(halves(tmp_path, overlap=overlap))
    across = zones_of(*(cells_box(*box) for box in [*ZONES, (7.3, 2.2, 15.9, 11.1)]))
    expected = gc.class_areas(across, whole)
    found = gc.class_areas(across, mosaic)

    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_the_order_of_overlapping_tiles_matters(tmp_path: Path) -> None:
    west, east = halves(tmp_path, overlap=4)
    zone = zones_of(cells_box(8, 0, 12, 1))
    first = gc.class_areas(zone, cover_of([west, east]), area="grid") / CELL_HA
    last = gc.class_areas(zone, cover_of([east, west]), area="grid") / CELL_HA

    assert first.loc[0].tolist() == pytest.approx([1, 1, 1, 1, 0])
    assert last.loc[0].tolist() == pytest.approx([0, 0, 0, 4, 0])


def test_rasters_in_two_systems_share_the_ground_without_overlap(tmp_path: Path) -> None:
    """A UTM raster and, around it, one in degrees: each piece of ground is counted once."""
    near = write_raster(tmp_path / "near.tif", np.full((200, 200), 1, dtype=np.uint8))
    around = Affine(1e-3, 0.0, 116.9, 0.0, -1e-3, 30.0)
    far = write_raster(
        tmp_path / "far.tif",
        np.full((300, 300), 2, dtype=np.uint8),
        transform=around,
        crs="EPSG:4326",
    )
    zones = zones_of(cells_box(50, 50, 350, 150), cells_box(-100, -100, 500, 400))
    table = gc.class_areas(zones, cover_of([near, far], 1, 2))

    plane = CELL_HA * 0.9996**-2
    assert table[1].tolist() == pytest.approx([150 * 100 * plane, 200 * 200 * plane], rel=2e-5)
    ground = gc.ground_area_ha(zones)
    np.testing.assert_allclose(table.sum(axis=1), ground, rtol=1e-8)
    # Sides of the near raster are followed to a few square metres when carried into degrees.
    assert table["unobserved_ha"].abs().max() < 1e-3


def test_a_vrt_is_a_raster(tmp_path: Path, expected: np.ndarray) -> None:
    source = write_raster(tmp_path / "c.tif", stripes())
    with rasterio.open(source) as dataset:
        numbers = ", ".join(str(v) for v in dataset.transform.to_gdal())
        wkt = dataset.crs.to_wkt()
    vrt = tmp_path / "c.vrt"
    vrt.write_text(
        f'<VRTDataset rasterXSize="24" rasterYSize="20"><SRS>{wkt.replace("<", "&lt;")}</SRS>'
        f"<GeoTransform>{numbers}</GeoTransform>"
        '<VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
        '<SourceFilename relativeToVRT="1">c.tif</SourceFilename><SourceBand>1</SourceBand>'
        "</SimpleSource></VRTRasterBand></VRTDataset>",
        encoding="utf-8",
    )
    check(cover_of(vrt), expected)


def test_bad_rasters_are_named(tmp_path: Path) -> None:
    with pytest.raises(RasterError, match=r"missing\.tif does not exist"):
        FileCells.open(tmp_path / "missing.tif")

    nowhere = write_raster(tmp_path / "nowhere.tif", stripes(), crs=None)
    with pytest.raises(CrsError, match=r"nowhere\.tif has no coordinate reference system"):
        FileCells.open(nowhere)

    text = tmp_path / "text.tif"
    text.write_text("no raster")
    with pytest.raises(RasterError, match=r"text\.tif cannot be opened"):
        FileCells.open(text)


def test_overviews_are_never_measured(tmp_path: Path, expected: np.ndarray) -> None:
    """The overviews of this raster say something else than its cells."""
    path = write_raster(tmp_path / "c.tif", np.full((20, 24), 7, dtype=np.uint8))
    with rasterio.open(path, "r+") as dataset:
        dataset.build_overviews([2, 4])
        dataset.write(stripes(), 1)
    with rasterio.open(path) as dataset:
        assert (dataset.read(1, out_shape=(10, 12)) == 7).all()
    cover = cover_of(path)

    check(cover, expected)
    picture, _, _ = cover.read_overview(cover.bounds, cover.crs, max_px=12)
    assert set(picture.compressed()) == {2, 7} or set(picture.compressed()) == {1, 3}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("c.tif.ovr", r"c\.tif\.ovr holds the overviews of c\.tif, .* give .*c\.tif itself\.$"),
        ("C.TIF.OVR", r"C\.TIF\.OVR holds the overviews of C\.TIF"),
        ("GTIFF_DIR:2:c.tif", r"GTIFF_DIR:2:c\.tif is one page of c\.tif, .* give c\.tif itself"),
        ("GTIFF_DIR:off:408:c.tif", r"is one page of c\.tif"),
    ],
)
def test_overviews_are_no_rasters_of_their_own(name: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(RasterError, match=sentence):
        FileCells.open(tmp_path / name)


def test_a_raster_in_an_archive(tmp_path: Path, expected: np.ndarray) -> None:
    """Read where it is, when named inside; a bare archive is answered with how to name it."""
    write_raster(tmp_path / "plain.tif", stripes())
    archive = tmp_path / "cover.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(tmp_path / "plain.tif", "2023/地类.tif")

    inside = f"/vsizip/{archive}/2023/地类.tif"
    assert inside.startswith("/vsizip//")
    # A path object folds the two slashes into one.
    for name in (inside, Path(inside), f"/vsizip/{{{archive}}}/2023/地类.tif"):
        check(cover_of(name), expected)
    with pytest.raises(
        RasterError, match=r"cover\.zip is an archive: unpack it.*/vsizip//.*/2023/地类\.tif"
    ):
        FileCells.open(archive)
    with pytest.raises(RasterError, match=r"nowhere\.tif cannot be opened"):
        FileCells.open(f"/vsizip/{archive}/nowhere.tif")


def test_blocks_that_nobody_can_hold_are_refused(tmp_path: Path) -> None:
    """One tile for all: 419 MB would have to be decoded for a single cell."""
    path = tmp_path / "whole.tif"
    side = 20_480
    profile = {"driver": "GTiff", "width": side, "height": side, "count": 1, "dtype": "uint8"}
    with rasterio.open(
        path, "w", crs=UTM, transform=Affine(CELL, 0.0, WEST, 0.0, -CELL, NORTH),
        tiled=True, blockxsize=side, blockysize=side, compress="deflate", sparse_ok=True, **profile,
    ):  # fmt: skip
        pass

    with pytest.raises(RasterError, match=r"blocks of 20,480 x 20,480 cells \(0\.4 GB\).* tiles"):
        FileCells.open(path)


@pytest.mark.parametrize(
    ("options", "lossy"),
    [
        ({"compress": "jpeg"}, "JPEG"),
        ({"compress": "lerc", "MAX_Z_ERROR": "2"}, "LERC with errors up to 2"),
        ({"compress": "lerc"}, ""),
        # Whole numbers survive an error of less than one half.
        ({"compress": "lerc", "MAX_Z_ERROR": "0.4"}, ""),
        ({"compress": "lzw"}, ""),
        ({}, ""),
    ],
)
def test_compression_with_losses_is_told_by_the_header(
    options: dict[str, str], lossy: str, tmp_path: Path
) -> None:
    random = np.random.default_rng(1).choice(np.array([1, 2, 3, 7], dtype=np.uint8), (64, 64))
    path = write_raster(tmp_path / "c.tif", random, **options)
    with rasterio.open(path) as dataset:
        changed = bool((dataset.read(1) != random).any())

    assert FileCells.open(path).lossy == lossy
    assert changed == bool(lossy)


def test_codes_that_were_compressed_with_losses_are_refused(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "c.tif", stripes(64, 64), compress="jpeg")

    with pytest.raises(RasterError, match=r"c\.tif is compressed with losses \(JPEG\)"):
        cover_of(path)


def test_wavelets_lose_codes_too(tmp_path: Path) -> None:
    plain = write_raster(tmp_path / "c.tif", stripes(64, 64))
    with rasterio.Env() as env:
        if "JP2OpenJPEG" not in env.drivers():
            pytest.skip("this build of GDAL writes no JPEG 2000")
    for name, options in {
        "lossy.jp2": {},
        "whole.jp2": {"REVERSIBLE": "YES", "QUALITY": "100"},
    }.items():
        rasterio.shutil.copy(plain, tmp_path / name, driver="JP2OpenJPEG", **options)

    assert FileCells.open(tmp_path / "lossy.jp2").lossy == "JPEG2000"
    assert FileCells.open(tmp_path / "whole.jp2").lossy == ""


def test_measurements_may_be_compressed_with_losses(tmp_path: Path) -> None:
    """Residents in cells, within 0.6 of each: no codes, so nothing is turned into another."""
    path = write_raster(tmp_path / "p.tif", np.full((8, 8), 50.0, dtype=np.float32),
        compress="lerc", MAX_Z_ERROR="0.6")  # fmt: skip
    sums = gc.zonal_sums(zones_of(cells_box(0, 0, 8, 8)), path, kind="count")

    assert FileCells.open(path).lossy
    assert sums.loc[0, "sum"] == pytest.approx(64 * 50, abs=64 * 0.6)


def test_want_of_memory_is_told_from_damage(tmp_path: Path) -> None:
    source = FileCells.open(write_raster(tmp_path / "c.tif", stripes()))

    class Full:
        def read(self, *_: Any, **__: Any) -> Any:
            raise MemoryError("Unable to allocate 8.00 MiB")

    with pytest.raises(RasterError, match=re.escape("for want of memory (Unable to allocate 8.")):
        source.read(Full(), 0, 0, 1, 1)


def test_a_rotated_grid_in_degrees_is_refused(tmp_path: Path) -> None:
    turned = Affine(1e-4, 1e-5, 117.0, 1e-5, -1e-4, 30.0)
    path = write_raster(tmp_path / "c.tif", stripes(), transform=turned, crs="EPSG:4490")

    with pytest.raises(CrsError, match="rotated on a longitude/latitude grid"):
        FileCells.open(path)


def test_a_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "picture.tif"
    profile = {"driver": "GTiff", "width": 24, "height": 20, "count": 3, "dtype": "uint8"}
    transform = Affine(CELL, 0.0, WEST, 0.0, -CELL, NORTH)
    with rasterio.open(
        path, "w", crs=UTM, transform=transform, photometric="RGB", **profile
    ) as dataset:
        dataset.write(np.stack([stripes()] * 3))

    with pytest.raises(RasterError, match="red-green-blue picture"):
        FileCells.open(path)


@pytest.mark.parametrize("threads", [1, 4])
def test_a_truncated_file_is_an_error(threads: int, tmp_path: Path) -> None:
    grid = np.random.default_rng(1).choice(np.array([1, 2, 3, 7], dtype=np.uint8), (600, 600))
    whole = write_raster(tmp_path / "whole.tif", grid, compress="deflate")
    cut = shutil.copy(whole, tmp_path / "cut.tif")
    with Path(cut).open("r+b") as file:
        file.truncate(whole.stat().st_size // 2)
    cover = gc.LandCover.open(cut, legend=legend_of(1, 2, 3, 7))

    with pytest.raises(RasterError, match=r"cut\.tif cannot be read to its end"):
        gc.class_areas(zones_of(cells_box(0, 0, 600, 600)), cover, threads=threads, tile_cells=6000)

"""A kind of raster is one class: a package brings it, and everything that measures reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio

import greencover as gc
import small_county
from greencover.ground.errors import KindError, RasterError
from greencover.rasters import ArrayCells, kinds, open_cells
from plugins import installed
from strategies import GRID, UTM, cells_box, cover_of, legend_of, stripes, write_raster, zones_of

PACKAGE = '''
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from affine import Affine

from greencover.rasters import Cells


@dataclass(frozen=True, kw_only=True)
class Drawing(Cells):
    """A text file: a line with corner, size of cells and system, then rows of letters."""

    @classmethod
    def recognises(cls, given):
        return str(given).endswith(".drawing")

    @classmethod
    def open(cls, given, *, band=None):
        head, *rows = open(given, encoding="utf-8").read().split("\\n")
        west, north, cell, crs = head.split(" ", 3)
        return cls(
            path=str(given),
            crs_wkt=crs,
            transform=Affine(float(cell), 0, float(west), 0, -float(cell), float(north)),
            width=len(rows[0]),
            height=len(rows),
            dtype="uint8",
            block_rows=7,
        )

    @contextmanager
    def reading(self):
        rows = open(self.path, encoding="utf-8").read().split("\\n")[1:]
        yield np.array([[ord(letter) - 65 for letter in row] for row in rows], dtype=np.uint8)

    def read(self, handle, row, column, rows, columns):
        return handle[row : row + rows, column : column + columns], None

    def files(self):
        return (self.path,)
'''


@pytest.fixture
def package(tmp_path: Path) -> Iterator[None]:
    with installed(tmp_path / "site", "drawings", PACKAGE, rasters="drawings:Drawing"):
        yield


def draw(path: Path, codes: np.ndarray, west: float, north: float, cell: float, crs: str) -> Path:
    wkt = rasterio.CRS.from_user_input(crs).to_wkt()
    rows = ["".join(chr(65 + code) for code in row) for row in codes]
    path.write_text("\n".join([f"{west} {north} {cell} {wkt}", *rows]), encoding="utf-8")
    return path


@pytest.mark.usefixtures("package")
def test_areas_and_sums_on_a_kind_of_raster_that_a_package_brings(tmp_path: Path) -> None:
    codes, legend = stripes(), legend_of(*np.unique(stripes()))
    drawing = draw(tmp_path / "c.drawing", codes, GRID.c, GRID.f, GRID.a, UTM)
    file = write_raster(tmp_path / "c.tif", codes)
    zones = zones_of(cells_box(0.75, 1.25, 2.5, 3.75), cells_box(3.0, 2.0, 9.5, 17.25))

    for options in ({}, {"threads": 2, "tile_cells": 40, "resume": tmp_path / "kept"}):
        found = gc.class_areas(zones, gc.LandCover.open(drawing, legend=legend), **options)
        expected = gc.class_areas(zones, gc.LandCover.open(file, legend=legend), **options)
        pd.testing.assert_frame_equal(found, expected, rtol=1e-12)
    sums = gc.zonal_sums(zones, drawing, kind="count")
    pd.testing.assert_frame_equal(sums, gc.zonal_sums(zones, file, kind="count"), rtol=1e-12)


@pytest.mark.usefixtures("package")
def test_a_picture_of_a_kind_of_raster_shows_its_cells(tmp_path: Path) -> None:
    codes, legend = stripes(), legend_of(*np.unique(stripes()))
    drawing = draw(tmp_path / "c.drawing", codes, GRID.c, GRID.f, GRID.a, UTM)
    cover = gc.LandCover.open(drawing, legend=legend)
    west, south, east, north = cover.bounds
    cell = cover.sources[0].cell
    wide = (west - cell, south - cell, east + cell, north + cell)

    picture, _, _ = cover.read_overview(wide, UTM, max_px=codes.shape[1] + 2)

    np.testing.assert_array_equal(picture[1:-1, 1:-1], codes)
    assert picture.mask[[0, -1]].all()
    assert picture.mask[:, [0, -1]].all()


@pytest.mark.usefixtures("package")
def test_a_campaign_reads_a_kind_of_raster_that_a_package_brings(tmp_path: Path) -> None:
    county = small_county.SmallCounty()
    (tmp_path / "file").mkdir()
    file = county.write(tmp_path / "file")
    expected = gc.assess(file).table
    with rasterio.open(tmp_path / "file" / "cover.tif") as dataset:
        codes, transform = dataset.read(1), dataset.transform
    draw(
        tmp_path / "file" / "cover.drawing",
        codes,
        transform.c,
        transform.f,
        transform.a,
        "EPSG:4326",
    )
    text = file.read_text(encoding="utf-8").replace('"cover.tif"', '"cover.drawing"')
    file.write_text(text, encoding="utf-8")

    assessment = gc.assess(file)

    pd.testing.assert_frame_equal(assessment.table, expected, rtol=1e-12)
    assert [one["path"] for one in assessment.provenance["inputs"]["cover"]]


def test_an_array_is_measured_like_its_file(tmp_path: Path) -> None:
    codes = stripes()
    cells = ArrayCells.of(codes, transform=GRID, crs=UTM, nodata=float(codes[0, 0]))
    file = write_raster(tmp_path / "c.tif", codes, nodata=float(codes[0, 0]))
    legend = legend_of(*(set(np.unique(codes)) - {codes[0, 0]}))
    zones = zones_of(cells_box(3.0, 2.0, 9.5, 17.25))

    found = gc.class_areas(zones, gc.LandCover.open(cells, legend=legend))

    expected = gc.class_areas(zones, gc.LandCover.open(file, legend=legend))
    pd.testing.assert_frame_equal(found, expected, rtol=1e-12)
    assert found["unobserved_ha"].iloc[0] > 0.0


def test_tiles_of_an_array_are_kept_until_its_cells_change(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    codes = stripes()
    legend = legend_of(*np.unique(codes))
    zones = zones_of(cells_box(3.0, 2.0, 9.5, 17.25))

    def areas(array: np.ndarray) -> pd.DataFrame:
        cover = gc.LandCover.open(ArrayCells.of(array, transform=GRID, crs=UTM), legend=legend)
        return gc.class_areas(zones, cover, resume=tmp_path / "kept")

    areas(codes)
    changed = codes[:, ::-1].copy()

    with caplog.at_level("WARNING"):
        found = areas(changed)

    assert "the raster changed since" in caplog.text
    cover = gc.LandCover.open(ArrayCells.of(changed, transform=GRID, crs=UTM), legend=legend)
    pd.testing.assert_frame_equal(found, gc.class_areas(zones, cover))


def test_the_kind_that_became_known_last_is_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_registered", [])

    class Anything(ArrayCells):
        @classmethod
        def recognises(cls, given: object) -> bool:
            return isinstance(given, dict)

        @classmethod
        def open(cls, given: dict, *, band: int | None = None) -> Anything:  # noqa: ARG003
            return cls.of(given["cells"], transform=GRID, crs=UTM)

    assert kinds.raster_kind(Anything) is Anything
    assert open_cells({"cells": stripes()}).width == stripes().shape[1]
    with pytest.raises(KindError, match="raster cannot be of the type int"):
        open_cells(3)


def test_a_raster_file_is_not_taken_for_several(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "c.tif", stripes())
    cover = cover_of(path, *np.unique(stripes()))
    assert cover.files == (str(path),)
    with pytest.raises(RasterError, match="list of rasters is empty"):
        gc.LandCover.open([], legend="worldcover")

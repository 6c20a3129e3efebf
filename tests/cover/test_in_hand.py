"""Cells in hand give the figures of the file that holds them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.io import MemoryFile

import greencover as gc
from greencover.ground.errors import RasterError
from strategies import cells_box, cover_of, stripes, write_raster, zones_of

ZONES = zones_of(cells_box(0.75, 1.25, 2.5, 3.75), cells_box(3.0, 2.0, 30.0, 17.25))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "c.tif", stripes(), nodata=9)


def same(cover: gc.LandCover, path: Path) -> None:
    expected = gc.class_areas(ZONES, cover_of(path))
    np.testing.assert_allclose(gc.class_areas(ZONES, cover), expected, rtol=1e-12, atol=1e-15)


def test_an_open_dataset(path: Path) -> None:
    with rasterio.open(path) as dataset:
        same(cover_of(dataset), path)
        same(cover_of([dataset]), path)


def test_a_file_in_memory(path: Path) -> None:
    with MemoryFile(path.read_bytes()) as memory:
        same(cover_of(memory), path)
        with memory.open() as dataset:
            same(cover_of(dataset), path)


def test_an_array(path: Path) -> None:
    with rasterio.open(path) as file:
        place = {"transform": file.transform, "crs": file.crs, "nodata": 9}
    legend = cover_of(path).legend
    same(gc.LandCover.from_array(stripes(), legend=legend, **place), path)


class Labelled:
    """What rioxarray adds to an array of xarray, as far as it is asked for."""

    dims = ("band", "y", "x")
    name = None

    def __init__(self, path: Path) -> None:
        with rasterio.open(path) as file:
            self.cells = file.read()
            transform = file.transform
            self.rio = SimpleNamespace(crs=file.crs, nodata=9, transform=lambda: transform)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self.cells


def test_a_labelled_array(path: Path) -> None:
    labelled = Labelled(path)
    same(cover_of(labelled), path)
    labelled.cells = np.repeat(labelled.cells, 2, axis=0)
    same(cover_of(labelled, band=2), path)
    with pytest.raises(RasterError, match="has 2 bands"):
        cover_of(labelled)
    with pytest.raises(RasterError, match="no data band 3"):
        cover_of(labelled, band=3)

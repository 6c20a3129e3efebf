"""Cells in hand give the figures of the file that holds them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.io import MemoryFile

import greencover as gc
from greencover.ground.errors import CrsError, RasterError
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


def test_what_a_masked_array_hides_is_unobserved(path: Path) -> None:
    cover = cover_of(path)
    with rasterio.open(path) as file:
        place = {"transform": file.transform, "crs": file.crs, "legend": cover.legend}
    seen = gc.class_areas(ZONES, cover)
    hidden = np.ma.masked_equal(stripes(), 7)
    for cells in (hidden, hidden[None]):
        table = gc.class_areas(ZONES, gc.LandCover.from_array(cells, **place))
        np.testing.assert_array_equal(table[7], 0.0)
        unseen = table["unobserved_ha"] - seen["unobserved_ha"]
        np.testing.assert_allclose(unseen, seen[7], rtol=1e-9)
        np.testing.assert_allclose(table[1], seen[1], rtol=1e-12)


@pytest.mark.parametrize(
    ("cells", "place", "sentence"),
    [
        (np.ones((2, 3, 3)), {}, r"shape \(2, 3, 3\): give the rows and columns"),
        (np.ones((3, 3)), {"crs": None}, "no coordinate reference system"),
        (np.ones((3, 3)), {"transform": (0.0, 10.0, 0.0, 0.0, 0.0, -10.0)}, "not georeferenced"),
    ],
)
def test_arrays_without_a_place_are_one_sentence(
    cells: np.ndarray, place: dict[str, Any], sentence: str, path: Path
) -> None:
    with rasterio.open(path) as file:
        given = {"transform": file.transform, "crs": file.crs} | place
    with pytest.raises(gc.GreencoverError, match=sentence):
        gc.LandCover.from_array(cells, legend=cover_of(path).legend, **given)


class Labelled:
    """What rioxarray adds to an array of xarray, as far as it is asked for."""

    dims = ("band", "y", "x")
    name = None

    def __init__(self, path: Path) -> None:
        with rasterio.open(path) as file:
            self.cells = file.read()
            transform = file.transform
            self.rio = SimpleNamespace(crs=file.crs, nodata=9, transform=lambda **_: transform)

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


@pytest.fixture
def data_array(path: Path) -> Any:
    """The raster as rioxarray opens it."""
    pytest.importorskip("xarray", reason="xarray is not installed")
    rioxarray = pytest.importorskip("rioxarray", reason="rioxarray is not installed")
    return rioxarray.open_rasterio(path)


def test_a_data_array(data_array: Any, path: Path) -> None:
    same(cover_of(data_array), path)
    same(cover_of(data_array[0]), path)
    same(cover_of(data_array.sortby("y")), path)
    same(cover_of(data_array.transpose("x", "band", "y")), path)
    same(cover_of(data_array[0].transpose("x", "y")), path)


def test_a_data_array_without_a_spatial_reference(data_array: Any) -> None:
    bare = data_array.drop_vars("spatial_ref")
    with pytest.raises(CrsError, match="DataArray"):
        cover_of(bare)


def test_rows_that_are_not_even_are_refused(data_array: Any) -> None:
    with pytest.raises(RasterError, match="not all of one width along 'y'"):
        cover_of(data_array.isel(y=[0, 1, 2, 5, 6, 7]))
    same(cover_of(data_array.isel(y=slice(None, None, -1))), Path(data_array.encoding["source"]))


def test_chunks_of_dask_are_read_window_by_window(data_array: Any, path: Path) -> None:
    pytest.importorskip("dask.array", reason="dask is not installed")
    chunked = data_array.chunk({"y": 7, "x": 5})
    most: list[int] = []

    def seen(block: np.ndarray) -> np.ndarray:
        most.append(block.size)
        return block

    watched = chunked.copy(data=chunked.data.map_blocks(seen, dtype=chunked.dtype, meta=stripes()))
    cover = cover_of(watched)
    assert most == []
    same(cover, path)
    assert max(most) <= 35
    by_name = gc.LandCover.from_array(
        chunked[0],
        transform=chunked.rio.transform(),
        crs=chunked.rio.crs,
        nodata=9,
        legend=cover.legend,
    )
    same(by_name, path)


def test_a_run_over_chunks_is_resumed(data_array: Any, path: Path, tmp_path: Path) -> None:
    pytest.importorskip("dask.array", reason="dask is not installed")
    cover = cover_of(data_array.chunk({"y": 7, "x": 5}))
    first = gc.class_areas(ZONES, cover, resume=tmp_path / "tiles")
    again = gc.class_areas(ZONES, cover, resume=tmp_path / "tiles")
    np.testing.assert_array_equal(first, again)
    np.testing.assert_allclose(first, gc.class_areas(ZONES, cover_of(path)), rtol=1e-12)


def test_a_dataset_of_one_variable(data_array: Any, path: Path) -> None:
    dataset = data_array.to_dataset(name="cover")
    same(cover_of(dataset["cover"]), path)
    same(cover_of(dataset), path)
    with pytest.raises(RasterError, match=r"variables cover and again: give .*dataset\['cover'\]"):
        cover_of(dataset.assign(again=dataset["cover"]))


def test_an_array_that_knows_its_place_by_odc(data_array: Any, path: Path) -> None:
    import xarray

    class ByOdc:
        """What odc-geo adds to an array of xarray, as far as it is asked for."""

        def __init__(self, _: Any) -> None:
            place = rasterio.open(path)
            self.geobox = SimpleNamespace(crs=place.crs, transform=place.transform)
            self.spatial_dims, self.nodata = ("y", "x"), 9

    xarray.register_dataarray_accessor("odc")(ByOdc)
    try:
        same(cover_of(data_array.drop_vars("spatial_ref")), path)
    finally:
        del xarray.DataArray.odc


def test_items_of_stac(path: Path) -> None:
    assets = {
        "map": {"href": "./c.tif", "type": "image/tiff; application=geotiff", "roles": ["data"]},
        "sketch": {"href": "./s.png", "type": "image/png"},
    }
    links = [{"rel": "self", "href": str(path.parent / "item.json")}]
    item = {"type": "Feature", "id": "one", "assets": assets, "links": links}
    same(cover_of(item), path)
    same(cover_of([item]), path)
    held = SimpleNamespace(assets=assets, to_dict=lambda: item)
    same(cover_of(held), path)
    twice = item | {"assets": assets | {"more": assets["map"]}}
    with pytest.raises(RasterError, match="2 rasters"):
        cover_of(twice)
    legend = cover_of(path).legend
    same(gc.LandCover.open(twice, legend=legend, asset="more"), path)


def test_xarray_is_not_loaded_by_an_array() -> None:
    code = (
        "import sys, numpy, affine, greencover as gc\n"
        "gc.LandCover.from_array(numpy.ones((2, 2), 'uint8'), crs=3857, legend='worldcover',"
        " transform=affine.Affine(1, 0, 0, 0, -1, 0))\n"
        "print('xarray' in sys.modules, 'dask' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]

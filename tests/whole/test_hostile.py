"""No input reaches another machine, and none writes: every vector, before somebody who listens."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pyogrio
import pytest
import rasterio
from pyogrio.errors import CRSError
from rasterio.errors import RasterioError

from fuzz.oracle import or_one_sentence
from greencover.layers import check_raster_source, read_layer
from greencover.rasters import FileCells
from hostile import BY_NAME, LAYERS, RASTERS, Place, damaged, listening
from hostile.layers import virtual
from hostile.place import Knocks
from hostile.rasters import wms


@pytest.fixture(scope="module")
def knocks() -> Iterator[Knocks]:
    with listening() as found:
        yield found


@pytest.fixture
def place(tmp_path: Path, knocks: Knocks) -> Iterator[Place]:
    """A place where nothing may knock, and nothing may appear that was not there before."""
    for name in ("in", "canary"):
        (tmp_path / name).mkdir()
    place = Place(tmp_path / "in", tmp_path / "canary", knocks.port)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield place


def files(place: Place) -> dict[Path, bytes]:
    return {
        path: path.read_bytes()
        for folder in (place.folder, place.canary)
        for path in folder.rglob("*")
        if path.is_file()
    }


def measured(path: str) -> object:
    """Everything that is ever asked of a raster."""
    cells = FileCells.open(path)
    cells.files()
    with cells.reading() as handle:
        cells.read(handle, 0, 0, cells.height, cells.width)
        return cells.picture(handle, cells.crs, cells.transform, (2, 2))


@pytest.mark.parametrize("name", RASTERS)
def test_a_raster_reaches_nobody(name: str, place: Place, knocks: Knocks) -> None:
    path = RASTERS[name](place)
    before, knocked = files(place), knocks.count

    or_one_sentence(lambda: measured(path))

    assert knocks.count == knocked
    assert files(place) == before


@pytest.mark.parametrize("name", BY_NAME)
def test_a_name_of_something_elsewhere_reaches_nobody(
    name: str, place: Place, knocks: Knocks
) -> None:
    path = BY_NAME[name](place)
    knocked = knocks.count

    or_one_sentence(lambda: (check_raster_source(path), measured(path)))

    assert knocks.count == knocked


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_reaches_nobody(name: str, place: Place, knocks: Knocks) -> None:
    path = LAYERS[name](place)
    before, knocked = files(place), knocks.count

    or_one_sentence(lambda: read_layer(path))

    assert knocks.count == knocked
    assert files(place) == before


# All of them by hand: python -m tests.hostile
SAMPLE = [*damaged.cases()][::7]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "damage", "number"), SAMPLE)
def test_damage_is_read_or_told(
    name: str, damage: str, number: int, tmp_path: Path, knocks: Knocks
) -> None:
    damaged.right(name)
    knocked = knocks.count

    or_one_sentence(lambda: damaged.attempt(name, number, tmp_path))

    assert knocks.count == knocked, damage


def test_there_are_enough_damages() -> None:
    assert len([*damaged.cases()]) > 1000


def test_somebody_listens(place: Place, knocks: Knocks) -> None:
    """The libraries themselves knock where they are handed such files."""
    raster = place.write("cover.tif", wms(place))
    layer = place.write("t.json", virtual(place))
    knocked = knocks.count

    with pytest.raises(RasterioError), rasterio.open(raster) as file:
        file.read()
    with pytest.raises(CRSError):
        pyogrio.read_dataframe(layer)

    assert knocks.count >= knocked + 2

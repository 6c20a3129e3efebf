"""Rows of a Shapefile's table and its shapes: each unit is there once, or it is said why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from greencover.ground.errors import LayerError
from greencover.ground.notes import collected
from greencover.layers import read_layer

NAMES = ["Lintian", "Songxi", "Xilin"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    shapes = [shapely.box(110.0 + 0.1 * k, 30.0, 110.1 + 0.1 * k, 30.1) for k in range(3)]
    frame = gpd.GeoDataFrame({"name": NAMES}, geometry=shapes, crs=4326)
    frame.to_file(tmp_path / "t.shp")
    return tmp_path / "t.shp"


def layout(table: bytes) -> tuple[int, int]:
    """Bytes of the heading of a DBF table, and of a row."""
    return int.from_bytes(table[8:10], "little"), int.from_bytes(table[10:12], "little")


def change(path: Path, how: Callable[[bytearray, int, int], bytes]) -> None:
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    path.with_suffix(".dbf").write_bytes(how(table, *layout(table)))


@pytest.mark.parametrize("rows", [(2,), (1, 3)])
def test_rows_marked_as_deleted_are_said(path: Path, rows: tuple[int, ...]) -> None:
    def marked(table: bytearray, heading: int, row: int) -> bytes:
        for number in rows:
            table[heading + (number - 1) * row] = ord("*")
        return bytes(table)

    change(path, marked)
    with collected() as notes:
        frame = read_layer(path)
    assert frame["name"].tolist() == [n for k, n in enumerate(NAMES, 1) if k not in rows]
    assert [note.code for note in notes] == ["layers.rows_deleted"]
    assert notes[0].values["rows"].numbers == rows


def counted(rows: int) -> Callable[[bytearray, int, int], bytes]:
    def change(table: bytearray, heading: int, row: int) -> bytes:
        body = (table[heading : heading + 3 * row] * 2)[: rows * row]
        return bytes(table[:4] + rows.to_bytes(4, "little") + table[8:heading] + body + b"\x1a")

    return change


@pytest.mark.parametrize("rows", [1, 2, 4])
def test_a_table_with_more_or_fewer_rows_than_shapes_is_refused(path: Path, rows: int) -> None:
    change(path, counted(rows))
    with pytest.raises(LayerError, match=f"3 shapes and {rows} row") as refused:
        read_layer(path)
    assert refused.value.code == "layers.rows_and_shapes"


def test_a_table_that_says_fewer_rows_than_it_holds_is_refused(path: Path) -> None:
    change(path, lambda table, *_: bytes(table[:4] + (2).to_bytes(4, "little") + table[8:]))
    with pytest.raises(LayerError, match="3 shapes and 2 rows"):
        read_layer(path)


def test_a_whole_shapefile_says_nothing(path: Path) -> None:
    with collected() as notes:
        assert read_layer(path)["name"].tolist() == NAMES
    assert notes == []

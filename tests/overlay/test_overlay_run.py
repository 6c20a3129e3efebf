"""How an overlay is run: one object, or its options as keywords; another engine; progress."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from tqdm import tqdm

import greencover as gc
from greencover.ground.run import Run
from greencover.overlay import Engine
from greencover.overlay._edges import EdgeTable
from greencover.overlay._readers import Reader, Window
from greencover.overlay._row_ground import RowGround
from greencover.rasters import FileCells
from strategies import CELL_HA, CODES, blobs, cells_box, cover_of, write_raster, zones_of


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    cells = np.random.default_rng(5).choice(np.array(CODES, dtype=np.uint8), (30, 40))
    return write_raster(tmp_path / "cover.tif", cells)


def cell_by_cell(
    source: FileCells, edges: EdgeTable, reader: Reader, ground: RowGround, run: Run
) -> npt.NDArray[np.float64]:
    """A slow engine: how much of each single cell a zone covers, one cell after another."""
    window = Window(0, source.height, 0, source.width)
    with source.reading() as dataset:
        cells, class_of = reader.read(source, dataset, window, ground.weight)
    totals = np.zeros((edges.zone_count, reader.width))
    ends = zip(edges.x0, edges.y0, edges.x1, edges.y1, edges.zone, strict=True)
    for x0, y0, x1, y1, zone in ends:
        for (row, column), code in np.ndenumerate(cells):
            part = right_of(x0, y0, x1, y1, row, column)
            totals[zone, class_of[code]] += part * ground.weight[row]
    run.report(1, 1)
    return totals


def right_of(x0: float, y0: float, x1: float, y1: float, row: int, column: int) -> float:
    """Signed part of a cell that lies left of an edge, in so many slices of the row that are exact.

    Between the heights at which the edge enters and leaves the cell its share is linear.
    """
    low, high = max(min(y0, y1), row), min(max(y0, y1), row + 1)
    if low >= high:
        return 0.0
    slope = (x1 - x0) / (y1 - y0)
    cuts = [low, high]
    if slope:
        cuts += [y0 + (side - x0) / slope for side in (column, column + 1)]
    heights = np.unique(np.clip(cuts, low, high))
    share = np.clip(x0 + (heights - y0) * slope - column, 0.0, 1.0)
    mean = (share[1:] + share[:-1]) / 2.0
    return float(np.sum(mean * np.diff(heights)) * np.sign(y1 - y0))


def test_options_are_those_of_a_run(raster: Path) -> None:
    cover = cover_of(raster)
    zones = zones_of(*blobs(3, 12, cover.bounds, size=150.0))
    expected = gc.class_areas(zones, cover, threads=2, tile_cells=100)

    seen: list[tuple[int, int]] = []
    run = Run(threads=1, tile_cells=100, progress=lambda done, total: seen.append((done, total)))
    pd.testing.assert_frame_equal(gc.class_areas(zones, cover, run=run), expected, check_exact=True)
    assert seen[-1][0] == seen[-1][1] > 5

    steps = len(seen)
    found = gc.class_areas(zones, cover, run=run, progress=None)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert len(seen) == steps

    with pytest.raises(TypeError, match="thread"):
        gc.class_areas(zones, cover, thread=2)  # type: ignore[call-overload]


def test_every_reader_takes_a_run(raster: Path) -> None:
    cover = cover_of(raster)
    zones = zones_of(cells_box(0, 0, 30, 20))
    calls: list[int] = []
    run = Run(progress=lambda done, _: calls.append(done))
    gc.zonal_sums(zones, raster, kind="count", run=run)
    gc.class_areas(zones, cover, run=run)
    assert calls == [1, 1]


@pytest.mark.parametrize("as_class", [False, True])
def test_a_bar_moves(raster: Path, as_class: bool, capfd: pytest.CaptureFixture[str]) -> None:
    cover = cover_of(raster)
    moved: list[tuple[int, int]] = []

    class Bar(tqdm):
        def refresh(self, *arguments: Any, **options: Any) -> Any:
            moved.append((self.n, self.total))
            return super().refresh(*arguments, **options)

    gc.class_areas(zones_of(cells_box(0, 0, 40, 30)), cover, progress=Bar if as_class else True)

    assert "1/1" in capfd.readouterr().err
    assert ((1, 1) in moved) is as_class


def test_another_engine_is_another_run(raster: Path) -> None:
    cover = cover_of(raster)
    zones = zones_of(*blobs(3, 4, cover.bounds, size=120.0), cells_box(2, 3, 5.25, 7.5))
    engine: Engine = cell_by_cell

    found = gc.class_areas(zones, cover, area="grid", engine=engine)

    expected = gc.class_areas(zones, cover, area="grid")
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
    assert found.iloc[-1].sum() == pytest.approx(3.25 * 4.5 * CELL_HA)

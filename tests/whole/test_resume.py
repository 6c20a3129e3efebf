"""An overlay that was cut off goes on from its finished tiles, to the same figures bit for bit."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import rasterio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import greencover as gc
from greencover import cli
from greencover.campaign import Campaign
from greencover.campaign.prepared import prepare
from greencover.ground import swapping
from greencover.ground.errors import LegendError, OutputError
from greencover.overlay import _fingerprint, _finished, forget_tiles
from greencover.rasters import FileCells
from hostile.poison import DAMAGES, NO_FILES, POISON, TILES, no_file
from small_county import county_with_a_stream
from strategies import CODES, blobs, cells_box, cover_of, stripes, write_raster, zones_of

ROWS, COLUMNS = 60, 48
TILE_CELLS = 4 * COLUMNS


class CutOffError(Exception):
    """A run ends here."""


def cut_at(tile: int) -> Callable[[int, int], None]:
    def progress(done: int, total: int) -> None:
        assert total == TILES
        if done == tile:
            raise CutOffError

    return progress


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    return write_cells(tmp_path / "cover.tif", seed=1)


def write_cells(path: Path, *, seed: int) -> Path:
    codes = np.array(CODES, dtype=np.uint8)
    cells = np.random.default_rng(seed).choice(codes, (ROWS, COLUMNS))
    return write_raster(path, cells, blockysize=4)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Rows of the tops of all windows that are read."""
    tops: list[int] = []
    plain = FileCells.read

    def noted(self: Any, dataset: Any, row: int, *window: int) -> Any:
        tops.append(row)
        return plain(self, dataset, row, *window)

    monkeypatch.setattr(FileCells, "read", noted)
    return tops


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, logger="greencover.overlay"):
        yield caplog


def zones(raster: Path, *, shift: float = 0.0) -> Any:
    found = zones_of(
        cells_box(0, 0, COLUMNS, ROWS), *blobs(4, 12, cover_of(raster).bounds, size=200.0)
    )
    return found.set_geometry(found.geometry.translate(shift))


def areas(raster: Path, **options: Any) -> pd.DataFrame:
    options = {"tile_cells": TILE_CELLS, "threads": 1, **options}
    return gc.class_areas(zones(raster), cover_of(raster), **options)


def patches(raster: Path, **options: Any) -> pd.DataFrame:
    options = {"tile_cells": TILE_CELLS, "threads": 1, **options}
    cover = cover_of(raster).with_minimum_patch(["bare"], mu=0.5, counts_as="grass")
    return gc.class_areas(zones(raster), cover, **options)


def sums(raster: Path, **options: Any) -> pd.DataFrame:
    options = {"tile_cells": TILE_CELLS, "threads": 1, **options}
    return gc.zonal_sums(zones(raster), raster, kind="density", **options)


def cut_off(
    measure: Callable[..., Any], raster: Path, folder: Path, tile: int, **more: Any
) -> None:
    with pytest.raises(CutOffError):
        measure(raster, resume=folder, progress=cut_at(tile), **more)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("measure", [areas, patches, sums])
def test_a_rerun_reads_the_other_tiles_only(tmp_path, raster, reads, said, measure, threads):
    expected = measure(raster)
    cut_off(measure, raster, tmp_path / "kept", 6, threads=threads)
    reads.clear()
    seen: list[tuple[int, int]] = []

    found = measure(
        raster,
        resume=tmp_path / "kept",
        threads=threads,
        progress=lambda done, total: seen.append((done, total)),
    )

    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert len(reads) == TILES - 6
    assert seen == [(n, TILES) for n in range(6, TILES + 1)]
    assert "Resumed: 6 of 15 tiles of cover.tif were finished." in said.text


def test_a_finished_overlay_reads_nothing_again(tmp_path, raster, reads):
    first = areas(raster, resume=tmp_path)
    reads.clear()

    again = areas(raster, resume=str(tmp_path))

    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert reads == []


def test_each_raster_of_a_cover_is_gone_on_with(tmp_path, reads):
    halves = [
        write_raster(
            tmp_path / f"{name}.tif",
            stripes(20, 24),
            transform=rasterio.Affine(10.0, 0.0, 500_000.0 + shift, 0.0, -10.0, 3_300_000.0),
        )
        for name, shift in (("west", 0.0), ("east", 240.0))
    ]
    where = zones_of(cells_box(-1, 2.5, 50, 18))
    expected = gc.class_areas(where, cover_of(halves))
    first = True

    def cut(done: int, total: int) -> None:
        nonlocal first
        if done == total and not first:
            raise CutOffError
        first = False

    with pytest.raises(CutOffError):
        gc.class_areas(where, cover_of(halves), resume=tmp_path / "kept", progress=cut)
    reads.clear()
    found = gc.class_areas(where, cover_of(halves), resume=tmp_path / "kept")

    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert reads == []
    assert len(list((tmp_path / "kept").iterdir())) == 2


@given(cut=st.integers(1, TILES), rows=st.integers(1, 9), seed=st.integers(0, 99))
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_wherever_it_was_cut_the_figures_are_the_same(tmp_path, raster, cut, rows, seed):
    shutil.rmtree(tmp_path / "kept", ignore_errors=True)
    cover = cover_of(raster)
    where = zones_of(*blobs(seed, 6, cover.bounds, size=300.0))
    options: dict[str, Any] = {"tile_cells": rows * COLUMNS, "threads": 1}
    expected = gc.class_areas(where, cover, **options)

    def stop(done: int, _: int) -> None:
        if done == cut:
            raise CutOffError

    for _ in range(2):
        try:
            gc.class_areas(where, cover, resume=tmp_path / "kept", progress=stop, **options)
        except CutOffError:
            cut += 3

    found = gc.class_areas(where, cover, resume=tmp_path / "kept", **options)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def other_cells(raster: Path) -> dict[str, Any]:
    """Other cells in a file of the same size and time."""
    before = raster.stat()
    write_cells(raster, seed=2)
    os.utime(raster, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert raster.stat().st_size == before.st_size
    return {}


CHANGES: dict[str, tuple[str, Callable[[Path], dict[str, Any]]]] = {
    "cells": ("the raster changed", other_cells),
    "zones": ("the zones changed", lambda raster: {"zones": zones(raster, shift=3.0)}),
    "one zone less": ("the zones changed", lambda raster: {"zones": zones(raster)[:-1]}),
    "legend": ("the legend", lambda raster: {"cover": cover_of(raster, 1, 2, 3, 7, 9)}),
    "nodata": ("the legend", lambda raster: {"cover": cover_of(raster, 1, 2, 3, 7, nodata=0)}),
    "area": ("the measure of areas changed", lambda _: {"area": "grid"}),
    "tiles": (
        "the size of tiles changed",
        lambda _: {"tile_cells": 3 * COLUMNS},
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_is_computed_anew(tmp_path, raster, reads, said, change):
    cut_off(areas, raster, tmp_path / "kept", 9)
    words, changed = CHANGES[change]
    options: dict[str, Any] = {"tile_cells": TILE_CELLS, "threads": 1} | changed(raster)
    where = options.pop("zones", zones(raster))
    cover = options.pop("cover", cover_of(raster))
    expected = gc.class_areas(where, cover, **options)
    of_all = len(reads) - 9
    reads.clear()
    said.clear()

    found = gc.class_areas(where, cover, resume=tmp_path / "kept", **options)

    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert len(reads) == of_all
    assert words in said.text
    assert "so all are computed anew" in said.text
    # What is on file now is of the new inputs.
    reads.clear()
    gc.class_areas(where, cover, resume=tmp_path / "kept", **options)
    assert reads == []


def test_tiles_of_another_version_are_computed_anew(tmp_path, raster, reads, said, monkeypatch):
    cut_off(areas, raster, tmp_path / "kept", 9)
    reads.clear()
    monkeypatch.setattr(_fingerprint, "_program", lambda: "another")

    areas(raster, resume=tmp_path / "kept")

    assert len(reads) == TILES
    assert "greencover changed since" in said.text


def test_a_change_of_the_smallest_patch_counts(tmp_path, raster, said):
    cut_off(patches, raster, tmp_path / "kept", 9)
    cover = cover_of(raster).with_minimum_patch(["bare"], mu=1.0, counts_as="grass")
    expected = gc.class_areas(zones(raster), cover, tile_cells=TILE_CELLS)

    found = gc.class_areas(zones(raster), cover, tile_cells=TILE_CELLS, resume=tmp_path / "kept")

    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert "smallest patch changed" in said.text


VRT = """\
<VRTDataset rasterXSize="{columns}" rasterYSize="{rows}">
<SRS>EPSG:32650</SRS><GeoTransform>500000, 10, 0, 3300000, 0, -10</GeoTransform>
<VRTRasterBand dataType="Byte" band="1"><SimpleSource>
<SourceFilename relativeToVRT="1">{name}</SourceFilename><SourceBand>1</SourceBand>
</SimpleSource></VRTRasterBand></VRTDataset>
"""


def test_a_change_behind_two_virtual_rasters_is_seen(tmp_path, raster, said):
    for name, inner in (("inner.vrt", raster.name), ("outer.vrt", "inner.vrt")):
        (tmp_path / name).write_text(VRT.format(columns=COLUMNS, rows=ROWS, name=inner))
    outer = tmp_path / "outer.vrt"
    before = areas(outer, resume=tmp_path / "kept")
    assert areas(outer, resume=tmp_path / "kept").equals(before)

    write_cells(raster, seed=2)

    found = areas(outer, resume=tmp_path / "kept")
    assert not found.equals(before)
    pd.testing.assert_frame_equal(found, areas(outer), check_exact=True)
    assert "the raster changed" in said.text


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_tiles_are_computed_anew(tmp_path, raster, reads, said, damage):
    expected = areas(raster)
    cut_off(areas, raster, tmp_path / "kept", 9)
    (kept,) = (tmp_path / "kept").iterdir()
    kept.write_bytes(damage(kept.read_bytes()))
    reads.clear()

    found = areas(raster, resume=tmp_path / "kept")

    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert len(reads) == TILES
    assert "are damaged, so all are computed anew" in said.text


@pytest.mark.parametrize("name", POISON)
def test_made_up_totals_are_not_taken(tmp_path, raster, reads, said, name):
    expected = areas(raster)
    cut_off(areas, raster, tmp_path / "kept", 9)
    (kept,) = (tmp_path / "kept").iterdir()
    kept.write_bytes(POISON[name](kept.read_bytes()))
    reads.clear()

    found = areas(raster, resume=tmp_path / "kept")

    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert len(reads) == TILES
    assert "computed anew" in said.text


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes of POSIX")
@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_of_totals_is_not_waited_for(tmp_path, raster, said, kind):
    expected = areas(raster)
    cut_off(areas, raster, tmp_path / "kept", 9)
    (kept,) = (tmp_path / "kept").iterdir()
    no_file(kind, kept)

    found = areas(raster, resume=tmp_path / "kept")

    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert "computed anew" in said.text


def test_totals_of_somebody_else_are_not_taken(tmp_path, raster, reads, said, monkeypatch):
    expected = areas(raster)
    monkeypatch.setattr(_finished, "own_key", lambda: b"k" * 32)
    cut_off(areas, raster, tmp_path / "kept", 9)
    monkeypatch.setattr(_finished, "own_key", lambda: b"l" * 32)
    reads.clear()

    found = areas(raster, resume=tmp_path / "kept")

    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert len(reads) == TILES
    assert "are damaged, so all are computed anew" in said.text


def test_without_a_folder_of_ones_own_nothing_is_kept(tmp_path, raster, said, monkeypatch):
    expected = areas(raster)
    monkeypatch.setattr(_finished, "own_key", lambda: None)

    found = areas(raster, resume=tmp_path / "kept")

    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert "Finished tiles are not kept" in said.text
    assert not (tmp_path / "kept").exists()


def test_interrupted_in_the_middle_of_an_addition(tmp_path, raster, monkeypatch):
    """A tile that is added but not yet counted must not be added twice."""
    expected = areas(raster)
    plain = _finished.Tally.add

    def add(self: Any, zones: Any, sums: Any, *, tiles: int = 1) -> None:
        if self.done == 6:
            self.total[zones] += sums
            raise KeyboardInterrupt
        plain(self, zones, sums, tiles=tiles)

    monkeypatch.setattr(_finished, "EVERY_S", 0.0)
    monkeypatch.setattr(_finished.Tally, "add", add)
    with pytest.raises(KeyboardInterrupt):
        areas(raster, resume=tmp_path / "kept")
    monkeypatch.setattr(_finished.Tally, "add", plain)

    found = areas(raster, resume=tmp_path / "kept")

    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_tiles_are_kept_now_and_then(tmp_path, raster, monkeypatch):
    """Not after every tile, and again at the end."""
    written: list[int] = []
    plain = _finished.KeptTally.write

    def noted(self: Any) -> None:
        written.append(self.done)
        plain(self)

    monkeypatch.setattr(_finished.KeptTally, "write", noted)
    areas(raster, resume=tmp_path / "often")
    assert written == [TILES]

    written.clear()
    monkeypatch.setattr(_finished, "EVERY_S", 0.0)
    monkeypatch.setattr(_finished, "_SHARE_OF_TIME", 1e9)
    areas(raster, resume=tmp_path / "always")
    assert written == [*range(1, TILES + 1), TILES]


def test_two_runs_with_one_folder_do_not_harm_each_other(tmp_path, raster, monkeypatch):
    monkeypatch.setattr(_finished, "EVERY_S", 0.0)
    monkeypatch.setattr(_finished, "_SHARE_OF_TIME", 1e9)
    cover = cover_of(raster)
    layers = [zones(raster), zones(raster, shift=5.0)]
    expected = [gc.class_areas(layer, cover, tile_cells=TILE_CELLS) for layer in layers]
    found: list[list[pd.DataFrame]] = [[], []]

    def work(number: int) -> None:
        for _ in range(5):
            table = gc.class_areas(
                layers[number], cover, tile_cells=TILE_CELLS, threads=1, resume=tmp_path / "kept"
            )
            found[number].append(table)

    workers = [threading.Thread(target=work, args=(number,)) for number in (0, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    for tables, table in zip(found, expected, strict=True):
        assert len(tables) == 5
        for one in tables:
            pd.testing.assert_frame_equal(one, table, check_exact=True)


def test_where_nothing_can_be_kept_the_figures_come_all_the_same(tmp_path, raster, said):
    (tmp_path / "kept").write_text("mine")

    found = areas(raster, resume=tmp_path / "kept")

    pd.testing.assert_frame_equal(found, areas(raster), check_exact=True)
    assert said.text.count("Finished tiles are not kept") == 1
    assert (tmp_path / "kept").read_text() == "mine"


def test_a_raster_that_is_no_file_is_not_kept(tmp_path, raster, said):
    with rasterio.MemoryFile(raster.read_bytes()) as memory:
        where = zones(raster)
        cover = cover_of(memory.name)
        found = gc.class_areas(where, cover, tile_cells=TILE_CELLS, resume=tmp_path / "kept")
        expected = gc.class_areas(where, cover, tile_cells=TILE_CELLS)

    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert "is no file of this machine" in said.text
    assert not (tmp_path / "kept").exists()


def test_naming_unknown_codes_leaves_what_is_kept(tmp_path, raster, said):
    """The second pass that names the codes is not mistaken for the first one, changed."""
    for _ in range(2):
        with pytest.raises(LegendError, match=r"7 \("):
            gc.class_areas(zones(raster), cover_of(raster, 1, 2, 3), resume=tmp_path / "kept")

    assert "computed anew" not in said.text
    assert "Resumed: 1 of 1 tiles" in said.text


def test_only_finished_tiles_are_forgotten(tmp_path, raster):
    areas(raster, resume=tmp_path / "kept" / "units")
    (kept,) = (tmp_path / "kept" / "units").iterdir()
    draft = kept.with_name(".gc0123456789")
    draft.mkdir()
    (draft / kept.name).write_bytes(b"half")
    (tmp_path / "kept" / "tiles.npz").write_text("mine")
    (tmp_path / "kept" / "mine").mkdir()
    (tmp_path / "kept" / "mine" / "notes.txt").write_text("mine")

    forget_tiles(tmp_path / "kept")

    left = sorted(str(path.relative_to(tmp_path)) for path in (tmp_path / "kept").rglob("*"))
    assert left == ["kept/mine", "kept/mine/notes.txt", "kept/tiles.npz"]
    forget_tiles(tmp_path / "never was")


def tallies(folder: Path) -> list[Path]:
    return list(folder.rglob("*.tally"))


def test_a_tally_that_is_held_for_a_moment_is_waited_for(
    tmp_path, raster, reads, said, monkeypatch
):
    expected = areas(raster)
    cut_off(areas, raster, tmp_path / "kept", 6)
    (kept,) = tallies(tmp_path / "kept")
    reads.clear()
    lifted = iter([True, True, False])
    plain = _finished._read

    def held(*given: Any) -> Any:
        if next(lifted, False):
            raise PermissionError(13, "held by a scanner", str(kept))
        return plain(*given)

    monkeypatch.setattr(_finished, "_read", held)
    monkeypatch.setattr(swapping, "_PAUSE_S", 0.0)
    found = areas(raster, resume=tmp_path / "kept")

    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert "Resumed: 6 of 15 tiles" in said.text
    assert len(reads) == TILES - 6


def test_a_tally_that_stays_held_is_called_held_and_not_damaged(
    tmp_path, raster, said, windows, monkeypatch
):
    expected = areas(raster)
    cut_off(areas, raster, tmp_path / "kept", 6)
    (kept,) = tallies(tmp_path / "kept")
    before = kept.read_bytes()
    monkeypatch.setattr(swapping, "PATIENCE_S", 0.0)
    monkeypatch.setattr(_finished, "PATIENCE_S", 0.0)

    def held(*_: Any) -> Any:
        raise PermissionError(13, "held by a scanner", str(kept))

    monkeypatch.setattr(_finished, "_read", held)
    windows.hold(kept)
    found = areas(raster, resume=tmp_path / "kept")

    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert "held by a scanner" in said.text
    assert "damaged" not in said.text
    # What was kept is still there, and no second one beside it.
    assert kept.read_bytes() == before
    assert tallies(tmp_path / "kept") == [kept]
    # Who holds it keeps no results from their end.
    forget_tiles(tmp_path / "kept")
    windows.let_go()
    forget_tiles(tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


@pytest.fixture
def county(tmp_path: Path) -> Path:
    return county_with_a_stream(tmp_path / "in")


def test_every_long_pass_of_an_assessment_is_gone_on_with(tmp_path, county, reads):
    plain = gc.assess(county)
    first = gc.assess(county, resume=tmp_path / "kept")
    assert "waterside_greening_rate" in set(first.table["indicator"])
    reads.clear()
    # The first stage looks at the codes of the cover each time.
    prepare(Campaign.read(county).open())
    of_first_stage = list(reads)
    reads.clear()

    again = gc.assess(county, resume=tmp_path / "kept")

    for one in (first, again):
        pd.testing.assert_frame_equal(one.table, plain.table, check_exact=True)
        assert one.notes == plain.notes
    assert reads == of_first_stage
    assert not list((tmp_path / "in").glob("*unfinished*"))
    # Whether their paths are too long is known before anything is computed.
    depths = [len(str(one.relative_to(tmp_path / "kept"))) for one in tallies(tmp_path / "kept")]
    assert depths
    assert max(depths) <= len(_finished._DEEPEST)


def full_disk(table: Any, path: Path) -> None:
    raise OutputError("ground.cannot_be_written", path=path, reason=f"no room for {len(table)}")


def test_what_is_kept_goes_once_the_output_is_written(tmp_path, county, capsys, monkeypatch):
    folder = county.parent
    given = [folder / "county.gpkg", folder / "cover.tif", "--layer=townships"]
    command = ["areas", *given, "--legend=worldcover", "--out", tmp_path / "a.csv"]

    # The table cannot be written, but what was computed for it is not lost.
    with monkeypatch.context() as patch:
        patch.setattr("greencover.ground.saving.save", full_disk)
        assert cli.main([str(one) for one in (*command, "--resume")]) == 2
    assert (tmp_path / "a.csv.unfinished").is_dir()
    assert cli.main([str(one) for one in command]) == 0
    assert "Resumed" not in capsys.readouterr().err
    assert cli.main([str(one) for one in (*command, "--resume")]) == 0

    assert "note: Resumed: 1 of 1 tiles" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "in"]

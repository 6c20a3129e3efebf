"""The same areas from a Dask cluster of processes, also when one of them dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import greencover as gc
from greencover.ground.errors import ClusterError, RasterError
from greencover.ground.run import Run
from greencover.overlay import _cluster, _finished
from patience import PATIENCE_S
from strategies import CODES, blobs, cells_box, cover_of, write_raster, zones_of

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Two worker processes of one thread each, as on a cluster; they may start slowly."""
    with (
        dask.config.set({"distributed.comm.timeouts.connect": f"{PATIENCE_S}s"}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def raster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cells = np.random.default_rng(2).choice(np.array(CODES, dtype=np.uint8), (400, 300))
    return write_raster(tmp_path_factory.mktemp("cluster") / "cover.tif", cells)


def zones(cover: gc.LandCover) -> Any:
    return zones_of(*blobs(11, 40, cover.bounds, size=900.0))


def test_a_cluster_gives_the_areas_of_one_process(client: Any, raster: Path) -> None:
    cover = cover_of(raster)
    seen: list[tuple[int, int]] = []
    layers = {"blobs": zones(cover), "whole": zones_of(cells_box(0, 0, 300, 400))}
    expected = gc.class_areas(layers, cover, tile_cells=6000)
    found = gc.class_areas(
        layers,
        cover,
        tile_cells=6000,
        client=client,
        progress=lambda done, total: seen.append((done, total)),
    )

    for name, table in expected.items():
        pd.testing.assert_frame_equal(found[name], table, check_exact=True)
    assert seen == [(n, 20) for n in range(1, 21)]


def test_patches_and_sums_on_a_cluster(client: Any, raster: Path) -> None:
    opened = cover_of(raster)
    areas = opened.with_minimum_patch(["bare"], mu=3, counts_as="grass")
    where = zones(opened)
    pd.testing.assert_frame_equal(
        gc.class_areas(where, areas, tile_cells=9000, client=client),
        gc.class_areas(where, areas, tile_cells=9000),
        check_exact=True,
    )
    pd.testing.assert_frame_equal(
        gc.zonal_sums(where, raster, kind="count", client=client),
        gc.zonal_sums(where, raster, kind="count"),
        check_exact=True,
    )


def test_a_worker_killed_in_mid_run_changes_nothing(client: Any, raster: Path) -> None:
    cover = cover_of(raster)
    where = zones(cover)
    killed: list[int] = []

    def kill_one(done: int, total: int) -> None:
        if done == 5 and not killed:
            workers = client.run(os.getpid)
            killed.append(next(iter(workers.values())))
            os.kill(killed[0], signal.SIGKILL)
        assert total == 200

    found = gc.class_areas(where, cover, tile_cells=600, client=client, progress=kill_one)

    assert killed
    expected = gc.class_areas(where, cover, tile_cells=600)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    client.wait_for_workers(2, timeout=PATIENCE_S)
    assert killed[0] not in client.run(os.getpid, on_error="ignore").values()


def test_an_answer_that_is_here_counts_though_its_worker_died_since(
    client: Any, raster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scheduler calls its task lost and runs it again, but nobody needs it any more."""
    arrived = _cluster._arrived
    lost: list[Any] = []

    def arrived_and_lost(*given: Any) -> Any:
        batch = arrived(*given)
        for future, _ in batch:
            future._state.lose()
            lost.append(future.status)
        return batch

    monkeypatch.setattr(_cluster, "_arrived", arrived_and_lost)
    cover = cover_of(raster)
    where = zones(cover)
    found = gc.class_areas(where, cover, tile_cells=6000, client=client)

    assert set(lost) == {"lost"}
    expected = gc.class_areas(where, cover, tile_cells=6000)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_a_run_cut_off_after_a_worker_died_is_gone_on_with(
    client: Any, raster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tiles that are finished are not run again, and the figures are the same bit for bit."""
    monkeypatch.setattr(_finished, "EVERY_S", 0.0)
    cover = cover_of(raster)
    where = zones(cover)
    expected = gc.class_areas(where, cover, tile_cells=600)

    class CutOffError(Exception):
        pass

    def kill_one_and_cut(done: int, _: int) -> None:
        if done == 5:
            os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
        if list(tmp_path.glob("tiles-*.tally")):
            raise CutOffError

    with pytest.raises(CutOffError):
        gc.class_areas(
            where,
            cover,
            tile_cells=600,
            client=client,
            progress=kill_one_and_cut,
            resume=tmp_path,
        )
    client.wait_for_workers(2, timeout=PATIENCE_S)
    seen: list[int] = []
    found = gc.class_areas(
        where,
        cover,
        tile_cells=600,
        client=client,
        progress=lambda done, _: seen.append(done),
        resume=tmp_path,
    )

    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert 0 < seen[0] < 200
    assert seen == list(range(seen[0], 201))


def test_an_error_on_a_worker_keeps_its_sentence(client: Any, tmp_path: Path) -> None:
    cells = np.random.default_rng(3).choice(np.array(CODES, dtype=np.uint8), (300, 300))
    path = write_raster(tmp_path / "cut.tif", cells, compress="deflate")
    cover = cover_of(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)

    with pytest.raises(RasterError, match=r"cut\.tif cannot be read to its end"):
        gc.class_areas(zones_of(cells_box(0, 0, 300, 300)), cover, tile_cells=9000, client=client)


def test_a_worker_that_dies_before_or_with_the_zones_in_its_hands_changes_nothing(
    client: Any, raster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds what all tiles need, and nobody waits for it."""
    cover = cover_of(raster)
    where = zones(cover)
    died = tmp_path / "died"

    def held_and_dies(work: Any) -> Any:
        if not died.exists():
            died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return work

    monkeypatch.setattr(_cluster, "_held", held_and_dies)
    os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
    found = gc.class_areas(where, cover, tile_cells=600, client=client)

    assert died.exists()
    expected = gc.class_areas(where, cover, tile_cells=600)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


@pytest.fixture
def alone() -> Iterator[tuple[Any, Any]]:
    """A cluster of one worker, and its client."""
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield cluster, client


def test_a_tile_that_kills_every_worker_ends_in_a_sentence(
    alone: tuple[Any, Any], raster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deadly(work: Any, tiles: Any) -> None:  # noqa: ARG001
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(_cluster, "_integrate", deadly)
    cover = cover_of(raster)
    cluster, client = alone
    # Given up with the first worker that it kills, not the fourth.
    cluster.scheduler.allowed_failures = 0
    with pytest.raises(ClusterError, match=r"One worker .* died while it read .*cover\.tif"):
        gc.class_areas(zones(cover), cover, client=client)


@pytest.mark.thorough
def test_a_cluster_without_workers_is_waited_for_only_so_long(
    alone: tuple[Any, Any], raster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The only worker leaves for good in mid run; and in the second run there is none."""
    monkeypatch.setattr(_cluster, "ALONE_S", 2.0)
    cover = cover_of(raster)
    cluster, client = alone

    def dismiss(done: int, _: int) -> None:
        if done == 3:
            cluster.scale(0)

    run = Run(client=client, progress=dismiss, tile_cells=60)
    for _ in range(2):
        # Whether the tile in hand is given back or cancelled depends on how the worker leaves.
        told = r"(no worker for 2 seconds|cluster was lost) .*cover\.tif"
        with pytest.raises(ClusterError, match=told):
            gc.class_areas(zones(cover), cover, run=run)


@pytest.mark.thorough
def test_a_cluster_that_is_closed_ends_in_a_sentence(
    alone: tuple[Any, Any], raster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_cluster, "ALONE_S", 2.0)
    cover = cover_of(raster)
    cluster, client = alone
    run = Run(
        client=client,
        tile_cells=60,
        progress=lambda done, _: cluster.close() if done == 3 else None,
    )
    with pytest.raises(ClusterError, match=r"cover\.tif"):
        gc.class_areas(zones(cover), cover, run=run)

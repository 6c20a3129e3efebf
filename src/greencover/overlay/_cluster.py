"""The tiles of a raster as tasks of a Dask cluster.

The zones travel once, as a task of their own: a worker that needs them asks one that has them, and
where none is left, the scheduler has the task run again. So whatever worker dies, and when, nothing
waits for it. A task is a few tiles, its answer a partial sum of each; these are added in the order
of the tiles where the call is made, so that figures are those of threads, bit for bit. Files are
opened by name where the task runs: every worker must see the rasters under the same paths.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from greencover.ground.errors import ClusterError, GreencoverError
from greencover.ground.run import Run
from greencover.overlay._edges import EdgeTable
from greencover.overlay._finished import tallied
from greencover.overlay._readers import Reader
from greencover.overlay._row_ground import RowGround
from greencover.overlay._tiles import TILE_CELLS, Tile, integrate, touched_tiles
from greencover.rasters import Cells, bounded_cache

if TYPE_CHECKING:
    from distributed import Client, Future

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Partial = tuple[Ints, Floats]

# Each task costs the scheduler and the call some milliseconds, so there are not many more.
_TASKS = 1000
_MOST_TILES = 16
# A tile that fails is tried again so often (storage stutters), beside the deaths of its worker,
# which the scheduler counts.
_TASK_RETRIES = 1
# Between looks at what has arrived; between questions whether there are workers; and how long
# there may be none, as while nodes start.
_LOOK_S, _ASK_S, ALONE_S = 0.02, 1.0, 300.0


@dataclass(frozen=True)
class _Work:
    """All that the tiles of one raster have in common."""

    source: Cells
    edges: EdgeTable
    box: Floats
    reader: Reader
    ground: RowGround


def totals_on_cluster(
    source: Cells, edges: EdgeTable, reader: Reader, ground: RowGround, run: Run
) -> Floats:
    """Totals of a raster inside each zone, on the cluster of a run; see ``Engine``.

    Raises
    ------
    ClusterError
        The cluster has had no worker for some minutes, or a tile killed one worker after another.
    """
    assert run.client is not None
    work = _Work(source, edges, edges.boxes(), reader, ground)
    tiles = list(touched_tiles(source, edges, work.box, run.tile_cells or TILE_CELLS))
    with tallied(run.resume, source, edges, reader, ground, tiles) as tally:
        done = tally.done
        if done:
            run.report(done, len(tiles))
        early: dict[int, list[Partial]] = {}
        following = 0
        for number, partials in _finished(run.client, work, tiles[done:]):
            done += len(partials)
            run.report(done, len(tiles))
            early[number] = partials
            while following in early:
                for zones, sums in early.pop(following):
                    tally.add(zones, sums)
                following += 1
    return tally.total


def _finished(
    client: Client, work: _Work, tiles: Sequence[Tile]
) -> Iterator[tuple[int, list[Partial]]]:
    """Sums of a few tiles at a time, numbered in the order of the tiles, as they are finished."""
    from distributed import KilledWorker, as_completed

    untyped: Any = as_completed

    size = min(max(len(tiles) // _TASKS, 1), _MOST_TILES)
    with warnings.catch_warnings():
        # The zones are large, and must be kept where no worker's death can lose them.
        warnings.filterwarnings("ignore", message="Sending large graph")
        shared = client.submit(_held, work, pure=False, retries=_TASK_RETRIES)
    numbers = {
        client.submit(
            _integrate, shared, tiles[first : first + size], pure=False, retries=_TASK_RETRIES
        ): first // size
        for first in range(0, len(tiles), size)
    }
    try:
        arriving = untyped(list(numbers), with_results=True)
        while not arriving.is_empty():
            for future, answer in _arrived(client, arriving, work.source):
                # Not the status of the task, which is lost once more when a worker dies whose
                # answer is here already, but what came says how it went.
                if isinstance(answer, list):
                    yield numbers[future], answer
                elif not isinstance(answer, tuple):
                    raise ClusterError("overlay.cluster_lost", raster=work.source.path)
                elif isinstance(answer[1], KilledWorker):
                    raise ClusterError("overlay.workers_killed", raster=work.source.path)
                else:
                    raise answer[1]
                future.release()  # type: ignore[no-untyped-call]
    finally:
        for future in numbers:
            future.release()  # type: ignore[no-untyped-call]


def _arrived(client: Client, arriving: Any, source: Cells) -> list[tuple[Future[Any], Any]]:
    """Wait for answers as long as there are workers that may give them."""
    seen = asked = monotonic()
    while not (batch := arriving.next_batch(block=False)):
        sleep(_LOOK_S)
        if monotonic() - asked < _ASK_S:
            continue
        if _has_workers(client):
            seen = monotonic()
        asked = monotonic()
        if asked - seen > ALONE_S:
            raise ClusterError("overlay.no_workers", seconds=f"{ALONE_S:.0f}", raster=source.path)
    return list(batch)


def _has_workers(client: Client) -> bool:
    try:
        return client.status == "running" and bool(client.nthreads())  # type: ignore[no-untyped-call]
    except OSError:
        return False


def _held(work: _Work) -> _Work:
    return work


def _integrate(work: _Work, tiles: Sequence[Tile]) -> list[Partial]:
    try:
        with bounded_cache(), work.source.reading() as dataset:
            return [
                integrate(
                    tile, work.source, dataset, work.edges, work.box, work.reader, work.ground
                )
                for tile in tiles
            ]
    except GreencoverError as error:
        failure = type(error)(error.code, **error.values)
    # Raised here, so that the cause stays behind: errors of GDAL cannot travel between processes.
    raise failure

"""The tiles of a raster as tasks of a Dask cluster.

The zones travel once, to every worker; a task is a tile, its answer a partial sum. The sums of a
batch of tiles are added in a tree on the workers, batches in their order where the call is made:
what is added to what depends on the tiles alone. Files are opened by name where the task runs, so
every worker must see the rasters under the same paths.
"""

from __future__ import annotations

from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from greencover.ground.errors import GreencoverError
from greencover.ground.run import Run
from greencover.overlay._edges import EdgeTable
from greencover.overlay._finished import Tally, tallied
from greencover.overlay._readers import Reader
from greencover.overlay._row_ground import RowGround
from greencover.overlay._tiles import TILE_CELLS, Tile, integrate, touched_tiles
from greencover.rasters.band import RasterSource, bounded_cache

if TYPE_CHECKING:
    from distributed import Client

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Partial = tuple[Ints, Floats]

_BRANCHES = 8
_BATCH = _BRANCHES**2
# A tile that fails is tried again so often (storage stutters), beside the deaths of its worker,
# which the scheduler counts; a raster, when the workers that held the zones have all died.
_TASK_RETRIES = 1
_RASTER_TRIES = 3


@dataclass(frozen=True)
class _Work:
    """All that the tiles of one raster have in common."""

    source: RasterSource
    edges: EdgeTable
    box: Floats
    reader: Reader
    ground: RowGround


def totals_on_cluster(
    source: RasterSource,
    edges: EdgeTable,
    reader: Reader,
    ground: RowGround,
    run: Run,
) -> Floats:
    """Totals of a raster inside each zone, on the cluster of a run; see ``Engine``."""
    from distributed.scheduler import KilledWorker

    work = _Work(source, edges, edges.boxes(), reader, ground)
    tiles = list(touched_tiles(source, edges, work.box, run.tile_cells or TILE_CELLS))
    with tallied(run.resume, source, edges, reader, ground, tiles, at_once=_BATCH) as tally:
        for attempt in range(1, _RASTER_TRIES + 1):
            try:
                _run(run, work, tiles, tally)
                break
            except (KilledWorker, CancelledError):
                if attempt == _RASTER_TRIES:
                    raise
    return tally.total


def _run(
    run: Run,
    work: _Work,
    tiles: list[Tile],
    tally: Tally,
) -> None:
    """Work through the tiles that the tally lacks."""
    from distributed import as_completed

    client = run.client
    assert client is not None

    done = tally.done
    if done:
        run.report(done, len(tiles))
    if done == len(tiles):
        return
    shared = client.scatter(work, broadcast=True, hash=False)
    leaves = [
        client.submit(_integrate, shared, tile, pure=False, retries=_TASK_RETRIES)
        for tile in tiles[done:]
    ]
    batches = [leaves[k : k + _BATCH] for k in range(0, len(leaves), _BATCH)]
    roots = {_root(client, batch): number for number, batch in enumerate(batches)}
    finished: dict[int, Partial] = {}
    added = 0
    for future in as_completed([*leaves, *roots]):
        if future not in roots:
            done += 1
            run.report(done, len(tiles))
            continue
        finished[roots[future]] = future.result()
        while added in finished:
            zones, sums = finished.pop(added)
            tally.add(zones, sums, tiles=len(batches[added]))
            added += 1


def _root(client: Client, batch: list[Any]) -> Any:
    """Sum of a batch of tiles."""
    level = batch
    while len(level) > 1 or level is batch:
        level = [
            client.submit(_merged, level[k : k + _BRANCHES], pure=False, retries=_TASK_RETRIES)
            for k in range(0, len(level), _BRANCHES)
        ]
    return level[0]


def _integrate(work: _Work, tile: Tile) -> Partial:
    try:
        with bounded_cache(), work.source.reading() as dataset:
            return integrate(
                tile, work.source, dataset, work.edges, work.box, work.reader, work.ground
            )
    except GreencoverError as error:
        failure = type(error)(str(error))
    # Raised here, so that the cause stays behind: errors of GDAL cannot travel between processes.
    raise failure


def _merged(partials: list[Any]) -> Partial:
    """Add partial sums in the order of the tiles."""
    zones, place = np.unique(np.concatenate([part[0] for part in partials]), return_inverse=True)
    sums = np.zeros((len(zones), partials[0][1].shape[1]))
    start = 0
    for numbers, values in partials:
        sums[place[start : start + len(numbers)]] += values
        start += len(numbers)
    return zones, sums

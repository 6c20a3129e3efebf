"""How a computation is run: threads or a cluster, size of tiles, a folder to resume from, progress.

None of it changes a figure. One object travels from the door to the engine, whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
import numpy.typing as npt

from greencover.ground.progress import Progress, shown_progress

if TYPE_CHECKING:
    from distributed import Client

Engine = Callable[..., npt.NDArray[np.float64]]


class RunOptions(TypedDict, total=False):
    """The options of a :class:`Run`, as keywords of the functions that take one."""

    threads: int | None
    client: Client | None
    tile_cells: int | None
    resume: str | Path | None
    progress: Progress | bool | type[Any] | None
    engine: Engine | None


@dataclass(frozen=True)
class Run:
    """How a computation is run.

    Parameters
    ----------
    threads
        Threads that read and count; default: the cores this process may use.
    client
        ``dask.distributed.Client`` of a cluster that works through the tiles instead of threads.
        Its workers must see the rasters under the same paths.
    tile_cells
        Cells read at a time by a thread; memory grows with it.
    resume
        Folder in which finished tiles are kept every few seconds. The same call again, after it
        was cut off, goes on from them to the same figures, bit for bit.
    progress
        True for a bar in a notebook or on a terminal; a function of steps done, steps in all and
        what comes next; or a class like ``tqdm.tqdm``.
    engine
        Another engine in place of the threads and the cluster: a function that gives the totals of
        a raster inside each zone, see ``greencover.overlay.Engine``.

    Examples
    --------
    >>> Run(threads=2).threads
    2
    """

    threads: int | None = None
    client: Client | None = None
    tile_cells: int | None = None
    resume: str | Path | None = None
    progress: Progress | bool | type[Any] | None = None
    engine: Engine | None = None

    @classmethod
    def of(cls, run: Run | None, options: RunOptions) -> Run:
        """The run given, with the options that were given as keywords in its place."""
        return replace(run or cls(), **options)

    @contextmanager
    def shown(self) -> Iterator[Run]:
        """The same run with a function for progress, which moves a bar where one was asked for."""
        with shown_progress(self.progress) as progress:
            yield replace(self, progress=progress)

    def report(self, done: int, total: int) -> None:
        """Tell the function for progress, if there is one."""
        if self.progress and not isinstance(self.progress, bool):
            self.progress(done, total)

    def within(self, name: str) -> Run:
        """The same run for one step of several, with a folder of its own to resume from."""
        return self if self.resume is None else replace(self, resume=Path(self.resume) / name)

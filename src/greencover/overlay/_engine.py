"""What works through the tiles of a raster: threads, a cluster, or another engine."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from greencover.ground.run import Run
from greencover.overlay._edges import EdgeTable
from greencover.overlay._readers import Reader
from greencover.overlay._row_ground import RowGround
from greencover.overlay._tiles import totals_on_threads
from greencover.rasters import Cells


class Engine(Protocol):
    """Totals of a raster inside each zone; what all areas and sums are made of."""

    def __call__(
        self, source: Cells, edges: EdgeTable, reader: Reader, ground: RowGround, run: Run
    ) -> npt.NDArray[np.float64]:
        """Work through a raster.

        Parameters
        ----------
        source, reader, ground
            The raster, how its cells are read, and what they weigh.
        edges
            Zones in columns and rows of the raster.
        run
            How it is run; ``run.report`` takes the tiles done and the tiles in all.

        Returns
        -------
        numpy.ndarray
            Shape (zones, totals). Positive for outlines that run counter-clockwise on the raster
            as stored.
        """


def engine_of(run: Run) -> Engine:
    """The engine of a run: its own, or one for its cluster or for threads."""
    if run.engine is not None:
        return run.engine
    if run.client is None:
        return totals_on_threads
    from greencover.overlay._cluster import totals_on_cluster

    return totals_on_cluster

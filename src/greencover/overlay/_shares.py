"""Ground under trees where cells hold the share of them: the mean over ground, not a class."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from greencover.cover.canopy import check_within
from greencover.cover.land_cover import LandCover
from greencover.overlay._overlay import Overlay
from greencover.overlay._readers import ValueReader, Window
from greencover.overlay._tiles import VALUE_TILE_CELLS
from greencover.rasters import Cells

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ShareReader(ValueReader):
    """Shares from 0 to 1 of cells that hold 0 to ``full``, not a number where unobserved."""

    full: float

    def read(
        self, source: Cells, dataset: Any, window: Window, weight: Floats
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Shares and the cells on each unit of ground."""
        values, per_ground = super().read(source, dataset, window, weight)
        observed = values[~np.isnan(values)]
        check_within(source, observed, (0.0, self.full), "cover.share_beyond")
        return values / self.full, per_ground


def shares_m2(overlay: Overlay, cover: LandCover) -> Floats:
    """Square metres by zone: under trees, other, and none of an unknown code."""
    full = cover.full
    assert full is not None
    if overlay.run.tile_cells is None:
        overlay.run = replace(overlay.run, tile_cells=VALUE_TILE_CELLS)

    def reader(number: int) -> ShareReader:
        blanks = cover.unobserved_values(cover.sources[number])
        return ShareReader(blanks=blanks, shared=False, full=full)

    tree, observed = (np.zeros(len(overlay.zone_m2)) for _ in range(2))
    for counted in overlay.counted(reader):
        tree += counted.totals[:, 0] * counted.cell_m2
        observed += counted.totals[:, 1] * counted.cell_m2
    return np.column_stack([tree, observed - tree, np.zeros(len(tree))])

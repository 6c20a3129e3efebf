"""Planting records as evidence, where a campaign says that a record greens its side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.corridor.claims import CLAIMS, claimed_sides
from greencover.corridor.evidence import Judged, Located

#: Above the land cover, below whatever looked at trees.
_RANK = 0.5


@dataclass(frozen=True)
class ClaimedStretches:
    """Sides that records name, taken as greened.

    Attributes
    ----------
    plantings
        Records, see ``corridor.claims``.
    """

    plantings: pd.DataFrame
    rank: float = _RANK
    key: str = CLAIMS

    def judge(self, strips: Located, threshold: npt.NDArray[np.float64] | float) -> Judged:  # noqa: ARG002
        """Greened as reported."""
        on = np.zeros(len(strips.sides), dtype=bool)
        for one in claimed_sides(self.plantings, strips.sides):
            on |= one
        return Judged(on, on.copy())

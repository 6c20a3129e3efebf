"""Ground of station sides counted once: what several strips hold belongs to the first of them.

Strips of one side of a chain never overlap; those that face each other across two roads, or meet
at a corner, do. Lengths of both sides count all the same: only ground and trees are shared out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from greencover.corridor._belts import Belts

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# In square degrees some 1e-6 m2: ground that is shared by less is shared by rounding.
_SLIVER_DEG2 = 1e-16


@dataclass(frozen=True)
class GroundOnce:
    """Ground of chosen station sides, none of it twice.

    Attributes
    ----------
    share
        Share of the ground of each chosen side that no earlier one of them holds.
    polygons, owner
        That ground, and the place among the chosen of the side that each polygon belongs to.
    """

    share: Floats
    polygons: npt.NDArray[Any]
    owner: Ints

    @classmethod
    def of(cls, ground: Belts, sides: pd.DataFrame, name: str, rows: Ints) -> GroundOnce:
        """Share out the ground of some rows of ``sides``; ``name`` is the column of the road."""
        keys = [sides[column] for column in (name, "chain", "side")]
        number = sides.groupby(keys, sort=False, dropna=False).ngroup()
        lane: Ints = np.asarray(number, dtype=np.int64)[rows]
        place = np.full(len(sides), -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        owner = np.asarray(place[ground.polygon_owner], dtype=np.int64)
        chosen = np.flatnonzero(owner >= 0)
        owner, shapes = owner[chosen], ground.polygons.to_numpy()[chosen]
        later, earlier = _overlapping(shapes, owner, lane)
        left = shapes.copy()
        losing, first = np.unique(later, return_index=True)
        last = np.append(first, len(later))[1:]
        for i, low, high in zip(losing, first, last, strict=True):
            held = shapely.union_all(shapely.make_valid(shapes[earlier[low:high]]))
            left[i] = shapely.difference(shapely.make_valid(shapes[i]), held)
        # What rounding leaves of a strip that another holds whole is no ground.
        left[losing[shapely.area(left[losing]) <= _SLIVER_DEG2]] = shapely.Polygon()
        whole, own = (
            np.bincount(owner, weights=shapely.area(some), minlength=len(rows))
            for some in (shapes, left)
        )
        share = np.where(whole > 0.0, own / np.where(whole > 0.0, whole, 1.0), 1.0)
        return cls(share, left, owner)


def _overlapping(shapes: npt.NDArray[Any], owner: Ints, lane: Ints) -> tuple[Ints, Ints]:
    """Polygons that share ground with those of an earlier side, in their order."""
    later, earlier = shapely.STRtree(shapes).query(shapes)
    may = (owner[earlier] < owner[later]) & (lane[owner[earlier]] != lane[owner[later]])
    later, earlier = later[may], earlier[may]
    common = shapely.intersection(*(shapely.make_valid(shapes[at]) for at in (later, earlier)))
    real = shapely.area(common) > _SLIVER_DEG2
    later, earlier = later[real], earlier[real]
    order = np.lexsort((earlier, later))
    return later[order], earlier[order]

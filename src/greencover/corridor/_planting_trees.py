"""How many trees a gap takes: at a spacing, counted from the trees that stand at its ends."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_SAME_PLACE_M = 1e-6


def standing_ends(sides: pd.DataFrame, of: str, row: Ints, run: Ints) -> tuple[Bools, Bools]:
    """Whether the start and the end of each gap have trees: those that greened sides adjoin.

    Where the gap before, in another township, ends, the tree at the border is that gap's.

    Parameters
    ----------
    sides, of
        All station sides, along the roads, and the column of their road or water.
    row, run
        Rows of the sides of gaps, and the number of the gap of each.
    """
    status = sides["status"].to_numpy(dtype=object)
    follows = np.zeros(len(sides) + 1, dtype=bool)
    from_m, to_m = sides["from_m"].to_numpy(), sides["to_m"].to_numpy()
    follows[1:-1] = np.abs(from_m[1:] - to_m[:-1]) <= _SAME_PLACE_M
    for column in (of, "chain", "side"):
        values = sides[column].to_numpy()
        follows[1:-1] &= values[1:] == values[:-1]
    before = np.append("", status[:-1])
    after = np.append(status[1:], "")
    starts = follows[:-1] & np.isin(before, ["greened", "gap"])
    ends = follows[1:] & (after == "greened")
    first = np.flatnonzero(np.diff(run, prepend=-1))
    last = np.append(first[1:], len(run)) - 1 if len(first) else first
    return np.asarray(starts[row[first]]), np.asarray(ends[row[last]])


def trees_along(metres: Floats, spacing_m: float, standing: Ints) -> Floats:
    """Trees of one row over so many metres, none further apart than the spacing.

    A row between two open ends has a tree at either; one that stands at an end is not planted
    again. Ground for less than a spacing takes one tree.
    """
    spaces = np.ceil(metres / spacing_m - 1e-9)
    long = np.maximum(spaces + 1.0 - standing, 1.0)
    return np.where(metres > 1e-6, np.where(metres < spacing_m, 1.0, long), 0.0)

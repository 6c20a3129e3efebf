"""How messages call layers, rows and units."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from greencover.ground.notes import Note
from greencover.words import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt


def layer_name(path: str | Path, layer: str | None) -> Note:
    """Return how messages call a layer.

    Examples
    --------
    >>> layer_name("roads.gpkg", "county").said("zh")
    '文件roads.gpkg的图层county'
    """
    if layer is None or layer == Path(path).stem:
        return Note("layers.layer", path=str(path))
    return Note("layers.layer_of", layer=layer, path=str(path))


def rows_of(mask: npt.ArrayLike) -> Rows:
    """Return the rows that a mask marks, counted from 1 as a GIS shows them."""
    return Rows(tuple(int(row) for row in np.flatnonzero(mask) + 1))


def name_rows(wrong: np.ndarray) -> str:
    """Return "row 3" or "rows 3, 5 and 7" for a mask, counted from 1 as a GIS shows them."""
    rows = np.flatnonzero(wrong) + 1
    return ("row " if len(rows) == 1 else "rows ") + listed([str(row) for row in rows])


def listed(names: Iterable[str], *, limit: int = 5) -> str:
    """Return "a, b and c", or the first few and how many more there are."""
    every = list(names)
    if len(every) > limit:
        return f"{', '.join(every[:limit])} and {len(every) - limit} more"
    return " and ".join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every)

"""How messages call layers, rows and units."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from greencover.ground.notes import Note
from greencover.words import Rows

if TYPE_CHECKING:
    import numpy.typing as npt


def layer_name(path: str | Path, layer: str | None, condition: str | None = None) -> Note:
    """Return how messages call a layer, and which of its rows are meant.

    Examples
    --------
    >>> layer_name("roads.gpkg", "county").said("zh")
    '文件roads.gpkg的图层county'
    """
    if condition is not None:
        return Note("layers.layer_chosen", layer=layer_name(path, layer), condition=condition)
    if layer is None or layer == Path(path).stem:
        return Note("layers.layer", path=str(path))
    return Note("layers.layer_of", layer=layer, path=str(path))


def rows_of(mask: npt.ArrayLike) -> Rows:
    """Return the rows that a mask marks, counted from 1 as a GIS shows them."""
    return Rows(tuple(int(row) for row in np.flatnonzero(mask) + 1))

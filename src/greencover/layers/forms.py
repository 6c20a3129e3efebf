"""Forms that come back: a table of an office, or a layer that was filled in on a map."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from greencover.layers.reading import read_layer
from greencover.layers.sheets import is_table, read_table
from greencover.layers.tables import require_columns


def read_form(
    path: str | Path, wanted: list[str], *, welcome: Sequence[str], where: str
) -> pd.DataFrame:
    """Read columns of a form, those that are welcome where they are there.

    Raises
    ------
    LayerError
        The form cannot be read, or lacks a wanted column.
    MissingExtraError
        Excel forms need a package that is not installed.
    """
    if is_table(path):
        return read_table(path, wanted, welcome=welcome, where=where)
    layer = read_layer(path, geometry="any")
    table = pd.DataFrame(layer.drop(columns=layer.geometry.name))
    require_columns(table, wanted, where)
    return table[[*wanted, *(column for column in welcome if column in table)]]

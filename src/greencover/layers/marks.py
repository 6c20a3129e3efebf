"""Columns that mark rows: bridges, tunnels, pieces that cannot be planted."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from greencover.layers.amounts import parse_number
from greencover.layers.tables import as_text

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

_NO = frozenset(
    {"no", "n", "false", "f", "none", "null", "nan", "n/a", "无", "否", "没有", "×", "/"}
)
_DASHES = "-‐‑‒–—―−"


def marked(cells: pd.Series) -> npt.NDArray[np.bool_]:
    """Whether each cell of a column marks its row.

    Blanks, dashes, zero and words for no leave a row unmarked. Anything else marks it: such
    columns hold names of bridges, types and reasons as often as a yes.

    Examples
    --------
    >>> import pandas as pd
    >>> marked(pd.Series(["是", "否", None, 0, 1, "—", "viaduct"])).tolist()
    [True, False, False, False, True, False, True]
    """
    return np.array([not _says_no(text) for text in as_text(cells)], dtype=bool)


def _says_no(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text).strip().casefold().strip(_DASHES)
    return not plain or plain in _NO or parse_number(plain) == 0.0

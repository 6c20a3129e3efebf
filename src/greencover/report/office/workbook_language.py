"""Names of a table in the language of the workbook: one column where one language is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from greencover.report.labels import BOTH, Lang
from greencover.report.selection import text_of

if TYPE_CHECKING:
    import pandas as pd

_ENGLISH = "_en"


def in_language(
    rows: pd.DataFrame, keys: Sequence[str], lang: Lang
) -> tuple[pd.DataFrame, list[str]]:
    """Rows and keys of columns with one name for each thing: the English one outside of Chinese.

    A sheet in both languages keeps both names.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"name": ["青岚", "云溪"], "name_en": ["Qinglan", ""], "value": [1, 2]})
    >>> found, keys = in_language(rows, list(rows.columns), "en")
    >>> found["name"].tolist(), keys
    (['Qinglan', '云溪'], ['name', 'value'])
    """
    present = {*keys} & {*rows.columns}
    pairs = {key.removesuffix(_ENGLISH) for key in present if key.endswith(_ENGLISH)} & present
    if lang == BOTH or not pairs:
        return rows, list(keys)
    if lang != "zh":
        english = {
            key: [
                text_of(own) or name
                for own, name in zip(rows[f"{key}{_ENGLISH}"], rows[key], strict=True)
            ]
            for key in pairs
        }
        rows = rows.assign(**english)
    return rows, [key for key in keys if key not in {f"{one}{_ENGLISH}" for one in pairs}]

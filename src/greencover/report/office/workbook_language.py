"""Names of a table in the language of the workbook: one column where one language is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from greencover.report.labels import BOTH, Lang
from greencover.report.selection import text_of

if TYPE_CHECKING:
    import pandas as pd

    from greencover.report.office.workbook_cells import Column

_ENGLISH = "_en"


def in_language(
    rows: pd.DataFrame, columns: Sequence[Column], lang: Lang
) -> tuple[pd.DataFrame, list[Column]]:
    """Rows and columns with one name for each thing, the English one outside of Chinese sheets.

    A sheet in both languages keeps both names.
    """
    keys = {one.key for one in columns} & {*rows.columns}
    pairs = {key.removesuffix(_ENGLISH) for key in keys if key.endswith(_ENGLISH)} & keys
    if lang == BOTH or not pairs:
        return rows, list(columns)
    if lang != "zh":
        english = {
            key: [
                text_of(own) or name
                for own, name in zip(rows[f"{key}{_ENGLISH}"], rows[key], strict=True)
            ]
            for key in pairs
        }
        rows = rows.assign(**english)
    return rows, [
        one
        for one in columns
        if one.key.removesuffix(_ENGLISH) == one.key or one.key.removesuffix(_ENGLISH) not in pairs
    ]

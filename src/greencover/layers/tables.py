"""Columns that describe units: codes and residents."""

from __future__ import annotations

import numpy as np
import pandas as pd

from greencover.ground.data_files import closest
from greencover.ground.errors import LayerError
from greencover.ground.notes import Note, tell
from greencover.layers.amounts import parse_number, times_of_heading
from greencover.layers.wording import rows_of
from greencover.words import Listed, Rows


def check_codes(frame: pd.DataFrame, column: str, where: str) -> pd.Series[str]:
    """Return unit codes as text, each present and unique.

    Raises
    ------
    LayerError
        Codes are blank (the rows are named) or occur twice (the codes are named).
    """
    require_columns(frame, [column], where)
    codes = as_text(frame[column])
    blank = (codes == "").to_numpy()
    if blank.any():
        raise LayerError("layers.code_blank", where=where, column=column, rows=rows_of(blank))
    twice = codes[codes.duplicated()].unique()
    if len(twice):
        raise LayerError(
            "layers.code_twice",
            where=where,
            codes=Listed.of(twice),
            column=column,
            rows=rows_of(codes.isin(twice)),
        )
    return codes


def check_population(
    frame: pd.DataFrame, column: str, where: str, *, unit: str | None = None
) -> pd.Series[float]:
    """Return residents as numbers, each present and not negative.

    Text such as "12,345" or "1.2万" is read as the number it means; a column whose heading counts
    in ten thousands, such as 人口（万人）, is multiplied out.

    Parameters
    ----------
    frame, column, where
        Table, its column of residents, and how messages call the table.
    unit
        Column that names a unit in messages; by default "name" or "code" where there is one.

    Raises
    ------
    LayerError
        A figure is missing, no number, infinite or negative; the units are named.

    Warns
    -----
    GreencoverWarning
        The heading counts in thousands or more.
    """
    require_columns(frame, [column], where)
    units = _unit_labels(frame, unit)
    given = frame[column]
    numbers = as_numbers(given)
    missing = (as_text(given) == "").to_numpy()
    checks = (
        ("layers.population_missing", missing),
        ("layers.population_no_number", ~missing & ~np.isfinite(numbers.to_numpy())),
        ("layers.population_negative", (numbers < 0).to_numpy()),
    )
    for code, wrong in checks:
        if wrong.any():
            shown = [
                label if text in ("", label) else Note("layers.value_of", label=label, value=text)
                for label, text in zip(units[wrong], as_text(given)[wrong], strict=True)
            ]
            raise LayerError(code, where=where, column=column, units=Listed.of(shown))
    times = times_of_heading(column)
    if times != 1.0:
        tell(
            "layers.residents_multiplied",
            where=where,
            column=column,
            times=times,
            sum=float((numbers * times).sum()),
            stacklevel=2,
        )
    return (numbers * times).round(6)


def as_numbers(given: pd.Series) -> pd.Series[float]:
    """Return values as numbers, text as the number that it means; NaN where there is none."""
    if pd.api.types.is_numeric_dtype(given) and not pd.api.types.is_bool_dtype(given):
        return given.astype("float64")
    parsed = [parse_number(text) for text in as_text(given)]
    return pd.Series(
        [np.nan if one is None else one for one in parsed], index=given.index, dtype="float64"
    )


def as_text(values: pd.Series) -> pd.Series[str]:
    """Return values as stripped text; whole numbers lose their ".0", nulls become "".

    Examples
    --------
    >>> as_text(pd.Series([370102.0, None])).tolist()
    ['370102', '']
    """

    def text(value: object) -> str:
        if value is None or value is pd.NA or value is pd.NaT or value != value:
            return ""
        if isinstance(value, float | np.floating) and float(value).is_integer():
            return str(int(value))
        return str(value).strip()

    return pd.Series([text(value) for value in values], index=values.index, dtype="object")


def require_columns(frame: pd.DataFrame, wanted: list[str], where: str) -> None:
    """Raise a LayerError that names the first absent column and those that exist."""
    geometry = getattr(frame, "_geometry_column_name", None)
    present = [str(column) for column in frame.columns if column != geometry]
    for column in wanted:
        if column not in present:
            meant = closest(column, present)
            raise LayerError(
                "layers.column_absent_one_close" if meant else "layers.column_absent",
                where=where,
                column=column,
                columns=Listed.of(present, limit=20),
                meant=meant,
            )


def _unit_labels(frame: pd.DataFrame, unit: str | None) -> pd.Series:
    column = unit or next((name for name in ("name", "code") if name in frame.columns), None)
    if column is not None:
        return as_text(frame[column])
    return pd.Series([Rows((i,)) for i in range(1, len(frame) + 1)], index=frame.index)

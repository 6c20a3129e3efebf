"""A measure for every row of a layer: one number for all of them, or a column of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from greencover.ground.errors import ArgumentError, LayerError
from greencover.ground.notes import Note
from greencover.layers.tables import as_numbers, require_columns
from greencover.layers.wording import rows_of

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd


def measure_by_row(
    value: float | str, frame: pd.DataFrame, name: str, where: str, *, or_zero: bool = False
) -> npt.NDArray[np.float64]:
    """Return a number above 0 for each row, from one number or from the column that is named.

    Parameters
    ----------
    value, frame
        The number or the name of the column, and the layer.
    name, where
        How messages call the measure and the layer.
    or_zero
        Whether 0 will do as well.

    Raises
    ------
    LayerError
        The column is absent, or a number is missing, infinite or too small; the rows are named.
    """
    numbers: npt.NDArray[np.float64]
    if isinstance(value, str):
        require_columns(frame, [value], where)
        numbers = np.asarray(as_numbers(frame[value]), dtype=np.float64)
        of_column = Note("layers.column_of", where=where, column=value)
        check_measures(numbers, name, of_column, or_zero=or_zero)
    else:
        numbers = np.full(len(frame), float(value), dtype=np.float64)
        check_measures(numbers, name, where, or_zero=or_zero)
    return numbers


def require_number(
    value: float, name: str, *, least: float = 0.0, most: float = np.inf, above: bool = False
) -> float:
    """Return an argument that is one number within limits.

    Parameters
    ----------
    value, name
        The argument, and its name in messages.
    least, most
        Its limits.
    above
        Whether it must be above ``least``.

    Raises
    ------
    ArgumentError
        It is no number, or beyond the limits.

    Examples
    --------
    >>> require_number(500, "radius_m")
    500.0
    """
    plain = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    enough = plain and (value > least if above else value >= least)
    if not (enough and value <= most):
        code = "above" if above else "at_least"
        code = code if np.isinf(most) else f"{code}_up_to"
        raise ArgumentError(
            f"layers.number_{code}", name=name, given=repr(value), least=least, most=most
        )
    return float(value)


def check_measures(
    numbers: npt.NDArray[np.float64], name: str, where: str, *, or_zero: bool
) -> None:
    """Raise a LayerError that names the rows whose number is missing or too small."""
    enough = numbers >= 0.0 if or_zero else numbers > 0.0
    wrong = ~(enough & np.isfinite(numbers))
    if wrong.any():
        code = "layers.measure_negative" if or_zero else "layers.measure_not_above_zero"
        raise LayerError(code, name=name, rows=rows_of(wrong), where=where)

"""Figures of larger units from those of smaller ones: sums over sums, never a mean of rates."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from greencover.ground.errors import LayerError
from greencover.ground.geodesy import HECTARE_M2
from greencover.ground.limits import reaches
from greencover.ground.notes import Note
from greencover.indicators.registry import indicators
from greencover.layers import require_number
from greencover.overlay import ClassAreas
from greencover.words import Listed

# Rates of tables that are no indicator of a record: numerator and denominator.
_OTHERS = {
    "residents_served_pct": ("served_residents", "population"),
    "greening_all_pct": ("greened_km", "side_km"),
    "completion_pct": ("done", "planned"),
    "unobserved_pct": ("unobserved_ha", "whole_ha"),
    "net_pct": ("net_ha", "before_ha"),
}
_SUMMED_SUFFIXES = ("_ha", "_km", "_trees", "_residents")
_SUMMED = ("population", "planned", "done", "missing", "sum", "length_m", "trees")
_LARGEST = 1e12
# A table of tasks: amounts of different units are never added up.
_OF_TASKS = ("planned", "done", "unit")


def rates() -> dict[str, tuple[str, str, float]]:
    """Rate -> numerator, denominator and factor; both are summed when units are merged."""
    known = {
        record.columns[2]: record.columns[:2] for record in indicators().values() if record.columns
    }
    return {
        rate: (upper, lower, 100.0 if rate.endswith("_pct") else HECTARE_M2)
        for rate, (upper, lower) in (known | _OTHERS).items()
    }


def merged(figures: pd.DataFrame, by: Hashable | Sequence[Hashable] | None = None) -> pd.DataFrame:
    """Merge the rows of an indicator's table into larger units.

    Parameters
    ----------
    figures
        A table of one of the indicators: hectares, kilometres, residents and rates.
    by
        Column or columns that name the larger unit; None: all rows become one.

    Returns
    -------
    pandas.DataFrame
        One row a larger unit: summed amounts, and rates recomputed from the sums. A rate whose
        denominator sums to nothing is NaN. Amounts that some row lacks (NaN) make the sum NaN: a
        missing figure is not a zero. Figures that no sum
        gives, such as rates whose amounts are not in the table, are left out and named in
        ``attrs["notes"]``.

    Raises
    ------
    LayerError
        The column does not exist or is there twice, amounts are text, the table holds nothing that
        can be summed, or amounts of tasks in different units would be added up.

    Examples
    --------
    >>> two = pd.DataFrame({"land_ha": [100.0, 300.0], "forest_ha": [90.0, 30.0]})
    >>> merged(two.assign(forest_pct=[90.0, 10.0])).round(1).to_dict("records")
    [{'land_ha': 400.0, 'forest_ha': 120.0, 'forest_pct': 30.0}]
    """
    keys = [] if by is None else [by] if isinstance(by, str) or not isinstance(by, Sequence) else by
    keys = list(keys)
    absent = [key for key in keys if key not in figures.columns]
    if absent:
        raise LayerError(
            "indicators.no_column_to_merge_by",
            column=absent[0],
            known=Listed.every(figures.columns),
        )
    twice = figures.columns[figures.columns.duplicated()]
    if len(twice):
        raise LayerError("indicators.column_twice", column=twice[0])
    if set(_OF_TASKS) <= set(figures.columns):
        _refuse_units_mixed(figures, keys)
    classes = "unobserved_ha" in figures.columns
    amounts = [
        column
        for column in figures.columns
        if column not in keys
        and (
            column in _SUMMED or column.endswith(_SUMMED_SUFFIXES)
            if isinstance(column, str)
            # Codes of a legend head the hectares of their classes.
            else classes and isinstance(column, int | np.integer)
        )
    ]
    if not amounts:
        raise LayerError("indicators.nothing_to_sum")
    texts = [column for column in amounts if not is_numeric_dtype(figures[column])]
    if texts:
        raise LayerError("indicators.amounts_as_text", columns=Listed.of(texts))
    plain = pd.DataFrame(figures[[*keys, *amounts]])
    if keys:
        sums = plain.groupby(keys, sort=False, dropna=False)[amounts].sum()
        lacking = plain[amounts].isna().groupby([plain[k] for k in keys], sort=False, dropna=False)
        table = sums.mask(lacking.any()).reset_index()
    else:
        table = plain[amounts].sum(skipna=False).to_frame().T
    for rate, (upper, lower, factor) in rates().items():
        if rate in figures.columns and {upper, lower} <= set(table.columns):
            table[rate] = factor * table[upper] / table[lower].where(table[lower] > 0.0)
    numbers = figures.select_dtypes("number").columns
    left = [column for column in numbers if column not in table.columns]
    if isinstance(figures, ClassAreas):
        table = ClassAreas(table)
    table.attrs["notes"] = (
        (Note("indicators.not_merged", columns=Listed.of(left, limit=20)),) if left else ()
    )
    return table


def _refuse_units_mixed(figures: pd.DataFrame, keys: list[Hashable]) -> None:
    """Refuse to add hectares to trees."""
    units = figures["unit"].astype(str)
    several = units.groupby([figures[key] for key in keys]).nunique() if keys else [units.nunique()]
    if max(several) > 1:
        raise LayerError("indicators.units_mixed", units=Listed.of(units.unique()))


def units_that_reach(values: pd.Series[float], target: float) -> tuple[int, int]:
    """Count the units whose figure reaches a target, and those that have a figure.

    For rules such as "two thirds of the counties reach 35 %".

    Examples
    --------
    >>> units_that_reach(pd.Series([36.0, 34.9, 35.0, np.nan]), 35.0)
    (2, 3)
    """
    target = require_number(target, "target", least=-_LARGEST, most=_LARGEST)
    known = values.astype(float)[np.isfinite(values.astype(float))]
    return int(reaches(known, ">=", target).sum()), len(known)

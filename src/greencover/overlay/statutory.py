"""Areas adjusted to what the land survey has on file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from greencover.ground.errors import ArgumentError, LayerError
from greencover.words import Listed

FACTOR = "adjustment_factor"
_MOST_NAMED = 5
# A factor near one of these is a unit mistaken for hectares.
_UNITS = {15.0: "mu", 10_000.0: "m2", 0.01: "km2"}
_UNIT_TOLERANCE = 0.05
# 102 over 100 less 1 is a bit more than 0.02 in floating point, and not more than 2 %.
_ROUNDING = 1e-9


def adjust_to_statutory(
    areas: pd.DataFrame,
    statutory_ha: pd.Series[float] | Sequence[float],
    *,
    tolerance: float = 0.02,
) -> pd.DataFrame:
    """Scale the areas of each zone so that they sum to its statutory area.

    Land surveys adjust areas level by level: what the map measures is scaled to the area on file
    (平差), and every class takes the same factor.

    Parameters
    ----------
    areas
        Table of ``class_areas``.
    statutory_ha
        The area on file of each zone in hectares: a column of the zones (rows are matched by their
        index), or as many numbers as the table has rows.
    tolerance
        Greatest distance of a factor from 1. Boundaries that were simplified or drawn anew change
        an area by parts of a percent; more is another boundary, or another unit.

    Returns
    -------
    pandas.DataFrame
        The table, scaled, ``unobserved_ha`` included, and a last column ``adjustment_factor``:
        statutory area over measured area.

    Raises
    ------
    LayerError
        A statutory area is missing or not above zero, or a factor is beyond the tolerance; the
        message names the zones and both areas.

    Examples
    --------
    >>> areas = pd.DataFrame({10: [60.0], "unobserved_ha": [40.0]}, index=["Lintian"])
    >>> adjust_to_statutory(areas, [101.0])  # doctest: +NORMALIZE_WHITESPACE
                10  unobserved_ha  adjustment_factor
    Lintian   60.6           40.4               1.01
    """
    if not 0.0 < tolerance < 1.0:
        raise ArgumentError("overlay.tolerance", tolerance=repr(tolerance))
    if FACTOR in areas.columns:
        raise ArgumentError("overlay.adjusted_already")
    statutory = _by_row(areas, statutory_ha)
    measured = areas.sum(axis=1).to_numpy(dtype=float)
    factor = statutory / np.where(measured > 0.0, measured, np.nan)
    far = ~(np.abs(factor - 1.0) <= tolerance + _ROUNDING)
    if far.any():
        worst = int(np.flatnonzero(far)[0])
        typical = float(np.nanmedian(factor[far]))
        near = {ratio: abs(typical / ratio - 1.0) for ratio in _UNITS}
        unit = next((_UNITS[r] for r, off in near.items() if off <= _UNIT_TOLERANCE), None)
        raise LayerError(
            "overlay.statutory_far" if unit is None else "overlay.statutory_in_other_unit",
            zones=_named(areas.index, far),
            tolerance=100.0 * tolerance,
            on_file=float(statutory[worst]),
            measured=float(measured[worst]),
            factor=float(factor[worst]),
            unit=unit,
        )
    adjusted = areas.mul(factor, axis=0)
    adjusted[FACTOR] = factor
    return adjusted


def _by_row(
    areas: pd.DataFrame, statutory_ha: pd.Series[float] | Sequence[float]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Statutory areas in the order of the table, all above zero."""
    if isinstance(statutory_ha, pd.Series):
        if not statutory_ha.index.is_unique:
            raise LayerError("overlay.statutory_twice")
        statutory_ha = statutory_ha.reindex(areas.index)
    elif len(statutory_ha) != len(areas):
        raise LayerError("overlay.statutory_count", given=len(statutory_ha), zones=len(areas))
    values = pd.to_numeric(pd.Series(statutory_ha), errors="coerce").to_numpy(dtype=float)
    unfit = ~(np.isfinite(values) & (values > 0.0))
    if unfit.any():
        raise LayerError("overlay.statutory_unfit", zones=_named(areas.index, unfit))
    return values


def _named(index: pd.Index[str], chosen: np.ndarray) -> Listed:
    return Listed.of(index[chosen], limit=_MOST_NAMED)

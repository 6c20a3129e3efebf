"""Areas adjusted to what the land survey has on file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from greencover.ground.errors import ArgumentError, LayerError

FACTOR = "adjustment_factor"
_MOST_NAMED = 5
# A factor near one of these is a unit mistaken for hectares.
_UNITS = {15.0: "mu", 10_000.0: "square metres", 0.01: "square kilometres"}
_UNIT_TOLERANCE = 0.05


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
    far = ~(np.abs(factor - 1.0) <= tolerance)
    if far.any():
        raise LayerError(_far_sentence(areas.index, statutory, measured, factor, far, tolerance))
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


def _named(index: pd.Index[str], chosen: np.ndarray) -> str:
    names = [repr(name) if isinstance(name, str) else str(name) for name in index[chosen]]
    more = len(names) - _MOST_NAMED
    listed = ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"zone{'s' if len(names) > 1 else ''} {listed}"


def _far_sentence(
    index: pd.Index[str],
    statutory: np.ndarray,
    measured: np.ndarray,
    factor: np.ndarray,
    far: np.ndarray,
    tolerance: float,
) -> str:
    worst = np.flatnonzero(far)[0]
    typical = float(np.nanmedian(factor[far]))
    advice = "check that boundaries and statutory areas are of the same units and year"
    for ratio, unit in _UNITS.items():
        if abs(typical / ratio - 1.0) <= _UNIT_TOLERANCE:
            advice = f"they look like {unit}, convert them to hectares"
    return (
        f"The statutory area of {_named(index, far)} is more than {tolerance:.1%} off the area "
        f"on the map (first: {statutory[worst]:,.2f} ha on file, {measured[worst]:,.2f} ha "
        f"measured, factor {factor[worst]:.4g}): {advice}."
    )

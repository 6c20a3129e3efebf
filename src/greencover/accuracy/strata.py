"""Accuracy and area where the sample was drawn in strata other than the map's classes.

Stehman (2014, International Journal of Remote Sensing 35:4923-4939): every figure is a ratio of two
estimated totals, with finite population correction. Needed where strata were drawn on an older
map, or round a class (a buffer), and the map that is judged is another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.accuracy.adjusted import quantile
from greencover.accuracy.confusion import check_points
from greencover.ground.errors import AccuracyError
from greencover.ground.notes import Note
from greencover.words import Listed

Floats = npt.NDArray[np.float64]


def stratified_accuracy(
    points: pd.DataFrame,
    strata_units: Mapping[Any, float],
    *,
    stratum: str = "stratum",
    map_code: str = "map",
    reference_code: str = "reference",
    unit_ha: float | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Areas and accuracies from a sample in strata that need not be the map's classes.

    Parameters
    ----------
    points
        One row a sampled unit (pixel).
    strata_units
        Number of units of each stratum on the whole map.
    stratum, map_code, reference_code
        Columns with a point's stratum, what the map shows and what is there.
    unit_ha
        Area of a unit in hectares; without it shares are given and areas are NaN.
    level
        Confidence level of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row a class: ``area_ha``, ``area_se_ha``, ``area_halfwidth_ha``, ``share_pct``,
        ``share_se_pct``, ``share_halfwidth_pct``, ``users``, ``users_se``, ``users_halfwidth``,
        ``producers``, ``producers_se``, ``producers_halfwidth``. ``attrs`` as of
        ``error_adjusted``.

    Raises
    ------
    AccuracyError
        A column or a stratum is missing, or a stratum has fewer than two points and more units.

    Examples
    --------
    Strata drawn on an older map, of 300 and 100 pixels.

    >>> points = pd.DataFrame(
    ...     {
    ...         "stratum": ["old forest"] * 4 + ["other"] * 4,
    ...         "map": ["tree", "tree", "tree", "other"] + ["other"] * 4,
    ...         "reference": ["tree", "tree", "tree", "tree"] + ["other"] * 4,
    ...     }
    ... )
    >>> table = stratified_accuracy(points, {"old forest": 300, "other": 100}, unit_ha=0.01)
    >>> table["area_ha"].to_dict(), table.attrs["overall"]
    ({'other': 1.0, 'tree': 3.0}, 0.8125)
    """
    z = quantile(level)
    check_points(points, stratum, map_code, reference_code)
    design = _Design(points, strata_units, stratum)
    mapped, real = points[map_code].to_numpy(), points[reference_code].to_numpy()
    labels = sorted({*mapped, *real}, key=lambda v: (str(type(v)), v))
    everywhere = np.ones(len(points))
    total_ha = design.population * unit_ha if unit_ha is not None else np.nan
    rows = []
    for label in labels:
        truly, shown = (real == label).astype(float), (mapped == label).astype(float)
        share, share_se = design.ratio(truly, everywhere)
        users, users_se = design.ratio(truly * shown, shown)
        producers, producers_se = design.ratio(truly * shown, truly)
        rows.append(
            {
                "area_ha": total_ha * share,
                "area_se_ha": total_ha * share_se,
                "area_halfwidth_ha": z * total_ha * share_se,
                "share_pct": 100.0 * share,
                "share_se_pct": 100.0 * share_se,
                "share_halfwidth_pct": z * 100.0 * share_se,
                "users": users,
                "users_se": users_se,
                "users_halfwidth": z * users_se,
                "producers": producers,
                "producers_se": producers_se,
                "producers_halfwidth": z * producers_se,
            }
        )
    table = pd.DataFrame(rows, index=pd.Index(labels, name="class"))
    overall, overall_se = design.ratio((mapped == real).astype(float), everywhere)
    table.attrs |= {
        "overall": overall,
        "overall_se": overall_se,
        "overall_halfwidth": z * overall_se,
        "level": level,
        "z": z,
        "notes": (Note("accuracy.variances_corrected"),),
    }
    return table


class _Design:
    """Strata with their sizes, and the ratio estimator over them."""

    def __init__(
        self, points: pd.DataFrame, strata_units: Mapping[Any, float], stratum: str
    ) -> None:
        of = points[stratum]
        unknown = sorted({str(s) for s in of if s not in strata_units})
        if unknown:
            known = Listed.every(strata_units)
            raise AccuracyError("accuracy.stratum_unknown", stratum=unknown[0], known=known)
        self._rows = [np.flatnonzero((of == key).to_numpy()) for key in strata_units]
        self._units = np.array([float(units) for units in strata_units.values()])
        for key, rows, units in zip(strata_units, self._rows, self._units, strict=True):
            if len(rows) > units:
                raise AccuracyError("accuracy.stratum_full", stratum=key)
            if len(rows) < min(2, units):
                raise AccuracyError("accuracy.stratum_thin", stratum=key, points=len(rows))
        self.population = float(self._units.sum())

    def ratio(self, upper: Floats, lower: Floats) -> tuple[float, float]:
        """Estimate a ratio of two totals and its standard error; NaN where the lower is none."""
        totals = np.zeros(2)
        for rows, units in zip(self._rows, self._units, strict=True):
            if len(rows):
                totals += units * np.array([upper[rows].mean(), lower[rows].mean()])
        if totals[1] == 0.0:
            return np.nan, np.nan
        ratio = totals[0] / totals[1]
        spread = 0.0
        for rows, units in zip(self._rows, self._units, strict=True):
            size = len(rows)
            if size < 2 or size == units:
                continue
            residual = upper[rows] - ratio * lower[rows]
            spread += units**2 * (1.0 - size / units) * residual.var(ddof=1) / size
        return float(ratio), float(np.sqrt(spread) / totals[1])

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
from greencover.accuracy.classes import key_of
from greencover.accuracy.confusion import check_points, classes_of, figures_of
from greencover.accuracy.intervals import share_limits
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
        One row a class: ``area_ha``, ``area_se_ha``, ``area_halfwidth_ha``, ``area_low_ha``,
        ``area_high_ha``, ``share_pct``, ``share_se_pct``, ``share_halfwidth_pct``,
        ``share_low_pct``, ``share_high_pct``, ``users``, ``users_se``, ``users_halfwidth``,
        ``producers``, ``producers_se``, ``producers_halfwidth``. ``attrs`` as of
        ``error_adjusted``. Points that nobody visited leave the estimate and widen ``low`` and
        ``high`` both ways.

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
    check_points(points, stratum, map_code, reference_code, filled=(stratum, map_code))
    if unit_ha is not None and not (unit_ha > 0.0 and np.isfinite(unit_ha)):
        raise AccuracyError("accuracy.unit_ha", given=unit_ha)
    mapped, real = (
        np.array([*labels, None], dtype=object)[:-1]
        for labels in classes_of(points, map_code, reference_code)
    )
    visited = np.array([label is not None for label in real])
    design = _Design(points[stratum], strata_units, visited)
    mapped, real = mapped[visited], real[visited]
    labels = sorted({*mapped, *real}, key=lambda v: (str(type(v)), v))
    everywhere = np.ones(len(mapped))
    total_ha = design.population * unit_ha if unit_ha is not None else np.nan
    rows = []
    for label in labels:
        truly, shown = (real == label).astype(float), (mapped == label).astype(float)
        share, share_se = design.ratio(truly, everywhere)
        users, users_se = design.ratio(truly * shown, shown)
        producers, producers_se = design.ratio(truly * shown, truly)
        low, high = design.limits(truly, level)
        rows.append(
            {
                "area_ha": total_ha * share,
                "area_se_ha": total_ha * share_se,
                "area_halfwidth_ha": z * total_ha * share_se,
                "area_low_ha": total_ha * low,
                "area_high_ha": total_ha * high,
                "share_pct": 100.0 * share,
                "share_se_pct": 100.0 * share_se,
                "share_halfwidth_pct": z * 100.0 * share_se,
                "share_low_pct": 100.0 * low,
                "share_high_pct": 100.0 * high,
                "users": users,
                "users_se": users_se,
                "users_halfwidth": z * users_se,
                "producers": producers,
                "producers_se": producers_se,
                "producers_halfwidth": z * producers_se,
            }
        )
    table = pd.DataFrame(rows, index=pd.Index(labels, name="class"))
    right = (mapped == real).astype(float)
    overall, overall_se = design.ratio(right, everywhere)
    overall_low, overall_high = design.limits(right, level)
    table.attrs |= {
        "overall": overall,
        "overall_se": overall_se,
        "overall_halfwidth": z * overall_se,
        "overall_low": overall_low,
        "overall_high": overall_high,
        "level": level,
        "z": z,
        "notes": (Note("accuracy.variances_corrected"), *design.notes()),
    }
    return table


class _Design:
    """Strata with their sizes, and the ratio estimator over them."""

    def __init__(
        self, of: pd.Series[Any], strata_units: Mapping[Any, float], visited: npt.NDArray[np.bool_]
    ) -> None:
        units = figures_of(strata_units)
        if not isinstance(units, dict):
            raise AccuracyError("accuracy.strata_unnamed")
        keys = np.array([key_of(label) for label in of])
        names = {key_of(label): label for label in units}
        unknown = sorted({str(s) for s, key in zip(of, keys, strict=True) if key not in names})
        if unknown:
            known = Listed.every(units)
            raise AccuracyError("accuracy.stratum_unknown", stratum=unknown[0], known=known)
        self._names = list(units)
        self._units = np.array(list(units.values()))
        if not (np.isfinite(self._units).all() and (self._units >= 0).all() and self._units.any()):
            raise AccuracyError("accuracy.strata_sizes")
        drawn = [np.flatnonzero(keys == key) for key in names]
        self._rows = [np.flatnonzero(keys[visited] == key) for key in names]
        self._unvisited = np.array([float((~visited[rows]).sum()) for rows in drawn])
        for name, all_rows, rows, size in zip(units, drawn, self._rows, self._units, strict=True):
            if len(all_rows) > size:
                raise AccuracyError("accuracy.stratum_full", stratum=name)
            if len(rows) < min(2, size):
                raise AccuracyError("accuracy.stratum_thin", stratum=name, points=len(rows))
        self.population = float(self._units.sum())

    def limits(self, counted: Floats, level: float) -> tuple[float, float]:
        """Limits of the share of all units that count."""
        sizes = np.array([float(len(rows)) for rows in self._rows])
        low, high = share_limits(
            self._units / self.population,
            [counted[rows].sum() for rows in self._rows],
            sizes,
            level,
            unvisited=self._unvisited,
            left=1.0 - (sizes + self._unvisited) / np.maximum(self._units, 1.0),
        )
        return float(low), float(high)

    def notes(self) -> tuple[Note, ...]:
        """Say which strata have points that nobody visited."""
        return tuple(
            Note("accuracy.unvisited_of_stratum", label=name, count=count)
            for name, count in zip(self._names, self._unvisited, strict=True)
            if count > 0.0
        )

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

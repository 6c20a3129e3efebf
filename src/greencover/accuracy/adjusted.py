"""Areas corrected for the errors of a map, with their intervals.

A confusion matrix from a reference sample says how much of each mapped class is really something
else. Areas, user's, producer's and overall accuracy follow from it by stratified estimation, the
map classes being the strata (Olofsson et al. 2014, Remote Sensing of Environment 148:42-57).
Variances divide by n - 1, as there; Card (1982) divides by n, which makes standard errors smaller
by the factor sqrt((n - 1) / n). What is a class here is any label: codes or cover types.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from greencover.accuracy.confusion import Confusion, Sample, binomial, weighted, with_rows
from greencover.ground.errors import AccuracyError
from greencover.ground.notes import Note
from greencover.words import Listed


def error_adjusted(
    confusion: Confusion,
    mapped_ha: pd.Series[float] | Mapping[Any, float] | Sequence[float],
    level: float = 0.95,
    *,
    mapped_units: pd.Series[float] | Mapping[Any, float] | Sequence[float] | None = None,
) -> pd.DataFrame:
    """Areas by class as the reference sample corrects them, with intervals and accuracies.

    Parameters
    ----------
    confusion
        Sample counts, rows map classes, columns reference classes: a DataFrame labelled by class,
        or a square array in the order of ``mapped_ha``. The sample must be random within each map
        class.
    mapped_ha
        Area of each class on the map; any unit of area does, and results come in the same.
    level
        Confidence level of the intervals; 0.95 takes 1.959964 standard errors.
    mapped_units
        Number of sampling units (pixels) of each class on the map. If given, variances carry the
        finite population correction, so that a sample of every unit leaves no uncertainty.

    Returns
    -------
    pandas.DataFrame
        One row a class, reference classes that the map lacks last: ``mapped_ha``, ``samples``,
        ``area_ha``, ``area_se_ha``, ``area_halfwidth_ha``, ``share_pct``, ``share_se_pct``,
        ``share_halfwidth_pct``, ``users``, ``users_se``, ``users_halfwidth``, ``producers``,
        ``producers_se``, ``producers_halfwidth`` (shares of one). ``attrs`` holds ``overall``,
        ``overall_se``, ``overall_halfwidth``, ``level``, ``z`` and ``notes``.

    Raises
    ------
    AccuracyError
        Counts and areas do not fit each other, a count is negative or no whole number, or a class
        that covers ground has no sample.

    Examples
    --------
    >>> table = error_adjusted([[66, 0], [3, 97]], [200.0, 9800.0])
    >>> table["area_ha"].round(1).tolist(), round(table.attrs["overall"], 4)
    ([494.0, 9506.0], 0.9706)
    """
    z = quantile(level)
    sample = Sample.of(confusion, mapped_ha, mapped_units)
    blind = (sample.weights > 0.0) & (sample.sizes == 0.0)
    if blind.any():
        name = sample.labels[int(np.flatnonzero(blind)[0])]
        share = 100.0 * sample.weights[blind][0]
        raise AccuracyError("accuracy.class_unsampled", label=name, share=share)
    shares, variances = sample.shares, sample.variances
    weights = sample.weights
    squares = weighted(weights**2, variances)
    area = weights @ shares
    area_se = np.sqrt(squares.sum(axis=0))
    users = np.where(sample.sizes > 0.0, np.diag(shares), np.nan)
    users_se = np.where(sample.sizes > 0.0, np.sqrt(np.diag(variances)), np.nan)
    own = np.diag(squares)
    others = squares.copy()
    np.fill_diagonal(others, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        producers = weights * np.diag(shares) / area
        spread = (1.0 - producers) ** 2 * own + producers**2 * others.sum(axis=0)
        producers_se = np.sqrt(spread) / area
    overall = float(weights @ np.diag(shares))
    overall_se = math.sqrt(own.sum())
    total = float(sample.mapped.sum())
    table = pd.DataFrame(
        {
            "mapped_ha": sample.mapped,
            "samples": sample.sizes.astype(int),
            "area_ha": total * area,
            "area_se_ha": total * area_se,
            "area_halfwidth_ha": z * total * area_se,
            "share_pct": 100.0 * area,
            "share_se_pct": 100.0 * area_se,
            "share_halfwidth_pct": z * 100.0 * area_se,
            "users": users,
            "users_se": users_se,
            "users_halfwidth": z * users_se,
            "producers": producers,
            "producers_se": producers_se,
            "producers_halfwidth": z * producers_se,
        },
        index=pd.Index(sample.labels, name="class"),
    )
    table.attrs |= {
        "overall": overall,
        "overall_se": overall_se,
        "overall_halfwidth": z * overall_se,
        "level": level,
        "z": z,
        "notes": sample.notes(),
    }
    return table


def adjusted_shares(
    confusion: Confusion,
    mapped_ha: pd.DataFrame,
    counted: Sequence[Hashable],
    *,
    shown: Sequence[Hashable] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Share of each unit under some classes, corrected by the error rates of the whole map.

    Parameters
    ----------
    confusion
        Sample counts of the whole map, rows map classes, columns reference classes.
    mapped_ha
        Mapped areas, a row a unit, a column a map class.
    counted
        Reference classes that count, such as ``["tree"]``.
    shown
        Map classes that count at face value, where map classes have other labels than reference
        classes, such as codes; default: those called like the reference classes.
    level
        Confidence level.

    Returns
    -------
    pandas.DataFrame
        Indexed like ``mapped_ha``: ``area_ha``, ``share_pct``, ``share_se_pct``,
        ``share_low_pct``, ``share_high_pct`` and ``unsampled_pct``, the share of ground whose map
        class has no sample. Such ground is taken at face value in the estimate and widens the
        interval by its whole share. NaN where a unit holds nothing. ``attrs["notes"]`` states the
        limits of carrying error rates of the whole map to a unit.

    Raises
    ------
    AccuracyError
        The matrix cannot be used, or lacks a class that counts.

    Examples
    --------
    Of what the map shows as trees 4 % are none; of the rest 3 % are trees.

    >>> counts = pd.DataFrame(
    ...     [[96, 4], [3, 97]], index=["tree", "other"], columns=["tree", "other"]
    ... )
    >>> units = pd.DataFrame({"tree": [50.0, 0.0], "other": [50.0, 80.0]}, index=["A", "B"])
    >>> adjusted_shares(counts, units, ["tree"])["share_pct"].round(2).to_dict()
    {'A': 49.5, 'B': 3.0}
    """
    z = quantile(level)
    counted = [counted] if isinstance(counted, str) else list(counted)
    areas = mapped_ha.to_numpy(dtype=float)
    sample = Sample.of(
        with_rows(confusion, list(mapped_ha.columns)),
        dict(zip(mapped_ha.columns, areas.sum(axis=0), strict=True)),
        None,
    )
    known = [label for label in counted if label in sample.labels]
    if not known:
        raise AccuracyError(
            "accuracy.class_absent",
            classes=Listed.every(counted, last="or"),
            known=Listed.every(sample.labels),
        )
    rows = [sample.labels.index(label) for label in mapped_ha.columns]
    columns = [sample.labels.index(label) for label in known]
    sizes = sample.sizes[rows]
    seen = sizes > 0.0
    truly = sample.shares[np.ix_(rows, columns)].sum(axis=1)
    at_face_value = set(known if shown is None else shown)
    face = np.array([label in at_face_value for label in mapped_ha.columns], dtype=float)
    variance = np.where(seen, binomial(truly, sizes, np.ones(len(rows))), 0.0)
    whole = areas.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        weights = areas / np.where(whole > 0.0, whole, np.nan)[:, None]
    sampled = weights @ np.where(seen, truly, 0.0)
    unsampled = weights @ np.where(seen, 0.0, 1.0)
    share = sampled + weights @ np.where(seen, 0.0, face)
    spread = np.array([weighted(row**2, variance[:, None]).sum() for row in weights])
    se = np.sqrt(spread)
    table = pd.DataFrame(
        {
            "area_ha": share * whole,
            "share_pct": 100.0 * share,
            "share_se_pct": 100.0 * se,
            "share_low_pct": 100.0 * np.clip(sampled - z * se, 0.0, 1.0),
            "share_high_pct": 100.0 * np.clip(sampled + unsampled + z * se, 0.0, 1.0),
            "unsampled_pct": 100.0 * unsampled,
        },
        index=mapped_ha.index,
    )
    table.attrs |= {
        "level": level,
        "z": z,
        "notes": (Note("accuracy.carried_over"), *sample.notes()),
    }
    return table


def sample_size(
    shares: Sequence[float], users: Sequence[float], *, standard_error: float = 0.01
) -> int:
    """Points needed for a given standard error of the overall accuracy.

    Parameters
    ----------
    shares
        Share of the map in each class; they sum to one.
    users
        User's accuracy expected of each class.
    standard_error
        The standard error that is wanted.

    Examples
    --------
    >>> sample_size([0.02, 0.015, 0.32, 0.645], [0.70, 0.60, 0.90, 0.95])
    641
    """
    weights, expected = np.asarray(shares, dtype=float), np.asarray(users, dtype=float)
    if weights.shape != expected.shape or abs(weights.sum() - 1.0) > 1e-6:
        raise AccuracyError(
            "accuracy.shares_and_accuracies",
            shares=weights.size,
            sum=weights.sum(),
            accuracies=expected.size,
        )
    if ((expected < 0.0) | (expected > 1.0)).any() or not standard_error > 0.0:
        raise AccuracyError("accuracy.accuracies_outside")
    spread = float(weights @ np.sqrt(expected * (1.0 - expected)))
    return math.ceil(round((spread / standard_error) ** 2, 9))


def quantile(level: float) -> float:
    """Standard errors on each side of an estimate that make an interval of a level."""
    if not 0.0 < level < 1.0:
        raise AccuracyError("accuracy.level", level=level)
    return NormalDist().inv_cdf(0.5 + level / 2.0)

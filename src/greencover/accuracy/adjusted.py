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

from greencover.accuracy.classes import key_of, unify
from greencover.accuracy.confusion import (
    Confusion,
    Sample,
    binomial,
    by_label,
    figures_of,
    weighted,
)
from greencover.accuracy.intervals import Bounds, share_limits
from greencover.ground.errors import AccuracyError
from greencover.ground.notes import Note
from greencover.words import Listed

#: A millionth of a point.
_LEAST_STANDARD_ERROR = 1e-8


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
        ``area_ha``, ``area_se_ha``, ``area_halfwidth_ha``, ``area_low_ha``, ``area_high_ha``,
        ``share_pct``, ``share_se_pct``, ``share_halfwidth_pct``, ``share_low_pct``,
        ``share_high_pct``, ``users``, ``users_se``, ``users_halfwidth``, ``producers``,
        ``producers_se``, ``producers_halfwidth`` (shares of one). Half-widths are those of the
        published normal interval; ``low`` and ``high`` hold for few points too. ``attrs`` holds
        ``overall``, ``overall_se``, ``overall_halfwidth``, ``overall_low``, ``overall_high``,
        ``level``, ``z`` and ``notes``. A class that covers ground and has no points is unknown:
        areas take it as the map shows it, standard errors are NaN, ``low`` and ``high`` hold
        whatever it may be.

    Raises
    ------
    AccuracyError
        Counts and areas do not fit each other, a count is negative or no whole number, a total is
        not the sum of the others, or no class that covers ground has a point.

    Examples
    --------
    >>> table = error_adjusted([[66, 0], [3, 97]], [200.0, 9800.0])
    >>> table["area_ha"].round(1).tolist(), round(table.attrs["overall"], 4)
    ([494.0, 9506.0], 0.9706)
    """
    z = quantile(level)
    sample = Sample.of(confusion, mapped_ha, mapped_units)
    blind = sample.blind
    shares, variances, weights = sample.shares, sample.variances, sample.weights
    if not (sample.sizes[~blind] @ weights[~blind]):
        raise AccuracyError("accuracy.no_points")
    # Ground of a class without points is taken for what the map shows, its error for unknown.
    shares[blind], variances[blind] = np.eye(len(blind))[blind], np.nan
    limits = share_limits(
        weights, sample.counts.T, sample.sizes, level, unvisited=sample.unvisited, left=sample.left
    )
    right = share_limits(
        weights,
        np.diag(sample.counts),
        sample.sizes,
        level,
        unvisited=sample.unvisited,
        left=sample.left,
    )
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
    producers[np.full(len(blind), blind.any())] = np.nan
    overall = math.nan if blind.any() else float(weights @ np.diag(shares))
    overall_se = math.sqrt(own.sum())
    total = float(sample.mapped.sum())
    table = pd.DataFrame(
        {
            "mapped_ha": sample.mapped,
            "samples": sample.sizes.astype(int),
            "area_ha": total * area,
            "area_se_ha": total * area_se,
            "area_halfwidth_ha": z * total * area_se,
            "area_low_ha": total * limits[0],
            "area_high_ha": total * limits[1],
            "share_pct": 100.0 * area,
            "share_se_pct": 100.0 * area_se,
            "share_halfwidth_pct": z * 100.0 * area_se,
            "share_low_pct": 100.0 * limits[0],
            "share_high_pct": 100.0 * limits[1],
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
        "overall_low": float(right[0]),
        "overall_high": float(right[1]),
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
        Indexed like ``mapped_ha``: ``area_ha``, ``area_low_ha``, ``area_high_ha``, ``share_pct``,
        ``share_se_pct``, ``share_low_pct``, ``share_high_pct``; ``unsampled_pct``, the share of
        ground whose map class has no sample, and ``unsampled_shown_pct``, the part of it that the
        map shows as counted. Such ground is taken at face value in the estimate and widens the
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
    try:
        areas = mapped_ha.to_numpy(dtype=float)
    except (TypeError, ValueError) as error:
        raise AccuracyError("accuracy.areas") from error
    if not np.isfinite(areas).all() or (areas < 0.0).any():
        raise AccuracyError("accuracy.areas")
    classes = unify(mapped_ha.columns, {})
    mapped = figures_of(dict(zip(classes, areas.sum(axis=0), strict=True)))
    # A column of totals is no class.
    areas = areas[:, [label in mapped for label in classes]]
    classes = [label for label in classes if label in mapped]
    sample = Sample.of(confusion, mapped, None)
    wanted = {key_of(label): label for label in _several(counted)}
    labels = {key_of(label): place for place, label in enumerate(sample.labels)}
    strange = [label for key, label in wanted.items() if key not in labels]
    if strange or not wanted:
        raise AccuracyError(
            "accuracy.class_absent",
            classes=Listed.every(strange, last="or"),
            known=Listed.every(sample.labels),
        )
    rows = [labels[key_of(label)] for label in classes]
    columns = [labels[key] for key in wanted]
    sizes, unvisited = sample.sizes[rows], sample.unvisited[rows]
    hits = sample.counts[np.ix_(rows, columns)].sum(axis=1)
    seen = sizes > 0.0
    truly = sample.shares[np.ix_(rows, columns)].sum(axis=1)
    at_face_value = {key_of(label) for label in _several(counted if shown is None else shown)}
    face = np.array([key_of(label) in at_face_value for label in classes], dtype=float)
    variance = np.where(seen, binomial(truly, sizes, np.ones(len(rows))), 0.0)
    whole = areas.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        weights = areas / np.where(whole > 0.0, whole, np.nan)[:, None]
    sampled = weights @ np.where(seen, truly, 0.0)
    unsampled = weights @ np.where(seen, 0.0, 1.0)
    taken = weights @ np.where(seen, 0.0, face)
    spread = np.array([weighted(row**2, variance[:, None]).sum() for row in weights])
    se = np.sqrt(spread)
    low, high = share_limits(weights, hits, sizes, level, unvisited=unvisited)
    low, high = np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
    table = pd.DataFrame(
        {
            "area_ha": (sampled + taken) * whole,
            "area_low_ha": low * whole,
            "area_high_ha": high * whole,
            "share_pct": 100.0 * (sampled + taken),
            "share_se_pct": 100.0 * se,
            "share_low_pct": 100.0 * low,
            "share_high_pct": 100.0 * high,
            "unsampled_pct": 100.0 * unsampled,
            "unsampled_shown_pct": 100.0 * taken,
        },
        index=mapped_ha.index,
    )
    table.attrs |= {
        "level": level,
        "z": z,
        "notes": (Note("accuracy.carried_over"), *sample.notes()),
    }
    return table


def sample_limits(shares: pd.DataFrame) -> Bounds:
    """Shares of ``adjusted_shares`` with the limits that the errors of the sample alone give.

    Ground whose map class has no sample is in ``low`` and ``high``, and not in those limits.
    """
    share, shown = shares["share_pct"], shares["unsampled_shown_pct"]
    hidden = shares["unsampled_pct"] - shown
    low, high = shares["share_low_pct"], shares["share_high_pct"]
    least = (low + shown).clip(upper=share)
    most = (high - hidden).clip(lower=share)
    return Bounds(share, least, most, least - shown, most + hidden)


def _several(labels: Any) -> list[Any]:
    """One label, or several."""
    return [labels] if isinstance(labels, str) or np.isscalar(labels) else list(labels)


def sample_size(
    shares: Sequence[float] | pd.Series[float] | Mapping[Any, float],
    users: Sequence[float] | pd.Series[float] | Mapping[Any, float],
    *,
    standard_error: float = 0.01,
) -> int:
    """Points needed for a given standard error of the overall accuracy.

    Parameters
    ----------
    shares
        Share of the map in each class; they sum to one.
    users
        User's accuracy expected of each class, in the same order or by the same labels.
    standard_error
        The standard error that is wanted: 0.01 is one point.

    Raises
    ------
    AccuracyError
        Shares or accuracies outside 0 to 1, shares that do not sum to one, a standard error that
        is no share, or accuracies that are all 0 or 1, of which the formula asks no point.

    Examples
    --------
    >>> sample_size([0.02, 0.015, 0.32, 0.645], [0.70, 0.60, 0.90, 0.95])
    641
    """
    try:
        given, accuracies = figures_of(shares), figures_of(users)
        standard_error = float(standard_error)
    except (AccuracyError, TypeError, ValueError) as error:
        raise AccuracyError("accuracy.size_numbers") from error
    weights = np.array(list(given.values())) if isinstance(given, dict) else given
    if isinstance(given, dict) and isinstance(accuracies, dict):
        expected = by_label(accuracies, list(given), "users")
    else:
        expected = np.array(
            list(accuracies.values() if isinstance(accuracies, dict) else accuracies)
        )
    fits = weights.shape == expected.shape and (weights >= 0.0).all()
    if not (fits and abs(weights.sum() - 1.0) <= 1e-6):
        raise AccuracyError(
            "accuracy.shares_and_accuracies",
            shares=weights.size,
            sum=weights.sum(),
            accuracies=expected.size,
        )
    if not ((expected >= 0.0) & (expected <= 1.0)).all() or not standard_error > 0.0:
        raise AccuracyError("accuracy.accuracies_outside")
    # Beyond, every point of a map would be drawn, and figures leave what numbers can hold.
    if not _LEAST_STANDARD_ERROR <= standard_error < 0.5:
        raise AccuracyError("accuracy.standard_error", given=standard_error)
    spread = float(weights @ np.sqrt(expected * (1.0 - expected)))
    if spread == 0.0:
        raise AccuracyError("accuracy.accuracies_certain")
    return math.ceil(round((spread / standard_error) ** 2, 9))


def quantile(level: float) -> float:
    """Standard errors on each side of an estimate that make an interval of a level."""
    if not 0.0 < level < 1.0:
        raise AccuracyError("accuracy.level", level=level)
    return NormalDist().inv_cdf(0.5 + level / 2.0)

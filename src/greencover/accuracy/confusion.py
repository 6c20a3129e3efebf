"""Counts of a reference sample by mapped and by real class, in one order of labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.ground.errors import AccuracyError
from greencover.ground.notes import Note
from greencover.words import Listed

Floats = npt.NDArray[np.float64]
Confusion = pd.DataFrame | npt.ArrayLike


def confusion_from_points(
    points: pd.DataFrame, map_code: str = "map", reference_code: str = "reference"
) -> pd.DataFrame:
    """Count a table of sample points into a confusion matrix.

    Parameters
    ----------
    points
        One row a point.
    map_code, reference_code
        Columns with what the map shows at the point, and what is really there.

    Returns
    -------
    pandas.DataFrame
        Counts, rows map classes, columns reference classes; square, over all classes found.

    Raises
    ------
    AccuracyError
        A column is absent, there are no points, or a point lacks a code; the rows are named.

    Examples
    --------
    >>> points = pd.DataFrame({"map": [10, 10, 30], "reference": [10, 30, 30]})
    >>> confusion_from_points(points).to_numpy().tolist()
    [[1, 1], [0, 1]]
    """
    check_points(points, map_code, reference_code)
    labels = sorted({*points[map_code], *points[reference_code]}, key=lambda v: (str(type(v)), v))
    counts = pd.crosstab(points[map_code], points[reference_code])
    counts = counts.reindex(index=labels, columns=labels, fill_value=0)
    return counts.rename_axis(index="map", columns="reference")


def check_points(points: pd.DataFrame, *columns: str) -> None:
    """Refuse a table without points, without one of the columns, or with a gap in one."""
    for column in columns:
        if column not in points.columns:
            known = Listed.every(points.columns)
            raise AccuracyError("accuracy.column_absent", column=column, columns=known)
        absent = np.flatnonzero(points[column].isna())
        if len(absent):
            raise AccuracyError(
                "accuracy.cell_empty", column=column, row=absent[0] + 1, count=len(absent)
            )
    if points.empty:
        raise AccuracyError("accuracy.no_points")


@dataclass(frozen=True)
class Sample:
    """Counts and weights in one order of labels; rows that the map lacks weigh nothing."""

    labels: list[Any]
    counts: Floats
    mapped: Floats
    units: Floats | None

    @classmethod
    def of(cls, confusion: Confusion, mapped_ha: Any, mapped_units: Any) -> Sample:
        table = with_rows(confusion, _labels(mapped_ha))
        rows = list(table.index)
        mapped = _by_label(mapped_ha, rows, "mapped_ha")
        labels = [*rows, *(c for c in table.columns if c not in rows)]
        counts = table.reindex(index=labels, columns=labels, fill_value=0).to_numpy(dtype=float)
        if not np.isfinite(counts).all() or (counts < 0).any() or (counts != counts.round()).any():
            raise AccuracyError("accuracy.no_counts")
        if (mapped < 0.0).any() or not np.isfinite(mapped).all() or not mapped.sum() > 0.0:
            raise AccuracyError("accuracy.areas")
        extra = len(labels) - len(rows)
        units = None
        if mapped_units is not None:
            units = np.append(_by_label(mapped_units, rows, "mapped_units"), np.zeros(extra))
            if (counts.sum(axis=1) > units).any():
                name = labels[int(np.flatnonzero(counts.sum(axis=1) > units)[0])]
                raise AccuracyError("accuracy.more_samples_than_units", label=name)
        return cls(labels, counts, np.append(mapped, np.zeros(extra)), units)

    @property
    def sizes(self) -> Floats:
        return np.asarray(self.counts.sum(axis=1))

    @property
    def weights(self) -> Floats:
        return np.asarray(self.mapped / self.mapped.sum())

    @property
    def shares(self) -> Floats:
        return np.asarray(self.counts / np.maximum(self.sizes, 1.0)[:, None])

    @property
    def variances(self) -> Floats:
        """Variance of each share of its row."""
        left = np.ones(len(self.labels))
        if self.units is not None:
            left = 1.0 - self.sizes / np.maximum(self.units, 1.0)
        return binomial(self.shares, self.sizes[:, None], left[:, None])

    def notes(self) -> tuple[Note, ...]:
        """Say where a standard error is unknown, or zero for want of points."""
        told = [Note("accuracy.variances")]
        for label, size, row in zip(self.labels, self.sizes, self.shares, strict=True):
            if size == 1.0:
                told.append(Note("accuracy.one_sample", label=label))
            elif size > 1.0 and row.max() == 1.0:
                most = 100.0 * (1 - 0.05 ** (1 / size))
                told.append(Note("accuracy.all_agree", count=size, label=label, most=most))
        return tuple(told)


def binomial(share: Floats, size: Floats, left: Floats) -> Floats:
    """Variance of a sampled share; unknown with one sample, unless that is all there is."""
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = left * share * (1.0 - share) / (size - 1.0)
    alone = np.broadcast_to((size <= 1.0) & (left > 0.0), variance.shape)
    return np.where(alone, np.nan, np.where(np.broadcast_to(left <= 0.0, alone.shape), 0, variance))


def weighted(weights: Floats, variances: Floats) -> Floats:
    """Weights times variances, where a class of no weight adds nothing, known or not."""
    return np.where(weights[:, None] > 0.0, weights[:, None] * variances, 0.0)


def _labels(mapped_ha: Any) -> list[Any] | None:
    if isinstance(mapped_ha, pd.Series):
        return list(mapped_ha.index)
    return list(mapped_ha) if isinstance(mapped_ha, Mapping) else None


def with_rows(confusion: Confusion, mapped: list[Any] | None) -> pd.DataFrame:
    """Return the counts as a table that has a row for every mapped class."""
    if isinstance(confusion, pd.DataFrame):
        if confusion.index.has_duplicates or confusion.columns.has_duplicates:
            raise AccuracyError("accuracy.class_twice")
        rows = list(confusion.index)
        return confusion.reindex(
            index=[*rows, *(m for m in mapped or [] if m not in rows)], fill_value=0
        )
    counts = np.asarray(confusion, dtype=float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise AccuracyError("accuracy.shape", shape=counts.shape)
    labels = mapped if mapped is not None else list(range(len(counts)))
    if len(labels) != len(counts):
        raise AccuracyError("accuracy.areas_and_rows", areas=len(labels), rows=len(counts))
    return pd.DataFrame(counts, index=labels, columns=labels)


def _by_label(values: Any, rows: list[Any], name: str) -> Floats:
    labels = _labels(values)
    if labels is None:
        given = np.asarray(values, dtype=float)
        if len(given) != len(rows):
            raise AccuracyError(
                "accuracy.figures_and_classes", what=name, figures=len(given), classes=len(rows)
            )
        return given
    absent = [row for row in rows if row not in labels]
    if absent:
        raise AccuracyError(
            "accuracy.figure_absent", what=name, label=absent[0], known=Listed.every(labels)
        )
    return np.array([float(values[row]) for row in rows])

"""Counts of a reference sample by mapped and by real class, in one order of labels."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.accuracy.classes import (
    UNVISITED,
    is_blank,
    is_total,
    is_unvisited,
    key_of,
    spellings,
    unify,
    without_totals,
)
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
        Counts, rows map classes, columns reference classes; square, over all classes found. Points
        that were not visited (a blank, "unknown", 未到) stand in a last column, "unvisited": they
        are no errors of the map, and widen the intervals both ways.

    Raises
    ------
    AccuracyError
        A column is absent, there are no points, or a point lacks a map code; the rows are named.

    Examples
    --------
    Codes may be numbers in one column and text in the other.

    >>> points = pd.DataFrame({"map": [10, 10, 30, 30], "reference": ["10", "30", "30", None]})
    >>> counts = confusion_from_points(points)
    >>> list(counts.columns), counts.to_numpy().tolist()
    ([10, 30, 'unvisited'], [[1, 1, 0], [0, 1, 1]])
    """
    check_points(points, map_code, reference_code, filled=(map_code,))
    mapped, real = classes_of(points, map_code, reference_code)
    labels = sorted({*mapped, *real} - {None}, key=lambda v: (str(type(v)), v))
    columns = [*labels, UNVISITED] if None in real else labels
    counts = pd.crosstab(
        pd.Series(mapped, dtype=object),
        pd.Series([UNVISITED if label is None else label for label in real], dtype=object),
    )
    counts = counts.reindex(index=labels, columns=columns, fill_value=0)
    return counts.rename_axis(index="map", columns="reference")


def check_points(points: pd.DataFrame, *columns: str, filled: tuple[str, ...]) -> None:
    """Refuse a table without points, without a column or with it twice, or with a gap in one."""
    for column in columns:
        if column not in points.columns:
            known = Listed.every(points.columns)
            raise AccuracyError("accuracy.column_absent", column=column, columns=known)
        if (points.columns == column).sum() > 1:
            raise AccuracyError("accuracy.column_twice", column=column)
        absent = np.flatnonzero([is_blank(v) for v in points[column]] if column in filled else [])
        if len(absent):
            raise AccuracyError(
                "accuracy.cell_empty", column=column, row=absent[0] + 1, count=len(absent)
            )
    if all(is_unvisited(label) for label in points[columns[-1]]):
        raise AccuracyError("accuracy.no_points")


def classes_of(
    points: pd.DataFrame, map_code: str, reference_code: str
) -> tuple[list[Any], list[Any]]:
    """What the map shows at each point and what is there, None where nobody looked."""
    names = spellings(points[map_code], (v for v in points[reference_code] if not is_blank(v)))
    mapped = [names[key_of(label)] for label in points[map_code]]
    shown = {key_of(label) for label in mapped}
    real = [
        None
        if is_blank(label) or (is_unvisited(label) and key_of(label) not in shown)
        else names[key_of(label)]
        for label in points[reference_code]
    ]
    return mapped, real


@dataclass(frozen=True)
class Sample:
    """Counts and weights in one order of labels; rows that the map lacks weigh nothing."""

    labels: list[Any]
    counts: Floats
    mapped: Floats
    units: Floats | None
    unvisited: Floats

    @classmethod
    def of(cls, confusion: Confusion, mapped_ha: Any, mapped_units: Any) -> Sample:
        areas = figures_of(mapped_ha)
        table = with_rows(confusion, _labels(areas))
        rows = list(table.index)
        mapped = by_label(areas, rows, "mapped_ha")
        absent = [c for c in table.columns if c not in rows and is_unvisited(c)]
        unvisited = table[absent].sum(axis=1).to_numpy(dtype=float)
        table = table.drop(columns=absent)
        labels = [*rows, *(c for c in table.columns if c not in rows)]
        counts = table.reindex(index=labels, columns=labels, fill_value=0).to_numpy(dtype=float)
        if (mapped < 0.0).any() or not np.isfinite(mapped).all() or not mapped.sum() > 0.0:
            raise AccuracyError("accuracy.areas")
        extra = np.zeros(len(labels) - len(rows))
        unvisited = np.append(unvisited, extra)
        units = None
        if mapped_units is not None:
            units = np.append(by_label(figures_of(mapped_units), rows, "mapped_units"), extra)
            drawn = counts.sum(axis=1) + unvisited
            if not (drawn <= units).all():
                name = labels[int(np.flatnonzero(~(drawn <= units))[0])]
                raise AccuracyError("accuracy.more_samples_than_units", label=name)
        return cls(labels, counts, np.append(mapped, extra), units, unvisited)

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
    def blind(self) -> npt.NDArray[np.bool_]:
        """Classes that cover ground of which no point is known."""
        return np.asarray((self.mapped > 0.0) & (self.sizes == 0.0))

    @property
    def left(self) -> Floats:
        """Share of the units of each class that was not drawn."""
        if self.units is None:
            return np.ones(len(self.labels))
        return np.asarray(1.0 - (self.sizes + self.unvisited) / np.maximum(self.units, 1.0))

    @property
    def variances(self) -> Floats:
        """Variance of each share of its row."""
        return binomial(self.shares, self.sizes[:, None], self.left[:, None])

    def notes(self) -> tuple[Note, ...]:
        """Say where a standard error is unknown, or zero for want of points."""
        told = [Note("accuracy.variances")]
        for label, size, row in zip(self.labels, self.sizes, self.shares, strict=True):
            if size == 1.0:
                told.append(Note("accuracy.one_sample", label=label))
            elif size > 1.0 and row.max() == 1.0:
                most = 100.0 * (1 - 0.05 ** (1 / size))
                told.append(Note("accuracy.all_agree", count=size, label=label, most=most))
        for label, share in zip(self.labels, self.weights, strict=True):
            if self.blind[self.labels.index(label)]:
                told.append(Note("accuracy.class_unsampled", label=label, share=100.0 * share))
        for label, count in zip(self.labels, self.unvisited, strict=True):
            if count > 0.0:
                told.append(Note("accuracy.unvisited", label=label, count=count))
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


def figures_of(given: Any) -> dict[Any, float] | Floats:
    """Figures by class, without the total that stands below them."""
    named = isinstance(given, pd.Series | Mapping)
    try:
        numbers = np.asarray(
            [given[k] for k in given] if isinstance(given, Mapping) else given, dtype=float
        )
    except (TypeError, ValueError) as error:
        raise AccuracyError("accuracy.areas") from error
    if numbers.ndim != 1:
        raise AccuracyError("accuracy.areas")
    if not named:
        return numbers
    labels = unify(given.keys(), {})
    figures = dict(zip(labels, numbers.tolist(), strict=True))
    for label in labels:
        rest = sum(value for other, value in figures.items() if other != label)
        if is_total(label) and math.isclose(figures[label], rest, rel_tol=1e-6):
            del figures[label]
    return figures


def _labels(figures: dict[Any, float] | Floats) -> list[Any] | None:
    return list(figures) if isinstance(figures, dict) else None


def with_rows(confusion: Confusion, mapped: list[Any] | None) -> pd.DataFrame:
    """Return the counts as a table that has a row for every mapped class, in its spelling."""
    if isinstance(confusion, pd.DataFrame):
        table = _counts(confusion)
        # A class that is named twice must be seen as such before a total is looked for.
        for headings in table.axes:
            unify(headings, {})
        table = without_totals(table, mapped or ())
        names = spellings(table.index, table.columns)
        names |= {key_of(label): label for label in mapped or ()}
        rows = unify(table.index, names)
        table = table.set_axis(rows, axis=0).set_axis(unify(table.columns, names), axis=1)
        return table.reindex(
            index=[*rows, *(m for m in mapped or [] if m not in rows)], fill_value=0.0
        )
    try:
        counts = np.asarray(confusion, dtype=float)
    except (TypeError, ValueError) as error:
        raise AccuracyError("accuracy.no_counts") from error
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise AccuracyError("accuracy.shape", shape=counts.shape)
    labels = mapped if mapped is not None else list(range(len(counts)))
    if len(labels) != len(counts):
        raise AccuracyError("accuracy.areas_and_rows", areas=len(labels), rows=len(counts))
    return _counts(pd.DataFrame(counts, index=labels, columns=labels))


def _counts(table: pd.DataFrame) -> pd.DataFrame:
    """Refuse what is no number of points, such as a share or a name."""
    numbers: pd.DataFrame = table.apply(pd.to_numeric, errors="coerce").astype(float)
    counts = numbers.to_numpy()
    if not np.isfinite(counts).all() or (counts < 0).any() or (counts != counts.round()).any():
        raise AccuracyError("accuracy.no_counts")
    return numbers


def by_label(figures: dict[Any, float] | Floats, rows: list[Any], name: str) -> Floats:
    if not isinstance(figures, dict):
        if len(figures) != len(rows):
            raise AccuracyError(
                "accuracy.figures_and_classes", what=name, figures=len(figures), classes=len(rows)
            )
        return figures
    values = {key_of(label): value for label, value in figures.items()}
    absent = [row for row in rows if key_of(row) not in values]
    if absent:
        known = Listed.every(figures)
        raise AccuracyError("accuracy.figure_absent", what=name, label=absent[0], known=known)
    return np.array([values[key_of(row)] for row in rows])

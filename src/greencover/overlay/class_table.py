"""A table of class areas whose columns have names and are found by code too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from greencover.cover.headings import code_in


class ClassAreas(pd.DataFrame):
    """Hectares by zone and class: ``tree_10_ha``, found by its code 10 as well.

    A data frame like any other, which joins, merges and saves by its names. A code stands for its
    column wherever a column is looked up: ``areas[10]``, ``areas[[10, 20]]``, ``areas.loc[:, 10]``,
    ``areas.at["A", 10]``, ``areas.get(10)``, ``10 in areas``, ``10 in areas.columns``,
    ``areas.pop(10)``, and in ``drop``, ``rename`` and ``reindex``; rows, sums and the transposed
    table likewise.

    Examples
    --------
    >>> areas = ClassAreas({"tree_10_ha": [6.0], "unobserved_ha": [4.0]}, index=["Lintian"])
    >>> areas[10].item(), areas.sum()[10].item(), areas.loc["Lintian", 10].item(), 20 in areas
    (6.0, 6.0, 6.0, False)
    """

    @property
    def _constructor(self) -> type[ClassAreas]:
        return ClassAreas

    @property
    def _constructor_sliced(self) -> type[ClassRow]:
        return ClassRow

    @property
    def columns(self) -> Any:
        """Headings of the columns; a code is among them where its class is."""
        headings = pd.DataFrame.columns.__get__(self)
        return _Headings.over(headings) if type(headings) is pd.Index else headings

    @columns.setter
    def columns(self, headings: Any) -> None:
        pd.DataFrame.columns.__set__(self, headings)  # type: ignore[attr-defined]

    @property
    def loc(self) -> Any:
        """Rows and columns by their labels, columns by code as well."""
        return _ByCode(super().loc, self.axes)

    @property
    def at(self) -> Any:
        """One figure by its labels, the column by code as well."""
        return _ByCode(super().at, self.axes)

    def __getitem__(self, key: Any) -> Any:
        # Most columns are looked up by name, for which no headings need to be read.
        return super().__getitem__(key if isinstance(key, str) else _named(key, self.columns))

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_named(key, self.columns), value)

    def __delitem__(self, key: Any) -> None:  # type: ignore[misc]
        super().__delitem__(_named(key, self.columns))

    def __contains__(self, key: Any) -> bool:  # type: ignore[misc]
        return super().__contains__(_named(key, self.columns))

    def drop(self, labels: Any = None, *, axis: Any = 0, columns: Any = None, **rest: Any) -> Any:
        """Drop rows or columns, columns by code as well."""
        if labels is not None and axis in (1, "columns"):
            labels = _named(labels, self.columns)
        return super().drop(labels, axis=axis, columns=_named(columns, self.columns), **rest)

    def rename(
        self, mapper: Any = None, *, axis: Any = None, columns: Any = None, **rest: Any
    ) -> Any:
        """Rename rows or columns, columns by code as well."""
        if isinstance(mapper, dict) and axis in (1, "columns"):
            mapper = {_named(old, self.columns): new for old, new in mapper.items()}
        if isinstance(columns, dict):
            columns = {_named(old, self.columns): new for old, new in columns.items()}
        if mapper is None:
            return super().rename(columns=columns, **rest)
        return super().rename(mapper, axis=axis, **rest)

    def reindex(
        self, labels: Any = None, *, axis: Any = None, columns: Any = None, **rest: Any
    ) -> Any:
        """Rows and columns in another order, columns by code as well."""
        if labels is not None and axis in (1, "columns"):
            labels = _named(labels, self.columns)
        return super().reindex(labels, axis=axis, columns=_named(columns, self.columns), **rest)


class ClassRow(pd.Series):
    """A row, a column or sums of class areas; a class is found by its code as well."""

    @property
    def _constructor(self) -> type[ClassRow]:
        return ClassRow

    @property
    def _constructor_expanddim(self) -> type[ClassAreas]:
        return ClassAreas

    @property
    def loc(self) -> Any:
        """Figures by their labels, or by code."""
        return _ByCode(super().loc, self.axes)

    @property
    def at(self) -> Any:
        """One figure by its label, or by code."""
        return _ByCode(super().at, self.axes)

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(_named(key, self.index))

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_named(key, self.index), value)

    def __contains__(self, key: Any) -> bool:  # type: ignore[misc]
        return super().__contains__(_named(key, self.index))


class _Headings(pd.Index):
    """Headings among which a code is found as well."""

    @classmethod
    def over(cls, headings: pd.Index) -> _Headings:
        """The same headings, found by code too."""
        # No call of pandas makes an index of another class, and looks text up in indexes of its own
        # class only, unless the labels are objects.
        found = headings.astype(object)
        found = headings.view() if found is headings else found
        found.__class__ = cls
        return found  # type: ignore[return-value]

    def __contains__(self, key: Any) -> bool:
        if super().__contains__(key):
            return True
        return _is_code(key) and int(key) in _headings(self)


class _ByCode:
    """An indexer of pandas that takes codes for the names of their columns."""

    def __init__(self, indexer: Any, axes: list[Any]) -> None:
        self._indexer = indexer
        self._axes = axes

    def __getitem__(self, key: Any) -> Any:
        return self._indexer[self._labels(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._indexer[self._labels(key)] = value

    def __call__(self, *given: Any, **options: Any) -> Any:
        return _ByCode(self._indexer(*given, **options), self._axes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._indexer, name)

    def _labels(self, key: Any) -> Any:
        if isinstance(key, tuple) and len(key) == len(self._axes):
            return tuple(_named(k, axis) for k, axis in zip(key, self._axes, strict=True))
        return _named(key, self._axes[0])


def _named(key: Any, labels: pd.Index) -> Any:
    """The labels that a key stands for, codes replaced by the headings of their classes."""
    if _is_code(key):
        return key if _stands(key, labels) else _headings(labels).get(int(key), key)
    if not isinstance(key, list | range | np.ndarray | pd.Index) or not len(key):
        return key
    if getattr(key, "dtype", None) == np.bool_ or not any(_is_code(one) for one in key):
        return key
    names = _headings(labels)
    return [
        names.get(int(one), one) if _is_code(one) and not _stands(one, labels) else one
        for one in key
    ]


def _stands(label: Any, labels: pd.Index) -> bool:
    """Whether a label is there as it stands."""
    return pd.Index.__contains__(labels, label)


def _is_code(label: Any) -> bool:
    return isinstance(label, int | np.integer) and not isinstance(label, bool)


def _headings(labels: pd.Index) -> dict[int, Any]:
    found = ((code_in(label), label) for label in labels)
    return {code: label for code, label in found if code is not None}

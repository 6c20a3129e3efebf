"""Road grades: the words of a layer, made the six grades that campaigns speak of."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from greencover.ground.errors import LayerError
from greencover.layers import as_text, listed, measure_by_row
from greencover.layers.measures import check_measures

GRADES = ("expressway", "national", "provincial", "county", "township", "village")
COUNTY_AND_ABOVE = GRADES[:4]


@cache
def _known_words() -> dict[str, str]:
    table = tomllib.loads(files("greencover.corridor").joinpath("grades.toml").read_text("utf-8"))
    words = {grade: grade for grade in GRADES}
    for grade, entry in table.items():
        words |= {alias.casefold(): grade for alias in entry["aliases"]}
    return words


def canonical_grades(
    values: pd.Series[Any], mapping: Mapping[str, str] | None = None, *, where: str = "road layer"
) -> pd.Series[str]:
    """Return the grade of each road as one of ``GRADES``.

    Parameters
    ----------
    values
        Grades in the layer's own words; Chinese and English names of the six grades are known.
    mapping
        Further words: own value to grade.
    where
        How messages call the layer.

    Raises
    ------
    LayerError
        A grade is blank or is neither known nor declared.
    """
    words = _known_words() | {
        str(own).strip().casefold(): grade for own, grade in (mapping or {}).items()
    }
    text = as_text(values)
    grades = text.str.casefold().map(words)
    unknown = sorted(text[grades.isna()].unique())
    if unknown:
        shown = listed([repr(word) if word else "(blank)" for word in unknown])
        raise LayerError(
            f"The {where} has the road grade {shown} in column {values.name!r}, which nobody "
            f"declared: map it under [layers.roads.grades] to one of {', '.join(GRADES)}."
        )
    return grades


def by_grade(
    value: float | str | Mapping[Any, float],
    frame: pd.DataFrame,
    grade: pd.Series[Any] | None,
    name: str,
    *,
    where: str = "road layer",
) -> pd.Series[float]:
    """Return a parameter for each road: one number, a column, or a mapping by grade.

    A mapping may name grades in the layer's own words or as one of ``GRADES``; ``where`` is how
    messages call the layer.

    Raises
    ------
    LayerError
        The column is missing or holds no positive number, or the mapping lacks a grade in use.
    """
    if not isinstance(value, Mapping):
        return pd.Series(measure_by_row(value, frame, name, where, or_zero=True), index=frame.index)
    if grade is None:
        raise LayerError(f"{name} is given by grade, but no grade column is named: pass grade=.")
    numbers = pd.Series(
        [_of_grade(value, word) for word in grade], index=frame.index, dtype="float64"
    )
    missing = sorted({str(word) for word in grade[numbers.isna()]})
    if missing:
        raise LayerError(
            f"{name} says nothing of the road grade {listed(missing)}: add it to the mapping, "
            f"which has {listed([str(key) for key in value])}."
        )
    check_measures(numbers.to_numpy(), name, where, or_zero=True)
    return numbers


def _of_grade(mapping: Mapping[Any, float], word: object) -> float | None:
    if word in mapping:
        return float(mapping[word])
    return mapping.get(_known_words().get(str(word).strip().casefold(), ""))

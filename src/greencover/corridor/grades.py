"""Road grades: the words of a layer, made the grades that campaigns speak of (``grades.toml``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from greencover.corridor.grade_names import GRADE_TABLE, GRADES
from greencover.corridor.grade_schemes import Words, mapping_of, words_of
from greencover.ground.errors import LayerError
from greencover.ground.notes import Note
from greencover.ground.toml_text import toml_of
from greencover.layers import as_text, measure_by_row
from greencover.layers.measures import check_measures
from greencover.words import Listed

COUNTY_AND_ABOVE = GRADES[: GRADES.index("county") + 1]
#: A number, the name of a column, or numbers by grade.
ByGrade = float | str | Mapping[Any, float]

_WORDS = {grade: grade for grade in GRADES} | {
    alias.casefold(): grade for grade, entry in GRADE_TABLE.items() for alias in entry["aliases"]
}


def canonical_grades(
    values: pd.Series[Any],
    mapping: Words | None = None,
    *,
    where: str | None = None,
) -> pd.Series[str]:
    """Return the grade of each road as one of ``GRADES``.

    Parameters
    ----------
    values
        Grades in the layer's own words; Chinese and English names of the grades are known.
    mapping
        Further words: own value to grade, or the name of a scheme, such as ``"osm"`` for the key
        highway of OpenStreetMap; ``{"scheme": "osm", "lane": "village"}`` adds to one.
    where
        How messages call the layer; default: the road layer.

    Raises
    ------
    LayerError
        A grade is blank or is neither known nor declared.

    Examples
    --------
    >>> canonical_grades(pd.Series(["国道", "lane"]), {"lane": "village"}).tolist()
    ['national', 'village']
    """
    words = known_words(mapping)
    text = as_text(values)
    grades = text.str.casefold().map(words)
    unknown = sorted(text[grades.isna()].unique())
    if unknown:
        line = mapping_of(unknown, mapping)
        code = "corridor.as_scheme" if isinstance(line, str) else "corridor.as_mapping"
        raise LayerError(
            "corridor.grade_unknown",
            where=where or Note("corridor.road_layer"),
            grades=Listed.every(repr(word) if word else Note("corridor.blank") for word in unknown),
            column=repr(values.name),
            remedy=Note(
                code,
                line=f"grades = {line!r}" if where is None else f"grades = {toml_of(line)}",
                place="" if where is None else Note("corridor.under_roads"),
                known=Listed.every(GRADES),
            ),
        )
    return grades


def by_grade(
    value: ByGrade,
    frame: pd.DataFrame,
    grade: pd.Series[Any] | None,
    name: str,
    *,
    own: Words | None = None,
    where: str | None = None,
    otherwise: Mapping[str, float] | None = None,
) -> pd.Series[float]:
    """Return a parameter for each road: one number, a column, or a mapping by grade.

    Parameters
    ----------
    value
        A mapping may name grades in the layer's own words or as one of ``GRADES``.
    frame, grade
        The roads, and the grade of each.
    name, where
        How messages call the parameter and the layer.
    own
        The layer's own words: word to grade.
    otherwise
        Figures of the grades that a mapping leaves out.

    Raises
    ------
    LayerError
        The column is missing or holds a number below 0, or no figure is there for a grade in use.

    Examples
    --------
    >>> roads = pd.DataFrame({"grade": ["国道", "village"]})
    >>> by_grade({"national": 6.0}, roads, roads["grade"], "belt_m", otherwise={"village": 3.0})
    0    6.0
    1    3.0
    dtype: float64
    """
    where = where or Note("corridor.road_layer")
    if not isinstance(value, Mapping):
        return pd.Series(measure_by_row(value, frame, name, where, or_zero=True), index=frame.index)
    if grade is None:
        raise LayerError("corridor.no_grade_column", rule=name)
    words = known_words(own)
    figures = _figures(value, words, otherwise)
    numbers = pd.Series(
        [_of_grade(figures, word, words) for word in grade], index=frame.index, dtype="float64"
    )
    missing = sorted({str(word) for word in grade[numbers.isna()]})
    if missing:
        raise LayerError(
            "corridor.grade_without_figure",
            rule=name,
            grades=Listed.of(missing),
            known=Listed.of(str(key) for key in value),
        )
    check_measures(numbers.to_numpy(dtype="float64"), name, where, or_zero=True)
    return numbers


def known_words(own: Words | None = None) -> dict[str, str]:
    """Grade of every word in lower case, those of a layer included."""
    return _WORDS | {plain(word): grade for word, grade in words_of(own).items()}


def left_out(
    value: Mapping[Any, float], grade: pd.Series[Any], own: Words | None = None
) -> list[str]:
    """Words of a layer that a mapping by grade has no figure for.

    Examples
    --------
    >>> left_out({"national": 6.0}, pd.Series(["国道", "village"]))
    ['village']
    """
    words = known_words(own)
    figures = _figures(value, words, None)
    return [str(word) for word in grade.unique() if _of_grade(figures, word, words) is None]


def _figures(
    value: Mapping[Any, float], words: Mapping[str, str], otherwise: Mapping[str, float] | None
) -> dict[Any, float]:
    """Figures by word and by grade; what a word says holds for its grade, too."""
    by_grade = {words.get(plain(word), word): figure for word, figure in value.items()}
    return {**(otherwise or {}), **by_grade, **value}


def _of_grade(figures: Mapping[Any, float], word: object, words: Mapping[str, str]) -> float | None:
    found = figures.get(word, figures.get(words.get(plain(word), "")))
    return None if found is None else float(found)


def plain(word: object) -> str:
    """A word as it is looked up: without blanks around it and in lower case."""
    return str(word).strip().casefold()

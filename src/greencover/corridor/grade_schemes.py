"""Words of a scheme of road classes, such as OpenStreetMap's, made grades (``schemes/*.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import pandas as pd

from greencover.ground.errors import ArgumentError
from greencover.ground.notes import Note
from greencover.layers import as_text
from greencover.words import Listed

#: What a word stands for whose roads are not reported on.
NO_GRADE = "none"
#: What a word is taken for in a mapping that is proposed.
LOWEST = "village"
#: Key of a mapping that names a scheme, whose words the mapping adds to.
SCHEME = "scheme"
_FOLDER = files("greencover.corridor").joinpath("schemes")
Words = str | Mapping[str, str]
Frame = TypeVar("Frame", bound=pd.DataFrame)


def schemes() -> tuple[str, ...]:
    """Names of the schemes there are."""
    return tuple(sorted(one.name.removesuffix(".toml") for one in _FOLDER.iterdir()))


def words_of(given: Words | None) -> dict[str, str]:
    """Grade by word of what was given: a scheme, a mapping, or a mapping that names a scheme.

    Raises
    ------
    ArgumentError
        There is no such scheme.

    Examples
    --------
    >>> words_of("osm")["trunk"], words_of({"scheme": "osm", "trunk": "county"})["trunk"]
    ('national', 'county')
    """
    if given is None:
        return {}
    if isinstance(given, str):
        return dict(_scheme(given)[0])
    own = dict(given)
    named = own.get(SCHEME)
    if named is None or named not in schemes():
        return own
    del own[SCHEME]
    return {**_scheme(named)[0], **own}


def columns_of(given: Words | None) -> dict[str, tuple[str, ...]]:
    """Columns by what a road layer of the scheme keeps in them: "road", "grade", "ref"."""
    named = given.get(SCHEME) if isinstance(given, Mapping) else given
    return dict(_scheme(named)[1]) if named in schemes() else {}


def usual_columns(roads: pd.DataFrame, given: Words | None) -> dict[str, str]:
    """The first column that a layer has of those in which the scheme keeps each thing."""
    there = {
        key: [one for one in names if one in roads.columns]
        for key, names in columns_of(given).items()
    }
    return {key: names[0] for key, names in there.items() if names}


def reported(roads: Frame, column: str, given: Words | None) -> tuple[Frame, Note | None]:
    """Roads without those that stand for no grade, counted anew, and a note of what is left out."""
    out = {word.strip().casefold() for word, grade in words_of(given).items() if grade == NO_GRADE}
    own = as_text(roads[column])
    gone = own.str.casefold().isin(out).to_numpy()
    if not gone.any():
        return roads, None
    counts = own[gone].value_counts()
    pieces = [Note("corridor.of_word", word=word, count=count) for word, count in counts.items()]
    note = Note("corridor.words_left_out", count=int(gone.sum()), words=Listed.every(pieces))
    return roads[~gone].reset_index(drop=True), note


def mapping_of(unknown: Sequence[str], given: Words | None) -> Words:
    """What takes in the words that were not known: a scheme that has them all, or a mapping.

    Words that no scheme has stand for the lowest grade, until somebody says better.
    """
    for name in schemes():
        if not given and all(word.casefold() in _scheme(name)[0] for word in unknown):
            return name
    own = {SCHEME: given} if isinstance(given, str) else dict(given or {})
    known = {word: grade for name in schemes() for word, grade in _scheme(name)[0].items()}
    return {**own, **{word: known.get(word.casefold(), LOWEST) for word in unknown}}


@cache
def _scheme(name: str) -> tuple[Mapping[str, str], Mapping[str, tuple[str, ...]]]:
    if name not in schemes():
        raise ArgumentError("corridor.no_scheme", given=name, known=Listed.every(schemes()))
    table: dict[str, Any] = tomllib.loads(_FOLDER.joinpath(f"{name}.toml").read_text("utf-8"))
    words = {word: one["grade"] for one in table["grade"] for word in one["words"]}
    return words, {key: tuple(names) for key, names in table["columns"].items()}

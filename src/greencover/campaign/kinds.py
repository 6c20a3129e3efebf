"""The kinds of value that a campaign file holds, each with a rule that a sentence can tell.

A kind raises an error that says the rule alone ("must be ..."); the reader of the file adds the
key, its meaning and the value given.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    GetPydanticSchema,
    PlainValidator,
    ValidationInfo,
)

from greencover.accuracy.acceptance import LEAST_RISK_PCT, MOST_RISK_PCT
from greencover.corridor.grade_names import GRADES
from greencover.corridor.grade_schemes import NO_GRADE, SCHEME, schemes
from greencover.corridor.sources.dated import year_of
from greencover.ground.errors import ArgumentError, CampaignError
from greencover.ground.places import is_unseen
from greencover.layers import is_remote
from greencover.words import Listed

if TYPE_CHECKING:
    GradeOrNone = str
else:
    GradeOrNone = Literal[(*GRADES, NO_GRADE, *schemes())]
ByGrade = float | str | dict[str, float]


# GDAL numbers no further.
_MOST_BANDS = 65_536


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise CampaignError("campaign.rule.text")
    if not value.strip():
        raise CampaignError("campaign.rule.empty")
    return value.strip()


def _day(value: Any) -> str:
    """A day as the file has it: a date, or text such as "end of 2023"."""
    return value.isoformat() if isinstance(value, date) else _text(value)


def _path(value: Any, info: ValidationInfo) -> Path:
    text = _text(value)
    if is_remote(text):
        raise CampaignError("campaign.rule.local")
    return Path(_place(text, info))


def _place(value: Any, info: ValidationInfo) -> Path | str:
    """Return a path beside the campaign file, or an address on another machine as it is."""
    text = _text(value)
    if is_remote(text) or text.startswith("/vsi"):
        return text
    folder = (info.context or {}).get("folder", Path())
    place = Path(folder) / Path(text).expanduser()
    if is_unseen(text) and is_unseen(place):
        raise CampaignError("campaign.rule.unseen")
    return place


def _places(value: Any, info: ValidationInfo) -> tuple[Path | str, ...]:
    given = value if isinstance(value, list | tuple) else [value]
    if not given:
        raise CampaignError("campaign.rule.no_file")
    return tuple(_place(one, info) for one in given)


def _remote(value: bool, info: ValidationInfo) -> bool:
    paths = info.data.get("path", ())
    for path in paths if isinstance(paths, tuple) else (paths,):
        if is_remote(path) and not value:
            raise CampaignError("campaign.rule.remote", path=path)
    return value


def _standards(value: Any, info: ValidationInfo) -> tuple[str | Path, ...]:
    given = value if isinstance(value, list | tuple) else [value]
    return tuple(_key_or_file(one, info) for one in given)


def _key_or_file(value: Any, info: ValidationInfo) -> str | Path:
    text = _text(value)
    return _path(text, info) if text.lower().endswith(".toml") else text


def _covers(value: Any) -> tuple[str, ...]:
    from greencover.cover import COVER_TYPES

    if not isinstance(value, list | tuple) or not value:
        raise CampaignError("campaign.rule.covers")
    for cover in value:
        _known("campaign.rule.cover", cover, COVER_TYPES)
    return tuple(dict.fromkeys(value))


def _shares(value: Any) -> dict[str, float]:
    from greencover.cover import COVER_TYPES

    if not isinstance(value, Mapping):
        raise CampaignError("campaign.rule.shares")
    for cover in value:
        _known("campaign.rule.cover", cover, COVER_TYPES)
    return {cover: _number(share, 0.01, 1.0) for cover, share in value.items()}


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise CampaignError("campaign.rule.words")
    return tuple(dict.fromkeys(value))


def _date(value: Any) -> str:
    try:
        year_of(value)
    except ArgumentError:
        raise CampaignError("campaign.rule.date") from None
    return str(value)


def _grades(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise CampaignError("campaign.rule.grades")
    for grade in value:
        _known("campaign.rule.grade", grade, GRADES)
    return tuple(dict.fromkeys(value))


def _as_words(value: Any) -> Any:
    """A scheme by its name as a table that names it."""
    if not isinstance(value, str):
        return value
    _known("campaign.rule.grade_scheme", value, schemes())
    return {SCHEME: value}


def _scheme_or_words(core: Any, of: Any) -> dict[str, Any]:
    return {"anyOf": [{"type": "string", "enum": list(schemes())}, of(core)]}


def _only_scheme(value: dict[str, str]) -> dict[str, str]:
    for word, grade in value.items():
        if word != SCHEME and grade in schemes():
            _known("campaign.rule.grade_word", grade, (*GRADES, NO_GRADE), word=word)
    return value


def _conditions(value: Any) -> dict[str, float | str]:
    from greencover.standards import CONDITIONS

    if not isinstance(value, Mapping):
        raise CampaignError("campaign.rule.conditions")
    for key, given in value.items():
        _known("campaign.rule.condition", key, CONDITIONS)
        if values := CONDITIONS[key].values:
            _known("campaign.rule.condition_value", given, values, key=key)
        elif not _is_number(given):
            raise CampaignError("campaign.rule.condition_number", key=key)
        elif given < 0:
            raise CampaignError("campaign.rule.condition_negative", key=key)
    return dict(value)


def _known(code: str, given: Any, known: Iterable[str], **more: Any) -> None:
    # A file may hold a table here, which cannot be looked up.
    if not isinstance(given, str) or given not in known:
        raise CampaignError(code, given=given, known=Listed.every(known), **more)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number(value: Any, low: float, high: float) -> float:
    if not _is_number(value):
        raise CampaignError("campaign.rule.number")
    if not low <= value <= high:
        raise CampaignError("campaign.rule.between", low=low, high=high)
    return float(value)


def by_grade(low: float, high: float) -> PlainValidator:
    """Return the rule for a number, a column name, or numbers by grade."""

    def rule(value: Any) -> ByGrade:
        if isinstance(value, str):
            return _text(value)
        if isinstance(value, Mapping):
            for grade in value:
                _known("campaign.rule.by_grade", grade, GRADES)
            return {grade: _number(one, low, high) for grade, one in value.items()}
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise CampaignError("campaign.rule.number_column_or_grades")
        return _number(value, low, high)

    return PlainValidator(rule)


def between(low: float, high: float) -> PlainValidator:
    """Return the rule for a number within limits."""
    return PlainValidator(lambda value: _number(value, low, high))


def by_column(low: float, high: float) -> PlainValidator:
    """Return the rule for a number or the name of a column."""

    def rule(value: Any) -> float | str:
        if isinstance(value, str):
            return _text(value)
        if not _is_number(value):
            raise CampaignError("campaign.rule.column_or_number")
        if not low <= value <= high:
            raise CampaignError("campaign.rule.column_or_between", low=low, high=high)
        return float(value)

    return PlainValidator(rule)


def _unit_share(value: Any) -> str:
    text = _text(value)
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise CampaignError("campaign.rule.unit_share") from None
    if not 0 < share <= 1:
        raise CampaignError("campaign.rule.unit_share")
    return text


def _year(value: int) -> int:
    if not 1900 <= value <= 2200:
        raise CampaignError("campaign.rule.year")
    return value


def _band(value: int) -> int:
    if not 1 <= value <= _MOST_BANDS:
        raise CampaignError("campaign.rule.between", low=1, high=_MOST_BANDS)
    return value


def _nodata(value: Any) -> float | str:
    if value in ("file", "none"):
        return str(value)
    if isinstance(value, str):
        raise CampaignError("campaign.rule.nodata")
    return _number(value, -math.inf, math.inf)


def as_tuple(value: Any) -> Any:
    """Let a list of sections become a tuple, which nobody can change afterwards."""
    if not isinstance(value, list | tuple):
        raise CampaignError("campaign.rule.double_brackets")
    return tuple(value)


Text = Annotated[str, PlainValidator(_text)]
Folder = Annotated[Path, PlainValidator(_path)]
File = Annotated[Path, PlainValidator(_path)]
Place = Annotated[Path | str, PlainValidator(_place)]
Places = Annotated[tuple[Path | str, ...], PlainValidator(_places)]
Remote = Annotated[bool, AfterValidator(_remote)]
KeyOrFile = Annotated[str | Path, PlainValidator(_key_or_file)]
Standards = Annotated[tuple[str | Path, ...], PlainValidator(_standards)]
Covers = Annotated[tuple[str, ...], PlainValidator(_covers)]
Shares = Annotated[dict[str, float], PlainValidator(_shares)]
GradeWords = Annotated[
    dict[str, GradeOrNone],
    BeforeValidator(_as_words),
    AfterValidator(_only_scheme),
    GetPydanticSchema(get_pydantic_json_schema=_scheme_or_words),
]
Grades = Annotated[tuple[str, ...], PlainValidator(_grades)]
Conditions = Annotated[dict[str, float | str], PlainValidator(_conditions)]
Percent = Annotated[float, between(0.0, 100.0)]
Share = Annotated[float, between(0.0, 1.0)]
Risk = Annotated[float, between(LEAST_RISK_PCT, MOST_RISK_PCT)]
Positive = Annotated[float, between(0.1, 10_000.0)]
Ndvi = Annotated[float, between(-0.99, 1.0)]
Radius = Annotated[float, between(1.0, 100_000.0)]
Metres = Annotated[float | str, by_column(0.1, 100_000.0)]
Amount = Annotated[float, between(0.0, math.inf)]
Day = Annotated[str, PlainValidator(_day)]
Level = Annotated[float, between(0.5, 0.999)]
Nodata = Annotated[float | str, PlainValidator(_nodata)]
UnitShare = Annotated[str, PlainValidator(_unit_share)]
Words = Annotated[tuple[str, ...], PlainValidator(_words)]
Date = Annotated[str, PlainValidator(_date)]
Year = Annotated[int, AfterValidator(_year)]
Band = Annotated[int, AfterValidator(_band)]

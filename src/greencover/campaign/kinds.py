"""The kinds of value that a campaign file holds, each with a rule that a sentence can tell.

A kind raises ``ValueError`` with the rule alone ("must be ..."); the reader of the file adds the
key, its meaning and the value given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, PlainValidator, ValidationInfo

from greencover.layers import is_remote

Grade = Literal["expressway", "national", "provincial", "county", "township", "village"]
GradeOrNone = Literal[
    "expressway", "national", "provincial", "county", "township", "village", "none"
]
GRADES: tuple[str, ...] = get_args(Grade)
ByGrade = float | str | dict[str, float]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text in quotes")
    if not value.strip():
        raise ValueError("must not be empty")
    return value.strip()


def _path(value: Any, info: ValidationInfo) -> Path:
    text = _text(value)
    if is_remote(text):
        raise ValueError("must be a file on this machine")
    return Path(_place(text, info))


def _place(value: Any, info: ValidationInfo) -> Path | str:
    """Return a path beside the campaign file, or an address on another machine as it is."""
    text = _text(value)
    if is_remote(text) or text.startswith("/vsi"):
        return text
    folder = (info.context or {}).get("folder", Path())
    return Path(folder) / Path(text).expanduser()


def _places(value: Any, info: ValidationInfo) -> tuple[Path | str, ...]:
    given = value if isinstance(value, list | tuple) else [value]
    if not given:
        raise ValueError("must name at least one file")
    return tuple(_place(one, info) for one in given)


def _remote(value: bool, info: ValidationInfo) -> bool:
    paths = info.data.get("path", ())
    for path in paths if isinstance(paths, tuple) else (paths,):
        if is_remote(path) and not value:
            raise ValueError(f"must be true for {path} to be read from another machine")
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
        raise ValueError('must be a list of cover types such as ["tree", "shrub"]')
    for cover in value:
        # A file may hold a table here, which cannot be looked up.
        if not isinstance(cover, str) or cover not in COVER_TYPES:
            raise ValueError(
                f"must hold known cover types, and {cover!r} is none of {', '.join(COVER_TYPES)}"
            )
    return tuple(dict.fromkeys(value))


def _shares(value: Any) -> dict[str, float]:
    from greencover.cover import COVER_TYPES

    if not isinstance(value, Mapping):
        raise ValueError("must be a table of cover types with a share such as { water = 0.5 }")
    for cover in value:
        if cover not in COVER_TYPES:
            raise ValueError(
                f"must hold known cover types, and {cover!r} is none of {', '.join(COVER_TYPES)}"
            )
    return {cover: _number(share, 0.01, 1.0) for cover, share in value.items()}


def _grades(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError('must be a list of road grades such as ["national", "county"]')
    for grade in value:
        if grade not in GRADES:
            raise ValueError(f"must hold road grades, and {grade!r} is none of {', '.join(GRADES)}")
    return tuple(dict.fromkeys(value))


def _conditions(value: Any) -> dict[str, float | str]:
    from greencover.standards import CONDITIONS

    if not isinstance(value, Mapping):
        raise ValueError("must be a section of conditions such as precipitation_mm = 1450")
    for key, given in value.items():
        condition = CONDITIONS.get(key)
        if condition is None:
            raise ValueError(
                f"must hold known conditions, and {key} is none of {', '.join(CONDITIONS)}"
            )
        if condition.values and not (isinstance(given, str) and given in condition.values):
            raise ValueError(
                f"must give {key} as one of {', '.join(condition.values)}, and {given!r} is none"
            )
        if not condition.values:
            _number(given, -math.inf, math.inf, subject=f"must give {key} as")
    return dict(value)


def _number(value: Any, low: float, high: float, *, subject: str = "must be") -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{subject} a number")
    if not low <= value <= high:
        raise ValueError(f"{subject} between {low:g} and {high:g}")
    return float(value)


def by_grade(*, low: float, high: float, default: Mapping[str, float]) -> PlainValidator:
    """Return the rule for a number, a column name, or numbers by grade.

    Grades that a table leaves out take their default, so the table handed on is whole.
    """

    def rule(value: Any) -> ByGrade:
        if isinstance(value, str):
            return _text(value)
        if isinstance(value, Mapping):
            for grade in value:
                if grade not in GRADES:
                    raise ValueError(
                        f"must name road grades, and {grade!r} is none of {', '.join(GRADES)}"
                    )
            given = {grade: _number(one, low, high) for grade, one in value.items()}
            return {grade: given.get(grade, default[grade]) for grade in GRADES}
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("must be a number, the name of a column, or a table by grade")
        return _number(value, low, high)

    return PlainValidator(rule)


def _positive(value: Any) -> float:
    return _number(value, 0.1, 10_000.0)


def _radius(value: Any) -> float:
    return _number(value, 1.0, 100_000.0)


def _metres(value: Any) -> float | str:
    if isinstance(value, str):
        return _text(value)
    return _number(value, 0.1, 100_000.0, subject="must be the name of a column or")


def _amount(value: Any) -> float:
    return _number(value, 0.0, math.inf)


def _percent(value: Any) -> float:
    return _number(value, 0.0, 100.0)


def _year(value: int) -> int:
    if not 1900 <= value <= 2200:
        raise ValueError("must be a year with four digits")
    return value


def _band(value: int) -> int:
    if value < 1:
        raise ValueError("must be 1 or more")
    return value


def _nodata(value: Any) -> float | str:
    if value in ("file", "none"):
        return str(value)
    if isinstance(value, str):
        raise ValueError('must be a number, "none" or "file"')
    return _number(value, -math.inf, math.inf)


def as_tuple(value: Any) -> Any:
    """Let a list of sections become a tuple, which nobody can change afterwards."""
    if not isinstance(value, list | tuple):
        raise ValueError("must be written as sections in double brackets")
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
Grades = Annotated[tuple[str, ...], PlainValidator(_grades)]
Conditions = Annotated[dict[str, float | str], PlainValidator(_conditions)]
Percent = Annotated[float, PlainValidator(_percent)]
Positive = Annotated[float, PlainValidator(_positive)]
Radius = Annotated[float, PlainValidator(_radius)]
Metres = Annotated[float | str, PlainValidator(_metres)]
Amount = Annotated[float, PlainValidator(_amount)]
Nodata = Annotated[float | str, PlainValidator(_nodata)]
Year = Annotated[int, AfterValidator(_year)]
Band = Annotated[int, AfterValidator(_band)]

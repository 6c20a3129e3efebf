"""Rules of a corridor's greening as numbers for every row of the layer."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.corridor.grades import GRADES, by_grade, canonical_grades
from greencover.cover import COVER_TYPES
from greencover.ground.errors import LayerError
from greencover.layers import as_text, listed, marked

ByGrade: TypeAlias = float | str | Mapping[Any, float]
Floats = npt.NDArray[np.float64]

#: Reason that ground under a cover cannot be planted.
COVER_REASONS = {"bare": "rock"}


@cache
def defaults() -> dict[str, Any]:
    """Return the operational rules in use where the caller gives none, with their sources."""
    text = files("greencover.corridor").joinpath("corridor.toml").read_text("utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True)
class Rules:
    """What holds for each row of a layer of lines.

    Attributes
    ----------
    offset_m, belt_m, threshold
        From the centreline to the belt, its width, and the share from which it is greened.
    grade
        Road grade, "" where there are none.
    barred
        Why the row cannot be planted, or "".
    given
        The rules as the caller gave them, defaults filled in.
    """

    offset_m: Floats
    belt_m: Floats
    threshold: Floats
    grade: npt.NDArray[Any]
    barred: npt.NDArray[Any]
    given: Mapping[str, Any]

    @cached_property
    def alike(self) -> npt.NDArray[np.int64]:
        """Rows numbered by what distinguishes their stations."""
        keys = pd.DataFrame(
            {
                "offset": self.offset_m,
                "belt": self.belt_m,
                "threshold": self.threshold,
                "grade": self.grade,
                "barred": self.barred,
            }
        )
        number = keys.groupby(list(keys.columns), sort=False).ngroup()
        return np.asarray(number, dtype=np.int64)


def rules_of(
    layer: gpd.GeoDataFrame,
    *,
    grade: str | None,
    grades: Mapping[str, str] | None,
    rules: Mapping[str, ByGrade | None],
    bridge: str | None,
    tunnel: str | None,
    excluded: str | None,
) -> Rules:
    """Work the rules out; what is missing comes from ``corridor.toml``."""
    words = None if grade is None else as_text(layer[grade]).rename(grade)
    by_default = any(rules[name] is None for name in ("offset_m", "belt_m"))
    canonical = _grades(words, grades, len(layer), needed=by_default)
    numbers: dict[str, Floats] = {}
    given: dict[str, Any] = {}
    for name, value in rules.items():
        if value is None:
            value = _default_rule(name, grade)
        # A mapping by our grades holds for the layer's own words, too.
        words_or_grades = words
        if isinstance(value, Mapping) and set(map(str, value)) <= set(GRADES):
            words_or_grades = None if words is None else pd.Series(canonical, index=layer.index)
        found = by_grade(value, layer, words_or_grades, name)
        numbers[name] = np.asarray(found, dtype=np.float64)
        given[name] = dict(value) if isinstance(value, Mapping) else value
    if not (numbers["belt_m"] > 0.0).all():
        raise LayerError("belt_m is 0 for a road: a belt needs a positive width in metres.")
    check_threshold(numbers["threshold"])
    return Rules(
        numbers["offset_m"],
        numbers["belt_m"],
        numbers["threshold"],
        canonical,
        _barred(layer, bridge, tunnel, excluded),
        given,
    )


def check_threshold(threshold: Floats) -> None:
    """Refuse a share beyond 1, which is a percentage written by mistake."""
    if threshold.max() > 1.0:
        raise LayerError(
            f"threshold is {threshold.max():g}: it is the share of a strip from which it counts as "
            "greened, between 0 and 1; for a percentage divide by 100."
        )


def check_shares(exclude: Mapping[str, float]) -> dict[str, float]:
    """Refuse covers that do not exist and shares beyond 0 to 1."""
    for cover, share in exclude.items():
        if cover not in COVER_TYPES:
            raise LayerError(
                f"exclude names the cover {cover!r}, which does not exist: "
                f"use {listed(list(COVER_TYPES), limit=20)}."
            )
        if not 0.0 < share <= 1.0:
            raise LayerError(
                f"exclude says {share} for {cover!r}: give the share of a strip, above 0 and up "
                "to 1, from which it counts as unplantable."
            )
    return dict(exclude)


def default_notes(given: Mapping[str, Any]) -> list[str]:
    """Say which rules are defaults and how sure their source is."""
    return [
        f"{name} is the default by grade ({defaults()[name]['source']}"
        f"{'' if defaults()[name]['verified'] else ', not verified'})."
        for name in ("offset_m", "belt_m")
        if isinstance(given[name], Mapping)
        and given[name] == {g: float(defaults()[name][g]) for g in GRADES}
    ]


def _default_rule(name: str, grade: str | None) -> ByGrade:
    rule = defaults()[name]
    if "value" in rule:
        return float(rule["value"])
    if grade is None:
        raise LayerError(
            f"{name} has defaults by grade only, and no grade column is named: "
            f"pass {name}= in metres."
        )
    return {g: float(rule[g]) for g in GRADES}


def _grades(
    words: pd.Series[str] | None,
    mapping: Mapping[str, str] | None,
    rows: int,
    *,
    needed: bool,
) -> npt.NDArray[Any]:
    """Canonical grades; where no rule depends on them, unknown words stay as they are."""
    if words is None:
        return np.full(rows, "", dtype=object)
    try:
        return canonical_grades(words, mapping).to_numpy(dtype=object)
    except LayerError:
        if needed or mapping is not None:
            raise
        return words.to_numpy(dtype=object)


def _barred(
    layer: gpd.GeoDataFrame, bridge: str | None, tunnel: str | None, excluded: str | None
) -> npt.NDArray[Any]:
    """Why a row cannot be planted, or ""."""
    reason = np.full(len(layer), "", dtype=object)
    for name, column in (("bridge", bridge), ("tunnel", tunnel)):
        if column is not None:
            reason[marked(layer[column]) & (reason == "")] = name
    if excluded is not None:
        own = as_text(layer[excluded]).to_numpy(dtype=object)
        said = marked(layer[excluded]) & (reason == "")
        reason[said] = own[said]
    return reason

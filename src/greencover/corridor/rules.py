"""The rules by which roadsides and banks are counted: one record each, in ``rules.toml``.

The library's arguments, the keys of a campaign, what ``check`` says and what is printed with the
results are made of these records. A plug-in adds rules of its own with :func:`add_rules`.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from greencover.corridor.grade_names import GRADES
from greencover.cover import COVER_TYPES
from greencover.ground.errors import LayerError, UnknownArgumentError
from greencover.ground.notes import Note
from greencover.words import Listed, add_labels

#: Packages that add rules, exclusions or evidence name a module under this entry point.
PLUGINS = "greencover.corridor"
Kind = Literal["number", "by_row", "shares", "covers", "flag", "words"]


@dataclass(frozen=True)
class Rule:
    """A rule with its default and where it comes from; the fields are those of ``rules.toml``."""

    name: str
    of: tuple[str, ...]
    kind: Kind
    unit: str
    default: Any
    example: Any
    en: str
    zh: str
    meaning: str
    meaning_zh: str
    source: str
    verified: bool
    low: float = 0.0
    high: float = math.inf
    note: str = ""
    campaign: bool = True
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reasons: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    key: str = ""

    @property
    def by_grade(self) -> dict[str, float]:
        """The default of each grade."""
        given = self.default
        return dict(given) if isinstance(given, Mapping) else dict.fromkeys(GRADES, float(given))

    def filled(self, value: Any) -> Any:
        """The value, or the default; a table by grade with the defaults of the rest."""
        if value is None:
            return self.default
        if self.kind == "by_row" and isinstance(value, Mapping):
            return {**self.by_grade, **value}
        return value

    def checked(self, value: Any) -> Any:
        """The value, or a LayerError; figures by row are checked when they are known."""
        if self.kind == "shares":
            for cover, share in value.items():
                self._known_cover(cover)
                if not 0.0 < share <= 1.0:
                    raise LayerError("corridor.share", rule=self.key, share=share, cover=cover)
            return dict(value)
        if self.kind == "covers":
            value = (
                list(value)
                if isinstance(value, Iterable) and not isinstance(value, str)
                else [value]
            )
            for cover in value:
                self._known_cover(cover)
            return value
        if self.kind == "words" and value not in self.words:
            known = Listed.every(repr(word) for word in self.words)
            raise LayerError("corridor.no_such_word", rule=self.key, value=repr(value), known=known)
        if self.kind == "number":
            if isinstance(value, bool) or not isinstance(value, int | float | np.number):
                raise LayerError("corridor.no_number", rule=self.key, value=repr(value))
            self.check_numbers(np.array([value], dtype=np.float64))
        return value

    def check_numbers(self, numbers: npt.NDArray[np.float64]) -> None:
        """Refuse figures beyond the limits."""
        wrong = ~((numbers >= self.low) & (numbers <= self.high))
        if wrong.any():
            code = "corridor.too_small" if math.isinf(self.high) else "corridor.out_of_range"
            if self.unit == "share" and numbers.max() > 1.0:
                code = "corridor.percentage"
            raise LayerError(
                code,
                rule=self.key,
                value=float(numbers[wrong][0]),
                meaning=self.name,
                low=self.low,
                high=self.high,
                unit=f" {self.unit}" if self.unit == "m" else "",
            )

    def _known_cover(self, cover: str) -> None:
        if cover not in COVER_TYPES:
            known = Listed.of(COVER_TYPES, limit=20)
            raise LayerError("corridor.cover_unknown", rule=self.key, cover=cover, known=known)


_added: dict[str, Rule] = {}


def rules(corridor: str) -> dict[str, Rule]:
    """Rules of a kind of corridor, ``"road"`` or ``"water"``, by the name of their argument.

    Examples
    --------
    >>> rules("road")["step_m"].default
    10.0
    >>> rules("water")["belt_m"].name
    'bank_belt_m'
    """
    return {rule.key: rule for rule in all_rules().values() if corridor in rule.of}


def all_rules() -> dict[str, Rule]:
    """Every rule by its name, those of plug-ins last."""
    own = _own_rules()
    load_plugins()
    return own | _added


def add_rules(path: str | Path) -> None:
    """Add the rules of a file that is built like ``rules.toml``."""
    _added.update(_read(Path(path).read_text("utf-8")))
    _own_rules.cache_clear()


def defaults() -> dict[str, dict[str, Any]]:
    """The rules in use where the caller gives none, with their sources.

    Examples
    --------
    >>> defaults()["threshold"]["value"], defaults()["belt_m"]["county"]
    (0.2, 10.0)
    """
    return {
        name: {
            **(rule.default if rule.kind == "by_row" and isinstance(rule.default, dict) else {}),
            "value": rule.default,
            "note": rule.note,
            "source": rule.source,
            "verified": rule.verified,
        }
        for name, rule in all_rules().items()
    }


def settled(corridor: str, given: Mapping[str, Any], function: str) -> dict[str, Any]:
    """All rules of a corridor: the values given, checked, and the defaults of the rest.

    Raises
    ------
    UnknownArgumentError
        There is no such rule.
    LayerError
        A value is beyond what the rule accepts.

    Examples
    --------
    >>> settled("road", {"step_m": 20.0}, "roadside_greening")["mouth_m"]
    0.0
    """
    known = rules(corridor)
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise UnknownArgumentError("corridor.no_parameter", function=function, name=unknown[0])
    values = {key: given.get(key) for key in known}
    return {
        key: rule.checked(rule.default if values[key] is None else values[key])
        for key, rule in known.items()
    }


def said(corridor: str, values: Mapping[str, Any]) -> list[Note]:
    """The rules whose value is not the default, in words.

    Examples
    --------
    >>> said("road", {"step_m": 10.0, "mouth_m": 12.0})
    ['Open length at a junction 12 m']
    """
    found = []
    for key, rule in rules(corridor).items():
        value = values.get(key, rule.default)
        if value != rule.default:
            if rule.kind == "words":
                found.append(Note("corridor.word_said", rule=rule.name, value=value))
                continue
            unit = f" {rule.unit}" if rule.unit == "m" else ""
            found.append(
                Note(
                    "corridor.rule_said",
                    rule=rule.name,
                    value=_plain(value),
                    unit=unit,
                )
            )
    return found


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {number:g}" for key, number in value.items()) or "–"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


@cache
def _own_rules() -> dict[str, Rule]:
    return _read(Path(__file__).with_name("rules.toml").read_text("utf-8"))


@cache
def load_plugins() -> None:
    """Import the modules of plug-ins, once."""
    for plugin in entry_points(group=PLUGINS):
        plugin.load()


def _read(text: str) -> dict[str, Rule]:
    found = {}
    for name, entry in tomllib.loads(text).items():
        entry["of"] = tuple(entry["of"])
        found[name] = Rule(name=name, **{"key": name, **entry})
        for reason, words in found[name].reasons.items():
            _labels["reasons"][reason] = words
        for word, called in found[name].words.items():
            _labels["rule_words"][word] = called
        _labels["rules"][name] = {"en": entry["en"], "zh": entry["zh"]}
        _labels["rule_meanings"][name] = {"en": entry["meaning"], "zh": entry["meaning_zh"]}
    return found


_labels: dict[str, dict[str, Mapping[str, str]]] = {
    "reasons": {},
    "rules": {},
    "rule_meanings": {},
    "rule_words": {},
}
for _group, _entries in _labels.items():
    add_labels(_group, _entries)

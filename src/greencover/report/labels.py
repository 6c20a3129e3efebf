"""What is said in a report: labels, names and sentences in any language that has a catalogue.

A report's data hold no language: they hold things that can be said. ``said`` says them, in one
language or in both of the languages of a Chinese office.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from greencover.corridor import grade_names, rules
from greencover.ground.errors import ArgumentError
from greencover.indicators.registry import indicators
from greencover.words import Listed, added_labels, catalogue, label_of, languages, say

#: A language that has a catalogue, or ``"both"``: Chinese, then English.
Lang = str
BOTH = "both"
_PAIR = ("zh", "en")

# Names of indicators, grades and rules are labels once their data files are read.
_NAMED_BY_DATA = (indicators(), grade_names.GRADES, rules.all_rules())


class Sayable(Protocol):
    """Anything that says itself in a language: a note, a label, a name, a sentence."""

    def said(self, lang: str) -> str:
        """The words in one language."""


@dataclass(frozen=True)
class Label:
    """The label of a key of the data, such as ``"not met"`` in the group ``"verdicts"``.

    A key without a label is said as it stands, or by the name that the data give it.
    """

    key: object
    group: str
    own: Sayable | None = None

    def said(self, lang: str) -> str:
        """The label in one language."""
        found = label_of(self.key, self.group, lang)
        return found or (self.own.said(lang) if self.own else str(self.key))


@dataclass(frozen=True)
class Named:
    """A name that the data have in Chinese and in English; a missing one gives way to the other."""

    zh: str
    en: str = ""

    def said(self, lang: str) -> str:
        """The Chinese name in Chinese, the English one in all other languages."""
        return (self.zh or self.en) if lang == "zh" else (self.en or self.zh)


@dataclass(frozen=True)
class Inside:
    """A label inside a sentence: in small letters where the language writes it so."""

    label: Sayable

    def said(self, lang: str) -> str:
        """The label, its first letter as the language wants it."""
        text = self.label.said(lang)
        small = catalogue(lang).get("language.names_inside") == "small"
        return text[:1].lower() + text[1:] if small else text


class Sentence:
    """A sentence of the section ``[sentences]`` of the catalogues with its values.

    Examples
    --------
    >>> Sentence("gaps.shown", count=3).said("en")
    'The table lists the longest 3; the workbook has all of them.'
    """

    def __init__(self, code: str, /, **values: Any) -> None:
        self.code, self.values = code, values

    def said(self, lang: str) -> str:
        """The sentence in one language."""
        text = say(f"sentences.{self.code}", self.values, lang).strip().replace("  ", " ")
        return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Series:
    """Things said one after another, with what the language puts between them."""

    parts: tuple[Sayable, ...]

    def said(self, lang: str) -> str:
        """The parts in one language."""
        return say("sentences.between", {}, lang).join(part.said(lang) for part in self.parts)


def spoken(lang: Lang) -> tuple[str, ...]:
    """The languages that a report in ``lang`` speaks.

    Examples
    --------
    >>> spoken("both"), spoken("en")
    (('zh', 'en'), ('en',))
    """
    return _PAIR if lang == BOTH else (lang,)


def alone(lang: Lang) -> str:
    """The one language for places where two have no room."""
    return spoken(lang)[0]


def check_lang(lang: Lang) -> None:
    """Refuse a language that has no catalogue."""
    if lang != BOTH and lang not in languages():
        known = Listed.of([*languages(), BOTH], limit=20, last="or")
        raise ArgumentError("report.unknown_language", lang=lang, known=known)


def said(what: Sayable | object, lang: Lang = BOTH, *, between: str = " ") -> str:
    """Anything of a report in a language; plain text stays as it stands.

    Parameters
    ----------
    what
        A note, a label, a name, a sentence, or plain text of the data.
    lang
        A language that has a catalogue, or ``"both"``.
    between
        What stands between two languages.

    Examples
    --------
    >>> said(Named("青岚", "Qinglan")), said(Named("青岚"), "en"), said("G205")
    ('青岚 Qinglan', '青岚', 'G205')
    """
    texts = (_one(what, one) for one in spoken(lang))
    return between.join(dict.fromkeys(text for text in texts if text))


def _one(what: Any, lang: str) -> str:
    return str(what.said(lang)) if hasattr(what, "said") else " ".join(str(what).split())


def join(zh: str, en: str, *, lang: Lang = BOTH, between: str = " ") -> str:
    """One string out of a Chinese and an English name; a missing one gives way to the other.

    Examples
    --------
    >>> join("青岚", "Qinglan"), join("", "Qinglan", lang="zh")
    ('青岚 Qinglan', 'Qinglan')
    """
    return said(Named(zh, en), lang, between=between)


def label(key: object, group: str, *, lang: Lang = BOTH, between: str = " ") -> str:
    """Label of a key in the language asked for.

    Parameters
    ----------
    key
        What the data hold, such as ``"not met"`` or ``"forest_coverage"``.
    group
        Group of the labels, such as ``"verdicts"``.
    lang
        A language that has a catalogue, or ``"both"`` (Chinese, then English).
    between
        What stands between the two languages.

    Examples
    --------
    >>> label("not met", "verdicts")
    '未达标 not met'
    >>> label("not met", "verdicts", lang="en")
    'not met'
    """
    return said(Label(key, group), lang, between=between)


def keys(group: str) -> tuple[str, ...]:
    """Keys of a group of labels, in the order of the catalogue or of the data that carry them.

    Examples
    --------
    >>> keys("sides")
    ('left', 'right', 'bank')
    """
    head = f"labels.{group}."
    own = [code.removeprefix(head) for code in catalogue("en") if code.startswith(head)]
    return tuple(dict.fromkeys([*own, *added_labels().get(group, {})]))


def texts(lang: str) -> Iterable[str]:
    """Every label of a language: what a font must be able to draw."""
    for code, text in catalogue(lang).items():
        if code.startswith("labels."):
            yield text
    for group, entries in added_labels().items():
        yield from (Label(key, group).said(lang) for key in entries)

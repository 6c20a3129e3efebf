"""From a code and its values to a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from greencover.words._catalogue import FALLBACK, catalogue, label_of


@dataclass(frozen=True)
class Listed:
    """Names to be listed: "a, b and c", or the first few and how many more there are.

    Parameters
    ----------
    names
        What is listed.
    limit
        Names shown at most.
    last
        What stands before the last one, by its code in ``[joining]``: ``"and"``, ``"or"`` or
        ``"comma"``.
    """

    names: tuple[object, ...]
    limit: int = 5
    last: str = "and"

    @classmethod
    def of(cls, names: Iterable[object], *, limit: int = 5, last: str = "and") -> Listed:
        """The names of anything that can be walked through."""
        return cls(tuple(names), limit, last)

    @classmethod
    def every(cls, names: Iterable[object], *, last: str = "comma") -> Listed:
        """All names with commas between, such as the words that a key may be."""
        return cls(given := tuple(names), len(given), last)


@dataclass(frozen=True)
class Named:
    """A name that a data file gives in several languages, such as the title of a legend.

    Parameters
    ----------
    names
        The name by language; a language without one takes the English.
    """

    names: Mapping[str, str]

    @classmethod
    def of(cls, **names: str) -> Named:
        """The name in each language, by keyword."""
        return cls(names)

    def said(self, lang: str) -> str:
        """The name in a language."""
        return self.names.get(lang) or self.names[FALLBACK]

    def __str__(self) -> str:
        return self.said(FALLBACK)


@dataclass(frozen=True)
class Rows:
    """Rows of a table, counted from 1 as a GIS shows them."""

    numbers: tuple[int, ...]
    limit: int = 5


def say(code: str, values: dict[str, Any], lang: str) -> str:
    """The sentence of a code in a language; that of English where the language has none.

    In a template ``{name}`` is a value, with a format of numbers such as ``{share:.1f}``;
    ``{grade:labels.grades}`` is the label of a key, and of each key of a list; and
    ``{files:file|files}`` is the first word for one of them and the second for any other number.
    """
    template = catalogue(lang).get(code) or catalogue(FALLBACK).get(code) or _added(code, lang)
    if template is None:
        # A sentence that nobody wrote must not hide what it is about.
        told = ", ".join(f"{name} {_text(value, lang)}" for name, value in values.items())
        return f"{code}: {told}" if told else code
    return _Filler(lang).vformat(template, (), values)


def _added(code: str, lang: str) -> str | None:
    """A label that a data file carries, by its code ``labels.<group>.<key>``."""
    head, _, rest = code.partition(".")
    group, _, key = rest.partition(".")
    return label_of(key, group, lang) if head == "labels" else None


class _Filler(Formatter):
    def __init__(self, lang: str) -> None:
        self.lang = lang

    def format_field(self, value: Any, spec: str) -> str:
        if spec.startswith("labels."):
            group = spec.removeprefix("labels.")
            if isinstance(value, Listed):
                keys = tuple(label_of(k, group, self.lang) or str(k) for k in value.names)
                return _listed(keys, value.limit, value.last, self.lang)
            return label_of(value, group, self.lang) or str(value)
        if "|" in spec:
            one, many = spec.split("|")
            return one if value == 1 else many
        if isinstance(value, Listed | Rows) or hasattr(value, "said"):
            return _text(value, self.lang)
        return str(super().format_field(value, spec))


def _text(value: Any, lang: str) -> str:
    if hasattr(value, "said"):
        return str(value.said(lang))
    if isinstance(value, Rows):
        numbers, more = value.numbers[: value.limit], len(value.numbers) - value.limit
        code = "joining.more_rows" if more > 0 else "joining.rows"
        code = "joining.row" if len(value.numbers) == 1 else code
        last = "comma" if more > 0 else "and"
        shown = _listed(tuple(map(str, numbers)), value.limit, last, lang)
        return say(code, {"rows": shown, "rest": more}, lang)
    if isinstance(value, Listed):
        return _listed(
            tuple(_text(name, lang) for name in value.names), value.limit, value.last, lang
        )
    return str(value)


def _listed(names: Sequence[str], limit: int, last: str, lang: str) -> str:
    comma = say("joining.comma", {}, lang)
    if len(names) > limit:
        shown = comma.join(names[:limit])
        return say("joining.more", {"shown": shown, "rest": len(names) - limit}, lang)
    if len(names) < 2:
        return names[0] if names else say("joining.none", {}, lang)
    return comma.join(names[:-1]) + say(f"joining.{last}", {}, lang) + names[-1]

"""What was repaired, assumed or left out: notes by code, for whoever asked for the figures.

Notes belong to a run, not to the process: two assessments in two threads keep their own.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from greencover.ground.errors import GreencoverWarning, one_line
from greencover.words import Named, say

_collected: ContextVar[list[Note] | None] = ContextVar("greencover_notes", default=None)


class Note(str):
    """A sentence that knows its code and its values; as text it is English.

    Attributes
    ----------
    code
        Code of the sentence in the catalogues, such as ``"people.outside"``.
    values
        What the sentence speaks of.

    Examples
    --------
    >>> Note("joining.row", rows=3).said("zh")
    '第3行'
    """

    code: str
    values: dict[str, Any]
    __slots__ = ("code", "values")

    def __new__(cls, code: str, /, **values: Any) -> Note:
        note = super().__new__(cls, one_line(say(code, values, "en")))
        note.code, note.values = code, values
        return note

    def said(self, lang: str) -> str:
        """The sentence in a language."""
        return one_line(say(self.code, self.values, lang))

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (self.code, self.values)


@dataclass(frozen=True)
class _Several:
    """Notes on one thing, one after the other."""

    notes: tuple[str, ...]

    def said(self, lang: str) -> str:
        return say("joining.between", {}, lang).join(said(note, lang) for note in self.notes)


def joined(*notes: str) -> str:
    """Several notes on one thing as one; empty ones add nothing.

    Examples
    --------
    >>> joined("", Note("joining.row", rows=3), Note("joining.row", rows=4)).said("zh")
    '第3行；第4行'
    """
    told = tuple(note for note in notes if note)
    if len(told) < 2:
        return told[0] if told else ""
    return Note("joining.text", text=_Several(told))


def in_languages(**texts: str) -> Note:
    """A text of a data file as a note, in the languages that the file has it in.

    Examples
    --------
    >>> in_languages(en="new car parks", zh="新建停车场").said("zh")
    '新建停车场'
    """
    return Note("joining.text", text=Named.of(**texts))


def said(note: str, lang: str) -> str:
    """A note in a language; plain text is what it is in any.

    Examples
    --------
    >>> said(Note("joining.row", rows=3), "zh"), said("campaign file", "zh")
    ('第3行', 'campaign file')
    """
    return note.said(lang) if isinstance(note, Note) else str(note)


def tell(code: str | Note, /, *, stacklevel: int = 1, **values: Any) -> None:
    """Add a note to those of the run; a plain call of the library warns with it."""
    note = code if isinstance(code, Note) else Note(code, **values)
    kept = _collected.get()
    if kept is None:
        warnings.warn(GreencoverWarning(note.code, **note.values), stacklevel=stacklevel + 1)
    else:
        kept.append(note)


def tell_once(note: Note, *, stacklevel: int = 1) -> None:
    """Add a note to those of the run unless it stands there already."""
    if note not in (_collected.get() or ()):
        tell(note, stacklevel=stacklevel + 1)


@contextmanager
def collected() -> Iterator[list[Note]]:
    """Collect the notes told while the block runs, in this context alone."""
    notes: list[Note] = []
    token = _collected.set(notes)
    try:
        yield notes
    finally:
        _collected.reset(token)


def _remade(code: str, values: dict[str, Any]) -> Note:
    return Note(code, **values)

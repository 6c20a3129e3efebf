"""The language that people are spoken to in."""

from __future__ import annotations

import locale
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from greencover.words._catalogue import FALLBACK, languages

_spoken: ContextVar[str | None] = ContextVar("greencover_language", default=None)


def language() -> str:
    """The language in force.

    That of :func:`speaking`, else of GREENCOVER_LANG, else of the locale, else English.
    """
    chosen = _spoken.get() or os.environ.get("GREENCOVER_LANG", "")
    return chosen if chosen in languages() else _of_locale()


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Speak a language while the block runs."""
    token = _spoken.set(lang)
    try:
        yield
    finally:
        _spoken.reset(token)


def _of_locale() -> str:
    names = [os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    spoken = next((name for name in names if name), None)
    if spoken is None:
        # Windows sets no variable; its locale is called "Chinese (Simplified)_China".
        spoken = locale.getlocale()[0] or ""
    start = "zh" if spoken.lower().startswith("chinese") else spoken[:2].lower()
    return start if start in languages() else FALLBACK

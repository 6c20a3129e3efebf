"""Numbers as clerks write them: 12,345 · １２３４５ · 1.2万 · 1 234 人."""

from __future__ import annotations

import re
import unicodedata

_SEPARATED = re.compile(r"[-+]?\d{1,3}(?:[, ']\d{3})+(?:\.\d+)?")
_PLAIN = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_TIMES = {"万": 1e4, "萬": 1e4, "千": 1e3, "亿": 1e8, "億": 1e8}
_UNITS = re.compile(r"\s*(?:人|口|persons?|people|residents|inhabitants)$", re.IGNORECASE)


def parse_number(text: str) -> float | None:
    """Return the number that a text means, or None where it means none beyond doubt.

    Thousands separators, full-width digits, 千, 万 and 亿, and 人 behind the figure are read. A
    comma that separates no thousands is doubtful and gives None.

    Examples
    --------
    >>> [parse_number(text) for text in ("12,345", "１２３４５", "1.2万人", "1,23", "many")]
    [12345.0, 12345.0, 12000.0, None, None]
    """
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
    plain = _UNITS.sub("", plain)
    times = _TIMES.get(plain[-1:], 1.0)
    if times != 1.0:
        plain = plain[:-1].strip()
    if _SEPARATED.fullmatch(plain):
        plain = re.sub(r"[, ']", "", plain)
    if not _PLAIN.fullmatch(plain):
        return None
    # In decimal, so that 1.3 times ten thousand is thirteen thousand and no more.
    number = float(plain) * times
    return round(number, 6) if times != 1.0 else number


def times_of_heading(heading: str) -> float:
    """Return what the figures under a heading are counted in: 10,000 for 人口（万人）, else 1.

    Examples
    --------
    >>> times_of_heading("常住人口（万人）"), times_of_heading("residents")
    (10000.0, 1.0)
    """
    found = re.search(r"[(\[（【/_]\s*(千|万|萬|亿|億)", heading)
    return _TIMES[found.group(1)] if found else 1.0

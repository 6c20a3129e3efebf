"""Labels in Chinese and English, from the catalogues of ``words``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from greencover.cover import COVER_TYPES
from greencover.standards import INDICATORS
from greencover.words import added_labels, catalogue

Lang = Literal["zh", "en", "both"]


@cache
def labels() -> dict[str, dict[str, Any]]:
    """All labels: group, key, then ``zh`` and ``en``.

    The groups ``"indicators"`` and ``"covers"`` come from the standards and the legends, which
    define those words; all others from the catalogues.
    """
    own: dict[str, dict[str, Any]] = {}
    for lang in ("zh", "en"):
        for code, text in catalogue(lang).items():
            head, _, rest = code.partition(".")
            if head == "labels":
                group, _, key = rest.partition(".")
                own.setdefault(group, {}).setdefault(key, {})[lang] = text
    for group, entries in added_labels().items():
        own[group] = {**entries, **own.get(group, {})}
    for family, indicators in _families().items():
        own["families"][family]["indicators"] = indicators
    for group, words in (("indicators", INDICATORS), ("covers", COVER_TYPES)):
        own[group] = {key: {"zh": word.name_zh, "en": word.name} for key, word in words.items()}
    return own


def _families() -> dict[str, list[str]]:
    text = files(__package__).joinpath("families.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def check_lang(lang: str) -> None:
    """Refuse a language that has no labels."""
    if lang not in get_args(Lang):
        raise ValueError(f'lang={lang!r} is unknown: use "zh", "en" or "both".')


def pair(key: object, group: str) -> tuple[str, str]:
    """Chinese and English label of a key; the key itself, twice, when it has no label."""
    entry = labels()[group].get(str(key))
    return (entry["zh"], entry["en"]) if entry else (str(key), str(key))


def join(zh: str, en: str, *, lang: Lang = "both", between: str = " ") -> str:
    """One string out of a Chinese and an English one; a missing one gives way to the other."""
    zh, en = zh or en, en or zh
    if lang == "both":
        return zh if zh == en else f"{zh}{between}{en}"
    return zh if lang == "zh" else en


def label(key: object, group: str, *, lang: Lang = "both", between: str = " ") -> str:
    """Label of a key in the language asked for.

    Parameters
    ----------
    key
        What the data hold, such as ``"not met"`` or ``"forest_coverage"``.
    group
        Group of the labels, such as ``"verdicts"``.
    lang
        ``"zh"``, ``"en"`` or ``"both"`` (Chinese, then English).
    between
        What stands between the two languages.

    Examples
    --------
    >>> label("not met", "verdicts")
    '未达标 not met'
    >>> label("not met", "verdicts", lang="en")
    'not met'
    """
    zh, en = pair(key, group)
    return join(zh, en, lang=lang, between=between)


def family_of(indicator: str) -> str:
    """Key of the indicator family that an indicator is shown with."""
    for family, entry in labels()["families"].items():
        if indicator in entry["indicators"]:
            return family
    return "other"

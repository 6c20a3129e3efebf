"""Catalogues: the sentences and labels of a language by dotted code."""

from __future__ import annotations

import tomllib
from collections import ChainMap
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

#: The language that fills in for what another catalogue lacks.
FALLBACK = "en"
_HERE = Path(__file__).parent
# Looked up once: where no more files can be opened, that can still be said.
_SHIPPED = frozenset(path.stem for path in _HERE.glob("*.toml"))
_added: dict[str, Path] = {}
_labels: dict[str, ChainMap[str, Mapping[str, str]]] = {}


def languages() -> tuple[str, ...]:
    """Languages that have a catalogue."""
    return tuple(sorted(_SHIPPED | set(_added)))


def add_catalogue(path: str | Path) -> None:
    """Make the language of a catalogue known: ``<language>.toml``, built like those here."""
    path = Path(path)
    _added[path.stem] = path
    catalogue.cache_clear()


def beside(lang: str) -> Path:
    """The folder that a catalogue lies in: other files of its language lie beside it."""
    return _added.get(lang, _HERE / f"{lang}.toml").parent


def add_labels(group: str, labels: Mapping[str, Mapping[str, str]]) -> None:
    """Give a group the labels that its data files carry: key -> language -> label.

    A catalogue's own ``[labels.<group>]`` goes before them. Labels that a group has already stay,
    and those that are put into ``labels`` later are seen, too.
    """
    known = _labels.setdefault(group, ChainMap())
    if not any(one is labels for one in known.maps):
        known.maps.insert(0, labels)  # type: ignore[arg-type]


def added_labels() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Labels that data files carry: group -> key -> language -> label."""
    return _labels


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """Templates of a language by dotted code; empty for a language without a catalogue."""
    path = _added.get(lang, _HERE / f"{lang}.toml")
    if lang not in languages():
        return {}
    return dict(_flat(tomllib.loads(path.read_text(encoding="utf-8"))))


def label_of(key: object, group: str, lang: str) -> str | None:
    """Label of a key of the data, such as ``"not met"`` in the group ``"verdicts"``."""
    found = catalogue(lang).get(f"labels.{group}.{key}")
    if found is None:
        entry: Mapping[str, str] = _labels.get(group, ChainMap()).get(str(key), {})
        found = entry.get(lang) or catalogue(FALLBACK).get(f"labels.{group}.{key}")
        found = found or entry.get(FALLBACK)
    return found


def _flat(table: Mapping[str, Any], head: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{head}{key}.")
        else:
            yield f"{head}{key}", str(value)

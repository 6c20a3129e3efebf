"""A page of every key of a campaign file, from the same model as the schema for editors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from greencover.campaign.schema import json_schema
from greencover.ground.notes import Note
from greencover.ground.toml_text import toml_of

_HEADS = ("key", "kind", "default", "example", "meaning")


def key_reference(languages: Iterable[str] = ("en", "zh")) -> str:
    """Give the page of all keys of a campaign file, as Markdown.

    Parameters
    ----------
    languages
        Languages of the meanings, in the order in which they are to stand.

    Returns
    -------
    str
        A heading for each table of the file, and a line for each key: its kind of value, what
        holds where it is left out, an example, and its meaning.

    Examples
    --------
    >>> page = key_reference(["en"])
    >>> [line for line in page.splitlines() if line.startswith("| `year`")][0]
    '| `year` | integer |  | `2023` | the year that is assessed |'
    """
    languages = tuple(languages)
    schema = json_schema(languages)
    lines = [f"# {_said('page', languages)}", "", _said("intro", languages), ""]
    for heading, meaning, table in _tables(schema):
        lines += [f"## `{heading}`" if heading else f"## {_said('top', languages)}", ""]
        lines += [meaning.replace("\n", " · "), ""] if meaning else []
        heads = [_said(one, languages) for one in _HEADS]
        lines += [_row(heads), _row(["---"] * len(_HEADS))]
        required = set(table.get("required", ()))
        lines += [
            _row(_cells(key, entry, needed=key in required, languages=languages))
            for key, entry in table["properties"].items()
            if _section_of(entry) is None
        ]
        lines.append("")
    return "\n".join(lines)


def _tables(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Each table of the file that has keys: its heading in TOML, its meaning, its schema."""
    named = schema["$defs"]

    def below(
        prefix: str, meaning: str, table: Mapping[str, Any], *, many: bool
    ) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        entries = table["properties"].items()
        if any(_section_of(entry) is None for _, entry in entries):
            heading = f"[[{prefix}]]" if many else f"[{prefix}]"
            yield heading if prefix else "", meaning, table
        for key, entry in entries:
            section = _section_of(entry)
            if section is not None:
                inner = f"{prefix}.{key}" if prefix else key
                said = entry.get("description", "")
                yield from below(inner, said, named[section], many="items" in entry)

    yield from below("", "", schema, many=False)


def _section_of(entry: Mapping[str, Any]) -> str | None:
    """The table that a key opens; None for a key with a value."""
    reference = entry.get("$ref") or entry.get("items", {}).get("$ref", "")
    return reference.rsplit("/", 1)[-1] or None


def _cells(
    key: str, entry: Mapping[str, Any], *, needed: bool, languages: tuple[str, ...]
) -> list[str]:
    default = _said("needed", languages) if needed else _shown(entry.get("default"))
    example = _shown(next(iter(entry.get("examples", ())), None))
    meaning = entry.get("description", "").replace("\n", "<br>")
    return [f"`{key}`", _kind(entry), default, example, meaning]


def _kind(entry: Mapping[str, Any]) -> str:
    if "enum" in entry:
        return ", ".join(f"`{one}`" for one in entry["enum"])
    if "anyOf" in entry:
        return ", ".join(dict.fromkeys(filter(None, map(_kind, entry["anyOf"]))))
    kinds = entry.get("type", "")
    return kinds if isinstance(kinds, str) else ", ".join(kinds)


def _shown(value: Any) -> str:
    """A value as a campaign file has it; nothing for a key that is left out."""
    if value is None or value in ([], {}):
        return ""
    return f"`{toml_of(value)}`"


def _said(code: str, languages: tuple[str, ...]) -> str:
    return " · ".join(Note(f"campaign.reference.{code}").said(one) for one in languages)


def _row(cells: Iterable[str]) -> str:
    escaped = [cell.replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(escaped)} |"

"""What a campaign file may say, as a JSON Schema for editors: every key with its meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel

from greencover.campaign.model import Settings
from greencover.ground.notes import Note

#: The dialect, which editors ask for.
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES = {str: "string", Path: "string", int: "number", float: "number", bool: "boolean"}
_OF_SEVERAL = {dict: "object", Mapping: "object", tuple: "array", list: "array"}


def json_schema(languages: Iterable[str] = ("en", "zh")) -> dict[str, Any]:
    """Give the JSON Schema of campaign files.

    Parameters
    ----------
    languages
        Languages in which each key is described, with a line break between.

    Returns
    -------
    dict
        A schema of draft 2020-12. It says the kind of each value and the words that a key may be;
        limits of numbers, and what keys ask of each other, are left to ``greencover check``.

    Examples
    --------
    >>> keys = json_schema(["en"])["$defs"]["Cover"]["properties"]
    >>> keys["year"]["description"], keys["year"]["type"]
    ('the year of the land cover', 'integer')
    """
    languages = tuple(languages)
    found = Settings.model_json_schema(by_alias=True)
    sections = {one.__name__: one for one in _sections(Settings)}
    whole: dict[str, type[BaseModel]] = {"": Settings, **sections}
    for name, section in whole.items():
        table = found["$defs"][name] if name else found
        table.pop("title", None)
        table.pop("description", None)
        for key, field in section.model_fields.items():
            entry = table["properties"][field.alias or key]
            table["properties"][field.alias or key] = _described(entry, field, languages)
    return {"$schema": DIALECT, "title": "greencover", **found}


def _described(entry: dict[str, Any], field: Any, languages: tuple[str, ...]) -> dict[str, Any]:
    # TOML has no null: a key that may be left out is left out.
    kinds = [one for one in entry.pop("anyOf", []) if one.get("type") != "null"]
    entry.pop("title", None)
    if entry.get("default", 0) is None:
        del entry["default"]
    if len(kinds) == 1 and kinds[0]:
        entry |= kinds[0]
    elif all(kinds) and kinds:
        entry["anyOf"] = kinds
    elif not {"type", "enum", "$ref"} & set(entry):
        types = list(dict.fromkeys(_types_in(field.annotation)))
        entry["type"] = types[0] if len(types) == 1 else types
    if field.description:
        said = [Note(field.description).said(one) for one in languages]
        entry["description"] = "\n".join(dict.fromkeys(said))
    return entry


def _types_in(annotation: Any) -> Iterator[str]:
    """The kinds of value that an annotation stands for."""
    origin = get_origin(annotation)
    if annotation in _TYPES:
        yield _TYPES[annotation]
    elif origin in _OF_SEVERAL:
        yield _OF_SEVERAL[origin]
        # A list of files may be one file.
        if origin is tuple and Path in _inside(annotation):
            yield "string"
    elif origin is Annotated:
        yield from _types_in(get_args(annotation)[0])
    elif origin is Literal:
        yield "string"
    else:
        for one in get_args(annotation):
            yield from _types_in(one)


def _inside(annotation: Any) -> Iterator[Any]:
    yield annotation
    for one in get_args(annotation):
        yield from _inside(one)


def _sections(section: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for field in section.model_fields.values():
        for one in _inside(field.annotation):
            if isinstance(one, type) and issubclass(one, BaseModel):
                yield one
                yield from _sections(one)

"""Which found layer is what in a campaign, and which of its columns hold what."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from greencover.campaign.looking import Found, FoundLayer
from greencover.corridor.grade_schemes import columns_of, mapping_of, schemes
from greencover.corridor.grades import canonical_grades, known_words
from greencover.ground.errors import GreencoverError, MissingExtraError
from greencover.ground.notes import Note, collected
from greencover.layers import (
    as_text,
    candidate_columns,
    check_codes,
    check_population,
    layer_name,
    read_people,
)
from greencover.layers.columns import aliases
from greencover.layers.sheets import headings_of
from greencover.words import Listed

Keys = dict[str, Any]
Notes = dict[str, Note]
# Units that nobody named: the fewest that can be told apart.
_UNITS = ("townships", "villages")


@cache
def _names() -> dict[str, dict[str, list[str]]]:
    text = files("greencover.campaign").joinpath("layer_names.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def roles_of(found: Found) -> dict[str, FoundLayer]:
    """The layer of each role; townships first, which all others lie in."""
    roles: dict[str, FoundLayer] = {}
    left: list[FoundLayer] = []
    for layer in found.layers:
        role = _named(layer)
        if role in _UNITS and not _codes(layer):
            role = None
        if role == "county" and len(layer.frame) > 1:
            role = None
        if role is None or role in roles:
            left.append(layer)
        else:
            roles[role] = layer
    for role in _UNITS:
        unnamed = [one for one in left if one.kind == "polygon" and len(one.frame) > 1]
        unnamed = [one for one in unnamed if _named(one) in (None, "county") and _codes(one)]
        if role == "villages" and "townships" in roles:
            units = len(roles["townships"].frame)
            unnamed = [one for one in unnamed if len(one.frame) > units]
        if role not in roles and unnamed and (role == "townships" or "townships" in roles):
            roles[role] = min(unnamed, key=lambda one: len(one.frame))
            left.remove(roles[role])
    lines = [one for one in left if one.kind == "line" and candidate_columns(one.frame, "grade")]
    if "roads" not in roles and lines:
        roles["roads"] = max(lines, key=lambda one: len(one.frame))
        left.remove(roles["roads"])
    if "roads" in roles and not (
        candidate_columns(roles["roads"].frame, "grade") and _road_names(roles["roads"])
    ):
        left.append(roles.pop("roads"))
    if "waters" in roles and not candidate_columns(roles["waters"].frame, "name"):
        left.append(roles.pop("waters"))
    found.unused += [
        Note("campaign.draft.layer_unused", layer=layer_name(one.path, one.layer)) for one in left
    ]
    order = ["townships", *(one for one in roles if one != "townships")]
    return {role: roles[role] for role in order if role in roles}


def _named(layer: FoundLayer) -> str | None:
    for called in layer.called:
        for role, words in _names().get(layer.kind, {}).items():
            if any(word in called for word in words):
                return role
    return None


def _codes(layer: FoundLayer) -> list[str]:
    """Columns whose values tell every row from every other, those known for codes first."""
    frame = layer.frame
    own = [str(one) for one in frame.columns.drop([frame.geometry.name])]
    known = candidate_columns(frame, "code")
    plain = [one for one in own if one not in known and frame[one].dtype.kind != "f"]
    return [one for one in [*known, *plain] if _tells_apart(frame, one)]


def _tells_apart(frame: pd.DataFrame, column: str) -> bool:
    try:
        check_codes(frame, column, "")
    except GreencoverError:
        return False
    return True


def units_of(layer: FoundLayer) -> tuple[Keys, Notes]:
    """Columns of codes, names and residents of units."""
    frame = layer.frame
    known = candidate_columns(frame, "code")
    codes = _codes(layer)
    keys: Keys = {"code": codes[0]}
    notes: Notes = {}
    if codes[0] not in known or len(known) > 1:
        notes["code"] = Note("campaign.draft.column", others=Listed.of(codes[1:]))
    names = candidate_columns(frame, "name") or [
        one
        for one in map(str, frame.columns.drop([frame.geometry.name]))
        if one != codes[0] and as_text(frame[one]).map(_is_word).all()
    ]
    keys["name"] = (names or codes)[0]
    if len(names) != 1 or not candidate_columns(frame, "name"):
        notes["name"] = Note("campaign.draft.column", others=Listed.of(names[1:]))
    if english := candidate_columns(frame, "name_en"):
        keys["name_en"] = english[0]
    for column in candidate_columns(frame, "population"):
        with collected():
            try:
                check_population(frame, column, "")
            except GreencoverError:
                continue
        keys["population"] = column
        break
    return keys, notes


def _is_word(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


def _road_names(layer: FoundLayer) -> list[str]:
    usual = [one for name in schemes() for one in columns_of(name).get("road", ())]
    found = candidate_columns(layer.frame, "road")
    return sorted(found, key=lambda one: one not in usual)


def roads_of(layer: FoundLayer) -> tuple[Keys, Notes]:
    """Columns of names and grades of roads, and what their words of grades stand for."""
    frame, notes = layer.frame, {}
    names, grades = _road_names(layer), candidate_columns(layer.frame, "grade")
    keys: Keys = {"name": names[0], "grade": min(grades, key=lambda one: len(_strange(frame[one])))}
    for key, columns in (("name", names), ("grade", grades)):
        if len(columns) > 1:
            others = [one for one in columns if one != keys[key]]
            notes[key] = Note("campaign.draft.column", others=Listed.of(others))
    if unknown := _strange(frame[keys["grade"]]):
        keys["grades"] = mapping_of(unknown, None)
        notes["grades"] = Note("campaign.draft.grades")
    for mark in ("bridge", "tunnel"):
        if len(columns := candidate_columns(frame, mark)) == 1:
            keys[mark] = columns[0]
    return keys, notes


def _strange(values: Any) -> list[str]:
    """Words that stand for no grade that is known."""
    try:
        canonical_grades(values)
    except GreencoverError:
        known = known_words()
        return sorted({one for one in as_text(values) if one.casefold() not in known})
    return []


def named_of(layer: FoundLayer) -> tuple[Keys, Notes]:
    """The column of names, where there is one."""
    names = candidate_columns(layer.frame, "name")
    return ({"name": names[0]} if names else {}), {}


#: What tells the columns of a role.
COLUMNS = {
    "townships": units_of,
    "villages": units_of,
    "roads": roads_of,
    "waters": named_of,
    "parks": named_of,
}


def table_of(path: Path, layer: FoundLayer, keys: Keys) -> Keys:
    """Columns of a table of residents that has a row for every unit; none where it has not."""
    units = pd.DataFrame(
        {key: as_text(pd.Series(layer.frame[keys[key]])) for key in ("code", "name")}
    )
    try:
        headings = headings_of(path, set(aliases()["population"]) | {"population"})
    except (GreencoverError, MissingExtraError):
        return {}
    of = {
        key: [one for one in headings if one.lower() in {key, *aliases()[key]}]
        for key in ("population", "code", "name")
    }
    for population in of["population"]:
        for key in ("code", "name"):
            for column in of[key]:
                with collected():
                    try:
                        read_people(path, units, population=population, **{key: column})
                    except GreencoverError:
                        continue
                return {key: column, "population": population}
    return {}

"""A campaign file drafted from what lies in files: what was guessed is said beside it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from greencover import standards
from greencover.campaign.asking import NO_TARGETS, Ask, Question, asked
from greencover.campaign.campaign import Campaign
from greencover.campaign.explain import explain
from greencover.campaign.looking import Found, FoundCover, look
from greencover.campaign.roles import COLUMNS, roles_of, table_of
from greencover.ground.errors import CampaignError, GreencoverError, LayerError
from greencover.ground.notes import Note, collected
from greencover.ground.places import is_remote
from greencover.ground.toml_text import toml_of
from greencover.indicators.registry import indicators
from greencover.words import Listed, language

# Without these there is no campaign.
_NEEDED = ("cover", "layers.townships")


@dataclass
class Drafted:
    """A section of the file: its keys, with what is to be said beside some of them."""

    name: str
    keys: dict[str, Any]
    notes: dict[str, Note] = field(default_factory=dict)
    refused: GreencoverError | None = None


@dataclass(frozen=True)
class Draft:
    """A campaign file, what could not be used, and why ``check`` would refuse it."""

    text: str
    guessed: tuple[str, ...]
    unused: tuple[Note, ...]
    refused: GreencoverError | None


def draft(given: Iterable[str | Path], folder: Path, ask: Ask | None = None) -> Draft:
    """Draft a campaign from files and the files of folders.

    Parameters
    ----------
    given
        Files and folders.
    folder
        Folder of the campaign file, which paths in it are relative to.
    ask
        Answers questions on what was guessed, on title and targets; left out, guesses stand.

    Returns
    -------
    Draft
        The text of the file, with every guess said beside the key; layers that ``check`` would
        refuse stand in it as remarks with the reason.

    Raises
    ------
    CampaignError
        No land cover with a legend that fits, or no layer of units, was found.
    LayerError
        A file is on another machine.
    """
    given = tuple(given)
    for one in given:
        if is_remote(one):
            raise LayerError("layers.on_another_machine", path=one)
    places = [Path(one).absolute() for one in given]
    found = look(places)
    if not found.covers:
        raise CampaignError("campaign.draft.no_cover", unused=_listed(found.unused))
    place = places[0] if places[0].is_dir() else places[0].parent
    title, targets = place.name, NO_TARGETS
    sections = [_cover(found, folder), *_layers(found, folder)]
    if ask is not None:
        title = ask(Question("title", title))
        targets = ask(Question("standard", NO_TARGETS, (NO_TARGETS, *standards.available())))
        sections = [one for one in sections if asked(one.name, one.keys, one.notes, ask)]
    if all(one.name != "layers.townships" for one in sections):
        raise CampaignError("campaign.draft.no_units", unused=_listed(found.unused))
    top = _top(title, targets)
    refused = _only_accepted(sections, top, folder)
    guessed = tuple(
        f"{one.name}.{key}" for one in sections for key in one.notes if one.refused is None
    )
    return Draft(_text(sections, found, top), guessed, tuple(found.unused), refused)


def _listed(unused: list[Note]) -> Note | str:
    return Note("campaign.draft.because", reasons=Listed.every(unused)) if unused else ""


def _cover(found: Found, folder: Path) -> Drafted:
    """The newest cover; rasters of one legend and year are tiles of it."""
    newest = max(found.covers, key=lambda one: (one.year or 0, one.legends[0]))
    tiles = [one for one in found.covers if _kind(one) == _kind(newest)]
    for other in found.covers:
        if other not in tiles:
            found.unused.append(Note("campaign.draft.other_cover", path=other.path.name))
    paths = [_path(one.path, folder) for one in tiles]
    keys: dict[str, Any] = {
        "path": paths[0] if len(paths) == 1 else paths,
        "legend": newest.legends[0],
    }
    notes: dict[str, Note] = {}
    if not newest.certain:
        others = Listed.every(newest.legends[1:])
        notes["legend"] = Note("campaign.draft.legend", others=others)
    if newest.year is not None:
        keys["year"] = newest.year
        notes["year"] = Note("campaign.draft.year")
    return Drafted("cover", keys, notes)


def _kind(cover: FoundCover) -> tuple[str, int | None]:
    return cover.legends[0], cover.year


def _layers(found: Found, folder: Path) -> Iterator[Drafted]:
    for role, layer in roles_of(found).items():
        keys: dict[str, Any] = {"path": _path(layer.path, folder)}
        notes: dict[str, Note] = {"path": Note("campaign.draft.role", role=role)}
        if layer.layer is not None:
            keys["layer"] = layer.layer
        if layer.crs is not None:
            keys["crs"] = layer.crs
            notes["crs"] = Note("campaign.draft.crs")
        if role in COLUMNS:
            more, said = COLUMNS[role](layer)
            keys |= more
            notes |= said
        section = Drafted(f"layers.{role}", keys, notes)
        yield section
        if role in ("townships", "villages") and "population" not in keys:
            for path in found.tables:
                table = table_of(path, layer, keys)
                if table:
                    found.tables.remove(path)
                    table["path"] = _path(path, folder)
                    yield Drafted(f"layers.{role}.population_table", table)
                    break
    for path in found.tables:
        found.unused.append(Note("campaign.draft.table_unused", path=path.name))


def _only_accepted(sections: list[Drafted], top: str, folder: Path) -> GreencoverError | None:
    """Mark the sections that ``check`` refuses; the refusal of what is needed is returned."""
    if _refusal(sections, top, folder) is None:
        return None
    accepted = [one for one in sections if one.name in _NEEDED]
    refused = _refusal(accepted, top, folder)
    if refused is not None:
        return refused
    for section in sections:
        if section.name not in _NEEDED:
            section.refused = _refusal([*accepted, section], top, folder)
            if section.refused is None:
                accepted.append(section)
    return None


def _refusal(sections: Iterable[Drafted], top: str, folder: Path) -> GreencoverError | None:
    data = tomllib.loads("\n".join([top, *map(_lines, sections)]))
    context = {"folder": folder, "records": indicators()}
    with collected():
        try:
            explain(Campaign.model_validate(data, context=context).open())
        except GreencoverError as error:
            return error
    return None


def _top(title: str, targets: str) -> str:
    """What stands above the sections; targets that nobody chose stand as a remark."""
    lines = [f"title = {toml_of(title)}"]
    if targets == NO_TARGETS:
        lines += [f"# {Note('campaign.draft.standard').said(language())}"]
        lines += ['# standard = "national-forest-city-2012"']
    else:
        lines += [f"standard = {toml_of(targets)}"]
    return "\n".join(lines)


def _lines(section: Drafted) -> str:
    pairs = [f"{key} = {toml_of(value)}" for key, value in section.keys.items()]
    return "\n".join([f"[{section.name}]", *pairs])


def _text(sections: list[Drafted], found: Found, top: str) -> str:
    lang = language()
    lines = [f"# {Note('campaign.draft.heading').said(lang)}", top]
    for section in sections:
        lines.append("")
        own = [f"[{section.name}]"]
        for key, value in section.keys.items():
            said = section.notes.get(key)
            own.append(f"{key} = {toml_of(value)}" + (f"  # {said.said(lang)}" if said else ""))
        if section.refused is not None:
            lines.append(f"# {Note('campaign.draft.refused', error=section.refused).said(lang)}")
            own = [f"# {line}" for line in own]
        lines += own
    if found.unused:
        lines += ["", f"# {Note('campaign.draft.unused').said(lang)}"]
        lines += [f"# - {note.said(lang)}" for note in found.unused]
    return "\n".join(lines) + "\n"


def _path(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        # Another drive of Windows.
        return path.as_posix()

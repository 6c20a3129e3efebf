"""Folders beside an output in which it is built: their names, and what killed processes left."""

from __future__ import annotations

import glob
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from greencover.ground.notes import tell
from greencover.ground.swapping import OWN_NAMES, holds_old_files, is_at_work, recover

#: Folders in a workshop: of files for a folder, and of a file with those that belong to it.
NEW, FILE = "new", "file"
# Short, because paths may not be long: the name of the output is in it as a digest.
_MARK, _DIGEST_BYTES, _OWN_BYTES = ".gc", 3, 2
_OWN_NAME = re.compile(rf"\.gc[0-9a-f]{{{2 * (_DIGEST_BYTES + _OWN_BYTES)}}}")
# Earlier versions put the name of the output and eight digits of their own into that of a workshop.
_EARLIER = re.compile(r"\.[0-9a-f]{8}\.partial")
# All that a workshop ever holds; a folder with anything else in it is somebody's own.
_OWN_CONTENT = frozenset((FILE, NEW, *OWN_NAMES, "replaced"))
_LONGEST_OWN = max(OWN_NAMES, key=len)
# No output takes this long to write, so nobody is at work on what is older.
_LONG_AGO_S = 2 * 24 * 3600
# Workshops of this process, with what is built in them.
_targets: dict[Path, Path] = {}


@contextmanager
def named_for(target: Path) -> Iterator[Path]:
    """Yield the path of a workshop, which is not made yet, beside what is built in it."""
    folder = next(place for place in _names(target) if not place.exists())
    _targets[folder] = target
    try:
        yield folder
    finally:
        del _targets[folder]


def is_called_like_a_workshop(path: Path) -> bool:
    """Whether a folder has the name of a workshop, of whatever output."""
    return _OWN_NAME.fullmatch(path.name) is not None


def is_draft(path: Path) -> bool:
    """Whether a path lies in a workshop of this process."""
    return any(path.is_relative_to(folder) for folder in list(_targets))


def as_named(place: object) -> str:
    """Call a file in the making by the name that it would have had."""
    path = Path(str(place))
    inmost_first = sorted(_targets.items(), key=lambda one: len(one[0].parts), reverse=True)
    for folder, target in inmost_first:
        if path.is_relative_to(folder):
            base = target.parent if path.is_relative_to(folder / FILE) else target
            path = base.joinpath(*path.relative_to(folder).parts[1:])
    return str(path)


def places_of_file(target: Path) -> tuple[Path, ...]:
    """Every path that is needed until a file stands in its place."""
    workshop = next(_names(target))
    beside = free_name(target, target.stem, target.suffix)
    return target, beside, _at_its_longest(workshop / FILE / target.name), workshop / _LONGEST_OWN


def places_in_folder(target: Path, name: str) -> tuple[Path, ...]:
    """Every path that is needed until a file of a folder stands in its place."""
    workshop = next(_names(target))
    beside = free_name(target, target.name, "")
    draft = _at_its_longest(workshop / NEW / name)
    return target / name, beside / name, draft, workshop / _LONGEST_OWN


def _at_its_longest(draft: Path) -> Path:
    """A database has a journal beside it while it is written."""
    return draft.with_name(f"{draft.name}-journal") if draft.suffix == ".gpkg" else draft


def free_name(target: Path, stem: str, suffix: str) -> Path:
    """The first name of its kind that nothing has: ``results (2)``, ``areas (2).csv``."""
    names = (target.with_name(f"{stem} ({number}){suffix}") for number in count(2))
    return next(place for place in names if not place.exists())


def sweep(target: Path) -> None:
    """Put back what killed processes moved aside, and remove what they left long ago."""
    for folder in _left_for(target):
        if not _is_workshop(folder):
            continue
        if holds_old_files(folder):
            if is_at_work(folder):
                continue
            back = recover(folder, target)
            if back:
                tell("ground.put_back", folder=target, count=len(back), stacklevel=6)
            if holds_old_files(folder):
                tell("ground.old_files_left", folder=folder, stacklevel=6)
            else:
                shutil.rmtree(folder, ignore_errors=True)
            continue
        with suppress(OSError):
            if folder.stat().st_mtime < time.time() - _LONG_AGO_S:
                shutil.rmtree(folder, ignore_errors=True)


def _names(target: Path) -> Iterator[Path]:
    while True:
        yield target.with_name(_beginning(target) + secrets.token_hex(_OWN_BYTES))


def _beginning(target: Path) -> str:
    # Windows has one folder for all spellings of a name in capitals.
    name = os.fsencode(os.path.normcase(target.name))
    return _MARK + hashlib.blake2b(name, digest_size=_DIGEST_BYTES).hexdigest()


def _left_for(target: Path) -> list[Path]:
    """Folders that are called like workshops of a target, also as earlier versions called them."""
    own = target.parent.glob(f"{_beginning(target)}*")
    earlier = target.parent.glob(f".{glob.escape(target.name)}.*.partial")
    return [
        *(one for one in own if is_called_like_a_workshop(one)),
        *(one for one in earlier if _EARLIER.fullmatch(one.name.removeprefix(f".{target.name}"))),
    ]


def _is_workshop(folder: Path) -> bool:
    """Whether a folder holds nothing but what is made here."""
    try:
        return {path.name for path in folder.iterdir()} <= _OWN_CONTENT
    except OSError:
        return False

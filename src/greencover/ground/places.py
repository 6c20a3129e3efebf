"""Whether a path leads anywhere, whatever it is made of."""

from __future__ import annotations

import glob
import re
from pathlib import Path

# Control characters, and those that turn the direction of writing.
_UNSEEN = re.compile("[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def is_unseen(path: str | Path) -> bool:
    """Whether a path leads nowhere and holds what nobody sees, so that it looks right.

    Examples
    --------
    >>> is_unseen("\u202aD:/data/cover.tif"), is_unseen("D:/data/cover.tif")
    (True, False)
    """
    return _UNSEEN.search(str(path)) is not None and not exists(path)


def exists(path: str | Path) -> bool:
    """Whether there is anything at a path; a name that no file can have leads nowhere.

    Examples
    --------
    >>> exists("x" * 5000)
    False
    """
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False


def is_pipe_or_device(path: str | Path) -> bool:
    """Whether there is something at a path that is neither a file nor a folder.

    Who opens such a thing may wait for ever.
    """
    place = Path(path)
    try:
        return place.exists() and not (place.is_file() or place.is_dir())
    except (OSError, ValueError):
        return False


def neither_file_nor_folder(path: str | Path) -> Path | None:
    """Return what is neither of both, a pipe or a device, at a path or beside it under its name.

    Who opens such a thing may wait for ever, and what belongs to a file is opened with it.
    """
    place = Path(path)
    try:
        beside = list(place.parent.glob(f"{glob.escape(place.stem)}.*")) if place.stem else []
        for one in (place, *beside):
            if is_pipe_or_device(one):
                return one
    except (OSError, ValueError):
        return None
    return None


def is_file(path: str | Path) -> bool:
    """Whether there is a file at a path."""
    try:
        return Path(path).is_file()
    except OSError:
        return False

"""Whether a path leads anywhere, whatever it is made of."""

from __future__ import annotations

import glob
from pathlib import Path


def exists(path: str | Path) -> bool:
    """Whether there is anything at a path; a name that no file can have leads nowhere.

    Examples
    --------
    >>> exists("x" * 5000)
    False
    """
    try:
        return Path(path).exists()
    except OSError:
        return False


def neither_file_nor_folder(path: str | Path) -> Path | None:
    """Return what is neither of both, a pipe or a device, at a path or beside it under its name.

    Who opens such a thing may wait for ever, and what belongs to a file is opened with it.
    """
    place = Path(path)
    try:
        beside = list(place.parent.glob(f"{glob.escape(place.stem)}.*")) if place.stem else []
        for one in (place, *beside):
            if one.exists() and not (one.is_file() or one.is_dir()):
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

"""Folders of a person that nobody else can write to, for what must not come from others."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from contextlib import suppress
from pathlib import Path

_PRIVATE = 0o700
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_KEY_BYTES = 32


def own_folder(name: str) -> Path | None:
    """Return a folder for a purpose, made if need be; None where none is closed to others."""
    try:
        folder = _caches() / "greencover" / name
    except RuntimeError:
        # Nobody knows where the home of this person is.
        return None
    return folder if is_own(folder) else None


def is_own(folder: Path) -> bool:
    """Whether a folder, which is made if need be, can be written to by this person alone."""
    try:
        folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK) and is_closed(folder)


def is_closed(folder: Path) -> bool:
    """Whether others can neither write into a folder nor put another in its place."""
    if not hasattr(os, "geteuid"):
        # The folders of a person are closed to others on Windows by who may open them.
        return True
    try:
        about = folder.lstat()
        above = [parent.stat() for parent in folder.absolute().parents]
    except OSError:
        return False
    own = stat.S_ISDIR(about.st_mode) and about.st_uid == os.geteuid()
    safe = all(
        one.st_uid in (0, os.geteuid())
        and (not one.st_mode & stat.S_IWOTH or one.st_mode & stat.S_ISVTX)
        for one in above
    )
    return own and safe and not about.st_mode & _OTHERS_WRITE


def own_key() -> bytes | None:
    """Return a secret of this person, made once; None where it cannot be kept from others."""
    folder = own_folder("key")
    if folder is None:
        return None
    place = folder / "key"
    with suppress(OSError):
        if not place.exists():
            draft = folder / secrets.token_hex(8)
            draft.touch(mode=0o600)
            draft.write_bytes(secrets.token_bytes(_KEY_BYTES))
            # Of two that make one at once, both take the first.
            with suppress(FileExistsError):
                os.link(draft, place)
            draft.unlink()
        key = place.read_bytes()
        return key if len(key) == _KEY_BYTES else None
    return None


def _caches() -> Path:
    """The folder of a person's caches on this system."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home())
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")

"""Where compiled code is kept: in a folder that nobody else can write to, or nowhere.

Numba runs what it finds there, so a folder that others share is a way for their code into the
process. Without such a folder each process compiles for itself.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numba

_PRIVATE = 0o700
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@contextmanager
def kept_code() -> Iterator[bool]:
    """Let Numba keep the functions that are made in the block; yield whether it may."""
    before = numba.config.CACHE_DIR
    folder = _folder(before)
    numba.config.CACHE_DIR = folder or ""
    try:
        yield folder is not None
    finally:
        numba.config.CACHE_DIR = before


def _folder(named: str) -> str | None:
    """The folder for compiled code; empty for that beside the source, None where there is none."""
    if named:
        return named if _is_own(Path(named)) else None
    beside = Path(__file__).parent / "__pycache__"
    if os.access(beside, os.W_OK) and _is_closed(beside):
        return ""
    try:
        own = _caches() / "greencover" / "compiled"
    except RuntimeError:
        return None
    return str(own) if _is_own(own) else None


def _caches() -> Path:
    """The folder of a person's caches on this system."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home())
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _is_own(folder: Path) -> bool:
    """Whether a folder, which is made if need be, is open to this person alone."""
    try:
        folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK) and _is_closed(folder)


def _is_closed(folder: Path) -> bool:
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

"""Change the files of a folder as one set."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def change_folder(new: Path, target: Path, old: Path, *, leave_out: set[Path]) -> None:
    """Put the files of one folder into another, so that nobody meets a mixture of the two.

    Parameters
    ----------
    new
        Folder with the files to come; it is gone or emptied afterwards.
    target
        Folder that takes them; its other files stay.
    old
        Name for the folder of replaced files, on the same file system; not made yet.
    leave_out
        Relative names of files of the target that shall not stay.

    Raises
    ------
    OSError
        A file could not be moved; the target is then as it was.
    """
    if target.is_symlink():
        target = target.resolve()
    if os.path.ismount(target) or Path.cwd().is_relative_to(target):
        # Such a folder keeps its identity for those who stand in it.
        _change_one_by_one(new, target, old, leave_out)
        return
    _link_others(target, new, leave_out)
    shutil.copystat(target, new)
    if _exchange(new, target):
        new.rename(old)
        return
    try:
        target.rename(old)
    except OSError:
        _unlink_others(target, new)
        _change_one_by_one(new, target, old, leave_out)
        return
    try:
        new.rename(target)
    except OSError:
        old.rename(target)
        raise


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, where the system can."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    done = rename(
        _AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), ctypes.c_uint(_RENAME_EXCHANGE)
    )
    return bool(done == 0)


def _link_others(target: Path, new: Path, leave_out: set[Path]) -> None:
    """Bring files that stay into the new folder, by links where there are such."""
    for path in sorted(target.rglob("*")):
        place = new / path.relative_to(target)
        if path.is_dir() and not path.is_symlink():
            place.mkdir(exist_ok=True)
        elif not place.exists() and path.relative_to(target) not in leave_out:
            try:
                os.link(path, place, follow_symlinks=False)
            except (OSError, NotImplementedError):
                shutil.copy2(path, place, follow_symlinks=False)


def _unlink_others(target: Path, new: Path) -> None:
    """Take linked files out of the new folder again, which are then only in the old one."""
    for path in target.rglob("*"):
        place = new / path.relative_to(target)
        if not place.is_dir() and place.exists() and place.samefile(path):
            place.unlink()


def _change_one_by_one(new: Path, target: Path, old: Path, leave_out: set[Path]) -> None:
    coming = sorted(path.relative_to(new) for path in new.rglob("*") if not path.is_dir())
    saved: list[Path] = []
    placed: list[Path] = []
    try:
        for name in sorted({*coming, *leave_out}):
            if (target / name).is_file():
                (old / name).parent.mkdir(parents=True, exist_ok=True)
                (target / name).replace(old / name)
                saved.append(name)
        for name in coming:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).replace(target / name)
            placed.append(name)
    except OSError:
        for name in placed:
            (target / name).unlink(missing_ok=True)
        for name in saved:
            (old / name).replace(target / name)
        raise

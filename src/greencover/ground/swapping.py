"""Change the files of a folder as one set, and put them back where a change was cut off.

Nothing is removed that was not replaced: a file gives way by being moved aside, and comes back
where the change fails. Scanners, synchronisers and spreadsheets hold files for a while, so a move
that is refused is tried again for some seconds.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet

Found = TypeVar("Found")

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
#: Seconds for which a refused move is tried again, over a whole change.
PATIENCE_S = 4.0
_PAUSE_S = 0.1
# Names in the folder where a change is made: files moved aside, what was to come, a mark that a
# process is at work, and what may go. A path in them is no longer than in the files to come.
_OLD, _LIST, _BUSY, _REPLACED = "old", "changing.json", "busy", "was"
_PAIR = "one", "other"
#: Everything that a change puts into its workshop.
OWN_NAMES = frozenset((_OLD, _LIST, _BUSY, _REPLACED, *_PAIR))


class NotPutBackError(OSError):
    """A change failed, and so did putting back some of the old files; these are kept aside."""


def change_folder(new: Path, target: Path, *, leave_out: AbstractSet[Path]) -> None:
    """Put the files of one folder into another, as one set.

    Where the system can, both folders change places in one step, and nobody meets a mixture.
    Elsewhere files are moved one by one, those of others untouched; a process that is killed
    meanwhile leaves what it moved aside in the workshop, and :func:`recover` puts it back.

    Parameters
    ----------
    new
        Folder with the files to come, alone in a workshop on the same file system.
    target
        Folder that takes them; its other files stay.
    leave_out
        Relative names of files of the target that shall not stay.

    Raises
    ------
    NotPutBackError
        A file could not be moved, and the target is not as it was: the old files that are not
        there lie in the workshop's ``old``.
    OSError
        A file could not be moved; the target is as it was, and the files to come are in ``new``.
    """
    if target.is_symlink():
        target = target.resolve()
    # A folder that is a mount, or that somebody stands in, keeps its identity.
    stays = os.path.ismount(target) or Path.cwd().is_relative_to(target)
    if not stays and _can_exchange(new.parent):
        linked: list[Path] = []
        try:
            _link_others(target, new, leave_out, linked)
            shutil.copystat(target, new)
            if not _exchange(new, target):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
        except OSError:
            for place in linked:
                place.unlink()
            raise
        return
    change_files(new, target, leave_out=leave_out)


def change_files(new: Path, target: Path, *, leave_out: AbstractSet[Path] = frozenset()) -> None:
    """Move the files of one folder into another one by one; all are put back if one is refused.

    Parameters and errors are those of :func:`change_folder`.
    """
    workshop = new.parent
    alone = list(new.iterdir()) if not leave_out else []
    if len(alone) == 1 and alone[0].is_file():
        # One file takes the place of another in one step, and nobody meets neither.
        move(alone[0], target / alone[0].name)
        return
    with _at_work(workshop):
        _change_one_by_one(new, target, leave_out)
        # What was replaced may go now; while it is there, others must know who is at work.
        with suppress(OSError):
            move(workshop / _OLD, workshop / _REPLACED)


def recover(workshop: Path, target: Path) -> list[Path]:
    """Put back what a change moved aside before its process was killed.

    A file that somebody has put in the place of an old one since is not touched; the old one then
    stays in the workshop.

    Returns
    -------
    list of Path
        The files put back.
    """
    old = workshop / _OLD
    placed = _listed(workshop)
    back = []
    for kept in sorted(path for path in old.rglob("*") if not path.is_dir()):
        name = kept.relative_to(old)
        place = target / name
        if _is_there(place) and _stamp(place) != placed.get(name.as_posix()):
            continue
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            kept.replace(place)
            back.append(place)
    return back


def holds_old_files(workshop: Path) -> bool:
    """Whether files lie in a workshop that were results and have not been put back."""
    return any(not path.is_dir() for path in (workshop / _OLD).rglob("*"))


@contextmanager
def _at_work(workshop: Path) -> Iterator[None]:
    """Mark a workshop as one where a living process changes files."""
    with (workshop / _BUSY).open("wb") as mark:
        _lock(mark)
        yield


def is_at_work(workshop: Path) -> bool:
    """Whether a living process changes files from a workshop now."""
    try:
        with (workshop / _BUSY).open("r+b") as mark:
            return not _lock(mark)
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _lock(file: IO[bytes]) -> bool:
    """Lock a file until it is closed, or its process ends; False where another holds it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as refused:
        # A file server without locks tells nothing of who is at work.
        return refused.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


def move(source: Path, place: Path, *, until: float | None = None) -> None:
    """Move a file or a folder onto a place; tried again while another program holds it."""
    # A folder cannot be replaced, however long one waits.
    patiently(lambda: source.replace(place), until=until, in_vain=place.is_dir)


def patiently(
    do: Callable[[], Found],
    *,
    until: float | None = None,
    in_vain: Callable[[], bool] = lambda: False,
) -> Found:
    """Do what another program may refuse for a moment; tried again, unless that is in vain."""
    until = time.monotonic() + PATIENCE_S if until is None else until
    while True:
        try:
            return do()
        except PermissionError:
            if time.monotonic() > until or in_vain():
                raise
            time.sleep(_PAUSE_S)


def _can_exchange(workshop: Path) -> bool:
    """Whether folders can change places in one step here, tried on two empty ones."""
    pair = workshop / _PAIR[0], workshop / _PAIR[1]
    for folder in pair:
        folder.mkdir()
    try:
        return _exchange(*pair)
    finally:
        for folder in pair:
            folder.rmdir()


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


def _link_others(target: Path, new: Path, leave_out: AbstractSet[Path], linked: list[Path]) -> None:
    """Bring files that stay into the new folder, by links where there are such, and list them."""
    for path in sorted(target.rglob("*")):
        place = new / path.relative_to(target)
        if path.is_dir() and not path.is_symlink():
            place.mkdir(exist_ok=True)
        elif not _is_there(place) and path.relative_to(target) not in leave_out:
            try:
                os.link(path, place, follow_symlinks=False)
            except (OSError, NotImplementedError):
                shutil.copy2(path, place, follow_symlinks=False)
            linked.append(place)


def _change_one_by_one(new: Path, target: Path, leave_out: AbstractSet[Path]) -> None:
    workshop = new.parent
    old = workshop / _OLD
    until = time.monotonic() + PATIENCE_S
    coming = sorted(path.relative_to(new) for path in new.rglob("*") if not path.is_dir())
    stamps = {name.as_posix(): _stamp(new / name) for name in coming}
    (workshop / _LIST).write_text(json.dumps(stamps), encoding="utf-8", newline="\n")
    saved: list[Path] = []
    placed: list[Path] = []
    made: list[Path] = []
    try:
        for name in sorted({*coming, *leave_out}):
            if (target / name).is_file() or (target / name).is_symlink():
                (old / name).parent.mkdir(parents=True, exist_ok=True)
                move(target / name, old / name, until=until)
                saved.append(name)
        for name in coming:
            made += [one for one in (target / name).parents if not one.exists()]
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            move(new / name, target / name, until=until)
            placed.append(name)
    except BaseException as error:
        _put_back(new, target, saved, placed, made, error)
        raise


def _put_back(
    new: Path,
    target: Path,
    saved: list[Path],
    placed: list[Path],
    made: list[Path],
    error: BaseException,
) -> None:
    """Take back each file on its own, so that one that is refused does not keep the others."""
    until = time.monotonic() + PATIENCE_S
    kept: OSError | None = None
    for name in placed:
        try:
            move(target / name, new / name, until=until)
        except OSError as refused:
            # It stays, or an old one takes its place; the new set is whole all the same.
            try:
                shutil.copyfile(target / name, new / name)
            except OSError:
                kept = refused
    for name in saved:
        try:
            move(new.parent / _OLD / name, target / name, until=until)
        except OSError as refused:
            kept = refused
    for folder in sorted(made, reverse=True):
        with suppress(OSError):
            folder.rmdir()
    if kept is not None:
        raise NotPutBackError(kept.errno, kept.strerror, kept.filename) from error


def _listed(workshop: Path) -> dict[str, list[int]]:
    try:
        found = json.loads((workshop / _LIST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _stamp(path: Path) -> list[int]:
    """Tell a file that was moved here from one that somebody has written since."""
    about = path.lstat()
    return [about.st_size, about.st_mtime_ns]


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()

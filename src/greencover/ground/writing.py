"""Outputs are built beside their place and moved into it, so nobody ever meets half of one."""

from __future__ import annotations

import glob
import logging
import os
import re
import secrets
import shutil
import stat
import time
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from greencover.ground.errors import OutputError
from greencover.ground.notes import tell
from greencover.ground.places import is_pipe_or_device
from greencover.ground.swapping import (
    OWN_NAMES,
    NotPutBackError,
    change_files,
    change_folder,
    holds_old_files,
    is_at_work,
    move,
    recover,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_log = logging.getLogger(__name__)
_OWN_NAME = r"\.[0-9a-f]{8}\.partial"
# All that a workshop ever holds; a folder with anything else in it is somebody's own.
_OWN_CONTENT = frozenset(("file", "new", *OWN_NAMES))
_DRAFTS = re.compile(r"[\\/]\.([^\\/]+)\.[0-9a-f]{8}\.partial(?:[\\/]new(?=[\\/]|$)|[\\/]file$|$)")
# No output takes this long to write, so nobody is at work on what is older.
_LONG_AGO_S = 2 * 24 * 3600
_WORKSHOP = re.compile(r"[\\/]\.[^\\/]+\.[0-9a-f]{8}\.partial[\\/](?:file[\\/])?")


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yield a file name to write to; its content replaces ``path`` when the block succeeds.

    The yielded name ends in the same file name, because formats name their layers after it.

    Raises
    ------
    OutputError
        The file cannot be written; ``path`` is then as it was before. Where another program holds
        it, the new file is kept beside it, as ``areas (2).csv``.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with replacing(folder / "areas.csv") as temporary:
    ...     _ = temporary.write_text("code,forest_ha")
    >>> [found.name for found in folder.iterdir()]
    ['areas.csv']
    """
    target = Path(path).absolute()
    if target.is_dir():
        raise OutputError("ground.output_is_a_folder", path=path)
    if is_pipe_or_device(target):
        raise OutputError("ground.output_is_no_file", path=path)
    with _workshop(target) as workshop:
        drafts = workshop / "file"
        drafts.mkdir()
        yield drafts / target.name
        with _kept_where_refused(path, target, drafts, _files_beside):
            change_files(drafts, target.parent)


@contextmanager
def replacing_folder(path: str | Path, *, ours: Iterable[str] = ()) -> Iterator[Path]:
    """Yield a folder to fill; its files come into the folder ``path`` when the block succeeds.

    Files of ``path`` that the block does not make again stay, because a folder that somebody
    names for results may hold other work; those named in ``ours`` go.

    All files change as one set, see :mod:`greencover.ground.swapping`. Where they cannot, because
    another program holds one of them, the folder is put back as it was and the new files are kept
    whole in a folder beside it, ``<name> (2)``.

    Parameters
    ----------
    path
        Folder of the results; made when missing.
    ours
        Relative names of files that belong to the results, and must not outlive this block.

    Raises
    ------
    OutputError
        The folder cannot be written; ``path`` is then as it was before. Where a file could not
        even be put back, the sentence names the folder that holds it.
    """
    check_folder(path)
    target = Path(path).absolute()
    with _workshop(target) as workshop:
        drafts = workshop / "new"
        drafts.mkdir()
        _share_group(drafts, target)
        yield drafts
        if not target.exists():
            try:
                move(drafts, target)
            except PermissionError:
                target.mkdir()
            else:
                return
        with _kept_where_refused(path, target, drafts, _folder_beside):
            change_folder(drafts, target, leave_out=set(map(Path, ours)))


def check_folder(
    path: str | Path, *, ours: Iterable[str] = (), inputs: Iterable[str | Path] = ()
) -> None:
    """Refuse a place for results that cannot take them, before anything is computed.

    Parameters
    ----------
    path
        Folder of the results.
    ours
        Relative names of files that belong to the results, and are replaced.
    inputs
        Files that the results are made from.

    Raises
    ------
    OutputError
        A file has the name of the folder; or one of ``ours`` is an input, or is held by another
        program, so that it could not be replaced.
    """
    folder = Path(path)
    if folder.exists() and not folder.is_dir():
        raise OutputError("ground.output_is_a_file", path=path)
    for name in ours:
        if is_pipe_or_device(folder / name):
            raise OutputError("ground.output_is_no_file", path=folder / name)
    replaced = [folder / name for name in ours if (folder / name).is_file()]
    read = [Path(given) for given in inputs if Path(given).is_file()]
    for file in replaced:
        if any(file.samefile(given) for given in read):
            raise OutputError("ground.output_is_an_input", path=file, folder=path)
    for file in replaced:
        try:
            # Where another program holds a file, not even this is allowed; else nothing happens.
            move(file, file)
        except OSError as error:
            raise OutputError("ground.held_open", path=file, reason=_reason(error)) from error


@contextmanager
def _kept_where_refused(
    path: str | Path, target: Path, drafts: Path, beside: Callable[[Path, Path], Path]
) -> Iterator[None]:
    """Keep new files that could not take their place under another name, and say which."""
    try:
        yield
    except NotPutBackError as error:
        raise OutputError(
            "ground.not_put_back", path=path, reason=_reason(error), folder=drafts.parent
        ) from error
    except OSError as error:
        try:
            kept = beside(drafts, target)
        except OSError:
            raise error from None
        raise OutputError(
            "ground.kept_beside", path=_place(error, target), reason=_reason(error), kept=kept
        ) from error


def _folder_beside(drafts: Path, target: Path) -> Path:
    place = _free(target, target.name, "")
    move(drafts, place)
    return place


def _files_beside(drafts: Path, target: Path) -> Path:
    place = _free(target, target.stem, target.suffix)
    for built in sorted(drafts.iterdir()):
        move(built, target.with_name(built.name.replace(target.stem, place.stem, 1)))
    return place


def _free(target: Path, stem: str, suffix: str) -> Path:
    """The first name of its kind that nothing has: ``results (2)``, ``areas (2).csv``."""
    names = (target.with_name(f"{stem} ({number}){suffix}") for number in count(2))
    return next(place for place in names if not place.exists())


@contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """Make a folder beside the target, so that moving is a rename on the same file system."""
    made = [parent for parent in target.parents if not parent.exists()]
    folder = target.parent / f".{target.name}.{secrets.token_hex(4)}.partial"
    finished = False
    try:
        folder.mkdir(parents=True)
        _sweep(target)
        yield folder
        finished = True
        _log.info("wrote %s", _as_named(target))
    except OutputError:
        raise
    except Exception as error:
        cause = _from_the_disk(error)
        if cause is None:
            raise
        raise OutputError(
            "ground.cannot_be_written", path=_place(cause, target), reason=_reason(cause)
        ) from error
    finally:
        if not holds_old_files(folder):
            shutil.rmtree(folder, ignore_errors=True)
        if not finished:
            for parent in made:
                with suppress(OSError):
                    parent.rmdir()


def _sweep(target: Path) -> None:
    """Put back what killed processes moved aside, and remove what they left long ago."""
    own_name = re.compile(re.escape(f".{target.name}") + _OWN_NAME)
    for folder in target.parent.glob(f".{glob.escape(target.name)}.*.partial"):
        if not own_name.fullmatch(folder.name) or not _is_workshop(folder):
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


def _is_workshop(folder: Path) -> bool:
    """Whether a folder holds nothing but what is made here."""
    try:
        return {path.name for path in folder.iterdir()} <= _OWN_CONTENT
    except OSError:
        return False


def _share_group(drafts: Path, target: Path) -> None:
    """Let files belong to the group of the folder that they go to, where it hands its group on."""
    with suppress(OSError):
        about = target.stat()
        if about.st_mode & stat.S_ISGID and about.st_gid != drafts.stat().st_gid:
            os.chown(drafts, -1, about.st_gid)
            drafts.chmod(stat.S_IMODE(drafts.stat().st_mode) | stat.S_ISGID)


def _place(error: BaseException, target: Path) -> str:
    """The file that the system refused, by the name that it would have had."""
    given = getattr(error, "filename2", None) or getattr(error, "filename", None)
    return _as_named(given if given and str(given) else target)


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error)


def _from_the_disk(error: BaseException | None) -> BaseException | None:
    """Return what the system said, where it stands behind an error; None where it does not.

    Libraries wrap a full disk into errors of their own.
    """
    while error is not None:
        inside = [one for one in error.args if isinstance(one, OSError)]
        if isinstance(error, OSError) or inside:
            return inside[0] if inside else error
        if type(error).__module__.startswith("pyogrio"):
            return error
        error = error.__cause__ or error.__context__
    return None


def _as_named(place: object) -> str:
    """Call a file in the making by the name that it would have had."""
    text = _DRAFTS.sub(r"/\1", str(place))
    return _WORKSHOP.sub("/", text)

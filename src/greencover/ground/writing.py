"""Outputs are built beside their place and moved into it, so nobody ever meets half of one."""

from __future__ import annotations

import logging
import os
import shutil
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from greencover.ground.errors import OutputError
from greencover.ground.lengths import check_lengths
from greencover.ground.places import exists, is_pipe_or_device, refuse_unseen
from greencover.ground.swapping import (
    NotPutBackError,
    change_files,
    change_folder,
    holds_old_files,
    move,
)
from greencover.ground.workshops import (
    FILE,
    NEW,
    as_named,
    free_name,
    is_draft,
    named_for,
    places_in_folder,
    places_of_file,
    sweep,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_log = logging.getLogger(__name__)


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
    refuse_unseen(target, OutputError)
    if target.is_dir():
        raise OutputError("ground.output_is_a_folder", path=path)
    if is_pipe_or_device(target):
        raise OutputError("ground.output_is_no_file", path=path)
    if is_draft(target):
        # What it belongs to appears whole or not at all.
        with _told_by_the_disk(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            yield target
        _log.info("wrote %s", as_named(target))
        return
    check_lengths({Path(path): places_of_file(target)})
    with _workshop(target) as workshop:
        drafts = workshop / FILE
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
        drafts = workshop / NEW
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
        A file has the name of the folder; or one of ``ours`` is an input, has too long a path, or
        is held by another program, so that it could not be replaced.
    """
    folder = Path(path)
    refuse_unseen(folder.absolute(), OutputError)
    if folder.exists() and not folder.is_dir():
        raise OutputError("ground.output_is_a_file", path=path)
    target, names = folder.absolute(), tuple(ours)
    for name in names:
        if is_pipe_or_device(folder / name):
            raise OutputError("ground.output_is_no_file", path=folder / name)
    check_lengths({folder / name: places_in_folder(target, name) for name in names})
    replaced = [folder / name for name in names if (folder / name).is_file()]
    read = [Path(given) for given in inputs if Path(given).is_file()]
    for file in replaced:
        if any(file.samefile(given) for given in read):
            raise OutputError("ground.output_is_an_input", path=file, folder=path)
    for file in replaced:
        _check_held(file)


def check_file(path: str | Path) -> None:
    """Refuse a place for a file that cannot take it, before anything is computed.

    Raises
    ------
    OutputError
        There is a folder of this name, or a file that is held by another program; or the path is
        too long.
    """
    file = Path(path)
    refuse_unseen(file.absolute(), OutputError)
    if file.is_dir():
        raise OutputError("ground.output_is_a_folder", path=path)
    check_lengths({file: places_of_file(file.absolute())})
    if file.is_file():
        _check_held(file)


def keep_inputs(outputs: Iterable[Path], inputs: Iterable[str | Path]) -> None:
    """Refuse to write over what is read.

    Raises
    ------
    OutputError
        One of the outputs is an input.
    """
    for path in outputs:
        for given in inputs:
            if path.exists() and exists(given) and path.samefile(given):
                raise OutputError("ground.output_is_input", path=path)


def _check_held(file: Path) -> None:
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
    place = free_name(target, target.name, "")
    move(drafts, place)
    return place


def _files_beside(drafts: Path, target: Path) -> Path:
    place = free_name(target, target.stem, target.suffix)
    for built in sorted(drafts.iterdir()):
        move(built, target.with_name(built.name.replace(target.stem, place.stem, 1)))
    return place


@contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """Make a folder beside the target, so that moving is a rename on the same file system."""
    made = [parent for parent in target.parents if not parent.exists()]
    finished = False
    with named_for(target) as folder:
        try:
            with _told_by_the_disk(target):
                folder.mkdir(parents=True)
                sweep(target)
                yield folder
            finished = True
            _log.info("wrote %s", target)
        finally:
            if not holds_old_files(folder):
                shutil.rmtree(folder, ignore_errors=True)
            if not finished:
                for parent in made:
                    with suppress(OSError):
                        parent.rmdir()


@contextmanager
def _told_by_the_disk(target: Path) -> Iterator[None]:
    """Say in one sentence what the system refused."""
    try:
        yield
    except OutputError:
        raise
    except Exception as error:
        cause = _from_the_disk(error)
        if cause is None:
            raise
        raise OutputError(
            "ground.cannot_be_written", path=_place(cause, target), reason=_reason(cause)
        ) from error


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
    return as_named(given if given and str(given) else target)


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

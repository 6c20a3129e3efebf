"""Outputs are built beside their place and moved into it, so nobody ever meets half of one."""

from __future__ import annotations

import glob
import logging
import re
import secrets
import shutil
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from greencover.ground.errors import OutputError
from greencover.ground.swapping import change_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_log = logging.getLogger(__name__)
_DRAFTS = re.compile(r"[\\/]\.([^\\/]+)\.[0-9a-f]{8}\.partial(?:[\\/]new(?=[\\/]|$)|$)")
# No output takes this long to write, so nobody is at work on what is older.
_LONG_AGO_S = 2 * 24 * 3600
_WORKSHOP = re.compile(r"[\\/]\.[^\\/]+\.[0-9a-f]{8}\.partial[\\/]")


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yield a file name to write to; its content replaces ``path`` when the block succeeds.

    The yielded name ends in the same file name, because formats name their layers after it.

    Raises
    ------
    OutputError
        The file cannot be written; ``path`` is then as it was before.

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
    with _workshop(target) as folder:
        yield folder / target.name
        for built in folder.iterdir():
            built.replace(target.parent / built.name)


@contextmanager
def replacing_folder(path: str | Path, *, ours: Iterable[str] = ()) -> Iterator[Path]:
    """Yield a folder to fill; its files come into the folder ``path`` when the block succeeds.

    Files of ``path`` that the block does not make again stay, because a folder that somebody
    names for results may hold other work; those named in ``ours`` go.

    All files change as one set. The files that stay are linked into the new folder, and the two
    folders then change places in one step of the file system, so that a process killed at any
    moment leaves either all old files or all new ones. Where a system has no such step, the old
    folder is moved aside first, and a process killed between the two moves leaves it, whole,
    beside its place as ``.<name>.<number>.partial``. Where a folder cannot be moved at all, such
    as a mount point, files are moved one by one, and put back if one of them cannot be moved.

    Parameters
    ----------
    path
        Folder of the results; made when missing.
    ours
        Relative names of files that belong to the results, and must not outlive this block.

    Raises
    ------
    OutputError
        The folder cannot be written; ``path`` is then as it was before.
    """
    check_folder(path)
    target = Path(path).absolute()
    with _workshop(target) as folder:
        drafts = folder / "new"
        drafts.mkdir()
        yield drafts
        if target.exists():
            change_folder(drafts, target, folder / "old", leave_out=set(map(Path, ours)))
        else:
            drafts.replace(target)


def check_folder(path: str | Path) -> None:
    """Refuse a place for results that is taken by a file, before anything is computed."""
    if Path(path).exists() and not Path(path).is_dir():
        raise OutputError("ground.output_is_a_file", path=path)


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
        place = getattr(cause, "filename2", None) or getattr(cause, "filename", None) or target
        raise OutputError(
            "ground.cannot_be_written",
            path=_as_named(place if str(place) else target),
            reason=getattr(cause, "strerror", None) or str(cause),
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if not finished:
            for parent in made:
                with suppress(OSError):
                    parent.rmdir()


def _sweep(target: Path) -> None:
    """Remove what killed processes left of this output long ago."""
    for folder in target.parent.glob(f".{glob.escape(target.name)}.*.partial"):
        with suppress(OSError):
            if folder.stat().st_mtime < time.time() - _LONG_AGO_S:
                shutil.rmtree(folder, ignore_errors=True)


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

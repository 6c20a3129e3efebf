"""Outputs are built beside their place and moved into it, so nobody ever meets half of one."""

from __future__ import annotations

import secrets
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from greencover.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator


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
        raise OutputError(f"The output {path} is a folder: give the name of a file.")
    with _workshop(target) as folder:
        yield folder / target.name
        for built in folder.iterdir():
            built.replace(target.parent / built.name)


@contextmanager
def replacing_folder(path: str | Path) -> Iterator[Path]:
    """Yield a folder to fill; its files move into the folder ``path`` when the block succeeds.

    Files of ``path`` that the block does not make again stay, because a folder that somebody
    names for results may hold other work.

    Raises
    ------
    OutputError
        The folder cannot be written; ``path`` is then as it was before.
    """
    check_folder(path)
    target = Path(path).absolute()
    with _workshop(target) as folder:
        yield folder
        if target.exists():
            _move_files(folder, target)
        else:
            folder.replace(target)


def check_folder(path: str | Path) -> None:
    """Refuse a place for results that is taken by a file, before anything is computed."""
    if Path(path).exists() and not Path(path).is_dir():
        raise OutputError(f"The output {path} is a file: give the name of a folder.")


@contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """Make a folder beside the target, so that moving is a rename on the same file system."""
    made = [parent for parent in target.parents if not parent.exists()]
    folder = target.parent / f".{target.name}.{secrets.token_hex(4)}.partial"
    finished = False
    try:
        folder.mkdir(parents=True)
        yield folder
        finished = True
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(
            f"The output {target} cannot be written ({error.strerror or error}): check that the "
            "folder may be written to, that the disk has room and that no program holds the file."
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if not finished:
            for parent in made:
                with suppress(OSError):
                    parent.rmdir()


def _move_files(source: Path, target: Path) -> None:
    for built in sorted(source.rglob("*")):
        place = target / built.relative_to(source)
        if built.is_dir():
            place.mkdir(exist_ok=True)
        else:
            built.replace(place)

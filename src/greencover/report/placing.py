"""A folder of results changes in one step: all files new, or all as they were."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from greencover.errors import OutputError


@contextmanager
def changing_folder(path: str | Path, *, ours: Iterable[str] = ()) -> Iterator[Path]:
    """Yield a folder to fill; its files move into ``path`` when the block succeeds.

    Files of the same name are replaced. Files named in ``ours`` that were not made again go
    away, so that no result of an earlier run stands beside those of this one. Everything else
    in the folder stays. If a file cannot be moved, all are put back as they were.

    Parameters
    ----------
    path
        Folder of the results; made when missing.
    ours
        Relative names of files that belong to the results.

    Raises
    ------
    OutputError
        The folder cannot be written; it is then as it was before.
    """
    target = Path(path).absolute()
    if target.exists() and not target.is_dir():
        raise OutputError(f"The output {path} is a file: give the name of a folder.")
    made = [parent for parent in target.parents if not parent.exists()]
    workshop = target.parent / f".{target.name}.{secrets.token_hex(4)}.partial"
    finished = False
    try:
        drafts = workshop / "new"
        drafts.mkdir(parents=True)
        yield drafts
        if target.exists():
            _swap(drafts, target, workshop / "old", set(ours))
        else:
            drafts.replace(target)
        finished = True
    except OutputError:
        raise
    except OSError as error:
        place = error.filename2 or error.filename or target
        raise OutputError(
            f"The output {place} cannot be written ({error.strerror or error}): check that the "
            "folder may be written to, that the disk has room and that no program holds the file."
        ) from error
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
        if not finished:
            for parent in made:
                with suppress(OSError):
                    parent.rmdir()


def _swap(drafts: Path, target: Path, old: Path, ours: set[str]) -> None:
    new = sorted(p.relative_to(drafts) for p in drafts.rglob("*") if p.is_file())
    saved: list[Path] = []
    placed: list[Path] = []
    try:
        for name in sorted({*new, *map(Path, ours)}):
            if (target / name).is_file():
                (old / name).parent.mkdir(parents=True, exist_ok=True)
                (target / name).replace(old / name)
                saved.append(name)
        for name in new:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (drafts / name).replace(target / name)
            placed.append(name)
    except OSError:
        for name in placed:
            (target / name).unlink(missing_ok=True)
        for name in saved:
            (old / name).replace(target / name)
        raise

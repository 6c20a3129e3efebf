"""Results are written beside their place and moved there when whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from greencover.errors import GreencoverError, OutputError


def _refusal(path: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(
        f"{path} cannot be written ({reason}): check the folder's rights and free space, "
        "and close the file if another program has it open."
    )


@contextmanager
def staging(place: Path) -> Iterator[Path]:
    """A new folder beside a place, gone afterwards whatever happens."""
    folder = place.parent / f".{place.name}.{uuid4().hex[:8]}.part"
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise _refusal(place, error) from error
    try:
        yield folder
    except OSError as error:
        if isinstance(error, GreencoverError):
            raise
        raise _refusal(place, error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def beside(path: str | Path) -> Iterator[Path]:
    """A path to write to; what is written there replaces ``path`` only if no error occurs."""
    place = Path(path)
    with staging(place) as folder:
        # A folder and not a file: a database may put its journal next to itself.
        draft = folder / place.name
        yield draft
        os.replace(draft, place)


def swap(drafts: Path, out: Path, *, retired: Iterable[str] = ()) -> None:
    """Move every file under one folder to the same relative place under another.

    Files of the same name are replaced, files named in ``retired`` go away, all others stay. If
    one move fails, everything is put back as it was. Both folders must share a file system.
    """
    moves = sorted(p.relative_to(drafts) for p in drafts.rglob("*") if p.is_file())
    leaving = sorted({*moves, *(Path(name) for name in retired)})
    old = drafts.parent / "old"
    saved: list[Path] = []
    placed: list[Path] = []
    try:
        for name in leaving:
            if (out / name).is_file():
                (old / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(out / name, old / name)
                saved.append(name)
        for name in moves:
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(drafts / name, out / name)
            placed.append(name)
    except OSError:
        for name in placed:
            (out / name).unlink(missing_ok=True)
        for name in saved:
            os.replace(old / name, out / name)
        raise

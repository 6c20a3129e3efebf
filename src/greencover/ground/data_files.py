"""Data files that people add: which are built in, where one lies, and what its TOML says.

Legends and standards are read through here, so that a mistake in either is told alike.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from greencover.ground.errors import GreencoverError
from greencover.ground.notes import Note
from greencover.ground.places import is_file
from greencover.words import Listed


def built_in(folder: Path, *, other: Iterable[str] = ()) -> tuple[str, ...]:
    """List the keys of the data files in a folder, but those that hold something else."""
    left_out = set(other)
    return tuple(sorted(path.stem for path in folder.glob("*.toml") if path.stem not in left_out))


def find(
    given: str | Path,
    keys: tuple[str, ...],
    folder: Path,
    *,
    kind: str,
    error: type[GreencoverError],
    beside: Path | None = None,
) -> Path:
    """Return the file that a key or a path means.

    Parameters
    ----------
    given
        A key, or a path.
    keys, folder
        The keys that are built in, and where their files lie.
    kind, error
        What such a file is, a key of ``[labels.data_files]``, and the error that messages are
        raised as.
    beside
        Folder that paths are relative to; by default the current one.
    """
    if isinstance(given, str) and given in keys:
        return folder / f"{given}.toml"
    path = beside / given if beside else Path(given)
    if isinstance(given, str) and path.suffix != ".toml" and not is_file(path):
        raise error(
            "ground.data_file_unknown",
            kind=kind,
            given=given,
            hint=suggestion(given.lower(), keys),
            known=Listed.every(keys),
        )
    return path


def read(path: Path, *, kind: str, error: type[GreencoverError]) -> dict[str, Any]:
    """Parse a TOML file, or say in one sentence why it cannot be."""
    try:
        # Windows editors put a byte-order mark in front, which tomllib refuses.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise error("ground.data_file_absent", kind=kind, path=path) from None
    except UnicodeDecodeError:
        raise error("ground.data_file_encoding", kind=kind, path=path) from None
    except tomllib.TOMLDecodeError as mistake:
        reason, place = toml_mistake(mistake)
        raise error(
            "ground.data_file_toml", kind=kind, path=path, reason=reason, place=place
        ) from None
    except RecursionError:
        raise error("ground.data_file_nested", kind=kind, path=path) from None
    except OSError as mistake:
        raise error(
            "ground.data_file_unread", kind=kind, path=path, reason=mistake.strerror
        ) from None


def toml_mistake(mistake: tomllib.TOMLDecodeError) -> tuple[str, Note]:
    """Return what the parser says is wrong, and where.

    Examples
    --------
    >>> try:
    ...     tomllib.loads("title =")
    ... except tomllib.TOMLDecodeError as mistake:
    ...     toml_mistake(mistake)
    ('Invalid value', 'end of document')
    """
    reason, _, place = str(mistake).removesuffix(")").rpartition(" (at ")
    numbers = [int(word) for word in place.replace(",", " ").split() if word.isdigit()]
    if len(numbers) != 2:
        return reason, Note("ground.toml_end")
    return reason, Note("ground.toml_place", line=numbers[0], column=numbers[1])


def suggestion(word: str, known: Iterable[str]) -> Note | str:
    """Phrase the closest known word as a question in brackets; empty if nothing is close."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return Note("ground.did_you_mean", word=close[0]) if close else ""

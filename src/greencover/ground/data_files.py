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
from greencover.ground.places import is_file


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
        What messages call such a file, such as "Legend", and the error that they are raised as.
    beside
        Folder that paths are relative to; by default the current one.
    """
    if isinstance(given, str) and given in keys:
        return folder / f"{given}.toml"
    path = beside / given if beside else Path(given)
    if isinstance(given, str) and path.suffix != ".toml" and not is_file(path):
        raise error(
            f"{kind} '{given}' is not known{suggestion(given.lower(), keys)}; use a built-in one "
            f"({', '.join(keys)}) or the path of a TOML file."
        )
    return path


def read(path: Path, *, kind: str, error: type[GreencoverError]) -> dict[str, Any]:
    """Parse a TOML file, or say in one sentence why it cannot be."""
    try:
        # Windows editors put a byte-order mark in front, which tomllib refuses.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise error(f"{kind} file {path} does not exist; check the path.") from None
    except UnicodeDecodeError:
        raise error(f"{kind} file {path} is not UTF-8 text; save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as mistake:
        raise error(f"{kind} file {path} is not valid TOML; mend this: {mistake}.") from None
    except RecursionError:
        raise error(f"{kind} file {path} nests too deeply; flatten it.") from None
    except OSError as mistake:
        raise error(f"{kind} file {path} cannot be read: {mistake.strerror}.") from None


def suggestion(word: str, known: Iterable[str]) -> str:
    """Phrase the closest known word as a question in brackets; empty if nothing is close."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""

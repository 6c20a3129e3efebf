"""Whether a path leads anywhere, whatever it is made of."""

from __future__ import annotations

from pathlib import Path


def exists(path: str | Path) -> bool:
    """Whether there is anything at a path; a name that no file can have leads nowhere.

    Examples
    --------
    >>> exists("x" * 5000)
    False
    """
    try:
        return Path(path).exists()
    except OSError:
        return False


def is_file(path: str | Path) -> bool:
    """Whether there is a file at a path."""
    try:
        return Path(path).is_file()
    except OSError:
        return False

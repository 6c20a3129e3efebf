"""Paths that the system would refuse for their length, found before anything is computed."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from greencover.ground.errors import OutputError

# Windows ends a path at 260 characters, of which the last is none; in a folder there must be room
# for a short name of twelve.
_WINDOWS = 259
_SHORT_NAME = 12


def longest_path() -> int | None:
    """Characters that a path may have; None where it may have far more than anybody gives it."""
    if sys.platform != "win32":
        return None
    allowed = getattr(ctypes.WinDLL("ntdll"), "RtlAreLongPathsEnabled", None)
    if allowed is None:
        return _WINDOWS
    allowed.restype = ctypes.c_ubyte
    return None if allowed() else _WINDOWS


def check_lengths(places: Mapping[Path, Iterable[Path]]) -> None:
    """Refuse outputs whose paths are too long for the system.

    Parameters
    ----------
    places
        Outputs by name, each with every path that it has until it stands in its place.

    Raises
    ------
    OutputError
        The sentence names the output with the longest path, that length, and the limit.
    """
    limit = longest_path()
    if limit is None:
        return
    lengths = {output: max(map(_length, paths)) for output, paths in places.items()}
    if not lengths:
        return
    output = max(lengths, key=lengths.__getitem__)
    if lengths[output] > limit:
        raise OutputError(
            "ground.path_too_long",
            path=output,
            length=lengths[output],
            limit=limit,
            excess=lengths[output] - limit,
        )


def _length(path: Path) -> int:
    return max(_units(path), _units(path.parent) + _SHORT_NAME)


def _units(path: Path) -> int:
    """Characters as Windows counts them: those of rare scripts count twice."""
    return len(str(path.absolute()).encode("utf-16-le", "surrogatepass")) // 2

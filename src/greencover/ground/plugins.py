"""What other packages bring: objects, modules and folders under a group of entry points."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any


@cache
def brought(group: str) -> tuple[Any, ...]:
    """Load what packages bring under a group, in the order of its names.

    Examples
    --------
    >>> brought("greencover.nothing")
    ()
    """
    return tuple(
        point.load() for point in sorted(entry_points(group=group), key=lambda point: point.name)
    )


@cache
def folders(group: str) -> tuple[Path, ...]:
    """Return the folders of data files that packages bring: each a module, or a path."""
    return tuple(
        Path(str(files(one) if isinstance(one, ModuleType) else one)) for one in brought(group)
    )

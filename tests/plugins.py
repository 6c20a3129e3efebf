"""A package with entry points, installed in a folder of its own."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from greencover.ground.plugins import brought, folders


@contextmanager
def installed(folder: Path, name: str, code: str, **points: str) -> Iterator[None]:
    """Install a package of one file, with one entry point a group."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / f"{name}.py").write_text(textwrap.dedent(code), encoding="utf-8")
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    groups = [f"[greencover.{group}]\n{name} = {target}\n" for group, target in points.items()]
    (info / "entry_points.txt").write_text("".join(groups))
    sys.path.insert(0, str(folder))
    _forget()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop(name, None)
        _forget()


def _forget() -> None:
    brought.cache_clear()
    folders.cache_clear()

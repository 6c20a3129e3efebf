"""Files of this machine as catalogues write them: ``file:///D:/...``, ``%20`` for a space."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

_FILE = re.compile(r"file:(?://(?:localhost(?=/))?)?(?P<path>/[^/].*|[A-Za-z]:.*)", re.IGNORECASE)
_DRIVE = re.compile(r"/[A-Za-z]:")


def local_path(href: str, *, beside: Path | None = None) -> str:
    """The path that an address of a file means, from the folder of the file that names it.

    A file may really have ``%20`` in its name; it is taken first. An address that names another
    machine stays as it is.

    Examples
    --------
    >>> local_path("file:///D:/%E5%8E%BF/cover.tif"), local_path("file:///data/a%20b.tif")
    ('D:/县/cover.tif', '/data/a b.tif')
    >>> local_path("file://server/cover.tif")
    'file://server/cover.tif'
    """
    written = _FILE.fullmatch(href)
    if written is not None:
        path = unquote(written["path"])
        return path[1:] if _DRIVE.match(path) else path
    if href.lower().startswith("file:"):
        return href
    folder = beside.parent if beside is not None else Path()
    if "%" in href and not (folder / href).exists():
        href = unquote(href)
    return str(folder / href) if beside is not None else href

"""Whether a path leads anywhere, whatever it is made of."""

from __future__ import annotations

import glob
import re
from pathlib import Path

from greencover.ground.errors import GreencoverError

# Control characters, and those that turn the direction of writing.
_UNSEEN = re.compile("[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

# What stands for bytes of a name that are not UTF-8, which no raster or layer can be opened by.
_NO_LETTER = re.compile("[\ud800-\udfff]")

_LOCAL_ARCHIVES = re.compile(r"^/vsi(zip|tar|gzip|7z|rar|mem)/(?!(?:.*[/{])?vsi)")
# A path object of Windows turns the slashes of an address.
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:[/\\]{1,2}[^/\\]")


def is_remote(path: str | Path) -> bool:
    """Whether a path points to another machine; such files are never read unasked.

    Examples
    --------
    >>> is_remote("https://example.org/cover.tif"), is_remote("/vsicurl/http://example.org/a.tif")
    (True, True)
    >>> is_remote("../data/county.gpkg"), is_remote("/vsizip/county.zip/county.shp")
    (False, False)
    """
    text = str(path)
    return bool(
        _SCHEME.match(text) or (text.startswith("/vsi") and not _LOCAL_ARCHIVES.match(text))
    )


def is_unseen(path: str | Path) -> bool:
    """Whether a path leads nowhere for a part that holds what nobody sees, so that it looks right.

    Examples
    --------
    >>> is_unseen("\u202aD:/data/cover.tif"), is_unseen("D:/data/cover.tif")
    (True, False)
    """
    places = (Path(path), *Path(path).parents)
    return any(_UNSEEN.search(place.name) and not exists(place) for place in places)


def is_no_text(text: str | Path) -> bool:
    r"""Whether a text holds bytes that stand for no letter, as names written in GBK do on Linux.

    Examples
    --------
    >>> is_no_text("\udcbc\udcd7.gpkg"), is_no_text("甲.gpkg")
    (True, False)
    """
    return _NO_LETTER.search(str(text)) is not None


def refuse_unseen(path: str | Path, error: type[GreencoverError]) -> None:
    """Refuse a path that looks right and leads nowhere, with the advice that helps.

    Raises
    ------
    GreencoverError
        Of the class that is given.
    """
    if is_no_text(path):
        raise error("ground.name_no_text", path=readable(path))
    if is_unseen(path):
        raise error("ground.unseen_in_path", path=path)


def readable(text: str | Path) -> str:
    r"""Return a text in which a mark stands for each byte that stands for no letter.

    Examples
    --------
    >>> readable("county\udcff.gpkg")
    'county�.gpkg'
    """
    return _NO_LETTER.sub("\ufffd", str(text))


def exists(path: str | Path) -> bool:
    """Whether there is anything at a path; a name that no file can have leads nowhere.

    Examples
    --------
    >>> exists("x" * 5000)
    False
    """
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False


def is_pipe_or_device(path: str | Path) -> bool:
    """Whether there is something at a path that is neither a file nor a folder.

    Who opens such a thing may wait for ever.
    """
    place = Path(path)
    try:
        return place.exists() and not (place.is_file() or place.is_dir())
    except (OSError, ValueError):
        return False


def neither_file_nor_folder(path: str | Path) -> Path | None:
    """Return what is neither of both, a pipe or a device, at a path or beside it under its name.

    Who opens such a thing may wait for ever, and what belongs to a file is opened with it.
    """
    place = Path(path)
    try:
        beside = list(place.parent.glob(f"{glob.escape(place.stem)}.*")) if place.stem else []
        for one in (place, *beside):
            if is_pipe_or_device(one):
                return one
    except (OSError, ValueError):
        return None
    return None


def is_file(path: str | Path) -> bool:
    """Whether there is a file at a path."""
    try:
        return Path(path).is_file()
    except OSError:
        return False

"""Archives are read in place, and only those that are what they seem."""

from __future__ import annotations

import glob
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from greencover.ground.errors import LayerError
from greencover.ground.places import is_file
from greencover.layers.formats import inside_archives
from greencover.words import Listed

# The largest vector layer of a county is far smaller than this when unpacked.
LARGEST_UNPACKED = 4_000_000_000
#: No map of a county is as long as text; other formats hold it in a tenth of that.
LARGEST_TEXT = 1_000_000_000
# DEFLATE reaches 1,000 on zeros alone; map data stay below 40.
_LARGEST_RATIO = 200
_WORTH_A_LOOK = 50_000_000
_MOST_MEMBERS = 20_000
_OF_DAMAGE = (
    *(EOFError, LookupError, OSError, UnicodeError, NotImplementedError, RuntimeError, ValueError),
    struct.error,
)
_MEMBER = re.compile(
    r"/vsizip/(?:\{(?P<braced>[^{}]+)\}|(?P<plain>.+?\.zip))/(?P<member>.+)", re.IGNORECASE
)
# Rasters of codes as they are handed over.
_RASTERS = (".tif", ".tiff", ".img", ".asc")
ENTITIES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
#: Where declarations stand.
HEAD_BYTES = 1_000_000


def check_archive(path: Path) -> None:
    """Refuse an archive that is damaged, locked, a bomb, or reaches out of its folder.

    Raises
    ------
    LayerError
        The message says which of these it is.
    """
    members = _members(path)
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    bomb = unpacked > _WORTH_A_LOOK and unpacked > _LARGEST_RATIO * max(packed, 1)
    if len(members) > _MOST_MEMBERS or unpacked > LARGEST_UNPACKED or bomb:
        raise LayerError(
            "layers.archive_too_large",
            path=path,
            files=len(members),
            packed_mb=packed / 1e6,
            unpacked_mb=unpacked / 1e6,
        )
    if len({member.filename for member in members}) < len(members):
        # Of two members of one name, each program takes its own choice.
        raise LayerError("layers.archive_damaged", path=path)
    for member in members:
        name = member.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or re.match(r"^[A-Za-z]:", name):
            raise LayerError("layers.archive_points_out", path=path, member=member.filename)
        if member.flag_bits & 1:
            raise LayerError("layers.archive_locked", path=path)
    if path.suffix.lower() == ".kmz":
        _check_kmz(path, members)


def split_member(path: str | Path) -> tuple[Path, str] | None:
    """Return archive and member of a GDAL name; None for any other path.

    Examples
    --------
    >>> split_member("/vsizip/data/county.zip/a/b.shp")
    (PosixPath('data/county.zip'), 'a/b.shp')
    """
    found = _MEMBER.fullmatch(str(path))
    return (Path(found["braced"] or found["plain"]), found["member"]) if found else None


def layer_inside(path: Path, layer: str | None) -> str:
    """Return the GDAL name of the one layer file in an archive, or of the one that is named.

    Raises
    ------
    LayerError
        The archive holds no layer file, or several and none is chosen.
    """
    found: dict[str, str] = {}
    for member in _members(path):
        name = member.filename
        folders = [part for part in PurePosixPath(name).parts if part.lower().endswith(".gdb")]
        if folders:
            found[name[: name.index(folders[0]) + len(folders[0])]] = folders[0][:-4]
        elif name.lower().endswith(inside_archives()) and not _is_system_file(name):
            found[name] = PurePosixPath(name).stem
    if not found:
        raise LayerError("layers.archive_without_layer", path=path)
    chosen = [name for name, stem in found.items() if len(found) == 1 or stem == layer]
    if len(chosen) != 1:
        raise LayerError(
            "layers.archive_of_several", path=path, layers=Listed.of(found.values(), limit=20)
        )
    return f"/vsizip/{{{path.absolute()}}}/{chosen[0]}"


def raster_inside(path: Path) -> str | None:
    """Return the GDAL name of the first raster in a ZIP archive; None where nobody can name one."""
    if path.suffix.lower() != ".zip":
        return None
    try:
        names = sorted(member.filename for member in _members(path))
    except LayerError:
        return None
    found = [one for one in names if one.lower().endswith(_RASTERS) and not _is_system_file(one)]
    # With slashes and without braces, which some shells take for their own.
    return f"/vsizip/{path.absolute().as_posix()}/{found[0]}" if found else None


def member_bytes(path: Path, name: str) -> bytes | None:
    """Return the content of a member whatever the case of its name; None where it is absent."""
    with _opened(path) as archive:
        members = archive.infolist()
        # Its own name goes before one in other letters.
        for member in sorted(members, key=lambda one: one.filename != name):
            if member.filename.lower() == name.lower():
                return archive.read(member)
    return None


def head_of(source: str) -> bytes:
    """Return the beginning of a file, also of one inside an archive; nothing where it is none."""
    inside = split_member(source)
    if inside is None:
        if not is_file(source):
            return b""
        with Path(source).open("rb") as file:
            return file.read(HEAD_BYTES)
    with _opened(inside[0]) as archive:
        if inside[1] not in archive.namelist():
            return b""
        with archive.open(inside[1]) as member:
            return member.read(HEAD_BYTES)


def names_in(source: str) -> list[str]:
    """Return the names of the files of a folder, also of one inside an archive."""
    inside = split_member(source)
    if inside is None:
        return [one.name for one in Path(source).iterdir()] if Path(source).is_dir() else []
    within = f"{inside[1].rstrip('/')}/"
    names = [one.filename for one in _members(inside[0])]
    return [name.removeprefix(within) for name in names if name.startswith(within)]


def content_of(path: str | Path, where: str, *, largest: int) -> bytes:
    """Return the content of a file, also of one inside an archive.

    Raises
    ------
    LayerError
        The file is larger than it may be, absent, or inside an archive that is no ZIP.
    """
    inside = split_member(path)
    if inside is None and not is_file(path):
        raise LayerError("layers.no_file_here", where=where)
    if size_of(path) > largest:
        raise LayerError("layers.table_too_long", where=where, gb=largest / 1e9)
    return Path(path).read_bytes() if inside is None else member_bytes(*inside) or b""


def check_length(source: str, given: str | Path, *, largest: int = LARGEST_TEXT) -> None:
    """Refuse a file of text, also one inside an archive, that is too long to be read as one.

    Raises
    ------
    LayerError
        The message says what holds such a layer.
    """
    if size_of(source) > largest:
        raise LayerError("layers.text_too_long", path=given, gb=largest / 1e9)


def size_of(source: str | Path) -> int:
    """Return the length of a file in bytes, also of one inside an archive; 0 where it is none."""
    inside = split_member(source)
    if inside is None:
        return Path(source).stat().st_size if is_file(source) else 0
    return sum(one.file_size for one in _members(inside[0]) if one.filename == inside[1])


def beside(source: str, suffix: str) -> bytes | None:
    """Return the content of a file that accompanies a layer's, inside an archive or out of it."""
    name = source[:-4] + suffix
    zipped = split_member(name)
    if zipped is not None:
        return member_bytes(*zipped)
    if source.startswith("/vsi"):
        return None
    for path in (Path(name), Path(source[:-4] + suffix.upper())):
        if path.is_file():
            return path.read_bytes()
    return None


def check_parts(path: Path, kind: str, parts: tuple[str, ...]) -> None:
    """Refuse a layer of several files that lacks one; ``kind`` is how people call it, a label."""
    there = {other.suffix.lower() for other in path.parent.glob(f"{glob.escape(path.stem)}.*")}
    absent = [part for part in parts if part not in there]
    if absent:
        missing = f"{path.stem}{absent[0]}"
        raise LayerError("layers.part_missing", path=path, part=missing, kind=kind)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive; whatever its damage does to the reader is one error."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except LayerError:
        raise
    except (zipfile.BadZipFile, zlib.error, *_OF_DAMAGE) as error:
        raise LayerError("layers.archive_damaged", path=path) from error


def _members(path: Path) -> list[zipfile.ZipInfo]:
    with _opened(path) as archive:
        return [member for member in archive.infolist() if not member.is_dir()]


def _check_kmz(path: Path, members: list[zipfile.ZipInfo]) -> None:
    with _opened(path) as archive:
        for member in members:
            if not member.filename.lower().endswith(".kml"):
                continue
            with archive.open(member) as file:
                head = file.read(HEAD_BYTES)
            if ENTITIES.search(head):
                raise LayerError("layers.archive_with_entities", path=path, member=member.filename)


def _is_system_file(name: str) -> bool:
    return "__MACOSX" in name or PurePosixPath(name).name.startswith(".")

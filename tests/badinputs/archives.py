"""Archives that are damaged, locked, bombs, or reach out of their folder."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import formats
from badinputs.case import Case, assessed, townships_from, townships_in
from badinputs.layers import KML, LAUGHS


def archive(*members: tuple[str, bytes]) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
            for name, content in members:
                book.writestr(name, content)

    return write


def bomb(path: Path) -> None:
    """Two hundred megabytes of zeros in two hundred kilobytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book, book.open("t.shp", "w") as file:
        for _ in range(200):
            file.write(bytes(1_000_000))


def liar(path: Path) -> None:
    """A member that says it unpacks to four thousand million bytes."""
    archive(("t.shp", b"x" * 100))(path)
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 4_100_000_000)
    path.write_bytes(content)


def locked(path: Path) -> None:
    archive(("t.shp", b"x"))(path)
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)


def nameless(path: Path) -> None:
    archive(("t", b"x"))(path)
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\x01\x02")
    content[place + 28] = 0
    content[place + 30] = 1
    path.write_bytes(content)


def halved(path: Path) -> None:
    source, _ = formats.write("Shapefile in a ZIP", path.parent)
    path.write_bytes(source.read_bytes()[: source.stat().st_size // 2])


def nested(path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as book:
        book.writestr("t.shp", b"x")
    archive(("inner.zip", inner.getvalue()))(path)


def twisted(path: Path) -> None:
    """Bytes of a member turned round, so that its checksum is wrong."""
    source, _ = formats.write("Shapefile in a ZIP", path.parent)
    content = bytearray(source.read_bytes())
    for place in range(80, 200):
        content[place] ^= 0xFF
    path.write_bytes(content)


ARCHIVES: dict[str, Case] = {
    "bomb": townships_in(
        "t.zip", bomb, ["t.zip holds 1 file and would unpack from 0.2 MB to 200 MB"]
    ),
    "bomb by its word": townships_in("t.zip", liar, ["t.zip", "would unpack", "to 4,100 MB"]),
    "bomb named as GDAL names it": assessed(
        ["t.zip", "to 200 MB"],
        change=townships_from("/vsizip/{folder}/t.zip/t.shp"),
        damage=lambda folder: (
            bomb(folder / "t.zip"),
            (folder / "campaign.toml").write_text(
                (folder / "campaign.toml")
                .read_text(encoding="utf-8")
                .replace("{folder}", str(folder)),
                encoding="utf-8",
            ),
        ),
    ),
    "too many members": townships_in(
        "t.zip",
        lambda path: archive(*((f"{i}.txt", b"") for i in range(20_001)))(path),
        ["t.zip holds 20,001 files"],
    ),
    "path out of the archive": townships_in(
        "t.zip", archive(("../../etc/t.shp", b"x")), ["'../../etc/t.shp'", "points out"]
    ),
    "backslashes out of the archive": townships_in(
        "t.zip", archive(("..\\t.shp", b"x")), ["points out of the archive"]
    ),
    "absolute path": townships_in("t.zip", archive(("/tmp/t.shp", b"x")), ["points out"]),
    "drive letter": townships_in("t.zip", archive(("C:/t.shp", b"x")), ["points out"]),
    "password": townships_in("t.zip", locked, ["t.zip is locked with a password"]),
    "half an archive": townships_in("t.zip", halved, ["t.zip is damaged or no ZIP archive"]),
    "twisted bytes": townships_in("t.zip", twisted, ["t.zip"]),
    "member without a name": townships_in("t.zip", nameless, ["t.zip"]),
    "no archive": townships_in(
        "t.zip", lambda path: path.write_text("hello"), ["t.zip is damaged or no ZIP archive"]
    ),
    "no layer inside": townships_in(
        "t.zip", archive(("readme.txt", b"x")), ["t.zip holds no layer file"]
    ),
    "archive in an archive": townships_in(
        "t.zip", nested, ["t.zip holds no layer file", "no archive lies inside it"]
    ),
    "several layers inside": townships_in(
        "t.zip",
        archive(("a.geojson", b"{}"), ("b.geojson", b"{}")),
        ["t.zip holds several layer files", "among a and b"],
    ),
    "KMZ that declares entities": townships_in(
        "t.kmz", archive(("doc.kml", (LAUGHS + KML.format("&b;")).encode())), ["XML entities"]
    ),
    "KMZ that is a bomb": townships_in(
        "t.kmz",
        lambda path: archive(("doc.kml", bytes(80_000_000)))(path),
        ["t.kmz", "to 80 MB"],
    ),
    "KMZ without KML": townships_in("t.kmz", archive(("a.txt", b"x")), ["t.kmz"]),
}

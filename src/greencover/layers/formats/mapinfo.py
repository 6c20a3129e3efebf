"""MapInfo tables: what their text is in, and a copy of them that GDAL hands on byte by byte.

The charset in the heading is that of the program that saved the table more often than that of its
text. GDAL follows it, and what it translates wrongly cannot be told from its bytes any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from greencover.ground.errors import LayerError
from greencover.layers.archives import beside, check_length, check_parts, head_of
from greencover.layers.encoding import TextEncoding, codec_of, dbf_values, settled
from greencover.layers.formats._registry import layer_format
from greencover.layers.formats.gdal import Gdal

# The file of text by the suffix of the file that names the columns.
_TEXT_BESIDE = {".tab": ".dat", ".mif": ".mid"}
_PARTS = {".tab": (".dat", ".map", ".id"), ".mif": (".mid",)}
_OTHER_PARTS = {**_PARTS, ".tab": (*_PARTS[".tab"], ".ind")}
_CHARSET = re.compile(rb'(charset\s+"?)([\w.-]+)', re.IGNORECASE)
_COLUMN = re.compile(rb"^\s*(\S+)\s+(\w+)")
_COLUMNS = re.compile(rb"^\s*(?:fields|columns)\s+(\d+)\s*$", re.IGNORECASE | re.MULTILINE)
_CODECS = {
    "WINDOWSLATIN1": "cp1252",
    "WINDOWSLATIN2": "cp1250",
    "WINDOWSCYRILLIC": "cp1251",
    "WINDOWSGREEK": "cp1253",
    "WINDOWSTURKISH": "cp1254",
    "WINDOWSHEBREW": "cp1255",
    "WINDOWSARABIC": "cp1256",
    "WINDOWSBALTICRIM": "cp1257",
    "WINDOWSJAPANESE": "cp932",
    "WINDOWSSIMPCHINESE": "gbk",
    "WINDOWSKOREAN": "cp949",
    "WINDOWSTRADCHINESE": "big5",
}
_NEUTRAL = b"Neutral"
# Headings are short; what follows in a .mif file is geometry.
_HEADING = 100_000


@layer_format
class MapInfo(Gdal):
    """MapInfo tables and exports."""

    suffixes: tuple[str, ...] = (".tab", ".mif")
    in_archives: tuple[str, ...] = (".tab", ".mif")

    def check(self, path: Path) -> None:
        """Refuse a table without its other files; pictures and views of tables have none."""
        suffix = path.suffix.lower()
        if suffix == ".mif" or b"type native" in head_of(str(path)).lower():
            check_parts(path, suffix.removeprefix("."), _PARTS[suffix])

    def vet(self, source: str, given: str | Path) -> None:
        """Refuse a table that is made of others, which it finds by names of any kind."""
        super().vet(source, given)
        check_length(source, given)
        heading = head_of(source).lower()
        plain = heading.lstrip().startswith(b"!table") and b"type native" in heading
        if source.lower().endswith(".tab") and (not plain or b"isseamless" in heading):
            raise LayerError("layers.description", path=given)

    def encoding(self, source: str) -> TextEncoding | None:
        """Return how the text has to be decoded."""
        suffix = source[-4:].lower()
        heading, text = beside(source, suffix), beside(source, _TEXT_BESIDE[suffix])
        if heading is None or text is None:
            return None
        encoding = of_mapinfo(heading, text, suffix)
        return None if encoding.declared == encoding.name else encoding

    def readable(self, source: str, encoding: TextEncoding | None) -> AbstractContextManager[str]:
        """Give a copy whose text GDAL leaves alone, where it has to be decoded here."""
        return nullcontext(source) if encoding is None else untranslated(source)

    def is_cut_short(self, source: str, rows: int) -> bool:
        """Whether an export ends early, which GDAL takes for the end of the layer."""
        if source[-4:].lower() != ".mif":
            return False
        shapes, table = beside(source, ".mif"), beside(source, ".mid")
        return shapes is not None and table is not None and not is_whole(shapes, table, rows)


def of_mapinfo(heading: bytes, text: bytes, suffix: str) -> TextEncoding:
    """Return the encoding of a MapInfo table.

    Parameters
    ----------
    heading
        The .tab or .mif file.
    text
        The .dat or .mid file.
    suffix
        ".tab" or ".mif".
    """
    found = _CHARSET.search(heading[:_HEADING])
    name = found[2].decode("ascii", "replace").upper() if found else ""
    declared = _CODECS.get(name) or codec_of(name.removeprefix("CODEPAGE"))
    columns = _columns(heading[:_HEADING])
    samples = [column for column, _ in columns]
    if suffix == ".mif":
        samples += text.splitlines()
    else:
        samples += dbf_values(text, [of_text for _, of_text in columns])
    return settled(declared, samples)


@contextmanager
def untranslated(source: str) -> Iterator[str]:
    """Give the path of a table whose text GDAL leaves as it is; a copy where it would not."""
    suffix = source[-4:].lower()
    heading = beside(source, suffix) or b""
    if {name.lower() for _, name in _CHARSET.findall(heading[:_HEADING])} <= {_NEUTRAL.lower()}:
        yield source
        return
    plain = _CHARSET.sub(rb"\g<1>" + _NEUTRAL, heading[:_HEADING]) + heading[_HEADING:]
    with TemporaryDirectory() as folder:
        copy = Path(folder) / f"{Path(source).stem}{suffix}"
        copy.write_bytes(plain)
        for part in _OTHER_PARTS[suffix]:
            content = beside(source, part)
            if content is not None:
                copy.with_suffix(part).write_bytes(content)
        yield str(copy)


def is_whole(shapes: bytes, table: bytes, rows: int) -> bool:
    """Whether a .mif file has a shape for each row of its .mid file, and its last number whole."""
    lines = sum(1 for line in table.splitlines() if line.strip())
    in_a_number = shapes[-1:].isdigit() or shapes[-1:] in (b".", b"-")
    return rows == lines and not in_a_number


def _columns(heading: bytes) -> list[tuple[bytes, bool]]:
    """Return the name of each column, and whether it holds text."""
    start = _COLUMNS.search(heading)
    if start is None:
        return []
    lines = heading[start.end() :].lstrip(b"\r\n").splitlines()[: int(start[1])]
    found = [_COLUMN.match(line) for line in lines]
    return [(one[1], one[2].lower() == b"char") for one in found if one is not None]

"""Which encoding text is in, told from its bytes.

Files from counties say it seldom and wrongly now and then; GDAL then reads Latin-1. Values of
a fixed width may end in the middle of a character, which is no sign against an encoding.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

import pandas as pd

from greencover.ground.notes import tell

# What .cpg files and DBF headers call code pages.
_NAMES = {
    "65001": "utf-8",
    "936": "gbk",
    "54936": "gb18030",
    "950": "big5",
    "1252": "cp1252",
    "88591": "latin-1",
    "28591": "latin-1",
}
_DBF_CODE_PAGES = {0x4D: "gbk", 0x4F: "big5", 0x7A: "gbk", 0x78: "big5"}
_ENOUGH = 200_000
_LAST_EUROPEAN_CYRILLIC = "\u045f"
_LAST_OF_TWO_BYTES = "\u07ff"
TITLES = {"utf-8": "UTF-8", "gbk": "GBK", "gb18030": "GB18030", "big5": "Big5"}


@dataclass(frozen=True)
class TextEncoding:
    """How text is to be decoded, and what the file says about it.

    Attributes
    ----------
    name
        Codec that decodes every value.
    declared
        Codec that the file names, or None.
    """

    name: str
    declared: str | None = None

    @property
    def title(self) -> str:
        """The encoding as people write it."""
        return TITLES.get(self.name, self.name.upper())


def detect(samples: Iterable[bytes]) -> str | None:
    """Tell UTF-8, GBK and GB18030 apart; None where the text is none of them or all ASCII.

    Examples
    --------
    >>> detect(["西林镇".encode("gbk")]), detect(["西林镇".encode()]), detect([b"Xilin"])
    ('gbk', 'utf-8', None)
    """
    strange = [text for text in samples if not text.isascii()]
    if not strange:
        return None
    utf8 = _decoded(strange, "utf-8")
    if utf8 is not None and (
        _chinese_share(utf8) > 0.0 or not _is_gb(strange) or _is_one_script(strange)
    ):
        return "utf-8"
    if _is_gb(strange):
        return "gbk" if _decoded(strange, "gbk") is not None else "gb18030"
    return None


def decode(text: bytes, encoding: str) -> str:
    """Decode a value, leaving out half a character that a fixed width cut off at its end."""
    return codecs.getincrementaldecoder(encoding)("strict").decode(text, final=False)


def codec_of(declared: str) -> str | None:
    """Return the codec that a .cpg file means, or None where it names none.

    Examples
    --------
    >>> codec_of("ANSI 936"), codec_of("UTF8"), codec_of("GB2312"), codec_of("?"), codec_of("zip")
    ('gbk', 'utf-8', 'gbk', None, None)
    """
    words = declared.strip().removeprefix("\ufeff").upper()
    for word in ("ANSI ", "OEM ", "CP", "LDID/"):
        words = words.removeprefix(word)
    if words in _NAMES:
        return _NAMES[words]
    try:
        name = codecs.lookup(words).name
        # Some codecs compress or escape and are refused here: they are no encoding of text.
        "a".encode(name)
    except (LookupError, ValueError):
        return None
    return {"gb2312": "gbk", "iso8859-1": "latin-1", "ascii": None}.get(name, name)


def of_dbf(table: bytes, cpg: bytes | None) -> TextEncoding:
    """Return the encoding of a DBF table.

    Parameters
    ----------
    table
        The whole DBF file.
    cpg
        Content of the .cpg file beside it, where there is one.
    """
    declared = codec_of(cpg.decode("latin-1")) if cpg is not None else None
    if declared is None and len(table) > 29:
        declared = _DBF_CODE_PAGES.get(table[29])
    return settled(declared, list(dbf_texts(table)))


def settled(declared: str | None, samples: list[bytes]) -> TextEncoding:
    """Return what is declared where the bytes bear it out, and else what they look like."""
    strange = [text for text in samples if not text.isascii()]
    found = detect(strange)
    # Latin-1 decodes anything, and GBK half of all UTF-8, so their word is only taken where
    # nothing better fits.
    doubtful = (declared in ("latin-1", "cp1252") and found is not None) or (
        declared in ("gbk", "big5") and found == "utf-8"
    )
    if declared is not None and not doubtful and _decoded(strange, declared) is not None:
        return TextEncoding(declared, declared)
    return TextEncoding(found or "latin-1", declared)


def tell_encoding(encoding: TextEncoding, where: str) -> None:
    """Tell of an encoding that was found by the bytes, for the file says none or a wrong one."""
    if encoding.declared == encoding.name:
        return
    if encoding.declared is not None:
        tell(
            "layers.encoding_wrong",
            where=where,
            declared=encoding.declared.upper(),
            encoding=encoding.title,
            stacklevel=5,
        )
    elif encoding.name in TITLES:
        tell("layers.encoding_untold", where=where, encoding=encoding.title, stacklevel=5)


def in_words(frame: pd.DataFrame, encoding: TextEncoding) -> pd.DataFrame:
    """Decode what was read byte by byte."""

    def words(value: object) -> object:
        if isinstance(value, str) and not value.isascii():
            return decode(value.encode("latin-1"), encoding.name)
        return value

    geometry = getattr(frame, "_geometry_column_name", None)
    for column in frame.columns:
        values = frame[column]
        if column != geometry and (values.dtype == object or pd.api.types.is_string_dtype(values)):
            frame[column] = pd.Series(
                [words(value) for value in values], index=frame.index, dtype=values.dtype
            )
    return frame.rename(columns={column: words(column) for column in frame.columns})


def dbf_texts(table: bytes) -> Iterator[bytes]:
    """Yield field names and text values of a DBF table, as bytes; nothing from a damaged one."""
    fields = list(_dbf_fields(table))
    yield from (name for name, _, _ in fields)
    yield from dbf_values(table, [kind == b"C" for _, kind, _ in fields])


def dbf_values(table: bytes, wanted: list[bool]) -> Iterator[bytes]:
    """Yield the values of the wanted columns of a DBF table, row by row, as bytes."""
    header = int.from_bytes(table[8:10], "little")
    record = int.from_bytes(table[10:12], "little")
    if record == 0 or header == 0:
        return
    ends = list(accumulate((width for _, _, width in _dbf_fields(table)), initial=1))
    spans = [span for span, one in zip(pairwise(ends), wanted, strict=False) if one]
    yielded = 0
    for place in range(header, len(table) - record + 1, record):
        for begin, end in spans:
            yield table[place + begin : place + end].rstrip(b" \0")
            yielded += 1
        if yielded > _ENOUGH:
            return


def _dbf_fields(table: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Yield name, type and width in bytes of each column."""
    if len(table) < 33:
        return
    header = int.from_bytes(table[8:10], "little")
    for place in range(32, min(header, len(table)) - 32, 32):
        if table[place] == 0x0D:
            return
        name = table[place : place + 11].split(b"\0")[0]
        yield name, table[place + 11 : place + 12], table[place + 16]


def _decoded(samples: list[bytes], encoding: str) -> str | None:
    try:
        return "".join(decode(text, encoding) for text in samples)
    except UnicodeError:
        return None


def _chinese_share(text: str) -> float:
    strange = [char for char in text if not char.isascii()]
    chinese = sum("\u2e80" <= char <= "\u9fff" or char > "\U0001ffff" for char in strange)
    return chinese / len(strange) if strange else 0.0


def _is_one_script(samples: list[bytes]) -> bool:
    """Whether all that is strange in UTF-8 are letters of one script a value, Latin among others.

    Chinese characters of GB whose bytes happen to be UTF-8 are read as letters of several scripts
    and as signs, and do not stand amid plain letters.
    """
    letters = 0
    for value in samples:
        text = decode(value, "utf-8")
        strange = [char for char in text if not char.isascii()]
        scripts = {unicodedata.name(char, "?").split()[0] for char in strange}
        if len(scripts) != 1 or not all(_is_of_words(char) for char in strange):
            return False
        amid = any(char.isascii() and char.isalpha() for char in text)
        if scripts == {"LATIN"} and not amid:
            return False
        # 一 in GB is a letter that no European language writes; Russian never does without its own.
        if scripts == {"CYRILLIC"} and min(strange) > _LAST_EUROPEAN_CYRILLIC:
            return False
        letters += len(strange) + 2 * amid
    return letters > 2


def _is_of_words(char: str) -> bool:
    """Whether a character is a letter, or in scripts of three bytes a mark amid letters.

    Tibetan and Devanagari write vowels and breaks between syllables as such marks.
    """
    return char.isalpha() or (char > _LAST_OF_TWO_BYTES and unicodedata.category(char)[0] in "MNP")


def _is_gb(samples: list[bytes]) -> bool:
    """Whether bytes are GB text: most characters from the common set, whose bytes are both high.

    Latin-1 text decodes as GBK as well, but pairs its accented letters with plain ones.
    """
    if _decoded(samples, "gb18030") is None:
        return False
    common = rare = 0
    for text in samples:
        place = 0
        while place < len(text):
            if text[place] < 0x80:
                place += 1
                continue
            follower = text[place + 1] if place + 1 < len(text) else 0xFF
            if 0x30 <= follower <= 0x39:
                common += 1
                place += 4
                continue
            common += follower >= 0xA1
            rare += follower < 0xA1
            place += 2
    return common > rare

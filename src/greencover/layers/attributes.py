"""The words of a layer's table: in which encoding they are, and how they are read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pandas as pd

from greencover.ground.notes import tell
from greencover.layers.archives import member_bytes, split_member
from greencover.layers.encoding import TITLES, TextEncoding, decode, of_dbf
from greencover.layers.mapinfo import TEXT_BESIDE, is_whole, of_mapinfo, untranslated


def table_encoding(source: str, where: str) -> TextEncoding | None:
    """Return how the text of a Shapefile or of a MapInfo table has to be decoded.

    None for other formats, and where what the file says is right or nothing better is known: GDAL
    then does it.

    Warns
    -----
    GreencoverWarning
        The encoding was found by the bytes, for the file says none or a wrong one.
    """
    suffix = source[-4:].lower()
    encoding: TextEncoding | None = None
    if suffix == ".shp":
        encoding = _of_shapefile(source)
    elif suffix in TEXT_BESIDE:
        encoding = _of_mapinfo(source, suffix)
    if encoding is None:
        return None
    found = TITLES.get(encoding.name)
    if encoding.declared == encoding.name or (found is None and encoding.declared is None):
        return encoding
    if encoding.declared is None:
        tell("layers.encoding_untold", where=where, encoding=encoding.title, stacklevel=5)
    else:
        tell(
            "layers.encoding_wrong",
            where=where,
            declared=encoding.declared.upper(),
            encoding=encoding.title,
            stacklevel=5,
        )
    return encoding


@contextmanager
def bytewise(source: str, encoding: TextEncoding | None) -> Iterator[str]:
    """Give what GDAL has to open so that each byte of text comes as one character of Latin-1."""
    if encoding is None or source[-4:].lower() not in TEXT_BESIDE:
        yield source
        return
    with untranslated(source, partial(_beside, source)) as plain:
        yield plain


def is_cut_short(source: str, rows: int) -> bool:
    """Whether a layer of so many rows is the beginning of one; told of MapInfo exports alone.

    GDAL takes the end of their geometry for the end of the layer, wherever it was cut off.
    """
    if source[-4:].lower() != ".mif":
        return False
    shapes, table = _beside(source, ".mif"), _beside(source, TEXT_BESIDE[".mif"])
    return shapes is not None and table is not None and not is_whole(shapes, table, rows)


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


def _of_shapefile(source: str) -> TextEncoding | None:
    table = _beside(source, ".dbf")
    if table is None:
        return None
    encoding = of_dbf(table, _beside(source, ".cpg"))
    known = encoding.name in TITLES
    unsure = encoding.declared not in (None, encoding.name)
    return encoding if known or unsure else None


def _of_mapinfo(source: str, suffix: str) -> TextEncoding | None:
    heading, text = _beside(source, suffix), _beside(source, TEXT_BESIDE[suffix])
    if heading is None or text is None:
        return None
    encoding = of_mapinfo(heading, text, suffix)
    return None if encoding.declared == encoding.name else encoding


def _beside(source: str, suffix: str) -> bytes | None:
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

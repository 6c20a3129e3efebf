"""Shapefiles: several files, whose table says seldom in which encoding it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from greencover.ground.errors import LayerError
from greencover.ground.notes import tell
from greencover.layers.archives import beside, check_parts, head_of
from greencover.layers.encoding import TITLES, TextEncoding, of_dbf
from greencover.layers.formats._registry import layer_format
from greencover.layers.formats.gdal import Gdal
from greencover.words import Rows

if TYPE_CHECKING:
    import pandas as pd

_SHX_HEADER, _SHX_ENTRY = 100, 8
_DELETED = ord("*")
_SHAPES = (b"\x00\x00\x27\x0a",)
_TABLES = tuple(bytes([version]) for version in (0x03, 0x30, 0x31, 0x32, 0x83, 0x8B, 0xF5))
_OTHER_PARTS = (".dbf", ".shx", ".prj", ".cpg")


@layer_format
class Shapefile(Gdal):
    """A Shapefile, or a folder of such."""

    suffixes: tuple[str, ...] = (".shp", *_OTHER_PARTS)
    in_archives: tuple[str, ...] = (".shp",)

    def check(self, path: Path) -> None:
        """Refuse a Shapefile without index or table."""
        if path.suffix.lower() == ".shp":
            check_parts(path, "shp", (".shx", ".dbf"))

    def vet(self, source: str, given: str | Path) -> None:
        """Refuse what begins otherwise than shapes, or a table of them, do."""
        super().vet(source, given)
        shapes = source[-4:].lower() == ".shp"
        if not head_of(source).startswith(_SHAPES if shapes else _TABLES):
            raise LayerError("layers.cannot_be_opened", path=given)

    def located(self, path: Path) -> Path:
        """Return the .shp file where another part was named."""
        shape = path.with_suffix(".shp")
        return shape if path.suffix.lower() in _OTHER_PARTS and shape.is_file() else path

    def encoding(self, source: str) -> TextEncoding | None:
        """Return how the text of the table has to be decoded."""
        table = beside(source, ".dbf") if source[-4:].lower() == ".shp" else None
        if table is None:
            return None
        encoding = of_dbf(table, beside(source, ".cpg"))
        known = encoding.name in TITLES
        unsure = encoding.declared not in (None, encoding.name)
        return encoding if known or unsure else None

    def read(self, source: str, layer: str | None, where: str) -> pd.DataFrame:
        """Read every row; refuse shapes and rows that do not pair, tell of rows marked deleted."""
        table, index = beside(source, ".dbf"), beside(source, ".shx")
        is_shape = source[-4:].lower() == ".shp"
        deleted: tuple[int, ...] = ()
        if is_shape and table is not None and index is not None and len(table) >= 12:
            rows = int.from_bytes(table[4:8], "little")
            shapes = (len(index) - _SHX_HEADER) // _SHX_ENTRY
            if shapes != rows:
                raise LayerError("layers.rows_and_shapes", where=where, rows=rows, shapes=shapes)
            deleted = _deleted_rows(table, rows)
        frame = super().read(source, layer, where)
        if deleted:
            tell("layers.rows_deleted", where=where, rows=Rows(deleted), stacklevel=4)
        return frame


def _deleted_rows(table: bytes, rows: int) -> tuple[int, ...]:
    """Rows, counted from 1, that are marked as deleted and wait for a packing of the table."""
    header = int.from_bytes(table[8:10], "little")
    record = int.from_bytes(table[10:12], "little")
    if not header or not record:
        return ()
    marks = table[header::record][:rows]
    return tuple(row for row, mark in enumerate(marks, start=1) if mark == _DELETED)

"""Shapefiles: several files, whose table says seldom in which encoding it is."""

from __future__ import annotations

from pathlib import Path

from greencover.layers.archives import beside, check_parts
from greencover.layers.encoding import TITLES, TextEncoding, of_dbf
from greencover.layers.formats._registry import layer_format
from greencover.layers.formats.gdal import Gdal

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

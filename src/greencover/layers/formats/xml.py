"""Formats of XML, which can hide what fills the memory, and GPX, which lists layers it lacks."""

from __future__ import annotations

from pathlib import Path

import pyogrio

from greencover.ground.errors import LayerError
from greencover.layers.archives import ENTITIES, HEAD_BYTES
from greencover.layers.formats._registry import layer_format
from greencover.layers.formats.gdal import Gdal


@layer_format
class Xml(Gdal):
    """KML, GML and other XML, without entities."""

    suffixes: tuple[str, ...] = (".kml", ".gml", ".xml", ".vrt", ".ovf", ".georss", ".rss")
    in_archives: tuple[str, ...] = (".kml", ".gml")

    def check(self, path: Path) -> None:
        """Refuse entities."""
        if not path.is_file():
            return
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if b"\x00" in head[:64]:
            head = head.decode("utf-16", errors="replace").encode()
        if ENTITIES.search(head):
            raise LayerError("layers.xml_entities", path=path)


@layer_format
class Gpx(Xml):
    """GPX, whose files always list all five layers."""

    suffixes: tuple[str, ...] = (".gpx",)
    in_archives: tuple[str, ...] = (".gpx",)

    def likely(self, source: str, names: list[str], kind: str) -> list[str]:
        """Return the layers that hold something, of lines where lines are sought."""
        lines = ("tracks", "routes")
        wanted = [name for name in names if name in lines] if kind == "line" else names
        filled = [
            name
            for name in wanted
            if pyogrio.read_info(source, layer=name, force_feature_count=True)["features"] > 0
        ]
        if kind == "any" and len(filled) > 1:
            filled = [name for name in filled if not name.endswith("_points")]
        return filled or names

"""Formats of XML, which can hide what fills the memory, and GPX, which lists layers it lacks."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pyogrio

from greencover.ground.errors import LayerError
from greencover.layers.archives import ENTITIES, HEAD_BYTES, check_length, head_of
from greencover.layers.formats._registry import layer_format
from greencover.layers.formats.gdal import Gdal

_ROOT = re.compile(
    rb"(?>\xef\xbb\xbf)?(?>\s*(?:<\?.*?\?>|<!--.*?-->))*+\s*<(?:[\w.-]+:)?"
    rb"(?P<name>[\w.-]+)(?P<attributes>[^>]*)>",
    re.DOTALL,
)
_ROOTS = (b"kml", b"gpx")
_ROOTS_OF_GML = (b"featurecollection", b"spatialdataset", b"citymodel")
_SCHEMAS = re.compile(r"chemaLocation\s*=\s*[\"']([^\"']*)")
_INCLUDES = re.compile(rb"<(?:[\w.-]+:)?include\b")
# GDAL looks for it so far.
_GML, _GML_WITHIN = b"opengis.net/gml", 4096


@layer_format
class Xml(Gdal):
    """KML, GML and other XML, without entities."""

    suffixes: tuple[str, ...] = (".kml", ".gml", ".xml")
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

    def vet(self, source: str, given: str | Path) -> None:
        """Refuse XML of another kind; many describe services."""
        super().vet(source, given)
        check_length(source, given)
        head = head_of(source)
        if b"\x00" in head[:64]:
            head = head.decode("utf-16", errors="replace").encode()
        root = _ROOT.match(head)
        name = root["name"].lower() if root else b""
        if name not in _ROOTS and not (name in _ROOTS_OF_GML and _GML in head[:_GML_WITHIN]):
            raise LayerError("layers.description", path=given)
        if root and name in _ROOTS_OF_GML:
            _check_schemas(source, root["attributes"], given)


def _check_schemas(source: str, attributes: bytes, given: str | Path) -> None:
    """Refuse a schema beside a layer that takes in others, which may lie anywhere."""
    folder = source.rpartition("/")[0]
    text = unescape(attributes.decode("utf-8", "replace"))
    named = [name for names in _SCHEMAS.findall(text) for name in names.split()]
    beside = [f"{folder}/{name}" if folder else name for name in named]
    for schema in (f"{source.rpartition('.')[0]}.xsd", *named, *beside):
        head = head_of(schema)
        if _INCLUDES.search(head) or len(head) == HEAD_BYTES:
            raise LayerError("layers.schema_of_schemas", path=given, schema=schema)


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

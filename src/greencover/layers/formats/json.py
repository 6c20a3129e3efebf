"""GeoJSON, and the JSON of servers; a system of coordinates is named in it, never fetched."""

from __future__ import annotations

import json
import mmap
import re
from pathlib import Path
from typing import Any

from greencover.ground.errors import LayerError
from greencover.ground.places import is_file
from greencover.layers.archives import (
    LARGEST_TEXT,
    check_length,
    content_of,
    head_of,
    split_member,
)
from greencover.layers.formats._registry import layer_format
from greencover.layers.formats.gdal import Gdal

# A mark of the encoding, or of a record that follows, may stand before what opens.
_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?[\s\x1e]*[\[{]")
# The member crs, whatever letters are written as escapes, with an object as its value.
_SYSTEM = re.compile(rb'"(?:[cC]|\\u00[46]3)(?:[rR]|\\u00[57]2)(?:[sS]|\\u00[57]3)"\s*:\s*(?=\{)')
# No description of a system is longer.
_LONGEST_SYSTEM = 100_000
_BY_LINE = (".geojsonl", ".geojsons", ".jsonl", ".ndjson")
_BY_WORD = {b"esriGeometry": "ESRIJSON", b'"Topology"': "TopoJSON"}


@layer_format
class GeoJson(Gdal):
    """GeoJSON, also a line a row; opened under a name that no other format of GDAL takes."""

    suffixes: tuple[str, ...] = (".geojson", ".json", *_BY_LINE)
    in_archives: tuple[str, ...] = (".geojson", ".json")

    def vet(self, source: str, given: str | Path) -> None:
        """Refuse a system that would be fetched from an address."""
        super().vet(source, given)
        check_length(source, given)
        if not _OPENING.match(head_of(source)):
            raise LayerError("layers.cannot_be_opened", path=given)
        if split_member(source) is not None:
            _check_systems(content_of(source, str(given), largest=LARGEST_TEXT), given)
        elif is_file(source) and Path(source).stat().st_size:
            with (
                Path(source).open("rb") as file,
                mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
            ):
                _check_systems(content, given)

    def address(self, source: str) -> str:
        """Name the format before the file."""
        if source.startswith("/vsi") and split_member(source) is None:
            return source
        kind = "GeoJSONSeq" if source.lower().endswith(_BY_LINE) else "GeoJSON"
        head = head_of(source)
        kind = next((name for word, name in _BY_WORD.items() if word in head), kind)
        place = source if source.startswith("/vsi") else str(Path(source).absolute())
        return f"{kind}:{place}"


def _check_systems(content: bytes | mmap.mmap, given: str | Path) -> None:
    for found in _SYSTEM.finditer(content):
        text = content[found.end() : found.end() + _LONGEST_SYSTEM].decode("utf-8", "replace")
        try:
            members, _ = json.JSONDecoder(object_pairs_hook=list).raw_decode(text)
        except (ValueError, RecursionError) as error:
            raise LayerError("layers.cannot_be_opened", path=given) from error
        if not all(_is_plain(name, value) for name, value in members):
            raise LayerError("layers.system_by_link", path=given)


def _is_plain(name: str, value: Any) -> bool:
    """Whether a member of a system does not say that the system is behind a link."""
    return name.lower() != "type" or str(value).lower() in ("name", "epsg")

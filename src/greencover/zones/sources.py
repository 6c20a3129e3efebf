"""Where data may come from: this machine, and no file that reaches beyond itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from greencover.errors import GreencoverError, LayerError, RasterError
from greencover.zones.archives import check_archive

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCAL_ARCHIVES = re.compile(r"^/vsi(zip|tar|gzip|7z|rar|mem)/(?!.*/vsi)")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:/{1,2}[^/\\]")
# Data sources that a virtual raster or layer, or a description of a service, names inside.
_INNER_SOURCES = re.compile(
    rb"<(?:SourceFilename|SourceDataset|SrcDataSource|URL|ServerUrl|url)\b[^>]*>\s*([^<]+?)\s*<",
)
_SERVICES = re.compile(rb"^\s*<(?:OGR|GDAL_)(?:WFS|WMS|OAPIF|CSW|TMS|WCS|WMTS)")
_ENTITIES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_XML_SUFFIXES = {".kml", ".gpx", ".gml", ".xml", ".vrt", ".ovf", ".georss", ".rss"}
_ARCHIVES = {".zip", ".kmz"}
_HEAD_BYTES = 1_000_000
_DEEPEST_NESTING = 4


def is_remote(path: str | Path) -> bool:
    """Whether a path points to another machine; such files are never read unasked.

    Examples
    --------
    >>> is_remote("https://example.org/cover.tif"), is_remote("/vsicurl/http://example.org/a.tif")
    (True, True)
    >>> is_remote("../data/county.gpkg"), is_remote("/vsizip/county.zip/county.shp")
    (False, False)
    """
    text = str(path)
    return bool(
        _SCHEME.match(text) or (text.startswith("/vsi") and not _LOCAL_ARCHIVES.match(text))
    )


def check_layer_source(path: str | Path, *, remote: bool = False) -> None:
    """Refuse a layer file that is missing, reaches for another machine or hides something.

    Raises
    ------
    LayerError
        The message says which of these it is.
    """
    if is_remote(path):
        if remote:
            return
        raise LayerError(
            f"The layer file {path} is on another machine: download it and give the local path."
        )
    if str(path).startswith("/vsi"):
        return
    path = Path(path)
    if not path.exists():
        raise LayerError(f"The layer file {path} does not exist: check the path.")
    if path.suffix.lower() in _ARCHIVES:
        check_archive(path)
    if path.suffix.lower() in _XML_SUFFIXES and path.is_file():
        _check_xml(path)
    if not remote:
        _check_inner_sources(path, "layer file", LayerError)


def check_raster_source(path: str | Path, *, remote: bool = False) -> None:
    """Refuse a raster on another machine, or a virtual one made of such, unless that is allowed.

    Raises
    ------
    RasterError
        The message names the file and what it reaches for.
    """
    if remote:
        return
    if is_remote(path):
        raise RasterError(
            f"The raster {path} is on another machine: download it and give the local path."
        )
    _check_inner_sources(Path(path), "raster", RasterError)


def _check_inner_sources(path: Path, kind: str, error: type[GreencoverError]) -> None:
    for inner in _inner_sources(path, _DEEPEST_NESTING):
        raise error(
            f"The {kind} {path} is made of {inner}, which is on another machine: download it and "
            "build the file from the local copy."
        )


def _inner_sources(path: Path, depth: int) -> Iterator[str]:
    """Find what a virtual file names on other machines, through local virtual files."""
    if depth == 0 or not path.is_file():
        return
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return
    service = bool(_SERVICES.match(head))
    if not (service or b"VRTDataset" in head or b"OGRVRT" in head):
        return
    for found in _INNER_SOURCES.findall(head):
        source = found.decode("utf-8", errors="replace").replace("&amp;", "&")
        if service or is_remote(source):
            yield source
        else:
            yield from _inner_sources(path.parent / source, depth - 1)


def _check_xml(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if b"\x00" in head[:64]:
        head = head.decode("utf-16", errors="replace").encode()
    if _ENTITIES.search(head):
        raise LayerError(
            f"The layer file {path} declares XML entities, which map files never need and which "
            "can fill the memory: export it again."
        )

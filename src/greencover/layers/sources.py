"""Where data may come from: this machine, and no file that reaches beyond itself."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING

from greencover.ground.errors import GreencoverError, LayerError, RasterError
from greencover.ground.notes import Note
from greencover.ground.places import exists, is_file
from greencover.layers.archives import HEAD_BYTES, check_archive, split_member
from greencover.layers.formats import format_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCAL_ARCHIVES = re.compile(r"^/vsi(zip|tar|gzip|7z|rar|mem)/(?!.*/vsi)")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:/{1,2}[^/\\]")
# Data sources that a virtual raster or layer, or a description of a service, names inside.
_INNER_SOURCES = re.compile(
    rb"<(?:SourceFilename|SourceDataset|SrcDataSource|URL|ServerUrl)\b[^>]*>"
    rb"\s*(?:<!\[CDATA\[)?\s*([^<]+?)\s*(?:\]\]>\s*)?<",
    re.IGNORECASE,
)
_SERVICES = re.compile(
    rb"^\s*<(?:(?:OGR|GDAL_)(?:WFS|WMS|OAPIF|CSW|TMS|WCS|WMTS)|WCS_GDAL)", re.IGNORECASE
)
_ARCHIVES = {".zip", ".kmz"}
_STORES = {"s3": "/vsis3/", "gs": "/vsigs/", "az": "/vsiaz/", "oss": "/vsioss/"}
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


def gdal_name(path: str | Path) -> str | Path:
    """Return the name by which GDAL reads an address; a local path stays as it is.

    Examples
    --------
    >>> gdal_name("https://example.org/a.tif"), gdal_name("s3://bucket/a.tif"), gdal_name("a.tif")
    ('/vsicurl/https://example.org/a.tif', '/vsis3/bucket/a.tif', 'a.tif')
    """
    scheme, _, rest = str(path).partition("://")
    if scheme.lower() in ("http", "https", "ftp"):
        return f"/vsicurl/{path}"
    store = _STORES.get(scheme.lower()) if rest else None
    return f"{store}{rest}" if store else path


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
        raise LayerError("layers.on_another_machine", path=path)
    if str(path).startswith("/vsi"):
        member = split_member(path)
        if member is not None and is_file(member[0]):
            check_archive(member[0])
        return
    path = Path(path)
    if not exists(path):
        raise LayerError("layers.file_absent", path=path)
    if path.suffix.lower() in _ARCHIVES:
        check_archive(path)
    format_of(path).check(path)
    if not remote:
        _check_inner_sources(path, LayerError, "layers.made_of_remote_parts")
        _check_commands(path)


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
        raise RasterError("layers.raster_on_another_machine", path=path)
    _check_inner_sources(Path(path), RasterError, "layers.raster_of_remote_parts")


def _check_inner_sources(path: Path, error: type[GreencoverError], code: str) -> None:
    for inner in _inner_sources(path, _DEEPEST_NESTING):
        raise error(code, path=path, part=inner)


def _check_commands(path: Path) -> None:
    """Refuse a description of a GDAL command, which may read and compute anything."""
    if path.is_file() and path.suffix.lower() == ".json":
        with path.open("rb") as file:
            if b"gdal_streamed_alg" in file.read(HEAD_BYTES):
                raise LayerError("layers.gdal_command", path=path)


def _inner_sources(path: Path, depth: int) -> Iterator[str]:
    """Find what a virtual file names on other machines, through local virtual files."""
    if depth == 0 or not is_file(path):
        return
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return
    service = bool(_SERVICES.match(head))
    if not (service or b"VRTDataset" in head or b"OGRVRT" in head):
        return
    inner = _INNER_SOURCES.findall(head)
    if service and not inner:
        yield Note("layers.map_service")
    for found in inner:
        source = html.unescape(found.decode("utf-8", errors="replace"))
        if service or is_remote(source):
            yield source
        else:
            yield from _inner_sources(path.parent / source, depth - 1)

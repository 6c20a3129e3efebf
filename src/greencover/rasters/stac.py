"""The tiles of a STAC catalogue, collection or search result that a county needs.

Only the catalogue is read here. Tiles are then read in place, so that what is measured are the
product's own cells and no resampled ones.
"""

from __future__ import annotations

import json
import re
import time
import urllib.parse
import urllib.request
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from greencover.ground.errors import NoOverlapError, RasterError
from greencover.ground.hrefs import local_path
from greencover.ground.notes import Note
from greencover.ground.places import neither_file_nor_folder
from greencover.ground.waiting import in_time
from greencover.layers import gdal_name, is_remote
from greencover.words import Listed

Box = tuple[float, float, float, float]
Item = dict[str, Any]


@dataclass(frozen=True)
class Tile:
    """A raster of an item.

    Attributes
    ----------
    item
        Id of the item.
    path
        The raster as GDAL names it.
    years
        What the item shows.
    """

    item: str
    path: str
    years: tuple[int, ...]


MOST_DOCUMENTS = 10_000
_LARGEST_DOCUMENT = 100_000_000
PATIENCE_S, _LONGEST_S = 30.0, 300.0
#: Seconds in which a catalogue must be read through, or searched.
LONGEST_CATALOGUE_S = 1800.0
# What another machine may name: never what this one keeps, feeds in, or takes apart.
_ELSEWHERE = re.compile(
    r"(https?|ftp|s3|gs|az|oss)://|/vsicurl/(https?|ftp)://|/vsi(s3|gs|az|oss)/", re.IGNORECASE
)
_NEW_YEAR = re.compile(r"\d{4}-01-01(?:[T ]00:00:00(?:\.0+)?(?:Z|[+-]00:?00)?)?")
_FOLLOWED = ("item", "items", "child", "next")


def is_catalogue(path: str | Path) -> bool:
    """Whether a path names a STAC document rather than a raster."""
    return urllib.parse.urlparse(str(path)).path.lower().endswith((".json", ".geojson", "/items"))


def tiles_of(
    source: str | Path,
    box: Box,
    *,
    asset: str | None = None,
    year: int | None = None,
    remote: bool = False,
) -> tuple[str, ...]:
    """Return the rasters of the items that meet a box, as GDAL names them.

    Parameters
    ----------
    source
        A catalogue, collection, item or item collection; links to items, to children and to
        further pages are followed.
    box
        West, south, east, north in longitude and latitude.
    asset
        Key of the asset with the codes, where items have several rasters.
    year
        Take the items of this year only.
    remote
        Whether documents and rasters may lie on another machine.

    Raises
    ------
    RasterError
        A document cannot be read, lies on another machine, or leaves a choice.
    NoOverlapError
        No item meets the box.
    """
    source = str(source)
    items = items_below(source, box, remote=remote)
    found = tiles_shown(items, source, box, asset=asset, year=year, remote=remote)
    return tuple(tile.path for tile in found)


def tiles_shown(
    items: Iterable[tuple[Item, str]],
    source: str,
    box: Box,
    *,
    asset: str | None,
    year: int | None,
    remote: bool,
) -> tuple[Tile, ...]:
    """The rasters of items of one year; see :func:`tiles_of`."""
    found: dict[str, Tile] = {}
    for item, base in items:
        shown = tuple(sorted(_years(item)))
        if year is not None and year not in shown:
            continue
        href = _joined(base, asset_href(item, asset, source), remote, source)
        path = str(gdal_name(href))
        found[path] = Tile(str(item.get("id", "?")), path, shown)
    if not found:
        raise NoOverlapError(
            "rasters.no_item" if year is None else "rasters.no_item_of_year",
            catalogue=source,
            year=year,
            box=Listed.every(f"{side:.6g}" for side in box),
        )
    years = sorted({", ".join(map(str, tile.years)) for tile in found.values()})
    if len(years) > 1:
        raise RasterError("rasters.items_of_years", catalogue=source, years=Listed.of(years))
    return tuple(found.values())


def items_below(source: str, box: Box, *, remote: bool) -> Iterator[tuple[Item, str]]:
    """Yield every item that meets the box, with the address that its links start from."""
    for document, address in documents_below(source, box, remote=remote):
        for item in items_in(document, box):
            yield item, address


def items_in(document: Item, box: Box) -> list[Item]:
    """The items that a document is or holds, and that meet a box."""
    single = document.get("type") == "Feature"
    items = [document] if single else _tables(document.get("features"))
    return [item for item in items if _meets(item.get("bbox"), box)]


def documents_below(
    source: str, box: Box, *, remote: bool, collection: str | None = None
) -> Iterator[tuple[Item, str]]:
    """Yield every document of a catalogue that may hold items of the box, with its address.

    Where a collection is named, those of another id are yielded, and not followed.
    """
    until = time.monotonic() + LONGEST_CATALOGUE_S
    waiting, seen = [source], {source}
    while waiting:
        address = waiting.pop(0)
        document = load(address, source, remote=remote)
        yield document, address
        kind = document.get("type")
        other = collection is not None and document.get("id") != collection
        if kind == "Feature" or (
            kind == "Collection" and (other or not _extent_meets(document, box))
        ):
            continue
        for link in _tables(document.get("links")):
            href = link.get("href")
            if str(link.get("rel")) in _FOLLOWED and isinstance(href, str) and href:
                further = _joined(address, href, remote, source)
                if further not in seen:
                    seen.add(further)
                    waiting.append(further)
        if time.monotonic() > until:
            raise RasterError("rasters.catalogue_slow", catalogue=source)
        if len(seen) > MOST_DOCUMENTS:
            raise RasterError("rasters.documents_too_many", catalogue=source, most=MOST_DOCUMENTS)


def load(address: str, source: str, *, remote: bool) -> Item:
    """One document of a catalogue, as JSON has it."""
    try:
        if is_remote(address):
            if not remote:
                raise RasterError("rasters.leads_away", catalogue=source, address=address)
            if urllib.parse.urlparse(address).scheme not in ("http", "https"):
                raise RasterError("rasters.no_web_address", catalogue=source, address=address)
            content = _fetched(address)
        else:
            if neither_file_nor_folder(address) or Path(address).stat().st_size > _LARGEST_DOCUMENT:
                raise RasterError("rasters.no_stac", address=address)
            content = Path(address).read_bytes()
        document = json.loads(content)
    except (OSError, HTTPException, ValueError, RecursionError) as error:
        if isinstance(error, RasterError):
            raise
        raise RasterError(
            "rasters.document_unreadable", address=address, reason=str(error)
        ) from error
    if not isinstance(document, dict):
        raise RasterError("rasters.no_stac", address=address)
    return document


def _fetched(address: str) -> bytes:
    def ask() -> bytes:
        with urllib.request.urlopen(_request(address), timeout=PATIENCE_S) as answer:
            return bytes(answer.read(_LARGEST_DOCUMENT))

    return in_time(ask, _LONGEST_S)


def _request(address: str) -> urllib.request.Request:
    """Ask as the person that an address names, who is no part of the address itself."""
    parts = urllib.parse.urlsplit(address)
    who, _, place = parts.netloc.rpartition("@")
    asked = urllib.request.Request(parts._replace(netloc=place).geturl())
    if who:
        name, _, word = who.partition(":")
        said = f"{urllib.parse.unquote(name)}:{urllib.parse.unquote(word)}".encode()
        asked.add_unredirected_header("Authorization", f"Basic {b64encode(said).decode()}")
    return asked


def asset_href(item: dict[str, Any], wanted: str | None, source: str) -> str:
    """Address of the raster of an item, as the item writes it."""
    given = item.get("assets")
    assets = {
        str(key): one
        for key, one in (given.items() if isinstance(given, dict) else ())
        if isinstance(one, dict) and isinstance(one.get("href"), str)
    }
    name = Note("rasters.item", item=item.get("id", "?"), catalogue=source)
    if wanted is not None:
        if wanted not in assets:
            raise RasterError(
                "rasters.asset_absent", item=name, asset=wanted, assets=Listed.of(assets)
            )
        return str(assets[wanted]["href"])
    rasters = [key for key, one in assets.items() if "tiff" in str(one.get("type", "")).lower()]
    data = [key for key in rasters if "data" in str(assets[key].get("roles"))]
    chosen = data if len(data) == 1 else rasters
    if len(chosen) != 1:
        raise RasterError(
            "rasters.assets_several", item=name, count=len(chosen), assets=Listed.of(chosen)
        )
    return str(assets[chosen[0]]["href"])


def _joined(base: str, href: str, remote: bool, source: str) -> str:
    if is_remote(href):
        whole = href
    elif is_remote(base):
        whole = urllib.parse.urljoin(base, href)
    else:
        whole = local_path(href, beside=Path(base))
    if is_remote(whole) and not remote:
        raise RasterError("rasters.leads_away", catalogue=source, address=whole)
    if (is_remote(whole) or is_remote(base)) and not _ELSEWHERE.match(whole):
        raise RasterError("rasters.no_web_address", catalogue=source, address=whole)
    return whole


def _tables(given: Any) -> list[dict[str, Any]]:
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def _meets(bbox: Any, box: Box) -> bool:
    if not isinstance(bbox, list) or len(bbox) not in (4, 6):
        return False
    half = len(bbox) // 2
    try:
        west, south, east, north = (float(bbox[i]) for i in (0, 1, half, half + 1))
    except (TypeError, ValueError):
        return False
    return west < box[2] and east > box[0] and south < box[3] and north > box[1]


def _extent_meets(collection: dict[str, Any], box: Box) -> bool:
    """Whether a collection may hold items of the box; one that does not say may."""
    try:
        boxes = collection["extent"]["spatial"]["bbox"]
    except (KeyError, TypeError):
        return True
    return not isinstance(boxes, list) or not boxes or any(_meets(one, box) for one in boxes)


def _years(item: dict[str, Any]) -> set[int]:
    """Years that an item says it shows."""
    properties = item.get("properties")
    if not isinstance(properties, dict):
        return set()
    stamps = [properties.get("datetime")]
    if stamps == [None]:
        stamps = [properties.get("start_datetime"), properties.get("end_datetime")]
    years = [int(str(stamp)[:4]) for stamp in stamps if stamp and str(stamp)[:4].isdecimal()]
    # A year that ends with the first moment of the next shows nothing of that.
    if len(years) == 2 and years[0] < years[1] and _NEW_YEAR.fullmatch(str(stamps[1])):
        years[1] -= 1
    return set(range(min(years), max(years) + 1)) if years else set()

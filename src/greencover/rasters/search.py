"""One collection of a catalogue of STAC: searched where it is a service, else walked through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from itertools import islice
from typing import Any

from greencover.ground.errors import MissingExtraError, RasterError
from greencover.ground.waiting import in_time
from greencover.rasters.stac import (
    LONGEST_CATALOGUE_S,
    MOST_DOCUMENTS,
    PATIENCE_S,
    Box,
    Item,
    documents_below,
    items_in,
    load,
)
from greencover.words import Listed

_PAGE_ITEMS = 200
# What pystac meets in documents that are not of the form that it takes for granted.
_MALFORMED = (LookupError, TypeError, AttributeError, RecursionError)


def collection_and_items(
    catalogue: str,
    collection: str,
    box: Box,
    year: int,
    *,
    remote: bool,
    sign: Callable[[Any], Any] | None = None,
) -> tuple[Item, list[tuple[Item, str]]]:
    """Find a collection, and those of its items that may show a box in a year.

    Parameters
    ----------
    catalogue
        Address of a service or a static catalogue, or a file of this machine.
    collection
        Id of the collection.
    box
        West, south, east, north in longitude and latitude.
    year
        Year that a service is asked for; items of a static catalogue are of any.
    remote
        Whether documents may lie on another machine.
    sign
        What is called with all that a service answers, to sign addresses in place.

    Returns
    -------
    tuple of dict and list
        What is known of the collection, and its items, each with the address that its links start
        from.

    Raises
    ------
    MissingExtraError
        The catalogue is a service, and the package pystac-client is not installed.
    RasterError
        A document cannot be read, or there is no such collection.
    """
    first = load(catalogue, catalogue, remote=remote)
    if offers_search(first):
        about, items = searched(catalogue, collection, box, year, sign=sign)
        return about, [(item, catalogue) for item in items]
    return _walked(catalogue, collection, box, remote=remote)


def _walked(
    catalogue: str, collection: str, box: Box, *, remote: bool
) -> tuple[Item, list[tuple[Item, str]]]:
    about: Item = {}
    others: list[str] = []
    found: list[tuple[Item, str]] = []
    documents = documents_below(catalogue, box, remote=remote, collection=collection)
    for document, address in documents:
        if document.get("type") == "Collection":
            if document.get("id") == collection:
                about = document
            else:
                others.append(str(document.get("id", "?")))
        for item in items_in(document, box):
            if item.get("collection", collection) == collection:
                found.append((item, address))
            else:
                others.append(str(item["collection"]))
    if not about and not found and others:
        known = Listed.of(sorted(set(others)))
        raise RasterError(
            "rasters.no_collection", catalogue=catalogue, collection=collection, known=known
        )
    return about, found


def offers_search(document: Mapping[str, Any]) -> bool:
    """Whether the first document of a catalogue says that it can be searched.

    Examples
    --------
    >>> offers_search({"type": "Catalog", "links": [{"rel": "search", "href": "/search"}]})
    True
    >>> offers_search({"type": "Catalog", "links": [{"rel": "child", "href": "a.json"}]})
    False
    """
    links = document.get("links")
    return isinstance(links, list) and any(
        isinstance(one, dict) and one.get("rel") == "search" for one in links
    )


def searched(
    catalogue: str,
    collection: str,
    box: Box,
    year: int,
    *,
    sign: Callable[[Any], Any] | None = None,
) -> tuple[Item, list[Item]]:
    """Ask a service for a collection, and for its items of a year that meet a box.

    Parameters
    ----------
    catalogue
        Address of the service's first document.
    collection
        Id of the collection.
    box
        West, south, east, north in longitude and latitude.
    year
        Year whose items are asked for; a service also gives those that end as it begins.
    sign
        What is called with all that the service answers, to sign addresses in place.

    Returns
    -------
    tuple of dict and list of dict
        The collection, and its items; their links and assets are whole addresses.

    Raises
    ------
    MissingExtraError
        The package pystac-client is not installed.
    RasterError
        The service does not answer as one, or has no such collection.
    """
    client, failures = _client()

    def ask() -> tuple[Item, list[Item]]:
        service = client.open(catalogue, timeout=PATIENCE_S, modifier=sign)
        known = service.get_collection(collection)
        if known is None:
            raise RasterError(
                "rasters.no_such_collection", catalogue=catalogue, collection=collection
            )
        found = service.search(
            collections=[collection],
            bbox=list(box),
            datetime=f"{year}-01-01T00:00:00Z/{year}-12-31T23:59:59Z",
            limit=_PAGE_ITEMS,
            max_items=MOST_DOCUMENTS,
        )
        return known.to_dict(), _first(found.items_as_dicts())

    try:
        return in_time(ask, LONGEST_CATALOGUE_S)
    except failures as error:
        if isinstance(error, RasterError):
            raise
        raise RasterError(
            "rasters.search_failed", catalogue=catalogue, collection=collection, reason=str(error)
        ) from error


def _first(items: Iterator[Item]) -> list[Item]:
    """As many items as a catalogue may have; a service may hand out the same ones for ever."""
    return [item for item in islice(items, MOST_DOCUMENTS) if isinstance(item, dict)]


def _client() -> tuple[Any, tuple[type[Exception], ...]]:
    # Asked for by name, so that a type checker does not need the package either.
    try:
        client = import_module("pystac_client")
        own = import_module("pystac_client.exceptions").APIError
        of_links = import_module("pystac.errors").STACError
    except ImportError as error:
        raise MissingExtraError("rasters.pystac_client_missing", extra="stac") from error
    return client.Client, (own, of_links, OSError, ValueError, *_MALFORMED)

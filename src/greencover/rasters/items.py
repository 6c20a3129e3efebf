"""Items of STAC in hand, as pystac has them or as JSON: the raster that one of them names."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from greencover.ground.hrefs import local_path
from greencover.layers import gdal_name, is_remote
from greencover.rasters.stac import asset_href


def is_item(given: Any) -> bool:
    """Whether something is an item of STAC.

    Examples
    --------
    >>> is_item({"type": "Feature", "assets": {}}), is_item({"type": "Feature"}), is_item("a.tif")
    (True, False, False)
    """
    if isinstance(given, Mapping):
        return given.get("type") == "Feature" and "assets" in given
    return hasattr(given, "assets") and hasattr(given, "to_dict")


def hrefs_of(given: Any, asset: str | None = None) -> Any:
    """The raster that an item names, as GDAL calls it; what is no item as it is.

    Parameters
    ----------
    given
        An item, as a dict or an object of pystac, or anything else.
    asset
        Key of the asset, where an item has several rasters.

    Raises
    ------
    RasterError
        The item names no raster, or several.
    """
    if not is_item(given):
        return given
    item = dict(given) if isinstance(given, Mapping) else given.to_dict()
    own = next((one.get("href") for one in item.get("links", ()) if one.get("rel") == "self"), None)
    href = asset_href(item, asset, str(own or item.get("id", "?")))
    return gdal_name(_whole(href, own))


def _whole(href: str, own: str | None) -> str:
    """An address with the item's own before it, where it is written from there."""
    if own is None or is_remote(href) or Path(href).is_absolute():
        return local_path(href)
    if is_remote(own):
        return urllib.parse.urljoin(own, href)
    return local_path(href, beside=Path(local_path(own)))

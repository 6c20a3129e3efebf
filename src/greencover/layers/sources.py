"""Where data may come from: this machine, unless somebody says otherwise."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from greencover.ground.errors import LayerError, RasterError
from greencover.ground.places import (
    exists,
    is_file,
    is_remote,
    neither_file_nor_folder,
    refuse_unseen,
)
from greencover.layers.archives import check_archive, split_member
from greencover.layers.formats import format_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_ARCHIVES = {".zip", ".kmz"}
_STORES = {"s3": "/vsis3/", "gs": "/vsigs/", "az": "/vsiaz/", "oss": "/vsioss/"}
_reaching_out: ContextVar[bool] = ContextVar("greencover_reaching_out", default=False)


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
    """Refuse a layer file that is missing, on another machine, or of a format that is not read.

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
        if member is None:
            raise LayerError("layers.archive_to_unpack", path=path)
        if is_file(member[0]):
            check_archive(member[0])
        return
    path = Path(path)
    if not exists(path):
        refuse_unseen(path, LayerError)
        raise LayerError("layers.file_absent", path=path)
    if other := neither_file_nor_folder(path):
        raise LayerError("layers.no_file", path=other)
    if path.suffix.lower() in _ARCHIVES:
        check_archive(path)
    format_of(path).check(path)


def check_raster_source(path: str | Path, *, remote: bool = False) -> None:
    """Refuse a raster on another machine, unless that is allowed.

    Raises
    ------
    RasterError
        The message names the file.
    """
    if not remote and is_remote(path):
        raise RasterError("layers.raster_on_another_machine", path=path)


@contextmanager
def reaching_out(*, allowed: bool) -> Iterator[None]:
    """Let virtual rasters that are opened in the block be made of parts on other machines."""
    token = _reaching_out.set(allowed)
    try:
        yield
    finally:
        _reaching_out.reset(token)


def may_reach_out() -> bool:
    """Whether what is opened may be made of parts on other machines."""
    return _reaching_out.get()

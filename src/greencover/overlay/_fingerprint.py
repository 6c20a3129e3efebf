"""What the sums of an overlay hang on, as hashes that tell which of it has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from affine import Affine

from greencover.layers.archives import split_member
from greencover.overlay._readers import Window
from greencover.rasters import band as rasters
from greencover.rasters.band import RasterSource, bounded_cache

if TYPE_CHECKING:
    from greencover.overlay._edges import EdgeTable
    from greencover.overlay._readers import Reader
    from greencover.overlay._row_ground import RowGround

_DIGEST_BYTES = 16


class NoFileError(Exception):
    """A raster is no file of this machine, so its changes leave no trace."""


def fingerprints(
    source: RasterSource,
    edges: EdgeTable,
    reader: Reader,
    ground: RowGround,
    tiles: Sequence[Window],
) -> dict[str, str]:
    """Hash all that the sums of a raster's tiles hang on, by what people call it.

    Where one changes, those after it may change with it.

    Parameters
    ----------
    source, edges, reader, ground, tiles
        As they are worked through.

    Raises
    ------
    NoFileError
        The raster, or one that it is made of, is no file of this machine.
    """
    windows = [(tile.top, tile.bottom, tile.left, tile.right) for tile in tiles]
    return {
        "greencover": _program(),
        "the raster": _hash(source),
        "the legend, the values without data or the smallest patch": _hash(reader),
        "the measure of areas": _hash(ground),
        "the zones": _hash(edges),
        "the size of tiles": _hash(np.array(windows)),
    }


@cache
def _program() -> str:
    """Hash the version and the code that gives the sums."""
    modules = sorted([*Path(__file__).parent.glob("*.py"), Path(rasters.__file__)])
    return _hash((version("greencover"), tuple(module.read_bytes() for module in modules)))


def _hash(value: Any) -> str:
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    _feed(digest, value)
    return digest.hexdigest()


def _feed(digest: Any, value: Any) -> None:
    """Add a value to a hash, whatever it is made of; each part says its kind and length."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        digest.update(f"array {value.dtype.str} {value.shape}".encode())
        digest.update(np.ascontiguousarray(value))
    elif value is None or isinstance(value, bool | int | float | str):
        digest.update(f"{type(value).__name__} {value!r};".encode())
    elif isinstance(value, bytes):
        digest.update(b"bytes %d " % len(value) + value)
    elif isinstance(value, frozenset):
        _feed(digest, tuple(sorted(value)))
    elif isinstance(value, Affine | tuple):
        digest.update(f"tuple {len(tuple(value))} ".encode())
        for one in value:
            _feed(digest, one)
    elif is_dataclass(value):
        digest.update(f"{type(value).__name__} ".encode())
        for field in fields(value):
            _feed(digest, getattr(value, field.name))
        if isinstance(value, RasterSource):
            _feed(digest, tuple(_stamp(name) for name in _files(value.path)))
    else:
        raise TypeError(f"Changes of a {type(value).__name__} cannot be told.")


def _files(path: str) -> list[str]:
    """Find the files behind a raster, through virtual rasters that are made of others."""
    import rasterio
    from rasterio.errors import RasterioError

    found, waiting = {path}, [path]
    with bounded_cache():
        while waiting:
            # What cannot be opened is told, in a sentence, by whoever reads the cells.
            with (
                suppress(RasterioError),
                rasterio.open(waiting.pop(), sharing=False) as dataset,
            ):
                inner = set(dataset.files) - found
                found |= inner
                waiting += [name for name in inner if name.lower().endswith(".vrt")]
    return sorted(found)


def _stamp(name: str) -> tuple[str, int, int, int]:
    """Name, size and times of a file; programs may set back the time of its content, not the other.

    Hashing the content would take as long as reading the tiles anew.
    """
    member = split_member(name)
    file = Path(name) if member is None else member[0]
    try:
        found = file.stat()
    except OSError as error:
        raise NoFileError(name) from error
    return str(file.absolute()), found.st_size, found.st_mtime_ns, found.st_ctime_ns

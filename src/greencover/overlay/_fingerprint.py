"""What the sums of an overlay hang on, as hashes that tell which of it has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from affine import Affine

from greencover.ground.errors import ArgumentError
from greencover.overlay._readers import Window
from greencover.rasters import Cells
from greencover.rasters import cells as rasters
from greencover.rasters.cells import NoFileError as NoFileError

if TYPE_CHECKING:
    from greencover.overlay._edges import EdgeTable
    from greencover.overlay._readers import Reader
    from greencover.overlay._row_ground import RowGround

_DIGEST_BYTES = 16


def fingerprints(
    source: Cells,
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
    rooms = Path(__file__).parent, Path(rasters.__file__).parent
    modules = sorted(module for room in rooms for module in room.glob("*.py"))
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
            # What stands for other fields, such as the chunks behind a name, is not read twice.
            if field.metadata.get("hashed", True):
                _feed(digest, getattr(value, field.name))
        if isinstance(value, Cells):
            _feed(digest, value.trace())
    else:
        raise ArgumentError("overlay.untraced", kind=type(value).__name__)

"""Kinds of rasters: what is given is opened by the first kind that recognises it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from greencover.ground.errors import KindError, RasterError
from greencover.ground.plugins import brought
from greencover.rasters.array import ArrayCells
from greencover.rasters.cells import Cells
from greencover.rasters.file import FileCells
from greencover.rasters.items import hrefs_of

#: Entry points of packages that bring a kind of raster: each names a subclass of ``Cells``.
GROUP = "greencover.rasters"
Kind = TypeVar("Kind", bound=type[Cells])
_registered: list[type[Cells]] = []


def raster_kind(kind: Kind) -> Kind:
    """Make a kind of raster known; a decorator of its class. The latest is asked first."""
    _registered.insert(0, kind)
    return kind


def kind_of(given: Any) -> type[Cells] | None:
    """Return the kind of raster that something is; None if it is none."""
    if isinstance(given, Cells):
        return type(given)
    given = hrefs_of(given)
    known = (*_registered, *brought(GROUP), ArrayCells, FileCells)
    return next((kind for kind in known if kind.recognises(given)), None)


def open_cells(given: Any, *, band: int | None = None) -> Cells:
    """Open one raster of any kind; only its header is read.

    Parameters
    ----------
    given
        A path, a raster in memory, or what a registered kind recognises.
    band
        Band to read, where there are several.

    Raises
    ------
    KindError
        It is no raster.
    RasterError, CrsError
        It cannot be opened, or its cells cannot be located.
    """
    given = hrefs_of(given)
    kind = kind_of(given)
    if kind is None:
        raise KindError("rasters.no_kind", given=type(given).__name__)
    return given if isinstance(given, Cells) else kind.open(given, band=band)


def open_all(given: Any, *, band: int | None = None) -> tuple[Cells, ...]:
    """Open one raster, or each of several."""
    if kind_of(given) is not None or not isinstance(given, list | tuple | Iterator):
        return (open_cells(given, band=band),)
    every = list(given)
    if not every:
        raise RasterError("rasters.none_given")
    return tuple(open_cells(one, band=band) for one in every)

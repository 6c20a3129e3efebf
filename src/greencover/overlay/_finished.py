"""Totals of the tiles that are finished, kept on disk so that a run cut off can go on from them.

Tiles are added in one order. The total of the first of them is all that a rerun needs, and what it
adds to it is added in the same order: the figures are those of a run that nobody cut off, to the
last bit.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from greencover.ground.errors import OutputError
from greencover.ground.writing import replacing
from greencover.overlay._fingerprint import NoFileError, fingerprints

if TYPE_CHECKING:
    from greencover.overlay._edges import EdgeTable
    from greencover.overlay._readers import Reader, Window
    from greencover.overlay._row_ground import RowGround
    from greencover.rasters import Cells

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_log = logging.getLogger(__name__)

# A run that is killed loses the tiles of the last seconds.
EVERY_S = 5.0
# Keeping takes no more than this share of the time, however many zones there are.
_SHARE_OF_TIME = 0.05
_KEPT = re.compile(r"tiles-[0-9a-f]{16}\.npz")
_DRAFT = re.compile(r"\.tiles-[0-9a-f]{16}\.npz\.[0-9a-f]{8}\.partial")
_DAMAGED = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error)


@dataclass
class Tally:
    """Totals of the first tiles of a raster, by zone."""

    total: Floats
    done: int = 0

    def add(self, zones: Ints, sums: Floats, *, tiles: int = 1) -> None:
        """Add the sums of the next tiles, which meet these zones, each once."""
        self.total[zones] += sums
        self.done += tiles


@dataclass
class KeptTally(Tally):
    """A tally that is written to a file now and then."""

    file: Path = Path()
    inputs: str = ""

    def __post_init__(self) -> None:
        self._written = self.done
        self._due = monotonic() + EVERY_S
        self._whole = True

    def add(self, zones: Ints, sums: Floats, *, tiles: int = 1) -> None:
        """Add the sums of the next tiles, and write if it is time."""
        # Whoever interrupts the addition leaves a total that counts tiles it does not name.
        self._whole = False
        super().add(zones, sums, tiles=tiles)
        self._whole = True
        if monotonic() >= self._due:
            self.write()

    def write(self) -> None:
        """Put the tally in place of the one on file."""
        if not self._whole or self.done == self._written:
            return
        begun = monotonic()
        try:
            with replacing(self.file) as draft:
                np.savez(draft, inputs=self.inputs, done=self.done, total=self.total)
        except OutputError as error:
            _log.warning("Finished tiles are not kept, a rerun begins anew: %s", error)
            self._due = float("inf")
            return
        self._written = self.done
        self._due = monotonic() + max(EVERY_S, (monotonic() - begun) / _SHARE_OF_TIME)


@contextmanager
def tallied(
    folder: str | Path | None,
    source: Cells,
    edges: EdgeTable,
    reader: Reader,
    ground: RowGround,
    tiles: Sequence[Window],
) -> Iterator[Tally]:
    """Yield the tally of a raster's tiles, begun or gone on with.

    Parameters
    ----------
    folder
        Where finished tiles are kept; None keeps nothing.
    source, edges, reader, ground, tiles
        See ``fingerprints``.
    """
    begun = Tally(np.zeros((edges.zone_count, reader.width)))
    if folder is None:
        yield begun
        return
    try:
        hashes = fingerprints(source, edges, reader, ground, tiles)
    except NoFileError as error:
        _log.warning(
            "Finished tiles of the raster %s are not kept, because %s is no file of this machine "
            "and nobody can tell whether it changes.",
            source.path,
            error,
        )
        yield begun
        return
    file = Path(folder) / _file_name(source)
    found = _kept(file, hashes, source, begun.total.shape) or begun
    if found.done:
        _log.info(
            "Resumed: %d of %d tiles of %s were finished.",
            found.done,
            len(tiles),
            _short(source),
        )
    tally = KeptTally(found.total, found.done, file=file, inputs=json.dumps(hashes))
    try:
        yield tally
    finally:
        tally.write()


def forget_tiles(folder: str | Path) -> None:
    """Remove the finished tiles that a folder keeps, and the folder if it holds nothing else.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> forget_tiles(folder)
    >>> folder.exists()
    False
    """
    inside = sorted(Path(folder).rglob("*"), reverse=True)
    for path in inside:
        if _KEPT.fullmatch(path.name):
            path.unlink(missing_ok=True)
        elif _DRAFT.fullmatch(path.name):
            shutil.rmtree(path, ignore_errors=True)
    for path in (*inside, Path(folder)):
        if path.is_dir():
            with suppress(OSError):
                path.rmdir()


def _file_name(source: Cells) -> str:
    """One name for one band of a raster, so that what is out of date is found, and replaced."""
    place = f"{Path(source.path).absolute()} {source.band}"
    return f"tiles-{hashlib.blake2b(place.encode(), digest_size=8).hexdigest()}.npz"


def _kept(
    file: Path, hashes: dict[str, str], source: Cells, shape: tuple[int, ...]
) -> Tally | None:
    """Read a tally; None where there is none, or none of the same inputs."""
    if not file.exists():
        return None
    name, folder = _short(source), file.parent
    try:
        with np.load(file, allow_pickle=False) as content:
            earlier = json.loads(str(content["inputs"]))
            tally = Tally(content["total"], int(content["done"]))
        changed = [part for part, digest in hashes.items() if earlier.get(part) != digest]
        if not changed and tally.total.shape != shape:
            raise ValueError(tally.total.shape)
    except _DAMAGED:
        _log.warning(
            "The finished tiles of %s in %s are damaged, so all are computed anew.", name, folder
        )
        return None
    if changed:
        _log.warning(
            "Another run kept finished tiles of %s in %s, but %s changed since, so all are "
            "computed anew.",
            name,
            folder,
            changed[0],
        )
        return None
    return tally


def _short(source: Cells) -> str:
    return Path(source.path).name

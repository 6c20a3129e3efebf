"""Totals of the tiles that are finished, kept on disk so that a run cut off can go on from them.

Tiles are added in one order. The total of the first of them is all that a rerun needs, and what it
adds to it is added in the same order: the figures are those of a run that nobody cut off, to the
last bit.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from greencover.ground.errors import OutputError
from greencover.ground.lengths import check_lengths
from greencover.ground.own_folder import own_key
from greencover.ground.swapping import PATIENCE_S, patiently
from greencover.ground.workshops import is_called_like_a_workshop, places_of_file
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
_KEPT = re.compile(r"tiles-[0-9a-f]{16}\.tally")
# The deepest of the folders in which the steps of an assessment keep their tiles.
_DEEPEST = "waters/10/expressway-10-evidence/tiles-0123456789abcdef.tally"
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
_SEAL_BYTES = 32
# What a tally says of itself takes one line of text, which is far shorter.
_LONGEST_HEADING = 10_000


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
    inputs: dict[str, str] = field(default_factory=dict)
    key: bytes = field(default=b"", repr=False)

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
                heading = json.dumps({"inputs": self.inputs, "done": self.done}).encode() + b"\n"
                sums = np.ascontiguousarray(self.total, dtype="<f8").tobytes()
                draft.write_bytes(_seal(self.key, heading, sums) + heading + sums)
        except OutputError as error:
            for beside in self.file.parent.glob(f"{self.file.stem} (*){self.file.suffix}"):
                beside.unlink(missing_ok=True)
            if isinstance(error.__cause__, PermissionError) and self.file.exists():
                # A scanner or a synchroniser lets go of a file after a while.
                self._due = monotonic() + EVERY_S
                return
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
    key = own_key()
    if key is None:
        _log.warning(
            "Finished tiles are not kept, because there is no folder that is closed to others for "
            "the key that tells them from made-up ones: give yourself a home folder."
        )
        yield begun
        return
    file = Path(folder) / _file_name(source)
    found = _kept(file, hashes, source, begun.total.shape, len(tiles), key) or begun
    if found.done:
        _log.info(
            "Resumed: %d of %d tiles of %s were finished.",
            found.done,
            len(tiles),
            _short(source),
        )
    tally = KeptTally(found.total, found.done, file=file, inputs=hashes, key=key)
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
    until = monotonic() + PATIENCE_S
    for path in inside:
        if is_called_like_a_workshop(path):
            shutil.rmtree(path, ignore_errors=True)
        elif _KEPT.fullmatch(path.name):
            # They are of no use any more, and the output is in its place: who holds them may.
            with suppress(PermissionError):
                patiently(partial(path.unlink, missing_ok=True), until=until)
    for path in (*inside, Path(folder)):
        if path.is_dir():
            with suppress(OSError):
                path.rmdir()


def check_place_for_tiles(folder: str | Path) -> None:
    """Refuse a folder in which the paths of finished tiles would be too long for the system.

    Raises
    ------
    OutputError
        The sentence names the longest path, and the limit.

    Examples
    --------
    >>> check_place_for_tiles("results.unfinished")
    """
    check_lengths({Path(folder): places_of_file(Path(folder).absolute() / _DEEPEST)})


def _file_name(source: Cells) -> str:
    """One name for one band of a raster, so that what is out of date is found, and replaced."""
    place = f"{Path(source.path).absolute()} {source.band}"
    return f"tiles-{hashlib.blake2b(place.encode(), digest_size=8).hexdigest()}.tally"


def _kept(
    file: Path,
    hashes: dict[str, str],
    source: Cells,
    shape: tuple[int, ...],
    tiles: int,
    key: bytes,
) -> Tally | None:
    """Read a tally; None where there is none, or none of the same inputs that was written here."""
    if not file.exists():
        return None
    name, folder = _short(source), file.parent
    try:
        tally, changed = patiently(lambda: _read(file, hashes, shape, tiles, key))
    except PermissionError as held:
        _log.warning(
            "The finished tiles of %s in %s cannot be read (%s), so all are computed anew: next "
            "time close the program that holds them before the run.",
            name,
            folder,
            held.strerror,
        )
        return None
    except _DAMAGED:
        _log.warning(
            "The finished tiles of %s in %s are damaged, so all are computed anew.", name, folder
        )
        return None
    if tally is None:
        _log.warning(
            "Another run kept finished tiles of %s in %s, but %s changed since, so all are "
            "computed anew.",
            name,
            folder,
            changed,
        )
        return None
    return tally


def _read(
    file: Path, hashes: dict[str, str], shape: tuple[int, ...], tiles: int, key: bytes
) -> tuple[Tally | None, str]:
    """Read a tally, or else what has changed since; no more of a file than a tally can be long.

    Raises
    ------
    OSError, ValueError, KeyError, TypeError, RecursionError
        It is no tally, or none that this person wrote.
    """
    size = 8 * int(np.prod(shape))
    if not stat.S_ISREG(file.stat().st_mode):
        raise ValueError(file)
    with file.open("rb") as content:
        seal = content.read(_SEAL_BYTES)
        heading = content.readline(_LONGEST_HEADING)
        said = json.loads(heading)
        changed = [part for part, digest in hashes.items() if said["inputs"].get(part) != digest]
        if changed:
            return None, changed[0]
        sums = content.read(size + 1)
    if not hmac.compare_digest(seal, _seal(key, heading, sums)) or len(sums) != size:
        raise ValueError(file)
    if not 0 <= said["done"] <= tiles:
        raise ValueError(said["done"])
    return Tally(np.frombuffer(sums, dtype="<f8").reshape(shape).copy(), said["done"]), ""


def _seal(key: bytes, heading: bytes, sums: bytes) -> bytes:
    """Digest that nobody makes who lacks the key."""
    return hmac.digest(key, heading + sums, "sha256")


def _short(source: Cells) -> str:
    return Path(source.path).name

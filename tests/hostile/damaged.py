"""Files of every format that are read, each damaged in many ways that a number brings back.

``python -m tests.hostile`` tries all of them and prints a table; the suite tries a sample.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import rasterio
import rasterio.shutil
from affine import Affine

import formats
from greencover.layers import read_layer
from greencover.rasters import FileCells

Bytes = bytes
RASTERS = {
    "GTiff": ".tif",
    "ENVI": ".img",
    "EHdr": ".bil",
    "AAIGrid": ".asc",
    "HFA": ".img",
    "PNG": ".png",
    "netCDF": ".nc",
    "RST": ".rst",
    "SAGA": ".sdat",
    "VRT": ".vrt",
}
NUMBERS = (b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00")


def cut(data: Bytes, chance: np.random.Generator) -> Bytes:
    return data[: int(chance.integers(0, len(data)))]


def flipped(data: Bytes, chance: np.random.Generator) -> Bytes:
    content = bytearray(data)
    for place in chance.integers(0, len(content), 6):
        content[place] ^= 1 << int(chance.integers(0, 8))
    return bytes(content)


def flipped_in_the_head(data: Bytes, chance: np.random.Generator) -> Bytes:
    return flipped(data[:200], chance) + data[200:]


def zeroed(data: Bytes, chance: np.random.Generator) -> Bytes:
    start = int(chance.integers(0, len(data)))
    return data[:start] + b"\0" * len(data[start : start + 64]) + data[start + 64 :]


def repeated(data: Bytes, chance: np.random.Generator) -> Bytes:
    start, end = sorted(map(int, chance.integers(0, len(data), 2)))
    return data[:end] + data[start:end] + data[end:]


def longer(data: Bytes, chance: np.random.Generator) -> Bytes:
    return data + chance.bytes(int(chance.integers(1, 5000)))


def extreme(data: Bytes, chance: np.random.Generator) -> Bytes:
    """A number of four bytes becomes the largest, the smallest, -1 or 0."""
    start = int(chance.integers(0, max(len(data) - 4, 1)))
    return data[:start] + NUMBERS[int(chance.integers(0, 4))] + data[start + 4 :]


def empty(_: Bytes, __: np.random.Generator) -> Bytes:
    return b""


def noise(data: Bytes, chance: np.random.Generator) -> Bytes:
    return chance.bytes(min(len(data), 2000))


DAMAGES: tuple[Callable[[Bytes, np.random.Generator], Bytes], ...] = (
    *(cut, flipped, flipped_in_the_head, zeroed, repeated, longer, extreme, empty, noise),
    *(cut, flipped, extreme),
)


@cache
def right(name: str) -> tuple[Path, Path]:
    """A folder with a right file of a format, made once; the folder and the file's own name."""
    folder = Path(tempfile.mkdtemp(prefix="greencover-right-"))
    if name in RASTERS:
        source = folder / "source.tif"
        profile = {"width": 20, "height": 20, "count": 1, "dtype": "uint8", "driver": "GTiff"}
        grid = Affine(0.001, 0.0, 118.0, 0.0, -0.001, 30.0)
        with rasterio.open(source, "w", **profile, crs="EPSG:4326", transform=grid) as file:
            file.write(np.arange(400, dtype="uint8").reshape(1, 20, 20) % 7)
        path = folder / f"cover{RASTERS[name]}"
        rasterio.shutil.copy(source, path, driver=name)
    else:
        path, _ = formats.write(name, folder)
    return folder, path.relative_to(folder)


def cases() -> Iterator[tuple[str, str, int]]:
    """Format, damage and number of every case."""
    for name in (*RASTERS, *formats.FORMATS):
        for number, damage in enumerate(DAMAGES):
            for seed in range(2):
                yield name, damage.__name__, 100 * number + seed


def attempt(name: str, number: int, folder: Path) -> object:
    """Read a damaged file, of which any part may be the one that is damaged."""
    origin, file = right(name)
    place = folder / "in"
    shutil.copytree(origin, place)
    chance = np.random.default_rng(number)
    target = place / file
    parts = sorted(one for one in place.rglob("*") if one.is_file() and one.stat().st_size)
    part = parts[int(chance.integers(0, len(parts)))] if number % 2 else target
    part = part if part.is_file() else parts[0]
    part.write_bytes(DAMAGES[number // 100](part.read_bytes(), chance))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if name not in RASTERS:
            return read_layer(target, crs="EPSG:4326")
        cells = FileCells.open(target)
        with cells.reading() as handle:
            return cells.read(handle, 0, 0, min(cells.height, 500), min(cells.width, 500))

"""Totals for ``--resume`` that are damaged, made up, or no file at all."""

from __future__ import annotations

import hmac
import json
import os
import pickle
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import greencover as gc
from strategies import CODES, cells_box, cover_of, write_raster, zones_of

TILES = 15


def flipped(content: bytes) -> bytes:
    """One bit of the totals, in the middle of the file, the other way."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :]


def parts(content: bytes) -> tuple[bytes, dict[str, Any], bytes]:
    """Seal, heading and totals of what is kept."""
    heading, _, sums = content[32:].partition(b"\n")
    return content[:32], json.loads(heading), sums


def made_up(content: bytes, *, key: bytes = b"", **changes: Any) -> bytes:
    """A right file with other totals or another heading, sealed with a key that is not ours."""
    _, heading, sums = parts(content)
    sums = changes.pop("sums", sums)
    text = json.dumps(heading | changes).encode() + b"\n"
    return hmac.digest(key, text + sums, "sha256") + text + sums


POISON = {
    "other totals": lambda b: made_up(b, sums=b"\0" * len(parts(b)[2])),
    "other totals, old seal": lambda b: b[:-8] + np.float64(1e9).tobytes(),
    "no number": lambda b: made_up(b, sums=np.full(len(parts(b)[2]) // 8, np.nan).tobytes()),
    "all done": lambda b: made_up(b, done=TILES),
    "more than all done": lambda b: made_up(b, done=10**9),
    "less than nothing done": lambda b: made_up(b, done=-1),
    "done is a text": lambda b: made_up(b, done="9"),
    "done is half": lambda b: made_up(b, done=8.5),
    "sealed with nothing": lambda b: made_up(b, key=b""),
    "sealed with zeros": lambda b: made_up(b, key=b"\0" * 32),
    "no inputs": lambda b: b[:32] + b'{"done": 3}\n' + parts(b)[2],
    "inputs are a list": lambda b: b[:32] + b'{"inputs": [], "done": 3}\n' + parts(b)[2],
    "nested": lambda b: b[:32] + b"[" * 9_000 + b"\n" + parts(b)[2],
    "a heading without end": lambda b: b[:32] + b" " * 100_000,
    "longer": lambda b: b + b"\0" * 8,
    "shorter": lambda b: b[:-8],
    "a pickle": lambda _: pickle.dumps({"total": 1}),
    "an archive": lambda _: b"PK\x05\x06" + b"\0" * 18,
}

DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda b: b[: len(b) // 2],
    "flipped": flipped,
    "empty": lambda _: b"",
    "other": lambda _: b"nothing of the kind",
}


def no_file(kind: str, kept: Path) -> None:
    """Put what is no file of totals in the place of one."""
    content = kept.read_bytes()
    kept.unlink()
    if kind == "pipe":
        os.mkfifo(kept)
    elif kind == "folder":
        kept.mkdir()
    elif kind == "device":
        kept.symlink_to("/dev/zero")
    else:
        kept.write_bytes(content)
        os.truncate(kept, 2**40)


NO_FILES = ("pipe", "folder", "device", "huge")


def names() -> list[str]:
    """Every kind of bad totals."""
    return [*POISON, *DAMAGES, *NO_FILES]


def attempt(name: str, folder: Path) -> bool:
    """Go on from totals that were tampered with; whether the figures are those of a whole run."""
    columns, rows = 8, 4 * TILES
    codes = np.random.default_rng(1).choice(np.array(CODES, dtype=np.uint8), (rows, columns))
    raster = write_raster(folder / "cover.tif", codes, blockysize=4)
    zones = zones_of(cells_box(0, 0, columns, rows))

    def measured(**more: Any) -> pd.DataFrame:
        return gc.class_areas(zones, cover_of(raster), tile_cells=4 * columns, threads=1, **more)

    def progress(done: int, _: int) -> None:
        if done == 9:
            raise InterruptedError

    with suppress(InterruptedError):
        measured(resume=folder / "kept", progress=progress)
    (kept,) = (folder / "kept").iterdir()
    change = POISON.get(name) or DAMAGES.get(name)
    if change is None:
        no_file(name, kept)
    else:
        kept.write_bytes(change(kept.read_bytes()))
    return measured(resume=folder / "kept").equals(measured())

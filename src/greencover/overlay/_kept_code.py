"""Where compiled code is kept: in a folder that nobody else can write to, or nowhere.

Numba runs what it finds there, so a folder that others share is a way for their code into the
process. Without such a folder each process compiles for itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numba

from greencover.ground.own_folder import is_closed, is_own, own_folder


@contextmanager
def kept_code() -> Iterator[bool]:
    """Let Numba keep the functions that are made in the block; yield whether it may."""
    before = numba.config.CACHE_DIR
    folder = _folder(before)
    numba.config.CACHE_DIR = folder or ""
    try:
        yield folder is not None
    finally:
        numba.config.CACHE_DIR = before


def _folder(named: str) -> str | None:
    """The folder for compiled code; empty for that beside the source, None where there is none."""
    if named:
        return named if is_own(Path(named)) else None
    beside = Path(__file__).parent / "__pycache__"
    if os.access(beside, os.W_OK) and is_closed(beside):
        return ""
    own = own_folder("compiled")
    return None if own is None else str(own)

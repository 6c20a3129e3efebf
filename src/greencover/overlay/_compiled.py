"""Where compiled code is kept, and a word when it has to be made.

Imported before anything of Numba's is used.
"""

from __future__ import annotations

import logging
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numba

_log = logging.getLogger(__name__)


def keep_where_writable() -> None:
    """Point Numba to a temporary folder where neither the package nor the home can be written.

    Without a folder to keep compiled code in, Numba refuses to load functions that ask for it.
    """
    if numba.config.CACHE_DIR:
        return
    package, home = Path(__file__).parent, Path("~").expanduser()
    if not (os.access(package, os.W_OK) or os.access(home, os.W_OK)):
        numba.config.CACHE_DIR = str(Path(tempfile.gettempdir()) / "greencover-compiled")


def announce(function: Any) -> None:
    """Log that a function is about to be compiled, if no compiled code of it is kept."""
    if not (function.signatures or _is_kept(function)):
        _say_once(function)


@cache
def _say_once(function: Any) -> None:  # noqa: ARG001
    _log.info("Compiling the overlay engine for this machine; this happens once.")


def _is_kept(function: Any) -> bool:
    source = Path(function.py_func.__code__.co_filename)
    folder = Path(function.stats.cache_path)
    kept = folder.glob(f"{source.stem}.{function.py_func.__qualname__}-*.nbi")
    return any(one.stat().st_mtime >= source.stat().st_mtime for one in kept)

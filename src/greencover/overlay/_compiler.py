"""Numba, which compiles the overlay, or one sentence with the cure where it does not load."""

from __future__ import annotations

import os
import sys

from greencover.ground.errors import CompilerError

if sys.platform == "win32":
    # The package msvc-runtime puts the libraries of Visual C++ here, where a virtual environment
    # does not look for them by itself.
    os.add_dll_directory(sys.prefix)

try:
    import numba
except (ImportError, OSError) as error:
    system = "windows" if sys.platform == "win32" else "other"
    code = f"overlay.compiler_absent_{system}"
    raise CompilerError(code, reason=str(error), python=sys.executable) from error

__all__ = ["numba"]

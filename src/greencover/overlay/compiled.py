"""Compiled functions: made on their first call, kept where that is possible, and a word about it.

A function that others call (``compiled``) states its types, so that it is compiled once, whether
arrays may be written to or not. Compiled code is kept by the text of its file alone, so a compiled
function calls those of its own file and no others. With ``NUMBA_DISABLE_JIT=1`` all run as Python.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache, update_wrapper
from threading import Lock
from typing import Any, Generic, TypeVar, cast

import numba
from numba.core import event, types

from greencover.ground.notes import Note
from greencover.overlay._kept_code import kept_code
from greencover.words import language

_log = logging.getLogger(__name__)

Found = TypeVar("Found")
Function = TypeVar("Function", bound=Callable[..., Any])

PLAIN = bool(numba.config.DISABLE_JIT)
INT, FLOAT, FLAG, BYTE, COUNT = (
    types.int64,
    types.float64,
    types.boolean,
    types.uint8,
    types.int32,
)


def given(kind: Any, dimensions: int = 1) -> Any:
    """Type of an array that a function reads."""
    return types.Array(kind, dimensions, "C", readonly=True)


def filled(kind: Any, dimensions: int = 1) -> Any:
    """Type of an array that a function writes to."""
    return types.Array(kind, dimensions, "C")


def compiled(*kinds: Any) -> Callable[[Callable[..., Found]], Callable[..., Found]]:
    """Compile a function for arguments of these types when it is first called."""

    def decorate(function: Callable[..., Found]) -> Callable[..., Found]:
        return function if PLAIN else _Compiled(function, kinds)

    return decorate


def inner(function: Function) -> Function:
    """Compile a function for those of its file that call it."""
    if PLAIN:
        return function
    options = {"nogil": True, "error_model": "numpy", "no_cpython_wrapper": True}
    return cast(Function, numba.njit(no_cfunc_wrapper=True, **options)(function))


class _Compiled(Generic[Found]):
    def __init__(self, function: Callable[..., Found], kinds: tuple[Any, ...]) -> None:
        with kept_code() as kept:
            self.dispatcher = numba.njit(
                nogil=True, cache=kept, error_model="numpy", no_cfunc_wrapper=True
            )(function)
        self._kinds, self._ready, self._lock = kinds, False, Lock()
        update_wrapper(self, function)

    def __call__(self, *arguments: Any) -> Found:
        if not self._ready:
            with self._lock:
                if not self._ready:
                    self._compile()
                    self.dispatcher.disable_compile()
                    self._ready = True
        return cast(Found, self.dispatcher(*arguments))

    def _compile(self) -> None:
        try:
            self.dispatcher.compile(self._kinds)
        except OSError:
            # Compiled, and not kept: a disk that is full, or refuses, costs nothing but time.
            if not self.dispatcher.signatures:
                raise


class _Announcement(event.Listener):  # type: ignore[misc, unused-ignore]
    """Says that code is being compiled, where none was kept."""

    def on_start(self, event: Any) -> None:
        if event.data["dispatcher"].py_func.__module__.startswith("greencover."):
            _say_once()

    def on_end(self, event: Any) -> None:
        pass


@cache
def _say_once() -> None:
    # A warning, because people who wait in a notebook hear nothing less; logging can silence it.
    _log.warning(Note("overlay.compiling").said(language()))


event.register("numba:compile", _Announcement())

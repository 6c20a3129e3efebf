"""Waiting for an answer that may never be whole."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

Found = TypeVar("Found")


def in_time(ask: Callable[[], Found], longest_s: float) -> Found:
    """Return what a function finds, unless that takes too long.

    One that comes by the byte is no more waited for than one that does not come at all.

    Raises
    ------
    TimeoutError
        The function is still at it; it is left to itself.

    Examples
    --------
    >>> in_time(lambda: 6 * 7, longest_s=60)
    42
    """
    answers: SimpleQueue[tuple[Found] | Exception] = SimpleQueue()

    def work() -> None:
        try:
            answers.put((ask(),))
        except Exception as error:
            answers.put(error)

    Thread(target=work, daemon=True).start()
    try:
        found = answers.get(timeout=longest_s)
    except Empty as error:
        raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)) from error
    if isinstance(found, Exception):
        raise found
    return found[0]

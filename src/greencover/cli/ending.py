"""How a command ends before its work is done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: Exit code of a command that the system, or a scheduler, asks to end.
ENDED = 128 + 15


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Take back what was begun when the process is asked to end, as when it is interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(number: int, frame: Any) -> None:  # noqa: ARG001
    # Asked twice, what is being taken back is still taken back.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(ENDED)

"""How a command ends before its work is done."""

from __future__ import annotations

import errno
import platform
import signal
import tempfile
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
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


def on_a_stream(error: BaseException) -> bool:
    """Whether an error is that of a terminal, pipe or file that what is printed goes to."""
    broken = (errno.ENOSPC, errno.EPIPE, errno.EIO, errno.EBADF)
    return isinstance(error, OSError) and error.errno in broken and error.filename is None


def reported(error: BaseException) -> Path | None:
    """Write down where a mistake of the program happened, without any data; return the file.

    Messages of errors can quote what was read, so that none is in it.
    """
    steps: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        steps.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        for step in traceback.extract_tb(cause.__traceback__):
            steps.append(f"  {step.filename}:{step.lineno} {step.name}")
        cause = cause.__cause__ or cause.__context__
    about = f"greencover {version('greencover')}, Python {platform.python_version()}, "
    text = "\n".join([about + platform.platform(), *steps, ""])
    place: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            prefix="greencover-",
            suffix=".txt",
            delete=False,
            encoding="utf-8",
            errors="backslashreplace",
        ) as file:
            place = Path(file.name)
            file.write(text)
    except OSError:
        if place is not None:
            place.unlink(missing_ok=True)
        return None
    return place


def _end(number: int, frame: Any) -> None:  # noqa: ARG001
    # Asked twice, what is being taken back is still taken back.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(ENDED)

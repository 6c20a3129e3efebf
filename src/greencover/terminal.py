"""What a terminal shows while a command runs: a bar, notes, the log; always in UTF-8."""

from __future__ import annotations

import logging
import sys
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from greencover.errors import GreencoverWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress_bar(*, silent: bool = False) -> Iterator[Callable[..., None]]:
    """Yield a callback that moves a bar on terminals and stays silent elsewhere."""
    from tqdm import tqdm

    with tqdm(total=1, disable=silent or None, leave=False, unit="", file=sys.stderr) as bar:

        def report(done: int, total: int, step: str = "") -> None:
            bar.set_description_str(step, refresh=False)
            bar.total = total
            bar.n = done
            bar.refresh()

        yield report


@contextmanager
def log_on_stderr() -> Iterator[None]:
    """Print what the library logs, and the time, until the command ends."""
    log = logging.getLogger("greencover")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


@contextmanager
def notes_on_stderr() -> Iterator[None]:
    """Print what was repaired or assumed as notes; leave other warnings as they are."""
    for library in ("rasterio", "pyogrio", "fiona"):
        # Their errors reach people as one sentence of ours; unheard loggers print them as well.
        logging.getLogger(library).addHandler(logging.NullHandler())
    with warnings.catch_warnings():
        warnings.simplefilter("always", GreencoverWarning)
        show = warnings.showwarning
        said: set[str] = set()

        def note(message: Any, category: type[Warning], *rest: Any, **more: Any) -> None:
            if not issubclass(category, GreencoverWarning):
                show(message, category, *rest, **more)
            elif str(message) not in said:
                said.add(str(message))
                click.echo(f"note: {' '.join(str(message).split())}", err=True)

        warnings.showwarning = note
        yield


def speak_utf8() -> None:
    """Let output hold Chinese whatever the locale."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")

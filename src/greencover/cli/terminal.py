"""What a terminal shows while a command runs: a bar, notes, the log; always in UTF-8."""

from __future__ import annotations

import logging
import sys
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from greencover.cli.speech import said
from greencover.ground.errors import GreencoverWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# What the engine logs is for whoever waits for it; the rest is for those who ask for it.
_ENGINE = "greencover.overlay"


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
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    with _heard("greencover", handler):
        yield


@contextmanager
def _heard(name: str, handler: logging.Handler) -> Iterator[None]:
    """Hand what a logger says, from INFO on, to a handler."""
    log = logging.getLogger(name)
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


@contextmanager
def hushed() -> Iterator[None]:
    """Keep what the engine says to itself."""
    log = logging.getLogger(_ENGINE)
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


@contextmanager
def notes_on_stderr() -> Iterator[None]:
    """Print what was repaired or assumed, and what the engine says, as notes.

    Other warnings stay as they are.
    """
    for library in ("rasterio", "pyogrio", "fiona"):
        # Their errors reach people as one sentence of ours; unheard loggers print them as well.
        logging.getLogger(library).addHandler(logging.NullHandler())
    with warnings.catch_warnings(), _heard(_ENGINE, _Notes()):
        warnings.simplefilter("always", GreencoverWarning)
        show = warnings.showwarning
        said: set[str] = set()

        def note(message: Any, category: type[Warning], *rest: Any, **more: Any) -> None:
            if not issubclass(category, GreencoverWarning):
                show(message, category, *rest, **more)
            elif str(message) not in said:
                said.add(str(message))
                _say(str(message))

        warnings.showwarning = note
        yield


class _Notes(logging.Handler):
    """Prints records as notes, unless the whole log is printed."""

    def emit(self, record: logging.LogRecord) -> None:
        if not logging.getLogger("greencover").isEnabledFor(logging.INFO):
            _say(record.getMessage())


def _say(text: str) -> None:
    """Print a note, above the bar if there is one."""
    from tqdm import tqdm

    with tqdm.external_write_mode(file=sys.stderr):
        click.echo(said("cli.note", note=" ".join(text.split())), err=True)


def speak_chinese() -> None:
    """Let output hold Chinese whatever the locale.

    What reads a pipe takes it for the encoding of the system, so that one stays where it knows
    Chinese, as GBK does; a terminal is told by Python itself.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            kept = not stream.isatty() and _knows_chinese(stream.encoding)
            stream.reconfigure(encoding=stream.encoding if kept else "utf-8", errors="replace")


def _knows_chinese(encoding: str) -> bool:
    try:
        "县".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True

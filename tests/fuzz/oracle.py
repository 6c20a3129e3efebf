"""What may come of an input: a result or one sentence, and no file that was not there."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from greencover.ground.errors import GreencoverError, GreencoverWarning

Result = TypeVar("Result")


def or_one_sentence(run: Callable[[], Result]) -> Result | None:
    """Return what comes of it, or None where it was refused in one sentence."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            result = run()
        except GreencoverError as error:
            _check_sentence(error)
            result = None
    for one in told:
        if issubclass(one.category, GreencoverWarning):
            _check_sentence(one.message)
    return result


def _check_sentence(message: object) -> None:
    lines = str(message).splitlines()
    assert len(lines) == 1, f"a message of {len(lines)} lines: {message!r}"
    assert lines[0].strip(), "a message of nothing"


@contextmanager
def one_input(folder: Path) -> Iterator[Path]:
    """An empty folder, in which nothing may appear but what was put there for the input."""
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def nothing_left_behind(folder: Path) -> Iterator[None]:
    """Whatever is done with the files of a folder, they are all that is there afterwards."""
    before = set(folder.rglob("*"))
    yield
    changed = before ^ set(folder.rglob("*"))
    assert not changed, f"files came or went: {', '.join(sorted(map(str, changed)))}"

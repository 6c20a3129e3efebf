"""A bar of progress, in a notebook or on a terminal."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Progress = Callable[..., None]


@contextmanager
def shown_progress(progress: Progress | bool | type[Any] | None) -> Iterator[Progress | None]:
    """Yield a function of steps done, steps in all and what comes next, or None.

    True and a class like ``tqdm.tqdm`` give one that moves a bar.
    """
    if not (progress is True or isinstance(progress, type)):
        yield progress or None
        return
    with warnings.catch_warnings():
        # Without ipywidgets the bar is drawn as text, which is good enough not to warn.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm

        bar = (tqdm if progress is True else progress)(total=1, leave=False, unit="")

    def move(done: int, total: int, step: str = "") -> None:
        bar.set_description_str(step, refresh=False)
        bar.total, bar.n = total, done
        bar.refresh()

    with bar:
        yield move

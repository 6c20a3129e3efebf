"""A bar of progress, in a notebook or on a terminal."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[..., None]


@contextmanager
def shown_progress(progress: Progress | bool | None) -> Iterator[Progress | None]:
    """Yield the function given, one that moves a bar for True, and None for anything else."""
    if progress is not True:
        yield progress or None
        return
    with warnings.catch_warnings():
        # Without ipywidgets the bar is drawn as text, which is good enough not to warn.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm

        bar = tqdm(total=1, leave=False, unit="")

    def move(done: int, total: int, step: str = "") -> None:
        bar.set_description_str(step, refresh=False)
        bar.total, bar.n = total, done
        bar.refresh()

    with bar:
        yield move

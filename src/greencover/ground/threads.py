"""Work on threads, with results in the order of the work."""

from __future__ import annotations

import os
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def workers(threads: int | None, items: int) -> int:
    """Threads that so many items are worth; without a number, one for each core."""
    return min(threads or available_cores(), items)


def in_order(
    work: Callable[[Item], Result], items: Sequence[Item], threads: int | None
) -> Generator[Result, None, None]:
    """Results in the order of the items, with at most two items a thread waiting.

    Each item is worked on in a copy of the caller's context: notes told there are told to the same
    collector, in the same language.
    """
    threads = workers(threads, len(items))
    if threads <= 1:
        yield from map(work, items)
        return
    # Filters of warnings are the process's: libraries that ignore some for a moment, as shapely
    # does, leave what another thread had set where two do so at once; no note were heard again.
    with warnings.catch_warnings(), ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(copy_context().run, work, item))
                if len(waiting) > 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            _cancel(waiting)


def _cancel(waiting: Iterable[Future[Result]]) -> None:
    for future in waiting:
        future.cancel()

"""Work on threads keeps the order of the items and the context of the caller."""

from __future__ import annotations

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

from greencover.ground.notes import collected, tell
from greencover.ground.threads import in_order
from greencover.words import language, speaking


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_notes_told_in_a_thread_reach_the_collector(threads: int) -> None:
    def work(number: int) -> tuple[int, str]:
        tell("joining.row", rows=number)
        return number, language()

    with collected() as notes, speaking("zh"):
        found = list(in_order(work, range(20), threads))

    assert found == [(number, "zh") for number in range(20)]
    assert sorted(note.values["rows"] for note in notes) == list(range(20))


def test_two_runs_at_once_keep_their_own_notes() -> None:
    both = threading.Barrier(2, timeout=30)

    def run(name: str) -> list[str]:
        def work(number: int) -> None:
            both.wait() if number == 0 else None
            tell("joining.row", rows=f"{name}{number}")

        with collected() as notes:
            for _ in in_order(work, range(10), 3):
                pass
        return sorted(note.values["rows"] for note in notes)

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(run, "ab")
    assert one == [f"a{number}" for number in range(10)]
    assert other == [f"b{number}" for number in range(10)]


def test_warnings_are_heard_after_threads_that_ignored_some() -> None:
    """The second thread to begin is the last to end, and puts back what the first had set."""
    turns = [threading.Event() for _ in range(3)]

    def work(number: int) -> None:
        if number == 1:
            turns[0].wait(30)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            turns[number].set()
            turns[number + 1].wait(30)
        turns[2].set()

    before = list(warnings.filters)
    list(in_order(work, [0, 1], 2))

    assert warnings.filters == before

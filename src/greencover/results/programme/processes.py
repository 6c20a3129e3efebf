"""Counties side by side, each in a process of its own: one that dies takes no other with it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from greencover.ground.errors import GreencoverWarning
from greencover.ground.notes import Note
from greencover.ground.threads import available_cores
from greencover.report.outputs import OutputOptions
from greencover.results.programme.county import State, assess_county
from greencover.results.programme.file import County


def assess_all(
    counties: Sequence[County],
    out: Path,
    options: OutputOptions,
    *,
    jobs: int,
    progress: Callable[[int, int, str], None],
) -> dict[str, State]:
    """Assess counties into folders of their codes; states by code, in the order of the counties."""
    threads = max(1, available_cores() // jobs)
    states: dict[str, State] = {}
    with ThreadPoolExecutor(jobs) as waiting:
        begun = [
            waiting.submit(_in_a_process, county, out / county.code, options, threads)
            for county in counties
        ]
        try:
            progress(0, len(counties), "")
            for done, future in enumerate(as_completed(begun), start=1):
                state = future.result()
                states[state.code] = state
                progress(done, len(counties), state.code)
        except BaseException:
            waiting.shutdown(wait=False, cancel_futures=True)
            raise
    return {county.code: states[county.code] for county in counties}


def _in_a_process(county: County, folder: Path, options: OutputOptions, threads: int) -> State:
    # A fork would inherit locks that threads of this process hold.
    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(there, county, folder, options, threads))
    process.start()
    there.close()
    try:
        state: State = here.recv()
    except EOFError:
        process.join()
        ended = Note("results.county_died", code=process.exitcode)
        return State(county.code, "failed", ended)
    process.join()
    return state


def _answer(
    there: Connection, county: County, folder: Path, options: OutputOptions, threads: int
) -> None:
    with warnings.catch_warnings():
        # Its results hold them.
        warnings.simplefilter("ignore", GreencoverWarning)
        state = assess_county(county, folder, options, threads)
    # Whoever asked may have been killed; the results are written all the same.
    with suppress(BrokenPipeError):
        there.send(state)
    there.close()

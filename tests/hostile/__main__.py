"""Try every bad, hostile and damaged input, every fault of the machine and every kill.

Prints how many of each kind end how: ``python -m tests.hostile``, or some kinds by their first
words: ``python -m tests.hostile kills faults``.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import cache, partial
from io import StringIO
from pathlib import Path

from jinja2.exceptions import TemplateError

from badinputs import CASES
from greencover.cli import main
from greencover.ground.errors import GreencoverError
from greencover.layers import check_raster_source, read_layer
from greencover.rasters import FileCells
from greencover.report.office.frugal import Frugal
from hostile import BY_NAME, LAYERS, RASTERS, Place, damaged, listening, poison
from hostile.place import Knocks
from hostile.templates import TEMPLATES

REFUSED, READ, FAILED = "refused well", "read", "failed"
Try = Callable[[Path], str]
_WRITING = ("prelude", "cache", "Python", "writes", "code", "with a log", "schema that", "types")


def run(kinds: list[str]) -> int:
    warnings.simplefilter("ignore")
    table: dict[str, Counter[str]] = {}
    with listening() as knocks:
        for kind, name, attempt in _every(knocks):
            if kinds and not kind.startswith(tuple(kinds)):
                continue
            outcome = _outcome(attempt, f"{kind}: {name}", knocks)
            table.setdefault(kind, Counter())[outcome] += 1
    ends = (REFUSED, READ, FAILED)
    sys.stdout.write(f"{'kind':<28}{'tried':>7}{''.join(f'{end:>14}' for end in ends)}\n")
    for kind, counts in table.items():
        row = "".join(f"{counts[end]:>14}" for end in ends)
        sys.stdout.write(f"{kind:<28}{counts.total():>7}{row}\n")
    return int(any(counts[FAILED] for counts in table.values()))


def _every(knocks: Knocks) -> Iterator[tuple[str, str, Try]]:
    for vectors, read in (
        (LAYERS, read_layer),
        (RASTERS, FileCells.open),
        (BY_NAME, check_raster_source),
    ):
        for name, write in vectors.items():
            writes = any(word in name for word in _WRITING)
            kind = "inputs that write" if writes else "inputs that reach out"
            yield kind, name, partial(_reach, write, read, knocks.port)
    for name in CASES:
        yield f"bad inputs, {name.partition(':')[0]}", name, partial(_told, name)
    for name, damage, number in damaged.cases():
        yield "damaged inputs", f"{name}, {damage}, {number}", partial(_damaged, name, number)
    for name, source in TEMPLATES.items():
        yield "templates without end", name, partial(_template, source)
    for name in poison.names():
        yield "poisoned totals", name, partial(_poisoned, name)
    if os.name != "posix":
        return
    from hostile import machine

    for name, fault in machine.faults():
        yield "faults of the machine", name, partial(_fault, fault)
    for name, fault in machine.kills():
        yield "kills", name, partial(_fault, fault)


def _reach(
    write: Callable[[Place], str], read: Callable[[str], object], port: int, folder: Path
) -> str:
    (folder / "in").mkdir()
    (folder / "canary").mkdir()
    read(write(Place(folder / "in", folder / "canary", port)))
    return READ


def _told(name: str, folder: Path) -> str:
    """A bad input is told in one sentence with the words for it, and nothing is left behind."""
    case = CASES[name]
    arguments, said = case.build(folder), StringIO()
    before = sorted(folder.rglob("*"))
    with redirect_stdout(StringIO()), redirect_stderr(said):
        code = main([str(one) for one in arguments])
    lines = [one for one in said.getvalue().splitlines() if not one.startswith("note: ")]
    assert (code, len(lines)) == (2, 1), f"exit code {code}: {said.getvalue()}"
    assert all(word in lines[0] for word in case.words), lines[0]
    assert sorted(folder.rglob("*")) == before, "left something"
    return REFUSED


def _damaged(name: str, number: int, folder: Path) -> str:
    damaged.attempt(name, number, folder)
    return READ


def _template(source: str, _: Path) -> str:
    try:
        Frugal(autoescape=True).from_string(source).render()
    except (TemplateError, RecursionError):
        return REFUSED
    return FAILED


def _poisoned(name: str, folder: Path) -> str:
    return REFUSED if poison.attempt(name, folder) else FAILED


def _fault(fault: object, folder: Path) -> str:
    """Old results and a sentence are a refusal, new ones a result."""
    from hostile import machine

    assert isinstance(fault, machine.Fault)
    ended = machine.run(fault.output, fault.before, folder)
    wrong = machine.mistakes(fault, ended, _whole(fault.output))
    if wrong:
        raise AssertionError("; ".join(wrong))
    return READ if ended.code == 0 else REFUSED


@cache
def _whole(output: str) -> dict[str, bytes]:
    from hostile import machine

    return machine.whole(output)


def _outcome(attempt: Try, name: str, knocks: Knocks) -> str:
    before = knocks.count
    with tempfile.TemporaryDirectory() as folder:
        try:
            end = attempt(Path(folder))
        except GreencoverError:
            end = REFUSED
        except Exception:
            sys.stdout.write(f"{name}\n{traceback.format_exc()}\n")
            end = FAILED
        canary = Path(folder) / "canary"
        stolen = canary.exists() and any(canary.iterdir())
    if knocks.count != before or stolen:
        sys.stdout.write(f"{name}: reached out\n")
        return FAILED
    return end


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))

"""On a machine that fails, results are old or new, and what is said is one sentence.

``python -m tests.hostile faults kills`` tries all; this is a sample of the cheap ones.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    os.name != "posix" or not Path("/proc/self/statm").exists(), reason="limits and forks of Linux"
)
if os.name == "posix":
    from hostile import machine

    FAULTS, KILLS = dict(machine.faults()), dict(machine.kills())
else:
    FAULTS, KILLS = {}, {}

SAMPLE = (
    *("a.xlsx, no file above 1000 bytes", "a.gpkg, no file above 20000 bytes"),
    *("areas, step 2: ENOSPC", "areas, 6 files at once"),
    *("areas, a full disk behind what is printed", "areas, the folder is gone"),
    *("a.csv, step 2: SIGKILL", "a.csv, step 3: SIGTERM", "a.gpkg, step 4: SIGINT"),
)


@cache
def whole(output: str) -> dict[str, bytes]:
    return machine.whole(output)


def test_there_are_enough_cases() -> None:
    assert len(FAULTS) >= 46
    assert len(KILLS) >= 45


@pytest.mark.parametrize("name", SAMPLE)
def test_results_are_old_or_new(tmp_path: Path, name: str) -> None:
    fault = (FAULTS | KILLS)[name]

    ended = machine.run(fault.output, fault.before, tmp_path)

    assert machine.mistakes(fault, ended, whole(fault.output)) == []

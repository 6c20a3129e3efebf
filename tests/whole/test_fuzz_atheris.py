"""Each fuzz target for a few seconds, from the same start each time; longer by hand.

``python -m tests.fuzz NAME --seconds 600`` looks for more.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fuzz import TARGETS
from paths import ROOT
from patience import PATIENCE_S

pytest.importorskip(
    "atheris", reason="atheris is not installed: it has packages for Linux on x86_64 only"
)

SECONDS = 2
# The seeds alone are more than this, so that a target that stops at once is seen.
LEAST_RUNS = {"layers": 100, "tables": 25, "campaigns": 20, "rasters": 20, "engine": 20}


@pytest.fixture(scope="module")
def running() -> Iterator[dict[str, subprocess.Popen[str]]]:
    """All targets at once, for most of the time goes into starting them."""
    started = {
        target: subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.fuzz", target),
                *("--seconds", str(SECONDS), "--slowest", str(PATIENCE_S)),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for target in TARGETS
    }
    yield started
    for one in started.values():
        one.kill()
        one.wait()


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_but_results_and_sentences(
    target: str, running: dict[str, subprocess.Popen[str]]
) -> None:
    said, _ = running[target].communicate(timeout=PATIENCE_S)

    assert running[target].returncode == 0, said
    found = re.search(rf"^{target}: (\d+) runs, coverage (\d+) edges", said, re.MULTILINE)
    assert found is not None, said
    assert int(found[1]) >= LEAST_RUNS[target]
    assert int(found[2]) > 100


def test_a_wrong_area_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exact areas of the engine's target notice a hundred-millionth of a zone."""
    from fuzz import engine

    run = engine.prepare(tmp_path)
    seeds = list(engine.seeds())[:12]
    for seed in seeds:
        run(seed)

    right = engine.class_areas
    monkeypatch.setattr(engine, "class_areas", lambda *a, **more: right(*a, **more) * (1.0 + 1e-8))
    caught = 0
    for seed in seeds:
        try:
            run(seed)
        except AssertionError:
            caught += 1
    assert caught >= 3

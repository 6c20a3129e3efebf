"""What every fuzz target starts from, and one target for a few seconds; longer by hand.

``python -m tests.fuzz NAME --seconds 600`` looks for more, ``make fuzz`` in every target.
"""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fuzz import TARGETS
from paths import ROOT
from patience import PATIENCE_S

SECONDS = 2
# The seeds alone are more than this, so that a target that stops at once is seen.
LEAST_RUNS = 25
# Seeds that differ most lie far apart in a target's list.
MOST_SEEDS = 25


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.thorough
def test_nothing_but_results_and_sentences(tmp_path: Path, name: str) -> None:
    target = importlib.import_module(f"fuzz.{name}")
    run = target.prepare(tmp_path)
    seeds = list(target.seeds())
    assert seeds

    for seed in seeds[:: -(-len(seeds) // MOST_SEEDS)]:
        run(seed)


@pytest.mark.thorough
def test_a_target_is_fuzzed() -> None:
    """Counting the branches of the package takes the most of it: one target stands for all."""
    pytest.importorskip(
        "atheris", reason="atheris is not installed: it has packages for Linux on x86_64 only"
    )
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.fuzz", "tables"),
            *("--seconds", str(SECONDS), "--slowest", str(PATIENCE_S)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )

    assert done.returncode == 0, done.stdout
    found = re.search(r"^tables: (\d+) runs, coverage (\d+) edges", done.stdout, re.MULTILINE)
    assert found is not None, done.stdout
    assert int(found[1]) >= LEAST_RUNS
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

"""What contributors run, on any system: ``python scripts/tasks.py test``.

The environment is the one of the Python that runs this, with the packages of the extras ``test``
and ``lint``. ``make`` builds it first and calls this; nothing here needs make or a shell.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WHEEL = ROOT / "build" / "wheel"
PIP = "pip", "--quiet", "--disable-pip-version-check"
PYTEST = "pytest", "-n", "2"
NEEDED = (
    *("report.html", "assessment.xlsx", "assessment.parquet", "gaps.gpkg", "provenance.json"),
    *("maps/roadside-greening.png", "maps/verdict-matrix.png"),
)


def python(*words: str, folder: Path = ROOT, **settings: str) -> str:
    """Run a module or a script of Python to its end, or end with its exit code."""
    module = ["-m"] if not words[0].endswith(".py") else []
    command = [sys.executable, *module, *words]
    keeps = subprocess.PIPE if "demo" in words else None
    print(">", *words, flush=True)
    done = subprocess.run(
        command, cwd=folder, env=os.environ | settings, stdout=keeps, encoding="utf-8", check=False
    )
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout or ""


def test() -> None:
    """All that a change has to pass: lint, types, wheel, tests, notebooks, doctests."""
    lint()
    # Each of the two keeps one core busy.
    with subprocess.Popen([sys.executable, __file__, "types"]) as beside:
        wheel()
    if beside.returncode:
        sys.exit(beside.returncode)
    chosen = "--max-worker-restart", "2", "-m", "not thorough", "--nbmake", "--doctest-modules"
    # Files go out in this order: long ones first, the many short ones of doctests last.
    files = "--dist", "loadfile", "--no-loadscope-reorder"
    python(*PYTEST, *files, *chosen, "notebooks", "tests", "src/greencover")


def test_thorough() -> None:
    """What takes long and has a faster test of its kind beside it."""
    python(*PYTEST, "--dist", "load", "-m", "thorough", "tests")


def lint() -> None:
    """Style, format, and the shape of the house."""
    python("ruff", "check", ".")
    python("ruff", "format", "--check", ".")
    python("scripts/check_house.py")


def types() -> None:
    """The types of the package."""
    python("mypy")


def wheel() -> None:
    """Install the wheel apart from the source tree, and run its sample from elsewhere."""
    shutil.rmtree(WHEEL, ignore_errors=True)
    python(*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(WHEEL), ".")
    (built,) = WHEEL.glob("greencover-*.whl")
    python(*PIP, "install", "--no-deps", "--target", str(WHEEL / "site"), str(built))
    apart = {"PYTHONPATH": str(WHEEL / "site"), "PYTHONIOENCODING": "utf-8"}
    said = python("greencover", "demo", "--out", "results", folder=WHEEL, **apart)
    if str(WHEEL / "site" / "greencover" / "sample") not in said:
        sys.exit("The demo did not read the sample that is in the wheel.")
    absent = [name for name in NEEDED if not (WHEEL / "results" / name).stat().st_size]
    if absent:
        sys.exit(f"The demo left empty: {', '.join(absent)}")


def qgis_plugin() -> None:
    """The plugin for QGIS as a ZIP file, build/greencover_qgis.zip."""
    python("scripts/qgis_plugin.py")


TASKS: dict[str, Callable[[], None]] = {
    "test": test,
    "test-thorough": test_thorough,
    "lint": lint,
    "types": types,
    "wheel": wheel,
    "qgis-plugin": qgis_plugin,
}


def main(given: Sequence[str] | None = None) -> None:
    """Run the tasks that are named, one after the other."""
    told = "\n".join(f"  {name:<14} {task.__doc__}" for name, task in TASKS.items())
    parser = argparse.ArgumentParser(
        description=f"{__doc__}\n{told}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("task", nargs="+", choices=TASKS)
    for name in parser.parse_args(given).task:
        TASKS[name]()


if __name__ == "__main__":
    main()

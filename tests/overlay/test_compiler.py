"""Where Numba does not load, one sentence names the cure that the system needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

WINDOWS = "sys.platform = 'win32'\nos.add_dll_directory = print\n"
PROGRAM = """
import os, sys
from greencover.cli import main
{system}
from greencover.words import speaking
from greencover.ground.errors import GreencoverError
for lang in ("en", "zh"):
    with speaking(lang):
        try:
            from greencover.overlay import class_areas
        except GreencoverError as error:
            print(error)
sys.platform = {really!r}
sys.exit(main(["areas", "zones.gpkg", "cover.tif", "--legend=clcd", "--out=a.csv", "--lang=zh"]))
"""


@pytest.mark.parametrize(
    ("system", "fails", "cures"),
    [
        (WINDOWS, "ImportError('DLL load failed while importing _dynfunc')", "msvc-runtime"),
        (WINDOWS, "OSError('Could not find shared object file llvmlite.dll')", "Visual C++"),
        ("", "OSError('libLLVM.so: cannot open')", "--force-reinstall numba llvmlite"),
    ],
)
def test_the_cure_is_named(tmp_path: Path, system: str, fails: str, cures: str) -> None:
    (tmp_path / "numba.py").write_text(f"raise {fails}\n")
    before = os.environ.get("PYTHONPATH", "")
    settings = {"PYTHONPATH": os.pathsep.join([str(tmp_path), before]), "PYTHONIOENCODING": "utf-8"}
    program = PROGRAM.format(system=system, really=sys.platform)
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | settings,
        cwd=tmp_path,
        check=False,
    )

    assert done.returncode == 2, done.stderr
    english, chinese = [line for line in done.stdout.splitlines() if "Numba" in line]
    reason = fails.partition("'")[2].rpartition("'")[0]
    for said in (english, chinese, done.stderr):
        assert reason in said
        assert f"{sys.executable} -m pip install --force-reinstall" in said
    assert cures in english
    assert cures in chinese
    assert "does not load" in english
    assert "无法加载" in chinese
    assert ("msvc-runtime" in english) == bool(system)
    assert "Traceback" not in done.stderr

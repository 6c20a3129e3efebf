"""A command that is killed or interrupted goes on from its finished tiles when run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import greencover as gc
from greencover import cli
from greencover.overlay import _tiles
from patience import PATIENCE_S
from small_county import county_with_a_stream

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


@pytest.fixture
def county(tmp_path: Path) -> Path:
    return county_with_a_stream(tmp_path / "in")


# Tiles of one row; at the row that is named, word is given and a signal awaited, however late.
COMMAND = """
import os, signal, sys, threading
from greencover.cli import main
from greencover.overlay import _finished, _tiles
from greencover.rasters import FileCells

_tiles.TILE_CELLS = 40
_finished.EVERY_S = 0.0
plain, last = FileCells.read, int(sys.argv[1])
told = threading.Event()

def interrupt(*given):
    told.set()
    signal.default_int_handler(*given)

def read(self, dataset, row, *window):
    if row == last:
        os.write(1, b"there\\n")
    if row >= last:
        told.wait()
    return plain(self, dataset, row, *window)

FileCells.read = read
signal.signal(signal.SIGINT, interrupt)
sys.exit(main(sys.argv[2:]))
"""


def started(arguments: list[Any], *, stop: int = 10_000) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(stop), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(arguments: list[Any], *, sent: signal.Signals, stop: int) -> str:
    """Run a command until it stops, send it a signal, and return what it said."""
    process = started(arguments, stop=stop)
    assert process.stdout is not None
    assert process.stdout.readline() == "there\n", process.communicate()
    process.send_signal(sent)
    return process.communicate(timeout=PATIENCE_S)[1]


def finished(arguments: list[Any]) -> str:
    process = started(arguments)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, errors
    return errors


@pytest.mark.thorough
def test_killed_in_the_middle_of_assess_and_gone_on_with(tmp_path, county, monkeypatch):
    """Twice killed, the second time further on; then the files are those of one run, byte by byte.

    The files of the run before stay whole meanwhile.
    """
    out = tmp_path / "out"
    out.mkdir()
    (out / "assessment.xlsx").write_text("last year's")
    (out / "notes.txt").write_text("mine")
    command = ["assess", county, "--out", out, "--formats=parquet", "--resume"]

    ended(command, sent=signal.SIGKILL, stop=15)
    errors = ended(command, sent=signal.SIGKILL, stop=30)

    first = int(errors.split("Resumed: ")[1].split(" of 40 tiles of cover.tif")[0])
    assert 0 < first <= 15
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out", "out.unfinished"]
    assert {path.name: path.read_text() for path in out.iterdir()} == {
        "assessment.xlsx": "last year's",
        "notes.txt": "mine",
    }

    errors = finished(command)

    second = int(errors.split("Resumed: ")[1].split(" of 40 tiles of cover.tif")[0])
    assert first < second <= 30
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]
    assert (out / "notes.txt").read_text() == "mine"
    monkeypatch.setattr(_tiles, "TILE_CELLS", 40)
    gc.assess(county).write(tmp_path / "whole", formats=["parquet"])
    tables = sorted((tmp_path / "whole").rglob("*.parquet"))
    assert tables
    for table in tables:
        resumed = out / table.relative_to(tmp_path / "whole")
        assert resumed.read_bytes() == table.read_bytes(), table.name


def test_areas_interrupted_and_gone_on_with(tmp_path, county, capsys, monkeypatch):
    folder = county.parent
    given = [folder / "county.gpkg", folder / "cover.tif", "--layer=townships"]
    command = ["areas", *given, "--legend=worldcover", "--out"]

    errors = ended([*command, tmp_path / "a.csv", "--resume"], sent=signal.SIGINT, stop=25)

    assert errors.splitlines()[-1] == "greencover: interrupted"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv.unfinished", "in"]

    monkeypatch.setattr(_tiles, "TILE_CELLS", 40)
    for more in ([tmp_path / "a.csv", "--resume"], [tmp_path / "b.csv"]):
        assert cli.main([str(one) for one in (*command, *more)]) == 0

    assert capsys.readouterr().err.count("note: Resumed: ") == 1
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv", "in"]

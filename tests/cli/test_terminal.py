"""What a terminal shows of the engine's own words, and when."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from numba.core import event

from greencover import cli
from greencover.overlay import _kernel, _tiles, compiled
from small_county import SmallCounty

COMPILING = "Compiling the overlay engine for this machine; this happens once."


@pytest.fixture
def county(tmp_path: Path) -> Path:
    return SmallCounty().write(tmp_path / "in")


@pytest.fixture
def uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which the engine never ran: an overlay compiles, and nobody has said so yet."""
    plain = _tiles.integrate_tile

    def compiling(*arguments: Any) -> Any:
        data = {"dispatcher": _kernel._walk_over_codes.dispatcher}
        with event.trigger_event("numba:compile", data=data):
            return plain(*arguments)

    monkeypatch.setattr(_tiles, "integrate_tile", compiling)
    compiled._say_once.cache_clear()


def said(capsys: Any, county: Path, out: Path, *, before: str = "", after: str = "") -> list[str]:
    command = [before, "assess", str(county), "--out", str(out), "--formats=json", after]
    assert cli.main([word for word in command if word]) == 0
    return [line for line in capsys.readouterr().err.splitlines() if COMPILING in line]


@pytest.mark.usefixtures("uncompiled")
def test_a_first_run_says_that_it_compiles(tmp_path, capsys, county):
    assert said(capsys, county, tmp_path / "out") == [f"note: {COMPILING}"]


@pytest.mark.usefixtures("uncompiled")
def test_verbose_says_it_once_with_the_time(tmp_path, capsys, county):
    (line,) = said(capsys, county, tmp_path / "out", before="-v")

    assert line.endswith(COMPILING)
    assert line[:8].count(":") == 2


@pytest.mark.usefixtures("uncompiled")
def test_quiet_means_quiet(tmp_path, capsys, county):
    assert said(capsys, county, tmp_path / "out", after="--quiet") == []


def test_later_runs_have_nothing_to_say(tmp_path, capsys, county):
    said(capsys, county, tmp_path / "out")

    assert said(capsys, county, tmp_path / "out") == []


def test_logging_is_afterwards_as_before(tmp_path, capsys, county):
    log = logging.getLogger("greencover.overlay")
    before = (log.level, list(log.handlers))

    said(capsys, county, tmp_path / "out", after="--quiet")

    assert (log.level, log.handlers) == before

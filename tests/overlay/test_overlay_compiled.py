"""Compiled code: equal to plain Python, announced, kept, and never out of date."""

from __future__ import annotations

import importlib
import logging
import os
import pkgutil
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import random_scenes
from numba.core.dispatcher import Dispatcher
from numba.core.extending import _Intrinsic

import greencover
from greencover.overlay import _kept_code, compiled

COMPILING = "Compiling the overlay engine for this machine; this happens once."
HERE = Path(__file__).parent


def run(code: str, **environment: str) -> str:
    """What a process of its own writes on its error channel."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr


@pytest.mark.thorough
def test_plain_python_gives_the_figures_of_compiled_code(tmp_path: Path) -> None:
    file, plain = tmp_path / "plain.npz", tmp_path / "plain"
    plain.mkdir()
    subprocess.run(
        [sys.executable, str(HERE / "random_scenes.py"), str(plain / file.name)],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        check=True,
    )
    with np.load(plain / file.name) as content:
        expected = [content[name] for name in content.files]
    found = random_scenes.figures(tmp_path)

    assert len(found) == len(expected) > 2 * random_scenes.SCENES
    assert sum(np.isfinite(one).sum() for one in found) > 5000
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)


FIRST_CALL = """
import sys
sys.path.insert(0, {tests!r})
import greencover as gc
from pathlib import Path
from strategies import *
raster = write_raster(Path({folder!r}) / "c.tif", stripes())
gc.class_areas(zones_of(cells_box(0, 0, 1.5, 1)), cover_of(raster))
"""


def test_a_first_call_says_that_it_compiles_and_a_later_one_does_not(tmp_path: Path) -> None:
    """On the error channel of a process whose logging nobody has set up, as in a notebook."""
    code = FIRST_CALL.format(tests=str(HERE.parent), folder=str(tmp_path))
    environment = {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "GREENCOVER_LANG": "zh"}

    first = run(code, **environment, PYTHONIOENCODING="utf-8")
    assert first.count("正在为本机编译叠加计算程序") == 1
    kept = sorted((tmp_path / "cache").rglob("*.nbc"))
    assert any("_walk" in file.name for file in kept)

    assert "编译" not in run(code, **environment, PYTHONIOENCODING="utf-8")
    assert sorted((tmp_path / "cache").rglob("*.nbc")) == kept


def test_logging_silences_it(caplog: pytest.LogCaptureFixture) -> None:
    compiled._say_once.cache_clear()
    with caplog.at_level(logging.ERROR, logger="greencover"):
        compiled._say_once()
    assert not caplog.text
    compiled._say_once.cache_clear()
    for _ in range(2):
        compiled._say_once()
    assert caplog.text.count(COMPILING) == 1


def is_compiled(value: object) -> bool:
    return isinstance(value, compiled._Compiled | Dispatcher | _Intrinsic)


def test_compiled_functions_call_those_of_their_own_file() -> None:
    """Kept code is told from newer by the text of its own file alone."""
    seen: list[str] = []
    for found in pkgutil.walk_packages(greencover.__path__, "greencover."):
        if not found.name.startswith(("greencover.overlay.", "greencover.corridor.")):
            continue
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            function = getattr(value, "dispatcher", value)
            if not isinstance(function, Dispatcher) or function.__module__ != found.name:
                continue
            seen.append(function.__name__)
            for name in function.py_func.__code__.co_names:
                called = vars(module).get(name)
                if is_compiled(called):
                    assert called.__module__ == found.name, (function, name)
    assert {"_walk", "_count_codes", "touched_window", "_near"} <= set(seen)


@pytest.fixture
def nothing_beside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An installation that cannot be written to; returns the home of its user."""
    monkeypatch.setattr(_kept_code, "__file__", str(tmp_path / "site" / "module.py"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="owners and modes of POSIX")
class TestWhereCompiledCodeIsKept:
    def test_in_a_folder_that_is_closed_to_others(self, nothing_beside: Path) -> None:
        kept = _kept_code._folder("")
        assert kept is not None
        assert Path(kept).is_relative_to(nothing_beside)
        assert stat.S_IMODE(Path(kept).stat().st_mode) == 0o700

    @pytest.mark.parametrize("mode", [0o777, 0o770, 0o1777])
    def test_not_in_a_folder_that_is_open(self, nothing_beside: Path, mode: int) -> None:
        folder = nothing_beside / ".cache" / "greencover" / "compiled"
        folder.mkdir(parents=True)
        folder.chmod(mode)
        assert _kept_code._folder("") is None
        assert _kept_code._folder(str(folder)) is None
        assert stat.S_IMODE(folder.stat().st_mode) == mode

    @pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives away")
    @pytest.mark.parametrize("given", [".cache/greencover/compiled", ".cache/greencover", ".cache"])
    def test_not_in_a_folder_of_somebody_else(self, nothing_beside: Path, given: str) -> None:
        (nothing_beside / ".cache/greencover/compiled").mkdir(parents=True)
        os.chown(nothing_beside / given, 4321, -1)
        assert _kept_code._folder("") is None

    def test_not_behind_a_link(self, nothing_beside: Path, tmp_path: Path) -> None:
        (tmp_path / "theirs").mkdir()
        (nothing_beside / ".cache/greencover").mkdir(parents=True)
        (nothing_beside / ".cache/greencover/compiled").symlink_to(tmp_path / "theirs")
        assert _kept_code._folder("") is None

    def test_not_below_a_folder_that_all_may_write_to(self, nothing_beside: Path) -> None:
        (nothing_beside / ".cache").mkdir(parents=True)
        (nothing_beside / ".cache").chmod(0o777)
        assert _kept_code._folder("") is None

    def test_nowhere_without_a_home(
        self, nothing_beside: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        nothing_beside.write_text("a file")
        assert _kept_code._folder("") is None
        monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError))
        assert _kept_code._folder("") is None

    def test_a_named_folder_is_held_to_the_same(self, tmp_path: Path) -> None:
        assert _kept_code._folder(str(tmp_path / "named")) == str(tmp_path / "named")
        (tmp_path / "file").write_text("")
        assert _kept_code._folder(str(tmp_path / "file")) is None

    def test_without_a_folder_functions_are_compiled_all_the_same(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_kept_code, "_folder", lambda _: None)
        double = compiled.compiled(compiled.FLOAT)(lambda x: 2.0 * x)
        assert double(1.5) == 3.0


def double(number: int) -> int:
    return 2 * number


def test_a_disk_that_takes_no_compiled_code_costs_only_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.save", full)
    monkeypatch.setattr("numba.config.CACHE_DIR", str(tmp_path))

    assert compiled.compiled(compiled.INT)(double)(21) == 42

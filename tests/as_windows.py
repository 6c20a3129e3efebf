"""A plugin that lets this machine treat files and output as Windows in Chinese does.

``pytest --as-windows`` runs any test so; the fixture ``windows`` is for those that always do.
What compiled libraries do with files by themselves is as ever.
"""

from __future__ import annotations

import errno
import io
import multiprocessing.context
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from greencover.ground import lengths, swapping

_PROCESSES = Path("/proc")
_HELD = "另一个程序正在使用此文件，进程无法访问。"
# A folder must have room for a name of eight, three and a point.
_SHORT_NAME = 12
Identity = tuple[int, int]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--as-windows", action="store_true", help="run tests as on Windows in Chinese")


@pytest.fixture(autouse=True)
def _asked_for(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--as-windows"):
        request.getfixturevalue("windows")


@pytest.fixture
def windows() -> Iterator[Windows]:
    """Files that are open cannot be moved or removed, folders do not change places, and so on."""
    if not (_PROCESSES / "self/fd").is_dir():
        pytest.skip("the system does not tell which files are open")
    # A patch of our own: a test that undoes its patches keeps this one.
    with pytest.MonkeyPatch.context() as patch:
        system = Windows()
        system.install(patch)
        yield system


class Windows:
    """What Windows refuses.

    Attributes
    ----------
    max_path
        Characters from which on a path is too long; 0 for no limit.
    links
        Whether the disk knows hard links.
    """

    def __init__(self) -> None:
        self.max_path = 0
        self.links = True
        self._held: set[Identity] = set()
        self._real = {name: getattr(os, name) for name in ("rename", "replace", "unlink", "link")}

    def hold(self, *paths: Path) -> None:
        """Open files in another program, which shares them with nobody."""
        self._held |= {_identity(path.stat()) for path in paths}

    def let_go(self) -> None:
        """Close the other program."""
        self._held.clear()

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Let Python's own calls go through here."""
        patch.setattr(os, "rename", self._rename)
        patch.setattr(os, "replace", self._replace)
        patch.setattr(os, "unlink", self._unlink)
        patch.setattr(os, "remove", self._unlink)
        patch.setattr(os, "link", self._link)
        for module, name in ((io, "open"), (os, "open")):
            patch.setattr(module, name, self._measured(getattr(module, name)))
        patch.setattr(os, "mkdir", self._measured(os.mkdir, room=_SHORT_NAME))
        patch.setattr(lengths, "longest_path", lambda: self.max_path - 1 if self.max_path else None)
        # Trees are then removed by paths, which Windows does too.
        patch.setattr(shutil, "_use_fd_functions", False)
        patch.setattr(swapping, "_exchange", lambda *_: False)
        patch.setenv("PYTHONIOENCODING", "gbk:strict")
        spawn = multiprocessing.get_context("spawn")
        patch.setattr(multiprocessing.context._default_context, "_actual_context", spawn)

    def _rename(self, source: Any, target: Any, **more: Any) -> None:
        self._measure(target)
        self._check(source)
        if os.path.lexists(target) and not Path(source).samefile(target):
            raise FileExistsError(errno.EEXIST, "当文件已存在时，无法创建该文件。", str(source))
        self._real["rename"](source, target, **more)

    def _replace(self, source: Any, target: Any, **more: Any) -> None:
        self._measure(target)
        self._check(source)
        if Path(target).is_dir():
            raise _refusal(source, "拒绝访问。")
        self._check(target)
        self._real["replace"](source, target, **more)

    def _unlink(self, path: Any, **more: Any) -> None:
        if more.get("dir_fd") is None:
            self._check(path)
        self._real["unlink"](path, **more)

    def _link(self, source: Any, target: Any, **more: Any) -> None:
        if not self.links:
            raise OSError(errno.EPERM, "函数不正确。", str(source))
        self._real["link"](source, target, **more)

    def _check(self, path: Any) -> None:
        """Refuse to touch a file that is open, or a folder that holds one."""
        place = Path(os.fsdecode(path))
        if not os.path.lexists(place):
            return
        inside = [place]
        if place.is_dir() and not place.is_symlink():
            inside = [found for found in place.rglob("*") if not found.is_dir()]
        if not inside:
            return
        open_now = self._held | _open_files()
        for file in inside:
            if _identity(file.lstat()) in open_now:
                raise _refusal(file, _HELD)

    def _measure(self, path: Any, room: int = 0) -> None:
        if not self.max_path or isinstance(path, int):
            return
        if len(str(Path(os.fsdecode(path)).absolute())) + room >= self.max_path:
            raise FileNotFoundError(errno.ENOENT, "系统找不到指定的路径。", str(path))

    def _measured(self, really: Any, room: int = 0) -> Any:
        def call(path: Any, *arguments: Any, **more: Any) -> Any:
            self._measure(path, room)
            return really(path, *arguments, **more)

        return call


def _refusal(path: Any, words: str) -> PermissionError:
    error = PermissionError(errno.EACCES, words, str(path))
    error.winerror = 32  # type: ignore[attr-defined]
    return error


def _identity(about: os.stat_result) -> Identity:
    return about.st_dev, about.st_ino


def _open_files() -> set[Identity]:
    """Files that this process or one that it started has open or mapped."""
    found = set()
    for process in _family():
        for links in ("fd", "map_files"):
            with suppress(OSError), os.scandir(process / links) as entries:
                for entry in entries:
                    with suppress(OSError):
                        found.add(_identity(entry.stat()))
    return found


def _family() -> list[Path]:
    family = [_PROCESSES / str(os.getpid())]
    for process in family:
        for children in process.glob("task/*/children"):
            try:
                family += [_PROCESSES / number for number in children.read_text().split()]
            except OSError:
                continue
    return family


def chinese_output(stream: io.BytesIO) -> io.TextIOWrapper:
    """A pipe as Windows in Chinese makes it: it has no more characters than GBK."""
    return io.TextIOWrapper(stream, encoding="cp936", errors="strict", write_through=True)

"""A key of one's own: made once, the same afterwards, in a folder that is closed to others."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from greencover.ground.own_folder import own_folder, own_key


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "caches"))
    return tmp_path / "caches"


def test_a_key_is_made_once(home: Path) -> None:
    with ThreadPoolExecutor(8) as several:
        keys = set(several.map(lambda _: own_key(), range(32)))

    (key,) = keys
    assert key is not None
    assert len(key) == 32
    (file,) = (home / "greencover" / "key").iterdir()
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_no_key_where_none_can_be_kept(home: Path) -> None:
    home.write_text("a file")

    assert own_folder("key") is None
    assert own_key() is None

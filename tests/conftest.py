"""Fixtures that several test files share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from paths import REAL_DATA

# What a test expects of a sentence is English, whatever the locale of the machine; commands that
# tests start inherit it.
os.environ["GREENCOVER_LANG"] = "en"

# No example fails for want of speed: the machine may be slow, or have much else to do. The same
# examples are tried on every machine; `make fuzz` looks for new ones.
settings.register_profile(
    "any machine",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def real_data() -> Callable[[str], Path]:
    """Folder of real rasters and layers by name; the test is skipped where they are absent."""

    def folder(name: str) -> Path:
        path = REAL_DATA / name
        if not path.is_dir():
            pytest.skip(f"no real data at {path}: set GREENCOVER_TEST_DATA to their folder")
        return path

    return folder

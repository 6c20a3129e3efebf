"""What the examples of docstrings have at hand: an assessment, a campaign, a folder to write in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from _pytest.doctest import DoctestItem

pytest_plugins = ["as_windows"]


@pytest.fixture(scope="session")
def _assessment() -> Any:
    from report_fixtures import make_assessment

    return make_assessment()


@pytest.fixture(autouse=True)
def _at_hand(
    request: pytest.FixtureRequest, tmp_path_factory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Examples that write do so in a folder that goes; those of reports find an ``assessment``."""
    item = request.node
    if not isinstance(item, DoctestItem):
        return
    source = item.dtest.docstring or ""
    campaign = '"campaign.toml"' in source
    if not campaign and ("assessment" not in source or "data/sample" in source):
        return
    folder: Path = tmp_path_factory.mktemp("example")
    monkeypatch.chdir(folder)
    if campaign:
        from small_county import SmallCounty

        SmallCounty().write(folder)
    else:
        item.dtest.globs.setdefault("assessment", request.getfixturevalue("_assessment"))

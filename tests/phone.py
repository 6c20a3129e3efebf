"""The browser that forms for a telephone are tried in, and what their pages hold."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

from patience import PATIENCE_S

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def embedded(page: Path) -> dict[str, Any]:
    """The data of a page."""
    found = re.search(
        r'<script type="application/json" id="data">(.*?)</script>',
        page.read_text(encoding="utf-8"),
        flags=re.S,
    )
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def tried(page: Path, script: str, folder: Path) -> dict[str, Any]:
    """What a script finds, as JSON in the element "probe", when the page has run it."""
    assert CHROMIUM is not None
    probe = folder / "probe.html"
    source = page.read_text(encoding="utf-8")
    probe.write_text(source.replace("</body>", script + "</body>"), encoding="utf-8")
    options = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={folder / 'profile'}", "--window-size=420,900",
        "--virtual-time-budget=5000", "--dump-dom",
    ]  # fmt: skip
    done = subprocess.run(
        [CHROMIUM, *options, probe.as_uri()],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
        env=os.environ | {"NO_PROXY": "*"},
    )
    (found,) = re.findall(r'<pre id="probe">(.*?)</pre>', done.stdout, flags=re.S)
    result: dict[str, Any] = json.loads(unescape(found))
    return result

"""The page as readers with a keyboard or a screen reader meet it, by the rules of axe-core.

axe-core is no package of ours: ``npm pack axe-core`` brings it, and ``GREENCOVER_AXE`` names its
``axe.min.js``.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from greencover.report.page.html import write_page
from report_fixtures import make_assessment

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = os.environ.get("GREENCOVER_AXE", "")

# Once the map is drawn: what axe finds, and how far the page runs over its window.
PROBE = """
const go = () => {
  const map = window.greencover && window.greencover.model("map");
  if (!map || !map.inner_width) { setTimeout(go, 50); return; }
  axe.run(document, {resultTypes: ["violations"]}).then((found) => {
    const out = document.createElement("pre");
    out.id = "axe-found";
    out.textContent = JSON.stringify({
      over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      found: found.violations.map((one) => [one.id, one.impact, one.nodes[0].target.join(" ")]),
    });
    document.body.append(out);
  });
};
go();
"""


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
@pytest.mark.skipif(not Path(AXE).is_file(), reason="GREENCOVER_AXE names no axe.min.js")
@pytest.mark.parametrize(("lang", "width"), [("zh", 1200), ("en", 768), ("both", 500)])
def test_axe_finds_nothing(tmp_path, lang, width):
    page = write_page(make_assessment(), tmp_path / "report.html", lang=lang)
    axe = Path(AXE).read_text(encoding="utf-8").replace("</script", "<\\/script")
    head, end, tail = page.read_text(encoding="utf-8").rpartition("</body>")
    probe = f"<script>{axe}</script><script>{PROBE}</script>"
    page.write_text(head + probe + end + tail, encoding="utf-8")
    command = [
        *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--window-size={width},1000"),
        *("--virtual-time-budget=60000", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"),
    ]
    ran = subprocess.run([*command, page.as_uri()], capture_output=True, timeout=300, check=True)
    told = re.search(r'<pre id="axe-found">(.*?)</pre>', ran.stdout.decode("utf-8"), re.DOTALL)

    assert told is not None
    result = json.loads(html.unescape(told[1]))
    assert result["found"] == []
    assert result["over"] <= 0

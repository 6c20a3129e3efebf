"""What a reader of a page in one language sees before any switch is touched."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess

import pytest

pytest.importorskip("bokeh")

from greencover.report.page.html import write_page
from report_fixtures import make_assessment

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

PROBE = """
const go = (left) => {
  const names = window.greencover && window.greencover.model("townships names");
  const drawn = names && window.greencover.model("map").inner_width;
  if (!drawn || left) { setTimeout(() => go(drawn ? left - 1 : left), 50); return; }
  const out = document.createElement("pre"), page = document.documentElement;
  out.id = "seen";
  out.textContent = JSON.stringify({
    names: names.glyph.text.field, over: page.scrollWidth - page.clientWidth,
  });
  document.body.append(out);
};
go(10);
"""


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_page_in_english_names_townships_in_english(tmp_path):
    page = write_page(make_assessment(), tmp_path / "report.html", lang="en")
    head, end, tail = page.read_text(encoding="utf-8").rpartition("</body>")
    page.write_text(f"{head}<script>{PROBE}</script>{end}{tail}", encoding="utf-8")
    command = [
        *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=768,1000"),
        *("--virtual-time-budget=30000", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"),
    ]
    ran = subprocess.run([*command, page.as_uri()], capture_output=True, timeout=300, check=True)
    told = re.search(r'<pre id="seen">(.*?)</pre>', ran.stdout.decode("utf-8"), re.DOTALL)

    assert told is not None
    assert json.loads(html.unescape(told[1])) == {"names": "en", "over": 0}

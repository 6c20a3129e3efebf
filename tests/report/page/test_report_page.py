"""The page: one file, nothing from a network, names as text, both languages."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from greencover.report.labels import label
from greencover.report.page.html import write_page
from patience import PATIENCE_S
from report_fixtures import EVIL, METRIC, make_assessment

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

# Run inside the browser: hover, click the fourth gap, switch languages, and tell what happened.
PROBE = """<script>
window.alert = () => { window.alerted = true; };
function all(root, out) {
  for (const e of root.querySelectorAll("*")) {
    out.push(e);
    if (e.shadowRoot) all(e.shadowRoot, out);
  }
  return out;
}
const wait = (ms) => new Promise(r => setTimeout(r, ms));
const shown = (cls) => [...document.querySelectorAll(cls)].filter(e => e.offsetParent).length;
const heads = () => all(document, []).filter(e => e.className === "slick-column-name")
  .map(e => e.textContent);
const ratio = (m) => (m.x_range.end - m.x_range.start) / (m.y_range.end - m.y_range.start)
  / (m.inner_width / m.inner_height);
window.addEventListener("load", async () => {
  const r = {};
  try {
    for (let k = 0; k < 50 && !window.greencover.model("map")?.inner_width; k++) await wait(100);
    await wait(500);
    const g = window.greencover, map = g.model("map"), table = g.model("gap table");
    r.ratio = [ratio(map)];
    r.font = document.fonts.check('12px "Greencover Sans"', "青");
    const canvas = all(document, []).find(e => e.classList.contains("bk-events"));
    const hover = async (n) => {
      // A click on a row scrolls the map into view.
      const box = canvas.getBoundingClientRect(), tips = new Set();
      for (let i = 1; i < n; i++) for (let j = 1; j < n; j++) {
        canvas.dispatchEvent(new PointerEvent("pointermove", {
          clientX: box.left + box.width * i / n, clientY: box.top + box.height * j / n,
          bubbles: true, composed: true, pointerType: "mouse", pointerId: 1, isPrimary: true,
          view: window}));
        await wait(30);
        for (const e of all(document, []))
          if (/bk-tooltip-row-(value|label)/.test(e.className)) tips.add(e.textContent.trim());
      }
      return [...tips];
    };
    const cells = () => {
      const row = all(document, []).filter(e => e.classList.contains("slick-row"))[3];
      return [...row.querySelectorAll(".slick-cell")].map(e => e.textContent.trim());
    };
    r.tips = await hover(10);
    const row = all(document, []).filter(e => e.classList.contains("slick-row"))[3];
    const click = new MouseEvent("click", {bubbles: true, composed: true});
    row.querySelector(".slick-cell").dispatchEvent(click);
    await wait(200);
    const k = table.source.selected.indices[0], d = table.source.data;
    r.clicked = table.source.selected.indices;
    r.holds = map.x_range.start < d.minx[k] && d.maxx[k] < map.x_range.end
      && map.y_range.start < d.miny[k] && d.maxy[k] < map.y_range.end;
    r.width = map.x_range.end - map.x_range.start;
    r.ratio.push(ratio(map));
    document.querySelector('[data-set-lang="en"]').click(); await wait(300);
    r.en = [shown(".zh"), shown(".en") > 20, heads()];
    r.enCells = cells(); r.enNames = g.model("townships names").glyph.text.field;
    g.fit(map, ...JSON.parse(document.getElementById("whole").textContent), 0); await wait(200);
    r.enTips = await hover(8);
    document.querySelector('[data-set-lang="zh"]').click(); await wait(300);
    r.zh = [shown(".zh") > 20, shown(".en"), heads()];
    r.zhCells = cells();
    const villages = [...document.querySelectorAll("[data-layers]")]
      .find(b => b.dataset.layers.includes("villages"));
    r.villages = [g.model("villages").visible];
    villages.click(); r.villages.push(g.model("villages").visible);
    r.loaded = performance.getEntriesByType("resource").map(e => e.name)
      .filter(n => !n.startsWith("data:"));
    r.markup = all(document, []).filter(e => e.tagName === "B" && e.textContent === "粗").length;
    r.alerted = Boolean(window.alerted);
  } catch (e) { r.error = String(e) + e.stack; }
  const pre = document.createElement("pre"); pre.id = "probe";
  pre.textContent = JSON.stringify(r); document.body.appendChild(pre);
});
</script>"""


class Tags(HTMLParser):
    """Tags with their attributes, and the text between them outside scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag):  # noqa: ARG002
        self._inside = ""

    def handle_data(self, data):
        if self._inside not in ("script", "style"):
            self.text.append(data)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_page(make_assessment(evil=True), tmp_path_factory.mktemp("page") / "report.html")


@pytest.fixture(scope="module")
def source(path):
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(source):
    return Tags(source)


def test_nothing_is_loaded_from_elsewhere(page, source):
    loads = [
        (tag, name, value)
        for tag, attributes in page.tags
        for name, value in attributes.items()
        if name in ("src", "href", "srcset", "data", "action")
    ]
    styles = "".join(re.findall(r"<style>(.*?)</style>", source, flags=re.S))

    assert loads == []
    assert "@import" not in styles
    assert all(a.startswith("data:") for a in re.findall(r"url\(\"?([^\")]*)", styles))


def test_page_forbids_the_browser_to_load_anything(page):
    policy = next(
        a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"
    )

    assert policy.startswith("default-src 'none'")
    assert "http" not in policy


def test_page_is_of_a_size_to_send(path):
    assert path.stat().st_size < 4_000_000


def test_both_languages_are_there(page):
    text = " ".join(page.text)

    for words in ("各乡镇指标与结论", "Indicators and verdicts by township", "未达标", "not met"):
        assert words in text
    assert {"zh", "en", "both"} == {
        a["data-set-lang"] for _, a in page.tags if "data-set-lang" in a
    }


@pytest.mark.parametrize("name", EVIL)
def test_names_with_markup_are_text(page, name):
    """The parser finds the name in the text, so a browser does, too."""
    assert any(name in text for text in page.text)


def test_names_with_markup_make_no_tags(page):
    assert not any(tag == "b" for tag, _ in page.tags)
    assert [tag for tag, _ in page.tags if tag == "title"] == ["title"]


def test_markup_does_not_break_out_of_a_script(source):
    """Scripts hold the names as data: none may hold the end of a script or its start."""
    assert "<script>alert" not in source
    assert "</script>" not in "".join(re.findall(r"<script[^>]*>(.*?)</script>", source, re.S))


def test_every_cell_of_the_verdicts_is_in_the_page(page):
    table = make_assessment(evil=True).table
    table = table[table["level"].isin(["township", "county"]) & (table["verdict"] == "met")]
    text = [t.strip() for t in page.text]

    for value in table["value"]:
        assert f"{value:.1f} ✓" in text


def test_campaign_without_roads_villages_or_gaps(tmp_path):
    path = write_page(make_assessment(roads=False, villages=False), tmp_path / "a.html")
    text = " ".join(Tags(path.read_text(encoding="utf-8")).text)

    assert "绿化缺口清单" not in text
    assert "绿化评估报告" in text


def test_roads_without_a_gap_say_so(tmp_path):
    assessment = make_assessment()
    path = write_page(replace(assessment, gaps=assessment.gaps.iloc[:0]), tmp_path / "a.html")

    assert "There are no gaps." in " ".join(Tags(path.read_text(encoding="utf-8")).text)


def test_page_opens_in_the_language_asked_for(tmp_path):
    assessment = make_assessment(roads=False, villages=False)
    page = Tags(write_page(assessment, tmp_path / "a.html", lang="en").read_text("utf-8"))
    (root,) = [a for t, a in page.tags if t == "html"]
    pressed = {a["data-set-lang"]: a["aria-pressed"] for _, a in page.tags if "data-set-lang" in a}

    assert (root["lang"], root["data-lang"]) == ("en", "en")
    assert pressed == {"zh": "false", "en": "true", "both": "false"}


def test_charts_show_every_township_with_its_figure(page):
    table = make_assessment(evil=True).table.query("level == 'township'")
    bars = [a for t, a in page.tags if t == "div" and " bar" in (a.get("class") or "")]
    widest = [float(a["style"].split(":")[1].rstrip("%")) for a in bars]

    assert len(bars) == len(table)
    assert max(widest) == 100.0
    assert sum(w == 0 for w in widest) == table["value"].isna().sum()


def test_parks_have_a_layer_of_their_own(page):
    switches = [json.loads(a["data-layers"]) for _, a in page.tags if "data-layers" in a]

    assert ["parks"] in switches


def test_notebook_shows_verdicts_and_a_map_and_names_stay_text():
    shown = Tags(make_assessment(evil=True)._repr_html_())
    pictures = [a["src"] for t, a in shown.tags if t == "img"]

    assert any(EVIL[0] in text for text in shown.text)
    assert not any(t in ("script", "b") for t, _ in shown.tags)
    assert [p[:22] for p in pictures] == ["data:image/png;base64,"]
    assert "未达标 not met 38" in " ".join(shown.text)


def test_explored_map_stands_in_a_frame_of_its_own():
    found = make_assessment(evil=True).explore(height=500)
    frame = Tags(found._repr_html_())
    ((tag, attributes),) = frame.tags
    inner = Tags(attributes["srcdoc"])

    assert tag == "iframe"
    assert "height:500px" in attributes["style"]
    assert attributes["srcdoc"] == found.document
    assert "绿化缺口清单" in " ".join(inner.text)
    assert "Indicators and verdicts by township" not in " ".join(inner.text)
    assert any(a.get("http-equiv") == "Content-Security-Policy" for _, a in inner.tags)


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_in_a_browser(source, tmp_path):
    """Hover, a click on a gap, the language switch and a layer switch, with names that bite."""
    assert CHROMIUM is not None
    page = tmp_path / "probe.html"
    end = source.rindex("</body>")
    assessment = make_assessment(evil=True)
    bounds = assessment.layers["townships"].to_crs(METRIC).total_bounds.tolist()
    whole = f'<script type="application/json" id="whole">{bounds}</script>'
    page.write_text(source[:end] + whole + PROBE + source[end:], encoding="utf-8")
    options = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1400,1000",
        "--virtual-time-budget=30000", "--enable-logging=stderr", "--dump-dom",
    ]  # fmt: skip
    done = subprocess.run(
        [CHROMIUM, *options, page.as_uri()],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
        env=os.environ | {"NO_PROXY": "*"},
    )
    (found,) = re.findall(r'<pre id="probe">(.*?)</pre>', done.stdout, flags=re.S)
    from html import unescape

    result = json.loads(unescape(found))
    consoled = [
        line
        for line in done.stderr.splitlines()
        if "CONSOLE" in line and ("rror" in line or "Refused" in line or "BAD_" in line)
    ]

    assert result.get("error") is None
    assert consoled == []
    assert result["loaded"] == []
    assert result["font"] is True
    assert result["ratio"] == pytest.approx([1.0, 1.0], abs=1e-3)
    assert EVIL[0] in result["tips"]
    assert (result["alerted"], result["markup"]) == (False, 0)
    assert result["clicked"] == [3]
    assert result["holds"] is True
    assert result["width"] < 10_000
    assert result["en"] == [
        0,
        True,
        ["No.", "Road", "Grade", "Side", "Chainage", "Length (m)", "Township", "Cover now"],
    ]
    assert result["zh"] == [
        True,
        0,
        ["编号", "道路", "等级", "侧", "桩号", "长度 (米)", "乡镇", "现状地类"],
    ]
    assert result["villages"] == [False, True]
    gap = assessment.gaps.iloc[3]
    assert result["zhCells"][2:4] == [label(gap["grade"], "grades", lang="zh"), "左侧"]
    assert result["enCells"][2:4] == [label(gap["grade"], "grades", lang="en"), "left"]
    assert result["enNames"] == "en"
    words = [t for t in result["enTips"] if t not in {*assessment.layers["roads"]["road"], *EVIL}]
    assert {"Township", "Forest coverage:"} & {*words, *(w.rstrip(":") + ":" for w in words)}
    assert any("not met" in w for w in words)
    assert not any("未达标" in w or "乡镇" in w for w in words)


def test_paper_shows_the_gaps_as_a_plain_table(page, tmp_path):
    """The list on the screen scrolls: a printer would cut it."""
    longest = make_assessment(evil=True).gaps["length_m"].max()
    tables = [a for t, a in page.tags if t == "table" and a.get("class") == "print"]

    assert len(tables) == 1
    assert f"{longest:,.0f}" in [t.strip() for t in page.text]
    source = write_page(make_assessment(), tmp_path / "a.html").read_text("utf-8")
    assert ".print { display: none; }" in source
    assert "table.print { display: table; }" in source

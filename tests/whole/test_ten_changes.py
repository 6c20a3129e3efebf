"""Ten changes that others make to the program: each is made, and seen wherever it should be.

What is changed lies in one or two files: beside a campaign, in a package with an entry point, or
in a copy of this package. Here are a legend, a rule of exclusion, a kind of evidence, a kind of
raster, an engine, a default and a language. An indicator is added in
tests/indicators/test_registry.py, an output and a map in tests/report/test_report_registries.py, a
vector format in tests/layers/test_formats.py.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import greencover as gc
import small_county
from corridor.test_plugins import EVIDENCE, EXCLUSION, RULE, install
from greencover import words
from greencover.campaign import Campaign
from greencover.corridor.rules import all_rules
from greencover.ground.run import Run
from greencover.overlay._tiles import totals_on_threads
from greencover.standards import available, load
from plugins import installed
from rasters.test_kinds import PACKAGE, draw

pytest.importorskip("docxtpl")
pytest.importorskip("openpyxl")
from everywhere import everywhere, missing

Copy = tuple[Path, dict[str, str]]
LEGEND = """
title = "County survey"
title_zh = "县级调查"
classes = [
  { code = 10, cover = "tree", name = "Pine woods", name_zh = "松林地" },
  { code = 30, cover = "grass", name = "Hay meadow", name_zh = "割草地" },
]
"""


@pytest.fixture(scope="module")
def covered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Said of a campaign with a legend beside it and a raster of a kind that a package brings."""
    folder: Path = tmp_path_factory.mktemp("covered")
    county = small_county.SmallCounty()
    file = county.write(folder)
    corner = small_county.WEST, small_county.NORTH, small_county.CELL
    draw(folder / "cover.drawing", county.codes, *corner, "EPSG:4326")
    county.replace('"cover.tif"', '"cover.drawing"')
    county.replace('legend = "worldcover"', 'legend = "survey"')
    file.write_text(county.text, "utf-8")
    (folder / "cover.tif").unlink()
    (folder / "legends").mkdir()
    (folder / "legends" / "survey.toml").write_text(LEGEND, "utf-8")
    with installed(folder / "site", "drawings", PACKAGE, rasters="drawings:Drawing"):
        return everywhere(file, folder / "out", maps=("land-cover",))


def test_a_legend(covered: dict[str, str]) -> None:
    for title in ("County survey", "县级调查"):
        assert not missing(covered, title, "check", "provenance", "workbook", "word", "page", "map")
    for name in ("Pine woods", "Hay meadow", "松林地", "割草地"):
        assert not missing(covered, name, "page", "map")


def test_a_kind_of_raster(covered: dict[str, str]) -> None:
    assert not missing(covered, "cover.drawing", "check", "provenance", "workbook", "page")
    assert not missing(covered, "Pine woods", "page", "map")
    # The picture of the land cover stands beneath the page's map and in the map.
    assert "data:image/png" in covered["map"]


SEEN = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from everywhere import everywhere
text = everywhere(Path(sys.argv[1]), Path(sys.argv[2]), maps=("roadside-greening",))
print(json.dumps(text))
"""


def run(code: str, environment: dict[str, str], *arguments: object) -> Any:
    """What a process says in which the change was made before anything was imported."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)],
        capture_output=True, text=True, check=False, env=environment, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Said where one package brings a rule of exclusion, and another a kind of evidence."""
    folder: Path = tmp_path_factory.mktemp("judged")
    install(folder / "site", "tolls", {"__init__.py": EXCLUSION, "toll.toml": RULE})
    site = install(folder / "site", "fieldwork", {"__init__.py": EVIDENCE})
    county = small_county.SmallCounty()
    county.text += "\n[roadside]\ntoll_m = 100\n[roadside.evidence.field]\npath = 'seen.csv'\n"
    campaign = county.write(folder / "county")
    (campaign.parent / "seen.csv").write_text("road,seen\nG1,green\n", "utf-8")
    said: dict[str, str] = run(SEEN, site, campaign, folder / "out", Path(__file__).parents[1])
    return said


def test_a_rule_of_exclusion(judged: dict[str, str]) -> None:
    text = judged
    assert not missing(text, "toll_m", "schema", "provenance", "workbook", "page")
    assert not missing(text, "Open length at a toll gate 100 m", "check")
    assert not missing(text, "收费站敞开长度100 m", "check")
    assert not missing(text, "toll gate", "page", "geopackage")
    assert not missing(text, "收费站", "page")


def test_a_kind_of_evidence(judged: dict[str, str]) -> None:
    text = judged
    for kind in ("field check", "现场核查"):
        assert not missing(text, kind, "assess", "check", "workbook", "word", "page")
    assert "field" in json.loads(text["provenance"])["parameters"]["roadside"]["evidence"]
    assert '"field"' in text["geopackage"]


def test_an_engine_for_one_call(tmp_path: Path) -> None:
    """Twice the area of everything: shares stay, areas double; other calls know nothing of it."""
    calls: list[Any] = []

    def twice(source: Any, edges: Any, reader: Any, ground: Any, run: Run) -> Any:
        calls.append(source)
        return 2.0 * totals_on_threads(source, edges, reader, ground, run)

    campaign = small_county.county_with_a_stream(tmp_path)
    own, other = gc.assess(campaign).table, gc.assess(campaign, run=Run(engine=twice)).table

    assert len(calls) >= 3
    forest = own["indicator"] == "forest_coverage"
    amounts, doubled = own.loc[forest, "numerator"], other.loc[forest, "numerator"]
    np.testing.assert_allclose(doubled, 2.0 * amounts, rtol=1e-9)
    opened = Campaign.read(campaign).open()
    for layer, greening, keywords in (
        (opened.roads, gc.roadside_greening, {"road": "road"}),
        (opened.waters, gc.waterside_greening, {"water": "water", "width_m": 4.0}),
    ):
        calls.clear()
        greening(layer, opened.cover, engine=twice, **keywords)
        assert calls
        calls.clear()
        greening(layer, opened.cover, **keywords)
        assert not calls


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    """A copy of the package in which something may be changed, and the environment that runs it."""
    site = tmp_path / "site"
    own = Path(gc.__file__).parent
    shutil.copytree(own, site / "greencover", ignore=shutil.ignore_patterns("__pycache__"))
    # Nothing is compiled for a copy.
    yield (
        site / "greencover",
        {**os.environ, "PYTHONPATH": str(site), "NUMBA_DISABLE_JIT": "1"},
    )
    shutil.rmtree(site)


DEFAULTS = """
import json, sys
import greencover as gc
from greencover.campaign import Campaign
from greencover.campaign.explain import explain, page
from greencover.corridor import roadside
opened = Campaign.read(sys.argv[1]).open()
road = gc.roadside_greening(opened.roads, opened.cover, road="road")
assessment = gc.assess(sys.argv[1])
schema = Campaign.model_json_schema()["$defs"]["Roadside"]["properties"]
print(json.dumps({
    "package": gc.__file__,
    "defaults": roadside.defaults()["step_m"]["value"],
    "schema": schema["step_m"]["default"],
    "library": road.parameters["step_m"],
    "campaign": assessment.provenance["parameters"]["roadside"]["step_m"],
    "station": road.sides["length_m"].median(),
    "check": [page(explain(opened), lang) for lang in ("en", "zh")],
}))
"""


def test_a_default_of_a_rule(tmp_path: Path, copy: Copy) -> None:
    package, environment = copy
    rules = package / "corridor" / "rules.toml"
    head, rest = rules.read_text("utf-8").split("[step_m]")
    rules.write_text(f"{head}[step_m]{rest.replace('= 10.0', '= 16.0', 1)}", "utf-8")

    found = run(DEFAULTS, environment, small_county.SmallCounty().write(tmp_path / "county"))

    assert Path(found["package"]).parent == package
    for place in ("defaults", "schema", "library", "campaign"):
        assert found[place] == 16.0, place
    # Equal stations, as near to 16 m as the length of the road allows.
    assert 15.0 < found["station"] < 17.0
    assert "every 16 m" in found["check"][0]
    assert "每16米" in found["check"][1]


# Four words of small letters in a row are a sentence, unlike names, keys and paths.
SENTENCE = re.compile(r"(?:\b[a-z']{2,} ){3}[a-z']{2,}\b")
WIDE = {ord(c): ord(c) + 0xFEE0 for c in map(chr, range(0x21, 0x7F)) if c.isalpha()}


def widened(table: dict[str, Any], head: str = "") -> str:
    """A catalogue with wide letters in place of plain ones, outside its braces."""
    lines, below = [f"[{head}]"] if head else [], []
    for key, value in table.items():
        if isinstance(value, dict):
            below.append(widened(value, f"{head}.{json.dumps(key)}" if head else json.dumps(key)))
        else:
            parts = re.split(r"(\{[^{}]*\})", str(value))
            said = "".join(p if p.startswith("{") else p.translate(WIDE) for p in parts)
            lines.append(f"{json.dumps(key)} = {json.dumps(said)}")
    return "\n".join([*lines, *below, ""])


def test_a_language(tmp_path: Path, copy: Copy) -> None:
    """One catalogue: help, mistakes, check and assess speak it, and no plain sentence is left.

    Its Word template and reports are looked at in tests/report/test_report_languages.py.
    """
    package, environment = copy
    own = tomllib.loads((package / "words" / "en.toml").read_text("utf-8"))
    # Names that data files carry are English in a language that has no label for them.
    data = {str(tmp_path), *(rule.source for rule in all_rules().values())}
    for target in (target for key in available() for target in load(key).targets):
        data |= {str(value) for value in vars(target).values() if isinstance(value, str)}
    for group, entries in words.added_labels().items():
        table = {key: entry["en"] for key, entry in entries.items()}
        own["labels"][group] = table | own["labels"].get(group, {})
    (package / "words" / "xx.toml").write_text(widened(own), "utf-8")
    campaign = small_county.SmallCounty().write(tmp_path / "county")
    wrong = tmp_path / "county" / "wrong.toml"
    wrong.write_text(campaign.read_text("utf-8").replace("path =", "paht ="), "utf-8")
    tried = (
        ("check", campaign),
        ("assess", campaign, "--out", tmp_path / "out", "--formats=json"),
        ("assess", "--help"),
        ("check", wrong),
        ("assess", campaign),
    )
    code = f"""
import json, io, sys
from contextlib import redirect_stderr, redirect_stdout
from greencover.cli import main
found = []
for arguments in json.loads({json.dumps(json.dumps([list(map(str, one)) for one in tried]))}):
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = main([*arguments, "--lang", "xx"])
    found.append([code, said.getvalue()])
print(json.dumps(found))
"""
    found = run(code, environment)

    assert [code for code, _ in found] == [0, 0, 0, 2, 2]
    for _, said in found:
        text = said
        assert re.search("[ａ-ｚ]{3}", text), text
        for known in sorted((one for one in data if len(one) > 9), key=len, reverse=True):
            text = text.replace(known, "·")
        assert not SENTENCE.findall(text), text

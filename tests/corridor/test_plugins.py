"""A rule of exclusion and a kind of evidence, added by a plug-in, are seen everywhere.

Each is made in a temporary package with an entry point, as an office would install it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from small_county import SmallCounty

# The two files of a rule of exclusion: what it is, and whom it concerns.
RULE = """
[toll_m]
of = ["road"]
kind = "number"
unit = "m"
default = 0.0
low = 0.0
high = 500.0
example = 50
en = "Open length at a toll gate"
zh = "收费站敞开长度"
meaning = "the length from the start of a road that a toll gate keeps open"
meaning_zh = "道路起点处收费站需敞开的长度"
source = "office rule"
verified = true

[toll_m.reasons]
"toll gate" = { en = "toll gate", zh = "收费站" }
"""
EXCLUSION = """
from pathlib import Path

from greencover.corridor.exclusions import exclusion
from greencover.corridor.rules import add_rules

add_rules(Path(__file__).with_name("toll.toml"))


@exclusion("toll_m")
def at_a_toll_gate(ground, toll_m):
    yield ground.sides["from_m"].to_numpy() < toll_m, "toll gate"
"""
# The one file of a kind of evidence.
EVIDENCE = """
from dataclasses import dataclass

import numpy as np
import pandas as pd

from greencover.corridor.evidence import Judged, Kind, add_evidence


@dataclass(frozen=True)
class FieldCheck:
    roads: dict
    key: str = "field"
    rank: float = 9.0

    def judge(self, strips, threshold):
        road = strips.sides["road"]
        return Judged(
            road.isin(self.roads).to_numpy(), road.map(self.roads).eq("green").to_numpy()
        )


def opened(settings):
    table = pd.read_csv(settings["path"])
    return FieldCheck(dict(zip(table["road"], table["seen"])))


add_evidence("field", Kind(opened, en="field check", zh="现场核查"))
"""


def install(folder: Path, module: str, files: dict[str, str]) -> dict[str, str]:
    """Put a package with an entry point into a folder; return the environment that sees it."""
    package = folder / module
    package.mkdir(parents=True)
    for name, text in files.items():
        (package / name).write_text(text, "utf-8")
    info = folder / f"{module}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[greencover.corridor]\n{module} = {module}\n")
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), *([known] if known else [])])}


def run(code: str, environment: dict[str, str], *arguments: object) -> dict:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


SEEN = """
import json, sys
from pathlib import Path
import greencover as gc
from greencover.campaign import Campaign
from greencover.campaign.explain import explain
from greencover.campaign.reader import meaning_of

file, option, value = sys.argv[1:4]
opened = Campaign.read(file).open()
options = {option: eval(value)}
units = {"units": opened.townships, "unit": "code"}
road = gc.roadside_greening(opened.roads, opened.cover, road="road", **units, **options)
assessment = gc.assess(file)
folder = Path(file).parent / "out"
written = assessment.write(folder, lang="both", formats=["html"])
table = assessment.table
rows = table[(table["indicator"] == "roadside_greening_rate") & (table["level"] == "road")]
print(json.dumps({
    "library": road.rates_by("road").set_index("road")["greening_pct"].to_dict(),
    "campaign": rows.drop_duplicates("unit").set_index("unit")["value"].to_dict(),
    "reasons": sorted(set(road.sides["reason"])),
    "evidence": sorted(set(road.sides["evidence"])) if "evidence" in road.sides else [],
    "notes": list(map(str, assessment.notes)),
    "notes_zh": [n.said("zh") for n in assessment.notes if hasattr(n, "said")],
    "check": [str(line) for line in explain(opened)],
    "parameters": str(assessment.provenance["parameters"]["roadside"]),
    "sides": sorted(assessment.layers["road_sides"].columns),
    "meaning": meaning_of("roadside", option),
    "page": (folder / "report.html").read_text("utf-8"),
}))
"""


@pytest.fixture
def county() -> SmallCounty:
    return SmallCounty()


@pytest.mark.thorough
def test_a_rule_of_exclusion_is_two_files(tmp_path, county):
    seen = install(tmp_path / "site", "tolls", {"__init__.py": EXCLUSION, "toll.toml": RULE})
    county.text += "\n[roadside]\ntoll_m = 100\n"
    found = run(SEEN, seen, county.write(tmp_path / "county"), "toll_m", "100.0")
    # West of the middle trees line the road, east of it none do: 10 of about 38 stations leave.
    assert found["library"]["G1"] == pytest.approx(found["campaign"]["G1"], abs=1e-9)
    assert found["library"]["G1"] < 44.0
    assert found["reasons"] == ["", "toll gate"]
    assert any("Open length at a toll gate 100 m" in line for line in found["check"])
    assert "'toll_m': 100.0" in found["parameters"]
    assert found["meaning"].startswith("the length from the start of a road")
    words = re.search(r'<script type="application/json" id="words">(.*?)</script>', found["page"])
    assert json.loads(words[1])["reasons"]["toll gate"] == ["收费站", "toll gate"]


def test_a_rule_of_exclusion_is_checked_like_the_others(tmp_path, county):
    seen = install(tmp_path / "site", "tolls", {"__init__.py": EXCLUSION, "toll.toml": RULE})
    county.text += "\n[roadside]\ntoll_m = 900\n"
    code = """
import json, sys
from greencover.campaign import Campaign
from greencover.corridor.rules import settled
said = []
for tried in (
    lambda: Campaign.read(sys.argv[1]), lambda: settled("road", {"toll_m": 900.0}, "f")
):
    try:
        tried()
    except ValueError as error:
        said.append(str(error))
print(json.dumps(said))
"""
    campaign, library = run(code, seen, county.write(tmp_path / "county"))
    assert "must be between 0 and 500, but is 900: write a line such as toll_m = 50" in campaign
    assert "toll_m is 900, but it is the length from the start of a road" in library


@pytest.mark.thorough
def test_a_kind_of_evidence_is_one_file(tmp_path, county):
    seen = install(tmp_path / "site", "fieldwork", {"__init__.py": EVIDENCE})
    county.text += "\n[roadside.evidence.field]\npath = 'seen.csv'\n"
    file = county.write(tmp_path / "county")
    (file.parent / "seen.csv").write_text("road,seen\nG1,green\n", "utf-8")
    made = "[__import__('fieldwork').FieldCheck({'G1': 'green'})]"
    found = run(SEEN, seen, file, "evidence", made)
    assert found["campaign"]["G1"] == 100.0
    assert found["campaign"]["V1"] < 60.0
    assert found["library"] == pytest.approx(found["campaign"], abs=1e-9)
    assert found["evidence"] == ["cover", "field"]
    assert any("evidence beside the land cover: field check" in line for line in found["check"])
    assert any("by the evidence: field check" in note for note in found["notes"])
    assert any("按以下依据判定：现场核查" in note for note in found["notes_zh"])
    assert "'evidence': ['field']" in found["parameters"]
    assert "evidence" in found["sides"]
    assert "by the evidence: field check" in found["page"]


def test_evidence_that_nobody_knows_is_refused(tmp_path, county):
    county.text += "\n[roadside.evidence.dream]\npath = 'seen.csv'\n"
    done = subprocess.run(
        [sys.executable, "-m", "greencover", "check", str(county.write(tmp_path))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "roadside.evidence" in done.stderr
    assert "'dream' is none of" in done.stderr

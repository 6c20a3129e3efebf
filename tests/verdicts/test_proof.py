"""All or nothing is met by a census or by a named rule, never by a map or a sample alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import greencover as gc
from greencover.campaign.explain import explain, page
from greencover.corridor import evidence
from greencover.ground.errors import CampaignError, StandardError
from greencover.standards import load
from small_county import SIZE, TREE, SmallCounty

ALL_TREES = np.full((SIZE, SIZE), TREE, dtype="uint8")
BARE = """
[bare_ground]
name = "Bare ground"
name_zh = "裸地率"
definition = "Bare ground over observed ground."
definition_zh = "裸地面积占已观测面积的比例。"
unit = "%"
numerator = "bare ground"
denominator = "observed area"
source = "made for a test"
formula = "share"
counts = ["bare"]
grounds = [{ levels = ["county", "township"] }]
columns = ["bare_ha", "land_ha", "bare_ground_pct"]
"""
# Thirty points of each class, all as the map says.
SAMPLE = "," + "tree,bare\ntree,30,0\nbare,0,30\n"
AGREED = '\n[accuracy]\npath = "sample.csv"\n'


def target(indicator: str, value: float, comparison: str = ">=", **keys: object) -> str:
    given = {"level": '"county"'} | keys
    return (
        f'\n[[target]]\nindicator = "{indicator}"\nvalue = {value}\ncomparison = "{comparison}"\n'
        + "".join(f"{key} = {value}\n" for key, value in given.items())
    )


def assessed(tmp_path, more: str, codes: np.ndarray = ALL_TREES) -> gc.Assessment:
    county = SmallCounty(codes=codes)
    county.replace('standard = "national-forest-city-2012"\n', "")
    if "road" not in more:
        county.without_roads()
    county.text += more
    path = county.write(tmp_path)
    (tmp_path / "sample.csv").write_text(SAMPLE, encoding="utf-8")
    (tmp_path / "indicators").mkdir()
    (tmp_path / "indicators" / "bare.toml").write_text(BARE, encoding="utf-8")
    return gc.assess(path)


def judged(assessment: gc.Assessment) -> pd.Series:
    (row,) = assessment.table[assessment.table["verdict"] != "no target"].to_dict("records")
    return pd.Series(row)


@pytest.mark.parametrize(
    ("asked", "remedy"),
    [
        (target("forest_coverage", 100), "a reference sample under [accuracy]"),
        (target("roadside_greening_rate", 100), "[roadside.evidence]"),
        (target("bare_ground", 0, "<="), "a reference sample under [accuracy]"),
    ],
)
def test_a_map_proves_neither_all_nor_nothing(tmp_path, asked, remedy):
    row = judged(assessed(tmp_path, asked))
    assert row["value"] in (pytest.approx(100.0), 0.0)
    assert row["verdict"] == "uncertain"
    assert remedy in row["note"]
    assert row["gap"] == 0.0


@pytest.mark.parametrize(
    ("asked", "proven"),
    [
        # One class of 30 points that agree: the 30th root of 0.025 is 0.88430.
        (target("forest_coverage", 100), ">= 88.42 %"),
        (target("bare_ground", 0, "<="), "<= 11.58 %"),
    ],
)
def test_a_sample_says_what_it_proves(tmp_path, asked, proven):
    row = judged(assessed(tmp_path, AGREED + asked))
    assert row["verdict"] == "uncertain"
    assert proven in row["note"]
    assert "at a risk of 2.5 %" in row["note"]
    assert proven in row["note"].said("zh")


# What is enough and at which risk, the verdict, and what 30 points that agree prove: the 30th roots
# of 0.05 and of 0.01 are 0.90497 and 0.85770.
ENOUGH = [
    (90, 5, "met", ">= 90.49 %"),
    (91, 5, "uncertain", ">= 90.49 %"),
    (86, 1, "uncertain", ">= 85.76 %"),
    (85, 1, "met", ">= 85.76 %"),
]


def test_a_rule_names_what_is_enough(tmp_path):
    rules = [{"accept_pct": enough, "accept_risk_pct": risk} for enough, risk, *_ in ENOUGH]
    asked = "".join(target("forest_coverage", 100, **rule) for rule in rules)
    assessment = assessed(tmp_path, AGREED + asked)
    rows = assessment.table[assessment.table["verdict"] != "no target"]
    assert sorted(rows["accept_pct"]) == sorted(enough for enough, *_ in ENOUGH)
    rows = rows.set_index("accept_pct")
    for enough, risk, verdict, proven in ENOUGH:
        row = rows.loc[enough]
        assert (row["verdict"], row["target"], row["accept_risk_pct"]) == (verdict, 100.0, risk)
        assert f">= {enough} % is enough where it is proven, at a risk of {risk} %" in row["note"]
        assert proven in row["note"]
    assert [own.rule for _, own in assessment.targets] == rules


def test_a_rule_for_nothing_takes_the_other_limit(tmp_path):
    rule = {"accept_pct": 10, "accept_risk_pct": 5}
    row = judged(assessed(tmp_path, AGREED + target("bare_ground", 0, "<=", **rule)))
    assert row["verdict"] == "met"
    assert "<= 9.51 % is proven" in row["note"]


def test_a_rule_without_a_sample_proves_nothing(tmp_path):
    rule = {"accept_pct": 90, "accept_risk_pct": 5}
    row = judged(assessed(tmp_path, target("forest_coverage", 100, **rule)))
    assert row["verdict"] == "uncertain"
    # A figure that misses even what is enough misses the target.
    codes = ALL_TREES.copy()
    codes[:, : SIZE // 2] = 60
    other = tmp_path / "other"
    other.mkdir()
    row = judged(assessed(other, target("forest_coverage", 100, **rule), codes))
    assert row["verdict"] == "not met"


def test_a_rule_is_printed_by_every_result_in_both_languages(tmp_path):
    rule = {"accept_pct": 85, "accept_risk_pct": 5}
    assessment = assessed(tmp_path, AGREED + target("forest_coverage", 100, **rule))
    assessment.write(tmp_path / "out", formats=["xlsx", "docx", "html"])
    from docx import Document
    from openpyxl import load_workbook

    cells = [
        str(cell.value)
        for sheet in load_workbook(tmp_path / "out" / "assessment.xlsx")
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert any(cell.startswith("经证明即可") for cell in cells)
    said = ""
    for path in (tmp_path / "out").glob("*.docx"):
        said += "".join(paragraph.text for paragraph in Document(path).paragraphs)
    assert "where ≥ 85 % proven at a risk of 5 % is enough" in said
    assert "经证明≥ 85%即可，风险5%" in said
    (page,) = (path.read_text(encoding="utf-8") for path in (tmp_path / "out").glob("*.html"))
    assert "[≥ 85, 5 %]" in page


@dataclass(frozen=True)
class Walked:
    """Every side of some roads was seen, and trees stand at each."""

    roads: tuple[str, ...]
    key: str = "walked"
    rank: float = 9.0

    def judge(self, strips, threshold):  # noqa: ARG002
        there = strips.sides["road"].isin(self.roads).to_numpy()
        return evidence.Judged(there, there)


@pytest.fixture
def walked(monkeypatch):
    monkeypatch.setattr(evidence, "_kinds", dict(evidence._kinds))
    monkeypatch.setattr(evidence, "_labels", dict(evidence._labels))
    kind = evidence.Kind(lambda given: Walked(tuple(given["roads"])), en="walked", zh="踏查")
    evidence.add_evidence("walked", kind)


@pytest.mark.usefixtures("walked")
@pytest.mark.parametrize(
    ("roads", "grades", "verdict"),
    [
        ('["G1", "V1"]', "[]", "met"),
        ('["G1"]', "[]", "uncertain"),
        ('["G1"]', '["national"]', "met"),
        ('["G1"]', '["village"]', "uncertain"),
    ],
)
def test_a_census_of_every_side_meets_all(tmp_path, roads, grades, verdict):
    more = f"\n[roadside.evidence.walked]\nroads = {roads}\n"
    level = '"county"' if grades == "[]" else '"road_grade"'
    asked = target("roadside_greening_rate", 100, grades=grades, level=level)
    row = judged(assessed(tmp_path, more + asked))
    assert row["value"] == pytest.approx(100.0)
    assert row["verdict"] == verdict


def test_check_tells_the_rule_before_anything_is_measured(tmp_path):
    county = SmallCounty()
    rule = {"accept_pct": 98, "accept_risk_pct": 5, "share_of_units": '"2/3"'}
    county.text += target("forest_coverage", 100, level='"township"', **rule)
    chapters = explain(gc.Campaign.read(county.write(tmp_path)).open())
    (line,) = (line for line in page(chapters, "en").splitlines() if "98 %" in line)
    assert "in 2/3 of the units" in line
    assert ">= 98 % proven at a risk of 5 % is enough" in line
    assert "经证明>= 98 %即可，风险5%" in page(chapters, "zh")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"accept_pct": 98}, "give both"),
        ({"accept_risk_pct": 5}, "give both"),
        ({"accept_pct": 98, "accept_risk_pct": 60}, "between 0.05 and 25"),
        ({"accept_pct": 100.5, "accept_risk_pct": 5}, "between 0 and 100"),
    ],
)
def test_half_a_rule_in_a_campaign_is_refused(tmp_path, keys, said):
    county = SmallCounty()
    county.text += target("forest_coverage", 100, **keys)
    with pytest.raises(CampaignError, match=said):
        gc.Campaign.read(county.write(tmp_path))


def test_a_standard_may_name_the_rule_and_equals_is_no_comparison(tmp_path):
    path = tmp_path / "own.toml"
    text = '[[target]]\nindicator = "forest_coverage"\nlevel = "county"\nvalue = 100\n'
    path.write_text(f'title = "Own"\n{text}rule = {{ accept_pct = 98, accept_risk_pct = 5 }}\n')
    assert load(path).targets[0].rule == {"accept_pct": 98.0, "accept_risk_pct": 5.0}
    path.write_text(f'title = "Own"\n{text}rule = {{ accept_pct = 98 }}\n')
    with pytest.raises(StandardError, match="give both"):
        load(path)
    path.write_text(f'title = "Own"\n{text}comparison = "="\n')
    with pytest.raises(StandardError, match="comparison"):
        load(path)

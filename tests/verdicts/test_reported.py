"""Reported figures held against measured ones: consistent, contradicted, or nobody can tell."""

from __future__ import annotations

import numpy as np
import pytest

import greencover as gc
from greencover.ground.errors import CampaignError
from small_county import CAMPAIGN, GRASS, SIZE, TREE, SmallCounty

UNSEEN = 0
SAMPLE = ",tree,grass\ntree,95,5\ngrass,5,95\n"
ENTRY = '\n[[reported]]\nunit = "{unit}"\nindicator = "{indicator}"\nvalue = {value}\n{more}\n'
ENDING = 'date = 2023-12-31\ndocument = "Yearbook, table 4"'


def entry(value, unit="T1", indicator="tree_cover_rate", more="") -> str:
    return ENTRY.format(unit=unit, indicator=indicator, value=value, more=f"{more}\n{ENDING}")


def county(*entries: str, codes=None, sample: str = "") -> SmallCounty:
    text = CAMPAIGN + ("\n[accuracy]\npath = 'sample.csv'\n" if sample else "") + "".join(entries)
    found = SmallCounty(text=text) if codes is None else SmallCounty(text=text, codes=codes)
    return found if any("road" in one for one in entries) else found.without_roads()


def assessed(folder, *entries: str, codes=None, sample: str = "") -> gc.Assessment:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sample.csv").write_text(sample or SAMPLE, encoding="utf-8")
    return gc.assess(county(*entries, codes=codes, sample=sample).write(folder))


def codes_of_columns(trees: int, unseen: int = 0) -> np.ndarray:
    """The first columns are trees, the last are not seen, of 40."""
    codes = np.full((SIZE, SIZE), GRASS, dtype="uint8")
    codes[:, :trees] = TREE
    if unseen:
        codes[:, -unseen:] = UNSEEN
    return codes


def test_within_the_sample_beyond_it_and_what_was_not_measured(tmp_path):
    """The county's share is 50 % of trees, which 200 points leave within a few points."""
    own = gc.error_adjusted([[95, 5], [5, 95]], [50.0, 50.0])
    low, high = own["share_low_pct"].iloc[0], own["share_high_pct"].iloc[0]
    values = (50, round(low + 0.2, 1), round(low - 1.0, 1), round(high + 1.0, 1))
    entries = [entry(value, "county") for value in values]
    found = assessed(tmp_path, *entries, sample=SAMPLE)
    table = found.reported
    assert table["finding"].tolist() == ["consistent"] * 2 + ["contradicted"] * 2
    assert table["measured"].tolist() == pytest.approx([50.0] * 4, abs=1e-6)
    assert table["low"].tolist() == pytest.approx([low] * 4, abs=1e-6)
    assert table["high"].tolist() == pytest.approx([high] * 4, abs=1e-6)
    assert table["difference"].iloc[2] == pytest.approx(values[2] - 50.0, abs=1e-6)
    assert table[["date", "document"]].iloc[0].tolist() == ["2023-12-31", "Yearbook, table 4"]
    (note,) = [n for n in found.notes if getattr(n, "code", "") == "verdicts.reported"]
    assert note.startswith("of 4 reported figures 2 are consistent")


def test_a_reported_figure_stands_for_all_that_rounds_to_it(tmp_path):
    """17 of 40 columns are 42.5 %: 42.5, 42.50 and 43 are that, 42.4 and 42.6 are not."""
    entries = [entry(value, "county") for value in (42.5, 43, 42.4, 42.6)]
    table = assessed(tmp_path, *entries, codes=codes_of_columns(17)).reported
    assert table["finding"].tolist() == ["consistent"] * 2 + ["cannot tell"] * 2
    assert [getattr(note, "code", "") for note in table["note"]] == [
        "verdicts.reported_as_shown",
        "verdicts.reported_as_shown",
        "verdicts.reported_unsampled",
        "verdicts.reported_unsampled",
    ]


def test_ground_that_was_not_seen_decides_nothing(tmp_path):
    """19 of 39 columns seen are trees: the county may have 47.5 to 50 %."""
    entries = [entry(value, "county") for value in (47.6, 48.7, 49.9, 60.0)]
    sample = ",tree,grass\ntree,100000,0\ngrass,0,100000\n"
    codes = codes_of_columns(19, unseen=1)
    table = assessed(tmp_path, *entries, codes=codes, sample=sample).reported
    assert table["finding"].tolist() == ["cannot tell", "consistent", "cannot tell", "contradicted"]
    # Two hundred thousand points that agree leave a quarter of a point on either side.
    assert 47.2 < table["low"].iloc[0] < 47.5
    assert 50.0 < table["high"].iloc[0] < 50.3
    assert table["unobserved_pct"].iloc[0] == pytest.approx(2.5, abs=1e-6)


def test_more_unseen_than_the_campaign_allows_is_no_data(tmp_path):
    sample = ",tree,grass\ntree,100000,0\ngrass,0,100000\n"
    codes = codes_of_columns(20, unseen=8)
    table = assessed(tmp_path, entry(5, "county"), codes=codes, sample=sample).reported
    assert table["finding"].tolist() == ["cannot tell"]
    assert table["note"].iloc[0].code == "verdicts.unobserved"


def test_percent_fraction_hectares_and_mu_are_one_figure(tmp_path):
    codes = codes_of_columns(20)
    ha = float(gc.ground_area_ha(SmallCounty().townships).sum())
    trees = ha / 2.0
    entries = [
        entry(50, "county", more='measure = "%"'),
        entry(0.5, "county", more='measure = "fraction"'),
        entry(round(trees, 4), "county", more='measure = "ha"'),
        entry(round(trees * 15.0, 3), "county", more='measure = "mu"'),
        entry(round(trees, 4), "county", more='measure = "mu"'),
    ]
    table = assessed(tmp_path, *entries, codes=codes).reported
    assert table["measured"].tolist() == pytest.approx(
        [50.0, 0.5, trees, trees * 15.0, trees * 15.0], rel=1e-6
    )
    assert table["finding"].tolist() == ["consistent"] * 4 + ["cannot tell"]


def test_bounds_of_amounts_hold_what_was_not_seen(tmp_path):
    """One column of 40 is hidden, so that trees cover 19 to 20 columns of ground."""
    ha = float(gc.ground_area_ha(SmallCounty().townships).sum())
    own = entry(7, "county", more='measure = "ha"')
    table = assessed(tmp_path, own, codes=codes_of_columns(19, unseen=1)).reported
    assert table["low"].iloc[0] == pytest.approx(ha * 19 / 40, rel=1e-6)
    assert table["measured"].iloc[0] == pytest.approx(ha * 19 / 40, rel=1e-6)
    assert table["high"].iloc[0] == pytest.approx(ha * 20 / 40, rel=1e-6)


def test_kilometres_square_metres_a_head_and_grades(tmp_path):
    """The national road is lined in the west half alone, the village road likewise."""
    found = assessed(
        tmp_path,
        entry(50, "county", "roadside_greening_rate", 'level = "county"\ngrades = ["national"]'),
        entry(50, "national", "roadside_greening_rate"),
        entry(100, "西林镇", "roadside_greening_rate"),
        entry(14, "Dongcao", "park_green_per_capita"),
        entry(0, "T2", "park_green_per_capita", 'measure = "ha"'),
    )
    table = found.reported
    assert table["level"].tolist() == ["county", "road_grade", "township", "township", "township"]
    assert table["unit"].tolist()[2:] == ["T1", "T2", "T2"]
    assert table["measured"].tolist()[:3] == pytest.approx([50.0, 50.0, 100.0], abs=1.5)
    # There is no park in the east; layers of parks are taken as they are drawn.
    assert table["finding"].tolist()[3:] == ["contradicted", "consistent"]
    rows = found.table
    rate = rows[(rows["level"] == "road_grade") & (rows["unit"] == "national")].iloc[0]
    km = assessed(
        tmp_path / "km",
        entry(1, "national", "roadside_greening_rate", 'measure = "km"'),
    ).reported
    assert km["measured"].iloc[0] == pytest.approx(rate["numerator"], rel=1e-9)


@pytest.mark.parametrize(
    ("own", "match"),
    [
        (entry(50, "Xiln"), r"reported\[1\]\.unit.*'Xiln' is none \(did you mean 'Xilin'\?\)"),
        (entry(50, indicator="forest_cover"), "must be.*'forest_coverage'"),
        (entry(0.5), r'may be 0\.5 % or a share of one: write measure = "%"'),
        (entry(120), "must be a share of no more than all"),
        (entry(1.5, more='measure = "fraction"'), "must be a share of no more than all"),
        (entry(5, more='measure = "km"'), "must be a measure of this indicator: %, fraction, ha"),
        (entry(-1), "value"),
        (entry(50, "G1"), "'G1' is of road, and the indicator of county, township"),
        (entry(50, more='level = "road"'), "level"),
        (entry(50, more='grades = ["national"]'), "grades"),
        (entry(50, more='scope = "moon"'), "scope"),
        (entry(50).replace(ENDING, 'date = "2023"'), "document"),
    ],
)
def test_what_is_not_plain_is_refused_by_name(tmp_path, own, match):
    """By check and by assess alike, before anything is measured."""
    campaign = SmallCounty(text=CAMPAIGN + own).write(tmp_path)
    with pytest.raises(CampaignError, match=match):
        gc.Campaign.read(campaign).open()


def test_a_name_of_two_levels_or_of_two_units_needs_more(tmp_path):
    same = county(entry(50, "西林镇"))
    same.townships["name"] = "西林镇"
    with pytest.raises(CampaignError, match="is the name of several; write the code instead, one"):
        gc.Campaign.read(same.write(tmp_path / "two")).open()
    levels = county(entry(50, "西林镇"))
    levels.replace('title_en = "', 'county = "西林镇"\ntitle_en = "')
    with pytest.raises(CampaignError, match="units of several levels"):
        gc.Campaign.read(levels.write(tmp_path / "levels")).open()
    levels.replace('unit = "西林镇"', 'unit = "西林镇"\nlevel = "township"')
    assert gc.assess(levels.write(tmp_path / "levels")).reported["level"].tolist() == ["township"]


def test_a_figure_that_the_campaign_cannot_compute_is_not_told(tmp_path):
    """There are no car parks to measure."""
    own = entry(30, "county", "car_park_canopy")
    table = assessed(tmp_path, own).reported
    assert table["finding"].tolist() == ["cannot tell"]
    assert np.isnan(table["measured"].iloc[0])
    assert table["note"].iloc[0].code == "verdicts.reported_none"


def test_no_report_no_table(tmp_path):
    found = assessed(tmp_path)
    assert found.reported.empty
    assert "verdicts.reported" not in [getattr(note, "code", "") for note in found.notes]

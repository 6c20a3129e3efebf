"""Two years side by side: like beside like, one interval, and what rules and borders alone do."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import greencover as gc
from greencover.report.labels import said
from small_county import (
    CAMPAIGN,
    CELL,
    EAST,
    GRASS,
    MIDDLE_X,
    NORTH,
    SIZE,
    SOUTH,
    TREE,
    WEST,
    SmallCounty,
    townships,
)

UNSEEN = 0
SAMPLE = ",tree,grass\ntree,{right},{wrong}\ngrass,{wrong},{right}\n"
EXTRA = '\n[[target]]\nindicator = "{}"\nlevel = "{}"\nvalue = {}\n{}'


def trees_of(columns: int) -> np.ndarray:
    codes = np.full((SIZE, SIZE), GRASS, dtype="uint8")
    codes[:, :columns] = TREE
    return codes


def assessed(folder, year, codes, *changes, sample="", units=None, roads=False) -> gc.Assessment:
    county = SmallCounty(codes=codes, text=CAMPAIGN.replace("2023", str(year)))
    if not roads:
        county.without_roads()
    for old, new in changes:
        county.replace(old, new)
    if units is not None:
        county.townships = units
    folder.mkdir(parents=True)
    if sample:
        county.text += '\n[accuracy]\npath = "sample.csv"\n'
        (folder / "sample.csv").write_text(sample, encoding="utf-8")
    return gc.assess(county.write(folder))


@pytest.fixture(scope="module")
def earlier(tmp_path_factory) -> gc.Assessment:
    """Trees on the western half in 2020."""
    return assessed(tmp_path_factory.mktemp("earlier") / "a", 2020, trees_of(20))


@pytest.fixture(scope="module")
def earlier_roads(tmp_path_factory) -> gc.Assessment:
    """The same with its roads."""
    return assessed(tmp_path_factory.mktemp("roads") / "a", 2020, trees_of(20), roads=True)


def figure(table: pd.DataFrame, indicator="forest_coverage", unit="county", **more) -> pd.Series:
    chosen = (table["indicator"] == indicator) & (table["unit"] == unit)
    for name, value in more.items():
        chosen &= table[name] == value
    return table[chosen].iloc[0]


def codes_of(table: pd.DataFrame) -> list[str]:
    return [getattr(note, "code", "") for note in table.attrs["notes"]]


@pytest.mark.thorough
@pytest.mark.parametrize(("right", "wrong"), [(9, 1), (95, 5), (20, 0)])
@pytest.mark.parametrize("columns", [22, 30])
def test_the_interval_is_that_of_adjusted_change(tmp_path, right, wrong, columns):
    sample = SAMPLE.format(right=right, wrong=wrong)
    table = gc.compare(
        assessed(tmp_path / "a", 2020, trees_of(20), sample=sample),
        assessed(tmp_path / "b", 2023, trees_of(columns), sample=sample),
    )
    counts = pd.DataFrame(
        [[right, wrong], [wrong, right]], index=["tree", "grass"], columns=["tree", "grass"]
    )
    shares = [
        gc.adjusted_shares(
            counts, pd.DataFrame({"tree": [1.0 * one], "grass": [1.0 * SIZE - one]}), ["tree"]
        )
        for one in (20, columns)
    ]
    expected = gc.adjusted_change(*shares).iloc[0]
    found = figure(table)
    assert found["change"] == pytest.approx(expected["change_pct"], abs=1e-6)
    assert found["change_low"] == pytest.approx(expected["change_low_pct"], abs=1e-6)
    assert found["change_high"] == pytest.approx(expected["change_high_pct"], abs=1e-6)
    assert found["finding"] == expected["finding"]
    assert "indicators.independent_samples" in codes_of(table)


def test_a_class_without_points_is_hard_ground_in_both(tmp_path):
    """Grass has no points: its half of the ground may be anything, in either year."""
    sample = ",tree,grass\ntree,50,0\n"
    table = gc.compare(
        assessed(tmp_path / "a", 2020, trees_of(20), sample=sample),
        assessed(tmp_path / "b", 2023, trees_of(22), sample=sample),
    )
    counts = pd.DataFrame([[50, 0]], index=["tree"], columns=["tree", "grass"])
    shares = [
        gc.adjusted_shares(
            counts, pd.DataFrame({"tree": [1.0 * one], "grass": [40.0 - one]}), ["tree"]
        )
        for one in (20, 22)
    ]
    expected = gc.adjusted_change(*shares).iloc[0]
    found = figure(table)
    assert found["change_low"] == pytest.approx(expected["change_low_pct"], abs=1e-6)
    assert found["change_high"] == pytest.approx(expected["change_high_pct"], abs=1e-6)
    assert found["finding"] == "not distinguishable from no change"


def test_hidden_ground_may_have_changed_wholly(tmp_path, earlier):
    """50 % of trees; then 4 of 40 columns are hidden, two of them wooded before."""
    hidden = trees_of(20)
    hidden[:, 18:22] = UNSEEN
    table = gc.compare(earlier, assessed(tmp_path / "b", 2023, hidden))
    found = figure(table)
    assert found["change_low"] == pytest.approx(45.0 - 50.0, abs=1e-6)
    assert found["change_high"] == pytest.approx(55.0 - 50.0, abs=1e-6)
    assert found["finding"] == "not distinguishable from no change"
    west = figure(table, unit="T1")
    assert west["change_high"] == pytest.approx(0.0, abs=1e-6)


def test_a_gain_beyond_the_hidden_ground_is_what_the_maps_show(tmp_path, earlier):
    hidden = trees_of(30)
    hidden[:, 36:] = UNSEEN
    table = gc.compare(earlier, assessed(tmp_path / "b", 2023, hidden))
    found = figure(table)
    assert found["change_low"] == pytest.approx(75.0 - 50.0, abs=1e-6)
    assert found["change_high"] == pytest.approx(85.0 - 50.0, abs=1e-6)
    assert found["finding"] == "as the maps show"


def test_what_the_rules_alone_change(tmp_path, earlier_roads):
    """Grass counts as forest in the later year: 50 points of the 55 are of the rule alone."""
    wider = ('legend = "worldcover"', 'legend = "worldcover"\nforest = ["tree", "grass"]')
    after = assessed(tmp_path / "b", 2023, trees_of(22), wider, roads=True)
    table = gc.compare(earlier_roads, after)
    found = figure(table)
    assert found["change"] == pytest.approx(50.0, abs=1e-6)
    assert found["by_rules"] == pytest.approx(45.0, abs=1e-6)
    assert found["by_borders"] == found["by_legend"] == 0.0
    assert figure(table, "roadside_greening_rate")["by_rules"] == pytest.approx(0.0, abs=1e-9)
    alone = [note for note in table.attrs["notes"] if getattr(note, "code", "").endswith("alone")]
    assert len(alone) == 1
    assert "forest_coverage" in alone[0]
    assert "规则" in said(alone[0], "zh")


def test_nothing_is_of_the_rules_where_they_are_one(tmp_path, earlier_roads):
    later = assessed(tmp_path / "b", 2023, trees_of(22), roads=True)
    table = gc.compare(earlier_roads, later)
    assert (table[["by_rules", "by_legend", "by_borders"]] == 0.0).all().all()
    assert not {"verdicts.rules_differ", "verdicts.untold"} & set(codes_of(table))


def test_what_a_smallest_patch_alone_changes(tmp_path):
    codes = trees_of(20)
    codes[::4, 30::4] = TREE  # Single cells of 0.01 ha: no forest from 1 mu on.
    patch = ('legend = "worldcover"', 'legend = "worldcover"\nminimum_patch_mu = 1')
    table = gc.compare(
        assessed(tmp_path / "a", 2020, codes), assessed(tmp_path / "b", 2023, codes, patch)
    )
    found = figure(table)
    assert found["change"] == pytest.approx(-100.0 * 30 / 1600, abs=1e-4)
    assert found["by_rules"] == pytest.approx(found["change"], abs=1e-9)
    assert found["by_legend"] == 0.0


def test_what_the_borders_alone_change(tmp_path, earlier):
    """The same ground; the west township takes ten columns of grass."""
    moved = townships()
    middle = MIDDLE_X + 10 * CELL
    moved.geometry = [
        shapely.box(WEST, SOUTH, middle, NORTH),
        shapely.box(middle, SOUTH, EAST, NORTH),
    ]
    table = gc.compare(earlier, assessed(tmp_path / "b", 2023, trees_of(20), units=moved))
    found = figure(table, unit="T1")
    assert found["change"] == pytest.approx(100.0 * 20 / 30 - 100.0, abs=1e-4)
    assert found["by_borders"] == pytest.approx(found["change"], abs=1e-9)
    assert figure(table)["by_borders"] == pytest.approx(0.0, abs=1e-9)
    assert np.isnan(figure(table, "green_cover_per_capita", unit="T1")["by_borders"])


LEGEND = """
title = "Own"
source = "here"
[[classes]]
code = 10
name = "Trees"
cover = "tree"
[[classes]]
code = {code}
name = "Scrub"
cover = "{cover}"
"""


def own_legend(folder, cover: str, code: int = 30) -> tuple[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{cover}.toml"
    path.write_text(LEGEND.format(cover=cover, code=code), encoding="utf-8")
    return 'legend = "worldcover"', f'legend = "{path}"'


def test_what_the_legend_alone_changes(tmp_path):
    """Code 30 is grass, then shrub: tree cover goes from 50 to 100 % on one ground."""
    grass, shrub = (own_legend(tmp_path / "l", cover) for cover in ("grass", "shrub"))
    table = gc.compare(
        assessed(tmp_path / "a", 2020, trees_of(20), grass),
        assessed(tmp_path / "b", 2023, trees_of(20), shrub),
    )
    found = figure(table, "tree_cover_rate")
    assert found["change"] == pytest.approx(50.0, abs=1e-6)
    assert found["by_legend"] == pytest.approx(50.0, abs=1e-6)
    assert found["by_rules"] == 0.0


def test_legends_of_other_codes_cannot_be_told(tmp_path, earlier):
    own = own_legend(tmp_path / "l", "grass", 31)
    codes = trees_of(20)
    codes[codes == GRASS] = 31
    table = gc.compare(earlier, assessed(tmp_path / "b", 2023, codes, own))
    assert np.isnan(figure(table)["by_legend"])
    assert "verdicts.untold" in codes_of(table)


def test_files_that_changed_since_tell_nothing(tmp_path, earlier):
    wider = ('legend = "worldcover"', 'legend = "worldcover"\nforest = ["tree", "grass"]')
    after = assessed(tmp_path / "b", 2023, trees_of(20), wider)
    SmallCounty(codes=trees_of(5), text=CAMPAIGN).write(tmp_path / "b")
    table = gc.compare(earlier, after)
    assert np.isnan(figure(table)["by_rules"])
    (untold,) = [n for n in table.attrs["notes"] if getattr(n, "code", "") == "verdicts.untold"]
    assert "changed since" in untold


def test_another_edition_is_held_against_the_later_ground(tmp_path):
    """Rows of the earlier standard stay, with the later ground's figure and verdict."""
    later = ('standard = "national-forest-city-2012"', 'standard = "township-campaign"')
    before = assessed(tmp_path / "a", 2020, trees_of(10))
    after = assessed(tmp_path / "b", 2023, trees_of(20), later)
    table = gc.compare(before, after)
    rows = table[table["standard"] == "national-forest-city-2012"]
    forest = rows[(rows["indicator"] == "forest_coverage") & (rows["level"] == "county")].iloc[0]
    assert (forest["value_before"], forest["value"]) == pytest.approx((25.0, 50.0), abs=1e-6)
    # What that edition asks where it rains 1,450 mm a year is 35 %.
    assert (forest["verdict_before"], forest["verdict"]) == ("not met", "met")
    assert {"verdicts.standards_differ", "verdicts.other_verdicts"} <= set(codes_of(table))


def test_a_target_that_moved_is_told_with_the_verdict_by_the_earlier(tmp_path):
    texts = [
        ("[layers.parks]", f"{EXTRA.format('tree_cover_rate', 'county', goal, '')}\n[layers.parks]")
        for goal in (45, 55)
    ]
    table = gc.compare(
        assessed(tmp_path / "a", 2020, trees_of(20), texts[0]),
        assessed(tmp_path / "b", 2023, trees_of(20), texts[1]),
    )
    found = figure(table, "tree_cover_rate", standard="campaign")
    assert (found["target_before"], found["target"]) == (45.0, 55.0)
    assert (found["verdict_before"], found["verdict"]) == ("met", "not met")
    assert found["verdict_by_earlier"] == "met"
    assert "verdicts.targets_differ" in codes_of(table)


TWO = [
    ('grades = ["national"]', 'grades = ["village"]', "roadside_greening_rate", "county"),
    ('comparison = ">="', 'comparison = "<="', "tree_cover_rate", "county"),
]


@pytest.mark.parametrize(("one", "other", "indicator", "level"), TWO)
def test_targets_of_one_value_are_told_apart_by_more_than_it(
    tmp_path, one, other, indicator, level
):
    pair = [EXTRA.format(indicator, level, 40, more) for more in (one, other)]
    parks = "[layers.parks]"
    orders = [(parks, "".join(order) + "\n" + parks) for order in (pair, pair[::-1])]
    roads = "roadside" in indicator
    before = assessed(tmp_path / "a", 2020, trees_of(20), orders[0], roads=roads)
    after = assessed(tmp_path / "b", 2023, trees_of(20), orders[1], roads=roads)
    table = gc.compare(before, after)
    rows = table[(table["indicator"] == indicator) & (table["standard"] == "campaign")]
    assert len(rows) == 2
    # Nothing grew, so like beside like shows no change and no other verdict.
    assert rows["change"].tolist() == pytest.approx([0.0, 0.0], abs=1e-9)
    assert (rows["verdict_before"] == rows["verdict"]).all()


def test_scope_and_ground_are_told_apart(tmp_path):
    """The built-up part is all trees in one year and all grass in the other."""
    towns = gpd.GeoDataFrame(
        {"people": [300.0]},
        geometry=[shapely.box(WEST, SOUTH, WEST + 10 * CELL, NORTH)],
        crs=4326,
    )
    both = []
    for name, year, columns in (("a", 2020, 0), ("b", 2023, 10)):
        folder = tmp_path / name
        county = SmallCounty(codes=trees_of(columns), text=CAMPAIGN.replace("2023", str(year)))
        county.without_roads()
        county.text += '\n[layers.built_up]\npath = "towns.gpkg"\npopulation = "people"\n'
        campaign = county.write(folder)
        towns.to_file(folder / "towns.gpkg")
        both.append(gc.assess(campaign))
    table = gc.compare(*both)
    green = table[(table["indicator"] == "green_cover_per_capita") & (table["unit"] == "county")]
    assert len(green) == 2
    assert green["scope"].nunique() == 2
    shares = table[(table["unit"] == "county") & table["indicator"].str.contains("built_up")]
    assert shares["ground"].eq("built_up").all()


def test_what_only_one_year_has_is_named(tmp_path, earlier):
    without = ('population = "residents"\n', "")
    table = gc.compare(earlier, assessed(tmp_path / "b", 2023, trees_of(20), without))
    (said,) = [
        n for n in table.attrs["notes"] if getattr(n, "code", "") == "verdicts.one_year_only"
    ]
    assert "2020" in said
    assert "green_cover_per_capita" in said

"""A programme: three counties side by side that share cover and roads, and one that is broken."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

import greencover as gc
from greencover.cli import main
from greencover.ground.errors import CampaignError
from greencover.results.programme.file import County
from greencover.results.programme.processes import _in_a_process
from greencover.results.programme.sums import _lowest, summed
from small_county import CELL, GRASS, NORTH, SIZE, SOUTH, TREE, WEST, write_raster

WIDE = SIZE * CELL
NAMES = ("A1", "A2", "B1")
SHARED = """\
[defaults]
year = 2023
standard = "national-forest-city-2012"
[defaults.conditions]
precipitation_mm = 1450
[defaults.cover]
path = "cover.tif"
legend = "worldcover"
[defaults.layers.townships]
code = "code"
name = "name"
population = "residents"
[defaults.layers.roads]
path = "roads.gpkg"
name = "road"
grade = "grade"
"""
COUNTIES = """
[[county]]
code = "A1"
city = "甲市"
province = "省"
campaign = "A1/campaign.toml"

[[county]]
code = "A2"
city = "甲市"
province = "省"
title = "Second"
layers.townships.path = "townships-A2.gpkg"

[[county]]
code = "B1"
city = "乙市"
province = "省"
title = "Third"
layers.townships.path = "townships-B1.gpkg"
"""


def townships(place: int) -> gpd.GeoDataFrame:
    west = WEST + place * WIDE
    middle = west + (0.25 + 0.25 * place) * WIDE
    return gpd.GeoDataFrame(
        {
            "code": [f"{place}1", f"{place}2"],
            "name": [f"镇{place}1", f"镇{place}2"],
            "residents": [1000.0 * (place + 1), 500.0],
        },
        geometry=[
            shapely.box(west, SOUTH, middle, NORTH),
            shapely.box(middle, SOUTH, west + WIDE, NORTH),
        ],
        crs=4326,
    )


def write_country(folder: Path) -> Path:
    """Three counties from west to east, the first with a campaign file in a folder of its own."""
    (folder / "A1").mkdir(parents=True)
    codes = np.full((SIZE, 3 * SIZE), GRASS, dtype="uint8")
    codes[:, : SIZE // 2] = TREE
    codes[: SIZE // 4, SIZE:] = TREE
    codes[:, -7:] = TREE
    # The last county has a corner that nobody saw.
    codes[-5:, -12:-8] = 0
    write_raster(folder / "cover.tif", codes)
    rows = [NORTH - 0.2 * WIDE, SOUTH + 0.5 * WIDE]
    roads = [shapely.LineString([(WEST, y), (WEST + 3 * WIDE, y)]) for y in rows]
    gpd.GeoDataFrame(
        {"road": ["G1", "V1"], "grade": ["national", "village"]}, geometry=roads, crs=4326
    ).to_file(folder / "roads.gpkg")
    parts = [townships(place) for place in range(3)]
    for name, part in zip(NAMES, parts, strict=True):
        part.to_file(folder / f"townships-{name}.gpkg")
    pd.concat(parts).to_file(folder / "townships-all.gpkg")
    (folder / "A1" / "campaign.toml").write_text(
        'title = "First"\n[layers.townships]\npath = "../townships-A1.gpkg"\n', encoding="utf-8"
    )
    programme = folder / "programme.toml"
    programme.write_text(f'title = "方案"\n{SHARED}{COUNTIES}', encoding="utf-8")
    return programme


@pytest.fixture(scope="module")
def country(tmp_path_factory) -> Path:
    return write_country(tmp_path_factory.mktemp("country"))


@pytest.fixture(scope="module")
def result(country):
    return gc.Programme.read(country).run(country.parent / "out", jobs=2, formats=["json"])


def test_all_counties_are_done_in_folders_of_their_codes(result, country):
    assert {code: one.state for code, one in result.states.items()} == dict.fromkeys(NAMES, "done")
    for code in NAMES:
        made = {path.name for path in (country.parent / "out" / code).iterdir()}
        assert made == {"assessment.parquet", "provenance.json"}
    assert set(result.files) == {
        "programme.xlsx",
        "programme.parquet",
        "programme.json",
        "report.html",
    }
    written = gpd.read_parquet(result.files["programme.parquet"])
    figures = pd.DataFrame(written.drop(columns="geometry"))
    pd.testing.assert_frame_equal(figures, result.table, check_dtype=False)
    widths = written.drop_duplicates("unit").set_index("unit").bounds
    shares = (widths["maxx"] - widths["minx"]) / WIDE
    assert shares[["省", "甲市", "乙市", "A1"]].round(6).tolist() == [3.0, 2.0, 1.0, 1.0]
    book = openpyxl.load_workbook(result.files["programme.xlsx"])
    assert len(book.sheetnames) == 4


def test_the_sum_of_counties_is_one_campaign_of_all(result, country):
    text = SHARED.replace("[defaults]\n", "").replace("defaults.", "")
    text = text.replace("[layers.townships]\n", '[layers.townships]\npath = "townships-all.gpkg"\n')
    whole = country.parent / "whole.toml"
    whole.write_text(f'title = "All"\n{text}', encoding="utf-8")
    table = gc.assess(whole).table.query("level == 'county'").drop_duplicates("indicator")
    of_all = table.set_index("indicator")
    province = result.table.query("level == 'province' and grade == ''").set_index("indicator")
    assert set(of_all.index) == set(province.index)
    assert (province["counties"] == 3).all()
    for column in ("value", "numerator", "denominator"):
        np.testing.assert_allclose(
            province[column], of_all.loc[province.index, column], rtol=1e-9, err_msg=column
        )
    # What all of it could be lies within what its counties could be at once.
    # Trials of roads that a border cuts differ from those of the whole road by a few stations.
    near = np.where(province["per"] == "km", 0.1, 1e-9)
    low = of_all.loc[province.index, "low"].fillna(of_all["value"])
    high = of_all.loc[province.index, "high"].fillna(of_all["value"])
    assert (province["low"].fillna(province["value"]) <= low + near).all()
    assert (province["high"].fillna(province["value"]) >= high - near).all()


def test_a_city_is_no_mean_of_rates(result):
    rows = result.table.query("indicator == 'forest_coverage'")
    counties = rows.query("level == 'county' and city == '甲市'")
    city = rows.query("level == 'city' and city == '甲市'").iloc[0]
    rate = 100.0 * counties["numerator"].sum() / counties["denominator"].sum()
    assert city["value"] == pytest.approx(rate, rel=1e-12)
    verdicts = counties["verdict"].value_counts()
    assert city["met"] == verdicts.get("met", 0)
    assert city["not_met"] == verdicts.get("not met", 0)


@pytest.mark.usefixtures("result")
def test_a_rerun_computes_what_changed_and_names_what_broke(country, capsys):
    out = country.parent / "out"
    before = {code: (out / code / "provenance.json").read_bytes() for code in NAMES}
    (country.parent / "townships-A2.gpkg").write_bytes(b"no layer")
    changed = townships(2)
    changed["residents"] += 1.0
    changed.to_file(country.parent / "townships-B1.gpkg")
    arguments = ["--out", str(out), "--jobs", "2", "--formats", "json"]
    assert main(["programme", str(country), *arguments]) == 4
    assert re.search(r"A2.*townships-A2\.gpkg", capsys.readouterr().err)
    told = json.loads((out / "programme.json").read_text(encoding="utf-8"))["counties"]
    assert [one["state"] for one in told] == ["unchanged", "failed", "done"]
    assert "townships-A2.gpkg" in told[1]["sentence"]["en"]
    assert "townships-A2.gpkg" in (out / "report.html").read_text(encoding="utf-8")
    after = {code: (out / code / "provenance.json").read_bytes() for code in NAMES}
    assert [code for code in NAMES if after[code] != before[code]] == ["B1"]
    table = pd.read_parquet(out / "programme.parquet")
    rows = table.query("level != 'county'").set_index(["unit", "indicator", "grade"])
    city, province = (rows.loc[(unit, "forest_coverage", "")] for unit in ("甲市", "省"))
    assert city["missing_counties"] == province["missing_counties"] == "A2"
    assert np.isnan(city["value"])
    assert rows.loc[("乙市", "forest_coverage", ""), "value"] > 0.0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "A2"', 'code = "a1"', "stands twice"),
        ('code = "A2"', 'code = "../A2"', "cannot name a folder"),
        ('city = "乙市"', "", r"city of county\[3\] is missing"),
        ("[defaults]", "[default]", "default is no key"),
        (COUNTIES, "", r"no \[\[county\]\]"),
    ],
)
def test_a_mistake_in_the_file_is_told_before_anything_is_computed(tmp_path, old, new, told):
    path = tmp_path / "programme.toml"
    text = f'title = "方案"\n{SHARED}{COUNTIES}'
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CampaignError, match=told):
        gc.Programme.read(path)


def test_a_mistake_of_a_county_names_both_files_that_it_may_stand_in(tmp_path):
    path = tmp_path / "programme.toml"
    path.write_text(f'title = "方案"\n{SHARED}{COUNTIES}'.replace("worldcover", ""), "utf-8")
    (tmp_path / "A1").mkdir()
    (tmp_path / "A1" / "campaign.toml").write_text('title = "First"\n', encoding="utf-8")
    first, second, _ = gc.Programme.read(path).counties
    with pytest.raises(CampaignError, match=r"A1.campaign\.toml or .*programme\.toml.*legend"):
        first.read()
    with pytest.raises(CampaignError, match=r"programme\.toml.*legend"):
        second.read()


def county_figures(code: str, **changed: float) -> dict[str, object]:
    known = {"value": 50.0, "numerator": 5.0, "denominator": 10.0, "low": 50.0, "high": 50.0}
    return {
        "unit": code,
        "province": "省",
        "city": "市",
        "indicator": "forest_coverage",
        **dict.fromkeys(("scope", "ground", "grade", "indicator_name", "indicator_name_zh"), ""),
        "unit_of_measure": "%",
        "measure": "ha",
        "per": "ha",
        "unobserved_pct": 0.0,
        "all_km": np.nan,
        "observed": 10.0,
        "verdict": "met",
        **known,
        **changed,
    }


def test_a_county_whose_amount_is_not_known_is_missing_from_the_sum(tmp_path):
    counties = [County(code, "市", "省", tmp_path, "方案") for code in "XYZ"]
    known = pd.DataFrame([county_figures("X"), county_figures("Y"), county_figures("Z")])
    assert summed(known, counties, "city").iloc[0]["missing_counties"] == ""
    lacking = pd.DataFrame([county_figures("X"), county_figures("Y", numerator=np.nan)])
    row = summed(lacking, counties, "city").iloc[0]
    assert row["missing_counties"] == "Y, Z"
    assert np.isnan(row["value"])


def test_unseen_ground_weighs_as_much_as_it_could(tmp_path):
    """Half of a county of 20 ha was not seen; at worst all of it lacks trees, at best none."""
    counties = [County(code, "市", "省", tmp_path, "方案") for code in "XY"]
    half_seen = county_figures("X", unobserved_pct=50.0, low=25.0, high=75.0)
    row = summed(pd.DataFrame([half_seen, county_figures("Y")]), counties, "city").iloc[0]
    assert row["low"] == pytest.approx(100.0 * (5.0 + 5.0) / 30.0)
    assert row["high"] == pytest.approx(100.0 * (15.0 + 5.0) / 30.0)


def test_a_pattern_means_one_county_a_folder(tmp_path):
    path = tmp_path / "programme.toml"
    path.write_text(
        'title = "方案"\n[[county]]\ncity = "市"\nprovince = "省"\ncampaign = "*/campaign.toml"\n',
        encoding="utf-8",
    )
    with pytest.raises(CampaignError, match="is the pattern"):
        gc.Programme.read(path)
    for name in ("341023", "341022"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "campaign.toml").touch()
    counties = gc.Programme.read(path).counties
    assert [one.code for one in counties] == ["341022", "341023"]
    assert counties[0].campaign == tmp_path / "341022" / "campaign.toml"


class _Deadly:
    """Ends the process that takes it out of its parcel."""

    def __reduce__(self):
        return os._exit, (9,)


def test_a_process_that_dies_is_a_county_that_failed(tmp_path):
    county = County("X", "市", "省", tmp_path / "programme.toml", "方案")
    state = _in_a_process(county, tmp_path / "X", _Deadly(), 1)
    assert state.state == "failed"
    assert "exit code 9" in state.said("en")


def test_bounds_of_a_mean_hold_every_weight_between_theirs():
    random = np.random.default_rng(7)
    rates, least = random.uniform(0, 100, 5), random.uniform(1, 2, 5)
    most = least + random.uniform(0, 3, 5)
    lowest = _lowest(rates, least, most)
    weights = random.uniform(least, most, (2000, 5))
    assert lowest <= ((weights * rates).sum(axis=1) / weights.sum(axis=1)).min()
    corners = np.where(np.indices((2,) * 5).reshape(5, -1).T == 1, most, least)
    assert lowest == pytest.approx(((corners * rates).sum(axis=1) / corners.sum(axis=1)).min())

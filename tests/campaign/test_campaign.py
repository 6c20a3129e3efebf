"""A campaign file is read, told apart from a wrong one, opened and explained."""

from __future__ import annotations

import threading
import tomllib
import warnings
from functools import partial
from http.server import ThreadingHTTPServer

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import rasterio.shutil
import shapely
from pydantic import ValidationError

import greencover as gc
from greencover import standards
from greencover.campaign import Campaign
from greencover.campaign.explain import explain, page
from greencover.campaign.kinds import GRADES
from greencover.campaign.reader import key_name, meaning_of
from greencover.campaign.targets import named_targets, obstacle
from greencover.corridor.rules import defaults
from greencover.ground.errors import CampaignError, GreencoverWarning, LayerError
from greencover.standards import INDICATORS
from served import RangeServer
from small_county import CELL, EAST, MIDDLE_X, NORTH, SOUTH, WEST, SmallCounty, write_raster

MINIMAL = """\
title = "t"
[cover]
path = "cover.tif"
legend = "worldcover"
[layers.townships]
path = "county.gpkg"
code = "code"
name = "name"
"""


def read(folder, text):
    path = folder / "campaign.toml"
    path.write_text(text, encoding="utf-8")
    return Campaign.read(path)


def refused(folder, text):
    with pytest.raises(CampaignError) as caught:
        read(folder, text)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert "campaign.toml" in sentence
    return sentence


def test_defaults_are_those_of_the_handbook(tmp_path):
    campaign = read(tmp_path, MINIMAL)

    assert campaign.unobserved_limit_pct == 5.0
    assert campaign.area == "ellipsoid"
    assert campaign.cover.forest == ("tree",)
    assert campaign.cover.tree_cover == ("tree", "shrub")
    assert "crop" not in campaign.cover.green
    assert campaign.roadside.step_m == 10.0
    assert campaign.roadside.variant == "woody"
    assert campaign.roadside.threshold == defaults()["threshold"]["value"]
    assert campaign.roadside.offset_m == {g: defaults()["offset_m"][g] for g in GRADES}
    assert campaign.roadside.exclude == {"water": 0.5}
    assert campaign.roadside.bridge_gap_m == 0.0
    assert campaign.standard == ()
    assert campaign.file == tmp_path / "campaign.toml"


def test_paths_are_relative_to_the_file(tmp_path):
    text = MINIMAL.replace('"cover.tif"', '["../tiles/a.tif", "/data/b.tif"]')

    campaign = read(tmp_path, 'standard = ["township-campaign", "own.toml"]\n' + text)

    assert campaign.cover.path[0] == tmp_path / ".." / "tiles" / "a.tif"
    assert str(campaign.cover.path[1]) == "/data/b.tif"
    assert campaign.layers.townships.path == tmp_path / "county.gpkg"
    assert campaign.standard == ("township-campaign", tmp_path / "own.toml")


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    path = tmp_path / "campaign.toml"
    path.write_text(MINIMAL, encoding="utf-8-sig")

    assert Campaign.read(path).title == "t"


def test_settings_never_change(tmp_path):
    campaign = read(tmp_path, MINIMAL)

    with pytest.raises(ValidationError):
        campaign.title = "other"


def test_a_table_by_grade_is_handed_on_as_it_is(tmp_path):
    campaign = read(tmp_path, MINIMAL + "[roadside.belt_m]\ncounty = 8\n")

    assert campaign.roadside.given("road") == {"belt_m": {"county": 8.0}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("title", "titel"), ["titel is no key", "title (the campaign's title)"]),
        (('title = "t"', ""), ["title (the campaign's title) is missing", "title = "]),
        (('"t"', "3"), ["title", "must be text in quotes", "is 3"]),
        (('"t"', '" "'), ["title", "must not be empty"]),
        (('code = "code"', "code = 1"), ["layers.townships.code", "text in quotes"]),
        (('path = "cover.tif"', "path = []"), ["cover.path", "at least one file"]),
        (("[cover]", "[cover]\nyear = 23"), ["cover.year", "four digits", "is 23"]),
        (("[cover]", '[cover]\nforest = "tree"'), ["cover.forest", 'such as ["tree"']),
        (("[cover]", '[cover]\nforest = ["wood"]'), ["cover.forest", "'wood' is none of tree"]),
        (("[cover]", 'area = "plane"\n[cover]'), ["area", "'ellipsoid' or 'grid'", '"plane"']),
        (("[cover]", "unobserved_limit_pct = 500\n[cover]"), ["between 0 and 100", "is 500"]),
        (("[cover]", "unobserved_limit_pct = nan\n[cover]"), ["must be a number", "is nan"]),
        (("[cover]", "year = true\n[cover]"), ["year", "whole number", "is true"]),
        (("[cover]", "year = 2023.5\n[cover]"), ["year", "whole number", "is 2023.5"]),
        (("[cover]", "year = 2023-01-01\n[cover]"), ["year", "whole number", "2023-01-01"]),
        (("[cover]", "roadside = 3\n[cover]"), ["roadside", "section of its own"]),
        (("[cover]", "conditions = 3\n[cover]"), ["conditions", "must be a section"]),
        (("[cover]", "target = 3\n[cover]"), ["target", "double brackets"]),
        (("[cover]", '[conditions]\nterrain = "hil"\n[cover]'), ["terrain", "hill", "'hil'"]),
        (("[cover]", '[conditions]\nprecipitation_mm = "wet"\n[cover]'), ["precipitation_mm"]),
        (("[cover]", "[roadside]\nstep_m = 0\n[cover]"), ["roadside.step_m", "between 0.1"]),
        (("[cover]", "[roadside]\nbelt_m = []\n[cover]"), ["roadside.belt_m", "by grade"]),
        (("[cover]", '[roadside]\nvariant = "any"\n[cover]'), ["'woody' or 'any green'"]),
        (("[cover]", "[roadside.belt_m]\nlane = 3\n[cover]"), ["roadside.belt_m", "'lane'"]),
        (("[cover]", '[cover]\n"a.b" = 1'), ["cover.a.b", "[cover] takes path, polygons"]),
    ],
)
def test_mistakes_name_key_meaning_and_remedy(tmp_path, change, words):
    old, new = change
    assert old in MINIMAL

    sentence = refused(tmp_path, MINIMAL.replace(old, new, 1))

    for word in words:
        assert word in sentence


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (
            'indicator = "forests"\nlevel = "county"\nvalue = 1',
            ["target[1].indicator", "forest_cov"],
        ),
        (
            'indicator = "forest_coverage"\nlevel = "road"\nvalue = 1',
            ["target[1]", "levels county"],
        ),
        ('indicator = "forest_coverage"\nlevel = "county"', ["target[1].value", "missing"]),
        (
            'indicator = "forest_coverage"\nlevel = "county"\nvalue = 1\ngrades = ["county"]',
            ["target[1]", "only roadside_greening_rate"],
        ),
        (
            'indicator = "roadside_greening_rate"\nlevel = "county"\nvalue = 1\ngrades = ["国道"]',
            ["target[1].grades", "国道"],
        ),
        (
            'indicator = "forest_coverage"\nlevel = "county"\nvalue = 150',
            ["target[1]", "up to 100 for a share in %: 150 is none"],
        ),
        (
            'indicator = "park_green_per_capita"\nlevel = "county"\nvalue = -5',
            ["target[1]", "0 or more", "-5 is none"],
        ),
    ],
)
def test_mistakes_in_targets_are_counted_from_one(tmp_path, target, words):
    sentence = refused(tmp_path, f"{MINIMAL}[[target]]\n{target}\n")

    for word in words:
        assert word in sentence


def test_a_wrong_grade_names_the_six(tmp_path):
    roads = (
        '[layers.roads]\npath = "a"\nname = "n"\ngrade = "g"\n[layers.roads.grades]\nG = "big"\n'
    )

    sentence = refused(tmp_path, MINIMAL + roads)

    assert "layers.roads.grades.G (the grade that" in sentence
    assert "'provincial'" in sentence
    assert 'such as G = "national" under [layers.roads.grades]' in sentence
    assert "more mistake" not in sentence


def test_several_mistakes_tell_the_first_and_name_the_others(tmp_path):
    text = MINIMAL.replace('"t"', "3").replace('legend = "worldcover"', "")

    sentence = refused(tmp_path, "yaer = 2\n" + text)

    assert "yaer is no key" in sentence
    assert "(and 2 more mistakes: title, cover.legend)" in sentence


def test_a_misspelt_required_key_is_one_mistake(tmp_path):
    sentence = refused(tmp_path, MINIMAL.replace("legend =", "legende ="))

    assert "legende is no key" in sentence
    assert "more mistake" not in sentence


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('title = "a', "line 1, column"),
        ('title = "a"\ntitle = "b"', "line 2, column"),
        ('path = "C:\\data"', "line 1, column"),
    ],
)
def test_syntax_errors_give_their_place(tmp_path, text, place):
    assert place in refused(tmp_path, text)


def test_every_key_has_a_meaning_and_an_example_that_is_valid_toml():
    from greencover.campaign.reader import _model, _toml

    def walk(keys=()):
        for name, field in _model(keys).model_fields.items():
            path = (*keys, field.alias or name)
            assert meaning_of(*path), key_name(path)
            if _model(path) is not None:
                walk(path)
            else:
                tomllib.loads(f"key = {_toml(field.examples[0])}")

    walk()


def test_opened_layers_have_canonical_columns(tmp_path):
    county = SmallCounty()
    county.roads["bruecke"] = ["yes", "no"]
    county.roads["tunnel"] = ["yes", "yes"]
    county.replace('grade = "grade"', 'grade = "grade"\nbridge = "bruecke"')

    opened = Campaign.read(county.write(tmp_path)).open()

    assert opened.townships[["code", "name", "name_en", "population"]].to_numpy().tolist() == [
        ["T1", "西林镇", "Xilin", 1000.0],
        ["T2", "东草乡", "Dongcao", 2000.0],
    ]
    assert opened.roads[["road", "grade_raw", "bridge", "tunnel"]].to_numpy().tolist() == [
        ["G1", "国道", True, False],
        ["V1", "village", False, False],
    ]
    assert opened.parks["name"].tolist() == ["中心公园"]
    assert opened.villages is None
    assert opened.county is None
    assert list(opened.layers) == ["townships", "roads", "parks"]
    assert opened.cover.year == 2023


@pytest.mark.parametrize("mark", ["yes", "是", "1", 1, 1.0, True, "T", "viaduct", "Y"])
def test_bridges_are_marked_by_any_yes(tmp_path, mark):
    assert marked(tmp_path, mark)


@pytest.mark.parametrize("mark", ["no", "否", "0", 0, 0.0, False, "", None, "FALSE", "NO"])
def test_no_bridge_is_marked_by_any_no(tmp_path, mark):
    assert not marked(tmp_path, mark)


def marked(folder, mark):
    county = SmallCounty()
    county.roads["bridge"] = [mark, mark]
    county.replace('grade = "grade"', 'grade = "grade"\nbridge = "bridge"')
    return Campaign.read(county.write(folder)).open().roads["bridge"].all()


def test_ways_that_are_no_roads_are_left_out(tmp_path):
    county = SmallCounty(text=SmallCounty().text + '[layers.roads.grades]\nFootway = "none"\n')
    county.roads["grade"] = ["footway", "village"]

    with pytest.warns(GreencoverWarning, match="1 piece of road is left out"):
        opened = Campaign.read(county.write(tmp_path)).open()
    assert opened.roads["road"].tolist() == ["V1"]

    county.roads["grade"] = "footway"
    with pytest.warns(GreencoverWarning), pytest.raises(CampaignError, match="has no roads left"):
        Campaign.read(county.write(tmp_path)).open()


def test_names_fall_back_to_what_is_there(tmp_path):
    county = SmallCounty()
    county.townships["name"] = ["西林镇", None]
    county.replace('name_en = "name_en"\n', "")

    townships = Campaign.read(county.write(tmp_path)).open().townships

    assert townships["name"].tolist() == ["西林镇", "T2"]
    assert townships["name_en"].tolist() == ["西林镇", "T2"]


def villages(township=None):
    """One village in the west, one mostly in the east, one outside."""
    boxes = [
        shapely.box(WEST + CELL, SOUTH + CELL, WEST + 4 * CELL, SOUTH + 4 * CELL),
        shapely.box(MIDDLE_X - CELL, SOUTH, MIDDLE_X + 2 * CELL, SOUTH + CELL),
        shapely.box(EAST + CELL, NORTH + CELL, EAST + 2 * CELL, NORTH + 2 * CELL),
    ]
    columns = {"code": [1, 2, 3], "name": list("甲乙丙")}
    if township:
        columns["of"] = township
    return gpd.GeoDataFrame(columns, geometry=boxes, crs=4326).to_crs(4490)


VILLAGES = '[layers.villages]\npath = "villages.gpkg"\ncode = "code"\nname = "name"\n'


def test_villages_belong_where_most_of_them_lies(tmp_path):
    county = SmallCounty(text=SmallCounty().text + VILLAGES)
    path = county.write(tmp_path)
    villages().to_file(tmp_path / "villages.gpkg")

    found = Campaign.read(path).open().villages

    assert found["code"].tolist() == ["1", "2", "3"]
    assert [code or None for code in found["township"]] == ["T1", "T2", None]


def test_villages_belong_where_their_column_says(tmp_path):
    county = SmallCounty(text=SmallCounty().text + VILLAGES + 'township = "of"\n')
    path = county.write(tmp_path)
    villages(["T2", "T2", "T1"]).to_file(tmp_path / "villages.gpkg")

    with pytest.warns(GreencoverWarning, match="3 units that reach .* beyond the township"):
        opened = Campaign.read(path).open()
    assert opened.villages["township"].tolist() == ["T2", "T2", "T1"]

    villages(["T2", "T9", "T1"]).to_file(tmp_path / "villages.gpkg")
    with pytest.raises(CampaignError, match=r"row 2 in the township 'T9' .column 'of'."):
        Campaign.read(path).open()


def test_a_county_layer_is_one_row(tmp_path):
    section = '[layers.county]\npath = "outline.gpkg"\n'
    county = SmallCounty(text=SmallCounty().text + section)
    path = county.write(tmp_path)
    county.townships.dissolve()[["geometry"]].to_file(tmp_path / "outline.gpkg")

    found = Campaign.read(path).open().county

    assert found.loc[0, ["code", "name", "name_en"]].tolist() == [
        "county",
        "双镇县国家森林城市建设",
        "Two-township county",
    ]

    county.townships.to_file(tmp_path / "outline.gpkg")
    with pytest.raises(CampaignError, match=r"outline\.gpkg has 2 rows, but the county is one"):
        Campaign.read(path).open()


@pytest.mark.parametrize(
    ("line", "declared", "unobserved"),
    [("", None, 0.0), ("nodata = 77\n", None, 2.5), ('nodata = "none"\n', 30, 0.0)],
)
def test_a_campaign_says_which_value_has_no_data(tmp_path, line, declared, unobserved):
    county = SmallCounty()
    if "77" in line:
        county.codes[:4, :5] = 77
    county.replace('legend = "worldcover"\n', f'legend = "worldcover"\n{line}')
    path = county.write(tmp_path)
    with rasterio.open(tmp_path / "cover.tif", "r+") as dataset:
        dataset.nodata = declared

    table = gc.assess(path).table

    rows = table[(table["indicator"] == "forest_coverage") & (table["level"] == "township")]
    assert rows["unobserved_pct"].tolist() == pytest.approx([unobserved, 0.0], rel=1e-4)


def test_columns_left_out_are_found_by_their_names(tmp_path):
    county = SmallCounty()
    county.townships = county.townships.rename(columns={"code": "XZQDM", "name": "乡镇名称"})
    county.roads = county.roads.rename(columns={"road": "路线编号", "grade": "技术等级"})
    for line in ('code = "code"\n', 'name = "name"\n', 'name = "road"\n', 'grade = "grade"\n'):
        county.replace(line, "")
    path = county.write(tmp_path)

    with pytest.warns(GreencoverWarning) as told:
        opened = Campaign.read(path).open()

    assert opened.townships["code"].tolist() == ["T1", "T2"]
    assert opened.townships["name"].tolist() == ["西林镇", "东草乡"]
    assert opened.roads["road"].tolist() == ["G1", "V1"]
    assert opened.roads["grade_raw"].tolist() == ["国道", "village"]
    taken = " ".join(str(one.message) for one in told)
    for column in ("XZQDM", "乡镇名称", "路线编号", "技术等级"):
        assert f"'{column}' was taken" in taken
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert "National road 1" in page(explain(opened), "en")


def test_a_column_named_like_its_key_needs_no_word(tmp_path):
    county = SmallCounty()
    county.townships["乡镇"] = "another"
    county.replace('code = "code"\n', "")
    county.replace('name = "name"\n', "")

    opened = Campaign.read(county.write(tmp_path)).open()

    assert opened.townships["name"].tolist() == ["西林镇", "东草乡"]


def test_blank_columns_are_no_candidates(tmp_path):
    county = SmallCounty()
    county.townships = county.townships.rename(columns={"name": "乡镇"}).assign(镇名=None)
    county.replace('name = "name"\n', "")

    with pytest.warns(GreencoverWarning, match="'乡镇' was taken"):
        Campaign.read(county.write(tmp_path)).open()


def test_residents_are_pointed_to_and_never_taken_unasked(tmp_path):
    county = SmallCounty()
    county.replace('population = "residents"\n', "")

    opened = Campaign.read(county.write(tmp_path)).open()

    assert not opened.has_population("township")
    assert 'add population = "residents" under [layers.townships]' in page(explain(opened), "en")


@pytest.fixture
def there(tmp_path, monkeypatch):
    """A folder on another machine, and its address: a server on the loopback address."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    folder = tmp_path / "there"
    folder.mkdir()
    RangeServer.sent = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(RangeServer, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_rasters_on_other_machines_are_read_in_part(tmp_path, there):
    """A cloud-optimised raster of which the county needs one corner."""
    folder, address = there
    county = SmallCounty()
    codes = np.random.default_rng(1).choice([10, 30, 50], (3000, 3000)).astype("uint8")
    codes[:40, :40] = county.codes
    write_raster(folder / "plain.tif", codes)
    rasterio.shutil.copy(folder / "plain.tif", folder / "cover.tif", driver="COG")
    county.replace('path = "cover.tif"', f'path = "{address}/cover.tif"\nremote = true')

    found = gc.assess(county.write(tmp_path / "here"))

    forest = found.table[found.table["indicator"] == "forest_coverage"]
    assert forest.set_index("unit")["value"].loc[["T1", "T2"]].tolist() == pytest.approx(
        [100.0, 0.0], abs=1e-6
    )
    assert 0 < RangeServer.sent < 0.6 * (folder / "cover.tif").stat().st_size


def test_layers_on_other_machines_are_read_where_the_campaign_says_so(tmp_path, there):
    folder, address = there
    county = SmallCounty()
    county.townships.to_file(folder / "townships.geojson")
    county.replace(
        'path = "county.gpkg"\nlayer = "townships"', f'path = "{address}/townships.geojson"'
    )
    with pytest.raises(CampaignError, match=r"layers.townships.remote .* must be true"):
        Campaign.read(county.write(tmp_path / "here"))
    assert RangeServer.sent == 0

    county.replace('townships.geojson"', 'townships.geojson"\nremote = true')
    opened = Campaign.read(county.write(tmp_path / "here")).open()

    assert opened.townships["name"].tolist() == ["西林镇", "东草乡"]
    assert RangeServer.sent > 0


def test_formats_that_are_not_read_from_other_machines_are_named(tmp_path, there):
    folder, address = there
    county = SmallCounty()
    county.townships.to_parquet(folder / "t.parquet")
    county.replace(
        'path = "county.gpkg"\nlayer = "townships"', f'path = "{address}/t.parquet"\nremote = true'
    )

    with pytest.raises(LayerError, match="not read from another machine: download it"):
        Campaign.read(county.write(tmp_path / "here")).open()


def test_explanation_tells_what_is_judged_and_why_not(tmp_path):
    county = SmallCounty(text=SmallCounty().text)
    county.replace("precipitation_mm = 1450", 'region = "south"')
    own = '[[target]]\nindicator = "forest_coverage"\nlevel = "village"\nvalue = 20\n'
    county.text += own + own.replace("village", "township")

    opened = Campaign.read(county.write(tmp_path)).open()
    told = page(explain(opened), "en")

    judged, unjudged = told.split("Targets that are not judged")
    assert ">= 20 %, Township" in judged
    assert "it needs [layers.villages]:\n    - Forest coverage >= 20 %" in unjudged
    assert "it depends on precipitation_mm; declare it under [conditions]" in unjudged
    assert "no target depends on the condition region" in unjudged
    assert "2 polygons (county.gpkg, layer townships, EPSG:4326), 3,000 residents" in judged
    assert "National road 1, Village road 1" in unjudged


def test_explanation_warns_of_bridges_that_nobody_names(tmp_path):
    county = SmallCounty()
    county.roads["bridge"] = ["yes", "no"]

    told = page(explain(Campaign.read(county.write(tmp_path)).open()), "en")

    assert "column 'bridge' that the campaign does not use" in told


@pytest.mark.parametrize("key", standards.available())
def test_every_target_is_either_judged_or_has_a_reason(tmp_path, key):
    county = SmallCounty()
    county.replace("national-forest-city-2012", key)
    opened = Campaign.read(county.write(tmp_path)).open()

    for name, target in named_targets(opened):
        assert name == key
        if not obstacle(target, opened):
            assert INDICATORS[target.indicator].formula
            assert target.value is not None
            assert target.applies(opened.campaign.conditions)


def test_figures_of_the_built_up_area_are_not_held_against_the_county(tmp_path):
    opened = Campaign.read(SmallCounty().write(tmp_path)).open()
    urban = [target for _, target in named_targets(opened) if target.scope == "built-up area"]

    assert urban
    assert all("built-up area" in (obstacle(target, opened) or "") for target in urban)

"""Road classes of OpenStreetMap as grades, and pieces without a name."""

from __future__ import annotations

import tomllib

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

import greencover as gc
from greencover.campaign import Campaign
from greencover.corridor.grade_schemes import NO_GRADE, schemes, words_of
from greencover.corridor.grades import GRADES, canonical_grades
from greencover.ground.errors import ArgumentError, CampaignError, GreencoverWarning, LayerError
from paths import REAL_DATA
from scenes import EQUAL_AREA, GRASS, LEGEND, TRANSFORM, line
from small_county import SmallCounty

pytestmark = pytest.mark.filterwarnings("ignore::greencover.GreencoverWarning")
HELSINKI = REAL_DATA / "helsinki-osm" / "helsinki.gpkg"


def cover(rows=20, columns=60):
    import numpy as np

    codes = np.full((rows, columns), GRASS, "uint8")
    return gc.LandCover.from_array(codes, transform=TRANSFORM, crs=EQUAL_AREA, legend=LEGEND)


def roads(**columns):
    shapes = [line((5, 3 + 3 * i), (45, 3 + 3 * i)) for i in range(len(columns["highway"]))]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=EQUAL_AREA)


def test_every_scheme_maps_words_once_with_source_and_confidence():
    from greencover.corridor.grade_schemes import _FOLDER

    assert schemes() == ("osm",)
    for name in schemes():
        table = tomllib.loads(_FOLDER.joinpath(f"{name}.toml").read_text("utf-8"))
        words = [word for one in table["grade"] for word in one["words"]]
        assert len(words) == len(set(words))
        for one in table["grade"]:
            assert one["grade"] in (*GRADES, NO_GRADE)
            assert one["confidence"] in "ABC"
            assert len(one["source"]) > 10


def test_classes_go_down_as_the_guideline_for_china_has_them():
    values = ["motorway", "trunk", "primary", "secondary", "tertiary", "unclassified"]
    assert canonical_grades(pd.Series(values), "osm").tolist() == list(GRADES)
    assert words_of({"scheme": "osm", "primary": "county"})["primary"] == "county"
    with pytest.raises(ArgumentError, match="no scheme of road classes: write one of osm"):
        words_of("osn")


def test_what_follows_from_an_order_alone_is_less_sure_than_what_is_said():
    from greencover.corridor.grade_schemes import _FOLDER

    table = tomllib.loads(_FOLDER.joinpath("osm.toml").read_text("utf-8"))
    sure = {word: one["confidence"] for one in table["grade"] for word in one["words"]}
    assert {sure[word] for word in ("motorway", "trunk", "unclassified")} == {"A"}
    assert {sure[word] for word in ("primary", "secondary", "tertiary")} == {"B"}


@pytest.mark.skipif(not HELSINKI.exists(), reason="needs the extract of Helsinki")
def test_every_class_of_a_city_is_known():
    found = pyogrio.read_dataframe(HELSINKI, layer="roads", read_geometry=False)["highway"]
    grades = canonical_grades(found, "osm")
    assert grades.isin([*GRADES, NO_GRADE]).all()
    assert grades[found.isin(["footway", "steps", "service", "construction"])].eq(NO_GRADE).all()


def test_ways_that_are_no_roads_are_left_out_and_said():
    given = roads(name=list("abcd"), highway=["primary", "footway", "residential", "footway"])
    road = gc.roadside_greening(given, cover(), grade="highway", grades="osm")

    assert road.rates["road"].tolist() == ["a", "c"]
    assert road.rates["grade"].tolist() == ["provincial", "village"]
    assert any(
        "2 pieces of road are left out" in note and "footway 2" in note for note in road.notes
    )
    with pytest.raises(LayerError, match="no roads left"):
        gc.roadside_greening(given[1:2], cover(), grade="highway", grades="osm")


def test_pieces_without_a_name_are_one_road_by_number_or_roads_of_their_own():
    names, refs = ["a", None, "", None, None], ["X1", "X1", "X1", None, " "]
    given = roads(name=names, ref=refs, highway=["primary"] * 5)
    plain = {"grade": "highway", "grades": "osm"}
    named = gc.roadside_greening(given, cover(), ref="ref", **plain)
    assert named.rates["road"].tolist() == ["a", "X1", "(unnamed 4)", "(unnamed 5)"]
    alone = gc.roadside_greening(given, cover(), **plain)
    assert alone.rates["road"].nunique() == 5


def test_unknown_grades_are_all_listed_and_what_is_proposed_is_accepted():
    given = roads(
        name=list("abcdefg"), highway=["primary", "x y", "lane", "alley", "way", "", "巷"]
    )
    with pytest.raises(LayerError, match=r"'alley', 'lane'.*'way', 'x y', '巷'") as told:
        gc.roadside_greening(given, cover(), grade="highway", grades="osm")
    proposed = str(told.value).partition("grades = ")[2].partition(", and put")[0]

    road = gc.roadside_greening(given, cover(), grade="highway", grades=eval(proposed))
    assert len(road.rates) == 7
    with pytest.raises(LayerError, match="write grades = 'osm'"):
        gc.roadside_greening(given[:1], cover(), grade="highway")


@pytest.mark.parametrize(
    ("grades", "line"),
    [
        (["primary", "footway"], 'grades = "osm"'),
        (["primary", "lane"], 'grades = { lane = "village", primary = "provincial" }'),
        (["国道", "小 巷"], 'grades = { "小 巷" = "village" }'),
    ],
)
def test_the_line_that_a_campaign_is_told_is_accepted(tmp_path, grades, line):
    county = SmallCounty()
    county.roads["grade"] = grades
    campaign = county.write(tmp_path)
    with pytest.raises(LayerError) as told:
        Campaign.read(campaign).open()
    assert line in str(told.value)

    text = campaign.read_text("utf-8").replace('grade = "grade"', f'grade = "grade"\n{line}')
    campaign.write_text(text, "utf-8")
    assert len(Campaign.read(campaign).open().roads) == 2 - grades.count("footway")


def test_a_layer_of_openstreetmap_needs_one_word(tmp_path):
    county = SmallCounty()
    county.roads = county.roads.rename(columns={"road": "name", "grade": "highway"})
    county.roads = county.roads.assign(highway=["trunk", "footway"], ref="G1", name=[None, "b"])
    county.replace('name = "road"\ngrade = "grade"', 'grades = "osm"')

    with pytest.warns(GreencoverWarning, match="footway 1"):
        opened = Campaign.read(county.write(tmp_path)).open()
    assert opened.roads[["road", "ref", "grade_raw"]].to_numpy().tolist() == [["", "G1", "trunk"]]


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ('"osn"', "must be a scheme of road classes"),
        ("3", "must be a section"),
        ('{ G = "nation" }', r"grades\.G .*'national'"),
        ('{ G = "osm" }', "'osm', which 'G' is mapped to"),
    ],
)
def test_wrong_grades_of_a_campaign_are_told(tmp_path, value, rule):
    county = SmallCounty()
    county.replace('grade = "grade"', f'grade = "grade"\ngrades = {value}')
    with pytest.raises(CampaignError, match=rule):
        Campaign.read(county.write(tmp_path))

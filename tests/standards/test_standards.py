"""Standards: the built-in target sets, their conditions, and files of one's own."""

import json
import pickle
import re

import numpy as np
import pytest

from greencover import standards
from greencover.corridor.rules import all_rules
from greencover.ground.errors import StandardError
from greencover.indicators.registry import indicators
from greencover.standards import CONDITIONS, INDICATORS, Target, available, load

ASKED_FOR = [
    "national-forest-city-2007",
    "national-forest-city-2012",
    "gbt-37342-2019",
    "gbt-37342-2024",
    "greening-model-city",
    "garden-city-2022",
    "ecological-garden-city-2022",
    "township-campaign",
    "hebei-villages-2021-2025",
    "jiangsu-villages-2012",
    "zhejiang-villages-2003",
    "fujian-12th-plan",
    "sdg",
    "3-30-300",
]
CANONICAL_GRADES = {"expressway", "national", "provincial", "county", "township", "village"}
COUNTY_AND_ABOVE = ("expressway", "national", "provincial", "county")


def targets(key, indicator=None):
    return [
        target
        for target in standards.load(key).targets
        if indicator is None or target.indicator == indicator
    ]


def holding(key, indicator, **conditions):
    """The values that hold for sure under the conditions."""
    return [
        target.value for target in targets(key, indicator) if target.applies(conditions) is True
    ]


@pytest.fixture
def standard_file(tmp_path):
    """Write a standard file and return its path."""

    def write(text, name="mine.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_asked_for_standards_are_built_in():
    assert set(ASKED_FOR) <= set(standards.available())
    assert "indicators" not in standards.available()
    assert "conditions" not in standards.available()


@pytest.mark.parametrize("key", standards.available())
def test_built_in_standard_is_well_formed(key):
    standard = standards.load(key)
    assert standard.key == key
    assert standard.title.isascii()
    assert not standard.title_zh.isascii()
    assert standard.status
    assert standard.targets
    assert len({target.identity for target in standard.targets}) == len(standard.targets)
    for target in standard.targets:
        assert target.name == INDICATORS[target.indicator].name
        assert target.name_zh == INDICATORS[target.indicator].name_zh
        assert set(target.grades) <= CANONICAL_GRADES
        assert set(target.when) <= set(CONDITIONS)
        # Nobody may take a figure for verified whose text was not seen.
        if target.confidence.startswith(("R", "S2")):
            assert not target.verified
        else:
            assert target.verified or target.value is None
        assert target.source or target.confidence.startswith("R")


def test_labels_of_indicators_and_conditions():
    for words in (*INDICATORS.values(), *CONDITIONS.values()):
        assert words.name.isascii()
        assert not words.name_zh.isascii()
    assert len({indicator.name_zh for indicator in INDICATORS.values()}) == len(INDICATORS)
    keys = "forest_coverage tree_cover_rate green_coverage roadside_greening_rate"
    assert set(keys.split()) <= set(INDICATORS)
    assert {"park_green_per_capita", "green_cover_per_capita"} <= set(INDICATORS)


def test_what_a_map_cannot_give_is_said():
    by_key = {target.indicator: target for target in targets("national-forest-city-2012")}
    assert not by_key["old_trees_protected"].computable
    assert not by_key["public_satisfaction"].computable
    assert by_key["forest_coverage"].computable
    assert by_key["roadside_greening_rate"].computable


def test_standard_of_2024_gives_no_figure():
    standard = standards.load("gbt-37342-2024")
    assert [target.value for target in standard.targets] == [None] * 5
    assert not any(target.verified for target in standard.targets)
    assert all("no figure of this edition was seen" in target.note for target in standard.targets)


def test_standard_of_2019_is_remembered_but_for_two_figures_on_a_secondary_page():
    every = targets("gbt-37342-2019")
    assert not any(target.verified for target in every)
    seen = {target.indicator for target in every if target.confidence == "S2"}
    assert seen == {"largest_species_share", "native_species_use"}


@pytest.mark.parametrize(
    ("precipitation", "threshold"),
    [(0, 20), (399, 20), (399.9, 20), (400, 30), (800, 30), (800.1, 35), (801, 35)],
)
def test_precipitation_bands_meet_without_gap_or_overlap(precipitation, threshold):
    key, indicator = "national-forest-city-2012", "forest_coverage"
    assert holding(key, indicator, precipitation_mm=precipitation) == [threshold]
    assert holding(key, indicator, precipitation_mm=np.float32(precipitation)) == [threshold]
    assert holding(key, "forest_coverage_evenness", precipitation_mm=precipitation) == [threshold]


@pytest.mark.parametrize(("precipitation", "threshold"), [(399, 25), (400, 30), (801, 35)])
def test_tree_cover_by_precipitation(precipitation, threshold):
    assert holding("gbt-37342-2019", "tree_cover_rate", precipitation_mm=precipitation) == [
        threshold
    ]


def test_figures_by_terrain_and_region():
    key, indicator = "national-forest-city-2007", "suburban_forest_coverage"
    assert holding(key, indicator, terrain="mountain") == [60]
    assert holding(key, indicator, terrain="hill", region="south") == [40]
    assert holding(key, indicator, terrain="plain", region="south") == [15]
    assert holding(key, indicator, terrain="plain", region="north") == [20]
    assert holding("jiangsu-villages-2012", "village_green_coverage", part_of_province="north") == [
        35
    ]
    assert holding("hebei-villages-2021-2025", "village_green_coverage", terrain="coast") == [20]


def test_figures_of_a_township_campaign():
    (forest,) = targets("township-campaign", "forest_coverage")
    (roads,) = targets("township-campaign", "roadside_greening_rate")
    (village,) = targets("township-campaign", "village_greening")
    assert (forest.value, forest.level) == (92, "township")
    assert (roads.value, roads.grades, roads.scope) == (100, COUNTY_AND_ABOVE, "woody greening")
    assert (village.value, village.when) == (30, {"settlement": "clustered"})
    assert all(target.verified for target in (forest, roads, village))


def test_rules_that_one_unit_alone_cannot_answer():
    (dry, *_) = targets("national-forest-city-2012", "forest_coverage_evenness")
    assert dry.rule == {"share_of_units": "2/3", "of": "county"}
    (forest, *_) = targets("national-forest-city-2012", "forest_coverage")
    assert forest.rule == {"deduct_wetland_above_pct": 5}


def test_comparison_and_unit():
    (species,) = targets("national-forest-city-2012", "largest_species_share")
    assert (species.comparison, species.value) == ("<=", 20)
    (park,) = targets("gb-55014-2021", "park_green_per_capita")
    assert (park.comparison, park.value, park.unit) == (">", 8, "m²/person")
    assert str(park) == "park_green_per_capita (county) > 8 m²/person"


def test_condition_that_is_not_declared_leaves_the_answer_open():
    target = Target(
        "forest_coverage",
        "county",
        15,
        when={"terrain": ["plain", "coast"], "precipitation_mm": {"min": 400, "below": 800}},
    )
    assert target.applies({}) is None
    assert target.applies({"terrain": "plain"}) is None
    assert target.applies({"terrain": None, "precipitation_mm": 500}) is None
    assert target.applies({"terrain": "plain", "precipitation_mm": float("nan")}) is None
    assert target.applies({"terrain": "hill"}) is False
    assert target.applies({"precipitation_mm": 800}) is False
    assert target.applies({"terrain": "coast", "precipitation_mm": 400}) is True
    assert Target("forest_coverage", "county", 15).applies({}) is True


def test_declared_condition_that_no_target_could_meet_is_refused():
    (dry, *_) = targets("national-forest-city-2012", "forest_coverage")
    with pytest.raises(
        StandardError,
        match=r"Target forest_coverage: condition 'precipitation_mm' is 'much'; give a number in m",
    ):
        dry.applies({"precipitation_mm": "much"})
    (mountain, *_) = targets("zhejiang-villages-2003")
    with pytest.raises(StandardError, match=r"'hills' \(did you mean 'hill'\?\); use one of mount"):
        mountain.applies({"terrain": "hills"})
    with pytest.raises(StandardError, match=r"condition 'terrain' is \['hill'\] \(did you"):
        mountain.applies({"terrain": ["hill"]})


COUNTY = """
title = "County plan"
extends = "national-forest-city-2012"
[[target]]
indicator = "forest_coverage"
level = "county"
value = 60
when = { precipitation_mm = { above = 800.0 } }
confidence = "S1"
source = "County plan 2023"
[[target]]
indicator = "roadside_greening_rate"
level = "county"
value = 100
grades = ["county", "provincial"]
name = "County roads"
"""


def test_custom_file_overrides_and_adds(standard_file):
    base, mine = standards.load("national-forest-city-2012"), standards.load(standard_file(COUNTY))
    assert (mine.key, mine.title, mine.title_zh) == ("mine", "County plan", "County plan")
    assert mine.source == ""
    assert len(mine.targets) == len(base.targets) + 1
    changed = [i for i, t in enumerate(base.targets) if mine.targets[i] != t]
    assert [base.targets[i].value for i in changed] == [35]
    assert mine.targets[changed[0]].value == 60
    # Other grades make another target: the inherited 80 % of all roads stays.
    roads = [t for t in mine.targets if t.indicator == "roadside_greening_rate"]
    assert [(t.value, t.verified, t.confidence) for t in roads] == [
        (80, False, "S2"),
        (100, False, "R"),
    ]
    assert [t.name for t in roads] == ["Roadside greening rate", "County roads"]
    assert roads[1].name_zh == "道路绿化率"


def test_order_of_values_and_grades_does_not_make_another_target(standard_file):
    entry = (
        '[[target]]\nindicator = "village_green_coverage"\nlevel = "village"\nvalue = 50\n'
        'when = { terrain = ["hill", "mountain"] }\n'
    )
    text = f'title = "x"\nextends = "hebei-villages-2021-2025"\n{entry}'
    mine = standards.load(standard_file(text))
    assert len(mine.targets) == len(targets("hebei-villages-2021-2025"))
    assert 50 in [target.value for target in mine.targets]


def test_extends_a_file_beside_it(standard_file):
    standard_file(COUNTY, "county.toml")
    heir = standard_file('title = "Town"\nextends = "county.toml"', "town.toml")
    assert 60 in [target.value for target in standards.load(heir).targets]


def test_standard_is_a_value():
    standard = standards.load("gbt-37342-2019")
    assert standards.load(standard) is standard
    assert pickle.loads(pickle.dumps(standard)) == standard
    assert hash(standard) == hash(pickle.loads(pickle.dumps(standard)))
    assert repr(standard) == "<Standard gbt-37342-2019: 33 targets, 33 unverified>"


def test_html_names_figures_conditions_and_doubt(standard_file):
    html = standards.load("gbt-37342-2019")._repr_html_()
    assert "precipitation_mm ≥ 400 and ≤ 800" in html.replace("&gt;", ">")
    assert "R+, not verified" in html
    assert "<b>" not in standards.load(standard_file('title = "<b>x</b>"'))._repr_html_()


def test_schema_agrees_with_the_reader():
    schema = standards.schema()
    json.dumps(schema)
    target = schema["$defs"]["TargetEntry"]
    assert set(target["required"]) == {"indicator", "level"}
    assert target["properties"]["indicator"]["enum"] == list(INDICATORS)
    assert target["properties"]["when"]["propertyNames"]["enum"] == list(CONDITIONS)
    assert set(target["properties"]["grades"]["items"]["enum"]) == CANONICAL_GRADES
    assert target["additionalProperties"] is False


def entry(**changes):
    fields = {"indicator": '"forest_coverage"', "level": '"county"', "value": "30", **changes}
    lines = [f"{key} = {value}" for key, value in fields.items() if value is not None]
    return "\n".join(["[[target]]", *lines, ""])


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            entry(indicator='"forest_cover"'),
            r"key 'indicator' is not known \(did you mean 'forest_",
        ),
        (entry(level=None), r"key 'level' is missing; add it"),
        (entry(level='"town"'), r"key 'level': it should be 'county', 'township'.*it is 'town'"),
        (entry(value='"30"'), r"key 'value': it should be a valid number \(it is '30'\)"),
        (entry(value="nan"), r"key 'value': it should be a finite number"),
        (entry(valu="1"), r"key 'valu' is not known \(did you mean 'value'\?\); remove it"),
        (entry(comparison='"=>"'), r"key 'comparison': it should be '>=', '>'"),
        (entry(grades='["G"]'), r"key 'grades.0': it should be 'expressway'"),
        (entry(confidence='"S3"'), r"key 'confidence': it should be 'S1'"),
        (entry(confidence='"S1"'), r"confidence is S1; give the source where it was seen"),
        (entry(verified="true"), r"verified is true but the figure is only remembered"),
        (entry(when="{ rain = 1 }"), r"key 'when' has the unknown condition 'rain'"),
        (entry(when="{ terrain = 'hilly' }"), r"'terrain' is 'hilly' \(did you mean 'hill'\?\)"),
        (entry(when="{ terrain = { min = 1 } }"), r"gives the condition 'terrain' a band"),
        (entry(when="{ precipitation_mm = 'wet' }"), r"'precipitation_mm' is 'wet'; give a number"),
        (entry(when="{ precipitation_mm = { mn = 1 } }"), r"key 'when.precipitation_mm.mn' is not"),
        (entry(when="{ precipitation_mm = {} }"), r"give at least one of min, max, above, below"),
        (
            entry(rule="{ share_of_units = '2/0' }"),
            r"key 'rule.share_of_units': write a share such as '2/3'",
        ),
        (entry(when="{ terrain = [] }"), r"key 'when.terrain': give at least one value"),
        (entry(when="3"), r"key 'when': it should be a table \(it is 3\)"),
        (entry(rule="{ share = '2/3' }"), r"key 'rule.share' is not known"),
    ],
)
def test_wrong_target_is_explained(standard_file, target, message):
    # A sound target before it shows that the number is counted.
    text = 'title = "x"\n' + entry(indicator='"green_coverage"') + target
    with pytest.raises(
        StandardError, match=rf"mine\.toml, target 2 \(forest_cover.*{message}"
    ) as e:
        standards.load(standard_file(text))
    assert "\n" not in str(e.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"mine\.toml: key 'title' is missing; add it"),
        ('title = "x"\nisued = "2020"', r"key 'isued' is not known \(did you mean 'issued'\?\)"),
        ('title = "x"\n' + entry() + entry(), r"target 2 \(forest_coverage\): an earlier target"),
        ('title = "x"\n' + entry(indicator=None), r"target 1 \(no indicator\): key 'indicator' is"),
        ('title = "x"\ntarget = [3]', r"target 1 \(3\): it should be a table"),
        ('title = "x"\ntarget = 3', r"key 'target': it should be a list"),
        ('title = "x"\nextends = "gbt"', r"mine\.toml, key 'extends': Standard 'gbt' is not known"),
        ('title = "x"\nextends = "mine.toml"', r"mine\.toml extends itself; remove its key"),
        ("title = ", r"mine\.toml is not valid TOML; mend this: "),
    ],
)
def test_wrong_file_is_explained(standard_file, text, message):
    with pytest.raises(StandardError, match=message):
        standards.load(standard_file(text))


def test_unknown_standards_are_explained(tmp_path):
    with pytest.raises(
        StandardError,
        match=r"'national-forest-city' is not known \(did you mean 'national-forest-city-20.*sdg",
    ):
        standards.load("national-forest-city")
    with pytest.raises(StandardError, match=r"absent\.toml does not exist; check the path"):
        standards.load(tmp_path / "absent.toml")
    with pytest.raises(StandardError, match="cannot be read"):
        standards.load(tmp_path)
    in_gbk = tmp_path / "gbk.toml"
    in_gbk.write_bytes("title = '林地'".encode("gbk"))
    with pytest.raises(StandardError, match=r"gbk\.toml is not UTF-8 text; save it as UTF-8"):
        standards.load(in_gbk)


def test_every_remark_of_a_built_in_target_is_in_both_languages():
    for key in standards.available():
        for target in standards.load(key).targets:
            assert bool(target.note) == bool(target.note_zh), (key, target)


def test_a_mean_of_the_country_is_no_target_of_a_village():
    for key in ("rural-greening-2025", "rural-revitalisation-2022"):
        (mean,) = targets(key)
        assert mean.rule == {"mean_of": "country"}


def test_an_edition_names_the_one_that_replaced_it():
    old, later = (
        standards.load(f"{key}") for key in ("national-forest-city-2012", "gbt-37342-2019")
    )
    assert (old.superseded_by, old.superseded_in) == ("GB/T 37342-2019", 2019)
    assert (later.superseded_by, later.superseded_in) == ("GB/T 37342-2024", 2024)


HEIR = """
title = "Heir"
extends = "national-forest-city-2012"
[[target]]
indicator = "roadside_greening_rate"
level = "county"
value = 95
grades = ["national"]
"""


def test_an_heir_says_which_inherited_targets_stand_beside_its_own(standard_file):
    heir = standards.load(standard_file(HEIR))
    assert [(one.value, other.value) for one, other in heir.repeated] == [(95, 80)]
    alone = standards.load(standard_file(HEIR + "replaces_inherited = true\n", "alone.toml"))
    roads = [t.value for t in alone.targets if t.indicator == "roadside_greening_rate"]
    assert (roads, alone.repeated) == ([95], ())


def test_nothing_is_verified_by_a_page_that_standards_call_secondary():
    """A page has one confidence: what it shows is not verified in a record or a rule either."""
    pages = re.compile(r"[\w.-]+\.(?:com|cn|cc|net|org)\b[\w/.?=-]*")
    secondary = {
        page
        for key in available()
        for target in load(key).targets
        if target.confidence == "S2"
        for page in pages.findall(target.source)
    }
    assert len(secondary) > 10
    resting = [*indicators().values(), *all_rules().values()]
    told = {
        one.key if hasattr(one, "key") else one.name: set(pages.findall(one.source))
        for one in resting
        if one.verified
    }
    assert not {name: found & secondary for name, found in told.items() if found & secondary}


def test_a_page_that_only_cites_the_text_verifies_nothing():
    # Both stand in pages that quote a notice or a definition; nobody saw the texts.
    rules = all_rules()
    assert not rules["threshold"].verified
    assert not rules["belt_m"].verified
    assert not indicators()["village_green_coverage"].verified

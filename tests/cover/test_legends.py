"""Legends: the built-in products, legends of one's own, and what is said when one is wrong."""

import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import greencover.cover
from greencover.cover import COVER_TYPES, Legend, LegendClass, available
from greencover.cover.drawn import codes_written
from greencover.ground.errors import LegendError

BUILT_IN = [
    "worldcover",
    "esri-10m",
    "esri-2020",
    "dynamic-world",
    "globeland30",
    "clcd",
    "from-glc10",
    "glc-fcs30d",
    "esa-cci",
    "cgls-lc100",
    "nlcd",
    "corine",
    "corine-raster",
]
# What polygons of surveys and inventories carry; they have no cells.
DRAWN = ["forest-resource-map", "gbt-21010-2007", "gbt-21010-2017", "third-land-survey"]


def span(text):
    """'1-3 7' -> {1, 2, 3, 7}."""
    ends = [part.split("-") for part in text.split()]
    return {code for end in ends for code in range(int(end[0]), int(end[-1]) + 1)}


CORINE_CODES = sorted(span("111-112 121-124 131-133 141-142 211-213 221-223 231 241-244"))
CORINE_CODES += sorted(span("311-313 321-324 331-335 411-412 421-423 511-512 521-523"))

# Cover type and its codes, written out from the products' own class lists.
EXPECTED = {
    "worldcover": (
        "tree 10 95 | shrub 20 | grass 30 | crop 40 | built 50 | bare 60 | snow 70 | "
        "water 80 | wetland 90 | moss 100"
    ),
    "esri-10m": "water 1 | tree 2 | wetland 4 | crop 5 | built 7 | bare 8 | snow 9 | grass 11",
    "esri-2020": (
        "water 1 | tree 2 | grass 3 | wetland 4 | crop 5 | shrub 6 | built 7 | bare 8 | snow 9"
    ),
    "dynamic-world": (
        "water 0 | tree 1 | grass 2 | wetland 3 | crop 4 | shrub 5 | built 6 | bare 7 | snow 8"
    ),
    "globeland30": (
        "crop 10 | tree 20 | grass 30 70 | shrub 40 | wetland 50 | water 60 | built 80 | "
        "bare 90 | snow 100"
    ),
    "clcd": (
        "crop 1 | tree 2 | shrub 3 | grass 4 | water 5 | snow 6 | bare 7 | built 8 | wetland 9"
    ),
    "from-glc10": (
        "crop 10 | tree 20 | grass 30 70 | shrub 40 | wetland 50 | water 60 | built 80 | "
        "bare 90 | snow 100"
    ),
    "glc-fcs30d": (
        "crop 10 11 20 | orchard 12 | tree 51 52 61 62 71 72 81 82 91 92 185 | "
        "shrub 120-122 152 | grass 130 153 | moss 140 | bare 150 200-202 | "
        "wetland 181-184 186 187 | built 190 | water 210 | snow 220"
    ),
    "esa-cci": (
        "crop 10 11 20 30 40 | orchard 12 | tree 50 60-62 70-72 80-82 90 100 160 170 | "
        "grass 110 130 153 | shrub 120-122 152 | moss 140 | bare 150 151 200-202 | "
        "wetland 180 | built 190 | water 210 | snow 220"
    ),
    "cgls-lc100": (
        "shrub 20 | grass 30 | crop 40 | built 50 | bare 60 | snow 70 | water 80 200 | "
        "wetland 90 | moss 100 | tree 111-116 121-126"
    ),
    "nlcd": (
        "water 11 | snow 12 | built 21-24 | bare 31 | tree 41-43 90 | shrub 51 52 | "
        "grass 71 72 81 | moss 73 74 | crop 82 | wetland 95"
    ),
    "corine": (
        "built 111 112 121-124 131-133 | grass 141 142 231 321 | crop 211-213 241-243 | "
        "orchard 221-223 | tree 244 311-313 | shrub 322-324 | bare 331-334 | snow 335 | "
        "wetland 411 412 421-423 | water 511 512 521-523"
    ),
}

UNOBSERVED = {
    "worldcover": {0}, "esri-10m": {0, 10}, "esri-2020": {0, 10}, "dynamic-world": set(),
    "globeland30": {0, 255}, "clcd": {0}, "from-glc10": {0, 120}, "glc-fcs30d": {0, 250},
    "esa-cci": {0}, "cgls-lc100": {0, 255}, "nlcd": {0, 250}, "corine-raster": {48, 255},
}  # fmt: skip


@pytest.fixture
def legend_file(tmp_path):
    """Write a legend file and return its path."""

    def write(text):
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_built_in_legends_are_listed():
    assert available() == tuple(sorted([*BUILT_IN, *DRAWN]))


@pytest.mark.parametrize("key", [*BUILT_IN, *DRAWN])
def test_built_in_legend_is_complete(key):
    legend = Legend.load(key)
    assert legend.key == key
    assert len(set(legend.codes)) == len(legend.classes) >= 8
    assert all((legend.title, legend.title_zh, legend.source, legend.licence, legend.citation))
    assert (legend.resolution_m is None) == (key in DRAWN)
    assert legend.notes
    for entry in legend.classes:
        assert entry.name.isascii()
        assert not entry.name_zh.isascii()
    assert len({entry.name for entry in legend.classes}) == len(legend.classes)


@pytest.mark.parametrize("key", EXPECTED)
def test_codes_count_as_the_expected_cover(key):
    groups = [group.split(maxsplit=1) for group in EXPECTED[key].split(" | ")]
    expected = {code: cover for cover, codes in groups for code in span(codes)}
    assert Legend.load(key).covers == expected


@pytest.mark.parametrize(("key", "codes"), UNOBSERVED.items())
def test_unobserved_codes(key, codes):
    unobserved = Legend.load(key).unobserved
    assert set(unobserved) == codes
    assert all(unobserved.values())


def test_water_of_dynamic_world_is_not_taken_for_nodata():
    legend = Legend.load("dynamic-world")
    assert legend.covers[0] == "water"
    assert 0 not in legend.unobserved


def test_corine_index_runs_through_the_three_digit_codes():
    by_code, by_index = Legend.load("corine"), Legend.load("corine-raster")
    assert by_code.codes == tuple(CORINE_CODES)
    assert by_index.codes == tuple(range(1, 45))
    for index, code in enumerate(CORINE_CODES, start=1):
        assert by_index.covers[index] == by_code.covers[code]
        assert by_index.name(index) == by_code.name(code)
        assert by_index.colours[index] == by_code.colours[code]
    assert by_index.name(44) == "Sea and ocean"


@pytest.mark.parametrize(
    ("key", "code", "colour"),
    [
        ("worldcover", 10, "#006400"),
        ("esri-10m", 11, "#c6ad8d"),
        ("esri-2020", 1, "#1a5bab"),
        ("dynamic-world", 0, "#419bdf"),
        ("clcd", 9, "#2899e8"),
        ("glc-fcs30d", 61, "#aac800"),
        ("glc-fcs30d", 183, "#9ebbd7"),
        ("nlcd", 42, "#1c5f2c"),
        ("corine-raster", 23, "#80ff00"),
    ],
)
def test_colours_are_the_products_own(key, code, colour):
    assert Legend.load(key).colours[code] == colour


def test_what_was_not_seen_is_marked():
    unverified = {
        key: {entry.code for entry in Legend.load(key).classes if not entry.verified}
        for key in BUILT_IN
    }
    assert unverified["clcd"] == set(range(1, 10))
    assert unverified["globeland30"] == {10 * i for i in range(3, 11)}
    assert unverified["from-glc10"] == {50, 70}
    assert unverified["glc-fcs30d"] == {61, 183}
    assert not unverified["worldcover"]
    assert not Legend.load("clcd").verified
    assert not Legend.load("globeland30").verified


def test_accuracy_and_the_trap_of_two_versions():
    legend = Legend.load("worldcover")
    assert legend.overall_accuracy_pct == {"v100 (2020)": 74.4, "v200 (2021)": 76.7}
    assert "not change" in legend.notes[0]


def test_cover_types():
    assert " ".join(COVER_TYPES) == (
        "tree shrub grass crop orchard wetland water built bare snow moss other"
    )
    assert len({cover.colour for cover in COVER_TYPES.values()}) == len(COVER_TYPES)


def test_names_and_codes_by_cover():
    legend = Legend.load("worldcover")
    assert legend.codes_of("tree") == (10, 95)
    assert legend.codes_of("orchard", "moss", "tree") == (10, 95, 100)
    assert legend.codes_of() == ()
    assert legend.name(10) == "Tree cover"
    assert legend.name(10, lang="zh") == "树木覆盖"
    assert legend.name(0) == "no data"
    assert legend.name(0, "zh") == "未观测"


def test_from_codes():
    legend = Legend.from_codes(
        {np.uint8(1): ("tree", "Trees"), 2: ("grass", "草", "#ABCDEF")}, unobserved={9: "cloud"}
    )
    assert legend.classes == (
        LegendClass(1, "tree", "Trees", "Trees", COVER_TYPES["tree"].colour),
        LegendClass(2, "grass", "草", "草", "#abcdef"),
    )
    assert type(legend.codes[0]) is int
    assert legend.unobserved == {9: "cloud"}
    assert Legend.from_codes({1: ("tree", "Trees")}, unobserved=[0, 255]).unobserved == {
        0: "not observed",
        255: "not observed",
    }


def test_load_from_file_with_defaults(legend_file):
    path = legend_file(
        "\ufeff"
        'verified = false\nclasses = [{ code = 3, cover = "tree", name = "Bamboo" },'
        ' { code = 4, cover = "built", name = "House", name_zh = "房", verified = true }]\n'
        '[unobserved]\n-1 = "cloud"\n'
    )
    legend = Legend.load(path)
    assert legend == Legend.load(str(path))
    assert (legend.key, legend.title, legend.title_zh) == ("mine", "mine", "mine")
    assert legend.unobserved == {-1: "cloud"}
    bamboo, house = legend.classes
    assert (bamboo.name_zh, bamboo.colour) == ("Bamboo", COVER_TYPES["tree"].colour)
    assert (bamboo.verified, house.verified, house.name_zh) == (False, True, "房")


def test_legend_is_a_value():
    legend = Legend.load("nlcd")
    assert Legend.load(legend) is legend
    assert pickle.loads(pickle.dumps(legend)) == legend
    assert hash(legend) == hash(replace(legend))
    with pytest.raises(FrozenInstanceError):
        legend.key = "other"


def test_representations():
    legend = Legend.from_codes({1: ("tree", "<b>&", "#010203")}, unobserved=[0], key="a<b")
    assert repr(legend) == "<Legend a<b: 1 class; unobserved 0>"
    assert repr(Legend.load("clcd")) == "<Legend clcd: 9 classes, 30 m; unobserved 0>"
    html = legend._repr_html_()
    assert "background:#010203" in html
    assert "&lt;b&gt;&amp;" in html
    assert "a&lt;b" in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("codes", "unobserved", "message"),
    [
        ({}, (), r"'custom' has no classes; give at least one"),
        ({1: ("forest", "F")}, (), r"code 1 the cover type 'forest'.*use one of tree, shrub"),
        ({1: ("tree", "T", "green")}, (), r"code 1 the colour 'green'; write it as '#rrggbb'"),
        ({1: ("tree", "T")}, [1], r"code 1 both as the class 'T' and as unobserved"),
        ({1.5: ("tree", "T")}, (), r"the code 1\.5, which is not a whole number"),
        ({True: ("tree", "T")}, (), r"the code True, which is not a whole number"),
        ({1: ("tree", "T")}, ["x"], r"the code 'x', which is not a whole number"),
        ({1: ("tree",)}, (), r"code 1 the entry \('tree',\); write \(cover type, name\)"),
        ({1: "tree"}, (), r"code 1 the entry 'tree'; write"),
    ],
)
def test_wrong_codes_are_explained(codes, unobserved, message):
    with pytest.raises(LegendError, match=message):
        Legend.from_codes(codes, unobserved=unobserved)


ONE = '{ code = 1, cover = "tree", name = "T" }'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = 'x'", r"mine\.toml lacks the key 'classes'"),
        ("classes = [{ code = 1, cover = 'tree' }]", r"mine\.toml, class 1 lacks the key 'name'"),
        (f"classes = [{ONE}, {ONE}]", r"mine\.toml: .*code 1 to two classes, 'T' and 'T'"),
        (f"classes = [{ONE.replace('tree', 'wood')}]", r"mine\.toml: .*cover type 'wood'"),
        (f"classes = [{ONE}]\n[unobserved]\n1 = 'x'", r"mine\.toml: .*code 1 both as"),
        (f"classes = [{ONE}]\n[unobserved]\nnone = 'x'", r"mine\.toml, key 'unobserved': 'none'"),
        (f"licens = 'x'\nclasses = [{ONE}]", r"key 'licens' \(did you mean 'licence'\?\); use"),
        (f"classes = [{ONE.replace('1', 'true')}]", r"class 1, key 'code' is True; give a whole"),
        (f"resolution_m = 'ten'\nclasses = [{ONE}]", r"key 'resolution_m' is 'ten'; give a number"),
        ("classes = [1]", r"mine\.toml, class 1 is 1; write"),
        ("classes = [", r"mine\.toml is not valid TOML; mend this: "),
    ],
)
def test_wrong_file_is_explained(legend_file, text, message):
    with pytest.raises(LegendError, match=message) as caught:
        Legend.load(legend_file(text))
    assert "\n" not in str(caught.value)


def test_unknown_legends_are_explained(tmp_path):
    with pytest.raises(LegendError, match=r"'worldcovr' .*did you mean 'worldcover'\?.*clcd"):
        Legend.load("worldcovr")
    with pytest.raises(LegendError, match=r"'zzz' is not known; use a built-in one"):
        Legend.load("zzz")
    with pytest.raises(LegendError, match=r"absent\.toml does not exist; check the path"):
        Legend.load(tmp_path / "absent.toml")
    with pytest.raises(LegendError, match="cannot be read"):
        Legend.load(tmp_path)
    in_gbk = tmp_path / "gbk.toml"
    in_gbk.write_bytes("title = '林地'".encode("gbk"))
    with pytest.raises(LegendError, match=r"gbk\.toml is not UTF-8 text; save it as UTF-8"):
        Legend.load(in_gbk)


def test_questions_that_a_legend_cannot_answer():
    legend = Legend.load("clcd")
    with pytest.raises(LegendError, match=r"'clcd' has no code 42; it has 1, 2, 3"):
        legend.name(42)
    with pytest.raises(LegendError, match="Language 'fr' is not known; use 'en' or 'zh'"):
        legend.name(1, "fr")
    with pytest.raises(LegendError, match="was asked for the cover type 'forest'"):
        legend.codes_of("forest")


def test_import_is_light():
    # The package itself is left out, so that only what legends need is counted.
    root = Path(greencover.cover.__file__).parents[1]
    script = (
        "import sys, types\n"
        "package = types.ModuleType('greencover')\n"
        f"package.__path__ = [{str(root)!r}]\n"
        "sys.modules['greencover'] = package\n"
        "from greencover.cover import Legend\n"
        "Legend.load('worldcover')\n"
        "heavy = {'numpy', 'pandas', 'pydantic', 'rasterio', 'numba'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    ("key", "written", "cover"),
    [
        ("forest-resource-map", "0111", "tree"),
        ("forest-resource-map", "0131", "shrub"),
        ("forest-resource-map", "0163x", "bare"),
        ("gbt-21010-2007", "031", "tree"),
        ("gbt-21010-2007", "087", "grass"),
        ("gbt-21010-2017", "0307", "other"),
        ("third-land-survey", "0305K", "shrub"),
        ("third-land-survey", "05H1", "built"),
        ("third-land-survey", "1101", "water"),
    ],
)
def test_codes_of_surveys_count_as_written(key, written, cover):
    legend = Legend.load(key)
    (code,) = codes_written(pd.Series([written]), legend, "plots")
    assert legend.covers[int(code)] == cover
    known = {entry.code for entry in legend.classes if entry.verified}
    assert known < set(legend.codes)

"""Labels in two languages and the font that draws them."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.resources import files

import matplotlib as mpl
import pytest
from fontTools.ttLib import TTFont

from greencover.cover import COVER_TYPES
from greencover.ground import fonts
from greencover.indicators.registry import indicators
from greencover.report import classes, palette
from greencover.report.labels import check_lang, join, keys, label
from greencover.report.style import MapStyle
from greencover.standards import available, load
from greencover.words import catalogue


def every_label() -> list[tuple[str, str, dict]]:
    """Group, key, and the label in either language."""
    heads = (code.split(".", 2) for code in catalogue("en") if code.startswith("labels."))
    found = [(group, key) for _, group, key in heads]
    found += [("indicators", key) for key in indicators()] + [
        ("covers", key) for key in COVER_TYPES
    ]
    return [
        (group, key, {lang: label(key, group, lang=lang) for lang in ("zh", "en")})
        for group, key in found
    ]


def test_every_label_has_both_languages():
    """A label without one of its languages would show a hole in a map or a table."""
    missing = [
        (group, key)
        for group, key, entry in every_label()
        if not (entry.get("zh") and entry.get("en"))
    ]

    assert missing == []


def test_every_glyph_of_every_label_is_in_the_font():
    """The font's own character map is asked, not matplotlib."""
    with TTFont(fonts.chinese_font(), lazy=True) as font:
        known = set(font.getBestCmap())
    text = "".join(entry["zh"] + entry["en"] for _, _, entry in every_label())
    text += "".join(palette.VERDICT_SYMBOL.values()) + fonts.GETA + "≥≤÷–·…0123456789"

    assert {c for c in text if ord(c) not in known} == set()


@pytest.mark.parametrize("name", ["words/zh.toml", "words/en.toml", "report/page/page.html"])
def test_every_glyph_of_every_sentence_is_in_the_font(name):
    text = files("greencover").joinpath(name).read_text(encoding="utf-8")

    assert fonts.missing_glyphs("".join(c for c in text if ord(c) > 126)) == ""


def test_chinese_labels_are_chinese():
    """An English word left in the Chinese column is an untranslated label; months are numbers."""
    latin = [
        (group, key)
        for group, key, entry in every_label()
        if group not in ("units", "datums", "months")
        and not any("\u4e00" <= c <= "\u9fff" for c in entry["zh"])
    ]

    assert latin == []


def test_label_in_each_language():
    assert label("not met", "verdicts") == "未达标 not met"
    assert label("not met", "verdicts", lang="zh") == "未达标"
    assert label("not met", "verdicts", lang="en") == "not met"
    assert label("forest_coverage", "indicators", between="\n") == "森林覆盖率\nForest coverage"


def test_key_without_label_is_shown_as_it_stands():
    assert label("my_own_indicator", "indicators") == "my_own_indicator"


def test_missing_language_gives_way_to_the_other():
    assert join("", "Qinglan", lang="zh") == "Qinglan"
    assert join("青岚", "", lang="both") == "青岚"
    assert join("G205", "G205") == "G205"


def test_unknown_language_is_refused():
    with pytest.raises(ValueError, match=r"lang='fr' is unknown"):
        check_lang("fr")


def test_every_indicator_is_shown_in_a_family_that_has_a_name():
    assert {record.family for record in indicators().values()} <= set(keys("families"))
    assert set(palette.SEQUENCES) >= {record.colours for record in indicators().values()}


def test_packaged_font_is_found_without_importing_its_package():
    """Importing the package that carries the font changes matplotlib's settings."""
    code = (
        "import sys, matplotlib as mpl\n"
        "before = mpl.rcParams.copy()\n"
        "from greencover.ground import fonts\n"
        "print(fonts.font_families()[0], fonts.packaged_font().name)\n"
        "assert 'zhplot' not in sys.modules\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert all(mpl.rcParams[k] == before[k] for k in before if 'backend' not in k)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["Noto", "Sans", "SC", "NotoSansSC-Regular.ttf"]


def test_packaged_font_wins_over_one_of_the_same_name():
    from matplotlib.font_manager import FontProperties, findfont

    fonts.font_families()

    assert findfont(FontProperties(family=list(fonts.font_families()))) == str(
        fonts.packaged_font()
    )


def test_system_font_stands_in_for_the_packaged_one(monkeypatch):
    """Of the fonts on the machine the first known Chinese name is taken."""
    from types import SimpleNamespace

    from matplotlib import font_manager

    installed = [
        SimpleNamespace(name="DejaVu Sans", fname="/f/dejavu.ttf"),
        SimpleNamespace(name="SimSun", fname="/f/simsun.ttc"),
        SimpleNamespace(name="SimHei", fname="/f/simhei.ttf"),
    ]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", installed)

    assert str(fonts.system_font()) == "/f/simhei.ttf"


def test_missing_glyphs_and_their_mark():
    gone = "\U0003fffd"

    assert fonts.missing_glyphs(f"青{gone}岚{gone}\n") == gone
    assert fonts.drawable(f"青{gone}岚") == "青〓岚"


def test_web_font_holds_what_it_was_asked_for():
    import base64
    import io

    address = fonts.web_font("青岚 A")
    kind, data = address.split(",", 1)
    with TTFont(io.BytesIO(base64.b64decode(data))) as font:
        known = set(font.getBestCmap())

    assert kind == "data:font/woff;base64"
    assert {ord(c) for c in "青岚 A"} <= known
    assert ord("覆") not in known


def test_settings_change_nothing_outside_their_block():
    before = dict(mpl.rcParams)
    with mpl.rc_context(fonts.settings()):
        assert mpl.rcParams["pdf.fonttype"] == 42

    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    ("values", "breaks"),
    [
        ([41.2, 55.0, 78.9], [40.0, 50.0, 60.0, 70.0, 80.0]),
        ([0.0, 100.0], [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]),
        ([60.0], [60.0, 60.1]),
    ],
)
def test_coverage_breaks_hold_all_values(values, breaks):
    assert classes.rounded_limits(values) == breaks
    assert [classes.class_of(breaks[0], breaks), classes.class_of(breaks[-1], breaks)] == [
        0,
        len(breaks) - 2,
    ]


def test_a_value_on_a_limit_belongs_to_the_class_above():
    assert classes.class_of(50.0, [40.0, 50.0, 60.0]) == 1
    assert classes.class_of(49.999, [40.0, 50.0, 60.0]) == 0


def test_limits_come_from_mapclassify_when_named():
    mapclassify = pytest.importorskip("mapclassify")
    values = [1.0, 2.0, 2.5, 7.0, 8.0, 9.0, 20.0, 21.0]
    limits = classes.class_limits(values, MapStyle(scheme="natural-breaks", classes=3))
    bins = mapclassify.FisherJenks(values, k=3).bins

    assert limits == [1.0, *bins]
    counted = [
        sum(classes.class_of(v, limits, MapStyle(scheme="natural-breaks")) == k for v in values)
        for k in range(3)
    ]
    assert counted == [3, 3, 2]


def test_colours_of_classes_are_distinct_and_grow_darker():
    def light(colour: str) -> float:
        red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    for sequence in (palette.COVERAGE, palette.PER_CAPITA, palette.ROADS):
        for count in range(2, 10):
            shades = [light(c) for c in palette.steps(sequence, count)]
            assert shades == sorted(shades, reverse=True)
            assert len(set(shades)) == count


def test_notes_of_targets_are_said_in_chinese():
    """What a standard remarks on a target stands in tables and pages, in both languages."""
    notes = [target for key in available() for target in load(key).targets if target.note]

    assert len(notes) > 30
    assert [
        target.note for target in notes if not re.search("[\u4e00-\u9fff]", target.note_zh)
    ] == []


def test_a_target_is_a_limit_and_a_share_ends_at_the_whole():
    limits = classes.class_limits([41.0, 99.0], MapStyle(), targets=[63.0, 20.0], share=True)

    assert limits == [40.0, 60.0, 63.0, 80.0, 100.0]
    assert classes.class_words(limits) == ["40–60", "60–63", "63–80", "80–100"]


def test_a_class_never_says_more_than_the_whole_nor_hides_a_missed_target():
    pytest.importorskip("mapclassify")
    values = [20.0, 79.96, 85.0, 90.0, 99.96]
    for scheme in ("std-mean", "quantiles", "equal-interval", "natural-breaks"):
        style = MapStyle(scheme=scheme, classes=3)
        limits = classes.class_limits(values, style, targets=[80.0], share=True)
        said = [float(word) for one in classes.class_words(limits) for word in one.split("–")]

        assert 80.0 in limits
        assert max(said) <= 100.0
        assert (min(limits), max(limits)) == (20.0, 99.96)
        missed, met = (classes.class_of(v, limits, style, targets={80.0}) for v in (79.96, 80.0))
        assert missed < met


def test_one_value_is_a_class_without_width():
    limits = classes.class_limits([52.14, 52.14], MapStyle())

    assert limits == [52.14, 52.14]
    assert classes.class_words(limits) == ["52.1"]
    assert classes.class_of(52.14, limits) == 0

"""The Word report: from our template, from an office's own, and from broken ones."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

docx = pytest.importorskip("docx")
pytest.importorskip("docxtpl")

from docx.enum.section import WD_ORIENT  # noqa: E402
from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: E402

from greencover.ground.errors import OutputError  # noqa: E402
from greencover.ground.notes import Note  # noqa: E402
from greencover.report.books import BookTable, Field  # noqa: E402
from greencover.report.labels import said  # noqa: E402
from greencover.report.office import word, word_facts  # noqa: E402
from greencover.report.office.workbook import write_excel  # noqa: E402
from greencover.report.overview import unjudged_sentences  # noqa: E402
from greencover.report.view import View  # noqa: E402
from greencover.standards import Target  # noqa: E402
from paths import ROOT  # noqa: E402
from patience import PATIENCE_S  # noqa: E402
from report_fixtures import EVIL, make_assessment  # noqa: E402

#: As many columns as the longest table of the books.
COLUMNS = tuple(f"column {number}" for number in range(13))
SOFFICE = shutil.which("soffice")
SCRIPT = ROOT / "scripts" / "make_report_templates.py"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def sentences(assessment, part: str, lang: str) -> list[str]:
    """Sentences of one part of a report."""
    return [one.said(lang) for one in getattr(View.of(assessment), part)]


@pytest.fixture(scope="module")
def assessment():
    return make_assessment(evil=True)


@pytest.fixture(scope="module")
def path(assessment, tmp_path_factory):
    return word.write_word(assessment, tmp_path_factory.mktemp("word") / "report.docx", lang="zh")


@pytest.fixture(scope="module")
def document(path):
    return docx.Document(str(path))


@pytest.fixture
def plain(monkeypatch):
    """Without the pictures, which take their time."""

    def pictures(_assessment, _lang, _inline, _folder, *, approval):
        return [
            {"key": "forest-coverage", "number": 1, "caption": "a map", "image": f"(map{approval})"}
        ]

    monkeypatch.setattr(word, "pictures", pictures)


def text_of(document) -> str:
    return "\n".join(
        "".join(node.text or "" for node in paragraph.iter(f"{WORD}t"))
        for paragraph in document.element.body.iter(f"{WORD}p")
    )


def table_of(document, head: str):
    """The table whose first cell says what its rows are."""
    return next(table for table in document.tables if table.cell(0, 0).text == head)


def office_template(path: Path, *paragraphs: str) -> Path:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(str(path))
    return path


def test_report_says_the_verdicts_in_sentences(document, assessment):
    text = text_of(document)

    for part in ("county_sentences", "township_sentences"):
        for sentence in sentences(assessment, part, "zh"):
            assert sentence in text
    assert View.of(assessment).gap_sentence.said("zh") in text
    assert "{{" not in text
    assert "{%" not in text


def test_township_table_has_every_figure(document, assessment):
    table = table_of(document, "单元")
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    towns = assessment.table[assessment.table["level"].isin(["township", "county"])]

    assert rows[0][1:3] == ["森林覆盖率", "林木覆盖率"]
    assert rows[1][1:3] == ["≥ 60%", "–"]
    assert len(rows) == 2 + 8 + 1
    cells = {cell for row in rows for cell in row}
    for value in towns.query("verdict == 'met'")["value"]:
        assert f"{value:.1f} ✓" in cells


def test_cells_have_the_colour_of_their_verdict(document):
    cells = table_of(document, "单元")._tbl.iter(f"{WORD}tc")
    colours = {}
    for cell in cells:
        text = "".join(node.text or "" for node in cell.iter(f"{WORD}t"))
        shade = cell.find(f"{WORD}tcPr/{WORD}shd")
        if text.endswith(("✓", "×")):
            colours.setdefault(text[-1], set()).add(shade.get(f"{WORD}fill"))

    assert colours == {"✓": {"bcd9ee"}, "×": {"f7c49a"}}


def test_maps_have_captions_that_word_numbers(document):
    captions = [
        "".join(node.text or "" for node in p.iter(f"{WORD}t"))
        for p in document.element.body.iter(f"{WORD}p")
        if "SEQ 图" in "".join(node.text or "" for node in p.iter(f"{WORD}instrText"))
    ]

    assert captions == [
        "图 1　各乡镇森林覆盖率分布图",
        "图 2　各村森林覆盖率分布图",
        "图 3　道路绿化现状图",
        "图 4　道路绿化缺口与土地覆盖图",
        "图 5　土地覆盖图",
        "图 6　公园绿地500米服务范围图",
    ]
    assert len(document.inline_shapes) == 6
    assert {round(s.width.mm) for s in document.inline_shapes} == {160}


def test_pictures_are_described_by_their_captions(document):
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]

    assert described[0] == "各乡镇森林覆盖率分布图"
    assert all(described)
    assert len(set(described)) == 6


def test_no_row_is_broken_by_the_end_of_a_page(document):
    rows = [row._tr for table in document.tables for row in table.rows]

    assert len(rows) > 50
    assert all(row.trPr.find(f"{WORD}cantSplit") is not None for row in rows)


def test_word_numbers_the_headings(document):
    headings = [p for p in document.paragraphs if p.style.name.startswith("Heading")]
    numbered = {p.style.name: p.style.element.pPr.numPr for p in headings}

    assert {name: shape.ilvl.val for name, shape in numbered.items()} == {
        "Heading 1": 0,
        "Heading 2": 1,
    }
    assert len({shape.numId.val for shape in numbered.values()}) == 1
    assert not [p.text for p in headings if re.match(r"\d", p.text)]


def test_cover_has_the_day_as_chinese_writes_it_and_contents_follow(document, assessment):
    year, month, day = (int(part) for part in assessment.provenance["created"][:10].split("-"))
    fields = [node.text for node in document.element.body.iter(f"{WORD}instrText")]

    assert f"报告日期：{year}年{month}月{day}日" in text_of(document)
    assert fields[0].startswith(" TOC ")


def test_chinese_characters_have_a_font_of_their_own(path):
    """Without a font in the East-Asian slot Word takes whatever it likes."""
    with zipfile.ZipFile(path) as parts:
        styles = parts.read("word/styles.xml").decode()
        body = parts.read("word/document.xml").decode()
    used = set(re.findall(r'<w:pStyle w:val="([^"]+)"', body)) | {"Normal"}
    for style in used:
        block = re.search(rf'<w:style [^>]*w:styleId="{style}".*?</w:style>', styles, re.S)
        assert block, style
        assert re.search(r'w:eastAsia="(宋体|黑体)"', block.group(0)), style
    assert "asciiTheme" not in re.search(r"<w:docDefaults>.*?</w:docDefaults>", styles, re.S)[0]


def test_gap_list_is_the_longest_first(document, assessment):
    gaps = table_of(document, "编号")
    rows = [[cell.text for cell in row.cells] for row in gaps.rows][1:]
    longest = assessment.gaps.sort_values("length_m", ascending=False, kind="stable")

    assert [row[3] for row in rows] == longest["chainage"].head(word_facts.MOST_GAPS).tolist()
    assert len(rows) == word_facts.MOST_GAPS
    assert "下表列出最长的40处" in text_of(document)


@pytest.mark.parametrize("name", EVIL)
def test_names_with_markup_stay_text(document, name):
    assert name in text_of(document)


@pytest.mark.usefixtures("plain")
def test_english_report_has_no_chinese(tmp_path):
    clean = make_assessment()
    roads = {"G3 京台高速": "G3"}
    gaps = clean.gaps.replace({"road": roads})
    table = clean.table.replace({"name": roads, "name_en": roads})
    english = replace(clean, gaps=gaps, table=table, notes=())
    path = word.write_word(english, tmp_path / "report.docx", lang="en")
    text = text_of(docx.Document(str(path)))

    assert re.findall("[\u4e00-\u9fff]+", text) == []
    assert "Forest coverage of Qinglan County is 65.2 %; the target (≥ 60 %) is met." in text
    assert "of 8 townships" in text


@pytest.mark.usefixtures("plain")
def test_template_of_the_office(assessment, tmp_path):
    template = office_template(
        tmp_path / "ours.docx",
        "{{ county }} {{ year }}: {{ county_sentences[0] }}",
        "{%p for gap in gaps[:2] %}",
        "{{ gap.road }} {{ gap.chainage }}",
        "{%p endfor %}",
        "{{ map.forest_coverage.image }} {{ map.forest_coverage.caption }}",
    )
    path = word.write_word(assessment, tmp_path / "report.docx", template=template)
    lines = [p.text for p in docx.Document(str(path)).paragraphs]
    first = assessment.gaps.sort_values("length_m", ascending=False, kind="stable").iloc[0]

    assert lines[0] == f"青岚县 2023: {sentences(assessment, 'county_sentences', 'zh')[0]}"
    assert lines[1] == f"{first['road']} {first['chainage']}"
    assert lines[3] == "(map) a map"


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{{ titel }}", r'"titel", which does not exist: "title" is near to it'),
        ("{{ qqqq }}", r'"qqqq", which does not exist: there are lang, title'),
        ("{% for gap in gaps %}{{ gap.chainag }}{% endfor %}", '"chainag".*"chainage" is near'),
        ("{{ map.moon.image }}", '"moon", which does not exist'),
        ("{{ title", "ours.docx cannot be read"),
        ("{% for gap in gaps %} no end", "ours.docx cannot be read"),
        ("{{ title.__class__.__mro__[1].__subclasses__() }}", "may not do"),
        ("{{ title + 1 }}", "in a way it cannot be used"),
    ],
)
def test_a_broken_template_is_told_what_breaks_it(assessment, tmp_path, content, words):
    template = office_template(tmp_path / "ours.docx", "before", content)
    with pytest.raises(OutputError, match=words):
        word.write_word(assessment, tmp_path / "report.docx", template=template)

    assert not (tmp_path / "report.docx").exists()


def test_a_template_that_is_none(assessment, tmp_path):
    (tmp_path / "a.docx").write_text("text", encoding="utf-8")
    for name, words in (("a.docx", "is no Word document"), ("b.docx", "does not exist")):
        with pytest.raises(OutputError, match=words):
            word.write_word(assessment, tmp_path / "r.docx", template=tmp_path / name)


def test_a_report_is_in_one_language(assessment, tmp_path):
    with pytest.raises(ValueError, match="a Word report is in one language"):
        word.write_word(assessment, tmp_path / "r.docx", lang="both")


def test_template_for_an_office_to_start_from(tmp_path):
    path = word.export_template(tmp_path / "start.docx", lang="en")

    assert "{{ gap_sentence }}" in text_of(docx.Document(str(path)))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_templates_are_those_that_the_script_makes(lang, tmp_path):
    made = runpy.run_path(str(SCRIPT))["template"](lang)
    made.save(str(tmp_path / "a.docx"))
    kept = word.export_template(tmp_path / "b.docx", lang=lang)

    assert text_of(docx.Document(str(kept))) == text_of(made)


@pytest.mark.usefixtures("plain")
def test_assessment_without_roads_gaps_and_targets(tmp_path):
    bare = make_assessment(roads=False, villages=False, parks=False)
    table = bare.table.assign(target=float("nan"), verdict="no target", comparison="")
    without = replace(bare, table=table, needs=bare.needs.iloc[:0])
    path = word.write_word(without, tmp_path / "report.docx")
    text = text_of(docx.Document(str(path)))

    assert "缺口" not in text
    heads = [table.cell(0, 0).text for table in docx.Document(str(path)).tables]
    assert heads == ["名称", "单元"]


def test_needs_say_whether_there_is_room():
    assessment = make_assessment()
    needed = assessment.needs["needed"].sum()
    last = assessment.needs.iloc[-1]

    assert sentences(assessment, "need_sentences", "en") == [
        f"To reach ≥ 60 % for forest coverage, {len(assessment.needs)} townships need at least "
        f"{needed:.1f} ha more in all; the map shows too little room in 1: {last['name_en']}."
    ]
    roomy = replace(assessment, needs=assessment.needs.iloc[:-1])
    assert sentences(roomy, "need_sentences", "en")[0].endswith(
        "the map shows room enough in each."
    )
    assert (
        sentences(replace(assessment, needs=assessment.needs.iloc[:0]), "need_sentences", "zh")
        == []
    )


def test_figures_carry_their_interval():
    assessment = make_assessment()
    table = assessment.table.assign(low=assessment.table["value"] - 2.5)
    sure = replace(assessment, table=table.assign(high=table["value"] + 2.5))
    forest = "Forest coverage of Qinglan County is 65.2 % (interval 62.7–67.7);"

    assert sentences(sure, "county_sentences", "en")[0].startswith(forest)
    assert "（区间62.7–67.7）" in sentences(sure, "county_sentences", "zh")[0]


def test_sentences_count_what_the_table_holds():
    assessment = make_assessment()
    rows = assessment.table.query("indicator == 'forest_coverage' and level == 'township'")
    met, missed = (int((rows["verdict"] == v).sum()) for v in ("met", "not met"))
    told = sentences(assessment, "township_sentences", "en")

    assert told[0].startswith(
        f"The target (≥ 60 %) for forest coverage is met in {met} of 8 townships and not met in "
        f"{missed}: Bailu (39.2 %);"
    )
    assert told[1] == "No verdict can be given for Shimen (1 of the townships)."
    assert any(
        s.startswith("Green coverage (County): ≥ 70 %")
        for s in sentences(assessment, "targets", "en")
    )
    limits = View.of(assessment).limits
    assert any("not checked" in said(limit, "en") for limit in limits)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_word_and_excel_open_in_another_program(path, assessment, tmp_path):
    """LibreOffice turns both into PDF; the names that bite are in them as text."""
    assert SOFFICE is not None
    shutil.copy(path, tmp_path / "report.docx")
    write_excel(assessment, tmp_path / "book.xlsx")
    subprocess.run(
        [
            SOFFICE,
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "report.docx"),
            str(tmp_path / "book.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=PATIENCE_S,
    )
    pages = {
        name: len(re.findall(rb"/Type\s*/Page\b", (tmp_path / name).read_bytes()))
        for name in ("report.pdf", "book.pdf")
    }

    assert pages["report.pdf"] >= 5
    assert pages["book.pdf"] >= 6


def test_every_judged_level_has_its_results(assessment):
    facts = word_facts.word_facts(View.of(assessment), "zh")
    annexes = {one["key"]: one for one in facts["annexes"]}
    judged = assessment.table[assessment.table["target"].notna()]

    for key, level in (("judged_villages", "village"), ("judged_roads", "road")):
        assert len(annexes[key]["rows"]) == (judged["level"] == level).sum()
    assert annexes["judged_roads"]["rows"][0][-1] == "未达标"
    assert facts["village_sentences"]
    assert facts["road_sentences"][0].startswith("6条道路中，道路绿化率（目标≥ 80%）达标")


def test_base_figures_tell_all_land_from_what_was_observed(assessment):
    """A rate is of the observed ground; the land of a township is all of it."""
    base = next(
        one
        for one in word_facts.word_facts(View.of(assessment), "en")["base"]
        if one["key"] == "base"
    )
    shimen = dict(zip(base["columns"], base["rows"][2], strict=True))

    assert float(shimen["Land (ha)"].replace(",", "")) == pytest.approx(1000.0 / 0.875, abs=0.01)
    assert float(shimen["Of it unobserved (ha)"]) == pytest.approx(125.0 / 0.875, abs=0.01)


def test_fields_show_contents_and_numbers_before_they_are_updated(document):
    texts = [p.text for p in document.paragraphs]
    tables = [text for text in texts if text.startswith("表 ")]

    assert [int(text.split("　")[0].removeprefix("表 ")) for text in tables] == [
        *range(1, len(tables) + 1)
    ]
    contents = next(text for text in texts if text.startswith("1　"))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert [line.split("　")[1] for line in contents.split("\n") if line[0] != "　"] == headings


def test_the_document_was_made_when_the_assessment_was(document):
    assert document.core_properties.created.isoformat()[:19] == "2024-05-01T00:00:00"


def test_wide_tables_lie_on_their_side(assessment, tmp_path, monkeypatch):
    """Thirteen columns of a book have no room on an upright page; without books all stand."""
    rows = pd.DataFrame({key: ["1"] for key in COLUMNS})
    table = BookTable("completion", tuple(map(Field, COLUMNS)), rows)
    monkeypatch.setattr(word_facts, "book_tables", lambda _assessment: (table,))
    monkeypatch.setattr(word, "pictures", lambda *_args, **_kept: [])
    path = word.write_word(assessment, tmp_path / "report.docx", lang="en")
    kinds = [one.orientation for one in docx.Document(str(path)).sections]

    assert kinds == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]


def test_an_upright_report_has_one_section(document):
    assert len(document.sections) == 1


def test_figures_of_tables_stand_at_the_right(document):
    table = next(one for one in document.tables if "土地面积（公顷）" in one.rows[0].cells[1].text)
    name, figure = (table.rows[1].cells[place].paragraphs for place in (0, 1))
    assert [line.alignment for line in figure] == [WD_ALIGN_PARAGRAPH.RIGHT]
    assert [line.alignment for line in name] == [None]


def test_one_township_is_told_as_one():
    assessment = make_assessment()
    table = assessment.table
    towns = table[table["level"] == "township"]
    one = towns["unit"] == towns["unit"].iloc[0]
    alone = replace(assessment, table=pd.concat([towns[one], table[table["level"] == "county"]]))
    told = sentences(alone, "township_sentences", "en")
    assert told
    assert not [line for line in told if "townships" in line or "of 1" in line]


@pytest.mark.usefixtures("plain")
def test_townships_without_a_target_have_no_heading(tmp_path):
    assessment = make_assessment()
    table = assessment.table[assessment.table["level"] == "county"]
    without = {"road_sides": None, "roads": None}
    layers = {key: one for key, one in assessment.layers.items() if key not in without}
    report = word.write_word(
        replace(assessment, table=table, layers=layers), tmp_path / "a.docx", lang="en"
    )
    heads = [
        one.text for one in docx.Document(str(report)).paragraphs if "Heading" in one.style.name
    ]
    assert "County" in heads
    assert "Townships" not in heads


def test_notes_of_a_run_are_whole_sentences():
    assessment = replace(make_assessment(), notes=(Note("verdicts.no_sample"),))
    for lang, end in (("en", "."), ("zh", "。")):
        (told,) = (one for one in sentences(assessment, "limits", lang) if "[accuracy]" in one)
        assert told.endswith(end)
        assert told[0] == told[0].upper()


def test_targets_not_judged_have_units_of_the_language():
    note = Note(
        "verdicts.not_judged",
        standard="national-forest-city-2012",
        indicator="park_green_per_capita",
        level="county",
        goal=Target("park_green_per_capita", "county", 11.0, "m²/person").goal,
        why=Note("verdicts.no_such_unit"),
    )
    assessment = replace(make_assessment(), notes=(note,), unjudged=(note,))
    (told,) = unjudged_sentences(assessment)
    assert "≥ 11平方米/人" in told.said("zh")
    assert "≥ 11 m²/person" in told.said("en")

"""Any language that has a catalogue is a language of reports: shown with one made up for the test.

Its letters are those of English made wide, so that whatever is left in plain letters was not said
through its catalogue.
"""

from __future__ import annotations

import ast
import json
import re
import sqlite3
import tomllib
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

import greencover.report
import greencover.results
from greencover import words
from greencover.ground.notes import Note
from greencover.report.gis.layers import write_layers
from greencover.report.labels import label
from greencover.report.maps.registry import maps
from greencover.report.office.workbook import write_excel
from greencover.report.page.html import write_page
from greencover.report.style import MapStyle
from greencover.report.tables import as_text
from greencover.standards import load
from greencover.words import _catalogue
from report_fixtures import make_assessment

WIDE = {
    ord(letter): ord(letter) + 0xFEE0 for letter in map(chr, range(0x41, 0x7B)) if letter.isalpha()
}
# Two English words or more in a row.
SENTENCE = re.compile(r"(?<![\w/.])[A-Za-z]{2,}(?:,? [A-Za-z]{2,})+")


def wide(text: str) -> str:
    """A template with wide letters outside its braces."""
    parts = re.split(r"(\{\{.*?\}\}|\{%.*?%\}|\{[^{}]*\})", text)
    return "".join(p if p.startswith("{") else p.translate(WIDE) for p in parts)


@pytest.fixture(scope="module")
def language(tmp_path_factory, assessment):
    """A catalogue ``xx.toml``, and nothing else but a copy of the Word template beside it."""
    folder = tmp_path_factory.mktemp("language")
    own = tomllib.loads((Path(words.__file__).parent / "en.toml").read_text(encoding="utf-8"))
    for group, entries in words.added_labels().items():
        table = {key: entry["en"] for key, entry in entries.items()}
        own["labels"][group] = table | own["labels"].get(group, {})
    own["labels"]["definitions"] = {
        key: one.definition for key, one in assessment.definitions.items()
    }
    (folder / "xx.toml").write_text(_toml(own), encoding="utf-8")
    _template(folder / "report-xx.docx")
    words.add_catalogue(folder / "xx.toml")
    yield "xx"
    _catalogue._added.pop("xx")
    words.catalogue.cache_clear()


def _toml(table: dict, head: str = "") -> str:
    plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
    text = f"[{head}]\n" if head else ""
    text += "".join(f"{json.dumps(k)} = {json.dumps(wide(str(v)))}\n" for k, v in plain.items())
    for key, value in table.items():
        if isinstance(value, dict):
            text += _toml(value, f"{head}.{json.dumps(key)}" if head else json.dumps(key))
    return text


def _template(path: Path) -> None:
    docx = pytest.importorskip("docx")
    from greencover.report.office.word import export_template

    document = docx.Document(str(export_template(path, lang="en")))
    for node in document.element.body.iter():
        if node.tag.endswith("}t") and node.text:
            node.text = wide(node.text)
    document.save(str(path))


@pytest.fixture(scope="module")
def assessment():
    """With notes by code, as an assessment has them."""
    note = Note("joining.rows", rows=3)
    left = Note(
        "verdicts.not_judged",
        standard="national-forest-city-2012",
        indicator="forest_coverage",
        level="county",
        goal=Note("joining.row", rows=30),
        why=note,
    )
    made = make_assessment()
    table = made.table.assign(note="")
    return replace(made, notes=(note, left), table=table, unjudged=(left,))


@pytest.fixture(scope="module")
def data(assessment) -> list[str]:
    """English that is data and no sentence of ours: names, titles, sources."""
    table = assessment.table
    found = {*table["name_en"], *table["name"], assessment.title_en, assessment.cover.legend.title}
    found |= {load(key).title for key in set(table["standard"]) - {""}}
    found |= {one.source for one in assessment.definitions.values()}
    found |= set(assessment.layers["roads"]["road"])
    found |= {one.name for one in assessment.cover.legend.classes}
    found.add(assessment.cover.legend.licence)
    return sorted(map(str, found), key=len, reverse=True)


def english(texts, data: list[str]) -> list[str]:
    """Pieces of English in some texts that are not data."""
    found = []
    for text in map(str, texts):
        for known in data:
            text = text.replace(known, "·")
        found += SENTENCE.findall(text)
    return found


def test_workbook(language, assessment, data, tmp_path):
    book = openpyxl.load_workbook(write_excel(assessment, tmp_path / "a.xlsx", lang=language))
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    texts = [value for value in cells if isinstance(value, str)]

    assert english([*texts, *book.sheetnames], data) == []
    assert wide("Verdict counts") in texts
    assert wide("Forest coverage") in texts
    assert wide("not met") in texts


def test_word_report(language, assessment, data, tmp_path):
    docx = pytest.importorskip("docx")
    from greencover.report.office.word import write_word

    path = write_word(assessment, tmp_path / "a.docx", lang=language)
    body = docx.Document(str(path)).element.body
    texts = [
        "".join(node.text or "" for node in paragraph.iter() if node.tag.endswith("}t"))
        for paragraph in body.iter()
        if paragraph.tag.endswith("}p")
    ]

    assert english(texts, data) == []
    assert any(wide(" is 65.2 %; the target (") in text for text in texts)
    assert any(wide("Roadside greening by side") in text for text in texts)
    assert any(text.startswith(wide("Greening report")) for text in texts)


def _values(found) -> list[str]:
    """Every text of JSON that is no key."""
    if isinstance(found, dict | list):
        inside = found.values() if isinstance(found, dict) else found
        return [text for one in inside for text in _values(one)]
    return [str(found)]


class Text(HTMLParser):
    """What a reader of a page meets: text, titles, and the data of its scripts."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.kind = ""
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.kind = given.get("type") or tag
        self.found += [v for k, v in attrs if k in ("title", "aria-label") and v]

    def handle_endtag(self, _tag):
        self.kind = ""

    def handle_data(self, data):
        if self.kind == "application/json":
            self.found += _values(json.loads(data))
        elif self.kind not in ("script", "style"):
            self.found.append(data)


def test_page_and_its_switch(language, assessment, data, tmp_path):
    source = write_page(assessment, tmp_path / "a.html", lang=language).read_text("utf-8")
    page = Text(source)

    assert english(page.found, data) == []
    assert re.findall(r'data-set-lang="(\w+)" aria-pressed="true"', source) == ["xx"]
    assert 'data-languages="zh xx"' in source
    assert wide("English") in page.found
    assert ".xx" in source


def test_maps_and_terminal(language, assessment, data):
    from matplotlib.text import Text as Drawn

    look = MapStyle(lang=language)
    for name in ("forest-coverage", "roadside-greening", "park-service", "verdict-matrix"):
        figure = maps()[name].draw(assessment, style=look).figure
        texts = [text.get_text() for text in figure.findobj(Drawn)]
        # The projection is called as its authority calls it.
        assert english([t for t in texts if "UTM" not in t], data) == [], name
        assert maps()[name].title.said("xx") in texts
    assert english([as_text(assessment, lang=language)], data) == []


def test_geopackage(language, assessment, tmp_path):
    path = write_layers(assessment, tmp_path / "a.gpkg", lang=language)
    with closing(sqlite3.connect(path)) as database:
        aliases = dict(database.execute("SELECT column_name, name FROM gpkg_data_columns"))
        (style,) = database.execute(
            "SELECT styleQML FROM layer_styles WHERE f_table_name = 'road_sides'"
        ).fetchone()

    assert aliases["forest_pct"] == wide("Forest coverage (%)")
    assert wide("Unobserved") in style


def test_a_folder_of_results(language, assessment, tmp_path):
    written = assessment.write(
        tmp_path / "r", lang=language, formats=["xlsx", "gpx", "kml", "json"]
    )

    assert len(written) == 4
    assert wide("left") in written["gaps.gpx"].read_text("utf-8")
    assert label("met", "verdicts", lang=language) == wide("met")


# Words that a drawing library, a receiver or a workbook knows.
WORDS_OF_LIBRARIES = {
    *("axes fraction", "offset points", "outside lower left"),
    *("lower left", "lower right", "upper left", "Flag, Green", "Microsoft YaHei"),
}
# Strings of the code that are no sentences for people, and why.
NO_SENTENCES = {
    "gis/layers.py": "SQL",
    "gis/qgis_style.py": "filters of QGIS",
    "page/map.py": "names of fonts and scripts of the page",
    "page/gaps.py": "scripts of the page",
    "page/html.py": "styles of the page",
    "page/notebook.py": "styles of a notebook's table",
    "maps/plotting.py": "what Python calls the object",
}


def _strings(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


def test_no_sentence_stands_in_code():
    """Whatever people read is in the catalogues: no Chinese, no two English words in a row."""
    # Keys of the data, such as "not met", are no sentences either.
    keys = {code.split(".", 2)[2] for code in words.catalogue("en") if code.count(".") > 1}
    found = []
    for room in (greencover.report, greencover.results):
        root = Path(room.__file__).parent
        for path in root.rglob("*.py"):
            if path.relative_to(root).as_posix() in NO_SENTENCES:
                continue
            for line, text in _strings(path):
                if text in keys | WORDS_OF_LIBRARIES:
                    continue
                if SENTENCE.search(text) or re.search("[\u4e00-\u9fff]", text):
                    found.append((path.relative_to(root).as_posix(), line, text))

    assert found == []

"""Make the Word templates that come with the package, Chinese and English.

An office starts from one of them: ``greencover.report.office.word.export_template``. The variables
are listed in docs/reports.md. Run ``python scripts/make_report_templates.py``.
"""

from __future__ import annotations

import zipfile
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FOLDER = Path(__file__).parent.parent / "src" / "greencover" / "report" / "office" / "templates"
ACCENT = RGBColor(0x1F, 0x6F, 0x54)
INK = RGBColor(0x22, 0x30, 0x3A)
QUIET = RGBColor(0x66, 0x72, 0x7A)
DATE = datetime(2024, 1, 1)
HEADING_SCHEME = "90"

# Fonts that Windows has; the second of each pair stands in the East-Asian slot.
BODY = ("Times New Roman", "宋体")
HEAD = ("Arial", "黑体")

WORDS = {
    "zh": {
        "kind": "绿化评估报告",
        "date": "报告日期：",
        "by": "编制单位：",
        "overview": "概况",
        "villages": "各村庄",
        "roads": "各道路",
        "annexes": "附表",
        "unjudged": "未作判定的目标",
        "rules": "未采用默认值的规则",
        "books": "台账与任务",
        "signed": "（编制单位盖章）",
        "contents": "目录",
        "contents_hint": "请在此处单击右键，选“更新域”，即生成目录。",
        "summary": "评估结论",
        "county": "全县",
        "townships": "各乡镇",
        "needs": "达标所需",
        "table": "各乡镇指标与结论",
        "unit": "单元",
        "target": "目标",
        "reported": "上报与核实",
        "reported_columns": ["单元", "指标", "上报", "核实", "范围", "结论", "文件", "说明"],
        "evidence": "道路绿化的判定依据",
        "evidence_columns": ["依据", "已绿化 (公里)", "缺口 (公里)", "占可绿化长度 (%)"],
        "disagreements": "依据不一致的路段",
        "disagreement_columns": ["道路", "侧", "桩号", "长度 (米)", "采用的依据", "各依据的说法"],
        "maps": "图件",
        "gaps": "道路绿化缺口清单",
        "columns": ["编号", "道路", "侧", "桩号", "长度 (米)", "乡镇", "现状地类"],
        "methods": "指标与方法",
        "targets": "目标值及其依据",
        "sources": "数据来源",
        "limits": "使用限制",
        "figure": "图",
        "list": "表",
        "note": "✓ 达标　× 未达标　? 不确定　– 数据不足；无符号者未设目标。",
        "page": ("第 ", " 页"),
        "comma": "，",
    },
    "en": {
        "kind": "Greening report",
        "date": "Date of the report: ",
        "by": "Prepared by: ",
        "overview": "The county",
        "villages": "Villages",
        "roads": "Roads",
        "annexes": "Annexed tables",
        "unjudged": "Targets that were not judged",
        "rules": "Rules that are not the default",
        "books": "Books and tasks",
        "signed": "(Signature of the office)",
        "contents": "Contents",
        "contents_hint": "Right-click here and choose “Update field” to fill the contents.",
        "summary": "Findings",
        "county": "County",
        "townships": "Townships",
        "needs": "What is needed",
        "table": "Indicators and verdicts by township",
        "unit": "Unit",
        "target": "Target",
        "reported": "Reported and measured",
        "reported_columns": [
            "Unit",
            "Indicator",
            "Reported",
            "Measured",
            "Range",
            "Finding",
            "Document",
            "Note",
        ],
        "evidence": "What roadsides were judged by",
        "evidence_columns": ["Evidence", "Greened (km)", "Gap (km)", "Share of length (%)"],
        "disagreements": "Where the evidence disagrees",
        "disagreement_columns": [
            "Road",
            "Side",
            "Chainage",
            "Length (m)",
            "Decided by",
            "What each says",
        ],
        "maps": "Maps",
        "gaps": "Roadside gaps",
        "columns": ["No.", "Road", "Side", "Chainage", "Length (m)", "Township", "Cover now"],
        "methods": "Indicators and methods",
        "targets": "Targets and where they come from",
        "sources": "Sources",
        "limits": "Limits",
        "figure": "Figure",
        "list": "Table",
        "note": "✓ met   × not met   ? uncertain   – no data; without a sign: no target.",
        "page": ("Page ", ""),
        "comma": ", ",
    },
}
GAP_FIELDS = ("id", "road", "side", "chainage", "length_m", "township", "cover_now")
GAP_WIDTHS = (34, 14, 14, 36, 16, 26, 20)
REPORTED_FIELDS = (
    "unit", "indicator", "reported", "measured", "range", "finding", "document", "note",
)  # fmt: skip
REPORTED_WIDTHS = (18, 24, 18, 16, 22, 18, 22, 22)

EVIDENCE_FIELDS = ("evidence", "greened_km", "gap_km", "share_pct")
EVIDENCE_WIDTHS = (52, 36, 36, 36)
DISAGREEMENT_FIELDS = ("road", "side", "chainage", "length_m", "evidence", "said")
DISAGREEMENT_WIDTHS = (24, 14, 40, 18, 26, 38)
# More columns than these need a page that lies on its side.
WIDE = "(indicators|length > 7)"
UPRIGHT_MM, LANDSCAPE_MM = 160, 247
CENTRED = ("length_m", "reported", "measured", "greened_km", "gap_km", "share_pct")


def main() -> None:
    """Write both templates."""
    FOLDER.mkdir(exist_ok=True)
    for lang in WORDS:
        path = FOLDER / f"report-{lang}.docx"
        template(lang).save(path)
        settle(path)
        print(path)


def template(lang: str) -> Any:
    """A document with variables where an assessment fills in."""
    words: Any = WORDS[lang]
    document = Document()
    styles(document, lang)
    numbering(document)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin, section.bottom_margin = Mm(25), Mm(22)
    header = section.header.paragraphs[0]
    header.text, header.style = "{{ title }}", document.styles["Header"]
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run(words["page"][0])
    field(footer, "PAGE", "1")
    footer.add_run(words["page"][1])

    document.add_paragraph("{{ title }}", style="Title")
    document.add_paragraph(
        words["kind"] + "{% if year %}" + words["comma"] + "{{ year }}{% endif %}", style="Subtitle"
    )
    document.add_paragraph("{%p if county != title %}")
    document.add_paragraph("{{ county }}", style="Cover")
    document.add_paragraph("{%p endif %}")
    for text in (words["date"] + "{{ date_said }}", words["by"]):
        document.add_paragraph(text, style="Cover")
    document.add_page_break()
    contents(document, words["contents"], words["contents_hint"])
    document.add_page_break()

    document.add_paragraph("{%p if overview_sentences or base %}")
    document.add_heading(words["overview"], 1)
    document.add_paragraph("{%p for text in overview_sentences %}")
    document.add_paragraph("{{ text }}")
    document.add_paragraph("{%p endfor %}")
    tables(document, words, "base")
    document.add_paragraph("{%p endif %}")

    document.add_heading(words["summary"], 1)
    document.add_heading(words["county"], 2)
    loop(document, "county_sentences")
    document.add_paragraph("{%p if township_sentences or gap_sentence %}")
    document.add_heading(words["townships"], 2)
    loop(document, "township_sentences")
    document.add_paragraph("{%p if gap_sentence %}")
    document.add_paragraph("{{ gap_sentence }}", style="List Bullet")
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p endif %}")

    for key in ("villages", "roads"):
        variable = f"{key[:-1]}_sentences"
        document.add_paragraph(f"{{%p if {variable} %}}")
        document.add_heading(words[key], 2)
        loop(document, variable)
        document.add_paragraph("{%p endif %}")

    document.add_paragraph("{%p if need_sentences %}")
    document.add_heading(words["needs"], 2)
    loop(document, "need_sentences")
    document.add_paragraph("{%p endif %}")

    begin_landscape(document, WIDE)
    document.add_heading(words["table"], 1)
    caption(document, words["list"], words["table"], before=True)
    document.add_paragraph(f"{{%p if {WIDE} %}}")
    units(document, words, LANDSCAPE_MM)
    document.add_paragraph("{%p else %}")
    units(document, words, UPRIGHT_MM)
    document.add_paragraph("{%p endif %}")
    document.add_paragraph(words["note"], style="Quiet")
    begin_landscape(document, f"books and not {WIDE}")
    document.add_paragraph("{%p if books %}")
    document.add_heading(words["books"], 2)
    tables(document, words, "books", LANDSCAPE_MM)
    document.add_paragraph("{%p endif %}")
    end_landscape(document, f"books or {WIDE}")

    document.add_paragraph("{%p if reported %}")
    document.add_heading(words["reported"], 2)
    caption(document, words["list"], words["reported"], number="2", before=True)
    listed(document, words["reported_columns"], "reported", REPORTED_FIELDS, REPORTED_WIDTHS)
    document.add_paragraph("{%p endif %}")

    document.add_paragraph("{%p if evidence %}")
    document.add_heading(words["evidence"], 2)
    loop(document, "evidence_sentences")
    caption(document, words["list"], words["evidence"], number="3", before=True)
    listed(document, words["evidence_columns"], "evidence", EVIDENCE_FIELDS, EVIDENCE_WIDTHS)
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p if disagreements %}")
    caption(document, words["list"], words["disagreements"], number="4", before=True)
    listed(
        document,
        words["disagreement_columns"],
        "disagreements",
        DISAGREEMENT_FIELDS,
        DISAGREEMENT_WIDTHS,
    )
    document.add_paragraph("{%p if disagreement_note %}")
    document.add_paragraph("{{ disagreement_note }}", style="Quiet")
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p endif %}")

    document.add_heading(words["maps"], 1)
    document.add_paragraph("{%p for item in maps %}")
    picture = document.add_paragraph("{{ item.image }}", style="Picture")
    picture.paragraph_format.keep_with_next = True
    caption(document, words["figure"], "{{ item.caption }}", number="{{ item.number }}")
    document.add_paragraph("{%p endfor %}")

    document.add_paragraph("{%p if gap_sentence %}")
    document.add_heading(words["gaps"], 1)
    document.add_paragraph("{{ gap_sentence }}")
    document.add_paragraph("{%p if gap_note %}")
    document.add_paragraph("{{ gap_note }}")
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p if gaps %}")
    caption(document, words["list"], words["gaps"], number="5", before=True)
    listed(document, words["columns"], "gaps", GAP_FIELDS, GAP_WIDTHS)
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p endif %}")

    document.add_heading(words["methods"], 1)
    document.add_paragraph("{%p for method in methods %}")
    line = document.add_paragraph(style="List Bullet")
    line.add_run("{{ method.name }}").bold = True
    line.add_run(("：" if lang == "zh" else ": ") + "{{ method.text }}")
    document.add_paragraph("{%p endfor %}")
    for key in ("targets", "sources", "limits"):
        document.add_heading(words[key], 1)
        loop(document, key)
    for text in (words["signed"], "{{ date_said }}"):
        document.add_paragraph(text, style="Signed")

    document.add_paragraph("{%p if annexes or unjudged or rules %}")
    document.add_page_break()
    document.add_heading(words["annexes"], 1)
    tables(document, words, "annexes")
    for key in ("unjudged", "rules"):
        document.add_paragraph(f"{{%p if {key} %}}")
        document.add_heading(words[key], 2)
        loop(document, key)
        document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p endif %}")
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.title = words["kind"]
    document.core_properties.created = document.core_properties.modified = DATE
    return document


def styles(document: Any, lang: str) -> None:
    """Fonts, also for Chinese characters, and spacing of every style that is used."""
    size = 11 if lang == "en" else 12
    looks: dict[str, dict[str, Any]] = {
        "Normal": {"font": BODY, "size": size, "after": 4, "line": 1.3},
        "Title": {"font": HEAD, "size": 26, "colour": INK, "before": 160, "after": 12},
        "Cover": {"font": BODY, "size": 14, "colour": INK, "before": 24, "after": 0},
        "Contents": {"font": HEAD, "size": 15, "colour": INK, "after": 8},
        "Subtitle": {"font": HEAD, "size": 15, "colour": ACCENT, "after": 4},
        "Heading 1": {"font": HEAD, "size": 15, "colour": ACCENT, "before": 16, "after": 6},
        "Heading 2": {"font": HEAD, "size": 12.5, "colour": INK, "before": 8, "after": 3},
        "List Bullet": {"font": BODY, "size": size, "after": 3, "line": 1.25},
        "Caption": {"font": HEAD, "size": 9.5, "colour": INK, "after": 8},
        "Header": {"font": BODY, "size": 9, "colour": QUIET},
        "Footer": {"font": BODY, "size": 9, "colour": QUIET},
        "Quiet": {"font": BODY, "size": 9.5, "colour": QUIET, "after": 6},
        "Signed": {"font": BODY, "size": size, "before": 6, "after": 0},
        "Cell": {"font": BODY, "size": 9, "after": 0, "line": 1.0},
        "Picture": {"font": BODY, "size": size, "after": 2, "line": 1.0},
    }
    for name, look in looks.items():
        known = {style.name for style in document.styles}
        style = document.styles[name] if name in known else document.styles.add_style(name, 1)
        style.font.size, style.font.italic, style.font.bold = Pt(look["size"]), False, False
        if "colour" in look:
            style.font.color.rgb = look["colour"]
        slots(style.element.get_or_add_rPr(), *look["font"])
        shape = style.paragraph_format
        shape.space_before, shape.space_after = Pt(look.get("before", 0)), Pt(look.get("after", 0))
        shape.line_spacing = look.get("line", 1.15)
    for name in ("Title", "Subtitle", "Cover", "Contents", "Caption", "Picture"):
        document.styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.styles["Signed"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    defaults = document.styles.element.find(qn("w:docDefaults")).find(".//" + qn("w:rPr"))
    slots(defaults, *BODY)
    speech = defaults.find(qn("w:lang"))
    if speech is None:
        speech = OxmlElement("w:lang")
        defaults.append(speech)
    speech.set(qn("w:val"), "en-US")
    speech.set(qn("w:eastAsia"), "zh-CN")


def slots(properties: Any, latin: str, chinese: str) -> None:
    """Name the font in every slot: the East-Asian one is what Chinese characters take."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for slot, name in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", chinese)):
        fonts.set(qn(f"w:{slot}"), name)


def numbering(document: Any) -> None:
    """Number the headings of two levels, 1 and 1.1: what a county lacks leaves no hole."""
    part = document.part.numbering_part.element
    scheme = OxmlElement("w:abstractNum")
    scheme.set(qn("w:abstractNumId"), HEADING_SCHEME)
    kind = OxmlElement("w:multiLevelType")
    kind.set(qn("w:val"), "multilevel")
    scheme.append(kind)
    for level, text in enumerate(("%1", "%1.%2")):
        step = OxmlElement("w:lvl")
        step.set(qn("w:ilvl"), str(level))
        for name, value in (
            ("start", "1"),
            ("numFmt", "decimal"),
            ("pStyle", f"Heading{level + 1}"),
            ("suff", "space"),
            ("lvlText", f"{text}　"),
            ("lvlJc", "left"),
        ):
            mark = OxmlElement(f"w:{name}")
            mark.set(qn("w:val"), value)
            step.append(mark)
        scheme.append(step)
    # Schemes stand before what uses them.
    part.insert(0, scheme)
    number = part.add_num(int(HEADING_SCHEME))
    for level in (0, 1):
        used = document.styles[f"Heading {level + 1}"].element.get_or_add_pPr().get_or_add_numPr()
        used.get_or_add_numId().val = number.numId
        used.get_or_add_ilvl().val = level


def contents(document: Any, title: str, hint: str) -> None:
    """A table of contents that Word fills when its fields are brought up to date."""
    document.add_paragraph(title, style="Contents")
    field(document.add_paragraph(), 'TOC \\o "1-2" \\h \\z \\u', hint)
    update = OxmlElement("w:updateFields")
    update.set(qn("w:val"), "true")
    document.settings.element.append(update)


def loop(document: Any, variable: str) -> None:
    """A bullet for every sentence of a list."""
    document.add_paragraph(f"{{%p for text in {variable} %}}")
    document.add_paragraph("{{ text }}", style="List Bullet")
    document.add_paragraph("{%p endfor %}")


def caption(
    document: Any, kind: str, text: str, *, number: str = "1", before: bool = False
) -> None:
    """A caption whose number Word counts on its own."""
    paragraph = document.add_paragraph(style="Caption")
    paragraph.paragraph_format.keep_with_next = before
    paragraph.add_run(f"{kind} ")
    field(paragraph, f"SEQ {kind} \\* ARABIC", number)
    paragraph.add_run(f"　{text}")


def field(paragraph: Any, code: str, shown: str) -> None:
    """A Word field with the text that it shows until it is updated."""
    for kind, text in (
        ("begin", None), (None, code), ("separate", None), ("shown", shown), ("end", None),
    ):  # fmt: skip
        run = paragraph.add_run(shown if kind == "shown" else "")
        if kind in ("begin", "separate", "end"):
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        elif kind is None:
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {text} "
            run._r.append(instruction)


def units(document: Any, words: Any, width_mm: float) -> None:
    """Units against indicators: one column an indicator, one row a unit."""
    table = document.add_table(rows=5, cols=4, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    rows = (
        (words["unit"], "{%tc for item in indicators %}", "{{ item.name }}", "{%tc endfor %}"),
        (
            words["target"],
            "{%tc for item in indicators %}",
            "{{ item.target or '–' }}",
            "{%tc endfor %}",
        ),
        ("{%tr for unit in units %}", "", "", ""),
        (
            "{{ unit.name }}",
            "{%tc for cell in unit.cells %}",
            "{% cellbg cell.colour %}{{ cell.text }}",
            "{%tc endfor %}",
        ),
        ("{%tr endfor %}", "", "", ""),
    )
    for row, texts in zip(table.rows, rows, strict=True):
        for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            fill(cell, text, centred=bool(place))
    widen(table, width_mm)
    unbroken(table)
    for number in (0, 1):
        repeat(table.rows[number])
        for cell in table.rows[number].cells:
            shade(cell, "E6EFEB")


def begin_landscape(document: Any, condition: str) -> None:
    """Where the condition holds, end the pages that stand upright."""
    section_end(document, condition, landscape=False)


def end_landscape(document: Any, condition: str) -> None:
    """Where the condition holds, end the pages that lie on their side."""
    section_end(document, condition, landscape=True)


def section_end(document: Any, condition: str, *, landscape: bool) -> None:
    """A paragraph that ends a section: pages and headers as the document has them."""
    document.add_paragraph(f"{{%p if {condition} %}}")
    end = document.add_paragraph(style="Cell")
    section = deepcopy(document.element.body.sectPr)
    if landscape:
        size = section.find(qn("w:pgSz"))
        width, height = size.get(qn("w:w")), size.get(qn("w:h"))
        size.set(qn("w:w"), height)
        size.set(qn("w:h"), width)
        size.set(qn("w:orient"), "landscape")
    end._p.get_or_add_pPr().append(section)
    document.add_paragraph("{%p endif %}")


def tables(document: Any, words: Any, variable: str, width_mm: float = UPRIGHT_MM) -> None:
    """Every table of a list, with its caption, and what it leaves to the workbook below it."""
    document.add_paragraph(f"{{%p for book in {variable} %}}")
    caption(document, words["list"], "{{ book.title }}", before=True)
    book(document, width_mm)
    document.add_paragraph("{{ book.note }}", style="Quiet")
    document.add_paragraph("{%p endfor %}")


def book(document: Any, width_mm: float) -> None:
    """A table of the books: as many columns as it has."""
    table = document.add_table(rows=4, cols=3, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    rows = (
        ("{%tc for one in book.columns %}", "{{ one }}", "{%tc endfor %}"),
        ("{%tr for row in book.rows %}", "", ""),
        ("{%tc for one in row %}", "{{ one }}", "{%tc endfor %}"),
        ("{%tr endfor %}", "", ""),
    )
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            fill(cell, text)
    by_kind(table.rows[2].cells[1])
    for cell in table.rows[0].cells:
        shade(cell, "E6EFEB")
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    widen(table, width_mm)
    unbroken(table)
    repeat(table.rows[0])


def by_kind(cell: Any) -> None:
    """Figures stand at the right end of a cell, where their digits come below each other."""
    text = cell.paragraphs[0].text
    lines = ("{%p if book.figures[loop.index0] %}", text, "{%p else %}", text, "{%p endif %}")
    for number, line in enumerate(lines):
        paragraph = cell.add_paragraph() if number else cell.paragraphs[0]
        paragraph.text, paragraph.style = line, "Cell"
        if number == 1:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def widen(table: Any, width_mm: float) -> None:
    """Share the width of the page out among the columns, however many a template makes of them."""
    for column in table.columns:
        column.width = Mm(width_mm / len(table.columns))
        for cell in column.cells:
            cell.width = column.width


def listed(
    document: Any, titles: list[str], variable: str, fields: tuple[str, ...], widths: Any
) -> None:
    """A table with a row for every item of a list."""
    table = document.add_table(rows=4, cols=len(fields), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for cell, text in zip(table.rows[0].cells, titles, strict=True):
        fill(cell, text)
        shade(cell, "E6EFEB")
    fill(table.rows[1].cells[0], f"{{%tr for item in {variable} %}}")
    for cell, name in zip(table.rows[2].cells, fields, strict=True):
        fill(cell, f"{{{{ item.{name} }}}}", centred=name in CENTRED)
    fill(table.rows[3].cells[0], "{%tr endfor %}")
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    unbroken(table)
    repeat(table.rows[0])


def fill(cell: Any, text: str, *, centred: bool = False) -> None:
    """Text of a cell in the small style of tables."""
    paragraph = cell.paragraphs[0]
    paragraph.text, paragraph.style = text, "Cell"
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def shade(cell: Any, colour: str) -> None:
    """Colour of a cell's ground."""
    mark = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        mark.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(mark)


def unbroken(table: Any) -> None:
    """No row of a table is broken by the end of a page."""
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def repeat(row: Any) -> None:
    """Show a row again at the head of every page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def settle(path: Path) -> None:
    """Give all parts of the file one date, so that the same script makes the same bytes."""
    with zipfile.ZipFile(path) as archive:
        parts = [(info.filename, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            info = zipfile.ZipInfo(name, date_time=(2024, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)


if __name__ == "__main__":
    main()

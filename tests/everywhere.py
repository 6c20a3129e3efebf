"""All that is said of a campaign, by every door and output, as text to look for a change in."""

from __future__ import annotations

import html
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest import mock

import docx
import openpyxl

import greencover as gc
from greencover.campaign import Campaign
from greencover.campaign.explain import explain, page


def everywhere(campaign: Path, folder: Path, *, maps: tuple[str, ...]) -> dict[str, str]:
    """Check, assess and write a campaign in Chinese and English; return what is said, by place."""
    chapters = explain(Campaign.read(campaign).open())
    assessment = gc.assess(campaign)
    # The maps of a Word report say nothing that its text does not, and take the most of the time.
    with mock.patch("greencover.report.office.word.pictures", return_value=[]):
        written = assessment.write(
            folder, formats=["xlsx", "docx", "html", "gpkg", "svg", "json"], maps=maps
        )
    notes = [one.said("zh") for one in assessment.notes if hasattr(one, "said")]
    reports = [docx.Document(str(written[f"report-{lang}.docx"])) for lang in ("zh", "en")]
    drawn = [path for path in written.values() if path.suffix == ".svg"]
    return {
        "assess": "\n".join([assessment.table.to_csv(), *map(str, assessment.notes), *notes]),
        "check": "\n".join(page(chapters, lang) for lang in ("zh", "en")),
        "schema": json.dumps(Campaign.model_json_schema()),
        "provenance": written["provenance.json"].read_text("utf-8"),
        "workbook": _workbook(written["assessment.xlsx"]),
        "word": "\n".join(map(_word, reports)),
        "page": _shown(written["report.html"].read_text("utf-8")),
        "map": "\n".join(_shown(path.read_text("utf-8")) for path in drawn),
        "geopackage": _tables(written["gaps.gpkg"]),
    }


def missing(text: dict[str, str], mark: str, *places: str) -> list[str]:
    """Places that do not show a mark."""
    return [place for place in places if mark.lower() not in text[place].lower()]


def _workbook(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    return "\n".join(str(cell.value) for sheet in book for row in sheet for cell in row)


def _word(document: Any) -> str:
    """Every paragraph of the body, those in tables too."""
    paragraphs = (node for node in document.element.body.iter() if node.tag.endswith("}p"))
    return "\n".join(
        "".join(part.text or "" for part in paragraph.iter() if part.tag.endswith("}t"))
        for paragraph in paragraphs
    )


def _shown(text: str) -> str:
    """The text with its data, whose letters JSON may write as numbers."""
    text = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), text)
    return html.unescape(text)


def _tables(path: Path) -> str:
    """Names, aliases, styles and values of a GeoPackage."""
    tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
    with closing(sqlite3.connect(path)) as database:
        rows: list[Any] = []
        for (name,) in database.execute(tables).fetchall():
            if not name.startswith(("rtree_", "gpkg_spatial")):
                found = database.execute(f'SELECT * FROM "{name}"')
                rows += [[column[0] for column in found.description], *found]
    kept = [[one for one in row if not isinstance(one, bytes)] for row in rows]
    return json.dumps(kept, ensure_ascii=False, default=str)

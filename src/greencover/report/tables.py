"""The verdicts as text for a terminal and as JSON for other programs."""

from __future__ import annotations

import json
import textwrap
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from greencover.report.labels import (
    BOTH,
    Label,
    Lang,
    Sayable,
    alone,
    check_lang,
    label,
    said,
    spoken,
)
from greencover.report.matrix import Cell, Matrix, matrix_of
from greencover.report.provenance import plain
from greencover.report.selection import unit_sign

if TYPE_CHECKING:
    from greencover.verdicts import Assessment

MOST_NAME = 26


def as_json(assessment: Assessment, files: Mapping[str, Path]) -> str:
    """Title, verdict counts, the tidy table and the files written, for other programs."""
    table = assessment.table
    content = {
        "title": assessment.title,
        "title_en": assessment.title_en,
        "year": assessment.year,
        "verdicts": {str(k): int(n) for k, n in table["verdict"].value_counts().items()},
        "table": table.to_dict("records"),
        "gaps": {
            "count": len(assessment.gaps),
            "length_m": float(assessment.gaps["length_m"].sum()) if len(assessment.gaps) else 0.0,
        },
        "reported": assessment.reported.to_dict("records"),
        "not_seen": {
            "count": len(assessment.not_seen),
            "length_m": float(assessment.not_seen["length_m"].sum())
            if len(assessment.not_seen)
            else 0.0,
        },
        "notes": list(assessment.notes),
        "files": {name: str(path) for name, path in files.items()},
    }
    # Programs read it through pipes of any encoding.
    return json.dumps(plain(content), ensure_ascii=True, indent=2, allow_nan=False)


def display_width(text: str) -> int:
    """Columns that a text takes in a terminal: two for a Chinese character.

    Examples
    --------
    >>> display_width("青岚镇 Qinglan")
    14
    """
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _padded(text: str, width: int, *, right: bool = False) -> str:
    space = " " * max(width - display_width(text), 0)
    return space + text if right else text + space


def _safe(text: str) -> str:
    """The text without characters that would steer a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def as_text(assessment: Assessment | pd.DataFrame, *, lang: Lang = BOTH, width: int = 100) -> str:
    """Townships against indicators, with figures and verdicts, for a terminal.

    Parameters
    ----------
    assessment
        An assessment, or its tidy table, or rows of that.
    lang
        A language that has a catalogue, or ``"both"``.
    width
        Columns of the terminal; indicators that do not fit go into a further block.

    Returns
    -------
    str
        Lines that align in a terminal where a Chinese character is two columns wide.
    """
    check_lang(lang)
    matrix = matrix_of(assessment if isinstance(assessment, pd.DataFrame) else assessment.table)
    columns = [_column(matrix, place, lang) for place in range(len(matrix.columns))]
    height = max((len(column.title) for column in columns), default=1)
    title = _wrapped(Label("township", "levels"), lang)
    names = [_name(unit.name, lang) for unit in matrix.units]
    stub = _Column(title, label("target", "words", lang=lang), "", names)
    counties = len(names) - matrix.first_county
    blocks = [
        _block([stub, *part], height, counties) for part in _fitting(columns, width - stub.width)
    ]
    used = [verdict for verdict in matrix.verdicts if verdict != "no target"]
    if lang == BOTH and used:
        blocks.append("   ".join(label(verdict, "verdicts") for verdict in used))
    return "\n\n".join(blocks)


def _name(name: Sayable, lang: Lang) -> str:
    """Name of a unit, in one language or cut short where both would take too much room."""
    for how in (lang, alone(lang)):
        words = said(name, how)
        if display_width(words) <= MOST_NAME:
            return _safe(words)
    while display_width(words) >= MOST_NAME:
        words = words[:-1]
    return _safe(words) + "…"


@dataclass(frozen=True)
class _Column:
    title: list[str]
    target: str
    unit: str
    cells: list[str]

    @property
    def width(self) -> int:
        return max(map(display_width, [*self.title, self.target, self.unit, *self.cells]))


def _wrapped(name: Sayable, lang: Lang) -> list[str]:
    """A heading as short lines: Chinese in one, others broken between words."""
    texts = dict.fromkeys(name.said(one) for one in spoken(lang))
    lines = [line for text in texts for line in textwrap.wrap(text, 14, break_long_words=False)]
    return [_safe(line) for line in lines]


def _column(matrix: Matrix, place: int, lang: Lang) -> _Column:
    column = matrix.columns[place]
    target = column.goal.plain if column.goal else ""
    if column.varies:
        target = label("targets_vary", "words", lang=alone(lang))
    cells = [row[place] for row in matrix.cells]
    verdicts = ["" if cell is None else _verdict(cell, lang) for cell in cells]
    room = max(map(display_width, verdicts), default=0)
    figures = ["" if cell is None else cell.figure for cell in cells]
    texts = [
        f"{figure} {_padded(verdict, room)}" if room else figure
        for figure, verdict in zip(figures, verdicts, strict=True)
    ]
    # A superscript is one or two columns wide, as the terminal pleases.
    unit = unit_sign(column.unit, lang).replace("²", "2")
    return _Column(_wrapped(column.name, lang), target, _safe(unit), texts)


def _verdict(cell: Cell, lang: Lang) -> str:
    """The verdict in a word, with the target where it is not the one at the head."""
    if cell.verdict == "no target":
        return ""
    word = label(cell.verdict, "verdicts", lang=alone(lang))
    return f"{word} ({cell.goal.plain})" if cell.goal and cell.apart else word


def _fitting(columns: list[_Column], room: int) -> list[list[_Column]]:
    blocks: list[list[_Column]] = [[]]
    for column in columns:
        used = sum(c.width + 2 for c in blocks[-1])
        if blocks[-1] and used + column.width + 2 > room:
            blocks.append([])
        blocks[-1].append(column)
    return blocks


def _block(columns: list[_Column], height: int, counties: int) -> str:
    stacks = [
        [*[""] * (height - len(c.title)), *c.title, c.unit, c.target, *c.cells] for c in columns
    ]
    lines = []
    for row in zip(*stacks, strict=True):
        cells = [
            _padded(text, column.width, right=bool(number))
            for number, (text, column) in enumerate(zip(row, columns, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    rule = "-" * (sum(c.width for c in columns) + 2 * (len(columns) - 1))
    lines.insert(height + 2, rule)
    if counties:
        lines.insert(len(lines) - counties, rule)
    return "\n".join(line for line in lines if line)

"""What the fields of a report show before Word brings them up to date: contents, and captions.

A preview, and a printer that never asks, show fields as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

_LEVELS = ("Heading 1", "Heading 2")


def fill_fields(document: Any) -> None:
    """List the headings in the contents, and number the captions of each kind."""
    lines = list(_headings(document))
    counted: Counter[str] = Counter()
    for code, shown in _fields(document):
        match code.split():
            case ["SEQ", kind, *_]:
                counted[kind] += 1
                shown.text = str(counted[kind])
            case ["TOC", *_] if lines:
                shown.text = "\n".join(lines)


def _headings(document: Any) -> Iterator[str]:
    """Headings with the numbers that Word gives them, deeper ones set in."""
    counts = [0, 0]
    for paragraph in document.paragraphs:
        if paragraph.style is None or paragraph.style.name not in _LEVELS:
            continue
        level = _LEVELS.index(paragraph.style.name)
        counts[level] += 1
        counts[level + 1 :] = [0] * (1 - level)
        number = ".".join(map(str, counts[: level + 1]))
        yield f"{'　' * 2 * level}{number}　{paragraph.text}"


def _fields(document: Any) -> Iterator[tuple[str, Any]]:
    """Code of each field, and the run that it shows."""
    from docx.oxml.ns import qn
    from docx.text.run import Run

    for paragraph in document.element.body.iter(qn("w:p")):
        code, within = "", False
        for element in paragraph.iter(qn("w:r")):
            instruction, mark = element.find(qn("w:instrText")), element.find(qn("w:fldChar"))
            if instruction is not None:
                code = instruction.text or ""
            elif mark is not None:
                within = mark.get(qn("w:fldCharType")) == "separate"
            elif within and code:
                yield code, Run(element, paragraph)
                code = ""

"""A template that loops, repeats or nests without end is refused in a sentence, within seconds."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import pytest
from jinja2.exceptions import SecurityError, UndefinedError

from greencover.ground.errors import OutputError
from greencover.report.office import frugal
from greencover.report.office.frugal import Frugal
from greencover.report.office.word import check_template
from hostile.templates import TEMPLATES


@pytest.mark.parametrize("kind", TEMPLATES)
def test_what_never_ends_is_refused(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(frugal, "_MOST_STEPS", 20_000)

    with pytest.raises((SecurityError, RecursionError, UndefinedError)):
        Frugal(autoescape=True).from_string(TEMPLATES[kind]).render()


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{% for a in rows %}{{ a.n }}{{ '%.1f'|format(a.x) }};{% endfor %}", "甲1.2;乙3.0;"),
        ("{{ rows|join('、', attribute='n') }}{{ 'a' ~ 1 ~ rows[0].n }}", "甲、乙a1甲"),
        ("{{ 'abc'|replace('b', 'x') }}{{ '%s-%s' % (1, 2) }}{{ 2 * 3 + 2**5 }}", "axc1-238"),
        ("{% macro m(x) %}[{{ x }}]{% endmacro %}{{ m(1) }}", "[1]"),
        ("{% for i in range(3) if i %}{{ loop.index }}{% else %}none{% endfor %}", "12"),
        ("{{ '<' }}{{ rows|map(attribute='n')|join }}{{ [3, 1]|sort|first }}", "&lt;甲乙1"),
    ],
)
def test_what_an_office_writes_is_filled(source: str, shown: str) -> None:
    rows = [{"n": "甲", "x": 1.25}, {"n": "乙", "x": 3.0}]

    assert Frugal(autoescape=True).from_string(source).render(rows=rows) == shown


def test_a_template_that_unpacks_to_much(tmp_path: Path) -> None:
    path = tmp_path / "own.docx"
    docx.Document().save(str(path))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/zeros.png", bytes(101_000_000))

    with pytest.raises(OutputError, match="over 100 MB unpacked"):
        check_template(path)

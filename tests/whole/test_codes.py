"""Codes that Python raises and tells stand in every catalogue, with the same values in each."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import greencover

SOURCE = Path(greencover.__file__).parent


def flat(table: dict[str, Any], under: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{under}{key}.")
        elif isinstance(value, str):
            yield f"{under}{key}", value


CATALOGUES = {
    path.stem: dict(flat(tomllib.loads(path.read_text(encoding="utf-8"))))
    for path in (SOURCE / "words").glob("*.toml")
}


def said() -> Iterator[tuple[str, int, str]]:
    """File, line and code of every error raised, note made and thing told under a plain code."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            code = node.args[0]
            if not isinstance(code, ast.Constant) or not isinstance(code.value, str):
                continue
            coded = name in ("tell", "Note") or (name.endswith("Error") and "." in code.value)
            if coded and " " not in code.value:
                yield path.relative_to(SOURCE).as_posix(), node.lineno, code.value


def texts(node: ast.AST) -> Iterator[str]:
    """Plain texts in an expression, those of f-strings too."""
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def spoken(tree: ast.AST) -> Iterator[ast.Call]:
    """What is raised, warned of, shown or printed."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield node.exc
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("print", "echo", "secho", "warn", "write_html", "tell", "Note"):
                yield node


def test_no_plain_sentence_is_raised_warned_or_printed() -> None:
    """But for what Python itself says of a name that is not there."""
    plain = [
        f"{path.relative_to(SOURCE)}:{call.lineno}: {ast.unparse(call)}"
        for path in sorted(SOURCE.rglob("*.py"))
        for call in spoken(ast.parse(path.read_text(encoding="utf-8")))
        if getattr(call.func, "id", "") != "AttributeError"
        and any(" " in text.strip() for given in call.args for text in texts(given))
    ]
    assert not plain


#: What authorities call a datum, which no code says.
NAMES = ("ground/datums.py",)
MATCHING = ("compile", "search", "match", "fullmatch", "sub", "findall", "finditer", "split")


def test_no_expression_recognises_a_sentence() -> None:
    """Neither a regular expression, nor a piece of text that is looked for in what was said."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        if path.relative_to(SOURCE).as_posix() in NAMES:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            looked: list[str] = []
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in MATCHING:
                of_re = getattr(getattr(node.func, "value", None), "id", "") == "re"
                looked += texts(node.args[0]) if of_re and node.args else ()
            elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In):
                error = ast.unparse(node.comparators[0])
                looked += texts(node.left) if error.startswith("str(") else ()
            if any(re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", text) for text in looked):
                found.append(f"{path.relative_to(SOURCE)}:{node.lineno}")
    assert not found


def test_every_code_stands_in_every_catalogue() -> None:
    codes = list(said())
    assert len(codes) > 200
    missing = [
        (language, *one)
        for language, catalogue in CATALOGUES.items()
        for one in codes
        if one[2] not in catalogue
        and not any(known.startswith(f"{one[2]}.") for known in catalogue)
    ]
    assert not missing


def test_catalogues_name_the_same_values() -> None:
    def values(sentence: str) -> set[str]:
        # What another program says of a file is English and may be left out of other languages.
        return {name for _, name, _, _ in Formatter().parse(sentence) if name} - {"reason"}

    first, *others = CATALOGUES.values()
    for other in others:
        # A label's sentences are put together by each language in its own way.
        both = {one for one in first.keys() & other.keys() if not one.startswith("sentences.")}
        assert not [code for code in both if values(first[code]) != values(other[code])]

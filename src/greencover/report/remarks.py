"""Notes that still arise as English sentences, in Chinese."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from greencover.words import added_labels, catalogue, label_of

# What joins remarks on one figure.
_BETWEEN = "; "


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    text = files(__package__).joinpath("remarks.toml").read_text(encoding="utf-8")
    return [(re.compile(entry["pattern"]), entry["zh"]) for entry in tomllib.loads(text)["remark"]]


def in_chinese(text: str) -> str:
    """A note in Chinese; one that is not known stays as it is."""
    text = " ".join(text.split())
    for pattern, chinese in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return chinese.format(**{k: _said(k, v) for k, v in found.groupdict().items()})
    parts = text.split(_BETWEEN)
    return text if len(parts) == 1 else "；".join(in_chinese(part) for part in parts)


def _said(group: str, value: str) -> str:
    if group == "why":
        return in_chinese(value)
    if group == "where":
        return _place(value)
    if group in ("rows", "listed"):
        return _enumerated(value)
    if group == "ground":
        return label_of(value.replace(" ", "_"), "layers", "zh") or value
    if group in _groups():
        return "、".join(label_of(key, group, "zh") or key for key in value.split(", "))
    return value


@cache
def _groups() -> frozenset[str]:
    heads = (code.split(".") for code in catalogue("en"))
    return frozenset([*added_labels(), *(head[1] for head in heads if head[0] == "labels")])


def _place(where: str) -> str:
    """How messages call a layer or a table, in Chinese."""
    inside = re.fullmatch(r"layer '(?P<layer>.+)' of (?P<file>.+)", where)
    if inside:
        return f"文件{inside['file']}的图层{inside['layer']}"
    return re.sub(r"^table ", "表", re.sub(r"^layer ", "图层", where))


def _enumerated(names: str) -> str:
    """Rows or names that messages list, in Chinese."""
    names = re.sub(r"^rows? (.+)$", r"第\1行", names)
    names = re.sub(r" and (\d+) more\b", r"等，另有\1个", names)
    return names.replace(", ", "、").replace(" and ", "和")

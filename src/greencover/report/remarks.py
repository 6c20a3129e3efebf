"""Remarks of tables and notes, which arise in English, in the language of a report."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from greencover.report.labels import Lang, join, label, labels

# What joins remarks on one figure.
_BETWEEN = "; "


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    text = files(__package__).joinpath("remarks.toml").read_text(encoding="utf-8")
    return [(re.compile(entry["pattern"]), entry["zh"]) for entry in tomllib.loads(text)["remark"]]


def remark(text: str, *, lang: Lang = "both", between: str = " ") -> str:
    """A remark in the language asked for; one that is not known stays as it is.

    Examples
    --------
    >>> remark("no residents", lang="zh")
    '无常住人口数据'
    >>> remark("roads of grade national; no residents", lang="zh")
    '统计道路等级：国道；无常住人口数据'
    """
    text = " ".join(text.split())
    if lang == "en" or not text:
        return text
    return join(_in_chinese(text), text, lang=lang, between=between)


def _in_chinese(text: str) -> str:
    for pattern, chinese in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return chinese.format(**{k: _said(k, v) for k, v in found.groupdict().items()})
    parts = text.split(_BETWEEN)
    return text if len(parts) == 1 else "；".join(_in_chinese(part) for part in parts)


def _said(group: str, value: str) -> str:
    if group == "why":
        return _in_chinese(value)
    if group == "where":
        return _place(value)
    if group in ("rows", "listed"):
        return _enumerated(value)
    if group == "ground":
        return label(value.replace(" ", "_"), "layers", lang="zh")
    if group in labels():
        return "、".join(label(key, group, lang="zh") for key in value.split(", "))
    return value


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

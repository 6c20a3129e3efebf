"""The plugin's own words, in the language of QGIS."""

from __future__ import annotations

import json
from pathlib import Path

_WORDS = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))


def language(locale=None):
    """Return "zh" where QGIS speaks Chinese, else "en"."""
    if locale is None:
        from qgis.core import QgsApplication

        locale = QgsApplication.locale()
    return "zh" if locale.lower().startswith("zh") else "en"


def said(code, **values):
    """Return the words of a code in the language of QGIS."""
    return _WORDS[code][language()].format(**values)

"""A form as one page for a telephone, which needs no network: what all such forms share."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from greencover.corridor.field_columns import MapDatum
from greencover.ground.china import wgs84_to_gcj02
from greencover.ground.writing import replacing
from greencover.report.labels import Label, Lang, Sentence
from greencover.report.page.languages import Languages
from greencover.report.provenance import plain

_SAYS = (
    "checker",
    "nearest",
    "in_order",
    "all",
    "open",
    "done",
    "position",
    "no_position",
    "map",
    "save",
    "saved",
    "nothing",
    "faulty",
    "language",
    "back",
    "metres",
)


@dataclass(frozen=True)
class Question:
    """A column that is filled in.

    ``kind`` is "choice" (of ``options``), "number" (whole, from ``least`` up to what another column
    holds, ``most``), "line" or "text". A row counts as filled in once all that is ``asked`` is.
    """

    column: str
    kind: str
    label: Label
    options: tuple[tuple[str, Label], ...] = ()
    least: int = 0
    most: str = ""
    fault: Sentence | None = None

    @property
    def asked(self) -> bool:
        return self.kind in ("choice", "number")

    def told(self, languages: Languages) -> dict[str, Any]:
        """The question as the page holds it."""
        return {
            "column": self.column,
            "kind": self.kind,
            "asked": self.asked,
            "label": languages.pair(self.label),
            "options": [[key, *languages.pair(name)] for key, name in self.options],
            "least": self.least,
            "most": self.most,
            "fault": languages.pair(self.fault) if self.fault else ["", ""],
        }


#: What may be said of any row: a photograph's name and a remark.
REMARKS = (
    Question("photo", "line", Label("photo", "field_page")),
    Question("note", "text", Label("note", "field_page")),
)


@dataclass(frozen=True)
class Entry:
    """A row to fill in: its number, what it is called, what tells it from others, its columns.

    ``lon`` and ``lat`` are WGS 84, NaN where the place is not known.
    """

    number: object
    name: object
    details: tuple[object, ...]
    columns: Mapping[Hashable, Any]
    lon: float = np.nan
    lat: float = np.nan


@dataclass(frozen=True)
class PhoneForm:
    """What a form holds: its rows and questions, and what it saves.

    ``columns`` are those of the CSV, in order; ``when`` and ``who`` are the columns for the time of
    an answer and for whoever gives it; ``key`` tells this form from others in the browser.
    """

    title: Label
    how: Sentence
    entries: Sequence[Entry]
    questions: Sequence[Question]
    columns: Sequence[str]
    when: str
    who: str
    key: str
    file: str

    def write(self, path: str | Path, lang: Lang, datum: MapDatum) -> Path:
        """Write the page, which shows places in a datum and saves WGS 84."""
        from jinja2 import Environment, StrictUndefined

        languages = Languages.of(lang)
        source = files("greencover.report.page").joinpath("phone_form.html").read_text("utf-8")
        page = Environment(autoescape=True, undefined=StrictUndefined).from_string(source)
        document = page.render(
            lang=lang,
            languages=languages,
            title=languages.both(self.title),
            data=self._embedded(languages, datum),
        )
        with replacing(path) as draft:
            draft.write_text(document, encoding="utf-8", newline="\n")
        return Path(path)

    def _embedded(self, languages: Languages, datum: MapDatum) -> str:
        x = np.array([one.lon for one in self.entries], dtype=float)
        y = np.array([one.lat for one in self.entries], dtype=float)
        shown = wgs84_to_gcj02(x, y) if datum == "GCJ-02" else (x, y)
        rows = [
            {
                "id": one.number,
                "name": one.name,
                "details": [languages.pair(what) for what in one.details if what],
                "lon": one.lon,
                "lat": one.lat,
                "shown": [round(float(lon), 6), round(float(lat), 6)],
                "columns": one.columns,
            }
            for one, lon, lat in zip(self.entries, *shown, strict=True)
        ]
        data = {
            "title": languages.pair(self.title),
            "how": languages.pair(self.how),
            "rows": rows,
            "questions": [one.told(languages) for one in self.questions],
            "columns": list(self.columns),
            "when": self.when,
            "who": self.who,
            "key": self.key,
            "file": self.file,
            "says": {key: languages.pair(Label(key, "field_page")) for key in _SAYS},
            "datum": datum,
        }
        # A closing tag inside a script would end it.
        text = json.dumps(plain(data), ensure_ascii=False, allow_nan=False)
        return text.replace("<", "\\u003c")

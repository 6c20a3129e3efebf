"""The page of a programme: from provinces and cities to the page of each county."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from greencover.ground.limits import beside
from greencover.report.labels import Label, Lang, Named, Sentence, alone, label, said
from greencover.report.palette import VERDICT_FILL, VERDICT_INK
from greencover.report.selection import unit_sign
from greencover.results.programme.county import State
from greencover.results.programme.file import County


def page_of(
    title: Named,
    counties: Sequence[County],
    table: pd.DataFrame,
    states: Mapping[str, State],
    pages: Set[str],
    *,
    lang: Lang,
) -> str:
    """The page as text: figures of all levels, links to the pages of counties, and who failed.

    Parameters
    ----------
    pages
        Codes of the counties that have a page.
    """
    from jinja2 import Environment, StrictUndefined

    shown = table[table["grade"] == ""]
    columns = shown.drop_duplicates(["indicator", "scope"]).to_dict("records")
    failed = [
        {"code": one.code, "city": one.city, "sentence": said(states[one.code], lang)}
        for one in counties
        if states[one.code].state == "failed"
    ]
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    source = files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    return environment.from_string(source).render(
        title=said(title, lang),
        lang=alone(lang),
        heads=[_head(column, lang) for column in columns],
        levels=[
            (label(title, "sheets", lang=lang), _rows(shown, level, columns, pages))
            for level, title in (
                ("province", "provinces"),
                ("city", "cities"),
                ("county", "counties"),
            )
        ],
        failed=failed,
        failed_title=label("failed", "states", lang=lang),
        name_title=label("name", "columns", lang=lang),
        note=said(Sentence("programme.sums"), lang),
        fills=[(_class(word), VERDICT_FILL[word], VERDICT_INK[word]) for word in VERDICT_FILL],
    )


def _class(verdict: str) -> str:
    return verdict.replace(" ", "-")


def _head(record: dict[Any, Any], lang: Lang) -> dict[str, str]:
    name = Label(
        record["indicator"],
        "indicators",
        Named(record["indicator_name_zh"], record["indicator_name"]),
    )
    scope = label(record["scope"], "scopes", lang=lang) if record["scope"] else ""
    return {
        "name": said(name, lang),
        "scope": scope,
        "unit": unit_sign(record["unit_of_measure"], lang),
    }


def _rows(
    table: pd.DataFrame, level: str, columns: list[dict[Any, Any]], pages: Set[str]
) -> list[dict[str, Any]]:
    rows = []
    of_level = table[table["level"] == level]
    for _, group in of_level.groupby(["province", "city", "unit"], sort=False):
        first = group.iloc[0]
        above = [first["province"], first["city"]] if level == "county" else [first["province"]]
        cells = {(one["indicator"], one["scope"]): _cell(one) for one in group.to_dict("records")}
        rows.append(
            {
                "name": first["name"],
                "above": " · ".join(above) if level != "province" else "",
                "page": f"{first['unit']}/report.html" if first["unit"] in pages else "",
                "cells": [cells.get((c["indicator"], c["scope"])) for c in columns],
            }
        )
    return rows


def _cell(record: dict[Any, Any]) -> dict[str, str]:
    value, low, high, target = (float(record[key]) for key in ("value", "low", "high", "target"))
    shown = [
        beside(one, target, digits=2) if np.isfinite(one) else "" for one in (value, low, high)
    ]
    held = record["level"] != "county"
    return {
        "figure": shown[0] or "–",
        "interval": "–".join(shown[1:]) if all(shown[1:]) else "",
        "verdict": "" if held else _class(record["verdict"]),
        "missing": record["missing_counties"],
    }

"""The tidy table as GeoParquet and as text for a terminal."""

from __future__ import annotations

import json
import textwrap
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from greencover.ground.writing import replacing
from greencover.report.labels import Lang, check_lang, label, pair
from greencover.report.palette import VERDICT_SYMBOL
from greencover.report.provenance import plain
from greencover.report.selection import (
    LEVELS,
    goal_text,
    indicator_names,
    rates,
    shown,
    target_of,
    unit_name,
    unit_symbol,
    units_in_order,
)

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.verdicts import Assessment

MOST_NAME = 26


def with_geometry(assessment: Assessment) -> gpd.GeoDataFrame:
    """The tidy table with the geometry of every unit (EPSG:4326), None where it has none.

    Townships and villages have their polygons, the county the union of the townships, roads and
    road grades all lines of theirs.
    """
    import geopandas as gpd

    shapes: dict[tuple[str, str], Any] = {}
    for level, name in (("township", "townships"), ("village", "villages")):
        layer = assessment.layers.get(name)
        if layer is not None:
            codes = layer["code"].astype(str)
            shapes |= {(level, c): g for c, g in zip(codes, layer.geometry, strict=True)}
    roads = assessment.layers.get("roads")
    for level, column in (("road", "road"), ("road_grade", "grade")):
        if roads is not None and column in roads:
            lines = roads.dissolve(roads[column].astype(str)).geometry
            shapes |= {(level, str(c)): g for c, g in lines.items()}
    table = assessment.table
    if (table["level"] == "county").any():
        whole = assessment.layers["townships"].union_all()
        counties = table.loc[table["level"] == "county", "unit"].astype(str).unique()
        shapes |= {("county", code): whole for code in counties}
    keys = zip(table["level"], table["unit"].astype(str), strict=True)
    return gpd.GeoDataFrame(
        table.reset_index(drop=True), geometry=[shapes.get(key) for key in keys], crs="EPSG:4326"
    )


def write_parquet(assessment: Assessment, path: str | Path) -> Path:
    """Write the tidy table, joined to the geometry of its units, as GeoParquet."""
    with replacing(path) as draft:
        with_geometry(assessment).to_parquet(draft, index=False)
    return Path(path)


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
        "notes": list(assessment.notes),
        "files": {name: str(path) for name, path in files.items()},
    }
    return json.dumps(plain(content), ensure_ascii=False, indent=2, allow_nan=False)


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


def as_text(assessment: Assessment | pd.DataFrame, *, lang: Lang = "both", width: int = 100) -> str:
    """Townships against indicators, with figures and verdicts, for a terminal.

    Parameters
    ----------
    assessment
        An assessment, or its tidy table, or rows of that.
    lang
        ``"zh"``, ``"en"`` or ``"both"``.
    width
        Columns of the terminal; indicators that do not fit go into a further block.

    Returns
    -------
    str
        Lines that align in a terminal where a Chinese character is two columns wide.
    """
    check_lang(lang)
    table = assessment if isinstance(assessment, pd.DataFrame) else assessment.table
    table = table[table["level"].isin(LEVELS)]
    units = list(units_in_order(table, LEVELS).itertuples(index=False))
    columns = [
        _column(table, key, words, units, lang) for key, words in indicator_names(table).items()
    ]
    height = max((len(column.title) for column in columns), default=1)
    title = _wrapped(pair("township", "levels"), lang)
    names = [_name(unit, lang) for unit in units]
    stub = _Column(title, label("target", "words", lang=lang), "", names)
    counties = [unit.level for unit in units].count("county")
    blocks = [
        _block([stub, *part], height, counties) for part in _fitting(columns, width - stub.width)
    ]
    used = [v for v in VERDICT_SYMBOL if v != "no target" and (table["verdict"] == v).any()]
    if lang == "both" and used:
        blocks.append("   ".join(label(v, "verdicts") for v in used))
    return "\n\n".join(blocks)


def _name(unit: Any, lang: Lang) -> str:
    """Name of a unit, the Chinese one alone or cut short where both would take too much room."""
    for words in (unit_name(unit, lang=lang), unit_name(unit, lang="en" if lang == "en" else "zh")):
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


def _wrapped(names: tuple[str, str], lang: Lang) -> list[str]:
    """A heading as short lines: Chinese in one, English broken between words."""
    zh, en = names[0], textwrap.wrap(names[1], 14)
    return en if lang == "en" else [zh] if lang == "zh" or names[0] == names[1] else [zh, *en]


def _column(
    table: pd.DataFrame, key: str, names: tuple[str, str], units: list[Any], lang: Lang
) -> _Column:
    by_level = {level: rates(table, key, level) for level in LEVELS}
    every = pd.concat(list(by_level.values()))
    towns = by_level["township"]
    goals = towns if len(towns) else every
    goal = target_of(goals)
    if goal is not None:
        target = goal_text(goals.iloc[0])
    elif goals["target"].notna().any():
        target = label("targets_vary", "words", lang="en" if lang == "en" else "zh")
    else:
        target = ""
    records: list[Any] = [
        by_level[unit.level].loc[str(unit.unit)]
        if str(unit.unit) in by_level[unit.level].index
        else None
        for unit in units
    ]
    verdicts = ["" if r is None else _verdict(r, goal, lang) for r in records]
    room = max(map(display_width, verdicts))
    figures = ["" if r is None else shown(float(r["value"]), float(r["target"])) for r in records]
    cells = [
        f"{figure} {_padded(verdict, room)}" if room else figure
        for figure, verdict in zip(figures, verdicts, strict=True)
    ]
    # A superscript is one or two columns wide, as the terminal pleases.
    unit = unit_symbol(every["unit_of_measure"].iloc[0], lang="en").replace("²", "2")
    return _Column([_safe(line) for line in _wrapped(names, lang)], target, _safe(unit), cells)


def _verdict(record: Any, goal: float | None, lang: Lang) -> str:
    """The verdict in a word, with the target where it is not the one at the head."""
    if record["verdict"] == "no target":
        return ""
    word = label(record["verdict"], "verdicts", lang="en" if lang == "en" else "zh")
    own = goal_text(record, common=goal)
    return f"{word} ({own})" if own else word


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

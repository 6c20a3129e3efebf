"""Whose figure a reported one is: the unit of the layers that goes by that code or name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from greencover.corridor.grade_names import GRADES
from greencover.ground.data_files import suggestion
from greencover.ground.notes import Note
from greencover.words import Listed

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.campaign.model import Reported, Settings

_LAYERS = {"county": "county", "township": "townships", "village": "villages"}
#: Code of a county that has no layer of its own.
COUNTY = "county"


class Place(NamedTuple):
    """Level and code of a unit."""

    level: str
    unit: str


def place_of(
    reported: Reported, campaign: Settings, layers: Mapping[str, gpd.GeoDataFrame]
) -> Place | Note:
    """The unit that a reported figure is of, or why it is not plain which one."""
    levels = campaign.records[reported.indicator].levels
    wanted = levels if reported.level is None else (reported.level,)
    named = {
        level: list(_named(level, campaign, layers)) for level in (*_LAYERS, "road", "road_grade")
    }
    found = [
        Place(level, code)
        for level, units in named.items()
        for code, names in units
        if reported.unit in names
    ]
    if not found:
        every = [name for units in named.values() for _, names in units for name in names]
        hint = suggestion(reported.unit, every)
        return Note("campaign.rule.unit_unknown", given=reported.unit, hint=hint)
    fitting = list(dict.fromkeys(place for place in found if place.level in wanted))
    if not fitting:
        given = Listed.every(dict.fromkeys(place.level for place in found))
        return Note(
            "campaign.rule.unit_of_level",
            given=reported.unit,
            levels=given,
            known=Listed.every(wanted),
        )
    if len({place.level for place in fitting}) > 1:
        of = Listed.every(dict.fromkeys(place.level for place in fitting))
        return Note("campaign.rule.unit_of_levels", given=reported.unit, levels=of)
    if len(fitting) > 1:
        codes = Listed.of([place.unit for place in fitting])
        return Note("campaign.rule.unit_twice", given=reported.unit, codes=codes)
    return fitting[0]


def _named(
    level: str, campaign: Settings, layers: Mapping[str, gpd.GeoDataFrame]
) -> Iterator[tuple[str, set[str]]]:
    """Code of every unit of a level, with all that it is called."""
    if level == "road_grade":
        yield from ((grade, {grade}) for grade in GRADES)
        return
    if level == "road":
        roads = layers.get("roads")
        if roads is not None:
            yield from ((name, {name}) for name in roads["road"].dropna().astype(str).unique())
        return
    frame = layers.get(_LAYERS[level])
    if frame is not None:
        columns = [frame[c] for c in ("code", "name", "name_en") if c in frame]
        for texts in zip(*(column.map(_text) for column in columns), strict=True):
            yield texts[0], set(texts) - {""} | ({COUNTY} if level == "county" else set())
    elif level == "county":
        own = (campaign.county, campaign.county_en, campaign.title, campaign.title_en)
        yield COUNTY, {COUNTY, *(name for name in own if name)}


def _text(cell: object) -> str:
    return "" if cell is None or bool(pd.isna(cell)) else str(cell)  # type: ignore[call-overload]

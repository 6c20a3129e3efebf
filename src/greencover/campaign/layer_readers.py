"""Each layer of a campaign, read and brought to canonical column names."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd

from greencover import layers as zones
from greencover.campaign.ground import townships_by_overlap
from greencover.corridor.chainage import chainage_km
from greencover.corridor.grade_schemes import Words, reported, usual_columns
from greencover.corridor.grades import canonical_grades
from greencover.ground.errors import CampaignError
from greencover.ground.notes import Note, tell
from greencover.indicators.canopy import widened_streets
from greencover.indicators.shelterbelt import protected_ground
from greencover.indicators.village import settlement_types
from greencover.words import Listed

if TYPE_CHECKING:
    import numpy.typing as npt

    from greencover.campaign.layer_sections import (
        BuiltUpLayer,
        CountyLayer,
        Layer,
        ParkLayer,
        RoadLayer,
        ShelterbeltLayer,
        StreetLayer,
        UnitLayer,
        VillageLayer,
        WaterLayer,
        WorkLayer,
    )
    from greencover.campaign.model import Settings

_log = logging.getLogger(__name__)
Loaded = TypeVar("Loaded")
LonLat = tuple[float, float]
#: Columns of works that a campaign names.
OF_WORKS = ("name", "task", "township", "responsible", "photo")
_COUNTY_CODE = "county"


def where_of(section: Layer) -> str:
    """How messages call a layer."""
    return zones.layer_name(section.path, section.layer, section.where)


def _columns(section: Layer, *keys: str) -> dict[str, str]:
    """Return own column names by canonical name for the keys that the campaign declares."""
    declared = {key: getattr(section, key) for key in keys}
    return {key: own for key, own in declared.items() if own is not None}


def _read(
    section: Layer,
    declared: dict[str, str],
    geometry: zones.GeometryKind,
    near: LonLat,
    *,
    sought: tuple[str, ...] = (),
    scheme: Words | None = None,
) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Read a layer; return it and its columns: declared, usual in a scheme, or told by name."""
    frame = zones.read_layer(
        section.path,
        layer=section.layer,
        where=section.where,
        geometry=geometry,
        crs=section.crs,
        near=near,
        operation=section.operation,
        remote=section.remote,
    )
    where = where_of(section)
    usual = usual_columns(frame, scheme)
    declared = declared | {key: own for key, own in usual.items() if key not in declared}
    absent = [key for key in sought if key not in declared]
    columns = declared | zones.find_columns(frame, absent, where)
    return zones.name_columns(frame, columns, where), columns


def read_units(section: UnitLayer, near: LonLat) -> gpd.GeoDataFrame:
    """Read townships or other units with code, names and residents."""
    declared = _columns(section, "code", "name", "name_en", "population", "statutory_ha")
    frame, columns = _read(section, declared, "polygon", near, sought=("code", "name"))
    where = where_of(section)
    frame["code"] = _own_words(zones.check_codes, frame, "code", columns, where)
    _fill_names(frame, columns)
    if "population" in columns:
        frame["population"] = _own_words(
            zones.check_population, frame, "population", columns, where
        )
    _read_statutory(frame, columns, where)
    table = section.population_table
    if table is not None:
        frame["population"] = zones.read_people(
            table.path,
            frame,
            population=table.population,
            code=table.code,
            name=table.name,
            sheet=table.sheet,
            chosen=table.where,
            where=where,
        )
    return frame


def _read_statutory(frame: gpd.GeoDataFrame, columns: dict[str, str], where: str) -> None:
    """Check the areas on file, where a column of them is named."""
    if "statutory_ha" in columns:

        def check(table: pd.DataFrame, own: str, where: str) -> npt.NDArray[np.float64]:
            return zones.measure_by_row(own, table, Note("campaign.area_on_file"), where)

        frame["statutory_ha"] = _own_words(check, frame, "statutory_ha", columns, where)


def _own_words(
    check: Callable[[pd.DataFrame, str, str], Loaded],
    frame: gpd.GeoDataFrame,
    key: str,
    columns: dict[str, str],
    where: str,
) -> Loaded:
    """Run a check under the column's own name, which is the one that people know."""
    own = columns[key]
    return check(frame.assign(**{own: frame[key]}), own, where)


def _fill_names(frame: gpd.GeoDataFrame, columns: dict[str, str]) -> None:
    """Let a unit without a name go by its code, and one without an English name by its name."""
    names = zones.as_text(frame["name"])
    frame["name"] = names.where(names != "", frame["code"])
    english = zones.as_text(frame["name_en"]) if "name_en" in columns else frame["name"]
    frame["name_en"] = english.where(english != "", frame["name"])


def read_villages(
    section: VillageLayer, townships: gpd.GeoDataFrame, near: LonLat
) -> gpd.GeoDataFrame:
    """Read villages, each with its township and, where declared, its settlement type."""
    frame = read_units(section, near)
    if section.settlement is not None:
        frame["settlement"] = settlement_types(
            frame, section.settlement, words=section.settlements, where=where_of(section)
        )
    if section.township is None:
        frame["township"] = townships_by_overlap(frame, townships)
        return frame
    codes = zones.as_text(frame[section.township])
    unknown = ~codes.isin(townships["code"]).to_numpy()
    if unknown.any():
        raise CampaignError(
            "campaign.township_unknown",
            layer=where_of(section),
            rows=zones.rows_of(unknown),
            townships=Listed.of(sorted(set(codes[unknown]))),
            column=section.township,
        )
    frame["township"] = codes
    return frame


def read_roads(section: RoadLayer, campaign: Settings, near: LonLat) -> gpd.GeoDataFrame:
    """Read roads with their names, grades and marks of bridges and tunnels."""
    named = {"road": section.name, "grade": section.grade, "ref": section.ref}
    own = {key: column for key, column in named.items() if column is not None}
    marks = {key: getattr(section, key) for key in ("bridge", "tunnel")}
    said = marks | {key: getattr(section, key) for key in ("excluded", "start_km")}
    own |= {key: column for key, column in said.items() if column is not None}
    numbers = {f"roadside {column}": column for column in campaign.roadside.columns("road")}
    # Read under names of their own as well, so that an absent column is told with the others.
    frame, columns = _read(
        section, own | numbers, "line", near, sought=("road", "grade"), scheme=section.grades
    )
    frame = frame.drop(columns=list(numbers))
    if "ref" not in columns and "ref" in frame.columns:
        # A column that nobody named is no number of a road.
        frame = frame.rename(columns={"ref": "ref_original"})
    frame["road"] = zones.as_text(frame["road"])
    if section.start_km is not None:
        named_start = frame["start_km"].rename(columns["start_km"])
        frame["start_km"] = chainage_km(named_start, where_of(section))
    frame["grade_raw"] = zones.as_text(frame["grade"])
    frame, gone = reported(frame, "grade_raw", section.grades)
    if gone is not None:
        tell(gone.code, **gone.values)
    if frame.empty:
        raise CampaignError("campaign.no_roads", layer=where_of(section))
    # Held against the table of grades here, where the column still has the name that people know.
    own_words = frame["grade_raw"].rename(columns["grade"])
    canonical_grades(own_words, section.grades, where=where_of(section))
    for key, column in marks.items():
        if column is None and key in frame.columns:
            frame = frame.rename(columns={key: f"{key}_original"})
        frame[key] = zones.marked(frame[key]) if column else False
    return frame


def read_parks(section: ParkLayer, near: LonLat) -> gpd.GeoDataFrame:
    """Read parks with their names."""
    frame, _ = _read(section, _columns(section, "name"), "polygon", near)
    frame["name"] = zones.as_text(frame["name"]) if section.name else ""
    return frame


def read_works(section: WorkLayer, near: LonLat) -> gpd.GeoDataFrame:
    """Read works of any geometry with all their columns."""
    columns = _columns(section, *OF_WORKS)
    frame, _ = _read(section, columns, "any", near)
    for column in columns:
        frame[column] = zones.as_text(frame[column])
    return frame if "name" in frame else frame.assign(name="")


def read_ground(section: Layer | None, near: LonLat) -> gpd.GeoDataFrame | None:
    """Read a layer of plain polygons; None where there is no section."""
    return None if section is None else _read(section, {}, "polygon", near)[0]


def read_built_up(section: BuiltUpLayer | None, near: LonLat) -> gpd.GeoDataFrame | None:
    """Read built-up areas, with their residents where a column of them is named."""
    if section is None:
        return None
    columns = _columns(section, "population")
    frame, _ = _read(section, columns, "polygon", near)
    if section.population is None:
        # A column that nobody named is no count of residents.
        return frame.drop(columns="population", errors="ignore")
    frame["population"] = _own_words(
        zones.check_population, frame, "population", columns, where_of(section)
    )
    return frame


def read_streets(section: StreetLayer, near: LonLat) -> gpd.GeoDataFrame:
    """Read streets as polygons."""
    kind: zones.GeometryKind = "polygon" if section.width_m is None else "line"
    frame, _ = _read(section, _metres(section.width_m), kind, near)
    return frame if section.width_m is None else widened_streets(frame, section.width_m)


def read_waters(section: WaterLayer, near: LonLat) -> gpd.GeoDataFrame:
    """Read rivers, canals and lakes."""
    own = {"water": section.name} | _metres(section.width_m)
    numbers = {f"bank {column}": column for column in section.columns("water")}
    frame, _ = _read(section, own | numbers, "any", near)
    return frame.drop(columns=list(numbers))


def read_shelterbelts(section: ShelterbeltLayer, near: LonLat) -> gpd.GeoDataFrame:
    """Read shelterbelts as the ground that they protect."""
    frame, _ = _read(section, _metres(section.reach_m), "any", near)
    return protected_ground(frame, section.reach_m)


def _metres(setting: float | str | None) -> dict[str, str]:
    """Return the column of metres where one is named, so that its absence is told at the door."""
    return {"metres": setting} if isinstance(setting, str) else {}


def read_county(section: CountyLayer, campaign: Settings, near: LonLat) -> gpd.GeoDataFrame:
    """Read the county's outline with its code, names and residents."""
    columns = _columns(section, "code", "name", "name_en", "population", "statutory_ha")
    frame, _ = _read(section, columns, "polygon", near)
    where = where_of(section)
    if len(frame) > 1:
        raise CampaignError("campaign.several_counties", layer=where, rows=len(frame))
    frame["code"] = (
        _own_words(zones.check_codes, frame, "code", columns, where)
        if section.code
        else _COUNTY_CODE
    )
    if not section.name:
        frame["name"] = campaign.title
    if not section.name_en and campaign.title_en and not section.name:
        frame["name_en"] = campaign.title_en
        columns = columns | {"name_en": "name_en"}
    _fill_names(frame, columns)
    _read_statutory(frame, columns, where)
    if section.population:
        frame["population"] = _own_words(
            zones.check_population, frame, "population", columns, where
        )
    return frame

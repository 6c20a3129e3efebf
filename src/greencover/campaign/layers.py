"""The layers of a campaign, opened, checked and brought to canonical column names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import geopandas as gpd
import pandas as pd

from greencover import standards, zones
from greencover.campaign.ground import check_overlap, middle_of, townships_by_overlap
from greencover.campaign.reader import key_name, meaning_of
from greencover.errors import CampaignError, LegendError, StandardError
from greencover.landcover import LandCover
from greencover.legends import Legend

if TYPE_CHECKING:
    from greencover.campaign.model import (
        Campaign,
        CountyLayer,
        Layer,
        ParkLayer,
        RoadLayer,
        UnitLayer,
        VillageLayer,
    )
    from greencover.standards import Standard

Loaded = TypeVar("Loaded")
LonLat = tuple[float, float]
_NO_ROAD = "none"
_COUNTY_CODE = "county"
_NOT_MARKED = {"", "0", "no", "n", "false", "f", "none", "null", "nan", "否", "无"}


@dataclass(frozen=True)
class OpenedCampaign:
    """A campaign with everything that it names.

    Attributes
    ----------
    campaign
        The settings.
    cover
        The land cover.
    standards
        The target sets that the campaign names.
    townships, villages, county
        Polygons with ``code``, ``name``, ``name_en`` (the name where there is no English one) and,
        where declared, ``population``; villages also have ``township``, the code of theirs or None.
    roads
        Lines with ``road``, ``grade_raw`` and the truth values ``bridge`` and ``tunnel``.
    parks
        Polygons with ``name``.

    The layers keep their own coordinate reference systems and their own columns; a layer that the
    campaign does not name is None.
    """

    campaign: Campaign
    cover: LandCover
    standards: tuple[Standard, ...]
    townships: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame | None
    roads: gpd.GeoDataFrame | None
    parks: gpd.GeoDataFrame | None
    county: gpd.GeoDataFrame | None

    @property
    def layers(self) -> dict[str, gpd.GeoDataFrame]:
        """The layers that the campaign names, by the name of their section."""
        every = {
            "county": self.county,
            "townships": self.townships,
            "villages": self.villages,
            "roads": self.roads,
            "parks": self.parks,
        }
        return {name: frame for name, frame in every.items() if frame is not None}

    def has_population(self, level: str) -> bool:
        """Whether residents are known for the units of a level."""
        frames = {"village": (self.villages,), "township": (self.townships,)}
        found = frames.get(level, (self.county, self.townships))
        return any(frame is not None and "population" in frame.columns for frame in found)


def open_campaign(campaign: Campaign) -> OpenedCampaign:
    """Read the layers and the header of the land cover; see :meth:`Campaign.open`."""
    target_sets = tuple(
        _naming_the_key(campaign, ("standard",), partial(standards.load, one))
        for one in campaign.standard
    )
    legend = _naming_the_key(
        campaign, ("cover", "legend"), partial(Legend.load, campaign.cover.legend)
    )
    _check_cover_types(campaign, legend)
    raster = campaign.cover
    for path in raster.path:
        zones.check_raster_source(path, remote=raster.remote)
    cover = LandCover.open(raster.path, legend=legend, year=raster.year, band=raster.band)
    layers = campaign.layers
    near = middle_of(cover)
    townships = _units(layers.townships, near)
    opened = OpenedCampaign(
        campaign=campaign,
        cover=cover,
        standards=target_sets,
        townships=townships,
        villages=_villages(layers.villages, townships, near) if layers.villages else None,
        roads=_roads(layers.roads, campaign, near) if layers.roads else None,
        parks=_parks(layers.parks, near) if layers.parks else None,
        county=_county(layers.county, campaign, near) if layers.county else None,
    )
    for name, frame in opened.layers.items():
        check_overlap(frame, _where(getattr(layers, name)), cover)
    zones.report_fit(townships, _where(layers.townships), names=townships["name"])
    return opened


def _naming_the_key(
    campaign: Campaign, keys: tuple[str, ...], load: Callable[[], Loaded]
) -> Loaded:
    try:
        return load()
    except (LegendError, StandardError) as error:
        raise CampaignError(_at(campaign, *keys, tail=str(error))) from error


def _at(campaign: Campaign, *keys: str, tail: str) -> str:
    file = f"{campaign.file}: " if campaign.file is not None else ""
    return f"{file}{key_name(keys)} ({meaning_of(*keys)}): {tail}"


def _check_cover_types(campaign: Campaign, legend: Legend) -> None:
    for key in ("forest", "tree_cover", "green"):
        covers = getattr(campaign.cover, key)
        if not legend.codes_of(*covers):
            present = ", ".join(dict.fromkeys(legend.covers.values()))
            raise CampaignError(
                _at(
                    campaign,
                    "cover",
                    key,
                    tail=f"the legend {legend.key!r} has no class of {' or '.join(covers)}, so the "
                    f"figure would be zero everywhere; choose among {present}.",
                )
            )


def _where(section: Layer) -> str:
    return zones.layer_name(section.path, section.layer)


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
) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Read a layer; return it and its columns, those declared and those found by their names."""
    frame = zones.read_layer(
        section.path,
        layer=section.layer,
        geometry=geometry,
        crs=section.crs,
        near=near,
        remote=section.remote,
    )
    where = _where(section)
    absent = [key for key in sought if key not in declared]
    columns = declared | zones.find_columns(frame, absent, where)
    return zones.name_columns(frame, columns, where), columns


def _units(section: UnitLayer, near: LonLat) -> gpd.GeoDataFrame:
    declared = _columns(section, "code", "name", "name_en", "population")
    frame, columns = _read(section, declared, "polygon", near, sought=("code", "name"))
    where = _where(section)
    frame["code"] = _own_words(zones.check_codes, frame, "code", columns, where)
    _fill_names(frame, columns)
    if "population" in columns:
        frame["population"] = _own_words(
            zones.check_population, frame, "population", columns, where
        )
    table = section.population_table
    if table is not None:
        frame["population"] = zones.read_people(
            table.path,
            frame,
            population=table.population,
            code=table.code,
            name=table.name,
            sheet=table.sheet,
            where=where,
        )
    return frame


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


def _villages(section: VillageLayer, townships: gpd.GeoDataFrame, near: LonLat) -> gpd.GeoDataFrame:
    frame = _units(section, near)
    if section.township is None:
        frame["township"] = townships_by_overlap(frame, townships)
        return frame
    codes = zones.as_text(frame[section.township])
    unknown = ~codes.isin(townships["code"]).to_numpy()
    if unknown.any():
        raise CampaignError(
            f"The {_where(section)} puts {zones.name_rows(unknown)} in the township "
            f"{zones.listed(sorted(set(codes[unknown])))!r} (column {section.township!r}), which "
            "the townships lack: correct the codes, or leave the key township out to go by overlap."
        )
    frame["township"] = codes
    return frame


def _roads(section: RoadLayer, campaign: Campaign, near: LonLat) -> gpd.GeoDataFrame:
    named = {"road": section.name, "grade": section.grade}
    own = {key: column for key, column in named.items() if column is not None}
    marks = {key: getattr(section, key) for key in ("bridge", "tunnel")}
    own |= {key: column for key, column in marks.items() if column is not None}
    rule = campaign.roadside
    numbers = {
        f"roadside {key}": column
        for key, column in (
            ("threshold", rule.threshold),
            ("offset", rule.offset_m),
            ("belt", rule.belt_m),
        )
        if isinstance(column, str)
    }
    # Read under names of their own as well, so that an absent column is told with the others.
    frame, columns = _read(section, own | numbers, "line", near, sought=("road", "grade"))
    frame = frame.drop(columns=list(numbers))
    frame["road"] = zones.as_text(frame["road"])
    frame["grade_raw"] = zones.as_text(frame[columns["grade"]])
    left_out = {
        word.strip().casefold() for word, grade in section.grades.items() if grade == _NO_ROAD
    }
    frame = frame[~frame["grade_raw"].str.casefold().isin(left_out)].reset_index(drop=True)
    if frame.empty:
        raise CampaignError(
            f"The {_where(section)} has no roads left: [layers.roads.grades] leaves all out."
        )
    for key, column in marks.items():
        if column is None and key in frame.columns:
            frame = frame.rename(columns={key: f"{key}_original"})
        marked = ~zones.as_text(frame[key]).str.lower().isin(_NOT_MARKED) if column else False
        frame[key] = marked
    return frame


def _parks(section: ParkLayer, near: LonLat) -> gpd.GeoDataFrame:
    frame, _ = _read(section, _columns(section, "name"), "polygon", near)
    frame["name"] = zones.as_text(frame["name"]) if section.name else ""
    return frame


def _county(section: CountyLayer, campaign: Campaign, near: LonLat) -> gpd.GeoDataFrame:
    columns = _columns(section, "code", "name", "name_en", "population")
    frame, _ = _read(section, columns, "polygon", near)
    where = _where(section)
    if len(frame) > 1:
        raise CampaignError(
            f"The {where} has {len(frame)} rows, but the county is one: merge its parts into one "
            "row, keep only this county, or leave [layers.county] out to sum the townships."
        )
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
    if section.population:
        frame["population"] = _own_words(
            zones.check_population, frame, "population", columns, where
        )
    return frame

"""The layers of a campaign, opened, checked and brought to canonical column names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from greencover import standards, zones
from greencover.campaign.reader import key_name, meaning_of
from greencover.errors import CampaignError, LegendError, NoOverlapError, StandardError
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


def open_campaign(campaign: Campaign) -> OpenedCampaign:
    """Read the layers and the header of the land cover; see :meth:`Campaign.open`."""
    target_sets = tuple(
        _naming_the_key(campaign, ("standard",), lambda one=one: standards.load(one))
        for one in campaign.standard
    )
    legend = _naming_the_key(
        campaign, ("cover", "legend"), lambda: Legend.load(campaign.cover.legend)
    )
    _check_cover_types(campaign, legend)
    cover = LandCover.open(campaign.cover.path, legend=legend, year=campaign.cover.year)
    layers = campaign.layers
    townships = _units(layers.townships)
    opened = OpenedCampaign(
        campaign=campaign,
        cover=cover,
        standards=target_sets,
        townships=townships,
        villages=_villages(layers.villages, townships) if layers.villages else None,
        roads=_roads(layers.roads, campaign) if layers.roads else None,
        parks=_parks(layers.parks) if layers.parks else None,
        county=_county(layers.county, campaign) if layers.county else None,
    )
    for name, frame in opened.layers.items():
        _check_overlap(frame, _where(getattr(layers, name)), cover)
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
    section: Layer, columns: dict[str, str], geometry: zones.GeometryKind
) -> gpd.GeoDataFrame:
    return zones.read_layer(section.path, layer=section.layer, columns=columns, geometry=geometry)


def _units(section: UnitLayer) -> gpd.GeoDataFrame:
    columns = _columns(section, "code", "name", "name_en", "population")
    frame = _read(section, columns, "polygon")
    where = _where(section)
    frame["code"] = _own_words(zones.check_codes, frame, "code", columns, where)
    _fill_names(frame, columns)
    if "population" in columns:
        frame["population"] = _own_words(
            zones.check_population, frame, "population", columns, where
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


def _villages(section: VillageLayer, townships: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    frame = _units(section)
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


def townships_by_overlap(units: gpd.GeoDataFrame, townships: gpd.GeoDataFrame) -> pd.Series:
    """Return the code of the township that holds most of each unit, None where none does."""
    inside = units.geometry.to_crs(townships.crs).to_numpy()
    outside = townships.geometry.to_numpy()
    unit, township = shapely.STRtree(outside).query(inside, predicate="intersects")
    shared = shapely.area(shapely.intersection(inside[unit], outside[township]))
    pairs = pd.DataFrame({"unit": unit, "township": township, "shared": shared})
    largest = pairs[pairs["shared"] > 0].sort_values("shared").drop_duplicates("unit", keep="last")
    codes = pd.Series([None] * len(units), index=units.index, dtype="object")
    codes.iloc[largest["unit"].to_numpy()] = townships["code"].to_numpy()[largest["township"]]
    return codes


def _roads(section: RoadLayer, campaign: Campaign) -> gpd.GeoDataFrame:
    own = {"road": section.name, "grade_raw": section.grade}
    marks = {key: getattr(section, key) for key in ("bridge", "tunnel")}
    own |= {key: column for key, column in marks.items() if column is not None}
    for key in ("threshold", "offset_m", "belt_m"):
        column = getattr(campaign.roadside, key)
        if isinstance(column, str):
            own[f"roadside_{key}"] = column
    frame = _read(section, own, "line")
    frame["road"] = zones.as_text(frame["road"])
    frame["grade_raw"] = zones.as_text(frame["grade_raw"])
    for key, column in marks.items():
        marked = ~zones.as_text(frame[key]).str.lower().isin(_NOT_MARKED) if column else False
        frame[key] = marked
    return frame


def _parks(section: ParkLayer) -> gpd.GeoDataFrame:
    frame = _read(section, _columns(section, "name"), "polygon")
    frame["name"] = zones.as_text(frame["name"]) if section.name else ""
    return frame


def _county(section: CountyLayer, campaign: Campaign) -> gpd.GeoDataFrame:
    columns = _columns(section, "code", "name", "name_en", "population")
    frame = _read(section, columns, "polygon")
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


def _check_overlap(frame: gpd.GeoDataFrame, where: str, cover: LandCover) -> None:
    transformer = pyproj.Transformer.from_crs(frame.crs, cover.crs, always_xy=True)
    x0, y0, x1, y1 = frame.total_bounds
    spans = transformer.transform_bounds(x0, y0, x1, y1, errcheck=False)
    west, south, east, north = cover.bounds
    meets = spans[0] < east and spans[2] > west and spans[1] < north and spans[3] > south
    if not (np.isfinite(spans).all() and meets):
        raise NoOverlapError(
            f"The {where} and the land cover {', '.join(cover.paths)} share no ground: the layer "
            f"spans {_box(*spans)}, the cover "
            f"{_box(west, south, east, north)} ({cover.crs.name}); check both coordinate systems."
        )


def _box(west: float, south: float, east: float, north: float) -> str:
    return f"{west:.6g} to {east:.6g} by {south:.6g} to {north:.6g}"

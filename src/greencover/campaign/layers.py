"""The layers of a campaign, opened, checked and brought to canonical column names."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

import geopandas as gpd
import pandas as pd

from greencover import layers as zones
from greencover import standards
from greencover.accuracy.sample import ReferenceSample
from greencover.campaign.compartments import compartments_of
from greencover.campaign.evidence_readers import RoadsideSources, read_sources
from greencover.campaign.ground import check_overlap, middle_of
from greencover.campaign.layer_readers import (
    read_built_up,
    read_county,
    read_ground,
    read_parks,
    read_roads,
    read_shelterbelts,
    read_streets,
    read_units,
    read_villages,
    read_waters,
    read_works,
    where_of,
)
from greencover.campaign.plantings import read_plantings, read_survival
from greencover.campaign.reader import with_meaning
from greencover.campaign.reported import place_of
from greencover.campaign.sample import read_sample
from greencover.campaign.tasks import check_tasks
from greencover.campaign.tiles import tiles_of_cover
from greencover.corridor.work_packages import read_work_form
from greencover.cover import Legend
from greencover.cover.land_cover import LandCover
from greencover.ground.errors import CampaignError, GreencoverError, LegendError, StandardError
from greencover.ground.notes import Note
from greencover.words import Listed

if TYPE_CHECKING:
    from greencover.campaign.layer_sections import VillageLayer, WorkLayer
    from greencover.campaign.model import Settings
    from greencover.campaign.sections import Cover
    from greencover.standards import Standard

_log = logging.getLogger(__name__)
Loaded = TypeVar("Loaded")


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
    built_up, residential, water_sources, car_parks, streets
        Polygons; built-up areas with ``population`` where declared.
    shelterbelts
        Polygons of the ground that the belts protect.
    waters
        Lines or polygons with ``water`` and, where a column was declared, ``metres`` of width.
    works, earlier
        Points, lines and polygons of works with ``name`` and their own columns, and the land cover
        from before planting.
    accuracy
        The reference sample, or None.
    sources
        What sees more of a roadside than the land cover.
    work_form
        The form of work packages that came back, or None.
    plantings, survival
        Planting records, see ``corridor.claims``, and a filled form of survival checks.
    books
        A land cover of polygons to stand beside the other.

    The layers keep their own coordinate reference systems and their own columns; a layer that the
    campaign does not name is None.
    """

    campaign: Settings
    cover: LandCover
    standards: tuple[Standard, ...]
    townships: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame | None
    roads: gpd.GeoDataFrame | None
    parks: gpd.GeoDataFrame | None
    county: gpd.GeoDataFrame | None
    built_up: gpd.GeoDataFrame | None = None
    residential: gpd.GeoDataFrame | None = None
    water_sources: gpd.GeoDataFrame | None = None
    car_parks: gpd.GeoDataFrame | None = None
    streets: gpd.GeoDataFrame | None = None
    shelterbelts: gpd.GeoDataFrame | None = None
    waters: gpd.GeoDataFrame | None = None
    works: gpd.GeoDataFrame | None = None
    earlier: LandCover | None = None
    accuracy: ReferenceSample | None = None
    sources: RoadsideSources = field(default_factory=RoadsideSources)
    work_form: pd.DataFrame | None = None
    plantings: pd.DataFrame | None = None
    survival: pd.DataFrame | None = None
    books: LandCover | None = None

    @property
    def layers(self) -> dict[str, gpd.GeoDataFrame]:
        """The layers that the campaign names, by the name of their section."""
        every = {
            "county": self.county,
            "townships": self.townships,
            "villages": self.villages,
            "roads": self.roads,
            "parks": self.parks,
            "built_up": self.built_up,
            "residential": self.residential,
            "water_sources": self.water_sources,
            "car_parks": self.car_parks,
            "streets": self.streets,
            "shelterbelts": self.shelterbelts,
            "waters": self.waters,
            "works": self.works,
        }
        known = {name: frame for name, frame in every.items() if frame is not None}
        return known | self.sources.layers

    @property
    def plain_cover(self) -> LandCover:
        """The land cover as its cells have it, without a minimum patch."""
        if self.cover.polygons is not None:
            return self.cover
        legend = _legend_of(self.campaign)
        return replace(self.cover, legend=legend, minimum_patch=None)

    @property
    def settlements(self) -> pd.Series[str] | None:
        """Settlement type of each village, from the layer or the same for all; None: not known."""
        section = self.campaign.layers.villages
        if self.villages is None or section is None:
            return None
        if section.settlement is not None:
            settlement: pd.Series[str] = self.villages["settlement"]
            return settlement
        declared = self.campaign.conditions.get("settlement")
        return None if declared is None else pd.Series(declared, index=self.villages.index)

    def has_population(self, level: str) -> bool:
        """Whether residents are known for the units of a level."""
        frames = {"village": (self.villages,), "township": (self.townships,)}
        found = frames.get(level, (self.county, self.townships))
        layers = self.campaign.layers
        gridded = layers.townships.population_grid is not None
        if level == "village" and layers.villages is not None:
            shared = layers.villages.population_shared and self.has_population("township")
            gridded = layers.villages.population_grid is not None or shared
        return gridded or any(
            frame is not None and "population" in frame.columns for frame in found
        )


def open_campaign(campaign: Settings) -> OpenedCampaign:
    """Read the layers and the header of the land cover; see :meth:`Campaign.open`."""
    target_sets = tuple(
        _naming_the_key(
            campaign, ("standard",), partial(standards.load, one, records=campaign.records)
        )
        for one in campaign.standard
    )
    legend = _naming_the_key(campaign, ("cover", "legend"), partial(_legend_of, campaign))
    _check_cover_types(campaign, legend)
    raster = campaign.cover
    cover = _drawn(raster, legend) or _of_rasters(campaign, legend)
    _log.info("opened the land cover %s in %s", ", ".join(cover.paths), cover.crs.name)
    if raster.minimum_patch_mu is not None:
        cover = cover.with_minimum_patch(raster.forest, mu=raster.minimum_patch_mu)
    sample = read_sample(campaign.accuracy, legend) if campaign.accuracy else None
    if sample is not None and cover.minimum_patch is not None:
        sample = replace(sample, small_code=cover.minimum_patch.small_code)
    layers = campaign.layers
    near = middle_of(cover)
    townships = read_units(layers.townships, near)
    roads = read_roads(layers.roads, campaign, near) if layers.roads else None
    villages = read_villages(layers.villages, townships, near) if layers.villages else None
    books = _books(campaign)
    plantings, survival = campaign.tables.plantings, campaign.tables.survival
    opened = OpenedCampaign(
        campaign=campaign,
        cover=cover,
        standards=target_sets,
        townships=townships,
        villages=villages,
        roads=roads,
        parks=read_parks(layers.parks, near) if layers.parks else None,
        county=read_county(layers.county, campaign, near) if layers.county else None,
        built_up=read_built_up(layers.built_up, near),
        residential=read_ground(layers.residential, near),
        water_sources=read_ground(layers.water_sources, near),
        car_parks=read_ground(layers.car_parks, near),
        streets=read_streets(layers.streets, near) if layers.streets else None,
        shelterbelts=read_shelterbelts(layers.shelterbelts, near) if layers.shelterbelts else None,
        waters=read_waters(layers.waters, near) if layers.waters else None,
        works=read_works(layers.works, near) if layers.works else None,
        earlier=(
            _earlier(layers.works, _legend_before(campaign, legend), raster.band)
            if layers.works
            else None
        ),
        accuracy=sample,
        sources=read_sources(campaign, near),
        work_form=_work_form(campaign),
        plantings=(
            read_plantings(plantings, townships, roads, villages, compartments_of(cover, books))
            if plantings
            else None
        ),
        survival=read_survival(survival, townships) if survival else None,
        books=books,
    )
    for name, frame in opened.layers.items():
        check_overlap(frame, where_of(getattr(layers, name)), cover)
    check_tasks(campaign, townships, partial(_at, campaign))
    for number, reported in enumerate(campaign.reported):
        place = place_of(reported, campaign, opened.layers)
        if isinstance(place, Note):
            raise _at(campaign, ("reported", number, "unit"), place)
    zones.report_fit(townships, where_of(layers.townships), names=townships["name"])
    if opened.villages is not None and layers.villages is not None:
        _report_villages(opened.villages, layers.villages, townships)
    return opened


def _legend_of(campaign: Settings) -> Legend:
    """The legend that a campaign names, also one in the folder ``legends`` beside its file."""
    return Legend.load(campaign.cover.legend, beside=campaign.legends_beside)


def _of_rasters(campaign: Settings, legend: Legend) -> LandCover:
    """The land cover of the rasters that a campaign names."""
    raster = campaign.cover
    for path in raster.path or ():
        zones.check_raster_source(path, remote=raster.remote)
    tiles = tiles_of_cover(campaign)
    with zones.reaching_out(allowed=raster.remote):
        return LandCover.open(
            tiles, legend=legend, year=raster.year, band=raster.band, nodata=_nodata(raster.nodata)
        )


def _drawn(section: Cover, legend: Legend) -> LandCover | None:
    """The land cover of the polygons that a campaign names, if it names any."""
    if section.polygons is None or section.code is None:
        return None
    return LandCover.from_polygons(
        section.polygons,
        code=section.code,
        legend=legend,
        year=section.year,
        closure=section.closure,
        least_closure=section.least_closure,
        origin=section.origin,
        species=section.species,
        compartment=section.compartment,
        layer=section.layer,
        where=section.where,
        crs=section.crs,
        operation=section.operation,
        remote=section.remote,
    )


def _books(campaign: Settings) -> LandCover | None:
    """The polygons that are to stand beside the land cover."""
    section = campaign.books
    if section is None:
        return None
    return LandCover.from_polygons(
        section.polygons,
        code=section.code,
        legend=Legend.load(section.legend, beside=campaign.legends_beside),
        year=section.year,
        origin=section.origin,
        species=section.species,
        compartment=section.compartment,
        layer=section.layer,
        where=section.where,
        crs=section.crs,
        operation=section.operation,
    )


def _work_form(campaign: Settings) -> pd.DataFrame | None:
    """The form of work packages that came back."""
    if campaign.planting is None or campaign.planting.form is None:
        return None
    return read_work_form(campaign.planting.form)


def _report_villages(
    villages: gpd.GeoDataFrame, section: VillageLayer, townships: gpd.GeoDataFrame
) -> None:
    """Tell how villages fit together, and into the townships that they are said to be in."""
    where = where_of(section)
    if section.settlement is None:
        zones.report_fit(villages, where, names=villages["name"])
    if section.township is not None:
        rows = pd.Index(townships["code"]).get_indexer(villages["township"])
        zones.report_outside(villages, townships, where, within=rows, names=villages["name"])


def _legend_before(campaign: Settings, legend: Legend) -> Legend:
    """Legend of the land cover from before the works: its own, or that of the campaign."""
    works = campaign.layers.works
    if works is None or works.legend is None:
        return legend
    return Legend.load(works.legend, beside=campaign.legends_beside)


def _earlier(section: WorkLayer, legend: Legend, band: int | None) -> LandCover | None:
    if section.before is None:
        return None
    for path in section.before:
        zones.check_raster_source(path, remote=section.remote)
    tiles = [zones.gdal_name(path) for path in section.before]
    with zones.reaching_out(allowed=section.remote):
        return LandCover.open(tiles, legend=legend, year=section.year, band=band)


def _nodata(given: float | str) -> float | Literal["file"] | None:
    if isinstance(given, str):
        return "file" if given == "file" else None
    return given


def _naming_the_key(
    campaign: Settings, keys: tuple[str, ...], load: Callable[[], Loaded]
) -> Loaded:
    try:
        return load()
    except (LegendError, StandardError) as error:
        raise _at(campaign, keys, error) from error


def _at(
    campaign: Settings, keys: tuple[int | str, ...], wrong: Note | GreencoverError
) -> CampaignError:
    """Return an error that names the key it is about, and the file where there is one."""
    if campaign.file is None:
        return CampaignError("campaign.at", key=with_meaning(keys), wrong=wrong)
    return CampaignError(
        "campaign.at_in_file", path=campaign.file, key=with_meaning(keys), wrong=wrong
    )


def _check_cover_types(campaign: Settings, legend: Legend) -> None:
    for key in ("forest", "tree_cover", "green"):
        covers = getattr(campaign.cover, key)
        if not legend.codes_of(*covers):
            wrong = Note(
                "campaign.no_class",
                legend=legend.key,
                covers=Listed.every(covers, last="or"),
                known=Listed.every(dict.fromkeys(legend.covers.values())),
            )
            raise _at(campaign, ("cover", key), wrong)

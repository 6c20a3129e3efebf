"""What an assessment gives: verdicts, gaps, layers, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from greencover.corridor.roadside import RoadsideGreening
from greencover.corridor.waterside import WatersideGreening
from greencover.cover.land_cover import LandCover
from greencover.ground.notes import Note

if TYPE_CHECKING:
    from pyproj import CRS

    from greencover.campaign import Campaign
    from greencover.indicators.registry import Indicator
    from greencover.standards import Target


def _installed() -> Mapping[str, Indicator]:
    from greencover.indicators.registry import indicators

    return indicators()


@dataclass(frozen=True, repr=False)
class Assessment:
    """The answer to a campaign.

    Attributes
    ----------
    title, title_en, year
        Of the campaign.
    table
        One row per unit, indicator and target: ``level`` (county, township, village, road,
        road_grade), ``unit`` (code), ``name``, ``name_en``, ``indicator`` and its names,
        ``value`` in ``unit_of_measure``, ``numerator`` in ``measure``, ``denominator`` in ``per``
        (roadsides in km count both sides of the road),
        ``scope`` (the part of the unit that a figure is of, such as "built-up area"; empty: all),
        ``unobserved_pct``, ``target``, ``comparison``, ``accept_pct`` and ``accept_risk_pct`` (what
        is enough where it is proven, and the risk), ``target_name`` and ``target_name_zh``,
        ``standard``, ``verified``, the shortfall
        ``gap`` (unit of the value), ``gap_pct`` (percentage points), ``gap_ha``, ``gap_km`` (0 when
        met, NaN where it has no meaning), ``verdict`` and ``note``.
        Where the campaign names a reference sample, figures of cover are corrected by it;
        ``low`` and ``high`` hold what it, unobserved ground and, for roadsides and banks, the cells
        of the cover leave open, ``sample_low`` and ``sample_high`` what the errors of the sample
        alone do.
    needs
        One row per target missed: the smallest addition (``needed`` in ``measure``,
        ``needed_a_year`` until the target year), what the map shows of room (``plantable``,
        ``restricted`` cropland; beside roads ``to_check`` and ``cannot``), the ``best`` figure that
        it allows, and ``reachable``.
    completion
        Completion of the plan ``by`` task, township and responsible, in the unit entered:
        ``planned``, ``done``, ``completion_pct``, ``missing``, and the ``verdict`` where a target
        asks; see ``indicators.completion_by``.
    works
        Planted plots with what two maps show of them, in longitude and latitude: ``status`` "seen",
        "planted here, not seen yet", "green before" or "unobserved", see ``planted_status``.
    claims
        Planting records: a row each in longitude and latitude, with ``placed_km``, ``greened_km``,
        ``counts_for`` and ``status``, see ``corridor.claims.claims_of``; of those that name a
        sub-compartment ``compartment_ha`` and ``trees_ha`` seen on it.
    survival
        Survival of planted trees by township and responsible, see ``accuracy.survival``, with what
        all records of them ask to be planted again.
    two_covers
        Ground by cover type in the books and on the map, by ``level`` and ``unit``, see
        ``indicators.two_covers``.
    class_areas
        Area of each class of the land cover in the county: ``code``, ``cover``, ``name``,
        ``name_en``, ``area_ha`` and ``share_of_all_pct``; what is unobserved last.
    stands
        Forest by origin and leading species of the polygons, by ``level`` and ``unit``, see
        ``indicators.forest_by_stand``; empty where no column says them.
    books
        The polygons of the books that stand beside the land cover; None where there are none.
    reported
        One row per figure that the campaign names as reported: ``reported``, ``measured`` and the
        range ``low`` to ``high`` in ``measure``, ``finding`` ("consistent", "contradicted" or
        "cannot tell"), ``date``, ``document`` and ``note``.
    gaps
        Runs of roadside that lack trees, in longitude and latitude.
    not_seen
        Runs of roadside where the land cover shows no trees but could not show a row of them, with
        the columns of ``gaps``.
    layers
        ``townships``, ``villages``, ``roads``, ``road_sides``, ``parks`` with their figures, in
        longitude and latitude; those that the campaign has.
    cover
        The land cover.
    targets
        The targets that were judged, with the key of their standard.
    notes
        What was assumed, repaired, left out or could not be judged.
    provenance
        Inputs with hashes, versions, parameters.
    unjudged
        Those of the notes that say which target was not judged, and why.
    evidence
        Length of the roadsides by what decided, see ``evidence_lengths`` of a greening; empty
        where the land cover decides all.
    disagreements
        Where sources say different things of a roadside, in longitude and latitude.
    records
        Every indicator that the campaign knows, by key.
    roadside, waterside
        The station sides of roads and of waters, to draw field checks from; None where the
        campaign has none.
    packages
        Work packages of the gaps, see ``work_packages``, with ``township``, ``township_en`` and the
        ground as ``belt``, in longitude and latitude; empty where the campaign has no
        ``[planting]``.
    campaign
        The settings that it was made by; ``compare`` assesses by them once more.
    crs
        The system that the campaign's townships stand in, for layers that go back to its owner;
        None: longitude and latitude.
    """

    title: str
    title_en: str
    year: int | None
    table: pd.DataFrame
    gaps: gpd.GeoDataFrame
    layers: Mapping[str, gpd.GeoDataFrame]
    cover: LandCover
    targets: tuple[tuple[str, Target], ...] = ()
    notes: tuple[str, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    needs: pd.DataFrame = field(default_factory=pd.DataFrame)
    completion: pd.DataFrame = field(default_factory=pd.DataFrame)
    works: gpd.GeoDataFrame | None = None
    claims: gpd.GeoDataFrame = field(default_factory=gpd.GeoDataFrame)
    survival: pd.DataFrame = field(default_factory=pd.DataFrame)
    two_covers: pd.DataFrame = field(default_factory=pd.DataFrame)
    class_areas: pd.DataFrame = field(default_factory=pd.DataFrame)
    stands: pd.DataFrame = field(default_factory=pd.DataFrame)
    books: LandCover | None = None
    reported: pd.DataFrame = field(default_factory=pd.DataFrame)
    unjudged: tuple[Note, ...] = ()
    not_seen: gpd.GeoDataFrame = field(default_factory=gpd.GeoDataFrame)
    records: Mapping[str, Indicator] = field(default_factory=_installed)
    roadside: RoadsideGreening | None = None
    waterside: WatersideGreening | None = None
    campaign: Campaign | None = None
    evidence: pd.DataFrame = field(default_factory=pd.DataFrame)
    disagreements: gpd.GeoDataFrame = field(default_factory=gpd.GeoDataFrame)
    packages: gpd.GeoDataFrame = field(default_factory=gpd.GeoDataFrame)
    crs: CRS | None = None

    @property
    def definitions(self) -> dict[str, Indicator]:
        """Record of each indicator in the table: definition, numerator, denominator, source."""
        found = self.table["indicator"].unique()
        return {key: self.records[key] for key in found if key in self.records}

    def _counts(self) -> dict[str, int]:
        judged = self.table.loc[self.table["verdict"] != "no target", "verdict"]
        return {str(verdict): int(n) for verdict, n in judged.value_counts().items()}

    def __repr__(self) -> str:
        counts = ", ".join(f"{n} {verdict}" for verdict, n in self._counts().items())
        length_km = float(self.gaps["length_m"].sum()) / 1000.0 if len(self.gaps) else 0.0
        return (
            f"<Assessment {self.title_en or self.title}: {counts or 'no targets'}; "
            f"{len(self.gaps)} gaps, {length_km:.1f} km>"
        )

"""Sources as the keywords of ``roadside_greening`` name them, brought beside the roads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from greencover.corridor._chains import Chain
from greencover.corridor.evidence import Evidence
from greencover.corridor.sources.beside import Places, Roadsides
from greencover.corridor.sources.canopy import Canopy, check_counts
from greencover.corridor.sources.conditions import ALIVE, VACANT, conditions_of
from greencover.corridor.sources.crowns import crowns_of
from greencover.corridor.sources.dated import Dates
from greencover.corridor.sources.extent import surveyed_stretches
from greencover.corridor.sources.field import FieldChecks, checks_beside
from greencover.corridor.sources.inventory import (
    BY_CROWNS,
    BY_SPACING,
    Inventory,
)
from greencover.corridor.sources.rows import TreeRows, stretches_along
from greencover.corridor.sources.stretches import Stretches
from greencover.cover.canopy import ANY_GREEN
from greencover.cover.land_cover import LandCover
from greencover.ground.datums import moved_to
from greencover.ground.errors import LayerError
from greencover.ground.geodesy import geographic_of, require_crs
from greencover.ground.notes import Note
from greencover.layers import as_text, check_geometry, measure_by_row
from greencover.layers.points import require_places

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SIDES = ("left", "right")
#: Trust in each source; the land cover has 0.
RANKS: Mapping[str, float] = {"field": 5.0, "trees": 4.0, "rows": 3.0, "canopy": 2.0}


def _nowhere() -> tuple[Ints, Floats]:
    return np.zeros(0, dtype=np.int64), np.zeros(0)


@dataclass(frozen=True)
class Beside:
    """Sources beside the roads of a layout.

    Attributes
    ----------
    evidence
        The sources.
    breaks
        Chain and distance of the places at which stations have to end.
    splits
        Of places at which a station is split, and no other one moves.
    standing
        What stands beside the roads, tree by tree, and what could; None without such layers.
    notes
        What was assumed or left out.
    parameters
        What the figures depend on.
    """

    evidence: tuple[Evidence, ...] = ()
    breaks: tuple[Ints, Floats] = field(default_factory=_nowhere)
    splits: tuple[Ints, Floats] = field(default_factory=_nowhere)
    standing: gpd.GeoDataFrame | None = None
    notes: tuple[Note, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The keywords of ``roadside_greening`` that name sources; see there."""

    trees: gpd.GeoDataFrame | None = None
    crown_m: float | str | None = None
    dbh_cm: float | str | None = None
    species: str | None = None
    status: str | None = None
    alive: Sequence[str] = ()
    vacant: Sequence[str] = ()
    surveyed: pd.DataFrame | None = None
    tree_rows: gpd.GeoDataFrame | None = None
    tree_row_width_m: float | str | None = None
    tree_row_spacing_m: float | str | None = None
    planting_sites: gpd.GeoDataFrame | None = None
    canopy: LandCover | None = None
    field_checks: pd.DataFrame | None = None
    dates: Mapping[str, object] = field(default_factory=dict)
    authors: Mapping[str, str] = field(default_factory=dict)
    max_age_years: float | None = None
    as_of: object = None
    cover_year: int | None = None

    @classmethod
    def among(cls, options: Mapping[str, Any]) -> tuple[Sources, dict[str, Any]]:
        """The sources among keywords, and the rest of these."""
        names = {one.name for one in fields(cls)}
        mine = {name: value for name, value in options.items() if name in names}
        rest = {name: value for name, value in options.items() if name not in names}
        return cls(**mine), rest

    @property
    def any(self) -> bool:
        """Whether there is any source beside the land cover."""
        return any(
            one is not None
            for one in (
                self.trees,
                self.tree_rows,
                self.planting_sites,
                self.canopy,
                self.field_checks,
            )
        )

    def beside(
        self,
        chains: Sequence[Chain],
        roadsides: Callable[[], Roadsides],
        crs: pyproj.CRS,
        rules: Mapping[str, Any],
        *,
        by_spacing: bool,
    ) -> Beside:
        """Bring the sources to the roads.

        Parameters
        ----------
        chains, roadsides, crs
            The roads that are reported on, what places can lie beside, and their system.
        rules
            The rules of roadsides.
        by_spacing
            Whether the spacing of trees was named to decide.

        Raises
        ------
        LayerError
            A layer is not what it should be, or an extent has no source.
        """
        if not self.any:
            if self.surveyed is not None:
                raise LayerError("corridor.surveyed_nothing")
            return Beside()
        return _Bringing(self, chains, roadsides(), crs, rules, by_spacing).all()

    def from_above(self, covers: Sequence[str]) -> Beside:
        """The canopy alone, which lies beside any line.

        Parameters
        ----------
        covers
            Cover types that count as greening.
        """
        if self.canopy is None:
            return Beside()
        dates = self.ages
        rank = RANKS["canopy"] - dates.dropped("canopy")
        seen, notes = _seen_from_above(self.canopy, tuple(covers), rank)
        return Beside(
            (seen,),
            notes=(*notes, *dates.notes(("canopy",))),
            parameters={
                "sources": {"canopy": {"rank": rank, **dates.said("canopy")}},
                "max_age_years": self.max_age_years,
            },
        )

    @property
    def ages(self) -> Dates:
        """When and by whom each source was made."""
        return Dates.of(self.dates, self.authors, self.max_age_years, self.as_of, self.cover_year)


def _seen_from_above(
    cover: LandCover, covers: tuple[str, ...], rank: float
) -> tuple[Canopy, list[Note]]:
    check_counts(cover, covers)
    any_green = cover.legend.key == ANY_GREEN
    notes = [Note("corridor.canopy_any_green")] if any_green else []
    return Canopy(cover, covers, rank), notes


class _Bringing:
    """One layout's sources, put together piece by piece."""

    def __init__(
        self,
        given: Sources,
        chains: Sequence[Chain],
        roadsides: Roadsides,
        crs: pyproj.CRS,
        rules: Mapping[str, Any],
        by_spacing: bool,
    ) -> None:
        self.given, self.chains, self.roadsides, self.crs = given, chains, roadsides, crs
        self.rules, self.by_spacing = rules, by_spacing
        self.lonlat = geographic_of(crs)
        self.notes: list[Note] = []
        self.standing: list[gpd.GeoDataFrame] = []
        self.decided: dict[str, str] = {}
        self.dates = given.ages

    def all(self) -> Beside:
        given = self.given
        evidence: list[Evidence] = []
        if given.field_checks is not None:
            evidence.append(
                checks_beside(
                    given.field_checks, self.chains, self.roadsides, self.crs, self.rank("field")
                )
            )
        if given.trees is not None:
            evidence.append(self.inventory(given.trees))
        if given.tree_rows is not None:
            evidence.append(self.rows(given.tree_rows))
        if given.canopy is not None:
            covers, rank = tuple(self.rules["covers"]), self.rank("canopy")
            seen, told = _seen_from_above(given.canopy, covers, rank)
            evidence.append(seen)
            self.notes += told
        if given.planting_sites is not None:
            self.sites(given.planting_sites)
        keys = tuple(one.key for one in evidence)
        self.notes += self.dates.notes(keys)
        breaks = [one.breaks for one in evidence if isinstance(one, Inventory | TreeRows)]
        chain, at = (np.concatenate(part) for part in zip(_nowhere(), *breaks, strict=True))
        checks = [one.splits for one in evidence if isinstance(one, FieldChecks)]
        standing = None
        if self.standing:
            standing = gpd.GeoDataFrame(pd.concat(self.standing, ignore_index=True))
        return Beside(
            tuple(evidence),
            (chain, at),
            checks[0] if checks else _nowhere(),
            standing,
            tuple(self.notes),
            {
                "sources": {key: {"rank": self.rank(key), **self.dates.said(key)} for key in keys},
                "max_age_years": given.max_age_years,
                **self.decided,
            },
        )

    def rank(self, key: str) -> float:
        return RANKS[key] - self.dates.dropped(key)

    def surveyed(self, key: str) -> Stretches:
        """Where a source looked: rows of its own name, else all of an extent that names none."""
        table = self.given.surveyed
        if table is None:
            return Stretches.none()
        if "source" in table:
            said = as_text(table["source"]).str.casefold()
            unknown = sorted(set(said) - set(RANKS) - {""})
            if unknown:
                raise LayerError(
                    "corridor.surveyed_source", source=unknown[0], known=", ".join(RANKS)
                )
            table = table[(said == key) | ((said == "") & (key == self.first))]
        elif key != self.first:
            return Stretches.none()
        if not len(table):
            return Stretches.none()
        return surveyed_stretches(table, self.chains, self.roadsides, self.crs)

    @property
    def first(self) -> str:
        """The source that an extent without a name is of."""
        return "trees" if self.given.trees is not None else "rows"

    def inventory(self, trees: gpd.GeoDataFrame) -> Inventory:
        given, where = self.given, Note("corridor.tree_layer")
        points = self.points(trees, where)
        lonlat = shapely.get_coordinates(points.to_numpy())
        trees = trees.reset_index(drop=True)
        crowns = crowns_of(trees, where, given.crown_m, given.dbh_cm, given.species)
        condition = conditions_of(
            trees, where, given.status, alive=given.alive, vacant=given.vacant
        )
        self.notes += crowns.notes
        radius = np.where(np.isfinite(crowns.diameter_m), crowns.diameter_m / 2.0, 0.0)
        places = self.roadsides.beside(lonlat, np.where(condition == ALIVE, radius, 0.0))
        self.stand(places, points, condition, crowns.diameter_m)
        decides = BY_SPACING if self.by_spacing or not crowns.known else BY_CROWNS
        if decides == BY_SPACING and not self.by_spacing:
            self.notes.append(Note("corridor.spacing_by_default", metres=self.rules["spacing_m"]))
        self.decided["trees_judged_by"] = decides
        alive = condition[places.row] == ALIVE
        living = places.taken(alive)
        self.notes.append(
            Note(
                "corridor.trees_beside",
                trees=len(trees),
                beside=int(living.in_reach.sum()),
                alive=int((condition == ALIVE).sum()),
                vacant=int((condition == VACANT).sum()),
            )
        )
        return Inventory(
            roadsides=self.roadsides,
            places=living,
            lonlat=lonlat[living.row],
            crown_m=crowns.diameter_m[living.row],
            surveyed=self.surveyed("trees"),
            spacing_m=self.rules["spacing_m"],
            decides=decides,
            rank=self.rank("trees"),
        )

    def rows(self, lines: gpd.GeoDataFrame) -> TreeRows:
        given, where = self.given, Note("corridor.tree_row_layer")
        require_crs(lines.crs, where)
        lines = check_geometry(lines.reset_index(drop=True), where, geometry="line")
        shapes = moved_to(lines.geometry, self.lonlat).to_numpy()
        parts, row = shapely.get_parts(shapes, return_index=True)
        width = np.full(len(lines), np.inf)
        across = self.rules["spacing_m"] if self.by_spacing else 0.0
        if self.by_spacing and given.tree_row_spacing_m is not None:
            apart = measure_by_row(given.tree_row_spacing_m, lines, "tree_row_spacing_m", where)
            width[apart > self.rules["spacing_m"] + 1e-2] = -np.inf
        elif given.tree_row_width_m is not None:
            width = measure_by_row(given.tree_row_width_m, lines, "tree_row_width_m", where)
        drawn, thin = stretches_along(parts, width[row], self.roadsides, across)
        return TreeRows(drawn, thin, self.surveyed("rows"), self.rank("rows"))

    def sites(self, sites: gpd.GeoDataFrame) -> None:
        """Places found plantable: points, or polygons by a point on each of them."""
        where = Note("corridor.planting_site_layer")
        require_crs(sites.crs, where)
        shapes = moved_to(sites.geometry, self.lonlat)
        on_each = gpd.GeoDataFrame(geometry=shapes.representative_point())
        points = self.points(on_each, where)
        places = self.roadsides.beside(shapely.get_coordinates(points.to_numpy()))
        condition = np.full(len(points), VACANT, dtype=object)
        self.stand(places, points, condition, np.full(len(points), np.nan))

    def points(self, layer: gpd.GeoDataFrame, where: Note) -> gpd.GeoSeries:
        require_places(layer, where)
        moved = moved_to(layer.geometry, self.lonlat)
        return gpd.GeoSeries(moved.to_numpy(), crs=self.lonlat)

    def stand(
        self,
        places: Places,
        points: gpd.GeoSeries,
        condition: npt.NDArray[Any],
        crown_m: Floats,
    ) -> None:
        """Keep what stands no further out than the belt."""
        near = places.taken(places.in_reach)
        near = near.taken(np.lexsort((near.at_m, near.roadside)))
        chain = near.roadside // 2
        roads = np.empty(len(self.chains), dtype=object)
        roads[:] = [one.road for one in self.chains]
        number = np.array([one.number for one in self.chains], dtype=np.int64)
        start = np.array([one.start_m for one in self.chains], dtype=np.float64)
        table = {
            "road": roads[chain],
            "chain": number[chain],
            "side": np.array(SIDES, dtype=object)[near.roadside % 2],
            "at_m": start[chain] + near.at_m,
            "from_edge_m": near.from_edge_m,
            "condition": condition[near.row],
            "crown_m": crown_m[near.row],
        }
        geometry = points.to_numpy()[near.row]
        self.standing.append(gpd.GeoDataFrame(table, geometry=geometry, crs=self.lonlat))

"""From gaps to a list of what to plant: where, how wide, how many trees, and what first."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from greencover.corridor._gaps import gap_ids, joined, longest, run_numbers
from greencover.corridor._ground_once import GroundOnce
from greencover.corridor._planting_ground import (
    CROPLAND,
    NOT_PLANTABLE,
    PLANTABLE,
    TO_CHECK,
    WOODY,
    Ground,
    planting_rules,
)
from greencover.corridor._planting_places import Row, places_of, row_distances
from greencover.corridor._planting_trees import standing_ends, trees_along
from greencover.corridor._units import Units
from greencover.corridor.planting_table import PlantingList
from greencover.corridor.resolving import GAP, NOT_SEEN
from greencover.corridor.result import CorridorGreening
from greencover.ground.datums import moved_to
from greencover.ground.errors import LayerError
from greencover.ground.geodesy import (
    MU_PER_HECTARE,
    Ellipsoid,
    geographic_of,
    metres_per_degree,
    require_crs,
)
from greencover.ground.notes import Note
from greencover.layers.measures import require_number
from greencover.layers.tables import require_columns

__all__ = ["cropland_limits", "planting_list", "planting_rules"]

_LENGTHS = {
    PLANTABLE: "plantable_m",
    CROPLAND: "cropland_m",
    TO_CHECK: "to_check_m",
    NOT_PLANTABLE: "not_plantable_m",
    WOODY: "woody_m",
}
_FURTHEST_DEG = 0.5
_FARTHEST_APART = 1000.0


@cache
def cropland_limits() -> dict[str, Any]:
    """Return the limits on belts over cropland with their source."""
    return tomllib.loads(
        files("greencover.corridor").joinpath("cropland_limits.toml").read_text("utf-8")
    )


def planting_list(
    corridor: CorridorGreening,
    *,
    villages: gpd.GeoDataFrame | None = None,
    village: str = "name",
    settlements: gpd.GeoDataFrame | None = None,
    spacing_m: float = 3.0,
    rows: int = 2,
    row_spacing_m: float = 2.0,
    least_length_m: float = 0.0,
) -> PlantingList:
    """List the gaps of a corridor with what may be planted in them, the most urgent first.

    Sides that are not seen stand behind them with ``status`` "not seen" and nothing to plant:
    whether trees stand there is to be looked up first.

    Parameters
    ----------
    corridor
        Result of ``roadside_greening`` or ``waterside_greening``.
    villages, village
        Polygons of villages and the column that names them.
    settlements
        Polygons, lines or points of settlements, for the distance to the next one; grass inside
        polygons is lawn, which is to be checked.
    spacing_m
        Distance between trees in a row.
    rows, row_spacing_m
        Rows of trees in a belt and the distance between them; a belt over cropland has as many
        rows as its permitted width holds.
    least_length_m
        Leave out gaps shorter than this.

    Returns
    -------
    PlantingList
        A GeoDataFrame with the columns of ``corridor.gaps``, and: ``status`` ("gap" or "not seen");
        ``village`` (of most of its length); ``{cover}_pct``, what the belt is covered with;
        ``plantable_m``, ``cropland_m`` (restricted), ``to_check_m`` (built-up ground, lawn in
        settlements, and trees of the map where a better source found none: a visit tells),
        ``not_plantable_m`` and ``woody_m``: the length of the gap by those shares of its belt,
        together its observed length; ``belt_m``, ``belt_ha``, ``belt_mu``: the belt; ``limit_m``:
        width permitted over cropland; ``plant_ha``, ``plant_mu``: ground to be planted, that over
        cropland no wider than permitted, and ``check_ha``, to be checked; ``trees``, counted from
        the gap's ends, and ``trees_to_check``, what the ground to be checked would take; ``sites``,
        vacant places known there, each of which takes a tree whatever the map shows, where
        ``corridor.trees`` holds any; ``settlement_m``; ``priority`` (1 first) and
        ``priority_points`` of 100, fewer where less can be planted. Geometry is the line; ``belt``
        is the ground as polygons, ``places`` are points, one for each of ``trees``.
        Ground that belts of several gaps share, such as belts that face each other, is that of
        the first gap along the roads: ground and trees sum to the union.
        ``attrs["rules"]`` holds the rules with their sources.

    Raises
    ------
    ArgumentError
        A spacing is no positive length.
    LayerError
        A column is missing.

    Examples
    --------
    Half a kilometre on each side of a road is to be planted, in two rows.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.full((20, 100), 30, "uint8"), Affine(10, 0, 5e5, 0, -10, 3000100)
    >>> codes[:, :50] = 10
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> line = shapely.LineString([(500_000, 3_000_000), (501_000, 3_000_000)])
    >>> roads = gpd.GeoDataFrame({"name": ["S1"], "grade": ["county"]}, geometry=[line], crs=4547)
    >>> gaps = gc.planting_list(gc.roadside_greening(roads, cover), spacing_m=5.0)
    >>> gaps[["side", "length_m", "trees"]].round(0).values.tolist()
    [['left', 500.0, 200], ['right', 500.0, 200]]
    """
    for name, value in (("spacing_m", spacing_m), ("row_spacing_m", row_spacing_m), ("rows", rows)):
        require_number(value, name, most=_FARTHEST_APART, above=True)
    require_number(least_length_m, "least_length_m")
    if corridor.cover_ha is None or corridor.ground is None:
        raise LayerError("corridor.no_ground")
    gaps = _Gaps.of(corridor, least_length_m, settlements)
    table = gaps.table
    if villages is not None:
        require_columns(villages, [village], Note("corridor.village_layer"))
        table["village"] = gaps.place(villages, village)
    gaps.add_covers()
    planned = gaps.add_trees(spacing_m, rows, row_spacing_m)
    unseen = (table["status"] == NOT_SEEN).to_numpy()
    table.loc[unseen, ["plant_ha", "plant_mu", "check_ha", "trees", "trees_to_check"]] = 0
    sites = gaps.add_sites()
    table["settlement_m"] = _distance(table, settlements)
    _add_priority(table, spacing_m)
    table["belt"] = gaps.belts()
    table["places"] = gaps.places(planned, sites, spacing_m)
    table = PlantingList(table.sort_values("priority", kind="stable").reset_index(drop=True))
    table.attrs["rules"] = {
        "spacing_m": spacing_m,
        "rows": rows,
        "row_spacing_m": row_spacing_m,
        "cropland": {k: v for k, v in cropland_limits().items() if k != "width_m"},
        "ground": planting_rules()["ground_note"],
        **{
            k: v for k, v in corridor.parameters.items() if k in ("offset_m", "belt_m", "threshold")
        },
    }
    return table


@dataclass(frozen=True)
class _Gaps:
    """Station sides of gaps, the number of the gap of each, and the gaps."""

    corridor: CorridorGreening
    row: npt.NDArray[np.int64]
    run: npt.NDArray[np.int64]
    table: gpd.GeoDataFrame
    once: GroundOnce
    ground: Ground

    @classmethod
    def of(
        cls,
        corridor: CorridorGreening,
        least_length_m: float,
        settlements: gpd.GeoDataFrame | None,
    ) -> _Gaps:
        sides = corridor.sides
        # Gaps first; what is not seen follows, under numbers of its own.
        status = sides["status"].to_numpy()
        row = np.concatenate([np.flatnonzero(status == one) for one in (GAP, NOT_SEEN)])
        chosen = sides.iloc[row]
        run = run_numbers(chosen, of=corridor.of)
        length = np.bincount(run, weights=chosen["length_m"].to_numpy())
        long = length >= least_length_m
        keep = long[run] if len(run) else np.zeros(0, dtype=bool)
        row, number = row[keep], (np.cumsum(long) - 1)[run[keep]]
        table = joined(sides.iloc[row], number, of=corridor.of)
        table = table.drop(columns="reason")
        table.insert(1, "status", table.pop("status"))
        table.insert(0, "gap_id", gap_ids(table, of=corridor.of))
        assert corridor.ground is not None
        once = GroundOnce.of(corridor.ground, sides, corridor.of, row)
        assert corridor.cover_ha is not None
        ground = Ground.of(corridor.cover_ha.iloc[row], sides.iloc[row], settlements)
        return cls(corridor, row, number, table, once, ground)

    def summed(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Sums of figures of the sides by gap."""
        sums = np.bincount(self.run, weights=values, minlength=len(self.table))
        return np.asarray(sums, dtype=np.float64)

    def place(self, units: gpd.GeoDataFrame, name: str) -> npt.NDArray[Any]:
        """Unit that holds most of the length of each gap."""
        sides = self.corridor.sides.iloc[self.row]
        polygons = Units.of(units, name, sides.crs)
        middle = shapely.get_coordinates(
            shapely.line_interpolate_point(sides.geometry.to_numpy(), 0.5, normalized=True)
        )
        weight = sides["length_m"].to_numpy()
        return longest(polygons.at(middle), self.run, weight, len(self.table))

    def add_covers(self) -> None:
        """Add what the belts are covered with, and lengths by what may be planted."""
        table, ground = self.table, self.ground
        length = self.corridor.sides["length_m"].to_numpy()[self.row]
        whole = self.summed(ground.observed_ha)
        for cover, ha in ground.cover_ha.items():
            area = self.summed(ha.to_numpy())
            table[f"{cover}_pct"] = 100.0 * area / np.where(whole > 0.0, whole, np.nan)
        for kind, column in _LENGTHS.items():
            table[column] = self.summed(ground.share(kind) * length)
        table["belt_m"] = table.pop("strip_ha") * 1e4 / table["length_m"]
        strip_ha = self.corridor.sides["strip_ha"].to_numpy()[self.row]
        table["belt_ha"] = self.summed(strip_ha * self.once.share)
        table["belt_mu"] = table["belt_ha"] * MU_PER_HECTARE
        limits = cropland_limits()["width_m"]
        table["limit_m"] = [limits.get(str(g), limits["other"]) for g in table["grade"]]
        own = {
            kind: self.summed(self.once.share * ground.ha(kind))
            for kind in (PLANTABLE, CROPLAND, TO_CHECK)
        }
        permitted = np.minimum(table["limit_m"] / table["belt_m"], 1.0)
        table["plant_ha"] = own[PLANTABLE] + permitted * own[CROPLAND]
        table["plant_mu"] = table["plant_ha"] * MU_PER_HECTARE
        table["check_ha"] = own[TO_CHECK]

    def add_sites(self) -> dict[int, npt.NDArray[np.object_]]:
        """Count the vacant places on each gap, and return them by the gap's row.

        What was seen to be plantable goes before a map.
        """
        standing, table = self.corridor.trees, self.table
        if standing is None:
            return {}
        of = self.corridor.of
        keys = [of, "chain", "side"]
        vacant = standing[standing["condition"] == "vacant"]
        gaps = pd.DataFrame(table[[*keys, "from_m", "to_m"]]).reset_index(names="gap")
        pairs = gaps.merge(vacant, on=keys)
        # One at the end of two gaps is the first one's.
        on = pairs["at_m"].between(pairs["from_m"] - 1e-6, pairs["to_m"] + 1e-6)
        found = pairs[on].drop_duplicates([*keys, "at_m", "from_edge_m"])
        sites = np.bincount(found["gap"].to_numpy(dtype=np.int64), minlength=len(table))
        table["sites"] = sites
        table["trees"] = np.maximum(table["trees"], sites)
        points, gap = found["geometry"].to_numpy(), found["gap"].to_numpy()
        return {int(one): points[gap == one] for one in np.unique(gap)}

    def belts(self) -> gpd.GeoSeries:
        """Ground of each gap."""
        gap = self.run[self.once.owner]
        order = np.argsort(gap, kind="stable")
        shapes, gap = self.once.polygons[order], gap[order]
        first = np.searchsorted(gap, np.arange(len(self.table) + 1))
        belts = [shapely.union_all(shapes[low:high]) for low, high in pairwise(first)]
        return gpd.GeoSeries(belts, crs=self.corridor.sides.crs)

    def places(
        self,
        planned: list[list[Row]],
        sites: dict[int, npt.NDArray[np.object_]],
        spacing_m: float,
    ) -> gpd.GeoSeries:
        """Where the trees of each gap are to stand."""
        sides, none = self.corridor.sides, np.zeros(0, dtype=object)
        starts, ends = self._standing
        bounds = np.searchsorted(self.run, np.arange(len(self.table) + 1))
        unseen = (self.table["status"] == NOT_SEEN).to_numpy()
        found = [
            places_of(
                sides.iloc[self.row[low:high]],
                [] if unseen[gap] else planned[gap],
                spacing_m,
                (bool(starts[gap]), bool(ends[gap])),
                sites.get(gap, none),
            )
            for gap, (low, high) in enumerate(pairwise(bounds))
        ]
        return gpd.GeoSeries(found, crs=sides.crs)

    @property
    def _standing(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Whether a tree stands at the start and at the end of each gap."""
        return standing_ends(self.corridor.sides, self.corridor.of, self.row, self.run)

    def add_trees(self, spacing_m: float, rows: int, row_spacing_m: float) -> list[list[Row]]:
        """Add trees along the plantable length in all rows, along cropland in those that fit.

        A side has trees for the share of its ground that is no other gap's. Returns the rows of
        each gap.
        """
        table = self.table
        fitting = np.minimum(rows, 1 + np.floor(table["limit_m"] / row_spacing_m - 1e-9))
        length = self.corridor.sides["length_m"].to_numpy()[self.row] * self.once.share
        metres = {k: self.ground.share(k) * length for k in (PLANTABLE, CROPLAND, TO_CHECK)}
        free, crop, unsure = (self.summed(one) for one in metres.values())
        starts, closes = self._standing
        ends = starts.astype(np.int64) + closes
        outer = trees_along(free + crop, spacing_m, ends) * fitting
        table["trees"] = (outer + trees_along(free, spacing_m, ends) * (rows - fitting)).astype(
            np.int64
        )
        table["trees_to_check"] = (trees_along(unsure, spacing_m, ends) * rows).astype(np.int64)
        return [
            self._rows(gap, metres, int(fits), rows, row_spacing_m)
            for gap, fits in enumerate(np.where(crop > 0.0, fitting, rows))
        ]

    def _rows(
        self,
        gap: int,
        metres: dict[str, npt.NDArray[np.float64]],
        fitting: int,
        rows: int,
        row_spacing_m: float,
    ) -> list[Row]:
        """Rows of a gap, of which the first ``fitting`` go on along cropland."""
        own = slice(*np.searchsorted(self.run, [gap, gap + 1]))
        free = metres[PLANTABLE][own]
        belt_m, limit_m = (float(self.table[name].iloc[gap]) for name in ("belt_m", "limit_m"))
        out_m = row_distances(belt_m, rows, row_spacing_m, fitting, limit_m)
        crop = metres[CROPLAND][own]
        return [Row(free + crop if row < fitting else free, out) for row, out in enumerate(out_m)]


def _distance(
    table: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame | None
) -> npt.NDArray[np.float64]:
    """Metres from each gap to the next settlement, NaN where none is given or near."""
    out = np.full(len(table), np.nan)
    if settlements is None or settlements.empty or table.empty:
        return out
    crs = geographic_of(require_crs(table.crs))
    latitude = np.array([table.total_bounds[[1, 3]].mean()])
    east, north = metres_per_degree(latitude, Ellipsoid.of(crs))
    scale = np.array([east[0], north[0]])
    places = shapely.transform(moved_to(settlements.geometry, crs).to_numpy(), lambda p: p * scale)
    lines = shapely.transform(table.geometry.to_numpy(), lambda p: p * scale)
    (gap, _), metres = shapely.STRtree(places).query_nearest(
        lines, max_distance=_FURTHEST_DEG * scale.max(), return_distance=True, all_matches=False
    )
    out[gap] = metres
    return out


def _add_priority(table: gpd.GeoDataFrame, spacing_m: float) -> None:
    """Rank by grade, length and distance to the next settlement, as far as gaps can be planted."""
    rule = planting_rules()["priority"]
    grade = np.array([rule["grade"].get(str(g), rule["grade"]["other"]) for g in table["grade"]])
    length = table["length_m"] / (table["length_m"] + rule["half_length_m"])
    near = rule["half_distance_m"] / (table["settlement_m"] + rule["half_distance_m"])
    points = (
        rule["grade_points"] * grade
        + rule["length_points"] * length
        + rule["settlement_points"] * near.fillna(0.0)
    )
    counts = rule["to_check_counts"] * table["to_check_m"]
    room = table["plantable_m"] + table["cropland_m"] + counts
    if "sites" in table:
        room = np.maximum(room, table["sites"] * spacing_m)
    table["priority_points"] = (points * np.minimum(room / table["length_m"], 1.0)).to_numpy()
    table.loc[table["status"] == NOT_SEEN, "priority_points"] = 0.0
    # Gaps that are alike keep the order of the roads, whatever their last digits.
    order = np.argsort(-table["priority_points"].round(6).to_numpy(), kind="stable")
    rank = np.empty(len(table), dtype=np.int64)
    rank[order] = np.arange(1, len(table) + 1)
    table["priority"] = rank

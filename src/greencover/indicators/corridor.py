"""Roadside greening: which length of a road, side by side, is lined with trees.

The rate is a length: greened length over length that can be greened, both sides counted. No
national text fixes sides, exclusions, belt width or threshold; ours are parameters, listed in
``RoadsideGreening.parameters`` and printed with every result.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from greencover.errors import LayerError
from greencover.geodesy import Ellipsoid, geographic_of, require_crs
from greencover.indicators._chains import Chain, chains_of
from greencover.indicators._gaps import merge_gaps, merge_runs
from greencover.indicators._strips import SIDES, station_sides
from greencover.indicators.grades import GRADES, by_grade, canonical_grades
from greencover.landcover import LandCover
from greencover.legends import Legend
from greencover.overlay import class_areas
from greencover.zones import as_text, check_geometry
from greencover.zones.tables import require_columns

ByGrade: TypeAlias = float | str | Mapping[Any, float]
WOODY = ("tree", "shrub")
STATUSES = ("greened", "gap", "excluded", "unobserved")
_NO = frozenset({"", "no", "n", "false", "f", "0", "否", "无", "none", "nan", "-"})
# A strip seen by less than half is not judged; one under water by more than half cannot be planted.
_LEAST_OBSERVED = 0.5
_WATER_SHARE = 0.5


@cache
def defaults() -> dict[str, Any]:
    """Return the operational rules in use where the caller gives none, with their sources."""
    text = files("greencover.indicators").joinpath("corridor.toml").read_text("utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True)
class RoadsideGreening:
    """Station sides with their status, and what follows from them.

    Attributes
    ----------
    sides
        GeoDataFrame in longitude and latitude, one row per station and side: ``road``, ``chain``,
        ``grade``, ``side`` ("left" or "right" along growing chainage), ``from_m``, ``to_m``,
        ``length_m``, ``tree_share`` (share of the observed strip under the counted covers),
        ``unobserved_share``, ``status`` ("greened", "gap", "excluded", "unobserved"), ``reason``
        of an exclusion, ``cover_now`` (dominant cover type), ``strip_ha``, ``unit`` where units
        were given, and the middle line of the strip.
    parameters
        Every rule that the figures depend on.
    notes
        What was assumed or left out.
    """

    sides: gpd.GeoDataFrame
    parameters: Mapping[str, Any]
    notes: tuple[str, ...] = field(default=())

    @property
    def rates(self) -> pd.DataFrame:
        """Rates per road; see ``rates_by``."""
        return self.rates_by("road", "grade")

    def rates_by(self, *columns: str) -> pd.DataFrame:
        """Rates for each combination of columns of ``sides``; without columns, one row for all.

        Returns
        -------
        pandas.DataFrame
            Side lengths in km (both sides counted, so twice the length of the road): ``side_km``,
            ``greened_km``, ``gap_km``, ``excluded_km``, ``unobserved_km``, ``greenable_km`` =
            greened + gap; and rates in percent: ``greening_pct`` of the greenable length (the
            campaign's), ``greening_all_pct`` of all length (transport statistics'),
            ``unobserved_pct`` of all length. A rate without denominator is NaN.
        """
        sides = pd.DataFrame(self.sides[["length_m", "status", *columns]])
        km = sides["length_m"] / 1000.0
        keys = [sides[c] for c in columns] or [pd.Series("all", index=sides.index, name="of")]
        sums = km.groupby([*keys, sides["status"]], sort=False, dropna=False).sum()
        lengths = sums.unstack("status").fillna(0.0)
        table = pd.DataFrame(
            {f"{s}_km": lengths.get(s, 0.0) for s in STATUSES},
            index=lengths.index,
        )
        table.insert(0, "side_km", table.sum(axis=1))
        table["greenable_km"] = table["greened_km"] + table["gap_km"]
        table["greening_pct"] = _percent(table["greened_km"], table["greenable_km"])
        table["greening_all_pct"] = _percent(table["greened_km"], table["side_km"])
        table["unobserved_pct"] = _percent(table["unobserved_km"], table["side_km"])
        return table.reset_index() if columns else table.reset_index(drop=True)

    @property
    def gaps(self) -> gpd.GeoDataFrame:
        """Runs of consecutive gap sides: road, side, from_m, to_m, length_m, chainage and more."""
        return merge_gaps(self.sides)

    @property
    def runs(self) -> gpd.GeoDataFrame:
        """Consecutive station sides of equal status as one line each, for maps."""
        return merge_runs(self.sides)


@dataclass(frozen=True)
class Strips:
    """Strips of a road network before they are overlaid.

    Attributes
    ----------
    quads
        Polygons in longitude and latitude to overlay; several may make one strip.
    quad_side
        Row of ``sides`` that each polygon belongs to.
    sides
        Station sides without status.
    threshold
        Share from which each row of ``sides`` counts as greened.
    parameters, notes
        As in ``RoadsideGreening``.
    """

    quads: gpd.GeoSeries
    quad_side: npt.NDArray[np.int64]
    sides: gpd.GeoDataFrame
    threshold: npt.NDArray[np.float64]
    covers: tuple[str, ...]
    parameters: Mapping[str, Any]
    notes: tuple[str, ...]

    def judge(self, areas: pd.DataFrame, legend: Legend) -> RoadsideGreening:
        """Give each station side its status from the class areas of ``quads``."""
        codes = list(legend.codes)
        count = len(self.sides)
        by_class = np.column_stack(
            [
                np.bincount(self.quad_side, weights=areas[column].to_numpy(), minlength=count)
                for column in areas.columns
            ]
        )
        observed = by_class[:, :-1].sum(axis=1)
        strip = observed + by_class[:, -1]
        cover_types = list(dict.fromkeys(legend.covers.values()))
        by_cover = np.column_stack(
            [
                by_class[:, [codes.index(c) for c in legend.codes_of(t)]].sum(axis=1)
                for t in cover_types
            ]
        )
        counted = by_cover[:, [t in self.covers for t in cover_types]].sum(axis=1)
        water = by_cover[:, [t == "water" for t in cover_types]].sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(observed > 0.0, counted / observed, np.nan)
            water_share = np.where(observed > 0.0, water / observed, 0.0)
            unobserved = np.where(strip > 0.0, by_class[:, -1] / strip, 0.0)
        status = np.where(share >= self.threshold - 1e-12, "greened", "gap").astype(object)
        reason = self.sides["reason"].to_numpy(dtype=object).copy()
        wet = (status == "gap") & (water_share > _WATER_SHARE) & (reason == "")
        reason[wet] = "water"
        reason[(strip <= 0.0) & (reason == "")] = "inside of a bend"
        status[unobserved > 1.0 - _LEAST_OBSERVED] = "unobserved"
        status[reason != ""] = "excluded"
        dominant = np.array([*cover_types, ""], dtype=object)[
            np.where(observed > 0.0, by_cover.argmax(axis=1), len(cover_types))
        ]
        sides = self.sides.assign(
            tree_share=share,
            unobserved_share=unobserved,
            status=status,
            reason=reason,
            cover_now=dominant,
            strip_ha=strip,
        )
        return RoadsideGreening(sides, self.parameters, self.notes)


def roadside_greening(
    roads: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    road: str = "name",
    grade: str | None = "grade",
    step_m: float = 10.0,
    offset_m: ByGrade | None = None,
    belt_m: ByGrade | None = None,
    threshold: ByGrade | None = None,
    covers: Sequence[str] = WOODY,
    bridge: str | None = None,
    tunnel: str | None = None,
    grades: Mapping[str, str] | None = None,
    units: gpd.GeoDataFrame | None = None,
    unit: str = "code",
    progress: Callable[[int, int], None] | None = None,
) -> RoadsideGreening:
    """Roadside greening of a road network, by station and side.

    Each road is cut into stations of equal chainage. On each side of a station lies a strip from
    the edge of the carriageway to the edge of the belt; the side is *greened* when the share of the
    strip under ``covers`` reaches the threshold, *excluded* where it cannot be planted (bridge,
    tunnel, mostly water), *unobserved* where less than half of it was seen, and a *gap* otherwise.

    Parameters
    ----------
    roads
        Lines in any coordinate reference system.
    cover
        The land cover.
    road, grade
        Columns with the road's name (pieces of one name are joined) and its grade; ``grade=None``
        where there are no grades.
    step_m
        Length of a station in metres.
    offset_m
        From the centreline to the inner edge of the belt: metres, a column, or a mapping by grade.
        Default: by grade from ``corridor.toml``.
    belt_m
        Width of the belt: metres, a column, or a mapping by grade. Default: by grade.
    threshold
        Share of the strip from which a side is greened: number, column or mapping. Default 0.2.
    covers
        Cover types that count as greening: trees and shrubs (woody greening) by default.
    bridge, tunnel
        Columns that say whether a piece is on a bridge or in a tunnel.
    grades
        Own words for grades; see ``canonical_grades``.
    units, unit
        Polygons, such as townships, at whose borders roads are cut, and their naming column; the
        result's ``sides`` then has a column ``unit``.
    progress
        Called with tiles done and tiles in all.

    Returns
    -------
    RoadsideGreening
        ``rates``, ``sides`` and ``gaps``.

    Raises
    ------
    LayerError
        A column is missing, a grade is unknown, or a width is no positive number of metres.
    CrsError
        The roads have no coordinate reference system.
    NoOverlapError
        No strip meets the raster.
    """
    strips = lay_strips(
        roads,
        road=road,
        grade=grade,
        step_m=step_m,
        offset_m=offset_m,
        belt_m=belt_m,
        threshold=threshold,
        covers=covers,
        bridge=bridge,
        tunnel=tunnel,
        grades=grades,
        units=units,
        unit=unit,
    )
    areas = class_areas(strips.quads, cover, progress=progress)
    return strips.judge(areas, cover.legend)


def lay_strips(
    roads: gpd.GeoDataFrame,
    *,
    road: str = "name",
    grade: str | None = "grade",
    step_m: float = 10.0,
    offset_m: ByGrade | None = None,
    belt_m: ByGrade | None = None,
    threshold: ByGrade | None = None,
    covers: Sequence[str] = WOODY,
    bridge: str | None = None,
    tunnel: str | None = None,
    grades: Mapping[str, str] | None = None,
    units: gpd.GeoDataFrame | None = None,
    unit: str = "code",
) -> Strips:
    """Lay the strips of a road network without overlaying them; see ``roadside_greening``."""
    where = "road layer"
    crs = require_crs(roads.crs, f"The {where}")
    if not step_m > 0.0:
        raise LayerError(f"step_m is {step_m}, but a station has a positive length in metres.")
    require_columns(roads, [c for c in (road, grade, bridge, tunnel) if c], where)
    if roads.empty:
        raise LayerError("The road layer is empty: it has no rows to report on.")
    roads = check_geometry(roads.reset_index(drop=True), where, geometry="line")
    words = None if grade is None else as_text(roads[grade]).rename(grade)
    rules = {"offset_m": offset_m, "belt_m": belt_m, "threshold": threshold}
    numbers: dict[str, npt.NDArray[np.float64]] = {}
    for name, value in rules.items():
        if value is None:
            value = _default_rule(name, grade)
        numbers[name] = np.asarray(by_grade(value, roads, words, name), dtype=np.float64)
        rules[name] = dict(value) if isinstance(value, Mapping) else value
    if not (numbers["belt_m"] > 0.0).all():
        raise LayerError("belt_m is 0 for a road: a belt needs a positive width in metres.")
    canonical = _grades(words, grades, len(roads), needed=offset_m is None or belt_m is None)
    names = _road_names(roads, road)
    geographic = geographic_of(crs)
    ellipsoid = Ellipsoid.of(geographic)
    barred = _barred(roads, bridge, tunnel)
    chains = chains_of(roads, names, crs)
    if not chains:
        raise LayerError("The road layer has no line with a length: check the export.")
    polygons = None
    if units is not None:
        polygons = _Units(units.geometry.to_crs(geographic), units[unit].to_numpy(dtype=object))
    frames, quads, owners = [], [], []
    first = 0
    alike = _row_keys(numbers, canonical, barred)
    for chain in chains:
        breaks = _breaks(chain, alike, polygons)
        laid = station_sides(
            chain,
            step_m=step_m,
            offset_m=numbers["offset_m"],
            belt_m=numbers["belt_m"],
            breaks_m=breaks,
            ellipsoid=ellipsoid,
        )
        frame = {
            "road": np.full(len(laid.side), chain.road, dtype=object),
            "chain": chain.number,
            "piece": laid.piece,
            "side": np.array(SIDES, dtype=object)[laid.side],
            "from_m": laid.from_m,
            "to_m": laid.to_m,
            "geometry": laid.middle,
        }
        if polygons is not None:
            half = len(laid.side) // 2
            middle = chain.at((laid.from_m[:half] + laid.to_m[:half]) / 2.0)
            frame["unit"] = np.tile(polygons.at(middle), 2)
        frames.append(pd.DataFrame(frame))
        quads.append(laid.quads)
        owners.append(laid.quad_station + first)
        first += len(laid.side)
    table = pd.concat(frames, ignore_index=True)
    piece = table.pop("piece").to_numpy()
    table["length_m"] = table["to_m"] - table["from_m"]
    table["grade"] = canonical[piece]
    table["reason"] = barred[piece]
    sides = gpd.GeoDataFrame(table, geometry="geometry", crs=geographic)
    return Strips(
        quads=gpd.GeoSeries(np.concatenate(quads), crs=geographic),
        quad_side=np.concatenate(owners),
        sides=sides,
        threshold=numbers["threshold"][piece],
        covers=tuple(covers),
        parameters={
            "step_m": step_m,
            **rules,
            "covers": list(covers),
            "sides": "both",
            "excluded": ["bridge", "tunnel", f"water over {_WATER_SHARE:.0%} of the strip"],
            "unobserved": f"less than {_LEAST_OBSERVED:.0%} of the strip seen",
        },
        notes=_notes(chains, len(roads), rules),
    )


def _default_rule(name: str, grade: str | None) -> ByGrade:
    rule = defaults()[name]
    if "value" in rule:
        return float(rule["value"])
    if grade is None:
        raise LayerError(
            f"{name} has defaults by grade only, and no grade column is named: "
            f"pass {name}= in metres."
        )
    return {g: float(rule[g]) for g in GRADES}


def _grades(
    words: pd.Series[str] | None,
    mapping: Mapping[str, str] | None,
    rows: int,
    *,
    needed: bool,
) -> npt.NDArray[Any]:
    """Canonical grades; where no rule depends on them, unknown words stay as they are."""
    if words is None:
        return np.full(rows, "", dtype=object)
    try:
        return canonical_grades(words, mapping).to_numpy(dtype=object)
    except LayerError:
        if needed or mapping is not None:
            raise
        return words.to_numpy(dtype=object)


def _road_names(roads: gpd.GeoDataFrame, column: str) -> npt.NDArray[Any]:
    """Names of roads; a piece without a name is a road of its own."""
    values = roads[column].to_numpy(dtype=object).copy()
    for i in np.flatnonzero((as_text(roads[column]) == "").to_numpy()):
        values[i] = f"(unnamed {i + 1})"
    return values


def _barred(roads: gpd.GeoDataFrame, bridge: str | None, tunnel: str | None) -> npt.NDArray[Any]:
    """Why a piece cannot be planted, or ""."""
    reason = np.full(len(roads), "", dtype=object)
    for name, column in (("bridge", bridge), ("tunnel", tunnel)):
        if column is not None:
            said = ~as_text(roads[column]).str.casefold().isin(_NO).to_numpy()
            reason[said & (reason == "")] = name
    return reason


def _row_keys(
    numbers: Mapping[str, npt.NDArray[np.float64]],
    grades: npt.NDArray[Any],
    barred: npt.NDArray[Any],
) -> npt.NDArray[np.int64]:
    """Number rows of the road layer by what distinguishes their stations."""
    keys = pd.DataFrame({**numbers, "grade": grades, "barred": barred})
    number = keys.groupby(list(keys.columns), sort=False).ngroup()
    return np.asarray(number, dtype=np.int64)


def _breaks(
    chain: Chain, alike: npt.NDArray[np.int64], units: _Units | None
) -> npt.NDArray[np.float64]:
    """Chainages where rules change or a unit's border is crossed."""
    change = np.flatnonzero(np.diff(alike[chain.piece])) + 1
    breaks = [chain.chainage[change]]
    if units is not None:
        breaks.append(units.crossings(chain))
    return np.concatenate(breaks)


@dataclass(frozen=True)
class _Units:
    """Polygons, such as townships, that roads are cut at."""

    polygons: gpd.GeoSeries
    names: npt.NDArray[Any]

    def crossings(self, chain: Chain) -> npt.NDArray[np.float64]:
        """Chainages where a chain crosses the outline of a unit."""
        segments = shapely.linestrings(np.stack([chain.lonlat[:-1], chain.lonlat[1:]], axis=1))
        outlines = shapely.boundary(self.polygons.to_numpy())
        outline, segment = shapely.STRtree(segments).query(outlines, predicate="intersects")
        met = shapely.intersection(segments[segment], outlines[outline])
        points, owner = shapely.get_coordinates(met, return_index=True)
        at = segment[owner]
        start, end = chain.lonlat[at], chain.lonlat[at + 1]
        share = ((points - start) * (end - start)).sum(axis=1) / ((end - start) ** 2).sum(axis=1)
        length = chain.chainage[at + 1] - chain.chainage[at]
        return np.asarray(chain.chainage[at] + np.clip(share, 0.0, 1.0) * length)

    def at(self, points: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
        """Name of the unit that holds each point, "" where none does; the first of several."""
        found = np.full(len(points), "", dtype=object)
        tree = shapely.STRtree(self.polygons.to_numpy())
        point, polygon = tree.query(shapely.points(points), predicate="intersects")
        # Reversed, so that the first polygon is written last.
        order = np.lexsort((-polygon, point))
        found[point[order]] = self.names[polygon[order]]
        return found


def _notes(chains: list[Chain], rows: int, rules: Mapping[str, Any]) -> tuple[str, ...]:
    notes = []
    roads = len({chain.road for chain in chains})
    if len(chains) > roads:
        notes.append(
            f"{rows} pieces of {roads} roads join to {len(chains)} chains; "
            "each chain has its own K0, where most of its length starts as digitised."
        )
    used = sorted({int(row) for chain in chains for row in chain.piece})
    if len(used) < rows:
        notes.append(
            f"{rows - len(used)} of {rows} road pieces were drawn twice or have no length "
            "and were counted once or not at all."
        )
    notes += [
        f"{name} is the default by grade ({defaults()[name]['source']}"
        f"{'' if defaults()[name]['verified'] else ', not verified'})."
        for name in ("offset_m", "belt_m")
        if isinstance(rules[name], Mapping)
        and rules[name] == {g: float(defaults()[name][g]) for g in GRADES}
    ]
    return tuple(notes)


def _percent(part: pd.Series[float], whole: pd.Series[float]) -> pd.Series[float]:
    return (100.0 * part / whole.where(whole > 0.0)).astype("float64")

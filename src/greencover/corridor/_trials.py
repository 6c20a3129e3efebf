"""Sides of a network on which it is tried what a land cover can tell; see ``resolving.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from greencover.corridor._belts import Belts
from greencover.corridor._rows_on_cells import Sides
from greencover.corridor.evidence import LEAST_OBSERVED
from greencover.corridor.resolving import Resolving, assumptions
from greencover.cover import Legend
from greencover.ground.datums import position_error_m
from greencover.ground.geodesy import Ellipsoid, metres_per_degree, require_crs, transformer
from greencover.rasters import Cells, PolygonCells
from greencover.rasters.polygons import SMALLEST_SIDE_M

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_METRES_PER_DEGREE = 111_000.0
# Metres over which it is measured how cells lie on the ground.
_STEP_M = 10.0


@dataclass(frozen=True)
class Depths:
    """How deep the belt of each station side lies.

    Attributes
    ----------
    offset_m, belt_m, threshold
        From the line to the belt, its width, and the share from which a side is greened.
    left
        Whether it lies to the left of the line.
    """

    offset_m: Floats
    belt_m: Floats
    threshold: Floats
    left: Bools

    def of(self, rows: npt.NDArray[Any]) -> Depths:
        """Those of some of the sides."""
        return Depths(*(one[rows] for one in vars(self).values()))


@dataclass(frozen=True)
class Lines:
    """All lines of a network, for whether ground is clear of them.

    Attributes
    ----------
    shapes
        In longitude and latitude.
    reach_m
        From a line to the outer edge of its belt, at most.
    sides
        How many station sides the network has.
    """

    shapes: npt.NDArray[Any]
    reach_m: float
    sides: float

    def clear(self, points: Floats, margin_m: Floats) -> Bools:
        """Whether points keep a margin from the belts of all lines."""
        narrow = max(float(np.cos(np.radians(np.abs(points[:, 1]).max()))), 0.01)
        degrees = (self.reach_m + margin_m) / _METRES_PER_DEGREE / narrow
        met, _ = shapely.STRtree(self.shapes).query(
            shapely.points(points), predicate="dwithin", distance=degrees
        )
        return np.asarray(np.bincount(met, minlength=len(points)) == 0)


@dataclass(frozen=True)
class Trials:
    """Sides on trial before the ground further out is overlaid.

    Attributes
    ----------
    rows
        Rows of the station sides.
    beside, clear
        Ground further out, several strips for each side, one side after the other; and whether
        each keeps clear of all lines.
    threshold
        Share from which each strip counts as greened.
    resolving
        The record, so far without that ground.
    """

    rows: Ints
    beside: Belts
    clear: Bools
    threshold: Floats
    resolving: Resolving

    @classmethod
    def of(
        cls,
        sides: gpd.GeoDataFrame,
        of: str,
        depths: Depths,
        lines: Lines,
        sources: Sequence[Cells],
        rules: Mapping[str, Any],
    ) -> Trials:
        """Choose sides of every line, and work out how often they would be called greened.

        Parameters
        ----------
        sides, of
            Station sides without status, and the column with the name of the line.
        depths, lines
            Their belts, and the whole network.
        sources
            The rasters of the land cover.
        rules
            The rules of the corridor; what a shift of datum leaves open joins the position error.
        """
        west, south, east, north = sides.total_bounds
        middle = (west + east) / 2.0, (south + north) / 2.0
        shift_m = position_error_m(require_crs(sides.crs), sources[0].crs, middle)
        rules = {**rules, "position_error_m": float(np.hypot(rules["position_error_m"], shift_m))}
        rows = _chosen(sides[of], lines.sides)
        own, depths = sides.geometry.to_numpy()[rows], depths.of(rows)
        ends = np.stack([shapely.get_coordinates(shapely.get_point(own, at)) for at in (0, -1)])
        metres = _Metres.around(ends.mean(axis=0), require_crs(sides.crs))
        step = (ends[1] - ends[0]) * metres.scale
        length = np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-6)
        along = step / length[:, None]
        column, row = _cells_under(metres, sources)
        beside, clear = _further_out(ends, along, metres, depths, lines, rules, column, row)
        resolving = Resolving(
            cell_m=float(np.median(np.maximum(*(np.hypot(*one.T) for one in (column, row))))),
            row_width_m=float(rules["row_width_m"]),
            position_error_m=float(rules["position_error_m"]),
            called=_called(along, column, row, depths, rules),
            wooded=np.zeros((len(rows), 0)),
        )
        several = assumptions()["trial"]["strips_beside"]
        return cls(rows, beside, clear, np.repeat(depths.threshold, several), resolving)

    def told(self, areas: Floats, legend: Legend, covers: Sequence[str]) -> Resolving:
        """The record, from class areas of the ground further out, the unobserved in the last."""
        counts = [legend.covers[code] in covers for code in legend.codes]
        seen, unseen = areas[:, :-1].sum(axis=1), areas[:, -1]
        share = areas[:, :-1][:, counts].sum(axis=1) / np.where(seen > 0.0, seen, 1.0)
        known = self.clear & (seen > 0.0) & (unseen <= (1.0 - LEAST_OBSERVED) * (seen + unseen))
        wooded = np.where(known, share >= self.threshold - 1e-12, np.nan)
        return replace(self.resolving, wooded=wooded.reshape(len(self.rows), -1))


@dataclass(frozen=True)
class _Metres:
    """Places in degrees, and how many metres a degree has there, east and north."""

    lonlat: Floats
    scale: Floats
    crs: pyproj.CRS

    @classmethod
    def around(cls, lonlat: Floats, crs: pyproj.CRS) -> _Metres:
        scale = np.column_stack(metres_per_degree(lonlat[:, 1], Ellipsoid.of(crs)))
        return cls(lonlat, scale, crs)

    def moved(self, east: float, north: float) -> Floats:
        """The places so many metres further."""
        return np.asarray(self.lonlat + np.array([east, north]) / self.scale)


def _chosen(names: pd.Series[Any], sides: float) -> Ints:
    """Rows of sides on trial: evenly spaced, some of every line."""
    rules = assumptions()["trial"]
    code = pd.factorize(names)[0]
    count = np.bincount(code)
    wanted = np.ceil(count * min(1.0, rules["sides"] / max(sides, 1.0)))
    wanted = np.minimum(np.maximum(wanted, rules["least_of_a_line"]), count)[code]
    order = np.argsort(code, kind="stable")
    turn = np.empty(len(code), dtype=np.int64)
    turn[order] = np.arange(len(code)) - (np.cumsum(count) - count)[code[order]]
    whole = count[code]
    return np.flatnonzero(np.floor((turn + 1) * wanted / whole) > np.floor(turn * wanted / whole))


def _cells_under(metres: _Metres, sources: Sequence[Cells]) -> tuple[Floats, Floats]:
    """Metres east and north that a column and a row go at each place, in the raster under it."""
    # Places beyond all rasters are taken for those of the first.
    cell = _cell_of(metres, sources[0])[1]
    left = np.arange(len(cell))
    for source in sources if len(sources) > 1 else ():
        place, found = _cell_of(metres, source, left)
        inside = ((place >= 0.0) & (place <= [source.width, source.height])).all(axis=1)
        cell[left[inside]] = found[inside]
        left = left[~inside]
        if not len(left):
            break
    return cell[:, :, 0], cell[:, :, 1]


def _cell_of(
    metres: _Metres, source: Cells, which: npt.NDArray[Any] | slice = slice(None)
) -> tuple[Floats, Floats]:
    """Column and row of places, and what a column and a row there are in metres."""
    if isinstance(source, PolygonCells):
        # A row of trees is drawn by nobody who draws grounds from a mu on.
        count = len(metres.lonlat[which])
        return np.zeros((count, 2)), np.tile(np.eye(2) * SMALLEST_SIDE_M, (count, 1, 1))
    way, inverse = transformer(metres.crs, source.crs), ~source.transform
    at = []
    for east, north in ((0.0, 0.0), (_STEP_M, 0.0), (0.0, _STEP_M)):
        x, y = way.transform(*metres.moved(east, north)[which].T)
        column = inverse.a * x + inverse.b * y + inverse.c
        at.append(np.column_stack([column, inverse.d * x + inverse.e * y + inverse.f]))
    steps = np.stack([at[1] - at[0], at[2] - at[0]], axis=2) / _STEP_M
    lies = np.isfinite(steps).all(axis=(1, 2)) & (np.abs(np.linalg.det(steps)) > 0.0)
    steps[~lies] = np.eye(2)
    return np.asarray(at[0]), np.asarray(np.linalg.inv(steps))


def _called(
    along: Floats, column: Floats, row: Floats, depths: Depths, rules: Mapping[str, Any]
) -> Floats:
    """How often each side is called greened; sides that are alike are worked out once."""
    taken = assumptions()
    trial = taken["trial"]
    turn = np.arctan2(along[:, 1], along[:, 0]) - np.arctan2(column[:, 1], column[:, 0])
    step = np.pi / trial["directions"]
    alike = np.column_stack(
        [
            np.round(np.mod(turn, np.pi) / step) % trial["directions"],
            _rounded(np.hypot(*column.T)),
            _rounded(np.hypot(*row.T)),
            np.round(4.0 * depths.offset_m) / 4.0,
            _rounded(depths.belt_m),
            np.round(depths.threshold, 6),
        ]
    )
    kinds, kind = np.unique(alike, axis=0, return_inverse=True)
    direction, column_m, row_m, offset_m, belt_m, threshold = kinds.T
    needed = taken["clear_of_threshold"]["value"] * threshold * belt_m
    narrowest = np.minimum(np.maximum(needed, float(rules["row_width_m"])), belt_m)
    share = np.linspace(0.0, 1.0, trial["widths"])
    called = Sides(column_m, row_m, direction * step, offset_m, belt_m, threshold).called_greened(
        narrowest[:, None] + share * (belt_m - narrowest)[:, None],
        length_m=float(rules["step_m"]),
        error_m=float(rules["position_error_m"]),
        majority=taken["majority"]["value"],
        places=trial["places"],
        points=(trial["lengths"], trial["depths"]),
    )
    return np.asarray(called[kind.ravel()])


def _rounded(metres: Floats) -> Floats:
    """To three digits, so that sides that hardly differ are one kind."""
    digit = 10.0 ** (np.floor(np.log10(np.maximum(metres, 1e-9))) - 2.0)
    return np.asarray(np.round(metres / digit) * digit)


def _further_out(
    ends: Floats,
    along: Floats,
    metres: _Metres,
    depths: Depths,
    lines: Lines,
    rules: Mapping[str, Any],
    column: Floats,
    row: Floats,
) -> tuple[Belts, Bools]:
    """Strips as wide as the belt, further from the line than rows, cells and errors reach."""
    outward = np.column_stack([-along[:, 1], along[:, 0]])
    outward[~depths.left] *= -1.0
    cell = np.hypot(np.hypot(*column.T), np.hypot(*row.T))
    margin = cell + 3.0 * float(rules["position_error_m"])
    several = assumptions()["trial"]["strips_beside"]
    corners, clear = [], []
    for number in range(several):
        # From the middle of the belt over it, as much again for the widest row, and on.
        middle = (2.0 + number) * depths.belt_m + (1.0 + number) * margin
        near, far = middle - depths.belt_m / 2.0, middle + depths.belt_m / 2.0
        strip = [
            ends[end] + outward * depth[:, None] / metres.scale
            for end, depth in ((0, near), (1, near), (1, far), (0, far))
        ]
        corners.append(np.stack(strip, axis=1))
        clear.append(lines.clear(corners[-1].mean(axis=1), depths.belt_m / 2.0))
    # Counter-clockwise to the left of a line, clockwise to its right.
    whole = np.stack(corners, axis=1)
    whole[~depths.left] = whole[~depths.left][:, :, ::-1]
    count = several * len(along)
    nothing = np.zeros(0, dtype=np.int64)
    belts = Belts(
        corners=whole.reshape(-1, 4, 2),
        owner=np.arange(count),
        cut=np.zeros(0, dtype=object),
        cut_owner=nothing,
        crs=metres.crs,
        covered_share=np.zeros(count),
        covered_across=np.zeros(count, dtype=bool),
        middle=np.zeros((0, 2)),
        middle_owner=nothing,
    )
    return belts, np.stack(clear, axis=1).ravel()

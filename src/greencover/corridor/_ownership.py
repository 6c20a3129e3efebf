"""Whose ground a station side is: township by township, and inside the territory judged or not.

Stations are laid on the whole road and judged once. A side belongs where the middle of its strip
lies, not where the centreline runs; a station whose strips cross a border is split there, both
sides at the same chainage, and each part keeps the status of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from greencover.corridor._chains import METRES_PER_DEGREE, Chain
from greencover.corridor._units import Units

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Sides that are asked about together: of a county most lie in the midst of a township.
_AT_ONCE = 64
# Parts shorter than this share of a station are rounding.
_LEAST_SHARE = 1e-9


@dataclass(frozen=True)
class Parts:
    """Station sides after they were split where their ground changes hands.

    Attributes
    ----------
    row
        Row of the sides that each part comes from; parts of a row follow each other.
    low, high
        Shares of the station between which each part lies.
    station
        Number of the station; parts at the same place of both sides share one.
    unit
        Number of the unit that holds each part, -1 for none.
    inside
        Whether each part lies in the territory.
    """

    row: Ints
    low: Floats
    high: Floats
    station: Ints
    unit: Ints
    inside: npt.NDArray[np.bool_]

    @property
    def whole(self) -> bool:
        """Whether nothing was split or left out."""
        return bool(self.inside.all()) and len(self.row) == len(np.unique(self.row))


@dataclass(frozen=True)
class Ownership:
    """Units that share out the ground, and the territory that it is confined to.

    Attributes
    ----------
    units
        Polygons such as townships, or None.
    within
        Polygons of the territory, or None where all ground counts.
    """

    units: Units | None
    within: Units | None

    @classmethod
    def of(
        cls,
        units: gpd.GeoDataFrame | None,
        unit: str,
        within: gpd.GeoDataFrame | None,
        crs: pyproj.CRS,
    ) -> Ownership | None:
        """Polygons of layers; None where nobody asks."""
        if units is None and within is None:
            return None
        return cls(
            units=None if units is None else Units.of(units, unit, crs),
            within=None if within is None else Units.of(within, None, crs),
        )

    def parts_of(self, sides: gpd.GeoDataFrame) -> Parts:
        """Split station sides, whose lines run along the middle of their strips."""
        if not len(sides):
            none = np.zeros(0, dtype=np.int64)
            return Parts(none, np.zeros(0), np.zeros(0), none, none, np.zeros(0, dtype=bool))
        lines = np.asarray(sides.geometry.to_numpy())
        station = sides["station"].to_numpy()
        count = len(sides)
        layers = [layer for layer in (self.units, self.within) if layer is not None]
        settled = [_settled(layer, lines, _blocks(sides)) for layer in layers]
        owner = np.array([numbers for numbers, _ in settled]).reshape(len(layers), count)
        open_ = np.zeros(count, dtype=bool)
        for _, done in settled:
            open_ |= ~done
        row = np.arange(count)
        low, high, number = np.zeros(count), np.ones(count), station
        if open_.any():
            cuts = _cuts(layers, lines, np.flatnonzero(open_), station)
            row, low, high, number = _split(station, cuts)
            asked = np.flatnonzero(open_[row] | (low > 0.0) | (high < 1.0))
            owner = owner[:, row]
            middle = _points(lines[row[asked]], (low[asked] + high[asked]) / 2.0)
            for which, layer in enumerate(layers):
                owner[which, asked] = layer.first_at(middle)
            row, low, high, number, owner = _merged(row, low, high, number, owner)
        nowhere = np.full(len(row), -1, dtype=np.int64)
        unit = owner[0] if self.units is not None else nowhere
        inside = owner[-1] >= 0 if self.within is not None else np.ones(len(row), dtype=bool)
        return Parts(row, low, high, number, unit, inside)


def _blocks(sides: gpd.GeoDataFrame) -> Ints:
    """Number of the block of neighbouring sides that each row belongs to."""
    from_m, to_m = sides["from_m"].to_numpy(), sides["to_m"].to_numpy()
    new = np.ones(len(sides), dtype=bool)
    new[1:] = np.abs(from_m[1:] - to_m[:-1]) > 1e-6
    first = np.flatnonzero(new)
    place = np.arange(len(sides)) - first[np.cumsum(new) - 1]
    new |= place % _AT_ONCE == 0
    return np.asarray(np.cumsum(new) - 1, dtype=np.int64)


def _settled(
    layer: Units, lines: npt.NDArray[Any], block: Ints
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Polygon of each line whose block lies wholly in one, or far from all; and which those are."""
    points, owner = shapely.get_coordinates(lines, return_index=True)
    joined = np.asarray(shapely.linestrings(points, indices=block[owner]))
    tree = shapely.STRtree(joined)
    met = tree.query(layer.polygons, predicate="intersects")
    held = tree.query(layer.polygons, predicate="contains_properly")
    meets = np.bincount(met[1], minlength=len(joined))
    holds = np.bincount(held[1], minlength=len(joined))
    number = np.full(len(joined), -1, dtype=np.int64)
    order = np.argsort(-held[0], kind="stable")
    number[held[1][order]] = held[0][order]
    return number[block], (meets == holds)[block]


def _metres(lines: npt.NDArray[Any], latitude: float) -> Any:
    """Lines in a plane in which lengths along them compare."""
    scale = np.array([np.cos(np.radians(latitude)), 1.0])
    return shapely.transform(lines, lambda at: at * scale)


def _points(lines: npt.NDArray[Any], share: Floats) -> Floats:
    """Points at shares of the length of lines."""
    points = shapely.line_interpolate_point(lines, share, normalized=True)
    return np.asarray(shapely.get_coordinates(points), dtype=np.float64)


def _cuts(
    layers: list[Units], lines: npt.NDArray[Any], row: Ints, station: Ints
) -> dict[int, list[float]]:
    """Shares of stations at which the line of a side crosses an outline."""
    tree = shapely.STRtree(lines[row])
    found: dict[int, list[float]] = {}
    for layer in layers:
        outlines = shapely.boundary(layer.polygons)
        outline, place = tree.query(outlines, predicate="intersects")
        met = shapely.intersection(lines[row[place]], outlines[outline])
        points, owner = shapely.get_coordinates(met, return_index=True)
        at = row[place[owner]]
        if not len(at):
            continue
        latitude = float(points[0, 1])
        flat = _metres(lines[at], latitude)
        dots = _metres(np.asarray(shapely.points(points)), latitude)
        shares = shapely.line_locate_point(flat, dots, normalized=True)
        for number, share in zip(station[at].tolist(), shares.tolist(), strict=True):
            if _LEAST_SHARE < share < 1.0 - _LEAST_SHARE:
                found.setdefault(number, []).append(share)
    return found


def _split(station: Ints, cuts: dict[int, list[float]]) -> tuple[Ints, Floats, Floats, Ints]:
    """Rows, shares and station numbers of the parts between cuts."""
    number, last = {}, int(station.max())
    bounds: dict[int, list[float]] = {}
    for one, shares in cuts.items():
        ordered = sorted(shares)
        kept = [a for a, b in zip(ordered, [-1.0, *ordered], strict=False) if a - b > _LEAST_SHARE]
        bounds[one] = [0.0, *kept, 1.0]
        number[one] = range(last + 1, last + 1 + len(kept))
        last += len(kept)
    count = np.ones(len(station), dtype=np.int64)
    split = np.flatnonzero(np.isin(station, list(cuts)))
    for i in split:
        count[i] = len(bounds[int(station[i])]) - 1
    row = np.repeat(np.arange(len(station)), count)
    low, high, of = np.zeros(len(row)), np.ones(len(row)), station[row]
    first = np.cumsum(count) - count
    for i in split:
        one = int(station[i])
        here = slice(int(first[i]), int(first[i] + count[i]))
        low[here], high[here] = bounds[one][:-1], bounds[one][1:]
        of[here] = [one, *number[one]]
    return row, low, high, of


def _merged(
    row: Ints, low: Floats, high: Floats, station: Ints, owner: Ints
) -> tuple[Ints, Floats, Floats, Ints, Ints]:
    """Put parts together again at cuts where no side of the station changes hands."""
    same_row = np.append(False, row[1:] == row[:-1])
    changes = same_row & np.append(False, (owner[:, 1:] != owner[:, :-1]).any(axis=0))
    # A cut stays where any side changes; stations after a cut are known by their own number.
    stays = np.isin(station, station[changes])
    gone = same_row & ~stays
    if not gone.any():
        return row, low, high, station, owner
    keep = np.flatnonzero(~gone)
    upper = high[np.append(keep[1:], len(row)) - 1]
    return row[keep], low[keep], upper, station[keep], owner[:, keep]


def nearest_first(
    chains: list[Chain], ownership: Ownership | None, reach_m: float
) -> tuple[list[Chain], int]:
    """Chains whose strips may lie in the territory, then the others; and how many the first are.

    One is laid in any case, so that a result has its columns.
    """
    if ownership is None or ownership.within is None:
        return chains, len(chains)
    lines = np.array([shapely.LineString(chain.lonlat) for chain in chains], dtype=object)
    latitude = max(float(np.abs(chain.lonlat[:, 1]).max()) for chain in chains)
    degrees = 2.0 * reach_m / METRES_PER_DEGREE / max(np.cos(np.radians(latitude)), 0.01)
    tree = shapely.STRtree(lines)
    near = tree.query(ownership.within.polygons, predicate="dwithin", distance=degrees)[1]
    first = np.zeros(len(chains), dtype=bool)
    first[near] = True
    if not first.any():
        first[0] = True
    ordered = [chains[i] for i in np.argsort(~first, kind="stable")]
    return ordered, int(first.sum())

"""A network with its rules, laid in groups that fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from greencover.corridor._belts import Belts, Carriageways, lay_belts
from greencover.corridor._by_row import TWICE, RowRules
from greencover.corridor._called import words_by_number
from greencover.corridor._chains import Chain
from greencover.corridor._dual import ONE_ROAD, Inner
from greencover.corridor._ownership import Ownership
from greencover.corridor._stations import Network, Stations
from greencover.corridor._strips import SIDES, Strips
from greencover.corridor._trials import Depths, Lines
from greencover.corridor.evidence import Along
from greencover.corridor.exclusions import MEDIAN
from greencover.ground.geodesy import Ellipsoid

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """A network with its rules, ready to be laid in groups of chains.

    Attributes
    ----------
    chains
        All chains.
    rules
        Rules by row of the layer.
    crs, ellipsoid
        The longitude/latitude system of the chains.
    step_m
        Length of a station.
    roads
        Carriageways of all chains and of any other roads.
    ownership
        Whose ground the strips are, and where it counts.
    want
        Whether the left and the right side are laid.
    name
        Column with the name of the road or water.
    judgement
        Keywords of ``Strips``.
    side_names
        What the left and the right side are called.
    laid
        How many of the chains are laid, from the first; None: all.
    breaks
        Chain and distance of further places at which stations have to end.
    splits
        Chain and distance of places at which a station is split, as if it was cut later: what lies
        on either side was one station, and is judged as one.
    inner
        Stretches of sides that face the median of a dual carriageway; None: nobody asks.
    """

    chains: list[Chain]
    rules: RowRules
    crs: pyproj.CRS
    ellipsoid: Ellipsoid
    step_m: float
    roads: Carriageways
    ownership: Ownership | None
    want: tuple[bool, bool]
    name: str
    judgement: Mapping[str, Any]
    side_names: tuple[str, str] = SIDES
    laid: int | None = None
    breaks: tuple[Ints, Floats] = (np.zeros(0, dtype=np.int64), np.zeros(0))
    splits: tuple[Ints, Floats] = (np.zeros(0, dtype=np.int64), np.zeros(0))
    inner: Inner | None = None

    @cached_property
    def lines(self) -> Lines:
        """All lines, whether they are laid or not."""
        length_m = sum(chain.length_m for chain in self.chains[: self.laid])
        return Lines(
            shapes=np.array([shapely.LineString(chain.lonlat) for chain in self.chains]),
            reach_m=float((self.rules.offset_m + self.rules.belt_m).max()),
            sides=sum(self.want) * length_m / self.step_m,
        )

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Every rule that the figures depend on."""
        parameters: Mapping[str, Any] = self.judgement["parameters"]
        return parameters

    def groups(self, strips: int) -> Iterator[tuple[int, int]]:
        """First and last chain of groups of whole roads with about so many strips each."""
        start, held = 0, 0.0
        laid = self.chains[: self.laid]
        for i, chain in enumerate(laid):
            begins = i > start and chain.road != laid[i - 1].road
            more = 2.0 * chain.length_m / self.step_m
            if begins and held + more > strips:
                yield start, i
                start, held = i, 0.0
            held += more
        yield start, len(laid)

    def beyond(self) -> pd.DataFrame:
        """Kilometres of sides of the chains that are not laid, all of them out of the territory."""
        far = self.chains[len(self.chains) if self.laid is None else self.laid :]
        names = np.empty(len(far), dtype=object)
        names[:] = [chain.road for chain in far]
        km = np.array([sum(self.want) * chain.length_m / 1000.0 for chain in far], dtype=float)
        if self.inner is not None and self._counts_once:
            first = len(self.chains) - len(far)
            km -= [self.inner.km_of([first + number]) for number in range(len(far))]
        # What is that far away was not judged, so that nobody knows its gaps.
        return pd.DataFrame({self.name: names, "side_km": km, "gaps": 0})

    @property
    def _counts_once(self) -> bool:
        """Whether sides that face a median are no roadsides."""
        return bool(self.judgement["rules"]["dual"] == ONE_ROAD)

    def lay(self, start: int, stop: int) -> Strips:
        """Lay the strips of some of the chains."""
        network = Network.of(self.chains[start:stop])
        alike = self.rules.alike[network.piece]
        change = np.flatnonzero(np.diff(alike) != 0) + 1
        change = np.setdiff1d(change, network.first)
        of, place = self.breaks
        own = (of >= start) & (of < stop)
        chain = np.concatenate([network.chain[change], of[own] - start])
        at = np.concatenate([network.distance[change], place[own]])
        stations = Stations.cut(network, self.step_m, (chain, at))
        of, place = self.splits
        own = (of >= start) & (of < stop)
        stations = stations.split(network, (of[own] - start, place[own]))
        near = self.rules.offset_m
        belts = lay_belts(
            network,
            stations,
            self.ellipsoid,
            self.crs,
            near_m=near,
            far_m=near + self.rules.belt_m,
            roads=self._roads_beside(network, start, stop),
            sides=self.want,
        )
        return self._strips(network, stations, belts, start)

    def _roads_beside(self, network: Network, start: int, stop: int) -> Carriageways:
        """Carriageways around a network, whose chains are numbered from 0."""
        low, high = network.lonlat.min(axis=0), network.lonlat.max(axis=0)
        reach = 4.0 * float((self.rules.offset_m + self.rules.belt_m).max())
        margin = reach / 111_000.0 / max(np.cos(np.radians(np.abs([low[1], high[1]]).max())), 0.01)
        near = self.roads.near((low[0], low[1], high[0], high[1]), margin)
        own = (near.chain >= start) & (near.chain < stop)
        number = np.where(own, near.chain - start, near.chain + len(self.chains))
        return Carriageways(near.corners, number, near.low, near.high)

    def _strips(self, network: Network, stations: Stations, belts: Belts, start: int) -> Strips:
        """Put the table of station sides together; ``start`` is the network's first chain."""
        order = _sides_first(stations)
        station = order % len(stations)
        chain = stations.chain[station]
        piece = stations.piece[station]
        numbers = np.array([c.number for c in network.chains])
        begin = np.array([c.start_m for c in network.chains])[chain]
        table: dict[str, Any] = {
            self.name: words_by_number([c.road for c in network.chains], chain),
            "chain": numbers[chain],
            "side": words_by_number(self.side_names, order // len(stations)),
            "from_m": stations.from_m[station] + begin,
            "to_m": stations.to_m[station] + begin,
        }
        if self.ownership is not None and self.ownership.units is not None:
            # Known when the stations were judged.
            table["unit"] = ""
        table["length_m"] = stations.to_m[station] - stations.from_m[station]
        reason, words = pd.factorize(np.append("", self.rules.barred))
        reasons, why = tuple(words), reason[1:][piece]
        if self.inner is not None:
            middle = (stations.from_m[station] + stations.to_m[station]) / 2.0
            table["median"] = self.inner.holds(start + chain, order // len(stations), middle)
            if self._counts_once:
                left_out = table["median"] & (words[why] != TWICE)
                why = np.where(left_out, len(reasons), why)
                reasons = (*reasons, MEDIAN)
        grade, words = pd.factorize(self.rules.grade)
        table["grade"] = words_by_number(words, grade[piece])
        table["station"] = station
        sides = gpd.GeoDataFrame(table, geometry=belts.lines, crs=self.crs)
        strips = Strips(
            belts=belts,
            sides=sides,
            depths=Depths(
                self.rules.offset_m[piece],
                self.rules.belt_m[piece],
                self.rules.threshold[piece],
                order < len(stations),
            ),
            lines=self.lines,
            barred=(reasons, why),
            chains=describe_chains(network, self.name, self.crs, len(self.rules.barred) // 2),
            ownership=self.ownership,
            along=Along(
                2 * (start + chain) + order // len(stations),
                stations.from_m[station],
                stations.to_m[station],
            ),
            whole=_numbered(stations.whole[station], order // len(stations)),
            **self.judgement,
        )
        if all(self.want):
            return strips
        return _one_sided(strips, order // len(stations) == self.want.index(True))


def _one_sided(strips: Strips, laid: npt.NDArray[np.bool_]) -> Strips:
    """Keep the rows of the side that was laid."""
    keep = np.flatnonzero(laid)
    place = np.full(len(strips.sides), -1)
    place[keep] = np.arange(len(keep))
    belts = replace(
        strips.belts,
        owner=place[strips.belts.owner],
        cut_owner=place[strips.belts.cut_owner],
        covered_share=strips.belts.covered_share[keep],
        covered_across=strips.belts.covered_across[keep],
    )
    sides = strips.sides.iloc[keep].reset_index(drop=True)
    along = strips.along
    return replace(
        strips,
        belts=belts,
        sides=sides,
        along=Along(along.roadside[keep], along.from_m[keep], along.to_m[keep]),
        whole=np.unique(strips.whole[keep], return_inverse=True)[1],
        depths=strips.depths.of(keep),
        barred=(strips.barred[0], strips.barred[1][keep]),
    )


def _numbered(whole: Ints, side: Ints) -> Ints:
    """Number of the side of a whole station that each row is of, in the order of the rows."""
    new = (np.diff(whole, prepend=-1) != 0) | (np.diff(side, prepend=-1) != 0)
    return np.asarray(np.cumsum(new) - 1, dtype=np.int64)


def _sides_first(stations: Stations) -> Ints:
    """Numbers of station sides (station, then right ones behind all left ones), chain by chain."""
    count = len(stations)
    length = np.diff(stations.first)
    both = np.repeat(2 * stations.first[:-1], length)
    within = np.arange(count) - np.repeat(stations.first[:-1], length)
    left_row = both + within
    right_row = left_row + np.repeat(length, length)
    order = np.empty(2 * count, dtype=np.int64)
    order[left_row] = np.arange(count)
    order[right_row] = np.arange(count) + count
    return order


def describe_chains(network: Network, name: str, crs: pyproj.CRS, rows: int) -> gpd.GeoDataFrame:
    """One row a chain: where its chainage starts, how long it is, and its line."""
    chains = network.chains
    lines = shapely.linestrings(network.lonlat, indices=network.chain)
    names = np.empty(len(chains), dtype=object)
    names[:] = [c.road for c in chains]
    return gpd.GeoDataFrame(
        {
            name: names,
            "chain": [c.number for c in chains],
            "length_m": network.length_m,
            "from_m": [c.start_m for c in chains],
            "to_m": [c.start_m + c.length_m for c in chains],
            "start_lon": [c.lonlat[0, 0] for c in chains],
            "start_lat": [c.lonlat[0, 1] for c in chains],
            "calibrated": [c.calibrated for c in chains],
            "loop": network.closed,
            "pieces": [len(np.unique(c.piece % rows)) for c in chains],
        },
        geometry=lines,
        crs=crs,
    )

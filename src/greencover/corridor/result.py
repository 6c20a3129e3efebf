"""Station sides with their status, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import geopandas as gpd
import numpy as np
import pandas as pd

from greencover.corridor._belts import Belts
from greencover.corridor._gaps import merge_gaps, merge_runs
from greencover.corridor._ground_once import GroundOnce
from greencover.corridor._said import STATUSES, disagreements_of, lengths_by_evidence
from greencover.corridor.exclusions import MEDIAN
from greencover.corridor.resolving import (
    GAP,
    GREENABLE,
    GREENED,
    NOT_SEEN,
    TRIAL,
    Resolving,
    of_status,
)
from greencover.ground.geodesy import MU_PER_HECTARE
from greencover.ground.limits import beside

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from greencover.ground.framed import Framed


@dataclass(frozen=True, repr=False)
class CorridorGreening:
    """Station sides of roads or waters with their status.

    Attributes
    ----------
    sides
        GeoDataFrame in longitude and latitude, one row per station and side: ``road`` (or
        ``water``), ``chain``, ``grade``, ``side`` ("left" or "right" along growing chainage;
        "bank" for the outline of a water body), ``from_m``, ``to_m``, ``length_m``,
        ``tree_share`` (share of the observed strip under the counted covers),
        ``unobserved_share``, ``doubtful`` (the unseen part of the strip could turn the status),
        ``status`` ("greened", "gap", "excluded", "unobserved", and "not seen" where the land cover
        shows no trees but could not show a row of them), ``trial`` (see ``resolving``; -1: none),
        ``reason`` of an exclusion, ``bridged`` (a short gap counted as greened), ``cover_now``
        (dominant cover type), ``strip_ha``, ``green_ha`` (counted covers in the strip),
        ``station``, ``unit`` where units were given, and the middle line of the strip. Roads also
        have ``median``: whether the side faces the median of a dual carriageway; its status is
        "median" where the road counts once, and then it is no roadside.
    parameters
        Every rule that the figures depend on.
    notes
        What was assumed or left out.
    chains
        One row per chain: its line, length, chainage at either end, where it starts, whether its
        chainage is calibrated, and whether it is a loop.
    cover_ha
        Hectares of each cover type in each strip, indexed like ``sides``.
    ground
        Ground of the strips, for belts of gaps.
    outside
        What lies outside the territory and was left out: ``side_km`` and the number of ``gaps`` by
        road or water; lines far outside are not judged and have none. None without a territory.
    trees
        What stands beside the roads, a row a place in longitude and latitude: ``road``, ``chain``,
        ``side``, ``at_m``, ``from_edge_m`` (of the carriageway), ``condition`` ("alive", "dead",
        "stump", "vacant") and ``crown_m``; None where no such layer was given.
    resolving
        What the land cover can tell beside the network, from trials on some of its sides; None
        where none were made.
    """

    sides: gpd.GeoDataFrame
    parameters: Mapping[str, Any]
    notes: tuple[str, ...] = field(default=())
    chains: gpd.GeoDataFrame | None = None
    cover_ha: pd.DataFrame | None = None
    ground: Belts | None = None
    outside: pd.DataFrame | None = None
    trees: gpd.GeoDataFrame | None = None
    resolving: Resolving | None = None

    #: Column of ``sides`` that names the road or water.
    of: ClassVar[str] = "road"

    @property
    def rates(self) -> pd.DataFrame:
        """Rates per road; see ``rates_by``."""
        return self.rates_by(self.of, "grade")

    def rates_by(self, *columns: str) -> pd.DataFrame:
        """Rates for each combination of columns of ``sides``; without columns, one row for all.

        Returns
        -------
        pandas.DataFrame
            Side lengths in km (both sides counted, so twice the length of the road): ``side_km``,
            ``greened_km``, ``gap_km``, ``excluded_km``, ``unobserved_km``, ``not_seen_km``,
            ``greenable_km`` = greened + gap + not seen; rates in percent: ``greening_pct`` of the
            greenable length (the campaign's), ``low_pct`` and ``high_pct`` between which it lies
            for what the cover can tell (see ``resolving``), ``greening_all_pct`` of all length
            (transport statistics'), ``unobserved_pct`` of all length; by length of the road,
            ``either_side_pct`` with a greened side and ``both_sides_pct`` with every greenable side
            greened, of the length with a greenable side; and ``belt_ha``, ``green_ha``,
            ``green_mu``: ground of the greenable strips and the counted covers in them, ground
            that strips share counted for the first (in results of groups, which keep no ground,
            for each). Roads also have ``road_km``, the length of the road itself, which counts
            once where it is drawn as two lines, and ``median_km``, sides that face a median and
            are in none of the lengths of sides. A rate without denominator is NaN.
        """
        table, group = self._lengths_by(columns)
        if len(self.sides) and {"station", "green_ha"} <= set(self.sides.columns):
            return table.assign(**self._sides_and_belts(group, len(table)))
        return table

    def lengths_by(self, *columns: str) -> pd.DataFrame:
        """Lengths and rates of ``rates_by`` alone, without the sides of stations and their ground.

        Returns
        -------
        pandas.DataFrame
            From ``side_km`` to ``unobserved_pct``.
        """
        return self._lengths_by(columns)[0]

    def _lengths_by(self, columns: tuple[str, ...]) -> tuple[pd.DataFrame, np.ndarray]:
        sides = self.sides
        count = len(sides)
        if columns:
            grouped = sides.groupby(list(columns), sort=False, dropna=False)
            group = grouped.ngroup().to_numpy()
            first = np.unique(group, return_index=True)[1] if count else np.zeros(0, dtype=int)
            named = pd.DataFrame(sides[list(columns)].iloc[first]).reset_index(drop=True)
        else:
            group = np.zeros(count, dtype=np.int64)
            named = pd.DataFrame(index=range(1))
        size = len(named)
        lengths = self._km_by_status(group, size)
        # A table is made of all columns at once: setting one after the other is slower.
        table: dict[str, Any] = {}
        table["side_km"] = table["all_km"] = sum(lengths[s] for s in STATUSES)
        for s in STATUSES:
            table[f"{s.replace(' ', '_')}_km"] = lengths[s]
        if "median" in sides:
            table["median_km"] = lengths[MEDIAN]
            outer = ~sides["median"].to_numpy(dtype=bool)
            table["road_km"] = self._km(outer, group, size) / 2.0
        table["greenable_km"] = sum(lengths[s] for s in GREENABLE)
        table["greening_pct"] = _percent(table["greened_km"], table["greenable_km"])
        table["low_pct"] = table["high_pct"] = table["greening_pct"]
        if self.resolving is not None and TRIAL in sides:
            least_km, most_km = self.resolving.limits(sides, self.of, group, size)
            table["low_pct"] = _percent(least_km, table["greenable_km"])
            # Sums of lengths leave the last digits above the whole.
            table["high_pct"] = np.minimum(_percent(most_km, table["greenable_km"]), 100.0)
        table["greening_all_pct"] = _percent(table["greened_km"], table["side_km"])
        table["unobserved_pct"] = _percent(table["unobserved_km"], table["side_km"])
        keys = {name: named[name] for name in columns}
        return pd.DataFrame({**keys, **table}, index=named.index), group

    def _km_by_status(self, group: np.ndarray, size: int) -> dict[str, np.ndarray]:
        """Kilometres of sides by group, of each status, in one pass over the sides."""
        # A status that is missing has a number too: -1 would count in the group before.
        code, found = pd.factorize(self.sides["status"], use_na_sentinel=False)
        km = self.sides["length_m"].to_numpy() / 1000.0
        count = len(found)
        sums = np.bincount(group * count + code, weights=km, minlength=size * count)
        by_status = dict(zip(found, sums.reshape(size, count).T, strict=True))
        return {s: by_status.get(s, np.zeros(size)) for s in (*STATUSES, MEDIAN)}

    def _km(self, which: np.ndarray, group: np.ndarray, size: int) -> np.ndarray:
        """Kilometres of chosen sides by group."""
        length = self.sides["length_m"].to_numpy()[which] / 1000.0
        return np.bincount(group[which], weights=length, minlength=size)

    @cached_property
    def _own_share(self) -> np.ndarray:
        return self._share_among(GREENABLE)

    def _share_among(self, statuses: tuple[str, ...]) -> np.ndarray:
        """Share of the ground of each side of these that no earlier one holds; 1 of others."""
        share = np.ones(len(self.sides))
        if self.ground is not None and len(self.ground.covered_share) == len(share):
            rows = np.flatnonzero(of_status(self.sides, *statuses))
            share[rows] = GroundOnce.of(self.ground, self.sides, self.of, rows).share
        return share

    def _sides_and_belts(self, group: np.ndarray, size: int) -> dict[str, np.ndarray]:
        sides = self.sides
        # A station whose sides fall into different groups counts in each by what lies there.
        station = sides["station"].to_numpy(dtype=np.int64)
        number, found = pd.factorize(group * (int(station.max()) + 1) + station)
        pairs = len(found)
        code, words = pd.factorize(sides["status"], use_na_sentinel=False)

        def of_status(*statuses: str) -> np.ndarray:
            return np.asarray(words.isin(statuses))[code]

        greened = np.bincount(number[of_status(GREENED)], minlength=pairs)
        gap = np.bincount(number[of_status(GAP, NOT_SEEN)], minlength=pairs)
        of_pair, km = np.zeros(pairs, dtype=np.int64), np.zeros(pairs)
        of_pair[number], km[number] = group, sides["length_m"].to_numpy() / 1000.0
        # A line of a dual carriageway is half of its road.
        km[np.unique(number[of_status(MEDIAN)])] /= 2.0

        def length(which: np.ndarray) -> np.ndarray:
            return np.bincount(of_pair[which], weights=km[which], minlength=size)

        whole = length(greened + gap > 0)
        table = {
            "either_side_pct": _percent(length(greened > 0), whole),
            "both_sides_pct": _percent(length((greened > 0) & (gap == 0)), whole),
        }
        counts = of_status(*GREENABLE)
        for column, source in (("belt_ha", "strip_ha"), ("green_ha", "green_ha")):
            table[column] = np.bincount(
                group[counts],
                weights=(sides[source].to_numpy() * self._own_share)[counts],
                minlength=size,
            )
        table["green_mu"] = table["green_ha"] * MU_PER_HECTARE
        return table

    @property
    def deductions(self) -> pd.DataFrame:
        """What leaves the denominator, by reason, and the rate with and without each deduction.

        Returns
        -------
        pandas.DataFrame
            ``reason``, ``side_km``, ``side_pct`` of all length, ``greening_pct`` as reported and
            ``without_pct``: the rate if this length were counted as not greened. Short gaps
            counted as greened stand as "short interruption", their ``without_pct`` being the rate
            if they were gaps. The last row, "all", undoes everything at once.
        """
        sides = self.sides[self.sides["status"] != MEDIAN]
        km = sides["length_m"] / 1000.0
        whole = float(km.sum())
        greened = float(km[sides["status"] == "greened"].sum())
        greenable = float(km[sides["status"].isin(GREENABLE)].sum())
        out = sides["status"] == "excluded"
        by_reason = km[out].groupby(sides["reason"][out], sort=False).sum().sort_values()[::-1]
        bridged = float(km[sides["bridged"]].sum()) if "bridged" in sides else 0.0
        rows = [
            (reason, length, _ratio(greened, greenable + length))
            for reason, length in by_reason.items()
        ]
        if bridged:
            rows.append(("short interruption", bridged, _ratio(greened - bridged, greenable)))
        everything = float(by_reason.sum())
        rows.append(
            ("all", everything + bridged, _ratio(greened - bridged, greenable + everything))
        )
        table = pd.DataFrame(rows, columns=["reason", "side_km", "without_pct"])
        table.insert(2, "side_pct", 100.0 * table["side_km"] / whole if whole else np.nan)
        table.insert(3, "greening_pct", _ratio(greened, greenable))
        return table

    @property
    def disagreements(self) -> gpd.GeoDataFrame:
        """Where sources say different things of a side; see ``disagreements_of``."""
        return disagreements_of(self.sides, of=self.of)

    @property
    def evidence_lengths(self) -> pd.DataFrame:
        """Length of the sides by what decided, the most first.

        Returns
        -------
        pandas.DataFrame
            ``evidence`` ("" where nothing saw a side), ``side_km``, ``greened_km``, ``gap_km``,
            ``excluded_km``, ``unobserved_km``, ``not_seen_km``, ``share_pct`` of the greenable
            length, and ``greening_pct`` of what the source decided.
        """
        return lengths_by_evidence(self.sides)

    @property
    def gaps(self) -> gpd.GeoDataFrame:
        """Runs of consecutive gap sides: road, side, from_m, to_m, length_m, chainage and more.

        Of ground that strips of several gaps share, ``strip_ha`` counts in the first.
        """
        strip_ha = self.sides["strip_ha"] * self._share_among(("gap",))
        return merge_gaps(self.sides.assign(strip_ha=strip_ha), of=self.of)

    @property
    def not_seen(self) -> gpd.GeoDataFrame:
        """Runs of sides that are not seen, with the columns of ``gaps``."""
        return merge_gaps(self.sides, of=self.of, status=NOT_SEEN)

    @property
    def runs(self) -> gpd.GeoDataFrame:
        """Consecutive station sides of equal status as one line each, for maps."""
        return merge_runs(self.sides, of=self.of)

    def plot(self, ax: Axes | None = None, *, lang: str | None = None) -> Axes:
        """Draw both sides by status, with their lengths in the legend.

        Parameters
        ----------
        ax
            Axes to draw in; a figure of its own when left out.
        lang
            A language that has a catalogue; that in force when left out.

        Returns
        -------
        matplotlib.axes.Axes
            The axes, in metres of the local UTM zone.
        """
        from greencover.corridor.drawing import drawn

        return drawn(self, ax, lang=lang)

    def explore(self, *, height: int = 640, lang: str | None = None) -> Framed:
        """A map to move in, shown by a notebook; ``.save(path)`` writes it.

        Nothing is loaded from a network: the page holds all it needs.
        """
        from greencover.corridor.drawing import explored

        return explored(self, height=height, lang=lang)

    def write(self, out: str | Path) -> dict[str, Path]:
        """Write tables, layers, a picture and a page into a folder, all or nothing.

        Parameters
        ----------
        out
            Folder, made where it is absent.

        Returns
        -------
        dict of str to Path
            The files: ``roadside.xlsx`` (rates, gaps, deductions, what was judged by, parameters
            and notes), ``.gpkg`` (sides, gaps, chains), ``.png`` and ``.html``; of banks
            ``waterside``.

        Raises
        ------
        OutputError
            The folder cannot be written.
        """
        from greencover.corridor.drawing import written

        return written(self, out)

    def __repr__(self) -> str:
        row = self.rates_by().iloc[0]
        return (
            f"<{type(self).__name__}: {self.sides[self.of].nunique()} {self.of}s, "
            f"{row['greened_km']:.2f} of {row['greenable_km']:.2f} km of greenable sides greened "
            f"({beside(row['greening_pct'], 0.0, 100.0)} %), {row['excluded_km']:.2f} km excluded>"
        )

    def _repr_html_(self) -> str:
        return str(self.rates.round(2).to_html(index=False))


class RoadsideGreening(CorridorGreening):
    """Roadside greening; see ``CorridorGreening``."""


class WatersideGreening(CorridorGreening):
    """Waterside greening; see ``CorridorGreening``."""

    of: ClassVar[str] = "water"


def _percent(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.asarray(100.0 * (part / np.where(whole > 0.0, whole, np.nan)))


def _ratio(part: float, whole: float) -> float:
    return 100.0 * (part / whole) if whole > 0.0 else float("nan")

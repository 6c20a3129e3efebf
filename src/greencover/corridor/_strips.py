"""Strips beside a network: laid, overlaid and judged, in groups that fit into memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.corridor._belts import Belts
from greencover.corridor.result import STATUSES, CorridorGreening
from greencover.corridor.rules import COVER_REASONS
from greencover.cover import Legend

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SIDES = ("left", "right")
# A strip seen by less than half is not judged; one mostly under a carriageway is a junction mouth
# or lies on another road.
LEAST_OBSERVED = 0.5
MOST_COVERED = 0.5


@dataclass(frozen=True)
class Strips:
    """Strips of a network before they are overlaid.

    Attributes
    ----------
    belts
        The ground of the strips.
    sides
        Station sides without status.
    threshold
        Share from which each row of ``sides`` counts as greened.
    barred
        Reasons of exclusion, the first one "" for none, and the reason of each row.
    covers, exclude, bridge_gap_m, mouth_m
        Rules of judgement; see ``roadside_greening``.
    parameters, notes, chains
        As in ``CorridorGreening``.
    kind
        What the result is.
    covered_by
        Reasons for ground under a carriageway: one that runs across, and one alongside.
    """

    belts: Belts
    sides: gpd.GeoDataFrame
    threshold: Floats
    barred: tuple[tuple[str, ...], Ints]
    covers: tuple[str, ...]
    exclude: Mapping[str, float]
    bridge_gap_m: float
    mouth_m: float
    parameters: Mapping[str, Any]
    notes: tuple[str, ...]
    chains: gpd.GeoDataFrame
    kind: type[CorridorGreening]
    covered_by: tuple[str, str] = ("junction", "other carriageway")

    @cached_property
    def quads(self) -> gpd.GeoSeries:
        """The ground as polygons in longitude and latitude; several may make one strip."""
        return self.belts.polygons

    def judge(
        self,
        areas: pd.DataFrame | Floats,
        legend: Legend,
        *,
        threshold: float | None = None,
        with_ground: bool = True,
    ) -> Any:
        """Give each station side its status from the class areas of ``quads``.

        Parameters
        ----------
        areas
            Hectares by class of each of ``quads``, the unobserved in the last column.
        legend
            The land cover's legend.
        threshold
            Share that counts as greened, in place of the rule.
        with_ground
            Whether the result keeps the ground of the strips, for lists of planting.
        """
        table = areas if isinstance(areas, np.ndarray) else areas.to_numpy()
        count = len(self.sides)
        owner = self.belts.polygon_owner
        types = list(dict.fromkeys(legend.covers.values()))
        class_type = [types.index(legend.covers[code]) for code in legend.codes]
        by_type = np.zeros((count, len(types)))
        for column, kind in enumerate(class_type):
            by_type[:, kind] += np.bincount(owner, weights=table[:, column], minlength=count)
        blind = np.bincount(owner, weights=table[:, -1], minlength=count)
        observed = by_type.sum(axis=1)
        strip = observed + blind
        counted = by_type[:, [t in self.covers for t in types]].sum(axis=1)
        seen = np.where(observed > 0.0, observed, np.nan)
        share = counted / seen
        unobserved = np.where(strip > 0.0, blind / np.where(strip > 0.0, strip, 1.0), 0.0)
        limit = self.threshold if threshold is None else threshold
        # Numbers of STATUSES and of reasons, which are made words at the end; reason 0 is none.
        status: Ints = np.asarray(~(share >= limit - 1e-12), dtype=np.int64)
        words, number = list(self.barred[0]), self.barred[1].copy()

        def bar(which: npt.NDArray[np.bool_], word: str) -> None:
            if word not in words:
                words.append(word)
            number[which & (number == 0)] = words.index(word)

        covered = self.belts.covered_share > MOST_COVERED
        if self.mouth_m > 0.0:
            bar(self._in_mouth(covered), self.covered_by[0])
        bar(covered & self.belts.covered_across, self.covered_by[0])
        bar(covered, self.covered_by[1])
        bar(strip <= 0.0, "inside of a bend")
        for cover, most in self.exclude.items():
            if cover in types:
                with np.errstate(invalid="ignore"):
                    under = by_type[:, types.index(cover)] / seen > most - 1e-12
                bar(under & (status == 1) & (unobserved <= 1.0 - LEAST_OBSERVED), _reason(cover))
        status[unobserved > 1.0 - LEAST_OBSERVED] = 3
        status[number != 0] = 2
        bridged = _bridged(self.sides, status, self.bridge_gap_m)
        status[bridged] = 0
        dominant = np.where(observed > 0.0, by_type.argmax(axis=1), len(types))
        sides = self.sides.assign(
            tree_share=share,
            unobserved_share=unobserved,
            status=words_by_number(STATUSES, status),
            reason=words_by_number(words, number),
            bridged=bridged,
            cover_now=words_by_number([*types, ""], dominant),
            strip_ha=strip,
            green_ha=counted,
        )
        parameters = dict(self.parameters)
        if threshold is not None:
            parameters["threshold"] = threshold
        return self.kind(
            sides,
            parameters,
            self.notes,
            chains=self.chains,
            cover_ha=pd.DataFrame(by_type, columns=types, index=sides.index),
            ground=self.belts if with_ground else None,
        )

    def _in_mouth(self, covered: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Whether a side lies within ``mouth_m`` of one that a crossing road covers."""
        from_m, to_m = (self.sides[c].to_numpy() for c in ("from_m", "to_m"))
        side = self.sides["side"].to_numpy()
        begins = np.append(True, (from_m[1:] < to_m[:-1] - 1e-6) | (side[1:] != side[:-1]))
        stretch = np.cumsum(begins)
        # Stretches are moved apart, so that nothing is near across their ends.
        apart = stretch * (to_m.max() - from_m.min() + 2.0 * self.mouth_m + 1.0)
        ends = np.where(covered & self.belts.covered_across, to_m + apart, -np.inf)
        starts = np.where(covered & self.belts.covered_across, from_m + apart, np.inf)
        behind = from_m + apart - np.maximum.accumulate(ends)
        ahead = np.minimum.accumulate(starts[::-1])[::-1] - (to_m + apart)
        return np.asarray(np.minimum(behind, ahead) < self.mouth_m - 1e-6)


def _reason(cover: str) -> str:
    return COVER_REASONS.get(cover, cover)


def words_by_number(words: Iterable[Any], number: Ints) -> Any:
    """Words by their number; pandas would look at every single one of an array of objects."""
    return pd.Series(list(words)).array.take(number)


def _bridged(sides: gpd.GeoDataFrame, status: Ints, most_m: float) -> npt.NDArray[np.bool_]:
    """Gaps shorter than a length, with greened sides before and after."""
    bridged = np.zeros(len(sides), dtype=bool)
    if most_m <= 0.0 or not len(sides):
        return bridged
    from_m, to_m = sides["from_m"].to_numpy(), sides["to_m"].to_numpy()
    follows = np.append(False, np.abs(from_m[1:] - to_m[:-1]) < 1e-6)
    follows &= np.append(False, sides["side"].to_numpy()[1:] == sides["side"].to_numpy()[:-1])
    new = ~follows | (np.diff(status, prepend=-1) != 0)
    run = np.cumsum(new) - 1
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(sides)) - 1
    before = np.where(follows[first], status[first - 1], -1)
    after_row = np.minimum(last + 1, len(sides) - 1)
    after = np.where((last + 1 < len(sides)) & follows[after_row], status[after_row], -1)
    length = to_m[last] - from_m[first]
    short = (status[first] == 1) & (before == 0) & (after == 0) & (length < most_m)
    return np.asarray(short[run])

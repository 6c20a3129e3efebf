"""Strips beside a network: laid, overlaid and judged, in groups that fit into memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.corridor._belts import Belts
from greencover.corridor._by_row import TWICE
from greencover.corridor._called import SPLIT, UNCHECKED, Called, words_by_number
from greencover.corridor._confined import confined
from greencover.corridor._ownership import Ownership
from greencover.corridor._seen import Seen
from greencover.corridor._trials import Depths, Lines, Trials
from greencover.corridor.evidence import (
    FIELD,
    SAID,
    Along,
    Evidence,
    Overlaid,
    best_word,
)
from greencover.corridor.resolving import NOT_SEEN, TRIAL, Resolving
from greencover.corridor.result import CorridorGreening
from greencover.cover import Legend
from greencover.cover.land_cover import LandCover
from greencover.ground.run import Run

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SIDES = ("left", "right")


@dataclass(frozen=True)
class Strips:
    """Strips of a network before they are overlaid.

    Attributes
    ----------
    belts
        The ground of the strips.
    sides
        Station sides without status.
    depths
        How deep the belt of each row of ``sides`` lies, and from which share it is greened.
    lines
        All lines of the network.
    barred
        Reasons of exclusion, the first one "" for none, and the reason of each row.
    rules
        The rules of judgement by name; see ``rules.toml``.
    parameters, notes, chains
        As in ``CorridorGreening``.
    kind
        What the result is.
    covered_by
        Reasons for ground under a carriageway: one that runs across, and one alongside.
    along
        Where the rows of ``sides`` lie along the chains of the whole network.
    whole
        Number of the station side that each row was before checks in the field split it, in the
        order of the rows.
    evidence
        What judges the sides beside the land cover.
    ownership
        Whose ground the sides are, and where it counts; None: nobody asks.
    standing
        What stands beside the roads of the whole network, tree by tree.
    shut
        Sides that cannot be planted, whatever stands there; known when they are judged.
    """

    belts: Belts
    sides: gpd.GeoDataFrame
    depths: Depths
    lines: Lines
    barred: tuple[tuple[str, ...], Ints]
    rules: Mapping[str, Any]
    parameters: Mapping[str, Any]
    notes: tuple[str, ...]
    chains: gpd.GeoDataFrame
    kind: type[CorridorGreening]
    along: Along
    whole: Ints
    covered_by: tuple[str, str] = ("junction", "other carriageway")
    evidence: tuple[Evidence, ...] = ()
    ownership: Ownership | None = None
    standing: gpd.GeoDataFrame | None = None
    shut: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def overlaid(self, run: Run) -> Strips:
        """The same, with evidence that is overlaid as ``run`` says."""
        seen = [one.within(run) if isinstance(one, Overlaid) else one for one in self.evidence]
        return replace(self, evidence=tuple(seen)) if self.evidence else self

    @cached_property
    def quads(self) -> gpd.GeoSeries:
        """The ground as polygons in longitude and latitude; several may make one strip."""
        return self.belts.polygons

    @property
    def on_rings(self) -> npt.NDArray[np.bool_]:
        """Whether each row of ``sides`` is of a chain without ends."""
        keys = [self.kind.of, "chain"]
        rings = pd.MultiIndex.from_frame(self.chains.loc[self.chains["loop"], keys])
        if not len(rings):
            return np.zeros(len(self.sides), dtype=bool)
        return np.asarray(pd.MultiIndex.from_frame(self.sides[keys]).isin(rings))

    @property
    def quad_side(self) -> Ints:
        """Row of ``sides`` that each of ``quads`` belongs to."""
        return self.belts.polygon_owner

    def on_trial(self, cover: LandCover) -> Trials:
        """Whole sides on which it is tried what the cover can tell."""
        whole = self.unsplit
        return Trials.of(
            whole.sides, self.kind.of, whole.depths, self.lines, cover.sources, self.rules
        )

    @cached_property
    def unsplit(self) -> Strips:
        """The strips as they were before checks in the field split stations."""
        of = self.whole
        if not len(of) or of[-1] == len(of) - 1:
            return self
        first = np.flatnonzero(np.diff(of, prepend=-1))
        last = np.append(first[1:], len(of)) - 1
        along = Along(self.along.roadside[first], self.along.from_m[first], self.along.to_m[last])
        belts = self.belts.put_together(of, self.along.to_m - self.along.from_m)
        sides = self.sides.iloc[first].reset_index(drop=True)
        sides["to_m"] = self.sides["to_m"].to_numpy()[last]
        sides["length_m"] = along.to_m - along.from_m
        return replace(
            self,
            belts=belts,
            sides=sides.set_geometry(gpd.GeoSeries(belts.lines, crs=sides.crs)),
            depths=self.depths.of(first),
            barred=(self.barred[0], self.barred[1][first]),
            along=along,
            whole=np.arange(len(first)),
        )

    def judge(
        self,
        areas: pd.DataFrame | Floats,
        legend: Legend,
        *,
        threshold: float | None = None,
        with_ground: bool = True,
        tried: tuple[Ints, Resolving] | None = None,
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
        tried
            Rows of the sides on trial, and what the cover can tell beside the network.
        """
        table = areas if isinstance(areas, np.ndarray) else areas.to_numpy()
        count = len(self.sides)
        owner = self.quad_side
        types = list(dict.fromkeys(legend.covers.values()))
        class_type = [types.index(legend.covers[code]) for code in legend.codes]
        sums = np.zeros((len(types), count))
        for column, kind in enumerate(class_type):
            sums[kind] += np.bincount(owner, weights=table[:, column], minlength=count)
        by_type = np.ascontiguousarray(sums.T)
        blind = np.bincount(owner, weights=table[:, -1], minlength=count).astype(np.float64)
        limit = self.depths.threshold if threshold is None else threshold
        seen = self._seen(by_type, blind, types, threshold, None if tried is None else tried[0])
        sources = (seen.cover, *self.evidence)
        of: Any = slice(None) if seen.strips is self else self.whole
        said = [
            source.judge(self, limit) if one is None else one.at(of)
            for source, one in zip(sources, seen.said, strict=True)
        ]
        found, source = best_word(sources, said)
        ground = seen.ground.at(of, self.sides)
        called = Called.of(found, ground, self.barred, self.rules, self.on_rings)
        begins = np.diff(self.whole, prepend=-1) != 0
        sides = self.sides.assign(
            tree_share=seen.cover.share[of],
            unobserved_share=seen.cover.unobserved[of],
            doubtful=seen.doubtful[of] & found.surveyed & (source == 0),
            status=called.words,
            reason=words_by_number(called.reasons, called.reason),
            bridged=called.bridged,
            cover_now=words_by_number([*types, ""], seen.dominant[of]),
            strip_ha=by_type.sum(axis=1) + blind,
            green_ha=by_type[:, self.counted(types)].sum(axis=1),
            **{TRIAL: np.where(begins, seen.trial[of], np.int32(-1))},
        )
        if self.evidence:
            keys = [*(one.key for one in sources), ""]
            sides["evidence"] = words_by_number(keys, source % len(keys))
            for key, one in zip(keys, said, strict=False):
                sides[f"by_{key}"] = words_by_number(SAID, one.words)
                for way, other in one.ways.items():
                    sides[way] = words_by_number(SAID, other.words)
                for name, figures in one.measures.items():
                    sides[name] = figures
        resolving = None
        if tried is not None:
            resolving = tried[1].judged(sides, self.kind.of)
            unseen = resolving.not_seen(sides, self.kind.of)
            sides["status"] = called.put(NOT_SEEN, unseen).words
        if any(one.key == FIELD for one in self.evidence):
            sides[UNCHECKED] = seen.called(None if tried is None else tried[1])[of]
            sides[SPLIT] = ~begins
        parameters = dict(self.parameters)
        if threshold is not None:
            parameters["threshold"] = threshold
        whole = self.kind(
            sides,
            parameters,
            self.notes,
            chains=self.chains,
            cover_ha=pd.DataFrame(by_type, columns=types, index=sides.index),
            ground=self.belts if with_ground else None,
            trees=self.standing,
            resolving=resolving,
        )
        counted = sides["reason"].to_numpy() != TWICE
        if self.ownership is None and counted.all():
            return whole
        return confined(whole, self.ownership or Ownership(None, None), counted)

    def shut_at(self, which: npt.NDArray[np.bool_]) -> Strips:
        """The strips, some of which cannot be planted whatever stands there."""
        return replace(self, shut=which)

    def counted(self, types: Sequence[str]) -> list[bool]:
        """Whether each cover type counts as greening."""
        return [kind in self.rules["covers"] for kind in types]

    def _seen(
        self,
        by_type: Floats,
        blind: Floats,
        types: Sequence[str],
        threshold: float | None,
        tried: Ints | None,
    ) -> Seen:
        """What maps show of whole sides; the parts of one that was split are put together."""
        whole = self.unsplit
        if whole is not self:
            first = np.flatnonzero(np.diff(self.whole, prepend=-1))
            by_type, blind = np.add.reduceat(by_type, first), np.add.reduceat(blind, first)
        return Seen.of(whole, by_type, blind, types, threshold, tried)

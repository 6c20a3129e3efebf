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
from greencover.corridor._called import UNCHECKED, Called, words_by_number
from greencover.corridor._confined import confined
from greencover.corridor._ownership import Ownership
from greencover.corridor._trials import Depths, Lines, Trials
from greencover.corridor.evidence import (
    FIELD,
    SAID,
    Along,
    Cover,
    Evidence,
    Judged,
    Overlaid,
    best_word,
    every_word,
)
from greencover.corridor.exclusions import MOST_COVERED, Ground, excluded
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
    def _on_rings(self) -> npt.NDArray[np.bool_]:
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
        """Sides on which it is tried what the cover can tell."""
        return Trials.of(
            self.sides, self.kind.of, self.depths, self.lines, cover.sources, self.rules
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
        blind = np.bincount(owner, weights=table[:, -1], minlength=count)
        observed = by_type.sum(axis=1)
        strip = observed + blind
        counted = by_type[:, [t in self.rules["covers"] for t in types]].sum(axis=1)
        seen = np.where(observed > 0.0, observed, np.nan)
        share = counted / seen
        unobserved = np.where(strip > 0.0, blind / np.where(strip > 0.0, strip, 1.0), 0.0)
        limit = self.depths.threshold if threshold is None else threshold
        by_cover = Cover(share, unobserved)
        sources = (by_cover, *self.evidence)
        nowhere = np.zeros(count, dtype=bool)
        ground = Ground(
            sides=self.sides,
            covered=self.belts.covered_share > MOST_COVERED,
            across=self.belts.covered_across,
            covered_by=self.covered_by,
            strip_ha=strip,
            cover_share={kind: by_type[:, n] / seen for n, kind in enumerate(types)},
            gap=nowhere,
            greened=nowhere,
        )
        shut = self.barred[1] != 0
        if self.evidence:
            for which, _ in excluded(ground, self.rules):
                shut = shut | which
        said = every_word(sources, replace(self, shut=shut), limit)
        found, source = best_word(sources, said)
        called = Called.of(found, ground, self.barred, self.rules, self._on_rings)
        trial = np.full(count, -1, dtype=np.int32)
        if tried is not None:
            trial[tried[0]] = np.arange(len(tried[0]))
        dominant = np.where(observed > 0.0, by_type.argmax(axis=1), len(types))
        sides = self.sides.assign(
            tree_share=share,
            unobserved_share=unobserved,
            doubtful=by_cover.doubtful(limit) & found.surveyed & (source == 0),
            status=called.words,
            reason=words_by_number(called.reasons, called.reason),
            bridged=called.bridged,
            cover_now=words_by_number([*types, ""], dominant),
            strip_ha=strip,
            green_ha=counted,
            **{TRIAL: trial},
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
            sides[UNCHECKED] = self._unchecked(sides, sources, said, ground, tried)
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

    def _unchecked(
        self,
        sides: gpd.GeoDataFrame,
        sources: Sequence[Evidence],
        said: Sequence[Judged],
        ground: Ground,
        tried: tuple[Ints, Resolving] | None,
    ) -> Any:
        """The status that each side has by all sources but checks in the field."""
        maps = [number for number, one in enumerate(sources) if one.key != FIELD]
        found, source = best_word([sources[n] for n in maps], [said[n] for n in maps])
        called = Called.of(found, ground, self.barred, self.rules, self._on_rings)
        if tried is None:
            return called.words
        judged = sides.assign(
            status=called.words, evidence=np.where(source == 0, sources[0].key, "")
        )
        resolving = tried[1].judged(judged, self.kind.of)
        return called.put(NOT_SEEN, resolving.not_seen(judged, self.kind.of)).words

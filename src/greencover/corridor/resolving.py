"""What a land cover can tell beside a network, and between which limits that leaves a rate.

A test with errors, on sides of the network itself. Of a side with a row of trees the cover says
"greened" with the chance p1, of one without with the chance p0; the rate that it shows is
p1 R + p0 (1 - R), so that the true one is R = (shown - p0) / (p1 - p0) (Rogan and Gladen 1978). p1
and p0 follow from the cells, the belt, the direction of the line, the width of a row and the error
of position; how often woods stand behind belts, which cells may smear into them, is seen on the
ground further out. The range is over all of these. Where p1 and p0 hardly differ the cover tells
nothing, and what it calls a gap is *not seen*.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.corridor._rows_on_cells import BESIDE
from greencover.corridor.evidence import COVER
from greencover.ground.notes import Note

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: Column of station sides with the number of their trial, -1 where none was made.
TRIAL = "trial"
GREENED, GAP, NOT_SEEN = "greened", "gap", "not seen"
#: Statuses of sides that can be greened.
GREENABLE = (GREENED, GAP, NOT_SEEN)


@cache
def assumptions() -> dict[str, Any]:
    """What the test takes for granted, with sources and confidence; see ``resolving.toml``.

    Examples
    --------
    >>> assumptions()["least_difference"]["value"]
    0.2
    """
    text = files("greencover.corridor").joinpath("resolving.toml").read_text("utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True, repr=False)
class Resolving:
    """What a land cover can tell beside a network.

    Attributes
    ----------
    cell_m
        Length of the longer side of a cell.
    row_width_m, position_error_m
        The narrowest row that counts, and the standard deviation of places across the line.
    called
        How often sides on trial are called greened, shares of one: by side, without and with the
        position error, by what stands beside the row, and by the width of the row, the first one
        for no row.
    wooded
        Whether ground further out, at several distances, is called greened: 1, 0, or NaN.
    unresolved
        Roads or waters beside which the cover tells nothing.
    """

    cell_m: float
    row_width_m: float
    position_error_m: float
    called: Floats
    wooded: Floats
    unresolved: frozenset[Any] = frozenset()

    def __repr__(self) -> str:
        return (
            f"<Resolving: rows of {self.row_width_m:g} m on cells of {self.cell_m:.3g} m, "
            f"{len(self.called)} sides tried, {len(self.unresolved)} lines not seen>"
        )

    @property
    def said(self) -> dict[str, float]:
        """The figures that sentences name."""
        return {
            "cell": self.cell_m,
            "row": self.row_width_m,
            "error": self.position_error_m,
            "enough": self.row_width_m / 3.0,
        }

    @property
    def misplaced(self) -> bool:
        """Whether lines and cover may lie further apart than a row is wide: no cells help then."""
        return self.position_error_m > self.row_width_m

    def left_open(self, low_pct: float, high_pct: float, unseen_km: float) -> Note:
        """Say why a rate is open between two limits, and what would settle it."""
        if self.misplaced:
            return Note("corridor.misplaced", **self.said)
        if unseen_km > 0.0:
            return Note("corridor.cannot_tell", km=unseen_km, **self.said)
        return Note("corridor.grid_leaves", low=low_pct, high=high_pct, **self.said)

    def joined(self, others: list[Resolving]) -> Resolving:
        """This record with those of further groups of one network behind it."""
        parts = [self, *others]
        return replace(
            self,
            cell_m=max(part.cell_m for part in parts),
            called=np.concatenate([part.called for part in parts]),
            wooded=np.concatenate([part.wooded for part in parts]),
            unresolved=frozenset().union(*(part.unresolved for part in parts)),
        )

    def judged(self, sides: gpd.GeoDataFrame, of: str) -> Resolving:
        """This record with the lines beside which the cover tells nothing.

        Parameters
        ----------
        sides
            Whole lines, with their trials.
        of
            Column with the name of the line.
        """
        chosen, trial = _tried(sides)
        if not len(chosen):
            return self
        group, names = pd.factorize(sides[of].iloc[chosen])
        tells = _Chances.of(self, trial, group, len(names)).tells
        return replace(self, unresolved=frozenset(names[~tells].tolist()))

    def not_seen(self, sides: gpd.GeoDataFrame, of: str) -> Bools:
        """Sides that the cover calls a gap where it tells nothing."""
        if not self.unresolved:
            return np.zeros(len(sides), dtype=bool)
        gap = of_status(sides, GAP)
        return np.asarray(gap & _by_cover(sides) & self._blind(sides[of]), dtype=bool)

    def _blind(self, names: pd.Series[Any]) -> Bools:
        return np.asarray(names.isin(self.unresolved), dtype=bool)

    def limits(
        self, sides: gpd.GeoDataFrame, of: str, group: Any, size: int
    ) -> tuple[Floats, Floats]:
        """Least and most length that may be greened, in km, by group of station sides.

        Parameters
        ----------
        sides
            Judged sides with their trials.
        of
            Column with the name of the road or water.
        group, size
            Number of the group of each side, and how many groups there are.
        """
        km = sides["length_m"].to_numpy() / 1000.0
        ours = of_status(sides, *GREENABLE) & _by_cover(sides)
        blind = self._blind(sides[of])
        greened = of_status(sides, GREENED)

        def length(which: Bools) -> Floats:
            sums = np.bincount(group[which], weights=km[which], minlength=size)
            return np.asarray(sums, dtype=np.float64)

        sure, open_ = length(greened & ~ours), length(ours & blind)
        told, whole = length(greened & ours & ~blind), length(ours & ~blind)
        low, high = self._shares(
            sides, of, ours & ~blind, group, told / np.where(whole > 0.0, whole, 1.0)
        )
        return sure + low * whole, sure + open_ + high * whole

    def _shares(
        self, sides: gpd.GeoDataFrame, of: str, which: Bools, group: Any, shown: Floats
    ) -> tuple[Floats, Floats]:
        """Range of the share that is greened by group, of the sides on which the cover tells."""
        chosen, trial = _tried(sides, which)
        size = len(shown)
        if not len(chosen):
            return shown.copy(), shown.copy()
        chances = _Chances.of(self, trial, group[chosen], size)
        low, high = chances.shares(shown)
        road = pd.factorize(sides[of].iloc[chosen])[0]
        for number in np.unique(group[chosen]):
            own = group[chosen] == number
            again = _resampled(self, trial[own], road[own])
            if again is None or not chances.tells[number]:
                continue
            lows, highs = again.shares(np.full(len(again.tells), shown[number]))
            tail = (1.0 - assumptions()["level"]["value"]) / 2.0
            low[number] = min(low[number], float(np.quantile(lows, tail)))
            high[number] = max(high[number], float(np.quantile(highs, 1.0 - tail)))
        return low, high


@dataclass(frozen=True)
class _Chances:
    """Mean chances of groups of sides to be called greened, and how often woods stand behind."""

    called: Floats
    wooded: Floats

    @classmethod
    def of(cls, resolving: Resolving, trial: Any, group: Any, size: int) -> _Chances:
        """Means by group; a group without trials is taken for the whole."""
        count = np.bincount(group, minlength=size)
        sums = _Sums.of(resolving, trial)
        grouped = _Sums(*(_added(one, group, size) for one in sums.parts))
        return grouped.filled(count == 0, sums).means()

    @classmethod
    def weighted(cls, resolving: Resolving, trial: Any, weight: Floats) -> _Chances:
        """Means under several weights of the trials; (groups, trials)."""
        return _Sums(*(weight @ one for one in _Sums.of(resolving, trial).parts)).means()

    @property
    def _pairs(self) -> tuple[Floats, Floats]:
        """Chances with a row and without one; (groups, situations)."""
        alone, woods, opposite = (self.called[:, :, beside] for beside in range(3))
        behind = self.wooded[:, None, None]
        mixed = (1.0 - behind) * alone + behind * woods
        with_row, without = [], []
        for chances, spurious in (
            (alone, alone[..., :1]),
            (mixed, behind * woods[..., :1]),
            (opposite, opposite[..., :1]),
        ):
            with_row.append(chances[..., 1:].reshape(len(alone), -1))
            without.append(
                np.broadcast_to(spurious, chances[..., 1:].shape).reshape(len(alone), -1)
            )
        return np.concatenate(with_row, axis=1), np.concatenate(without, axis=1)

    @property
    def tells(self) -> Bools:
        """Whether sides with a row are called greened more often than those without."""
        with_row, without = self._pairs
        least = assumptions()["least_difference"]["value"]
        return np.asarray((with_row - without).min(axis=1) >= least)

    def shares(self, shown: Floats) -> tuple[Floats, Floats]:
        """Least and greatest true share behind the one shown, over all situations."""
        with_row, without = self._pairs
        part = shown[:, None]
        apart = np.maximum(with_row - without, 1e-9)
        true = np.clip((part - without) / apart, 0.0, 1.0)
        told = self.tells
        low = np.where(told, np.minimum(true.min(axis=1), shown), 0.0)
        high = np.where(told, np.maximum(true.max(axis=1), shown), 1.0)
        return low, high


@dataclass(frozen=True)
class _Sums:
    """Sums over trials: of chances, of ground called greened, of ground seen, and their number."""

    called: Floats
    wooded: Floats
    known: Floats
    count: Floats

    @classmethod
    def of(cls, resolving: Resolving, trial: Any) -> _Sums:
        """One row a trial."""
        called, wooded = resolving.called[trial], resolving.wooded[trial]
        known = np.isfinite(wooded)
        return cls(
            called.reshape(len(called), -1),
            np.where(known, wooded, 0.0),
            known.astype(np.float64),
            np.ones((len(called), 1)),
        )

    @property
    def parts(self) -> tuple[Floats, ...]:
        return self.called, self.wooded, self.known, self.count

    def filled(self, empty: Bools, whole: _Sums) -> _Sums:
        """The sums of all trials where a group has none."""
        return _Sums(
            *(
                np.where(empty[:, None], every.sum(axis=0), own)
                for own, every in zip(self.parts, whole.parts, strict=True)
            )
        )

    def means(self) -> _Chances:
        """Chances of each row of sums."""
        called = (self.called / self.count).reshape(len(self.count), 2, len(BESIDE), -1)
        seen = self.known > 0.0
        share = self.wooded / np.where(seen, self.known, 1.0)
        # Where no ground further out is clear of roads, there may be woods everywhere.
        unknown = ~seen.any(axis=1)
        return _Chances(called, np.where(unknown, 1.0, np.where(seen, share, 0.0).max(axis=1)))


def _added(rows: Floats, group: Any, size: int) -> Floats:
    total = np.zeros((size, rows.shape[1]))
    np.add.at(total, group, rows)
    return total


def _resampled(resolving: Resolving, trial: Any, road: Any) -> _Chances | None:
    """Chances of networks made of the same roads, drawn again; None where that changes nothing."""
    code, roads = pd.factorize(road)
    own = resolving.called[trial]
    if len(roads) < 2 or (np.ptp(own, axis=0).max() == 0.0 and not own[..., 0].any()):
        return None
    rules = assumptions()["trial"]
    rng = np.random.default_rng(rules["seed"])
    drawn = rng.multinomial(len(roads), np.full(len(roads), 1.0 / len(roads)), rules["resampled"])
    weight = drawn[:, code].astype(np.float64)
    return _Chances.weighted(resolving, trial, weight[weight.any(axis=1)])


def of_status(sides: gpd.GeoDataFrame, *statuses: str) -> Bools:
    """Sides of these statuses; columns of words compare faster than objects made from them."""
    return np.asarray(sides["status"].isin(statuses), dtype=bool)


def _tried(sides: gpd.GeoDataFrame, which: Bools | None = None) -> tuple[Any, Any]:
    """Rows of sides on trial that can be greened, or of those chosen, and their trials' numbers."""
    trial = sides[TRIAL].to_numpy()
    rows = np.flatnonzero((of_status(sides, *GREENABLE) if which is None else which) & (trial >= 0))
    return rows, trial[rows]


def _by_cover(sides: gpd.GeoDataFrame) -> Bools:
    if "evidence" not in sides:
        return np.ones(len(sides), dtype=bool)
    return np.asarray((sides["evidence"] == COVER).to_numpy(), dtype=bool)


def not_seen_notes(sides: gpd.GeoDataFrame, resolving: Resolving | None) -> tuple[Note, ...]:
    """How much the land cover could not tell."""
    if resolving is None or not resolving.unresolved:
        return ()
    km = float(sides["length_m"][sides["status"] == NOT_SEEN].sum()) / 1000.0
    if not km > 0.0:
        return ()
    code = "corridor.not_seen_misplaced" if resolving.misplaced else "corridor.not_seen"
    return (Note(code, km=km, **resolving.said),)

"""What station sides are called: from what was found, what rules exclude and what is bridged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.corridor._said import STATUSES
from greencover.corridor.evidence import Judged
from greencover.corridor.exclusions import FOUND_BARRED, MEDIAN, Ground, excluded

Ints = npt.NDArray[np.int64]

#: Column with the status that a side would have if nobody had checked it, where somebody did.
UNCHECKED = "unchecked_status"
#: Column that says which sides begin where a check ends within a station.
SPLIT = "split_by_check"
#: What a side may be called, by the number that stands for it until the end.
WORDS = (*STATUSES, MEDIAN)
_SAME_PLACE_M = 1e-6


@dataclass(frozen=True)
class Called:
    """What station sides are called.

    Attributes
    ----------
    status
        Number of ``WORDS`` of each side.
    reasons, reason
        Reasons of exclusion, the first one "" for none, and the number of each side's.
    bridged
        Sides greened as a short interruption.
    """

    status: Ints
    reasons: list[str]
    reason: Ints
    bridged: npt.NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        found: Judged,
        ground: Ground,
        barred: tuple[tuple[str, ...], Ints],
        rules: Mapping[str, Any],
        on_rings: npt.NDArray[np.bool_],
    ) -> Called:
        """Call sides by what was found of each, and by the rules.

        Parameters
        ----------
        found
            The word of the source that decides.
        ground
            The sides with their ground, before anything was found.
        barred
            Reasons of exclusion that the layer gives, and the number of each side's.
        rules
            The rules of judgement by name.
        on_rings
            Whether each side is of a chain without ends.
        """
        ground = replace(
            ground,
            gap=found.surveyed & ~found.greened,
            greened=found.surveyed & found.greened,
        )
        reasons, reason = list(barred[0]), barred[1].copy()
        for which, word in excluded(ground, rules):
            if word not in reasons:
                reasons.append(word)
            reason[which & (reason == 0)] = reasons.index(word)
        if found.barred is not None and found.barred.any():
            reasons.append(FOUND_BARRED)
            reason[found.barred & (reason == 0)] = len(reasons) - 1
        status: Ints = np.where(found.surveyed, np.where(found.greened, 0, 1), 3)
        status[reason != 0] = 2
        if MEDIAN in reasons:
            status[reason == reasons.index(MEDIAN)] = len(STATUSES)
        bridged = _bridged(ground.sides, status, rules["bridge_gap_m"], on_rings)
        status[bridged] = 0
        return cls(status, reasons, reason, bridged)

    def put(self, status: str, which: npt.NDArray[np.bool_]) -> Called:
        """The same with some sides called otherwise."""
        return replace(self, status=np.where(which, WORDS.index(status), self.status))

    @property
    def words(self) -> Any:
        """The status of each side."""
        return words_by_number(WORDS, self.status)


def words_by_number(words: Iterable[Any], number: Ints) -> Any:
    """Words by their number; pandas would look at every single one of an array of objects."""
    return pd.Series(list(words)).array.take(number)


def _bridged(
    sides: gpd.GeoDataFrame, status: Ints, most_m: float, on_ring: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Gaps up to a length, with greened sides before and after; a ring has no ends."""
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
    opens = np.flatnonzero(~follows[first])
    for low, high in zip(opens, np.append(opens[1:], len(first)) - 1, strict=True):
        if low == high or not on_ring[first[low]]:
            continue
        one, other = status[first[low]], status[first[high]]
        before[low], after[high] = other, one
        if one == other == 1:
            # The gap goes on across the place where the ring starts.
            before[low], after[high] = before[high], after[low]
            length[low] = length[high] = length[low] + length[high]
    short = (status[first] == 1) & (before == 0) & (after == 0)
    short &= length <= most_m + _SAME_PLACE_M
    return np.asarray(short[run])

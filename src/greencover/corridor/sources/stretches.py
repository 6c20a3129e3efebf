"""Stretches of roadsides: from one distance along a road to another, on one of its sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_SAME_PLACE_M = 1e-6
# Rows of trees are set out by tape; what is longer by less than this is not longer.
_SET_OUT_M = 1e-2


@dataclass(frozen=True)
class Stretches:
    """Stretches that do not overlap, by roadside and growing distance; see ``Places``."""

    roadside: Ints
    from_m: Floats
    to_m: Floats

    @classmethod
    def none(cls) -> Stretches:
        """No stretch."""
        return cls(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))

    @classmethod
    def united(
        cls, roadside: Ints, from_m: Floats, to_m: Floats, *, across_m: float = _SAME_PLACE_M
    ) -> Stretches:
        """Put together stretches that overlap, or that are no further apart than ``across_m``."""
        if not len(roadside):
            return cls.none()
        order = np.lexsort((from_m, roadside))
        roadside, from_m, to_m = roadside[order], from_m[order], to_m[order]
        apart = float(to_m.max()) + across_m + 1.0
        furthest = np.maximum.accumulate(roadside * apart + to_m)
        new = np.append(True, roadside[1:] * apart + from_m[1:] > furthest[:-1] + across_m)
        new[1:] |= roadside[1:] != roadside[:-1]
        first = np.flatnonzero(new)
        return cls(roadside[first], from_m[first], np.maximum.reduceat(to_m, first))

    def __len__(self) -> int:
        return len(self.roadside)

    @property
    def length_m(self) -> Floats:
        """Length of each."""
        return self.to_m - self.from_m

    @property
    def breaks(self) -> tuple[Ints, Floats]:
        """Chain and distance of both ends of each, at which stations have to end."""
        chain = self.roadside // 2
        return np.concatenate([chain, chain]), np.concatenate([self.from_m, self.to_m])

    def clear_of(self, roadside: Ints, at_m: Floats, wide_m: Floats) -> Stretches:
        """The same without the ground of things between two of them that are close together.

        Parameters
        ----------
        roadside, at_m, wide_m
            Places between the stretches, and how wide what stands there is: the ground between two
            stretches is at least as wide as the widest of it.
        """
        pairs = np.flatnonzero(self.roadside[1:] == self.roadside[:-1])
        if not len(pairs) or not len(at_m):
            return self
        order = np.lexsort((at_m, roadside))
        apart = max(float(self.to_m.max()), float(at_m.max())) + 1.0
        place = (roadside * apart + at_m)[order]
        start = self.roadside[pairs] * apart
        first = np.searchsorted(place, start + self.to_m[pairs] - _SAME_PLACE_M)
        last = np.searchsorted(place, start + self.from_m[pairs + 1] + _SAME_PLACE_M)
        pairs, first, last = (one[last > first] for one in (pairs, first, last))
        widest = np.maximum.reduceat(
            np.append(wide_m[order], 0.0), np.column_stack([first, last]).ravel()
        )[::2]
        short = np.maximum(widest - (self.from_m[pairs + 1] - self.to_m[pairs]), 0.0)
        from_m, to_m = self.from_m.copy(), self.to_m.copy()
        to_m[pairs] -= short / 2.0
        from_m[pairs + 1] += short / 2.0
        left = to_m - from_m > _SAME_PLACE_M
        return Stretches(self.roadside[left], from_m[left], to_m[left])

    def holding(self, roadside: Ints, at_m: Floats) -> Ints:
        """Number of the stretch that holds each place, -1 where none does."""
        if not len(self) or not len(roadside):
            return np.full(len(roadside), -1, dtype=np.int64)
        apart = max(float(self.to_m.max()), float(at_m.max())) + 1.0
        starts = self.roadside * apart + self.from_m
        number = np.searchsorted(starts, roadside * apart + at_m, side="right") - 1
        held = np.maximum(number, 0)
        inside = (number >= 0) & (self.roadside[held] == roadside) & (at_m <= self.to_m[held])
        return np.where(inside, held, -1).astype(np.int64)

    def holds(self, roadside: Ints, at_m: Floats) -> Bools:
        """Whether a stretch holds each place."""
        return self.holding(roadside, at_m) >= 0


def free_of(
    roadside: Ints, at_m: Floats, longest_m: float, ends: tuple[Ints, Floats], closed: Bools
) -> Stretches:
    """Stretches longer than ``longest_m`` that hold none of the places.

    Parameters
    ----------
    roadside, at_m
        The places.
    ends
        Every roadside that there is, and its length.
    closed
        Whether each of these has no ends, so that its last stretch goes on in its first.
    """
    every, length = ends
    empty = ~np.isin(every, roadside)
    alone = Stretches(every[empty], np.zeros(int(empty.sum())), length[empty])
    if empty.all():
        return alone
    every, length, closed = every[~empty], length[~empty], closed[~empty]
    of = np.concatenate([roadside, every, every])
    at = np.concatenate([at_m, np.zeros(len(every)), length])
    order = np.lexsort((at, of))
    of, at = of[order], at[order]
    low, high = at[:-1], at[1:]
    within = of[:-1] == of[1:]
    of, low, high = of[:-1][within], low[within], high[within]
    metres = high - low
    first = np.searchsorted(of, every)
    last = np.append(first[1:], len(of)) - 1
    # On a ring the stretch before the first place and that behind the last are one.
    around = metres[first] + metres[last]
    metres[first[closed]] = metres[last[closed]] = around[closed]
    long = (metres > longest_m + _SET_OUT_M) & (high - low > _SAME_PLACE_M)
    of = np.concatenate([of[long], alone.roadside])
    low = np.concatenate([low[long], alone.from_m])
    high = np.concatenate([high[long], alone.to_m])
    order = np.lexsort((low, of))
    return Stretches(of[order], low[order], high[order])

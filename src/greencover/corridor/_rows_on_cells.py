"""How often cells of a grid show a row of trees beside a line, or one that is not there.

A cell is mapped as trees when enough of it lies under trees. Lines run in their own direction over
the grid; where between the cells they run is left to chance, since a grid is not laid to the metre.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: What stands beside the row in question: nothing, woods behind the belt, a row across the road.
BESIDE = ("nothing", "woods", "opposite")
# Steps of a sequence that fills a cube evenly (Roberts 2018: powers of the root of x^4 = x + 1).
_STEP = 1.2207440846057596
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Sides:
    """Station sides as the cells of a grid lie under them.

    Attributes
    ----------
    column_m, row_m
        Length of the sides of a cell, along the columns' numbers and along the rows'.
    angle
        Direction of the line, in radians from the direction in which columns are numbered.
    offset_m, belt_m
        From the line to the belt, and its width.
    threshold
        Share of the belt from which a side is called greened.
    """

    column_m: Floats
    row_m: Floats
    angle: Floats
    offset_m: Floats
    belt_m: Floats
    threshold: Floats

    def called_greened(
        self,
        widths: Floats,
        *,
        length_m: float,
        error_m: float,
        majority: float,
        places: int,
        points: tuple[int, int],
    ) -> Floats:
        """How often each side is called greened.

        Parameters
        ----------
        widths
            Widths of a row along the inner edge of the belt by side; (n, k).
        length_m
            Length of a station.
        error_m
            Standard deviation of the place of the trees across the line.
        majority
            Share of a cell under trees from which it is mapped as such.
        places
            Places between the cells, each with an error of its own.
        points
            Points along and across a station at which the cells are looked up.

        Returns
        -------
        numpy.ndarray
            Shares of one, (n, 2, 3, k + 1): without and with the position error, by what stands
            beside the row (see ``BESIDE``), by width, the first one for no row at all.
        """
        count, several = widths.shape
        called = np.zeros((count, 2, len(BESIDE), several + 1))
        cosine, sine = np.cos(self.angle)[:, None], np.sin(self.angle)[:, None]
        column_m, row_m = self.column_m[:, None], self.row_m[:, None]
        cell = _Cell.of(np.abs(sine) * column_m, np.abs(cosine) * row_m)
        along, share = (one.ravel() for one in np.meshgrid(*map(_middles, points), indexing="ij"))
        along, depth = along * length_m, share * self.belt_m[:, None]
        column = (cosine * along - sine * depth) / column_m
        row = (sine * along + cosine * depth) / row_m
        for place in range(1, places + 1):
            start = np.modf(0.5 + place / _STEP ** np.arange(1, 4))[0]
            aside = _to_centre(column + start[0]) * column_m, _to_centre(row + start[1]) * row_m
            centre = depth - sine * aside[0] + cosine * aside[1]
            error = error_m * NormalDist().inv_cdf(float(start[2]))
            called[:, 0] += self._called(centre, widths, cell, majority)
            called[:, 1] += self._called(centre - error, widths, cell, majority)
        return called / places

    def _called(
        self, centre: Floats, widths: Floats, cell: _Cell, majority: float
    ) -> npt.NDArray[np.bool_]:
        """Whether sides are called greened; ``centre``: depth of the cell under each point."""
        belt, offset = self.belt_m[:, None], self.offset_m[:, None]
        # All depths at once: of few sides, the calls cost more than the figures.
        depths = [0.0 * belt, *widths.T[:, :, None], belt, -2.0 * offset, -2.0 * offset - belt]
        below = cell.share_below(np.stack([depth - centre for depth in depths]))
        *rows, behind, nearest, across = below
        nothing = np.zeros_like(centre)
        row = np.stack([nothing, *(one - rows[0] for one in rows[1:])])
        found = np.empty((len(centre), len(BESIDE), len(row)), dtype=bool)
        for number, other in enumerate((nothing, 1.0 - behind, nearest - across)):
            mapped = (row + other >= majority - _ROUNDING).mean(axis=2)
            found[:, number] = (mapped >= self.threshold - _ROUNDING).T
        return found


@dataclass(frozen=True)
class _Cell:
    """Depths of the places in a cell around that of its centre: the sum of two even spreads."""

    wide: Floats
    narrow: Floats

    @classmethod
    def of(cls, one: Floats, other: Floats) -> _Cell:
        wide, narrow = np.maximum(one, other), np.minimum(one, other)
        return cls(wide, np.maximum(narrow, 1e-4 * wide))

    def share_below(self, depth: Floats) -> Floats:
        """Share of a cell that lies less deep than a depth, counted from its centre."""
        half, flat = (self.wide + self.narrow) / 2.0, (self.wide - self.narrow) / 2.0
        total = _ramp(depth + half) - _ramp(depth + flat) - _ramp(depth - flat)
        total += _ramp(depth - half)
        return np.asarray(np.clip(total / (2.0 * self.wide * self.narrow), 0.0, 1.0))


def _to_centre(place: Floats) -> Floats:
    """From places on a grid to the centres of their cells, in cells."""
    return np.asarray(np.floor(place) + 0.5 - place)


def _ramp(x: Floats) -> Floats:
    return np.asarray(np.maximum(x, 0.0) ** 2)


def _middles(count: int) -> Floats:
    return np.asarray((np.arange(count) + 0.5) / count)

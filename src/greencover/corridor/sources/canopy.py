"""A second cover that sees single trees, such as heights of the canopy, as evidence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from greencover.corridor._strip_areas import strip_areas
from greencover.corridor.evidence import Cover, Judged, Located
from greencover.cover.land_cover import LandCover
from greencover.ground.errors import LegendError, NoOverlapError
from greencover.ground.run import Run
from greencover.words import Listed, Named

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Canopy:
    """Share of each strip under what counts, on a grid of its own.

    Attributes
    ----------
    cover
        The second cover.
    covers
        Cover types that count as greening.
    rank
        How good the source is.
    run
        How it is overlaid.
    """

    cover: LandCover = field(repr=False)
    covers: tuple[str, ...]
    rank: float
    run: Run = field(default_factory=Run)
    key: str = "canopy"

    def within(self, run: Run) -> Canopy:
        """The same, overlaid in another way."""
        return replace(self, run=run)

    def judge(self, strips: Located, threshold: Floats | float) -> Judged:
        """Greened from a share of what was seen; nothing is said of what was not."""
        count = len(strips.sides)
        try:
            areas = strip_areas(strips.belts, self.cover, self.run)
        except NoOverlapError:
            nothing = np.zeros(count, dtype=bool)
            return Judged(nothing, nothing, measures={"canopy_share": np.full(count, np.nan)})
        owner = strips.quad_side
        legend = self.cover.legend
        counts = [legend.covers[code] in self.covers for code in legend.codes]
        counted = areas[:, :-1][:, counts].sum(axis=1)
        green, seen, blind = (
            np.bincount(owner, weights=part, minlength=count)
            for part in (counted, areas[:, :-1].sum(axis=1), areas[:, -1])
        )
        share = green / np.where(seen > 0.0, seen, np.nan)
        whole = seen + blind
        unobserved = np.where(whole > 0.0, blind / np.where(whole > 0.0, whole, 1.0), 1.0)
        told = Cover(share, unobserved).judge(strips, threshold)
        return replace(told, measures={"canopy_share": share})


def check_counts(cover: LandCover, covers: tuple[str, ...]) -> None:
    """Refuse a canopy that shows nothing of what counts, and would call every side a gap.

    Raises
    ------
    LegendError
        Not one class of its legend counts.
    """
    if not cover.legend.codes_of(*covers):
        shown = dict.fromkeys(cover.legend.covers.values())
        raise LegendError(
            "corridor.canopy_shows_none",
            legend=Named.of(en=cover.legend.title, zh=cover.legend.title_zh),
            shown=Listed.every(shown),
            covers=Listed.every(covers, last="and"),
            more=Listed.every(map(repr, [*covers, *(one for one in shown if one != "other")])),
        )

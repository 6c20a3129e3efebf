"""Why a station side cannot be planted, beside what a column of the layer says.

An exclusion is a function that yields sides and the reason why they leave the denominator; the
first reason of a side counts. It obeys the rule of ``rules.toml`` that it is registered for.
Another one is such a function and, where it has a figure, a rule; see :func:`exclusion`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Sides: TypeAlias = npt.NDArray[np.bool_]

#: A side mostly under a carriageway is a junction mouth or lies on another road.
MOST_COVERED = 0.5
#: Covers that leave no ground to plant, greened or not.
NO_GROUND = ("water",)
#: Reason of a side that a source found to be no ground to plant.
FOUND_BARRED = "found on site"
#: Status, and reason, of a side that faces the median of its road; it is no roadside.
MEDIAN = "median"
#: Reason that ground under a cover cannot be planted, where it is not the cover's own name.
COVER_REASONS = {"bare": "rock"}


@dataclass(frozen=True)
class Ground:
    """What an exclusion may look at: every station side with its ground.

    Attributes
    ----------
    sides
        Station sides: road, side, ``from_m``, ``to_m``, grade and more, along each side of a chain.
    covered, across
        Sides mostly under a carriageway, and where most of that runs across the road.
    covered_by
        Reasons for ground under a carriageway: one that runs across, and one alongside.
    strip_ha
        Hectares of each strip.
    cover_share
        Share of what was seen of each strip, by cover type.
    gap
        Sides that were seen and are not greened.
    greened
        Sides that were seen and are greened.
    """

    sides: gpd.GeoDataFrame
    covered: Sides
    across: Sides
    covered_by: tuple[str, str]
    strip_ha: Floats
    cover_share: Mapping[str, Floats]
    gap: Sides
    greened: Sides

    def at(self, rows: Any, sides: gpd.GeoDataFrame) -> Ground:
        """The ground of parts of the sides, by the row of each; each keeps what the whole has."""
        return replace(
            self,
            sides=sides,
            covered=self.covered[rows],
            across=self.across[rows],
            strip_ha=self.strip_ha[rows],
            cover_share={kind: share[rows] for kind, share in self.cover_share.items()},
            gap=self.gap[rows],
            greened=self.greened[rows],
        )


Exclusion: TypeAlias = Callable[[Ground, Any], Iterator[tuple[Sides, str]]]
_exclusions: list[tuple[str, Exclusion]] = []


def exclusion(rule: str = "") -> Callable[[Exclusion], Exclusion]:
    """Register an exclusion that obeys a rule; it is given the rule's value.

    Parameters
    ----------
    rule
        Name of the rule; an exclusion without one always holds, and is given None.

    Examples
    --------
    >>> @exclusion("summit_m")
    ... def on_a_summit(ground, summit_m):
    ...     yield ground.sides["from_m"].to_numpy() > summit_m, "summit"
    >>> forget(on_a_summit)
    """

    def register(function: Exclusion) -> Exclusion:
        _exclusions.append((rule, function))
        return function

    return register


def forget(function: Exclusion) -> None:
    """Take an exclusion out again."""
    _exclusions[:] = [(rule, one) for rule, one in _exclusions if one is not function]


def excluded(ground: Ground, rules: Mapping[str, Any]) -> Iterator[tuple[Sides, str]]:
    """Every exclusion that holds under the rules of a corridor."""
    for rule, function in _exclusions:
        if not rule or rule in rules:
            yield from function(ground, rules.get(rule))


@exclusion("mouth_m")
def near_a_mouth(ground: Ground, mouth_m: float) -> Iterator[tuple[Sides, str]]:
    """Sides within ``mouth_m`` of one that a crossing road covers."""
    if mouth_m <= 0.0:
        return
    from_m, to_m = (ground.sides[c].to_numpy() for c in ("from_m", "to_m"))
    side = ground.sides["side"].to_numpy()
    begins = np.append(True, (from_m[1:] < to_m[:-1] - 1e-6) | (side[1:] != side[:-1]))
    stretch = np.cumsum(begins)
    # Stretches are moved apart, so that nothing is near across their ends.
    apart = stretch * (to_m.max() - from_m.min() + 2.0 * mouth_m + 1.0)
    crossed = ground.covered & ground.across
    ends = np.where(crossed, to_m + apart, -np.inf)
    starts = np.where(crossed, from_m + apart, np.inf)
    behind = from_m + apart - np.maximum.accumulate(ends)
    ahead = np.minimum.accumulate(starts[::-1])[::-1] - (to_m + apart)
    yield np.minimum(behind, ahead) < mouth_m - 1e-6, ground.covered_by[0]


@exclusion()
def under_a_carriageway(ground: Ground, _: None) -> Iterator[tuple[Sides, str]]:
    """Sides mostly under another carriageway."""
    yield ground.covered & ground.across, ground.covered_by[0]
    yield ground.covered, ground.covered_by[1]


@exclusion()
def inside_of_a_bend(ground: Ground, _: None) -> Iterator[tuple[Sides, str]]:
    """Sides that have no ground of their own."""
    yield ground.strip_ha <= 0.0, "inside of a bend"


@exclusion("exclude")
def under_a_cover(ground: Ground, exclude: Mapping[str, float]) -> Iterator[tuple[Sides, str]]:
    """Sides with too much ground under a cover that cannot be planted.

    Water is no ground, whatever stands beside it; of rock and built-up frontage what is greened
    shows that it can be planted.
    """
    for cover, most in exclude.items():
        if cover in ground.cover_share:
            with np.errstate(invalid="ignore"):
                under = ground.cover_share[cover] > most - 1e-12
            open_ = ground.gap | ground.greened if cover in NO_GROUND else ground.gap
            yield under & open_, COVER_REASONS.get(cover, cover)

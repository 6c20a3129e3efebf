"""A reference sample: how often a map is right, and what its figures are taken for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from greencover.accuracy.adjusted import adjusted_shares, sample_limits
from greencover.accuracy.classes import UNVISITED
from greencover.cover import Legend

Limits = tuple[Any, Any]


@dataclass(frozen=True)
class ReferenceSample:
    """Counts by what the map shows (codes or cover types) and by cover type in truth.

    Attributes
    ----------
    counts
        Rows map classes, columns cover types.
    by_code
        Whether rows are codes of the legend, not cover types.
    level
        Confidence level of intervals.
    small_code
        Code of patches too small to count, of which a sample of the map says nothing.
    """

    counts: pd.DataFrame
    by_code: bool
    level: float
    small_code: int | None = None

    @property
    def points(self) -> int:
        """Number of sample points."""
        return int(self.counts.drop(columns=UNVISITED, errors="ignore").to_numpy().sum())

    def shares(
        self, areas: pd.DataFrame, legend: Legend, covers: Sequence[str], shown: Sequence[int]
    ) -> pd.DataFrame:
        """Corrected share of each unit under cover types; see ``adjusted_shares``.

        Patches too small for a forest are ground without a sample: they count where ``shown``, the
        codes that count on the map, has theirs, and widen the interval by their share.
        """
        mapped = pd.DataFrame(areas[list(legend.codes)].to_numpy(float), areas.index, legend.codes)
        if not self.by_code:
            strata = [
                code if code == self.small_code else legend.covers[code] for code in legend.codes
            ]
            mapped = mapped.T.groupby(np.array(strata, dtype=object), sort=False).sum().T
        labels = shown if self.by_code else [*covers, *({self.small_code} & set(shown))]
        # Of the cover types that count, a small county may have none of some.
        known = [kind for kind in covers if kind in self.counts or kind in mapped]
        return adjusted_shares(
            self.counts, mapped, known or list(covers), shown=list(labels), level=self.level
        )

    def of_land(
        self,
        areas: pd.DataFrame,
        legend: Legend,
        covers: Sequence[str],
        shown: Sequence[int],
        left_out: Sequence[str],
    ) -> pd.DataFrame:
        """Corrected ground under cover types, and its share of ground that is land.

        What is no land is corrected as well: trees found where the map shows water are on land.
        Limits of a ratio take the worse limit of either part, each at half of the risk
        (Bonferroni).

        Returns
        -------
        pandas.DataFrame
            ``area_ha``, ``land_ha``, ``low_pct`` and ``high_pct``; and ``sample_low_pct`` and
            ``sample_high_pct``, the part that is the error of the sample alone. Limits are 0 to
            100.
        """
        found = self.shares(areas, legend, covers, shown)
        observed = areas[list(legend.codes)].sum(axis=1)
        codes = list(legend.codes_of(*left_out)) if left_out else []
        of_land = bool(codes) and bool((areas[codes] > 0.0).any(axis=None))
        part, rest = found, None
        if of_land:
            surer = replace(self, level=1.0 - (1.0 - self.level) / 2.0)
            part = surer.shares(areas, legend, covers, shown)
            rest = surer.shares(areas, legend, left_out, codes)
        limits = _limits_of_land(
            observed,
            (part["area_low_ha"], part["area_high_ha"]),
            (0.0, 0.0) if rest is None else (rest["area_low_ha"], rest["area_high_ha"]),
        )
        of_sample = _limits_of_land(
            observed,
            _of_sample_ha(part, observed),
            (0.0, 0.0) if rest is None else _of_sample_ha(rest, observed),
        )
        land = observed if rest is None else observed - rest["area_ha"]
        return pd.DataFrame(
            {
                "area_ha": found["area_ha"],
                "land_ha": land.clip(lower=0.0),
                "low_pct": limits[0],
                "high_pct": limits[1],
                "sample_low_pct": of_sample[0],
                "sample_high_pct": of_sample[1],
            }
        ).where(observed > 0.0)


def _of_sample_ha(shares: pd.DataFrame, observed: pd.Series[float]) -> Limits:
    """Limits of an area that the errors of the sample alone give."""
    found = sample_limits(shares)
    return found.sample_low * observed / 100.0, found.sample_high * observed / 100.0


def _limits_of_land(observed: pd.Series[float], part: Limits, no_land: Limits) -> Limits:
    """Limits in percent of a part of the land, which is what is observed and not ``no_land``."""
    most, least = (observed - one for one in no_land)
    low = 100.0 * part[0] / most.where(most > 0.0)
    high = 100.0 * part[1] / least.where(least > 0.0)
    return low.clip(0.0, 100.0).fillna(0.0), high.clip(0.0, 100.0).fillna(100.0)

"""What checks in the field say of the whole: greening rates with intervals that hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from greencover.accuracy.acceptance import Acceptance, decided
from greencover.accuracy.adjusted import quantile
from greencover.corridor.field_form import GAP, GREENED, Checks, StratumChecks
from greencover.corridor.result import CorridorGreening
from greencover.ground.errors import AccuracyError
from greencover.ground.notes import Note
from greencover.layers.tables import require_columns

__all__ = ["checked_accuracy", "checked_greening"]


#: More checks than this are no plan.
_MOST_CHECKS = 100_000


def checked_greening(
    greening: CorridorGreening,
    filled: pd.DataFrame,
    level: float = 0.95,
    *,
    by: str | Sequence[str] = (),
    target_pct: float | None = None,
    accept_pct: float | None = None,
    accept_risk_pct: float | None = None,
) -> pd.DataFrame:
    """Greening rate that a checked sample gives, with its interval.

    The sample is one of strata (Cochran 1977, Sampling Techniques, chapter 5): each stratum counts
    by the length of its sides, its share being greened length over greened and gap length. What was
    found to be excluded leaves the denominator (section 5A.14); what was not reached may be either.
    The limits are those of ``accuracy``, which hold for few points and near 0 and 100 %.

    Parameters
    ----------
    greening
        The result that the sample was drawn from.
    filled
        What ``field_sample`` returned, with a column ``found`` that says "greened", "gap",
        "excluded" or "not reached" (已绿化, 缺口, 不可绿化, 未到达); a blank is "not reached", and
        so is a row that is missing.
    level
        Confidence level.
    by
        Columns of ``greening.sides`` to report by, such as ``"grade"``; by default one row.
    target_pct
        A rate to be judged: adds ``verdict``, ``proven_pct`` and ``more_checks``. No sample proves
        100 %; checks of all sides do.
    accept_pct, accept_risk_pct
        A rate that is enough where it is proven, and the risk in percent that a lower one passes:
        the verdict is held against it, by the limit on one side.

    Returns
    -------
    pandas.DataFrame
        Columns of ``by``; ``greening_pct``, ``low_pct``, ``high_pct``; ``checked`` (sides found to
        be greened or gaps), ``greened``, ``gap``, ``excluded``, ``not_reached`` (sides);
        ``side_km`` in question; with a target ``verdict`` ("met", "not met", "uncertain"),
        ``proven_pct``, the limit that it rests on, and ``more_checks``: how many more sides would
        settle it if they were found as those so far, NaN where none would. A rate of which nothing
        is known is NaN, with limits of 0 and 100.

    Raises
    ------
    AccuracyError
        The form belongs to other sides, holds a side that was not drawn, one twice, or a word that
        means nothing; the rule of acceptance is no rule.
    LayerError
        A column is missing.

    Examples
    --------
    Three quarters of 200 sides were called greened; 40 were visited and found as called.

    >>> import geopandas as gpd, shapely
    >>> import greencover as gc
    >>> sides = gpd.GeoDataFrame(
    ...     {"road": "Ring", "side": "left", "from_m": range(0, 4000, 20), "length_m": 20.0,
    ...      "status": ["greened"] * 150 + ["gap"] * 50},
    ...     geometry=[shapely.LineString([(114, 30), (115, 30)])] * 200, crs=4326,
    ... ).assign(to_m=lambda table: table["from_m"] + 20)
    >>> road = gc.RoadsideGreening(sides, {})
    >>> sample = gc.field_sample(road, n=40)
    >>> rate = gc.checked_greening(road, sample.assign(found=sample["status"]), target_pct=80)
    >>> rate[["greening_pct", "low_pct", "high_pct", "verdict"]].round(1).values.tolist()
    [[75.0, 60.1, 86.6, 'uncertain']]
    """
    quantile(level)
    asked = _Asked.of(target_pct, accept_pct, accept_risk_pct, level)
    by = (by,) if isinstance(by, str) else tuple(by)
    checks = Checks.of(greening, filled)
    sides = checks.frame.sides
    require_columns(sides, list(by), Note("corridor.sides"))
    if by:
        groups = sides.groupby(list(by), sort=False, dropna=False)
        number, count = groups.ngroup().to_numpy(), groups.ngroups
        first = np.unique(number, return_index=True)[1]
        table = pd.DataFrame(sides[list(by)].iloc[first]).reset_index(drop=True)
    else:
        number, count = np.zeros(len(sides), dtype=np.int64), 1
        table = pd.DataFrame(index=range(1))
    rows = []
    for group in range(count):
        part = number == group
        cells, counts = checks.by_stratum(part), checks.counts(part)
        rows.append(_rate(cells, counts, level, asked))
    for column in rows[0]:
        table[column] = pd.Series([row[column] for row in rows], index=table.index)
    table.attrs |= {"level": level, "frame": checks.frame.digest, "notes": checks.notes()}
    return table


def checked_accuracy(
    greening: CorridorGreening, filled: pd.DataFrame, level: float = 0.95
) -> pd.DataFrame:
    """How right the statuses "greened" and "gap" are, by checks in the field.

    Parameters
    ----------
    greening, filled, level
        As in ``checked_greening``.

    Returns
    -------
    pandas.DataFrame
        Indexed by status: ``users``, ``users_low``, ``users_high`` (share of the length called so
        that is so) and ``producers``, ``producers_low``, ``producers_high`` (share of the length
        that is so that was called so), shares of one; ``checked``, sides called so and found to be
        either. Limits of the second take the further limit of both of its parts, so they are wide
        rather than narrow.

    Raises
    ------
    AccuracyError, LayerError
        As in ``checked_greening``.

    Examples
    --------
    Of 40 sides visited, all are as called but for one.

    >>> import geopandas as gpd, shapely
    >>> import greencover as gc
    >>> sides = gpd.GeoDataFrame(
    ...     {"road": "Ring", "side": "left", "from_m": range(0, 4000, 20), "length_m": 20.0,
    ...      "status": ["greened"] * 100 + ["gap"] * 100},
    ...     geometry=[shapely.LineString([(114, 30), (115, 30)])] * 200, crs=4326,
    ... ).assign(to_m=lambda table: table["from_m"] + 20)
    >>> road = gc.RoadsideGreening(sides, {})
    >>> sample = gc.field_sample(road, n=40)
    >>> found = sample["status"].where(sample["sample_id"] != "01", "gap")
    >>> right = checked_accuracy(road, sample.assign(found=found))
    >>> right[["users", "producers"]].round(3).values.tolist()
    [[0.95, 1.0], [1.0, 0.952]]
    """
    quantile(level)
    checks = Checks.of(greening, filled)
    status = checks.frame.sides["status"].to_numpy()
    rows = {}
    for kind in (GREENED, GAP):
        own, others = checks.by_stratum(status == kind), checks.by_stratum(status != kind)
        if kind == GAP:
            own, others = own.opposite(), others.opposite()
        right, low, high = own.share(level)
        missed, missed_low, missed_high = others.share(level)
        mine, other = own.in_question, others.in_question
        rows[kind] = {
            "users": right,
            "users_low": low,
            "users_high": high,
            "producers": _part(right * mine, missed * other),
            "producers_low": _part(low * mine, missed_high * other),
            "producers_high": _part(high * mine, missed_low * other),
            "checked": int(own.decided.sum()),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _part(of: float, rest: float) -> float:
    return of / (of + rest) if of + rest > 0.0 else math.nan


@dataclass(frozen=True)
class _Asked:
    """The share that is to be proven, and the level of the interval that proves it."""

    share: float
    level: float

    @classmethod
    def of(
        cls,
        target_pct: float | None,
        accept_pct: float | None,
        accept_risk_pct: float | None,
        level: float,
    ) -> _Asked | None:
        if target_pct is None:
            if accept_pct is not None or accept_risk_pct is not None:
                raise AccuracyError("accuracy.accept_no_target")
            return None
        rule = Acceptance.checked(accept_pct, accept_risk_pct, ">=", target_pct)
        if rule is None:
            return cls(target_pct / 100.0, level)
        return cls(rule.pct / 100.0, rule.level)

    def verdict(self, checks: StratumChecks, times: float = 1.0) -> tuple[str, float]:
        """The verdict, and the lower limit that it rests on."""
        _, low, high = checks.share(self.level, times)
        return str(decided(low, high, ">=", self.share)), low


def _rate(
    checks: StratumChecks, counts: dict[str, int], level: float, asked: _Asked | None
) -> dict[str, object]:
    rate, low, high = checks.share(level)
    row: dict[str, object] = {
        "greening_pct": 100.0 * rate,
        "low_pct": 100.0 * low,
        "high_pct": 100.0 * high,
        **counts,
        "side_km": float(checks.metres.sum()) / 1000.0,
    }
    if asked is not None:
        row["verdict"], proven = asked.verdict(checks)
        row["proven_pct"] = 100.0 * proven
        row["more_checks"] = _more(checks, counts["checked"], asked)
    return row


def _more(checks: StratumChecks, done: int, asked: _Asked) -> float:
    """How many more sides would settle a target if they were found as those so far."""

    def settled(times: float) -> bool:
        return asked.verdict(checks, times)[0] != "uncertain"

    if settled(1.0):
        return 0.0
    most = _MOST_CHECKS / done if done else 0.0
    if not done or not settled(most):
        return math.nan
    low, high = 1.0, most
    while (high - low) * done > 0.5:
        middle = (low + high) / 2.0
        low, high = (low, middle) if settled(middle) else (middle, high)
    return float(math.ceil(high * done - done))
